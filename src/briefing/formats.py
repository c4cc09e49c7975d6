"""How a number is printed: one place, so that prose, tables, figures and alt text agree."""

import math
from datetime import date

from briefing.model.words import format_probability

NARROW = "\u202f"
NO_BREAK = "\u00a0"
MINUS = "\u2212"
EN_DASH = "\u2013"
UNKNOWN = "unknown"

# Unit of a number -> the words that follow it where it stands alone; dollar and percent signs say it already.
UNIT_WORDS = {
    "persons": "people",
    "persons_per_day": "people a day",
    "months": "months",
    "days": "days",
    "percent": "",
    "probability": "",
    "usd": "",
    "usd_per_hour": "an hour",
    "usd_per_month": "a month",
    "usd_per_year": "a year",
    "per_person_month": "per person-month",
    "times": "times",
    "units": "systems",
    "rounds": "rounds",
    "containers": "containers",
    "missiles": "missiles",
    "barrels": "barrels",
    "graves": "graves",
    "hectares": "hectares",
    "sites": "sites",
    "count": "",
    "text": "",
    "date": "",
}
_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def significant(value: float, digits: int = 3) -> float:
    """Round to `digits` significant digits.

    Examples
    --------
    >>> significant(56_998.7, 2), significant(0.00841, 2)
    (57000.0, 0.0084)
    """
    if value == 0 or not math.isfinite(value):
        return float(value)
    return float(f"{value:.{digits - 1}e}")


def plain(value: float, digits: int | None = None) -> str:
    """Print a number with thousands separators and no needless zeros.

    Examples
    --------
    >>> plain(10900), plain(2.1176, 3), plain(-0.5)
    ('10,900', '2.12', '−0.5')
    """
    rounded = significant(value, digits) if digits else value
    if abs(rounded) >= 1000 or float(rounded).is_integer():
        text = f"{abs(rounded):,.0f}"
    else:
        text = f"{abs(rounded):,.6f}".rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if rounded < 0 and text != "0" else text


def dollars(value: float, digits: int = 4) -> str:
    """Print US dollars, in millions or billions where that is shorter.

    Examples
    --------
    >>> dollars(261.6e6), dollars(2000), dollars(0)
    ('$261.6\\xa0million', '$2,000', '$0')
    """
    amount, unit = plain(abs(value), digits), ""
    for scale, name in _SCALES:
        if significant(abs(value), digits) >= scale:
            amount, unit = plain(abs(value) / scale, digits), f"{NO_BREAK}{name}"
            break
    return f"{MINUS if value < 0 and amount != '0' else ''}${amount}{unit}"


def day(value: date) -> str:
    """Print a date as an English reader expects it.

    Examples
    --------
    >>> day(date(2024, 11, 24))
    '24\\xa0November\\xa02024'
    """
    return f"{value.day}{NO_BREAK}{value:%B}{NO_BREAK}{value.year}"


def show(value: float | str | date | None, unit: str, digits: int | None = None) -> str:
    """Print `value` as its unit asks; a value that nobody knows is printed as unknown.

    Examples
    --------
    >>> show(22e6, "usd_per_month"), show(9.09, "percent", 2), show(None, "persons")
    ('$22\\xa0million', '9.1%', 'unknown')
    """
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        return day(value)
    if unit == "probability":
        return format_probability(value)
    if unit.startswith("usd"):
        return dollars(value, digits or 4)
    text = plain(value, digits)
    return f"{text}%" if unit == "percent" else text


def show_range(low: float | None, high: float | None, unit: str, digits: int | None = None) -> str:
    """Print a range; an end that is open is said in words.

    Examples
    --------
    >>> show_range(50_000, 105_000, "persons"), show_range(3000, None, "persons")
    ('50,000 to 105,000', '3,000 or more')
    """
    if low is None and high is None:
        return ""
    if high is None:
        return f"{show(low, unit, digits)} or more"
    if low is None:
        return f"up to {show(high, unit, digits)}"
    first, last = show(low, unit, digits), show(high, unit, digits)
    if first == last:
        return first
    scale = last.rpartition(NO_BREAK)[2]
    if unit.startswith("usd") and scale.isalpha() and first.endswith(scale):
        first = first.removesuffix(scale).rstrip(NO_BREAK)
    return f"{first} to {last}"


def with_unit(text: str, unit: str) -> str:
    """Return a printed number with the words of its unit; what is unknown has none.

    Examples
    --------
    >>> with_unit("about 10,900", "persons"), with_unit("9.1%", "percent")
    ('about 10,900 people', '9.1%')
    >>> with_unit(show(None, "persons"), "persons")
    'unknown'
    """
    return text if text == UNKNOWN else f"{text} {UNIT_WORDS[unit]}".rstrip()
