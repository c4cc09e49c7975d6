"""The people of a scenario month by month, for fan charts."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from briefing.model.checks import one_number
from briefing.model.deployment import declining, held
from briefing.model.outcomes import chunks
from briefing.model.scenario_case import read_case
from briefing.model.units import Array

COURSES = ("standing", "distinct", "casualties")


def trajectories(inputs: Mapping[str, Any], months: Sequence[float]) -> dict[str, Array]:
    """Follow a scenario's people over its horizon, draw by draw.

    Parameters
    ----------
    inputs
        As for `outcomes.outcomes`, of one scenario.
    months
        When to look: whole months from 0 to the horizon, or the horizon itself, in ascending order.

    Returns
    -------
    dict of str to numpy.ndarray
        `month`, as given, and arrays of shape (months, draws) in persons: `standing`, and cumulative
        `distinct` and `casualties`. One column where no input varies. At the horizon they equal the outcomes.

    Raises
    ------
    ValueError
        If `months` is not as above, or for the reasons of `outcomes.outcomes`.

    Notes
    -----
    The closed forms of a force held at strength at each month, or the states of the recursion in a decline.
    `uncertainty.quantiles` turns the draws into bands. 20,000 draws over 60 months take 30 MB.

    Examples
    --------
    >>> from briefing.model.example import AS_PRINTED
    >>> phases = [(40, 0.009, 0), (22, 0, 3_000), (79, 0.005, 0)]
    >>> inputs = AS_PRINTED | {"force": 11_000, "policy": "decline", "phases": phases, "return_share": 0}
    >>> course = trajectories(inputs, months=[0, 1, 12])
    >>> course["standing"].round()[:, 0]
    array([11000.,  8364.,  7191.])
    """
    case = read_case(inputs)
    times = [one_number("months", month, high=case.horizon) for month in months]
    for earlier, later in zip([-1.0, *times], times, strict=False):
        if later <= earlier or (later != int(later) and later != case.horizon):
            raise ValueError(
                f"months: given {later:g}, allowed whole months in ascending order up to {case.horizon:g}"
            )
    courses = {name: np.empty((len(times), case.draws)) for name in COURSES}
    for rows, part in chunks(case):
        states = (held(part, time) for time in times) if case.policy == "hold" else declining(part)
        pending = iter(enumerate(times))
        row, wanted = next(pending, (-1, np.inf))
        for state in states:
            # the recursion also stops at phases and arrivals, which nobody asked for
            if abs(state.time - wanted) < 1e-6:
                for name in COURSES:
                    courses[name][row, rows] = getattr(state, name)
                row, wanted = next(pending, (-1, np.inf))
    return {"month": np.array(times), **courses}
