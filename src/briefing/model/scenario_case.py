"""One checked set of a scenario's inputs, and the calendar that it lays out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from briefing.model.checks import choice, fitting, one_number, within
from briefing.model.counting import RULES
from briefing.model.simulation import Step
from briefing.model.units import DAYS_PER_MONTH, Values, days, months

POLICIES = ("hold", "decline")
SHARES = ("killed_share", "return_share", "received_share", "kept_share")
AMOUNTS = ("force", "hazard", "pay", "signing", "indirect_multiple", "death_payment")


@dataclass(frozen=True)
class Case:
    """The inputs of a scenario, checked. `Values` may be arrays over draws, or over scenarios and draws.

    Attributes
    ----------
    force
        Persons standing at the start.
    tour
        Months, infinity in an array or None for no rotation.
    horizon
        Months.
    count_rule, policy
        As in `counting.distinct_people`; ``hold`` or ``decline``.
    hazard
        Casualties per person-month; not used where there are phases.
    phases
        Triples of (days, casualties per person-day, persons who arrive after), or None.
    killed_share, return_share
        Killed among casualties; returning among wounded.
    return_lag
        Months between a wound and the return.
    arrivals
        Pairs of (month, persons) added to the force.
    pool
        Persons available; infinity for no limit.
    pay, signing, death_payment
        USD per person-month, per arrival and per killed.
    indirect_multiple, received_share, kept_share
        Indirect benefit over agreed sum; received of agreed; reaching the household of pay.
    """

    force: Values
    tour: Values | None
    horizon: float
    count_rule: str
    policy: str
    hazard: Values
    phases: tuple[tuple[float, Values, float], ...] | None
    killed_share: Values
    return_share: Values
    return_lag: float
    arrivals: tuple[tuple[float, float], ...]
    pool: Values
    pay: Values
    signing: Values
    indirect_multiple: Values
    received_share: Values
    kept_share: Values
    death_payment: Values

    @property
    def shape(self) -> tuple[int, ...]:
        """Scenarios (none for a single one) by draws; the draws are 1 where no input varies over them."""
        return np.broadcast_shapes((1,), *(array.shape for array in _arrays(self)))

    @property
    def draws(self) -> int:
        """Number of draws; 1 where every input is a single number."""
        return self.shape[-1]

    def part(self, rows: slice) -> "Case":
        """Give the same case for some of its draws.

        Parameters
        ----------
        rows
            The draws to keep.

        Returns
        -------
        Case
            With every array cut to those along its last axis; what is exact in each scenario stays whole.

        Examples
        --------
        >>> from briefing.model.example import AS_PRINTED
        >>> case = read_case(AS_PRINTED | {"pay": np.array([1_500.0, 2_000.0, 3_000.0])})
        >>> case.part(slice(1, 3)).pay
        array([2000., 3000.])
        """

        def cut(value: Any) -> Any:
            if isinstance(value, tuple):
                return tuple(cut(item) for item in value)
            if isinstance(value, np.ndarray) and value.shape[-1] == draws:
                return value[..., rows]
            return value

        draws = self.draws
        return replace(self, **{field.name: cut(getattr(self, field.name)) for field in fields(self)})

    def additions(self, until: float) -> list[tuple[float, Values]]:
        """List who is there at the start and who is added by plan, up to a time.

        Parameters
        ----------
        until
            Months.

        Returns
        -------
        list of tuple
            (month, persons), the initial force first.

        Examples
        --------
        >>> from briefing.model.example import AS_PRINTED
        >>> read_case(AS_PRINTED | {"arrivals": [(4, 3_000)]}).additions(until=12)
        [(0.0, 10900.0), (4.0, 3000.0)]
        """
        planned: list[tuple[float, Values]] = [(0.0, self.force), *self.arrivals]
        end = 0.0
        for length, _, after in self.phases or ():
            end += months(length)
            if after:
                planned.append((end, after))
        return [(month, persons) for month, persons in planned if month <= until + 1e-9]

    def exposure(self, until: float) -> Values:
        """Give the casualties per person up to a time in a force held at strength.

        Parameters
        ----------
        until
            Months.

        Returns
        -------
        float or numpy.ndarray
            The hazard integrated over time: phase by phase, and 0 after the last one.

        Examples
        --------
        >>> from briefing.model.example import AS_PRINTED
        >>> read_case(AS_PRINTED | {"hazard": 0.06}).exposure(until=12)
        0.72
        """
        if self.phases is None:
            return self.hazard * until
        total: Values = 0.0
        left = days(until)
        for length, daily, _ in self.phases:
            total = total + daily * min(length, max(0.0, left))
            left -= length
        return total

    def steps(self) -> list[Step]:
        """Cut the horizon into steps for a force in decline.

        Returns
        -------
        list of Step
            In months; additions at the start belong to the initial force. Steps end with each whole month, at
            each planned addition and at the horizon; with phases also at the end of each phase and, where
            wounded return, with each day.

        Examples
        --------
        >>> from briefing.model.example import AS_PRINTED
        >>> steps = read_case(AS_PRINTED | {"policy": "decline", "horizon": 2.5, "hazard": 0.1}).steps()
        >>> [(step.length, step.hazard) for step in steps]
        [(1.0, 0.1), (1.0, 0.1), (0.5, 0.1)]
        """
        ends = [*np.arange(1.0, self.horizon), *(month for month, _ in self.arrivals), self.horizon]
        if self.phases is not None:
            ends += [months(day) for day in np.cumsum([phase[0] for phase in self.phases])]
            if np.any(self.return_share):
                ends += [months(day) for day in np.arange(1.0, days(self.horizon))]
        moments = np.unique([0.0, *(end for end in ends if end <= self.horizon)])
        # the same moment reached by days and by months differs by float noise
        moments = moments[np.append(True, np.diff(moments) > 1e-9)]
        joining = np.zeros(len(moments))
        for month, persons in self.additions(self.horizon)[1:]:
            joining[np.searchsorted(moments, month - 1e-9)] += persons
        return [
            Step(float(end - start), self._hazard_at((start + end) / 2), float(persons))
            for start, end, persons in zip(moments[:-1], moments[1:], joining[1:], strict=True)
        ]

    def _hazard_at(self, month: float) -> Values:
        """Casualties per person-month at a moment."""
        if self.phases is None:
            return self.hazard
        end = 0.0
        for length, daily, _ in self.phases:
            end += months(length)
            if month < end:
                return daily * DAYS_PER_MONTH
        return 0.0


INPUTS = tuple(field.name for field in fields(Case))
"""The parameters of a scenario that its outcomes follow from."""


def read_case(inputs: Mapping[str, Any]) -> Case:
    """Check the inputs of a scenario.

    Parameters
    ----------
    inputs
        A value for every attribute of `Case`; other keys are not looked at. Arrays have the draws along their
        last axis and may have axes of scenarios before it, as in `outcomes.outcomes`.

    Returns
    -------
    Case
        The checked inputs.

    Raises
    ------
    ValueError
        If an input is missing or out of range, arrays do not fit each other, an arrival lies outside the
        horizon, or a force in decline is given a tour.

    Examples
    --------
    >>> read_case({"force": 10_900})
    Traceback (most recent call last):
    ValueError: inputs: given no tour, allowed a value for every input of a case
    """
    for name in (field.name for field in fields(Case)):
        if name not in inputs:
            raise ValueError(f"inputs: given no {name}, allowed a value for every input of a case")
    horizon = one_number("horizon", inputs["horizon"], above=True)
    tour = inputs["tour"]
    policy = choice("policy", inputs["policy"], POLICIES)
    if policy == "decline" and tour is not None:
        raise ValueError(
            f"tour: given {tour} with policy decline, allowed none: nobody is replaced, so none rotate"
        )
    case = Case(
        tour=None if tour is None else within("tour", tour, above=True, infinite=True),
        horizon=horizon,
        count_rule=choice("count_rule", inputs["count_rule"], RULES),
        policy=policy,
        phases=None if inputs["phases"] is None else _phases(inputs["phases"]),
        return_lag=one_number("return_lag", inputs["return_lag"]),
        arrivals=_arrivals(inputs["arrivals"], horizon),
        pool=within("pool", inputs["pool"], above=True, infinite=True),
        **{name: within(name, inputs[name]) for name in AMOUNTS},
        **{name: within(name, inputs[name], high=1) for name in SHARES},
    )
    fitting(_arrays(case))
    return case


def _phases(phases: Sequence[tuple[float, Any, float]]) -> tuple[tuple[float, Values, float], ...]:
    return tuple(
        (
            one_number("days of a phase", length, above=True),
            within("hazard of a phase", daily),
            one_number("arrivals after a phase", after),
        )
        for length, daily, after in phases
    )


def _arrivals(arrivals: Sequence[tuple[float, float]], horizon: float) -> tuple[tuple[float, float], ...]:
    return tuple(
        (one_number("arrivals", month, high=horizon), one_number(f"arrivals in month {month}", persons))
        for month, persons in arrivals
    )


def _arrays(value: Any) -> list[Any]:
    """Every array among the inputs, however deep."""
    if isinstance(value, Case):
        value = tuple(getattr(value, field.name) for field in fields(value))
    if isinstance(value, tuple):
        return [array for item in value for array in _arrays(item)]
    return [value] if isinstance(value, np.ndarray) else []
