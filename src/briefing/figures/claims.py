"""Who claimed what, and when it became public."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from briefing.figures.claim_marks import (
    ARROW_DOWN,
    ARROW_POINTS,
    ARROW_UP,
    CLASSES,
    Mark,
    marks_of,
    revisions,
    room,
    said,
)
from briefing.figures.labels import Box, Label, along, common, heading, place, size
from briefing.figures.style import (
    GREY,
    INK,
    LABEL,
    TEXT,
    TEXT_COLOURS,
    WIDTH,
    new_figure,
    panel,
    styled,
    thousands,
)
from briefing.figures.timescale import day_ticks
from briefing.model.bounds import OPEN_ABOVE, OPEN_BELOW

# Inches.
_LEFT, _RIGHT, _FOOT, _KEY, _TITLE, _GAP = 0.6, 0.18, 0.52, 0.5, 0.24, 0.14
_MOST_LABELS = 7


@styled
def claims_strip(
    panels: Sequence[tuple[str, pd.DataFrame]], as_of: date | str, tall: float | None = None
) -> Figure:
    """Draw claims by report date and value, a panel a quantity, on a log scale.

    Parameters
    ----------
    panels
        Title and claims of each panel, top to bottom. The frame has the columns ``claim_id``, ``low``,
        ``value``, ``high`` (persons), ``bound``, ``report_date``, ``claimant``, ``claimant_party``,
        ``origin_group`` and ``supersedes``; optional are ``derived`` (boolean: repeats or computes from
        another claim) and ``origin_party`` (by which claims are coloured, else by ``claimant_party``).
    as_of
        Last day of the time axis.
    tall
        Inches of each panel; by default what suits their number.

    Returns
    -------
    matplotlib.figure.Figure
        6.4 inches wide. A dot stands for a figure, a bar for an interval, an arrow for an open end, a hollow
        cross for a denial, a dotted arrow for a revision. Marks that would cover each other stand side by
        side, at most a dozen points off their day.

    Raises
    ------
    ValueError
        A panel is empty, or a claim became public after `as_of`.

    Examples
    --------
    >>> claim = {"claim_id": "a", "low": 100, "value": 100, "high": None, "bound": "at_least",
    ...          "report_date": "2024-12-19", "claimant": "NIS (Republic of Korea)",
    ...          "claimant_party": "south_korea", "origin_group": "O-NIS", "supersedes": ""}
    >>> figure = claims_strip([("Killed", pd.DataFrame([claim]))], "2025-01-31")
    >>> len(figure.axes)
    1
    """
    if not panels:
        return _nothing()
    last = float(mdates.date2num(pd.Timestamp(as_of)))
    marks = [marks_of(title, frame, last) for title, frame in panels]
    first = min(mark.x for group in marks for mark in group)
    start = min(first, last - 14)
    tall = tall or {1: 2.6, 2: 1.9}.get(len(panels), 1.45)
    height = _KEY + len(panels) * (_TITLE + tall) + (len(panels) - 1) * _GAP + _FOOT
    figure = new_figure(WIDTH, height)
    bottom = height - _KEY
    for number, ((title, _), group) in enumerate(zip(panels, marks, strict=True)):
        bottom -= _TITLE + tall + (_GAP if number else 0)
        axes = panel(figure, _LEFT, bottom, WIDTH - _LEFT - _RIGHT, tall)
        pad = 0.03 * (last - start)
        axes.set_xlim(start - pad, last + pad)
        day_ticks(axes, start, last, labelled=number == len(panels) - 1)
        _value_axis(axes, group)
        heading(axes, title, "people, log scale")
        _side_by_side(axes, group)
        _draw(axes, group)
        _label(axes, group)
    figure.text(1 - _RIGHT / WIDTH, 0.05 / height, "Day of the report", ha="right", fontsize=TEXT)
    _key(figure, [mark for group in marks for mark in group])
    return figure


def _nothing() -> Figure:
    """Say that there is nothing to draw: a page without claims is a finding too."""
    figure = new_figure(WIDTH, 0.7)
    text = "no claim by this day"
    figure.text(0.02, 0.5, text, va="center", fontsize=TEXT, color=GREY)
    return figure


def _value_axis(axes: Axes, marks: Sequence[Mark]) -> None:
    """Set a log scale with room for open ends and labels, and round numbers on it."""
    values = [value for mark in marks for value in (mark.low, mark.high) if value > 0]
    low, high = (min(values), max(values)) if values else (1.0, 10.0)
    decades = max(0.7, np.log10(high / low))
    air = 0.13 * decades + (decades - np.log10(high / low)) / 2
    headroom = 0.1 * decades if any(mark.claim["bound"] in OPEN_ABOVE for mark in marks) else 0.0
    low, high = low / 10**air, high * 10 ** (air + headroom)
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    decades = np.log10(high / low)
    steps = (1, 2, 5) if decades < 1.4 else (1, 3) if decades < 2.6 else (1,)
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks = [step * 10.0**power for power in powers for step in steps]
    axes.set_yticks([tick for tick in ticks if low <= tick <= high])
    axes.yaxis.set_major_formatter(thousands)
    axes.yaxis.set_minor_locator(NullLocator())
    # A claim of nobody has no place on a log scale: it lies at the foot, and its label says so.
    for mark in marks:
        mark.low, mark.high = max(mark.low, low), max(mark.high, low)


def _side_by_side(axes: Axes, marks: Sequence[Mark]) -> None:
    """Move marks sideways that would cover an earlier one; later marks rather to the right."""
    placed: list[Box] = []
    left, right = axes.bbox.x0 + 3, axes.bbox.x1 + 3
    for mark in marks:
        box = room(axes, mark, 3.1)
        moves = [(box[0] + step, box[1], box[2] + step, box[3]) for step in (0.0, 6.5, -6.5, 13.0, -13.0)]
        inside = [moved for moved in moves if left <= moved[0] and moved[2] <= right]
        best = min(inside or moves, key=lambda moved: sum(common(moved, other) for other in placed))
        placed.append(best)
        if best != box:
            x, y = axes.transData.transform((mark.x, mark.high))
            mark.x = float(axes.transData.inverted().transform((x + best[0] - box[0], y))[0])


def _draw(axes: Axes, marks: Sequence[Mark]) -> None:
    by_colour = attrgetter("colour")
    style: dict[str, Any] = {"linestyle": "none", "clip_on": False}
    for mark in (m for m in marks if m.claim["bound"] == "interval"):
        axes.plot(
            [mark.x] * 2,
            [mark.low, mark.high],
            color=mark.colour,
            lw=1.6,
            marker=mark.party.marker,
            ms=3.6,
            mfc="white" if mark.derived else mark.colour,
            label="interval",
        )
    for down, bounds in enumerate((OPEN_ABOVE, OPEN_BELOW)):
        opened = sorted((m for m in marks if m.claim["bound"] in bounds), key=by_colour)
        for colour, group in ((colour, list(group)) for colour, group in groupby(opened, key=by_colour)):
            axes.plot(
                [m.x for m in group],
                [m.high for m in group],
                marker=(ARROW_UP, ARROW_DOWN)[down],
                ms=2 * ARROW_POINTS,
                mfc="none",
                mec=colour,
                mew=1.2,
                label=f"open end {('up', 'down')[down]}",
                **style,
            )
    for mark in (m for m in marks if m.claim["bound"] != "interval"):
        denial = mark.claim["bound"] == "denial"
        axes.plot(
            [mark.x],
            [mark.high],
            marker="X" if denial else mark.party.marker,
            ms=8.5 if denial else mark.size * (0.85 if mark.party.marker == "D" else 1),
            mfc="white" if denial or mark.derived else mark.colour,
            mec=mark.colour if denial or mark.derived else "white",
            mew=1.2 if denial or mark.derived else 0.6,
            label="denial" if denial else "repeat" if mark.derived else "figure",
            zorder=3.5 if mark.derived else 3,
            **style,
        )
    for older, newer in revisions(marks):
        axes.annotate(
            "",
            xy=(newer.x, newer.high),
            xytext=(older.x, older.high),
            arrowprops={"arrowstyle": "->", "ls": ":", "lw": 1.1, "color": GREY, "shrinkA": 5, "shrinkB": 5},
            zorder=2.5,
        )


def _label(axes: Axes, marks: Sequence[Mark]) -> None:
    obstacles = [room(axes, mark, 4) for mark in marks]
    for older, newer in revisions(marks):
        start, end = axes.transData.transform([(older.x, older.high), (newer.x, newer.high)])
        obstacles += along(start, end)
    moats = [
        (x - 12, y - 4, x + 12, y + 4)
        for x, y in axes.transData.transform([(mark.x, mark.high) for mark in marks]).tolist()
    ]
    figure = axes.figure.figure
    inside = (axes.bbox.x0 + 2, axes.bbox.y0 + 1, figure.bbox.x1 - 3, axes.bbox.y1 + 1)
    chosen = _telling(marks)
    labels = [
        Label(m.x, m.high, said(m.claim), TEXT_COLOURS[m.party.colour], needed=m is chosen[0]) for m in chosen
    ]
    place(axes, labels, obstacles, inside, moats)


def _telling(marks: Sequence[Mark]) -> list[Mark]:
    """Choose what to label: the largest, denials, revisions, then the newest of each origin."""
    own = [mark for mark in marks if not mark.derived] or list(marks)
    stated = [mark for mark in own if mark.claim["bound"] != "denial"] or own
    largest = max(stated, key=lambda mark: (mark.high, -mark.x))
    beyond = max(marks, key=lambda mark: (mark.high, not mark.derived, -mark.x))
    newest = {mark.claim["origin_group"]: mark for mark in sorted(own, key=lambda mark: mark.x)}
    chosen = [largest, *([beyond] if beyond.high > largest.high else [])]
    chosen += [mark for mark in own if mark.claim["bound"] == "denial"]
    chosen += [mark for pair in revisions(marks) for mark in pair[::-1]]
    chosen += sorted(newest.values(), key=lambda mark: -mark.x)
    unique = list({mark.claim["claim_id"]: mark for mark in chosen}.values())
    return unique[:_MOST_LABELS]


def _key(figure: Figure, marks: Sequence[Mark]) -> None:
    """Name the parties that occur, at most four, and what the forms mean."""
    wide, high = figure.bbox.width, figure.bbox.height
    x = _LEFT * 72
    for party in (p for p in CLASSES if any(mark.party == p for mark in marks)):
        dot = Line2D([(x + 4) / wide], [1 - 12 / high], ls="none", marker=party.marker, ms=6)
        dot.set(markerfacecolor=party.colour, markeredgecolor="white", transform=figure.transFigure)
        figure.add_artist(dot)
        figure.text((x + 13) / wide, 1 - 12 / high, party.name, va="center", fontsize=LABEL, color=INK)
        x += 13 + size(figure, party.name)[0] + 16
    forms = {
        "small hollow: repeats another claim": any(mark.derived for mark in marks),
        "arrow: open end": any(mark.claim["bound"] in OPEN_ABOVE + OPEN_BELOW for mark in marks),
        "cross: not confirmed": any(mark.claim["bound"] == "denial" for mark in marks),
        "dotted: revised": any(True for _ in revisions(marks)),
    }
    text = "; ".join(form for form, occurs in forms.items() if occurs)
    figure.text(_LEFT * 72 / wide, 1 - 27 / high, text.capitalize(), va="center", fontsize=LABEL, color=GREY)
