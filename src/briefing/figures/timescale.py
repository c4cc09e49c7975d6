"""Day axes whose ticks fit a fortnight as well as several years."""

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes


def day_ticks(axes: Axes, first: float, last: float, labelled: bool = True) -> None:
    """Put ticks on round days or months; the year stands under the first tick of each year.

    Parameters
    ----------
    axes
        Whose x axis counts days as matplotlib does.
    first, last
        Days between which ticks may stand.
    labelled
        Whether to print the labels: in stacked panels only the lowest has them.

    Examples
    --------
    >>> from briefing.figures.style import new_figure, panel
    >>> axes = panel(new_figure(), 0.5, 0.5, 5, 3)
    >>> day_ticks(axes, *mdates.date2num(["2024-10-24", "2024-11-20"]))
    >>> [tick.get_text() for tick in axes.get_xticklabels()]
    ['1 Nov\\n2024', '8 Nov', '15 Nov']
    """
    start, end = pd.Timestamp(mdates.num2date(first)), pd.Timestamp(mdates.num2date(last))
    days = pd.date_range(start.normalize(), end, freq="D")
    if len(days) <= 24:
        ticks = days[:: max(1, len(days) // 5)]
    elif len(days) <= 100:
        ticks = days[days.day.isin([1, 8, 15, 22] if len(days) <= 60 else [1, 15])]
    else:
        step = next(months for months in (1, 2, 3, 6, 12) if len(days) / 30 / months <= 9 or months == 12)
        ticks = days[(days.day == 1) & ((days.month - 1) % step == 0)]
    pattern = "{0.day} {0:%b}" if len(days) <= 100 else "{0:%b}"
    texts, year = [], 0
    for tick in ticks:
        texts.append(pattern.format(tick) + (f"\n{tick.year}" if tick.year != year else ""))
        year = tick.year
    axes.set_xticks(mdates.date2num(ticks), texts if labelled else [""] * len(ticks))
