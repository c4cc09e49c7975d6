"""Key judgements: a proposition with its likelihood, then confidence and why, then what would change it."""

import math

import pandas as pd

from briefing.ledger import Ledger
from briefing.model.claims import own
from briefing.model.words import confidence, format_probability, likelihood
from briefing.numbers import defined
from briefing.results import Record
from briefing.worked import Losses, Worked, find, number_of

_CHANCES = ("almost no chance", "remote chance", "roughly even chance", "realistic possibility")


def likelihood_word(p: float, yardstick: str) -> str | None:
    """Return the word of the yardstick for a probability as it is printed, so that the two always agree.

    Examples
    --------
    >>> likelihood_word(0.046, "icd203"), likelihood_word(0.044, "icd203")  # printed as 5% and 4%
    ('very unlikely', 'almost no chance')
    """
    return likelihood(math.floor(100 * p + 0.5) / 100, yardstick)


def likelihood_clause(p: float, yardstick: str, number: str) -> str:
    """Begin a sentence with a likelihood: the word of the yardstick and the number; no word in a gap.

    Examples
    --------
    >>> likelihood_clause(0.12, "icd203", "12%"), likelihood_clause(0.5, "icd203", "50%")
    ('It is very unlikely (12%)', 'There is a roughly even chance (50%)')
    >>> likelihood_clause(0.22, "phia", "22%")
    'There is a probability of 22%, which the yardstick leaves without a word,'
    """
    word = likelihood_word(p, yardstick)
    if word is None:
        return f"There is a probability of {number}, which the yardstick leaves without a word,"
    if word in _CHANCES:
        article = "" if word.startswith("almost") else "a "
        return f"There is {article}{word} ({number})"
    return f"It is {word} ({number})"


def judge(
    record: Record,
    name: str,
    heading: str,
    event: str,
    worked: Worked,
    yardstick: str,
    confidence_sentence: str,
    would_change: str,
    no_word: str = "",
) -> str:
    """Record a key judgement whose probability is the share of draws in which its event happens.

    Parameters
    ----------
    record
        Of the notebook; it gets the number ``judgement.<name>``, as `briefing.numbers` defines it, and the
        judgement.
    name, heading
        The judgement's key, and the word that stands before it.
    event
        The proposition, as what follows "that"; it may name numbers as ``{key}``.
    worked
        The scenario as worked out, on a day that has a basis for the judgement.
    yardstick
        ``icd203`` or ``phia``.
    confidence_sentence
        A sentence of its own: confidence and likelihood never share one.
    would_change
        What would change the judgement, as what follows "if".
    no_word
        Why no likelihood is stated, as a sentence: then the range of the number is printed instead.

    Returns
    -------
    str
        The sentence, with its numbers printed.

    Raises
    ------
    ValueError
        The day has no basis for it; `no_basis` says that.
    """
    key = f"judgement.{name}"
    definition = defined(key)
    found = find(definition, worked) if definition else None
    if definition is None or found is None:
        raise ValueError(f"{key}: not defined, or without a basis on this day; record it with no_basis")
    number = record.add(number_of(definition, worked))
    p = found.mode
    sentence = (
        f"In {{{key}:range}} of the draws, as one body or another is left out, {event}. {no_word}"
        if no_word
        else f"{likelihood_clause(p, yardstick, f'{{{key}}}')} that {event}."
    )
    record.judgement(
        name,
        heading=heading,
        sentence=sentence,
        confidence=confidence_sentence,
        would_change=would_change,
        probability=p,
        printed=number.range_text if no_word else format_probability(p),
        word=None if no_word else likelihood_word(p, yardstick),
    )
    return record.text(sentence)


def why_no_word(losses: Losses, yardstick: str) -> str:
    """Say why no likelihood word stands with the losses; nothing where one may.

    Examples
    --------
    >>> from briefing.model.many import Spread
    >>> flips = Losses(above=Spread(0.5, 0.4, None, 0.6), levels=2)
    >>> why_no_word(flips, "icd203")
    'No likelihood is stated, since leaving out one body changes the word.'
    """
    if losses.levels < 2:
        number = ("no", "only one")[losses.levels]
        return f"No likelihood is stated, since {number} independent body gives more than a floor."
    above = losses.above
    shares = (above.low, above.mode, above.high) if above else ()
    words = {likelihood_word(p, yardstick) for p in shares if p is not None}
    return "No likelihood is stated, since leaving out one body changes the word." if len(words) > 1 else ""


def no_basis(record: Record, name: str, heading: str, reason: str, would_change: str) -> None:
    """Record that there is no basis for a judgement, said plainly instead of a likelihood."""
    record.judgement(
        name,
        heading=heading,
        sentence=f"There is no basis for a judgement. {reason}",
        confidence="No confidence is stated where nothing is judged.",
        would_change=would_change,
        probability=None,
        printed=None,
        word=None,
    )


def confidence_in(ledger: Ledger, claims: pd.DataFrame, subject: str, exchanging: bool = False) -> str:
    """Return the sentence on confidence from the claims behind an input.

    Parameters
    ----------
    ledger
        As of the day.
    claims
        The known claims of the input; derived ones are left out, since they add no weight.
    subject
        What the claims are about, such as ``tour length``.
    exchanging
        The bodies compile each other's reports, so their agreement earns no high confidence.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> ledger = load().as_of("2024-11-24")
    >>> confidence_in(ledger, ledger.claims_of("rotation_months"), "tour length")
    'Confidence is low: no usually reliable independent party stands behind the tour length.'
    """
    told = own(claims)
    middle = told["value"].fillna((told["low"] + told["high"]) / 2)
    party = ledger.tables["origins"].set_index("origin_group")["party"]
    judged = confidence(list(middle), list(told["reliability"]), list(told["origin_group"].map(party)))
    reason = judged.reason.replace("the figure", f"the {subject}")
    if exchanging and judged.word == "high":
        return f"Confidence is moderate and not high: {reason}, but they exchange reports."
    return f"Confidence is {judged.word}: {reason}."
