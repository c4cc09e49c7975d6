"""How many different people a rotating force makes, by its tour and its strength."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from briefing.figures.contours import draw_contours, levels_of
from briefing.figures.halo import HALO
from briefing.figures.labels import FAR, Box, Label, along, heading, place, size
from briefing.figures.style import (
    GREY,
    INK,
    LABEL,
    ORANGE,
    TEXT_COLOURS,
    WIDTH,
    new_figure,
    panel,
    styled,
)
from briefing.formats import plain, show_range
from briefing.model.rotation import distinct_people

# Inches: the axes; the rest of the width is for the labels of the contours.
_LEFT, _BOTTOM, _HIGH, _WIDE = 0.42, 0.52, 3.35, 4.75
OFF_SCALE = "off this scale"


@styled
def rotation_map(
    force_range: tuple[float, float] = (5_000, 25_000),
    tour_range: tuple[float, float] = (1, 12),
    horizon: float = 12,
    hazard: float = 0.0,
    box_force: tuple[float, float] | None = None,
    box_tour: tuple[float, float] | None = None,
    point: tuple[float | None, float] | None = None,
    precedent: float | None = None,
    pool: float | None = None,
    rule: str = "staggered",
    claimed: float | None = None,
    point_name: str = "This scenario",
) -> Figure:
    """Draw distinct people over tour and standing force.

    Parameters
    ----------
    force_range, tour_range
        Ends of the axes: persons, months.
    horizon
        Months over which people are counted.
    hazard
        Permanent losses per person-month.
    box_force, box_tour
        The claimant's own inputs, persons and months; None draws no box.
    point
        The scenario: tour in months (None for no rotation) and force in persons. Outside the axes it is
        marked at their edge, and its label says so.
    precedent
        A tour in months that is known to have taken place; None where it was not yet known.
    pool, claimed
        Persons: contours of their own; None draws none.
    rule
        As in `briefing.model.rotation.distinct_people`.
    point_name
        What the point is.

    Returns
    -------
    matplotlib.figure.Figure
        6.4 inches wide.

    Raises
    ------
    ValueError
        A range is reversed or empty, or an argument is out of the model's range.

    Examples
    --------
    >>> figure = rotation_map(point=(2.5, 12_500), claimed=100_000)
    >>> figure.axes[0].get_xlabel()
    'Tour, months (axis from 1)'
    """
    for name, (low, high) in (("force_range", force_range), ("tour_range", tour_range)):
        if not 0 <= low < high:
            raise ValueError(
                f"{name}: given {low:g} to {high:g}, allowed a low end of 0 or more, below the high"
            )
    figure = new_figure(WIDTH, _BOTTOM + _HIGH + 0.5)
    axes = panel(figure, _LEFT, _BOTTOM, _WIDE, _HIGH)
    axes.set(xlim=tour_range, ylim=force_range)
    axes.set_xlabel(f"Tour, months (axis from {plain(tour_range[0])})")
    # Contours that leave the map at its upper edge are named between it and the heading.
    heading(axes, "Standing force", f"thousand people, axis from {plain(force_range[0] / 1000)}", pad=19)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: plain(value / 1000)))
    if tour_range[1] - tour_range[0] <= 14:
        axes.xaxis.set_major_locator(MultipleLocator(1))
    axes.yaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    header = f"People passing\nthrough in\n{plain(horizon)} months"
    axes.text(1.025, 1.0, header, transform=axes.transAxes, va="bottom", fontsize=LABEL, color=GREY)
    tours, forces = np.linspace(*tour_range, 331), np.linspace(*force_range, 81)
    people = np.asarray(distinct_people(forces[:, None], tours[None, :], horizon, hazard, rule))
    lines = draw_contours(axes, tours, forces, people, levels_of(pool, claimed))
    if precedent is not None and tour_range[0] <= precedent <= tour_range[1]:
        lines += _precedent(axes, precedent)
    marks: list[Box] = []
    labels = _box(axes, box_force, box_tour, lines) if box_force and box_tour else []
    if point is not None:
        scenario = _point(axes, point, point_name, marks)
        # Beyond the scale it has more to say and less room, so it chooses its place first.
        labels.insert(0 if OFF_SCALE in scenario.text else len(labels), scenario)
    inside = (axes.bbox.x0 + 3, axes.bbox.y0 + 14, axes.bbox.x1 - 3, axes.bbox.y1 - 3)
    place(axes, labels, marks, inside, lines, FAR)
    return figure


def _precedent(axes: Axes, tour: float) -> list[Box]:
    axes.axvline(tour, color=GREY, lw=1.3, ls=(0, (1, 1.6)), label="precedent")
    text = f"Engineers’ tour: {plain(30 * tour, 3)} days"
    x, y = axes.transData.transform((tour, axes.get_ylim()[0]))
    width = size(axes.figure.figure, text)[0]
    to_left = x + 6 + width > axes.bbox.x1
    axes.annotate(
        text,
        xy=(tour, axes.get_ylim()[0]),
        xytext=(-5 if to_left else 5, 4),
        textcoords="offset points",
        ha="right" if to_left else "left",
        fontsize=LABEL,
        color=GREY,
        gid=HALO,
    )
    return along(np.array([x, y]), np.array([x, axes.bbox.y1]))


def _box(axes: Axes, force: tuple[float, float], tour: tuple[float, float], lines: list[Box]) -> list[Label]:
    """Draw the claimant's inputs; nothing where they lie outside the axes."""
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    if tour[1] < left or tour[0] > right or force[1] < low or force[0] > high:
        return []
    corners = Rectangle((tour[0], force[0]), tour[1] - tour[0], force[1] - force[0])
    corners.set(facecolor="none", edgecolor=ORANGE, linewidth=2, zorder=4, label="claimant's inputs")
    axes.add_patch(corners)
    (x0, y0), (x1, y1) = axes.transData.transform([(tour[0], force[0]), (tour[1], force[1])]).tolist()
    lines.append((x0, y0, x1, y1))
    text = (
        f"Ambassador’s inputs:\n{show_range(*force, 'persons')} people,\n{show_range(*tour, 'months')} months"
    )
    return [Label(min(tour[1], right), min(force[1], high), text, TEXT_COLOURS[ORANGE], 2.0, needed=True)]


