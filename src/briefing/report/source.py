"""A source as its author wrote it, read by its lines: divs, spans, headings, and the prose that remains.

Pandoc reads a source too, and says nothing of what it does not read as meant: it prints that. Here such a
place is a fault with its line.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from briefing.report.vocabulary import FLOATS, VALUES

_ONE = r'#[\w:-]+|\.[\w-]+|[\w-]+=(?:"[^"]*"|[^\s"{}]+)'
ATTRIBUTES = re.compile(rf"\{{\s*(?:{_ONE})(?:\s+(?:{_ONE}))*\s*\}}")
_EACH = re.compile(_ONE)
_FENCE = re.compile(r" {0,3}:{3,}[ \t]*(.*?)[ \t]*:*[ \t]*")
_CODE = re.compile(r" {0,3}(```+|~~~+)")
_HEADING = re.compile(r"#{1,6} ")
_MARKUP = re.compile(r"<(?!https?:|mailto:)[A-Za-z/!?]")
_CITED = re.compile(r"(?<![\w.\\])-?@([\w:-]*\w)")
_TICKS = re.compile(r"`+")
_TO_CURLY = re.compile(r"[^}\n]*\}?")


@dataclass(frozen=True)
class Fault:
    """A place that pandoc does not read as it was meant."""

    line: int
    what: str
    allowed: str = ""


@dataclass(eq=False)
class Element:
    """A div, a span or a heading with attributes.

    Attributes
    ----------
    within
        What it stands in, from outside in.
    text
        What a span holds; of a div nothing.
    """

    kind: Literal["div", "span", "heading"]
    line: int
    identifier: str = ""
    classes: tuple[str, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)
    within: tuple["Element", ...] = ()
    text: str = ""

    @property
    def is_float(self) -> bool:
        """Whether it is the place of a figure or a table."""
        return self.kind == "div" and self.identifier.startswith(FLOATS)

    def inside(self, name: str) -> bool:
        """Whether it stands in something of this class."""
        return any(name in outer.classes for outer in self.within)

    def named(self, attribute: str) -> list[str]:
        """Return the names that an attribute lists."""
        return self.attributes.get(attribute, "").split()


@dataclass(eq=False)
class Block:
    """Lines of text that belong together: a paragraph or a heading.

    Attributes
    ----------
    prose
        Its text with blanks in the place of attributes, names, references, addresses and code; as long as its
        text, and with the same lines.
    cited
        What it refers to: a line, what the reference stands in, and the id.
    """

    line: int
    text: str
    within: tuple[Element, ...]
    prose: str = ""
    cited: list[tuple[int, tuple[Element, ...], str]] = field(default_factory=list)

    def line_at(self, place: int) -> int:
        """Return the line of a place in its text."""
        return self.line + self.text.count("\n", 0, place)


class Source:
    """One file, read.

    Attributes
    ----------
    name
        Of the file.
    elements, blocks, faults
        In the order of the file, those within a paragraph from inside out.

    Examples
    --------
    >>> source = Source("a.qmd", "[It counts [a.b]{.num} dead.]{.when fact=c.d}")
    >>> [(one.classes, one.text) for one in source.elements]
    [(('num',), 'a.b'), (('when',), 'It counts [a.b]{.num} dead.')]
    >>> source.blocks[0].prose.split()
    ['It', 'counts', 'dead.']
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.elements: list[Element] = []
        self.blocks: list[Block] = []
        self.faults: list[Fault] = []
        self._read(text.splitlines())

    @cached_property
    def of_class(self) -> dict[str, list[Element]]:
        """The elements by each of their classes."""
        found: dict[str, list[Element]] = {}
        for element in self.elements:
            for name in element.classes:
                found.setdefault(name, []).append(element)
        return found

    def blocks_in(self, element: Element) -> list[Block]:
        """Return the blocks anywhere in a div."""
        return [block for block in self.blocks if element in block.within]

    def _fault(self, line: int, what: str, allowed: str = "") -> None:
        self.faults.append(Fault(line, what, allowed))

    def _read(self, lines: list[str]) -> None:
        opened: list[Element] = []
        block: list[str] = []
        code = ""
        skipped = _front_matter(lines)
        for number, line in enumerate(lines[skipped:], skipped + 1):
            if code:
                code = "" if line.strip().startswith(code) else code
                continue
            fence = _FENCE.fullmatch(line)
            if fence and block and fence[1]:
                self._fault(number, "a div opens without an empty line before it, so it is printed as text")
            if block and (fence or not line.strip() or _HEADING.match(line)):
                self._add_block(number, block, opened)
                block = []
            if found := _CODE.match(line):
                self._fault(number, f"`{line.strip()}`: a source holds no code", "plain text")
                code = found[1]
            elif fence:
                self._step(number, fence[1], opened)
            elif _HEADING.match(line):
                self._add_block(number + 1, [line], opened)
            elif line.strip():
                block.append(line)
        if block:
            self._add_block(len(lines) + 1, block, opened)
        for left in opened:
            self._fault(left.line, f"{_called(left)} is not closed", "a line `:::` after what it holds")

    def _step(self, line: int, rest: str, opened: list[Element]) -> None:
        """Open or close a div."""
        if not rest:
            if not opened:
                self._fault(line, "`:::` closes nothing")
            else:
                opened.pop()
            return
        if not (ATTRIBUTES.fullmatch(rest) or re.fullmatch(r"[\w-]+", rest)):
            self._fault(line, f"`::: {rest}` is not read as a div; {_why(rest)}", _WRITTEN)
        element = _element("div", line, rest, tuple(opened))
        self.elements.append(element)
        opened.append(element)

    def _add_block(self, after: int, lines: list[str], opened: list[Element]) -> None:
        block = Block(after - len(lines), "\n".join(lines), tuple(opened))
        self.blocks.append(block)
        self.elements += _Scan(block, self._fault).spans()


