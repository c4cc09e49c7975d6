"""A worker ends with the process that asked for its work, and with it all that it has started."""

import multiprocessing
import os
import signal
from contextlib import suppress
from multiprocessing.connection import wait


def lead() -> None:
    """Begin a process group of this process's own, which what it starts belongs to."""
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)


def hold() -> None:
    """Wait for the parent's end and end this process with it: a killed run leaves nothing running."""
    if parent := multiprocessing.parent_process():
        wait([parent.sentinel])
        end(os.getpid())
        os._exit(1)


def end(pid: int | None) -> None:
    """Kill a worker's process group, whether or not the worker is still in it."""
    if pid and hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
