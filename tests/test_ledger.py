"""The ledger: counts by day, what is active, what is stale, how it travels."""

import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.errors import BadInputError
from briefing.ledger import Ledger, data_digest, diff, load, stated
from briefing.ledger.lineage import LINKS, ancestors, find_cycle
from briefing.ledger.revisions import load_revision
from briefing.ledger.selection import extent
from briefing.model.claims import ids

DATA = Path(__file__).parent / "evidence"
LEDGER = load(DATA)
LOSSES = (
    "casualties_flow",
    "casualties_total",
    "dprk_displayed_dead",
    "killed",
    "killed_partial",
    "wounded",
)

days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
dated_tables = st.sampled_from(["claims", "statements", "events", "context"])


def losses(ledger: Ledger) -> pd.DataFrame:
    return ledger.claims[ledger.claims["quantity"].isin(LOSSES)]


@pytest.mark.parametrize(
    ("day", "claims", "loss_claims", "loss_origins"),
    [
        ("2024-11-24", 29, 1, 1),
        ("2025-01-31", 49, 17, 7),
        ("2025-09-30", 74, 27, 8),
        ("2026-03-31", 84, 30, 9),
    ],
)
def test_what_was_known_on_a_day(day: str, claims: int, loss_claims: int, loss_origins: int) -> None:
    known = LEDGER.as_of(day)
    counted = known.count_origins(losses(known))
    assert (len(known.claims), counted.claims, counted.origins) == (claims, loss_claims, loss_origins)


def test_how_many_claims_are_linked_to_others() -> None:
    counts = {column: int((LEDGER.claims[column] != "").sum()) for column in LINKS}
    assert counts == {
        "derived_from": 18,
        "updates": 22,
        "supersedes": 3,
        "revises": 4,
        "answers": 1,
        "same_figure_as": 1,
    }


def test_a_superseded_claim_is_not_active() -> None:
    assert LEDGER.superseded() == {
        "nis-20241023-plan-10000": "nis-20241029-10900-december",
        "rok-20250228-extra": "jcs-20250327-extra-3000",
        "nis-20250430-killed-600": "nis-20250902-killed-2000",
    }
    assert not set(LEDGER.superseded()) & set(LEDGER.active()["claim_id"])


def test_a_new_estimate_of_the_past_replaces_the_series_before_it() -> None:
    series = {"nis-20241219-killed-100", "nis-20250113-killed-300", "nis-20250430-killed-600"}
    before, after = LEDGER.as_of("2025-09-01"), LEDGER.as_of("2025-09-02")
    assert series <= set(before.active()["claim_id"])
    assert not series & set(after.active()["claim_id"])
    assert {after.replaced()[name] for name in series} == {"nis-20250902-killed-2000"}
    # Of another body and of another quantity nothing changes.
    assert {"western-20250115-killed-1000", "nis-20250113-wounded-2700"} <= set(after.active()["claim_id"])


def test_a_new_plan_replaces_the_plan_that_it_names_and_no_other() -> None:
    plans = set(LEDGER.as_of("2024-11-24").claims_of("troops_planned")["claim_id"])
    assert "nis-20241018-plan-12000" in plans
    assert "nis-20241023-plan-10000" not in plans


def test_a_claim_is_active_until_the_day_its_successor_is_public() -> None:
    before, after = LEDGER.as_of("2025-09-01"), LEDGER.as_of("2025-09-02")
    assert "nis-20250430-killed-600" in set(before.active()["claim_id"])
    assert "nis-20250430-killed-600" not in set(after.active()["claim_id"])
    assert "nis-20250430-killed-600" in set(after.claims_of("killed", active=False)["claim_id"])


def test_an_update_does_not_supersede_and_a_revision_replaces() -> None:
    totals = LEDGER.as_of("2025-06-30").claims_of("casualties_total")
    assert {"jcs-20250327-4000", "nis-20250430-total-4700"} <= set(totals["claim_id"])
    totals = LEDGER.claims_of("casualties_total")
    nis = totals[totals["origin_group"] == "O-NIS"]
    assert nis["claim_id"].tolist() == ["nis-20260212-total-6000"]


