"""Processes that do the work: a new one for every notebook, and for documents some that stay."""

import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Protocol, Self

from briefing.run import lifeline
from briefing.run.limit import BETWEEN, Step, tell_to


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
    step
        What it is at first, and how long that may take.
    """

    name: Any
    function: Callable[[Any], Any]
    argument: Any
    lasting: bool = False
    step: Step = BETWEEN


@dataclass(frozen=True)
class Lost:
    """What comes of a job that its process did not finish: why, and which cell it was at."""

    why: str
    cell: str = "no cell named"


class Died(Lost):
    """The process ended before it had finished; the job is tried once more."""


class TimedOut(Lost):
    """The process was ended, since it did not end by itself; the job is not tried again."""


PATIENCE = 5.0
"""Seconds that a process may take to end which has nothing more to do."""
PAUSES = (0.05, 0.5, 3.0)
"""Seconds after which a process is started again whose fork server was killed, and may still be dying."""


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
    tries: int = 1
    step: Step = BETWEEN
    since: float = 0.0

    def is_at(self, step: Step) -> None:
        """Note what it is at from now on."""
        self.step, self.since = step, time.monotonic()

    @property
    def left(self) -> float | None:
        """Seconds until it has to be ended; None where it may go on."""
        seconds = self.step.seconds
        return None if seconds is None else max(0.0, self.since + seconds - time.monotonic())

    def end(self) -> None:
        """End it, where it does not end by itself, and what it has started."""
        lifeline.end(self.process.pid)
        self.process.kill()
        self.process.join()
        self.connection.close()

    def let_go(self) -> None:
        """Let it end by itself, since it has no more to do, but not for ever."""
        self.connection.close()
        self.process.join(PATIENCE)
        self.end()


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
        self._ended: list[tuple[Job, Any]] = []
        self._idle: list[_Process] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Only after an interruption or an error of our own is anything running: nobody waits for its result.
        for _, worker in self._running.values():
            worker.end()
        for worker in self._idle:
            worker.let_go()

    @property
    def free(self) -> int:
        """How many more jobs can be taken now."""
        return self._jobs - len(self._running) - len(self._ended)

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return bool(self._running or self._ended)

    def submit(self, job: Job) -> None:
        """Start a job in a process of its own, or in one that stays."""
        self._begin(job, tries=1)

    def wait(self) -> list[tuple[Job, Any]]:
        """Wait until at least one job has ended and return those that have, with what came of each.

        A job whose process died is tried once more; one that does not end in time is ended.
        """
        while self._running and not self._ended:
            left = [worker.left for _, worker in self._running.values() if worker.left is not None]
            ready = wait(list(self._running), min(left, default=None))
            for connection, (job, worker) in list(self._running.items()):
                if connection in ready:
                    self._hear(job, worker)
                elif worker.left == 0:
                    worker.end()
                    self._settle(job, worker, TimedOut(worker.step.late, worker.step.where))
        ended, self._ended = self._ended, []
        return ended

    @_without_interrupts()
    def _begin(self, job: Job, tries: int) -> None:
        try:
            worker = self._idle.pop() if job.lasting and self._idle else self._start(job.lasting)
        except (EOFError, ConnectionError):
            self._ended.append((job, Lost("its process could not be started")))
            return
        worker.tries = tries
        worker.is_at(job.step)
        self._running[worker.connection] = (job, worker)
        try:
            worker.connection.send((job.function, (job.argument,), True))
        except OSError:
            # It has died already; waiting for it tells how.
            return

    def _hear(self, job: Job, worker: _Process) -> None:
        """Take what a process says: what it is at now, or what has come of its job."""
        try:
            said = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join(PATIENCE)
            worker.end()
            code = worker.process.exitcode
            how = f"signal {-code}" if code and code < 0 else f"exit code {code}"
            said = Died(f"its process died ({how})", worker.step.where)
        else:
            if isinstance(said, Step):
                worker.is_at(said)
                return
            worker.done += 1
            if worker.lasting and worker.done < self.RETIRE:
                self._idle.append(worker)
            else:
                worker.let_go()
        self._settle(job, worker, said)

    def _settle(self, job: Job, worker: _Process, outcome: Any) -> None:
        del self._running[worker.connection]
        self._come_of(job, worker.tries, outcome)

    def _come_of(self, job: Job, tries: int, outcome: Any) -> None:
        """Take what has come of a job; where its process died for the first time, begin it again."""
        if isinstance(outcome, Died) and tries == 1:
            _empty(job)
            self._begin(job, tries=2)
            return
        if isinstance(outcome, Died):
            outcome = replace(outcome, why=f"{outcome.why}; tried twice")
        self._ended.append((job, outcome))

    @_without_interrupts()
    def prepare(self, function: Callable[[], Any]) -> None:
        """Let a process that stays call a function now, so that its first job need not wait for it."""
        with suppress(EOFError, ConnectionError):  # killed already: its first job tells
            worker = self._start(lasting=True)
            self._idle.append(worker)
            worker.connection.send((function, (), False))

    def _start(self, lasting: bool) -> _Process:
        for pause in PAUSES:
            try:
                return self._launch(lasting)
            except (EOFError, ConnectionError):
                # Once the fork server is gone another begins by itself; a process can be killed so early too.
                time.sleep(pause)
        return self._launch(lasting)

    def _launch(self, lasting: bool) -> _Process:
        # A process that stays needs few imports and pays for them once; a fork server would make it wait.
        context: Any = multiprocessing.get_context("spawn")
        if not lasting and self._engine == "warm":
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(["briefing.run.warm", "__main__"])
        ours, theirs = context.Pipe()
        process = context.Process(target=_work, args=(theirs,), daemon=False)
        try:
            process.start()
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return _Process(process, ours, lasting)


def _empty(job: Job) -> None:
    """Remove what a first try has left in the job's folder."""
    draft = getattr(job.argument, "draft", None)
    for path in draft.iterdir() if draft else ():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _work(connection: Any) -> None:
    """Do what is asked for until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        # A kernel that this process starts would inherit that it is put off, and be deaf to papermill too.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    lifeline.lead()
    threading.Thread(target=lifeline.hold, daemon=True).start()
    tell_to(partial(_say, connection))
    while True:
        try:
            function, arguments, answers = connection.recv()
        except (EOFError, OSError):
            return
        outcome = function(*arguments)
        if answers:
            _say(connection, outcome)


def _say(connection: Any, what: Any) -> None:
    with suppress(OSError):  # nobody is there to take it: the parent has just ended
        connection.send(what)
