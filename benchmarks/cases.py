"""What is timed: the project's own commands, the stock tools, and the floor, all on a copy of the project."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from briefing.render.make import finish
from briefing.run.notebooks import find_notebooks
from briefing.run.plan import Planner
from briefing.scenario import Scenario, load_scenario

BIN = Path(sys.executable).parent
COPIED = ("data", "scenarios", "notebooks", "_extensions")
FILES = ("report.qmd", "compare.qmd", "references.bib", "_quarto.yml", "requirements.lock")


def copy_project(root: Path, place: Path) -> Path:
    """Copy what the commands need, without anything that was made before."""
    project = place / "project"
    project.mkdir()
    for folder in COPIED:
        shutil.copytree(root / folder, project / folder)
    for file in FILES:
        shutil.copyfile(root / file, project / file)
    return project


def forget(project: Path) -> None:
    """Remove all that was made."""
    for folder in ("figures", "briefings"):
        shutil.rmtree(project / folder, ignore_errors=True)


def briefing(project: Path, *arguments: str) -> int:
    """Run a command as a user types it, and return the peak memory of its largest process in bytes."""
    process = subprocess.Popen(
        [BIN / "briefing", *arguments],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"briefing {' '.join(arguments)}:\n{said}")
    return usage.ru_maxrss * 1024


def grid(**axes: Sequence[Any]) -> list[str]:
    """Return the arguments of a grid."""
    return ["sweep", "--renderer", "builtin", "--grid"] + [
        f"{name}={','.join(map(str, values))}" for name, values in axes.items()
    ]


def by_command_line(project: Path, scenarios: Sequence[Scenario]) -> None:
    """Stock papermill as typed in a shell's loop, a notebook at a time, then the built-in renderer."""
    for scenario in scenarios:
        folder = project / "figures" / scenario.name
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in find_notebooks(project):
            values = _values(notebook.parameters, scenario)
            command = [BIN / "papermill", "--no-progress-bar", notebook.path, folder / notebook.path.name]
            # As YAML, since `-p` would take a range for a word.
            done = subprocess.run(
                [*command, "-y", json.dumps(values)],
                cwd=project,
                env=environment_of(folder),
                capture_output=True,
            )
            if done.returncode:
                raise RuntimeError(done.stderr.decode())
        _render(project, scenario)


def on_all_cores(project: Path, scenarios: Sequence[Scenario]) -> None:
    """Stock papermill at its best: its Python interface, a process a scenario, all cores at work."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        list(pool.map(partial(_papermill, project), scenarios))


def _papermill(project: Path, scenario: Scenario) -> None:
    import papermill

    folder = project / "figures" / scenario.name
    folder.mkdir(parents=True, exist_ok=True)
    os.environ |= environment_of(folder)
    for notebook in find_notebooks(project):
        papermill.execute_notebook(
            notebook.path,
            folder / notebook.path.name,
            parameters=_values(notebook.parameters, scenario),
            progress_bar=False,
            cwd=project,
        )
    _render(project, scenario)


def with_quarto(project: Path, scenarios: Sequence[Scenario]) -> None:
    """Stock papermill's Python interface, then `quarto render` for both formats, one after the other."""
    for scenario in scenarios:
        _papermill(project, scenario)
        finish(project, scenario, renderer="quarto")


def floor(project: Path, scenarios: Sequence[Scenario]) -> None:
    """The same cells as plain Python in one warm process, then Typst alone on a finished source.

    The Typst source must stand in the project's folder ``floor``.
    """
    import typst

    compiler = typst.Compiler(font_paths=[], ignore_system_fonts=True)
    for scenario in scenarios:
        folder = project / "figures" / "floor"
        folder.mkdir(parents=True, exist_ok=True)
        os.environ |= environment_of(folder)
        for notebook in find_notebooks(project):
            names: dict[str, Any] = {}
            for kind, source in json.loads(notebook.source):
                if kind == "code":
                    exec(compile(source, notebook.name, "exec"), names)
                    names |= {
                        n: v
                        for n, v in _values(notebook.parameters, scenario).items()
                        if _is_parameters(source, n)
                    }
        stage = project / "floor"
        compiler.compile(stage / "report.typ", output=stage / "report.pdf", root=stage, timestamp=0)


def _is_parameters(source: str, name: str) -> bool:
    return any(line.startswith(f"{name} = ") for line in source.splitlines())


def floor_source(project: Path) -> None:
    """Put a finished Typst source of the default scenario into the project's folder ``floor``."""
    from briefing.ledger import load
    from briefing.render.document import compose
    from briefing.render.stage import fill_stage
    from briefing.render.worker import render_stage

    stage = project / "floor"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir()
    names = [notebook.name for notebook in Planner(project).notebooks]
    document = compose(project, load_scenario(), load(project / "data"), names)
    fill_stage(stage, project, document, for_quarto=False)
    render_stage(stage, ("html", "pdf"), "builtin", 0)


def profile(project: Path, place: Path) -> dict[str, float]:
    """Return the seconds of each step of one scenario, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.profile", str(project), str(place)]
    here = Path(__file__).parents[1]
    path = {**os.environ, "PYTHONPATH": str(here)}
    done = subprocess.run(command, cwd=here, env=path, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    steps: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return steps


def _values(declared: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    every = scenario.values()
    return {name: every[name] for name in declared}


def environment_of(folder: Path) -> dict[str, str]:
    """Return the environment in which a notebook writes to `folder`."""
    return {**os.environ, "BRIEFING_FIGURES": str(folder)}


def _render(project: Path, scenario: Scenario) -> None:
    finish(project, scenario)
