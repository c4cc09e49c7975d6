"""`briefing render` and `briefing run`: from scenarios to finished documents."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from briefing.errors import BadInputError, Problem, RunFailedError

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[SCENARIO]...", help="Scenarios; baseline if none.")
]
Every = Annotated[bool, typer.Option("--all", help="Every scenario of the project.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PARAMETER=VALUE", help="Replace a parameter; repeatable."),
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Knowledge date, as YYYY-MM-DD.")]
EngineName = Annotated[str, typer.Option("--engine", help="auto, warm or kernel.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, help="Notebooks at once; one a core if not given.")
]


def _choice(option: str, given: str, allowed: Sequence[str]) -> str:
    if given not in allowed:
        raise BadInputError([Problem(option, repr(given), ", ".join(allowed))])
    return given


def load_all(
    names: list[str] | None, every: bool, settings: list[str] | None, as_of: str | None
) -> list[Any]:
    """Load the named scenarios with their settings, reporting the problems of all of them at once."""
    from briefing.scenario import load_scenario, parse_settings, scenario_names

    values = parse_settings([*(settings or []), *([] if as_of is None else [f"as_of={as_of}"])])
    scenarios: list[Any] = []
    problems: list[Problem] = []
    for name in scenario_names() if every else (names or ["baseline"]):
        try:
            scenarios.append(load_scenario(name, values))
        except BadInputError as error:
            problems += error.problems
    if problems:
        raise BadInputError(dict.fromkeys(problems))
    return scenarios


def _engine(given: str) -> Any:
    from briefing.run.runner import default_engine

    return default_engine() if _choice("--engine", given, ("auto", "warm", "kernel")) == "auto" else given


def _raise_all(failures: Sequence[tuple[str, RunFailedError]], scenarios: int) -> None:
    """Report the failed scenarios after the others are finished."""
    if failures and scenarios == 1:
        raise failures[0][1]
    if failures:
        raise RunFailedError("\n\n".join(f"scenario {name}:\n{error}" for name, error in failures))


def render(
    names: Names = None,
    every: Every = False,
    settings: Settings = None,
    as_of: AsOf = None,
    to: Annotated[str, typer.Option(help="html, pdf or both, with a comma.")] = "html,pdf",
    renderer: Annotated[str, typer.Option(help="auto, quarto or builtin.")] = "auto",
    engine: EngineName = "auto",
    jobs: Jobs = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the HTML in the browser.")] = False,
) -> None:
    """Run what is stale, render the documents, re-read them, and say where they are."""
    from briefing.cli.progress import Steps
    from briefing.ledger import load
    from briefing.paths import project_root
    from briefing.render.briefings import choose_renderer, finish
    from briefing.run.runner import run_notebooks
    from briefing.scenario import LATEST

    formats = tuple(dict.fromkeys(name.strip() for name in to.split(",")))
    for name in formats:
        _choice("--to", name, ("html", "pdf"))
    chosen, _ = choose_renderer(_choice("--renderer", renderer, ("auto", "quarto", "builtin")))
    with_engine = _engine(engine)
    # The latest edition first, so that the others can link to it.
    scenarios = sorted(load_all(names, every, settings, as_of), key=lambda scenario: scenario.name != LATEST)
    root, ledger = project_root(), load()
    failures: list[tuple[str, RunFailedError]] = []
    for scenario in scenarios:
        with Steps(scenario.name, root) as steps:
            try:
                run_notebooks(root, scenario, with_engine, jobs, steps.notebook)
                finished = finish(root, scenario, ledger, formats, chosen, steps.document)
            except RunFailedError as error:
                failures.append((scenario.name, error))
                continue
        for path in finished.files:
            typer.echo(f"{_near(path)}{'' if finished.made else ' (up to date)'}")
        if open_ and finished.files[0].suffix == ".html":
            typer.launch(str(finished.files[0]))
    _raise_all(failures, len(scenarios))


def run(
    names: Names = None,
    every: Every = False,
    settings: Settings = None,
    as_of: AsOf = None,
    engine: EngineName = "auto",
    jobs: Jobs = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what would run and why; run nothing.")
    ] = False,
) -> None:
    """Run the notebooks that are stale, without rendering."""
    from briefing.cli.progress import Steps
    from briefing.ledger import load
    from briefing.paths import project_root
    from briefing.run import runner

    root, with_engine = project_root(), _engine(engine)
    scenarios = load_all(names, every, settings, as_of)
    load()
    failures: list[tuple[str, RunFailedError]] = []
    for scenario in scenarios:
        if explain:
            for notebook, reasons in runner.explain(root, scenario).items():
                typer.echo(f"{scenario.name} {notebook}: {'; '.join(reasons) or 'up to date'}")
            continue
        with Steps(scenario.name, root) as steps:
            try:
                done = runner.run_notebooks(root, scenario, with_engine, jobs, steps.notebook)
            except RunFailedError as error:
                failures.append((scenario.name, error))
                continue
        typer.echo(
            f"{_near(root / 'figures' / scenario.name)}: {len(done.ran)} run, {len(done.fresh)} up to date"
        )
    _raise_all(failures, len(scenarios))


def quarto_inputs() -> None:
    """Prepare what `quarto render` by hand needs: fresh results, document.json and the fonts."""
    import yaml

    from briefing.ledger import load
    from briefing.paths import project_root
    from briefing.render.document import compose, write
    from briefing.render.stage import supply_fonts
    from briefing.run.notebooks import find_notebooks
    from briefing.run.runner import default_engine, run_notebooks
    from briefing.scenario import load_scenario

    root = project_root()
    settings = yaml.safe_load((root / "_quarto.yml").read_text(encoding="utf-8"))
    scenario = load_scenario(Path(settings["briefing"]["document"]).parent.name)
    run_notebooks(root, scenario, default_engine())
    document = compose(root, scenario, load(), [notebook.name for notebook in find_notebooks(root)])
    write(document, root / document["folder"] / "document.json")
    supply_fonts(root / "_extensions" / "briefing")


def _near(path: Path) -> Path:
    """Return `path` as seen from the working folder, where that is shorter."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path
