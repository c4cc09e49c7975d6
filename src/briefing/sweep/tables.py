"""One tidy table over all runs of a sweep: a row for each number of each scenario."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from briefing.project.files import replacing
from briefing.results import merge
from briefing.scenario import Scenario
from briefing.scenario.describe import shown
from briefing.scenario.sweeps import Point

NUMBER = ("key", "value", "low", "high", "unit", "basis")
HEADINGS = ("run", "scenario", "digest", "as_of")


def numbers_of(root: Path, scenario: Scenario, notebooks: Sequence[str]) -> list[Mapping[str, Any]]:
    """Return every number that the scenario's notebooks recorded, in the order of their keys."""
    merged = merge(root / "figures" / scenario.name, notebooks)
    return [merged["numbers"][key] for key in sorted(merged["numbers"])]


def rows(point: Point, swept: Sequence[str], numbers: Iterable[Mapping[str, Any]]) -> Iterator[list[Any]]:
    """Yield the table's rows of one run: who it is, the swept parameters, then one number a row.

    Parameters
    ----------
    point
        The run.
    swept
        Parameters that vary in the sweep; each is a column, ranges written as low/mode/high.
    numbers
        Mappings with key, value, low, high, unit and basis; None where open, exact or unknown.
    """
    scenario = point.scenario
    about = [point.label, scenario.name, scenario.digest, scenario.as_of.isoformat()]
    about += [shown(getattr(scenario, name)).replace(",", "") for name in swept]
    for number in numbers:
        yield about + ["" if number[name] is None else number[name] for name in NUMBER]


def write_table(path: Path, swept: Sequence[str], body: Iterable[list[Any]]) -> None:
    """Write the table as CSV by rename, a row at a time, so that its length takes no memory."""
    with replacing(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*HEADINGS, *swept, *NUMBER])
        writer.writerows(body)
