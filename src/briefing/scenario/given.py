"""Parameters as a notebook holds them, all or some: checked as a file's are, and set beside the defaults."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from briefing.errors import BadInputError
from briefing.scenario.files import as_setting, build_named, typed
from briefing.scenario.parameters import TEXTS, Scenario

BY_HAND = {"title": "By hand", "why": "To see what follows"}
UNOPPOSED = {"horizon": 60, "tour": None, "hazard": 0}
"""What contradicts no other parameter, in the place of one that is not given."""


def check_given(given: Mapping[str, Any]) -> Scenario:
    """Check parameters, all or some, as those of a scenario's file are checked.

    Parameters
    ----------
    given
        By name, with a scenario's title and why if they are there. A text is read as ``--set`` reads it.

    Returns
    -------
    Scenario
        What is not given is at its default, or stands where it contradicts nothing: ask it only for what was
        given.

    Raises
    ------
    BadInputError
        One line a parameter: what was given and what is allowed.

    Examples
    --------
    >>> check_given({"tour": "2/3/12", "policy": "hold"}).tour.high
    12.0
    >>> check_given({"pay": -1, "foo": 1})
    Traceback (most recent call last):
    briefing.errors.BadInputError: pay: -1; allowed: 0 to 15,000 USD per person-month, as a number, as \
low/mode/high, or claimed
    foo: unknown parameter; `briefing parameters` lists them all
    """
    read = {
        name: typed(value) if isinstance(value, str) and name not in TEXTS else value
        for name, value in given.items()
    }
    return build_named("by-notebook", {**BY_HAND, **UNOPPOSED, **read}, str)


@cache
def _defaults() -> Scenario:
    return build_named("defaults", BY_HAND, str)


def departures(scenario: Scenario, names: Iterable[str]) -> list[str]:
    """Say which of a scenario's parameters differ from their defaults.

    Examples
    --------
    >>> departures(check_given({"pay": 2500, "horizon": 12}), ["horizon", "pay"])
    ['pay = 2500 (default claimed)']
    """
    usual = Scenario.parameters()
    return [
        f"{name} = {as_setting(getattr(scenario, name))} (default {as_setting(usual[name].default)})"
        for name in names
        if getattr(scenario, name) != getattr(_defaults(), name)
    ]


def edited(literals: Mapping[str, Any]) -> list[str]:
    """Return the names of a cell's literals that are not the defaults, however they are written.

    Examples
    --------
    >>> edited({"pay": 2500, "tour": "2/4/12", "horizon": "long"})
    ['pay', 'horizon']
    """
    return [name for name, literal in literals.items() if not _is_default(name, literal)]


def _is_default(name: str, literal: Any) -> bool:
    try:
        return bool(getattr(check_given({name: literal}), name) == getattr(_defaults(), name))
    except BadInputError:
        return False
