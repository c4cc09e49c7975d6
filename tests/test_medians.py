"""A number with a range is its median with the range of ninety percent: one string in every place."""

import csv
import json
import re
from io import StringIO
from urllib.parse import unquote

import pytest
from pages import Page

from briefing.formats import show, show_range
from briefing.ledger import load
from briefing.model.inputs import drawn, model_inputs
from briefing.model.outcomes import outcomes
from briefing.model.uncertainty import quantiles
from briefing.numbers import defined, shown
from briefing.scenario import load_scenario
from briefing.worked import headlines

NAME = "november-2024"


@pytest.fixture(scope="module")
def numbers(rendered) -> dict:
    """What the briefing recorded, for programs."""
    return json.loads((rendered / "briefings" / NAME / "results.json").read_text("utf-8"))["numbers"]


@pytest.fixture(scope="module")
def page(rendered) -> Page:
    return Page(rendered / "briefings" / NAME / "report.html")


def spaced(text: str) -> str:
    """The text with plain spaces, as a page's words are compared."""
    return " ".join(text.replace("\u00a0", " ").split())


def both(number: dict) -> str:
    return spaced(f"{number['text']} ({number['range_text']})")


def rows(page: Page, name: str) -> list[list[str]]:
    return [[cell.text for cell in row.every("td")] for row in page.by_id(name).every("tr")]


def test_the_value_is_the_median_of_the_draws_and_the_range_their_percentiles(numbers):
    scenario = load_scenario(NAME)
    found = outcomes(drawn(model_inputs(**scenario.values()), scenario.draws, scenario.seed))
    for one in (one for one in shown("what-if") if one.quantity != "standing_end"):
        number = numbers[one.key]
        ends = (number["low"], number["value"], number["high"])
        assert ends == pytest.approx(tuple(one.factor * quantiles(found[one.quantity])))
        assert number["text"] == show(number["value"], one.unit, one.digits)
        assert number["low"] < number["value"] < number["high"]
    assert numbers["people.distinct"]["at_modes"] == pytest.approx(56_998, abs=1)
    blocks = numbers["people.blocks"]
    assert blocks["low"] < blocks["value"] < blocks["high"]
    assert blocks["at_modes"] == pytest.approx(48_505, abs=1)


def test_a_headline_number_is_one_string_in_every_place(rendered, numbers, page):
    keys = [one.key for one in shown("box") if numbers[one.key]["low"] is not None]
    assert len(keys) >= 6
    box = {row[0]: row[1:3] for row in rows(page, "tbl-numbers") if row}
    download = next(
        link for link in page.links if link.startswith("data:text/csv") and "people.killed" in link
    )
    exported = {row["key"]: row for row in csv.DictReader(StringIO(unquote(download.partition(",")[2])))}
    [alone] = headlines([load_scenario(NAME)], load(rendered / "data"))
    compared = Page(next((rendered / "briefings/comparisons").glob("*/report.html"))).root.text
    index = Page(rendered / "briefings/index.html").root.text
    for key in keys:
        number, one = numbers[key], defined(key)
        text, range_text = spaced(number["text"]), spaced(number["range_text"])
        assert box[one.label] == [text, range_text]
        low, value, high = (float(exported[key][end]) for end in ("low", "value", "high"))
        assert spaced(show(value, one.unit, number["digits"])) == text
        assert spaced(show_range(low, high, one.unit, number["digits"])) == range_text
        assert (alone[key].text, alone[key].range_text) == (number["text"], number["range_text"])
        assert "comparison" not in one.shown or f"{text} ({range_text})" in compared
        assert "index" not in one.shown or (text in index and range_text in index)
    sweep = {f"{one.quantity}": numbers[one.key] for one in shown("sweep")}
    for quantity, number in sweep.items():
        assert numbers[f"november_2024.{quantity}"]["text"] == number["text"]
        assert any(both(number) in row for row in rows(page, "tbl-scenarios"))


def test_figures_their_titles_and_alt_texts_print_the_medians(numbers, page):
    distinct, standing = (numbers[f"people.{name}"] for name in ("distinct", "standing_end"))
    drawn_there = {name: page.by_id(name) for name in ("fig-people", "fig-money", "fig-scenarios")}
    assert spaced(distinct["text"]) in drawn_there["fig-people"].every("figcaption")[0].text
    assert f"Median: {distinct['text']}" in drawn_there["fig-people"].text
    assert f"Median: {standing['text']}" in drawn_there["fig-people"].text
    told = " ".join(
        spaced(one.attributes.get("aria-label", "") + one.attributes.get("alt", "") + one.text)
        for one in drawn_there["fig-people"].walk()
    )
    assert f"months ({distinct['range_text']})" in told
    for key in ("agreed", "not_shown", "received", "state", "households"):
        number = numbers[f"money.{key}"]
        assert spaced(show(number["value"], "usd", 3)) in drawn_there["fig-money"].text
        assert spaced(number["range_text"]) in drawn_there["fig-money"].text
    assert f"november 2024 {distinct['text']}" in drawn_there["fig-scenarios"].text


def test_the_value_at_the_modes_is_printed_nowhere(rendered, numbers, page):
    said = page.root.text
    for key in ("people.distinct", "people.casualties", "people.killed", "money.received"):
        number = numbers[key]
        printed = spaced(show(number["at_modes"], number["unit"], number["digits"]))
        assert not re.search(rf"(?<![\d,.]){re.escape(printed)}(?![\d,.])", said), printed
    assert "at_modes" not in (rendered / "briefings" / NAME / "report.html").read_text("utf-8")
