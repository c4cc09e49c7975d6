"""Sweeps: a grid or a list of scenarios, made one at a time, so that a large one takes no more memory."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from briefing.errors import BadInputError, Problem
from briefing.scenario.files import Base, parse_settings, read_base, read_yaml, scenario_names
from briefing.scenario.parameters import NAME, NAMES, Scenario

ASKS = 10_000
"""A sweep of more scenarios than this starts only with a yes."""
SHOWN = 20
KEYS = ("title", "base", "set", "grid", "scenarios")
ITEM_KEYS = ("name", "title", "why", "base", "set")


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
    """

    name: str
    title: str
    bases: tuple[str, ...]
    shared: Mapping[str, Any] = field(default_factory=dict)
    axes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    items: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()
    place: str = "--grid"
    folder: Path | None = None

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
    def _read(self) -> dict[str, Base]:
        named = dict.fromkeys([*self.bases, *(base for base, _, _ in self.items)])
        found: dict[str, Base] = {}
        problems: list[Problem] = []
        for name in named:
            try:
                found[name] = read_base(name, self.folder)
            except BadInputError as error:
                problems += error.problems
        if problems:
            raise BadInputError(problems)
        return found

    def _makers(self) -> Iterator[Any]:
        bases = self._read
        for base, label, settings in self.items:
            yield lambda base=base, label=label, settings=settings: self._point(
                bases[base],
                {**self.shared, **settings},
                settings,
                f"{self.place}, {label or base}, {{}}",
                label,
            )
        if not self.items:
            for base, values in itertools.product(self.bases, itertools.product(*self.axes.values())):
                chosen = dict(zip(self.axes, values, strict=True))
                yield lambda base=base, chosen=chosen: self._point(
                    bases[base], {**self.shared, **chosen}, chosen, f"{self.place}, {{}}"
                )

    @staticmethod
    def _point(
        base: Base, settings: Mapping[str, Any], values: Mapping[str, Any], place: str, label: str = ""
    ) -> Point:
        scenario = base.vary(settings, place)
        return Point(label or scenario.name, scenario, values)


def _told(point: Point) -> str:
    if point.label != point.scenario.name:
        return point.label
    return " ".join(f"{name}={value}" for name, value in point.values.items()) or point.label


def read_sweep(path: Path, folder: Path | None = None) -> Sweep:
    """Read a sweep from a YAML file.

    Parameters
    ----------
    path
        The file: ``grid`` with a list of values for each parameter, or ``scenarios`` with a list of names and
        of mappings (name, title, why, base, set); beside it ``title``, ``base`` (one or several scenarios)
        and ``set`` (settings of all).
    folder
        Where the scenario files are; the project's own by default.

    Raises
    ------
    BadInputError
        Everything that is wrong with the file's form; `Sweep.check` tells what is wrong with its scenarios.
    """
    content = read_yaml(path, path.name)
    problems = [
        Problem(f"{path.name}, {key}", "unknown", ", ".join(KEYS)) for key in content if key not in KEYS
    ]
    if not NAME.fullmatch(path.stem):
        problems.append(Problem(path.name, "cannot name a sweep", NAMES))
    if ("grid" in content) == ("scenarios" in content):
        given = "grid and scenarios" if "grid" in content else "neither grid nor scenarios"
        problems.append(Problem(path.name, given, "one of the two"))
    bases = content.get("base", "baseline")
    bases = [bases] if isinstance(bases, str) else bases
    if not isinstance(bases, list) or not bases or not all(isinstance(base, str) for base in bases):
        problems.append(Problem(f"{path.name}, base", repr(bases), "a scenario's name, or a list of them"))
        bases = []
    shared = content.get("set", {})
    if not isinstance(shared, dict):
        problems.append(Problem(f"{path.name}, set", repr(shared), "lines of the form `parameter: value`"))
        shared = {}
    axes, found = _axes(content["grid"], f"{path.name}, grid") if "grid" in content else ({}, [])
    problems += found
    items, found = (
        _items(content["scenarios"], path.name, bases, folder) if "scenarios" in content else ([], [])
    )
    problems += found
    if problems:
        raise BadInputError(problems)
    title = str(content.get("title") or path.stem.replace("-", " ").capitalize())
    place = f"{path.name}, grid" if axes else path.name
    return Sweep(path.stem, title, tuple(dict.fromkeys(bases)), shared, axes, tuple(items), place, folder)


