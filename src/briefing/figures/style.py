"""The look that all charts share: typeface, palette, sizes."""

from collections.abc import Callable
from functools import cache, wraps
from importlib.resources import files
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Colour-blind safe, each at least 3:1 against white; marks use them together with a shape or a line style.
# The four stand for parties, in every figure, and for nothing else; what is computed is slate.
BLUE, TEAL, PLUM, ORANGE = "#12436D", "#28A197", "#801650", "#F46A25"
MODEL, MODEL_LIGHT = "#46586A", "#7F94A8"
# Small letters need 4.5:1, which the light ones miss.
TEXT_COLOURS = {
    BLUE: BLUE,
    TEAL: "#17756D",
    PLUM: PLUM,
    ORANGE: "#B8430A",
    MODEL: MODEL,
    MODEL_LIGHT: "#586C80",
}
INK, GREY, LIGHT, GRID = "#1F2A33", "#5F6B76", "#A9B2BA", "#E3E7EA"
BAND, SHADE = "#F3F5F6", "#EAEDEF"

FAMILY, SEMIBOLD = "Source Sans Pro", "Source Sans Pro Semibold"
# In points on a figure 6.4 inches wide, which is the width of the text in the printed document.
TEXT, LABEL = 9.5, 9.0
WIDTH = 6.4

_OWN: dict[Any, Any] = {
    "axes.axisbelow": True,
    "axes.edgecolor": LIGHT,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.labelsize": TEXT,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.family": [FAMILY],
    "font.size": TEXT,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "hatch.linewidth": 0.6,
    "lines.solid_capstyle": "butt",
    # Thinned when the picture is written, and fills too, which matplotlib never thins.
    "path.simplify": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "briefing",
    # Without hinting a text is as wide in the SVG as the renderer measured it for placing labels.
    "text.hinting": "none",
    "text.color": INK,
    # A dollar sign is a dollar sign.
    "text.parse_math": False,
    "xtick.color": LIGHT,
    "xtick.labelcolor": INK,
    "xtick.labelsize": LABEL,
    "xtick.major.size": 3,
    "ytick.color": LIGHT,
    "ytick.labelcolor": INK,
    "ytick.labelsize": LABEL,
    "ytick.major.size": 0,
}

P = ParamSpec("P")
R = TypeVar("R")


@cache
def _register_typeface() -> None:
    folder = Path(str(files("font_source_sans_pro"))) / "files"
    for weight in ("Regular", "Semibold"):
        font_manager.fontManager.addfont(folder / f"SourceSansPro-{weight}.ttf")


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Let a function draw in the project's style and leave matplotlib's settings as they were."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        _register_typeface()
        with matplotlib.rc_context():
            # From matplotlib's own defaults, so that no machine's settings file matters.
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(_OWN)
            return draw(*args, **kwargs)

    return drawn


@styled
def new_figure(width_in: float = WIDTH, height_in: float = 4.0) -> Figure:
    """Return an empty figure on which one pixel is one point.

    Parameters
    ----------
    width_in, height_in
        Inches.

    Returns
    -------
    matplotlib.figure.Figure
        With an agg canvas, unknown to pyplot, 72 dots an inch as in the SVG.

    Examples
    --------
    >>> new_figure(6.4, 3).get_size_inches().tolist()
    [6.4, 3.0]
    """
    figure = Figure(figsize=(width_in, height_in), dpi=72, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def panel(figure: Figure, left: float, bottom: float, width: float, height: float, **kwargs: Any) -> Axes:
    """Add axes at a place given in inches: unlike a fitted layout it is the same on every run.

    Examples
    --------
    >>> axes = panel(new_figure(6.4, 3), left=0.64, bottom=0.5, width=3.2, height=2)
    >>> round(float(axes.get_position().width), 6)
    0.5
    """
    wide, high = figure.get_size_inches()
    return figure.add_axes((left / wide, bottom / high, width / wide, height / high), **kwargs)


def thousands(value: float, _position: float | None = None) -> str:
    """Print the number at a tick.

    Examples
    --------
    >>> thousands(25_000.0), thousands(2.5)
    ('25,000', '2.5')
    """
    return f"{value:,.0f}" if value == round(value) else f"{value:,.6g}"
