"""From what is agreed to what a household would hold, step by step."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from briefing.figures.style import (
    GREY,
    INK,
    LABEL,
    LIGHT,
    MODEL,
    MODEL_LIGHT,
    SEMIBOLD,
    WIDTH,
    new_figure,
    panel,
    styled,
)
from briefing.formats import dollars, plain, show_range

Step = tuple[float, float, float]
# Inches.
_LEFT, _BOTTOM, _WIDE, _ROW = 1.55, 0.5, 3.2, 0.5
_BAR = 0.46


@styled
def waterfall(agreed: Step, not_shown: Step, received: Step, state: Step, household: Step) -> Figure:
    """Draw the agreed sum and what becomes of it, one bar a step.

    Parameters
    ----------
    agreed, not_shown, received, state, household
        (low, median, high) in US dollars: the bar has the median's length, and the whisker under a bar from 0
        shows where it would end at low and at high. What is not shown as received ends where the agreed sum
        ends, the state's part where the received sum ends, so that the eye subtracts; thin lines join the
        bars where the numbers do add up.

    Returns
    -------
    matplotlib.figure.Figure
        6.4 inches wide.

    Raises
    ------
    ValueError
        A step is negative, or its low is above its high.

    Examples
    --------
    >>> figure = waterfall((2e8, 3e8, 4e8), (1e8, 2e8, 3e8), (5e7, 1e8, 2e8), (4e7, 9e7, 2e8), (0, 1e7, 3e7))
    >>> len(figure.axes[0].patches)
    5
    """
    rows = [
        ("At the claimed\nrate", agreed, 0.0, MODEL),
        ("Not shown as received", not_shown, received[1], LIGHT),
        ("Received", received, 0.0, MODEL),
        ("of that, the state", state, household[1], MODEL_LIGHT),
        ("of that, households,\nif paid", household, 0.0, MODEL),
    ]
    for name, (low, value, high), _, _ in rows:
        if min(low, value) < 0 or low > high:
            given = f"{low:g}, {value:g}, {high:g}"
            raise ValueError(
                f"{' '.join(name.split())}: given {given}, allowed 0 or more, low not above high"
            )
    height = _ROW * len(rows)
    figure = new_figure(WIDTH, _BOTTOM + height + 0.1)
    axes = panel(figure, _LEFT, _BOTTOM, _WIDE, height)
    top = max(start + (step[1] if start else max(step)) for _, step, start, _ in rows) or 1e6
    axes.set(xlim=(0, 1.04 * top), ylim=(len(rows) - 0.5, -0.5), yticks=range(len(rows)))
    axes.set_yticklabels([name for name, *_ in rows], color=INK, linespacing=1.0)
    axes.set_xlabel("Million US dollars over the horizon (axis from 0)")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda usd, _: plain(usd / 1e6, 6)))
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.grid(axis="y", visible=False)
    for row, (_, step, start, colour) in enumerate(rows):
        _bar(axes, row, step, start, colour)
    for row, (whole, part, rest) in ((0, (agreed, not_shown, received)), (2, (received, state, household))):
        if whole[1] and abs(whole[1] - part[1] - rest[1]) <= 0.005 * whole[1]:
            for at, usd in ((row, whole[1]), (row + 1, rest[1])):
                axes.plot([usd] * 2, [at + _BAR / 2, at + 1 - _BAR / 2], color=GREY, lw=0.8, label="hands on")
    return figure


def _bar(axes: Axes, row: int, step: Step, start: float, colour: str) -> None:
    low, value, high = step
    axes.barh(row, value, left=start, height=_BAR, color=colour)
    ranged = high > low
    # On the axis a range can be read only from a bar that starts at its zero.
    if ranged and start == 0:
        place = row + _BAR / 2 + 0.1
        axes.plot([low, high], [place] * 2, color=INK, lw=1.1, label="range", clip_on=False)
        for end in (low, high):
            axes.plot([end] * 2, [place - 0.06, place + 0.06], color=INK, lw=1.1, clip_on=False)
    beside = 1 + 8 / (72 * _WIDE)
    across = axes.get_yaxis_transform()
    shift = 0.17 if ranged else 0.0
    axes.text(
        beside,
        row - shift,
        dollars(value, 3),
        transform=across,
        va="center_baseline",
        family=SEMIBOLD,
        fontsize=LABEL,
    )
    if ranged:
        text = show_range(low, high, "usd", 3)
        axes.text(
            beside, row + shift, text, transform=across, va="center_baseline", fontsize=LABEL, color=GREY
        )
