"""What every run stands on: sources, evidence, scenarios and clock, checked before a process is started."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import typer

from briefing.cli.options import at_once
from briefing.project.files import write_whole

if TYPE_CHECKING:
    from briefing.report.declared import Declared
    from briefing.run.plan import Planner
    from briefing.scenario import Scenario

NOTE = ".evidence"


def check_ground(planner: "Planner", documents: bool = True) -> None:
    """Refuse sources, evidence and an environment from which nothing can be made.

    Parameters
    ----------
    planner
        Of the project.
    documents
        Whether documents are made, so that their sources are read too.

    Raises
    ------
    BadInputError
        A source of the documents is wrong, a table of the ledger is, a scenario's file is, since every
        briefing compares all of them, or SOURCE_DATE_EPOCH is: every problem at once.

    Notes
    -----
    The digest of evidence that was found sound is noted under ``figures``: to read the tables takes libraries
    that are slow to import, and a run that has nothing to do need not wait for them.
    """
    from briefing.render.setting import clock
    from briefing.report import check_sources
    from briefing.scenario import load_scenario, scenario_names

    files = [partial(load_scenario, name) for name in scenario_names()]
    sources = [lambda: check_sources(planner.root, of_a_comparison())] if documents else []
    at_once(*sources, lambda: clock(planner.root), lambda: _check_evidence(planner), *files)


def of_a_comparison() -> "Declared":
    """Return what a comparison hands over to its source."""
    from briefing.compare import declared as its
    from briefing.report.declared import declared_by_comparison

    return declared_by_comparison(its.FACTS, its.NUMBERS, its.TABLES, its.FIGURES, its.TEXTS)


def _check_evidence(planner: "Planner") -> None:
    shared, note = planner.inputs, planner.root / "figures" / NOTE
    made_of = f"{shared.data} {shared.package} {shared.lock}"
    if note.is_file() and note.read_text(encoding="utf-8") == made_of:
        return
    from briefing.ledger import load

    load(planner.root / "data")
    write_whole(note, made_of)


def tell_edits(planner: "Planner", scenarios: Sequence["Scenario"] = ()) -> None:
    """Say on standard error which literals of parameters cells are not used, and what is used for each."""
    from briefing.scenario.files import as_setting
    from briefing.scenario.given import edited

    for notebook in planner.notebooks:
        for name in edited(notebook.parameters):
            used = {as_setting(getattr(scenario, name)) for scenario in scenarios}
            value = used.pop() if len(used) == 1 else "each scenario's own"
            told = f"{notebook.parameters[name]!r} in its cell is not used; the run uses {value}"
            typer.echo(f"notebooks/{notebook.path.name}, {name}: {told}", err=True)
