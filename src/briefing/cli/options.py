"""The options that several commands share, and what their values mean."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from briefing.errors import BadInputError, Problem

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[SCENARIO]...", help="Scenarios; what is known now if none.")
]
Every = Annotated[bool, typer.Option("--all", help="Every scenario of the project.")]
Editions = Annotated[
    bool, typer.Option("--all-editions", help="What is known now, and what was on the article's day.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PARAMETER=VALUE", help="Replace a parameter; repeatable."),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Knowledge date, as YYYY-MM-DD, or latest."),
]
EngineName = Annotated[str, typer.Option("--engine", help="auto, warm or kernel.")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, help="Processes at once; one a core if not given.")
]
CellTimeout = Annotated[
    str | None,
    typer.Option(
        "--cell-timeout",
        metavar="SECONDS",
        help="How long a cell may take, or none; as the scenario's file says, else 600, if not given.",
    ),
]
Formats = Annotated[str, typer.Option("--to", help="html, pdf or both, with a comma.")]
Edition = Annotated[
    str, typer.Option("--edition", help="The PDF: full, brief (its first two pages alone) or both.")
]
RendererName = Annotated[str, typer.Option("--renderer", help="auto, quarto or builtin.")]

EDITIONS = ("full", "brief", "both")


def at_once(*readers: Callable[[], Any]) -> list[Any]:
    """Return what each of several readers returns.

    Raises
    ------
    BadInputError
        What is wrong with any of them, all together.

    Examples
    --------
    >>> at_once(lambda: formats_of("pdf"), lambda: 2)
    [('pdf',), 2]
    """
    read: list[Any] = []
    problems: list[Problem] = []
    for reader in readers:
        try:
            read.append(reader())
        except BadInputError as error:
            problems += error.problems
    if problems:
        raise BadInputError(dict.fromkeys(problems))
    return read


def conduct_of(cell_timeout: str | None) -> dict[str, Any]:
    """Return how scenarios are run, in place of what their files say.

    Examples
    --------
    >>> conduct_of("60"), conduct_of("none"), conduct_of(None)
    ({'cell_timeout': 60}, {'cell_timeout': None}, {})
    """
    if cell_timeout is None:
        return {}
    from briefing.scenario.files import build_scenario
    from briefing.scenario.values import as_number

    given: Any = cell_timeout.strip()
    with suppress(ValueError):
        given = as_number(given)
    content = {"name": "any", "title": "any", "why": "any", "cell_timeout": given}
    return {"cell_timeout": build_scenario(content, lambda _: "--cell-timeout").cell_timeout}


def load_all(
    names: list[str] | None,
    every: bool,
    settings: list[str] | None,
    as_of: str | None,
    cell_timeout: str | None = None,
    editions: bool = False,
) -> list[Any]:
    """Load the named scenarios with their settings, reporting the problems of all of them at once."""
    from briefing.scenario import load_scenario, parse_settings, scenario_names
    from briefing.scenario.editions import DEFAULT, EDITIONS

    values: dict[str, Any] = {} if as_of is None else {"as_of": as_of}

    def parse() -> None:
        parsed = parse_settings(settings or [])
        if "as_of" in values and "as_of" in parsed:
            raise BadInputError(
                [Problem(f"--as-of {as_of}", "as_of is given twice", "--as-of or --set as_of")]
            )
        values.update(parsed)

    def place(parameter: str) -> str:
        return "--as-of" if parameter == "as_of" and as_of is not None else f"--set {parameter}"

    chosen = [*(EDITIONS if editions else ()), *(scenario_names() if every else ()), *(names or ())]
    wanted = dict.fromkeys(chosen or [DEFAULT])
    _, conduct, *scenarios = at_once(
        parse,
        lambda: conduct_of(cell_timeout),
        *(partial(load_scenario, name, values, place=place) for name in wanted),
    )
    return [scenario.model_copy(update=conduct) for scenario in scenarios]


def engine_of(given: str) -> Any:
    """Return the engine that `--engine` asks for."""
    from briefing.run.runner import default_engine

    return default_engine() if _choice("--engine", given, ("auto", "warm", "kernel")) == "auto" else given


def formats_of(given: str) -> tuple[str, ...]:
    """Read the formats of `--to`.

    Examples
    --------
    >>> formats_of("html, pdf")
    ('html', 'pdf')
    """
    formats = dict.fromkeys(name.strip() for name in given.split(","))
    return tuple(at_once(*(partial(_choice, "--to", name, ("html", "pdf")) for name in formats)))


def with_edition(formats: tuple[str, ...], edition: str) -> tuple[str, ...]:
    """Return the formats with the editions of the PDF that `--edition` asks for.

    Examples
    --------
    >>> with_edition(("html", "pdf"), "both")
    ('html', 'pdf', 'brief')
    """
    if _choice("--edition", edition, EDITIONS) == "full":
        return formats
    if "pdf" not in formats:
        raise BadInputError([Problem("--edition", f"{edition} without a PDF", "also --to pdf")])
    editions = {"brief": ("brief",), "both": ("pdf", "brief")}[edition]
    return (*(name for name in formats if name != "pdf"), *editions)


def documents_of(to: str, edition: str) -> tuple[str, ...]:
    """Return the formats that `--to` and `--edition` together ask for."""
    formats, _ = at_once(lambda: formats_of(to), lambda: _choice("--edition", edition, EDITIONS))
    return with_edition(formats, edition)


def renderer_of(given: str) -> Any:
    """Return the renderer that `--renderer` asks for."""
    from briefing.render.briefings import choose_renderer

    return choose_renderer(_choice("--renderer", given, ("auto", "quarto", "builtin")))[0]


def near(path: Path) -> Path:
    """Return `path` as seen from the working folder, where that is shorter."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def _choice(option: str, given: str, allowed: Sequence[str]) -> str:
    if given not in allowed:
        raise BadInputError([Problem(option, repr(given), ", ".join(allowed))])
    return given
