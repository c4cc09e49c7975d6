"""Each number is defined once: every place follows its entry, and sweeps give what notebooks record."""

import json
import re
from itertools import product
from pathlib import Path

import pytest
from fits import fit

from briefing import numbers, worked
from briefing.compare import differences
from briefing.compare.sides import Side
from briefing.ledger import load
from briefing.model import leave_out
from briefing.model.inference import TooFewDrawsError
from briefing.model.inputs import central, drawn, model_inputs
from briefing.model.outcomes import outcomes
from briefing.render.finished import read_briefing
from briefing.render.whatif import what_if
from briefing.results import Record
from briefing.run import runner
from briefing.scenario import build_scenario, load_scenario, scenario_names
from briefing.scenario.sweep_specs import parse_grid
from briefing.sweep.index import write_index
from briefing.worked import box_rows, headlines, record_numbers, work_out
from conftest import ROOT

RECORDING = ("02_people", "03_losses", "04_money")
# Contradicting grades, origins and days, so that the fit of losses differs as well.
OTHER = {
    "as_of": "2025-06-30",
    "grades_allowed": "A-B",
    "origin_cap": 2,
    "draws": 3_000,
    "seed": 5,
    "tour": "2/3/6",
    "force": "9000/11000/14000",
    "pool": "30000/40000/60000",
    "signing": 2_000,
    "count_rule": "block",
    "horizon": 9,
}


# Ranges on a day with claims of losses; a force in decline; a day on which nobody had claimed a total.
WORKED = (("november-2024", OTHER), ("high-tempo", {}), ("as-printed", {"as_of": "2024-10-01"}))


@pytest.fixture(scope="module")
def ledger():
    return load()


@pytest.mark.parametrize(("name", "settings"), WORKED)
def test_every_headline_equals_the_number_of_the_notebook(name, settings, project):
    scenario, ledger = load_scenario(name, settings), load(project / "data")
    for path in (project / "notebooks").glob("*.ipynb"):
        if path.stem not in RECORDING:
            path.unlink()
    runner.run_notebooks(project, scenario)
    numbers, likelihoods, tables = {}, {}, {}
    for name in RECORDING:
        content = json.loads((project / "figures" / scenario.name / f"{name}.json").read_text())
        numbers |= content["numbers"]
        likelihoods |= content["likelihoods"]
        tables |= content["tables"]
    inferred = numbers["losses.inferred"]["value"] is not None
    assert ("tbl-left-out" in tables) == ("losses.judged" in numbers) == inferred
    if inferred:
        left_out = [row[0] for row in tables["tbl-left-out"]["rows"]]
        assert left_out[0] == "nothing"
        assert len(left_out) > numbers["fit.origins"]["value"]
        assert likelihoods["losses"]["word"] is None  # no two independent bodies gave a level
    [found] = headlines([scenario], ledger)
    assert {f"judgement.{name}" for name in likelihoods} == {
        key for key, number in found.items() if key.startswith("judgement") and number.value is not None
    }
    for key, number in found.items():
        if key not in numbers:
            assert key.removeprefix("judgement.") not in likelihoods
            assert (number.value, number.low, number.high) == (None, None, None)
            continue
        assert (number.key, number.unit, number.digits) == (key, numbers[key]["unit"], numbers[key]["digits"])
        for end in ("value", "low", "at_modes", "high"):
            recorded = numbers[key][end]
            assert getattr(number, end) == (
                None if recorded is None else pytest.approx(recorded, rel=1e-12, abs=0)
            ), f"{key}, {end}"


def test_many_together_give_in_order_what_each_gives_alone(ledger):
    few = [load_scenario(scenario, {"draws": 2_000}) for scenario in scenario_names()]
    few += [load_scenario(name, settings | {"draws": 2_000}) for name, settings in WORKED]
    mixed = [*few, *few[::-1]]
    together = list(headlines(iter(mixed), ledger))
    alone = [next(headlines([scenario], ledger)) for scenario in few]
    assert together == [*alone, *alone[::-1]]


def test_losses_are_fitted_once_for_each_combination_that_they_depend_on(ledger, monkeypatch):
    days = []
    fit = worked.fit_losses

    def counted(claims, today, calendar, **options):
        days.append((str(today.date()), options["seed"]))
        return fit(claims, today, calendar, **options)

    monkeypatch.setattr(worked, "fit_losses", counted)
    fitted = [("2025-01-31", 1), ("2025-06-30", 1), ("2025-06-30", 2)]
    made = [
        load_scenario("as-printed", {"pay": pay, "force": force, "as_of": day, "seed": seed, "draws": 1_000})
        for pay, force, (day, seed) in product((2_000, 2_500), (8_000, 9_000), fitted)
    ]
    found = list(headlines(made, ledger))
    assert sorted(days) == fitted
    assert len({numbers["losses.inferred"].value for numbers in found}) == 3
    assert len({numbers["money.agreed"].value for numbers in found}) == 4


