"""Importance sampling by quasi-random points, with one coordinate about which nothing may be learnt."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from scipy import special

from briefing.model.units import Array

STRATA = 32
"""Equally likely strata of the coordinate that is cut from the learning."""
PILOT = 4_096
"""Points to which a proposal is fitted."""
ENOUGH, MOST_PILOTS = 200, 4
"""Effective points of a pilot that will do, and the pilots after which it must."""
PRIOR_PART = 0.15
"""Part of the proposal that is the prior, so that no weight can grow without bound."""
WIDER = 1.3
"""Variance of the proposal over that of the pilot, which knows the spread only roughly."""


@dataclass(frozen=True)
class Points:
    """Points in standard normal coordinates, ordered by the first of them.

    Attributes
    ----------
    cut
        The coordinate about which nothing may be learnt, of shape (points,).
    others
        The other coordinates, of shape (points, coordinates).
    """

    cut: Array
    others: Array

    def __len__(self) -> int:
        return len(self.cut)

    def __getitem__(self, chosen: Any) -> "Points":
        return Points(self.cut[chosen], self.others[chosen])


def prior_points(size: int, coordinates: int, seed: int, stream: str) -> Points:
    """Give scrambled Sobol points of a standard normal.

    Parameters
    ----------
    size
        A power of two, 32 or more: equal runs of the points are then strata of the first coordinate.
    coordinates
        Beside the one that is cut.
    seed, stream
        Any whole number, and a name: other names give other points.

    Returns
    -------
    Points
        Ordered by the first coordinate.

    Notes
    -----
    Owen 1998. The stream is derived from seed and name as in `uncertainty.sample`.

    Examples
    --------
    >>> points = prior_points(32, coordinates=2, seed=1, stream="prior")
    >>> points.others.shape, bool((np.diff(points.cut) > 0).all())
    ((32, 2), True)
    """
    sobol = scipy.stats.qmc.Sobol(1 + coordinates, rng=_stream(seed, stream))
    # a scrambled point may fall on 0 or 1, where the normal has no number
    uniform = np.clip(sobol.random_base2(size.bit_length() - 1), 2.0**-33, 1 - 2.0**-33)
    normals = np.asarray(special.ndtri(uniform[np.argsort(uniform[:, 0])]), dtype=float)
    return Points(normals[:, 0], normals[:, 1:])


def cut_posterior(
    loglik: Callable[[Points], Array], size: int, coordinates: int, seed: int
) -> tuple[Points, Array]:
    """Weigh points by a likelihood that teaches nothing about the first coordinate.

    Parameters
    ----------
    loglik
        Log-likelihood of each point.
    size
        How many points, a power of two, 32 or more.
    coordinates
        Beside the one that is cut.
    seed
        Any whole number.

    Returns
    -------
    tuple of Points and numpy.ndarray
        The points and their weights, which sum to 1, and to 1/32 in each stratum of the cut coordinate.

    Notes
    -----
    A pilot from the prior; a normal proposal fitted to it given the cut coordinate, mixed with the prior
    (defensive importance sampling, Hesterberg 1995); the same again from a further pilot, while it is poor.
    Scaling the weights within strata leaves the cut
    coordinate its prior and gives the posterior of the others given each value of it (a cut distribution,
    Plummer 2015).

    Examples
    --------
    >>> points, weights = cut_posterior(lambda at: -50 * (at.others[:, 0] + at.cut - 1) ** 2, 1 << 13, 1, 1)
    >>> (weights @ np.column_stack([points.cut, points.others[:, 0]])).round(2)
    array([0.  , 0.99])
    """
    points = prior_points(PILOT, coordinates, seed, "pilot 0")
    weights = _cut_weights(loglik(points))
    pilots = 1
    while effective_sample(weights) < ENOUGH and pilots < MOST_PILOTS:
        points, weights = _improved(loglik, points, weights, PILOT, seed, f"pilot {pilots}")
        pilots += 1
    return _improved(loglik, points, weights, size, seed, "points")


def effective_sample(weights: Array) -> float:
    """Give how many equally weighted points the weights are worth.

    Parameters
    ----------
    weights
        They sum to 1.

    Returns
    -------
    float
        1 / sum of squares (Kish 1965).

    Examples
    --------
    >>> effective_sample(np.array([0.5, 0.5, 0.0]))
    2.0
    """
    return float(1 / np.sum(weights**2))


def part_of_cut(values: Array, weights: Array) -> float:
    """Give the part of the variance of some values that the cut coordinate gives, 0 to 1.

    Parameters
    ----------
    values
        One for each point of `cut_posterior`.
    weights
        Its weights.

    Returns
    -------
    float
        The variance of the means of the strata over the whole variance.

    Notes
    -----
    The first-order index of Sobol (1993), with the conditional means by stratum.

    Examples
    --------
    >>> points, weights = cut_posterior(lambda at: 0 * at.cut, 1 << 13, 1, 1)
    >>> round(part_of_cut(points.cut + 2 * points.others[:, 0], weights), 2)
    0.2
    """
    mean = weights @ values
    by_stratum = STRATA * np.sum((weights * values).reshape(STRATA, -1), axis=1)
    return float(np.mean((by_stratum - mean) ** 2) / (weights @ (values - mean) ** 2))


def reweigh(weights: Array, log_factors: Array) -> Array:
    """Give the weights that points have when their likelihood is multiplied by some factors.

    Parameters
    ----------
    weights
        Those of `cut_posterior`.
    log_factors
        Logarithm of the factor of each point.

    Returns
    -------
    numpy.ndarray
        They sum to 1, and to 1/32 in each stratum of the cut coordinate.

    Examples
    --------
    >>> weights = np.full(64, 1 / 64)
    >>> reweigh(weights, np.tile([0, np.log(3)], 32)).round(4).tolist()[:2]
    [0.0078, 0.0234]
    """
    with np.errstate(divide="ignore"):
        # a point without weight keeps none, whatever its factor
        return _cut_weights(np.where(weights > 0, np.log(weights) + log_factors, -np.inf))


def resample(weights: Array, draws: int, seed: int) -> Any:
    """Choose equally likely points.

    Parameters
    ----------
    weights
        They sum to 1.
    draws
        How many to choose.
    seed
        Any whole number, of the order of the chosen.

    Returns
    -------
    numpy.ndarray
        Indices. A point of weight w stands there draws x w times, rounded up or down.

    Notes
    -----
    Systematic resampling (Kitagawa 1996), then shuffled: points are ordered, and the first few draws should
    be as good as any others.

    Examples
    --------
    >>> sorted(resample(np.array([0.5, 0.25, 0.25]), 4, seed=1).tolist())
    [0, 0, 1, 2]
    """
    ticks = (np.arange(draws) + 0.5) / draws
    return _stream(seed, "order").permutation(np.searchsorted(np.cumsum(weights)[:-1], ticks))


def _improved(
    loglik: Callable[[Points], Array], pilot: Points, weights: Array, size: int, seed: int, stream: str
) -> tuple[Points, Array]:
    """Points from a proposal fitted to a pilot, and their weights."""
    free = prior_points(size, pilot.others.shape[1] + 1, seed, stream)
    points, correction = _propose(free, *_fitted(pilot, weights))
    return points, _cut_weights(correction + loglik(points))


def _fitted(points: Points, weights: Array) -> tuple[Array, Array]:
    """The line of the other coordinates along the cut one, and a covariance around it."""
    design = _design(points.cut)
    weighed = design.T * weights
    slopes = np.asarray(np.linalg.solve(weighed @ design, weighed @ points.others), dtype=float)
    residual = points.others - design @ slopes
    # the little that is added keeps the spread of a pilot with few effective points from collapsing
    return slopes, WIDER * (residual.T * weights @ residual) + 0.01 * np.eye(points.others.shape[1])


def _propose(points: Points, slopes: Array, spread: Array) -> tuple[Points, Array]:
    """Move points from the prior to the proposal; log of prior over proposal. The last coordinate chooses."""
    free, chooser = points.others[:, :-1], points.others[:, -1]
    root = np.linalg.cholesky(spread)
    centre = _design(points.cut) @ slopes
    moved = np.where((special.ndtr(chooser) < PRIOR_PART)[:, None], free, centre + free @ root.T)
    scaled = np.linalg.solve(root, (moved - centre).T)
    log_prior = -0.5 * np.sum(moved**2, axis=1)
    log_normal = -0.5 * np.sum(scaled**2, axis=0) - np.sum(np.log(np.diag(root)))
    log_proposal = np.logaddexp(np.log(PRIOR_PART) + log_prior, np.log1p(-PRIOR_PART) + log_normal)
    return Points(points.cut, moved), log_prior - log_proposal


def _cut_weights(log_weights: Array) -> Array:
    strata = log_weights.reshape(STRATA, -1)
    return np.asarray(special.softmax(strata, axis=1) / STRATA).ravel()


def _design(cut: Array) -> Array:
    return np.column_stack([np.ones_like(cut), cut])


def _stream(seed: int, name: str) -> np.random.Generator:
    digest = hashlib.sha256(f"{seed}/losses/{name}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))
