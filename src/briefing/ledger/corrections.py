"""Corrections: the cells that were mended on copying, and when a correction is no longer needed."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import pandas as pd

from briefing.ledger.wording import plain_value

COLUMNS = ["target", "row_id", "column", "expect", "found"]


def row_name(row: Mapping[Hashable, Any], key: Iterable[str]) -> str:
    """Name a row as corrections do: the parts of its key, separated by a space.

    Examples
    --------
    >>> row = {"event_date": pd.Timestamp("2024-12-04"), "event": "Treaty in force"}
    >>> row_name(row, ["event_date", "event"])
    '2024-12-04 Treaty in force'
    """
    return " ".join(cell_text(row[column]) for column in key)


def cell_text(cell: Any) -> str:
    """Return a cell as it stands in the file.

    Examples
    --------
    >>> cell_text(2000.0), cell_text(pd.Timestamp("2025-08-29")), cell_text(float("nan"))
    ('2000', '2025-08-29', '')
    """
    value = plain_value(cell)
    if value is None:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def mended(
    corrections: pd.DataFrame,
    compilation: Mapping[str, pd.DataFrame],
    keys: Mapping[str, tuple[str, ...]],
) -> pd.DataFrame:
    """Return the corrections that a newer compilation has made needless: it no longer holds the fault.

    Parameters
    ----------
    corrections
        Rows of the corrections table.
    compilation
        The tables that were copied, by name, as text or converted.
    keys
        The columns that name a row, for each table (`Ledger.keys`).

    Returns
    -------
    pandas.DataFrame
        Columns ``target``, ``row_id``, ``column``, ``expect`` and ``found``: the whole cell that stands there
        now, or None when the table, the row or the column is gone.

    Examples
    --------
    This project's own tables are mended, so no fault is left to find in them.

    >>> from briefing.ledger import load
    >>> ledger = load()
    >>> corrections = ledger.tables["corrections"]
    >>> len(mended(corrections, ledger.tables, ledger.keys)) == len(corrections)
    True
    """
    rows = []
    for target, group in corrections.groupby("target", sort=False):
        name = str(target)
        frame = compilation.get(name, pd.DataFrame())
        cells = {row_name(row, keys[name]): row for row in frame.to_dict("records")}
        for wanted in group.to_dict("records"):
            cell = cells.get(wanted["row_id"], {}).get(wanted["column"])
            found = None if cell is None else cell_text(cell)
            if found is None or not _holds(found, wanted["expect"]):
                rows.append((name, wanted["row_id"], wanted["column"], wanted["expect"], found))
    return pd.DataFrame(rows, columns=COLUMNS)


def _holds(cell: str, fault: str) -> bool:
    return fault in cell if fault else cell == ""
