"""Distinct people who pass through a standing force that rotates.

Notation of the formulas: standing force S held constant, tour R, permanent-loss hazard h, horizon T,
distinct people D. Times share one unit (months in this project) and the hazard is per person and that unit.
"""

import numpy as np

from briefing.model.checks import choice, within
from briefing.model.units import Values, plain

RULES = ("staggered", "block", "completed")


def distinct_people(
    force: Values,
    tour: Values | None,
    horizon: Values,
    hazard: Values = 0.0,
    rule: str = "staggered",
) -> Values:
    r"""Count the distinct people who serve in a force held at constant strength.

    Parameters
    ----------
    force
        Standing force S, persons.
    tour
        Tour R, months, above 0. None, or infinity in an array, means no rotation.
    horizon
        Months T over which people are counted.
    hazard
        Permanent losses per person-month h, each replaced by somebody new.
    rule
        What is counted. ``staggered``: everybody, with tours that end evenly over time. ``block``: everybody,
        with the whole force swapped at once; a swap falling exactly on T is not counted. ``completed``: only
        people whose service ended within the horizon, by the end of their tour or by loss.

    Returns
    -------
    float or numpy.ndarray
        Distinct people D, persons; arguments broadcast against each other.

    Raises
    ------
    ValueError
        If an argument is out of range or the rule is unknown.

    Notes
    -----
    Staggered is the renewal count of a steady mix of ages in which each person serves until the end of the
    tour or a loss (Cox 1962, Renewal Theory): inflow S h / (1 - exp(-hR)), so

    .. math:: D = S \left(1 + \frac{T h}{1 - e^{-hR}}\right)

    with the limits S (1 + T/R) for h to 0 and S (1 + hT) for R to infinity. Losses enter the other rules so
    that their limits agree: block adds the people who replace losses within a tour, S (ceil(T/R) + hT), which
    without rotation is again S (1 + hT); completed is the staggered count less the S people still standing,
    S T h / (1 - exp(-hR)), which is S T/R without losses and S h T without rotation.

    Examples
    --------
    >>> distinct_people(15_000, 2.5, 12)
    87000.0
    >>> distinct_people(15_000, 2, 12, rule="block")
    90000.0
    >>> round(distinct_people(10_900, 3, 12, hazard=0.0375))
    56998
    """
    force = within("force", force)
    return plain(force * people_per_place(tour, horizon, hazard, rule))


def people_per_place(tour: Values | None, horizon: Values, hazard: Values, rule: str) -> Values:
    """Count the distinct people for each place in the standing force: D / S.

    Parameters
    ----------
    tour, horizon, hazard, rule
        As for `distinct_people`, which gives the formulas and their source.

    Returns
    -------
    float or numpy.ndarray
        Distinct people a place.

    Raises
    ------
    ValueError
        If an argument is out of range or the rule is unknown.

    Examples
    --------
    >>> people_per_place(3, 12, 0, "staggered")
    5.0
    """
    choice("rule", rule, RULES)
    length = np.inf if tour is None else within("tour", tour, above=True, infinite=True)
    horizon = within("horizon", horizon)
    hazard = within("hazard", hazard)
    if rule == "block":
        return plain(np.maximum(1.0, whole_blocks(horizon / length)) + hazard * horizon)
    return _ended(length, horizon, hazard) + (1.0 if rule == "staggered" else 0.0)


def _ended(tour: Values, horizon: Values, hazard: Values) -> Values:
    """People for each place whose service ended: T h / (1 - exp(-hR)) with both of its limits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        # h and R apart, because h * R is 0 * infinity where there is neither loss nor rotation
        spent = np.where(np.equal(hazard, 0), 0.0, np.multiply(hazard, tour))
        with_losses = np.divide(np.multiply(horizon, hazard), -np.expm1(-spent))
        return plain(np.where(spent == 0, np.divide(horizon, tour), with_losses))


def whole_blocks(ratio: Values) -> Values:
    """Round up to whole blocks, but not over float noise.

    Parameters
    ----------
    ratio
        Horizon over tour, or people over places.

    Returns
    -------
    float or numpy.ndarray
        Whole blocks; an excess under one part in a thousand million counts as none.

    Examples
    --------
    >>> 2.1 / 0.7 > 3, whole_blocks(2.1 / 0.7)
    (True, 3.0)
    """
    return plain(np.ceil(ratio - 1e-9 * np.maximum(1.0, ratio)))
