"""Checks of arguments: what was wrong, what was given, what is allowed, in one line."""

from collections.abc import Collection

import numpy as np

from briefing.model.units import Array, Values, plain


def within(
    name: str,
    value: object,
    low: float = 0.0,
    high: float = np.inf,
    *,
    above: bool = False,
    infinite: bool = False,
) -> Values:
    """Check that every entry of an argument lies within a range.

    Parameters
    ----------
    name
        The argument's name, for the message.
    value
        A number, or an array or sequence of numbers.
    low, high
        The range, both ends included.
    above
        Leave out the low end itself.
    infinite
        Let infinite entries pass where the range is open.

    Returns
    -------
    float or numpy.ndarray
        The value as floating-point numbers.

    Raises
    ------
    ValueError
        If an entry is missing, not a number or outside the range.

    Examples
    --------
    >>> within("force", 10_900)
    10900.0
    >>> within("killed_share", 1.2, high=1)
    Traceback (most recent call last):
    ValueError: killed_share: given 1.2, allowed 0 to 1
    """
    try:
        numbers: Array = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: given {value!r}, allowed {_allowed(low, high, above)}") from None
    good = ((numbers > low) if above else (numbers >= low)) & (numbers <= high)
    if not infinite:
        good &= np.isfinite(numbers)
    if not np.all(good):
        raise ValueError(f"{name}: given {numbers[~good].flat[0]:,g}, allowed {_allowed(low, high, above)}")
    return plain(numbers)


def one_number(
    name: str,
    value: object,
    low: float = 0.0,
    high: float = np.inf,
    *,
    above: bool = False,
    infinite: bool = False,
) -> float:
    """Check an argument that must be a single number within a range.

    Parameters
    ----------
    name, value, low, high, above, infinite
        As for `within`.

    Returns
    -------
    float
        The number.

    Raises
    ------
    ValueError
        If it is not one number within the range.

    Examples
    --------
    >>> one_number("horizon", 12, above=True)
    12.0
    """
    number = within(name, value, low, high, above=above, infinite=infinite)
    if not isinstance(number, float):
        raise ValueError(f"{name}: given {np.size(number)} values, allowed one number")
    return number


def choice(name: str, value: str, allowed: Collection[str]) -> str:
    """Check that an argument is one of a closed list of words.

    Parameters
    ----------
    name, value
        The argument's name and value.
    allowed
        The words that may stand there.

    Returns
    -------
    str
        The value.

    Raises
    ------
    ValueError
        If it is another word.

    Examples
    --------
    >>> choice("policy", "hope", ("hold", "decline"))
    Traceback (most recent call last):
    ValueError: policy: given 'hope', allowed hold, decline
    """
    if value not in allowed:
        raise ValueError(f"{name}: given {value!r}, allowed {', '.join(allowed)}")
    return value


def _allowed(low: float, high: float, above: bool) -> str:
    if np.isinf(low) and np.isinf(high):
        return "a finite number"
    if above:
        return f"above {low:,g}" + ("" if np.isinf(high) else f", at most {high:,g}")
    return f"{low:,g} or more" if np.isinf(high) else f"{low:,g} to {high:,g}"
