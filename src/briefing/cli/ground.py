"""What every run stands on: evidence, scenario files and clock, checked before any process is started."""

from functools import partial
from typing import TYPE_CHECKING

from briefing.cli.options import at_once
from briefing.project.files import write_whole

if TYPE_CHECKING:
    from briefing.run.plan import Planner

NOTE = ".evidence"


def check_ground(planner: "Planner") -> None:
    """Refuse evidence and an environment from which nothing can be made.

    Raises
    ------
    BadInputError
        A table of the ledger is wrong, a scenario's file is, since every briefing compares all of them, or
        SOURCE_DATE_EPOCH is: every problem at once.

    Notes
    -----
    The digest of evidence that was found sound is noted under ``figures``: to read the tables takes libraries
    that are slow to import, and a run that has nothing to do need not wait for them.
    """
    from briefing.render.setting import clock
    from briefing.scenario import load_scenario, scenario_names

    files = [partial(load_scenario, name) for name in scenario_names()]
    at_once(lambda: clock(planner.root), lambda: _check_evidence(planner), *files)


def _check_evidence(planner: "Planner") -> None:
    shared, note = planner.inputs, planner.root / "figures" / NOTE
    made_of = f"{shared.data} {shared.package} {shared.lock}"
    if note.is_file() and note.read_text(encoding="utf-8") == made_of:
        return
    from briefing.ledger import load

    load(planner.root / "data")
    write_whole(note, made_of)
