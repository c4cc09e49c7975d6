"""Outcomes of many scenarios: at the modes, and the percentiles of their draws."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from numbers import Real
from typing import Any

from briefing.model.alike import NUMBERS, Kept, Structure, work_out
from briefing.model.alike import Spread as Spread
from briefing.model.alike import Summary as Summary
from briefing.model.checks import one_number
from briefing.model.event import Event as Event
from briefing.model.inputs import central, drawn, model_inputs
from briefing.model.outcomes import outcomes
from briefing.model.scenario_case import INPUTS

WINDOW = 256
"""Scenarios read ahead, to find those that are built alike."""

_LAYOUT = tuple(name for name in INPUTS if name not in NUMBERS)
Events = Mapping[str, Event] | Callable[[Mapping[str, Any]], Mapping[str, Event]]


def summaries(
    scenarios: Iterable[Mapping[str, Any]], events: Events | None = None, quantities: Sequence[str] = ()
) -> Iterator[Summary]:
    """Work out many scenarios.

    Parameters
    ----------
    scenarios
        For each its parameters in the forms that `inputs.model_inputs` takes, and its `draws` and `seed`.
        Other keys are not looked at.
    events
        By name; or a function that gives them for a scenario's parameters.
    quantities
        Outcomes of `outcomes.outcomes`, or inputs of `alike.NUMBERS`, to return; every outcome if none is
        named.

    Yields
    ------
    Summary
        For each scenario, in order: `outcomes.outcomes` of `inputs.central`, and `uncertainty.quantiles` over
        the draws of `inputs.drawn`, but for rounding in the last digits of a float.

    Raises
    ------
    ValueError
        If a parameter is missing or out of range, with its scenario, counted from 1; or if a quantity is
        unknown.

    Notes
    -----
    The draws of an input depend only on the seed, its name and its range (common random numbers): scenarios
    differ by their inputs and not by chance. What is held in memory does not grow with the number of
    scenarios; several processes may take consecutive parts of them.

    Examples
    --------
    >>> alike = {"horizon": 12, "count_rule": "staggered", "policy": "hold", "tour": None, "draws": 1_000}
    >>> pay = {"low": 1_500, "mode": 2_000, "high": 3_000}
    >>> grid = [{**alike, "seed": 1, "pay": pay, "force": force} for force in (10_000, 15_000)]
    >>> for found in summaries(grid, {"above": Event("agreed", ">", 300e6)}, ["agreed", "distinct"]):
    ...     print(found.quantities["distinct"].mode, f"{found.quantities['agreed'].high:.3g}", found.events)
    10000.0 3.08e+08 {'above': 0.08}
    15000.0 4.62e+08 {'above': 0.952}
    """
    kept = Kept()
    numbered = enumerate(scenarios, 1)
    while window := list(islice(numbered, WINDOW)):
        alike: dict[Structure, dict[int, dict[str, Any]]] = {}
        for place, parameters in window:
            wanted = events(parameters) if callable(events) else events or {}
            try:
                structure, inputs = _read(parameters, wanted)
            except ValueError as error:
                raise ValueError(f"scenario {place}: {error}") from error
            alike.setdefault(structure, {})[place] = inputs
        found: dict[int, Summary] = {}
        for structure, members in alike.items():
            try:
                found |= zip(members, work_out(structure, [*members.values()], quantities, kept), strict=True)
            except ValueError as error:
                raise _named(structure, members, error) from error
        for place, _ in window:
            yield found[place]


def _read(parameters: Mapping[str, Any], events: Mapping[str, Event]) -> tuple[Structure, dict[str, Any]]:
    """Split a scenario into what it shares with others and its own numbers."""
    draws, seed = (_whole(name, parameters.get(name)) for name in ("draws", "seed"))
    inputs = model_inputs(**{name: parameters[name] for name in INPUTS if name in parameters})
    for name in INPUTS:
        if name not in inputs:
            raise ValueError(f"{name}: given none, allowed a value for every input without a neutral one")
    for name in NUMBERS:
        value = inputs[name]
        if isinstance(value, tuple) and value[0] == value[1] == value[2]:
            inputs[name] = value[1]
    for name in _LAYOUT:
        if not isinstance(inputs[name], Hashable):
            raise ValueError(f"{name}: given {str(inputs[name])!r}, allowed one value")
    layout = tuple(inputs[name] for name in _LAYOUT)
    kinds = tuple(_kind(name, inputs[name]) for name in NUMBERS)
    return Structure(layout, kinds, draws, seed, tuple(events.items())), inputs


def _whole(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name}: given {str(value)!r}, allowed a whole number")
    return int(one_number(name, value, low=1)) if name == "draws" else value


def _kind(name: str, value: Any) -> str:
    """Tell apart what the model treats in its own way: a range, one number, exactly 0, no tour."""
    if isinstance(value, tuple):
        return "range"
    if isinstance(value, Real):
        return "exact" if value else "zero"
    if value is None and name == "tour":
        return "none"
    raise ValueError(f"{name}: given {str(value)!r}, allowed a number, or low, mode and high")


def _named(structure: Structure, members: Mapping[int, Mapping[str, Any]], error: ValueError) -> ValueError:
    """Find the scenario that an error comes from."""
    for place, inputs in members.items():
        try:
            outcomes(central(inputs))
            outcomes(drawn(inputs, structure.draws, structure.seed))
        except ValueError as own:
            return ValueError(f"scenario {place}: {own}")
    return error
