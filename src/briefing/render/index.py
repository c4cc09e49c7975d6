"""``briefings/index.html``: every finished briefing, sweep and comparison on one page."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from filelock import FileLock

from briefing.numbers import labels
from briefing.pages.page import fill_page
from briefing.project.files import write_whole
from briefing.render.finished import (
    COMPARISONS,
    DOCUMENTS,
    SWEEPS,
    Briefing,
    Finished,
    Page,
    find_finished,
)
from briefing.render.page_folder import FOLDER as PAGES
from briefing.render.record import NAME as RECORD
from briefing.render.thumbnail import NAME as THUMBNAIL
from briefing.render.thumbnail import make_thumbnail
from briefing.scenario import scenario_names
from briefing.scenario.editions import EDITIONS

NAME = "index.html"
CARDS = 48
"""Scenarios shown large; more follow as rows."""
PICTURES = 100
"""Rows with a picture: a browser shows no more of them at ease."""
SAID = {"index.html": "Page", "results.csv": "Table (CSV)", "report.html": "Comparison", "report.pdf": "PDF"}


def refresh_index(root: Path) -> Path | None:
    """Write the page anew from what stands finished now.

    Returns
    -------
    Path or None
        The page; None where nothing is finished yet.

    Notes
    -----
    Of two processes the second waits for the first and then looks anew: whoever writes last has seen all.
    """
    folder = root / "briefings"
    if not folder.is_dir():
        return None
    with FileLock(folder / ".index.lock"):
        found = find_finished(folder)
        if not found:
            return None
        return write_whole(folder / NAME, _page(root, found))


def supply_thumbnails(root: Path) -> None:
    """Make the pictures that the page would show and that are not there yet."""
    folder = root / "briefings"
    cards, rows = _parts(root, find_finished(folder))
    for briefing in [*cards, *rows[:PICTURES]]:
        pdf = next((name for name in briefing.documents if name.endswith(".pdf")), None)
        if pdf and not briefing.thumbnail:
            own = folder / briefing.name
            try:
                make_thumbnail(own / pdf, own / THUMBNAIL)
            except OSError:
                # The page shows an empty frame: a picture is no reason to refuse the rest.
                continue


def _parts(root: Path, found: Finished) -> tuple[list[Briefing], list[Briefing]]:
    """Part the briefings into scenario files, shown large, and other runs: editions first, then by day."""
    newest = sorted(
        found.briefings,
        key=lambda one: (one.name not in EDITIONS, -one.about.as_of.toordinal(), one.name),
    )
    names = set(scenario_names(root / "scenarios"))
    own = [one for one in newest if one.name in names]
    return own[:CARDS], [*own[CARDS:], *(one for one in newest if one.name not in names)]


def _page(root: Path, found: Finished) -> str:
    cards, rows = _parts(root, found)
    counted = [
        (len(found.briefings), "briefing"),
        (len(found.comparisons), "comparison"),
        (len(found.sweeps), "sweep"),
    ]
    return fill_page(
        root,
        "briefings.html.j2",
        counts=[f"{count:,} {what}{'s' * (count > 1)}" for count, what in counted if count],
        coverage_end=max((one.about.coverage_end for one in found.briefings), default=None),
        cards=[_shown(one) for one in cards],
        rows=[_shown(one, picture=place < PICTURES) for place, one in enumerate(rows)],
        headings=labels("index"),
        comparisons=_links(COMPARISONS, found.comparisons),
        sweeps=_links(SWEEPS, found.sweeps),
        unknown=found.unknown,
        renamed=found.renamed,
    )


def _shown(one: Briefing, picture: bool = True) -> dict[str, Any]:
    documents = [
        (_address(one.name, name), DOCUMENTS[name] + (", earlier state" if name in one.earlier else ""))
        for name in one.documents
    ]
    return {
        "name": one.name,
        "about": one.about,
        "numbers": one.numbers,
        "best": documents[0][0],
        "picture": _address(one.name, THUMBNAIL) if picture and one.thumbnail else "",
        "documents": documents + ([(_address(one.name, RECORD), "Numbers (JSON)")] if one.record else []),
        "pages": [(_address(one.name, PAGES, page), _spoken(page)) for page in one.pages],
    }


def _spoken(page: str) -> str:
    """Say a notebook's page in words.

    Examples
    --------
    >>> _spoken("02_people.html")
    '2 people'
    """
    number, _, name = page.removesuffix(".html").partition("_")
    return f"{int(number)} {name.replace('_', ' ')}"


def _links(folder: str, pages: Iterable[Page]) -> list[dict[str, Any]]:
    return [
        {
            "title": page.title,
            "name": page.name,
            "scenarios": page.scenarios,
            "best": _address(folder, page.name, page.files[0]),
            "documents": [(_address(folder, page.name, name), SAID[name]) for name in page.files],
        }
        for page in pages
    ]


def _address(*steps: str) -> str:
    """Return a relative address; each step is a name, so that none leads elsewhere.

    Examples
    --------
    >>> _address("a b#?", "report.html")
    './a%20b%23%3F/report.html'
    """
    escaped: Sequence[str] = [quote(step, safe="") for step in steps]
    return "./" + "/".join(escaped)
