"""The time units of the model and the type of its numbers."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

DAYS_PER_MONTH = 365.25 / 12
"""Days in a mean month (30.4375), the only bridge between rates a day and rates a month."""

Array = NDArray[np.float64]
Values = float | Array
"""A number, or an array with an entry for each draw: draws along the last axis, scenarios before it."""


def months(days: float) -> float:
    """Convert days to mean months.

    Parameters
    ----------
    days
        A length of time in days.

    Returns
    -------
    float
        The same length in months of 30.4375 days.

    Examples
    --------
    >>> months(365.25)
    12.0
    """
    return days / DAYS_PER_MONTH


def days(months: float) -> float:
    """Convert mean months to days.

    Parameters
    ----------
    months
        A length of time in months.

    Returns
    -------
    float
        The same length in days, 30.4375 a month.

    Examples
    --------
    >>> round(days(36 / 17), 3)
    64.456
    """
    return months * DAYS_PER_MONTH


def plain(value: Values) -> Values:
    """Give a zero-dimensional result back as a Python float and leave arrays alone.

    Parameters
    ----------
    value
        A number, a NumPy scalar or an array.

    Returns
    -------
    float or numpy.ndarray
        A float where there is one number only.

    Examples
    --------
    >>> plain(np.float64(2.5))
    2.5
    """
    return float(value) if np.ndim(value) == 0 else value


def days_between(start: date, end: date) -> int:
    """Count the days from one date to another.

    Parameters
    ----------
    start, end
        Dates (or pandas timestamps).

    Returns
    -------
    int
        Whole days, negative if `end` comes first.

    Examples
    --------
    >>> days_between(date(2024, 12, 6), date(2025, 1, 16))
    41
    """
    return (end - start).days
