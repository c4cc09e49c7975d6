"""Losses of a force that is not kept at strength, by months or by phases; and rates read from claims."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from briefing.model.checks import one_number, within
from briefing.model.revisions import RevisionError as RevisionError
from briefing.model.revisions import implied_rate as implied_rate
from briefing.model.simulation import Step, simulate
from briefing.model.units import Values, plain


def permanent_hazard(hazard: Values, killed_share: Values, return_share: Values) -> Values:
    """Give the hazard of leaving for good from the hazard of becoming a casualty.

    Parameters
    ----------
    hazard
        Casualties (killed and wounded) per person and time unit.
    killed_share
        Killed among casualties, 0 to 1.
    return_share
        Wounded who return to the force, 0 to 1.

    Returns
    -------
    float or numpy.ndarray
        Permanent losses per person and the same time unit.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    h = h_c (kappa + (1 - kappa)(1 - rho)): the killed and the wounded who do not return.

    Examples
    --------
    >>> round(permanent_hazard(0.06, 0.25, 0.5), 4)
    0.0375
    """
    hazard = within("hazard", hazard)
    return plain(hazard * (1 - back_share(killed_share, return_share)))


def back_share(killed_share: Values, return_share: Values) -> Values:
    """Give the share of casualties who return to the force.

    Parameters
    ----------
    killed_share, return_share
        Killed among casualties, and returning among wounded, 0 to 1.

    Returns
    -------
    float or numpy.ndarray
        (1 - killed share) x return share.

    Raises
    ------
    ValueError
        If a share is outside 0 to 1.

    Examples
    --------
    >>> back_share(0.25, 0.5)
    0.375
    """
    killed_share = within("killed_share", killed_share, high=1)
    return plain((1 - killed_share) * within("return_share", return_share, high=1))


def stock_flow(
    force: float,
    hazard: float,
    killed_share: float,
    return_share: float,
    return_lag: float,
    months: int,
    arrivals: Sequence[tuple[int, float]] = (),
    departures: Sequence[tuple[int, float]] = (),
) -> pd.DataFrame:
    """Follow a force month by month through casualties, returns, arrivals and departures.

    Parameters
    ----------
    force
        Persons standing at the start.
    hazard
        Casualties per person-month.
    killed_share, return_share
        Killed among casualties, and returning among wounded, 0 to 1.
    return_lag
        Months between a wound and the return; a fraction is rounded up to the end of a month.
    months
        Whole months to follow, 1 or more.
    arrivals, departures
        Pairs of (month, persons): they take place at the end of that month, month 0 being the start.

    Returns
    -------
    pandas.DataFrame
        A row for each month from 0: `month`, `standing` (after the month's returns, arrivals and
        departures), and cumulative `casualties`, `killed` and `returned`, all in persons.

    Raises
    ------
    ValueError
        If an argument is out of range, a month lies outside the horizon or more depart than stand.

    Notes
    -----
    The monthly recursion S' = S - S (1 - exp(-h)) + returns + arrivals - departures, a life table with two
    decrements and re-entry (Preston, Heuveline & Guillot 2001).

    Examples
    --------
    >>> stock_flow(10_000, 0.1, 0.25, 0.5, 1, months=2, arrivals=[(1, 500)]).round(0)
       month  standing  casualties  killed  returned
    0      0   10000.0         0.0     0.0       0.0
    1      1    9548.0       952.0   238.0       0.0
    2      2    8997.0      1860.0   465.0     357.0
    """
    last = one_number("months", months, low=1)
    if last != int(last):
        raise ValueError(f"months: given {months}, allowed a whole number of months")
    force = one_number("force", force)
    hazard = one_number("hazard", hazard)
    returning = back_share(killed_share, return_share)
    lag = one_number("return_lag", return_lag)
    joining = _by_month("arrivals", arrivals, int(last))
    leaving = _by_month("departures", departures, int(last))
    change = joining - leaving
    steps = [Step(1.0, hazard, float(persons)) for persons in change[1:]]
    states = list(simulate(force + float(change[0]), steps, returning, lag))
    for state in states:
        if np.any(np.less(state.standing, -1e-6)):
            month = int(state.time)
            left = float(state.standing) + leaving[month]
            raise ValueError(
                f"departures: given {leaving[month]:,g} in month {month}, allowed the {left:,.0f} standing"
            )
    casualties = np.array([state.casualties for state in states], dtype=float)
    return pd.DataFrame(
        {
            "month": range(len(states)),
            "standing": np.array([state.standing for state in states], dtype=float),
            "casualties": casualties,
            "killed": killed_share * casualties,
            "returned": np.array([state.returned for state in states], dtype=float),
        }
    )


def phased(force: float, phases: Sequence[tuple[float, float, float]]) -> pd.DataFrame:
    """Follow a force through phases of constant hazard a day, with nobody returning.

    Parameters
    ----------
    force
        Persons standing at the start.
    phases
        Triples of (days, casualties per person-day, persons who arrive after the phase).

    Returns
    -------
    pandas.DataFrame
        A row for the start and for the end of each phase: `day`, `standing` (after the arrivals) and
        cumulative `casualties`, persons. The last row holds the total.

    Raises
    ------
    ValueError
        If an argument is out of range or there is no phase.

    Notes
    -----
    Exponential survival within each phase: of S people S (1 - exp(-h t)) are lost in t days.

    Examples
    --------
    >>> phased(11_000, [(40, 0.009, 0), (22, 0, 3_000), (79, 0.005, 0)]).round(0)
         day  standing  casualties
    0    0.0   11000.0         0.0
    1   40.0    7674.0      3326.0
    2   62.0   10674.0      3326.0
    3  141.0    7191.0      6809.0
    """
    force = one_number("force", force)
    if not len(phases):
        raise ValueError("phases: given none, allowed one or more of (days, daily hazard, arrivals after)")
    steps = [
        Step(
            one_number("days of a phase", days, above=True),
            one_number("hazard of a phase", daily),
            one_number("arrivals after a phase", after),
        )
        for days, daily, after in phases
    ]
    states = list(simulate(force, steps))
    return pd.DataFrame(
        {
            "day": [state.time for state in states],
            "standing": np.array([state.standing for state in states], dtype=float),
            "casualties": np.array([state.casualties for state in states], dtype=float),
        }
    )


def _by_month(name: str, moves: Sequence[tuple[int, float]], months: int) -> np.ndarray:
    """Total persons for each month from 0."""
    totals = np.zeros(months + 1)
    for month, persons in moves:
        if month != int(month) or not 0 <= month <= months:
            raise ValueError(f"{name}: given month {month}, allowed whole months 0 to {months}")
        totals[int(month)] += one_number(f"{name} in month {month}", persons)
    return totals
