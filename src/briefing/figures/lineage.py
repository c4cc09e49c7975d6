"""The ways that a headline figure took, from the bodies behind it to those who published it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path

from briefing.figures.claim_marks import PartyClass, party_class, said, short_name
from briefing.figures.labels import size
from briefing.figures.style import (
    FAMILY,
    GREY,
    INK,
    LABEL,
    LIGHT,
    SEMIBOLD,
    TEXT,
    TEXT_COLOURS,
    WIDTH,
    new_figure,
    panel,
    styled,
)
from briefing.formats import NO_BREAK
from briefing.model.claims import ids

_CLAIMS = ("claim_id", "claimant", "via", "origin_group", "derived_from", "bound", "report_date", "value")
_ORIGINS = ("origin_group", "name", "party")
# Points: the boxes of the three columns; what is left of the width lies between them.
_HEADINGS = ("Origin", "Claimant", "Outlet or speaker")
_WIDTHS = (106.0, 122.0, 150.0)
_EDGE, _PAD, _LEAD, _AIR, _HEAD, _KEY = 2.0, 4.0, 1.5, 7.0, 22.0, 18.0
# Room for the edge of a box, or for the mark on it, left of its text.
_INSET = (6.0, 6.0, 9.0)
_PARTIES = {
    "dprk": "DPRK",
    "multilateral": "Several states",
    "united_kingdom": "United Kingdom",
    "united_states": "United States",
    "western_unnamed": "Unnamed Western officials",
}


@dataclass
class _Piece:
    """Lines of one look within a box."""

    text: str
    colour: str = INK
    family: str = FAMILY
    high: float = 0.0
    # Where the middle of the piece lies on the paper.
    y: float = 0.0


@dataclass
class _Node:
    """A box with text; `y` is its middle, in points from the foot of the figure."""

    column: int
    party: PartyClass
    pieces: list[_Piece] = field(default_factory=list)
    y: float = 0.0
    # Parties of more than one class stand behind it.
    shared: bool = False

    @property
    def high(self) -> float:
        return sum(piece.high + _LEAD for piece in self.pieces) - _LEAD + 2 * _PAD

    @property
    def left(self) -> float:
        gap = (72 * WIDTH - 2 * _EDGE - sum(_WIDTHS)) / 2
        return _EDGE + sum(_WIDTHS[: self.column]) + self.column * gap


@dataclass(frozen=True)
class _Way:
    """A claim on its way: where it comes from, who made it, and the line of the outlet that states it."""

    origin: _Node
    claimant: _Node
    outlet: _Node
    line: _Piece
    party: PartyClass
    derived: bool
    alike: bool
    denial: bool

    @property
    def dashed(self) -> bool:
        return self.derived or self.alike


@styled
def lineage_graph(claims: pd.DataFrame, origins: pd.DataFrame) -> Figure:
    """Draw how a figure reached the public: origins, claimants, outlets, from left to right.

    Parameters
    ----------
    claims
        The claims of one headline figure: ``claim_id``, ``claimant``, ``via``, ``origin_group``,
        ``derived_from`` (ids joined by semicolons, or empty), ``bound``, ``report_date`` and ``value``
        (persons); ``low`` and ``high`` (persons) are needed for an interval only. ``same_figure_as`` may name
        claims with the same figure to which no page shows a link.
    origins
        ``origin_group``, ``name`` and ``party`` of at least the origins of `claims`.

    Returns
    -------
    matplotlib.figure.Figure
        6.4 inches wide, as tall as its boxes need. A link has the colour and its end the shape of the
        origin's party; links of a claim that rests on another of them are dashed and end hollow, those of one
        that only has the same figure are dashed and end filled, a denial ends in a cross. Without a claim a
        sentence says so.

    Raises
    ------
    ValueError
        A column is missing, or an origin of `claims` is not among `origins`.

    Examples
    --------
    >>> claim = {"claim_id": "a", "claimant": "NIS (Republic of Korea)", "via": "Yonhap", "value": 100_000,
    ...     "origin_group": "O-NIS", "derived_from": "", "bound": "denial", "report_date": "2024-11-20"}
    >>> origin = {"origin_group": "O-NIS", "name": "National Intelligence Service", "party": "south_korea"}
    >>> figure = lineage_graph(pd.DataFrame([claim]), pd.DataFrame([origin]))
    >>> sum(patch.get_label() == "claimant to outlet" for patch in figure.axes[0].patches)
    1
    """
    _needs("claims", claims, _CLAIMS)
    _needs("origins", origins, _ORIGINS)
    if claims.empty:
        return _nothing()
    if unknown := sorted(set(claims["origin_group"]) - set(origins["origin_group"])):
        raise ValueError(f"origins: given none called {', '.join(unknown)}, allowed one row for each origin")
    nodes, ways = _graph(claims, origins)
    columns = [[node for node in nodes if node.column == column] for column in range(3)]
    probe = new_figure()
    for node in nodes:
        for piece in node.pieces:
            piece.text = _wrap(
                probe, piece.text, piece.family, _WIDTHS[node.column] - _INSET[node.column] - _PAD
            )
            piece.high = size(probe, piece.text, piece.family)[1]
    high = max(sum(node.high + _AIR for node in column) for column in columns)
    figure = new_figure(WIDTH, (high + _HEAD + _KEY) / 72)
    _arrange(columns, ways, high)
    axes = panel(figure, 0, 0, WIDTH, (high + _HEAD + _KEY) / 72)
    axes.set(xlim=(0, figure.bbox.width), ylim=(0, figure.bbox.height))
    axes.axis("off")
    for column, heading in zip(columns, _HEADINGS, strict=True):
        axes.text(column[0].left, figure.bbox.height - 4, heading, fontsize=TEXT, family=SEMIBOLD, va="top")
    _link(axes, ways)
    for node in nodes:
        _box(axes, node)
    _key(axes, ways)
    return figure


def _needs(name: str, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    if missing := [column for column in columns if column not in frame]:
        raise ValueError(f"{name}: given no column {', '.join(missing)}, allowed all of {', '.join(columns)}")


def _nothing() -> Figure:
    figure = new_figure(WIDTH, 0.7)
    figure.text(0.02, 0.5, "no claim of it", va="center", fontsize=TEXT, color=GREY)
    return figure


def _graph(claims: pd.DataFrame, origins: pd.DataFrame) -> tuple[list[_Node], list[_Way]]:
    """Make a box of each origin, claimant and outlet; those of one origin stand together, earliest first."""
    absent = {"low": None, "high": None, "same_figure_as": ""}
    rows: list[dict[str, Any]] = [absent | row for row in _rows(claims)]
    first: dict[tuple[str, str], pd.Timestamp] = {}
    for row in rows:
        row["day"] = pd.Timestamp(row["report_date"])
        for name in ("origin_group", "claimant"):
            first[name, row[name]] = min(first.get((name, row[name]), row["day"]), row["day"])
    rows.sort(
        key=lambda row: (
            first["origin_group", row["origin_group"]],
            row["origin_group"],
            first["claimant", row["claimant"]],
            row["claimant"],
            row["day"],
            row["claim_id"],
        )
    )
    known = {row["origin_group"]: row for row in _rows(origins)}
    claimants = _short({row["claimant"] for row in rows})
    vias = {row["claim_id"]: row["via"] for row in rows}
    boxes: dict[tuple[int, str], _Node] = {}
    ways = []
    for row in rows:
        body = known[row["origin_group"]]
        party = party_class({"claimant_party": body["party"]})
        keys = ((0, row["origin_group"]), (1, row["claimant"]), (2, row["via"]))
        texts = (_body(str(body["name"])), claimants[row["claimant"]], row["via"])
        for key, text in zip(keys, texts, strict=True):
            if key not in boxes:
                named = _Piece(text, family=SEMIBOLD if key[0] == 0 else FAMILY)
                boxes[key] = _Node(key[0], party, [named])
                if key[0] == 0:
                    boxes[key].pieces.append(_Piece(_party(body["party"]), TEXT_COLOURS[party.colour]))
        # What a body computed from figures of its own rests on no other claim of this one.
        parents, alike = (
            [vias[name] for name in ids(row[link]) if name in vias]
            for link in ("derived_from", "same_figure_as")
        )
        line = _Piece(_statement(row, parents, alike), GREY)
        origin, claimant, outlet = (boxes[key] for key in keys)
        outlet.pieces.append(line)
        claimant.shared |= claimant.party != party
        traits = bool(parents), bool(alike), row["bound"] == "denial"
        ways.append(_Way(origin, claimant, outlet, line, party, *traits))
    return list(boxes.values()), ways


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    return ({str(name): cell for name, cell in row.items()} for row in frame.to_dict("records"))


def _body(name: str) -> str:
    """Leave out of an origin's name the list of what belongs to it."""
    for mark in (": ", " (", ", "):
        name = name.partition(mark)[0]
    return name


