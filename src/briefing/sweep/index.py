"""The page over a sweep's runs: what was varied, the headline numbers, and the way to each document."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from briefing.numbers import labels
from briefing.pages.page import fill_page
from briefing.project.files import write_whole
from briefing.render.finished import DOCUMENTS
from briefing.scenario.describe import shown
from briefing.scenario.sweeps import Point, Sweep

LONGEST = 2_000
"""Rows that a browser still shows at once; a longer sweep is read from its table."""


@dataclass(frozen=True)
class Run:
    """A row of the page: a point, its headline numbers by key, and why it failed if it did."""

    point: Point
    numbers: Mapping[str, Mapping[str, Any]]
    failure: str = ""


def write_index(folder: Path, sweep: Sweep, runs: Iterable[Run], failed: int, briefings: Path) -> Path:
    """Write ``index.html`` into `folder` by rename.

    Parameters
    ----------
    folder
        The sweep's own, inside `briefings`.
    sweep
        What was run.
    runs
        Its rows in order.
    failed
        How many scenarios failed, among them those that the page no longer shows.
    briefings
        The folder of the finished documents, to which relative links lead.
    """
    rows = [_row(run, sweep.swept, briefings) for run, _ in zip(runs, range(LONGEST), strict=False)]
    page = fill_page(
        briefings.parent,
        "sweep.html.j2",
        sweep=sweep,
        swept=[name.replace("_", " ") for name in sweep.swept],
        headings=list(labels("sweep").values()),
        rows=rows,
        failed=failed,
        left_out=len(sweep) - len(rows),
    )
    return write_whole(folder / "index.html", page)


def _row(run: Run, swept: Sequence[str], briefings: Path) -> dict[str, Any]:
    scenario = run.point.scenario
    folder = briefings / scenario.name
    return {
        "label": run.point.label,
        "title": scenario.title,
        "digest": scenario.digest,
        "as_of": scenario.as_of.isoformat(),
        "values": [shown(getattr(scenario, name)) for name in swept],
        "numbers": [run.numbers.get(key) for key in labels("sweep")],
        "failure": run.failure,
        "links": [
            (f"../../{scenario.name}/{name}", said)
            for name, said in DOCUMENTS.items()
            if (folder / name).is_file()
        ],
    }