def _point(axes: Axes, point: tuple[float | None, float], name: str, marks: list[Box]) -> Label:
    """Mark the scenario, or the edge beyond which it lies."""
    tour, force = point
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    x, y = float(np.clip(np.inf if tour is None else tour, left, right)), float(np.clip(force, low, high))
    beyond = []
    if tour is None:
        beyond.append("no rotation")
    elif x != tour:
        beyond.append(f"tour of {plain(tour, 3)} months")
    if y != force:
        beyond.append(f"{plain(force)} people")
    off = (0 if x == tour else -1 if x == right else 1, 0 if y == force else -1 if y == high else 1)
    if beyond:
        # The mark stands a little inside, and an arrow points from it across the edge.
        px, py = axes.transData.transform((x, y))
        end = (x, y)
        x, y = axes.transData.inverted().transform((px + 20 * off[0], py + 20 * off[1])).tolist()
        style = {"arrowstyle": "-|>", "color": INK, "lw": 1.5, "shrinkA": 4, "shrinkB": 0}
        axes.annotate("", xy=end, xytext=(x, y), arrowprops=style, zorder=5)
    axes.plot(
        [x], [y], marker="o", ms=8, mfc=INK, mec="white", mew=1.2, zorder=6, clip_on=False, label="scenario"
    )
    px, py = axes.transData.transform((x, y)).tolist()
    marks.append((px - 5, py - 5, px + 5, py + 5))
    if beyond:
        marks.extend(along(np.array([px, py]), axes.transData.transform(end)))
    text = name + (f":\n{', '.join(beyond)}" if beyond else "")
    if beyond and beyond != ["no rotation"]:
        text += f",\n{OFF_SCALE}"
    return Label(x, y, text, INK, 6.0, needed=True)
