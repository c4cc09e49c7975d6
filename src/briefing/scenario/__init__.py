"""Scenarios: typed parameters, and the small files that set them."""

from briefing.scenario.editions import DEFAULT
from briefing.scenario.files import build_scenario, load_scenario, parse_settings, scenario_names
from briefing.scenario.parameters import Scenario
from briefing.scenario.values import Range

__all__ = [
    "DEFAULT",
    "Range",
    "Scenario",
    "build_scenario",
    "load_scenario",
    "parse_settings",
    "scenario_names",
]
