"""From scenarios to finished documents: what is stale runs, is rendered, re-read and put in place."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from briefing.errors import RunFailedError
from briefing.render.briefings import Finished, Renderer, Shelf
from briefing.render.task import DocumentTask, make_document
from briefing.run.plan import Planner
from briefing.run.pool import Job, Lost, Workers
from briefing.run.scheduler import Outcome, Progress, Scheduler, scenario_lock
from briefing.run.workspace import workspace
from briefing.scenario import DEFAULT, Scenario


class Documents:
    """The documents that follow a scenario's notebooks.

    Parameters
    ----------
    shelf
        Where finished ones stand.
    drafts
        A folder on the same disk for unfinished ones.
    """

    def __init__(self, shelf: Shelf, drafts: Path) -> None:
        self._shelf, self._drafts = shelf, drafts
        self._inputs: dict[str, str] = {}

    @staticmethod
    def prepare() -> None:
        """Do the imports of a process that makes documents."""
        import briefing.render.worker  # noqa: F401

    def job(self, scenario: Scenario) -> Job | None:
        """Return the job that makes the scenario's documents, or None where they are current."""
        if self._shelf.is_current(scenario):
            return None
        # Now and not when they are finished: what changes in between is not in them.
        self._inputs[scenario.name] = self._shelf.inputs(scenario)
        draft = self._drafts / scenario.name
        draft.mkdir()
        task = DocumentTask(
            self._shelf.root,
            scenario,
            tuple(notebook.name for notebook in self._shelf.planner.notebooks),
            self._shelf.formats,
            self._shelf.renderer,
            self._shelf.setting,
            draft,
            self._shelf.has_pages(scenario),
        )
        return Job(scenario.name, make_document, task, lasting=True)

    def finish(self, scenario: Scenario, outcome: Any) -> str:
        """Put the files in place; return why there are none, or an empty text."""
        try:
            if isinstance(outcome, Lost):
                return f"briefings/{scenario.name}: {outcome.why}"
            if outcome.failure:
                return str(outcome.failure)
            self._shelf.put(scenario, outcome, self._inputs.pop(scenario.name))
        except RunFailedError as error:
            return str(error)
        finally:
            shutil.rmtree(self._drafts / scenario.name, ignore_errors=True)
        return ""


def make(
    shelf: Shelf,
    scenarios: Iterable[Scenario],
    workers: Workers,
    engine: str,
    progress: Progress = lambda scenario, step, event: None,
) -> Iterator[Outcome]:
    """Make the documents of scenarios, running whatever notebooks are stale.

    Parameters
    ----------
    shelf
        Of the project, with formats and renderer.
    scenarios
        Taken one after the other as workers become free.
    workers
        Who does the jobs.
    engine
        ``warm`` or ``kernel``.
    progress
        Told of every step.

    Yields
    ------
    Outcome
        Of each scenario, as it is finished. A failed one keeps its earlier documents.
    """
    with workspace(shelf.root / "briefings") as drafts:
        scheduler = Scheduler(shelf.planner, workers, engine, Documents(shelf, drafts), progress)
        yield from scheduler.run(scenarios)


def latest_first(scenarios: Iterable[Scenario]) -> list[list[Scenario]]:
    """Part scenarios into those to finish first and the rest.

    The edition with the latest evidence comes first and alone, so that the others can link to it.
    """
    every = list(scenarios)
    parts = [[s for s in every if s.name == DEFAULT], [s for s in every if s.name != DEFAULT]]
    return [part for part in parts if part]


def finish(
    root: Path,
    scenario: Scenario,
    formats: tuple[str, ...] = ("html", "pdf"),
    renderer: Renderer = "builtin",
    pages: bool | None = None,
) -> Finished:
    """Make the documents of one scenario whose notebooks have run, in this process.

    Raises
    ------
    RunFailedError
        A renderer failed or a finished document failed its check; earlier finished documents stay.
    """
    shelf = Shelf(Planner(root), tuple(formats), renderer, pages)
    with scenario_lock(root, scenario), workspace(root / "briefings") as drafts:
        documents = Documents(shelf, drafts)
        job = documents.job(scenario)
        if job and (failure := documents.finish(scenario, job.function(job.argument))):
            raise RunFailedError(failure)
    return Finished(scenario, shelf.files(scenario), made=job is not None)
