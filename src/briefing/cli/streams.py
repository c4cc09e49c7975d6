"""Standard output and error as a command finds them: closed, left by their reader, or short of letters."""

import io
import os
import sys


class Output(io.TextIOWrapper):
    """Standard output whose reader may leave before the end, as ``head`` does: the rest goes nowhere.

    The command goes on, and ends with the exit code of what it did. A letter that the encoding lacks becomes
    a question mark.
    """

    def __init__(self, descriptor: int, encoding: str, line_buffering: bool) -> None:
        buffer = open(descriptor, "wb", closefd=False)  # noqa: SIM115 (the wrapper closes it)
        super().__init__(buffer, encoding, errors="replace", line_buffering=line_buffering)

    def write(self, text: str) -> int:
        """Write text and return its length, also where nobody reads any more."""
        try:
            return super().write(text)
        except BrokenPipeError:
            self._forget()
            return len(text)

    def flush(self) -> None:
        """Hand on what was written, if anybody reads it."""
        try:
            super().flush()
        except BrokenPipeError:
            self._forget()

    def _forget(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def prepare() -> None:
    """Make standard output and error such that printing never fails."""
    usual = sys.stdout is sys.__stdout__
    # Python has None in the place of a stream that was closed (`>&-`).
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    elif usual:
        sys.stdout = Output(sys.stdout.fileno(), sys.stdout.encoding, sys.stdout.isatty())
