"""Running what is stale: every notebook in a process of its own, finished outputs appearing by rename."""

import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Literal, cast

from filelock import FileLock

from briefing.errors import RunFailedError
from briefing.run import stale
from briefing.run.notebooks import Notebook, find_notebooks
from briefing.run.task import Failure, Task, keep_failed, work
from briefing.scenario import Scenario

Engine = Literal["warm", "kernel"]
Progress = Callable[[str, str], None]


def default_engine() -> Engine:
    """Return ``warm`` where a fork server is safe (Linux), else ``kernel``."""
    return "warm" if sys.platform.startswith("linux") else "kernel"


@dataclass(frozen=True)
class Ran:
    """What a run did: the notebooks that ran with the reasons, and those that were fresh."""

    ran: dict[str, list[str]]
    fresh: list[str]


def scenario_lock(root: Path, scenario: Scenario) -> FileLock:
    """Return the lock that keeps two processes from writing the same scenario at once."""
    folder = root / "figures" / scenario.name / ".run"
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / "lock")


def run_notebooks(
    root: Path,
    scenario: Scenario,
    engine: Engine | None = None,
    jobs: int | None = None,
    progress: Progress = lambda notebook, event: None,
) -> Ran:
    """Run the notebooks that are stale for `scenario`; leave ``figures/<scenario>`` complete.

    Parameters
    ----------
    root
        The project's folder.
    scenario
        The resolved scenario.
    engine
        ``warm`` (a forked process that has its imports) or ``kernel`` (stock papermill).
    jobs
        How many notebooks at once; one a core by default.
    progress
        Called with a notebook's name and ``fresh``, ``started``, ``done`` or ``failed``.

    Raises
    ------
    RunFailedError
        A cell failed or a process died: notebook, cell and traceback. Finished outputs stay as they were.
    """
    folder = root / "figures" / scenario.name
    shared = stale.Inputs(root)
    with scenario_lock(root, scenario):
        due: dict[str, tuple[Notebook, list[str], dict[str, str]]] = {}
        fresh = []
        for notebook in find_notebooks(root):
            inputs = shared.of(notebook, scenario)
            if reasons := stale.why_stale(folder, notebook, inputs):
                due[notebook.name] = (notebook, reasons, inputs)
            else:
                fresh.append(notebook.name)
                progress(notebook.name, "fresh")
        with _drafts(folder) as drafts:
            tasks = [_task(root, drafts, due[name][0], scenario, engine or default_engine()) for name in due]
            failures = _run_all(tasks, folder, jobs or os.cpu_count() or 1, progress)
            finished = {
                task.notebook.stem: task.draft for task in tasks if task.notebook.stem not in failures
            }
            # First all that is obsolete, then all that is new: a figure may have moved to another notebook.
            for name, draft in finished.items():
                _withdraw(draft, folder, due[name][0])
            for name, draft in finished.items():
                _publish(draft, folder, due[name][0], due[name][2])
    if failures:
        raise RunFailedError("\n\n".join(str(failure) for failure in failures.values()))
    return Ran({name: reasons for name, (_, reasons, _) in due.items()}, fresh)


def explain(root: Path, scenario: Scenario) -> dict[str, list[str]]:
    """Return, for every notebook, why it would run; an empty list means that it would not."""
    folder, shared = root / "figures" / scenario.name, stale.Inputs(root)
    return {n.name: stale.why_stale(folder, n, shared.of(n, scenario)) for n in find_notebooks(root)}


@contextmanager
def _drafts(folder: Path) -> Iterator[Path]:
    """Give a new folder for unfinished outputs, and remove what a killed run left of its own.

    It is new each time because the workers of a killed run may still be writing to theirs.
    """
    place = folder / ".run"
    for left in place.glob("drafts-*"):
        shutil.rmtree(left, ignore_errors=True)
    drafts = Path(tempfile.mkdtemp(prefix="drafts-", dir=place))
    try:
        yield drafts
    finally:
        shutil.rmtree(drafts, ignore_errors=True)


def _task(root: Path, drafts: Path, notebook: Notebook, scenario: Scenario, engine: Engine) -> Task:
    draft = drafts / notebook.name
    draft.mkdir()
    return Task(notebook.path, notebook.values(scenario), draft, root, engine)


def _withdraw(draft: Path, folder: Path, notebook: Notebook) -> None:
    """Remove what the notebook made before and makes no longer, and its last failure."""
    obsolete = stale.read_stamp(folder, notebook)["outputs"].keys() - {path.name for path in draft.iterdir()}
    stale.stamp_path(folder, notebook).unlink(missing_ok=True)
    for name in obsolete:
        (folder / name).unlink(missing_ok=True)
    (folder / "failed" / notebook.path.name).unlink(missing_ok=True)


def _publish(draft: Path, folder: Path, notebook: Notebook, inputs: dict[str, str]) -> None:
    """Move finished outputs into place; the stamp comes last, so that a kill leaves them stale, not wrong."""
    made = [path.replace(folder / path.name) for path in sorted(draft.iterdir())]
    stale.write_stamp(folder, notebook, inputs, made)


def _context(engine: str) -> Any:
    if engine != "warm":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["briefing.run.warm", "__main__"])
    return context


def _run_all(tasks: Sequence[Task], folder: Path, jobs: int, progress: Progress) -> dict[str, Failure]:
    """Run `tasks`, at most `jobs` at once, and return the failures by notebook."""
    waiting, failures = list(tasks), {}
    running: dict[Connection, tuple[Task, Any]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                task = waiting.pop(0)
                receiver, process = _start(task)
                running[receiver] = (task, process)
                progress(task.notebook.stem, "started")
            for ready in wait(list(running)):
                receiver = cast(Connection, ready)
                task, process = running.pop(receiver)
                failure = _outcome(receiver, process, task)
                if failure:
                    failures[task.notebook.stem] = replace(failure, kept=keep_failed(task, folder))
                progress(task.notebook.stem, "failed" if failure else "done")
    finally:
        # Only after an interruption or an error of our own is anything left: nobody waits for its result.
        for _, process in running.values():
            process.terminate()
            process.join()
    return failures


def _start(task: Task) -> tuple[Connection, Any]:
    context = _context(task.engine)
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(task, sender), daemon=False)
    process.start()
    sender.close()
    return receiver, process


def _outcome(receiver: Connection, process: Any, task: Task) -> Failure | None:
    try:
        failure: Failure | None = receiver.recv()
    except EOFError:
        process.join()
        code = process.exitcode
        died = f"signal {-code}" if code and code < 0 else f"exit code {code}"
        failure = Failure(f"notebooks/{task.notebook.name}", "no cell named", f"its process died ({died})")
    process.join()
    return failure
