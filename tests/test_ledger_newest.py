"""What each body said last: its newest own claim, how old that is, and who fell silent."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from briefing.ledger import Ledger, load
from briefing.ledger.disagreement import denominators, same_day_ratios, stale_repeats
from briefing.ledger.newest import SILENT_AFTER, newest_claims, silent_bodies, stating
from briefing.ledger.returns import NO_CLAIM, returns_as_of
from briefing.ledger.selection import extent, usable_losses
from briefing.model.claims import newest_own, own_sums

LEDGER = load(Path(__file__).parent / "evidence")


def claims(*rows: dict, **shared) -> pd.DataFrame:
    """Return claims of people present by one body on one day, each with what it is given."""
    usual = {
        **{"quantity": "troops_present", "origin_group": "O-NIS", "bound": "about"},
        **{"low": np.nan, "value": 1000.0, "high": np.nan, "reliability": "B", "credibility": 3},
        **{"derived_from": "", "updates": "", "supersedes": "", "revises": "", "answers": ""},
        **{"event_date": "2026-02-12", "report_date": "2026-02-12", **shared},
    }
    frame = pd.DataFrame([{"claim_id": f"claim-{n}", **usual, **row} for n, row in enumerate(rows)])
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in ("event_date", "report_date")})


def newest(*rows: dict) -> list[str]:
    return newest_own(claims(*rows))["claim_id"].tolist()


def ledger_of(frame: pd.DataFrame, day: date) -> Ledger:
    return replace(LEDGER, tables={**LEDGER.tables, "claims": frame}, known_on=day)


def test_the_age_of_each_bodys_newest_row_on_a_day() -> None:
    known = LEDGER.as_of("2025-09-30")
    ages = newest_claims(known, ["killed", "casualties_total"]).set_index("claim_id")["age"].to_dict()
    assert ages == {
        "kovalenko-20241218-200": 286,
        "us-202504-1200": 261,
        "western-20250115-total-4000": 251,
        "western-20250115-killed-1000": 251,
        "zelensky-20250214-4000": 228,
        "nis-20250430-total-4700": 153,
        "ukdi-20250615-6000": 107,
        "nis-20250902-killed-2000": 28,
    }


def test_a_body_is_not_quoted_with_a_figure_that_it_replaced() -> None:
    killed = newest_claims(LEDGER.as_of("2025-09-02"), "killed").set_index("origin_group")["claim_id"]
    assert killed["O-NIS"] == "nis-20250902-killed-2000"
    killed = newest_claims(LEDGER.as_of("2025-09-01"), "killed").set_index("origin_group")["claim_id"]
    assert killed["O-NIS"] == "nis-20250430-killed-600"


def test_what_another_body_repeats_is_not_its_own() -> None:
    totals = newest_claims(LEDGER.as_of("2025-01-31"), "casualties_total")["claim_id"]
    assert "ukdi-20250124-4000" not in set(totals)


def test_a_claim_with_the_same_figure_as_anothers_is_its_bodys_own() -> None:
    like = {"origin_group": "O-UA-PRES", "same_figure_as": "claim-0"}
    assert set(newest({}, like)) == {"claim-0", "claim-1"}


def test_nothing_is_older_than_asked_for() -> None:
    known = LEDGER.as_of("2025-09-30")
    assert newest_claims(known, "killed", within=28)["claim_id"].tolist() == ["nis-20250902-killed-2000"]
    assert newest_claims(known, "killed", within=27).empty


def test_of_one_day_the_total_of_a_body_goes_before_its_parts() -> None:
    parts = ({"value": 10_000.0}, {"quantity": "engineers_sent"})
    total = {"value": 11_000.0, "derived_from": "claim-0;claim-1"}
    assert set(newest(*parts, total)) == {"claim-1", "claim-2"}


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"report_date": "2026-02-14"}, "a later day: it adds up what was public"),
        ({"origin_group": "O-UK"}, "another body"),
        ({"derived_from": "claim-0;claim-9"}, "a part that is not known"),
        ({"derived_from": "claim-0"}, "one part of the same quantity: a repeat"),
        ({"derived_from": "claim-1", "value": 1000.0}, "one part with the same figure: a repeat"),
        ({"bound": "denial"}, "a denial"),
    ],
)
def test_what_is_no_total_of_a_body(cells: dict, why: str) -> None:
    parts = ({"value": 10_000.0}, {"quantity": "engineers_sent"})
    total = {"value": 11_000.0, "derived_from": "claim-0;claim-1", **cells}
    assert own_sums(claims(*parts, total)).empty, why


@pytest.mark.parametrize(
    ("loser", "winner"),
    [
        ({"event_date": "2026-02-11"}, {"credibility": 4}),
        ({"credibility": 4}, {"credibility": 3}),
        ({"reliability": "C"}, {"reliability": "B", "credibility": 4}),
        ({"claim_id": "z"}, {"claim_id": "a"}),
        ({"report_date": "2026-02-11"}, {"event_date": "2026-01-01"}),
    ],
)
def test_of_two_claims_of_one_body_on_one_day_one_is_newest_whatever_their_order(loser, winner) -> None:
    for rows in ((loser, winner), (winner, loser)):
        frame = claims(*rows)
        chosen = newest_own(frame)
        expected = claims(*rows).iloc[[rows.index(winner)]]
        assert chosen["claim_id"].tolist() == expected["claim_id"].tolist()


def test_a_denial_and_a_replaced_claim_are_nobodys_newest() -> None:
    assert newest({}, {"report_date": "2026-03-01", "bound": "denial"}) == ["claim-0"]
    assert newest({"report_date": "2026-02-01"}, {"supersedes": "claim-0"}) == ["claim-1"]


def test_over_several_quantities_a_body_is_taken_once_with_its_newest() -> None:
    rows = ({"report_date": "2026-01-01"}, {"quantity": "troops_deployed_cumulative"}, {"quantity": "killed"})
    both = ["troops_present", "troops_deployed_cumulative"]
    assert newest_own(claims(*rows), both, together=True)["claim_id"].tolist() == ["claim-1"]


def stated(figure: float, *rows: dict) -> list[str]:
    known = ledger_of(claims(*rows), date(2026, 3, 17))
    return stating(known, "troops_present", figure)["claim_id"].tolist()


def test_the_row_that_states_a_figure_is_a_bodys_newest_that_has_it():
    parts = ({"value": 10_000.0}, {"quantity": "engineers_sent"})
    total = {"value": 11_000.0, "derived_from": "claim-0;claim-1"}
    older = {"value": 11_000.0, "origin_group": "O-UK", "report_date": "2026-01-01"}
    newer = {"value": 12_000.0, "origin_group": "O-UK"}
    assert stated(11_000, *parts, total, older, newer) == ["claim-2"]
    assert stated(11_000, *parts, total, older) == ["claim-2", "claim-3"]
    assert stated(11_000, *parts, older, newer) == ["claim-2"]
    assert stated(13_000, *parts, total, older, newer) == []


def test_a_repeat_a_denial_and_a_replaced_claim_state_nothing():
    assert stated(1000, {"derived_from": "claim-9"}, {"bound": "denial"}) == []
    assert stated(1000, {"report_date": "2026-02-01"}, {"value": 2000.0, "supersedes": "claim-0"}) == []


def test_a_body_falls_silent_the_day_after_its_180th() -> None:
    frame = claims({}, {"origin_group": "O-UK", "report_date": "2026-08-01"})
    last = date(2026, 8, 11)
    assert (last - date(2026, 2, 12)).days == SILENT_AFTER
    assert silent_bodies(ledger_of(frame, last)) == {}
    assert silent_bodies(ledger_of(frame, date(2026, 8, 12))) == {"O-NIS": date(2026, 2, 12)}


def test_any_own_figure_ends_the_silence_and_a_repeat_does_not() -> None:
    late = {"report_date": "2026-09-01"}
    for row, silent in (({"quantity": "killed", **late}, 0), ({"derived_from": "claim-0", **late}, 1)):
        assert len(silent_bodies(ledger_of(claims({}, row), date(2026, 9, 1)))) == silent


def test_all_bodies_may_be_silent() -> None:
    known = ledger_of(LEDGER.claims, date(2029, 3, 17))
    assert set(silent_bodies(known)) == set(newest_own(LEDGER.claims)["origin_group"])
    assert newest_claims(known, within=SILENT_AFTER).empty


def test_three_years_after_the_last_row_the_coverage_still_ends_with_it() -> None:
    known = LEDGER.as_of("2029-03-17")
    assert known.coverage_end == date(2026, 3, 17)
    assert newest_claims(known)["age"].min() > 3 * 365
    assert set(silent_bodies(known)) == set(known.origins()["origin_group"]) - only_repeating(known)
    assert newest_claims(known, "troops_present", within=SILENT_AFTER).empty


def only_repeating(known: Ledger) -> set[str]:
    return set(known.claims["origin_group"]) - set(newest_own(known.claims)["origin_group"])


def test_on_a_day_before_any_claim_of_a_kind_there_is_none_of_it_and_then_one() -> None:
    before, after = LEDGER.as_of("2024-10-05"), LEDGER.as_of("2024-10-18")
    force = ["troops_present", "troops_deployed_cumulative"]
    assert newest_claims(before, force, together=True).empty
    assert stating(before, "troops_present", 11_000).empty
    assert extent(newest_claims(before, force)) == (None, None)
    assert usable_losses(before.active()).empty
    assert denominators(before.claims).empty
    assert same_day_ratios(before.claims, own_sums=True).empty
    assert stale_repeats(before).empty
    assert set(returns_as_of(before)["state"]) == {NO_CLAIM}
    [one] = newest_claims(after, "troops_deployed_cumulative").to_dict("records")
    assert (one["claim_id"], one["age"]) == ("nis-20241018-first-1500", 0)


def test_before_the_first_claim_nobody_has_said_anything() -> None:
    known = LEDGER.as_of("2013-01-01")
    assert newest_claims(known).empty
    assert newest_claims(known, "killed", together=True, within=30).columns.tolist()[-1] == "age"
    assert silent_bodies(known) == {}
