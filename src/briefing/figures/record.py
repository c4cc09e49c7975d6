"""Forecasts of losses from earlier days against what was reported later: a strip a report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator
from matplotlib.transforms import Affine2D

from briefing.figures.claim_marks import (
    ARROW_DOWN,
    ARROW_POINTS,
    ARROW_UP,
    CLASSES,
    PartyClass,
    ends,
    figure_said,
    party_class,
    short_name,
)
from briefing.figures.labels import size, wrapped
from briefing.figures.style import (
    GREY,
    INK,
    LABEL,
    LIGHT,
    MODEL,
    SEMIBOLD,
    TEXT,
    TEXT_COLOURS,
    WIDTH,
    new_figure,
    panel,
    styled,
)
from briefing.formats import day, plain
from briefing.model.bounds import OPEN_ABOVE, OPEN_BELOW

_FORECAST = ("p05", "p25", "p50", "p75", "p95")
_NEEDED = (
    *("freeze", "claimant", "report_date", "event_date", *_FORECAST),
    *("low", "value", "high", "bound", "covered50", "covered90"),
)
# Points: a line of a strip and the air around it, a head, the axis, the key; the names beside the strips.
_LINE, _AIR, _HEAD, _FOOT, _KEY, _EDGE = 11.5, 4.0, 38.0, 34.0, 36.0, 4.0
# An open end at the end of the axis reaches into what stands before the words.
_NAMES, _BEFORE = 126.0, ARROW_POINTS + 5
# A marker that points right.
_QUARTER = Affine2D().rotate_deg(-90)
# How far below and above the median the axis reaches at most; what lies beyond stands at its end.
_FURTHEST = 16.0


@dataclass(frozen=True)
class _Report:
    """A report, and the forecast for the day that it describes, as multiples of the forecast's median."""

    row: dict[str, Any]
    look: PartyClass
    day: pd.Timestamp
    low: float
    high: float
    forecast: tuple[float, ...]
    name: list[str]

    @property
    def tall(self) -> float:
        return _LINE * len(self.name) + _AIR

    @property
    def met(self) -> bool:
        return bool(self.row["covered90"])

    @property
    def words(self) -> str:
        p05, p50, p95 = (plain(float(self.row[end]), 2) for end in ("p05", "p50", "p95"))
        return f"{figure_said(self.row)}; forecast {p50} ({p05} to {p95})"


@styled
def track_record(rows: pd.DataFrame) -> Figure:
    """Draw each later report as a multiple of what was forecast for its day, in groups by day of the freeze.

    Parameters
    ----------
    rows
        A row for each report and freeze: ``freeze`` (day the forecast was made), ``claimant``,
        ``report_date``, ``event_date`` (day that the report describes; the report's own if missing),
        ``p05``, ``p25``, ``p50``, ``p75``, ``p95`` (forecast of killed or wounded, persons), ``low``,
        ``value``, ``high`` (the report, persons), ``bound``, ``covered50`` and ``covered90`` (boolean).
        Optional are ``prior`` (boolean: the forecast rests on no claim, and its head says so) and
        ``claimant_party``, which gives its colour among the claims; without it each claimant has its own.

    Returns
    -------
    matplotlib.figure.Figure
        6.4 inches wide, a strip a report by the day that it describes, on a log scale of multiples of the
        forecast's median. Thin and thick bars are the 90 and 50 percent intervals, a mark is the report:
        filled within the 90 percent interval, hollow outside, an arrow where it is open. Beside it who
        reported, and report and forecast in numbers.

    Raises
    ------
    ValueError
        There is no row, a column is missing, or a forecast is not finite, not in order or without a median.

    Examples
    --------
    >>> row = {"freeze": "2025-01-31", "claimant": "NIS", "report_date": "2025-03-27",
    ...     "event_date": "2025-03-27", "p05": 2400, "p25": 3300, "p50": 4000, "p75": 5000, "p95": 6700,
    ...     "low": None, "value": 4000, "high": None, "bound": "about", "covered50": True, "covered90": True}
    >>> for text in track_record(pd.DataFrame([row])).axes[0].texts:
    ...     print(text.get_text().replace("\N{NO-BREAK SPACE}", " "))
    Forecast on 31 January 2025
    1 of 1 within the thin bar, 1 of 1 within the thick
    NIS
    about 4,000; forecast 4,000 (2,400 to 6,700)
    """
    if missing := [column for column in _NEEDED if column not in rows]:
        raise ValueError(f"rows: given no column {', '.join(missing)}, allowed all of {', '.join(_NEEDED)}")
    if rows.empty:
        raise ValueError("rows: given none, allowed one or more")
    forecast = rows[list(_FORECAST)].to_numpy(float)
    if (
        not np.all(np.isfinite(forecast))
        or np.any(np.diff(forecast, axis=1) < 0)
        or np.any(forecast[:, 2] <= 0)
    ):
        allowed = "p05 <= p25 <= p50 <= p75 <= p95 with p50 above 0"
        raise ValueError(f"rows: given a forecast that is missing or falls, allowed {allowed}")
    reports = _reports(rows)
    groups = [list(group) for _, group in groupby(reports, key=lambda report: report.row["freeze"])]
    high = len(groups) * _HEAD + sum(report.tall for report in reports)
    figure = new_figure(WIDTH, (_KEY + high + _FOOT) / 72)
    beside = _BEFORE + max(size(figure, report.words)[0] for report in reports) + _EDGE
    wide = 72 * WIDTH - _EDGE - _NAMES - beside
    axes = panel(figure, (_EDGE + _NAMES) / 72, _FOOT / 72, wide / 72, high / 72)
    # The y axis counts points from the top.
    axes.set(ylim=(high, 0), yticks=[])
    axes.spines["left"].set_visible(False)
    _scale(axes, reports)
    top = 0.0
    for group in groups:
        _head(axes, top, group)
        top += _HEAD
        for report in group:
            _strip(axes, top + report.tall / 2, report)
            top += report.tall
    _key(figure, reports)
    return figure


