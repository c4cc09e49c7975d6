"""Processes that do the work: a new one for every notebook, and for documents some that stay."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Protocol, Self, cast

from briefing.run import lifeline


@dataclass(frozen=True)
class Job:
    """One thing to do in another process.

    Attributes
    ----------
    name
        By which the caller knows it again.
    function, argument
        An importable function and what it is called with; both travel to the process.
    lasting
        The process may have done other jobs before. Notebooks never share one: state leaks.
    """

    name: Any
    function: Callable[[Any], Any]
    argument: Any
    lasting: bool = False


@dataclass(frozen=True)
class Died:
    """What comes of a job whose process ended before it had finished."""

    how: str


class Workers(Protocol):
    """Whoever does jobs: the processes of this machine, or a cluster."""

    @property
    def free(self) -> int:
        """How many more jobs can be taken now."""

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""

    def submit(self, job: Job) -> None:
        """Take a job."""

    def wait(self) -> list[tuple[Job, Any]]:
        """Wait until at least one job has ended and return those that have, with what came of each."""

    def prepare(self, function: Callable[[], Any]) -> None:
        """Let a process that stays call a function now, so that its first job need not wait for it."""


@dataclass
class _Process:
    process: Any
    connection: Connection
    lasting: bool
    done: int = 0


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Put Ctrl-C off while a process begins and is written down, and let that process begin deaf to it.

    Interrupted half-way, the launch would leave a process without what it is told first, and that one would
    complain with a traceback. Blocking the signal here is inherited, but does not keep it from other threads,
    and those hand it to this one: so its handler waits too. The tracker that `multiprocessing` begins with
    its first process lets the signal through again, hence it begins before.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    blocks = hasattr(signal, "pthread_sigmask")
    if blocks:
        resource_tracker.ensure_running()
    asked: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, frame: asked.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if blocks else set()
    try:
        yield
    finally:
        if blocks:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
    if asked:
        signal.raise_signal(signal.SIGINT)


class Pool:
    """At most `jobs` processes of this machine at work.

    Parameters
    ----------
    jobs
        How many at once; one a core by default.
    engine
        ``warm`` forks notebooks from a server that has its imports; ``kernel`` starts each afresh.
    """

    # Typst keeps what it has compiled and cannot be told to let go: a process that makes documents is
    # replaced after a few, so that memory does not grow with their number.
    RETIRE = 8

    def __init__(self, jobs: int | None = None, engine: str = "warm") -> None:
        self._jobs = jobs or os.cpu_count() or 1
        self._engine = engine
        self._running: dict[Connection, tuple[Job, _Process]] = {}
        self._idle: list[_Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Only after an interruption or an error of our own is anything running: nobody waits for its result.
        for _, worker in self._running.values():
            worker.process.terminate()
        for worker in self._idle:
            worker.connection.close()
        for worker in [*(worker for _, worker in self._running.values()), *self._idle]:
            worker.process.join()

    @property
    def free(self) -> int:
        """How many more jobs can be taken now."""
        return self._jobs - len(self._running)

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return bool(self._running)

    @_without_interrupts()
    def submit(self, job: Job) -> None:
        """Start a job in a process of its own, or in one that stays."""
        worker = self._idle.pop() if job.lasting and self._idle else self._start(job.lasting)
        self._running[worker.connection] = (job, worker)
        try:
            worker.connection.send((job.function, (job.argument,), True))
        except OSError:
            # It has died already; waiting for it tells how.
            return

    def wait(self) -> list[tuple[Job, Any]]:
        """Wait until at least one job has ended and return those that have, with what came of each."""
        ended = []
        for ready in wait(list(self._running)):
            job, worker = self._running.pop(cast(Connection, ready))
            ended.append((job, self._outcome(worker)))
        return ended

    @_without_interrupts()
    def prepare(self, function: Callable[[], Any]) -> None:
        """Let a process that stays call a function now, so that its first job need not wait for it."""
        worker = self._start(lasting=True)
        worker.connection.send((function, (), False))
        self._idle.append(worker)

    def _outcome(self, worker: _Process) -> Any:
        try:
            outcome = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join()
            code = worker.process.exitcode
            return Died(f"signal {-code}" if code and code < 0 else f"exit code {code}")
        worker.done += 1
        if worker.lasting and worker.done < self.RETIRE:
            self._idle.append(worker)
        else:
            worker.connection.close()
            worker.process.join()
        return outcome

    def _start(self, lasting: bool) -> _Process:
        # A process that stays needs few imports and pays for them once; a fork server would make it wait.
        context: Any = multiprocessing.get_context("spawn")
        if not lasting and self._engine == "warm":
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["briefing.run.warm", "__main__"])
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs,), daemon=False)
        process.start()
        theirs.close()
        return _Process(process, ours, lasting)


def _work(connection: Any) -> None:
    """Do what is asked for until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=lifeline.hold, daemon=True).start()
    while True:
        try:
            function, arguments, answers = connection.recv()
        except (EOFError, OSError):
            return
        outcome = function(*arguments)
        if answers:
            with suppress(OSError):  # nobody is there to take it: the parent has just ended
                connection.send(outcome)
