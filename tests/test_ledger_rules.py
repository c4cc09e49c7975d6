"""Every rule of the tables, violated in a copy: the message names file, row, column and what is allowed."""

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.coverage import coverage_end
from briefing.errors import BadInputError, Problem
from briefing.ledger import load
from briefing.ledger.rules import impossible_days

DATA = Path(__file__).parent / "evidence"
TABLES = [path.stem for path in sorted(DATA.glob("*.csv"))]


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    return folder


def rows_of(folder: Path, table: str) -> list[list[str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write(folder: Path, table: str, rows: list[list[str]]) -> None:
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def edit(folder: Path, table: str, name: str, **cells: str) -> int:
    """Change cells of the row whose first cell is `name`; return its line."""
    rows = rows_of(folder, table)
    line = next(number for number, row in enumerate(rows, start=1) if row[0] == name)
    for column, text in cells.items():
        rows[line - 1][rows[0].index(column)] = text
    write(folder, table, rows)
    return line


def line_of(folder: Path, table: str, name: str) -> int:
    """Return the line of the row whose first cell is `name`."""
    return next(number for number, row in enumerate(rows_of(folder, table), start=1) if row[0] == name)


def problems(folder: Path) -> list[str]:
    with pytest.raises(BadInputError) as caught:
        load(folder)
    return [str(problem) for problem in caught.value.problems]


def test_the_tables_as_they_stand_have_no_problem(tables: Path) -> None:
    assert len(load(tables).claims) == 85


# The row to change, the cells, the column that is named, what is said of it.
CELLS = [
    ("bound", {"bound": "abut"}, "'abut'; allowed: one of point, about, at_least, more_than"),
    ("reliability", {"reliability": "G"}, "'G'; allowed: one of A, B, C, D, E, F"),
    ("credibility", {"credibility": "7"}, "'7'; allowed: a whole number from 1 to 6"),
    ("credibility", {"credibility": "2.5"}, "'2.5'; allowed: a whole number from 1 to 6"),
    ("claimant_party", {"claimant_party": "korea"}, "'korea'; allowed: one of south_korea, ukraine"),
    ("verified", {"verified": "YES"}, "'YES'; allowed: one of yes, no"),
    ("in_seed", {"in_seed": ""}, "empty; allowed: one of yes, no"),
    ("claimant", {"claimant": ""}, "empty; allowed: one line of printable text"),
    ("note", {"note": "a\nb"}, "'a\\nb'; allowed: one line of printable text"),
    ("note", {"note": "\x1b[31mred"}, "'\\x1b[31mred'; allowed: one line of printable text"),
    ("event_date", {"event_date": "13.01.2025"}, "'13.01.2025'; allowed: a day as YYYY-MM-DD"),
    ("event_date", {"event_date": "2025-02-30"}, "'2025-02-30'; allowed: a day as YYYY-MM-DD"),
    ("report_date", {"report_date": ""}, "empty; allowed: a day as YYYY-MM-DD"),
    ("value", {"value": "-300"}, "'-300'; allowed: a number in plain digits from 0"),
    ("value", {"value": "3,00"}, "'3,00'; allowed: a number in plain digits from 0"),
    ("value", {"value": "inf"}, "'inf'; allowed: a number in plain digits from 0"),
    ("value", {"value": "9" * 400}, "allowed: a number in plain digits from 0"),
    ("unit", {"unit": "people"}, "'people'; allowed: one of persons, persons_per_day"),
    ("unit", {"unit": "missiles"}, "missiles for killed; allowed: persons"),
    (
        "origin_group",
        {"origin_group": "O-NSI"},
        "'O-NSI' is unknown; allowed: a row of origins.csv, perhaps O-NIS",
    ),
    ("source_id", {"source_id": "kbs"}, "'kbs' is unknown; allowed: a row of sources.csv"),
    ("value", {"value": ""}, "bound about without a figure; allowed: the stated figure"),
    ("low", {"low": "300"}, "300 with bound about and value 300; allowed: empty"),
    ("low", {"bound": "at_least"}, "empty with bound at_least and value 300; allowed: 300"),
    ("low", {"bound": "more_than", "low": "200"}, "200 with bound more_than and value 300; allowed: 300"),
    ("high", {"bound": "up_to"}, "empty with bound up_to and value 300; allowed: 300"),
    ("high", {"bound": "fewer_than", "high": "301"}, "301 with bound fewer_than and value 300; allowed: 300"),
    (
        "high",
        {"bound": "approaching", "high": "200"},
        "200 with bound approaching and value 300; allowed: 300",
    ),
    ("low", {"bound": "interval"}, "interval from empty to empty; allowed: low and high, low below high"),
    ("low", {"bound": "interval", "low": "400", "high": "200"}, "interval from 400 to 200"),
    (
        "value",
        {"bound": "interval", "low": "1", "high": "2"},
        "300 outside 1 to 2; allowed: empty, or a figure",
    ),
    ("answers", {"answers": "zelensky-20241119-100000"}, "answers zelensky-20241119-100000 with bound about"),
    ("answers", {"bound": "denial"}, "a denial that answers no claim; allowed: the id of the claim"),
    ("derived_from", {"derived_from": "nis-1"}, "'nis-1' is unknown; allowed: a row of claims.csv"),
    ("derived_from", {"derived_from": "nis-20241219-killed-100; x"}, "' x' is unknown"),
    (
        "updates",
        {"updates": "nis-20250430-killed-600"},
        "updates nis-20250430-killed-600, which became public later",
    ),
    (
        "updates",
        {"updates": "nis-20241219-wounded-1000"},
        "whose quantity is wounded; allowed: a claim with quantity",
    ),
    (
        "updates",
        {"event_date": "2024-12-19"},
        "which describes no earlier day; allowed: an event date before",
    ),
    (
        "supersedes",
        {"supersedes": "kyivpost-20241003-officers-6", "revises": "kyivpost-20241003-officers-6"},
        "O-UA-HUR",
    ),
    (
        "revises",
        {"supersedes": "nis-20241219-killed-100"},
        "supersedes nis-20241219-killed-100 without revising it",
    ),
    ("credibility", {"credibility": "1"}, "digit 1 without the same figure from an independent origin"),
    (
        "event_date",
        {"event_date": "2025-01-14"},
        "2025-01-14 is after the report date; allowed: up to 2025-01-13",
    ),
    ("report_date", {"report_date": "2199-01-01"}, "2199-01-01 is after"),
    (
        "report_date",
        {"report_date": "2025-01-14"},
        "kbs-2025-01-13-nis printed it on 2025-01-13, before the report",
    ),
]


@pytest.mark.parametrize(("column", "cells", "said"), CELLS, ids=[f"{c}: {s[:40]}" for c, _, s in CELLS])
def test_a_wrong_claim_is_named_with_row_and_column(
    tables: Path, column: str, cells: dict[str, str], said: str
) -> None:
    line = edit(tables, "claims", "nis-20250113-killed-300", **cells)
    found = [text for text in problems(tables) if f"row {line}, column {column}:" in text and said in text]
    assert len(found) == 1
    assert found[0].startswith(f"data/claims.csv, row {line}, column {column}: nis-20250113-killed-300: ")


def test_the_same_line_for_one_wrong_cell_and_no_other(tables: Path) -> None:
    line = edit(tables, "claims", "ukdi-20250328-killed-share", value="133")
    assert problems(tables) == [
        f"data/claims.csv, row {line}, column value: ukdi-20250328-killed-share: 133 percent; "
        "allowed: 0 to 100"
    ]


def test_all_problems_are_reported_at_once_and_in_order(tables: Path) -> None:
    first = edit(tables, "claims", "seed-pay-2000", source_id="seed")
    second = edit(tables, "claims", "nis-20241219-killed-100", bound="some", low="-1")
    third = edit(tables, "claims", "nis-20250902-killed-2000", revises="")
    event = edit(tables, "events", "2024-08-06", category="war")
    statement = edit(tables, "statements", "st-museum-93", report_date="2199-01-01")
    found = problems(tables)
    assert [text.split(": ")[0] for text in found] == [
        f"data/claims.csv, row {first}, column source_id",
        f"data/claims.csv, row {second}, column bound",
        f"data/claims.csv, row {second}, column low",
        f"data/claims.csv, row {third}, column revises",
        f"data/events.csv, row {event}, column category",
        f"data/statements.csv, row {statement}, column report_date",
        f"data/statements.csv, row {statement}, column report_date",
    ]
    assert "2024-08-06 Ukraine's incursion into Kursk Oblast begins: 'war'" in found[4]


def test_a_claim_may_not_be_named_twice(tables: Path) -> None:
    rows = rows_of(tables, "claims")
    write(tables, "claims", [*rows, rows[1]])
    assert problems(tables) == [
        "data/claims.csv, row 87, column claim_id: 'seed-troops-kursk-10900' already stands in row 2; "
        "allowed: a name that no other row has"
    ]


def test_an_address_and_an_event_may_not_stand_twice(tables: Path) -> None:
    events, sources = rows_of(tables, "events"), rows_of(tables, "sources")
    write(tables, "events", [*events, events[-1]])
    page = next(row for row in sources if row[0] == "seed-article")
    write(tables, "sources", [*sources, ["another", *page[1:]]])
    event, source = problems(tables)
    assert "data/events.csv, row 15, column event_date" in event
    assert f"data/sources.csv, row {len(sources) + 1}, column url" in source


def test_a_statement_may_not_have_the_id_of_a_claim(tables: Path) -> None:
    line = edit(tables, "statements", "st-museum-93", statement_id="seed-pay-2000")
    [text] = problems(tables)
    assert text.startswith(f"data/statements.csv, row {line}, column statement_id: 'seed-pay-2000' is the id")


def test_an_unknown_quantity_is_answered_with_similar_ones(tables: Path) -> None:
    edit(tables, "claims", "nis-20250113-killed-300", quantity="kiled")
    found = problems(tables)
    assert "'kiled' is unknown; allowed: a row of quantities.csv, perhaps killed" in found[0]


@pytest.mark.parametrize(
    ("column", "verb"), [("derived_from", "is derived from"), ("supersedes", "supersedes")]
)
def test_claims_may_not_rest_on_each_other_in_a_circle(tables: Path, column: str, verb: str) -> None:
    names = ("nis-20250113-killed-300", "nis-20250113-wounded-2700", "nis-20250113-total-3000")
    for name, other in zip(names, (*names[1:], names[0]), strict=True):
        edit(tables, "claims", name, **{column: other})
    circle = " -> ".join((*names, names[0]))
    [text] = [text for text in problems(tables) if "in a circle" in text]
    assert f"column {column}: {circle}: each {verb} the next" in text


def test_a_claim_may_not_derive_from_itself(tables: Path) -> None:
    edit(tables, "claims", "nis-20250113-killed-300", derived_from="nis-20250113-killed-300")
    assert "nis-20250113-killed-300 -> nis-20250113-killed-300" in problems(tables)[0]


def test_digit_one_needs_the_figure_from_an_origin_that_neither_derives_from(tables: Path) -> None:
    prisoners = "rok-20251224-captured-2"
    edit(tables, "claims", prisoners, credibility="1")
    assert load(tables).claim(prisoners)["credibility"] == 1
    edit(tables, "claims", prisoners, derived_from="ukr-20250111-captured-2")
    assert "digit 1 without the same figure" in problems(tables)[0]


def test_digit_one_is_refused_to_a_repeat_of_a_repeat(tables: Path) -> None:
    repeat, between, first = "rok-20251224-captured-2", "kim-20251212-killed-9", "ukr-20250111-captured-2"
    edit(tables, "claims", repeat, credibility="1", derived_from=between)
    assert load(tables).claim(repeat)["credibility"] == 1
    edit(tables, "claims", between, derived_from=first)
    [text] = problems(tables)
    assert "digit 1 without the same figure" in text


def test_digit_one_is_refused_where_only_a_repeat_of_the_claim_agrees(tables: Path) -> None:
    first, repeat = "ukr-20250111-captured-2", "rok-20251224-captured-2"
    edit(tables, "claims", first, credibility="1")
    assert load(tables).claim(first)["credibility"] == 1
    edit(tables, "claims", repeat, derived_from=first)
    [text] = problems(tables)
    assert "digit 1 without the same figure" in text


def test_a_plan_may_describe_a_later_day_and_an_observation_may_not(tables: Path) -> None:
    assert load(tables).claim("budanov-2025-bm-plan-150")["event_date"].year == 2025
    edit(tables, "quantities", "ballistic_missiles_planned", forward_looking="no")
    [text] = problems(tables)
    assert "budanov-2025-bm-plan-150: 2025-12-31 is after the report date" in text


class Calendar:
    """The day that the rules take for today."""

    def __init__(self, day: date) -> None:
        self.day = day

    def today(self) -> date:
        return self.day


def test_a_report_of_tomorrow_is_refused(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tables / "statements.csv").open("a", encoding="utf-8") as file:
        file.write("\n")  # files that have not been found sound in this process
    monkeypatch.setitem(impossible_days.__globals__, "date", Calendar(date(2026, 3, 16)))
    assert {text.split(": ", 1)[1] for text in problems(tables) if "statements" in text} == {
        "st-museum-93: 2026-03-17 is after 2026-03-16, today; allowed: a day up to 2026-03-16"
    }


def test_a_report_of_today_is_taken(tables: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header, *origins = rows_of(tables, "origins")
    write(tables, "origins", [header, *([*row[:-1], "2026-03-17"] for row in origins)])
    monkeypatch.setitem(impossible_days.__globals__, "date", Calendar(date(2026, 3, 17)))
    assert load(tables).statements["report_date"].max().date() == date(2026, 3, 17)


def test_a_claim_not_found_again_is_not_verified(tables: Path) -> None:
    edit(tables, "claims", "syrskyi-20250723-20000", verified="yes")
    [text] = problems(tables)
    assert text.startswith("data/checks.csv, row ")
    assert text.endswith("allowed: verified = no in claims.csv")


def test_no_address_no_page(tables: Path) -> None:
    edit(tables, "sources", "nie-2024-11-29-belousov", url="")
    edit(tables, "sources", "newsis-2025-09-02-nis", url="")
    one, other, event = problems(tables)
    line = line_of(tables, "claims", "nis-20250902-killed-2000")
    assert one == (
        f"data/claims.csv, row {line}, column verified: nis-20250902-killed-2000: newsis-2025-09-02-nis "
        "has no address; allowed: no"
    )
    assert "dprk-20250902-350: newsis-2025-09-02-nis has no address" in other
    assert event.endswith("nie-2024-11-29-belousov has no address; allowed: a page with an address")


@pytest.mark.parametrize(
    ("table", "name"), [("claims", "kim-20251212-killed-9"), ("statements", "st-gerasimov-ack")]
)
def test_a_party_to_the_war_is_not_usually_reliable_on_itself(tables: Path, table: str, name: str) -> None:
    line = edit(tables, table, name, reliability="B")
    [text] = problems(tables)
    assert text.startswith(f"data/{table}.csv, row {line}, column reliability: {name}: B for ")
    assert text.endswith("a party to the war; allowed: C to F, on itself too")


def test_a_body_was_looked_for_no_earlier_than_on_the_day_of_its_newest_row(tables: Path) -> None:
    line = edit(tables, "origins", "O-NIS", last_looked_for="2026-02-11")
    [text] = problems(tables)
    assert text.startswith(
        f"data/origins.csv, row {line}, column last_looked_for: O-NIS: 2026-02-11 is before"
    )
    assert text.endswith("allowed: a day from 2026-02-12")
    edit(tables, "origins", "O-NIS", last_looked_for="2199-01-01")
    [text] = problems(tables)
    assert "O-NIS: 2199-01-01 is after " in text


def test_nothing_rests_on_a_claim_of_which_no_page_was_read(tables: Path) -> None:
    edit(tables, "claims", "nis-20250113-killed-300", verified="no")
    assert {text.split(", column ")[1] for text in problems(tables)} >= {
        "derived_from: nis-20250113-total-3000: is derived from nis-20250113-killed-300, of which no page "
        "was read; allowed: a claim with verified = yes",
        "rests_on: nis-20250113-killed-300: no page of it was read; allowed: rows with verified = yes",
    }


def test_the_evidence_does_not_end_with_a_row_of_which_no_page_was_read(tables: Path) -> None:
    edit(tables, "statements", "st-museum-93", report_date="2026-06-01")
    assert coverage_end(tables) == date(2026, 6, 1)
    edit(tables, "statements", "st-museum-93", verified="no")
    assert coverage_end(tables) == date(2026, 3, 17)


@pytest.mark.parametrize(
    ("table", "name", "cells", "said"),
    [
        ("statements", "st-museum-93", {"topic": "museum"}, "column topic: st-museum-93: 'museum'"),
        (
            "statements",
            "st-museum-93",
            {"origin_group": "O-X"},
            "column origin_group: st-museum-93: 'O-X' is unknown",
        ),
        (
            "statements",
            "st-museum-93",
            {"event_date": "2026-03-18"},
            "column event_date: st-museum-93: 2026-03-18",
        ),
        (
            "events",
            "2024-08-06",
            {"report_date": "2024-08-05"},
            "column event_date: 2024-08-06: 2024-08-06 is after",
        ),
        ("events", "2024-08-06", {"source_id": "x"}, "column source_id: 2024-08-06: 'x' is unknown"),
        (
            "context",
            "krw_per_usd_average",
            {"year_or_date": "in 2023"},
            "column year_or_date: krw_per_usd_average",
        ),
        ("context", "krw_per_usd_average", {"value": ""}, "column value: krw_per_usd_average 2023: empty"),
        ("context", "krw_per_usd_average", {"report_date": "2199-01-01"}, "2199-01-01 is after"),
        ("checks", "hur-20241102-7000", {"claim_id": "hur"}, "column claim_id: hur: 'hur' is unknown"),
        ("sources", "seed-article", {"url": "mixedtimes.com"}, "column url: seed-article: 'mixedtimes.com'"),
        ("origins", "O-RU", {"party": "moscow"}, "column party: O-RU: 'moscow'"),
        ("quantities", "wounded", {"forward_looking": "maybe"}, "column forward_looking: wounded: 'maybe'"),
    ],
)
def test_the_other_tables_are_held_to_the_same(
    tables: Path, table: str, name: str, cells: dict[str, str], said: str
) -> None:
    line = edit(tables, table, name, **cells)
    found = [text for text in problems(tables) if said in text]
    assert len(found) == 1
    assert found[0].startswith(f"data/{table}.csv, row {line}, column ")


def no_table(folder: Path) -> None:
    (folder / "events.csv").unlink()


def not_utf8(folder: Path) -> None:
    (folder / "events.csv").write_bytes("event_date\n2024,Zürich\n".encode("latin-1"))


def empty(folder: Path) -> None:
    (folder / "events.csv").write_text("", encoding="utf-8")


def header_only(folder: Path) -> None:
    write(folder, "events", rows_of(folder, "events")[:1])


def ragged(folder: Path) -> None:
    rows = rows_of(folder, "events")
    write(folder, "events", [*rows[:3], rows[3][:-1], *rows[4:]])


def open_quote(folder: Path) -> None:
    with (folder / "events.csv").open("a", encoding="utf-8") as file:
        file.write('2026-03-17,2026-03-17,"never closed,context,wiki-treaty\n')


def column_missing(folder: Path) -> None:
    write(folder, "events", [row[:-1] for row in rows_of(folder, "events")])


def column_unexpected(folder: Path) -> None:
    write(
        folder,
        "events",
        [[*row, "colour" if not n else ""] for n, row in enumerate(rows_of(folder, "events"))],
    )


def column_twice(folder: Path) -> None:
    write(folder, "events", [[*row, row[0]] for row in rows_of(folder, "events")])


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (no_table, "data/events.csv: no such file; allowed: every table that datapackage.json lists"),
        (not_utf8, "data/events.csv: not UTF-8 text (byte 0xfc); allowed: UTF-8"),
        (empty, "data/events.csv: no rows; allowed: a header and at least one row"),
        (header_only, "data/events.csv: no rows; allowed: a header and at least one row"),
        (ragged, "data/events.csv, row 4: 6 cells; allowed: 7, as in the header"),
        (
            open_quote,
            "data/events.csv, row 15: not a CSV row (unexpected end of data); allowed: cells split by commas",
        ),
        (
            column_missing,
            "data/events.csv, row 1: column source_id is missing; "
            "allowed: event_date, report_date, event, turn, turn_rank, category, source_id",
        ),
        (
            column_unexpected,
            "data/events.csv, row 1: unexpected column 'colour'; "
            "allowed: the columns that datapackage.json lists",
        ),
        (column_twice, "data/events.csv, row 1: column event_date stands there twice; allowed: once"),
    ],
)
def test_a_malformed_table_is_one_clear_line(tables: Path, spoil: Callable[[Path], None], line: str) -> None:
    spoil(tables)
    assert problems(tables) == [line]


def test_a_renamed_column_is_recognised(tables: Path) -> None:
    table = tables / "claims.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("credibility", "credability", 1), encoding="utf-8"
    )
    missing, unexpected = problems(tables)
    assert "column credibility is missing" in missing
    assert (
        unexpected == "data/claims.csv, row 1: unexpected column 'credability'; allowed: perhaps credibility"
    )


