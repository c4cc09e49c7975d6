"""Contours of a count that is drawn over tour and force, labelled at the edges where they leave."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from briefing.figures.labels import Box, along, size, spread
from briefing.figures.style import (
    LABEL,
    MODEL,
    TEXT_COLOURS,
)
from briefing.formats import plain

ALWAYS = (25_000, 50_000, 100_000)
# How much of the ground the highest counts cover; the lowest leave it bare.
_STRONGEST = 0.3


class Level(NamedTuple):
    """A contour: how many people, its label, and how it is drawn."""

    people: float
    text: str
    colour: str
    width: float
    style: str


def levels_of(pool: float | None, claimed: float | None) -> list[Level]:
    """Choose the contours: three round numbers, the claimed one thicker, the pool dashed.

    Examples
    --------
    >>> [level.text for level in levels_of(pool=40_000, claimed=100_000)]
    ['25,000', '40,000: pool', '50,000', '100,000: claimed']
    """
    named = {float(level): Level(level, f"{plain(level)}", MODEL, 1.1, "-") for level in ALWAYS}
    if claimed is not None:
        named[float(claimed)] = Level(claimed, f"{plain(claimed)}: claimed", MODEL, 2.2, "-")
    if pool is not None:
        both = " and claimed" if pool == claimed else ""
        named[float(pool)] = Level(pool, f"{plain(pool)}: pool{both}", MODEL, 1.8, "--")
    return [named[level] for level in sorted(named)]


def draw_contours(
    axes: Axes, tours: np.ndarray, forces: np.ndarray, people: np.ndarray, levels: Sequence[Level]
) -> list[Box]:
    """Fill by the count, draw each level, and label it where it leaves the axes.

    Parameters
    ----------
    axes
        With final limits.
    tours, forces
        Months and persons, rising, m and n of them.
    people
        Distinct people, n by m.
    levels
        In rising order.

    Returns
    -------
    list of tuple
        The lines as small boxes in points, for labels to keep off.
    """
    people = np.maximum(people, 1.0)
    lowest, highest = np.round(2 * np.log2([people.min() / 25_000, people.max() / 25_000]))
    steps = np.arange(lowest - 1, highest + 2)
    # One veil over another, each from a level upwards: side by side they would show hairlines between them.
    veils = 25_000 * 2 ** (steps[1:-1] / 2)
    thin = 1 - (1 - _STRONGEST) ** (1 / max(1, len(veils)))
    for level in veils:
        axes.contourf(tours, forces, people, levels=[level, np.inf], colors=[MODEL], alpha=thin)
    boxes: list[Box] = []
    right: list[tuple[Level, float]] = []
    top: list[tuple[Level, float]] = []
    for level in levels:
        drawn = axes.contour(
            tours,
            forces,
            people,
            [level.people],
            colors=level.colour,
            linewidths=level.width,
            linestyles=level.style,
        )
        drawn.set_label(f"contour {level.people:.0f}")
        for path in drawn.get_paths():
            corners = axes.transData.transform(path.vertices)
            for start, end in zip(corners[:-1:6], corners[6::6], strict=False):
                boxes += along(start, end)
        if people[0, -1] < level.people <= people[-1, -1]:
            right.append((level, float(np.interp(level.people, people[:, -1], forces))))
        elif people[-1, -1] < level.people < people[-1, 0]:
            # The longest tour that still gives more: under block swaps the count falls in steps.
            top.append((level, float(tours[np.flatnonzero(people[-1] > level.people)[-1]])))
    _beside(axes, right)
    _above(axes, top)
    return boxes


def _beside(axes: Axes, exits: Sequence[tuple[Level, float]]) -> None:
    low, high = axes.bbox.y0, axes.bbox.y1
    wanted = [float(axes.transData.transform((1, force))[1]) for _, force in exits]
    for (level, _), y in zip(exits, spread(wanted, 12, low + 5, high - 5), strict=True):
        axes.text(
            1.025,
            (y - low) / (high - low),
            level.text,
            transform=axes.transAxes,
            va="center_baseline",
            fontsize=LABEL,
            color=TEXT_COLOURS[level.colour],
        )


def _above(axes: Axes, exits: Sequence[tuple[Level, float]]) -> None:
    widths = [size(axes.figure.figure, level.text)[0] for level, _ in exits]
    room = max(widths, default=0.0)
    left, right = axes.bbox.x0, axes.bbox.x1
    wanted = [float(axes.transData.transform((tour, 1))[0]) for _, tour in exits]
    for (level, _), x in zip(exits, spread(wanted, room + 8, left + room / 2, right - room / 2), strict=True):
        axes.text(
            (x - left) / (right - left),
            1.015,
            level.text,
            transform=axes.transAxes,
            ha="center",
            va="bottom",
            fontsize=LABEL,
            color=TEXT_COLOURS[level.colour],
        )
