"""What the page is given beside its text: typefaces, data to take away, and what programs read."""

import base64
import csv
import io
import json
import re
from datetime import date

import pandas as pd
import pytest
from fontTools.ttLib import TTFont

from briefing.datasets import csv_text, frame_csv
from briefing.figures.style import new_figure
from briefing.render import webfonts
from briefing.render.page import numbers_csv, policy
from briefing.render.structured import in_script
from briefing.results import Record
from conftest import ROOT


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "=HYPERLINK(1)"])
def test_a_text_that_a_spreadsheet_would_run_stays_a_text(text):
    assert read(csv_text([text], [[text]])) == [[f"'{text}"], [f"'{text}"]]


@pytest.mark.parametrize(
    ("content", "written"),
    [
        (-0.5, "-0.5"),
        ("-0.5", "-0.5"),
        (10_900.0, "10900"),
        (1e12, "1000000000000"),
        (0.000012345678, "0.0000123457"),
        (None, ""),
        (float("nan"), ""),
        (pd.NaT, ""),
        (True, "yes"),
        (pd.Timestamp("2024-11-24"), "2024-11-24"),
        (date(2024, 11, 24), "2024-11-24"),
        ('a "quoted", text', 'a "quoted", text'),
    ],
)
def test_numbers_days_and_gaps_are_written_plainly(content, written):
    assert read(csv_text(["value", "end"], [[content, "x"]]))[1] == [written, "x"]


def test_a_figure_keeps_what_is_behind_it_and_its_parts(tmp_path):
    record = Record("01_any", tmp_path)
    steps = {"first": (new_figure(1, 1), {"by": "a"}), "second": (new_figure(1, 1), {"by": "b"})}
    frame = pd.DataFrame({"day": [1, 2], "people": [3.0, None]})
    record.figure("fig-a", new_figure(1, 1), frame, steps)
    record.figure("fig-b", new_figure(1, 1), frame.iloc[:0])
    entry = record.figures["fig-a"]
    assert entry["csv"] == frame_csv(frame) == "day,people\n1,3\n2,\n"
    assert [step["label"] for step in entry["steps"]] == ["first", "second"]
    assert [step["texts"] for step in entry["steps"]] == [{"by": "a"}, {"by": "b"}]
    assert all((tmp_path / step["file"]).is_file() for step in entry["steps"])
    assert "csv" not in record.figures["fig-b"]


def test_all_numbers_are_written_with_what_they_rest_on():
    number = {
        "value": 15.0,
        "low": None,
        "high": 20.0,
        "unit": "persons",
        "full": "15 people",
        "basis": "claimed",
        "formula": "=as stated",
        "claims": ["a", "b"],
    }
    head, row = read(numbers_csv({"force.now": number}))
    told = dict(zip(head, row, strict=True))
    assert told["key"] == "force.now"
    assert (told["value"], told["low"], told["high"]) == ("15", "", "20")
    assert told["formula"] == "'=as stated"
    assert told["rests_on"] == "a;b"


def test_nothing_in_embedded_json_can_end_its_element():
    hostile = {"says": "</script><!-- & \u2028 \u2029 {{< meta title >}}"}
    text = in_script(hostile)
    assert not re.search("[<>&\u2028\u2029]", text)
    assert json.loads(text) == hostile


def test_the_policy_names_the_scripts_and_nothing_else():
    assert "script-src 'sha256-" in policy(["one()"])
    assert policy(["one()"]) != policy(["two()"])
    assert "unsafe-inline" not in policy(["one()"]).split("script-src")[1].split(";")[0]


def test_typefaces_made_otherwise_are_made_anew_with_the_same_bytes_and_others_left_alone(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(webfonts, "FACES", dict([*webfonts.FACES.items()][-1:]))
    sheet = webfonts.supply_web_fonts(tmp_path)
    content, before = sheet.read_bytes(), sheet.stat().st_mtime_ns
    webfonts.supply_web_fonts(tmp_path)
    assert sheet.stat().st_mtime_ns == before
    sheet.write_text("/* of an earlier version */\n")
    webfonts.supply_web_fonts(tmp_path)
    assert sheet.read_bytes() == content


@pytest.fixture(scope="module")
def sheet():
    return webfonts.supply_web_fonts(ROOT / "_extensions" / "briefing" / "fonts")


def test_the_typefaces_hold_the_letters_of_english_of_korean_names_in_latin_and_of_ukrainian(sheet):
    for (family, _, style), font in zip(
        webfonts.FACES.values(), re.findall(r"base64,([^)]+)\)", sheet.read_text()), strict=True
    ):
        letters = TTFont(io.BytesIO(base64.b64decode(font))).getBestCmap().keys()
        assert (
            set(map(ord, "aZ09éł\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u2212\u00d7\u20ac")) <= letters
        ), family
        # The italic, which titles in the references stand in, is drawn for fewer.
        if style == "normal":
            assert set(map(ord, "ŏŭяєіїґЩ")) <= letters, family
