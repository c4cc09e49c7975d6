"""What a claim's row says of other claims and of its own use: one reading for the ledger and the model."""

from collections.abc import Collection, Hashable
from typing import Any

import numpy as np
import pandas as pd

LOSSES = ("casualties_total", "killed", "wounded")
"""Quantities that are a toll of the whole deployment."""
WORST_DIGIT = 4
"""Worst grade of the information with which a claim of losses may count."""


def ids(cell: object) -> list[str]:
    """Split a cell that lists claims; an absent one lists none.

    Examples
    --------
    >>> ids("nis-20241219-killed-100;nis-20241219-wounded-1000"), ids(""), ids(float("nan"))
    (['nis-20241219-killed-100', 'nis-20241219-wounded-1000'], [], [])
    """
    return [name for name in cell.split(";") if name] if isinstance(cell, str) else []


def superseded(claims: pd.DataFrame) -> dict[str, str]:
    """Return the claims that others among `claims` supersede, each with the one that does.

    Examples
    --------
    >>> superseded(pd.DataFrame({"claim_id": ["old", "new"], "supersedes": ["", "old"]}))
    {'old': 'new'}
    """
    pairs = zip(claims["claim_id"], claims["supersedes"], strict=True)
    return {older: str(newer) for newer, cell in pairs for older in ids(cell)}


def replaced(claims: pd.DataFrame) -> dict[str, str]:
    """Return the claims that no longer vote, each with the claim among `claims` that took its place.

    A claim that supersedes or revises an earlier one of its body estimates the past anew. It replaces that
    one and with it the series: what the body had reported before of the same quantity, about a day not later.
    What only looks ahead, such as a plan, has no past; there the claim replaces what it supersedes and no
    more.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["100", "600", "2000"], "supersedes": ["", "", "600"],
    ...     "revises": ["", "", "600"], "origin_group": "NIS", "quantity": "killed",
    ...     "event_date": ["2024-12-19", "2025-04-30", "2025-04-26"],
    ...     "report_date": ["2024-12-19", "2025-04-30", "2025-09-02"]})
    >>> replaced(claims)
    {'600': '2000', '100': '2000'}
    """
    found = superseded(claims)
    if "revises" not in claims:
        return found
    by_id = claims.set_index("claim_id")
    revisions = claims[claims["revises"].fillna("").ne("")].sort_values("report_date", kind="stable")
    for newer in revisions.to_dict("records"):
        if newer["event_date"] > newer["report_date"]:
            continue
        revised = [name for name in ids(newer["revises"]) if name in by_id.index]
        last = max([newer["event_date"], *by_id.loc[revised, "event_date"]])
        series = claims[
            claims["origin_group"].eq(newer["origin_group"])
            & claims["quantity"].eq(newer["quantity"])
            & claims["report_date"].lt(newer["report_date"])
            & claims["event_date"].le(last)
        ]
        for name in [*revised, *series["claim_id"]]:
            found.setdefault(name, newer["claim_id"])
    return found


