"""Each executed notebook of a scenario as a page beside its briefing."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from briefing.errors import RunFailedError
from briefing.pages.page import fill_page
from briefing.project.files import write_whole
from briefing.render.cells import Cell, Output, Reading, inert, read_cells
from briefing.render.document import Document
from briefing.render.words import Words
from briefing.scenario import Scenario


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
            cells=list(_shown(reading, _figures(origin, name, document))),
            before=_neighbour(notebooks, readings, place - 1),
            after=_neighbour(notebooks, readings, place + 1),
        )
        made.append(write_whole(folder / f"{name}.html", page))
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


@dataclass
class _Figure:
    """A figure that the notebook recorded, and whether the page has shown it."""

    name: str
    title: str
    alt: str
    svg: str
    shown: bool = False


def _figures(origin: Path, notebook: str, document: Document) -> list[_Figure]:
    words = Words(**document["words"]).figures
    return [
        _Figure(
            name,
            words[name].title if name in words else "",
            words[name].alt if name in words else "",
            (origin / entry["file"]).read_text(encoding="utf-8"),
        )
        for name, entry in document["figures"].items()
        if entry["notebook"] == notebook
    ]


def _shown(reading: Reading, figures: list[_Figure]) -> Iterator[tuple[Cell, list[dict[str, Any]]]]:
    """Yield each cell with what it showed, and with the figures that it recorded without showing them."""
    displayed = {output.text for cell in reading.cells for output in cell.outputs if output.picture}
    hidden = [figure for figure in figures if figure.svg not in displayed]
    last = max((cell.number for cell in reading.cells if cell.source), default=None)
    for cell in reading.cells:
        outputs = [_output(output, figures) for output in cell.outputs]
        for figure in hidden:
            if not figure.shown and (figure.name in cell.source or cell.number == last):
                outputs.append(_output(Output(figure.svg, inert(figure.svg)), figures))
        yield cell, outputs


def _output(output: Output, figures: list[_Figure]) -> dict[str, Any]:
    # By its bytes, since only they make certain which output is which figure.
    figure = next((one for one in figures if output.picture and one.svg == output.text), None)
    told = {
        "text": output.text,
        "spoken": output.spoken,
        "picture": _described(output.picture, figure.alt if figure and figure.alt else "A drawing"),
        # Of a figure that is shown twice the first is the one that links lead to.
        "id": figure.name if figure and not figure.shown else "",
        "title": figure.title if figure else "",
    }
    if figure:
        figure.shown = True
    return told


def _described(picture: Markup, alt: str) -> Markup:
    if not picture.startswith("<svg"):
        return picture
    return Markup('<svg role="img" aria-label="{}"').format(alt) + picture[4:]