def test_malformed_tables_and_wrong_cells_are_reported_together(tables: Path) -> None:
    no_table(tables)
    line = edit(tables, "claims", "seed-pay-2000", bound="roughly")
    assert sorted(text.split(":")[0] for text in problems(tables)) == [
        f"data/claims.csv, row {line}, column bound",
        "data/events.csv",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "data/datapackage.json: no such file"),
        ("{", "data/datapackage.json: cannot be read"),
        ("[]", "data/datapackage.json: cannot be read"),
        ("{}", "data/datapackage.json: lacks 'resources'"),
        ('{"resources": [], "compiled": "soon"}', "cannot be read"),
    ],
)
def test_a_malformed_data_package_is_one_clear_line(tables: Path, content: str | None, said: str) -> None:
    (tables / "datapackage.json").unlink()
    if content is not None:
        (tables / "datapackage.json").write_text(content, encoding="utf-8")
    [text] = problems(tables)
    assert said in text


def test_the_vocabularies_come_from_the_data_package(tables: Path) -> None:
    package = json.loads((tables / "datapackage.json").read_text(encoding="utf-8"))
    topics = next(
        field
        for field in next(r for r in package["resources"] if r["name"] == "statements")["schema"]["fields"]
        if field["name"] == "topic"
    )
    topics["constraints"]["enum"].append("museums")
    (tables / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    edit(tables, "statements", "st-museum-93", topic="museums")
    assert "museums" in set(load(tables).statements["topic"])


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(TABLES), st.data())
def test_no_cell_whatever_stands_in_it_ends_in_a_traceback(table: str, data: st.DataObject) -> None:
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "data"
        shutil.copytree(DATA, folder)
        rows = rows_of(folder, table)
        line = data.draw(st.integers(0, len(rows) - 1), "line")
        column = data.draw(st.integers(0, len(rows[0]) - 1), "column")
        others = [row[column] for row in rows]
        text = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
        rows[line][column] = data.draw(st.one_of(st.sampled_from(others), st.text(text)), "cell")
        write(folder, table, rows)
        found: tuple[Problem, ...] = ()
        try:
            load(folder)
        except BadInputError as error:
            found = error.problems
        assert all(problem.where.startswith("data/") for problem in found)