def _reports(rows: pd.DataFrame) -> list[_Report]:
    described = pd.to_datetime(rows["event_date"]).fillna(pd.to_datetime(rows["report_date"]))
    prior = rows["prior"].eq(True) if "prior" in rows else False
    freeze = pd.to_datetime(rows["freeze"]).dt.normalize()
    ordered = rows.assign(freeze=freeze, described=described, prior=prior)
    ordered = ordered.sort_values(["freeze", "described", "claimant"], kind="stable")
    records = [{str(name): cell for name, cell in row.items()} for row in ordered.to_dict("records")]
    return [_report(row, look) for row, look in zip(records, _looks(records), strict=True)]


def _report(row: dict[str, Any], look: PartyClass) -> _Report:
    median = float(row["p50"])
    low, high = ends(row)
    forecast = tuple(float(row[end]) / median for end in _FORECAST)
    name = wrapped(short_name(str(row["claimant"])), _NAMES - 18, LABEL)
    return _Report(row, look, row["described"], low / median, high / median, forecast, name)


def _looks(records: Sequence[dict[str, Any]]) -> list[PartyClass]:
    """Give each report the look of its party or, where none is told, of its claimant, up to four of them."""
    if "claimant_party" in records[0]:
        return [party_class(row) for row in records]
    names = sorted({str(row["claimant"]) for row in records})
    if len(names) > len(CLASSES):
        return [PartyClass("Report", MODEL, "o")] * len(records)
    own = {
        name: PartyClass(short_name(name), usual.colour, usual.marker)
        for name, usual in zip(names, CLASSES, strict=False)
    }
    return [own[str(row["claimant"])] for row in records]


def _scale(axes: Axes, reports: Sequence[_Report]) -> None:
    """Set a log scale around the forecast's median, as far as any bar or report reaches."""
    numbers = [number for one in reports for number in (*one.forecast, one.low, one.high)]
    below = min(max(min(numbers), 1 / _FURTHEST), 0.5) / 1.15
    above = max(min(max(numbers), _FURTHEST), 2.0) * 1.15
    axes.set_xscale("log")
    axes.set_xlim(below, above)
    powers = range(int(np.ceil(np.log2(below))), int(np.floor(np.log2(above))) + 1)
    axes.set_xticks(
        [2.0**power for power in powers],
        [f"{2**power}" if power >= 0 else f"1/{2**-power}" for power in powers],
    )
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("Multiple of the forecast’s median (log scale)")
    axes.axvline(1, color=INK, lw=1.0, label="median", zorder=1.6)


