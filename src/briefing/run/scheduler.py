"""Many scenarios at once: each notebook run that several of them need is done once, then their documents."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock, Timeout

from briefing.errors import FULL
from briefing.run.cache import Entry
from briefing.run.plan import Due, Plan, Planner, publish
from briefing.run.pool import Job, Lost, Workers
from briefing.run.stamp import made_from
from briefing.run.task import Failure, Task, keep_failed, run_task
from briefing.run.workspace import workspace
from briefing.scenario import Scenario

Run = tuple[str, int | None]
"""A notebook run that scenarios share: its key, and how long a cell may take."""
Progress = Callable[[Scenario, str, str], None]
"""Called with the scenario, a notebook or ``documents``, and fresh, cached, started, done or failed."""

PAUSE = 0.1
"""Seconds between two looks at a scenario that another process has in hand."""
WAITING = 64
"""Scenarios in hand beside those at work: each holds a lock, and a process may open only so many files."""


class FollowUp(Protocol):
    """What comes after a scenario's notebooks: its documents."""

    def prepare(self) -> None:
        """Get ready; called in a process that will do such jobs, while notebooks still run."""

    def job(self, scenario: Scenario) -> Job | None:
        """Return what is to be done, or None where it stands finished."""

    def finish(self, scenario: Scenario, outcome: Any) -> str:
        """Put the outcome of the job in place; return why that failed, or an empty text."""


@dataclass
class Outcome:
    """What came of one scenario.

    Attributes
    ----------
    ran
        The notebooks that ran, with the reasons.
    cached, fresh
        Notebooks whose outputs came from the cache, and those whose outputs were current.
    failures
        What failed, each with its cell and traceback; empty where all is finished.
    made
        Whether documents were made just now.
    """

    scenario: Scenario
    ran: dict[str, list[str]] = field(default_factory=dict)
    cached: list[str] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    made: bool = False


@dataclass
class _Open:
    """A scenario in hand, locked against other processes."""

    plan: Plan
    lock: FileLock
    outcome: Outcome
    waits_for: set[Run]
    finished: list[tuple[Due, Entry]]

    def run(self, due: Due) -> Run:
        """Return the run that it needs."""
        return due.key, self.plan.scenario.cell_timeout

    def due(self, run: Run) -> Due:
        """Return the notebook that waits for a run."""
        [due] = (due for due in self.plan.due if due.key == run[0])
        return due


def scenario_lock(root: Path, scenario: Scenario) -> FileLock:
    """Return the lock that keeps two processes from writing the same scenario at once."""
    folder = root / "figures" / scenario.name / ".run"
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / "lock")


