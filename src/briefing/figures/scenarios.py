"""The scenarios side by side, an axis an outcome."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from briefing.figures.halo import HALO
from briefing.figures.labels import size
from briefing.figures.style import (
    FAMILY,
    GREY,
    INK,
    LABEL,
    LIGHT,
    MODEL,
    SEMIBOLD,
    TEXT,
    WIDTH,
    new_figure,
    panel,
    styled,
)
from briefing.figures.tornado import measure
from briefing.formats import UNIT_WORDS, plain

NONE = "none assumed:"
# A spread beyond this many times asks for a log scale.
_LOG_FROM = 30.0
# Inches, and points for what is measured in letters.
_EDGE, _TITLE, _TICKS, _GAP, _SPACE = 0.12, 0.3, 0.26, 0.1, 0.03
_TIER, _BESIDE, _START = 12.0, 7.0, 6.0


class Dot(NamedTuple):
    """A scenario in a facet: its name, what is printed beside it, and its value."""

    scenario: str
    text: str
    family: str
    value: float


class Facet(NamedTuple):
    """An outcome: its title, unit, dots by rising value, and the scenarios that have no value."""

    title: str
    unit: str
    dots: list[Dot]
    without: list[str]

    @property
    def log(self) -> bool:
        """Whether the spread asks for a log scale, which has no zero."""
        values = [dot.value for dot in self.dots]
        return bool(values) and values[0] > 0 and values[-1] > _LOG_FROM * values[0]

    @property
    def scale(self) -> str:
        """The unit of the axis, where the title does not end in it, and where it starts."""
        unit, start = measure(self.unit)[1], "log scale" if self.log else "axis from 0"
        return "" if not self.dots else f"({start})" if self.title.endswith(unit) else f"{unit} ({start})"


@styled
def scenario_dots(frame: pd.DataFrame, here: str) -> Figure:
    """Draw the outcomes of all scenarios, a dot a scenario and an axis of its own for every outcome.

    Parameters
    ----------
    frame
        A row for every scenario and outcome: ``scenario`` (short name), ``outcome`` (display name), ``unit``
        (one of `briefing.formats.UNIT_WORDS`; US dollars are shown in millions) and ``value``. A value that
        is NaN has no dot: its scenario is named at the right as "none assumed". Outcomes and scenarios stand
        in the order of their first rows.
    here
        The scenario to emphasise: filled, semibold, with its value; none if empty.

    Returns
    -------
    matplotlib.figure.Figure
        6.4 inches wide. Every axis is linear from 0, or logarithmic where its values spread more than 30-fold
        and none is 0. The dots stand at different heights so that their names have room; the height means
        nothing. A dashed line marks the value of `here`.

    Raises
    ------
    ValueError
        A column is missing, the frame has no scenario `here`, a scenario stands twice in an outcome, an
        outcome has two units or an unknown one, or a value is negative or infinite.

    Examples
    --------
    >>> frame = pd.DataFrame({"scenario": ["november", "surge"], "outcome": "Different people",
    ...                       "unit": "persons", "value": [57_000, 124_860]})
    >>> figure = scenario_dots(frame, "surge")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['november', 'surge 125,000']
    """
    facets = _read(frame, here)
    sizes = [_plan(facet) for facet in facets]
    heads = [_head(facet, here) for facet in facets]
    highs = [(_TIER * tiers + 4) / 72 for _, tiers, _ in sizes]
    rows = [_TITLE + 0.17 * (max(row for *_, row in head)) for head in heads]
    height = sum(
        row + (high + _TICKS if facet.dots else 0.0)
        for row, high, facet in zip(rows, highs, facets, strict=True)
    )
    height += _GAP * (len(facets) - 1) + 0.04
    figure = new_figure(WIDTH, height)
    top = height
    for facet, head, row, high, (ticks, _, heights) in zip(facets, heads, rows, highs, sizes, strict=True):
        for x, text, family, colour, line in head:
            y = (top - 0.16 - 0.17 * line) / height
            points = TEXT if text == facet.title else LABEL
            figure.text(x / WIDTH, y, text, family=family, color=colour, va="baseline", fontsize=points)
        top -= row
        if facet.dots:
            axes = panel(figure, _EDGE, top - high, WIDTH - 2 * _EDGE, high)
            _axis(axes, facet, ticks)
            _dots(axes, facet, heights, here)
            top -= high + _TICKS
        top -= _GAP
    return figure


def _read(frame: pd.DataFrame, here: str) -> list[Facet]:
    columns = ("scenario", "outcome", "unit", "value")
    if missing := [name for name in columns if name not in frame.columns]:
        raise ValueError(f"frame: given no column {', '.join(missing)}, allowed {', '.join(columns)}")
    names = list(dict.fromkeys(frame["scenario"]))
    if here and here not in names:
        raise ValueError(f"here: given {here}, allowed {', '.join(map(str, names)) or 'none: no scenario'}")
    facets = []
    for title, group in frame.groupby("outcome", sort=False):
        units = list(dict.fromkeys(group["unit"]))
        if len(units) > 1 or units[0] not in UNIT_WORDS:
            raise ValueError(f"{title}: given the unit {', '.join(units)}, allowed one known unit")
        if group["scenario"].duplicated().any():
            raise ValueError(f"{title}: given a scenario twice, allowed once")
        values = group["value"].astype(float)
        if (values < 0).any() or np.isinf(values).any():
            raise ValueError(f"{title}: given a negative or infinite value, allowed 0 or more, or NaN")
        dots = [
            _dot(str(name), float(value), units[0], here)
            for name, value in zip(group["scenario"], values, strict=True)
            if not np.isnan(value)
        ]
        without = [str(name) for name in group["scenario"][values.isna()]]
        facets.append(Facet(str(title), units[0], sorted(dots, key=lambda dot: dot.value), without))
    return facets


def _dot(name: str, value: float, unit: str, here: str) -> Dot:
    if name != here:
        return Dot(name, name, FAMILY, value)
    return Dot(name, f"{name} {plain(value / measure(unit)[0], 3)}", SEMIBOLD, value)


def _head(facet: Facet, here: str) -> list[tuple[float, str, str, str, int]]:
    """Lay out the title, the scale and the scenarios without a value: x, text, family, colour, line."""
    probe = new_figure()
    head = [(_EDGE, facet.title, SEMIBOLD, INK, 0)]
    x = _EDGE + size(probe, facet.title, SEMIBOLD, TEXT)[0] / 72 + 0.08
    if facet.scale:
        head.append((x, facet.scale, FAMILY, GREY, 0))
        x += size(probe, facet.scale)[0] / 72 + 0.3
    if not facet.without:
        return head
    order = sorted(facet.without, key=lambda name: name != here)
    pieces = [NONE, *(f"{name}," for name in order[:-1]), order[-1]]
    wide = WIDTH - 2 * _EDGE
    lines = [pieces]
    first = 0
    if _wide(pieces, here) > WIDTH - _EDGE - x:
        # No room beside the title: below it, in as many lines as it takes.
        first, lines = 1, [[]]
        for piece in pieces:
            if lines[-1] and _wide([*lines[-1], piece], here) > wide:
                lines.append([])
            lines[-1].append(piece)
    for number, line in enumerate(lines, first):
        x = _EDGE + wide - _wide(line, here) if len(lines) == 1 else _EDGE
        for text, family in _styled_parts(line, here):
            head.append((x, text, family, INK if family == SEMIBOLD else GREY, number))
            x += size(probe, text, family)[0] / 72 + _SPACE
    return head


def _styled_parts(pieces: Sequence[str], here: str) -> list[tuple[str, str]]:
    """Join the pieces of a line that look the same: text and typeface."""
    parts = groupby(pieces, key=lambda piece: SEMIBOLD if piece.rstrip(",") == here else FAMILY)
    return [(" ".join(group), family) for family, group in parts]


def _wide(pieces: Sequence[str], here: str) -> float:
    """Return the length of a line in inches."""
    parts = _styled_parts(pieces, here)
    probe = new_figure()
    return sum(size(probe, text, family)[0] / 72 for text, family in parts) + _SPACE * (len(parts) - 1)


def _plan(facet: Facet) -> tuple[list[float], int, list[int]]:
    """Find ticks, the number of tiers, and the tier of each dot, the lowest being 0."""
    if not facet.dots:
        return [], 0, []
    ticks = _ticks(facet)
    first, a_unit = _span(facet, ticks)
    x = [a_unit * (_at(facet, dot.value) - first) for dot in facet.dots]
    widths = [_width(dot) for dot in facet.dots]
    tiers = [0] * len(x)
    for i in reversed(range(len(x))):
        # A name runs to the right of its dot, above all dots that it passes.
        passed = [tiers[k] for k in range(i + 1, len(x)) if x[k] - 5 <= x[i] + widths[i]]
        tiers[i] = 1 + max(passed) if passed else 0
    return ticks, 1 + max(tiers), tiers


@lru_cache(maxsize=256)
def _width(dot: Dot) -> float:
    """Points from a dot's centre to the end of its name."""
    return _BESIDE + size(new_figure(), dot.text, dot.family)[0]