def _head(axes: Axes, top: float, group: Sequence[_Report]) -> None:
    prior = any(bool(report.row["prior"]) for report in group)
    title = f"Forecast on {day(group[0].row['freeze'])}" + (", on no claim yet" if prior else "")
    narrow, wide = (sum(bool(report.row[f"covered{level}"]) for report in group) for level in (50, 90))
    counts = f"{wide} of {len(group)} within the thin bar, {narrow} of {len(group)} within the thick"
    for line, place, family, colour in ((title, 13, SEMIBOLD, INK), (counts, 26, None, GREY)):
        text = _beside(axes, -_NAMES, top + place, line, colour, left=True)
        text.set(fontsize=TEXT if family else LABEL, fontfamily=family or text.get_fontfamily())
    # No rule of the scale runs through the words.
    axes.axhspan(top, top + _HEAD - 6, color="white", lw=0, zorder=1.7, label="head")


def _beside(axes: Axes, x: float, y: float, words: str, colour: str, left: bool) -> Any:
    """Write beside the strips, `x` points from their left or right end."""
    return axes.annotate(
        words,
        (0 if left else 1, y),
        (x, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="center",
        fontsize=LABEL,
        color=colour,
        annotation_clip=False,
    )


def _strip(axes: Axes, y: float, report: _Report) -> None:
    left, right = axes.get_xlim()

    def within(number: float) -> float:
        return min(max(number, left), right)

    p05, p25, _, p75, p95 = map(within, report.forecast)
    thick = "#D5DADE" if bool(report.row["prior"]) else LIGHT
    axes.plot([p05, p95], [y, y], color=GREY, lw=1.1, label="90%", zorder=2)
    axes.plot([p25, p75], [y, y], color=thick, lw=6, label="50%", zorder=1.9)
    low, high = within(report.low), within(report.high)
    style: dict[str, Any] = {"clip_on": False, "color": report.look.colour, "zorder": 4}
    if high > low:
        axes.plot([low, high], [y, y], lw=1.8, label="interval", **style)
    for end, marker, name in _open_ends(report, low, high):
        axes.plot([end], [y], marker=marker, ms=2 * ARROW_POINTS, mfc="none", mew=1.3, label=name, **style)
    axes.plot(
        [low, high] if high > low else [high],
        [y] * (2 if high > low else 1),
        ls="none",
        marker=report.look.marker,
        ms=6.5 * (0.85 if report.look.marker == "D" else 1),
        mfc=report.look.colour if report.met else "white",
        mec="white" if report.met else report.look.colour,
        mew=0.6 if report.met else 1.4,
        label="within 90%" if report.met else "outside 90%",
        **style,
    )
    first = y - _LINE * (len(report.name) - 1) / 2
    for number, line in enumerate(report.name):
        _beside(axes, -_NAMES, first + _LINE * number, line, INK, left=True)
    _beside(axes, _BEFORE, y, report.words, TEXT_COLOURS[report.look.colour], left=False)


def _open_ends(report: _Report, low: float, high: float) -> Iterator[tuple[float, Any, str]]:
    if report.row["bound"] in OPEN_ABOVE:
        yield high, ARROW_UP.transformed(_QUARTER), "open end up"
    if report.row["bound"] in OPEN_BELOW:
        yield low, ARROW_DOWN.transformed(_QUARTER), "open end down"


def _key(figure: Figure, reports: Sequence[_Report]) -> None:
    wide, high = figure.bbox.width, figure.bbox.height
    x, order = _EDGE, [usual.marker for usual in CLASSES]
    for look in sorted({report.look for report in reports}, key=lambda look: order.index(look.marker)):
        dot = Line2D([(x + 4) / wide], [1 - 10 / high], ls="none", marker=look.marker, ms=6)
        dot.set(markerfacecolor=look.colour, markeredgecolor="white", transform=figure.transFigure)
        figure.add_artist(dot)
        figure.text((x + 13) / wide, 1 - 10 / high, look.name, va="center", fontsize=LABEL, color=INK)
        x += 13 + size(figure, look.name)[0] + 16
    forms = {
        "thin and thick bar: 90% and 50% of the forecast": True,
        "hollow: outside the thin bar": any(not report.met for report in reports),
        "arrow: open end": any(report.row["bound"] in OPEN_ABOVE + OPEN_BELOW for report in reports),
    }
    text = "; ".join(form for form, occurs in forms.items() if occurs)
    figure.text(_EDGE / wide, 1 - 25 / high, text.capitalize(), va="center", fontsize=LABEL, color=GREY)
