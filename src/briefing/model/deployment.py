"""People over time: a force held at strength, or one left to decline."""

from collections.abc import Iterator
from dataclasses import dataclass

from briefing.model.attrition import back_share, permanent_hazard
from briefing.model.counting import distinct_people
from briefing.model.scenario_case import Case
from briefing.model.simulation import simulate
from briefing.model.units import Values


@dataclass(frozen=True)
class People:
    """What has happened to people by a moment.

    Attributes
    ----------
    time
        Months since the start.
    standing
        Persons present.
    distinct
        Distinct people counted by the scenario's rule.
    arrivals
        Distinct people who arrived, the initial force included, whether or not the rule counts them.
    casualties
        Persons killed or wounded.
    person_months
        Standing force integrated over time.
    """

    time: float
    standing: Values
    distinct: Values
    arrivals: Values
    casualties: Values
    person_months: Values


def held(case: Case, time: float) -> People:
    """Count people up to a time in a force whose every loss is replaced.

    Parameters
    ----------
    case
        Checked inputs.
    time
        Months since the start.

    Returns
    -------
    People
        At that time.

    Notes
    -----
    The initial force and each planned addition are rotated and replaced separately over the time since they
    came, each with the mean permanent hazard of that time (`counting.distinct_people`), and added up.

    Examples
    --------
    >>> from briefing.model.example import AS_PRINTED
    >>> from briefing.model.scenario_case import read_case
    >>> held(read_case(AS_PRINTED | {"tour": 3}), time=6).distinct
    32700.0
    """
    standing: Values = 0.0
    distinct: Values = 0.0
    arrivals: Values = 0.0
    casualties: Values = 0.0
    person_months: Values = 0.0
    for month, persons in case.additions(time):
        span = max(0.0, time - month)
        per_person = case.exposure(time) - case.exposure(month)
        lasting = permanent_hazard(per_person / span if span else 0.0, case.killed_share, case.return_share)
        counted = distinct_people(persons, case.tour, span, lasting, case.count_rule)
        # who completed a tour is counted, but who is still serving arrived as well
        present = persons if case.count_rule == "completed" else 0.0
        standing = standing + persons
        distinct = distinct + counted
        arrivals = arrivals + counted + present
        casualties = casualties + persons * per_person
        person_months = person_months + persons * span
    return People(time, standing, distinct, arrivals, casualties, person_months)


def declining(case: Case) -> Iterator[People]:
    """Follow a force in which nobody is replaced, whatever is planned apart.

    Parameters
    ----------
    case
        Checked inputs.

    Yields
    ------
    People
        At the start and after each step of `Case.steps`; everybody who came is counted.

    Examples
    --------
    >>> from briefing.model.example import AS_PRINTED
    >>> from briefing.model.scenario_case import read_case
    >>> *_, last = declining(read_case(AS_PRINTED | {"policy": "decline", "hazard": 0.1}))
    >>> last.time, round(last.casualties)
    (12.0, 8671)
    """
    returning = back_share(case.killed_share, case.return_share)
    for state in simulate(_came(case, 0.0), case.steps(), returning, case.return_lag):
        came = _came(case, state.time)
        yield People(state.time, state.standing, came, came, state.casualties, state.person_time)


def _came(case: Case, time: float) -> Values:
    """Persons who came by plan up to a time, the initial force included."""
    return sum((persons for _, persons in case.additions(time)), start=0.0)
