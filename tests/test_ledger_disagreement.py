"""Disagreement between claims, corrections of cells, assumptions of the method, and what flows back."""

import csv
import json
import math
import shutil
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from briefing.errors import BadInputError
from briefing.ledger import Ledger, load
from briefing.ledger.disagreement import denominators, implied_bases, same_day_ratios, stale_repeats
from briefing.ledger.returns import NO_CLAIM, STATES, returns_as_of
from briefing.model.claims import ids

DATA = Path(__file__).parent / "evidence"
LEDGER = load(DATA)
CORRECTIONS = LEDGER.tables["corrections"]
RETURNS = LEDGER.tables["returns"]


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def edit(folder: Path, table: str, line: int, **cells: str) -> None:
    """Change cells in a line of a table's file."""
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for column, text in cells.items():
        rows[line - 1][rows[0].index(column)] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def line_of(table: str, **cells: str) -> int:
    """Return the line of the first row with these cells; the header is line 1."""
    frame = LEDGER.tables[table].astype(str)
    return 2 + next(
        i for i, row in frame.iterrows() if all(row[name] == text for name, text in cells.items())
    )


def problems(folder: Path) -> list[str]:
    with pytest.raises(BadInputError) as caught:
        load(folder)
    return [str(problem) for problem in caught.value.problems]


def with_claim(like: str, **cells: object) -> Ledger:
    """Return the ledger with one more claim, a copy of another with some cells changed."""
    copy = LEDGER.claim(like).to_dict() | {"derived_from": "", "updates": "", "supersedes": "", "revises": ""}
    claims = pd.concat([LEDGER.claims, pd.DataFrame([copy | cells])], ignore_index=True)
    return Ledger(
        {**LEDGER.tables, "claims": claims},
        LEDGER.keys,
        LEDGER.compiled,
        LEDGER.coverage_end,
        LEDGER.digest,
    )


def ratio(pairs: pd.DataFrame, first: str, second: str) -> pd.Series:
    return pairs.set_index(["first", "second"]).loc[(first, second)]


# two figures for one day


def test_on_23_december_the_president_of_ukraine_named_2_7_times_what_seoul_named() -> None:
    known = LEDGER.as_of("2024-12-23").claims
    pair = ratio(same_day_ratios(known, own_sums=True), "zelensky-20241223-3000", "jcs-20241223-1100")
    assert pair["ratio"] == pytest.approx(3000 / 1100)
    assert round(pair["ratio"], 1) == 2.7
    assert (pair["ratio_low"], pair["ratio_high"]) == (pytest.approx(3000 / 1100), math.inf)


def test_a_sum_is_compared_only_when_it_is_asked_for() -> None:
    assert "jcs-20241223-1100" not in same_day_ratios(LEDGER.claims)[["first", "second"]].to_numpy()


def test_in_mid_january_western_officials_named_3_3_times_the_killed_of_the_nis() -> None:
    pair = ratio(
        same_day_ratios(LEDGER.as_of("2025-01-31").claims_of("killed")),
        "western-20250115-killed-1000",
        "nis-20250113-killed-300",
    )
    assert round(pair["ratio"], 1) == 3.3
    assert pair["ratio_low"] == pair["ratio"] == pair["ratio_high"]
    assert pair["day"] == pd.Timestamp("2025-01-15")


def test_days_further_apart_than_the_window_are_no_pair() -> None:
    assert same_day_ratios(LEDGER.as_of("2025-01-31").claims_of("killed"), window_days=1).empty


def test_one_origin_never_disagrees_with_itself_and_a_repeat_never_with_anybody() -> None:
    pairs = same_day_ratios(LEDGER.claims, window_days=30, own_sums=True)
    for first, second in zip(pairs["first"], pairs["second"], strict=True):
        assert LEDGER.claim(first)["origin_group"] != LEDGER.claim(second)["origin_group"]
    shown = {*pairs["first"], *pairs["second"]}
    assert not shown & {"ukdi-20250124-4000", "kida-20250331-rounds-5m", "nis-20241120-11000-kbs"}
    assert "nis-20241120-100000-denial" not in shown