_WRITTEN = '{.class #id name="value"}'


def _front_matter(lines: list[str]) -> int:
    """Return how many lines the settings at the head take."""
    if not lines or lines[0].strip() != "---":
        return 0
    return next((i + 1 for i, line in enumerate(lines) if i and line.strip() in ("---", "...")), len(lines))


def _element(
    kind: Literal["div", "span", "heading"],
    line: int,
    attributes: str,
    within: tuple[Element, ...] = (),
    text: str = "",
) -> Element:
    if not attributes.startswith("{"):
        attributes = f"{{.{attributes}}}"
    element = Element(kind, line, within=within, text=text)
    for one in _EACH.findall(attributes):
        if one.startswith("#"):
            element.identifier = one[1:]
        elif one.startswith("."):
            element.classes += (one[1:],)
        else:
            name, _, value = one.partition("=")
            element.attributes[name] = value.strip('"')
    return element


def _called(element: Element) -> str:
    names = [*(f"#{one}" for one in [element.identifier] if one), *(f".{one}" for one in element.classes)]
    return f"`::: {{{' '.join(names)}}}`"


def _why(attributes: str) -> str:
    """Say what is wrong with attributes that pandoc does not read."""
    if not attributes.endswith("}"):
        return "its curly bracket is not closed"
    if re.search(r'[\s{]"', attributes):
        return "words in quotes need a name before them, such as fact="
    if re.search(r"\s=|=\s", attributes):
        return "no blank stands beside ="
    return "its attributes are not written as pandoc reads them"


