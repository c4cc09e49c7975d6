"""A copy of the project that a test may change, and small notebooks to run in it."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import settings

from briefing.render.webfonts import supply_web_fonts
from briefing.run import runner, scheduler
from briefing.scenario import load_scenario

# A suite that a script starts in the background inherits that Ctrl-C is ignored, and so would what it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Slow moments of a shared machine are no fault of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).parents[1]
FOLDERS = ("data", "scenarios", "notebooks", "_extensions")
FILES = ("report.qmd", "compare.qmd", "references.bib", "_quarto.yml", "requirements.lock")

FIRST = """
from briefing.results import Record
record = Record("01_first")
record.number("first.day", as_of, "text", "counted", "The day of the scenario")
record.save()
"""
SECOND = """
from briefing.figures.style import new_figure, panel
from briefing.results import Record
record = Record("02_second")
paid = pay["mode"] if isinstance(pay, dict) else pay
record.number("second.pay", paid, "usd_per_month", "assumed", "The pay of the scenario")
figure = new_figure(3, 2)
panel(figure, 0.5, 0.5, 2, 1).plot([0, 1], [0, paid])
record.figure("fig-second", figure, "A line", "A line up to {second.pay}", "USD a month")
"""


def copy_project(folder: Path) -> Path:
    # Made once here, so that not every copy makes them anew.
    supply_web_fonts(ROOT / "_extensions" / "briefing" / "fonts")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    return folder


def write_notebook(path: Path, *cells: str, parameters: str | None = "pay = 2000.0") -> None:
    """Write a notebook with a title, a parameters cell (none if None) and code cells."""
    v4 = nbformat.v4
    made = [v4.new_markdown_cell("# What happens?")]
    if parameters is not None:
        made.append(v4.new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    made += [v4.new_code_cell(source) for source in cells]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(v4.new_notebook(cells=made, metadata={"kernelspec": kernel}), path)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file())


class Small:
    """A project with two small notebooks in place of its own: one declares `as_of`, the other `pay`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "figures" / "as-printed"
        for path in (root / "notebooks").glob("*.ipynb"):
            path.unlink()
        self.write("01_first", FIRST, parameters='as_of = "2024-11-24"')
        self.write("02_second", SECOND, "record.save()")

    def write(self, name: str, *cells: str, parameters: str | None = "pay = 2000.0") -> None:
        write_notebook(self.root / "notebooks" / f"{name}.ipynb", *cells, parameters=parameters)

    def run(self, settings: dict | None = None, **options) -> scheduler.Outcome:
        return runner.run_notebooks(self.root, load_scenario("as-printed", settings), **options)

    def explain(self, settings: dict | None = None) -> dict[str, list[str]]:
        return runner.explain(self.root, load_scenario("as-printed", settings))

    def forget(self) -> None:
        """Remove all that has been made, and what the cache knows of it."""
        shutil.rmtree(self.root / "figures")

    def unfinished(self) -> list[Path]:
        """Return what a run has left of its unfinished work."""
        return [path for path in self.root.rglob(".work-*") if path.is_dir()]

    def outputs(self) -> dict[str, bytes]:
        """Return what stands in the scenario's folder, without what the runner keeps for itself."""
        return {path.name: path.read_bytes() for path in files(self.folder)}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project, which is the working folder."""
    monkeypatch.chdir(copy_project(tmp_path))
    monkeypatch.delenv("BRIEFING_FIGURES", raising=False)
    return tmp_path


@pytest.fixture
def small(project: Path) -> Small:
    return Small(project)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the real notebooks have run for the baseline."""
    root = copy_project(tmp_path_factory.mktemp("finished"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        runner.run_notebooks(root, load_scenario("baseline"))
    return root


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with three briefings (one with notebook pages), a comparison and a sweep."""
    root = copy_project(tmp_path_factory.mktemp("rendered"))
    (root / "pay.yaml").write_text("title: 'baseline: pay'\ngrid: {pay: [1500, 2500]}\n", encoding="utf-8")
    for arguments in (
        ("render", "baseline", "--notebooks", "--renderer", "builtin"),
        ("render", "as-printed", "--renderer", "builtin"),
        ("render", "baseline", "--set", "pay=2500", "--renderer", "builtin"),
        ("compare", "baseline", "as-printed", "--to", "html", "--renderer", "builtin"),
        ("sweep", "pay.yaml", "--no-documents", "--no-figures"),
    ):
        command = [sys.executable, "-m", "briefing.cli", *arguments]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return root