def test_the_largest_disagreement_comes_first_and_no_ratio_is_below_one() -> None:
    ratios = same_day_ratios(LEDGER.claims, own_sums=True)["ratio"]
    assert ratios.is_monotonic_decreasing
    assert ratios.min() >= 1
    assert len(ratios) == 9


def test_an_interval_leaves_a_ratio_open_at_both_ends() -> None:
    pair = ratio(same_day_ratios(LEDGER.claims), "hur-20250702-25-30k", "stimson-20250702-10-20k")
    assert (pair["ratio_low"], pair["ratio"], pair["ratio_high"]) == (1.25, pytest.approx(27.5 / 15), 3.0)


def test_no_claim_makes_no_pair() -> None:
    assert same_day_ratios(LEDGER.claims.iloc[:0], own_sums=True).empty


# one number over several bases


def test_6000_casualties_are_40_43_or_55_percent_of_those_sent() -> None:
    shares = denominators(LEDGER.claims, "nis-20260212-total-6000")
    percents = dict(zip(shares["base"], shares["percent"].round(1), strict=True))
    assert percents == {11_000: 54.5, 13_000: 46.2, 14_000: 42.9, 15_000: 40.0}
    assert shares.set_index("base")["stated_by"][15_000] == "nis-20260212-share-40"
    assert set(shares[shares["base"] < 15_000]["stated_by"]) == {""}


def test_the_share_of_40_percent_implies_15000_sent() -> None:
    [implied] = implied_bases(LEDGER.claims).to_dict("records")
    assert (implied["share_claim"], implied["base"]) == ("nis-20260212-share-40", 15_000)


def test_without_a_name_the_total_reported_last_is_divided() -> None:
    assert set(denominators(LEDGER.claims)["casualties_claim"]) == {"nis-20260212-total-6000"}
    june = denominators(LEDGER.as_of("2025-06-20").claims)
    assert set(june["casualties_claim"]) == {"ukdi-20250615-6000"}
    assert denominators(LEDGER.as_of("2024-11-24").claims).empty


def test_a_count_from_before_the_first_wave_was_complete_is_no_base() -> None:
    assert "pentagon-20241028-10000" not in set(denominators(LEDGER.claims)["base_claim"])
    assert "pentagon-20241028-10000" in set(denominators(LEDGER.claims, since="2024-10-01")["base_claim"])


def test_what_is_no_total_cannot_be_divided() -> None:
    with pytest.raises(BadInputError, match="no total 'nis-20250902-killed-2000'"):
        denominators(LEDGER.claims, "nis-20250902-killed-2000")


# figures past their time


def test_4700_casualties_are_stale_in_part_since_600_killed_became_2000() -> None:
    [stale] = stale_repeats(LEDGER.as_of("2025-09-30")).to_dict("records")
    assert stale == {
        "claim_id": "nis-20250430-total-4700",
        "repeats": "nis-20250430-killed-600",
        "replaced_by": "nis-20250902-killed-2000",
        "kind": "in part",
        "days": -125,
    }
    assert stale_repeats(LEDGER.as_of("2025-09-01")).empty
    assert stale_repeats(LEDGER).empty  # In February 2026 the total was revised, too.


@pytest.mark.parametrize("cells", [{"derived_from": "nis-20250430-killed-600"}, {}], ids=["linked", "alike"])
def test_600_killed_in_november_2025_repeat_a_figure_replaced_two_months_before(
    cells: dict[str, str],
) -> None:
    ledger = with_claim(
        "nis-20250430-killed-600", claim_id="late-600", report_date=pd.Timestamp("2025-11-04"), **cells
    )
    first = stale_repeats(ledger).iloc[0]
    assert first.tolist() == [
        "late-600",
        "nis-20250430-killed-600",
        "nis-20250902-killed-2000",
        "superseded",
        63,
    ]


