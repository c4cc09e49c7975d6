"""What stands finished under ``briefings``: read from the manifests, whoever made them and when."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, StringConstraints, ValidationError

from briefing.numbers import labels
from briefing.render.manifest import read_notes
from briefing.render.page_folder import page_names
from briefing.render.record import NAME as RECORD
from briefing.render.record import read_record
from briefing.render.thumbnail import NAME as THUMBNAIL
from briefing.scenario.editions import now_called

DOCUMENTS = {"report.html": "Briefing", "report.pdf": "PDF", "brief.pdf": "Brief PDF"}
SWEEPS, COMPARISONS = "sweeps", "comparisons"
HEAD = 16_384
"""Bytes in which a page says what it is."""

Short = Annotated[str, StringConstraints(max_length=500)]


class _Named(BaseModel):
    title: Short


class Manifest(BaseModel):
    """What a briefing's manifest says of it."""

    title: Short
    digest: Short
    as_of: date
    coverage_end: date
    inputs: str = ""
    scenario: _Named


class Shown(BaseModel):
    """A headline number as it is printed, and what it rests on."""

    text: Short
    range_text: Short
    basis: Short


@dataclass(frozen=True)
class Briefing:
    """A finished briefing.

    Attributes
    ----------
    name
        Of its folder, which is the only part of it that ever becomes an address.
    about
        Its manifest.
    numbers
        The headline numbers of the index that it has, by key.
    documents, pages
        Names of the documents and of the notebooks' pages that lie there.
    earlier
        Those documents that the last run left as they were: of another state than the manifest says.
    thumbnail
        Whether the picture of its first page lies there.
    record
        Whether its numbers lie there for programs.
    """

    name: str
    about: Manifest
    numbers: dict[str, Shown]
    documents: tuple[str, ...]
    earlier: frozenset[str]
    pages: tuple[str, ...]
    thumbnail: bool
    record: bool


@dataclass(frozen=True)
class Page:
    """A sweep's or a comparison's page: its folder, title, and the files that lie there."""

    name: str
    title: str
    scenarios: str
    files: tuple[str, ...]


@dataclass
class Finished:
    """Everything that stands finished, and the names of folders of which nothing can be said.

    Those of an earlier version's scenarios are `renamed`, each with the scenario in its place.
    """

    briefings: list[Briefing] = field(default_factory=list)
    sweeps: list[Page] = field(default_factory=list)
    comparisons: list[Page] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.briefings or self.sweeps or self.comparisons or self.renamed)


def find_finished(folder: Path) -> Finished:
    """Return what stands finished in `folder`, the project's ``briefings``.

    A folder without a manifest that can be read, or without a document, is named as unknown; that of an
    earlier version's scenario with the scenario in its place.
    """
    found = Finished(
        sweeps=list(_pages(folder / SWEEPS, ("index.html", "results.csv"))),
        comparisons=list(_pages(folder / COMPARISONS, ("report.html", "report.pdf"))),
    )
    for own in _folders(folder):
        if now := now_called(own.name):
            found.renamed[own.name] = now
        elif briefing := read_briefing(own):
            found.briefings.append(briefing)
        elif own.name not in (SWEEPS, COMPARISONS):
            found.unknown.append(own.name)
    return found


def _folders(folder: Path) -> list[Path]:
    return sorted(own for own in folder.glob("[!.]*") if own.is_dir())


def read_briefing(folder: Path) -> Briefing | None:
    """Return the briefing in a folder; None where it has no readable manifest or no document."""
    try:
        about = Manifest.model_validate_json((folder / "manifest.json").read_bytes())
        documents = tuple(name for name in DOCUMENTS if (folder / name).is_file())
        if not documents:
            return None
        pages = tuple(page_names(folder))
        noted = read_notes(folder).files
        earlier = {name for name in documents if name in noted and noted[name].inputs != about.inputs}
    except (OSError, ValidationError):
        return None
    thumbnail, record = (folder / THUMBNAIL).is_file(), (folder / RECORD).is_file()
    return Briefing(
        folder.name, about, _numbers(folder), documents, frozenset(earlier), pages, thumbnail, record
    )


def _numbers(folder: Path) -> dict[str, Shown]:
    recorded = (read_record(folder / RECORD) or {}).get("numbers")
    shown = {}
    for key in labels("index"):
        try:
            shown[key] = Shown.model_validate(recorded[key] if isinstance(recorded, dict) else None)
        except (KeyError, ValidationError):
            continue
    return shown


class _Head(HTMLParser):
    """The title of a page and what its metadata say."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.title = ""
        self.metadata: dict[str, str] = {}
        self._in_title = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in_title = tag == "title" and not self.title
        if tag == "meta" and given.get("name"):
            self.metadata[str(given["name"])] = given.get("content") or ""

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data


def _pages(folder: Path, names: tuple[str, ...]) -> Iterator[Page]:
    for own in _folders(folder):
        files = tuple(name for name in names if (own / name).is_file())
        if not files:
            continue
        head = _Head(_beginning(own / files[0]) if files[0].endswith(".html") else "")
        title = re.sub(r"\s+", " ", head.title).strip()
        yield Page(own.name, title or own.name, head.metadata.get("briefing-scenarios", ""), files)


def _beginning(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(HEAD).decode("utf-8", "replace")
    except OSError:
        return ""