def _short(names: set[str]) -> dict[str, str]:
    """Shorten the names of claimants where they stay apart; that a source is unnamed is never left out."""
    short = {name: short_name(name) for name in names}
    for name, text in short.items():
        if "unnamed" in name and "unnamed" not in text:
            short[name] = f"{text} (unnamed)"
    texts = list(short.values())
    return {name: name if texts.count(text) > 1 else text for name, text in short.items()}


def _party(party: str) -> str:
    return _PARTIES.get(party) or party.replace("_", " ").title().replace("Think Tank", "Think tank")


def _statement(row: Mapping[str, Any], parents: Sequence[str], alike: Sequence[str]) -> str:
    figure = said({**row, "claimant": ""}).removeprefix(": ")
    day = f"{row['day'].day}{NO_BREAK}{row['day']:%b}{NO_BREAK}{row['day']:%Y}"
    rests = f"; rests on {' and '.join(dict.fromkeys(parents))}" if parents else ""
    same = f"; same figure as {' and '.join(dict.fromkeys(alike))}, link not shown" if alike else ""
    return f"{day}: {figure}{rests}{same}"


def _wrap(figure: Figure, text: str, family: str, wide: float) -> str:
    """Break a text into lines of at most `wide` points; a longer word is cut in two."""

    def fits(part: str) -> bool:
        return size(figure, part, family)[0] <= wide

    lines = [""]
    for whole in text.split(" "):
        word = whole
        if lines[-1] and fits(f"{lines[-1]} {word}"):
            lines[-1] += f" {word}"
            continue
        while not fits(word):
            end = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or fits(word[:n] + "-"))
            lines.append(word[:end].rstrip("-") + "-")
            word = word[end:]
        lines.append(word)
    return "\n".join(line for line in lines if line)


