"""Running a sweep: its scenarios, then the table and the page over all of them."""

from collections.abc import Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from briefing.errors import RunFailedError
from briefing.numbers import labels
from briefing.render.briefings import Shelf
from briefing.render.make import make
from briefing.run.pool import Workers
from briefing.run.scheduler import Outcome, Progress, Scheduler
from briefing.scenario.sweeps import Point, Sweep
from briefing.sweep.index import Run, write_index
from briefing.sweep.tables import numbers_of, rows, write_table


@dataclass
class Report:
    """What came of a sweep.

    Attributes
    ----------
    folder
        With ``results.csv`` and ``index.html``.
    failures
        Why a scenario failed, by its name, in the order of the sweep.
    ran, cached, fresh
        How many notebooks ran, came from the cache, were current.
    made
        How many scenarios got documents just now.
    """

    folder: Path
    failures: dict[str, list[str]] = field(default_factory=dict)
    ran: int = 0
    cached: int = 0
    fresh: int = 0
    made: int = 0

    def count(self, outcome: Outcome) -> None:
        """Add the outcome of one scenario."""
        self.ran += len(outcome.ran)
        self.cached += len(outcome.cached)
        self.fresh += len(outcome.fresh)
        self.made += outcome.made
        if outcome.failures:
            self.failures[outcome.scenario.name] = outcome.failures


def folder_of(root: Path, sweep: Sweep) -> Path:
    """Return where a sweep's table and page stand."""
    return root / "briefings" / "sweeps" / sweep.name


def publish(
    folder: Path, sweep: Sweep, body: Iterable[list[Any]], runs: Iterable[Run], failures: Sized
) -> None:
    """Write a sweep's table and its page.

    Of two processes with the same sweep the second waits, so that table and page stem from one of them.

    Parameters
    ----------
    folder
        The sweep's own.
    sweep
        What was run.
    body, runs
        The rows of the table, then those of the page; made as they are written.
    failures
        As many as there are once the table is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".lock"):
        write_table(folder / "results.csv", sweep.swept, body)
        write_index(folder, sweep, runs, len(failures), folder.parents[1])


def run_sweep(
    shelf: Shelf,
    sweep: Sweep,
    workers: Workers,
    engine: str,
    documents: bool = True,
    progress: Progress = lambda scenario, step, event: None,
) -> Report:
    """Run what is missing of a checked sweep; leave its table and its page complete.

    Parameters
    ----------
    shelf
        Of the project, with formats and renderer.
    sweep
        Of which `Sweep.check` found nothing wrong.
    workers, engine, progress
        As for `briefing.render.make.make`.
    documents
        Whether each scenario gets its documents; the notebooks run in either case.

    Notes
    -----
    A scenario that fails is reported and the rest goes on. When the caller stops early, finished scenarios
    stay, and the next run does only what is missing.
    """
    report = Report(folder_of(shelf.root, sweep))
    scenarios = (point.scenario for point in sweep)
    outcomes: Iterator[Outcome] = (
        make(shelf, scenarios, workers, engine, progress)
        if documents
        else Scheduler(shelf.planner, workers, engine, progress=progress).run(scenarios)
    )
    for outcome in outcomes:
        report.count(outcome)
    body = (row for point in sweep for row in rows(point, sweep.swept, _numbers(shelf, point, report)))
    publish(report.folder, sweep, body, _runs(shelf, sweep, report), report.failures)
    return report


def _numbers(shelf: Shelf, point: Point, report: Report) -> list[Mapping[str, Any]]:
    """Return a scenario's numbers; none where it failed, be it now that they are read."""
    scenario = point.scenario
    if scenario.name in report.failures:
        return []
    try:
        return numbers_of(shelf.root, scenario, [notebook.name for notebook in shelf.planner.notebooks])
    except RunFailedError as error:
        report.failures[scenario.name] = [str(error)]
    except OSError as error:
        report.failures[scenario.name] = [f"{error.filename}: {error.strerror}"]
    except (ValueError, KeyError, TypeError, AttributeError):
        report.failures[scenario.name] = [f"figures/{scenario.name}: its results cannot be read"]
    return []


def _runs(shelf: Shelf, sweep: Sweep, report: Report) -> Iterator[Run]:
    for point in sweep:
        numbers = {number["key"]: number for number in _numbers(shelf, point, report)}
        failure = "\n\n".join(report.failures.get(point.scenario.name, []))
        yield Run(point, {key: numbers[key] for key in labels("sweep") if key in numbers}, failure)
