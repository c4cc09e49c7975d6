"""Projects for the tests: copies to change, finished ones that all share, small ones that are quick."""

import os

# Several tests run at a time: threads of one's linear algebra would only wait for the others'.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from filelock import FileLock
from hypothesis import settings
from pages import CHROMIUM, QUIET
from playwright.sync_api import Browser, sync_playwright
from shell import by_shell

from briefing.cli import main
from briefing.render import make
from briefing.render.webfonts import supply_web_fonts
from briefing.run import runner, scheduler
from briefing.scenario import load_scenario

# A suite that a script starts in the background inherits that Ctrl-C is ignored, and so would what it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Slow moments of a shared machine are no fault of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

ROOT = Path(__file__).parents[1]
FOLDERS = ("scenarios", "notebooks", "_extensions")
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
record.figure("fig-second", figure)
"""
FOUND = """
from briefing.results import Record
record = Record("01_first")
record.number("first.day", as_of, "text", "counted", "The day of the scenario")
record.fact("first.found", True, "all of it was found")
record.fact("first.lost", False, "some of it was lost")
record.save()
"""
DRAWS = """
from briefing.figures.style import new_figure, panel
from briefing.results import Record
record = Record("02_second")
figure = new_figure(3, 2)
panel(figure, 0.5, 0.5, 2, 1).plot([0, 1], [0, pay["mode"] if isinstance(pay, dict) else pay])
"""
SHOWS = 'record.figure("fig-second", figure)'
REPORT = """---
lang: en
bibliography: references.bib
---

::: {.title}
All of it was found on [first.day]{.num}
:::

# Text {#sec-text}

[All of it was found on [first.day]{.num}.]{.when fact="first.found"}
[Some was lost.]{.when fact="first.lost"} It was [first.day]{.num}. @fig-second shows it [@icd203].

