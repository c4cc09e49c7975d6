"""Running what is stale in one scenario, and saying why it would run."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from briefing.errors import RunFailedError
from briefing.run.plan import Planner
from briefing.run.pool import Pool
from briefing.run.scheduler import Outcome, Scheduler
from briefing.scenario import Scenario

Engine = Literal["warm", "kernel"]


def default_engine() -> Engine:
    """Return ``warm`` where a fork server is safe (Linux), else ``kernel``."""
    return "warm" if sys.platform.startswith("linux") else "kernel"


def run_notebooks(
    root: Path,
    scenario: Scenario,
    engine: Engine | None = None,
    jobs: int | None = None,
    progress: Callable[[str, str], None] = lambda notebook, event: None,
) -> Outcome:
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
        Called with a notebook's name and ``fresh``, ``cached``, ``started``, ``done`` or ``failed``.

    Raises
    ------
    RunFailedError
        A cell failed or a process died: notebook, cell and traceback. Finished outputs stay as they were.
    """
    chosen = engine or default_engine()
    with Pool(jobs, chosen) as pool:
        scheduler = Scheduler(
            Planner(root), pool, chosen, progress=lambda _, notebook, event: progress(notebook, event)
        )
        [outcome] = scheduler.run([scenario])
    if outcome.failures:
        raise RunFailedError("\n\n".join(outcome.failures))
    return outcome


def explain(root: Path, scenario: Scenario) -> dict[str, list[str]]:
    """Return, for every notebook, why it would run or be taken from the cache; an empty list if neither."""
    planner = Planner(root)
    plan = planner.plan(scenario)
    told = {
        due.notebook.name: due.reasons + (["taken from the cache"] if due.entry else []) for due in plan.due
    }
    return {notebook.name: told.get(notebook.name, []) for notebook in planner.notebooks}
