"""The note that a run leaves beside its outputs: from what they were made, and which bytes they are."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Any

from briefing.project.files import sha256_of_file, sha256_of_json, write_whole


@dataclass(frozen=True)
class Stamp:
    """What a finished run of a notebook was made from and what it made.

    Attributes
    ----------
    inputs
        A digest each of source, parameters, data, package, lock and what else the notebook reads.
    values
        The parameters' values, so that a reader can be told which one differs.
    outputs
        The files' names with the SHA-256 of their bytes; empty where there is no finished run.
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """One digest over the outputs: what a document that is made from them depends on."""
        return sha256_of_json(dict(self.outputs))

    def damage(self, folder: Path) -> list[str]:
        """Return what is wrong with the outputs in `folder`; an empty list if they are as they were made."""
        told = []
        for name, digest in self.outputs.items():
            path = folder / name
            if not path.is_file():
                told.append(f"{name} was removed")
            elif sha256_of_file(path) != digest:
                told.append(f"{name} was changed")
        return told

    def write(self, path: Path) -> None:
        """Write the stamp by rename: it comes last, so that a kill leaves outputs stale and not wrong."""
        write_whole(path, json.dumps(asdict(self), indent=1, sort_keys=True))


def made_from(inputs: Mapping[str, str], values: Mapping[str, Any], outputs: Iterable[Path]) -> Stamp:
    """Return the stamp of files that were just made."""
    return Stamp(inputs, values, {path.name: sha256_of_file(path) for path in outputs})


def read_stamp(path: Path) -> Stamp:
    """Return a stamp; an empty one where there is none, it cannot be read, or it names files elsewhere."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        stamp = Stamp(*(dict(content[name]) for name in ("inputs", "values", "outputs")))
    except (OSError, ValueError, KeyError, TypeError):
        return Stamp()
    return stamp if stamp.inputs and stamp.outputs and all(map(_is_plain, stamp.outputs)) else Stamp()


def _is_plain(name: Any) -> bool:
    """Return whether it names a file in a folder, and no way out of it on any system."""
    return isinstance(name, str) and name not in ("", "..") and PureWindowsPath(name).name == name
