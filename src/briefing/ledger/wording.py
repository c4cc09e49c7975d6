"""How a claim is said in a few words, and how rows leave as plain values."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from briefing.formats import show, with_unit
from briefing.model.bounds import BOUNDS


def stated(claim: Mapping[str, Any] | pd.Series) -> str:
    """Say the figure of a claim with its hedge and its unit.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> stated(load().claim("ponomarenko-20241117-rotation-period"))
    '2 to 3 months'
    >>> stated(load().claim("nis-20241219-killed-100"))
    'at least 100 people'
    """
    unit = claim["unit"]
    figures = {name: show(claim[name], unit) for name in ("low", "value", "high") if pd.notna(claim[name])}
    return with_unit(BOUNDS[claim["bound"]].said.format(**figures), unit)


TOPICS = {
    "deployment": "Deployment",
    "recognition": "Recognition",
    "casualties": "Losses",
    "integration": "Units",
    "training": "Training",
    "arms": "Arms",
    "technology_transfer": "Technology",
    "finance": "Money",
    "diplomacy": "Diplomacy",
    "risk": "Risk",
}
"""Topics of statements, in the order of a document, as they are printed."""


def told(rows: pd.DataFrame, columns: str, titles: Mapping[str, str], names: Mapping[str, str]) -> list[Any]:
    """Return claims or statements as the rows of a printed table.

    Parameters
    ----------
    rows
        Of the claims table or of the statements table.
    columns
        Names with spaces between: ``what`` (the quantity), ``claimed`` (the figure), ``by`` (who), ``body``,
        ``origin`` (the body, and whether it repeats another), ``reported``, ``grade``, ``topic``,
        ``summary``.
    titles, names
        Of quantities, and of bodies.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> rows = load().claims_of("rotation_months").head(1)
    >>> told(rows, "claimed reported grade", {}, {})
    [['2 to 3 months', '2024-11-16', 'C3']]
    """
    cells = {
        "what": lambda row: titles[row["quantity"]],
        "claimed": stated,
        "by": lambda row: row["claimant"],
        "body": lambda row: names[row["origin_group"]],
        "origin": lambda row: names[row["origin_group"]] + (", repeats" if row["derived_from"] else ""),
        "reported": lambda row: f"{row['report_date']:%Y-%m-%d}",
        "grade": lambda row: f"{row['reliability']}{int(row['credibility'])}",
        "topic": lambda row: TOPICS[row["topic"]],
        "summary": lambda row: row["summary"],
    }
    return [[cells[column](row) for column in columns.split()] for row in rows.to_dict("records")]


def in_order(rows: pd.DataFrame, column: str, order: Sequence[str]) -> pd.DataFrame:
    """Return the rows whose `column` is in `order`, in that order and then by the day of the report."""
    rows = rows[rows[column].isin(list(order))]
    rows = rows.assign(order=rows[column].map(list(order).index))
    return rows.sort_values(["order", "report_date"], kind="stable")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as plain values for JSON: days as text, absent numbers as None."""
    return [
        {str(name): plain_value(value) for name, value in row.items()} for row in frame.to_dict("records")
    ]


def plain_value(value: Any) -> Any:
    """Return a cell as text, number or None.

    Examples
    --------
    >>> plain_value(pd.Timestamp("2024-11-20")), plain_value(float("nan"))
    ('2024-11-20', None)
    """
    if pd.isna(value):
        return None
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else value
