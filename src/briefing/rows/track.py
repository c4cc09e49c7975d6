"""Forecasts from earlier days against what each body reported later."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from briefing.formats import MINUS
from briefing.ledger import Ledger
from briefing.ledger.selection import short_names
from briefing.model.backtest import (
    BackTest,
    backtest,
    known_reports,
    last_carried_forward,
    later_reports,
    linear_extrapolation,
    log_probabilities,
)
from briefing.model.inference import fit_losses
from briefing.model.loss_claims import FIRST_RULE

OF = "casualties_total"


class Track(NamedTuple):
    """The record over all freezes and bodies.

    Attributes
    ----------
    reports
        A row a later report, with the forecast of it.
    scores
        Rows of a table: freeze, body, coverages, scores, and those of two rivals.
    rules
        Freeze and body, and by the first rule and the present one: reports met of how many (`met_first`,
        `met`), and mean log probability (`log_first`, `log`).
    inside
        Reports within the interval of 50 and of 90 percent.
    """

    reports: pd.DataFrame
    scores: list[list[str]]
    rules: pd.DataFrame
    inside: tuple[int, int]


def track(known: Ledger, freezes: Sequence[pd.Timestamp], options: Mapping[str, Any]) -> Track:
    """Forecast killed and wounded on each freeze, by the first rule and the present one, and score both.

    Parameters
    ----------
    known
        The ledger as of the day.
    freezes
        Days before it.
    options
        Of `briefing.model.inference.fit_losses`.
    """
    short, claims = short_names(known.tables["origins"]), known.claims
    reports, scores, rules, inside = [], [], [], [0, 0]
    for freeze in freezes:
        then = known.as_of(freeze.date())
        given = (then.claims, freeze, then.tables["calendar"])
        fit, first = fit_losses(*given, **options), fit_losses(*given, **options, reading=FIRST_RULE)
        for origin in claims["origin_group"].drop_duplicates():
            later = later_reports(claims, freeze, origin, OF)
            if later.empty:
                continue
            days = pd.DatetimeIndex(later["event_date"])
            forecasts = [np.atleast_2d(one.posterior.casualties(days)) for one in (first, fit)]
            before, result = (backtest(forecast, later) for forecast in forecasts)
            logs = [float(np.mean(log_probabilities(forecast, later))) for forecast in forecasts]
            rules.append([freeze, short[origin], before.coverage_90, result.coverage_90, *logs])
            columns = ["claim_id", "claimant", "low", "value", "high", "bound", "claimant_party"]
            told = result.reports.assign(freeze=freeze, prior=fit.is_prior)
            reports.append(told.merge(later[columns], on="claim_id"))
            inside = [inside[0] + result.coverage_50[0], inside[1] + result.coverage_90[0]]
            past = known_reports(claims, freeze, origin, OF)
            scores.append(
                [f"{freeze:%Y-%m-%d}", short[origin], *_scores(result), *_rivals(past, days, later)]
            )
    return Track(
        pd.concat(reports, ignore_index=True) if reports else pd.DataFrame(),
        scores,
        pd.DataFrame(rules, columns=["freeze", "body", "met_first", "met", "log_first", "log"]),
        (inside[0], inside[1]),
    )


def _scores(result: BackTest) -> list[str]:
    met = ["{} of {}".format(*one) for one in (result.coverage_50, result.coverage_90)]
    return [*met, f"{result.interval_score:,.0f}", f"{result.crps:,.0f}"]


def _rivals(past: pd.DataFrame, days: pd.DatetimeIndex, later: pd.DataFrame) -> list[str]:
    """The CRPS of carrying the last claim on, and of a line through two."""
    told = []
    for rival in (last_carried_forward, linear_extrapolation):
        try:
            forecast = rival(past, days)
            told.append("no report yet" if forecast is None else f"{backtest(forecast, later).crps:,.0f}")
        except ValueError:
            told.append("refused: a re-estimate")
    return told


def rule_rows(rules: pd.DataFrame) -> list[list[str]]:
    """Return the two rules side by side as rows of a table, and over all with one vote each."""

    def printed(log: Any) -> str:
        return f"{log:.2f}".replace("-", MINUS)

    every = rules.to_dict("records")
    rows = [
        [f"{row['freeze']:%Y-%m-%d}", str(row["body"])]
        + ["{} of {}".format(*row[name]) for name in ("met_first", "met")]
        + [printed(row[name]) for name in ("log_first", "log")]
        for row in every
    ]
    sums = [[sum(part) for part in zip(*rules[name], strict=True)] for name in ("met_first", "met")]
    logs = [printed(rules[name].mean()) for name in ("log_first", "log")]
    return [*rows, ["all", "one vote each", *("{} of {}".format(*one) for one in sums), *logs]]
