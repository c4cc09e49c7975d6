"""`quarto render` by hand: what its command line asks for is made or refused, and what it made is re-read."""

import json
import re
import shlex
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePath
from typing import Any

import yaml

from briefing.errors import BadInputError, Problem, RunFailedError
from briefing.render.verify import problems_of
from briefing.scenario import DEFAULT, Scenario, scenario_names
from briefing.scenario.editions import now_called

FORMATS = ("briefing-html", "briefing-typst")
MAY_SET = ("briefing-edition", "toc", "toc-depth")
"""Metadata that change nothing of what a document says of itself."""


@dataclass(frozen=True)
class Asked:
    """What a command line of Quarto asks for, as far as this project has to know it."""

    formats: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    parameter_files: tuple[str, ...] = ()
    metadata: tuple[str, ...] = ()
    metadata_files: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()

    @property
    def brief(self) -> bool:
        """Whether only the brief is asked for."""
        return any(_parted(one) == ("briefing-edition", "brief") for one in self.metadata)


def read_command_line(arguments: Sequence[str]) -> Asked:
    """Read a command line of Quarto, which hands to pandoc what it does not know itself.

    Examples
    --------
    >>> read_command_line(["render", "report.qmd", "-P", "pay:2500", "--to=html,docx"])
    Asked(formats=('html', 'docx'), parameters=('pay:2500',), parameter_files=(), metadata=(), \
metadata_files=(), variables=())
    """
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    for name, *options in (
        ("formats", "-t", "--to"),
        ("parameters", "-P", "--execute-param"),
        ("parameter_files", "--execute-params"),
        ("metadata", "-M", "--metadata"),
        ("metadata_files", "--metadata-file"),
        ("variables", "-V", "--variable"),
    ):
        parser.add_argument(*options, action="append", default=[], nargs="?", const="", dest=name)
    given = vars(parser.parse_known_args(list(arguments))[0])
    given["formats"] = [name for one in given["formats"] for name in one.split(",")]
    return Asked(**{name: tuple(values) for name, values in given.items()})


def command_line(environment: Mapping[str, str]) -> list[str]:
    """Return the arguments of the Quarto that started this process; none where none did.

    Quarto tells a script its profile and its files, but neither `-P` nor `-M`: those stand only there.

    Raises
    ------
    RunFailedError
        Quarto started this process and its command line cannot be seen.
    """
    import psutil

    try:
        for process in psutil.Process().parents():
            arguments: list[str] = process.cmdline()
            for place, argument in enumerate(arguments, 1):
                if PurePath(argument).stem == "quarto":
                    return arguments[place:]
    except psutil.Error:
        pass
    if "QUARTO_PROJECT_OUTPUT_DIR" in environment:
        raise RunFailedError("Quarto's own command line cannot be seen here; type `briefing render`")
    return []


def check_asked(asked: Asked, scenarios: Sequence[str] = ()) -> None:
    """Raise `BadInputError` with what is asked for and would be ignored, or make another document.

    Examples
    --------
    >>> check_asked(read_command_line(["render", "-P", "pay=2500", "-M", "title:Mine"]))
    Traceback (most recent call last):
    briefing.errors.BadInputError: -P pay=2500: report.qmd is not executed and takes no parameters from \
Quarto; type `briefing render --set pay=2500`
    -M title: the document says this of itself; allowed: briefing-edition, toc, toc-depth
    """
    problems = [
        Problem(f"--to {name}", "would leave the report unfilled", ", ".join(FORMATS))
        for name in asked.formats
        if name not in (*FORMATS, "all")
    ]
    if asked.parameters or asked.parameter_files:
        given = [f"-P {one}" for one in asked.parameters]
        given += [f"--execute-params {one}" for one in asked.parameter_files]
        instead = shlex.join(["briefing", "render", *scenarios, *_settings(asked)])
        what = f"report.qmd is not executed and takes no parameters from Quarto; type `{instead}`"
        problems.append(Problem(" ".join(given), what))
    said, may = "the document says this of itself", ", ".join(MAY_SET)
    for option, values in (("-M", asked.metadata), ("-V", asked.variables)):
        names = [_parted(one)[0] for one in values]
        problems += [
            Problem(f"{option} {name}", said, may if option == "-M" else "")
            for name in names
            if option == "-V" or name not in MAY_SET
        ]
    problems += [Problem(f"--metadata-file {one}", said, f"-M with {may}") for one in asked.metadata_files]
    if asked.brief and asked.formats != ("briefing-typst",):
        problems.append(
            Problem("-M briefing-edition:brief", "the brief is a PDF", "with --to briefing-typst")
        )
    if problems:
        raise BadInputError(dict.fromkeys(problems))