class _Scan:
    """Reads the spans of one block."""

    def __init__(self, block: Block, fault: Callable[[int, str, str], None]) -> None:
        self.block, self.text = block, block.text
        self.told = fault
        self.masked = list(block.text)
        self.found: list[tuple[int, int, Element]] = []
        self.heading = _HEADING.match(block.text) is not None

    def fault(self, place: int, what: str, allowed: str = "") -> None:
        self.told(self.block.line_at(place), what, allowed)

    def mask(self, start: int, end: int) -> None:
        for place in range(start, end):
            if self.masked[place] != "\n":
                self.masked[place] = " "

    def spans(self) -> list[Element]:
        text, place, opened = self.text, 0, []
        while place < len(text):
            sign = text[place]
            if sign == "\\":
                place += 2
                continue
            if sign == "`":
                place = self._code(place)
                continue
            if sign == "[":
                opened.append(place)
            elif sign == "]":
                if not opened:
                    self.fault(place, "`]` without `[` before it")
                else:
                    place = self._closed(opened.pop(), place)
                    continue
            elif sign == "{":
                place = self._curly(place)
                continue
            elif sign == "<" and (found := _MARKUP.match(text, place)):
                self.fault(place, f"`{text[place : found.end() + 12]}` is markup of HTML", "plain text")
            place += 1
        for left in opened:
            what = f"`{_short(text[left:])}` is not closed in its paragraph, so it is printed as it stands"
            self.fault(left, what)
        return self._settled()

    def _code(self, place: int) -> int:
        ticks = _TICKS.match(self.text, place)
        assert ticks
        end = self.text.find(ticks[0], ticks.end())
        if end < 0:
            return ticks.end()
        self.mask(place, end + len(ticks[0]))
        return end + len(ticks[0])

    def _closed(self, start: int, place: int) -> int:
        """Read what follows a bracket that closes at `place`; return where to go on."""
        after = place + 1
        follows = self.text[after : after + 1]
        if follows == "(":
            end = self.text.find(")", after)
            if end > 0:
                self.mask(after, end + 1)
                return end + 1
        if follows != "{":
            return after
        found = ATTRIBUTES.match(self.text, after)
        if not found:
            rest = _rest(self.text, after)
            what = f"`{_short(self.text[start:after])}{rest}` is not read; {_why(rest)}"
            self.fault(start, what, _WRITTEN)
            self.mask(after, after + len(rest))
            return after + len(rest)
        inner = self.text[start + 1 : place]
        element = _element("span", self.block.line_at(start), found[0], text=inner)
        self.found.append((start, found.end(), element))
        if VALUES.keys() & {*element.classes}:
            self.mask(start, found.end())
        else:
            self.mask(start, start + 1)
            self.mask(place, found.end())
        return found.end()

    def _curly(self, place: int) -> int:
        """Read a curly bracket that follows no other bracket; return where to go on."""
        found = ATTRIBUTES.match(self.text, place)
        rest = found[0] if found else _rest(self.text, place)
        end = place + len(rest)
        self.mask(place, end)
        if found and self.heading and not self.text[end:].strip():
            self.found.append((0, end, _element("heading", self.block.line, rest)))
        elif rest.startswith("{{<"):
            self.fault(place, f"`{rest}` is a shortcode", "plain text")
        elif found or rest.startswith(("{.", "{#")):
            # What a blank keeps apart from its bracket is printed too.
            self.fault(place, f"`{rest}` is printed as it stands", f"`[…]{rest}` without a gap")
        else:
            self.fault(place, f"`{rest}` is printed as it stands", "`[key]{.num}` for a number")
        return end

    def _settled(self) -> list[Element]:
        block = self.block
        for start, end, element in self.found:
            outer = [one for one in self.found if one[0] <= start and one[1] >= end and one[2] is not element]
            outer.sort(key=lambda one: one[0])
            element.within = (*block.within, *(one[2] for one in outer if one[2].kind == "span"))
        for cited in _CITED.finditer("".join(self.masked)):
            around = [one for one in self.found if one[0] <= cited.start() and one[1] >= cited.end()]
            around.sort(key=lambda one: one[0])
            within = (*block.within, *(one[2] for one in around if one[2].kind == "span"))
            block.cited.append((block.line_at(cited.start()), within, cited[1]))
            self.mask(*cited.span())
        block.prose = "".join(self.masked)
        return [element for _, _, element in self.found]


def _rest(text: str, place: int) -> str:
    """Return what stands from a curly bracket to its end, or to the line's."""
    found = _TO_CURLY.match(text, place)
    return found[0] if found else ""


def _short(text: str, most: int = 30) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"


def read_source(path: Path) -> Source:
    """Read one file.

    Raises
    ------
    OSError
        It cannot be read.
    """
    return Source(path.name, path.read_text(encoding="utf-8"))
