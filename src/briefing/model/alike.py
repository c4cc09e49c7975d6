"""Scenarios that are built alike: worked out together, and nothing twice.

An outcome depends on some of the inputs only, and in a grid of scenarios the values of those recur.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from briefing.model.checks import choice
from briefing.model.event import Event
from briefing.model.inputs import central
from briefing.model.memory import Recent
from briefing.model.outcomes import outcomes
from briefing.model.scenario_case import AMOUNTS, SHARES
from briefing.model.uncertainty import quantiles, sample
from briefing.model.units import Array, Values

NUMBERS = (*AMOUNTS, *SHARES, "tour", "pool")
"""Inputs that may have a range; the others lay out a scenario."""
BLOCK = 32_768
"""Draws, of all scenarios, worked out together: their arrays stay within a processor's cache."""
DRAWS_KEPT, ANSWERS_KEPT, PLANS_KEPT = 2**22, 2**14, 2**9
"""Draws of inputs (32 MB), percentiles of outcomes and layouts of scenarios that are remembered."""


@dataclass(frozen=True)
class Structure:
    """What scenarios share that are worked out together.

    Attributes
    ----------
    layout
        The inputs that are no `NUMBERS`, in one order.
    kinds
        For each of `NUMBERS` ``range``, ``exact``, ``none``, or ``zero``, which the model treats apart.
    draws, seed
        Of the random streams.
    events
        Names and events.
    """

    layout: tuple[Any, ...]
    kinds: tuple[str, ...]
    draws: int
    seed: int
    events: tuple[tuple[str, Event], ...]

    def named(self, *kinds: str) -> list[str]:
        """Return the numbers of some kinds."""
        return [name for name, kind in zip(NUMBERS, self.kinds, strict=True) if kind in kinds]


@dataclass(frozen=True, slots=True)
class Spread:
    """A quantity of one scenario, in its own unit.

    Attributes
    ----------
    mode
        With every input at its mode.
    low, median, high
        5th, 50th and 95th percentile of the draws; None where it does not vary.
    """

    mode: float
    low: float | None = None
    median: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, mode: float, ends: Sequence[float] = ()) -> "Spread":
        """Take the percentiles of draws, unless all of them say what the modes say.

        Examples
        --------
        >>> Spread.of(2.0, (2.0, 2.0, 2.0))
        Spread(mode=2.0, low=None, median=None, high=None)
        """
        varies = len(ends) and not ends[0] == ends[-1] == mode
        return cls(mode, *ends) if varies else cls(mode)

    @property
    def value(self) -> float:
        """What is printed: the median where draws vary, and the exact number elsewhere."""
        return self.mode if self.median is None else self.median

    def times(self, factor: float) -> "Spread":
        """Return the same in another unit.

        Examples
        --------
        >>> Spread(2.0, 1.0, 3.0, 8.0).times(100).value
        300.0
        """
        ends = (self.low, self.median, self.high)
        return Spread(factor * self.mode, *(None if end is None else factor * end for end in ends))


@dataclass(frozen=True, slots=True)
class Summary:
    """One scenario: its quantities by name, and the share of draws in which each event happens."""

    quantities: Mapping[str, Spread]
    events: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Part:
    """Quantities, and events of quantities, that vary with the same inputs.

    Attributes
    ----------
    reads
        The inputs.
    quantities, events
        What is to be told of them.
    """

    reads: tuple[str, ...]
    quantities: list[str] = field(default_factory=list)
    events: list[tuple[str, Event]] = field(default_factory=list)


class Kept:
    """What is remembered from some scenarios to the next."""

    def __init__(self) -> None:
        self.draws: Recent[tuple[Any, ...], Array] = Recent(DRAWS_KEPT)
        self.plans: Recent[Structure, list[Part]] = Recent(PLANS_KEPT)
        self.answers: Recent[_Key, dict[Any, Any]] = Recent(ANSWERS_KEPT)


# A part and the values of the inputs that it reads.
_Key = tuple[Part, tuple[Any, ...]]


def work_out(
    structure: Structure, members: Sequence[Mapping[str, Any]], quantities: Sequence[str], kept: Kept
) -> list[Summary]:
    """Work out scenarios of one structure.

    Parameters
    ----------
    structure
        What they share.
    members
        The inputs of each, as `inputs.model_inputs` gives them.
    quantities
        Outcomes or numbers to return; every outcome if none is named.
    kept
        What to remember; the same for all calls with the same `quantities`.

    Returns
    -------
    list of Summary
        One for each member.

    Raises
    ------
    ValueError
        If an input is out of range or a quantity unknown.

    Examples
    --------
    >>> from briefing.model.example import AS_PRINTED
    >>> exact = Structure((), tuple("exact" if AS_PRINTED[name] else "none" for name in NUMBERS), 1, 1, ())
    >>> members = [AS_PRINTED, AS_PRINTED | {"force": 15_000}]
    >>> [found.quantities["agreed"].mode for found in work_out(exact, members, ["agreed"], Kept())]
    [261600000.0, 360000000.0]
    """
    modes = _values(_together(structure, members, lambda name, triple: triple[1]))
    quantities = quantities or [name for name in modes if name not in NUMBERS]
    for name in (*quantities, *(event.quantity for _, event in structure.events)):
        choice("quantity", name, modes)
    parts = kept.plans.get(structure)
    if parts is None:
        parts = kept.plans.put(structure, _plan(structure, members[0], quantities))
    spreads = _spreads(structure, members, parts, kept)
    column = (len(members), 1)
    middle = {name: np.broadcast_to(value, column)[:, 0].tolist() for name, value in modes.items()}
    return [
        Summary(
            {name: Spread.of(middle[name][row], spread.get(name, ())) for name in quantities},
            {
                name: spread.get((name, event), float(event.happens(middle[event.quantity][row])))
                for name, event in structure.events
            },
        )
        for row, spread in enumerate(spreads)
    ]


