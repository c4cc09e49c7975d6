"""Scenario files: one small YAML a scenario, read safely, with every problem named at once."""

import difflib
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from briefing.errors import BadInputError, Problem
from briefing.paths import scenarios_folder
from briefing.scenario.parameters import Range, Scenario


class _UniqueKeys(yaml.SafeLoader):
    """A safe loader that refuses a key given twice, which YAML would otherwise settle silently."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    for key in keys:
        if keys.count(key) > 1:
            raise yaml.constructor.ConstructorError(None, None, f"{key!r} is given twice", node.start_mark)
    return loader.construct_mapping(node, deep=True)


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path, shown_as: str) -> dict[str, Any]:
    """Read a YAML mapping safely.

    Raises
    ------
    BadInputError
        The file cannot be read, is not valid YAML, names a key twice, or is not a mapping.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError([Problem(shown_as, f"cannot be read ({error.__class__.__name__})")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        reason = getattr(error, "problem", None) or "not valid YAML"
        raise BadInputError([Problem(f"{shown_as}{line}", f"broken YAML: {reason}")]) from error
    if not isinstance(content, dict):
        raise BadInputError([Problem(shown_as, "not a mapping", "lines of the form `parameter: value`")])
    return content


def parse_settings(settings: Iterable[str]) -> dict[str, Any]:
    """Read ``--set`` arguments of the form ``parameter=value``, typed as YAML would type them.

    Examples
    --------
    >>> parse_settings(["pay=2500", "tour=2/3/4", "count_rule=block"])
    {'pay': 2500, 'tour': '2/3/4', 'count_rule': 'block'}
    """
    parsed: dict[str, Any] = {}
    problems = []
    for setting in settings:
        name, equals, text = setting.partition("=")
        try:
            value = yaml.load(text, Loader=_UniqueKeys)
        except yaml.YAMLError:
            equals = ""
        if not equals or not name or name in parsed:
            problems.append(
                Problem(f"--set {setting}", "not understood", "parameter=value, each parameter once")
            )
        else:
            parsed[name] = value
    if problems:
        raise BadInputError(problems)
    return parsed


def _problems(error: Mapping[str, Any], where: Callable[[str], str]) -> list[Problem]:
    path, given = error["loc"], error.get("input")
    name = str(path[0]) if path else ""
    if error["type"] == "extra_forbidden" and len(path) == 1:
        near = difflib.get_close_matches(name, Scenario.model_fields, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "`briefing parameters` lists them all"
        return [Problem(where(name), f"unknown parameter; {hint}")]
    if not name:
        lines = str(error["ctx"]["error"]).splitlines() if "ctx" in error else [error["msg"]]
        return [_named(line, where) for line in lines]
    field = Scenario.model_fields.get(name)
    extra = field.json_schema_extra if field and isinstance(field.json_schema_extra, dict) else {}
    allowed = str(extra.get("allowed") or (field.description if field else ""))
    if error["type"] == "missing":
        return [Problem(where(name), "missing", allowed)]
    reason = str(error["ctx"]["error"]) if error["type"] == "value_error" else ""
    if reason and name == "name":
        allowed = reason
    elif reason and name == "as_of":
        allowed = reason if reason.startswith("from") else "a date as YYYY-MM-DD"
    elif reason.startswith("low"):
        allowed = f"{allowed}, with {reason}"
    return [Problem(where(name), _shown(given), allowed)]


def _named(line: str, where: Callable[[str], str]) -> Problem:
    name, colon, what = line.partition(": ")
    return Problem(where(name), what) if colon else Problem(where(""), line)


def _shown(given: Any) -> str:
    if isinstance(given, Range):
        return f"{given.low:g}/{given.mode:g}/{given.high:g}"
    text = str(given) if isinstance(given, date) else json.dumps(given, default=str, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}..."


def build_scenario(content: Mapping[str, Any], where: Callable[[str], str] = str) -> Scenario:
    """Validate a mapping into a `Scenario`, reporting every problem at once.

    Parameters
    ----------
    content
        Parameter names and values.
    where
        Turns a parameter's name into the place that the user has to open.

    Raises
    ------
    BadInputError
        One line a parameter: what was given and what is allowed.
    """
    try:
        return Scenario.model_validate(dict(content))
    except ValidationError as invalid:
        problems: dict[str, Problem] = {}
        for error in invalid.errors():
            for problem in _problems(error, where):
                problems.setdefault(f"{problem.where} {problem.what if not error['loc'] else ''}", problem)
        raise BadInputError(problems.values()) from invalid


def scenario_names(folder: Path | None = None) -> list[str]:
    """Return the names of the scenarios in `folder`; a file that begins with an underscore is none."""
    found = (folder or scenarios_folder()).glob("*.yaml")
    return sorted(path.stem for path in found if not path.stem.startswith("_"))


def load_scenario(
    name: str = "baseline", settings: Mapping[str, Any] | None = None, folder: Path | None = None
) -> Scenario:
    """Load the scenario `name` and apply `settings` over its file.

    Parameters
    ----------
    name
        Name of a file in the scenarios folder, without its ending.
    settings
        Parameters that replace those of the file, as `parse_settings` reads them. If they change anything,
        the scenario gets a name and a title of its own.
    folder
        Where the YAML files are; the project's own by default.

    Raises
    ------
    BadInputError
        No such scenario, a broken file, or parameters that are unknown, of a wrong type or out of range.

    Examples
    --------
    >>> load_scenario("as-printed", {"pay": 2500}).pay
    2500.0
    """
    folder = folder or scenarios_folder()
    names = scenario_names(folder)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        raise BadInputError([Problem(f"scenario {_shown(name)}", f"not found{hint}", ", ".join(names))])
    file, settings = f"scenarios/{name}.yaml", settings or {}
    content = read_yaml(folder / f"{name}.yaml", file)
    if reserved := {"name", "settings"} & (content.keys() | settings.keys()):
        raise BadInputError([Problem(file, f"{', '.join(sorted(reserved))} cannot be set", "leave it out")])

    def where(parameter: str) -> str:
        return f"--set {parameter}" if parameter in settings else f"{file}, {parameter}".rstrip(", ")

    base = build_scenario({"name": name, **content}, where)
    scenario = build_scenario({"name": name, **content, **settings}, where)
    return scenario if scenario == base else _renamed(scenario, settings)


def _renamed(scenario: Scenario, settings: Mapping[str, Any]) -> Scenario:
    """Give a changed scenario a name and a title of its own, so that it never replaces the file's."""
    given = tuple(f"{name}={_as_setting(value)}" for name, value in sorted(settings.items()))
    title = scenario.title if "title" in settings else f"{scenario.title} ({', '.join(given)})"
    changed = {"name": f"{scenario.name}-{scenario.digest[:6]}", "title": title[:300], "settings": given}
    return scenario.model_copy(update=changed)


def _as_setting(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
