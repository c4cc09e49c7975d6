"""`make bench`: notebooks a second against stock papermill, and the wall time of a briefing."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from briefing.model.inputs import drawn, model_inputs
from briefing.model.outcomes import outcomes
from briefing.paths import project_root
from briefing.run.notebooks import find_notebooks
from briefing.run.runner import run_notebooks
from briefing.scenario import load_scenario

REPEATS = 3
COPIED = ("data", "scenarios", "notebooks", "_extensions")
FILES = ("report.qmd", "compare.qmd", "references.bib", "_quarto.yml", "requirements.lock")


def timed(action: Callable[[], object]) -> float:
    """Return the seconds that `action` takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def stock_papermill(project: Path, out: Path) -> None:
    """Run every notebook with papermill's own command line, one after the other, as a user would."""
    environment = {**os.environ, "BRIEFING_FIGURES": str(out)}
    papermill = Path(sys.executable).with_name("papermill")
    for notebook in find_notebooks(project):
        command = [papermill, "--no-progress-bar", notebook.path, out / notebook.path.name]
        subprocess.run(command, cwd=project, env=environment, check=True, capture_output=True)


def warm(project: Path) -> None:
    """Run every notebook with the warm engine, from nothing."""
    shutil.rmtree(project / "figures" / "baseline", ignore_errors=True)
    run_notebooks(project, load_scenario("baseline"))


def render(project: Path) -> None:
    """Render the default briefing with the command that a user types."""
    briefing = Path(sys.executable).with_name("briefing")
    subprocess.run(
        [briefing, "render", "--renderer", "builtin"], cwd=project, check=True, capture_output=True
    )


def one_million() -> float:
    """Return the seconds for a million draws of every outcome of the default scenario."""
    inputs = model_inputs(**load_scenario("baseline").values())
    return timed(lambda: outcomes(drawn(inputs, 1_000_000, 1)))


def main() -> None:
    """Measure on a copy of the project and print a table of medians and ratios."""
    root = project_root()
    with TemporaryDirectory() as name:
        project = Path(name) / "project"
        project.mkdir()
        for folder in COPIED:
            shutil.copytree(root / folder, project / folder)
        for file in FILES:
            shutil.copyfile(root / file, project / file)
        os.chdir(project)
        out = project / "stock"
        out.mkdir()
        count = len(find_notebooks(project))
        warm(project)  # starts the fork server, which a sweep starts once
        stock = statistics.median(timed(lambda: stock_papermill(project, out)) for _ in range(REPEATS))
        forked = statistics.median(timed(lambda: warm(project)) for _ in range(REPEATS))
        shutil.rmtree(project / "figures")
        cold = timed(lambda: render(project))
        again = statistics.median(timed(lambda: render(project)) for _ in range(REPEATS))
        million = one_million()
    table = Table("measured", "seconds", "notebooks a second", "ratio to stock papermill")
    table.add_row("stock papermill, one after the other", f"{stock:.2f}", f"{count / stock:.2f}", "1.0")
    ratio = f"{stock / forked:.1f} times as fast"
    table.add_row("warm engine, one process a notebook", f"{forked:.2f}", f"{count / forked:.2f}", ratio)
    table.add_row(
        "briefing render, nothing made yet", f"{cold:.2f}", "", f"{stock / cold:.1f} with documents"
    )
    table.add_row(
        "briefing render, nothing changed", f"{again:.2f}", "", f"{stock / again:.1f} with documents"
    )
    table.add_row("outcomes of one million draws", f"{million:.2f}", "", "")
    console = Console()
    console.print(f"{count} notebooks, medians of {REPEATS}, {os.cpu_count()} cores")
    console.print(table)


if __name__ == "__main__":
    main()
