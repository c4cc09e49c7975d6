"""Likelihood and confidence in words. The two never share a sentence."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from briefing.model.checks import choice, one_number


class Band(NamedTuple):
    """A stretch of probability with a word.

    Attributes
    ----------
    low, high
        Its ends; the low end belongs to it.
    word
        What to call a probability in it.
    closed
        Whether the high end belongs to it too.
    """

    low: float
    high: float
    word: str
    closed: bool

    @property
    def percent(self) -> str:
        """The band as printed in a yardstick, for example ``20 to below 45%``."""
        return f"{100 * self.low:.0f} to {'' if self.closed else 'below '}{100 * self.high:.0f}%"


BANDS: dict[str, tuple[Band, ...]] = {
    "icd203": (
        Band(0.00, 0.05, "almost no chance", closed=False),
        Band(0.05, 0.20, "very unlikely", closed=False),
        Band(0.20, 0.45, "unlikely", closed=False),
        Band(0.45, 0.55, "roughly even chance", closed=False),
        Band(0.55, 0.80, "likely", closed=False),
        Band(0.80, 0.95, "very likely", closed=False),
        Band(0.95, 1.00, "almost certain", closed=True),
    ),
    "phia": (
        Band(0.00, 0.05, "remote chance", closed=True),
        Band(0.10, 0.20, "highly unlikely", closed=True),
        Band(0.25, 0.35, "unlikely", closed=True),
        Band(0.40, 0.50, "realistic possibility", closed=False),
        Band(0.55, 0.75, "likely or probable", closed=True),
        Band(0.80, 0.90, "highly likely", closed=True),
        Band(0.95, 1.00, "almost certain", closed=True),
    ),
}
"""The yardsticks: ICD 203 (ODNI 2015); PHIA (UK Professional Head of Intelligence Assessment), with gaps."""

AGREEMENT = 2.0
"""Figures agree when the largest is at most this many times the smallest."""


class Confidence(NamedTuple):
    """A degree of confidence, and whose agreement earns it.

    Attributes
    ----------
    word
        ``high``, ``moderate`` or ``low``.
    parties
        The independent parties that agree.
    """

    word: str
    parties: tuple[str, ...]


def likelihood(p: float, yardstick: str = "icd203") -> str | None:
    """Name a probability in the words of a yardstick.

    Parameters
    ----------
    p
        Probability, 0 to 1.
    yardstick
        ``icd203`` or ``phia``.

    Returns
    -------
    str or None
        The word; None in a gap of PHIA, where the number is printed instead.

    Raises
    ------
    ValueError
        If `p` is not a probability or the yardstick is unknown.

    Notes
    -----
    ICD 203 (ODNI 2015), a shared boundary belonging to the higher band. PHIA leaves gaps between its bands.

    Examples
    --------
    >>> likelihood(0.2), likelihood(0.2, "phia"), likelihood(0.5, "phia")
    ('unlikely', 'highly unlikely', None)
    """
    choice("yardstick", yardstick, BANDS)
    p = one_number("p", p, high=1)
    for band in BANDS[yardstick]:
        if band.low <= p < band.high or (band.closed and p == band.high):
            return band.word
    return None


def format_probability(p: float) -> str:
    """Print a probability computed from draws, which can never be 0 or certain.

    Parameters
    ----------
    p
        Probability, 0 to 1.

    Returns
    -------
    str
        A whole percentage, or "below 1%" and "above 99%".

    Raises
    ------
    ValueError
        If `p` is not a probability.

    Examples
    --------
    >>> format_probability(0.34), format_probability(0.0084), format_probability(1)
    ('34%', 'below 1%', 'above 99%')
    """
    p = one_number("p", p, high=1)
    if p < 0.01:
        return "below 1%"
    if p > 0.99:
        return "above 99%"
    return f"{math.floor(100 * p + 0.5)}%"


def confidence(values: Sequence[float], letters: Sequence[str], parties: Sequence[str]) -> Confidence:
    """Judge confidence by how many independent parties of good standing agree.

    Parameters
    ----------
    values
        The figures that the judgement rests on, of one quantity, above 0.
    letters
        The reliability of each, A to F.
    parties
        The independent party behind each; a party counts once.

    Returns
    -------
    Confidence
        ``high`` with three or more parties at B (usually reliable) or better that agree within a factor of
        two, ``moderate`` with two, ``low`` otherwise.

    Raises
    ------
    ValueError
        If the arguments differ in length, a letter is unknown or a value is not above 0.

    Notes
    -----
    Letters of the reliability scale of STANAG 2511. The parties are the largest group within the factor.

    Examples
    --------
    >>> confidence([10_900, 10_000, 12_000], ["B", "B", "C"], ["south_korea", "united_states", "ukraine"])
    Confidence(word='moderate', parties=('south_korea', 'united_states'))
    """
    if not len(values) == len(letters) == len(parties):
        given = f"{len(values)} values, {len(letters)} letters, {len(parties)} parties"
        raise ValueError(f"confidence: given {given}, allowed as many of each")
    for letter in letters:
        choice("letters", letter, tuple("ABCDEF"))
    good = [
        (one_number("values", value, above=True), party)
        for value, letter, party in zip(values, letters, parties, strict=True)
        if letter in "AB"
    ]
    groups = [{party for value, party in good if least <= value <= AGREEMENT * least} for least, _ in good]
    agreeing = max(groups, key=len, default=set())
    count = len(agreeing)
    word = "high" if count >= 3 else "moderate" if count == 2 else "low"
    return Confidence(word, tuple(sorted(agreeing)))
