"""The share of a claimant's own box of inputs that reaches the claimant's headline."""

import math
from collections.abc import Callable

import numpy as np

from briefing.model.checks import choice, one_number
from briefing.model.counting import RULES, whole_blocks


def share_reaching(
    distinct: float,
    force: tuple[float, float],
    tour: tuple[float, float],
    horizon: float = 12,
    rule: str = "staggered",
) -> float:
    """Give the exact share of a uniform box of force and tour that reaches a number of distinct people.

    Parameters
    ----------
    distinct
        Persons D to be reached.
    force
        Lowest and highest standing force, persons.
    tour
        Shortest and longest tour, months. Equal ends of either make the box a line or a point.
    horizon
        Months T. No losses.
    rule
        What is counted, as in `rotation.distinct_people`.

    Returns
    -------
    float
        A share from 0 to 1. It is arithmetic on the claimant's inputs, not a probability of the claim.

    Raises
    ------
    ValueError
        If an argument is out of range or an interval is reversed.

    Notes
    -----
    For a force S the headline is reached by tours up to a limit: T S / (D - S) staggered, T S / D completed.
    The share is the integral of that limit, cut at the edges of the box, over S; its antiderivative is needed
    at two points only (fundamental theorem of calculus). Block swaps give bands of tours T/k to T/(k - 1)
    with k people for each place, and the share is a sum over the bands.

    Examples
    --------
    >>> round(share_reaching(100_000, force=(10_000, 15_000), tour=(2, 3)), 4)
    0.0084
    >>> share_reaching(100_000, force=(10_000, 15_000), tour=(2, 3), rule="block")
    0.0
    """
    choice("rule", rule, RULES)
    distinct = one_number("distinct", distinct, above=True)
    horizon = one_number("horizon", horizon, above=True)
    small, large = _interval("force", force)
    short, long = _interval("tour", tour)
    if rule == "block":
        return _block_share(distinct, small, large, short, long, horizon)

    standing = 1.0 if rule == "staggered" else 0.0

    def least_force(months: float) -> float:
        return distinct / (standing + horizon / months)

    if short == long:
        return _share_from(least_force(short), small, large)
    if small == large:
        surplus = distinct / small - standing
        limit = horizon / surplus if surplus > 0 else np.inf
        return float(np.clip((limit - short) / (long - short), 0.0, 1.0))

    def staggered_area(people: float) -> float:
        return -horizon * (people + distinct * math.log(distinct - people))

    def completed_area(people: float) -> float:
        return horizon * people**2 / (2 * distinct)

    area: Callable[[float], float] = staggered_area if rule == "staggered" else completed_area
    # below `first` no tour of the box is short enough, above `last` every tour is
    first = float(np.clip(least_force(short), small, large))
    last = float(np.clip(least_force(long), small, large))
    partly = area(last) - area(first) - short * (last - first)
    wholly = (large - last) * (long - short)
    return float((partly + wholly) / ((large - small) * (long - short)))


def _block_share(
    distinct: float, small: float, large: float, short: float, long: float, horizon: float
) -> float:
    """Sum over the bands of tours that give k blocks within the horizon."""
    if short == long:
        blocks = max(1.0, float(whole_blocks(horizon / short)))
        return _share_from(distinct / blocks, small, large)
    share = 0.0
    for blocks in range(max(1, int(horizon // long)), int(np.ceil(horizon / short)) + 1):
        upper = horizon / (blocks - 1) if blocks > 1 else np.inf
        band = min(long, upper) - max(short, horizon / blocks)
        if band > 0:
            share += band / (long - short) * _share_from(distinct / blocks, small, large)
    return share


def _share_from(least: float, small: float, large: float) -> float:
    """Share of a uniform interval of forces that is `least` or more."""
    if small == large:
        return float(small >= least)
    return float(np.clip((large - least) / (large - small), 0.0, 1.0))


def _interval(name: str, ends: tuple[float, float]) -> tuple[float, float]:
    low, high = (one_number(name, end, above=True) for end in ends)
    if low > high:
        raise ValueError(
            f"{name}: given {low:,g} to {high:,g}, allowed a low end that is not above the high end"
        )
    return low, high