def _parted(setting: str) -> tuple[str, str]:
    """Part `name:value` or `name=value`, as Quarto and pandoc do."""
    name, *value = re.split("[:=]", setting, maxsplit=1)
    return name, "".join(value).strip()


def _settings(asked: Asked) -> list[str]:
    """Return what `briefing render` is typed with to get the parameters that were asked for."""
    given: dict[str, Any] = {}
    for name in asked.parameter_files:
        try:
            read = yaml.safe_load(Path(name).read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError):
            read = None
        given |= read if isinstance(read, dict) else {"parameter": "value"}
    given |= dict(map(_parted, asked.parameters))
    shown = {name: "/".join(map(str, _ends(value))) for name, value in given.items()}
    return [part for name, value in shown.items() for part in ("--set", f"{name}={value}")]


def _ends(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else [value]


def profiles_of(environment: Mapping[str, str]) -> list[str]:
    """Return the names of Quarto's active profiles.

    Examples
    --------
    >>> profiles_of({"QUARTO_PROFILE": "draft,as-printed"})
    ['draft', 'as-printed']
    """
    return re.findall(r"[^,\s]+", environment.get("QUARTO_PROFILE", ""))


def scenario_of(root: Path, profiles: Sequence[str]) -> str:
    """Return the scenario that one of Quarto's profiles names, else the one of ``_quarto.yml``.

    Parameters
    ----------
    root
        The project's folder.
    profiles
        Each is a scenario's name, or that of a file ``_quarto-NAME.yml``, which may name a scenario as
        ``_quarto.yml`` does.

    Raises
    ------
    BadInputError
        A name is neither, or two are scenarios.
    """
    known = scenario_names(root / "scenarios")
    files = {name: root / f"_quarto-{name}.yml" for name in profiles}
    problems = []
    for name in profiles:
        if now := now_called(name):
            problems.append(Problem(f"--profile {name}", f"of an earlier version; type `{now}`"))
        elif name not in known and not files[name].is_file():
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            what = f"neither a scenario nor a file {files[name].name}{hint}"
            problems.append(Problem(f"--profile {name}", what, ", ".join(known)))
    chosen = [name for name in files if name in known]
    if len(chosen) > 1:
        problems.append(Problem(f"--profile {','.join(chosen)}", "names several scenarios", "one of them"))
    # Of several profiles the first has the last word, as in Quarto.
    for path in [*(path for path in files.values() if path.is_file()), root / "_quarto.yml"]:
        named = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("briefing") or {}
        chosen += [str(named["scenario"])] if "scenario" in named else []
    if not chosen:
        problems.append(Problem("_quarto.yml, briefing", "names no scenario", f"scenario: {DEFAULT}"))
    if problems:
        raise BadInputError(problems)
    return chosen[0]


def data_of(root: Path, scenario: str) -> Path:
    """Return the file that report.qmd is filled from by hand."""
    return root / "figures" / scenario / "document.json"


def check_made(root: Path, scenario: Scenario, made: Iterable[str], brief: bool) -> None:
    """Re-read the documents that Quarto made, and put aside each that is not what was asked for.

    Raises
    ------
    RunFailedError
        What is wrong with them, a line each.
    """
    document = json.loads(data_of(root, scenario.name).read_text(encoding="utf-8"))
    lines = []
    for name in made:
        path = root / name
        aside = path.with_stem(f"{path.stem}.rejected")
        aside.unlink(missing_ok=True)
        if problems := problems_of(path, scenario.digest, document, brief):
            path.replace(aside)
            lines += [f"{name}: {problem}; it is now {aside.name}" for problem in problems]
    if lines:
        raise RunFailedError("\n".join(lines))
