"""Forecasts of losses against what was reported later, with a scorecard."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from briefing.figures.claim_marks import (
    ARROW_DOWN,
    ARROW_POINTS,
    ARROW_UP,
    CLASSES,
    PartyClass,
    ends,
    party_class,
    said,
    short_name,
)
from briefing.figures.labels import FAR, Box, Label, place, size, spread
from briefing.figures.style import (
    BLUE,
    GREY,
    INK,
    LABEL,
    LIGHT,
    SEMIBOLD,
    TEXT,
    TEXT_COLOURS,
    WIDTH,
    new_figure,
    panel,
    styled,
    thousands,
)
from briefing.figures.timescale import day_ticks
from briefing.formats import day
from briefing.model.bounds import OPEN_ABOVE, OPEN_BELOW

_FORECAST = ("p05", "p25", "p75", "p95")
_NEEDED = (
    "freeze",
    "claimant",
    "report_date",
    "event_date",
    *_FORECAST,
    "low",
    "value",
    "high",
    "bound",
    "covered50",
    "covered90",
)
# Inches.
_LEFT, _RIGHT, _FOOT, _KEY, _TITLE, _GAP = 0.78, 0.18, 0.52, 0.5, 0.26, 0.16
# Points between two reports that stand side by side.
_STEP = 7.5
# Points: one that moved further than this is led back to its day by a line of this height at the foot.
_FAR_OFF, _LEAD = 4.0, 10.0


@dataclass
class _Report:
    """A report on its way to the paper: `day` as matplotlib counts days, `x` moved where reports meet."""

    row: dict[str, Any]
    look: PartyClass
    day: float
    x: float
    low: float
    high: float

    @property
    def met(self) -> bool:
        return bool(self.row["covered90"])


@styled
def track_record(rows: pd.DataFrame) -> Figure:
    """Draw the forecast for the day of each later report, and the report, a panel a day of the freeze.

    Parameters
    ----------
    rows
        A row for each report and freeze: ``freeze`` (day the forecast was made), ``claimant``,
        ``report_date``, ``event_date`` (day that the report describes; the report's own if missing),
        ``p05``, ``p25``, ``p75``, ``p95`` (forecast of killed or wounded, persons), ``low``, ``value``,
        ``high`` (the report, persons), ``bound``, ``covered50`` and ``covered90`` (boolean). Optional are
        ``prior`` (boolean: the forecast rests on no claim, so the panel says "prior only") and
        ``claimant_party``, which gives its colour among the claims; without it each claimant has its own.

    Returns
    -------
    matplotlib.figure.Figure
        6.4 inches wide, on a log scale. Thin and thick bars are the 90 and 50 percent intervals, a mark is a
        report: filled within the 90 percent interval, hollow outside, an arrow where it is open. Reports of
        neighbouring days stand side by side; a line at the foot leads from one that moved far to its day.
        Reports are named where there is room, those outside first.

    Raises
    ------
    ValueError
        There is no row, a column is missing, or a forecast is not finite or not in order.

    Examples
    --------
    >>> row = {"freeze": "2025-01-31", "claimant": "NIS", "report_date": "2025-03-27",
    ...     "event_date": "2025-03-27", "p05": 2400, "p25": 3300, "p75": 5000, "p95": 6700, "low": None,
    ...     "value": 4000, "high": None, "bound": "about", "covered50": True, "covered90": True}
    >>> [text.get_text() for text in track_record(pd.DataFrame([row])).axes[0].texts][0]
    '1 of 1 within 90%, 1 of 1 within 50%'
    """
    if missing := [column for column in _NEEDED if column not in rows]:
        raise ValueError(f"rows: given no column {', '.join(missing)}, allowed all of {', '.join(_NEEDED)}")
    if rows.empty:
        raise ValueError("rows: given none, allowed one or more")
    forecast = rows[list(_FORECAST)].to_numpy(float)
    if not np.all(np.isfinite(forecast)) or np.any(np.diff(forecast, axis=1) < 0):
        raise ValueError("rows: given a forecast that is missing or falls, allowed p05 <= p25 <= p75 <= p95")
    reports = _reports(rows)
    freezes = sorted({report.row["freeze"] for report in reports})
    days = [report.x for report in reports] + [float(mdates.date2num(freeze)) for freeze in freezes]
    tall = {1: 2.6, 2: 1.9}.get(len(freezes), 1.6 if len(freezes) == 3 else 1.4)
    height = _KEY + len(freezes) * (_TITLE + tall) + (len(freezes) - 1) * _GAP + _FOOT
    figure = new_figure(WIDTH, height)
    bottom = height - _KEY
    for number, freeze in enumerate(freezes):
        bottom -= _TITLE + tall + (_GAP if number else 0)
        axes = panel(figure, _LEFT, bottom, WIDTH - _LEFT - _RIGHT, tall)
        _scales(axes, reports, days, labelled=number == len(freezes) - 1)
        group = [report for report in reports if report.row["freeze"] == freeze]
        _head(axes, freeze, group)
        _side_by_side(axes, group)
        _draw(axes, group)
        _label(axes, group, float(mdates.date2num(freeze)))
    middle = (_FOOT + height - _KEY) / 2 / height
    said_y = "People killed or wounded (log scale)"
    figure.text(0.07 / WIDTH, middle, said_y, rotation=90, va="center", fontsize=TEXT)
    said_x = "Day that the report describes"
    if any(line.get_label() == "moved" for axes in figure.axes for line in axes.lines):
        said_x += "; a line at the foot leads there from a mark that had to move"
    figure.text(1 - _RIGHT / WIDTH, 0.05 / height, said_x, ha="right", fontsize=TEXT)
    _key(figure, reports)
    return figure


def _reports(rows: pd.DataFrame) -> list[_Report]:
    described = pd.to_datetime(rows["event_date"]).fillna(pd.to_datetime(rows["report_date"]))
    prior = rows["prior"].eq(True) if "prior" in rows else False
    ordered = rows.assign(
        freeze=pd.to_datetime(rows["freeze"]).dt.normalize(), x=mdates.date2num(described), prior=prior
    ).sort_values(["freeze", "x", "claimant"], kind="stable")
    records = [{str(name): cell for name, cell in row.items()} for row in ordered.to_dict("records")]
    looks = _looks(records)
    return [
        _Report(row, look, float(row["x"]), float(row["x"]), *ends(row))
        for row, look in zip(records, looks, strict=True)
    ]


def _looks(records: Sequence[dict[str, Any]]) -> list[PartyClass]:
    """Give each report the look of its party or, where none is told, of its claimant, up to four of them."""
    if "claimant_party" in records[0]:
        return [party_class(row) for row in records]
    names = sorted({str(row["claimant"]) for row in records})
    if len(names) > len(CLASSES):
        return [PartyClass("Report", BLUE, "o")] * len(records)
    own = {
        name: PartyClass(short_name(name), usual.colour, usual.marker)
        for name, usual in zip(names, CLASSES, strict=False)
    }
    return [own[str(row["claimant"])] for row in records]


def _scales(axes: Axes, reports: Sequence[_Report], days: Sequence[float], labelled: bool) -> None:
    """Give every panel the same days and the same log scale, with room for open ends and labels."""
    first, last = min(days), max(days)
    last = max(last, first + 28)
    air = 0.03 * (last - first)
    axes.set_xlim(first - air, last + air)
    day_ticks(axes, first, last, labelled)
    named = [number for report in reports for number in (report.low, report.high)]
    named += [float(report.row[end]) for report in reports for end in _FORECAST]
    positive = [number for number in named if number > 0] or [1.0, 10.0]
    # A fifth of the highest number at least: a scale of a few numbers magnifies what is nothing.
    low, high = min(*positive, max(positive) / 5), max(positive)
    room = 0.1 * max(0.7, float(np.log10(high / low)))
    low, high = low / 10**room, high * 10 ** (1.4 * room)
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks: list[float] = []
    for steps in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)):
        ticks = [tick for power in powers for step in steps if low <= (tick := step * 10.0**power) <= high]
        if len(ticks) >= 4:
            break
    axes.set_yticks(ticks)
    axes.yaxis.set_major_formatter(thousands)
    axes.yaxis.set_minor_locator(NullLocator())


def _head(axes: Axes, freeze: pd.Timestamp, group: Sequence[_Report]) -> None:
    prior = any(bool(report.row["prior"]) for report in group)
    title = f"Frozen on {day(freeze)}" + (": prior only" if prior else "")
    axes.set_title(title, loc="left", fontsize=TEXT, fontfamily=SEMIBOLD, pad=5)
    counts = [sum(bool(report.row[f"covered{level}"]) for report in group) for level in (90, 50)]
    text = ", ".join(
        f"{k} of {len(group)} within {level}%" for k, level in zip(counts, (90, 50), strict=True)
    )
    up = 1 + 5 / axes.bbox.height
    axes.text(1, up, text, ha="right", va="baseline", fontsize=TEXT, transform=axes.transAxes)


def _side_by_side(axes: Axes, group: Sequence[_Report]) -> None:
    """Move reports of the same or neighbouring days apart, each as little as possible."""
    wanted = [float(axes.transData.transform((report.x, 1.0))[0]) for report in group]
    placed = spread(wanted, _STEP, axes.bbox.x0 + 5, axes.bbox.x1 - 5)
    for report, x in zip(group, placed, strict=True):
        report.x = float(axes.transData.inverted().transform((x, axes.bbox.y0))[0])


def _draw(axes: Axes, group: Sequence[_Report]) -> None:
    floor = axes.get_ylim()[0]
    for report in group:
        p05, p25, p75, p95 = (max(float(report.row[end]), floor) for end in _FORECAST)
        prior = bool(report.row["prior"])
        _lead_back(axes, report)
        axes.plot([report.x] * 2, [p05, p95], color=GREY, lw=1.1, label="90%", zorder=2)
        thick = LIGHT if not prior else "#D5DADE"
        axes.plot([report.x] * 2, [p25, p75], color=thick, lw=5, label="50%", zorder=1.9)
        low, high = max(report.low, floor), max(report.high, floor)
        style: dict[str, Any] = {"clip_on": False, "color": report.look.colour, "zorder": 4}
        if high > low:
            axes.plot([report.x] * 2, [low, high], lw=1.8, label="interval", **style)
        for bounds, marker, name in ((OPEN_ABOVE, ARROW_UP, "up"), (OPEN_BELOW, ARROW_DOWN, "down")):
            if report.row["bound"] in bounds:
                axes.plot(
                    [report.x],
                    [high],
                    marker=marker,
                    ms=2 * ARROW_POINTS,
                    mfc="none",
                    mew=1.3,
                    label=f"open end {name}",
                    **style,
                )
        axes.plot(
            [report.x] * (2 if high > low else 1),
            [low, high] if high > low else [high],
            ls="none",
            marker=report.look.marker,
            ms=6.5 * (0.85 if report.look.marker == "D" else 1),
            mfc=report.look.colour if report.met else "white",
            mec="white" if report.met else report.look.colour,
            mew=0.6 if report.met else 1.4,
            label="within 90%" if report.met else "outside 90%",
            **style,
        )


def _lead_back(axes: Axes, report: _Report) -> None:
    """Draw a line at the foot from the day itself to a report that had to move far."""
    if _moved(axes, report) > _FAR_OFF:
        ends_at = axes.transAxes.inverted().transform((axes.bbox.x0, axes.bbox.y0 + _LEAD))[1]
        axes.plot(
            [report.day, report.x],
            [0, ends_at],
            color=GREY,
            lw=0.7,
            label="moved",
            zorder=1.8,
            transform=axes.get_xaxis_transform(),
        )


def _moved(axes: Axes, report: _Report) -> float:
    """Points between a report's day and where it stands."""
    day_at, stands_at = axes.transData.transform([(report.day, 1.0), (report.x, 1.0)])[:, 0].tolist()
    return abs(float(stands_at - day_at))


def _label(axes: Axes, group: Sequence[_Report], freeze: float) -> None:
    left = axes.transData.transform((freeze, 1.0))[0]
    axes.axvline(freeze, color=INK, lw=1.0, ls=(0, (2, 2)), label="freeze", zorder=1.5)
    obstacles: list[Box] = [(left - 2, axes.bbox.y0, left + 2, axes.bbox.y1)]
    moats: list[Box] = []
    for report in group:
        numbers = [float(report.row["p05"]), float(report.row["p95"]), report.low, report.high]
        floor = axes.get_ylim()[0]
        spots = axes.transData.transform([(report.x, max(number, floor)) for number in numbers])
        (x, foot), (_, head) = spots[0].tolist(), spots[1].tolist()
        low, high = float(spots[2][1]), float(spots[3][1])
        up = ARROW_POINTS if report.row["bound"] in OPEN_ABOVE else 4
        down = ARROW_POINTS if report.row["bound"] in OPEN_BELOW else 4
        obstacles.append((x - 4, low - down, x + 4, high + up))
        # The bar on either side of the mark, so that a report's own label keeps off it too.
        bars = [(foot, min(head, low - down)), (max(foot, high + up), head)]
        obstacles += [(x - 3, start, x + 3, end) for start, end in bars if end > start]
        if _moved(axes, report) > _FAR_OFF:
            obstacles.append((x - 12, axes.bbox.y0, x + 12, axes.bbox.y0 + _LEAD))
        moats.append((x - 10, high - 4, x + 10, high + 4))
    inside = (axes.bbox.x0 + 2, axes.bbox.y0 + 1, axes.figure.figure.bbox.x1 - 3, axes.bbox.y1 + 1)
    labels = [
        Label(
            report.x,
            max(report.high, axes.get_ylim()[0]),
            said(report.row),
            TEXT_COLOURS[report.look.colour],
        )
        for report in sorted(group, key=lambda report: (report.met, -report.x))
    ]
    place(axes, labels, obstacles, inside, moats, FAR)


def _key(figure: Figure, reports: Sequence[_Report]) -> None:
    wide, high = figure.bbox.width, figure.bbox.height
    x, order = _LEFT * 72, [usual.marker for usual in CLASSES]
    for look in sorted({report.look for report in reports}, key=lambda look: order.index(look.marker)):
        dot = Line2D([(x + 4) / wide], [1 - 12 / high], ls="none", marker=look.marker, ms=6)
        dot.set(markerfacecolor=look.colour, markeredgecolor="white", transform=figure.transFigure)
        figure.add_artist(dot)
        figure.text((x + 13) / wide, 1 - 12 / high, look.name, va="center", fontsize=LABEL, color=INK)
        x += 13 + size(figure, look.name)[0] + 16
    forms = {
        "thin and thick bar: 90% and 50% of the forecast": True,
        "hollow: outside the 90%": any(not report.met for report in reports),
        "arrow: open end": any(report.row["bound"] in OPEN_ABOVE + OPEN_BELOW for report in reports),
    }
    text = "; ".join(form for form, occurs in forms.items() if occurs)
    figure.text(_LEFT * 72 / wide, 1 - 27 / high, text.capitalize(), va="center", fontsize=LABEL, color=GREY)
