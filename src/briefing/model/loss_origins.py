"""What the claims of one origin say, with the origin's own biases integrated out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from briefing.model.checks import one_number, within
from briefing.model.units import Array, Values, plain

SIGMA = 0.15
"""Spread of a claim around its origin's mean, on the log scale."""


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
    -1.0223
    """
    mu = within("mu", mu, low=-np.inf)
    sigma = one_number("sigma", sigma, above=True)
    low = one_number("low", 0.0 if low is None else low)
    high = np.inf if high is None else one_number("high", high, infinite=True)
    if high <= low:
        raise ValueError(f"interval: given {low:g} to {high:g}, allowed low < high")
    if low == 0 and np.isinf(high):
        return plain(np.zeros_like(mu))
    if low == 0:
        return plain(special.log_ndtr((np.log(high) - mu) / sigma))
    if np.isinf(high):
        return plain(special.log_ndtr((mu - np.log(low)) / sigma))
    half = float(np.log(high / low) / 2 / sigma)
    # Phi loses its digits near 1, so an interval above the mean is taken for its mirror image below
    below: Array = np.asarray(-np.abs((np.log(low) + np.log(high)) / 2 - mu) / sigma)
    with np.errstate(divide="ignore"):
        likelihood: Array = np.asarray(np.log(special.ndtr(below + half) - special.ndtr(below - half)))
    far = np.isneginf(likelihood)
    if far.any():
        upper, lower = special.log_ndtr(below[far] + half), special.log_ndtr(below[far] - half)
        likelihood[far] = upper + np.log(-np.expm1(lower - upper))
    return plain(likelihood)


@dataclass(frozen=True)
class OriginReading:
    """What the claims of one origin say, draw by draw.

    Attributes
    ----------
    loglik
        Log-likelihood of the origin's claims, its own biases integrated out, of shape (draws,).
    nodes, bias
        Nodes of b_o in units of the spread, and the posterior weight of each, of shape (draws, nodes).
    killed_nodes, killed_bias
        The same for b_o + d_o, the bias on deaths.
    """

    loglik: Array
    nodes: Array
    bias: Array
    killed_nodes: Array
    _likely: Array
    _likely_deaths: Array
    _step_to_deaths: Array

    @property
    def killed_bias(self) -> Array:
        """Computed where it is asked for: a fit needs it at a few draws."""
        return np.asarray(self._likely_deaths * (self._likely @ self._step_to_deaths))


def read_origin(rows: pd.DataFrame, expected: Array, spread: Array, step: float) -> OriginReading:
    """Integrate an origin's biases out of the likelihood of its claims.

    Parameters
    ----------
    rows
        Claims of one origin as `usable_claims` returned them.
    expected
        Log of what an unbiased origin would report for each claim, of shape (claims, draws).
    spread
        Of b_o, and of the further bias on deaths d_o, on the log scale, of shape (draws,).
    step
        Distance of the nodes, in units of the spread.

    Returns
    -------
    OriginReading
        For each draw.

    Notes
    -----
    Claims of casualties and wounded depend on b_o, those of deaths on b_o + d_o, with b_o and d_o normal of
    the same spread: so only two vectors of nodes are needed, joined by the normal density of d_o. The
    trapezoidal rule converges geometrically here (Trefethen & Weideman 2014): with nodes .15 apart, the
    spread of a claim, the error is below 1e-8; with nodes .3 apart it is below 2 % and changes its sign from
    draw to draw.

    Examples
    --------
    >>> rows = pd.DataFrame({"quantity": ["killed"], "lower": [930.0], "upper": [1_070.0], "weight": [1.0]})
    >>> read_origin(rows, np.log([[1_000.0]]), np.array([0.35]), step=0.4).loglik.round(3)
    array([-2.227])
    """
    nodes, killed_nodes = (_nodes(reach, step) for reach in (4, 6))
    biases, killed_biases = (spread[:, None] * scaled for scaled in (nodes, killed_nodes))
    others, deaths = np.zeros((2, 1, 1))
    columns = zip(rows["quantity"], rows["lower"], rows["upper"], rows["weight"], expected, strict=True)
    for quantity, lower, upper, weight, mean in columns:
        if quantity == "killed":
            deaths = deaths + weight * interval_loglik(mean[:, None] + killed_biases, lower, upper, SIGMA)
        else:
            others = others + weight * interval_loglik(mean[:, None] + biases, lower, upper, SIGMA)
    # the largest term of each draw is taken out, or claims far from a draw would all underflow to 0
    peaks = others.max(axis=1) + deaths.max(axis=1)
    likely = np.exp(others - others.max(axis=1, keepdims=True)) * _weights(nodes, step)
    likely_deaths = np.exp(deaths - deaths.max(axis=1, keepdims=True)) * np.ones(len(killed_nodes))
    step_to_deaths = _weights(killed_nodes[None, :] - nodes[:, None], step)
    bias = likely * (likely_deaths @ step_to_deaths.T)
    total = bias.sum(axis=1)
    with np.errstate(divide="ignore"):
        loglik = peaks + np.log(total)
    return OriginReading(loglik, nodes, bias, killed_nodes, likely, likely_deaths, step_to_deaths)


def _nodes(reach: float, step: float) -> Array:
    half = int(np.ceil(reach / step))
    return step * np.arange(-half, half + 1.0)


def _weights(nodes: Array, step: float) -> Array:
    return np.asarray(np.exp(-(nodes**2) / 2) * step / np.sqrt(2 * np.pi))