class Scheduler:
    """Runs what is stale in scenarios and then their follow-up, with as many workers as there are.

    Parameters
    ----------
    planner
        Of the project.
    workers
        Who does the jobs.
    engine
        ``warm`` or ``kernel``: how a worker executes a notebook.
    follow_up
        What comes after a scenario's notebooks; nothing if not given.
    progress
        Told of every step.
    """

    def __init__(
        self,
        planner: Planner,
        workers: Workers,
        engine: str,
        follow_up: FollowUp | None = None,
        progress: Progress = lambda scenario, step, event: None,
    ) -> None:
        self._planner, self._workers, self._engine = planner, workers, engine
        self._follow_up, self._progress = follow_up, progress
        self._open: dict[str, _Open] = {}
        self._wanted: dict[Run, list[_Open]] = {}  # a run -> the scenarios that wait for it
        self._failed: dict[Run, tuple[Failure, Task]] = {}
        self._runs: deque[Job] = deque()
        self._documents: deque[Job] = deque()
        self._at_work = 0
        self._ready = False

    def run(self, scenarios: Iterable[Scenario]) -> Iterator[Outcome]:
        """Yield the outcome of every scenario as it is finished, in no fixed order.

        A failure ends its scenario and no other. Only a few scenarios are in hand at a time, so memory does
        not grow with their number. When the caller stops early, what is finished stays.
        """
        source, put_off = iter(scenarios), deque[Scenario]()
        with workspace(self._planner.root / "figures") as drafts:
            self._drafts = drafts
            try:
                while True:
                    yield from self._fill(source, put_off)
                    if not self._workers.busy and not put_off:
                        return
                    for job, what in self._workers.wait():
                        self._at_work -= 1
                        yield from self._settle(job, what)
            finally:
                for state in self._open.values():
                    state.lock.release()

    def _fill(self, source: Iterator[Scenario], put_off: deque[Scenario]) -> Iterator[Outcome]:
        """Give every free worker a job, taking scenarios in hand as long as there are too few jobs."""
        while self._workers.free > 0:
            if self._documents or self._runs:
                self._workers.submit((self._documents or self._runs).popleft())
                self._at_work += 1
            elif len(self._open) < self._at_work + WAITING and (scenario := next(source, None)):
                try:
                    yield from self._admit(scenario, wait=False)
                except Timeout:
                    put_off.append(scenario)
            elif put_off and not self._open:
                # Only now, with nothing in hand, is it safe to wait for another process.
                yield from self._admit(put_off.popleft(), wait=True)
            else:
                return

    def _admit(self, scenario: Scenario, wait: bool) -> Iterator[Outcome]:
        """Take a scenario in hand: what stands in the cache is there at once, the rest is queued."""
        refused: list[str] = []
        with self._noting(refused):
            state = self._take(scenario, wait)
        if refused:
            yield Outcome(scenario, failures=refused)
            return
        plan, outcome = state.plan, state.outcome
        self._open[scenario.name] = state
        for name in plan.fresh:
            self._progress(scenario, name, "fresh")
        for due in plan.due:
            if due.entry:
                outcome.cached.append(due.notebook.name)
                state.finished.append((due, due.entry))
                self._progress(scenario, due.notebook.name, "cached")
                continue
            run = state.run(due)
            if failed := self._failed.get(run):
                self._note_failure(state, due, *failed)
                continue
            state.waits_for.add(run)
            if run not in self._wanted:
                self._wanted[run] = []
                self._get_ready()
                self._runs.append(self._job_of(due, run))
                outcome.ran[due.notebook.name] = due.reasons
            else:
                outcome.cached.append(due.notebook.name)
            self._wanted[run].append(state)
            self._progress(scenario, due.notebook.name, "started")
        if not state.waits_for:
            yield from self._notebooks_done(state)

    def _take(self, scenario: Scenario, wait: bool) -> _Open:
        """Lock a scenario and see what it needs."""
        lock = scenario_lock(self._planner.root, scenario)
        lock.acquire(timeout=-1 if wait else 0, poll_interval=PAUSE)
        try:
            plan = self._planner.plan(scenario)
        except BaseException:
            lock.release()
            raise
        return _Open(plan, lock, Outcome(scenario, fresh=plan.fresh), set(), [])

    @contextmanager
    def _noting(self, failures: list[str]) -> Iterator[None]:
        """Note what the system refuses as a failure of one scenario, unless all would meet it."""
        try:
            yield
        except Timeout:
            raise
        except OSError as error:
            if error.errno in FULL:
                raise
            place = str(error.filename or "").removeprefix(f"{self._planner.root}/")
            failures.append(f"{place}: {error.strerror}" if place else str(error))

    def _get_ready(self) -> None:
        if self._follow_up and not self._ready:
            self._ready = True
            self._workers.prepare(self._follow_up.prepare)

    def _job_of(self, due: Due, run: Run) -> Job:
        key, limit = run
        draft = self._drafts / f"{key}-{limit}"
        draft.mkdir()
        task = Task(due.notebook.path, due.values, draft, self._planner.root, self._engine, limit)
        return Job(run, run_task, task)

    def _settle(self, job: Job, what: Any) -> Iterator[Outcome]:
        """Take the result of a job and go on with the scenarios that waited for it."""
        if job.name in self._open:
            yield from self._finish(self._open[job.name], what)
            return
        states = self._wanted.pop(job.name)
        task: Task = job.argument
        failure, entry = self._entry_of(states[0], job, what)
        for state in states:
            due = state.due(job.name)
            state.waits_for.discard(job.name)
            if entry:
                state.finished.append((due, entry))
                self._progress(state.plan.scenario, due.notebook.name, "done")
            elif failure:
                # Whoever needs the same run later need not try it again.
                self._failed[job.name] = (failure, task)
                self._note_failure(state, due, failure, task)
            if not state.waits_for:
                yield from self._notebooks_done(state)

    def _note_failure(self, state: _Open, due: Due, failure: Failure, task: Task) -> None:
        state.outcome.ran.pop(due.notebook.name, None)
        kept = keep_failed(task, state.plan.folder) if failure.cell else None
        state.outcome.failures.append(str(replace(failure, kept=kept)))
        self._progress(state.plan.scenario, due.notebook.name, "failed")

    def _entry_of(self, state: _Open, job: Job, what: Any) -> tuple[Failure | None, Entry | None]:
        due = state.due(job.name)
        name = f"notebooks/{due.notebook.path.name}"
        if isinstance(what, Lost):
            return Failure(name, what.cell, what.why), None
        if what is not None:
            return what, None
        reasons: list[str] = []
        with self._noting(reasons):
            draft = job.argument.draft
            made = sorted(path for path in draft.iterdir() if path.is_file())
            if draft / f"{due.notebook.name}.json" not in made:
                reasons.append("no results: its last cell is to call record.save()")
            # What it made then may belong to neither the former state of the file nor to the present one.
            edited = self._planner.edited(*due.reads)
            reasons += [f"{file} was edited while it ran; run again" for file in edited]
            if not reasons:
                stamp = made_from(due.inputs, due.values, made)
                return None, self._planner.cache.keep(due.key, draft, stamp)
        return Failure(name, "", "; ".join(reasons)), None

    def _notebooks_done(self, state: _Open) -> Iterator[Outcome]:
        job = None
        with self._noting(state.outcome.failures):
            publish(state.plan.folder, state.finished)
            if self._follow_up and not state.outcome.failures:
                job = self._follow_up.job(state.plan.scenario)
        if job:
            self._documents.append(replace(job, name=state.plan.scenario.name))
            self._progress(state.plan.scenario, "documents", "started")
        else:
            yield self._close(state)

    def _finish(self, state: _Open, what: Any) -> Iterator[Outcome]:
        assert self._follow_up is not None
        failure = self._follow_up.finish(state.plan.scenario, what)
        if failure:
            state.outcome.failures.append(failure)
        state.outcome.made = not failure
        self._progress(state.plan.scenario, "documents", "failed" if failure else "done")
        yield self._close(state)

    def _close(self, state: _Open) -> Outcome:
        del self._open[state.plan.scenario.name]
        state.lock.release()
        return state.outcome
