"""Checks of arguments: what was wrong, what was given, what is allowed, in one line."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

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
    # the extremes tell whether all entries are good, in a third of the time; a missing entry is both
    extremes = numbers if numbers.size < 2 else np.array([numbers.min(), numbers.max()])
    if not np.all(_good(extremes, low, high, above, infinite)):
        bad = numbers[~_good(numbers, low, high, above, infinite)].flat[0]
        raise ValueError(f"{name}: given {bad:,g}, allowed {_allowed(low, high, above)}")
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


def fitting(arrays: Sequence[Array]) -> None:
    """Check that arrays over draws, or over scenarios and draws, broadcast against each other.

    Parameters
    ----------
    arrays
        Each with the draws along its last axis, or 1 there if scenarios stand before it.

    Raises
    ------
    ValueError
        If the numbers of draws differ, or the scenarios do not broadcast.

    Examples
    --------
    >>> fitting([np.ones(5), np.ones((3, 1)), np.ones((3, 5))])
    >>> fitting([np.ones(2), np.ones(3)])
    Traceback (most recent call last):
    ValueError: inputs: given arrays of 2 and 3 draws, allowed one length
    """
    shapes = sorted({array.shape for array in arrays})
    lengths = sorted({shape[-1] for shape in shapes if len(shape) == 1 or shape[-1] != 1})
    if len(lengths) > 1:
        raise ValueError(
            f"inputs: given arrays of {' and '.join(map(str, lengths))} draws, allowed one length"
        )
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(
            f"inputs: given arrays of shapes {' and '.join(map(str, shapes))}, "
            "allowed one number of scenarios, then the draws"
        ) from None


def _good(numbers: Array, low: float, high: float, above: bool, infinite: bool) -> NDArray[np.bool_]:
    good = ((numbers > low) if above else (numbers >= low)) & (numbers <= high)
    return good if infinite else good & np.isfinite(numbers)


def _allowed(low: float, high: float, above: bool) -> str:
    if np.isinf(low) and np.isinf(high):
        return "a finite number"
    if above:
        return f"above {low:,g}" + ("" if np.isinf(high) else f", at most {high:,g}")
    return f"{low:,g} or more" if np.isinf(high) else f"{low:,g} to {high:,g}"
