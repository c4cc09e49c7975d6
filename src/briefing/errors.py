"""What can go wrong, and with which exit code: 2 for bad input, 1 for a run that failed."""

import errno
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the input.

    Attributes
    ----------
    where
        File, row and column, or the parameter's name: what the user has to open.
    what
        What was found there.
    allowed
        What may stand there instead; empty when `what` already says it.
    """

    where: str
    what: str
    allowed: str = ""

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}"
        return f"{line}; allowed: {self.allowed}" if self.allowed else line


class BriefingError(Exception):
    """Base of every error that the command line reports without a traceback of its own."""

    exit_code = 1


class BadInputError(BriefingError):
    """The input is wrong: all problems found, one line each.

    Examples
    --------
    >>> print(BadInputError([Problem("pay", "-5", "0 to 15,000 USD per person-month")]))
    pay: -5; allowed: 0 to 15,000 USD per person-month
    """

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class RunFailedError(BriefingError):
    """A notebook or a renderer failed although its input was valid."""


FULL = (errno.ENOSPC, errno.EDQUOT)
"""Codes of the system for a disk, or a user's share of it, that takes nothing more from anybody."""


def reason_of(error: BriefingError | OSError) -> str:
    """Say what went wrong; of an error of the disk in one line, which file and why.

    Examples
    --------
    >>> reason_of(FileNotFoundError(2, "No such file or directory", "data/claims.csv"))
    'data/claims.csv: No such file or directory'
    >>> copies = [("a", "b", "[Errno 28] No space left on device: 'a' -> 'b'"), ("c", "d", "")]
    >>> reason_of(shutil.Error(copies))
    'a -> b: No space left on device (and 1 more)'
    """
    if isinstance(error, shutil.Error) and isinstance(error.args[0], list):
        # A folder was copied: for each file that failed, from where, to where, and the error as text.
        [(source, target, why), *others] = error.args[0]
        reason = re.sub(r"^\[Errno \d+\] |: '.*", "", why)
        return f"{source} -> {target}: {reason}" + (f" (and {len(others)} more)" if others else "")
    if not isinstance(error, OSError) or error.errno is None:
        return str(error)
    # Python does not say which file could not take what was written to it.
    unnamed = (
        "a file in figures/ or briefings/ could not be written" if error.errno in (*FULL, errno.EFBIG) else ""
    )
    files = " -> ".join(str(name) for name in (error.filename, error.filename2) if name is not None)
    return f"{files or unnamed or 'the system'}: {error.strerror}"
