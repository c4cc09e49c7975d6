"""What a comparison says stands in compare.qmd; what it is filled from is declared in one place."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from briefing.compare.causes import attribute
from briefing.compare.declared import FACTS, TABLES, TEXTS, facts_of, is_number
from briefing.compare.document import SOURCE, compose_comparison
from briefing.compare.sides import Side
from briefing.ledger import load
from briefing.numbers import judged, labels
from briefing.render.evidence import known_evidence
from briefing.render.setting import Setting
from briefing.report.declared import LACKING
from briefing.scenario import load_scenario
from briefing.worked import headlines
from conftest import ROOT

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 {}"/></svg>'
NEWEST = "nis-20241120-11000-kbs"
# Twice the losses of the other, of whom fewer die, of fewer people: so fewer are killed. Another yardstick.
SETTINGS = {
    "few": {"hazard": 0.05, "killed_share": 0.2, "force": 12_000},
    "many": {"hazard": 0.1, "killed_share": 0.105, "force": 8_000},
    "phia": {"yardstick": "phia"},
}
ALWAYS = {"commit", "data-digest", "digest", "lacking", "names", "renderer", "sides"}


@pytest.fixture(scope="module")
def ledger():
    return load()


@pytest.fixture(scope="module")
def sides(ledger, tmp_path_factory) -> dict[str, Side]:
    """Briefings as they would be compared, without a run of their notebooks."""
    root = tmp_path_factory.mktemp("root")
    for name in ("_extensions", "data", SOURCE):
        (root / name).symlink_to(ROOT / name)
    names = ("november-2024", "current", "as-printed", "high-tempo")
    scenarios = {name: load_scenario(name) for name in names}
    scenarios |= {key: load_scenario("as-printed", settings) for key, settings in SETTINGS.items()}
    found = zip(scenarios.items(), headlines(scenarios.values(), ledger), strict=True)
    return {name: side(root, name, scenario, numbers, ledger) for (name, scenario), numbers in found}


def side(root: Path, name: str, scenario, numbers, ledger) -> Side:
    folder = root / "figures" / name
    folder.mkdir(parents=True)
    (folder / "fig-people.svg").write_text(SVG.format(len(name)), "utf-8")
    recorded = {key: asdict(n) | {"text": n.text, "range_text": n.range_text} for key, n in numbers.items()}
    record = {
        "digest": scenario.digest,
        "commit": "c",
        "made_from": {"data": "d", "package": "p", "lock": "l"},
        "notebooks": {"02_people": "n"},
        "evidence": {row: one["says"] for row, one in known_evidence(ledger.as_of(scenario.as_of)).items()},
        "numbers": recorded,
        "judgements": {
            "people": {"heading": "People.", "printed": "5%", "word": "very unlikely", "confidence": "Low."}
        },
    }
    words = {
        "figures": {"fig-people": {"title": f"As in {name}", "alt": f"{name} drawn", "source": "People."}}
    }
    return Side("A", name, scenario, record, (folder, {"fig-people": {"file": "fig-people.svg"}}), words)


def lettered(*sides: Side) -> list[Side]:
    return [
        Side(letter, one.name, one.scenario, one.record, one.figures, one.words)
        for letter, one in zip("ABCD", sides, strict=False)
    ]


def earlier(of: Side, **record) -> Side:
    return Side("A", f"{of.name}@earlier", of.scenario, of.record | record, None)


def composed(ledger, *given: Side) -> dict:
    sides, keys = lettered(*given), [*labels("comparison"), *judged()]
    first = sides[0]
    causes = {
        other.letter: attribute(
            first.scenario, other.scenario, ledger, keys, (first.values(keys), other.values(keys))
        )
        for other in sides[1:]
    }
    root = next(one.figures for one in given if one.figures)[0].parents[1]
    return compose_comparison(root, sides, causes, ledger, Setting("c", 0, beside=False), "briefing compare")


@pytest.fixture(scope="module")
def documents(ledger, sides) -> dict[str, dict]:
    november, current = sides["november-2024"], sides["current"]
    numbers = november.record["numbers"]
    killed = numbers["people.killed"] | {"value": 1000.0, "text": "1,000"}
    evidence = november.record["evidence"]
    fewer = {row: says for row, says in evidence.items() if row != NEWEST}
    said = evidence | {NEWEST: "something else"}
    many = {f"invented.{n}": numbers["people.force"] | {"value": float(n), "text": str(n)} for n in range(70)}
    return {
        "two": composed(ledger, november, current),
        "back": composed(ledger, current, november),
        "three": composed(ledger, november, sides["as-printed"], sides["high-tempo"]),
        "same": composed(ledger, earlier(november), november),
        "data": composed(
            ledger, earlier(november, evidence=said, numbers=numbers | {"people.killed": killed}), november
        ),
        "rows": composed(ledger, earlier(november, evidence=fewer, numbers=numbers | many), november),
        "code": composed(
            ledger, earlier(november, notebooks={}, numbers=numbers | {"people.killed": killed}), current
        ),
        "undone": composed(ledger, sides["few"], sides["many"]),
        "none": composed(ledger, sides["as-printed"], sides["phia"]),
    }


def held(document: dict) -> set[str]:
    return {key for key, fact in document["facts"].items() if fact["holds"]}


def test_what_a_comparison_is_filled_from_is_what_is_declared(documents):
    for document in documents.values():
        assert list(document["facts"]) == [*FACTS, LACKING]
        assert [key for key in document["numbers"] if not is_number(key)] == []
        assert set(document["tables"]) <= set(TABLES)
        assert set(document["texts"]) | {"renderer"} == set(TEXTS)
        assert all(document["texts"][name] for name in ALWAYS - {"lacking", "renderer"})
        assert all(table["rows"] for table in document["tables"].values())


def test_a_fact_that_nobody_states_is_refused():
    with pytest.raises(KeyError):
        facts_of({"sides.two": True})


def test_the_source_names_every_fact_and_text_that_is_declared_and_no_other():
    source = (ROOT / SOURCE).read_text("utf-8")
    named = {key for given in re.findall(r'(?:fact|not)="([^"]+)"', source) for key in given.split()}
    assert named == {*FACTS, LACKING}
    assert set(re.findall(r"\[([\w.-]+)\]\{\.text\}", source)) == set(TEXTS)
    keys = re.findall(r"\[([\w.-]+)\]\{\.(?:num|count)", source)
    assert [key for key in keys if not is_number(key)] == []
    assert set(re.findall(r"\{#(tbl-\w+)", source)) == {*TABLES, "tbl-trace"}


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_holds_in_one_comparison_and_not_in_another(documents, fact):
    assert {fact in held(document) for document in documents.values()} == {True, False}


def test_runs_of_one_scenario_differ_by_evidence_and_code_alone(documents):
    data = documents["data"]
    assert {"sides.alike", "numbers.differ", "moved.raised", "rows.otherwise", "code.same"} <= held(data)
    assert not held(data) & {"causes.single", "causes.none", "parameters.differ", "figures.kept", "rows.new"}
    assert (data["numbers"]["moved.a"]["text"], data["texts"]["moved-cause"]) == (
        "1,000",
        "evidence and code",
    )
    rows = data["tables"]["tbl-causes"]["rows"]
    assert [(row[0], row[1]) for row in rows] == [
        ("Killed within the horizon, assumed", "evidence that it counts")
    ]
    assert data["tables"]["tbl-rows"]["columns"] == ["Rows", "Known otherwise"]
    assert "tbl-parameters" not in data["tables"]


def test_where_nothing_differs_no_table_says_so(documents):
    same = documents["same"]
    assert set(same["tables"]) == {"tbl-judgements"}
    assert not held(same) & {"numbers.differ", "moved.known", "rows.new", "figures.differ"}


def test_what_moved_most_is_named_with_its_sign_and_its_size(documents):
    for name, sign in (("two", "lowered"), ("back", "raised")):
        document = documents[name]
        assert document["texts"]["moved-label"] == "Killed within the horizon, assumed"
        assert document["texts"]["moved-cause"] == "the hazard"
        assert held(document) & {"moved.raised", "moved.lowered"} == {f"moved.{sign}"}
        assert document["numbers"]["moved.by"]["value"] > 1000
    two, back = documents["two"]["numbers"], documents["back"]["numbers"]
    assert two["moved.a"]["text"] == back["moved.b"]["text"] == two["a.people.killed"]["text"]


def test_a_change_that_the_others_undo_is_said_to_be_undone(documents):
    undone = documents["undone"]
    assert {"moved.raised", "moved.undone"} <= held(undone)
    assert undone["texts"]["moved-cause"] == "the hazard"
    assert undone["numbers"]["moved.b"]["value"] < undone["numbers"]["moved.a"]["value"]


def test_with_more_sides_the_text_speaks_of_two_and_the_tables_of_all(documents):
    three = documents["three"]
    assert three["texts"]["names"] == "november-2024, as-printed and high-tempo"
    assert three["texts"]["sides"] == "A is november-2024, B is as-printed and C is high-tempo"
    assert "sides.two" not in held(three)
    names = [row[0] for row in three["tables"]["tbl-causes"]["rows"] if row[0]]
    assert {name.rpartition(", ")[2] for name in names} == {"B", "C"}
    assert not any(key.startswith("difference.") for key in three["numbers"])


def test_a_figure_says_what_each_sides_own_document_says_of_it(documents):
    figure = documents["two"]["figures"]["fig-people"]
    assert figure["title"] == "A: As in november-2024. B: As in current."
    assert figure["source"] == "People."
    assert [drawing["alt"] for drawing in figure["drawings"]] == [
        "A: november-2024 drawn",
        "B: current drawn",
    ]


def test_the_title_is_the_sources(documents):
    title = documents["two"]["words"]["title"]
    assert title == documents["two"]["metadata"]["title"] == "What differs between november-2024 and current"


def test_a_judgement_without_a_word_prints_its_number_alone(ledger, sides):
    november = sides["november-2024"]
    exact = {"people": {"heading": "People.", "printed": "below 1%", "word": None, "confidence": "Low."}}
    none = {"people": {"heading": "People.", "printed": None, "word": None, "confidence": ""}}
    found = composed(
        ledger, november, earlier(november, judgements=exact), earlier(november, judgements=none)
    )
    rows = found["tables"]["tbl-judgements"]["rows"]
    assert rows == [["People", "very unlikely (5%). Low.", "below 1%. Low.", "no basis"]]
