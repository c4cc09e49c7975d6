"""How a claim is said in a few words, and how rows leave as plain values."""

from collections.abc import Mapping
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