def active(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that still vote: those that no other among `claims` has replaced.

    Examples
    --------
    >>> active(pd.DataFrame({"claim_id": ["old", "new"], "supersedes": ["", "old"]}))["claim_id"].tolist()
    ['new']
    """
    return claims[~claims["claim_id"].isin(list(replaced(claims)))]


def own(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that stand on their own: neither repeated nor computed from another, and no denial.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "derived_from": ["", "a"], "bound": "about"})
    >>> own(claims)["claim_id"].tolist()
    ['a']
    """
    return claims[claims["derived_from"].fillna("").eq("") & claims["bound"].ne("denial")]


def own_sums(claims: pd.DataFrame, same_day: bool = True) -> pd.DataFrame:
    """Return the figures that bodies computed from other figures of their own, such as a total of its parts.

    A single part of the same quantity or with the same figure is a repeat and no sum.

    Parameters
    ----------
    claims
        The claims known; a sum counts only where all its parts are among them.
    same_day
        Only what became public on the day of all its parts: then it is as much the body's own figure as they.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["dead", "all", "told"], "derived_from": ["", "dead", "all"],
    ...     "quantity": ["killed", "casualties_total", "casualties_total"], "bound": "about",
    ...     "origin_group": ["NIS", "NIS", "UK"], "value": [600.0, 4700.0, 4700.0],
    ...     "report_date": "2025-04-30"})
    >>> own_sums(claims)["claim_id"].tolist()
    ['all']
    """
    by_id = {claim["claim_id"]: claim for claim in claims.to_dict("records")}

    def summed(claim: dict[Hashable, Any]) -> bool:
        parts = [by_id.get(name) for name in ids(claim["derived_from"])]
        known = [part for part in parts if part]
        if not parts or len(known) < len(parts) or claim["bound"] == "denial":
            return False
        same = ["origin_group", "report_date"] if same_day else ["origin_group"]
        if any(part[trait] != claim[trait] for part in known for trait in same):
            return False
        repeated = ("quantity", "value")
        return len(known) > 1 or not any(known[0][trait] == claim[trait] for trait in repeated)

    return claims[np.array([summed(claim) for claim in by_id.values()], dtype=bool)]


def all_own(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that are their body's own: `own` and `own_sums`, in the order of the table.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["dead", "hurt", "all", "told"], "bound": "about",
    ...     "derived_from": ["", "", "dead;hurt", "all"], "quantity": "killed", "value": 1.0,
    ...     "origin_group": ["NIS", "NIS", "NIS", "UK"], "report_date": "2025-04-30"})
    >>> all_own(claims)["claim_id"].tolist()
    ['dead', 'hurt', 'all']
    """
    return claims[claims["claim_id"].isin([*own(claims)["claim_id"], *own_sums(claims)["claim_id"]])]


def newest_own(
    claims: pd.DataFrame, quantities: Collection[str] | None = None, together: bool = False
) -> pd.DataFrame:
    """Return each body's newest own claim of each quantity: one row a body and quantity, in order of report.

    Own are the claims that neither repeat nor rest on another body's (`own`) and what a body computed from
    figures of its own that became public on the same day (`own_sums`). A denial is none, and none that its
    body has replaced. Newest is the last reported; of two on one day the sum goes before its parts, then the
    one about the later day, then the better graded, then the first by id.

    Parameters
    ----------
    claims
        All claims known on the day, of all quantities and replaced ones too: a sum is known by its parts.
    quantities
        Which are wanted; by default all.
    together
        One row a body over these quantities.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "origin_group": "NIS", "quantity": "killed",
    ...     "derived_from": "", "supersedes": "", "bound": "about", "value": [300.0, 600.0],
    ...     "reliability": "B", "credibility": 3, "event_date": ["2025-01-13", "2025-04-30"],
    ...     "report_date": ["2025-01-13", "2025-04-30"]})
    >>> newest_own(claims)["claim_id"].tolist()
    ['b']
    """
    chosen = all_own(claims)
    chosen = chosen.assign(part=chosen["derived_from"].fillna("").eq(""))
    chosen = chosen[~chosen["claim_id"].isin(list(replaced(claims)))]
    if quantities is not None:
        chosen = chosen[chosen["quantity"].isin(list(quantities))]
    order = {
        "report_date": False,
        "part": True,
        "event_date": False,
        "reliability": True,
        "credibility": True,
    }
    order["claim_id"] = True
    ordered = chosen.sort_values(list(order), ascending=list(order.values()))
    first = ordered.drop_duplicates(["origin_group"] if together else ["origin_group", "quantity"])
    return first.drop(columns="part").sort_values("report_date", kind="stable")


def tolls(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the claims of a toll of the whole deployment, graded 4 or better for the information.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "quantity": ["killed", "killed_partial"],
    ...     "credibility": 3})
    >>> tolls(claims)["claim_id"].tolist()
    ['a']
    """
    return claims[claims["quantity"].isin(LOSSES) & claims["credibility"].le(WORST_DIGIT)]


def usable_losses(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the loss claims that may count: own claims of a toll, graded 4 or better for the information.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "quantity": "killed", "derived_from": "",
    ...     "bound": "about", "credibility": [4, 5]})
    >>> usable_losses(claims)["claim_id"].tolist()
    ['a']
    """
    return tolls(own(claims))
