"""Claims of losses as evidence: which count, what their words allow, and what each origin then says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from briefing.model.checks import one_number, within
from briefing.model.loss_path import Day, day_of
from briefing.model.units import Array, Values, plain

QUANTITIES = ("casualties_total", "killed", "wounded")
WORST_DIGIT = 4
SIGMA = 0.15
"""Spread of a claim around its origin's mean, on the log scale."""
ORIGIN_SD = 0.35
"""Spread of an origin's bias, and of its further bias on deaths, on the log scale."""

WORDS = {
    "point": (0.93, 1.07),
    "about": (0.93, 1.07),
    "approaching": (0.9, 1.0),
    "up_to": (0.5, 1.0),
    "fewer_than": (0.5, 1.0),
    "more_than": (1.0, 1.25),
    "at_least": (1.0, 2.0),
}
"""What a claim's word allows, as multiples of its value."""


def interval_loglik(mu: Values, low: float | None, high: float | None, sigma: float) -> Values:
    """Give the log-likelihood of a claim that only names an interval.

    Parameters
    ----------
    mu
        Natural logarithm of the figure that the claimant would report without error.
    low, high
        The interval, in the figure's unit. `low` 0 or None leaves it open below, `high` None above.
    sigma
        Spread of the reported figure, on the log scale, above 0.

    Returns
    -------
    float or numpy.ndarray
        ln(Phi((ln high - mu) / sigma) - Phi((ln low - mu) / sigma)), of the shape of `mu`.

    Raises
    ------
    ValueError
        If the interval has no width or lies below 0, `sigma` is not above 0 or `mu` is not finite.

    Notes
    -----
    Interval-censored lognormal likelihood (Tobin 1958; Gentleman & Geyer 1994). Far from the interval it is
    computed from logarithms, so it stays finite and ordered.

    Examples
    --------
    >>> round(interval_loglik(np.log(1_000), 1_000, None, sigma=0.15), 4)
    -0.6931
    >>> round(interval_loglik(np.log(1_000), 930, 1_070, sigma=0.15), 4)
    -1.0096
    """
    mu = within("mu", mu, low=-np.inf)
    sigma = one_number("sigma", sigma, above=True)
    low = one_number("low", 0.0 if low is None else low)
    high = np.inf if high is None else one_number("high", high, infinite=True)
    if high <= low:
        raise ValueError(f"interval: given {low:g} to {high:g}, allowed low < high")
    with np.errstate(divide="ignore"):
        below: Any = (np.log(low) - mu) / sigma
        above: Any = (np.log(high) - mu) / sigma
    # Phi loses its digits near 1, so what lies above is mirrored to where it is near 0
    mirrored = below + above > 0
    below, above = np.where(mirrored, -above, below), np.where(mirrored, -below, above)
    with np.errstate(divide="ignore"):
        likelihood: Array = np.asarray(np.log(special.ndtr(above) - special.ndtr(below)))
    far = np.isneginf(likelihood)
    if far.any():
        upper, lower = special.log_ndtr(above[far]), special.log_ndtr(below[far])
        likelihood[far] = upper + np.log(-np.expm1(lower - upper))
    return plain(likelihood)


def bounds_from_words(bound: str, value: float, low: float, high: float) -> tuple[float, float]:
    """Give the interval that a claim's words allow.

    Parameters
    ----------
    bound
        The word of the ledger: point, about, approaching, up_to, fewer_than, more_than, at_least or interval.
    value, low, high
        The claim's figures; an interval uses `low` and `high`, every other word `value`.

    Returns
    -------
    tuple of float
        Low and high, in the claim's unit.

    Raises
    ------
    ValueError
        If the word is a denial or unknown, or its figure is missing or not above 0.

    Examples
    --------
    >>> bounds_from_words("at_least", 100, 100, np.nan), bounds_from_words("interval", np.nan, 200, 900)
    ((100.0, 200.0), (200.0, 900.0))
    """
    if bound == "interval":
        low = one_number("low of an interval", low, above=True)
        return low, one_number("high of an interval", high, low=low, above=True)
    if bound not in WORDS:
        raise ValueError(f"bound: given {bound!r}, allowed interval, {', '.join(WORDS)}")
    value = one_number(f"value of a claim of {bound}", value, above=True)
    least, most = WORDS[bound]
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
    figures, spreads = (np.atleast_1d(within(name, given, above=True))
                        for name, given in (("values", values), ("sigmas", sigmas)))
    if not len(figures) or not len(figures) == len(spreads) == len(origins):
        raise ValueError(
            f"values: given {len(figures)} with {len(spreads)} sigmas and {len(origins)} origins, "
            "allowed one or more of each, as many of all"
        )
    precisions = origin_weights(origins, cap) / spreads**2
    centre = float(np.dot(precisions, np.log(figures)) / precisions.sum())
    reach = float(stats.norm.ppf(0.95) / np.sqrt(precisions.sum()))
    return float(np.exp(centre)), float(np.exp(centre - reach)), float(np.exp(centre + reach))