def _arrange(columns: Sequence[Sequence[_Node]], ways: Sequence[_Way], high: float) -> None:
    """Stack the outlets; put claimants and origins as near as they can to what they lead to."""
    free = (high - sum(node.high for node in columns[2])) / len(columns[2])
    y = _KEY + high
    for node in columns[2]:
        _stand(node, y - free / 2 - node.high / 2)
        y -= free + node.high
    for column, after in ((1, lambda way: way.line.y), (0, lambda way: way.claimant.y)):
        nodes = columns[column]
        wanted = [
            float(np.mean([after(way) for way in ways if (way.origin, way.claimant)[column] is node])) - _KEY
            for node in nodes
        ]
        for node, y in zip(nodes, _apart(wanted, [node.high + _AIR for node in nodes], high), strict=True):
            _stand(node, _KEY + y)


def _stand(node: _Node, y: float) -> None:
    """Put the middle of a box, and with it its text, at a height."""
    node.y = y
    top = y + node.high / 2 - _PAD
    for piece in node.pieces:
        piece.y = top - piece.high / 2
        top -= piece.high + _LEAD


def _apart(wanted: Sequence[float], rooms: Sequence[float], high: float) -> list[float]:
    """Move the middles of boxes apart, top to bottom in the order given, each box with its own room."""
    before = np.concatenate([[0.0], np.cumsum(rooms)[:-1]])
    own = before + np.asarray(rooms) / 2
    # With the rooms above taken off, "below the box before" reads "never falling": halfway between the two
    # envelopes no box moves further than it must.
    loose = high - np.asarray(wanted) - own
    never_falling = (np.maximum.accumulate(loose) + np.minimum.accumulate(loose[::-1])[::-1]) / 2
    placed = high - np.clip(never_falling, 0.0, max(0.0, high - float(np.sum(rooms)))) - own
    return [float(y) for y in placed]


