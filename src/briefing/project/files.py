"""Files that appear whole, by rename, and digests of what they hold."""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give the name of a draft beside `path` to be written, which then takes the place of `path`.

    A reader never meets half a file, several writers do not disturb each other, and a failure leaves what
    stood there and nothing else. The folder is made where there is none.

    Raises
    ------
    OSError
        What the system says, of `path` and not of the draft.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with replacing(Path(place) / "table.csv") as draft:
    ...         _ = draft.write_text("a,b")
    ...     [(path.name, path.read_text()) for path in Path(place).iterdir()]
    [('table.csv', 'a,b')]
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        # What a killed process of the same number left might share its bytes with another file.
        draft.unlink(missing_ok=True)
        yield draft
        draft.replace(path)
    except OSError as error:
        if error.filename is not None and os.fspath(error.filename) == str(draft):
            error.filename, error.filename2 = str(path), None
        raise
    finally:
        draft.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> Path:
    """Write a text as UTF-8 by rename, and return the file's path.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write_whole(Path(place) / "new" / "note.txt", "one line").read_text()
    'one line'
    """
    with replacing(path) as draft:
        draft.write_text(text, encoding="utf-8")
    return path


def sha256(content: str | bytes) -> str:
    """Return the SHA-256 of bytes, or of a text in UTF-8.

    Examples
    --------
    >>> sha256("abc")[:10]
    'ba7816bf8f'
    """
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def sha256_of_json(content: Any, default: Callable[[Any], Any] | None = None) -> str:
    """Return the SHA-256 of a value as JSON with sorted keys; `default` is that of `json.dumps`.

    Examples
    --------
    >>> sha256_of_json({"b": 2, "a": 1}) == sha256_of_json({"a": 1, "b": 2})
    True
    """
    return sha256(json.dumps(content, sort_keys=True, default=default))


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    return sha256(path.read_bytes())


def sha256_of_files(files: Iterable[Path], root: Path, without: re.Pattern[bytes] | None = None) -> str:
    """Return one SHA-256 over the names below `root`, the lengths and the bytes of `files`, in any order.

    Names and lengths are part of it, so that moving a line from one file to the next changes the digest. What
    matches the pattern is left out of every file.
    """
    digest = hashlib.sha256()
    for path in sorted(files):
        content = path.read_bytes()
        content = without.sub(b"", content) if without else content
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
