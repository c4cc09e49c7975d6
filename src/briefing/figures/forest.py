"""How far the figures of each origin lie above or below the consensus of all."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from briefing.figures.labels import size, wrapped
from briefing.figures.style import (
    BAND,
    GREY,
    INK,
    LABEL,
    MODEL,
    MODEL_LIGHT,
    TEXT,
    TEXT_COLOURS,
    WIDTH,
    new_figure,
    panel,
    styled,
)
from briefing.formats import significant

# Inches: the names, the axis below, the key and the words at the line above.
_NAMES, _FOOT, _HEAD = 2.42, 0.5, 0.52
# Points: a line of text, what a row has above and below it, a mark with its words, what stands before these.
_LINE, _AIR, _MARK, _BEFORE = 11.5, 5.0, 14.0, 9.0
_COLUMNS = ("name", "kind", "claims", "median", "p05", "p95")
KINDS = {"killed or wounded": (MODEL, "o"), "killed": (MODEL_LIGHT, "s")}


@styled
def origin_forest(rows: pd.DataFrame) -> Figure:
    """Draw the bias of each origin as a ratio to the consensus, with its range of ninety percent.

    Parameters
    ----------
    rows
        With the columns ``name`` (of the origin), ``kind`` ("killed or wounded" or "killed"), ``claims``
        (how many), and ``median``, ``p05``, ``p95`` (ratios above 0: 2 is twice the consensus). An origin may
        have a row of each kind. A row without a median is left out: the origin claims nothing of that kind.
        Optional is ``level`` (boolean): without it, or where it is true, the origin claims more than floors.

    Returns
    -------
    matplotlib.figure.Figure
        6.4 inches wide, on a log axis. A row an origin, the highest median at the top ("killed or wounded"
        counts where there is one). The mark of an origin that claims floors alone is hollow.

    Raises
    ------
    ValueError
        No row has a median, a column is missing, a kind is unknown or stands twice for an origin, or the
        three ratios are not above 0 and rising.

    Examples
    --------
    >>> rows = pd.DataFrame({"name": ["NIS"], "kind": ["killed"], "claims": [3], "median": [2.1],
    ...                      "p05": [1.5], "p95": [3.0]})
    >>> [text.get_text() for text in origin_forest(rows).axes[0].texts]
    ['assumed average', 'NIS', '3 claims', '2.1 (1.5 to 3.0)']
    """
    origins = _origins(rows)
    if not origins:
        raise ValueError("rows: given none with a median, allowed one or more")
    names = [wrapped(origin[0]["name"], 72 * _NAMES - 18, TEXT) for origin in origins]
    talls = [
        2 * _AIR + max(_LINE * (len(lines) + 1), _MARK * len(origin))
        for lines, origin in zip(names, origins, strict=True)
    ]
    high = sum(talls)
    values = _beside(origins) / 72
    wide = WIDTH - _NAMES - values
    figure = new_figure(WIDTH, _FOOT + high / 72 + _HEAD)
    axes = panel(figure, _NAMES, _FOOT, wide, high / 72)
    # The y axis counts points from the top.
    axes.set(ylim=(high, 0), yticks=[])
    axes.spines["left"].set_visible(False)
    axes.axvline(1, color=INK, lw=1.1, label="assumed average", zorder=2)
    axes.annotate(
        "assumed average",
        (1, 1),
        (0, 4),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="center",
        fontsize=LABEL,
        color=INK,
    )
    _ratio_axis(axes, [row[end] for origin in origins for row in origin for end in ("p05", "p95")])
    top = 0.0
    for number, (origin, lines, tall) in enumerate(zip(origins, names, talls, strict=True)):
        if number % 2 == 0:
            axes.axhspan(
                top,
                top + tall,
                -_NAMES / wide,
                1 + values / wide,
                color=BAND,
                lw=0,
                clip_on=False,
                zorder=0,
                label="row",
            )
        _name(axes, top + tall / 2, lines, origin)
        for place, row in enumerate(origin):
            _ratio(axes, top + tall / 2 + _MARK * (place - (len(origin) - 1) / 2), row)
        top += tall
    drawn = [row for origin in origins for row in origin]
    floors = not all(row.get("level", True) for row in drawn)
    _key(figure, [kind for kind in KINDS if any(row["kind"] == kind for row in drawn)], floors)
    return figure


def _origins(rows: pd.DataFrame) -> list[list[dict[str, Any]]]:
    """Check the rows and gather them by origin, the highest first."""
    if missing := [name for name in _COLUMNS if name not in rows]:
        raise ValueError(f"rows: given none of {', '.join(missing)}, allowed {', '.join(_COLUMNS)}")
    rows = rows[rows["median"].notna()]
    if unknown := sorted({str(kind) for kind in rows["kind"]} - set(KINDS)):
        raise ValueError(f"kind: given {', '.join(unknown)}, allowed {' or '.join(KINDS)}")
    by_name: dict[str, dict[str, dict[str, Any]]] = {}
    for record in rows.to_dict("records"):
        row = {str(column): cell for column, cell in record.items()}
        if not 0 < row["p05"] <= row["median"] <= row["p95"] < np.inf:
            given = ", ".join(f"{row[end]:g}" for end in ("p05", "median", "p95"))
            raise ValueError(f"{row['name']}: given ratios of {given}, allowed above 0 and rising")
        if row["kind"] in by_name.setdefault(row["name"], {}):
            raise ValueError(f"{row['name']}: given two rows of {row['kind']}, allowed one")
        by_name[row["name"]][row["kind"]] = row
    origins = [[kinds[kind] for kind in KINDS if kind in kinds] for kinds in by_name.values()]
    return sorted(origins, key=lambda origin: (-origin[0]["median"], origin[0]["name"]))


def _ratio_axis(axes: Axes, ratios: Sequence[float]) -> None:
    """Set a log scale around 1, with the powers of 2 as ticks while there is room for them."""
    low, high = min(0.5, *ratios) / 1.12, max(2.0, *ratios) * 1.12
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    first, last = int(np.ceil(np.log2(low))), int(np.floor(np.log2(high)))
    step = int(np.ceil((last - first + 1) * 26 / axes.bbox.width))
    powers = [power for power in range(first, last + 1) if power % step == 0]
    axes.set_xticks(
        [2.0**power for power in powers],
        [f"{2**power:,}" if power >= 0 else f"1/{2**-power:,}" for power in powers],
    )
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("Ratio to the consensus of all origins (log scale)")


def _name(axes: Axes, middle: float, lines: Sequence[str], origin: Sequence[dict[str, Any]]) -> None:
    counts = list(dict.fromkeys(int(row["claims"]) for row in origin))
    many = " and ".join(f"{count:,}" for count in counts) + (" claim" if counts == [1] else " claims")
    left = 6 - 72 * _NAMES
    first = middle - _LINE * len(lines) / 2
    for number, line in enumerate([*lines, many]):
        last = number == len(lines)
        axes.annotate(
            line,
            (0, first + _LINE * number),
            (left, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            fontsize=LABEL if last else TEXT,
            color=GREY if last else INK,
            annotation_clip=False,
        )


def _ratio(axes: Axes, y: float, row: dict[str, Any]) -> None:
    colour, marker = KINDS[row["kind"]]
    axes.plot([row["p05"], row["p95"]], [y, y], color=colour, lw=1.6, label="range", zorder=3)
    filled = row.get("level", True)
    look: dict[str, Any] = {
        "marker": marker,
        "ms": 7 if filled else 6,
        "mfc": colour if filled else "white",
        "mec": "white" if filled else colour,
        "mew": 0.8 if filled else 1.4,
        "ls": "none",
    }
    axes.plot([row["median"]], [y], label=row["kind"], zorder=4, **look)
    axes.annotate(
        _said(row),
        (1, y),
        (_BEFORE, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        fontsize=LABEL,
        color=TEXT_COLOURS[colour],
        annotation_clip=False,
    )


def _said(row: dict[str, Any]) -> str:
    return f"{_two(row['median'])} ({_two(row['p05'])} to {_two(row['p95'])})"


def _beside(origins: Sequence[Sequence[dict[str, Any]]]) -> float:
    """Return the room in points that the ratios in words need."""
    probe = new_figure()
    return _BEFORE + max(size(probe, _said(row))[0] for origin in origins for row in origin) + 8


def _two(ratio: float) -> str:
    """Print a ratio with two significant digits, a zero at the end among them."""
    ratio = significant(ratio, 2)
    return f"{ratio:,.{max(0, 1 - int(np.floor(np.log10(ratio))))}f}"


def _key(figure: Figure, kinds: Sequence[str], floors: bool) -> None:
    wide, high = figure.bbox.width, figure.bbox.height
    x = 6.0
    for kind in kinds:
        colour, marker = KINDS[kind]
        dot = Line2D([(x + 4) / wide], [1 - 11 / high], ls="none", marker=marker, ms=7)
        dot.set(markerfacecolor=colour, markeredgecolor="white", transform=figure.transFigure)
        figure.add_artist(dot)
        text = f"{kind.capitalize()}: median"
        figure.text((x + 13) / wide, 1 - 11 / high, text, va="center", fontsize=LABEL, color=INK)
        x += 13 + size(figure, text)[0] + 16
    text = "Line: range of 90%" + "; hollow: floors alone" * floors
    figure.text(x / wide, 1 - 11 / high, text, va="center", fontsize=LABEL, color=GREY)
