"""What `claimed` stands for in the place of a parameter: the bodies' newest own claims known on a day."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from briefing.ledger.ledger import Ledger
from briefing.ledger.newest import FRESH, newest_claims
from briefing.ledger.selection import newest_context

CLAIMED = "claimed"

Amount = float | dict[str, float] | None
"""A number, low with mode and high, or None where nobody had claimed anything."""


def claimed(known: Ledger, parameter: str) -> Amount:
    """Return what is claimed of a parameter on the ledger's day.

    Parameters
    ----------
    known
        The ledger as of the day.
    parameter
        ``force``, ``pool`` or ``pay``.

    Returns
    -------
    float, dict or None
        Lowest, median and highest of the bodies' newest own claims as low, mode and high, or one number where
        they agree; for the pool the newest estimate. None where nothing is known, for the force nothing that
        became public within `FRESH` days.

    Notes
    -----
    A claim counts with the figure that it states, whatever its bound; an interval with its middle for the
    median, and with its ends for lowest and highest.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> claimed(load().as_of("2024-11-24"), "force")
    {'low': 10900.0, 'mode': 10950.0, 'high': 11000.0}
    >>> claimed(load().as_of("2024-11-24"), "pool"), claimed(load().as_of("2024-10-05"), "force")
    (40000.0, None)
    """
    return PARAMETERS[parameter](known)


def resolved(values: Mapping[str, Any], known: Ledger) -> dict[str, Any]:
    """Return parameters with what is claimed in the place of the word; None where nothing is.

    Parameters
    ----------
    values
        As a scenario gives them (`briefing.scenario.Scenario.values`), all or some.
    known
        The ledger as of their day.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> resolved({"pay": "claimed", "force": 11_000}, load().as_of("2024-10-23"))["force"]
    11000
    >>> resolved({"pay": "claimed"}, load().as_of("2024-10-05"))
    {'pay': None}
    """
    return fill_in(values, lambda parameter: claimed(known, parameter))


def fill_in(values: Mapping[str, Any], found: Callable[[str], Amount]) -> dict[str, Any]:
    """Return parameters with what `found` gives for each that stands for claims."""
    return {name: found(name) if value == CLAIMED else value for name, value in values.items()}


def unknown(values: Mapping[str, Any]) -> frozenset[str]:
    """Return which resolved parameters nobody had claimed anything of.

    Examples
    --------
    >>> sorted(unknown({"force": None, "pay": 2_000.0, "tour": None}))
    ['force']
    """
    return frozenset(name for name in PARAMETERS if name in values and values[name] is None)


def _force(known: Ledger) -> Amount:
    return _between(newest_claims(known, "troops_present", within=FRESH))


def _pool(known: Ledger) -> Amount:
    context = newest_context(known)
    corps = context[context["indicator"] == "kpa_11th_corps_strength"]["value"]
    return None if corps.empty else float(corps.iloc[-1])


def _pay(known: Ledger) -> Amount:
    return _between(newest_claims(known, "pay_usd_per_soldier_month"))


def _between(claims: pd.DataFrame) -> Amount:
    if claims.empty:
        return None
    middle = claims["value"].fillna(claims[["low", "high"]].mean(axis=1))
    interval = claims["bound"] == "interval"
    low = float(claims["low"].where(interval, middle).min())
    high = float(claims["high"].where(interval, middle).max())
    return low if low == high else {"low": low, "mode": float(middle.median()), "high": high}


PARAMETERS: Mapping[str, Callable[[Ledger], Amount]] = {"force": _force, "pool": _pool, "pay": _pay}
"""The parameters that may be claimed, each with how that is found."""
