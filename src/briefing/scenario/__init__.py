"""Scenarios: typed parameters, and the small files that set them."""

from briefing.scenario.files import LATEST, build_scenario, load_scenario, parse_settings, scenario_names
from briefing.scenario.parameters import Scenario
from briefing.scenario.values import Range

__all__ = [
    "LATEST",
    "Range",
    "Scenario",
    "build_scenario",
    "load_scenario",
    "parse_settings",
    "scenario_names",
]
