"""Finished runs by what they were made from: equal inputs run once, whatever the scenario is called."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from briefing.project.files import replacing, sha256_of_file, sha256_of_json
from briefing.run.notebooks import Notebook
from briefing.run.stamp import Stamp, read_stamp

STAMP = ".stamp"
LIMIT = 2 * 2**30
"""Bytes that the cache may hold; beyond them the entries unused for longest go."""


def key_of(notebook: Notebook, inputs: Mapping[str, str]) -> str:
    """Return the name of the entry for a notebook run with these inputs."""
    return f"{notebook.name}-{sha256_of_json([notebook.name, dict(inputs)])[:32]}"


@dataclass(frozen=True)
class Entry:
    """A finished run: a folder of outputs, and the stamp that names their bytes."""

    folder: Path
    stamp: Stamp


class Cache:
    """The entries under ``figures/.cache``.

    An entry appears whole, by rename, and is checked byte for byte whenever it is used: a damaged one is
    dropped and its notebook runs again.
    """

    def __init__(self, root: Path) -> None:
        self.folder = root / "figures" / ".cache"

    def find(self, key: str) -> Entry | None:
        """Return the entry of that name, or None where there is none that is sound."""
        folder = self.folder / key
        stamp = read_stamp(folder / STAMP)
        if not stamp.outputs:
            return None
        if stamp.damage(folder):
            shutil.rmtree(folder, ignore_errors=True)
            return None
        os.utime(folder)
        return Entry(folder, stamp)

    def keep(self, key: str, draft: Path, stamp: Stamp) -> Entry:
        """Move a finished draft folder into the cache and return it as an entry.

        Where another process was faster its entry is used: equal inputs make equal outputs.
        """
        stamp.write(draft / STAMP)
        self.folder.mkdir(parents=True, exist_ok=True)
        if found := self.find(key):
            return found
        shutil.rmtree(self.folder / key, ignore_errors=True)
        try:
            draft.rename(self.folder / key)
        except OSError:
            if found := self.find(key):
                return found
            raise
        return Entry(self.folder / key, stamp)

    def prune(self, limit: int = LIMIT) -> None:
        """Drop the entries that were not used for longest until the rest fit into `limit` bytes."""
        entries = [path for path in self.folder.glob("*") if path.is_dir()]
        total = 0
        for folder in sorted(entries, key=lambda path: path.stat().st_mtime, reverse=True):
            total += sum(path.stat().st_size for path in folder.iterdir())
            if total > limit:
                shutil.rmtree(folder, ignore_errors=True)


def place(entry: Entry, folder: Path) -> None:
    """Put an entry's outputs into a scenario's folder, each by rename, sharing bytes where that can be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, digest in entry.stamp.outputs.items():
        target = folder / name
        if target.is_file() and sha256_of_file(target) == digest:
            continue
        with replacing(target) as draft:
            try:
                os.link(entry.folder / name, draft)
            except OSError:
                shutil.copyfile(entry.folder / name, draft)
