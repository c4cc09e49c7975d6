"""Sweeps: a grid or a list of scenarios, made one at a time, so that a large one takes no more memory."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from briefing.errors import BadInputError, Problem
from briefing.scenario.files import Base, read_base
from briefing.scenario.parameters import Scenario

ASKS = 10_000
"""A sweep of more scenarios than this starts only with a yes."""
SHOWN = 20


@dataclass(frozen=True)
class Point:
    """One scenario of a sweep.

    Attributes
    ----------
    label
        By which tables and index call it: the name from a list, or the scenario's own.
    scenario
        Resolved; the same as ``briefing render`` makes of the same settings, and kept in the same place.
    values
        The swept parameters as the sweep gives them.
    """

    label: str
    scenario: Scenario
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Sweep:
    """A grid or a list of scenarios.

    Attributes
    ----------
    name
        Of the folder for its results.
    title
        What a reader sees.
    bases
        The scenario files that it starts from; a grid is laid over each.
    shared
        Settings of every scenario.
    axes
        Of a grid: the parameters and their values; every combination is a scenario.
    items
        Of a list: (base, label, settings) for each scenario.
    place
        Where the sweep was given, for messages: a file's name, or the command line's option.
    folder
        Where the scenario files are; the project's own by default.
    conduct
        How every scenario is run, in place of what its file says.
    """

    name: str
    title: str
    bases: tuple[str, ...]
    shared: Mapping[str, Any] = field(default_factory=dict)
    axes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    items: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()
    place: str = "--grid"
    folder: Path | None = None
    conduct: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.items) or len(self.bases) * math.prod(len(values) for values in self.axes.values())

    @property
    def swept(self) -> tuple[str, ...]:
        """The parameters that vary, in the order in which they are given."""
        names = dict.fromkeys(self.axes)
        for _, _, settings in self.items:
            names |= dict.fromkeys(name for name in settings if name not in ("title", "why"))
        return tuple(names)

    def __iter__(self) -> Iterator[Point]:
        for make in self._makers():
            yield make()

    def check(self) -> None:
        """Make every scenario once, so that nothing starts before all are known to be valid.

        Raises
        ------
        BadInputError
            Every problem of every scenario, each once; the first twenty where there are more.
        """
        problems: dict[str, Problem] = {}
        labels: dict[str, str] = {}
        for make in self._makers():
            try:
                point = make()
            except BadInputError as error:
                problems |= {str(problem): problem for problem in error.problems}
                continue
            if first := labels.get(point.scenario.name):
                twice = Problem(self.place, f"{first} and {_told(point)} are the same scenario", "each once")
                problems[str(twice)] = twice
            else:
                labels[point.scenario.name] = _told(point)
        if problems:
            found = list(problems.values())
            more = [Problem(self.place, f"{len(found) - SHOWN} more problems")] if len(found) > SHOWN else []
            raise BadInputError(found[:SHOWN] + more)

    @cached_property
    def _read(self) -> dict[str, Base | tuple[Problem, ...]]:
        """The scenario files that it starts from, each read once; what is wrong with those that cannot be."""
        found: dict[str, Base | tuple[Problem, ...]] = {}
        for name in dict.fromkeys([*self.bases, *(base for base, _, _ in self.items)]):
            try:
                found[name] = read_base(name, self.folder)
            except BadInputError as error:
                found[name] = error.problems
        return found

    def _makers(self) -> Iterator[Any]:
        for base, label, settings in self.items:
            yield lambda base=base, label=label, settings=settings: self._point(
                base,
                {**self.shared, **settings},
                settings,
                f"{self.place}, {label or base}",
                label,
            )
        if not self.items:
            for base, values in itertools.product(self.bases, itertools.product(*self.axes.values())):
                chosen = dict(zip(self.axes, values, strict=True))
                yield lambda base=base, chosen=chosen: self._point(
                    base, {**self.shared, **chosen}, chosen, self.place
                )

    def _point(
        self, name: str, settings: Mapping[str, Any], values: Mapping[str, Any], place: str, label: str = ""
    ) -> Point:
        base = self._read[name]
        if not isinstance(base, Base):
            raise BadInputError(base)
        scenario = base.vary(settings, lambda parameter: f"{place}, {parameter}")
        return Point(label or scenario.name, scenario.model_copy(update=self.conduct), values)


def _told(point: Point) -> str:
    if point.label != point.scenario.name:
        return point.label
    return " ".join(f"{name}={value}" for name, value in point.values.items()) or point.label
