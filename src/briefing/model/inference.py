"""Losses inferred from conflicting claims: what the claims of several origins together allow."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from briefing.model.checks import one_number
from briefing.model.loss_claims import pool_by_origin as pool_by_origin
from briefing.model.loss_claims import usable_claims
from briefing.model.loss_draws import COORDINATES, LossDraws, courses
from briefing.model.loss_origins import ORIGIN_SD, OriginReading, read_origin
from briefing.model.loss_origins import interval_loglik as interval_loglik
from briefing.model.loss_path import Day, Phase, day_of, known_phases
from briefing.model.loss_sampling import Points, cut_posterior, effective_sample, prior_points, resample
from briefing.model.units import Array

FEWEST = 400
"""Effective draws below which a fit is refused."""
POINTS = 8_192
"""Fewest importance points."""
CHUNK = 2_048
"""Points at a time: their arrays stay within a processor's cache."""
COARSE, FINE = 0.4 * ORIGIN_SD, 0.2 * ORIGIN_SD
"""Steps of the grid of biases: for an integral, and for the quantiles of a bias."""

_ENDS = ["median", "p05", "p95"]
_NO_ORIGINS = pd.DataFrame(columns=["origin_group", "claims", *_ENDS, *(f"killed_{end}" for end in _ENDS)])


class TooFewDrawsError(ValueError):
    """The claims leave too few effective draws for a result to be trusted."""


@dataclass(frozen=True)
class LossFit:
    """What the claims known on a day say about losses.

    Attributes
    ----------
    as_of
        The knowledge date.
    posterior, prior
        Courses with and without the claims, on the same phases; one and the same if `is_prior`.
    origins
        A row for each origin used: `origin_group`, `claims`, and `median`, `p05`, `p95` of its bias, as a
        ratio to the consensus of all; then the same of its bias on deaths, `killed_median` to `killed_p95`,
        missing if it claims none.
    claim_ids, parties
        What was used, and the parties of the claimants. Parties, not origins, count for independence.
    points, effective_sample
        Importance points, and how many equally weighted ones they are worth.
    is_prior
        True if there was no usable claim: the posterior is only the prior.
    """

    as_of: pd.Timestamp
    posterior: LossDraws
    prior: LossDraws
    origins: pd.DataFrame
    claim_ids: tuple[str, ...]
    parties: tuple[str, ...]
    points: int
    effective_sample: float
    is_prior: bool


def fit_losses(
    claims: pd.DataFrame,
    as_of: Day,
    calendar: pd.DataFrame,
    *,
    grades_allowed: str = "A-D",
    origin_cap: float = 1,
    drop_superseded: bool = True,
    draws: int = 20_000,
    seed: int = 20241124,
) -> LossFit:
    """Infer cumulative casualties and deaths from the claims known on a day.

    Parameters
    ----------
    claims
        The ledger's claims; what counts is chosen by `loss_claims.usable_claims`.
    as_of
        The knowledge date. Claims, supersessions and boundaries reported later change nothing.
    calendar
        Reports of the boundaries of the fighting, see `loss_path.known_phases`.
    grades_allowed
        Letters of the source, one such as ``B`` or a span such as ``A-D``.
    origin_cap
        Votes of an origin, above 0: claim i weighs min(1, cap / claims of its origin).
    drop_superseded
        Leave out what a claim known at `as_of` supersedes.
    draws
        Courses to return, 1,000 or more. They are chosen from at least a quarter as many points, so some
        stand there more than once.
    seed
        Any whole number; the same seed gives the same result.

    Returns
    -------
    LossFit
        Equally likely courses, the origins' biases, and what they rest on. Without a usable claim the prior,
        marked as such.

    Raises
    ------
    TooFewDrawsError
        If the effective sample is below 400: the claims contradict the model's prior too strongly.
    ValueError
        If an argument is out of range, or a claim describes a day before the path begins.

    Notes
    -----
    **Model.** Claim i of origin o reports exp(mu_i) with mu_i = ln(C(t_i) g) + b0 + b_o + d_o [killed], where
    C are the casualties up to its day and g is 1, the killed share or 1 less it; its likelihood is
    `interval_loglik` with the bounds that its words allow, to the power of its weight. b_o and d_o are normal
    with spread 0.35. C follows from the known phases and a lognormal hazard in each; after what is known the
    hazard is drawn anew, for a share of the days.

    **What is identified.** The claims tell the biases of origins against each other, the shape of the course
    and, between origins, the killed share. They do not tell the level: that rests on origins being right on
    average, and the bias that they share, b0 ~ N(0, 0.35), cannot be learnt from them. It is therefore cut
    from the learning: its distribution stays the prior's, and the rest is inferred given each value of it
    (a cut posterior, Plummer 2015). However many origins agree, the level keeps that spread. Otherwise the
    prior on the hazards, chosen by judgement, would pass for evidence on the shared bias.

    **Method.** Given the course the origins are independent, and their biases are integrated on a grid. The
    rest is importance sampling on scrambled Sobol points (Owen 1998): a pilot from the prior, then a normal
    proposal fitted to it, mixed with the prior (Hesterberg 1995). Weights are scaled within 32 equally likely
    strata of b0; systematic resampling gives the draws.

    Examples
    --------
    >>> calendar = pd.DataFrame(columns=["boundary", "event_date", "report_date", "persons"])
    >>> columns = ("claim_id quantity bound value low high event_date report_date derived_from supersedes "
    ...     "reliability credibility origin_group claimant_party")
    >>> nothing = pd.DataFrame(columns=columns.split())
    >>> fit = fit_losses(nothing, "2024-11-24", calendar)
    >>> fit.is_prior, np.quantile(fit.posterior.casualties("2025-04-30"), [0.05, 0.5, 0.95]).round(-2)
    (True, array([ 800., 3000., 8100.]))
    """
    if draws != int(one_number("draws", draws, low=1_000)):
        raise ValueError(f"draws: given {draws}, allowed a whole number of 1,000 or more")
    today = day_of("as_of", as_of)
    phases = known_phases(calendar, today)
    evidence = usable_claims(claims, today, grades_allowed, origin_cap, drop_superseded)
    # points without a likelihood cost next to nothing, so no draw of the prior stands there twice
    beforehand = prior_points(_power_of_two(draws), COORDINATES, seed, "prior")
    even = np.full(len(beforehand), 1 / len(beforehand))
    prior = courses(phases, beforehand[resample(even, draws, seed)])
    if evidence.empty:
        return LossFit(today, prior, prior, _NO_ORIGINS.copy(), (), (), draws, float(draws), is_prior=True)
    _after_the_start(evidence, phases)
    size = max(POINTS, _power_of_two(draws / 4))
    points, weights = cut_posterior(partial(_loglik, evidence, phases), size, COORDINATES, seed)
    effective = effective_sample(weights)
    if effective < FEWEST:
        raise TooFewDrawsError(
            f"claims: given {len(evidence)} that leave {effective:.0f} effective draws of {size:,}, "
            f"allowed {FEWEST} or more"
        )
    return LossFit(
        today,
        courses(phases, points[resample(weights, draws, seed)]),
        prior,
        _origins(_readings(evidence, phases, points[resample(weights, 1_024, seed)], FINE), evidence),
        tuple(evidence["claim_id"]),
        tuple(sorted(evidence["claimant_party"].unique())),
        size,
        effective,
        is_prior=False,
    )


