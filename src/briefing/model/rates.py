"""Rates from counts, people and time."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from briefing.model.checks import one_number


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
    return int((pd.Timestamp(end) - pd.Timestamp(start)).days)


def hazard_from_losses(lost: float, force: float, time: float) -> float:
    """Give the constant hazard that takes a number of people from a force that is not replaced.

    Parameters
    ----------
    lost, force
        Persons lost, and standing at the start; fewer lost than stood.
    time
        Time units.

    Returns
    -------
    float
        Losses per person and time unit.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Exponential survival: -ln(1 - lost / force) / time.

    Examples
    --------
    >>> round(hazard_from_losses(3_800, 12_000, 41), 6)
    0.009287
    """
    force = one_number("force", force, above=True)
    lost = one_number("lost", lost)
    if lost >= force:
        raise ValueError(f"lost: given {lost:,g}, allowed fewer than the force ({force:,g})")
    return float(-np.log1p(-lost / force)) / one_number("time", time, above=True)


def hazard_from_exposure(events: float, persons: float, time: float) -> float:
    """Give the hazard as events over person-time.

    Parameters
    ----------
    events
        Persons killed (or whatever is counted).
    persons
        Mean strength exposed.
    time
        Time units of exposure.

    Returns
    -------
    float
        Events per person and time unit.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    The occurrence/exposure rate (Preston, Heuveline & Guillot 2001).

    Examples
    --------
    >>> f"{hazard_from_exposure(9, 1_000, 120):.1e}"
    '7.5e-05'
    """
    exposure = one_number("persons", persons, above=True) * one_number("time", time, above=True)
    return one_number("events", events) / exposure


def expected_events(hazard: float, persons: float, time: float) -> float:
    """Give the events that a small hazard means for so many people over so much time.

    Parameters
    ----------
    hazard
        Events per person and time unit.
    persons, time
        Persons exposed, and time units.

    Returns
    -------
    float
        Expected events.

    Raises
    ------
    ValueError
        If an argument is negative.

    Examples
    --------
    >>> expected_events(7.5e-05, persons=1_000, time=30)
    2.25
    """
    return one_number("hazard", hazard) * one_number("persons", persons) * one_number("time", time)


def exhaustion(force: float, losses_per_day: float, start: date, lost: float = 0.0) -> tuple[float, date]:
    """Say when a constant number of losses a day would use up a force.

    Parameters
    ----------
    force
        Persons sent.
    losses_per_day
        Persons lost a day.
    start
        The day from which they are counted.
    lost
        Persons already lost on that day, at most `force`.

    Returns
    -------
    tuple of float and datetime.date
        Days, and the date on which the last whole day before exhaustion ends.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> exhaustion(12_000, 100, date(2025, 1, 16), lost=2_000)
    (100.0, datetime.date(2025, 4, 26))
    """
    left = one_number("force", force) - one_number("lost", lost, high=force)
    days = left / one_number("losses_per_day", losses_per_day, above=True)
    return days, start + timedelta(days=int(days))
