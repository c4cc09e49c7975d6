"""The briefings that are compared: scenarios as they are now, or earlier runs that were kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from briefing.errors import BadInputError, Problem
from briefing.render.record import NAME as RECORD
from briefing.render.record import NUMBERED, Kept, read_record
from briefing.scenario import Scenario, build_scenario, load_scenario, scenario_names
from briefing.scenario.editions import check_name
from briefing.scenario.parameters import NAME

EARLIER = "earlier"


@dataclass(frozen=True)
class Side:
    """One of the briefings.

    Attributes
    ----------
    letter
        By which the comparison calls it: A, B and so on.
    name
        As it was asked for, such as ``as-printed`` or ``as-printed@earlier``.
    scenario
        Resolved.
    record
        Its numbers and judgements, and what they were made from.
    figures
        Folder and entries of its figures; None for an earlier run, whose figures are not kept.
    words
        What its document says of itself and of its figures, as `briefing.render.words.Words` holds it; None
        for an earlier run.
    """

    letter: str
    name: str
    scenario: Scenario
    record: Kept
    figures: tuple[Path, Mapping[str, Mapping[str, Any]]] | None
    words: Mapping[str, Any] | None = None

    @property
    def numbers(self) -> Mapping[str, Mapping[str, Any]]:
        """Its numbers by key."""
        numbers: Mapping[str, Mapping[str, Any]] = self.record["numbers"]
        return numbers

    def values(self, keys: Iterable[str]) -> dict[str, float | None]:
        """The values of numbers by key; None where it recorded none."""
        return {key: self.numbers.get(key, {}).get("value") for key in keys}


def split(name: str) -> tuple[str, str]:
    """Part ``scenario@run`` into the scenario's name and which earlier run is meant; empty for the current.

    Examples
    --------
    >>> split("as-printed@earlier"), split("as-printed")
    (('as-printed', 'earlier'), ('as-printed', ''))
    """
    scenario, _, run = name.partition("@")
    return scenario, run


def scenario_named(root: Path, name: str) -> Scenario:
    """Return a scenario by its file's name, or as a finished briefing of that name was made.

    Parameters
    ----------
    root
        The project's folder.
    name
        Of a scenario's file, or of a briefing that was made with other settings.

    Raises
    ------
    BadInputError
        The name stands for neither, or is that of an earlier version, or file or record hold no scenario.
    """
    check_name(name)
    if NAME.fullmatch(name) and name not in scenario_names(root / "scenarios"):
        record = read_record(root / "briefings" / name / RECORD)
        if record is not None:
            return scenario_of(record, name)
    return load_scenario(name, folder=root / "scenarios")


def kept_runs(root: Path, scenario: str) -> list[Path]:
    """Return the records of a scenario's earlier runs, the oldest first."""
    if not NAME.fullmatch(scenario):
        return []
    kept = (root / "briefings" / scenario / EARLIER).glob("*.json")
    return sorted(path for path in kept if NUMBERED.fullmatch(path.name))


def earlier_run(root: Path, name: str) -> Kept:
    """Return the record of the earlier run that ``scenario@run`` names.

    Parameters
    ----------
    root
        The project's folder.
    name
        The run is ``earlier`` for the last one before the present, or the beginning of its commit.

    Raises
    ------
    BadInputError
        No such run was kept, its record cannot be read, or its scenario is one of an earlier version.
    """
    scenario, run = split(name)
    check_name(scenario)
    runs = kept_runs(root, scenario)
    if not runs:
        scenario_named(root, scenario)
    found = runs if run == EARLIER else [path for path in runs if path.stem.partition("-")[2].startswith(run)]
    record = read_record(found[-1]) if found else None
    if record is None:
        commits = [path.stem.partition("-")[2] for path in runs]
        allowed = ", ".join([EARLIER, *dict.fromkeys(commits)]) if commits else "none was kept yet"
        raise BadInputError([Problem(name, "no such earlier run", allowed)])
    return record


def scenario_of(record: Kept, name: str) -> Scenario:
    """Return the scenario of the record that `name` stands for, as it was then.

    Raises
    ------
    BadInputError
        It is no scenario any more, as after a parameter was removed.
    """
    content = {**record["scenario"], "settings": tuple(record.get("settings", ()))}
    return build_scenario(content, lambda parameter: f"record of {name}, {parameter}")
