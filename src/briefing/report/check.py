"""The check of the sources: what would be printed wrong, or stop a render, is told before anything starts."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from briefing.errors import BadInputError, Problem
from briefing.report.declared import COMPARISON, ITSELF, REPORT, Declared, declared_by_notebooks
from briefing.report.facts import facts_of, unread
from briefing.report.source import Block, Element, Source, read_source
from briefing.report.vocabulary import OF_KIND, VALUES

CASES = 100
"""How many cases a source may hold: more, and nobody knows any more what it says."""

KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_-]+)+")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
TYPED = re.compile(
    rf"(?:\d{{1,2}}\s)?(?:{_MONTHS})\s\d{{4}}|(?:170|240) mm|STANAG 2511|ICD 203|C4ADS|KN-2[34]"
)
"""The digits that prose may hold: days and months, and names that are no quantities."""

_PARTS = ("alt", "source", "step", "step-alt")
_KINDS = {
    "num": ("numbers", "no notebook records the number"),
    "count": ("numbers", "no notebook records the number"),
    "likely": ("likelihoods", "no notebook records the likelihood"),
    "text": ("texts", "there is no text"),
    "command": ("commands", "there is no command"),
    "of-step": ("steps", "no step of a figure has a text"),
}
_MOST_SHOWN = 6


def check_sources(root: Path, comparison: Declared | None = None) -> None:
    """Refuse sources of the documents that name what nobody records, or hold what pandoc would not read.

    Parameters
    ----------
    root
        The project's folder.
    comparison
        What ``compare.qmd`` may name; it is not read if not given.

    Raises
    ------
    BadInputError
        Everything that is wrong with either, with file and line.
    """
    problems = find_problems(root, comparison)
    if problems:
        raise BadInputError(problems)


def find_problems(root: Path, comparison: Declared | None = None) -> list[Problem]:
    """Return everything that is wrong with the sources of a project."""
    sources, declared = read(root, comparison)
    cited = bibliography(root / "references.bib")
    problems: list[Problem] = []
    for name, source in sources.items():
        problems += [problem for one in declared[name].recorded for problem in one.problems]
        problems += Checked(source, declared[name], cited).problems()
    # A fact that nobody reads is a sentence that somebody forgot; what the document adds is there to be used.
    for use in unread(facts_of(sources, declared)):
        if use.where == ITSELF:
            continue
        problems.append(
            Problem(use.where, f"no source reads the fact {use.shown}", "a case that asks for it")
        )
    return problems


def read(root: Path, comparison: Declared | None = None) -> tuple[dict[str, Source], dict[str, Declared]]:
    """Return the sources of a project and what each may name, by the name of the file."""
    declared = {REPORT: declared_by_notebooks(root)}
    if comparison is not None:
        declared[COMPARISON] = comparison
    return {name: read_source(root / name) for name in declared}, declared


def bibliography(path: Path) -> set[str] | None:
    """Return the keys of a bibliography; None where there is none."""
    if not path.is_file():
        return None
    return set(re.findall(r"^@\w+\{([^,\s]+),", path.read_text(encoding="utf-8"), re.MULTILINE))


def typed_digits(prose: str) -> list[tuple[int, str]]:
    """Return the words with digits in a text, each with its place, but for days and names.

    Examples
    --------
    >>> typed_digits("On 20 November 2024 some 10,900 of the 170 mm guns")
    [(25, '10,900')]
    """
    kept = TYPED.sub(lambda found: re.sub(r"\S", " ", found[0]), prose)
    return [(found.start(), found[0]) for found in re.finditer(r"\S*\d\S*", kept)]


class Checked:
    """One source beside what it may name."""

    def __init__(self, source: Source, declared: Declared, cited: set[str] | None = None) -> None:
        self.source, self.declared, self.cited = source, declared, cited
        self.names = declared.names
        self.ids = {one.identifier: one for one in source.elements if one.identifier}

    def problems(self) -> list[Problem]:
        """Return everything that is wrong with it, in the order of its lines."""
        found = [(one.line, one.what, one.allowed) for one in self.source.faults]
        for element in self.source.elements:
            found += self._element(element)
        for block in self.source.blocks:
            found += self._block(block)
        found += self._whole()
        found.sort(key=lambda one: one[0])
        return [Problem(f"{self.source.name}, line {line}", what, allowed) for line, what, allowed in found]

    def _element(self, element: Element) -> Iterator[tuple[int, str, str]]:
        line, allowed = element.line, OF_KIND[element.kind]
        for name in element.classes:
            if name not in allowed:
                yield line, *_unknown(f"unknown class .{name} of a {element.kind}", name, allowed)
        attributes = {one for name in element.classes for one in allowed.get(name, ())}
        for name in element.attributes:
            if name not in attributes:
                what = f"{name}={element.attributes[name]} says nothing here"
                yield line, what, ", ".join(f"{one}=" for one in sorted(attributes)) or "no attribute"
        if element.kind == "span" and not element.classes:
            yield line, f"[{element.text}] has no class", ", ".join(f".{one}" for one in allowed)
        if "when" in element.classes:
            yield from self._case(element)
        if VALUES.keys() & {*element.classes}:
            yield from self._value(element)
        if element.is_float:
            yield from self._float(element)
        if "judgement" in element.classes and not element.identifier.startswith("judgement-"):
            yield line, "a judgement has no name", "{.judgement #judgement-losses}"

    def _case(self, element: Element) -> Iterator[tuple[int, str, str]]:
        line = element.line
        if element.inside("when"):
            yield line, "a case within a case", "one case with all its facts"
        if not element.named("fact") and not element.named("not"):
            yield line, "a case that names no fact", 'fact="subject.name" or not="subject.name"'
        for name in (*element.named("fact"), *element.named("not")):
            yield from self._named(line, "facts", "no notebook records the fact", name)
        for name in {*element.named("fact")} & {*element.named("not")}:
            yield line, f"{name} must hold and must not", "one of the two"

    def _value(self, element: Element) -> Iterator[tuple[int, str, str]]:
        line, name = element.line, element.text.strip()
        [kind, *more] = [one for one in element.classes if one in VALUES]
        if more:
            yield line, f"[{name}] is .{kind} and .{more[0]}", "one of the two"
        if kind == "latest":
            if name != "edition":
                yield line, f"[{name}]{{.latest}}", "[edition]{.latest}"
            return
        if kind in ("num", "count") and not KEY.fullmatch(name):
            yield line, f"[{name}]{{.{kind}}} holds no key", "a key of the form subject.name"
            return
        yield from self._named(line, *_KINDS[kind], name)
        if element.attributes.get("show", "range") != "range":
            yield line, f"[{name}] show={element.attributes['show']}", "show=range"
        if kind == "count" and not element.attributes.get("of"):
            yield line, f"[{name}]{{.count}} does not say of what", 'of="claim"'
        if kind == "of-step" and not (element.inside("step") or element.inside("step-alt")):
            yield line, f"[{name}]{{.of-step}} outside of a step", "a div .step or .step-alt"

    def _float(self, element: Element) -> Iterator[tuple[int, str, str]]:
        line, name = element.line, element.identifier
        figure = name.startswith("fig-")
        kind, told = ("figures", "no notebook draws") if figure else ("tables", "no notebook records")
        yield from self._named(line, kind, told, name)
        if name == "tbl-trace":
            return
        blocks = self.source.blocks_in(element)
        within = [one for one in self.source.elements if element in one.within]
        if figure and not any("alt" in one.classes for one in within):
            yield line, f"{name} has no alternative text", "a div .alt in it"
        if not any(not _in_part(block, element) for block in blocks):
            yield line, f"{name} has no caption", "a paragraph in it"

    def _named(self, line: int, kind: str, what: str, name: str) -> Iterator[tuple[int, str, str]]:
        names = self.names[kind]
        if name in names:
            return
        near = names.near(name)
        few = sorted(names.exact) if 0 < len(names.exact) <= _MOST_SHOWN else []
        yield line, f"{what} {name}{_hint(near)}", "" if near else ", ".join(few)

    def _block(self, block: Block) -> Iterator[tuple[int, str, str]]:
        for place, word in typed_digits(block.prose):
            yield block.line_at(place), f"a number is typed into the prose: {word}", "[key]{.num}"
        for line, within, name in block.cited:
            yield from self._cited(line, within, name)

    def _cited(self, line: int, within: tuple[Element, ...], name: str) -> Iterator[tuple[int, str, str]]:
        if not name.startswith(("fig-", "tbl-", "sec-")):
            if self.cited is not None and name not in self.cited:
                yield line, *_unknown(f"@{name} is not in references.bib", name, self.cited)
            return
        place = self.ids.get(name)
        if place is None:
            yield line, *_unknown(f"@{name} leads nowhere", name, self.ids)
        elif "if-drawn" in place.classes and not any({"when", "if-drawn"} & {*one.classes} for one in within):
            yield line, f"@{name} may not be drawn, and the sentence stays", "[A sentence.]{.if-drawn}"

    def _whole(self) -> Iterator[tuple[int, str, str]]:
        cases = self.source.of_class.get("when", [])
        if len(cases) > CASES:
            yield cases[CASES].line, f"{len(cases)} cases", f"up to {CASES}"
        for name, times in Counter(one.identifier for one in self.source.elements if one.identifier).items():
            if times > 1:
                yield self.ids[name].line, f"#{name} stands {times} times", "once"


def _in_part(block: Block, element: Element) -> bool:
    """Whether a block of a figure or table is no caption."""
    inner = block.within[block.within.index(element) + 1 :]
    return any({*_PARTS} & {*one.classes} for one in inner)


def _hint(near: str) -> str:
    return f"; did you mean {near}?" if near else ""


def _unknown(what: str, name: str, known: Mapping[str, object] | set[str]) -> tuple[str, str]:
    near = next(iter(get_close_matches(name, sorted(known), n=1)), "")
    few = ", ".join(sorted(known)) if not near and len(known) <= 30 else ""
    return f"{what}{_hint(near)}", few
