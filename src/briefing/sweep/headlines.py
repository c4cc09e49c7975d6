"""A sweep without notebooks: the model alone, in chunks that processes share and that are made once."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from briefing.errors import BriefingError, reason_of
from briefing.project.files import sha256
from briefing.results import Number
from briefing.run.cache import Entry
from briefing.run.plan import Planner
from briefing.run.pool import Job, Lost, Workers
from briefing.run.stamp import made_from
from briefing.run.workspace import workspace
from briefing.scenario import Scenario
from briefing.scenario.sweeps import Point, Sweep
from briefing.sweep.execute import folder_of, publish
from briefing.sweep.index import Run
from briefing.sweep.tables import NUMBER, rows

CHUNK = 250
"""Scenarios worked out together: enough to share their draws, few enough to lose little when stopped."""
FILE = "headlines.json"


@dataclass(frozen=True)
class HeadlineTask:
    """What a worker process is told: some scenarios, and where their numbers go."""

    root: Path
    scenarios: tuple[Scenario, ...]
    draft: Path

    @property
    def needs(self) -> tuple[str, ...]:
        """What it reads beside the project's own files: nothing."""
        return ()

    def moved(self, root: Path, draft: Path) -> "HeadlineTask":
        """Return the same for a project in another place."""
        return replace(self, root=root, draft=draft)

    def returned(self, outcome: Any) -> Any:
        """Return the outcome of the same elsewhere as if it had been done here."""
        return outcome


def work_out(task: HeadlineTask) -> str:
    """Write the headline numbers of some scenarios; return why that failed, or an empty text."""
    from briefing.ledger import load
    from briefing.worked import headlines

    try:
        found = [
            [_plain(number) for number in numbers.values()]
            for numbers in headlines(task.scenarios, load(task.root / "data"))
        ]
        text = json.dumps(found, sort_keys=True, ensure_ascii=False)
        (task.draft / FILE).write_text(text, encoding="utf-8")
    except (BriefingError, OSError) as error:
        return reason_of(error)
    except ValueError as error:
        return str(error)
    return ""


def _plain(number: Number) -> dict[str, Any]:
    """Return what table and page tell of a number."""
    return {part: getattr(number, part) for part in (*NUMBER, "text", "range_text")}


def sweep_headlines(
    planner: Planner, sweep: Sweep, workers: Workers, progress: Callable[[int], None] = lambda done: None
) -> tuple[Path, dict[str, list[str]]]:
    """Work out the headline numbers of a checked sweep; write its table and its page.

    Parameters
    ----------
    planner
        Of the project.
    sweep
        Of which `Sweep.check` found nothing wrong.
    workers
        Who does the work.
    progress
        Told how many more scenarios are done.

    Returns
    -------
    tuple
        The folder of table and page, and why scenarios failed, by their name.

    Notes
    -----
    A chunk that is finished is kept; a sweep that was stopped goes on from there. Numbers are those that the
    notebooks record under the same keys.
    """
    failures: dict[str, list[str]] = {}
    with workspace(planner.root / "figures") as drafts:
        for number, (key, points) in enumerate(_chunks(planner, sweep)):
            if planner.cache.find(key):
                progress(len(points))
                continue
            while workers.free < 1:
                _collect(planner, workers, failures, progress)
            draft = drafts / str(number)
            draft.mkdir()
            task = HeadlineTask(planner.root, tuple(point.scenario for point in points), draft)
            workers.submit(Job(key, work_out, task, lasting=True))
        while workers.busy:
            _collect(planner, workers, failures, progress)
    body = (
        row
        for point, numbers in _numbers(planner, sweep)
        if numbers
        for row in rows(point, sweep.swept, numbers)
    )
    runs = (
        Run(point, {n["key"]: n for n in numbers}, "; ".join(failures.get(point.scenario.name, [])))
        for point, numbers in _numbers(planner, sweep)
    )
    # Beside the table of all that the notebooks record, and not in its place: this one holds less.
    folder = folder_of(planner.root, sweep).with_name(f"{sweep.name}-model")
    publish(folder, sweep, body, runs, failures)
    return folder, failures


def _chunks(planner: Planner, sweep: Sweep) -> Iterator[tuple[str, list[Point]]]:
    """Yield the sweep in chunks, each with its name in the cache."""
    shared = planner.inputs
    points = iter(sweep)
    while some := list(islice(points, CHUNK)):
        content = [shared.data, shared.package, shared.lock, *(point.scenario.digest for point in some)]
        yield f"headlines-{sha256(' '.join(content))[:32]}", some


def _collect(
    planner: Planner, workers: Workers, failures: dict[str, list[str]], progress: Callable[[int], None]
) -> None:
    for job, outcome in workers.wait():
        task: HeadlineTask = job.argument
        reason = outcome.why if isinstance(outcome, Lost) else outcome
        edited = planner.edited("data/", "requirements.lock")
        reason = reason or "; ".join(f"{file} was edited meanwhile; run again" for file in edited)
        if reason:
            failures |= {scenario.name: [reason] for scenario in task.scenarios}
        else:
            stamp = made_from({"chunk": job.name}, {}, [task.draft / FILE])
            planner.cache.keep(job.name, task.draft, stamp)
        progress(len(task.scenarios))


def _numbers(planner: Planner, sweep: Sweep) -> Iterator[tuple[Point, list[Mapping[str, Any]]]]:
    """Yield each point with its numbers; with none where its chunk failed."""
    for key, points in _chunks(planner, sweep):
        entry: Entry | None = planner.cache.find(key)
        content = (
            json.loads((entry.folder / FILE).read_text(encoding="utf-8")) if entry else [[]] * len(points)
        )
        yield from zip(points, content, strict=True)
