"""Where claims disagree: two figures for one day, one number over several bases, figures past their time."""

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pandas as pd

from briefing.errors import BadInputError, Problem
from briefing.ledger.ledger import Ledger
from briefing.ledger.lineage import ancestors
from briefing.ledger.selection import newest_by_origin, own
from briefing.model.bounds import left_open
from briefing.model.claims import ids
from briefing.model.claims import own_sums as sums_of_own

FIRST_WAVE_SENT = "2024-12-31"
"""The day to which the first wave is dated: an earlier count is no base for a share of everybody sent."""

RATIOS = ["quantity", "day", "first", "second", "ratio", "ratio_low", "ratio_high"]
BASES = ["casualties_claim", "casualties", "base_claim", "bound", "base", "percent", "stated_by"]
IMPLIED = ["share_claim", "percent", "casualties_claim", "casualties", "base"]
STALE = ["claim_id", "repeats", "replaced_by", "kind", "days"]

Claim = dict[Any, Any]


def same_day_ratios(
    claims: pd.DataFrame,
    window_days: int = 3,
    own_sums: bool = False,
) -> pd.DataFrame:
    """Compare what different origins said of the same quantity and about the same day.

    Parameters
    ----------
    claims
        Rows of the claims table: those of a day, a subject, or all.
    window_days
        Most days between the days that two claims describe.
    own_sums
        Also take claims that an origin computed from figures of its own, such as a total of its killed and
        its wounded, where those stand among `claims`. Repeats of the same quantity, and what rests on another
        origin, stay out.

    Returns
    -------
    pandas.DataFrame
        A row a pair, the largest ratio first: ``quantity``; ``day`` (the later of the two described);
        ``first`` (the claim with the larger figure) and ``second``; ``ratio`` of the figures, with the middle
        of an interval that has none; ``ratio_low`` and ``ratio_high``, which the bounds leave open (0 and
        infinite where a hedge has no other end).

    Examples
    --------
    >>> from briefing.ledger import load
    >>> known = load().as_of("2025-01-31")
    >>> killed = same_day_ratios(known.claims_of("killed"))
    >>> killed[["first", "second"]].values.tolist()
    [['western-20250115-killed-1000', 'nis-20250113-killed-300']]
    >>> round(float(killed["ratio"].iloc[0]), 1)
    3.3

    On 23 December 2024 Seoul's staffs added up killed and wounded; the President of Ukraine gave a total.

    >>> pairs = same_day_ratios(known.claims, own_sums=True).set_index(["first", "second"])
    >>> round(float(pairs.loc[("zelensky-20241223-3000", "jcs-20241223-1100"), "ratio"]), 1)
    2.7
    """
    chosen = pd.concat([own(claims), sums_of_own(claims, same_day=False)]) if own_sums else own(claims)
    rows: list[tuple[Any, ...]] = []
    for quantity, group in chosen.groupby("quantity", sort=False):
        for one, other in combinations(group.to_dict("records"), 2):
            apart = abs((one["event_date"] - other["event_date"]).days)
            second, first = sorted((one, other), key=_figure)
            if one["origin_group"] == other["origin_group"] or apart > window_days or not _figure(second):
                continue
            (low, high), (least, most) = _ends(first), _ends(second)
            day = max(one["event_date"], other["event_date"])
            ratios = _figure(first) / _figure(second), low / most, high / least if least else math.inf
            rows.append((quantity, day, first["claim_id"], second["claim_id"], *ratios))
    frame = pd.DataFrame(rows, columns=RATIOS)
    return frame.sort_values(["ratio", "day"], ascending=False, kind="stable", ignore_index=True)


def denominators(
    claims: pd.DataFrame, casualties: str | None = None, since: str = FIRST_WAVE_SENT
) -> pd.DataFrame:
    """Divide a number of casualties by every count of the force sent that could be its base.

    Parameters
    ----------
    claims
        Rows of the claims table.
    casualties
        A claim of ``casualties_total``; by default the one reported last that is no repeat.
    since
        Counts of an earlier day are no base: more people were sent after them.

    Returns
    -------
    pandas.DataFrame
        A row a base, the smallest first and each origin with its newest count: ``casualties_claim``,
        ``casualties``, ``base_claim``, its ``bound``, ``base``, ``percent`` and ``stated_by`` (claims that
        state this share of these casualties, separated by semicolons).

    Raises
    ------
    BadInputError
        `casualties` names no total among the claims.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> shares = denominators(load().claims, "nis-20260212-total-6000").round(1)
    >>> shares.drop_duplicates("base")[["base", "percent"]].values.tolist()
    [[11000.0, 54.5], [13000.0, 46.2], [14000.0, 42.9], [15000.0, 40.0]]
    >>> shares["stated_by"].iloc[-1]
    'nis-20260212-share-40'
    """
    totals = claims[claims["quantity"] == "casualties_total"]
    if casualties is None:
        sums = sums_of_own(claims, same_day=False)
        totals = pd.concat([own(totals), sums[sums["quantity"] == "casualties_total"]])
        totals = totals.sort_values("report_date", kind="stable").tail(1)
    else:
        totals = totals[totals["claim_id"] == casualties]
        if totals.empty:
            problem = Problem("claim", f"no total {casualties!r}", "a known claim of casualties_total")
            raise BadInputError([problem])
    sent = claims[
        (claims["quantity"] == "troops_deployed_cumulative")
        & (claims["bound"] != "denial")
        & (claims["event_date"] >= pd.Timestamp(since))
    ]
    stated = implied_bases(claims)
    rows = []
    for total in totals.to_dict("records"):
        shares = stated[stated["casualties_claim"] == total["claim_id"]]
        for base in newest_by_origin(sent).to_dict("records"):
            percent = 100 * _figure(total) / _figure(base)
            # A share is stated in whole percent.
            said = shares[(shares["percent"] - percent).abs() <= 0.5]["share_claim"]
            numbers = _figure(base), percent, ";".join(said)
            rows.append((total["claim_id"], _figure(total), base["claim_id"], base["bound"], *numbers))
    return pd.DataFrame(rows, columns=BASES).sort_values("base", kind="stable", ignore_index=True)