def _at(facet: Facet, value: float) -> float:
    return float(np.log10(value)) if facet.log else value


def _ticks(facet: Facet) -> list[float]:
    low, high = facet.dots[0].value, facet.dots[-1].value
    if not facet.log:
        top = high or measure(facet.unit)[0]
        return [float(tick) for tick in MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(0, top)]
    decades = range(int(np.floor(np.log10(low))), int(np.floor(np.log10(high))) + 2)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        round_ones = [step * 10.0**decade for decade in decades for step in steps]
        start = max(tick for tick in round_ones if tick <= low)
        end = min(tick for tick in round_ones if tick >= high)
        ticks = [tick for tick in round_ones if start <= tick <= end]
        if len(ticks) <= 8:
            break
    return ticks


def _span(facet: Facet, ticks: Sequence[float]) -> tuple[float, float]:
    """Where the axis starts, and points a unit of the axis, so that every name ends inside the figure."""
    first, last = _at(facet, ticks[0]), _at(facet, ticks[-1])
    room = 72 * (WIDTH - 2 * _EDGE) - _START
    a_unit = (room - 16) / (last - first)
    for dot in facet.dots:
        away = _at(facet, dot.value) - first
        if away > 0:
            a_unit = min(a_unit, (room - _width(dot)) / away)
    return first, a_unit


