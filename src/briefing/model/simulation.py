"""Stock and flow in steps: the engine under the monthly and the daily recursions.

Its unit of time is the caller's: a step's length, its hazard and the return lag share one unit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from briefing.model.units import Values


@dataclass(frozen=True)
class Step:
    """A stretch of time with one hazard.

    Attributes
    ----------
    length
        Its length in time units.
    hazard
        Casualties per person and time unit; a number, or an array with an entry for each draw.
    change
        Persons who join (or, negative, leave) at its end.
    """

    length: float
    hazard: Values
    change: float = 0.0


@dataclass(frozen=True)
class State:
    """The force at the end of a step.

    Attributes
    ----------
    time
        Time units since the start.
    standing
        Persons present, after returns, arrivals and departures.
    casualties, returned
        Persons, cumulative: killed or wounded, and wounded who came back.
    person_time
        Standing force integrated over time, persons x time units.
    """

    time: float
    standing: Values
    casualties: Values
    returned: Values
    person_time: Values


def simulate(
    force: Values, steps: Sequence[Step], back_share: Values = 0.0, return_lag: float = 0.0
) -> Iterator[State]:
    """Run a force through steps of constant hazard and give its state after each.

    Parameters
    ----------
    force
        Persons at the start; arguments may be arrays over draws that broadcast against each other.
    steps
        The steps in order.
    back_share
        Share of casualties who return: (1 - killed share) x return share.
    return_lag
        Time units between the end of the step of a casualty and the return; rounded up to the end of a step.

    Yields
    ------
    State
        The state at the start (time 0) and after each step. Returns due after the last step do not happen.

    Notes
    -----
    Within a step the force decays by its hazard alone, so casualties are S (1 - exp(-h l)) and person-time is
    the integral S (1 - exp(-h l)) / h; returns and changes come at its end (competing-risk life table, see
    Preston, Heuveline & Guillot 2001).

    Examples
    --------
    >>> states = list(simulate(12_000, [Step(length=130, hazard=0.009287134)]))
    >>> round(states[-1].casualties)
    8412
    """
    ends = np.cumsum([step.length for step in steps])
    # a sum of floats may overshoot the lag by noise, which must not cost a whole step
    arrival_step = np.searchsorted(ends, ends + return_lag - 1e-9)
    nobody_returns = not np.any(back_share)
    due: dict[int, Values] = {}
    standing: Values = force
    casualties: Values = 0.0
    returned: Values = 0.0
    person_time: Values = 0.0
    yield State(0.0, standing, casualties, returned, person_time)
    for index, step in enumerate(steps):
        exposure = np.multiply(step.hazard, step.length)
        lost_share = -np.expm1(-exposure)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean_share = np.where(exposure == 0, 1.0, lost_share / exposure)
        lost = standing * lost_share
        person_time = person_time + standing * (mean_share * step.length)
        casualties = casualties + lost
        standing = standing - lost + step.change
        if not nobody_returns:
            arrives = int(arrival_step[index])
            if arrives < len(steps):
                due[arrives] = due.get(arrives, 0.0) + lost * back_share
            back = due.pop(index, 0.0)
            returned = returned + back
            standing = standing + back
        yield State(float(ends[index]), standing, casualties, returned, person_time)