def implied_bases(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the size of the force that a stated share of casualties implies.

    Only shares that name their casualties, by being derived from them, imply a base.

    Returns
    -------
    pandas.DataFrame
        ``share_claim``, ``percent``, ``casualties_claim``, ``casualties`` and ``base``.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> implied_bases(load().claims)[["share_claim", "base"]].values.tolist()
    [['nis-20260212-share-40', 15000.0]]
    """
    by_id = _by_id(claims)
    rows = []
    for share in claims[claims["quantity"] == "casualty_share_of_force"].to_dict("records"):
        for name in ids(share["derived_from"]):
            total = by_id.get(name)
            if total and total["quantity"] == "casualties_total" and _figure(share):
                base = 100 * _figure(total) / _figure(share)
                rows.append((share["claim_id"], _figure(share), name, _figure(total), base))
    return pd.DataFrame(rows, columns=IMPLIED)


def stale_repeats(ledger: Ledger) -> pd.DataFrame:
    """Return claims that carry a figure after its own origin had replaced it.

    A claim repeats a figure when it rests on it, or when its origin states the same quantity with the same
    numbers again.

    Returns
    -------
    pandas.DataFrame
        ``claim_id``; ``repeats`` (the claim replaced) and ``replaced_by``; ``kind``: "superseded" or
        "revised" for a repeat after the replacement was public, "in part" for an active claim that rests on
        what was superseded later; ``days`` from the replacement to the claim's report, negative where the
        claim came first. The longest after the replacement stand first.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> stale_repeats(load().as_of("2025-09-30"))[["claim_id", "kind", "days"]].values.tolist()
    [['nis-20250430-total-4700', 'in part', -125]]
    """
    claims = ledger.claims
    by_id = _by_id(claims)
    parents = {name: ids(claim["derived_from"]) for name, claim in by_id.items()}
    found: dict[tuple[str, str, str], str] = {}
    for older, newer, kind in _replacements(by_id):
        for name, claim in by_id.items():
            origins = ancestors(name, parents)
            if name in (older, newer) or newer in origins or older not in by_id:
                continue
            repeats = older in origins or _says_again(claim, by_id[older])
            if repeats and claim["report_date"] > by_id[newer]["report_date"]:
                found.setdefault((name, older, newer), kind)
    for name, component, newer in ledger.stale_in_part().itertuples(index=False):
        found.setdefault((str(name), str(component), str(newer)), "in part")
    rows = [
        (*names, kind, (by_id[names[0]]["report_date"] - by_id[names[2]]["report_date"]).days)
        for names, kind in found.items()
    ]
    frame = pd.DataFrame(rows, columns=STALE)
    return frame.sort_values("days", ascending=False, kind="stable", ignore_index=True)


def _replacements(by_id: dict[str, Claim]) -> Iterator[tuple[str, str, str]]:
    """Yield (older, newer, kind): supersessions before the revisions that are no more than that."""
    for column, kind in (("supersedes", "superseded"), ("revises", "revised")):
        for newer, claim in by_id.items():
            for older in ids(claim[column]):
                yield older, newer, kind


def _says_again(claim: Claim, older: Claim) -> bool:
    same = ("quantity", "origin_group", "bound")
    return all(claim[trait] == older[trait] for trait in same) and all(
        claim[end] == older[end] or (pd.isna(claim[end]) and pd.isna(older[end]))
        for end in ("low", "value", "high")
    )


def _by_id(claims: pd.DataFrame) -> dict[str, Claim]:
    return {claim["claim_id"]: claim for claim in claims.to_dict("records")}


def _figure(claim: Claim) -> float:
    value = float(claim["value"])
    return (float(claim["low"]) + float(claim["high"])) / 2 if math.isnan(value) else value


def _ends(claim: Claim) -> tuple[float, float]:
    return left_open(claim["bound"], claim["low"], claim["value"], claim["high"])
