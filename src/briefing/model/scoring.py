"""Scores of forecasts against later reports: lower is better, in the unit of the forecast."""

from collections.abc import Sequence

import numpy as np

from briefing.model.checks import one_number, within
from briefing.model.units import Array, Values, plain


def interval_score(low: Values, high: Values, observed: Values, alpha: float) -> Values:
    """Score a central interval forecast.

    Parameters
    ----------
    low, high
        Ends of the interval, in the unit of the forecast.
    observed
        What was later reported.
    alpha
        The probability left outside the interval: 0.1 for a 90 % interval.

    Returns
    -------
    float or numpy.ndarray
        The width, plus 2 / alpha times the distance by which the observation was missed.

    Raises
    ------
    ValueError
        If the ends are reversed or alpha is not between 0 and 1.

    Notes
    -----
    Interval score: Gneiting & Raftery 2007.

    Examples
    --------
    >>> interval_score(700, 8_000, 4_700, alpha=0.1), interval_score(700, 8_000, 9_000, alpha=0.1)
    (7300.0, 27300.0)
    """
    alpha = one_number("alpha", alpha, high=1, above=True)
    low, high = _ends(low, high)
    observed = within("observed", observed, low=-np.inf)
    miss = np.maximum(low - observed, 0.0) + np.maximum(observed - high, 0.0)
    return plain(high - low + 2 / alpha * miss)


def crps(draws: Values, observed: float) -> float:
    """Score a forecast given as draws; for one draw it is the absolute error.

    Parameters
    ----------
    draws
        Draws of the forecast, in any order.
    observed
        What was later reported, in the same unit.

    Returns
    -------
    float
        Continuous ranked probability score, in the unit of the forecast.

    Raises
    ------
    ValueError
        If there is no draw or a number is missing.

    Notes
    -----
    CRPS = mean|x - y| - mean|x - x'| / 2 over all pairs of draws (Gneiting & Raftery 2007); the second mean
    comes from the sorted draws in O(n log n).

    Examples
    --------
    >>> crps(12_000, 4_700)
    7300.0
    >>> crps(np.array([0.0, 1.0]), 0.5)
    0.25
    """
    ordered: Array = np.sort(np.atleast_1d(within("draws", draws, low=-np.inf)))
    n = len(ordered)
    if not n:
        raise ValueError("draws: given none, allowed one or more")
    error = np.mean(np.abs(ordered - one_number("observed", observed, low=-np.inf)))
    weights = 2 * np.arange(1, n + 1) - n - 1
    half_spread = np.dot(weights, ordered) / n**2
    return float(error - half_spread)


def coverage(
    low: Sequence[float] | Values,
    high: Sequence[float] | Values,
    observed: Sequence[float] | Values,
    observed_high: Sequence[float] | Values | None = None,
) -> tuple[int, int]:
    """Count the reports that fell within their forecast intervals.

    Parameters
    ----------
    low, high
        Ends of each forecast interval.
    observed
        Each later report; its low end if reports are bounded ("at least").
    observed_high
        The high end of each bounded report, infinity if it is open. A bounded report is covered if it and the
        forecast have any value in common.

    Returns
    -------
    tuple of int
        k and n: print "k of n", never a percentage of a handful.

    Raises
    ------
    ValueError
        If lengths differ or ends are reversed.

    Examples
    --------
    >>> coverage([700, 700], [8_000, 8_000], [4_700, 9_000])
    (1, 2)
    """
    low, high = _ends(low, high)
    report_low, report_high = _ends(observed, observed if observed_high is None else observed_high)
    if np.shape(low) != np.shape(report_low):
        raise ValueError(
            f"observed: given {np.size(report_low)} reports, allowed one for each forecast ({np.size(low)})"
        )
    covered = np.less_equal(low, report_high) & np.less_equal(report_low, high)
    return int(np.sum(covered)), int(np.size(covered))


def _ends(low: Sequence[float] | Values, high: Sequence[float] | Values) -> tuple[Values, Values]:
    lows, highs = (within("interval", end, low=-np.inf, infinite=True) for end in (low, high))
    if np.any(np.greater(lows, highs)):
        raise ValueError("interval: given a low end above its high end, allowed low <= high")
    return lows, highs
