"""`briefing sweep`: many scenarios in one command."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefing.cli.ground import check_ground, tell_edits
from briefing.cli.options import (
    CellTimeout,
    Edition,
    EngineName,
    Formats,
    Jobs,
    RendererName,
    at_once,
    conduct_of,
    documents_of,
    engine_of,
    near,
    renderer_of,
)
from briefing.errors import BadInputError, Problem, RunFailedError

if TYPE_CHECKING:
    from briefing.scenario.sweeps import Sweep

KEPT = "The failed notebook is kept: "

What = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SPEC.yaml | PARAMETER=VALUE,...]...", help="A sweep's file, or the axes of a grid."
    ),
]
Grid = Annotated[
    list[str] | None,
    typer.Option("--grid", metavar="PARAMETER=VALUE,...", help="An axis of a grid; more may follow."),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PARAMETER=VALUE", help="A setting of every scenario; repeatable."),
]


def sweep(
    what: What = None,
    grid: Grid = None,
    base: Annotated[
        str | None,
        typer.Option(help="The scenario that a grid is laid over; what is known now if not given."),
    ] = None,
    settings: Settings = None,
    documents: Annotated[
        bool, typer.Option("--documents/--no-documents", help="Make HTML and PDF, or only results.")
    ] = True,
    figures: Annotated[
        bool,
        typer.Option(
            "--figures/--no-figures", help="With --no-documents: only the model, without notebooks."
        ),
    ] = True,
    to: Formats = "html,pdf",
    edition: Edition = "full",
    renderer: RendererName = "auto",
    engine: EngineName = "auto",
    jobs: Jobs = None,
    cell_timeout: CellTimeout = None,
    dask: Annotated[
        str | None, typer.Option("--dask", metavar="ADDRESS", help="Use the workers of a Dask cluster.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Start a very large sweep without asking.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what would run and why; run nothing.")
    ] = False,
) -> None:
    """Run a grid or a list of scenarios: documents for each, one table and one page over all."""
    from briefing.paths import project_root
    from briefing.render.briefings import Shelf
    from briefing.run.plan import Planner

    formats, chosen, with_engine, _, conduct, wanted = at_once(
        lambda: documents_of(to, edition),
        lambda: renderer_of(renderer),
        lambda: engine_of(engine),
        lambda: _check_options(documents, figures, jobs, dask, cell_timeout),
        lambda: conduct_of(cell_timeout),
        lambda: _wanted(what or [], grid or [], base, settings or [], yes),
    )
    wanted = replace(wanted, conduct=conduct)
    shelf = Shelf(Planner(project_root()), formats, chosen)
    if explain:
        _explain(shelf, wanted, documents)
        return
    with _workers(shelf.root, jobs, with_engine, dask) as workers:
        check_ground(shelf.planner, documents)
        if not figures:
            _results_only(shelf, wanted, workers)
            return
        tell_edits(shelf.planner)
        _run(shelf, wanted, with_engine, workers, documents)


def _check_options(
    documents: bool, figures: bool, jobs: int | None, dask: str | None, cell_timeout: str | None
) -> None:
    problems = []
    if documents and not figures:
        problems.append(Problem("--no-figures", "documents show the figures", "also --no-documents"))
    if cell_timeout is not None and not figures:
        problems.append(
            Problem("--cell-timeout", "beside --no-figures, which runs no cell", "one of the two")
        )
    if jobs is not None and dask is not None:
        problems.append(Problem("--jobs", "beside --dask", "one of the two"))
    if problems:
        raise BadInputError(problems)


def _wanted(what: list[str], grid: list[str], base: str | None, settings: list[str], yes: bool) -> "Sweep":
    """Return the sweep that the arguments describe, with every scenario of it checked."""
    wanted = _read(what, grid, base, settings)
    _ask(wanted, yes)
    wanted.check()
    return wanted


def _read(what: list[str], grid: list[str], base: str | None, settings: list[str]) -> "Sweep":
    from briefing.scenario import DEFAULT
    from briefing.scenario.sweep_specs import parse_grid, read_sweep

    axes = [*grid, *(one for one in what if "=" in one)]
    files = [one for one in what if "=" not in one]
    if axes and files:
        raise BadInputError([Problem("sweep", f"{files[0]} beside a grid", "a file or a grid")])
    if len(files) > 1:
        raise BadInputError([Problem("sweep", f"{len(files)} files", "one")])
    if not files:
        return parse_grid(axes, DEFAULT if base is None else base, settings)
    problems = []
    if settings:
        problems.append(Problem("--set", "beside a sweep's file", "`set:` in the file"))
    if base is not None:
        problems.append(Problem("--base", "beside a sweep's file", "`base:` in the file"))
    if problems:
        raise BadInputError(problems)
    return read_sweep(Path(files[0]))


def _ask(wanted: "Sweep", yes: bool) -> None:
    from briefing.scenario.sweeps import ASKS

    if len(wanted) <= ASKS or yes:
        return
    question = f"{len(wanted):,} scenarios"
    if sys.stdin.isatty() and typer.confirm(f"{question}: start?", err=True):
        return
    raise BadInputError([Problem("sweep", f"{question} were not started", f"{ASKS:,}, or more with --yes")])


def _explain(shelf: Any, wanted: "Sweep", documents: bool) -> None:
    for point in wanted:
        plan = shelf.planner.plan(point.scenario)
        for due in plan.due:
            reasons = [*due.reasons, *(["taken from the cache"] if due.entry else [])]
            typer.echo(f"{point.scenario.name} {due.notebook.name}: {'; '.join(reasons)}")
        if documents and (plan.due or not shelf.is_current(point.scenario)):
            typer.echo(f"{point.scenario.name} documents: what they are made from is new or changed")
        elif not plan.due:
            typer.echo(f"{point.scenario.name}: up to date")


def _workers(root: Path, jobs: int | None, engine: Any, dask: str | None) -> Any:
    from briefing.run.pool import Pool

    if dask is None:
        return Pool(jobs, engine)
    from briefing.run.cluster import Cluster

    return Cluster(root, dask)


def _run(shelf: Any, wanted: "Sweep", engine: Any, workers: Any, documents: bool) -> None:
    from briefing.cli.progress import Steps
    from briefing.sweep.execute import run_sweep

    with Steps(shelf.root, wanted, documents) as steps:
        report = run_sweep(shelf, wanted, workers, engine, documents, steps.show)
    shelf.planner.cache.prune()
    counts = f"{report.ran:,} notebooks run, {report.cached:,} from the cache, {report.fresh:,} up to date"
    typer.echo(f"{len(wanted):,} scenarios: {counts}; {report.made:,} got new documents")
    _tell(shelf.root, report.folder, report.failures, len(wanted))


def _results_only(shelf: Any, wanted: "Sweep", workers: Any) -> None:
    from briefing.cli.progress import Count
    from briefing.sweep.headlines import sweep_headlines

    with Count(len(wanted)) as count:
        folder, failures = sweep_headlines(shelf.planner, wanted, workers, count.show)
    shelf.planner.cache.prune()
    typer.echo(f"{len(wanted):,} scenarios")
    _tell(shelf.root, folder, failures, len(wanted))


def _tell(root: Path, folder: Path, failures: dict[str, list[str]], every: int) -> None:
    from briefing.render.index import refresh_index

    refresh_index(root)
    for name in ("results.csv", "index.html"):
        typer.echo(near(folder / name))
    if failures:
        told = "\n".join(
            f"{name}: {'; '.join(map(_in_a_line, reasons))}" for name, reasons in failures.items()
        )
        raise RunFailedError(f"{len(failures):,} of {every:,} scenarios failed:\n{told}")


def _in_a_line(failure: str) -> str:
    """Say a failure in one line: its first, what a colon at its end leads to, and which notebook is kept.

    Examples
    --------
    >>> _in_a_line("notebooks/02_people.ipynb, before or between its cells:\\nValueError: a\\nb")
    'notebooks/02_people.ipynb, before or between its cells: ValueError: a'
    """
    first, *more = failure.splitlines()
    said = [first.removesuffix(":")]
    # A traceback begins with a rule; of a cell that failed the first line has already told why.
    if first.endswith(":") and more and more[0].strip("- "):
        said = [f"{first} {more[0].strip()}"]
    said += [f"kept: {near(Path(line.removeprefix(KEPT)))}" for line in more if line.startswith(KEPT)]
    return "; ".join(said)
