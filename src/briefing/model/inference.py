"""Losses inferred from conflicting claims: what the claims of several origins together allow."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from briefing.model.checks import one_number
from briefing.model.loss_claims import RULE, Reading, usable_claims
from briefing.model.loss_claims import pool_by_origin as pool_by_origin
from briefing.model.loss_draws import COORDINATES, LossDraws, courses
from briefing.model.loss_origins import OriginReading, read_origin
from briefing.model.loss_origins import interval_loglik as interval_loglik
from briefing.model.loss_path import Day, Phase, day_of, ended, known_phases
from briefing.model.loss_sampling import (
    Points,
    cut_posterior,
    effective_sample,
    part_of_cut,
    prior_points,
    resample,
)
from briefing.model.units import Array

FEWEST = 400
"""Effective draws below which a fit is refused."""
POINTS = 8_192
"""Fewest importance points."""
CHUNK = 2_048
"""Points at a time: their arrays stay within a processor's cache."""
COARSE, FINE = 0.4, 0.2
"""Steps of the grid of biases in units of their spread: for an integral, and for the quantiles of a bias."""

_ENDS = ["median", "p05", "p95"]
_COLUMNS = ["origin_group", "claims", "level", *_ENDS, *(f"killed_{end}" for end in _ENDS)]


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
    claim_ids, parties
        What was used, and the parties of the claimants. Parties, not origins, count for independence.
    points, effective_sample
        Importance points, and how many equally weighted ones they are worth.
    is_prior
        True if there was no usable claim: the posterior is only the prior.
    evidence
        The claims used, as `loss_claims.usable_claims` returned them.
    reading
        How they were read.
    sample, weights
        The importance points and their weights.
    by_origin
        The log-likelihood of each origin's claims at the importance points.
    """

    as_of: pd.Timestamp
    posterior: LossDraws
    prior: LossDraws
    claim_ids: tuple[str, ...]
    parties: tuple[str, ...]
    points: int
    effective_sample: float
    is_prior: bool
    evidence: pd.DataFrame
    reading: Reading
    sample: Points
    weights: Array
    by_origin: Mapping[str, Array]

    @cached_property
    def origins(self) -> pd.DataFrame:
        """A row for each origin used, with the bias that it is found to have.

        `origin_group`, `claims`, `level` (whether one of them is no floor), and `median`, `p05`, `p95` of the
        bias, as a ratio to the consensus of all; then the same of its bias on deaths, `killed_median` to
        `killed_p95`, missing if it claims none.
        """
        if self.is_prior:
            return pd.DataFrame(columns=_COLUMNS)
        points = self.sample[resample(self.weights, 1_024, seed=0)]
        course = courses(self.posterior.phases, points, self.reading.spread)
        return _origins(_readings(self.evidence, course, FINE), self.evidence, course.spread)

    @property
    def levels(self) -> pd.DataFrame:
        """The claims used that are no floors: they alone say how high the losses may be."""
        levels: pd.DataFrame = self.evidence[np.isfinite(self.evidence["upper"])]
        return levels

    @property
    def judged(self) -> float:
        """Part of the variance of the log of the casualties up to the day that the shared bias gives, 0 to 1.

        No claim can narrow it: it is judgement. What the priors of the hazards give is not in it.
        """
        if self.is_prior:
            return 0.0
        lost = courses(self.posterior.phases, self.sample, self.reading.spread).casualties(self.as_of)
        return part_of_cut(np.log(lost), self.weights)


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
    reading: Reading = RULE,
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
    reading
        How claims are read: the rule of the briefing, or another to set beside it.

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
    **Data.** One for an origin and quantity: its newest own figure, about the total up to its event date.
    "At least" and "more than" v are v or more. What was given before the fighting had ended, as known on the
    day, is a floor of what the origin counts later, whatever its word; what was given after it is a level.
    Nothing fades with age.

    **Model.** Claim i of origin o reports exp(mu_i) with mu_i = ln(C(t_i) g) + b0 + b_o + d_o [killed], where
    C are the casualties up to its day and g is 1, the killed share or 1 less it; its likelihood is
    `interval_loglik` with the bounds that its reading allows, to the power of its weight. b_o and d_o are
    normal, of one spread for all origins, which is half-normal of scale 0.5 and estimated. C follows from the
    known phases and a lognormal hazard in each; after what is known the hazard is drawn anew, for a share of
    the days.

    **What is identified.** Floors tell what the losses are not below. Levels tell the biases of origins
    against each other, the shape of the course and, between origins, the killed share. They do not tell the
    level itself: that rests on origins being right on average, and the bias that they share,
    b0 ~ N(0, 0.35), cannot be learnt from them. It is therefore cut from the learning: its distribution stays
    the prior's, and the rest is inferred given each value of it (a cut posterior, Plummer 2015). However many
    origins agree, the level keeps that spread (`LossFit.judged`). Otherwise the prior on the hazards, chosen
    by judgement, would pass for evidence on the shared bias. Where all claims are floors, the upper end is
    that of the prior.

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
    evidence = usable_claims(
        claims, today, grades_allowed, origin_cap, drop_superseded, ended(phases), reading
    )
    # points without a likelihood cost next to nothing, so no draw of the prior stands there twice
    beforehand = prior_points(_power_of_two(draws), COORDINATES, seed, "prior")
    even = np.full(len(beforehand), 1 / len(beforehand))
    prior = courses(phases, beforehand[resample(even, draws, seed)])
    if evidence.empty:
        whole = float(draws)
        return LossFit(
            today, prior, prior, (), (), draws, whole, True, evidence, reading, beforehand, even, {}
        )
    _after_the_start(evidence, phases)
    size = max(POINTS, _power_of_two(draws / 4))
    told: dict[str, Array] = {}

    def loglik(points: Points) -> Array:
        told.update(loglik_by_origin(evidence, phases, points, reading.spread))
        return np.asarray(np.sum(list(told.values()), axis=0))

    # what was told last was told of the points that are returned
    points, weights = cut_posterior(loglik, size, COORDINATES, seed)
    effective = effective_sample(weights)
    if effective < FEWEST:
        raise TooFewDrawsError(
            f"claims: given {len(evidence)} that leave {effective:.0f} effective draws of {size:,}, "
            f"allowed {FEWEST} or more"
        )
    return LossFit(
        today,
        courses(phases, points[resample(weights, draws, seed)], reading.spread),
        prior,
        tuple(evidence["claim_id"]),
        tuple(sorted(evidence["claimant_party"].unique())),
        size,
        effective,
        False,
        evidence,
        reading,
        points,
        weights,
        told,
    )


def loglik_by_origin(
    evidence: pd.DataFrame, phases: tuple[Phase, ...], points: Points, spread: float | None = None
) -> dict[str, Array]:
    """Return the log-likelihood of the claims of each origin, point by point."""
    parts = [
        _readings(evidence, courses(phases, points[begin : begin + CHUNK], spread), COARSE)
        for begin in range(0, len(points), CHUNK)
    ]
    return {name: np.concatenate([part[name].loglik for part in parts]) for name in parts[0]}


def _power_of_two(least: float) -> int:
    return 1 << int(np.ceil(np.log2(least)))


def _readings(evidence: pd.DataFrame, course: LossDraws, step: float) -> dict[str, OriginReading]:
    """What each origin says, course by course."""
    shares = {"casualties_total": 1.0, "killed": course.killed_share, "wounded": 1 - course.killed_share}
    true = course.casualties(pd.DatetimeIndex(evidence["event_date"]))
    parts = [shares[quantity] * row for quantity, row in zip(evidence["quantity"], true, strict=True)]
    expected = np.log(parts) + np.log(course.shared_bias)
    groups = evidence.groupby("origin_group").indices
    return {
        str(name): read_origin(evidence.iloc[rows], expected[rows], course.spread, step)
        for name, rows in groups.items()
    }


def _origins(readings: dict[str, OriginReading], evidence: pd.DataFrame, spread: Array) -> pd.DataFrame:
    rows = []
    for name, reading in readings.items():
        claims = evidence[evidence["origin_group"] == name]
        killed = _ratios(reading.killed_nodes, reading.killed_bias, spread)
        deaths = killed if "killed" in set(claims["quantity"]) else [np.nan] * 3
        level = bool(np.isfinite(claims["upper"]).any())
        rows.append([name, len(claims), level, *_ratios(reading.nodes, reading.bias, spread), *deaths])
    return pd.DataFrame(rows, columns=_COLUMNS)


def _ratios(nodes: Array, weights: Array, spread: Array) -> list[float]:
    """Median, P05 and P95 of a bias over all draws, as ratios."""
    at = np.outer(spread, nodes).ravel()
    order = np.argsort(at, kind="stable")
    mass = (weights / weights.sum(axis=1, keepdims=True)).ravel()[order] / len(spread)
    # a node stands for the stretch around it: half of its mass lies below it
    below = np.cumsum(mass) - mass / 2
    return [float(np.exp(np.interp(level, below, at[order]))) for level in (0.5, 0.05, 0.95)]


def _after_the_start(evidence: pd.DataFrame, phases: tuple[Phase, ...]) -> None:
    start = phases[0].start
    early = evidence[evidence["event_date"] <= start]
    if len(early):
        raise ValueError(
            f"claims: given {early['claim_id'].iloc[0]} on {early['event_date'].iloc[0]:%Y-%m-%d}, "
            f"allowed days after the fighting's start as known ({start:%Y-%m-%d})"
        )
