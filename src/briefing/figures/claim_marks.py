"""How a claim is marked: class of party, shape, hedge in words, open ends, and the room that it takes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.path import Path

from briefing.figures.labels import Box
from briefing.figures.style import BLUE, ORANGE, PLUM, TEAL
from briefing.formats import plain
from briefing.model.bounds import BOUNDS, OPEN_ABOVE, OPEN_BELOW, named
from briefing.model.claims import ids, replaced


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

# Drawn as markers, so that an open end is as long on every scale; the mark itself is at the origin.
_SHAFT = np.array([(0, 0.3), (0, 1), (-0.2, 0.74), (0, 1), (0.2, 0.74)])
ARROW_UP, ARROW_DOWN = (Path(sign * _SHAFT, [1, 2, 1, 2, 2]) for sign in (1, -1))
ARROW_POINTS = 15.0


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
    """
    return named(claim["bound"], claim["low"], claim["value"], claim["high"])


def said(claim: Mapping[str, Any]) -> str:
    """Say who claims what in the few words that a label has room for.

    Examples
    --------
    >>> said({"claimant": "HUR (Ukraine)", "bound": "at_least", "low": 100, "value": 100, "high": None})
    'HUR: at least 100'
    """
    return f"{short_name(claim['claimant'])}: {figure_said(claim)}"


def figure_said(claim: Mapping[str, Any]) -> str:
    """Say what is claimed, with the word that bounds it.

    Examples
    --------
    >>> figure_said({"bound": "more_than", "low": 3000, "value": 3000, "high": None})
    'more than 3,000'
    """
    low, high = (plain(end) for end in ends(claim))
    return BOUNDS[claim["bound"]].label.format(low=low, value=high, high=high)


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


@dataclass
class Mark:
    """A claim on its way to the paper.

    Attributes
    ----------
    claim
        Its row.
    party
        The class that gives colour and marker.
    x
        Day of the report as matplotlib counts days, moved where marks would cover each other.
    low, high
        Persons; equal unless the claim is an interval.
    derived
        It repeats or computes from another claim.
    replaced
        Another claim of the frame takes its place.
    """

    claim: dict[str, Any]
    party: PartyClass
    x: float
    low: float
    high: float
    derived: bool
    replaced: bool

    @property
    def size(self) -> float:
        """Width in points."""
        return 4.2 if self.derived else 6.5

    @property
    def colour(self) -> str:
        """That of the party, halfway to white once the claim is replaced."""
        full = self.party.colour
        if not self.replaced:
            return full
        return "#" + "".join(f"{(int(full[i : i + 2], 16) + 255) // 2:02X}" for i in (1, 3, 5))


def marks_of(title: str, frame: pd.DataFrame, last: float) -> list[Mark]:
    """Turn the claims of a panel into marks, repeats after the rest.

    Parameters
    ----------
    title
        Of the panel, for messages.
    frame
        Its claims, as `briefing.figures.claims.claims_strip` takes them.
    last
        As-of day as matplotlib counts days.

    Raises
    ------
    ValueError
        The panel is empty, or a claim became public after `last`.
    """
    if frame.empty:
        raise ValueError(f"{title}: given no claims, allowed one or more")
    days = mdates.date2num(pd.to_datetime(frame["report_date"]))
    if late := [str(name) for name, day in zip(frame["claim_id"], days, strict=True) if day > last]:
        raise ValueError(f"{title}: {', '.join(late)} became public after the as-of date")
    replacing = replaced(frame)
    marks = []
    for row, day in zip(frame.to_dict("records"), days, strict=True):
        claim = {str(name): cell for name, cell in row.items()}
        low, high = ends(claim)
        derived = bool(claim.get("derived", False))
        gone = claim["claim_id"] in replacing
        marks.append(Mark(claim, party_class(claim), float(day), low, high, derived, gone))
    # Origins before repeats, so that a repeat gives way and lies on top.
    return sorted(marks, key=lambda mark: (mark.derived, mark.x, mark.high, mark.claim["claim_id"]))


def revisions(marks: Sequence[Mark]) -> Iterator[tuple[Mark, Mark]]:
    """Yield the pairs of a superseded claim and the one that replaces it, where both are drawn."""
    by_id = {mark.claim["claim_id"]: mark for mark in marks}
    for newer in marks:
        for name in ids(newer.claim["supersedes"]):
            if name in by_id:
                yield by_id[name], newer


def room(axes: Axes, mark: Mark, half: float) -> Box:
    """Return the room that a mark takes, with its open end: left, low, right, high in points."""
    half = half + 1.4 if mark.claim["bound"] == "denial" else half
    (x, low), (_, high) = axes.transData.transform([(mark.x, mark.low), (mark.x, mark.high)]).tolist()
    up = ARROW_POINTS if mark.claim["bound"] in OPEN_ABOVE else half
    down = ARROW_POINTS if mark.claim["bound"] in OPEN_BELOW else half
    return x - half, low - down, x + half, high + up
