"""The rate between two claims of one origin, unless a re-estimate lies on the way."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from briefing.model.bounds import left_open
from briefing.model.claims import ids
from briefing.model.units import days_between

REVISIONS = ("supersedes", "revises")


class RevisionError(ValueError):
    """The step between two claims crosses a re-estimate, so it is not a flow."""


def implied_rate(claims: pd.DataFrame, earlier: str, later: str) -> tuple[float, float]:
    """Give the rate a day that two cumulative claims of one origin imply, or refuse.

    Parameters
    ----------
    claims
        The ledger's claims, a row each, with `claim_id`, `quantity`, `low`, `value`, `high`, `bound`,
        `event_date`, `report_date`, `origin_group`, and `updates`, `supersedes`, `revises` (ids separated by
        semicolons, or missing).
    earlier, later
        Claim ids.

    Returns
    -------
    tuple of float
        Lowest and highest rate, persons (or the quantity's unit) a day of event time. Equal for two plain
        figures. A claim with an open end leaves one: ``at_least`` and ``more_than`` run from the value to
        infinity; ``up_to``, ``fewer_than`` and ``approaching`` from 0 to the value.

    Raises
    ------
    RevisionError
        If the later claim leads back to the earlier one over a `supersedes` or `revises` link, or their
        origin re-estimated this quantity in between (reported after the earlier, not after the later claim).
    ValueError
        If an id is unknown or doubled, a claim is a denial, quantities or origins differ, or dates are
        reversed.

    Notes
    -----
    Interval arithmetic on the bounds (Moore 1966), divided by the days between the event dates.

    Examples
    --------
    >>> claims = pd.DataFrame({
    ...     "claim_id": ["jan", "apr", "sep"], "quantity": "killed", "origin_group": "NIS",
    ...     "low": np.nan, "value": [300.0, 600.0, 2000.0], "high": np.nan, "bound": "about",
    ...     "event_date": pd.to_datetime(["2025-01-13", "2025-04-30", "2025-04-26"]),
    ...     "report_date": pd.to_datetime(["2025-01-13", "2025-04-30", "2025-09-02"]),
    ...     "updates": ["", "jan", ""], "supersedes": ["", "", "apr"], "revises": ["", "", "apr"]})
    >>> low, high = implied_rate(claims, "jan", "apr")
    >>> round(low, 2), round(high, 2)
    (2.8, 2.8)
    >>> implied_rate(claims, "jan", "sep")
    Traceback (most recent call last):
    briefing.model.revisions.RevisionError: jan to sep: not a rate, sep re-estimates apr
    """
    rows = claims.set_index("claim_id")
    if not rows.index.is_unique:
        raise ValueError(f"claim_id: given {rows.index[rows.index.duplicated()][0]!r} twice, allowed once")
    for claim in (earlier, later):
        if claim not in rows.index:
            raise ValueError(f"claim: given {claim!r}, allowed an id of the claims frame")
    first: Any = rows.loc[earlier]
    last: Any = rows.loc[later]
    for column in ("quantity", "origin_group"):
        if first[column] != last[column]:
            raise ValueError(
                f"{earlier} to {later}: given {column} {first[column]} and {last[column]}, allowed the same"
            )
    if last["report_date"] < first["report_date"]:
        raise ValueError(f"{earlier} to {later}: given in reversed order of report, allowed earlier first")
    for revising, revised in _revisions_between(rows, earlier, later):
        raise RevisionError(f"{earlier} to {later}: not a rate, {revising} re-estimates {revised}")
    days = days_between(first["event_date"], last["event_date"])
    if days <= 0:
        raise ValueError(f"{earlier} to {later}: given {days} days between events, allowed 1 or more")
    (low_first, high_first), (low_last, high_last) = _bounds(earlier, first), _bounds(later, last)
    return (low_last - high_first) / days, (high_last - low_first) / days


def _revisions_between(rows: pd.DataFrame, earlier: str, later: str) -> Iterator[tuple[str, str]]:
    """Re-estimates on the way: (revising claim, revised claim)."""
    seen: set[str] = set()
    open_ends = [later]
    while open_ends:
        claim = open_ends.pop()
        seen.add(claim)
        for revised in _links(rows, claim, REVISIONS):
            if earlier in _ancestors(rows, revised):
                yield claim, revised
        open_ends += [older for older in _links(rows, claim, ("updates",)) if older not in seen]
    # an origin may re-estimate its series without the two claims being linked to each other
    first, last = rows.loc[earlier], rows.loc[later]
    series = rows[(rows["quantity"] == first["quantity"]) & (rows["origin_group"] == first["origin_group"])]
    between = series["report_date"].gt(first["report_date"]) & series["report_date"].le(last["report_date"])
    for claim in series.index[between]:
        for revised in _links(rows, str(claim), REVISIONS):
            yield str(claim), revised


def _ancestors(rows: pd.DataFrame, claim: str) -> set[str]:
    """The claim itself and all that it updates or re-estimates, however far back."""
    seen: set[str] = set()
    open_ends = [claim]
    while open_ends:
        seen.add(newest := open_ends.pop())
        open_ends += [older for older in _links(rows, newest, ("updates", *REVISIONS)) if older not in seen]
    return seen


def _links(rows: pd.DataFrame, claim: str, columns: tuple[str, ...]) -> list[str]:
    if claim not in rows.index:
        return []
    cells = [rows.at[claim, column] for column in columns]
    return [name for cell in cells for name in ids(cell)]


def _bounds(name: str, claim: "pd.Series[Any]") -> tuple[float, float]:
    bound = str(claim["bound"])
    if bound == "denial":
        raise ValueError(f"{name}: given a denial, allowed a claim with a figure of its own")
    ends = left_open(bound, claim["low"], claim["value"], claim["high"])
    if np.isnan(ends).any():
        raise ValueError(
            f"{name}: given no figure for its bound {bound!r}, allowed low, value or high as it needs"
        )
    return ends
