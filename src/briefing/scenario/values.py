"""What a parameter may be beside a plain number: a range, a scheduled arrival, a phase."""

import re
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

CLAIMED = "claimed"
"""In the place of a number: what the bodies' newest own claims of the day say (`briefing.ledger.claimed`)."""
# No leading zero, since YAML would read 010 as eight; for the same reason no 0x10, 1:30 or 1_000.
PLAIN_NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")


class Range(BaseModel):
    """A number that is not known exactly: low, mode and high of a PERT distribution."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    low: float
    mode: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low <= self.mode <= self.high or self.low == self.high:
            raise ValueError("low <= mode <= high and low < high")
        return self


class Arrival(BaseModel):
    """People who are scheduled to arrive `month` months after the knowledge date."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    month: float = Field(gt=0, le=60)
    persons: float = Field(ge=0, le=100_000)


class Phase(BaseModel):
    """A stretch of days with one daily hazard, and the people who arrive when it ends."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    days: float = Field(gt=0, le=1900)
    hazard: float = Field(ge=0, le=0.05)
    arrivals_after: float = Field(default=0, ge=0, le=100_000)


def as_number(text: str) -> int | float:
    """Read a plain decimal number, with an exponent or without; one without a fraction is whole.

    Raises
    ------
    ValueError
        The text is something else, or a number in a notation that could be mistaken for another.

    Examples
    --------
    >>> as_number("1500"), as_number("0.5"), as_number("1e3")
    (1500, 0.5, 1000)
    >>> as_number("010")
    Traceback (most recent call last):
    ValueError: not a plain decimal number: 010
    """
    if not PLAIN_NUMBER.match(text):
        raise ValueError(f"not a plain decimal number: {text}")
    if text.lstrip("+-").isdigit():
        return int(text)
    number = float(text)
    return int(number) if "e" in text.lower() and number.is_integer() else number


def as_value(given: Any) -> Any:
    """Read ``none`` as no value and ``low/mode/high`` as a range, the short forms of YAML and ``--set``.

    Examples
    --------
    >>> as_value("none"), as_value("2/3/12"), as_value("Claimed")
    (None, {'low': 2, 'mode': 3, 'high': 12}, 'claimed')
    """
    if not isinstance(given, str):
        return given
    word = given.strip().lower()
    if word == "none":
        return None
    if word == CLAIMED:
        return CLAIMED
    parts = given.split("/")
    if len(parts) == 3:
        try:
            return dict(zip(("low", "mode", "high"), map(as_number, map(str.strip, parts)), strict=True))
        except ValueError:
            return given
    return given


def check_within(value: float | Range | str | None, low: float, high: float) -> None:
    """Raise `ValueError` if a number, or an end of a range, is outside `low` to `high`; a word is neither."""
    if isinstance(value, str):
        return
    ends = (value.low, value.high) if isinstance(value, Range) else (value, value)
    if any(end is not None and not low <= end <= high for end in ends):
        raise ValueError("outside the range")
