"""A private folder for unfinished work, from which finished files leave by rename."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from filelock import FileLock, Timeout

PREFIX = ".work-"


@contextmanager
def workspace(parent: Path) -> Iterator[Path]:
    """Give a new folder inside `parent`, on the same disk as what will be moved out of it.

    It is removed afterwards; what a killed process left of its own is removed by the next.

    Parameters
    ----------
    parent
        The folder that holds the finished files; made if there is none.

    Yields
    ------
    Path
        An empty folder that no other process uses.
    """
    parent.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(parent)
    folder, lock = _claim(parent)
    try:
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _lock_of(folder).unlink(missing_ok=True)
        lock.release()


def _claim(parent: Path) -> tuple[Path, FileLock]:
    """Return a new name and its lock, held.

    The lock comes before the folder: while nobody holds it another process may take the name for abandoned
    and remove its lock file; then another name is claimed.
    """
    while True:
        folder = parent / f"{PREFIX}{token_hex(8)}"
        lock = FileLock(_lock_of(folder))
        lock.acquire()
        if _lock_of(folder).exists():
            return folder, lock
        lock.release()


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")


def _remove_abandoned(parent: Path) -> None:
    """Remove the folders whose owner is gone: the system let go of the owner's lock with its process."""
    for held in parent.glob(f"{PREFIX}*.lock"):
        try:
            with FileLock(held, timeout=0):
                shutil.rmtree(held.with_suffix(""), ignore_errors=True)
                held.unlink(missing_ok=True)
        except Timeout:
            continue
