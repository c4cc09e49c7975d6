"""Each executed notebook of a scenario as a page beside its briefing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from briefing.errors import RunFailedError
from briefing.pages.page import fill_page, write_page
from briefing.render.cells import Cell, Reading, read_cells
from briefing.render.document import Document, printed
from briefing.scenario import Scenario

FOLDER = "notebooks"
"""Where the pages lie in a briefing's folder."""


def write_pages(
    root: Path, scenario: Scenario, document: Document, notebooks: Sequence[str], folder: Path
) -> list[Path]:
    """Write a page for each executed notebook; each leads back to the HTML, one folder above.

    Parameters
    ----------
    root
        The project's folder, with the executed notebooks in ``figures/<scenario>``.
    scenario, document
        Of the briefing.
    notebooks
        Names of the notebooks in order.
    folder
        Where the pages are written, named as the notebooks.

    Raises
    ------
    RunFailedError
        An executed notebook cannot be read.
    """
    origin = root / "figures" / scenario.name
    readings = {name: _read(origin / f"{name}.ipynb", name) for name in notebooks}
    made = []
    for place, (name, reading) in enumerate(readings.items()):
        page = fill_page(
            root,
            "notebook.html.j2",
            scenario=scenario,
            briefing=document["metadata"]["title"],
            name=name,
            reading=reading,
            cells=list(_shown(reading, _drawings(origin, name, document))),
            before=_neighbour(notebooks, readings, place - 1),
            after=_neighbour(notebooks, readings, place + 1),
        )
        made.append(write_page(folder / f"{name}.html", page))
    return made


def _read(path: Path, name: str) -> Reading:
    try:
        return read_cells(json.loads(path.read_text(encoding="utf-8")), name)
    except (OSError, ValueError, SyntaxError, KeyError, TypeError) as error:
        raise RunFailedError(f"figures/{path.parent.name}/{path.name} cannot be read: {error}") from error


def _neighbour(
    notebooks: Sequence[str], readings: Mapping[str, Reading], place: int
) -> dict[str, str] | None:
    if not 0 <= place < len(notebooks):
        return None
    return {"address": f"{notebooks[place]}.html", "title": readings[notebooks[place]].title}


def _drawings(origin: Path, notebook: str, document: Document) -> dict[str, dict[str, str]]:
    """Return the notebook's figures by their bytes: only so is it certain which output is which figure."""
    return {
        (origin / entry["file"]).read_text(encoding="utf-8"): {
            "name": name,
            "title": printed(entry["title"], document["numbers"]),
            "alt": printed(entry["alt"], document["numbers"]),
        }
        for name, entry in document["figures"].items()
        if entry["notebook"] == notebook
    }


def _shown(
    reading: Reading, drawings: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[Cell, list[dict[str, Any]]]]:
    named: set[str] = set()
    for cell in reading.cells:
        outputs: list[dict[str, Any]] = []
        for output in cell.outputs:
            figure = drawings.get(output.text) if output.picture else None
            outputs.append(
                {
                    "text": output.text,
                    "spoken": output.spoken,
                    "picture": _described(output.picture, figure["alt"] if figure else "A drawing"),
                    # Of a figure that is shown twice the first is the one that links lead to.
                    "id": figure["name"] if figure and figure["name"] not in named else "",
                    "title": figure["title"] if figure else "",
                }
            )
            named.update(one["id"] for one in outputs)
        yield cell, outputs


def _described(picture: Markup, alt: str) -> Markup:
    if not picture.startswith("<svg"):
        return picture
    return Markup('<svg role="img" aria-label="{}"').format(alt) + picture[4:]


def page_names(briefing: Path) -> list[str]:
    """Return the names of the pages that lie in a briefing's folder, in order."""
    return sorted(path.name for path in (briefing / FOLDER).glob("[0-9][0-9]_*.html") if path.is_file())


def put_pages(briefing: Path, made: Sequence[Path]) -> None:
    """Move finished pages into a briefing's folder, and remove those of notebooks that are gone."""
    folder = briefing / FOLDER
    if made:
        folder.mkdir(exist_ok=True)
    for path in made:
        path.replace(folder / path.name)
    for name in set(page_names(briefing)) - {path.name for path in made}:
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
