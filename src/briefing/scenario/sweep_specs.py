"""Reading a sweep: from a YAML file, or from a grid on the command line, with every problem named at once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from briefing.errors import BadInputError, Problem
from briefing.project.files import sha256_of_json
from briefing.scenario.editions import DEFAULT, RENAMED
from briefing.scenario.files import parse_settings, read_yaml, scenario_names
from briefing.scenario.parameters import NAME, NAMES, Scenario
from briefing.scenario.sweeps import ASKS, Sweep

KEYS = ("title", "base", "set", "grid", "scenarios")
ITEM_KEYS = ("name", "title", "why", "base", "set")


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
        The file's form is wrong: all that is, and all that is wrong with the scenarios of the rest. Of a file
        in due form `Sweep.check` tells what is wrong with its scenarios.
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
    bases = content.get("base", DEFAULT)
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
    title = str(content.get("title") or path.stem.replace("-", " ").capitalize())
    place = f"{path.name}, grid" if axes else path.name
    every = tuple(dict.fromkeys(bases))
    sweep = Sweep(path.stem, title, every, shared, axes, tuple(items), place, folder)
    return _sound(sweep, [*problems, *found])


def parse_grid(axes: Sequence[str], base: str = DEFAULT, settings: Sequence[str] = ()) -> Sweep:
    """Read a grid from arguments of the form ``pay=1500,2000,2500``.

    Parameters
    ----------
    axes
        One argument a parameter.
    base
        The scenario that the grid is laid over.
    settings
        Those of every scenario, of the form ``pay=2500``.

    Raises
    ------
    BadInputError
        An argument is not of that form, or names a parameter twice; with it, all that is wrong with the
        scenarios that the others make.

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
    shared: dict[str, Any] = {}
    try:
        shared = parse_settings(settings)
    except BadInputError as error:
        problems += error.problems
    title = f"{base}: {', '.join(checked).replace('_', ' ')}"
    return _sound(Sweep(_grid_name(base, checked, shared), title, (base,), shared, checked), problems)


def _grid_name(base: str, axes: Mapping[str, Sequence[Any]], settings: Mapping[str, Any]) -> str:
    """Name a grid by what it varies and a digest of all that it is, so that no other replaces its results.

    Examples
    --------
    >>> _grid_name(DEFAULT, {"pay": [1500, 2000], "tour": [3]}, {})
    'pay-tour-c8ada5e0'
    """
    said = "-".join([*([] if base == DEFAULT else [base]), *axes]).replace("_", "-")[:50].rstrip("-")
    return f"{said}-{sha256_of_json([base, axes, settings], str)[:8]}"


def _sound(sweep: Sweep, problems: Sequence[Problem]) -> Sweep:
    """Return the sweep, or raise what is wrong with its form and with the scenarios that can be made."""
    if not problems:
        return sweep
    try:
        if len(sweep) <= ASKS:
            sweep.check()
    except BadInputError as error:
        raise BadInputError([*problems, *error.problems]) from None
    raise BadInputError(problems)


def _axes(grid: Any, place: str) -> tuple[dict[str, Sequence[Any]], list[Problem]]:
    if not isinstance(grid, dict) or not grid:
        return {}, [Problem(place, "empty" if not grid else "not a mapping", "`parameter: [value, ...]`")]
    problems: list[Problem] = []
    good: dict[str, Sequence[Any]] = {}
    for name, values in grid.items():
        if name not in Scenario.parameters():
            problems.append(
                Problem(f"{place}, {name}", "unknown parameter", "`briefing parameters` lists them")
            )
        elif not isinstance(values, list) or not values:
            said = "no values" if values in ([], None) else repr(values)
            problems.append(Problem(f"{place}, {name}", said, "a list with one value or more"))
        elif twice := {str(value) for value in values if values.count(value) > 1}:
            problems += [
                Problem(f"{place}, {name}", f"{value} is given twice", "each once") for value in twice
            ]
        else:
            good[name] = values
    return good, problems


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
        wrong = [
            Problem(f"{place}, {key}", "unknown", ", ".join(ITEM_KEYS))
            for key in item
            if key not in ITEM_KEYS
        ]
        label = str(item.get("name", ""))
        lower = label.lower()
        if lower in taken:
            said = "is given twice" if taken[lower] == label else f"differs from {taken[lower]} only by case"
            wrong.append(Problem(f"{place}, name", f"{label} {said}", "each name once"))
        elif not NAME.fullmatch(label):
            wrong.append(Problem(f"{place}, name", repr(label), NAMES))
        elif label in files or label in RENAMED:
            wrong.append(Problem(f"{place}, name", f"{label} is a scenario file's name", "another name"))
        taken[lower] = label
        texts = {key: str(item[key]) for key in ("title", "why") if key in item}
        base = str(item.get("base", bases[0] if bases else DEFAULT))
        problems += wrong
        if not wrong:
            items.append((base, label, {**texts, **item.get("set", {})}))
    return items, problems
