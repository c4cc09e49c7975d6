"""Re-reading a finished document: is it the scenario that was asked for, and is nothing left unfilled?"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from briefing.errors import RunFailedError
from briefing.paths import FILES

# What Quarto and citeproc print where a reference leads nowhere; both exit with 0.
UNRESOLVED = re.compile(r"\?(?:@|var:|meta:)[\w-]+|\(\?\?\?\)|\{\{<|\]\{\.[a-z]+|^:::", re.MULTILINE)
BRIEF_PAGES = 2
# Such a script element holds data; a browser runs none of it.
DATA = ("application/json", "application/ld+json")
# An address on another machine; browsers overlook white space in it, and in place of the slashes take others.
REMOTE = re.compile(r"(?:https?|wss?|ftp|file):|[/\\]{2}", re.IGNORECASE)
# Attributes whose address nobody follows unasked: a link's, the name of a vocabulary, a quotation's origin.
NAMING = re.compile(r"a (?:xlink:)?href|\S+ (?:xmlns(?::\w+)?|cite)|meta content")
RUNNING = re.compile(r"\s*(?:javascript:|data:text/html)", re.IGNORECASE)


class _Page(HTMLParser):
    """Collects what the checks need: text outside styles, metadata, numbers, what it would load and run."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.metadata: dict[str, str] = {}
        self.numbers: set[str] = set()
        self.loads: list[str] = []
        self.styles: list[str] = []
        self.scripts: list[str] = []
        self.runs: list[str] = []
        self._silent = 0
        self._script = self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, str] = {name: value or "" for name, value in attrs}
        if tag in ("style", "script"):
            self._silent += 1
        if tag == "script" and given.get("type", "") not in DATA:
            self._script = True
            self.scripts.append("")
        # A name that stands twice counts here twice: browsers take the first, `given` has the last.
        for name, value in ((name, value or "") for name, value in attrs):
            if name.startswith("on") or name == "srcdoc" or RUNNING.match(value):
                self.runs.append(f"{name} of a {tag}")
            if re.search(r":|[/\\]{2}", value) and not NAMING.fullmatch(f"{tag} {name}"):
                self.loads += _remote(value.split(",") if name == "srcset" else [value])
            if name == "style" or "url(" in value.lower():
                self.styles.append(value)
        if given.get("http-equiv", "").strip().lower() == "refresh":
            self.loads.append(f"another page: {given.get('content', '')}")
        if tag == "meta" and "name" in given:
            self.metadata[given["name"]] = given.get("content", "")
        if "num" in given.get("class", "").split():
            self.numbers.add(given.get("href", "").removeprefix("#trace-"))
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._silent -= 1
            self._script = self._style = False

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts[-1] += data
        if self._style:
            self.styles.append(data)
        if not self._silent:
            self.text.append(data)


def _remote(addresses: Iterable[str]) -> list[str]:
    return [address for address in addresses if REMOTE.match(re.sub(r"\s", "", address))]


def _styled(style: str) -> Iterator[str]:
    """Tell what a style would load: all that is neither in the page nor data."""
    text = style.lower().replace("image-set(", "url(")
    if "@import" in text:
        yield "another style: @import"
    for part in text.split("url(")[1:]:
        address = part[:100].strip(" \t\r\n\"'")
        if not address.startswith(("data:", "#")):
            yield address.partition(")")[0]


def _problems_of_text(text: str, data: str) -> list[str]:
    """Return what looks unresolved in `text`, except what the data themselves contain."""
    found = {match for match in UNRESOLVED.findall(text) if match not in data}
    return [f"unresolved: {match}" for match in sorted(found)]


def check_html(
    path: Path, digest: str, wanted: Collection[str], data: str, scripts: Collection[str] = ()
) -> list[str]:
    """Return everything that is wrong with a finished HTML file.

    It prints the numbers whose keys are `wanted`, and runs no script but `scripts`.
    """
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    text = "".join(page.text)
    problems = _problems_of_text(text, data)
    if page.metadata.get("briefing-digest") != digest or digest not in text:
        problems.append(f"does not carry the scenario digest {digest}")
    if missing := {*wanted} - page.numbers:
        problems.append(f"unfilled numbers: {', '.join(sorted(missing))}")
    page.loads += [address for style in page.styles for address in _styled(style)]
    problems += [f"would load {address[:100]}" for address in page.loads]
    problems += [f"would run {what}" for what in page.runs]
    strange = [text for text in page.scripts if text.strip() not in scripts]
    problems += [f"would run a script that is not its own: {text.strip()[:60]!r}" for text in strange]
    return problems


def check_pdf(path: Path, digest: str, data: str, brief: bool = False) -> list[str]:
    """Return everything that is wrong with a finished PDF file, which may be the brief alone."""
    from pypdfium2 import PdfDocument

    with PdfDocument(path) as reader:
        pages = [page.get_textpage().get_text_bounded() for page in reader]
        keywords = reader.get_metadata_value("Keywords")
    problems = _problems_of_text("\n".join(pages), data)
    if brief and len(pages) != BRIEF_PAGES:
        problems.append(f"has {len(pages)} pages, and a brief has {BRIEF_PAGES}")
    problems += [
        f"page {number} does not carry the scenario digest {digest}"
        for number, text in enumerate(pages, 1)
        if digest not in text
    ]
    if digest not in keywords:
        problems.append(f"its metadata does not carry the scenario digest {digest}")
    return problems


def problems_of(path: Path, digest: str, document: dict[str, Any], brief: bool) -> list[str]:
    """Return everything that is wrong with a finished file, by whichever renderer."""
    data = repr(document)
    if path.suffix == ".html":
        wanted = document.get("words", {}).get("numbers", ())
        return check_html(path, digest, wanted, data, document.get("page", {}).get("scripts", ()))
    return check_pdf(path, digest, data, brief)


def verify(made: Sequence[Path], digest: str, document: dict[str, Any]) -> None:
    """Check finished files against what was asked for.

    Raises
    ------
    RunFailedError
        A file carries another digest, an unresolved reference, an unfilled number, or would load something
        or run what is not its own.
    """
    problems = [
        f"{path.name}: {problem}"
        for path in made
        for problem in problems_of(path, digest, document, path.name == FILES["brief"])
    ]
    if problems:
        raise RunFailedError("the finished document failed its check:\n" + "\n".join(problems))