def test_4700_after_the_revision_of_february_2026_repeat_a_revised_figure() -> None:
    ledger = with_claim(
        "nis-20250430-total-4700",
        claim_id="late-4700",
        report_date=pd.Timestamp("2026-03-01"),
        derived_from="nis-20250430-total-4700",
    )
    late = stale_repeats(ledger).query("claim_id == 'late-4700'").set_index("repeats")
    assert late.loc["nis-20250430-total-4700", ["kind", "days"]].tolist() == ["revised", 17]
    assert late.loc["nis-20250430-killed-600", ["kind", "days"]].tolist() == ["superseded", 180]


def test_another_body_with_the_same_number_repeats_nobody() -> None:
    ledger = with_claim(
        "nis-20250430-killed-600",
        claim_id="other-600",
        origin_group="O-US",
        report_date=pd.Timestamp("2025-11-04"),
    )
    assert "other-600" not in set(stale_repeats(ledger)["claim_id"])


# corrections


def test_every_mended_cell_is_a_correction_with_a_reason() -> None:
    assert CORRECTIONS["target"].value_counts().to_dict() == {
        "events": 7,
        "claims": 4,
        "context": 4,
        "quantities": 1,
    }
    assert (CORRECTIONS["was"] != CORRECTIONS["now"]).all()
    assert (CORRECTIONS["reason"] != "").all()


def test_a_correction_fires_when_the_cell_holds_something_else(tables: Path) -> None:
    target = line_of("claims", claim_id="dprk-20250902-350")
    line = line_of("corrections", row_id="dprk-20250902-350")
    edit(tables, "claims", target, event_date="2025-08-30")
    assert problems(tables) == [
        f"data/corrections.csv, row {line}, column now: the correction no longer applies: "
        f"claims.csv, row {target}, column event_date holds '2025-08-30'; allowed: '2025-08-29'"
    ]


def test_a_correction_fires_when_its_row_or_column_is_gone(tables: Path) -> None:
    edit(tables, "corrections", 2, row_id="nis-20260212-total-600")
    edit(tables, "corrections", 3, column="event_day")
    row, column = problems(tables)
    assert row.startswith("data/corrections.csv, row 2, column row_id: the correction no longer applies: ")
    assert "perhaps nis-20260212-total-6000" in row
    assert column.startswith("data/corrections.csv, row 3, column column: the correction no longer applies: ")
    assert "claims.csv has no column 'event_day'; allowed: one of claim_id" in column


def test_a_guard_names_a_part_of_the_old_cell_that_the_new_one_lacks(tables: Path) -> None:
    edit(tables, "corrections", line_of("corrections", row_id="rok-20251224-captured-2"), expect="prisoners")
    [text] = problems(tables)
    assert "column expect: rok-20251224-captured-2: 'prisoners' is not what was mended" in text


def test_a_cell_that_cannot_be_read_is_reported_once(tables: Path) -> None:
    edit(tables, "claims", line_of("claims", claim_id="dprk-20250902-350"), event_date="29 August")
    [text] = problems(tables)
    assert "column event_date: dprk-20250902-350: '29 August'" in text


# assumptions


def test_an_assumption_about_nothing_that_exists_is_refused(tables: Path) -> None:
    edit(tables, "assumptions", 2, parameter="weather")
    edit(tables, "assumptions", 3, rests_on="judgment")
    parameter, rests_on = problems(tables)
    assert parameter.startswith("data/assumptions.csv, row 2, column parameter: 'weather'; ")
    assert "allowed: one of as_of, horizon" in parameter
    assert rests_on.startswith("data/assumptions.csv, row 3, column rests_on: 'judgment' is unknown")
    assert rests_on.endswith("a row of claims.csv or statements.csv or context.csv, or judgement")


