"""What can go wrong, and with which exit code: 2 for bad input, 1 for a run that failed."""

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