def _values(inputs: Mapping[str, Any]) -> dict[str, Values]:
    """Every outcome, and the numbers themselves."""
    return {name: inputs[name] for name in NUMBERS if inputs[name] is not None} | outcomes(inputs)


def _plan(structure: Structure, member: Mapping[str, Any], quantities: Sequence[str]) -> list[Part]:
    """Sort what varies by the inputs that it depends on: the axes it has when each of them has its own."""
    names = structure.named("exact", "range")
    inputs = central(member)
    for axis, name in enumerate(names):
        shape = [2 if other == axis else 1 for other in range(len(names))]
        inputs[name] = np.full(shape, inputs[name])
    ranges = set(structure.named("range"))
    parts: dict[tuple[str, ...], Part] = {}
    for quantity, value in _values(inputs).items():
        reads = tuple(name for name, length in zip(names, np.shape(value), strict=False) if length == 2)
        if ranges.intersection(reads):
            part = parts.setdefault(reads, Part(reads))
            part.quantities.extend([quantity] if quantity in quantities else [])
            part.events.extend(item for item in structure.events if item[1].quantity == quantity)
    return [part for part in parts.values() if part.quantities or part.events]


def _together(
    structure: Structure, members: Sequence[Mapping[str, Any]], value_of: Callable[[str, Any], Values]
) -> dict[str, Any]:
    """Put the inputs of several scenarios into arrays; what they have in common stays as it is."""
    inputs = dict(members[0])
    ranges = structure.named("range")
    for name in structure.named("exact", "range"):
        given = [member[name] for member in members]
        values = {value: value_of(name, value) if name in ranges else value for value in given}
        inputs[name] = values[given[0]]
        if len(values) > 1:
            inputs[name] = np.stack([np.atleast_1d(values[value]) for value in given])
    return inputs


def _spreads(
    structure: Structure, members: Sequence[Mapping[str, Any]], parts: Sequence[Part], kept: Kept
) -> list[dict[Any, Any]]:
    """Give for each scenario the percentiles of what varies, by name, and the shares of its events."""
    keys = [[(part, tuple(member[name] for name in part.reads)) for part in parts] for member in members]
    answers: dict[_Key, dict[Any, Any]] = {}
    due: dict[int, list[_Key]] = {}
    for row, of_member in enumerate(keys):
        for key in of_member:
            if key not in answers:
                remembered = kept.answers.get(key)
                answers[key] = remembered or {}
                if remembered is None:
                    due.setdefault(row, []).append(key)
    rows, several = list(due), max(1, BLOCK // structure.draws)
    for start in range(0, len(rows), several):
        block = rows[start : start + several]
        values = _values(
            _together(structure, [members[row] for row in block], partial(_draw, structure, kept))
        )
        for part in parts:
            wanted = [(line, key) for line, row in enumerate(block) for key in due[row] if key[0] is part]
            found = _told(part, values, [line for line, _ in wanted], (len(block), structure.draws))
            for (_, key), answer in zip(wanted, found, strict=True):
                answers[key] = kept.answers.put(key, answer)
    return [{name: value for key in of_member for name, value in answers[key].items()} for of_member in keys]


def _draw(structure: Structure, kept: Kept, name: str, triple: Any) -> Values:
    """Draw an input as `inputs.drawn` does, once."""
    key = (name, triple, structure.draws, structure.seed)
    known = kept.draws.get(key)
    if known is None:
        fresh = np.asarray(sample({name: triple}, structure.draws, structure.seed)[name])
        known = kept.draws.put(key, fresh, structure.draws)
    return known


def _told(
    part: Part, values: Mapping[str, Values], lines: Sequence[int], shape: tuple[int, int]
) -> list[dict[Any, Any]]:
    """Give for some lines of a block the percentiles and shares of one part."""
    told: list[dict[Any, Any]] = [{} for _ in lines]
    if not told:
        return told
    for name in part.quantities:
        ends = quantiles(np.broadcast_to(values[name], shape)[lines])
        for answer, low, median, high in zip(told, *ends.tolist(), strict=True):
            answer[name] = (low, median, high)
    for name, event in part.events:
        happens = event.happens(np.broadcast_to(values[event.quantity], shape)[lines])
        for answer, share in zip(told, np.mean(happens, axis=-1).tolist(), strict=True):
            answer[name, event] = share
    return told
