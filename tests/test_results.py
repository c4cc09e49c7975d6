"""Results: how numbers are recorded, printed and merged; judgements and grades."""

import errno
import json
import math
import os
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefing import formats
from briefing.errors import RunFailedError
from briefing.formats import UNIT_WORDS, dollars, plain, show, show_range, significant, with_unit
from briefing.grades import grade_words, letters
from briefing.judgements import judge, likelihood_word, says_of, stand_behind, word_flips
from briefing.ledger import load
from briefing.model.many import Spread
from briefing.model.words import BANDS, format_probability
from briefing.numbers import BASES
from briefing.results import Record, merge
from briefing.worked import Day, Losses, Worked

MILLION, BILLION, TRILLION = (f"{formats.NO_BREAK}{name}" for name in ("million", "billion", "trillion"))
amounts = st.floats(-1e12, 1e12, allow_nan=False)


@pytest.fixture
def record(tmp_path) -> Record:
    return Record("01_test", tmp_path)


# Formats


@given(
    amounts, st.sampled_from(sorted(UNIT_WORDS.keys() - {"probability", "date", "text"})), st.integers(1, 9)
)
@example(0.0, "usd", 4)
@example(-1e-9, "usd", 4)
@example(-1e-9, "persons", 3)
@example(1e12, "persons", 1)
@example(999_999.6, "usd", 4)
def test_a_number_is_always_printed_as_a_person_would_write_it(value, unit, digits):
    for text in (show(value, unit), show(value, unit, digits)):
        form = rf"{formats.MINUS}?\$?\d{{1,3}}(,\d{{3}})*(\.\d*[1-9])?({MILLION}|{BILLION}|{TRILLION})?%?"
        assert re.fullmatch(form, text), text
        assert not text.startswith(f"{formats.MINUS}$0") or "." in text
        assert with_unit(text, unit).startswith(text)
        assert "  " not in with_unit(text, unit)


@given(st.floats(0, 1e12), st.integers(1, 6))
def test_a_printed_number_is_the_number_to_its_digits(value, digits):
    printed = float(plain(value, digits).replace(",", ""))
    assert printed == pytest.approx(value, rel=0.5 * 10 ** (1 - digits), abs=0.5 if value >= 1_000 else 1e-6)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (999_999.6, f"$1{MILLION}"),
        (999_999.4, f"$1{MILLION}"),
        (999_900, "$999,900"),
        (999_949, "$999,900"),
        (999_950, f"$1{MILLION}"),
        (1e6, f"$1{MILLION}"),
        (999_949_999, f"$999.9{MILLION}"),
        (999_950_000, f"$1{BILLION}"),
        (1.405e9, f"$1.405{BILLION}"),
        (9.9996e11, f"$1{TRILLION}"),
        (-261.6e6, f"{formats.MINUS}$261.6{MILLION}"),
        (0, "$0"),
        (-0.0, "$0"),
        (-1e-9, "$0"),
        (0.5, "$0.5"),
    ],
)
def test_dollars_take_the_scale_of_what_is_printed(value, text):
    assert dollars(value) == text


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (None, None, "persons", ""),
        (3_000, None, "persons", "3,000 or more"),
        (None, 600, "persons", "up to 600"),
        (5, 5.0, "persons", "5"),
        (2.0, 3.0, "months", "2 to 3"),
        (0.05, 0.2, "probability", "5% to 20%"),
        (1, 2.5, "percent", "1% to 2.5%"),
        (20e6, 22e6, "usd", f"$20 to $22{MILLION}"),
        (900e6, 1.2e9, "usd", f"$900{MILLION} to $1.2{BILLION}"),
        (1_500, 3_000, "usd_per_month", "$1,500 to $3,000"),
    ],
)
def test_a_range_says_an_open_end_in_words(low, high, unit, text):
    assert show_range(low, high, unit) == text


@given(amounts, st.integers(1, 8))
def test_significant_is_idempotent(value, digits):
    once = significant(value, digits)
    assert significant(once, digits) == once


def test_what_nobody_knows_is_printed_as_unknown():
    assert show(None, "persons") == "unknown"
    assert show(date(2024, 11, 24), "date") == f"24{formats.NO_BREAK}November{formats.NO_BREAK}2024"


# Records


def number(record: Record, key: str = "a.b", value=1, unit="persons", basis="claimed", **options):
    return record.number(key, value, unit, basis, "As told", **options)


@pytest.mark.parametrize("key", ["", "ab", "a.", ".b", "A.b", "a b.c", "a.b}", "a..b"])
def test_a_malformed_key_is_refused(record, key):
    with pytest.raises(ValueError, match=r"key must be new and of the form subject\.name"):
        number(record, key)


def test_a_key_is_used_once_and_units_and_bases_are_known(record):
    number(record)
    for wrong in ({"key": "a.b"}, {"key": "a.c", "unit": "soldiers"}, {"key": "a.d", "basis": "guessed"}):
        with pytest.raises(ValueError, match=wrong["key"]):
            number(record, **wrong)
    assert list(record.numbers) == ["a.b"]


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_a_number_that_is_not_finite_is_refused(record, wrong):
    for ends in ({"value": wrong}, {"low": wrong}, {"high": wrong}):
        with pytest.raises(ValueError, match="not a finite number; record None for unknown or open"):
            number(record, **ends)