def test_a_total_is_stale_in_part_once_a_component_was_superseded() -> None:
    assert LEDGER.as_of("2025-09-01").stale_in_part().empty
    [[claim, component, by]] = LEDGER.as_of("2025-09-02").stale_in_part().to_numpy().tolist()
    assert claim == "nis-20250430-total-4700"
    assert (component, by) == ("nis-20250430-killed-600", "nis-20250902-killed-2000")
    assert LEDGER.stale_in_part().empty


def test_repeating_an_origin_adds_no_origin() -> None:
    hundred_thousand = LEDGER.claims[LEDGER.claims["value"] == 100_000]
    assert LEDGER.count_origins(hundred_thousand) == (6, 3, 3)


def test_origins_are_counted_among_known_claims_only() -> None:
    origins = LEDGER.as_of("2024-11-24").origins().set_index("origin_group")
    assert "O-MSMT" not in origins.index
    assert origins["claims"].sum() == 29
    assert origins["derived"].sum() == (LEDGER.as_of("2024-11-24").claims["derived_from"] != "").sum()
    whole = LEDGER.origins().set_index("origin_group")
    assert whole.loc["O-RU", "parties"] == 2  # announced in Moscow, relayed by Seoul


def test_a_view_says_when_the_collection_was_last_looked_for() -> None:
    assert LEDGER.as_of("2024-11-24").last_looked_for == LEDGER.last_looked_for == date(2026, 11, 26)


def test_an_as_of_view_remembers_its_day_and_the_digest_of_the_files() -> None:
    view = LEDGER.as_of("2024-11-24")
    assert (view.known_on, LEDGER.known_on) == (date(2024, 11, 24), None)
    assert view.digest == LEDGER.digest == data_digest(DATA)
    assert view.coverage_end == date(2026, 3, 17)


def test_a_claim_of_which_no_page_was_read_is_in_no_view_but_on_record() -> None:
    assert LEDGER.claim("syrskyi-20250723-20000")["verified"] == "no"
    known = LEDGER.as_of("2026-03-17")
    assert len(known.claims) == len(LEDGER.claims) - 1
    assert extent(known.claims_of("troops_present")) == (3000.0, 11000.0)
    with pytest.raises(BadInputError, match="no claim 'syrskyi-20250723-20000' known on 2026-03-17"):
        known.claim("syrskyi-20250723-20000")
    on_record = LEDGER.as_of("2026-03-17", unread=True)
    assert "syrskyi-20250723-20000" in set(on_record.claims["claim_id"])


@given(days, days, dated_tables)
def test_what_is_known_only_grows(first: date, second: date, table: str) -> None:
    earlier, later = sorted((first, second))
    keys = list(LEDGER.keys[table])
    before, after = (
        {tuple(row) for row in LEDGER.as_of(day).tables[table][keys].to_numpy().tolist()}
        for day in (earlier, later)
    )
    assert before <= after


@given(days, days)
def test_a_view_of_a_view_knows_what_both_know(first: date, second: date) -> None:
    twice, once = LEDGER.as_of(first).as_of(second), LEDGER.as_of(min(first, second))
    assert twice.known_on == once.known_on
    pd.testing.assert_frame_equal(twice.claims, once.claims)


@given(days)
def test_a_view_holds_every_claim_that_its_claims_name(day: date) -> None:
    claims = LEDGER.as_of(day).claims
    links = claims[list(LINKS)]
    named = {name for cell in links.to_numpy().ravel() for name in ids(cell)}
    assert named <= set(claims["claim_id"])


@given(days)
def test_a_claim_is_either_active_or_replaced_by_a_known_claim(day: date) -> None:
    view = LEDGER.as_of(day)
    active, replaced = set(view.active()["claim_id"]), view.replaced()
    assert active | replaced.keys() == set(view.claims["claim_id"])
    assert not active & replaced.keys()
    assert set(replaced.values()) <= set(view.claims["claim_id"])
    assert view.superseded().items() <= replaced.items()