def test_claims_that_contradict_each_other_too_strongly_leave_no_basis(ledger, monkeypatch):
    def refuse(*_, **__):
        raise TooFewDrawsError("too few")

    monkeypatch.setattr(worked, "fit_losses", refuse)
    [found] = headlines([load_scenario("current")], ledger)
    for key in ("losses.inferred", "losses.inferred_killed", "judgement.losses"):
        assert (found[key].value, found[key].low, found[key].high) == (None, None, None)
    assert found["judgement.people"].value is not None


def test_the_range_of_the_share_is_what_leaving_out_a_body_makes_of_it(ledger, monkeypatch):
    day = "2026-03-17"
    without = leave_out.leave_out(fit(day))
    losses = worked.infer(ledger.as_of(day), fit(day), without).losses
    assert losses.levels == 1
    shares = {one.name: one.above(6_000) for one in without if one.whole}
    assert (losses.above.low, losses.above.high) == (min(shares.values()), max(shares.values()))
    assert losses.above.low < losses.above.mode < losses.above.high
    # what too few draws say enters no range
    fewest = min((one for one in without if one.whole), key=lambda one: one.effective_sample)
    monkeypatch.setattr(leave_out, "FEWEST", fewest.effective_sample + 1)
    del shares[fewest.name]
    fewer = worked.infer(ledger.as_of(day), fit(day), without).losses.above
    assert fewer.high == max([*shares.values(), fewer.mode]) < losses.above.high


def test_on_a_day_without_a_claim_of_losses_nothing_is_inferred(ledger):
    for day in ("2024-10-05", "2024-11-24"):
        assert (
            worked.infer(ledger.as_of(day), fit(day), leave_out.leave_out(fit(day))).losses == worked.Losses()
        )


def test_a_scenario_in_its_own_words_needs_no_file(ledger):
    plain = build_scenario(
        {"name": "own", "title": "Own", "why": "To test", "force": 12_500, "tour": 2.5, "hazard": 0}
    )
    [found] = headlines([plain], ledger)
    assert found["people.distinct"].value == pytest.approx(72_500)
    assert found["people.blocks"].value == pytest.approx(62_500)
    assert found["money.agreed"].value == pytest.approx(300e6)


# Every place follows the entries

ADDED = numbers.Definition(
    key="people.wounded",
    label="Wounded within the horizon",
    unit="persons",
    formula="Casualties less killed",
    quantity="wounded",
    of="from the knowledge date on, assumed",
    behind="nobody: assumed hazard",
    shown=numbers.EVERYWHERE,
)


def recorded(key: str, value: float) -> dict:
    """A number as a briefing's record holds it."""
    number = {"key": key, "value": value, "text": f"{value:g}", "range_text": "", "unit": "persons"}
    return number | {
        "basis": "assumed",
        "formula": "",
        "claims": [],
        "low": None,
        "high": None,
        "digits": None,
    }


def places(ledger, folder: Path) -> dict[str, list[str]]:
    """What each place shows of the numbers, asked from that place itself."""
    keys = [one.key for one in numbers.NUMBERS]
    scenario = load_scenario("as-printed")
    about = {"scenario": {"arrivals": None, "phases": None}, "commit": "", "notebooks": {}, "evidence": {}}
    about |= {"made_from": {"data": "", "package": "", "lock": ""}, "judgements": {}}
    content = {
        letter: {**about, "digest": letter, "numbers": {key: recorded(key, value) for key in keys}}
        for letter, value in (("A", 1.0), ("B", 2.0))
    }
    sides = [Side(letter, letter, scenario, record, None) for letter, record in content.items()]
    briefing = folder / "briefings" / scenario.name
    briefing.mkdir(parents=True)
    (folder / "_extensions").symlink_to(ROOT / "_extensions")
    manifest = {"title": "T", "digest": "d", "as_of": "2024-11-24", "coverage_end": "2024-11-24"}
    (briefing / "manifest.json").write_text(json.dumps(manifest | {"scenario": {"title": "T"}}))
    (briefing / "report.html").touch()
    (briefing / "results.json").write_text(json.dumps(sides[0].record))
    sweep = parse_grid(["pay=1500,2500"], "as-printed")
    page = write_index(folder / "briefings/sweeps/pay", sweep, [], 0, folder / "briefings").read_text("utf-8")
    heads = re.findall(r'<th scope="col" class="number">([^<]+)</th>', page)
    by_label = {one.label: one.key for one in numbers.NUMBERS}
    return {
        "box": [cells[1][1] for cells in box_rows(ledger.as_of("2024-11-24"))],
        "sweep": [by_label[head] for head in heads if head in by_label],
        "comparison": differences.shown_numbers(sides),
        "index": list(read_briefing(briefing).numbers),
        "what-if": [output["key"] for output in what_if(scenario, scenario.values(), {})["outputs"]],
    }


