"""What each body said last: its newest own claim of a quantity with its age, and who fell silent."""

from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd

from briefing.ledger.ledger import Ledger
from briefing.model.claims import all_own, newest_own, replaced

SILENT_AFTER = 180
"""Days without an own figure after which a body is said to be silent."""
FRESH = 183
"""Days after which a figure of what changes no longer stands for today, nor beside a newer one."""


def newest_claims(
    known: Ledger,
    quantities: str | Collection[str] | None = None,
    together: bool = False,
    within: int | None = None,
    letters: Collection[str] | None = None,
) -> pd.DataFrame:
    """Return each body's newest own claim of each quantity, with its age: the one meaning of "newest".

    What is a body's own, what is newest and what of two on one day says `briefing.model.claims.newest_own`.

    Parameters
    ----------
    known
        The ledger as of a day.
    quantities
        One, several, or all.
    together
        One claim a body over these quantities, the newest of them.
    within
        Leave out what is older than so many days.
    letters
        Leave out sources of other letters.

    Returns
    -------
    pandas.DataFrame
        Rows of the claims in order of report, with ``age``: days from the report to the ledger's day, or to
        the end of coverage of a whole ledger.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> newest = newest_claims(load().as_of("2025-09-30"), "killed")
    >>> newest[["claim_id", "age"]].values.tolist()
    [['western-20250115-killed-1000', 251], ['nis-20250902-killed-2000', 28]]
    """
    claims = known.claims
    if letters is not None:
        claims = claims[claims["reliability"].isin(list(letters))]
    wanted = [quantities] if isinstance(quantities, str) else quantities
    newest = newest_own(claims, wanted, together)
    newest = newest.assign(age=(pd.Timestamp(_day(known)) - newest["report_date"]).dt.days)
    return newest if within is None else newest[newest["age"] <= within]


def beside_the_newest(claims: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that became public no more than `FRESH` days before the newest of their quantity.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> newest = newest_claims(load().as_of("2025-09-30"), "killed")
    >>> beside_the_newest(newest)["claim_id"].tolist()
    ['nis-20250902-killed-2000']
    """
    last = claims.groupby("quantity")["report_date"].transform("max")
    return claims[claims["report_date"] >= last - pd.Timedelta(days=FRESH)]


def together_newest(claims: pd.DataFrame, days: int = 92) -> pd.DataFrame:
    """Return the claims that became public no more than some days before the newest of them all.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> newest = newest_claims(load().as_of("2025-09-30"), "casualties_total")
    >>> together_newest(newest)["claim_id"].tolist()
    ['nis-20250430-total-4700', 'ukdi-20250615-6000']
    """
    found: pd.DataFrame = claims[
        claims["report_date"] >= claims["report_date"].max() - pd.Timedelta(days=days)
    ]
    return found


def stating(known: Ledger, quantity: str, figure: float) -> pd.DataFrame:
    """Return the own claims of a quantity whose figure is this one, the newest first.

    A body that states it today goes for all that once did: only where none does, earlier claims are named
    that nobody has replaced. Where the figure stands in no own claim, there is no row.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> stating(load().as_of("2024-11-24"), "troops_present", 10_900)["claim_id"].tolist()
    ['seed-troops-kursk-10900']
    >>> stating(load().as_of("2024-11-24"), "troops_present", 10_901).empty
    True
    """
    claims = known.claims
    earlier = all_own(claims)
    earlier = earlier[earlier["quantity"].eq(quantity) & ~earlier["claim_id"].isin(list(replaced(claims)))]
    for rows in (newest_claims(known, quantity), earlier):
        said = rows[np.isclose(rows["value"], figure, rtol=1e-9)]
        if len(said):
            break
    return said.sort_values("report_date", ascending=False, kind="stable")[list(claims.columns)]


def silent_bodies(known: Ledger, after: int = SILENT_AFTER) -> dict[str, date]:
    """Return the bodies that fell silent, each with the day of its newest own figure of any quantity.

    Parameters
    ----------
    known
        The ledger as of a day.
    after
        A body is silent once this figure is older than so many days.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> str(silent_bodies(load().as_of("2026-03-17"))["O-UK"])
    '2025-06-15'
    """
    newest = newest_claims(known, together=True)
    silent = newest[newest["age"] > after]
    return {
        str(body): day.date() for body, day in zip(silent["origin_group"], silent["report_date"], strict=True)
    }


def _day(known: Ledger) -> date:
    return known.known_on or known.coverage_end
