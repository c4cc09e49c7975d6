"""Rotation: distinct people, and what each input must be to give a claimed number of them.

Notation of the formulas: standing force S held constant, tour R, permanent-loss hazard h, horizon T,
distinct people D. Times share one unit (months in this project) and the hazard is per person and that unit.
"""

import numpy as np
import pandas as pd
from scipy.special import lambertw

from briefing.model.box import share_reaching as share_reaching
from briefing.model.checks import choice, one_number
from briefing.model.counting import RULES, people_per_place, whole_blocks
from briefing.model.counting import distinct_people as distinct_people


def tour_for(
    distinct: float, force: float, horizon: float, rule: str = "staggered"
) -> float | tuple[float, float]:
    """Find the tour that makes a force a given number of distinct people, without losses.

    Parameters
    ----------
    distinct, force
        Persons; `distinct` must be at least `force` (except under ``completed``).
    horizon
        Months T.
    rule
        As in `distinct_people`.

    Returns
    -------
    float or tuple of float
        Months. Under ``block`` the interval (low, high) of the longest tours whose count is `distinct` or
        more, low included and high not: from `high` on a tour falls short. Infinity: no rotation is needed.

    Raises
    ------
    ValueError
        If no tour can give that number, or an argument is out of range.

    Notes
    -----
    Inverse of the closed forms without losses: R = T / (D/S - 1) staggered, T/k to T/(k - 1) for
    k = ceil(D/S) blocks, S T / D completed.

    Examples
    --------
    >>> round(tour_for(100_000, 15_000, 12), 3)
    2.118
    >>> low, high = tour_for(100_000, 15_000, 12, rule="block")
    >>> round(low, 3), high
    (1.714, 2.0)
    """
    choice("rule", rule, RULES)
    horizon = one_number("horizon", horizon, above=True)
    factor = _claimed_per_place(distinct, force)
    if rule == "completed":
        return horizon / factor
    if factor < 1:
        raise ValueError(f"distinct: given {distinct:,g}, allowed the standing force ({force:,g}) or more")
    if rule == "block":
        blocks = float(whole_blocks(factor))
        return horizon / blocks, horizon / (blocks - 1) if blocks > 1 else np.inf
    return horizon / (factor - 1) if factor > 1 else np.inf


def horizon_for(
    distinct: float, force: float, tour: float | None, rule: str = "staggered"
) -> float | tuple[float, float]:
    """Find how long a rotating force takes to become a given number of distinct people, without losses.

    Parameters
    ----------
    distinct, force
        Persons; `distinct` must be at least `force` (except under ``completed``).
    tour
        Months R, or None for no rotation.
    rule
        As in `distinct_people`.

    Returns
    -------
    float or tuple of float
        Months; infinity where it never happens. Under ``block`` the interval (low, high], low not included,
        over which `distinct` is first reached: the swap that does it takes place at `low`.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Inverse of the closed forms without losses: T = R (D/S - 1) staggered, (k - 1) R to k R for k = ceil(D/S)
    blocks, R D/S completed.

    Examples
    --------
    >>> round(horizon_for(100_000, 15_000, 2.5), 2)
    14.17
    """
    choice("rule", rule, RULES)
    length = _length(tour)
    factor = _claimed_per_place(distinct, force)
    if rule == "completed":
        return length * factor
    if factor < 1:
        raise ValueError(f"distinct: given {distinct:,g}, allowed the standing force ({force:,g}) or more")
    if rule == "block":
        blocks = float(whole_blocks(factor))
        return length * (blocks - 1) if blocks > 1 else 0.0, length * blocks
    return length * (factor - 1) if factor > 1 else 0.0


def force_for(distinct: float, tour: float | None, horizon: float, rule: str = "staggered") -> float:
    """Find the standing force that becomes a given number of distinct people, without losses.

    Parameters
    ----------
    distinct
        Persons D.
    tour, horizon
        Months R (None for no rotation) and T.
    rule
        As in `distinct_people`.

    Returns
    -------
    float
        Persons S.

    Raises
    ------
    ValueError
        If an argument is out of range, or nobody completes a tour under ``completed``.

    Notes
    -----
    D is proportional to S under every rule (`distinct_people`), so S = D over the count for one place.

    Examples
    --------
    >>> round(force_for(100_000, 2.5, 12))
    17241
    """
    distinct = one_number("distinct", distinct, above=True)
    per_place = float(people_per_place(tour, one_number("horizon", horizon), 0.0, rule))
    if per_place == 0:
        raise ValueError(
            f"tour: given {tour}, allowed a tour that ends within the horizon to count completed ones"
        )
    return distinct / per_place


