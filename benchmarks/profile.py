"""Where the time of one scenario goes, step by step, in one warm process."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.cases import environment_of, forget
from briefing.ledger import load
from briefing.render.document import compose
from briefing.render.stage import fill_stage
from briefing.render.verify import verify
from briefing.render.worker import render_stage
from briefing.run.notebooks import find_notebooks
from briefing.run.plan import Planner
from briefing.run.runner import run_notebooks
from briefing.run.task import Task, run_task
from briefing.scenario import load_scenario


def profile(project: Path, place: Path) -> dict[str, float]:
    """Return the seconds of each step of the default scenario, everything warm."""
    import briefing.run.warm  # noqa: F401

    told: dict[str, float] = {}

    @contextmanager
    def step(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        told[name] = time.perf_counter() - start

    forget(project)
    scenario, ledger = load_scenario(), load(project / "data")
    run_notebooks(project, scenario)
    for notebook in find_notebooks(project):
        draft = place / notebook.name
        draft.mkdir(parents=True)
        os.environ |= environment_of(draft)
        every = scenario.values()
        task = Task(notebook.path, {n: every[n] for n in notebook.parameters}, draft, project, "warm")
        with step(f"notebook {notebook.name}"):
            run_task(task)
    names = [notebook.name for notebook in Planner(project).notebooks]
    source = (project / "report.qmd").read_text(encoding="utf-8")
    for attempt in ("first", "second"):
        stage = place / attempt
        stage.mkdir()
        with step("compose"):
            document = compose(project, scenario, ledger, names)
        with step("stage"):
            fill_stage(stage, project, document, for_quarto=False)
        with step("pandoc: HTML"):
            render_stage(stage, ("html",), "builtin", 0)
        with step("pandoc and Typst: PDF"):
            made = [stage / "report.html", *render_stage(stage, ("pdf",), "builtin", 0)]
        with step("re-read both"):
            verify(made, scenario.digest, source, document)
    return told


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    print(json.dumps(profile(Path(sys.argv[1]), Path(sys.argv[2]))))
