"""A private folder for unfinished work, from which finished files leave by rename."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

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
    folder = Path(mkdtemp(prefix=PREFIX, dir=parent))
    lock = FileLock(_lock_of(folder))
    with lock:
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            _lock_of(folder).unlink(missing_ok=True)


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