def test_every_place_shows_the_numbers_whose_entry_names_it_and_no_other(ledger, tmp_path):
    for place, keys in places(ledger, tmp_path).items():
        assert keys == [one.key for one in numbers.NUMBERS if place in one.shown], place
        assert keys, place


def test_one_more_entry_is_shown_and_worked_out_everywhere(ledger, tmp_path, monkeypatch):
    monkeypatch.setattr(numbers, "NUMBERS", (ADDED, *numbers.NUMBERS))
    assert all(keys[0] == ADDED.key for keys in places(ledger, tmp_path).values())
    [found] = headlines([load_scenario("november-2024")], ledger)
    assert found[ADDED.key].at_modes == pytest.approx(7848 - 1962)
    record = Record("02_people", tmp_path)
    inputs = model_inputs(**load_scenario("november-2024").values())
    at_modes, in_draws = (
        given | outcomes(given) for given in (central(inputs), drawn(inputs, 20_000, 20241124))
    )
    record_numbers(record, work_out(ledger.as_of("2024-11-24"), at_modes, in_draws), "people")
    recorded_here = record.numbers[ADDED.key]
    assert (recorded_here.value, recorded_here.at_modes) == pytest.approx(
        (found[ADDED.key].value, found[ADDED.key].at_modes)
    )


@pytest.mark.parametrize(
    ("settings", "key", "claims"),
    [
        ({"force": 10_900}, "people.force", ("seed-troops-kursk-10900",)),
        ({"force": 12_000}, "people.force", ("zelensky-20241104-11000", "seed-troops-kursk-10900")),
        ({"pay": "1500/2000/3000"}, "money.pay", ("nis-20241023-pay-2000",)),
        ({"pool": 40_000}, "people.pool", ("kpa_11th_corps_strength@2010",)),
        ({"pool": 41_000}, "people.pool", ()),
    ],
)
def test_the_chain_of_an_input_names_the_row_that_states_it_or_those_around_it(ledger, settings, key, claims):
    scenario = load_scenario("november-2024", settings)
    done = central(model_inputs(**scenario.values()))
    done |= outcomes(done)
    made = work_out(ledger.as_of("2024-11-24"), done, done)
    assert worked.number_of(numbers.defined(key), made).claims == claims


@pytest.mark.parametrize("gone", [one.key for one in numbers.NUMBERS if one.shown])
def test_an_entry_that_is_deleted_is_gone_from_every_place(gone, ledger, tmp_path, monkeypatch):
    kept = tuple(one for one in numbers.NUMBERS if one.key != gone)
    monkeypatch.setattr(numbers, "NUMBERS", kept)
    for place, keys in places(ledger, tmp_path).items():
        assert keys == [one.key for one in kept if place in one.shown], place


def test_every_entry_says_in_one_way_how_it_is_worked_out_and_rests_on_evidence_that_is_known():
    for one in numbers.NUMBERS:
        assert sum(map(bool, (one.quantity, one.event, one.compute))) == 1, one.key
        assert set(one.rests_on) <= set(worked.EVIDENCE), one.key
        assert set(re.findall(r"{(\w+)}", one.behind)) <= set(worked.BODIES), one.key
        assert "what-if" not in one.shown or one.quantity, one.key
        assert "box" not in one.shown or (one.of and one.behind), one.key
    keys = [one.key for one in numbers.NUMBERS]
    assert len(keys) == len(set(keys))


def test_the_order_of_every_place_is_deaths_then_people_then_money():
    subjects = [one.subject for one in numbers.NUMBERS if one.shown]
    assert subjects == sorted(subjects, key=["losses", "people", "money"].index)
    tolls = [one.key for one in numbers.NUMBERS][:4]
    assert tolls == ["losses.inferred_killed", "losses.inferred", "people.killed", "people.casualties"]


def test_no_other_module_keeps_a_list_of_headline_numbers():
    keys = [one.key for one in numbers.NUMBERS if one.shown]
    named = {
        path.name: [key for key in keys if f'"{key}"' in path.read_text("utf-8")]
        for path in (ROOT / "src").rglob("*.py")
        if path.name != "numbers.py"
    }
    assert {name: found for name, found in named.items() if len(found) > 3} == {}