def _link(axes: Axes, ways: Sequence[_Way]) -> None:
    pairs: dict[tuple[int, int], list[_Way]] = {}
    for way in ways:
        pairs.setdefault((id(way.origin), id(way.claimant)), []).append(way)
    for group in pairs.values():
        way = group[0]
        ends = ((way.origin, way.origin.y), (way.claimant, way.claimant.y))
        _curve(axes, *ends, way.party, all(one.dashed for one in group), "origin to claimant")
    for way in ways:
        ends = ((way.claimant, way.claimant.y), (way.outlet, way.line.y))
        _curve(axes, *ends, way.party, way.dashed, "claimant to outlet")
        hollow = way.denial or way.derived
        axes.plot(
            [way.outlet.left],
            [way.line.y],
            marker="X" if way.denial else way.party.marker,
            ms=8.5 if way.denial else 6.0,
            mfc="white" if hollow else way.party.colour,
            mec=way.party.colour if hollow else "white",
            mew=1.2 if hollow else 0.6,
            ls="none",
            label="denial" if way.denial else "repeat" if way.derived else "figure",
            zorder=5,
        )


def _curve(
    axes: Axes,
    start: tuple[_Node, float],
    end: tuple[_Node, float],
    party: PartyClass,
    dashed: bool,
    label: str,
) -> None:
    left, right = start[0].left + _WIDTHS[start[0].column], end[0].left
    middle = (left + right) / 2
    path = Path(
        [(left, start[1]), (middle, start[1]), (middle, end[1]), (right, end[1])],
        [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
    )
    style = (0, (3.5, 2.0)) if dashed else "-"
    axes.add_patch(PathPatch(path, fc="none", ec=party.colour, lw=1.5, ls=style, label=label, zorder=2))


def _box(axes: Axes, node: _Node) -> None:
    corner = (node.left, node.y - node.high / 2)
    edge = LIGHT if node.column == 2 else GREY if node.shared else node.party.colour
    shape = "round,pad=0,rounding_size=2.5"
    axes.add_patch(
        FancyBboxPatch(
            corner,
            _WIDTHS[node.column],
            node.high,
            boxstyle=shape,
            fc="white",
            ec=edge,
            lw=1.6 if node.column == 0 else 0.9,
            label=("origin", "claimant", "outlet")[node.column],
            zorder=3,
        )
    )
    for piece in node.pieces:
        axes.text(
            node.left + _INSET[node.column],
            piece.y,
            piece.text,
            va="center",
            fontsize=LABEL,
            color=piece.colour,
            family=piece.family,
            zorder=6,
        )


def _key(axes: Axes, ways: Sequence[_Way]) -> None:
    forms = {
        "dashed and hollow: rests on another claim": any(way.derived for way in ways),
        "dashed and filled: same figure, link not shown": any(way.alike for way in ways),
        "cross: not confirmed": any(way.denial for way in ways),
    }
    text = "; ".join(form for form, occurs in forms.items() if occurs)
    axes.text(_EDGE, 4, text.capitalize(), va="bottom", fontsize=LABEL, color=GREY)
