"""Direct labels that neither meet each other nor leave the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from briefing.figures.halo import HALO
from briefing.figures.style import FAMILY, GREY, INK, LABEL, SEMIBOLD, TEXT

Box = tuple[float, float, float, float]
NEAR, FAR = (2.0, 9.0, 18.0, 30.0, 44.0), (2.0, 9.0, 18.0, 30.0, 44.0, 62.0, 84.0, 110.0)
# To cover a mark or another label is so much worse than to cover a line.
_WORSE = 20.0
# Room between two labels, in points.
AIR = 2.0


@dataclass(frozen=True)
class Label:
    """A label that wants to stand beside a mark.

    Attributes
    ----------
    x, y
        The mark, in data coordinates.
    text, colour
        What is printed and how.
    reach
        Half the size of the mark in points: the label keeps this distance.
    needed
        Place it even where it covers something, if every place is taken; others are left out.
    family
        The typeface.
    """

    x: float
    y: float
    text: str
    colour: str = INK
    reach: float = 5.0
    needed: bool = False
    family: str = FAMILY


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions apart, each as little as possible, in the order in which they stand.

    Parameters
    ----------
    wanted
        Positions, in any order and one unit (points for labels).
    gap
        Least distance between two.
    low, high
        Ends that no position may pass; where all do not fit, the gap shrinks.

    Returns
    -------
    list of float
        New positions, in the order of `wanted`.

    Examples
    --------
    >>> spread([5, 5, 40], gap=10, low=0, high=100)
    [0.0, 10.0, 40.0]
    >>> spread([99, 98], gap=10, low=0, high=100)
    [100.0, 90.0]
    """
    if not len(wanted):
        return []
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    gap = min(gap, (high - low) / max(1, len(wanted) - 1))
    # With k gaps taken off the k-th position, "at least a gap apart" reads "never falling": neighbours that
    # fall are pooled at their mean, which is the nearest solution in least squares.
    pools: list[list[float]] = []
    for k, i in enumerate(order):
        pools.append([wanted[i] - k * gap, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            last, count = pools.pop()
            first, before = pools[-1]
            pools[-1] = [(first * before + last * count) / (before + count), before + count]
    level = [mean for mean, count in pools for _ in range(int(count))]
    ceiling = high - (len(wanted) - 1) * gap
    placed = [0.0] * len(wanted)
    for k, i in enumerate(order):
        placed[i] = float(min(max(level[k], low), ceiling) + k * gap)
    return placed


def size(figure: Figure, text: str, family: str = FAMILY, points: float = LABEL) -> tuple[float, float]:
    """Measure a text: width and height in points.

    Examples
    --------
    >>> from briefing.figures.style import new_figure
    >>> width, height = size(new_figure(), "people")
    >>> 20 < width < 40, 8 < height < 14
    (True, True)
    """
    probe = Text(0, 0, text, fontfamily=family, fontsize=points, figure=figure)
    box = probe.get_window_extent(_canvas(figure).get_renderer())
    return float(box.width), float(box.height)


def heading(axes: Axes, title: str, measure: str, pad: float = 5.0) -> None:
    """Head a panel with its title and, quieter beside it, what its scale measures.

    Examples
    --------
    >>> from briefing.figures.style import new_figure, panel
    >>> axes = panel(new_figure(6.4, 3), 0.5, 0.5, 5, 2)
    >>> heading(axes, "Standing force", "people, from 0")
    >>> axes.get_title(loc="left"), axes.texts[0].get_text(), axes.texts[0].get_rotation()
    ('Standing force', 'people, from 0', 0.0)
    """
    axes.set_title(title, loc="left", fontsize=TEXT, fontfamily=SEMIBOLD, pad=pad)
    axes.annotate(
        measure,
        (0, 1),
        (size(axes.figure.figure, title, SEMIBOLD, TEXT)[0] + 7, pad),
        xycoords="axes fraction",
        textcoords="offset points",
        va="baseline",
        fontsize=LABEL,
        color=GREY,
        annotation_clip=False,
    )


def wrapped(text: str, width: float, points: float = LABEL) -> list[str]:
    """Break a text into lines of at most `width` points; a word that is longer has a line of its own.

    Examples
    --------
    >>> wrapped("Multilateral Sanctions Monitoring Team", 80)
    ['Multilateral', 'Sanctions', 'Monitoring Team']
    """
    probe = Figure(dpi=72)
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and size(probe, longer, points=points)[0] <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def place(
    axes: Axes,
    labels: Sequence[Label],
    obstacles: Sequence[Box],
    inside: Box,
    lines: Sequence[Box] = (),
    distances: Sequence[float] = NEAR,
) -> list[Text]:
    """Write each label at the first free place around its mark, the earlier labels first.

    Parameters
    ----------
    axes
        With final limits and position, on a figure of 72 dots an inch.
    labels
        The most important first.
    obstacles
        Boxes (left, low, right, high) in points that no label may cover: marks, lines, other texts.
    inside
        Box that no label may leave.
    lines
        Boxes that no text may cover, though the thread from a text to its mark may cross them. One that holds
        the mark does not count for its own label: it keeps others from seeming to belong to that mark.
    distances
        How far from its mark a label may stand, in points, the nearest first.

    Returns
    -------
    list of matplotlib.text.Text
        Those that were written.

    Examples
    --------
    >>> from briefing.figures.style import new_figure, panel
    >>> axes = panel(new_figure(6.4, 3), 0.5, 0.5, 5, 2)
    >>> [t.get_text() for t in place(axes, [Label(0.5, 0.5, "a mark")], [], (36, 36, 396, 180))]
    ['a mark']
    """
    taken = list(obstacles)
    written = []
    for label in labels:
        width, height = size(axes.figure.figure, label.text, label.family)
        anchor = axes.transData.transform((label.x, label.y))
        spots = _spots(anchor, width, height, [label.reach + distance for distance in distances])
        # What surrounds the mark itself keeps off other labels only.
        others = [
            box for box in lines if not (box[0] <= anchor[0] <= box[2] and box[1] <= anchor[1] <= box[3])
        ]
        least, spot = np.inf, spots[0]
        for candidate in spots:
            boxes = (candidate, *_thread(candidate, anchor, label.reach))
            cost = _overlap(candidate, others, inside) + _WORSE * sum(
                _overlap(box, taken, inside) for box in boxes
            )
            if cost < least:
                least, spot = cost, candidate
            if cost == 0:
                break
        if least > 0 and not label.needed:
            continue
        taken.append((spot[0] - AIR, spot[1], spot[2] + AIR, spot[3]))
        taken += _thread(spot, anchor, label.reach)
        written.append(_write(axes, label, anchor, spot))
    return written


def _spots(anchor: np.ndarray, width: float, height: float, distances: Sequence[float]) -> list[Box]:
    """Boxes around a mark, the nearest first; to the right before to the left, above before below."""
    x, y = float(anchor[0]), float(anchor[1])
    spots = []
    for away in distances:
        sides = [(x + away, y - height / 2), (x - away - width, y - height / 2)]
        sides += [(x - width / 2, y + away), (x - width / 2, y - away - height)]
        sides += [(x - 4, y + away), (x - 4, y - away - height)]
        lean = 0.6 * away
        sides += [
            (x + lean if right else x - lean - width, y + lean if up else y - lean - height)
            for up, right in product((True, False), (True, False))
        ]
        spots += [(left, low, left + width, low + height) for left, low in sides]
    return spots


def _overlap(box: Box, taken: Sequence[Box], inside: Box) -> float:
    """Square points that a box covers of others or has outside the picture, which counts tenfold."""
    outside = (box[2] - box[0]) * (box[3] - box[1]) - common(box, inside)
    covered = sum(common(box, other) for other in taken)
    return covered + (10 * outside if outside > 1e-6 else 0.0)


def common(one: Box, other: Box) -> float:
    """Return the area that two boxes share.

    Examples
    --------
    >>> common((0, 0, 2, 2), (1, 0, 5, 5)), common((0, 0, 1, 1), (3, 3, 4, 4))
    (2, 0.0)
    """
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return wide * tall if wide > 0 and tall > 0 else 0.0


def _thread(spot: Box, anchor: np.ndarray, reach: float) -> list[Box]:
    """The line from a mark to a label that had to go far, as small boxes; none for a near label."""
    near = _nearest(spot, anchor)
    distance = float(np.hypot(*(near - anchor)))
    # The mark itself, which the line starts at, is no obstacle to it.
    return along(anchor + (near - anchor) * min(1.0, (reach + 4) / distance), near) if distance > 12 else []


def _nearest(spot: Box, anchor: np.ndarray) -> np.ndarray:
    return np.array([np.clip(anchor[0], spot[0], spot[2]), np.clip(anchor[1], spot[1], spot[3])])


def along(start: np.ndarray, end: np.ndarray) -> list[Box]:
    """Cover a line by small boxes, so that labels keep off it.

    Parameters
    ----------
    start, end
        Its ends: x and y in points.

    Examples
    --------
    >>> len(along(np.array([0, 0]), np.array([30, 40])))
    11
    """
    steps = max(2, int(np.hypot(*(end - start)) / 5) + 1)
    return [
        (x - 1.5, y - 1.5, x + 1.5, y + 1.5)
        for x, y in (start + np.linspace(0, 1, steps)[:, None] * (end - start)).tolist()
    ]


def _write(axes: Axes, label: Label, anchor: np.ndarray, spot: Box) -> Text:
    text = axes.annotate(
        label.text,
        xy=(label.x, label.y),
        xytext=(spot[0] - anchor[0], spot[1] - anchor[1]),
        textcoords="offset points",
        ha="left",
        va="bottom",
        fontsize=LABEL,
        fontfamily=label.family,
        color=label.colour,
        gid=HALO,
        annotation_clip=False,
        zorder=6,
    )
    if _thread(spot, anchor, label.reach):
        near = _nearest(spot, anchor)
        axes.annotate(
            "",
            xy=(label.x, label.y),
            xytext=(near[0] - anchor[0], near[1] - anchor[1]),
            textcoords="offset points",
            arrowprops={"arrowstyle": "-", "color": GREY, "lw": 0.6, "shrinkA": 1, "shrinkB": label.reach},
            annotation_clip=False,
            zorder=5,
        )
    return text


def _canvas(figure: Figure) -> FigureCanvasAgg:
    canvas = figure.canvas
    return canvas if isinstance(canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
