"""Forecasts against later reports: arithmetic by hand, bounded reports as bounded, and the rivals."""

import numpy as np
import pandas as pd
import pytest
from fits import LEDGER, fit
from scipy import stats

from briefing.model import scoring
from briefing.model.backtest import (
    backtest,
    known_reports,
    last_carried_forward,
    later_reports,
    linear_extrapolation,
    log_probabilities,
    reports_of,
)
from briefing.model.loss_claims import FIRST_RULE
from briefing.model.revisions import RevisionError

CLAIMS = LEDGER.claims


def bounded(*ends):
    days = pd.Timestamp("2025-04-30")
    lower, upper = zip(*ends, strict=True)
    return pd.DataFrame(
        {
            "claim_id": [f"r{n}" for n in range(len(ends))],
            "event_date": days,
            "report_date": days,
            "lower": lower,
            "upper": upper,
        }
    ).astype({"lower": float, "upper": float})


def test_scores_by_hand():
    draws = np.tile(np.arange(101.0), (3, 1))  # quantiles are the numbers themselves
    result = backtest(draws, bounded((50, 50), (90, 90), (110, 110)))
    reports = result.reports
    assert reports.loc[0, ["p05", "p25", "p50", "p75", "p95"]].tolist() == [5, 25, 50, 75, 95]
    assert reports["covered_50"].tolist() == [True, False, False]
    assert reports["covered_90"].tolist() == [True, True, False]
    assert (result.coverage_50, result.coverage_90) == ((1, 3), (2, 3))
    assert reports["interval_score_90"].tolist() == pytest.approx([90, 90, 90 + 20 * 15])
    assert result.interval_score == pytest.approx(190)
    assert reports["crps"].tolist() == pytest.approx([scoring.crps(draws[0], at) for at in (50, 90, 110)])


def test_a_bounded_report_is_scored_at_the_value_that_suits_the_forecast_best():
    draws = np.tile(np.arange(101.0), (4, 1))
    reports = bounded((40, np.inf), (90, np.inf), (120, np.inf), (0, 2))
    result = backtest(draws, reports)
    assert result.reports["covered_50"].tolist() == [True, False, False, False]
    assert result.reports["covered_90"].tolist() == [True, True, False, False]
    assert result.reports["interval_score_90"].tolist() == pytest.approx([90, 90, 90 + 20 * 25, 90 + 20 * 3])
    assert result.reports["crps"].tolist() == pytest.approx(
        [scoring.crps(draws[0], at) for at in (50, 90, 120, 2)]
    )
    assert result.coverage_90 == scoring.coverage([5] * 4, [95] * 4, reports["lower"], reports["upper"])


def test_a_forecast_without_spread_scores_its_distance():
    result = backtest(np.array([[12_000.0], [12_000.0]]), bounded((4_700, 4_700), (6_000, np.inf)))
    assert result.reports["crps"].tolist() == [7_300, 0]
    assert result.reports["interval_score_90"].tolist() == [20 * 7_300, 0]
    assert result.coverage_90 == (1, 2)


def test_no_report_gives_no_score():
    result = backtest(np.empty((0, 10)), bounded((1, 1)).head(0))
    assert result.coverage_90 == (0, 0)
    assert np.isnan(result.crps)
    with pytest.raises(ValueError, match=r"draws: given shape \(2, 10\), allowed \(1, draws\)"):
        backtest(np.zeros((2, 10)), bounded((1, 1)))


def test_reports_are_of_one_origin_and_quantity_and_stand_on_their_own():
    killed = reports_of(CLAIMS, "O-NIS", "killed")
    assert killed["value"].tolist() == [100, 300, 600, 2_000]
    assert killed["upper"].tolist() == [np.inf, 300, 600, 2_000]
    total = later_reports(CLAIMS, "2025-01-31", "O-NIS", "casualties_total")
    assert total["claim_id"].tolist() == ["jcs-20250327-4000", "nis-20260212-total-6000"]  # 4,700 is a sum
    uk = later_reports(CLAIMS, "2024-11-24", "O-UK", "casualties_total")
    assert uk[["lower", "upper"]].values.tolist() == [[5_000, np.inf], [6_000, np.inf]]
    us = reports_of(CLAIMS, "O-US", "casualties_total")
    assert us[["lower", "upper"]].values.tolist() == [[200, 900], [1_200, 1_200]]
    wounded = reports_of(CLAIMS, "O-NIS", "wounded")
    assert wounded[["lower", "upper"]].values.tolist()[0] == [0, 1_000]


