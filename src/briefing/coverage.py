"""How far the evidence reaches, read without the libraries that read it whole."""

import csv
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path

from briefing.errors import BadInputError, Problem
from briefing.paths import data_folder

NEWEST = "latest"
"""In the place of a day: the end of coverage."""
DATED = ("claims", "statements", "events")
"""The tables whose newest report date is the end of coverage."""


def coverage_end(data: Path | None = None) -> date:
    """Return the newest day on which a row of the evidence became public; no page, no day.

    Parameters
    ----------
    data
        Folder of the tables; by default the project's own.

    Raises
    ------
    BadInputError
        No row says when it became public.

    Examples
    --------
    >>> str(coverage_end())
    '2026-03-17'
    """
    folder = data or data_folder()
    # Joined as text: ten thousand scenarios of a sweep ask for it.
    return _newest(folder, tuple(_changed(f"{folder}/{name}.csv") for name in DATED))


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=8)
def _newest(folder: Path, _state: tuple[int, ...]) -> date:
    """Read it once for each state of the files."""
    days = [day for name in DATED for day in _report_dates(folder / f"{name}.csv")]
    if not days:
        raise BadInputError([Problem(folder.name, "no row with a report date", "tables of dated rows")])
    return max(days)


def _report_dates(path: Path) -> Iterator[date]:
    """Yield the days that can be read; what is wrong with the rest, the check of the ledger tells."""
    with suppress(OSError, csv.Error), path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            if row.get("verified") == "no":
                continue
            with suppress(ValueError):
                yield date.fromisoformat(row.get("report_date") or "")
