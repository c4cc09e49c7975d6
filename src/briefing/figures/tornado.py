"""What to find out next, by how far each input moves an outcome."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from briefing.figures.labels import size
from briefing.figures.style import (
    GREY,
    INK,
    LABEL,
    MODEL,
    MODEL_LIGHT,
    SEMIBOLD,
    SHADE,
    TEXT,
    WIDTH,
    new_figure,
    panel,
    styled,
)
from briefing.formats import UNIT_WORDS, UNKNOWN, plain
from briefing.model.words import format_probability

Panel = tuple[str, str, float, pd.DataFrame, pd.DataFrame]
UNMOVED = "nothing moves it"
# The two sides of an input: colour, filled or hollow marker.
_P05, _P95 = MODEL_LIGHT, MODEL

# Inches: the bars stand between the names of the inputs and the column of shares.
_EDGE, _SHARES, _TRACK = 0.06, 1.3, 0.5
_KEY, _TITLE, _ROW, _FOOT, _GAP, _LINE = 0.56, 0.34, 0.24, 0.44, 0.14, 0.17


class Row(NamedTuple):
    """An input: its name, the outcome at its P05 and P95, and the share of the variance, or NaN."""

    name: str
    low: float
    high: float
    share: float


class Drawing(NamedTuple):
    """A panel read and checked: the rows that move the outcome, and lines of text on those that do not."""

    title: str
    unit: str
    central: float
    rows: list[Row]
    idle: list[str]

    @property
    def height(self) -> float:
        """Inches."""
        if not self.rows:
            return _TITLE + _LINE
        return _TITLE + _ROW * len(self.rows) + _FOOT + _LINE * len(self.idle)


@styled
def what_to_find_out(panels: Sequence[Panel]) -> Figure:
    """Draw how far each input moves an outcome, and the share of its variance that learning it would remove.

    Parameters
    ----------
    panels
        From top to bottom (title, unit, central, swings, indices) of an outcome. The unit is one of
        `briefing.formats.UNIT_WORDS`; US dollars are shown in millions. `central` is the outcome with every
        input at its median. `swings` has the columns ``input`` (display name), ``low`` and ``high``: the
        outcome with that input at its P05 and P95, the others at their medians. What
        `briefing.model.sensitivity.tornado` returned will do too: there the outcomes are ``at_low`` and
        ``at_high``, and `central` has to be its ``base``. `indices` has ``input`` and ``first``, a share of
        1 as `briefing.model.sensitivity.sobol` gives it, under the same display names; a share is NaN where
        the outcome does not vary. ``total`` is not drawn.

    Returns
    -------
    matplotlib.figure.Figure
        6.4 inches wide. The input with the largest swing stands first. Inputs that move an outcome not at all
        are named under its bars; an outcome that nothing moves has a sentence instead.

    Raises
    ------
    ValueError
        There is no panel; a unit is unknown, a column or the index of an input is missing, an input stands
        twice, an outcome is not finite, or `central` is not what the swings start from.

    Examples
    --------
    >>> swings = pd.DataFrame({"input": ["Tour", "Pay"], "low": [3e4, 5e4], "high": [8e4, 5e4]})
    >>> indices = pd.DataFrame({"input": ["Tour", "Pay"], "first": [0.98, 0.0], "total": [1.0, 0.0]})
    >>> figure = what_to_find_out([("Different people", "persons", 5e4, swings, indices)])
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['Tour']
    """
    if not panels:
        raise ValueError("panels: given none, allowed one or more")
    drawings = [_read(*given) for given in panels]
    names = [row.name for drawing in drawings for row in drawing.rows]
    probe = new_figure()
    left = _EDGE + max((size(probe, name)[0] for name in names), default=0.0) / 72 + 0.1
    key = _KEY if names else 0.0
    height = key + sum(drawing.height for drawing in drawings) + _GAP * (len(drawings) - 1) + 0.06
    figure = new_figure(WIDTH, height)
    wide = WIDTH - left - _SHARES - _EDGE
    top = height - key
    for drawing in drawings:
        figure.text(
            _EDGE / WIDTH, (top - 0.1) / height, drawing.title, va="top", fontsize=TEXT, family=SEMIBOLD
        )
        if drawing.rows:
            high = _ROW * len(drawing.rows)
            axes = panel(figure, left, top - _TITLE - high, wide, high)
            _bars(axes, drawing)
            shares = panel(figure, left + wide + 0.12, top - _TITLE - high, _TRACK, high)
            _shares(shares, drawing.rows)
        else:
            figure.text(_EDGE / WIDTH, (top - _TITLE) / height, UNMOVED, va="top", color=GREY, fontsize=TEXT)
        under = top - _TITLE - _ROW * len(drawing.rows) - _FOOT
        for number, line in enumerate(drawing.idle):
            y = (under - _LINE * number) / height
            figure.text(_EDGE / WIDTH, y, line, va="top", color=GREY, fontsize=LABEL)
        top -= drawing.height + _GAP
    if names:
        _key(figure, height)
    return figure


def _read(title: str, unit: str, central: float, swings: pd.DataFrame, indices: pd.DataFrame) -> Drawing:
    if unit not in UNIT_WORDS:
        raise ValueError(f"{title}: given the unit {unit}, allowed {', '.join(UNIT_WORDS)}")
    if {"at_low", "at_high"} <= set(swings.columns):
        # In the model's own frame low and high are the ends of the input, not of the outcome.
        swings = swings.assign(low=swings["at_low"], high=swings["at_high"])
    for frame, columns in ((swings, ("input", "low", "high")), (indices, ("input", "first"))):
        if missing := [name for name in columns if name not in frame.columns]:
            raise ValueError(f"{title}: given no column {', '.join(missing)}, allowed {', '.join(columns)}")
        if twice := frame["input"][frame["input"].duplicated()].tolist():
            raise ValueError(f"{title}: given {twice[0]} twice, allowed once")
    if not np.all(np.isfinite([central, *swings["low"], *swings["high"]])):
        raise ValueError(f"{title}: given an outcome that is not finite, allowed finite outcomes")
    shares = dict(zip(indices["input"], indices["first"], strict=True))
    if unknown := [name for name in swings["input"] if name not in shares]:
        raise ValueError(f"{title}: given no index of {unknown[0]}, allowed one for every input")
    rows = [
        Row(str(name), float(low), float(high), float(shares[name]))
        for name, low, high in zip(swings["input"], swings["low"], swings["high"], strict=True)
    ]
    if "base" in swings.columns and not np.allclose(swings["base"], central, rtol=1e-9, atol=0):
        given, base = plain(central, 6), plain(float(swings["base"].iloc[0]), 6)
        raise ValueError(f"{title}: given {given} as central, allowed {base}, the base of the swings")
    rows.sort(key=lambda row: -abs(row.high - row.low))
    # Equal but for rounding is equal.
    slack = 1e-9 * max((abs(end) for row in rows for end in (row.low, row.high)), default=0.0)
    moving = [row for row in rows if abs(row.high - row.low) > slack or row.share >= 0.01]
    idle = [row.name for row in rows if row not in moving] if moving else []
    return Drawing(title, unit, float(central), moving, _wrapped("No effect: ", idle))


def _wrapped(start: str, names: Sequence[str]) -> list[str]:
    """Break a list of names into lines as wide as the figure."""
    lines: list[str] = []
    probe = new_figure()
    for number, name in enumerate(names):
        piece = name + (";" if number < len(names) - 1 else "")
        if lines and size(probe, f"{lines[-1]} {piece}")[0] <= 72 * (WIDTH - 2 * _EDGE):
            lines[-1] += f" {piece}"
        else:
            lines.append(piece if lines else start + piece)
    return lines


def measure(unit: str) -> tuple[float, str]:
    """Return what one unit of an axis stands for, and its words: US dollars are counted in millions.

    Examples
    --------
    >>> measure("usd"), measure("persons"), measure("usd_per_month")
    ((1000000.0, 'million US dollars'), (1.0, 'people'), (1.0, 'US dollars a month'))
    """
    if unit == "usd":
        return 1e6, "million US dollars"
    return 1.0, f"US dollars {UNIT_WORDS[unit]}" if unit.startswith("usd") else UNIT_WORDS[unit] or unit


def _digits(drawing: Drawing) -> int:
    """Three significant digits, or as many more as different ends of the bars need to look different."""
    values = {drawing.central, *(end for row in drawing.rows for end in (row.low, row.high))}
    return next((n for n in (3, 4, 5) if len({plain(value, n) for value in values}) == len(values)), 3)


def _bars(axes: Axes, drawing: Drawing) -> None:
    central, rows = drawing.central, drawing.rows
    scale, words = measure(drawing.unit)
    digits = _digits(drawing)

    def printed(value: float) -> str:
        return plain(value / scale, digits)

    ends = [(end, size(axes.figure.figure, printed(end))[0]) for row in rows for end in (row.low, row.high)]
    reached = [central, *(end for end, _ in ends)]
    ticks = _ticks(min(reached), max(reached))
    first, last = ticks[0], ticks[-1]
    low = high = 0.0  # room in points beyond the ticks, for what is printed at the ends of the bars
    for _ in range(12):
        a_point = (last - first) / (axes.bbox.width - low - high)
        low = max(low, *(width + 9 - (end - first) / a_point for end, width in ends))
        high = max(high, *(width + 9 - (last - end) / a_point for end, width in ends))
    axes.set(xlim=(first - low * a_point, last + high * a_point), ylim=(len(rows) - 0.5, -0.5))
    axes.set_yticks(range(len(rows)), [row.name for row in rows], color=INK)
    axes.set_xticks(ticks, [plain(tick / scale, 6) for tick in ticks])
    axes.spines["bottom"].set_bounds(first, last)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)
    at = (first + last) / 2
    x = (at - axes.get_xlim()[0]) / float(np.diff(axes.get_xlim())[0])
    axes.set_xlabel(f"{words[0].upper()}{words[1:]} (axis from {plain(first / scale, 6)})", x=x, labelpad=1)
    for number, row in enumerate(rows):
        _bar(axes, number, row, central, printed)
    axes.plot([central] * 2, [-0.5, len(rows) - 0.5], color=INK, lw=1.1, label="central", zorder=4)
    axes.annotate(
        printed(central),
        xy=(central, -0.5),
        xytext=(0, 2),
        textcoords="offset points",
        ha="center",
        family=SEMIBOLD,
        fontsize=LABEL,
    )


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers around all ends, from 0 where that costs at most half of the axis."""
    if 0 <= low < 0.5 * high:
        low = 0.0
    locator = MaxNLocator(4, steps=[1, 2, 2.5, 5, 10])
    return [float(tick) for tick in locator.tick_values(low, high)]


