"""`briefing render` and `briefing run`: from scenarios to finished documents."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from briefing.cli.ground import check_ground, tell_edits
from briefing.cli.inform import launch
from briefing.cli.options import (
    AsOf,
    CellTimeout,
    Edition,
    Editions,
    EngineName,
    Every,
    Formats,
    Jobs,
    Names,
    RendererName,
    Settings,
    at_once,
    documents_of,
    engine_of,
    load_all,
    near,
    renderer_of,
)
from briefing.errors import BadInputError, Problem, RunFailedError


def raise_all(failed: Sequence[Any], scenarios: int) -> None:
    """Report the failed scenarios after the others are finished."""
    if failed and scenarios == 1:
        raise RunFailedError("\n\n".join(failed[0].failures))
    if failed:
        told = (f"scenario {outcome.scenario.name}:\n" + "\n\n".join(outcome.failures) for outcome in failed)
        raise RunFailedError("\n\n".join(told))


def render(
    names: Names = None,
    every: Every = False,
    editions: Editions = False,
    settings: Settings = None,
    as_of: AsOf = None,
    to: Formats = "html,pdf",
    edition: Edition = "full",
    renderer: RendererName = "auto",
    engine: EngineName = "auto",
    jobs: Jobs = None,
    cell_timeout: CellTimeout = None,
    notebooks: Annotated[
        bool | None,
        typer.Option(
            "--notebooks/--no-notebooks",
            help="Also make a page of each notebook, linked from its figures; as before if not given.",
        ),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the HTML in the browser.")] = False,
) -> None:
    """Run what is stale, render the documents, re-read them, and say where they are."""
    from briefing.cli.progress import Steps
    from briefing.paths import project_root
    from briefing.render.briefings import Shelf
    from briefing.render.index import refresh_index
    from briefing.render.make import latest_first, make
    from briefing.run.plan import Planner
    from briefing.run.pool import Pool

    formats, chosen, with_engine, scenarios = at_once(
        lambda: _documents(to, edition, notebooks),
        lambda: renderer_of(renderer),
        lambda: engine_of(engine),
        lambda: load_all(names, every, settings, as_of, cell_timeout, editions),
    )
    root = project_root()
    shelf = Shelf(Planner(root), formats, chosen, notebooks)
    check_ground(shelf.planner)
    tell_edits(shelf.planner, scenarios)
    failed = []
    with Steps(root, scenarios, documents=True) as steps, Pool(jobs, with_engine) as pool:
        for part in latest_first(scenarios):
            for outcome in make(shelf, part, pool, with_engine, steps.show):
                if outcome.failures:
                    failed.append(outcome)
                    continue
                files = (*shelf.files(outcome.scenario), *shelf.pages_of(outcome.scenario)[:1])
                steps.say(*(f"{near(path)}{'' if outcome.made else ' (up to date)'}" for path in files))
                if open_ and files[0].suffix == ".html":
                    launch(files[0])
    shelf.planner.cache.prune()
    refresh_index(root)
    raise_all(failed, len(scenarios))


def _documents(to: str, edition: str, notebooks: bool | None) -> tuple[str, ...]:
    formats = documents_of(to, edition)
    if notebooks is not None and "html" not in formats:
        option = "--notebooks" if notebooks else "--no-notebooks"
        raise BadInputError([Problem(option, f"--to {to} makes no HTML, which links to them", "--to html")])
    return formats


def run(
    names: Names = None,
    every: Every = False,
    editions: Editions = False,
    settings: Settings = None,
    as_of: AsOf = None,
    engine: EngineName = "auto",
    jobs: Jobs = None,
    cell_timeout: CellTimeout = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what would run and why; run nothing.")
    ] = False,
) -> None:
    """Run the notebooks that are stale, without rendering."""
    from briefing.cli.progress import Steps
    from briefing.paths import project_root
    from briefing.run import runner
    from briefing.run.plan import Planner
    from briefing.run.pool import Pool
    from briefing.run.scheduler import Scheduler

    root = project_root()
    with_engine, scenarios = at_once(
        lambda: engine_of(engine), lambda: load_all(names, every, settings, as_of, cell_timeout, editions)
    )
    if explain:
        for scenario in scenarios:
            for notebook, reasons in runner.explain(root, scenario).items():
                typer.echo(f"{scenario.name} {notebook}: {'; '.join(reasons) or 'up to date'}")
        return
    planner, failed = Planner(root), []
    check_ground(planner, documents=False)
    tell_edits(planner, scenarios)
    with Steps(root, scenarios) as steps, Pool(jobs, with_engine) as pool:
        for outcome in Scheduler(planner, pool, with_engine, progress=steps.show).run(scenarios):
            if outcome.failures:
                failed.append(outcome)
            else:
                counts = (
                    (outcome.ran, "run"),
                    (outcome.cached, "from the cache"),
                    (outcome.fresh, "up to date"),
                )
                said = ", ".join(
                    f"{len(some)} {what}" for some, what in counts if some or what != "from the cache"
                )
                steps.say(f"{near(root / 'figures' / outcome.scenario.name)}: {said}")
    planner.cache.prune()
    raise_all(failed, len(scenarios))
