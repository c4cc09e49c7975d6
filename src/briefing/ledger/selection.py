"""Selections of claims that a page of the argument asks for again and again."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from briefing.ledger.ledger import Ledger
from briefing.model.claims import own as own
from briefing.model.claims import usable_losses as usable_losses

NIS = "O-NIS"
"""The origin whose totals of losses the judgement on them is measured by: Seoul's intelligence service."""
CONFIRMED_WITHOUT_A_NUMBER = "seed-st-casualties-unknown"
"""The statement by which that service confirmed losses and was still checking how many."""


ARMS = (
    "sph_170mm_supplied",
    "mrl_240mm_supplied",
    "long_range_artillery_supplied_combined",
    "ballistic_missiles_supplied",
    "artillery_rounds_supplied",
    "containers_shipped",
)
"""Quantities of arms, in the order of a document."""
FLOWS = (
    *ARMS,
    "workers_sent",
    "workers_planned",
    "engineers_sent",
    "oil_received_barrels",
    "troop_revenue_usd_year",
    "troop_revenue_usd_cumulative",
    "arms_transfer_value_usd",
    "total_supplied_value_usd",
    "total_revenue_usd",
    "russian_aid_to_dprk_usd",
)
"""Quantities of arms, workers, oil and income."""
PRESENT = ("troops_present", "troops_deployed_cumulative")
"""Quantities of people sent or present."""


def extent(claims: pd.DataFrame) -> tuple[float | None, float | None]:
    """Return the lowest and the highest figure of some claims; nothing for no claim.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> extent(load().as_of("2024-11-24").claims_of("rotation_months"))
    (2.0, 3.0)
    """
    if claims.empty:
        return None, None
    figures = claims[["low", "value", "high"]].to_numpy(float)
    return float(np.nanmin(figures)), float(np.nanmax(figures))


def newest_by_origin(claims: pd.DataFrame, each_quantity: bool = True) -> pd.DataFrame:
    """Return the last reported claim of each origin, for each quantity or over all, in order of report.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> rounds = load().claims_of("containers_shipped")
    >>> newest_by_origin(rounds)["origin_group"].is_unique
    True
    """
    ordered = claims.sort_values("report_date", kind="stable")
    kinds = ["quantity", "origin_group"] if each_quantity else ["origin_group"]
    return ordered.groupby(kinds, sort=False).tail(1)


def short_names(origins: pd.DataFrame) -> dict[str, str]:
    """Return the name of each origin up to what only explains it, for a chart or a table.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> short_names(load().tables["origins"])["O-ROK-MIL"]
    'Defence establishment of the Republic of Korea'
    """
    pairs = origins[["origin_group", "name"]].itertuples(index=False)
    return {str(code): re.split(r"[,:(]| and ", name)[0].strip() for code, name in pairs}


def with_names(text: str, names: Mapping[str, str]) -> str:
    """Replace the codes of origins in a note by their names.

    Examples
    --------
    >>> with_names("Draws on O-UA-HUR", {"O-UA-HUR": "Defence Intelligence of Ukraine"})
    'Draws on Defence Intelligence of Ukraine'
    """
    return re.sub(r"O-[A-Z0-9]+(?:-[A-Z0-9]+)*", lambda code: names.get(code[0], code[0]), text)


def first_origins(ledger: Ledger, claims: pd.DataFrame, most: int = 2) -> str:
    """Name the bodies with the best graded claims, newest first among equals; "nobody" for no claim.

    A body stands for itself and not for how often it spoke.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> ledger = load().as_of("2024-11-24")
    >>> first_origins(ledger, own(ledger.claims_of("rotation_months")))
    'Government of Ukraine'
    """
    names = short_names(ledger.tables["origins"])
    newest = claims.sort_values("report_date", ascending=False, kind="stable")
    ranked = newest.sort_values(["reliability", "credibility"], kind="stable")["origin_group"].unique()
    return "; ".join(names[code] for code in ranked[:most]) or "nobody"


def claimed_total(ledger: Ledger) -> float | None:
    """Return the largest known claim of people passing through in all; None where nobody had made one.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> claimed_total(load().as_of("2024-11-24")), claimed_total(load().as_of("2024-10-01"))
    (100000.0, None)
    """
    totals = ledger.claims_of("troops_rotation_total")
    return float(totals["value"].max()) if len(totals) else None


def largest_total(ledger: Ledger, origin: str) -> pd.Series | None:
    """Return an origin's largest active claim of killed and wounded; None where it has made none.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> largest_total(load().as_of("2025-06-30"), NIS)["claim_id"]
    'nis-20250430-total-4700'
    """
    totals = ledger.claims_from(origin)
    totals = totals[totals["quantity"] == "casualties_total"]
    return None if totals.empty else totals.iloc[int(totals["value"].argmax())]


def losses_confirmed(ledger: Ledger) -> bool:
    """Return whether it is known that Seoul's service confirmed losses before it had counted them.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> losses_confirmed(load().as_of("2024-11-24")), losses_confirmed(load().as_of("2024-11-19"))
    (True, False)
    """
    return CONFIRMED_WITHOUT_A_NUMBER in set(ledger.tables["statements"]["statement_id"])


def newest_context(ledger: Ledger) -> pd.DataFrame:
    """Return the context values known, each as it was reported last, in order of report.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> newest_context(load()).duplicated(["indicator", "year_or_date"]).any()
    np.False_
    """
    context = ledger.context.sort_values("report_date", kind="stable")
    return context.drop_duplicates(["indicator", "year_or_date"], keep="last")


def goods_exports(ledger: Ledger) -> tuple[str, float]:
    """Return the year and the USD of the newest known estimate of a year's goods exports.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> goods_exports(load().as_of("2024-11-24"))
    ('2023', 330000000.0)
    """
    context = newest_context(ledger)
    newest = context[context["indicator"] == "dprk_exports_usd_million"].iloc[-1]
    return str(newest["year_or_date"]), 1e6 * float(newest["value"])
