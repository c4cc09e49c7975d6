"""Commands that tell: the scenarios, the parameters, what is installed, the finished briefings."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def print_table(columns: list[str], rows: list[list[str]]) -> None:
    """Print rows under their columns, in whole lines where a program reads them."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        # The first names the row: it must be copied whole.
        table.add_column(column, overflow="fold", no_wrap=place == 0)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    # A pipe or a file gets whole lines: a program reads them.
    Console(width=None if sys.stdout.isatty() else 400).print(table)


def scenarios(as_json: AsJson = False) -> None:
    """List the scenarios with what each is for, the editions of the project first."""
    from briefing.errors import BadInputError, Problem
    from briefing.scenario import load_scenario, scenario_names

    found = []
    problems: list[Problem] = []
    for name in scenario_names():
        try:
            found.append(load_scenario(name))
        except BadInputError as error:
            problems += error.problems
    found.sort(key=lambda scenario: not scenario.edition)
    if as_json:
        listed = [{**s.model_dump(mode="json"), "digest": s.digest, "edition": s.edition} for s in found]
        typer.echo(json.dumps(listed, indent=1, ensure_ascii=False))
    else:
        print_table(
            ["scenario", "as of", "digest", "edition", "title"],
            [[s.name, s.as_of.isoformat(), s.digest, "yes" if s.edition else "", s.title] for s in found],
        )
    if problems:
        raise BadInputError(problems)


def parameters(
    as_json: AsJson = False,
    schema: Annotated[bool, typer.Option("--schema", help="The JSON Schema of a scenario file.")] = False,
    template: Annotated[bool, typer.Option("--template", help="An annotated scenario file.")] = False,
    notebooks: Annotated[
        bool, typer.Option("--notebooks", help="Write the notebooks' parameters cells anew.")
    ] = False,
) -> None:
    """List every parameter with its unit, default, allowed range and what the default rests on."""
    from briefing.scenario.describe import as_rows, as_schema, as_template

    if notebooks:
        from briefing.cli.options import near
        from briefing.paths import project_root
        from briefing.run.notebooks import find_notebooks, write_parameters

        for notebook in find_notebooks(project_root()):
            if write_parameters(notebook):
                typer.echo(near(notebook.path))
    elif schema:
        typer.echo(as_schema(), nl=False)
    elif template:
        typer.echo(as_template(), nl=False)
    elif as_json:
        typer.echo(json.dumps(as_rows(), indent=1, ensure_ascii=False))
    else:
        columns = ["parameter", "meaning", "default", "allowed", "rests_on"]
        print_table([c.replace("_", " ") for c in columns], [[row[c] for c in columns] for row in as_rows()])


def doctor() -> None:
    """Say what is installed, which engine and which renderer will be used, and why."""
    from importlib.metadata import version

    from briefing.ledger import load
    from briefing.paths import project_root
    from briefing.render import quarto
    from briefing.render.briefings import choose_renderer, renderer_version
    from briefing.run.runner import default_engine

    chosen, why = choose_renderer()
    found = quarto.find()
    ledger = load()
    libraries = (
        "papermill",
        "ipykernel",
        "pandas",
        "numpy",
        "matplotlib",
        "scipy",
        "pydantic",
        "pandera",
        "typst",
    )
    rows: list[list[str]] = [
        ["project", str(project_root())],
        ["evidence", f"{len(ledger.claims)} claims to {ledger.coverage_end}, checked"],
        ["Python", sys.version.split()[0]],
        *([name, version(name)] for name in libraries),
        ["quarto", _quarto_line(quarto, found)],
        ["engine", default_engine()],
        ["renderer", f"{chosen}, since {why}: {renderer_version(chosen)}"],
    ]
    print_table(["", ""], rows)


def _quarto_line(quarto: Any, found: str | None) -> str:
    if not found:
        return "not on PATH; it is optional"
    return f"{'.'.join(map(str, quarto.version(found))) or 'does not answer'} at {found}"


def open_briefings(
    name: Annotated[
        str | None, typer.Argument(metavar="[SCENARIO]", help="One briefing; the page over all if none.")
    ] = None,
) -> None:
    """Open the page over all finished briefings, or one of them, in the browser: local files, no server."""
    from briefing.errors import BadInputError, Problem, reason_of
    from briefing.paths import project_root
    from briefing.render.finished import find_finished
    from briefing.render.index import NAME, refresh_index, supply_thumbnails
    from briefing.scenario.editions import check_name

    root = project_root()
    if name is not None:
        check_name(name, f'briefing "{name}"')
    supply_thumbnails(root)
    try:
        path = refresh_index(root)
    except OSError as error:
        path = root / "briefings" / NAME
        if not path.is_file():
            raise
        typer.echo(f"the page is as it was written last; {reason_of(error)}", err=True)
    if path is None:
        raise BadInputError([Problem("briefings", "nothing is finished yet", "first `briefing render`")])
    if name is not None:
        finished = {one.name: one for one in find_finished(root / "briefings").briefings}
        if name not in finished:
            raise BadInputError([Problem(f'briefing "{name}"', "not finished", _some(list(finished)))])
        path = root / "briefings" / name / finished[name].documents[0]
    typer.echo(path)
    launch(path)


def launch(path: Path) -> None:
    """Open a file in the browser; say so if there is none."""
    import webbrowser

    if not webbrowser.open(path.as_uri()):
        typer.echo("no browser found; open the file yourself", err=True)


def _some(names: list[str], most: int = 20) -> str:
    shown = ", ".join(names[:most]) or "first `briefing render`"
    return shown if len(names) <= most else f"{shown} and {len(names) - most:,} more"
