"""How long a cell may take: the alarm inside its process, and what the process that waits is told."""

import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

USUAL = 600
"""Seconds within which everything else has ended that a process is asked for."""
UNWINDING = 5.0
"""Seconds that a cell has, after the alarm, before its process is ended."""
ANSWERING = 10
"""Seconds that a kernel has to say that a cell has ended."""
LETTING_GO = 30.0
"""Seconds that papermill has to interrupt a kernel, ask it to end, and end it."""


def within(seconds: int) -> str:
    """Say that something was too slow.

    Examples
    --------
    >>> within(1), within(3600)
    ('did not end within 1 second', 'did not end within 3,600 seconds')
    """
    return f"did not end within {seconds:,} second{'' if seconds == 1 else 's'}"


@dataclass(frozen=True)
class Step:
    """What a process is at now.

    Attributes
    ----------
    where
        The cell.
    seconds
        After which whoever waits for the process ends it; None for never.
    late
        What is said then.
    """

    where: str = "before or between its cells"
    seconds: float | None = USUAL
    late: str = within(USUAL)


BETWEEN = Step()


class DidNotEndError(BaseException):
    """Raised in a cell when its time is over; no `Exception`, which a cell may well catch and go on."""


def _tell_nobody(step: Step) -> None:
    """Take what a process says of itself where no other process waits for it."""


_tell: Callable[[Step], None] = _tell_nobody


def tell_to(listener: Callable[[Step], None]) -> None:
    """Choose who is told what this process is at."""
    global _tell
    _tell = listener


class Limit:
    """The limit on each cell of a notebook.

    Parameters
    ----------
    seconds
        That a cell may take; None for no limit.

    Attributes
    ----------
    cells
        How many code cells have begun.
    passed
        Whether the last of them was stopped since it did not end in time.
    """

    def __init__(self, seconds: int | None) -> None:
        self.seconds, self.cells, self.passed = seconds, 0, False
        self._began = 0.0

    @property
    def cell(self) -> str:
        """The cell that has begun last, as a failure names it."""
        return f"cell [{self.cells}]"

    @property
    def late(self) -> str:
        """What is said of a cell that does not end in time."""
        return f"{within(self.seconds or 0)} (cell_timeout)"

    @property
    def over(self) -> bool:
        """Whether the time of the cell that has begun last is over."""
        return self.seconds is not None and time.monotonic() - self._began >= self.seconds

    def begin(self, patience: float = UNWINDING) -> None:
        """Tell that a cell begins, and how much longer than its limit it may take to be stopped."""
        self.cells += 1
        self._began = time.monotonic()
        _tell(Step(self.cell, self.seconds and self.seconds + patience, self.late))

    def end(self) -> None:
        """Tell that the cell has ended."""
        _tell(BETWEEN)

    @contextmanager
    def alarm(self) -> Iterator[None]:
        """Execute a cell in this process; what is left of it when its time is over is not executed."""
        self.begin()
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, self._pass)
            signal.setitimer(signal.ITIMER_REAL, self.seconds or 0)
        try:
            yield
        except DidNotEndError:
            # Most often the shell has caught it already, and keeps its traceback as the cell's output.
            pass
        finally:
            if hasattr(signal, "setitimer"):
                signal.setitimer(signal.ITIMER_REAL, 0)
        self.end()

    def _pass(self, number: int, frame: Any) -> None:
        self.passed = True
        raise DidNotEndError(self.late)

    def papermill(self) -> dict[str, Any]:
        """Return the same as options of stock papermill: it interrupts the kernel, and then ends it."""
        name = DidNotEndError.__name__
        # It would say on the terminal what the failure says.
        logging.getLogger("papermill").setLevel(logging.CRITICAL)

        def end(execute_reply: dict[str, Any], **_: Any) -> None:
            self.passed = execute_reply["content"].get("ename") == name
            self.end()

        return {
            "execution_timeout": self.seconds,
            "iopub_timeout": ANSWERING,
            "interrupt_on_timeout": True,
            "error_on_timeout": {"ename": name, "evalue": self.late, "traceback": []},
            "on_cell_execute": lambda **_: self.begin(LETTING_GO),
            "on_cell_executed": end,
        }