def test_texts_name_numbers_ranges_and_what_is_unknown(record):
    number(record, "a.exact", 10_900)
    number(record, "a.range", 57_000.4, low=50_000, high=105_000, digits=3)
    number(record, "a.interval", None, low=600, high=2_000)
    number(record, "a.open", None, low=3_000)
    number(record, "a.unknown", None)
    number(record, "a.day", date(2024, 11, 24), "date")
    said = record.text(
        "{a.exact}|{a.range}|{a.range:range}|{a.interval}|{a.open}|{a.unknown}|{a.day}|{a.gone}"
    )
    day = "24\u00a0November\u00a02024"
    assert said == f"10,900|57,000|50,000 to 105,000|600 to 2,000|3,000 or more|unknown|{day}|{{a.gone}}"


def test_a_notebook_shows_a_number_as_a_reader_would_say_it(record):
    assert repr(number(record, "a.range", 57_000.4, low=50_000, high=105_000, digits=3)) == (
        "57,000 people (50,000 to 105,000), claimed"
    )
    assert repr(number(record, "a.unknown", None)) == "unknown, claimed"


def test_a_claim_without_a_middle_is_printed_as_its_interval(record):
    told = {"claimant": "A body", "claim_id": "a-1", "unit": "persons"}
    record.claimed("a.interval", {**told, "value": math.nan, "low": 10_000.0, "high": 12_000.0})
    record.claimed("a.least", {**told, "value": math.nan, "low": 3_000.0, "high": math.nan})
    assert record.text("{a.interval}; {a.least}") == "10,000 to 12,000; 3,000 or more"
    assert record.numbers["a.least"].claims == ("a-1",)


def test_a_table_keeps_braces_as_data_and_marks_numbers(record):
    number(record)
    rows = [["{a.b}", ("num", "a.b"), ("range", "a.b"), ("text", "about {a.b}"), 3]]
    shown = record.table("tbl-x", list("vwxyz"), rows)
    assert shown.rows == [["{a.b}", "1", "", "about 1", "3"]]
    assert "about 1" in shown._repr_html_()
    assert record.tables["tbl-x"]["rows"] == [
        ["{a.b}", {"num": "a.b", "show": ""}, {"num": "a.b", "show": "range"}, {"text": "about {a.b}"}, "3"]
    ]
    with pytest.raises(ValueError, match="tbl-y: every row needs 2 cells"):
        record.table("tbl-y", ["a", "b"], [["only one"]])


def test_a_saved_record_reads_back_with_its_printed_texts(record, tmp_path):
    number(record, value=1_234_567, low=1_000_000, high=None, digits=3, claims=["x-1"])
    record.fact("a.counted", 3, "somebody counted")
    assert record.save() is None
    [path] = tmp_path.iterdir()
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["numbers"]["a.b"] | {"text": "", "claims": []} == {
        **{
            "key": "a.b",
            "at_modes": None,
            "value": 1_234_567.0,
            "low": 1_000_000.0,
            "high": None,
            "unit": "persons",
            "digits": 3,
        },
        **{"basis": "claimed", "formula": "As told", "claims": [], "notebook": "01_test", "text": ""},
        "range_text": "1,000,000 or more",
    }
    assert content["numbers"]["a.b"]["text"] == "1,230,000"
    assert content["facts"] == {"a.counted": {"holds": True, "meaning": "somebody counted"}}
    assert content.keys() == {"notebook", "numbers", "facts", "likelihoods", "figures", "tables"}
    assert "folder" not in content


def test_saving_twice_gives_the_same_bytes_whatever_the_order(tmp_path):
    for folder, keys in (("one", ("a.b", "a.c")), ("two", ("a.c", "a.b"))):
        record = Record("01_test", tmp_path / folder)
        for key in keys:
            number(record, key)
        record.save()
    assert (tmp_path / "one" / "01_test.json").read_bytes() == (
        tmp_path / "two" / "01_test.json"
    ).read_bytes()


@pytest.mark.parametrize("step", ["write_text", "replace"])
def test_a_full_disk_leaves_the_earlier_results_as_they_were(record, tmp_path, monkeypatch, step):
    number(record)
    record.save()
    earlier = (tmp_path / "01_test.json").read_bytes()
    number(record, "a.c")
    write_text = Path.write_text

    def full(self, *arguments, **options):
        if step == "write_text":
            write_text(self, "{")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))

    monkeypatch.setattr(Path, step, full)
    with pytest.raises(OSError, match="No space left"):
        record.save()
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["01_test.json"]
    assert (tmp_path / "01_test.json").read_bytes() == earlier


