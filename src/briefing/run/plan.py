"""What a scenario still needs: which notebooks are current, which stand in the cache, which have to run."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from briefing.run.cache import Cache, Entry, key_of, place
from briefing.run.edits import Watch
from briefing.run.notebooks import Notebook, find_notebooks
from briefing.run.stale import SEEN, Inputs, stamp_path, why_stale
from briefing.run.stamp import Stamp, read_stamp
from briefing.scenario import Scenario
from briefing.scenario.editions import COMPARED

SOURCES = (
    "notebooks/*.ipynb",
    f"data/{SEEN}.csv",
    "data/datapackage.json",
    *(f"scenarios/{name}.yaml" for name in COMPARED),
    "requirements.lock",
)
"""What a planner takes digests of, beside the package."""


@dataclass(frozen=True)
class Due:
    """A notebook whose outputs in the scenario's folder are not current.

    Attributes
    ----------
    notebook, values, inputs
        What would run, with which parameters, and the digests of all that it depends on.
    key
        Its name in the cache: equal for every scenario for which it would make the same.
    reasons
        Why the folder's outputs are not current.
    entry
        The finished run in the cache, or None where it has to run.
    before
        The stamp of what stands in the folder now.
    """

    notebook: Notebook
    values: dict[str, Any]
    inputs: dict[str, str]
    key: str
    reasons: list[str]
    entry: Entry | None
    before: Stamp

    @property
    def reads(self) -> list[str]:
        """The project's files and folders that `inputs` are digests of."""
        compares = ["scenarios/"] if "scenarios" in self.inputs else []
        return [f"notebooks/{self.notebook.path.name}", "data/", "requirements.lock", *compares]


@dataclass(frozen=True)
class Plan:
    """Everything that one scenario needs."""

    scenario: Scenario
    folder: Path
    fresh: list[str]
    due: list[Due]


@dataclass(frozen=True)
class Planner:
    """Plans scenarios of one project; what they share is read once.

    Raises
    ------
    BadInputError
        A notebook is not readable or breaks the contract of its parameters cell.
    """

    root: Path
    _watch: Watch = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Before anything is read: what is edited from here on is noticed.
        object.__setattr__(self, "_watch", Watch(self.root, SOURCES))

    @cached_property
    def notebooks(self) -> list[Notebook]:
        """The project's notebooks in the order of their numbers."""
        return find_notebooks(self.root)

    @cached_property
    def inputs(self) -> Inputs:
        """The digests that the notebooks share."""
        return Inputs(self.root)

    @cached_property
    def cache(self) -> Cache:
        """The finished runs of the project."""
        return Cache(self.root)

    def plan(self, scenario: Scenario) -> Plan:
        """Return what the scenario still needs; nothing is written."""
        folder = self.root / "figures" / scenario.name
        every = scenario.values()
        fresh, due = [], []
        for notebook in self.notebooks:
            values = {name: every[name] for name in notebook.parameters}
            inputs = self.inputs.of(notebook, values)
            reasons, before = why_stale(folder, notebook.name, inputs, values)
            if reasons:
                key = key_of(notebook, inputs)
                due.append(Due(notebook, values, inputs, key, reasons, self.cache.find(key), before))
            else:
                fresh.append(notebook.name)
        return Plan(scenario, folder, fresh, due)

    def edited(self, *names: str) -> list[str]:
        """Return which files were edited since the planner was made, of those with names that begin so."""
        return self._watch.edited(*names)

    def outputs_digest(self, scenario: Scenario) -> str:
        """Return one digest over all that the scenario's notebooks made."""
        folder = self.root / "figures" / scenario.name
        return " ".join(read_stamp(stamp_path(folder, n.name)).digest for n in self.notebooks)


def publish(folder: Path, finished: Iterable[tuple[Due, Entry]]) -> None:
    """Put finished runs into the scenario's folder, and remove what their notebooks make no longer.

    First goes all that is obsolete, then comes all that is new: a figure may have moved to another notebook.
    """
    pairs = list(finished)
    for due, entry in pairs:
        stamp_path(folder, due.notebook.name).unlink(missing_ok=True)
        for name in due.before.outputs.keys() - entry.stamp.outputs.keys():
            (folder / name).unlink(missing_ok=True)
        (folder / "failed" / due.notebook.path.name).unlink(missing_ok=True)
    for due, entry in pairs:
        place(entry, folder)
        entry.stamp.write(stamp_path(folder, due.notebook.name))
