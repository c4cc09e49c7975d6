"""Corrections: how they name the cells that were mended on copying."""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from briefing.ledger.ledger import Ledger
from briefing.ledger.wording import plain_value


def row_name(row: Mapping[Hashable, Any], key: Iterable[str]) -> str:
    """Name a row as corrections do: the parts of its key, separated by a space.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"event_date": pd.Timestamp("2024-12-04"), "event": "Treaty in force"}
    >>> row_name(row, ["event_date", "event"])
    '2024-12-04 Treaty in force'
    """
    return " ".join(cell_text(row[column]) for column in key)


def cell_text(cell: Any) -> str:
    """Return a cell as it stands in the file.

    Examples
    --------
    >>> import pandas as pd
    >>> cell_text(2000.0), cell_text(pd.Timestamp("2025-08-29")), cell_text(float("nan"))
    ('2000', '2025-08-29', '')
    """
    value = plain_value(cell)
    if value is None:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def mended(known: Ledger) -> list[list[str]]:
    """Return the corrections of known rows, those alike together: row, column, action, reason, day.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> {len(row) for row in mended(load())}
    {5}
    """
    fixes = known.tables["corrections"]
    public = {*known.claims["claim_id"], *known.statements["statement_id"]}
    public |= {f"{row.event_date:%Y-%m-%d} {row.event}" for row in known.events.itertuples()}
    alike = fixes[fixes["row_id"].isin(list(public))].groupby(
        ["column", "action", "reason", "date"], sort=False
    )
    return [
        [rows.iloc[0] + (f" and {len(rows) - 1} more" if len(rows) > 1 else ""), *_said(*named)]
        for named, rows in alike["row_id"]
    ]


def _said(column: Any, action: Any, reason: Any, day: Any) -> list[str]:
    return [column.replace("_", " "), action, reason, f"{day:%Y-%m-%d}"]