def usable_claims(
    claims: pd.DataFrame,
    as_of: Day,
    grades_allowed: str = "A-F",
    origin_cap: float = 1,
    drop_superseded: bool = True,
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

    Returns
    -------
    pandas.DataFrame
        The rows known at `as_of` of quantity ``casualties_total``, ``killed`` or ``wounded`` that are not
        derived from another claim, no denial, of an allowed letter and digit 4 or better. The columns
        `lower`, `upper` and `weight` are added. Sorted by `claim_id`, so that the order of rows does not
        matter.

    Raises
    ------
    ValueError
        If an argument is out of range or a figure is missing.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> claims = load().claims
    >>> len(usable_claims(claims, "2024-11-24")), len(usable_claims(claims, "2025-01-31"))
    (0, 12)
    """
    if not re.fullmatch("[A-F](-[A-F])?", grades_allowed):
        raise ValueError(f"grades_allowed: given {grades_allowed!r}, allowed a letter or a span such as A-D")
    known = claims[claims["report_date"] <= day_of("as_of", as_of)]
    chosen = known[
        known["quantity"].isin(QUANTITIES)
        & known["derived_from"].fillna("").eq("")
        & known["bound"].ne("denial")
        & known["reliability"].between(grades_allowed[0], grades_allowed[-1])
        & known["credibility"].le(WORST_DIGIT)
    ]
    if drop_superseded:
        superseded = {older for cell in known["supersedes"].fillna("") for older in str(cell).split(";")}
        chosen = chosen[~chosen["claim_id"].isin(superseded)]
    chosen = chosen.sort_values("claim_id", ignore_index=True)
    figures = zip(chosen["bound"], chosen["value"], chosen["low"], chosen["high"], strict=True)
    bounds = np.array([bounds_from_words(*given) for given in figures], dtype=float).reshape(-1, 2)
    weights = origin_weights(chosen["origin_group"].tolist(), origin_cap)
    return chosen.assign(lower=bounds[:, 0], upper=bounds[:, 1], weight=weights)


@dataclass(frozen=True)
class OriginReading:
    """What the claims of one origin say, draw by draw.

    Attributes
    ----------
    loglik
        Log-likelihood of the origin's claims, its own biases integrated out, of shape (draws,).
    nodes, bias
        Nodes of b_o, and the posterior weight of each, of shape (draws, nodes).
    killed_nodes, killed_bias
        The same for b_o + d_o, the bias on deaths.
    """

    loglik: Array
    nodes: Array
    bias: Array
    killed_nodes: Array
    killed_bias: Array


def read_origin(rows: pd.DataFrame, expected: Array, step: float) -> OriginReading:
    """Integrate an origin's biases out of the likelihood of its claims.

    Parameters
    ----------
    rows
        Claims of one origin as `usable_claims` returned them.
    expected
        Log of what an unbiased origin would report for each claim, of shape (claims, draws).
    step
        Distance of the nodes.

    Returns
    -------
    OriginReading
        For each draw.

    Notes
    -----
    Claims of casualties and wounded depend on b_o, those of deaths on b_o + d_o, with b_o and d_o normal of
    spread 0.35: so only two vectors of nodes are needed, joined by the normal density of d_o. The trapezoidal
    rule converges geometrically here (Trefethen & Weideman 2014): with a step of .14 and a posterior spread
    of .14 the error is below 1e-8.

    Examples
    --------
    >>> rows = pd.DataFrame({"quantity": ["killed"], "lower": [930.0], "upper": [1_070.0], "weight": [1.0]})
    >>> read_origin(rows, np.log([[1_000.0]]), step=0.14).loglik.round(3)
    array([-2.22])
    """
    nodes, killed_nodes = (_nodes(reach * ORIGIN_SD, step) for reach in (4, 6))
    others, deaths = np.zeros((2, expected.shape[1], 1))
    columns = zip(rows["quantity"], rows["lower"], rows["upper"], rows["weight"], expected, strict=True)
    for quantity, lower, upper, weight, mean in columns:
        if quantity == "killed":
            deaths = deaths + weight * interval_loglik(mean[:, None] + killed_nodes, lower, upper, SIGMA)
        else:
            others = others + weight * interval_loglik(mean[:, None] + nodes, lower, upper, SIGMA)
    # the largest term of each draw is taken out, or claims far from a draw would all underflow to 0
    peaks = others.max(axis=1) + deaths.max(axis=1)
    likely = np.exp(others - others.max(axis=1, keepdims=True)) * _weights(nodes, step)
    likely_deaths = np.exp(deaths - deaths.max(axis=1, keepdims=True)) * np.ones(len(killed_nodes))
    step_to_deaths = _weights(killed_nodes[None, :] - nodes[:, None], step)
    bias = likely * (likely_deaths @ step_to_deaths.T)
    killed_bias = likely_deaths * (likely @ step_to_deaths)
    total = bias.sum(axis=1)
    with np.errstate(divide="ignore"):
        loglik = peaks + np.log(total)
    return OriginReading(loglik, nodes, bias, killed_nodes, killed_bias)


def _nodes(reach: float, step: float) -> Array:
    half = int(np.ceil(reach / step))
    return step * np.arange(-half, half + 1.0)


def _weights(nodes: Array, step: float) -> Array:
    return np.asarray(stats.norm.pdf(nodes, scale=ORIGIN_SD) * step)