@pytest.mark.parametrize("freeze", ["2024-11-24", "2025-01-31", "2025-06-30", "2025-10-01"])
def test_what_is_known_and_what_comes_later_do_not_meet(freeze):
    for origin in ("O-NIS", "O-UA-PRES", "O-UK"):
        known = known_reports(CLAIMS, freeze, origin, "casualties_total")
        later = later_reports(CLAIMS, freeze, origin, "casualties_total")
        assert (known["report_date"] <= freeze).all()
        assert (later["report_date"] > freeze).all()
        as_known = LEDGER.as_of(freeze).claims
        assert (
            known["claim_id"].tolist()
            == known_reports(as_known, freeze, origin, "casualties_total")["claim_id"].tolist()
        )


def test_the_rivals_by_hand():
    known = known_reports(CLAIMS, "2025-01-31", "O-UA-PRES", "casualties_total")
    days = ["2025-01-09", "2025-01-29"]
    assert last_carried_forward(known, days).tolist() == [[4_000], [4_000]]
    assert linear_extrapolation(known, days)[:, 0] == pytest.approx([4_000, 4_000 + 20 * 200 / 4])
    interval = known_reports(CLAIMS, "2024-12-31", "O-US", "casualties_total")
    assert last_carried_forward(interval, days).tolist() == [[550], [550]]
    assert linear_extrapolation(interval, days) is None


def test_without_a_known_claim_there_is_no_rival():
    known = known_reports(CLAIMS, "2024-11-24", "O-NIS", "killed")
    assert last_carried_forward(known, ["2025-04-30"]) is None
    assert linear_extrapolation(known, ["2025-04-30"]) is None


def test_a_revision_never_becomes_a_line():
    known = known_reports(CLAIMS, "2025-10-01", "O-NIS", "killed")
    assert known["value"].tolist() == [2_000]
    reports = reports_of(CLAIMS, "O-NIS", "killed")
    with pytest.raises(RevisionError):
        linear_extrapolation(reports[reports["value"] != 600], ["2025-12-31"])


def test_a_fit_can_be_scored_on_the_days_of_the_reports():
    later = later_reports(CLAIMS, "2025-01-31", "O-UK", "casualties_total")
    forecast = fit("2025-01-31").posterior
    result = backtest(forecast.casualties(later["event_date"]), later)
    assert result.coverage_90 == (2, 2)
    none = later_reports(CLAIMS, "2026-03-17", "O-UK", "casualties_total")
    assert backtest(forecast.casualties(none["event_date"]), none).coverage_50 == (0, 0)


# the probability of what a report allows


def told(bound, value, low=np.nan, high=np.nan):
    return pd.DataFrame({"bound": [bound], "value": [value], "low": [low], "high": [high]})


def test_the_log_probability_by_hand():
    draws = np.array([[3_000.0, 6_000.0, 9_000.0]])
    floor = stats.norm.cdf(np.log(draws[0] / 6_000) / 0.15)
    assert log_probabilities(draws, told("more_than", 6_000))[0] == pytest.approx(np.log(floor.mean()))
    least, most = (stats.norm.cdf(np.log(end / draws[0]) / 0.15) for end in (5_580, 6_420))
    about = np.log(np.mean(most - least))
    assert log_probabilities(draws, told("about", 6_000))[0] == pytest.approx(about)


def test_what_a_forecast_holds_for_certain_scores_0_and_what_it_rules_out_very_low():
    sure = np.full((1, 100), 50_000.0)
    assert log_probabilities(sure, told("at_least", 100))[0] == pytest.approx(0, abs=1e-9)
    assert log_probabilities(sure, told("about", 100))[0] < -100
    # a forecast of nobody is no number without a logarithm
    assert log_probabilities(np.zeros((1, 3)), told("at_least", 100))[0] < -100
    assert len(log_probabilities(np.empty((0, 3)), told("about", 1).head(0))) == 0
    with pytest.raises(ValueError, match=r"draws: given shape \(2, 1\), allowed \(1, draws\)"):
        log_probabilities(np.zeros((2, 1)), told("about", 1))


@pytest.mark.parametrize("freeze", ["2024-11-24", "2025-01-31", "2025-06-30"])
def test_both_rules_are_scored_on_the_same_reports(freeze):
    """Without a claim both are the prior, and score alike."""
    scores = []
    for rule in ({}, {"reading": FIRST_RULE}):
        later = later_reports(CLAIMS, freeze, "O-NIS", "casualties_total")
        forecast = fit(freeze, **rule).posterior.casualties(pd.DatetimeIndex(later["event_date"]))
        scores.append(log_probabilities(forecast, later))
    assert np.isfinite(scores).all()
    assert np.array_equal(*scores) == (freeze == "2024-11-24")
