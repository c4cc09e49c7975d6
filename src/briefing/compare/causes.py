"""Which parameter moves a number from one scenario to another: one change at a time, and what is left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from briefing.errors import BadInputError
from briefing.headline import Headline, headlines
from briefing.ledger import Ledger
from briefing.scenario import Scenario, build_scenario


@dataclass(frozen=True)
class Cause:
    """How far one change moves a number.

    Attributes
    ----------
    parameters
        What is changed from the first scenario's value to the second's: one parameter, or several where one
        alone makes no valid scenario.
    effect
        The number with that change less the number without, in its unit; None where one of them is unknown.
    """

    parameters: tuple[str, ...]
    effect: float | None


@dataclass(frozen=True)
class Attribution:
    """The way of one number from a first scenario to a second.

    Attributes
    ----------
    key, unit
        Of the number.
    first, second
        Its values in the two scenarios.
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
    >>> list(single_changes(load_scenario("baseline"), load_scenario("high-tempo")))
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


def attribute(first: Scenario, second: Scenario, ledger: Ledger, keys: Sequence[str]) -> list[Attribution]:
    """Say for each number which changes of parameters move it from one scenario to the other.

    Parameters
    ----------
    first, second
        The scenarios.
    ledger
        The whole evidence.
    keys
        Of the headline numbers (`briefing.headline.headlines`); values are those at the modes.

    Returns
    -------
    list of Attribution
        For each number that differs.

    Notes
    -----
    One-at-a-time differences from the first scenario. They need not add up; the remainder is the interaction
    and is shown, not spread over the causes.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> from briefing.scenario import load_scenario
    >>> first, second = load_scenario("as-printed"), load_scenario("as-printed", {"pay": 2500})
    >>> [found] = attribute(first, second, load(), ["people.distinct", "money.agreed"])
    >>> found.key, found.causes, found.interaction
    ('money.agreed', (Cause(parameters=('pay',), effect=65400000.0),), 0.0)
    """
    changes = single_changes(first, second)
    before, after, *changed = headlines([first, second, *changes.values()], ledger)
    told = []
    for key in keys:
        if before[key].value == after[key].value:
            continue
        causes: tuple[Cause, ...] = ()
        whole = _less(after[key], before[key])
        if whole is not None:
            effects = [
                Cause(names, _less(numbers[key], before[key]))
                for names, numbers in zip(changes, changed, strict=True)
            ]
            moving = (cause for cause in effects if cause.effect != 0)
            causes = tuple(sorted(moving, key=lambda cause: -abs(cause.effect or 0)))
        left = _left(whole, causes)
        told.append(Attribution(key, before[key].unit, before[key].value, after[key].value, causes, left))
    return told


def _left(whole: float | None, causes: Sequence[Cause]) -> float | None:
    """Return what single changes do not add up to; None where an effect is unknown."""
    known = [cause.effect for cause in causes if cause.effect is not None]
    if whole is None or len(known) < len(causes):
        return None
    left = whole - sum(known)
    # What is left of floating-point noise is no interaction.
    return 0.0 if abs(left) < 1e-9 * max(abs(whole), 1e-9) else left


def _less(one: Headline, other: Headline) -> float | None:
    return None if one.value is None or other.value is None else one.value - other.value
