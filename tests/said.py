"""What the report says in each recorded run: its source, filled by its filter from what was recorded."""

import json
import subprocess
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pypandoc

from briefing.render.words import Words, words_of

ROOT = Path(__file__).parents[1]
RECORDED = ROOT / "tests" / "snapshots" / "said"
FILTER = ROOT / "_extensions" / "briefing" / "briefing.lua"
FILLING = ROOT / "tests" / "said.lua"


class Paragraph(NamedTuple):
    """One paragraph as a reader meets it.

    Attributes
    ----------
    section
        The id of the heading above it; empty before the first.
    kind
        ``prose``, ``caption``, ``note`` (under it), ``judgement``, ``cell``, ``heading`` or ``alt``.
    """

    section: str
    kind: str
    text: str


class Said(NamedTuple):
    """A run and what the report says of it."""

    name: str
    day: date
    edition: bool
    document: dict[str, Any]
    words: Words
    paragraphs: tuple[Paragraph, ...]

    @property
    def facts(self) -> dict[str, bool]:
        return {key: bool(fact["holds"]) for key, fact in self.document["facts"].items()}

    @property
    def text(self) -> str:
        """All of it, a paragraph a line."""
        return "\n".join(paragraph.text for paragraph in self.paragraphs)

    def before(self, section: str) -> list[Paragraph]:
        """Return the paragraphs above a heading."""
        places = [i for i, one in enumerate(self.paragraphs) if one.section == section]
        assert places, f"{self.name} has no section {section}"
        return list(self.paragraphs[: places[0]])

    def of(self, section: str) -> str:
        """Return the text of one section."""
        return "\n".join(one.text for one in self.paragraphs if one.section == section)


MADE_UP = {
    "two-levels": {
        "facts": {"judged.losses_word": {"holds": True}, "tour.confidence_low": {"holds": False}},
        "likelihoods": {"losses": {"printed": "69%", "says": "is likely (69%)"}},
    },
    "another-script": {
        "facts": {"letters.lacking": {"holds": True}},
        "texts": {"lacking": "5 of Hangul"},
    },
}
"""What no evidence has led to yet, put into the run of the latest evidence."""


def names() -> list[str]:
    """Return the names of the recorded runs, and of those made up."""
    return [*sorted(path.stem for path in RECORDED.glob("*.json")), *MADE_UP]


@cache
def said(name: str) -> Said:
    """Return what the report says in a recorded run."""
    document, tree = everything()[name]
    words = words_of(ROOT, document)
    metadata = document["metadata"]
    told = [Paragraph("", "heading", words.title), *paragraphs(tree["blocks"])]
    told += [Paragraph(f"#{key}", "alt", one.alt) for key, one in words.figures.items() if one.alt]
    day = date.fromisoformat(metadata["briefing-as-of"])
    return Said(name, day, document["edition"], document, words, tuple(told))


@cache
def everything() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Return the data of every run, and the report's source filled from it, as pandoc's tree."""
    documents = {}
    for name in names():
        path = RECORDED / f"{'current' if name in MADE_UP else name}.json"
        documents[name] = json.loads(path.read_text(encoding="utf-8"))
        for part, entries in MADE_UP.get(name, {}).items():
            documents[name][part] |= entries
    with TemporaryDirectory() as folder:
        paths = {name: Path(folder) / name for name in documents}
        for name, path in paths.items():
            path.write_text(json.dumps(documents[name]), encoding="utf-8")
        command = [pypandoc.get_pandoc_path(), "lua", FILLING, FILTER, ROOT / "report.qmd"]
        subprocess.run(command, input="".join(f"{path}\n" for path in paths.values()), text=True, check=True)
        return {
            name: (documents[name], json.loads(path.with_name(f"{name}.tree").read_text(encoding="utf-8")))
            for name, path in paths.items()
        }


def paragraphs(blocks: list[Any], section: str = "", kind: str = "prose") -> Iterator[Paragraph]:
    """Yield the paragraphs of a tree; a heading opens its own section."""
    for block in blocks:
        match block:
            case {"t": "Header", "c": [_, [identifier, *_], inlines]}:
                section = identifier
                yield Paragraph(section, "heading", flat(inlines))
            case {"t": "Para" | "Plain", "c": inlines}:
                if text := flat(inlines):
                    yield Paragraph(section, kind, text)
            case {"t": "Div", "c": [[identifier, classes, _], inner]}:
                found = list(paragraphs(inner, section, _kind(identifier, classes, kind)))
                yield from found
                section = next((one.section for one in reversed(found) if one.kind == "heading"), section)
            case {"t": "BlockQuote", "c": inner}:
                yield from paragraphs(inner, section, kind)
            case {"t": "BulletList", "c": items} | {"t": "OrderedList", "c": [_, items]}:
                for item in items:
                    yield from paragraphs(item, section, kind)
            case {"t": "DefinitionList", "c": items}:
                for term, meanings in items:
                    told = " ".join(one.text for some in meanings for one in paragraphs(some, section, kind))
                    yield Paragraph(section, kind, f"{flat(term)}: {told}")
            case {"t": "Table", "c": content}:
                yield from (Paragraph(section, "cell", text) for text in _cells(content))


def _kind(identifier: str, classes: list[str], outer: str) -> str:
    if identifier.startswith(("fig-", "tbl-")):
        return "caption"
    if "source-note" in classes:
        return "note"
    return "judgement" if "judgement" in classes else outer


def _cells(content: Any) -> Iterator[str]:
    """Yield the texts of a table's cells, heads included."""
    if isinstance(content, dict) and content.get("t") in ("Plain", "Para"):
        if text := flat(content["c"]):
            yield text
    elif isinstance(content, dict):
        yield from _cells(list(content.values()))
    elif isinstance(content, list):
        for part in content:
            yield from _cells(part)


def flat(inlines: list[Any]) -> str:
    """Return inlines as a reader meets them; to cite a figure says "Figure 1", to cite a source nothing."""
    return " ".join("".join(map(_flat, inlines)).split())


def _flat(inline: Any) -> str:
    match inline:
        case {"t": "Str", "c": text}:
            return str(text)
        case {"t": "Space" | "SoftBreak" | "LineBreak"}:
            return " "
        case {"t": "Code", "c": [_, text]}:
            return str(text)
        case {"t": "Quoted", "c": [{"t": mark}, inner]}:
            opening, closing = ("\u201c", "\u201d") if mark == "DoubleQuote" else ("\u2018", "\u2019")
            return f"{opening}{''.join(map(_flat, inner))}{closing}"
        case {"t": "Cite", "c": [[{"citationId": name}, *_], _]}:
            kinds = {"fig": "Figure 1", "tbl": "Table 1", "sec": "Section 1"}
            return kinds.get(str(name)[:3], "") if str(name)[3:4] == "-" else ""
        case {"t": "Link" | "Span", "c": [_, inner, *_]}:
            return "".join(map(_flat, inner))
        case {"t": "Strong" | "Emph" | "Superscript" | "Subscript" | "SmallCaps", "c": inner}:
            return "".join(map(_flat, inner))
    return ""
