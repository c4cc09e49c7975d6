"""The white outline under a text that crosses lines."""

import re

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

from briefing.figures.polylines import corners

# The gid of a text that is to have one.
HALO = "halo"
# A shape, not a stroke of the text itself (``paint-order``): Typst strokes and fills letter by letter, so the
# outline of each would cover the edge of the one before. Nor the text once more: a search would find both.
STYLE = {"fill": "#fff", "stroke": "#fff", "stroke-width": "2.5"}
# Points by which the outline may miss the letters: it reaches 1.25 beyond them.
_ASIDE = 0.2
_NEEDLESS = re.compile(r" (?=-)|\b0(?=\.)")


def outline(text: str, family: str, points: float, x: float, y: float, before: float = 0.0) -> str:
    """Trace a line of text from outside, as the data of an SVG path.

    Parameters
    ----------
    text, family, points
        The line, its typeface and its size.
    x, y
        Where its baseline starts, y downwards.
    before
        Share of the width of the text that stands before `x`: 1 for a text that ends there.

    Examples
    --------
    >>> from briefing.figures.style import FAMILY, new_figure
    >>> _ = new_figure()  # makes the typeface known
    >>> outline("I", FAMILY, 9, x=10, y=20)
    'M10.8 20l0-5.9 .8 0 0 5.9z'
    """
    font = FontProperties(family=family, size=points)
    left = x - before * text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]
    scale = points / text_to_path.FONT_SCALE
    vertices, codes = text_to_path.get_text_path(font, text)
    letters = Path(np.asarray(vertices) * (scale, -scale) + (left, y), codes)
    shapes = [np.asarray(shape) for shape in letters.to_polygons()]
    # Holes run the other way round; a halo has none.
    areas = [_area(shape) for shape in shapes]
    way = np.sign(max(areas, key=abs, default=0.0))
    outer = [shape for shape, area in zip(shapes, areas, strict=True) if area * way > 0]
    return "".join(_traced(shape[corners(shape, _ASIDE)]) for shape in outer)


def _area(shape: np.ndarray) -> float:
    """Twice the area, negative for a shape that runs the other way round."""
    (x, y), (next_x, next_y) = shape[:-1].T, shape[1:].T
    return float((x * next_y - next_x * y).sum())


def _traced(shape: np.ndarray) -> str:
    places = shape[:-1].round(1)
    steps = np.diff(places, axis=0).round(1) + 0.0
    path = " ".join(f"{step:g}" for step in steps.ravel())
    return "M{:g} {:g}l".format(*places[0]) + _NEEDLESS.sub("", path) + "z"
