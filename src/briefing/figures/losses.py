"""What was known of the losses on successive days, and what was reported later."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from briefing.figures.claim_marks import (
    ARROW_DOWN,
    ARROW_POINTS,
    ARROW_UP,
    CLASSES,
    Mark,
    ends,
    party_class,
)
from briefing.figures.halo import HALO
from briefing.figures.labels import Box, common, size, spread
from briefing.figures.style import (
    FAMILY,
    GREY,
    INK,
    LABEL,
    LIGHT,
    MODEL,
    SEMIBOLD,
    SHADE,
    TEXT,
    WIDTH,
    new_figure,
    panel,
    styled,
    thousands,
)
from briefing.formats import plain
from briefing.model.bounds import OPEN_ABOVE, OPEN_BELOW

# Inches: margins, a line of the key, the title of a panel, what lies between two rows, a row, the figure.
_LEFT, _FOOT, _KEY, _TITLE, _GAP = 0.62, 0.5, 0.21, 0.26, 0.16
_TALLEST, _ALONE, _ALL = 1.45, 2.2, 8.9
# Points: before the words at the right edge of a panel, after them.
_BEFORE, _AFTER = 12.0, 7.0
# Points: between marks side by side, and how far one may move for that.
_GAP_OF_MARKS, _ASIDE = 5.2, 5.5
_MOST = 12
_ENDS = ("p95", "p75", "p50", "p25", "p05")
_COLUMNS = ("event_date", "low", "value", "high", "bound", "known", "origin_party")
# Least points between two ticks.
_APART_MONTHS, _APART_DAYS = 27.0, 38.0
_PRIOR_HALF = "#D0D6DA"
PRIOR_ONLY = "prior only, no claim"


class LossPanel(NamedTuple):
    """What one day knew of the losses.

    Attributes
    ----------
    title
        Names the day, such as "Known on 31 January 2025".
    days
        Rising, datetime64; n of them, two or more.
    bands
        Arrays of n persons, killed or wounded so far, under p05, p25, p50, p75 and p95.
    claims
        With the columns ``event_date`` (the day that the figure describes), ``low``, ``value``, ``high``
        (persons), ``bound``, ``known`` (reported by that day) and ``origin_party``; may be empty.
    prior
        Whether the bands rest on no claim at all.
    as_of
        The day itself, for a dotted line; None draws none.
    """

    title: str
    days: np.ndarray
    bands: Mapping[str, np.ndarray]
    claims: pd.DataFrame
    prior: bool
    as_of: Any = None


@styled
def losses_as_of(
    panels: Sequence[LossPanel | tuple[str, np.ndarray, Mapping[str, np.ndarray], pd.DataFrame, bool]],
    beside: Sequence[LossPanel | tuple[str, np.ndarray, Mapping[str, np.ndarray], pd.DataFrame, bool]] = (),
) -> Figure:
    """Draw cumulative killed and wounded as several days knew them, a panel a day, on shared axes.

    Parameters
    ----------
    panels
        The days in reading order, at most twelve: each a `LossPanel`, or a tuple of its first five fields.
    beside
        Days drawn in figures of their own that are looked at in turn: axes, key and room suit them too.

    Returns
    -------
    matplotlib.figure.Figure
        6.4 inches wide, two panels a row. The median is a line, half of the courses lie in the dark band and
        ninety percent in the light one; the numbers at the right edge are persons. A full mark is a claim
        known on that day, a hollow one was reported later; an arrow is an open end. Marks that would cover
        each other stand side by side, at most six points off their day. Bands without a claim
        behind them are hatched and grey, and the panel says so. Without panels, a sentence.

    Raises
    ------
    ValueError
        There are more than twelve panels, a panel has fewer than two days, an array is not as long as
        `days` or no number of persons, or a claim lacks its day or its figure.

    Examples
    --------
    >>> days = np.array(["2024-12-01", "2025-01-31"], "datetime64[D]")
    >>> bands = {name: np.array([0.0, 4000.0]) for name in ("p05", "p25", "p50", "p75", "p95")}
    >>> columns = "event_date low value high bound known origin_party".split()
    >>> panels = [("Known on 31 January 2025", days, bands, pd.DataFrame(columns=columns), True)]
    >>> figure = losses_as_of(panels)
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['prior only, no claim', '4,000']
    """
    if not panels:
        figure = new_figure(WIDTH, 0.7)
        figure.text(0.02, 0.5, "no day to show", va="center", fontsize=TEXT, color=GREY)
        return figure
    if len(panels) > _MOST:
        raise ValueError(f"panels: given {len(panels)}, allowed at most {_MOST}")
    known = [LossPanel(*one) for one in panels]
    every = [*known, *(LossPanel(*one) for one in beside)]
    marks = [_marks(one) for one in every]
    columns = min(2, len(known))
    rows = -(-len(known) // columns)
    key = _KEY * (3.6 if any(marks) else 2.6)
    tallest = _TALLEST if rows > 1 else _ALONE
    tall = min(tallest, (_ALL - key - _FOOT + _GAP) / rows - _TITLE - _GAP)
    height = key + rows * (_TITLE + tall) + (rows - 1) * _GAP + _FOOT
    words = _beside(every) / 72
    wide = (WIDTH - _LEFT) / columns - words
    figure = new_figure(WIDTH, height)
    x_ends, top = _limits(every, marks, tall)
    for number, (one, group) in enumerate(zip(known, marks, strict=False)):
        row, column = divmod(number, columns)
        bottom = height - key - (row + 1) * (_TITLE + tall) - row * _GAP
        axes = panel(figure, _LEFT + column * (wide + words), bottom, wide, tall)
        axes.set(xlim=x_ends, ylim=(0, top))
        axes.yaxis.set_major_formatter(thousands)
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10], integer=True))
        axes.tick_params(labelleft=column == 0)
        axes.grid(axis="x", visible=False)
        # The lowest panel of each column carries the days.
        _day_ticks(axes, labelled=number + columns >= len(known))
        axes.set_title(one.title, loc="left", fontsize=TEXT, fontfamily=SEMIBOLD, pad=5)
        _band(axes, one)
        _side_by_side(axes, group)
        _draw(axes, group)
        _label_ends(axes, one)
    _key(figure, every, [mark for group in marks for mark in group])
    return figure


def _marks(one: LossPanel) -> list[Mark]:
    """Check a panel and turn its claims into marks, by their day."""
    if len(one.days) < 2:
        raise ValueError(f"{one.title}: given {len(one.days)} days, allowed two or more")
    for name in _ENDS:
        if len(one.bands[name]) != len(one.days):
            given = f"{len(one.bands[name])} values under {name}"
            raise ValueError(f"{one.title}: given {given}, allowed one a day ({len(one.days)})")
        if not np.all(np.isfinite(one.bands[name])) or np.min(one.bands[name]) < 0:
            raise ValueError(f"{one.title}: given {name} below 0 or missing, allowed persons")
    if absent := [column for column in _COLUMNS if column not in one.claims]:
        raise ValueError(f"{one.title}: given claims without {', '.join(absent)}")
    if one.claims["event_date"].isna().any():
        raise ValueError(f"{one.title}: given a claim without event_date, allowed a day for each")
    marks = []
    for row in one.claims.to_dict("records"):
        claim = {str(column): cell for column, cell in row.items()}
        claim.setdefault("claimant_party", claim["origin_party"])
        figures = [pd.notna(claim[column]) for column in ("low", "high", "value")]
        if not (all(figures[:2]) if claim["bound"] == "interval" else any(figures)):
            raise ValueError(f"{one.title}: given a claim of {claim['bound']} without its figure")
        low, high = ends(claim)
        day = float(mdates.date2num(pd.Timestamp(claim["event_date"])))
        marks.append(Mark(claim, party_class(claim), day, low, high, not claim["known"], False))
    return sorted(marks, key=lambda mark: (mark.x, mark.high, mark.party.name))


def _limits(
    panels: Sequence[LossPanel], marks: Sequence[Sequence[Mark]], tall: float
) -> tuple[tuple[float, float], float]:
    """Return the ends of the shared axes: days, and the highest number of persons."""
    days = [float(mdates.date2num(one.days[end])) for one in panels for end in (0, -1)]
    # A mark keeps its width off the ends, where words stand.
    air = 0.02 * (max(days) - min(days))
    days += [mark.x + side for group in marks for mark in group for side in (-air, air)]
    highest = max(float(np.max(one.bands["p95"])) for one in panels) or 1.0
    every = [mark for group in marks for mark in group]
    points = 72 * tall
    # Room above for what sticks out, and for the words in a panel without claims.
    words = 16.0 if any(one.prior for one in panels) else 0.0
    top = highest / (1 - max(words, 5.0) / points)
    for mark in every:
        above = ARROW_POINTS + 1 if mark.claim["bound"] in OPEN_ABOVE else 5.0
        top = max(top, mark.high / (1 - (above + words) / points))
    return (min(days), max(days)), top


def _words(one: LossPanel) -> dict[str, str]:
    """Say where the median and the band of ninety percent end, without saying the same twice."""
    said = {name: plain(float(one.bands[name][-1]), 3) for name in ("p95", "p50", "p05")}
    return {
        name: text if name == "p50" else f"90%: {text}"
        for name, text in said.items()
        if name == "p50" or text != said["p50"]
    }


def _beside(panels: Sequence[LossPanel]) -> float:
    """Return the room in points that the words at the right edge need."""
    probe = new_figure()
    texts = [(name, text) for one in panels for name, text in _words(one).items()]
    wide = [size(probe, text, SEMIBOLD if name == "p50" else FAMILY)[0] for name, text in texts]
    return _BEFORE + max(wide) + _AFTER


def _day_ticks(axes: Axes, labelled: bool) -> None:
    """Put ticks on round days, so far apart that their labels fit a small panel."""
    first, last = axes.get_xlim()
    start, end = (pd.Timestamp(mdates.num2date(day)).tz_localize(None) for day in (first, last))
    days = pd.date_range(start.ceil("D"), end, freq="D")
    a_day = axes.bbox.width / (last - first)
    monthly = 30.4 * a_day >= _APART_MONTHS / 12 and len(days[days.day == 1]) > 1
    if monthly:
        wanted = (months for months in (1, 2, 3, 6) if 28 * months * a_day >= _APART_MONTHS)
        step = next(wanted, 12)
        ticks, pattern = days[(days.day == 1) & ((days.month - 1) % step == 0)], "{0:%b}"
    else:
        step = max(1, int(np.ceil(_APART_DAYS / a_day)))
        ticks, pattern = days[::step], "{0.day} {0:%b}"
    texts, year = [], 0
    for tick in ticks:
        texts.append(pattern.format(tick) + (f"\n{tick.year}" if tick.year != year else ""))
        year = tick.year
    axes.set_xticks(mdates.date2num(ticks), texts if labelled else [""] * len(ticks))


def _band(axes: Axes, one: LossPanel) -> None:
    days, bands = mdates.date2num(one.days), one.bands
    fills = (("p05", "p95", 0.2), ("p25", "p75", 0.38))
    if one.as_of is not None:
        day = float(mdates.date2num(pd.Timestamp(one.as_of)))
        # It ends below the words of a panel without claims.
        height = 1 - 17 / axes.bbox.height if one.prior else 1
        axes.axvline(day, ymax=height, color=GREY, lw=1.1, ls=(0, (1, 1.6)), label="as of")
    if one.prior:
        for (bottom, top, _), shade in zip(fills, (SHADE, _PRIOR_HALF), strict=True):
            band = axes.fill_between(days, bands[bottom], bands[top], facecolor=shade, label="prior band")
            band.set(hatch="////", edgecolor=LIGHT, linewidth=0)
        axes.plot(days, bands["p50"], color=GREY, lw=1.8, ls="--", label="median", zorder=2.5)
        points = axes.bbox.size
        axes.text(
            4 / points[0],
            1 - 3 / points[1],
            PRIOR_ONLY,
            transform=axes.transAxes,
            va="top",
            fontsize=LABEL,
            color=GREY,
            gid=HALO,
        )
        return
    for low, high, alpha in fills:
        if np.any(bands[high] > bands[low]):
            axes.fill_between(days, bands[low], bands[high], color=MODEL, alpha=alpha, lw=0, label="band")
    axes.plot(days, bands["p50"], color=MODEL, lw=2, label="median", zorder=2.5)


def _side_by_side(axes: Axes, marks: Sequence[Mark]) -> None:
    """Move marks a little sideways that would cover each other; the order of their days stands."""
    first, last = axes.get_xlim()
    a_day = axes.bbox.width / (last - first)
    groups: list[list[tuple[Mark, Box]]] = []
    for mark in marks:
        (x, low), (_, high) = axes.transData.transform([(mark.x, mark.low), (mark.x, mark.high)]).tolist()
        box = (x - 3, low - 3, x + 3, high + 3)
        meeting = [any(common(box, other) > 0 for _, other in group) for group in groups]
        joined = [one for group, meets in zip(groups, meeting, strict=True) if meets for one in group]
        groups = [group for group, meets in zip(groups, meeting, strict=True) if not meets]
        groups.append([*joined, (mark, box)])
    for group in groups:
        wanted = [mark.x * a_day for mark, _ in group]
        gap, moved = _GAP_OF_MARKS, wanted
        while len(group) > 1:
            moved = spread(wanted, gap, first * a_day, last * a_day)
            if max(abs(new - old) for new, old in zip(moved, wanted, strict=True)) <= _ASIDE:
                break
            gap *= 0.8
        for (mark, _), x in zip(group, moved, strict=True):
            mark.x = x / a_day


def _draw(axes: Axes, marks: Sequence[Mark]) -> None:
    """Draw later reports first, so that what was known lies on top."""
    for mark in sorted(marks, key=lambda mark: not mark.derived):
        later, colour, bound = mark.derived, mark.party.colour, mark.claim["bound"]
        if bound in OPEN_ABOVE + OPEN_BELOW:
            up = bound in OPEN_ABOVE
            axes.plot(
                [mark.x],
                [mark.high],
                ls="none",
                marker=ARROW_UP if up else ARROW_DOWN,
                ms=2 * ARROW_POINTS,
                mfc="none",
                mec=colour,
                mew=1.1,
                clip_on=False,
                zorder=3,
                label=f"open end {'up' if up else 'down'}",
            )
        interval = bound == "interval"
        marker = "X" if bound == "denial" else mark.party.marker
        axes.plot(
            [mark.x] * (1 + interval),
            [mark.low, mark.high][-1 - interval :],
            color=colour,
            lw=1.4 if interval else 0,
            marker=marker,
            ms={"X": 8.0, "D": 5.2}.get(marker, 6.0) * (0.7 if interval else 1),
            mfc="white" if later else colour,
            mec=colour if later else "white",
            mew=1.2 if later else 0.6,
            clip_on=False,
            zorder=3.2 if later else 3.4,
            label="reported later" if later else "known",
        )


def _label_ends(axes: Axes, one: LossPanel) -> None:
    """Write at the right edge the median and the ends of the band of ninety percent."""
    words = _words(one)
    wide, high = axes.bbox.size
    top, (first, last) = axes.get_ylim()[1], axes.get_xlim()
    heights = [min(float(one.bands[name][-1]) / top, 1.0) * high for name in words]
    ended = float((mdates.date2num(one.days[-1]) - first) / (last - first))
    for name, wanted, y in zip(words, heights, spread(heights, 11.5, 4, high - 4), strict=True):
        middle = name == "p50"
        axes.text(
            1 + _BEFORE / wide,
            y / high,
            words[name],
            va="center_baseline",
            fontsize=LABEL,
            family=SEMIBOLD if middle else FAMILY,
            color=MODEL if middle and not one.prior else GREY,
            transform=axes.transAxes,
        )
        thread: dict[str, Any] = {
            "color": LIGHT,
            "lw": 0.7,
            "transform": axes.transAxes,
            "clip_on": False,
            "zorder": 1.5,
        }
        if ended < 1:
            axes.plot([ended, 1], [wanted / high] * 2, ls=(0, (2, 2)), **thread)
        axes.plot([1 + 2 / wide, 1 + (_BEFORE - 2) / wide], [wanted / high, y / high], **thread)


def _key(figure: Figure, panels: Sequence[LossPanel], marks: Sequence[Mark]) -> None:
    """Name the parties that occur, at most four, and what the forms mean."""
    wide, high = figure.bbox.width, figure.bbox.height
    x, step = _LEFT * 72, _KEY * 72
    for party in (p for p in CLASSES if any(mark.party == p for mark in marks)):
        dot = Line2D([(x + 4) / wide], [1 - 0.8 * step / high], ls="none", marker=party.marker, ms=6)
        dot.set(markerfacecolor=party.colour, markeredgecolor="white", transform=figure.transFigure)
        figure.add_artist(dot)
        figure.text(
            (x + 13) / wide, 1 - 0.8 * step / high, party.name, va="center", fontsize=LABEL, color=INK
        )
        x += 13 + size(figure, party.name)[0] + 16
    bounds = {mark.claim["bound"] for mark in marks}
    forms = {
        "line: median; bands: 50% and 90%": True,
        "hollow: reported later": any(mark.derived for mark in marks),
        "arrow: open end": bool(bounds & {*OPEN_ABOVE, *OPEN_BELOW}),
        "cross: not confirmed": "denial" in bounds,
        "dotted: that day": any(one.as_of is not None for one in panels),
    }
    text = "; ".join(form for form, occurs in forms.items() if occurs)
    text = text[0].upper() + text[1:]
    y = 1 - (1.8 if marks else 0.8) * step / high
    figure.text(_LEFT * 72 / wide, y, text, va="center", fontsize=LABEL, color=GREY)
    unit = "Killed or wounded so far, people (axis from 0)"
    figure.text(_LEFT * 72 / wide, y - step / high, unit, va="center", fontsize=LABEL, color=INK)