def hazard_for(
    distinct: float, force: float, horizon: float, tour: float | None = None, rule: str = "staggered"
) -> float:
    """Find the permanent-loss hazard that makes a force a given number of distinct people.

    Parameters
    ----------
    distinct, force
        Persons D and S.
    horizon
        Months T.
    tour
        Months R; None (the default) lets losses alone do it.
    rule
        As in `distinct_people`.

    Returns
    -------
    float
        Permanent losses per person-month, 0 or more.

    Raises
    ------
    ValueError
        If the force reaches that number without losses, or an argument is out of range.

    Notes
    -----
    Without rotation h = (D/S - 1) / T. With it, x / (1 - exp(-x)) = c for x = hR solves as
    x = c + W(-c exp(-c)), W the principal branch of Lambert's function (Corless et al. 1996).

    Examples
    --------
    >>> round(hazard_for(100_000, 15_000, 12), 4)
    0.4722
    """
    horizon = one_number("horizon", horizon, above=True)
    without = float(people_per_place(tour, horizon, 0.0, rule))
    factor = _claimed_per_place(distinct, force)
    if factor < without:
        raise ValueError(
            f"distinct: given {distinct:,g}, allowed {force * without:,g} or more: reached without losses"
        )
    length = _length(tour)
    if np.isinf(length) or rule == "block":
        return (factor - without) / horizon
    ended = factor if rule == "completed" else factor - 1
    c = ended * length / horizon
    return max(0.0, (c + float(np.real(lambertw(-c * np.exp(-c))))) / length)


def unpack_headline(
    distinct: float, force: float, tour: float | None, horizon: float, rule: str = "staggered"
) -> pd.DataFrame:
    """Work out what each input of a claimed number of people must be, with the others held.

    Parameters
    ----------
    distinct
        The claimed number of distinct people.
    force, tour, horizon
        The inputs given beside it: persons, months (None for no rotation), months. No losses are given.
    rule
        As in `distinct_people`.

    Returns
    -------
    pandas.DataFrame
        A row for each of force, tour, horizon and hazard with `unit`, `given`, `low` and `high` of the value
        needed; `low` and `high` differ only where block swaps leave an interval. Missing where no value of
        that input can do it.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    The inverses `force_for`, `tour_for`, `horizon_for` and `hazard_for`, one at a time.

    Examples
    --------
    >>> unpack_headline(100_000, 15_000, 2.5, 12).round(2)
         input                     unit    given       low      high
    0    force                  persons  15000.0  17241.38  17241.38
    1     tour                   months      2.5      2.12      2.12
    2  horizon                   months     12.0     14.17     14.17
    3   hazard  losses per person-month      0.0      0.14      0.14
    """
    reached = float(distinct_people(force, tour, horizon, 0.0, rule))
    factor = _claimed_per_place(distinct, force)
    attainable = factor >= 1 or rule == "completed"
    rotates = reached > 0
    missing = np.nan
    rows = [
        ("force", "persons", force, force_for(distinct, tour, horizon, rule) if rotates else missing),
        (
            "tour",
            "months",
            _length(tour),
            tour_for(distinct, force, horizon, rule) if attainable else missing,
        ),
        ("horizon", "months", horizon, horizon_for(distinct, force, tour, rule) if attainable else missing),
        (
            "hazard",
            "losses per person-month",
            0.0,
            hazard_for(distinct, force, horizon, tour, rule) if distinct >= reached else missing,
        ),
    ]
    return pd.DataFrame(
        [
            (name, unit, float(given), *(needed if isinstance(needed, tuple) else (needed, needed)))
            for name, unit, given, needed in rows
        ],
        columns=["input", "unit", "given", "low", "high"],
    )


def _claimed_per_place(distinct: float, force: float) -> float:
    return one_number("distinct", distinct, above=True) / one_number("force", force, above=True)


def _length(tour: float | None) -> float:
    return np.inf if tour is None else one_number("tour", tour, above=True, infinite=True)
