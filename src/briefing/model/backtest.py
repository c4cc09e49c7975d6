"""Forecasts from a frozen day, and two simple rivals, against the later reports of one origin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from briefing.model.bounds import left_open
from briefing.model.checks import within
from briefing.model.claims import active, own
from briefing.model.loss_claims import bounds_from_words
from briefing.model.loss_origins import SIGMA, interval_loglik
from briefing.model.loss_path import Day, day_of
from briefing.model.revisions import implied_rate
from briefing.model.scoring import coverage, crps, interval_score
from briefing.model.units import Array

LEVELS = {50: (0.25, 0.75), 90: (0.05, 0.95)}
"""Central intervals in percent, by their quantiles."""


@dataclass(frozen=True)
class BackTest:
    """How a forecast fared against later reports. A report is a claim, never the truth.

    Attributes
    ----------
    reports
        A row for each report: `claim_id`, `event_date`, `report_date`, its bounds `lower` and `upper`, the
        forecast's `p05`, `p25`, `p50`, `p75`, `p95`, `covered_50`, `covered_90`, `interval_score_90` and
        `crps`, both in the unit of the reports.
    coverage_50, coverage_90
        k and n: reports met by the central interval, and reports. Print "k of n".
    interval_score, crps
        Means over the reports (of the 90 % interval), lower is better; missing (NaN) if there is none.
    """

    reports: pd.DataFrame
    coverage_50: tuple[int, int]
    coverage_90: tuple[int, int]
    interval_score: float
    crps: float


def reports_of(claims: pd.DataFrame, origin: str, quantity: str) -> pd.DataFrame:
    """Give the reports of one origin on one quantity that stand on their own.

    Parameters
    ----------
    claims
        The ledger's claims.
    origin
        An origin: forecasts are scored against one at a time.
    quantity
        A quantity, such as ``casualties_total``.

    Returns
    -------
    pandas.DataFrame
        The claims that are neither derived from another nor denials, by report date, with `lower` and
        `upper` added: what the words leave open (`briefing.model.bounds`). Superseded reports stay: they
        were reported.

    Raises
    ------
    ValueError
        If a figure is missing.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a"], "origin_group": ["UK"], "quantity": ["killed"],
    ...     "bound": ["more_than"], "value": [5_000.0], "low": [5_000.0], "high": [np.nan],
    ...     "derived_from": [""], "report_date": [pd.Timestamp("2025-03-28")]})
    >>> reports_of(claims, "UK", "killed")[["lower", "upper"]].values.tolist()
    [[5000.0, inf]]
    """
    chosen = own(claims[claims["origin_group"].eq(origin) & claims["quantity"].eq(quantity)])
    reports = chosen.sort_values(["report_date", "claim_id"], ignore_index=True)
    figures = zip(reports["bound"], reports["low"], reports["value"], reports["high"], strict=True)
    ends = np.array([left_open(*given) for given in figures], dtype=float).reshape(-1, 2)
    missing = reports.loc[np.isnan(ends).any(axis=1), "claim_id"]
    if len(missing):
        raise ValueError(f"{missing.iloc[0]}: given no figure for its bound, allowed what its bound needs")
    return reports.assign(lower=ends[:, 0], upper=ends[:, 1])


def known_reports(claims: pd.DataFrame, freeze: Day, origin: str, quantity: str) -> pd.DataFrame:
    """Give what an origin had reported by the day of the freeze, and had not re-estimated by then.

    Parameters
    ----------
    claims, origin, quantity
        As for `reports_of`.
    freeze
        The day on which the forecast is made.

    Returns
    -------
    pandas.DataFrame
        As `reports_of`.

    Raises
    ------
    ValueError
        As for `reports_of`, or if `freeze` is no day.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "origin_group": "NIS", "quantity": "killed",
    ...     "bound": "about", "value": [300.0, 600.0], "low": np.nan, "high": np.nan, "derived_from": "",
    ...     "supersedes": "", "report_date": pd.to_datetime(["2025-01-13", "2025-04-30"])})
    >>> known_reports(claims, "2025-01-31", "NIS", "killed")["value"].tolist()
    [300.0]
    """
    known = claims[claims["report_date"] <= day_of("freeze", freeze)]
    return reports_of(active(known), origin, quantity)


def later_reports(claims: pd.DataFrame, freeze: Day, origin: str, quantity: str) -> pd.DataFrame:
    """Give what an origin reported after the day of the freeze.

    Parameters
    ----------
    claims, freeze, origin, quantity
        As for `known_reports`.

    Returns
    -------
    pandas.DataFrame
        As `reports_of`. A later report may describe a day before the freeze: it is scored on that day.

    Raises
    ------
    ValueError
        As for `known_reports`.

    Examples
    --------
    >>> claims = pd.DataFrame({"claim_id": ["a", "b"], "origin_group": "NIS", "quantity": "killed",
    ...     "bound": "about", "value": [300.0, 600.0], "low": np.nan, "high": np.nan, "derived_from": "",
    ...     "supersedes": "", "report_date": pd.to_datetime(["2025-01-13", "2025-04-30"])})
    >>> later_reports(claims, "2025-01-31", "NIS", "killed")["value"].tolist()
    [600.0]
    """
    reports = reports_of(claims, origin, quantity)
    return reports[reports["report_date"] > day_of("freeze", freeze)].reset_index(drop=True)


def backtest(draws: Array, reports: pd.DataFrame) -> BackTest:
    """Score a forecast against later reports.

    Parameters
    ----------
    draws
        Draws of the forecast for the event date of each report, of shape (reports, draws), in the unit of
        the reports. One column for a forecast without spread, such as a rival.
    reports
        What `later_reports` returned.

    Returns
    -------
    BackTest
        Scores by report and together.

    Raises
    ------
    ValueError
        If shapes differ or a draw is not finite.

    Notes
    -----
    A bounded report is scored as bounded, at the value within its bounds that suits the forecast best: it is
    covered if its interval and the forecast's meet, missed by the distance between the two, and the CRPS is
    that at the point of the bounds nearest to the forecast's median. So an open report never counts against
    a forecast that it does not contradict, and scores of bounded reports are lower bounds.

    Examples
    --------
    >>> reports = pd.DataFrame({"claim_id": ["a"], "event_date": ["2025-06-15"],
    ...     "report_date": ["2025-06-15"], "lower": [6_000.0], "upper": [np.inf]})
    >>> result = backtest(np.array([[4_000.0, 5_000.0]]), reports)
    >>> result.coverage_90, result.crps
    ((0, 1), 1250.0)
    """
    forecast = _forecast(draws, reports)
    lower, upper = reports["lower"].to_numpy(float), reports["upper"].to_numpy(float)
    p05, p25, p50, p75, p95 = np.quantile(forecast, [0.05, 0.25, 0.5, 0.75, 0.95], axis=1)
    ends = {50: (p25, p75), 90: (p05, p95)}
    # the middle of the forecast's interval moved into a report's bounds: the point of them nearest to it
    nearest = np.clip((p05 + p95) / 2, lower, upper)
    scored = reports[["claim_id", "event_date", "report_date", "lower", "upper"]].assign(
        p05=p05,
        p25=p25,
        p50=p50,
        p75=p75,
        p95=p95,
        **{f"covered_{level}": (low <= upper) & (lower <= high) for level, (low, high) in ends.items()},
        interval_score_90=interval_score(p05, p95, nearest, alpha=0.1),
        crps=[crps(row, at) for row, at in zip(forecast, np.clip(p50, lower, upper), strict=True)],
    )
    return BackTest(
        scored,
        coverage(*ends[50], lower, upper),
        coverage(*ends[90], lower, upper),
        float(scored["interval_score_90"].mean()),
        float(scored["crps"].mean()),
    )


def log_probabilities(draws: Array, reports: pd.DataFrame) -> Array:
    """Score a forecast by the probability that it gave to what the words of each report allow.

    Parameters
    ----------
    draws
        As for `backtest`.
    reports
        What `later_reports` returned.

    Returns
    -------
    numpy.ndarray
        For each report the natural logarithm: 0 for what was certain, and the lower the worse.

    Raises
    ------
    ValueError
        If shapes differ, a draw is not finite or a report has no figure.

    Notes
    -----
    The interval is that of `loss_claims.bounds_from_words`, and a report is spread around a draw as a claim
    is in the fit; the bias of its body is not forecast. The logarithmic score (Good 1952) of an interval.

    Examples
    --------
    >>> reports = pd.DataFrame({"bound": ["more_than"], "value": [6_000.0], "low": [6_000.0],
    ...     "high": [np.nan]})
    >>> log_probabilities(np.array([[6_000.0, 60_000.0]]), reports).round(3)
    array([-0.288])
    """
    forecast = _forecast(draws, reports)
    figures = zip(reports["bound"], reports["value"], reports["low"], reports["high"], strict=True)
    bounds = [bounds_from_words(*given) for given in figures]
    # a forecast of nobody has no logarithm: it is one person's
    likely = [
        special.logsumexp(interval_loglik(np.log(np.maximum(row, 1)), low, high, SIGMA))
        for row, (low, high) in zip(forecast, bounds, strict=True)
    ]
    return np.asarray(np.array(likely, dtype=float) - np.log(forecast.shape[1]))


def last_carried_forward(known: pd.DataFrame, days: Sequence[Day] | pd.DatetimeIndex) -> Array | None:
    """Forecast that nothing changes: the last figure that an origin had reported.

    Parameters
    ----------
    known
        What `known_reports` returned.
    days
        Days to forecast.

    Returns
    -------
    numpy.ndarray or None
        The figure stated for the latest event date (the middle of an interval), of shape (days, 1). None if
        nothing was known: then there is no such rival.

    Raises
    ------
    ValueError
        If a day is none.

    Examples
    --------
    >>> known = pd.DataFrame({"event_date": [pd.Timestamp("2025-01-13")], "value": [300.0],
    ...     "low": [np.nan], "high": [np.nan]})
    >>> last_carried_forward(known, ["2025-04-30"])
    array([[300.]])
    """
    if known.empty:
        return None
    ordered = known.sort_values("event_date", kind="stable")
    count = len([day_of("days", day) for day in days])
    return np.full((count, 1), _figures(ordered)[-1])


def linear_extrapolation(known: pd.DataFrame, days: Sequence[Day] | pd.DatetimeIndex) -> Array | None:
    """Forecast that the last step goes on: the line through an origin's last two figures.

    Parameters
    ----------
    known
        What `known_reports` returned.
    days
        Days to forecast.

    Returns
    -------
    numpy.ndarray or None
        Of shape (days, 1). None if fewer than two event dates were known. The line takes the stated figures
        at face value, "at least" too: a rival is meant to be simple.

    Raises
    ------
    RevisionError
        If the step crosses a re-estimate, see `revisions.implied_rate`.
    ValueError
        If a day is none.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-12-19", "2025-01-13"])
    >>> known = pd.DataFrame({"claim_id": ["a", "b"], "origin_group": "NIS", "quantity": "killed",
    ...     "bound": "about", "value": [100.0, 300.0], "low": np.nan, "high": np.nan,
    ...     "updates": ["", "a"], "supersedes": "", "revises": "", "event_date": days, "report_date": days})
    >>> linear_extrapolation(known, ["2025-01-13", "2025-02-07"])
    array([[300.],
           [500.]])
    """
    ordered = known.sort_values("event_date", kind="stable").drop_duplicates("event_date", keep="last")
    if len(ordered) < 2:
        return None
    earlier, later = ordered["claim_id"].iloc[-2:]
    implied_rate(known, str(earlier), str(later))  # refuses a revision
    start, end = ordered["event_date"].iloc[-2:]
    first, last = _figures(ordered)[-2:]
    ahead = np.array([(day_of("days", day) - end).days for day in days], dtype=float)
    return np.asarray(last + (last - first) / (end - start).days * ahead)[:, None]


def _forecast(draws: Array, reports: pd.DataFrame) -> Array:
    """Check that there are draws for each report."""
    forecast = np.asarray(within("draws", draws, low=-np.inf), dtype=float)
    if forecast.ndim != 2 or len(forecast) != len(reports) or not forecast.shape[1]:
        raise ValueError(f"draws: given shape {forecast.shape}, allowed ({len(reports)}, draws)")
    return forecast


def _figures(reports: pd.DataFrame) -> Array:
    return reports["value"].fillna((reports["low"] + reports["high"]) / 2).to_numpy(float)