::: {#fig-second}
::: {.alt}
A line upwards
:::
::: {.source}
USD a month
:::
A line
:::

# The chain of every number {#sec-trace .unnumbered}

::: {#tbl-trace}
:::

# Reproduce it {#sec-reproduce .unnumbered}

[reproduce]{.command}, with data digest [data-digest]{.text}, digest [digest]{.text}. [edition]{.latest}
"""

BRIEFINGS = ("current", "november-2024", "as-printed", "high-tempo")
"""What is rendered for the tests: the latest evidence; the default; one without rotation; one in decline."""
COMPARED = ("november-2024", "current")
SWEEP = "title: 'as printed: pay'\nbase: as-printed\ngrid: {pay: [1500, 2500]}\n"


def copy_project(folder: Path) -> Path:
    """Copy the project with the small ledger of the tests as its evidence."""
    # Made once here, so that not every copy makes them anew.
    supply_web_fonts(ROOT / "_extensions" / "briefing" / "fonts")
    shutil.copytree(ROOT / "tests" / "evidence", folder / "data")
    return copy_sources(ROOT, folder)


def write_notebook(path: Path, *cells: str, parameters: str | None = "pay = 'claimed'") -> None:
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

    def write(self, name: str, *cells: str, parameters: str | None = "pay = 'claimed'") -> None:
        write_notebook(self.root / "notebooks" / f"{name}.ipynb", *cells, parameters=parameters)

    def run(self, settings: dict | None = None, **options) -> scheduler.Outcome:
        return runner.run_notebooks(self.root, self.scenario(settings), **options)

    def finish(self, formats: tuple[str, ...] = ("html",), **options) -> make.Finished:
        """Make the documents of what has run."""
        return make.finish(self.root, self.scenario(), formats, **options)

    def scenario(self, settings: dict | None = None):
        return load_scenario("as-printed", settings, folder=self.root / "scenarios")

    def explain(self, settings: dict | None = None) -> dict[str, list[str]]:
        return runner.explain(self.root, self.scenario(settings))

    def forget(self) -> None:
        """Remove all that has been made, and what the cache knows of it."""
        shutil.rmtree(self.root / "figures")

    def unfinished(self) -> list[Path]:
        """Return what a run has left of its unfinished work."""
        return [path for path in self.root.rglob(".work-*") if path.is_dir()]

    def outputs(self) -> dict[str, bytes]:
        """Return what stands in the scenario's folder, without what the runner keeps for itself."""
        return {path.name: path.read_bytes() for path in files(self.folder)}

    @property
    def briefing(self) -> Path:
        """The folder of the documents."""
        return self.root / "briefings" / "as-printed"

    @property
    def page(self) -> str:
        return (self.briefing / "report.html").read_text(encoding="utf-8")


def make_small(folder: Path) -> Small:
    small = Small(copy_project(folder))
    for path in (folder / "notebooks").glob("*.ipynb"):
        path.unlink()
    small.write("01_first", FIRST, parameters='as_of = "latest"')
    small.write("02_second", SECOND, "record.save()")
    (folder / "report.qmd").write_text("---\nlang: en\n---\n\nText.\n", encoding="utf-8")
    return small


def make_drawn(folder: Path) -> Small:
    """A small project with a report of one figure, which has a finding, a number and one page of text."""
    drawn = make_small(folder)
    drawn.write("01_first", FOUND, parameters='as_of = "latest"')
    drawn.write("02_second", DRAWS, SHOWS, "record.save()")
    (folder / "report.qmd").write_text(REPORT, encoding="utf-8")
    return drawn


def once(folder: Path, made: Callable[[Path], object]) -> Path:
    """Fill a folder that all processes of the suite share; whoever asks first does it. Nobody changes it."""
    ready = folder.with_name(f"{folder.name}.ready")
    with FileLock(f"{folder}.lock"):
        if not ready.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(folder)
                patch.delenv("BRIEFING_FIGURES", raising=False)
                made(folder)
            ready.touch()
    return folder


def copy_sources(root: Path, folder: Path) -> Path:
    """Copy what a project is made from."""
    for name in FOLDERS:
        shutil.copytree(root / name, folder / name)
    for name in FILES:
        shutil.copy(root / name, folder / name)
    return folder


def copy_with(root: Path, folder: Path, *places: str) -> Path:
    """Copy a project with some of what is finished in it, such as ``figures/november-2024``."""
    copy_sources(root, folder)
    shutil.copytree(root / "data", folder / "data")
    for place in places:
        shutil.copytree(root / place, folder / place)
    return folder


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what all processes of the suite share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the project, which is the working folder."""
    monkeypatch.chdir(copy_project(tmp_path))
    monkeypatch.delenv("BRIEFING_FIGURES", raising=False)
    return tmp_path


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """A project with two small notebooks, which is the working folder."""
    small = make_small(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BRIEFING_FIGURES", raising=False)
    return small


@pytest.fixture
def ran(common: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """The same after a run."""
    done = once(common / "ran", lambda folder: make_small(folder).run())
    return Small(private(done, tmp_path, monkeypatch))


@pytest.fixture
def drawn(common: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """A small project with a short report, whose notebooks have run; it is the working folder."""
    done = once(common / "drawn", lambda folder: make_drawn(folder).run())
    return Small(private(done, tmp_path, monkeypatch))


@pytest.fixture
def shown(common: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Small:
    """The same with its page and its PDF finished."""

    def show(folder: Path) -> None:
        small = make_drawn(folder)
        small.run()
        small.finish(("html", "pdf"))

    return Small(private(once(common / "shown", show), tmp_path, monkeypatch))


def private(made: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy a project for one test, and work in it."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("BRIEFING_FIGURES", raising=False)
    return folder


@pytest.fixture(scope="session")
def finished(common: Path) -> Path:
    """A project in which the real notebooks have run for the article's day; nobody changes what all share."""

    def run(folder: Path) -> None:
        runner.run_notebooks(copy_project(folder), load_scenario("november-2024"))

    return once(common / "finished", run)


@pytest.fixture(scope="session")
def rendered(common: Path, finished: Path) -> Path:
    """A project with what a user may have finished; it is shared and nobody changes it.

    Four briefings in all formats, the article's day with pages of its notebooks; a comparison; a sweep.
    """

    def render(folder: Path) -> None:
        shutil.copytree(finished, folder, dirs_exist_ok=True)
        (folder / "pay.yaml").write_text(SWEEP, encoding="utf-8")
        for arguments in (
            ("render", *(name for name in BRIEFINGS if name != "november-2024"), "--edition", "both"),
            ("render", "november-2024", "--edition", "both", "--notebooks"),
            ("compare", *COMPARED),
            ("sweep", "pay.yaml"),
        ):
            assert exit_code(*arguments, "--renderer", "builtin") == 0

    return once(common / "rendered", render)


@pytest.fixture(scope="session")
def as_it_stands(common: Path) -> Path:
    """A project with the evidence itself, whose default a user has rendered, and run the article's day."""

    def render(folder: Path) -> None:
        shutil.copytree(ROOT / "data", copy_sources(ROOT, folder) / "data")
        for arguments in (("render", "--renderer", "builtin"), ("run", "november-2024")):
            done = by_shell(*arguments, cwd=folder)
            assert done.returncode == 0, done.stderr

    return once(common / "as_it_stands", render)


def exit_code(*arguments: str) -> int:
    """Run the command in this process, which has its imports done."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["briefing", *arguments])
        try:
            main()
        except SystemExit as stop:
            return int(stop.code or 0)
    return 0


class Ended(NamedTuple):
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def briefing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """The command in this process: for what it says and what it leaves behind."""

    def run(*arguments: str, cwd: Path | None = None) -> Ended:
        if cwd:
            monkeypatch.chdir(cwd)
        capsys.readouterr()
        return Ended(exit_code(*arguments), *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all pages."""
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def tab(browser: Browser):
    """Open an empty page of a width, in the light or in the dark."""
    opened = []

    def open_(width: int = 1280, scheme: str = "light"):
        opened.append(browser.new_page(viewport={"width": width, "height": 844}, color_scheme=scheme))
        return opened[-1]

    yield open_
    for page in opened:
        page.close()