# what comes back


def test_on_24_november_2024_oil_was_reported_and_cash_food_and_technology_were_expected() -> None:
    states = returns_as_of(LEDGER.as_of("2024-11-24")).set_index("item")
    shown = states[states["says"] != ""]["state"].to_dict()
    assert shown == {
        "military technology, kind not named": "assessed",
        "oil": "reported",
        "food": "assessed",
        "cash": "assessed",
        "combat experience": "assessed",
    }
    assert set(states[states["says"] == ""]["state"]) == {NO_CLAIM}


def test_air_defence_was_reported_on_30_april_2025_and_not_a_day_before() -> None:
    item = "air defence (Pantsir class)"
    before, after = (
        returns_as_of(LEDGER.as_of(day)).set_index("item").loc[item] for day in ("2025-04-29", "2025-04-30")
    )
    assert (before["state"], before["rests_on"], before["says"]) == (NO_CLAIM, "", "")
    assert (after["state"], after["rests_on"]) == ("reported", "st-nis-received")


def test_the_strongest_state_wins_and_the_dissent_stays_in_sight() -> None:
    cash = returns_as_of(LEDGER).set_index("item").loc["cash"]
    assert cash["state"] == "assessed"
    assert "st-fnf-asymmetric" not in ids(cash["rests_on"])
    assert cash["says"].endswith("saw none arriving")


@pytest.mark.parametrize("day", ["2024-10-22", "2024-11-24", "2025-06-30", "2026-03-17"])
def test_the_checklist_never_rests_on_what_was_not_known(day: str) -> None:
    known = LEDGER.as_of(day)
    names = {*known.claims["claim_id"], *known.statements["statement_id"], *known.context["indicator"]}
    returns = returns_as_of(known)
    assert returns["item"].tolist() == RETURNS["item"].unique().tolist()
    assert {name for cell in returns["rests_on"] for name in ids(cell)} <= names


def test_a_state_never_weakens_as_more_becomes_known() -> None:
    days = ["2024-11-24", "2025-01-31", "2025-04-30", "2025-09-30", "2026-03-17"]
    order = (*STATES, NO_CLAIM).index
    states = [returns_as_of(LEDGER.as_of(day))["state"].map(order) for day in days]
    for earlier, later in pairwise(states):
        assert (later <= earlier).all()


def test_a_return_or_a_boundary_needs_rows_that_exist(tables: Path) -> None:
    edit(tables, "returns", 2, rests_on="st-nis-recieved")
    edit(tables, "calendar", 2, rests_on="hur-20241216-30;zelensky")
    calendar, returns = problems(tables)
    assert calendar.startswith(
        "data/calendar.csv, row 2, column rests_on: 'zelensky' is unknown; allowed: a row of"
    )
    assert returns.startswith(
        "data/returns.csv, row 2, column rests_on: 'st-nis-recieved' is unknown; allowed: "
    )
    assert "claims.csv or statements.csv or context.csv, perhaps st-nis-received" in returns


def test_a_boundary_may_not_rest_on_what_became_public_later(tables: Path) -> None:
    line = line_of("calendar", rests_on="st-nis-pause")
    edit(tables, "calendar", line, rests_on="st-nis-pause;st-nis-return-front")
    assert problems(tables) == [
        f"data/calendar.csv, row {line}, column rests_on: pause: rests on st-nis-return-front, "
        "which became public later; allowed: a row public on 2025-02-04"
    ]


def test_tables_of_before_these_were_added_are_still_read(tables: Path) -> None:
    path = tables / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    added = ("article", "calendar", "corrections", "assumptions", "returns")
    package["resources"] = [entry for entry in package["resources"] if entry["name"] not in added]
    path.write_text(json.dumps(package), encoding="utf-8")
    assert len(load(tables).claims) == len(LEDGER.claims)
