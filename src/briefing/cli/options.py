"""The options that several commands share, and what their values mean."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from briefing.errors import BadInputError, Problem

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
    int | None, typer.Option("--jobs", min=1, help="Processes at once; one a core if not given.")
]
Formats = Annotated[str, typer.Option("--to", help="html, pdf or both, with a comma.")]
Edition = Annotated[
    str, typer.Option("--edition", help="The PDF: full, brief (its first two pages alone) or both.")
]
RendererName = Annotated[str, typer.Option("--renderer", help="auto, quarto or builtin.")]


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
    formats = tuple(dict.fromkeys(name.strip() for name in given.split(",")))
    for name in formats:
        _choice("--to", name, ("html", "pdf"))
    return formats


def with_edition(formats: tuple[str, ...], edition: str) -> tuple[str, ...]:
    """Return the formats with the editions of the PDF that `--edition` asks for.

    Examples
    --------
    >>> with_edition(("html", "pdf"), "both")
    ('html', 'pdf', 'brief')
    """
    _choice("--edition", edition, ("full", "brief", "both"))
    if edition == "full":
        return formats
    if "pdf" not in formats:
        raise BadInputError([Problem("--edition", f"{edition} without a PDF", "also --to pdf")])
    editions = {"brief": ("brief",), "both": ("pdf", "brief")}[edition]
    return (*(name for name in formats if name != "pdf"), *editions)


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