def _bar(axes: Axes, number: int, row: Row, central: float, printed: Callable[[float], str]) -> None:
    """Draw an input's two sides; where both go the same way, one stands above the other."""
    same_way = (row.low - central) * (row.high - central) > 0
    tall, shift = (0.34, 0.25) if same_way else (0.62, 0.0)
    for end, away, colour, name in ((row.low, -shift, _P05, "P05"), (row.high, shift, _P95, "P95")):
        if end == central:
            continue
        axes.barh(number + away, end - central, left=central, height=tall, color=colour, label=name, lw=0)
        face = "white" if name == "P05" else MODEL
        axes.plot(
            [end],
            [number + away],
            marker="o",
            ms=5,
            mfc=face,
            mec=MODEL,
            mew=1.2,
            label=f"{name} end",
            zorder=5,
        )
        rises = end > central
        axes.annotate(
            printed(end),
            xy=(end, number + away),
            xytext=(6 if rises else -6, 0),
            textcoords="offset points",
            ha="left" if rises else "right",
            va="center_baseline",
            fontsize=LABEL,
        )


def _shares(axes: Axes, rows: Sequence[Row]) -> None:
    axes.set(xlim=(0, 1), ylim=(len(rows) - 0.5, -0.5))
    axes.set_axis_off()
    for number, row in enumerate(rows):
        known = not np.isnan(row.share)
        share = float(np.clip(row.share, 0, 1)) if known else 0.0
        axes.barh(number, 1, height=0.3, color=SHADE, label="all of the variance")
        axes.barh(number, share, height=0.3, color=INK, label="share")
        axes.annotate(
            format_probability(share) if known else UNKNOWN,
            xy=(1, number),
            xytext=(5, 0),
            textcoords="offset points",
            va="center_baseline",
            fontsize=LABEL,
            color=INK if share >= 0.01 else GREY,
        )


def _key(figure: Figure, height: float) -> None:
    """Say what the two sides are and head the column of shares."""
    x = _EDGE
    for colour, face, text in (
        (_P05, "white", "input at its P05"),
        (_P95, MODEL, "at its P95, the others at their medians"),
    ):
        axes = panel(figure, x, height - 0.22, 0.3, 0.14)
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.set_axis_off()
        axes.barh(0.5, 0.8, height=0.9, color=colour, lw=0)
        axes.plot([0.8], [0.5], marker="o", ms=5, mfc=face, mec=MODEL, mew=1.2)
        figure.text((x + 0.35) / WIDTH, 1 - 0.15 / height, text, va="center_baseline", fontsize=LABEL)
        x += 0.35 + size(figure, text)[0] / 72 + 0.2
    head = "Share of the variance\nthat learning it\nwould remove"
    figure.text(
        1 - (_SHARES + _EDGE - 0.12) / WIDTH,
        1 - 0.06 / height,
        head,
        va="top",
        fontsize=LABEL,
        color=GREY,
        linespacing=1.05,
    )
