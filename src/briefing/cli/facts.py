"""`briefing facts`: by what the report chooses among its sentences."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefing.cli.ground import of_a_comparison
from briefing.cli.inform import AsJson, print_table

if TYPE_CHECKING:
    from briefing.report.facts import FactUse


def facts(
    name: Annotated[
        str | None, typer.Argument(metavar="[SCENARIO]", help="Also say whether each holds in this run.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the facts: what each means, what records it, and where the report asks for it.

    Example: briefing facts november-2024
    """
    from briefing.paths import project_root
    from briefing.report.check import read
    from briefing.report.facts import facts_of

    root = project_root()
    holds = None if name is None else _held(root, name)
    rows = [row for use in facts_of(*read(root, of_a_comparison())) for row in _rows(use, holds)]
    if as_json:
        typer.echo(json.dumps(rows, indent=1, ensure_ascii=False))
        return
    columns = ["fact", *(["holds"] if holds is not None else []), "meaning", "recorded by", "read in"]
    said = {True: "yes", False: "no", None: ""}
    print_table(
        columns,
        [
            [
                row["fact"],
                *([said[row["holds"]]] if holds is not None else []),
                row["meaning"],
                row["recorded_by"],
                " ".join(row["read_in"]) or "nowhere",
            ]
            for row in rows
        ],
    )


def _held(root: Path, name: str) -> dict[str, bool]:
    from briefing.errors import BadInputError, Problem
    from briefing.report.facts import held
    from briefing.scenario.editions import check_name

    check_name(name, f'run "{name}"')
    found = held(root / "figures" / name)
    if not found:
        raise BadInputError([Problem(f'run "{name}"', "nothing has run", f"first `briefing run {name}`")])
    return found


def _rows(use: "FactUse", holds: dict[str, bool] | None) -> list[dict[str, Any]]:
    """Return a row for a fact; for one with an open part, one for each that the run recorded."""
    about = {"meaning": use.meaning, "recorded_by": use.where, "read_in": list(use.lines)}
    if holds is None:
        return [{"fact": use.shown, **about}]
    keys = [key for key in holds if use.matches(key)] or [use.shown]
    return [{"fact": key, "holds": holds.get(key), **about} for key in keys]
