"""Which claims are active, may count, or come too late, on small frames made by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from briefing.ledger import Ledger, selection
from briefing.ledger.disagreement import stale_repeats
from briefing.model.backtest import known_reports, later_reports
from briefing.model.claims import (
    LOSSES,
    active,
    newest_own,
    own,
    own_sums,
    replaced,
    superseded,
    usable_losses,
)
from briefing.model.loss_claims import usable_claims

NOTHING = {"derived_from": "", "supersedes": "", "updates": "", "revises": ""}


def claims(*rows, **shared):
    """Return rows of killed, about 300, graded B4, from one origin, each with what it is given."""
    usual = {
        **{"quantity": "killed", "bound": "about", "low": np.nan, "value": 300.0, "high": np.nan},
        **{"origin_group": "O-NIS", "reliability": "B", "credibility": 4, **NOTHING},
        **{"report_date": "2025-01-13", "event_date": "2025-01-13", **shared},
    }
    frame = pd.DataFrame([{"claim_id": f"claim-{n}", **usual, **row} for n, row in enumerate(rows)])
    days = ["report_date", "event_date"]
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in days})


def names(frame):
    return frame["claim_id"].tolist()


@pytest.mark.parametrize("chosen", [usable_losses, lambda frame: usable_claims(frame, "2025-02-01")])
def test_a_claim_graded_4_counts_and_one_graded_5_does_not(chosen):
    digits = ({"claim_id": f"digit-{n}", "credibility": n, "origin_group": f"O-{n}"} for n in (3, 4, 5, 6))
    graded = claims(*digits)
    assert names(chosen(graded)) == ["digit-3", "digit-4"]


def test_the_ledger_and_the_model_call_the_same_claims_usable():
    assert selection.usable_losses is usable_losses
    assert selection.own is own


@pytest.mark.parametrize("quantity", [*LOSSES, "killed_partial", "daily_casualties"])
def test_only_a_toll_of_the_whole_deployment_counts(quantity):
    assert len(usable_losses(claims({"quantity": quantity}))) == (quantity in LOSSES)


@pytest.mark.parametrize("given", [{"derived_from": "another"}, {"bound": "denial"}])
def test_a_repeat_or_a_denial_is_nobodys_own_claim(given):
    assert names(own(claims({}, given))) == ["claim-0"]


@pytest.mark.parametrize("absent", ["", None, np.nan])
def test_an_absent_link_links_to_nothing(absent):
    assert superseded(claims({"supersedes": absent})) == {}


def test_one_claim_may_supersede_several():
    series = claims({}, {}, {"supersedes": "claim-0;claim-1"})
    assert superseded(series) == {"claim-0": "claim-2", "claim-1": "claim-2"}
    assert names(active(series)) == ["claim-2"]


def test_of_each_body_and_quantity_the_figure_reported_last_is_the_newest():
    series = claims(
        {"report_date": "2025-04-30", "event_date": "2025-04-30"},
        {"report_date": "2025-09-02", "event_date": "2025-04-26"},
        {"report_date": "2025-01-13", "quantity": "wounded"},
        {"report_date": "2025-01-13", "origin_group": "O-UK"},
    )
    assert sorted(names(newest_own(series))) == ["claim-1", "claim-2", "claim-3"]
    assert names(newest_own(series[::-1])) == names(newest_own(series))
    assert newest_own(series.head(0)).empty


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"event_date": "2025-01-12"}, {"event_date": "2025-01-10"}),
        ({"reliability": "B"}, {"reliability": "C"}),
        ({"credibility": 3}, {"credibility": 4}),
        ({"claim_id": "a"}, {"claim_id": "b"}),
    ],
)
def test_of_two_figures_of_one_body_and_day_the_later_day_the_better_grade_or_the_first_id_counts(
    first, second
):
    pair = claims(first, second).assign(first=[True, False])
    for order in (pair, pair[::-1]):
        assert newest_own(order)["first"].tolist() == [True]


def test_a_total_goes_before_its_parts_of_the_same_day():
    parts = [{"claim_id": name, "event_date": "2025-01-20"} for name in ("combat", "sappers")]
    series = claims(*parts, {"claim_id": "whole", "derived_from": "combat;sappers", "value": 600.0})
    assert names(newest_own(series)) == ["whole"]


def test_a_repeat_or_a_denial_is_never_the_newest():
    later = {"report_date": "2025-02-01"}
    series = claims({}, {**later, "derived_from": "another"}, {**later, "bound": "denial"})
    assert names(newest_own(series)) == ["claim-0"]


@pytest.mark.parametrize(
    ("part", "its_own"),
    [
        ({}, True),
        ({"report_date": "2025-01-12"}, False),
        ({"origin_group": "O-UK"}, False),
        ({"claim_id": "not known"}, False),
    ],
)
def test_a_total_is_its_bodys_own_if_all_parts_are_and_became_public_with_it(part, its_own):
    whole = {"claim_id": "whole", "quantity": "casualties_total", "derived_from": "killed;wounded"}
    parts = [{"claim_id": "killed"}, {"claim_id": "wounded", "quantity": "wounded"} | part]
    series = claims(*parts, whole)
    assert (names(own_sums(series)) == ["whole"]) == its_own
    assert ("whole" in names(newest_own(series))) == its_own


DAYS = ("2024-12-19", "2025-01-13", "2025-04-30", "2025-09-02", "2026-02-12")


def reported(*rows):
    """Return claims that became public one after the other, each about its own day unless it says so."""
    return claims(
        *({"report_date": day, "event_date": day, **row} for day, row in zip(DAYS, rows, strict=False))
    )


def test_a_revision_of_a_revision_replaces_both_series():
    series = reported({}, {}, {"revises": "claim-1"}, {}, {"revises": "claim-2"})
    assert replaced(series) == {
        "claim-0": "claim-2",
        "claim-1": "claim-2",
        "claim-2": "claim-4",
        "claim-3": "claim-4",
    }
    assert names(active(series)) == ["claim-4"]
    assert names(active(series[:4])) == ["claim-2", "claim-3"]


@pytest.mark.parametrize(
    "apart", [{"origin_group": "O-UK"}, {"quantity": "wounded"}, {"event_date": "2025-05-01"}]
)
def test_a_revision_leaves_other_bodies_quantities_and_later_days_alone(apart):
    series = reported(apart, {}, {"revises": "claim-1", "event_date": "2025-04-26"})
    assert replaced(series) == {"claim-1": "claim-2"}


def test_a_revision_about_an_earlier_day_reaches_to_the_day_of_what_it_revises():
    series = reported({}, {}, {}, {"revises": "claim-2", "event_date": "2025-04-26"})
    assert names(active(series)) == ["claim-3"]


def test_a_new_plan_says_nothing_of_other_plans():
    ahead = {"event_date": "2025-12-31", "quantity": "troops_planned"}
    series = reported(ahead, ahead, {"supersedes": "claim-1", "revises": "claim-1", **ahead})
    assert replaced(series) == {"claim-1": "claim-2"}


def test_a_report_of_the_freeze_day_itself_is_known_and_is_not_to_be_forecast():
    series = claims(*({"report_date": day} for day in ("2025-01-30", "2025-01-31", "2025-02-01")))
    assert names(known_reports(series, "2025-01-31", "O-NIS", "killed")) == ["claim-0", "claim-1"]
    assert names(later_reports(series, "2025-01-31", "O-NIS", "killed")) == ["claim-2"]


def test_a_figure_replaced_on_the_freeze_day_is_no_longer_known_and_one_replaced_later_is():
    series = claims({}, {"report_date": "2025-01-31", "supersedes": "claim-0"})
    assert names(known_reports(series, "2025-01-31", "O-NIS", "killed")) == ["claim-1"]
    assert names(known_reports(series, "2025-01-30", "O-NIS", "killed")) == ["claim-0"]


def test_a_figure_repeated_on_the_day_of_its_replacement_is_not_stale_and_one_repeated_later_is():
    replaced = {"value": 600.0, "report_date": "2025-04-30"}
    newer = {"value": 2_000.0, "report_date": "2025-09-02", "supersedes": "claim-0", "revises": "claim-0"}
    for day, stale in (
        ("2025-09-02", []),
        ("2025-09-03", [["claim-2", "claim-0", "claim-1", "superseded", 1]]),
    ):
        frame = claims(replaced, newer, {"value": 600.0, "report_date": day})
        ledger = Ledger({"claims": frame}, {}, date(2026, 1, 1), date(2026, 1, 1), digest="")
        assert stale_repeats(ledger).to_numpy().tolist() == stale