def parse_grid(
    axes: Sequence[str], base: str = "baseline", settings: Mapping[str, Any] | None = None
) -> Sweep:
    """Read a grid from arguments of the form ``pay=1500,2000,2500``.

    Raises
    ------
    BadInputError
        An argument is not of that form, or names a parameter twice.

    Examples
    --------
    >>> len(parse_grid(["pay=1500,2000,2500", "tour=2,3,4"]))
    9
    """
    read: dict[str, Any] = {}
    problems: list[Problem] = []
    for axis in axes:
        name, _, values = axis.partition("=")
        if not name.strip() or not values.strip(", "):
            problems.append(Problem(f"--grid {axis}", "not understood", "parameter=value,value,..."))
            continue
        try:
            listed = [parse_settings([f"{name}={value}"])[name.strip()] for value in values.split(",")]
        except BadInputError as error:
            problems += error.problems
            continue
        if name.strip() in read:
            problems.append(Problem(f"--grid {axis}", f"{name.strip()} is given twice", "each once"))
        read[name.strip()] = listed
    if not axes:
        problems.append(Problem("--grid", "empty", "parameter=value,value,..."))
    checked, found = _axes(read, "--grid") if read else ({}, [])
    problems += found
    if problems:
        raise BadInputError(problems)
    name = "-".join(checked).replace("_", "-")[:60].rstrip("-")
    title = f"{base}: {', '.join(checked).replace('_', ' ')}"
    return Sweep(name, title, (base,), settings or {}, checked)


def _axes(grid: Any, place: str) -> tuple[dict[str, Sequence[Any]], list[Problem]]:
    if not isinstance(grid, dict) or not grid:
        return {}, [Problem(place, "empty" if not grid else "not a mapping", "`parameter: [value, ...]`")]
    problems = []
    for name, values in grid.items():
        if name not in Scenario.parameters():
            problems.append(
                Problem(f"{place}, {name}", "unknown parameter", "`briefing parameters` lists them")
            )
        elif not isinstance(values, list) or not values:
            said = "no values" if values in ([], None) else repr(values)
            problems.append(Problem(f"{place}, {name}", said, "a list with one value or more"))
        else:
            twice = {str(value) for value in values if values.count(value) > 1}
            problems += [
                Problem(f"{place}, {name}", f"{value} is given twice", "each once") for value in twice
            ]
    return dict(grid), problems


def _items(
    listed: Any, file: str, bases: Sequence[str], folder: Path | None
) -> tuple[list[tuple[str, str, dict[str, Any]]], list[Problem]]:
    if not isinstance(listed, list) or not listed:
        return [], [Problem(f"{file}, scenarios", "empty" if not listed else "not a list", "a list")]
    items: list[tuple[str, str, dict[str, Any]]] = []
    problems = []
    taken: dict[str, str] = {}
    files = scenario_names(folder)
    for number, item in enumerate(listed, 1):
        place = f"{file}, scenario {number}"
        if isinstance(item, str):
            items.append((item, "", {}))
            continue
        if not isinstance(item, dict) or not isinstance(item.get("set", {}), dict):
            problems.append(
                Problem(place, repr(item)[:80], "a scenario's name, or name, title, why, base, set")
            )
            continue
        problems += [
            Problem(f"{place}, {key}", "unknown", ", ".join(ITEM_KEYS))
            for key in item
            if key not in ITEM_KEYS
        ]
        label = str(item.get("name", ""))
        lower = label.lower()
        if lower in taken:
            said = "is given twice" if taken[lower] == label else f"differs from {taken[lower]} only by case"
            problems.append(Problem(f"{place}, name", f"{label} {said}", "each name once"))
        elif not NAME.fullmatch(label):
            problems.append(Problem(f"{place}, name", repr(label), NAMES))
        elif label in files:
            problems.append(Problem(f"{place}, name", f"{label} is a scenario file's name", "another name"))
        taken[lower] = label
        texts = {key: str(item[key]) for key in ("title", "why") if key in item}
        base = str(item.get("base", bases[0] if bases else "baseline"))
        items.append((base, label, {**texts, **item.get("set", {})}))
    return items, problems
