"""What a claim looks like: its class of party, shape, hedge in words, and the open ends of its bound."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.path import Path

from briefing.figures.style import BLUE, ORANGE, PLUM, TEAL
from briefing.formats import EN_DASH, plain


class PartyClass(NamedTuple):
    """A class of parties: its name, colour and marker."""

    name: str
    colour: str
    marker: str


SEOUL = PartyClass("South Korea", BLUE, "o")
KYIV = PartyClass("Ukraine", ORANGE, "s")
WEST = PartyClass("US, UK, Western officials", TEAL, "D")
OTHERS = PartyClass("Others", PLUM, "^")
CLASSES = (SEOUL, KYIV, WEST, OTHERS)
_OF_PARTY = {
    "south_korea": SEOUL,
    "ukraine": KYIV,
    "united_states": WEST,
    "united_kingdom": WEST,
    "western_unnamed": WEST,
}

OPEN_UP = ("at_least", "more_than")
OPEN_DOWN = ("up_to", "fewer_than", "approaching")
# Drawn as markers, so that an open end is as long on every scale; the mark itself is at the origin.
_SHAFT = np.array([(0, 0.3), (0, 1), (-0.2, 0.74), (0, 1), (0.2, 0.74)])
ARROW_UP, ARROW_DOWN = (Path(sign * _SHAFT, [1, 2, 1, 2, 2]) for sign in (1, -1))
ARROW_POINTS = 15.0

_HEDGES = {
    "point": "{}",
    "about": "about {}",
    "at_least": "at least {}",
    "more_than": "over {}",
    "up_to": "up to {}",
    "fewer_than": "under {}",
    "approaching": "nearly {}",
    "denial": "not confirmed: {}",
}


def party_class(claim: Mapping[str, Any]) -> PartyClass:
    """Return the class of the party behind a claim.

    Parameters
    ----------
    claim
        With ``origin_party`` where the caller joined the party of the origin, else with ``claimant_party``.

    Examples
    --------
    >>> party_class({"claimant_party": "ukraine"}).name
    'Ukraine'
    >>> party_class({"claimant_party": "media"}).name
    'Others'
    """
    return _OF_PARTY.get(claim.get("origin_party", claim["claimant_party"]), OTHERS)


def ends(claim: Mapping[str, Any]) -> tuple[float, float]:
    """Return the lowest and highest number that a claim names; equal unless it is an interval.

    Examples
    --------
    >>> ends({"bound": "interval", "low": 200.0, "value": float("nan"), "high": 900.0})
    (200.0, 900.0)
    >>> ends({"bound": "at_least", "low": 100.0, "value": 100.0, "high": float("nan")})
    (100.0, 100.0)
    """
    if claim["bound"] == "interval":
        return float(claim["low"]), float(claim["high"])
    named = [claim[name] for name in ("value", "low", "high") if pd.notna(claim[name])]
    return float(named[0]), float(named[0])


def said(claim: Mapping[str, Any]) -> str:
    """Say who claims what in the few words that a label has room for.

    Examples
    --------
    >>> said({"claimant": "HUR (Ukraine)", "bound": "at_least", "low": 100, "value": 100, "high": None})
    'HUR: at least 100'
    """
    low, high = ends(claim)
    if claim["bound"] == "interval":
        figure = f"{plain(low)}{EN_DASH}{plain(high)}"
    else:
        figure = _HEDGES[claim["bound"]].format(plain(high))
    return f"{short_name(claim['claimant'])}: {figure}"


def short_name(claimant: str) -> str:
    """Leave out of a claimant's name what a label has no room for.

    Examples
    --------
    >>> short_name("Ambassador of Ukraine to the Republic of Korea"), short_name("HUR (Ukraine)")
    ('Ambassador of Ukraine', 'HUR')
    """
    for mark in (" (", ", ", " to the "):
        claimant = claimant.partition(mark)[0]
    return claimant
