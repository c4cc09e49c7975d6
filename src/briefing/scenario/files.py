"""Scenario files: one small YAML a scenario, read safely, with every problem named at once."""

import difflib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from briefing.coverage import NEWEST
from briefing.errors import BadInputError, Problem
from briefing.formats import day as in_words
from briefing.paths import scenarios_folder
from briefing.scenario.editions import COMPARED, DEFAULT, check_name
from briefing.scenario.parameters import CONDUCT, TEXTS, Scenario
from briefing.scenario.values import PLAIN_NUMBER, Range, as_number


class _Loader(yaml.SafeLoader):
    """A safe loader that settles nothing silently: no key twice, and no alias that could grow without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(None, None, "aliases (*name) are not allowed", mark)
        return super().compose_node(parent, index)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError:
            # It only looks like a date or a number (2024-13-01): as text it meets the parameter's check.
            return node.value

    def construct_number(self, node: Any) -> int | float:
        return as_number(self.construct_scalar(node))


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys: list[Any] = []
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if key in keys:
            mark = key_node.start_mark
            raise yaml.constructor.ConstructorError(None, None, f"{key!r} is given twice", mark)
        keys.append(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
# Numbers of YAML 1.1 change silently (010 is eight, 1:30 is ninety): only plain ones are numbers here.
NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag not in NUMBERS]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(NUMBERS[1], PLAIN_NUMBER, list("+-.0123456789"))
for _tag in NUMBERS:
    _Loader.add_constructor(_tag, _Loader.construct_number)


def _parse(text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)
    except RecursionError as error:
        raise yaml.YAMLError("nested too deeply") from error


def read_yaml(path: Path, shown_as: str) -> dict[str, Any]:
    """Read a YAML mapping safely.

    Raises
    ------
    BadInputError
        The file cannot be read, is not valid YAML, names a key twice, or is not a mapping.
    """
    try:
        content = _parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInputError([Problem(shown_as, f"cannot be read ({error.strerror})")]) from error
    except UnicodeDecodeError as error:
        raise BadInputError([Problem(shown_as, "not UTF-8 text", "a file saved as UTF-8")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        reason = " ".join((getattr(error, "problem", None) or str(error)).split())
        raise BadInputError([Problem(f"{shown_as}{line}", f"broken YAML: {reason}")]) from error
    if not isinstance(content, dict):
        raise BadInputError([Problem(shown_as, "not a mapping", "lines of the form `parameter: value`")])
    return content


def typed(text: str) -> Any:
    """Read a text as YAML would type it, and so as ``--set`` does; one that is no YAML stays as it is.

    Examples
    --------
    >>> typed("2500"), typed("true"), typed("2/3/4"), typed("{month: 2")
    (2500, True, '2/3/4', '{month: 2')
    """
    try:
        return _parse(text) if text.strip() else text
    except yaml.YAMLError:
        return text


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
        name, where = name.strip(), f"--set {setting}"
        try:
            value = _parse(text)
        except yaml.YAMLError:
            value, equals = None, equals if name in TEXTS else ""
        if not equals or not name or not text.strip():
            problems.append(Problem(where, "not understood", "parameter=value"))
        elif name in parsed:
            problems.append(Problem(where, f"{name} is given twice", "each parameter once"))
        else:
            # A title such as "Pay: a test" is YAML for something else, but it is meant as it stands.
            parsed[name] = text if name in TEXTS and not isinstance(value, str) else value
    if problems:
        raise BadInputError(problems)
    return parsed


def _problem(error: Mapping[str, Any], where: Callable[[str], str]) -> Problem:
    path, given = error["loc"], error.get("input")
    name = str(path[0])
    if error["type"] in ("extra_forbidden", "invalid_key") and len(path) == 1:
        near = difflib.get_close_matches(name.lower(), [*TEXTS, *CONDUCT, *Scenario.parameters()], n=1)
        hint = f"did you mean `{near[0]}`?" if near else "`briefing parameters` lists them all"
        return Problem(where(name), f"unknown parameter; {hint}")
    field = Scenario.model_fields[name]
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    allowed = str(extra.get("allowed") or field.description or "").rstrip(".")
    if error["type"] == "missing" and len(path) == 1:
        return Problem(where(name), "missing", allowed)
    reason = str(error["ctx"]["error"]) if error["type"] == "value_error" else ""
    culprit, colon, why = reason.partition(": ")
    if colon and culprit in Scenario.model_fields:
        return Problem(where(culprit), why)
    if reason and name == "name":
        allowed = reason
    elif name == "as_of":
        allowed = reason if reason.startswith("from") else f"a date as YYYY-MM-DD, or {NEWEST}"
    elif reason.startswith("low"):
        allowed = f"{allowed}, with {reason}"
    elif isinstance(given, str) and given.lstrip("+-.")[:1].isdigit():
        allowed = f"{allowed}; in plain decimals, such as 1500, 0.5 or 1e3"
    word = str(extra.get("word", ""))
    nearly = isinstance(given, str) and difflib.get_close_matches(given.lower(), [word])
    return Problem(where(name), _shown(given) + (f"; did you mean `{word}`?" if nearly else ""), allowed)


def _shown(given: Any) -> str:
    if isinstance(given, Range | float):
        return as_setting(given)
    if isinstance(given, dict) and list(given) == ["low", "mode", "high"]:
        return "/".join(_shown(end) for end in given.values())
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
            problem = _problem(error, where)
            # A value may fail as a number and as a range; the one with a reason of its own says more.
            if problem.where not in problems or error["type"] == "value_error":
                problems[problem.where] = problem
        raise BadInputError(problems.values()) from invalid


def build_named(name: str, content: Mapping[str, Any], where: Callable[[str], str]) -> Scenario:
    """Validate what a scenario's file holds, or what stands for one, as `build_scenario` does."""
    if reserved := {"name", "settings"} & content.keys():
        raise BadInputError(Problem(where(one), "cannot be set", "leave it out") for one in sorted(reserved))
    return build_scenario({"name": name, **content}, where)