HOSTILE = [
    '<script>alert("x")</script>',
    "[bold red]loud[/] [link=https://example.org]x[/link]",
    "{{< include secret.qmd >}}",
    '=HYPERLINK("https://example.org","x"), "quoted"',
    "`r system('true')` $(true) %s {0} \\x1b",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_a_note_stays_data(tables: Path, text: str) -> None:
    edit(tables, "claims", "seed-pay-2000", note=text)
    assert load(tables).claim("seed-pay-2000")["note"] == text


def test_a_table_saved_by_a_spreadsheet_is_read(tables: Path) -> None:
    table = tables / "events.csv"
    content = table.read_text(encoding="utf-8").replace("\n", "\r\n")
    table.write_bytes(b"\xef\xbb\xbf" + content.encode() + b"\r\n")
    assert len(load(tables).events) == 13


def test_line_numbers_are_those_of_the_file(tables: Path) -> None:
    rows = rows_of(tables, "events")
    content = (tables / "events.csv").read_text(encoding="utf-8").split("\n")
    content.insert(3, "")
    (tables / "events.csv").write_text(
        "\n".join(content).replace(f"{rows[4][0]},", "2024-13-01,", 1), encoding="utf-8"
    )
    assert problems(tables)[0].startswith("data/events.csv, row 6, column event_date: '2024-13-01'")


def test_an_addition_needs_something_in_the_article_and_rows_that_exist(tables: Path) -> None:
    rows = rows_of(tables, "article")
    write(tables, "article", [*rows, ["nis-20241023-3000", "More", "st-nobody"]])
    line = len(rows) + 1
    found = problems(tables)
    assert len(found) == 2
    assert found[0].startswith(f"data/article.csv, row {line}, column item_id: 'nis-20241023-3000' is not")
    assert found[1].startswith(f"data/article.csv, row {line}, column rests_on: 'st-nobody' is unknown")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (
            {"same_figure_as": "nis-20241219-killed-100"},
            "has the same figure as nis-20241219-killed-100, which says 100; allowed: a claim of 300",
        ),
        ({"same_figure_as": "nis-1"}, "'nis-1' is unknown; allowed: a row of claims.csv"),
        (
            {"same_figure_as": "nis-20250902-killed-2000", "value": "2000"},
            "has the same figure as nis-20250902-killed-2000, which became public later",
        ),
    ],
)
def test_a_figure_is_the_same_as_a_known_one(tables: Path, cells: dict[str, str], said: str) -> None:
    edit(tables, "claims", "nis-20250113-killed-300", **cells)
    assert any(f"column same_figure_as: nis-20250113-killed-300: {said}" in text for text in problems(tables))


def test_a_claim_does_not_rest_on_a_figure_and_only_resemble_it(tables: Path) -> None:
    cells = {"derived_from": "nyt-20241110-100000", "same_figure_as": "nyt-20241110-100000"}
    edit(tables, "claims", "zelensky-20241119-100000", **cells)
    [text] = problems(tables)
    assert text.endswith("is derived from nyt-20241110-100000, too; allowed: one of the two links")


def test_a_row_that_was_removed_must_not_come_back(tables: Path) -> None:
    rows = rows_of(tables, "corrections")
    removed = ["claims", "nis-20250113-killed-300", "claim_id", "nis-20250113-killed-300", "", "removed"]
    write(tables, "corrections", [*rows, [*removed, "No page", "2026-11-26", "nis-20250113-killed-300"]])
    [text] = problems(tables)
    assert text.startswith(
        f"data/corrections.csv, row {len(rows) + 1}, column row_id: the correction no longer"
    )
    assert "claims.csv has the row 'nis-20250113-killed-300' again; allowed: a row that is gone" in text