@given(days, days)
def test_the_news_between_two_days_is_what_became_public_between_them(first: date, second: date) -> None:
    earlier, later = sorted((first, second))
    news = diff(LEDGER.as_of(earlier), LEDGER.as_of(later))
    claims = LEDGER.claims.query("verified == 'yes'")
    public = claims["report_date"].between(pd.Timestamp(earlier + timedelta(days=1)), pd.Timestamp(later))
    added = set(news.added["claims"]["claim_id"]) if "claims" in news.added else set()
    assert added == set(claims[public]["claim_id"])
    assert not news.removed
    assert news.changed.empty
    assert bool(news) == bool(news.added)


def test_nothing_is_new_between_a_ledger_and_itself() -> None:
    assert not diff(LEDGER, LEDGER)
    assert diff(LEDGER, LEDGER).text() == "no differences"


def test_the_news_names_what_was_superseded() -> None:
    news = diff(LEDGER.as_of("2025-09-01"), LEDGER.as_of("2025-09-02"))
    assert "x nis-20250430-killed-600 by nis-20250902-killed-2000" in news.text()
    assert "+ nis-20250902-killed-2000: killed about 2,000 people (O-NIS, public 2025-09-02)" in news.text()
    assert news.records()["superseded"] == [
        {"claim_id": "nis-20250430-killed-600", "superseded_by": "nis-20250902-killed-2000"}
    ]


def test_a_changed_cell_is_shown_with_before_and_after(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    table = folder / "claims.csv"
    content = table.read_text(encoding="utf-8")
    old, new = "Last known size", "Size expected by December"
    assert content.count(new) == 1
    table.write_text(content.replace(new, old), encoding="utf-8")
    [change] = diff(load(folder), LEDGER).records()["changed"]
    assert (change["key"], change["column"]) == ("nis-20241029-10900-december", "note")
    assert change["before"].startswith(old)
    assert change["after"].startswith(new)
    assert data_digest(folder) != LEDGER.digest


def test_an_earlier_version_is_read_from_git(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", str(tmp_path)]
    for command in (["init", "-q"], ["add", "data"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    assert load_revision("HEAD", tmp_path).digest == LEDGER.digest
    with pytest.raises(BadInputError, match="no git revision 'HEAD~7'"):
        load_revision("HEAD~7", tmp_path)


def test_the_hundred_thousand_of_the_article_leads_back_to_kyiv() -> None:
    parents = {row.claim_id: ids(row.derived_from) for row in LEDGER.claims.itertuples()}
    behind = ancestors("seed-rotation-100000", parents)
    assert behind[0] == "ponomarenko-20241117-rotation-100000"
    assert {LEDGER.claim(name)["origin_group"] for name in behind} == {"O-UA-GOV"}


def test_no_claim_reports_in_a_circle() -> None:
    assert find_cycle({row.claim_id: ids(row.derived_from) for row in LEDGER.claims.itertuples()}) == []
    assert find_cycle({"a": ["b"], "b": ["a"]}) == ["a", "b"]


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("seed-rotation-100000", "more than 100,000 people"),
        ("nis-20241219-wounded-1000", "approaching 1,000 people"),
        ("nis-20241120-100000-denial", "not confirmed: 100,000 people"),
        ("inss-20241118-pay-foreign", "$2,000 to $3,000 a month"),
        ("hur-20251114-worker-hour", "about $2.5 an hour"),
    ],
)
def test_a_claim_is_said_with_its_hedge(claim: str, words: str) -> None:
    assert stated(LEDGER.claim(claim)) == words


def test_an_unknown_claim_or_quantity_is_answered_with_similar_ones() -> None:
    with pytest.raises(BadInputError, match=r"no quantity 'kiled'; allowed: perhaps killed"):
        LEDGER.claims_of("kiled")
    with pytest.raises(BadInputError, match="perhaps nis-20250430-killed-600"):
        LEDGER.claim("nis-20250430-killed-60")
    with pytest.raises(BadInputError, match="known on 2024-11-24"):
        LEDGER.as_of("2024-11-24").claim("nis-20250430-killed-600")
    with pytest.raises(BadInputError, match="a day as YYYY-MM-DD"):
        LEDGER.as_of("24 November")