def _axis(axes: Axes, facet: Facet, ticks: Sequence[float]) -> None:
    first, a_unit = _span(facet, ticks)
    ends = [first - _START / a_unit, first + (axes.bbox.width - _START) / a_unit]
    if facet.log:
        axes.set_xscale("log")
        ends = [10**end for end in ends]
    axes.set(xlim=ends, ylim=(-2, axes.bbox.height - 2), yticks=[])
    scale = measure(facet.unit)[0]
    axes.set_xticks(ticks, [plain(tick / scale, 6) for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.spines["bottom"].set_bounds(ticks[0], ticks[-1])
    axes.spines["left"].set_visible(False)


def _dots(axes: Axes, facet: Facet, tiers: Sequence[int], here: str) -> None:
    for dot, tier in zip(facet.dots, tiers, strict=True):
        y = _TIER * (tier + 0.5)
        if dot.scenario == here:
            axes.axvline(dot.value, color=GREY, lw=1.3, ls=(0, (4, 2)), label="line", zorder=1.5)
        axes.plot([dot.value] * 2, [-2, y], color=LIGHT, lw=0.7, label="drop", zorder=1.4)
        mine = dot.scenario == here
        axes.plot(
            [dot.value],
            [y],
            marker="o",
            ms=7.5 if mine else 5.5,
            mfc=INK if mine else "white",
            mec=INK if mine else MODEL,
            mew=1.3,
            label="here" if mine else "scenario",
            zorder=5,
            clip_on=False,
        )
        axes.annotate(
            dot.text,
            xy=(dot.value, y),
            xytext=(_BESIDE, 0),
            textcoords="offset points",
            va="center_baseline",
            family=dot.family,
            color=INK,
            fontsize=LABEL,
            gid=HALO,
            annotation_clip=False,
            zorder=4,
        )
