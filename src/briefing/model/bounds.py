"""What the word of a bound means, in one table: for the check, the fit, the back-test, figures and text."""

import math
from typing import NamedTuple


class Bound(NamedTuple):
    """A word by which a claim bounds its figure.

    Attributes
    ----------
    fills
        Which of `low`, `value` and `high` hold a number.
    said
        How it is said.
    factors
        What the word allows, as multiples of the lowest and the highest number that it names: infinite where
        it leaves that end open, None for a word that allows nothing.
    open_below
        Whether the word leaves the lower end open. What it allows then is a judgement on how far below.
    short
        How a label of a figure says it, where `said` is too long for one.
    """

    fills: tuple[str, ...]
    said: str
    factors: tuple[float, float] | None
    open_below: bool = False
    short: str = ""

    @property
    def open_above(self) -> bool:
        """Whether the word leaves the upper end open."""
        return self.factors is not None and math.isinf(self.factors[1])

    @property
    def label(self) -> str:
        """How a label of a figure says it."""
        return self.short or self.said

    @property
    def has_ends(self) -> bool:
        """Whether it names an end, and not the figure alone."""
        return self.fills != ("value",)


BOUNDS = {
    "point": Bound(("value",), "{value}", (0.93, 1.07)),
    "about": Bound(("value",), "about {value}", (0.93, 1.07)),
    "at_least": Bound(("low", "value"), "at least {value}", (1.0, math.inf)),
    "more_than": Bound(("low", "value"), "more than {value}", (1.0, math.inf)),
    "up_to": Bound(("value", "high"), "up to {value}", (0.5, 1.0), open_below=True),
    "fewer_than": Bound(("value", "high"), "fewer than {value}", (0.5, 1.0), open_below=True),
    "approaching": Bound(("value", "high"), "approaching {value}", (0.9, 1.0), open_below=True),
    "interval": Bound(("low", "high"), "{low} to {high}", (1.0, 1.0), short="{low}\N{EN DASH}{high}"),
    "denial": Bound(("value",), "not confirmed: {value}", None),
}
"""Every word that the ledger allows, in the order of its dictionary."""

OPEN_BELOW = tuple(word for word, bound in BOUNDS.items() if bound.open_below)
OPEN_ABOVE = tuple(word for word, bound in BOUNDS.items() if bound.open_above)


def named(bound: str, low: float, value: float, high: float) -> tuple[float, float]:
    """Return the lowest and the highest number that a claim names; equal unless it is an interval.

    Examples
    --------
    >>> named("interval", 200, math.nan, 900), named("at_least", 100, 100, math.nan)
    ((200.0, 900.0), (100.0, 100.0))
    """
    ends = (value, value) if "value" in BOUNDS[bound].fills else (low, high)
    return float(ends[0]), float(ends[1])


def left_open(bound: str, low: float, value: float, high: float) -> tuple[float, float]:
    """Return the lowest and the highest number that the words leave possible: 0 and infinity at open ends.

    Examples
    --------
    >>> left_open("at_least", 100, 100, math.nan), left_open("up_to", math.nan, 900, 900)
    ((100.0, inf), (0.0, 900.0))
    """
    least, most = named(bound, low, value, high)
    # An absent figure stays absent at both ends, so that nobody takes it for an open one.
    if BOUNDS[bound].open_below:
        return (math.nan if math.isnan(most) else 0.0), most
    if BOUNDS[bound].open_above:
        return least, (math.nan if math.isnan(least) else math.inf)
    return least, most
