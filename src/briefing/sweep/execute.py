"""Running a sweep: its scenarios, then the table and the page over all of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from briefing.render.briefings import Shelf
from briefing.render.make import make
from briefing.run.pool import Workers
from briefing.run.scheduler import Outcome, Progress, Scheduler
from briefing.scenario.sweeps import Sweep
from briefing.sweep.index import HEADLINES, Run, write_index
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
    notebooks = [notebook.name for notebook in shelf.planner.notebooks]
    finished = (point for point in sweep if point.scenario.name not in report.failures)
    body = (
        row
        for point in finished
        for row in rows(point, sweep.swept, numbers_of(shelf.root, point.scenario, notebooks))
    )
    write_table(report.folder / "results.csv", sweep.swept, body)
    write_index(report.folder, sweep, _runs(shelf, sweep, report, notebooks), shelf.root / "briefings")
    return report


def _runs(shelf: Shelf, sweep: Sweep, report: Report, notebooks: list[str]) -> Iterator[Run]:
    for point in sweep:
        if failures := report.failures.get(point.scenario.name):
            yield Run(point, {}, "\n\n".join(failures))
            continue
        numbers = numbers_of(shelf.root, point.scenario, notebooks)
        yield Run(point, {number["key"]: number for number in numbers if number["key"] in HEADLINES})
