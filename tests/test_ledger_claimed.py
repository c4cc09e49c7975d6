"""What `claimed` stands for: the bodies' newest own claims of a day, as a number, a range or nothing."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from briefing.ledger import Ledger, load
from briefing.ledger.claimed import claimed, resolved
from briefing.scenario import load_scenario
from briefing.worked import headlines

LEDGER = load(Path(__file__).parent / "evidence")
PRESENT, PAY = "troops_present", "pay_usd_per_soldier_month"


def rows(*given: dict) -> Ledger:
    """Return a ledger that holds only these claims, each of another body unless it says otherwise."""
    plain = {"bound": "about", "low": None, "high": None, "quantity": PRESENT, "report_date": "2026-01-01"}
    links = dict.fromkeys(("derived_from", "updates", "supersedes", "revises", "answers"), "")
    made = [
        {**plain, **links, "claim_id": f"claim-{n}", "origin_group": f"O-{n}", **row}
        for n, row in enumerate(given, 1)
    ]
    claims = pd.DataFrame(made, columns=LEDGER.claims.columns)
    claims["report_date"] = pd.to_datetime(claims["report_date"])
    claims = claims.astype({"low": float, "value": float, "high": float})
    return replace(LEDGER, tables={**LEDGER.tables, "claims": claims})


def force(*given: dict, day: str = "2026-03-17") -> object:
    return claimed(rows(*given).as_of(day), "force")


def test_one_body_or_several_that_agree_give_a_number() -> None:
    assert force({"value": 11_000}) == 11_000
    assert force({"value": 11_000}, {"value": 11_000}) == 11_000


def test_several_bodies_give_lowest_median_and_highest() -> None:
    found = force({"value": 8_000}, {"value": 11_000}, {"value": 10_000})
    assert found == {"low": 8_000, "mode": 10_000, "high": 11_000}
    assert force({"value": 8_000}, {"value": 11_000}) == {"low": 8_000, "mode": 9_500, "high": 11_000}


def test_a_body_stands_for_its_newest_figure_only() -> None:
    older = {"value": 3_000, "origin_group": "O-2", "report_date": "2025-12-01"}
    assert force(older, {"value": 11_000, "origin_group": "O-2"}) == 11_000


def test_a_bound_counts_with_its_figure_and_an_interval_with_middle_and_ends() -> None:
    assert force({"value": 8_000, "high": 8_000, "bound": "up_to"}) == 8_000
    assert force({"value": 8_000, "low": 8_000, "bound": "at_least"}) == 8_000
    assert force({"low": 10_000, "high": 15_000, "bound": "interval"}) == {
        "low": 10_000,
        "mode": 12_500,
        "high": 15_000,
    }
    stated = force({"low": 2_000, "value": 2_500, "high": 4_000, "bound": "interval"}, {"value": 5_000})
    assert stated == {"low": 2_000, "mode": 3_750, "high": 5_000}


def test_denials_repeats_and_replaced_figures_are_nobodys_newest_claim() -> None:
    assert force({"value": 11_000, "bound": "denial"}) is None
    assert force({"value": 9_000}, {"value": 11_000, "derived_from": "claim-1"}) == 9_000
    assert force({"value": 9_000}, {"value": 11_000, "supersedes": "claim-1"}) == 11_000


def test_a_total_of_the_same_body_and_day_goes_before_its_parts() -> None:
    parts = [
        {"value": 10_000, "origin_group": "O-A"},
        {"value": 1_000, "origin_group": "O-A", "quantity": "engineers_sent"},
    ]
    total = {"value": 11_000, "origin_group": "O-A", "derived_from": "claim-1;claim-2"}
    assert force(*parts, total) == 11_000
    assert force(total | {"derived_from": "claim-2;claim-3"}, *parts) == 11_000
    assert force(*parts, total | {"report_date": "2026-01-02"}) == 10_000
    assert force(*parts, total | {"origin_group": "O-B"}) == 10_000
    rounded = {"value": 11_000, "origin_group": "O-A", "derived_from": "claim-1"}
    assert force({"value": 10_900, "origin_group": "O-A"}, rounded) == 10_900


@pytest.mark.parametrize(
    ("day", "found"), [("2026-07-03", 11_000), ("2026-07-04", None), ("2025-12-31", None)]
)
def test_a_count_of_people_stands_for_183_days(day: str, found: float | None) -> None:
    assert force({"value": 11_000}, day=day) == found


def test_a_ledger_that_has_been_silent_for_three_years_has_no_force_and_still_a_price() -> None:
    day = rows({"value": 11_000}, {"value": 2_000, "quantity": PAY}).as_of("2029-01-01")
    assert resolved({"force": "claimed", "pay": "claimed", "tour": None}, day) == {
        "force": None,
        "pay": 2_000,
        "tour": None,
    }


def test_the_pool_is_the_newest_estimate() -> None:
    assert claimed(LEDGER.as_of("2024-12-21"), "pool") == 40_000
    assert claimed(LEDGER.as_of("2024-12-22"), "pool") == 46_000


def test_what_nobody_claimed_leaves_the_numbers_that_rest_on_it_without_a_value() -> None:
    settings = {"force": "claimed", "pay": "claimed", "as_of": "2024-10-05"}
    [nothing] = headlines([load_scenario("as-printed", settings)], LEDGER)
    assert {key for key, number in nothing.items() if number.value is not None} == {"scale.exports"}
    [no_price] = headlines([load_scenario("as-printed", settings | {"force": 11_000})], LEDGER)
    assert no_price["people.distinct"].value == 11_000
    assert {no_price[key].value for key in ("money.pay", "money.agreed", "scale.share")} == {None}


def test_a_scenario_of_claims_gives_what_their_figures_give() -> None:
    word = load_scenario("as-printed", {"force": "claimed", "pool": "claimed"})
    typed = load_scenario("as-printed", resolved(word.values(), LEDGER.as_of(word.as_of)))
    found, expected = headlines([word, typed], LEDGER)
    assert found == expected
