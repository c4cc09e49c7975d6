"""Where questions stand: by rule, on five days, and what moves them."""

import csv
import shutil
from pathlib import Path

import pytest

from briefing.errors import BadInputError
from briefing.ledger import load
from briefing.ledger.standings import standings

DATA = Path(__file__).parent / "evidence"
DAYS = ("2024-11-24", "2025-01-31", "2025-04-28", "2025-09-30", "2026-03-17")
STANDINGS = {
    "present": ("disputed", "disputed", "known", "known", "known"),
    "strength": ("claimed", "claimed", "claimed", "claimed", "claimed"),
    "combat": ("disputed", "known", "known", "known", "known"),
    "killed": ("unknown", "disputed", "disputed", "claimed", "claimed"),
    "casualties": ("unknown", "disputed", "disputed", "disputed", "claimed"),
    "beyond-kursk": ("unknown", "unknown", "claimed", "claimed", "disputed"),
    "captured": ("unknown", "claimed", "claimed", "claimed", "claimed"),
    "engineers": ("unknown", "unknown", "unknown", "claimed", "known"),
    "rotation-total": ("disputed", "disputed", "disputed", "disputed", "disputed"),
    "tour": ("claimed", "claimed", "claimed", "claimed", "claimed"),
    "pay": ("claimed", "claimed", "claimed", "claimed", "disputed"),
    "guns": ("unknown", "unknown", "unknown", "unknown", "unknown"),
    "returns": ("claimed", "claimed", "claimed", "disputed", "disputed"),
}


def words(folder: Path = DATA, day: str = DAYS[-1]) -> dict[str, str]:
    return {one.question: one.word for one in standings(load(folder).as_of(day))}


@pytest.mark.parametrize("place", range(len(DAYS)), ids=DAYS)
def test_every_question_has_its_standing_on_five_days(place):
    assert words(day=DAYS[place]) == {question: row[place] for question, row in STANDINGS.items()}


def test_before_anybody_spoke_everything_is_unknown():
    assert set(words(day="2024-10-05").values()) == {"unknown"}


def test_a_denial_ends_with_the_day_of_the_admission():
    assert words(day="2025-04-27")["present"] == "disputed"
    found = {one.question: one for one in standings(load(DATA).as_of("2025-04-28"))}
    assert (found["present"].word, found["present"].rests_on) == ("known", ("st-dprk-ack",))
    assert found["present"].words == "Are soldiers of the DPRK in Russia?"


def test_a_standing_names_both_sides_newest_first():
    found = {one.question: one.rests_on for one in standings(load(DATA).as_of("2026-03-17"))}
    assert found["beyond-kursk"] == ("st-hur-2026-fire", "st-genstaff-20251016-sumy", "st-ukdi-kursk-only")


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    return shutil.copytree(DATA, tmp_path / "data")


def add_claim(folder: Path, name: str, **cells: str) -> None:
    """Add a claim like Seoul's 2,000 killed, with other cells."""
    path = folder / "claims.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    like = dict(zip(header, next(row for row in rows if row[0] == "nis-20250902-killed-2000"), strict=True))
    links = dict.fromkeys(("derived_from", "updates", "supersedes", "revises", "answers"), "")
    row = like | links | {"claim_id": name, "event_date": "2026-02-01", "report_date": "2026-02-01"}
    row |= {"source_id": "kcna-2026-03-17-museum"} | cells
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerow(row)


BRITISH = {"origin_group": "O-UK", "claimant_party": "united_kingdom", "claimant": "UK Defence Intelligence"}


@pytest.mark.parametrize(
    ("value", "grade", "word"),
    [
        ("2400", ("B", "2"), "known"),
        ("2400", ("B", "3"), "claimed"),
        ("2400", ("C", "2"), "claimed"),
        ("3300", ("B", "2"), "disputed"),
    ],
)
def test_a_second_party_confirms_or_contradicts(tables, value, grade, word):
    letter, digit = grade
    add_claim(tables, "nis-new", value="2000", reliability="B", credibility="2")
    add_claim(tables, "uk-new", **BRITISH, value=value, reliability=letter, credibility=digit)
    assert words(tables)["killed"] == word


def test_a_second_body_of_the_same_party_confirms_nothing(tables):
    add_claim(tables, "nis-new", value="2000", reliability="B", credibility="2")
    add_claim(tables, "jcs-new", origin_group="O-ROK-MIL", value="2000", reliability="B", credibility="2")
    assert words(tables)["killed"] == "claimed"


def test_a_bound_contradicts_only_what_it_excludes(tables):
    add_claim(tables, "uk-new", **BRITISH, bound="at_least", low="400", value="400")
    assert words(tables)["killed"] == "claimed"
    add_claim(
        tables, "west-new", **BRITISH | {"origin_group": "O-WEST"}, bound="at_least", low="4000", value="4000"
    )
    assert words(tables)["killed"] == "disputed"


def test_a_figure_of_long_ago_contradicts_nobody_and_the_newest_stays_alone(tables):
    add_claim(tables, "uk-new", **BRITISH, value="9000")
    assert words(tables)["killed"] == "disputed"
    add_claim(tables, "uk-newer", **BRITISH, value="5000", event_date="2026-03-16", report_date="2026-03-16")
    found = {one.question: one for one in standings(load(tables).as_of(DAYS[-1]))}
    assert (found["killed"].word, found["killed"].rests_on) == ("claimed", ("uk-newer",))


def test_an_answer_that_rests_on_nothing_or_answers_nothing_is_refused(tables):
    with (tables / "answers.csv").open("a", encoding="utf-8") as file:
        file.write("guns,says,st-nobody\nrumours,says,st-nis-pause\n")
    with pytest.raises(BadInputError) as caught:
        load(tables)
    first, second = map(str, caught.value.problems)
    assert "data/answers.csv" in first
    assert "column rests_on: 'st-nobody' is unknown" in first
    assert "column question_id" in second
    assert "'rumours' is unknown" in second
