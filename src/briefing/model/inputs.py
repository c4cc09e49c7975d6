"""From a scenario's parameters, as a notebook receives them, to the inputs of the model."""

from collections.abc import Callable, Mapping
from typing import Any

from briefing.model.outcomes import outcomes
from briefing.model.uncertainty import sample
from briefing.model.units import Values

# What an outcome does not depend on may be left out: no money, nobody returning, no losses.
NEUTRAL: dict[str, Any] = {
    "hazard": 0.0,
    "phases": None,
    "killed_share": 0.0,
    "return_share": 0.0,
    "return_lag": 0.0,
    "arrivals": (),
    "pool": float("inf"),
    "pay": 0.0,
    "signing": 0.0,
    "indirect_multiple": 0.0,
    "received_share": 0.0,
    "kept_share": 0.0,
    "death_payment": 0.0,
}
Triple = tuple[float, float, float]


def model_inputs(**parameters: Any) -> dict[str, Any]:
    """Return parameters in the model's own forms: ranges as triples, phases and arrivals as tuples.

    Parameters
    ----------
    **parameters
        Values as a scenario gives them: a number, a mapping with low, mode and high, a word, or None; for
        phases mappings with days, hazard and arrivals_after; for arrivals mappings with month and persons.
        What is left out is neutral: no money, no losses, nobody returning.

    Raises
    ------
    ValueError
        If an entry of a range, a phase or an arrival is missing or no number.

    Examples
    --------
    >>> model_inputs(tour={"low": 2, "mode": 3, "high": 12}, arrivals=[{"month": 2, "persons": 500}])["tour"]
    (2.0, 3.0, 12.0)
    """
    return {**NEUTRAL, **{name: _form(name, value) for name, value in parameters.items()}}


def _form(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return _entries(name, value, "low", "mode", "high")
    if name == "phases" and value is not None:
        return tuple(
            _entries(name, {"arrivals_after": 0.0, **phase}, "days", "hazard", "arrivals_after")
            for phase in value
        )
    if name == "arrivals":
        return tuple(_entries(name, arrival, "month", "persons") for arrival in value)
    return value


def _entries(name: str, given: Mapping[str, Any], *wanted: str) -> tuple[float, ...]:
    try:
        return tuple(float(given[entry]) for entry in wanted)
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"{name}: given {given!r}, allowed numbers for {', '.join(wanted)}") from None


def _is_range(name: str, value: Any) -> bool:
    return isinstance(value, tuple) and name not in ("phases", "arrivals")


def central(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs with every range at its mode.

    Examples
    --------
    >>> central(model_inputs(pay={"low": 1_500, "mode": 2_000, "high": 3_000}))["pay"]
    2000.0
    """
    return {name: value[1] if _is_range(name, value) else value for name, value in inputs.items()}


def drawn(inputs: Mapping[str, Any], draws: int, seed: int) -> dict[str, Any]:
    """Return the inputs with every range as an array of independent PERT draws.

    Parameters
    ----------
    inputs
        What `model_inputs` returned.
    draws
        How many.
    seed
        Of the random streams; each input has its own, so one more range leaves the others' draws alone.

    Examples
    --------
    >>> drawn(model_inputs(pay={"low": 1_500, "mode": 2_000, "high": 3_000}), 5, 1)["pay"].shape
    (5,)
    """
    sampled: dict[str, Values] = sample(uncertain(inputs), draws, seed)
    return {**inputs, **sampled}


def uncertain(inputs: Mapping[str, Any]) -> dict[str, Triple]:
    """Return the inputs that have a range.

    Examples
    --------
    >>> uncertain(model_inputs(pay={"low": 1_500, "mode": 2_000, "high": 3_000}, force=10_900))
    {'pay': (1500.0, 2000.0, 3000.0)}
    """
    return {name: value for name, value in inputs.items() if _is_range(name, value)}


def outcome_of(inputs: Mapping[str, Any], name: str) -> Callable[[Mapping[str, Any]], Values]:
    """Return one outcome of a scenario as a function of its uncertain inputs, the rest held at their modes.

    Examples
    --------
    >>> inputs = model_inputs(force=10_000, tour=None, horizon=12, count_rule="staggered", policy="hold",
    ...     pay={"low": 1_500, "mode": 2_000, "high": 3_000})
    >>> outcome_of(inputs, "agreed")({"pay": 2_500})
    300000000.0
    """
    fixed = central(inputs)
    return lambda given: outcomes({**fixed, **given})[name]
