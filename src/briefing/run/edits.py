"""Which files were edited since a moment: told by their times and sizes, which costs next to nothing."""

from collections.abc import Sequence
from pathlib import Path
from stat import S_ISREG

Look = dict[str, tuple[int, int]]


class Watch:
    """Files of a folder as they stood when this was made.

    A digest is taken once and the file is read again later, by another process: what was edited in between is
    not what the digest says.

    Parameters
    ----------
    root
        The folder.
    patterns
        Which of its files, as for `Path.glob`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     watch = Watch(Path(place), ("data/*.csv", "*.lock"))
    ...     before = watch.edited()
    ...     _ = (Path(place) / "some.lock").write_text("new")
    ...     before, watch.edited(), watch.edited("data/")
    ([], ['some.lock'], [])
    """

    def __init__(self, root: Path, patterns: Sequence[str]) -> None:
        self._root, self._patterns = root, patterns
        self._before = self._look()

    def edited(self, *names: str) -> list[str]:
        """Return the files that were edited, added or removed since.

        Parameters
        ----------
        names
            Only those whose names begin with one of these; all if none is given.
        """
        before, now = self._before, self._look()
        found = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
        return [name for name in found if not names or name.startswith(names)]

    def _look(self) -> Look:
        look: Look = {}
        for path in (path for pattern in self._patterns for path in self._root.glob(pattern)):
            try:
                seen = path.stat()
            except OSError:  # gone since it was listed
                continue
            if S_ISREG(seen.st_mode):
                look[path.relative_to(self._root).as_posix()] = (seen.st_mtime_ns, seen.st_size)
        return look