def scenario_names(folder: Path | None = None) -> list[str]:
    """Return the names of the scenarios in `folder`; a file that begins with an underscore or dot is none."""
    found = (folder or scenarios_folder()).glob("*.yaml")
    return sorted(path.stem for path in found if not path.stem.startswith(("_", ".")))


def compared_on(day: date, folder: Path | None = None) -> list[Scenario]:
    """Return the project's scenarios that documents of a day set side by side: those whose day is no later.

    Examples
    --------
    >>> [scenario.name for scenario in compared_on(date(2024, 11, 24))][:2]
    ['november-2024', 'as-printed']
    """
    here = scenario_names(folder)
    found = (load_scenario(name, folder=folder) for name in COMPARED if name in here)
    return [scenario for scenario in found if scenario.as_of <= day]


def by_set(parameter: str) -> str:
    """Return where a setting was given on the command line, for messages."""
    return f"--set {parameter}"


def load_scenario(
    name: str = DEFAULT,
    settings: Mapping[str, Any] | None = None,
    folder: Path | None = None,
    place: Callable[[str], str] = by_set,
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
    place
        Turns a parameter's name into the place where it was set, for messages.

    Raises
    ------
    BadInputError
        No such scenario, a broken file, or parameters that are unknown, of a wrong type or out of range.

    Examples
    --------
    >>> load_scenario("as-printed", {"pay": 2500}).pay
    2500.0
    """
    return read_base(name, folder).vary(settings or {}, place)


@dataclass(frozen=True)
class Base:
    """A scenario file, read once, from which scenarios with other settings are made."""

    content: Mapping[str, Any]
    scenario: Scenario

    def vary(self, settings: Mapping[str, Any], place: Callable[[str], str] = by_set) -> Scenario:
        """Return the scenario with `settings` applied over its file.

        Parameters
        ----------
        settings
            Parameters that replace those of the file.
        place
            Turns a parameter's name into the place where it was set, for messages.

        Raises
        ------
        BadInputError
            Parameters that are unknown, of a wrong type or out of range.
        """

        def where(parameter: str) -> str:
            if parameter in settings:
                return place(parameter)
            return f"scenarios/{self.scenario.name}.yaml, {parameter}"

        reserved = {"name": "leave it out", "settings": "leave it out"}
        reserved |= {one: f"`{one}:` in a scenario's file, or --{one.replace('_', '-')}" for one in CONDUCT}
        if found := sorted(reserved.keys() & settings.keys()):
            raise BadInputError(Problem(where(one), "cannot be set", reserved[one]) for one in found)
        scenario = build_scenario({"name": self.scenario.name, **self.content, **settings}, where)
        return scenario if scenario == self.scenario else _renamed(scenario, self.scenario)


def read_base(name: str, folder: Path | None = None) -> Base:
    """Read the scenario file `name`.

    Raises
    ------
    BadInputError
        No such scenario, one of an earlier version, a broken file, or parameters that are unknown, of a wrong
        type or out of range.
    """
    check_name(name)
    folder = folder or scenarios_folder()
    names = scenario_names(folder)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        raise BadInputError([Problem(f"scenario {_shown(name)}", f"not found{hint}", ", ".join(names))])
    file = f"scenarios/{name}.yaml"
    content = read_yaml(folder / f"{name}.yaml", file)
    return Base(content, build_named(name, content, lambda parameter: f"{file}, {parameter}"))


def _renamed(scenario: Scenario, base: Scenario) -> Scenario:
    """Give a changed scenario a name and a title of its own, so that it never replaces the file's.

    Both come from the values, not from how they were typed: equal scenarios share a name and a digest.
    """
    changed = [
        name for name in (*TEXTS, *Scenario.parameters()) if getattr(scenario, name) != getattr(base, name)
    ]
    given = tuple(f"{name}={as_setting(getattr(scenario, name))}" for name in sorted(changed))
    told = f" ({', '.join(given)})"
    if base.name == DEFAULT and changed == ["as_of"]:
        told = f", as known on {in_words(scenario.as_of)}"
    title = scenario.title if "title" in changed else f"{scenario.title}{told}"
    own = {"name": f"{scenario.name}-{scenario.digest}", "title": title[:300], "settings": given}
    return scenario.model_copy(update=own)


def as_setting(value: Any) -> str:
    """Write a value in the shortest form that `parse_settings` reads back as the same.

    Examples
    --------
    >>> as_setting(Range(low=2, mode=4, high=12)), as_setting(2500.0), as_setting(None)
    ('2/4/12', '2500', 'none')
    """
    if isinstance(value, Range):
        return "/".join(as_setting(end) for end in (value.low, value.mode, value.high))
    if isinstance(value, str):
        plain = value.strip() and parse_settings([f"why={value}"])["why"] == value
        return value if plain else json.dumps(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, tuple):
        return json.dumps([entry.model_dump(exclude_defaults=True) for entry in value])
    return "none" if value is None else str(value) if isinstance(value, date) else json.dumps(value)
