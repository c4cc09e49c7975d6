"""When a notebook has to run again: one digest each of source, values, data, package and lock."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from briefing.run.notebooks import Notebook
from briefing.scenario import Scenario

# What a reader of `--explain` is told when the digest of that name differs.
REASONS = {
    "source": "the notebook was edited",
    "parameters": "a parameter that it declares has another value",
    "data": "the evidence tables changed",
    "scenarios": "a scenario file changed, and the notebook compares them",
    "package": "the package's code changed",
    "lock": "the locked libraries changed",
}


def digest_of(files: Iterable[Path], root: Path) -> str:
    """Return one SHA-256 over the names and bytes of `files`."""
    digest = hashlib.sha256()
    for path in sorted(files):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


@dataclass(frozen=True)
class Inputs:
    """Digests of everything that the notebooks share."""

    root: Path

    @cached_property
    def data(self) -> str:
        """The evidence tables and their dictionary."""
        return digest_of(
            [*(self.root / "data").glob("*.csv"), self.root / "data" / "datapackage.json"], self.root
        )

    @cached_property
    def scenarios(self) -> str:
        """The scenario files, for a notebook that compares scenarios."""
        return digest_of((self.root / "scenarios").glob("*.yaml"), self.root)

    @cached_property
    def package(self) -> str:
        """The code of this package, wherever it is installed."""
        package = Path(__file__).resolve().parents[1]
        return digest_of(package.rglob("*.py"), package)

    @cached_property
    def lock(self) -> str:
        """The locked libraries."""
        return digest_of([self.root / "requirements.lock"], self.root)

    def of(self, notebook: Notebook, scenario: Scenario) -> dict[str, str]:
        """Return the digests on which the outputs of `notebook` under `scenario` depend."""
        values = json.dumps(notebook.values(scenario), sort_keys=True)
        compares = {"scenarios": self.scenarios} if "briefing.scenario" in notebook.source else {}
        return {
            "source": hashlib.sha256(notebook.source.encode()).hexdigest(),
            "parameters": hashlib.sha256(values.encode()).hexdigest(),
            "data": self.data,
            "package": self.package,
            "lock": self.lock,
            **compares,
        }


def stamp_path(folder: Path, notebook: Notebook) -> Path:
    """Return where the stamp of a finished run stands."""
    return folder / ".run" / f"{notebook.name}.json"


def write_stamp(folder: Path, notebook: Notebook, inputs: dict[str, str], outputs: Iterable[Path]) -> None:
    """Note that `outputs` were made from `inputs`; written by rename, after the outputs stand."""
    made = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in outputs}
    path = stamp_path(folder, notebook)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps({"inputs": inputs, "outputs": made}, indent=1, sort_keys=True), "utf-8")
    draft.replace(path)


def read_stamp(folder: Path, notebook: Notebook) -> dict[str, dict[str, str]]:
    """Return the stamp of the last finished run; empty where there is none or it cannot be read."""
    try:
        stamp = json.loads(stamp_path(folder, notebook).read_text(encoding="utf-8"))
        return {"inputs": dict(stamp["inputs"]), "outputs": dict(stamp["outputs"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"inputs": {}, "outputs": {}}


def why_stale(folder: Path, notebook: Notebook, inputs: dict[str, str]) -> list[str]:
    """Return why `notebook` has to run for the outputs in `folder` to be current; empty if they are."""
    stamp = read_stamp(folder, notebook)
    if not (stamp["inputs"] and stamp["outputs"]):
        known = stamp_path(folder, notebook).exists()
        return ["the note of its last run cannot be read" if known else "it has not run for this scenario"]
    reasons = [REASONS[name] for name, digest in inputs.items() if stamp["inputs"].get(name) != digest]
    for name, digest in stamp["outputs"].items():
        path = folder / name
        if not path.is_file():
            reasons.append(f"{name} was removed")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            reasons.append(f"{name} was changed")
    return reasons
