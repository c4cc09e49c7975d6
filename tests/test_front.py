"""The first two pages: a title by what is known, the same claims in a day's runs, a frame for scenarios."""

import re

import pytest
from said import said

from briefing.ledger import load
from briefing.ledger.then_and_now import then_and_now
from briefing.render.beside import beside, edition_of, settings_in_words
from briefing.scenario import load_scenario
from briefing.worked import headlines

COUNT = r"[\d,]+"
WAR = "a war that neither Moscow nor Pyongyang admits"
TITLES = {
    "2024-10-05": "DPRK soldiers are reported in Russia; no count of them is on record here",
    "2024-10-20": f"{COUNT} to {COUNT} DPRK soldiers are said to be in Russia; neither Moscow nor Pyongyang "
    "admits it",
    "november-2024": "Seoul counts 10,900 DPRK soldiers in Kursk; the 100,000 holds only at the edge of its "
    "author’s own numbers",
    "2025-01-31": f"{COUNT} to {COUNT} DPRK soldiers are said to be killed or wounded in {WAR}",
    "2025-06-30": "The deployment is now admitted; neither Moscow nor Pyongyang says how many soldiers it "
    "has cost",
    "current": f"Some {COUNT} to {COUNT} DPRK soldiers are said to be in Russia; by Seoul’s count {COUNT} "
    "have been killed or wounded",
    "high-tempo": "If “Two phases of heavy fighting, losses not replaced” holds, .+ would be .+ and not .+",
    "short-tours": "If force is 15,000 and pay is 2,500 and tour is 1.8/2/3, .+ would be .+ and not .+",
    "phia": "If yardstick is phia: no main number moves",
}


@pytest.mark.parametrize("name", TITLES)
def test_the_title_says_what_is_known_on_the_day(name):
    assert re.fullmatch(TITLES[name], said(name).words.title)


@pytest.mark.parametrize(
    ("run", "edition"),
    [("as-printed", "november-2024"), ("high-tempo", "november-2024"), ("short-tours", "current")],
)
def test_settings_change_the_title_and_the_frame_and_no_claim(run, edition):
    here, there = said(run).document, said(edition).document
    for name in ("tbl-now", "tbl-then", "tbl-turns"):
        assert here["tables"][name] == there["tables"][name]
    claimed = {key: number for key, number in there["numbers"].items() if key.startswith("now.")}
    assert claimed
    assert {key: here["numbers"][key] for key in claimed} == claimed
    assert "tbl-with" in here["tables"]
    assert "tbl-with" not in there["tables"]
    # Where the questions stand is said of the day, in its edition.
    assert ("tbl-standings" in said(run).words.tables, "tbl-standings" in said(edition).words.tables) == (
        False,
        True,
    )


def numbers_of(name: str, **settings) -> tuple:
    scenario, ledger = load_scenario(name, settings), load()
    [numbers] = headlines([scenario], ledger)
    told = {
        key: {**vars(number), "text": number.text, "range_text": number.range_text}
        for key, number in numbers.items()
    }
    return scenario, beside(scenario, ledger, told)


def test_a_run_stands_beside_the_edition_of_its_day():
    scenario, parts = numbers_of("current", pay=2500)
    assert edition_of(scenario).name == "current"
    rows = {row[0]: row[1:] for row in parts["tables"]["tbl-with"]["rows"]}
    assert list(rows) == [
        *("Killed within the horizon", "Killed or wounded within the horizon"),
        *("Different people", "Pay at the claimed rate"),
    ]
    # Only the pay is another, so only what is paid is.
    assert parts["numbers"]["with.label"]["text"] == "pay at the claimed rate"
    assert parts["facts"]["with.moved"]["holds"]


def test_a_scenario_that_leaves_losses_out_says_none_and_names_no_number_of_dead():
    _, parts = numbers_of("as-printed")
    rows = {row[0]: row[1] for row in parts["tables"]["tbl-with"]["rows"]}
    assert rows["Killed within the horizon"] == rows["Killed or wounded within the horizon"] == "none"
    assert parts["numbers"]["with.label"]["text"] == "different people"


def test_an_edition_stands_beside_nothing():
    _, parts = numbers_of("november-2024")
    assert parts["tables"] == {}
    assert not parts["facts"]["with.moved"]["holds"]


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("current", {"tour": None, "as_of": "2025-01-31"}, "the day is 2025-01-31 and tour is none"),
        ("allied-terms", {}, "“Paid as an allied army” holds"),
        ("allied-terms", {"pay": 3000}, "“Paid as an allied army” holds and pay is 3,000"),
    ],
)
def test_settings_are_said_in_words(name, settings, words):
    assert settings_in_words(load_scenario(name, settings)) == words


# Then and now


def test_the_last_row_that_is_known_stands_beside_the_article():
    seen = {day: {one.title: one for one in then_and_now(load().as_of(day))} for day in DAYS}
    losses = [seen[day]["Losses"] for day in DAYS]
    assert [one.later for one in losses] == [False, True, True]
    assert [one.rests_on for one in losses[1:]] == [
        ("nis-20250113-killed-300", "nis-20250113-total-3000"),
        ("nis-20250902-killed-2000", "nis-20260212-total-6000"),
    ]
    assert losses[2].claimants == ("NIS (Republic of Korea)",)


DAYS = ("2024-11-24", "2025-01-31", "2026-03-17")


def test_nothing_of_the_article_stands_there_before_it_was_printed():
    assert then_and_now(load().as_of("2024-11-19")) == []
