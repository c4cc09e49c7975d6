"""Claims of losses as evidence: which count, as what they are read, one vote an origin."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

from briefing.model.bounds import BOUNDS
from briefing.model.checks import one_number, within
from briefing.model.claims import active, newest_own, own, superseded, tolls
from briefing.model.loss_path import Day, day_of
from briefing.model.units import Array


@dataclass(frozen=True)
class Reading:
    """How claims of losses are read.

    Attributes
    ----------
    newest
        One datum an origin and quantity, its newest own figure; else every active claim is one.
    floors
        What was given before the fighting had ended, as known on the day, is that much or more.
    spread
        Of the origins' biases, on the log scale; None: it is estimated.
    words
        What words allow where that is not what `briefing.model.bounds.BOUNDS` has.
    """

    newest: bool = True
    floors: bool = True
    spread: float | None = None
    words: Mapping[str, tuple[float, float]] = field(default_factory=dict, hash=False)


RULE = Reading()
"""The rule of the briefing."""
FIRST_RULE = Reading(False, False, 0.35, {"at_least": (1.0, 2.0), "more_than": (1.0, 1.25)})
"""The rule of the first build, by which the back-test measures the present one."""


def bounds_from_words(
    bound: str,
    value: float,
    low: float,
    high: float,
    words: Mapping[str, tuple[float, float]] = RULE.words,
) -> tuple[float, float]:
    """Give the interval that a claim's words allow.

    Parameters
    ----------
    bound
        A word of `briefing.model.bounds.BOUNDS` that allows something.
    value, low, high
        The claim's figures; an interval uses `low` and `high`, every other word `value`.
    words
        What words allow where that is not what `BOUNDS` has.

    Returns
    -------
    tuple of float
        Low and high, in the claim's unit; high is infinite for a word that is open above.

    Raises
    ------
    ValueError
        If the word is a denial or unknown, or its figure is missing or not above 0.

    Examples
    --------
    >>> bounds_from_words("at_least", 100, 100, np.nan), bounds_from_words("interval", np.nan, 200, 900)
    ((100.0, inf), (200.0, 900.0))
    """
    word = BOUNDS.get(bound)
    if word is None or word.factors is None:
        allowed = ", ".join(name for name, known in BOUNDS.items() if known.factors)
        raise ValueError(f"bound: given {bound!r}, allowed {allowed}")
    least, most = words.get(bound, word.factors)
    if "value" not in word.fills:
        low = one_number("low of an interval", low, above=True)
        return least * low, most * one_number("high of an interval", high, low=low, above=True)
    value = one_number(f"value of a claim of {bound}", value, above=True)
    return least * value, most * value


def origin_weights(origins: Sequence[str], cap: float = 1) -> Array:
    """Give the weight of each claim so that repetition adds none.

    Parameters
    ----------
    origins
        The origin of each claim.
    cap
        Votes of an origin, above 0.

    Returns
    -------
    numpy.ndarray
        min(1, cap / claims of the same origin) for each claim.

    Raises
    ------
    ValueError
        If `cap` is not above 0.

    Examples
    --------
    >>> origin_weights(["NIS", "NIS", "UK"])
    array([0.5, 0.5, 1. ])
    """
    cap = one_number("cap", cap, above=True)
    names, counts = np.unique(np.asarray(origins, dtype=str), return_counts=True)
    claims_of = dict(zip(names.tolist(), counts.tolist(), strict=True))
    return np.array([min(1.0, cap / claims_of[str(origin)]) for origin in origins], dtype=float)


def pool_by_origin(
    values: Sequence[float] | Array, sigmas: Sequence[float] | Array, origins: Sequence[str], cap: float = 1
) -> tuple[float, float, float]:
    """Pool figures of several origins, one vote an origin.

    Parameters
    ----------
    values
        Figures above 0.
    sigmas
        The spread of each on the log scale, above 0.
    origins
        The origin of each.
    cap
        Votes of an origin.

    Returns
    -------
    tuple of float
        Median, P05 and P95, in the unit of the figures.

    Raises
    ------
    ValueError
        If there is no figure, lengths differ or an argument is not above 0.

    Notes
    -----
    A logarithmic opinion pool (Genest & Zidek 1986): the product of lognormal densities, each to the power
    of its weight w = min(1, cap / claims of its origin). It is lognormal with precision P = sum w / sigma^2
    and log-median sum (w ln value / sigma^2) / P. The weights are not scaled to a sum of 1: k origins count
    as k observations. With equal sigmas the spread is sigma / sqrt(sum w), sigma / sqrt(k) for a cap of 1.
    The pool takes origins for independent; `inference.fit_losses` does not.

    Examples
    --------
    >>> [round(end) for end in pool_by_origin([3_000, 3_000, 4_000], [0.2] * 3, ["NIS", "NIS", "UK"])]
    [3464, 2745, 4371]
    """
    figures, spreads = (
        np.atleast_1d(within(name, given, above=True))
        for name, given in (("values", values), ("sigmas", sigmas))
    )
    if not len(figures) or not len(figures) == len(spreads) == len(origins):
        raise ValueError(
            f"values: given {len(figures)} with {len(spreads)} sigmas and {len(origins)} origins, "
            "allowed one or more of each, as many of all"
        )
    precisions = origin_weights(origins, cap) / spreads**2
    centre = float(np.dot(precisions, np.log(figures)) / precisions.sum())
    reach = float(special.ndtri(0.95) / np.sqrt(precisions.sum()))
    return float(np.exp(centre)), float(np.exp(centre - reach)), float(np.exp(centre + reach))


def usable_claims(
    claims: pd.DataFrame,
    as_of: Day,
    grades_allowed: str = "A-F",
    origin_cap: float = 1,
    drop_superseded: bool = True,
    ended: pd.Timestamp | None = None,
    reading: Reading = RULE,
) -> pd.DataFrame:
    """Select the claims of losses that count, with their bounds and weights.

    Parameters
    ----------
    claims
        The ledger's claims.
    as_of
        The knowledge date: a claim or a supersession reported later is not known.
    grades_allowed
        Letters of the source, one such as ``B`` or a span such as ``A-D``.
    origin_cap
        Votes of an origin.
    drop_superseded
        Leave out what a claim known at `as_of` supersedes.
    ended
        The day on which the fighting had ended as known at `as_of`; None if that was not known.
    reading
        How claims are read.

    Returns
    -------
    pandas.DataFrame
        Of the claims of a toll known at `as_of`, of an allowed letter and graded 4 or better, those that
        `reading` takes. The columns `lower`, `upper` and `weight` are added; `upper` is infinite for a floor
        and finite for a level. Sorted by `claim_id`, so that the order of rows does not matter.

    Raises
    ------
    ValueError
        If an argument is out of range or a figure is missing.

    Examples
    --------
    >>> days = pd.to_datetime(["2025-01-13", "2025-04-30"])
    >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "quantity": "killed", "bound": "about",
    ...     "value": [300.0, 600.0], "low": np.nan, "high": np.nan, "derived_from": "", "supersedes": "",
    ...     "reliability": "B", "credibility": 3, "origin_group": "NIS", "event_date": days,
    ...     "report_date": days})
    >>> columns = ["claim_id", "lower", "upper", "weight"]
    >>> usable_claims(claims, "2025-01-31")[columns].values.tolist()
    [['a', 279.0, inf, 1.0]]
    >>> usable_claims(claims, "2025-06-30", ended=pd.Timestamp("2025-04-26"))[columns].values.tolist()
    [['b', 558.0, 642.0, 1.0]]
    """
    if not re.fullmatch("[A-F](-[A-F])?", grades_allowed):
        raise ValueError(f"grades_allowed: given {grades_allowed!r}, allowed a letter or a span such as A-D")
    known = claims[claims["report_date"] <= day_of("as_of", as_of)]
    if drop_superseded:
        # the first build left out no more than what a claim names
        known = active(known) if reading.newest else known[~known["claim_id"].isin(list(superseded(known)))]
    losses = tolls(known)
    losses = losses[losses["reliability"].between(grades_allowed[0], grades_allowed[-1])]
    chosen = newest_own(losses) if reading.newest else own(losses)
    chosen = chosen.sort_values("claim_id", ignore_index=True)
    figures = zip(chosen["bound"], chosen["value"], chosen["low"], chosen["high"], strict=True)
    bounds = [bounds_from_words(*given, reading.words) for given in figures]
    lower, upper = np.array(bounds, dtype=float).reshape(-1, 2).T
    if reading.floors:
        upper[(chosen["report_date"] < ended) if ended else slice(None)] = np.inf
    weights = origin_weights(chosen["origin_group"].tolist(), origin_cap)
    return chosen.assign(lower=lower, upper=upper, weight=weights)
