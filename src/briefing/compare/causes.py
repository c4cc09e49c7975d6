"""What moves a number from one briefing to another: one change at a time, and what is left."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import isclose

from briefing.errors import BadInputError
from briefing.ledger import Ledger
from briefing.results import Number
from briefing.scenario import Scenario, build_scenario
from briefing.worked import headlines

Values = Mapping[str, float | None]
EVIDENCE = "evidence_and_code"
"""Stands among the causes for what moves a number although its scenario stays the same."""


@dataclass(frozen=True)
class Cause:
    """How far one change moves a number.

    Attributes
    ----------
    parameters
        What is changed from the first scenario's value to the second's: one parameter, or several where one
        alone makes no valid scenario; or `EVIDENCE` alone.
    effect
        The number with that change less the number without, in its unit; None where one of them is unknown.
    """

    parameters: tuple[str, ...]
    effect: float | None


@dataclass(frozen=True)
class Attribution:
    """The way of one number from a first briefing to a second.

    Attributes
    ----------
    key, unit
        Of the number.
    first, second
        Its values in the two briefings.
    causes
        Largest first, without those that have no effect; none at all where a side's number is unknown.
    interaction
        What the single changes do not add up to; None where a value is unknown.
    """

    key: str
    unit: str
    first: float | None
    second: float | None
    causes: tuple[Cause, ...]
    interaction: float | None


def differing(first: Scenario, second: Scenario) -> list[str]:
    """Return the parameters that differ, in their own order."""
    return [name for name in Scenario.parameters() if getattr(first, name) != getattr(second, name)]


def single_changes(first: Scenario, second: Scenario) -> dict[tuple[str, ...], Scenario]:
    """Return the first scenario with one parameter at a time as in the second.

    A parameter that cannot change alone (a force in decline has no tour) changes together with the fewest
    others that make a valid scenario; each parameter is changed once.

    Examples
    --------
    >>> from briefing.scenario import load_scenario
    >>> list(single_changes(load_scenario("november-2024"), load_scenario("high-tempo")))
    [('force',), ('killed_share',), ('return_share',), ('tour', 'policy'), ('hazard', 'phases')]
    """
    names = differing(first, second)
    together = {name: {name} for name in names}
    for name in names:
        for company in _companies(name, names):
            if _changed(first, second, (name, *company)):
                joint = set.union(*(together[one] for one in (name, *company)))
                together |= dict.fromkeys(joint, joint)
                break
    groups = {tuple(n for n in names if n in together[name]) for name in names}
    made = {
        group: _changed(first, second, group)
        for group in sorted(groups, key=lambda g: (len(g), names.index(g[0])))
    }
    return {group: scenario for group, scenario in made.items() if scenario}


def _companies(name: str, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    others = [other for other in names if other != name]
    return (company for size in range(len(names)) for company in combinations(others, size))


def _changed(first: Scenario, second: Scenario, names: Sequence[str]) -> Scenario | None:
    """Return the first scenario with some parameters as in the second; None where that is no scenario."""
    content = {field: getattr(first, field) for field in Scenario.model_fields}
    try:
        return build_scenario(content | {name: getattr(second, name) for name in names})
    except BadInputError:
        return None


def attribute(
    first: Scenario,
    second: Scenario,
    ledger: Ledger,
    keys: Sequence[str],
    recorded: tuple[Values, Values] | None = None,
) -> list[Attribution]:
    """Say for each number which changes move it from one briefing to the other.

    Parameters
    ----------
    first, second
        The scenarios.
    ledger
        The whole evidence.
    keys
        Of the headline numbers (`briefing.worked.headlines`), whose values are those that are printed.
    recorded
        What the two briefings recorded, by key; by default what today's evidence and code give.

    Returns
    -------
    list of Attribution
        For each number that differs.

    Notes
    -----
    One-at-a-time differences from the first scenario, with today's evidence and code. Where a briefing was
    made from others, what they give for the same scenario is a cause of its own (`EVIDENCE`): for the first
    side today's number less the recorded one, for the second the recorded one less today's. Causes need not
    add up; the remainder is the interaction and is shown, not spread over the causes.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> from briefing.scenario import load_scenario
    >>> first, second = load_scenario("as-printed"), load_scenario("as-printed", {"pay": 2500})
    >>> [found] = attribute(first, second, load(), ["people.distinct", "money.agreed"])
    >>> found.key, found.causes, found.interaction
    ('money.agreed', (Cause(parameters=('pay',), effect=65400000.0),), 0.0)
    >>> recorded = {"money.agreed": 200e6}, {"money.agreed": 261.6e6}
    >>> [older] = attribute(first, first, load(), ["money.agreed"], recorded)
    >>> older.causes
    (Cause(parameters=('evidence_and_code',), effect=61600000.0),)
    """
    changes = single_changes(first, second)
    found = headlines([first, second, *changes.values()], ledger)
    units: dict[str, str] = {}
    values: list[Values] = []
    for numbers in found:
        units |= {key: numbers[key].unit for key in keys}
        values.append(_values(numbers, keys))
    before, after, *changed = values
    then, later = recorded or (before, after)
    told = []
    for key in keys:
        start, end = then.get(key), later.get(key)
        whole = _less(end, start)
        if whole == 0 or start == end:
            continue
        causes: list[Cause] = []
        left = None
        if whole is not None:
            causes = [
                Cause(names, _less(numbers[key], before[key]))
                for names, numbers in zip(changes, changed, strict=True)
            ]
            left = _left(_less(after[key], before[key]), causes)
            since = (_less(before[key], start), _less(end, after[key]))
            causes.append(Cause((EVIDENCE,), None if None in since else sum(filter(None, since))))
        moving = sorted((c for c in causes if c.effect != 0), key=lambda c: -abs(c.effect or 0))
        told.append(Attribution(key, units[key], start, end, tuple(moving), left))
    return told


def _values(numbers: Mapping[str, Number], keys: Iterable[str]) -> Values:
    return {key: None if isinstance(value := numbers[key].value, str) else value for key in keys}


def _left(whole: float | None, causes: Sequence[Cause]) -> float | None:
    """Return what single changes do not add up to; None where an effect is unknown."""
    known = [cause.effect for cause in causes if cause.effect is not None]
    if whole is None or len(known) < len(causes):
        return None
    left = whole - sum(known)
    # What is left of floating-point noise is no interaction.
    return 0.0 if abs(left) < 1e-9 * max(abs(whole), 1e-9) else left


def _less(one: float | None, other: float | None) -> float | None:
    """Return the difference; what is left of floating-point noise is none."""
    if one is None or other is None:
        return None
    return 0.0 if isclose(one, other, rel_tol=1e-9) else one - other