def _power_of_two(least: float) -> int:
    return 1 << int(np.ceil(np.log2(least)))


def _loglik(evidence: pd.DataFrame, phases: tuple[Phase, ...], points: Points) -> Array:
    parts = []
    for begin in range(0, len(points), CHUNK):
        readings = _readings(evidence, phases, points[begin : begin + CHUNK], COARSE)
        parts.append(np.sum([reading.loglik for reading in readings.values()], axis=0))
    return np.concatenate(parts)


def _readings(
    evidence: pd.DataFrame, phases: tuple[Phase, ...], points: Points, step: float
) -> dict[str, OriginReading]:
    """What each origin says, point by point."""
    course = courses(phases, points)
    shares = {"casualties_total": 1.0, "killed": course.killed_share, "wounded": 1 - course.killed_share}
    true = course.casualties(pd.DatetimeIndex(evidence["event_date"]))
    parts = [shares[quantity] * row for quantity, row in zip(evidence["quantity"], true, strict=True)]
    expected = np.log(parts) + np.log(course.shared_bias)
    groups = evidence.groupby("origin_group").indices
    return {
        str(name): read_origin(evidence.iloc[rows], expected[rows], step) for name, rows in groups.items()
    }


def _origins(readings: dict[str, OriginReading], evidence: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for name, reading in readings.items():
        quantities = evidence.loc[evidence["origin_group"] == name, "quantity"]
        killed = _ratios(reading.killed_nodes, reading.killed_bias)
        deaths = killed if "killed" in set(quantities) else [np.nan] * 3
        rows.append([name, len(quantities), *_ratios(reading.nodes, reading.bias), *deaths])
    return pd.DataFrame(rows, columns=_NO_ORIGINS.columns)


def _ratios(nodes: Array, weights: Array) -> list[float]:
    """Median, P05 and P95 of a bias over all draws, as ratios."""
    mass = np.mean(weights / weights.sum(axis=1, keepdims=True), axis=0)
    # a node stands for the stretch around it: half of its mass lies below it
    below = np.cumsum(mass) - mass / 2
    return [float(np.exp(np.interp(level, below, nodes))) for level in (0.5, 0.05, 0.95)]


def _after_the_start(evidence: pd.DataFrame, phases: tuple[Phase, ...]) -> None:
    start = phases[0].start
    early = evidence[evidence["event_date"] <= start]
    if len(early):
        raise ValueError(
            f"claims: given {early['claim_id'].iloc[0]} on {early['event_date'].iloc[0]:%Y-%m-%d}, "
            f"allowed days after the fighting's start as known ({start:%Y-%m-%d})"
        )
