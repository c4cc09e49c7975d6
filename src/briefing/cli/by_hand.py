"""What Quarto runs before and after `quarto render` by hand, through _extensions/briefing/door.py."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from briefing.cli.ground import check_ground, tell_edits
from briefing.cli.options import at_once

if TYPE_CHECKING:
    from briefing.scenario import Scenario


def _scenario(root: Path) -> "Scenario":
    from briefing.render.by_hand import profiles_of, scenario_of
    from briefing.scenario import load_scenario

    return load_scenario(scenario_of(root, profiles_of(os.environ)), folder=root / "scenarios")


def quarto_before() -> None:
    """Refuse what would be ignored, and prepare the rest: fresh results, document.json and the fonts."""
    from briefing.ledger import load
    from briefing.paths import project_root
    from briefing.render.by_hand import check_asked, command_line, data_of, profiles_of, read_command_line
    from briefing.render.document import compose, write
    from briefing.render.stage import supply_fonts
    from briefing.run.notebooks import find_notebooks
    from briefing.run.plan import Planner
    from briefing.run.runner import default_engine, run_notebooks
    from briefing.scenario import scenario_names

    root = project_root()
    planner = Planner(root)
    named = [name for name in profiles_of(os.environ) if name in scenario_names()]
    asked = read_command_line(command_line(os.environ))
    scenario, *_ = at_once(
        partial(_scenario, root),
        partial(check_asked, asked, named),
        partial(check_ground, planner),
    )
    tell_edits(planner, [scenario])
    run_notebooks(root, scenario, default_engine())
    document = compose(root, scenario, load(), [notebook.name for notebook in find_notebooks(root)])
    write(document, data_of(root, scenario.name))
    supply_fonts(root / "_extensions" / "briefing")


def quarto_after() -> None:
    """Re-read what Quarto made; what is not what was asked for does not keep its name."""
    from briefing.paths import project_root
    from briefing.render.by_hand import check_made, command_line, read_command_line

    root = project_root()
    made = os.environ.get("QUARTO_PROJECT_OUTPUT_FILES", "").splitlines()
    check_made(root, _scenario(root), made, read_command_line(command_line(os.environ)).brief)
