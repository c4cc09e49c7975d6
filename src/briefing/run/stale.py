"""When a notebook has to run again: one digest each of source, values, data, package and lock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from briefing.project.files import sha256_of_files, sha256_of_json
from briefing.run.notebooks import Notebook
from briefing.run.stamp import Stamp, read_stamp
from briefing.scenario.editions import COMPARED

SEEN = "[!.]*"
"""Names of files that are not hidden: an editor leaves a lock or a copy beside what it has open."""
CONDUCT = re.compile(rb"^cell_timeout:.*\n?", re.MULTILINE)
"""The line of a scenario file that decides no result."""
# What a reader of `--explain` is told when the digest of that name differs.
REASONS = {
    "source": "the notebook was edited",
    "data": "the evidence tables changed",
    "scenarios": "a scenario file changed, and the notebook compares them",
    "package": "the package's code changed",
    "lock": "the locked libraries changed",
}


@dataclass(frozen=True)
class Inputs:
    """Digests of everything that the notebooks share."""

    root: Path

    @cached_property
    def data(self) -> str:
        """The evidence tables and their dictionary."""
        folder = self.root / "data"
        return sha256_of_files([*folder.glob(f"{SEEN}.csv"), folder / "datapackage.json"], self.root)

    @cached_property
    def scenarios(self) -> str:
        """The scenario files that documents compare, for the notebook that does it."""
        paths = (self.root / "scenarios" / f"{name}.yaml" for name in COMPARED)
        return sha256_of_files((path for path in paths if path.is_file()), self.root, CONDUCT)

    @cached_property
    def package(self) -> str:
        """The code of this package, wherever it is installed."""
        package = Path(__file__).resolve().parents[1]
        return sha256_of_files((p for p in package.rglob(SEEN) if p.suffix in (".py", ".lua")), package)

    @cached_property
    def lock(self) -> str:
        """The locked libraries."""
        return sha256_of_files([self.root / "requirements.lock"], self.root)

    def of(self, notebook: Notebook, values: Mapping[str, Any]) -> dict[str, str]:
        """Return the digests on which the outputs of `notebook` with these parameters depend."""
        compares = {"scenarios": self.scenarios} if "briefing.scenario" in notebook.source else {}
        return {
            "source": notebook.digest,
            "parameters": sha256_of_json(values),
            "data": self.data,
            "package": self.package,
            "lock": self.lock,
            **compares,
        }


def stamp_path(folder: Path, notebook: str) -> Path:
    """Return where the stamp of a notebook's finished run stands in a scenario's folder."""
    return folder / ".run" / f"{notebook}.json"


def why_stale(
    folder: Path, notebook: str, inputs: Mapping[str, str], values: Mapping[str, Any]
) -> tuple[list[str], Stamp]:
    """Return why a notebook has to run for the outputs in `folder` to be current, and its last stamp.

    The list is empty if they are current.
    """
    path = stamp_path(folder, notebook)
    stamp = read_stamp(path)
    if not stamp.outputs:
        return [
            "the note of its last run cannot be read" if path.exists() else "it has not run for this scenario"
        ], stamp
    reasons = [
        REASONS[name]
        for name, digest in inputs.items()
        if name != "parameters" and stamp.inputs.get(name) != digest
    ]
    if stamp.inputs.get("parameters") != inputs["parameters"]:
        reasons += _changed(stamp.values, values)
    return reasons + stamp.damage(folder), stamp


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    names = [name for name in {**now, **before} if before.get(name) != now.get(name)]
    return [f"{', '.join(names)} changed" if names else "its parameters changed"]