def test_merging_refuses_what_two_notebooks_recorded(tmp_path):
    for name, key in (("01_a", "a.b"), ("02_b", "b.c"), ("03_c", "a.b")):
        record = Record(name, tmp_path)
        number(record, key)
        record.save()
    assert list(merge(tmp_path, ["01_a", "02_b"])["numbers"]) == ["a.b", "b.c"]
    with pytest.raises(
        RunFailedError, match=r"notebooks/03_c.ipynb: a.b was recorded by an earlier notebook"
    ):
        merge(tmp_path, ["01_a", "02_b", "03_c"])


# Judgements


def band_of(word: str, yardstick: str):
    return next(band for band in BANDS[yardstick] if band.word == word)


@given(st.floats(0, 1), st.sampled_from(["icd203", "phia"]))
@example(0.0496, "icd203")
@example(0.1951, "icd203")
@example(0.0504, "phia")
@example(0.0949, "phia")
@example(0.095, "phia")
@example(0.495, "phia")
def test_the_word_and_the_printed_number_always_agree(p, yardstick):
    printed, word = format_probability(p), likelihood_word(p, yardstick)
    clause = says_of(p, yardstick, printed)
    assert printed in clause
    number = {"below 1%": 0.0, "above 99%": 1.0}.get(printed)
    number = int(printed.rstrip("%")) / 100 if number is None else number
    if word is None:
        assert yardstick == "phia"
        assert not any(band.low <= number < band.high for band in BANDS["phia"])
        assert not any(band.word in clause for band in BANDS["phia"])
    else:
        band = band_of(word, yardstick)
        assert band.low <= number < band.high or (band.closed and number == band.high)
        assert word in clause


def judged(record: Record, share: float | None, yardstick: str = "icd203") -> dict:
    """Record the judgement on reserves for a share of draws, on a day of the ledger."""
    shares = {} if share is None else {"judgement.sustainment": share}
    judge(record, "sustainment", Worked(Day(load().as_of("2024-11-24")), shares=shares), yardstick)
    return {key.removeprefix("judged.sustainment"): fact["holds"] for key, fact in record.facts.items()}


def test_a_judgement_without_a_basis_has_no_number_and_no_likelihood(record):
    assert judged(record, None) == {"": False, "_exact": False, "_word": False}
    assert (record.numbers, record.likelihoods) == ({}, {})


def test_a_gap_of_the_yardstick_prints_the_number_and_no_word(record):
    assert judged(record, 0.22, "phia")["_word"]
    told = record.likelihoods["sustainment"]
    assert (told["says"], told["word"], told["printed"]) == ("has a probability of 22%", None, "22%")


@pytest.mark.parametrize(
    ("share", "says"),
    [
        (0.999, "is almost certain (above 99%)"),
        (0.001, "has almost no chance (below 1%)"),
        (0.046, "is very unlikely (5%)"),
        (0.5, "has a roughly even chance (50%)"),
    ],
)
def test_a_judgement_is_the_share_of_draws_in_words_and_number(record, share, says):
    assert judged(record, share) == {"": True, "_exact": False, "_word": True}
    told = record.likelihoods["sustainment"]
    assert told["says"] == says
    assert told["printed"] == record.numbers["judgement.sustainment"].text


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_what_is_the_same_in_every_draw_is_arithmetic_and_gets_no_word(record, share):
    assert judged(record, share) == {"": True, "_exact": True, "_word": False}
    told = record.likelihoods["sustainment"]
    assert (told["word"], told["says"]) == (None, "")


def test_without_a_word_the_range_is_printed(record):
    losses = Losses(above=Spread(0.67, 0.58, None, 0.76), levels=1)
    judge(record, "losses", Worked(Day(load().as_of("2026-03-17")), losses=losses), "icd203", word=False)
    told = record.likelihoods["losses"]
    assert (told["word"], told["says"]) == (None, "")
    assert (told["printed"], told["probability"]) == ("58% to 76%", 0.67)


@pytest.mark.parametrize(("low", "high", "flips"), [(0.6, 0.7, False), (0.5, 0.7, True), (0.6, 0.85, True)])
def test_a_word_flips_where_leaving_out_one_body_gives_another(low, high, flips):
    assert word_flips(Losses(above=Spread(0.65, low, None, high), levels=2), "icd203") is flips


@pytest.mark.parametrize("day", ["2024-10-01", "2024-11-24", "2025-06-30", "2026-03-17"])
def test_one_degree_of_confidence_is_recorded_and_who_stands_behind_it(record, day):
    ledger = load().as_of(day)
    for quantity in ("rotation_months", "pay_usd_per_soldier_month", "observed_share_of_revenue"):
        stand_behind(record, quantity, ledger, ledger.claims_of(quantity))
        degrees = [fact for key, fact in record.facts.items() if key.startswith(f"{quantity}.confidence_")]
        assert [fact["holds"] for fact in degrees].count(True) == 1
        named = record.numbers[f"{quantity}.behind"]
        assert (named.value == "nobody") == (not named.claims)


def test_grades_are_spelt_out():
    assert grade_words("F", 6.0) == "F6: reliability cannot be judged, truth cannot be judged"
    assert letters("A-F") == list("ABCDEF")
    assert letters("F") == ["F"]
    assert letters("D-A") == []
    assert set(BASES) == {"claimed", "inferred", "assumed", "counted"}
