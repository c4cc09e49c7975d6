"""What the sliders of the page are told: parameters with their ranges, the start, and what is printed of it.

The page answers by `_extensions/briefing/whatif-model.js`, which mirrors `briefing.model.outcomes`: what a
reader sets is exact, and what has a range and is not set is drawn by the quantiles that the page is told.
"""

import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, get_args

import numpy as np

from briefing.formats import UNIT_WORDS, plain, significant
from briefing.ledger.claimed import unknown
from briefing.model.uncertainty import pert_quantiles
from briefing.numbers import Definition, shown
from briefing.scenario import Scenario
from briefing.scenario.values import CLAIMED

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "People": ("force", "tour", "count_rule", "horizon"),
        "Losses": ("hazard", "killed_share", "return_share"),
        "Money": ("pay", "signing", "received_share", "kept_share"),
    }
)
"""The parameters that have a slider, in the order of the page."""

STEPS: Mapping[str, tuple[tuple[float, float], ...]] = MappingProxyType(
    {
        "force": ((20_000, 100), (40_000, 500), (100_000, 2_500)),
        "tour": ((6, 0.1), (12, 0.5), (36, 1)),
        "horizon": ((60, 1),),
        "hazard": ((0.2, 0.005), (0.5, 0.02), (1.5, 0.1)),
        "killed_share": ((1, 0.01),),
        "return_share": ((1, 0.01),),
        "pay": ((5_000, 50), (15_000, 500)),
        "signing": ((5_000, 100), (25_000, 1_000)),
        "received_share": ((1, 0.01),),
        "kept_share": ((1, 0.01),),
    }
)
"""How far a slider moves at a time: up to that value, by that much; small steps where opinions differ."""

HELD = ("pool", "death_payment")
"""Inputs of what is shown that stay as the scenario has them."""

NODES = 257
"""Quantiles of a range, evenly from its low to its high end; the page goes in straight lines between them."""

CONTOURS = (25_000.0, 50_000.0, 100_000.0)
"""Persons: the round contours of `briefing.figures.contours`."""


def what_if(
    scenario: Scenario, values: Mapping[str, Any], numbers: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what the sliders need: plain JSON values, none of them null.

    Parameters
    ----------
    scenario
        Which.
    values
        Its parameters as resolved on its day (`briefing.ledger.claimed.resolved`).
    numbers
        Numbers that the notebooks recorded, by key: what the page shows before anything is set.
        ``claimed.strength``, ``claimed.tour`` and ``claimed.total`` are drawn on the map where known.

    Returns
    -------
    dict
        `scenario`; `uncovered`, the parameters that keep sliders from following it, if any; `command` and
        `settings`, from which the command of a chosen point is put together; `groups` of parameters with
        `name`, `label`, `meaning`, `unit`, `start` and either `options` or `low`, `high`, `allowed`, `steps`
        and, where the scenario has a range, `band` and `quantiles`; `held`, `outputs` and `map`.

    Examples
    --------
    >>> from briefing.scenario import load_scenario
    >>> scenario = load_scenario("november-2024")
    >>> told = what_if(scenario, scenario.values(), {})
    >>> [told["groups"][0]["parameters"][1][part] for part in ("label", "start", "band", "allowed")]
    ['Tour', 3.0, [2.0, 12.0], '0.5 to 36 months']
    """
    return {
        "scenario": scenario.name,
        "uncovered": uncovered(values),
        "command": scenario.command.partition(" --set ")[0],
        "settings": {text.partition("=")[0]: shlex.quote(text) for text in scenario.settings},
        "groups": [
            {"title": title, "parameters": [_parameter(name, values[name]) for name in names]}
            for title, names in GROUPS.items()
        ],
        "held": [{"name": name, **_given(values[name])} for name in HELD],
        "outputs": [_output(number, numbers.get(number.key, {})) for number in shown("what-if")],
        "map": _map(numbers),
    }


def uncovered(values: Mapping[str, Any]) -> str:
    """Return what keeps the sliders from following a scenario of these parameters; empty where nothing does.

    Their formulas hold for a force kept at strength under one hazard; the full model follows others by steps.

    Examples
    --------
    >>> from briefing.scenario import load_scenario
    >>> uncovered(load_scenario("november-2024").values())
    ''
    >>> uncovered(load_scenario("high-tempo").values())
    'policy, phases'
    """
    departs = {
        "policy": values["policy"] != "hold",
        "phases": values["phases"] is not None,
        "arrivals": bool(values["arrivals"]),
    }
    return ", ".join([*sorted(unknown(values)), *(name for name, holds in departs.items() if holds)])


def bounds(name: str) -> tuple[float, float]:
    """Return the allowed range of a number among the parameters, as the scenario defines it.

    Examples
    --------
    >>> bounds("tour"), bounds("horizon")
    ((0.5, 36.0), (1.0, 60.0))
    """
    field = Scenario.parameters()[name]
    extra = field.json_schema_extra
    if "high" in extra:
        return float(extra["low"]), float(extra["high"])
    limits = {type(limit).__name__: limit for limit in field.metadata}
    return float(limits["Ge"].ge), float(limits["Le"].le)


def _given(value: Any) -> dict[str, Any]:
    """Where an input starts, and its quantiles where it has a range.

    JSON has no infinity, and null would be a third way to say: no tour.
    """
    if not isinstance(value, Mapping):
        return {"start": "none" if value is None else value}
    low, mode, high = (value[end] for end in ("low", "mode", "high"))
    inner = pert_quantiles(low, mode, high, np.linspace(0, 1, NODES)[1:-1]).tolist()
    return {"start": mode, "quantiles": [low, *(significant(quantile, 7) for quantile in inner), high]}


def _parameter(name: str, value: Any) -> dict[str, Any]:
    field = Scenario.parameters()[name]
    told: dict[str, Any] = {
        "name": name,
        "label": name.replace("_", " ").capitalize(),
        "meaning": str(field.description).partition(f"; {CLAIMED} =")[0].rstrip("."),
        "unit": field.json_schema_extra["unit"],
        **_given(value),
    }
    if isinstance(value, str):
        return told | {"options": list(get_args(field.annotation))}
    low, high = bounds(name)
    told |= {"low": low, "high": high, "allowed": f"{plain(low)} to {plain(high)} {told['unit']}"}
    if isinstance(value, Mapping):
        told["band"] = [value["low"], value["high"]]
    if type(None) in get_args(field.annotation):
        told["without"] = "no rotation"
    return told | {"steps": [list(step) for step in STEPS[name]]}


def _output(number: Definition, recorded: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": number.key,
        "label": number.label,
        "quantity": number.quantity,
        "unit": number.unit,
        # The labels say what persons are; only an amount of money needs to say for how long.
        "words": UNIT_WORDS[number.unit] if number.unit.startswith("usd") else "",
        "digits": number.digits or 0,
        "factor": number.factor,
        "text": recorded.get("text", ""),
        "range": recorded.get("range_text", ""),
    }


def _map(numbers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    claimed = numbers.get("claimed.total", {}).get("value")
    levels = sorted({*CONTOURS, *([float(claimed)] if claimed else [])})
    drawn: dict[str, Any] = {"levels": levels, "claimed": float(claimed or 0)}
    strength, tour = (numbers.get(f"claimed.{name}", {}) for name in ("strength", "tour"))
    ends = [part.get(end) for part in (strength, tour) for end in ("low", "high")]
    if None not in ends:
        drawn["box"] = {"force": ends[:2], "tour": ends[2:]}
    return drawn
