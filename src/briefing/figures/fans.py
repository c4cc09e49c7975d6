"""How many stand in the force, and how many different people pass through it, month by month."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from briefing.figures.labels import heading, size, spread
from briefing.figures.style import (
    BAND,
    FAMILY,
    GREY,
    INK,
    LABEL,
    LIGHT,
    MODEL,
    SEMIBOLD,
    SHADE,
    TEXT_COLOURS,
    WIDTH,
    new_figure,
    panel,
    styled,
    thousands,
)
from briefing.formats import plain

Bands = Mapping[str, np.ndarray]
Phase = tuple[float, float, str]

FROM_0 = "people, axis from 0"
# Inches: the axes; the rest of the width is for the labels at the ends.
_LEFT, _BOTTOM, _WIDE, _HIGH, _TITLE, _GAP = 0.66, 0.52, 4.4, 1.6, 0.26, 0.2
_ROW = 12.0
# A line so far above everything else would press the fans flat; its label then points beyond the axis.
_FAR_ABOVE = 12.0
_ENDS = {"p95": "90%: ", "p75": "50%: ", "p50": "Median: ", "p25": "50%: ", "p05": "90%: "}


class Line(NamedTuple):
    """A level to compare with: its name, persons, colour and line style."""

    name: str
    people: float
    colour: str
    style: str


@styled
def fans(
    months: np.ndarray,
    standing: Bands,
    distinct: Bands,
    claimed: float | None = None,
    pool: float | None = None,
    phases: Sequence[Phase] = (),
) -> Figure:
    """Draw the standing force above the cumulative distinct people, with bands of 50 and 90 percent.

    Parameters
    ----------
    months
        Rising, from 0 to the horizon; n of them.
    standing, distinct
        Arrays of n persons under p05, p25, p50, p75 and p95: the median is a line, half of the draws lie in
        the dark band and ninety percent in the light one. Bands without width leave a plain line.
    claimed, pool
        Persons: lines across the lower panel; None draws none. One that lies far above all else is named at
        the upper edge instead.
    phases
        (first month, last month, name) of stretches to shade.

    Returns
    -------
    matplotlib.figure.Figure
        6.4 inches wide.

    Raises
    ------
    ValueError
        An array is not as long as `months`.

    Examples
    --------
    >>> level = {name: np.full(13, 10_900.0) for name in ("p05", "p25", "p50", "p75", "p95")}
    >>> figure = fans(np.arange(13.0), level, level, claimed=100_000)
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['Different people so far', 'Standing force']
    """
    for name, bands in (("standing", standing), ("distinct", distinct)):
        if any(len(bands[end]) != len(months) for end in _ENDS):
            raise ValueError(f"{name}: given arrays of another length, allowed one value a month")
    rows = _phase_rows(phases, float(months[0]), float(months[-1]))
    above = _ROW * (1 + max((row for *_, row in rows), default=-1)) / 72
    figure = new_figure(WIDTH, _BOTTOM + 2 * (_HIGH + _TITLE) + _GAP + above)
    lower = panel(figure, _LEFT, _BOTTOM, _WIDE, _HIGH)
    upper = panel(figure, _LEFT, _BOTTOM + _HIGH + _TITLE + _GAP, _WIDE, _HIGH)
    heading(upper, "Standing force", FROM_0, pad=5 + 72 * above)
    heading(lower, "Different people so far", FROM_0)
    upper.tick_params(labelbottom=False)
    lower.set_xlabel("Months from the knowledge date")
    _fan(upper, months, standing, [], phases)
    lines = [
        Line("Claimed", claimed or 0, INK, "-"),
        Line("Pool", pool or 0, GREY, "--"),
    ]
    _fan(lower, months, distinct, [line for line in lines if line.people], phases)
    for x, name, row in rows:
        x_share, y_share = (x - months[0]) / (months[-1] - months[0]), 1 + (3 + _ROW * row) / (72 * _HIGH)
        upper.text(x_share, y_share, name, fontsize=LABEL, color=GREY, transform=upper.transAxes)
    return figure


def _phase_rows(phases: Sequence[Phase], first: float, last: float) -> list[tuple[float, str, int]]:
    """Find for each phase where its name starts and in which row it stands, so that no two meet."""
    probe = new_figure()
    a_month = 72 * _WIDE / (last - first)
    taken: list[float] = []
    rows = []
    for start, _, name in sorted(phases):
        width = (size(probe, name)[0] + 8) / a_month
        x = max(first, min(start, last - width))
        row = next((number for number, end in enumerate(taken) if end <= x), len(taken))
        taken[row : row + 1] = [x + width]
        rows.append((x, name, row))
    return rows


def _fan(
    axes: Axes,
    months: np.ndarray,
    bands: Bands,
    lines: Sequence[Line],
    phases: Sequence[Phase],
) -> None:
    highest = float(np.max(bands["p95"]))
    for line in sorted(lines, key=lambda line: line.people):
        if line.people <= _FAR_ABOVE * highest or highest == 0:
            highest = max(highest, line.people)
    axes.set(xlim=(months[0], months[-1]), ylim=(0, 1.07 * highest or 1))
    axes.yaxis.set_major_formatter(thousands)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=True))
    axes.xaxis.set_major_locator(MaxNLocator(12, steps=[1, 2, 3, 6, 10], integer=True))
    axes.grid(axis="x", visible=False)
    for number, (start, end, _) in enumerate(sorted(phases)):
        axes.axvspan(start, min(end, months[-1]), color=(BAND, SHADE)[number % 2], lw=0, label="phase")
    for low, high, alpha in (("p05", "p95", 0.2), ("p25", "p75", 0.38)):
        if np.any(bands[high] > bands[low]):
            axes.fill_between(months, bands[low], bands[high], color=MODEL, alpha=alpha, lw=0, label="band")
    # The bold line is the one that the title names.
    axes.plot(months, bands["p50"], color=MODEL, lw=2, clip_on=False, zorder=3, label="median")
    for line in lines:
        if line.people <= axes.get_ylim()[1]:
            axes.axhline(line.people, color=line.colour, lw=1.4, ls=line.style, label=line.name)
    _label_ends(axes, bands, lines)


def _label_ends(axes: Axes, bands: Bands, lines: Sequence[Line]) -> None:
    """Write at the right edge what each line and the ends of the bands stand at."""
    ends = [(bands[name][-1], said, MODEL if name == "p50" else GREY) for name, said in _ENDS.items()]
    if ends[0][0] == ends[-1][0]:
        ends = [(bands["p50"][-1], "", MODEL)]
    top = axes.get_ylim()[1]
    labels = [
        (float(value), f"{said}{plain(float(value), 3)}", colour)
        for number, (value, said, colour) in enumerate(ends)
        # Two ends that print alike are one label.
        if number == 0 or said == "Median: " or plain(float(value), 3) != plain(float(ends[number - 1][0]), 3)
    ]
    labels += [
        (
            line.people,
            f"{line.name}: {plain(line.people)}" + (" ↑" if line.people > top else ""),
            line.colour,
        )
        for line in lines
    ]
    height = _HIGH * 72
    # At one height the level to compare with stands above what is compared.
    order = sorted(range(len(labels)), key=lambda i: (labels[i][0], i))
    heights = [min(labels[i][0] / top, 1.0) * height for i in order]
    wide = _WIDE * 72
    for i, wanted, y in zip(order, heights, spread(heights, 11.5, 3, height - 3), strict=True):
        _, text, colour = labels[i]
        look = {"color": TEXT_COLOURS.get(colour, colour), "family": SEMIBOLD if colour == MODEL else FAMILY}
        axes.text(
            1 + 13 / wide,
            y / height,
            text,
            va="center_baseline",
            fontsize=LABEL,
            transform=axes.transAxes,
            fontdict=look,
        )
        thread = ([1 + 2 / wide, 1 + 11 / wide], [wanted / height, y / height])
        axes.plot(*thread, color=LIGHT, lw=0.7, transform=axes.transAxes, clip_on=False)
