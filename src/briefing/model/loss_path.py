"""The path of cumulative losses: who stands at the front, in which phases, under which daily hazard."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from briefing.model.checks import choice, one_number
from briefing.model.units import Array, Values

Day = Any
"""A day: a date, a timestamp or text as YYYY-MM-DD."""

BEGINS = {"start": "first", "pause": "quiet", "return": "second", "end": "quiet"}
"""The phase that each boundary begins, in the order in which they must lie."""

FORCE = 11_000.0
"""Persons at the front while no start of the fighting is known (a judgement; later the calendar says)."""


@dataclass(frozen=True)
class Phase:
    """A stretch of days with one daily hazard.

    Attributes
    ----------
    name
        ``first``, ``second``, ``quiet`` (no losses) or ``unknown`` (after what is known).
    start
        First day of the phase.
    days
        Length in days, infinite for the last phase.
    arrivals
        Persons who join on the first day.
    """

    name: str
    start: pd.Timestamp
    days: float
    arrivals: float


def day_of(name: str, value: Day) -> pd.Timestamp:
    """Read a day.

    Parameters
    ----------
    name
        The argument's name, for the message.
    value
        A date, a timestamp or text as YYYY-MM-DD.

    Returns
    -------
    pandas.Timestamp
        The day.

    Raises
    ------
    ValueError
        If it is no day.

    Examples
    --------
    >>> day_of("as_of", "2025-01-31")
    Timestamp('2025-01-31 00:00:00')
    """
    try:
        day: object = pd.Timestamp(value)
    except (TypeError, ValueError):
        day = None
    if not isinstance(day, pd.Timestamp):  # a missing day is no Timestamp either
        raise ValueError(f"{name}: given {value!r}, allowed a day as YYYY-MM-DD")
    return day.normalize()


def known_phases(calendar: pd.DataFrame, as_of: Day) -> tuple[Phase, ...]:
    """Give the phases as they were known on a day.

    Parameters
    ----------
    calendar
        A row for each report of a boundary: `boundary` (start, pause, return, end), `event_date`,
        `report_date` and `persons` who stand at the front from then on in addition (missing: none).
    as_of
        The knowledge date. A row reported later is not used; of several rows of one boundary the one
        reported last counts.

    Returns
    -------
    tuple of Phase
        In order and without a gap, the last one open. Until the end is reported, the phase that is going on
        lasts to `as_of` and an ``unknown`` phase follows. Before a start is reported that is all there is:
        11,000 persons and an unknown course from `as_of` on.

    Raises
    ------
    ValueError
        If a boundary is unknown, lies after its report, or the boundaries are out of order.

    Examples
    --------
    >>> calendar = pd.DataFrame({
    ...     "boundary": ["start", "pause"], "event_date": pd.to_datetime(["2024-12-06", "2025-01-15"]),
    ...     "report_date": pd.to_datetime(["2024-12-19", "2025-02-04"]), "persons": [11_000, np.nan]})
    >>> [(phase.name, phase.days) for phase in known_phases(calendar, "2025-01-31")]
    [('first', 56.0), ('unknown', inf)]
    >>> [(phase.name, phase.days) for phase in known_phases(calendar, "2025-02-04")]
    [('first', 40.0), ('quiet', 20.0), ('unknown', inf)]
    """
    today = day_of("as_of", as_of)
    known = calendar[calendar["report_date"] <= today].sort_values("report_date", kind="stable")
    boundaries = {row["boundary"]: row for row in known.to_dict("records")}
    for name, row in boundaries.items():
        choice("boundary", str(name), BEGINS)
        if row["event_date"] > row["report_date"]:
            raise ValueError(
                f"calendar: given {name} on {row['event_date']:%Y-%m-%d}, after its report; allowed up to it"
            )
    if "start" not in boundaries:
        return (Phase("unknown", today, np.inf, FORCE),)
    return tuple(_phases([(name, boundaries[name]) for name in BEGINS if name in boundaries], today))


def ended(phases: Sequence[Phase]) -> pd.Timestamp | None:
    """Give the day on which the fighting had ended as known, or None: a pause does not end it.

    Examples
    --------
    >>> calendar = pd.DataFrame({
    ...     "boundary": ["start", "pause", "end"], "persons": [11_000, np.nan, np.nan],
    ...     "event_date": pd.to_datetime(["2024-12-06", "2025-01-15", "2025-04-26"]),
    ...     "report_date": pd.to_datetime(["2024-12-19", "2025-02-04", "2025-04-26"])})
    >>> [ended(known_phases(calendar, day)) for day in ("2025-02-04", "2025-04-26")]
    [None, Timestamp('2025-04-26 00:00:00')]
    """
    last = phases[-1]
    return last.start if last.name == "quiet" else None


def cumulative_casualties(
    phases: Sequence[Phase], hazards: Mapping[str, Values], days: Sequence[Day] | pd.DatetimeIndex
) -> Array:
    """Give the casualties up to each of some days.

    Parameters
    ----------
    phases
        What `known_phases` returned.
    hazards
        For each name of a phase but ``quiet`` the casualties per person-day, a number or an array of draws.
    days
        When to look. Nothing is counted up to the first day of the first phase.

    Returns
    -------
    numpy.ndarray
        Persons, cumulative, of shape (days, draws); one column if no hazard is an array.

    Raises
    ------
    ValueError
        If a day is no day or the hazard of a phase is missing.

    Notes
    -----
    Exponential survival within each phase, with nobody returning, as in `attrition.phased`.

    Examples
    --------
    >>> start = pd.Timestamp("2024-12-06")
    >>> phases = [Phase("first", start, 40, 11_000), Phase("quiet", start + pd.Timedelta(days=40), np.inf, 0)]
    >>> cumulative_casualties(phases, {"first": 0.009}, ["2024-12-06", "2025-03-01"]).round(1)[:, 0]
    array([   0. , 3325.6])
    """
    times = [day_of("days", day) for day in days]
    missing = {phase.name for phase in phases} - {"quiet", *hazards}
    if missing:
        raise ValueError(f"hazards: given {', '.join(hazards)}, allowed one for {', '.join(sorted(missing))}")
    draws = max((np.size(hazard) for hazard in hazards.values()), default=1)
    standing = lost = np.zeros(draws)
    courses = np.zeros((len(times), draws))
    for phase in phases:
        standing = standing + phase.arrivals
        hazard = np.asarray(hazards.get(phase.name, 0.0), dtype=float)
        for row, time in enumerate(times):
            elapsed = min((time - phase.start).days, phase.days)
            if elapsed > 0:
                courses[row] = lost - standing * np.expm1(-hazard * elapsed)
        if np.isfinite(phase.days):
            fallen = -standing * np.expm1(-hazard * phase.days)
            standing, lost = standing - fallen, lost + fallen
    return courses


def _phases(boundaries: list[tuple[str, dict[Any, Any]]], today: pd.Timestamp) -> Iterator[Phase]:
    ends = [row["event_date"] for _, row in boundaries[1:]] + [today]
    for (name, row), end in zip(boundaries, ends, strict=True):
        days = float((end - row["event_date"]).days)
        if days < 0:
            raise ValueError(
                f"calendar: given {name} on {row['event_date']:%Y-%m-%d}, allowed up to {end:%Y-%m-%d}"
            )
        persons = 0.0 if pd.isna(row["persons"]) else one_number(f"persons at the {name}", row["persons"])
        yield Phase(BEGINS[name], row["event_date"], np.inf if name == "end" else days, persons)
    if boundaries[-1][0] != "end":
        yield Phase("unknown", today, np.inf, 0.0)
