"""`briefing compare`: what differs between briefings, and why."""

from typing import Annotated

import typer

from briefing.cli.ground import check_ground, tell_edits
from briefing.cli.options import (
    CellTimeout,
    EngineName,
    Formats,
    Jobs,
    RendererName,
    at_once,
    conduct_of,
    engine_of,
    formats_of,
    near,
    renderer_of,
)


def compare(
    names: Annotated[
        list[str],
        typer.Argument(metavar="A B [C D]", help="Scenarios, or SCENARIO@earlier and SCENARIO@COMMIT."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the differences for a program.")] = False,
    to: Formats = "html,pdf",
    renderer: RendererName = "auto",
    engine: EngineName = "auto",
    jobs: Jobs = None,
    cell_timeout: CellTimeout = None,
) -> None:
    """Say what differs between briefings: parameters, numbers, judgements, and the cause of each."""
    from briefing.cli.progress import Steps
    from briefing.compare import make
    from briefing.ledger import load
    from briefing.paths import project_root
    from briefing.render.index import refresh_index
    from briefing.run.plan import Planner
    from briefing.run.pool import Pool

    planner = Planner(project_root())
    formats, chosen, with_engine, conduct, named = at_once(
        lambda: formats_of(to),
        lambda: renderer_of(renderer),
        lambda: engine_of(engine),
        lambda: conduct_of(cell_timeout),
        lambda: make.check_names(planner.root, names),
    )
    check_ground(planner)
    named = {name: one and one.model_copy(update=conduct) for name, one in named.items()}
    ledger, scenarios = load(), [one for one in named.values() if one]
    tell_edits(planner, scenarios)
    with Steps(planner.root, scenarios) as steps, Pool(jobs, with_engine) as pool:
        comparison = make.compare(planner, named, ledger, pool, with_engine, steps.show)
    if as_json:
        typer.echo(make.as_json(comparison))
        return
    for path in make.write_comparison(planner, comparison, ledger, formats, chosen):
        typer.echo(near(path))
    refresh_index(planner.root)
