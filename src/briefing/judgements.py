"""Key judgements: what is said of a likelihood, and who stands behind what it rests on."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from briefing.ledger import Ledger
from briefing.ledger.selection import short_names
from briefing.model.claims import own
from briefing.model.words import confidence, format_probability, likelihood
from briefing.numbers import defined
from briefing.report.recorded import LEVELS, Fact, judged, stood_behind
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


def says_of(p: float, yardstick: str, number: str) -> str:
    """Return a likelihood as a predicate: the word of the yardstick and the number; no word in a gap.

    Examples
    --------
    >>> says_of(0.12, "icd203", "12%"), says_of(0.5, "icd203", "50%"), says_of(0.22, "phia", "22%")
    ('is very unlikely (12%)', 'has a roughly even chance (50%)', 'has a probability of 22%')
    """
    word = likelihood_word(p, yardstick)
    if word is None:
        return f"has a probability of {number}"
    if word in _CHANCES:
        article = "" if word.startswith("almost") else "a "
        return f"{'is' if 'possibility' in word else 'has'} {article}{word} ({number})"
    return f"is {word} ({number})"


def judge(record: Record, name: str, worked: Worked, yardstick: str, word: bool = True) -> None:
    """Record what a key judgement rests on: the share of draws in which its event happens.

    Parameters
    ----------
    record
        Of the notebook. Where there is a basis it gets the number ``judgement.<name>``, as
        `briefing.numbers` defines it, and the likelihood `name`. It always gets the facts ``judged.<name>``
        (there is a basis), ``judged.<name>_word`` (a likelihood may be stated) and ``judged.<name>_exact``
        (it is the same in every draw).
    name
        The judgement's key.
    worked
        The scenario as worked out.
    yardstick
        ``icd203`` or ``phia``.
    word
        Whether a likelihood may be stated at all; the range of the number is printed where not.
    """
    key = f"judgement.{name}"
    definition = defined(key)
    assert definition, f"{key} is defined in briefing.numbers"
    found = find(definition, worked)
    exact = bool(found and found.mode in (0, 1))
    stated = bool(found and word and not exact)
    _record_facts(record, judged(name), (found, exact, stated))
    if not found:
        return
    number, p = record.add(number_of(definition, worked)), found.mode
    printed = format_probability(p)
    record.likelihoods[name] = {
        "probability": p,
        "printed": printed if word else number.range_text,
        "word": likelihood_word(p, yardstick) if stated else None,
        "says": says_of(p, yardstick, printed) if stated else "",
    }


def word_flips(losses: Losses, yardstick: str) -> bool:
    """Whether leaving out one body gives the share of draws above the largest total another likelihood word.

    Examples
    --------
    >>> from briefing.model.many import Spread
    >>> word_flips(Losses(above=Spread(0.5, 0.4, None, 0.6), levels=2), "icd203")
    True
    """
    above = losses.above
    shares = (above.low, above.mode, above.high) if above else ()
    return len({likelihood_word(p, yardstick) for p in shares if p is not None}) > 1


def stand_behind(record: Record, subject: str, ledger: Ledger, claims: pd.DataFrame) -> None:
    """Record how far independent parties of good standing agree on a figure, and who they are.

    Parameters
    ----------
    record
        Of the notebook; it gets the facts ``<subject>.confidence_high``, ``_moderate`` and ``_low``, and
        ``<subject>.apart`` (usually reliable parties differ by more than a factor of two), and the number
        ``<subject>.behind``: the names of the bodies with a figure of their own.
    ledger
        As of the day.
    claims
        The known claims of the figure; derived ones are left out, since they add no weight.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> ledger, record = load().as_of("2024-11-24"), Record("example")
    >>> stand_behind(record, "tour", ledger, ledger.claims_of("rotation_months"))
    >>> record.facts["tour.confidence_low"]["holds"], record.text("{tour.behind}")
    (True, 'Government of Ukraine')
    """
    told = own(claims)
    middle = told["value"].fillna((told["low"] + told["high"]) / 2)
    origins = ledger.tables["origins"]
    party = origins.set_index("origin_group")["party"]
    behind = confidence(list(middle), list(told["reliability"]), list(told["origin_group"].map(party)))
    good = told[told["reliability"].isin(["A", "B"])]
    apart = good["origin_group"].map(party).nunique() > 1 and not behind.parties[1:]
    _record_facts(record, stood_behind(subject), (*(behind.word == word for word in LEVELS), apart))
    named = told["origin_group"].map(short_names(origins)).drop_duplicates()
    record.number(
        f"{subject}.behind",
        " and ".join(named) or "nobody",
        "text",
        "counted",
        "The bodies with a figure of their own",
        told["claim_id"].tolist(),
    )


def _record_facts(record: Record, facts: Mapping[str, Fact], holds: Iterable[Any]) -> None:
    """Record facts with the meanings under which the sources are checked, in their order."""
    for (key, fact), held in zip(facts.items(), holds, strict=True):
        record.fact(key, held, fact.meaning)
