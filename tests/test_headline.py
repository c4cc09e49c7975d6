"""The headline numbers without notebooks are those that the notebooks record."""

import json
from itertools import product

import pytest

from briefing import headline
from briefing.headline import headlines
from briefing.ledger import load
from briefing.model.inference import TooFewDrawsError
from briefing.run import runner
from briefing.scenario import build_scenario, load_scenario, scenario_names

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


def scenarios():
    named = [load_scenario(name) for name in scenario_names()]
    return [*named, load_scenario("baseline", OTHER), load_scenario("baseline", {"as_of": "2024-10-01"})]


@pytest.fixture(scope="module")
def ledger():
    return load()


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_every_headline_equals_the_number_of_the_notebook(scenario, ledger, project):
    for path in (project / "notebooks").glob("*.ipynb"):
        if path.stem not in RECORDING:
            path.unlink()
    runner.run_notebooks(project, scenario)
    numbers, judgements = {}, {}
    for name in RECORDING:
        content = json.loads((project / "figures" / scenario.name / f"{name}.json").read_text())
        numbers |= content["numbers"]
        judgements |= content["judgements"]
    [found] = headlines([scenario], ledger)
    assert {f"judgement.{name}" for name in judgements} == {
        key for key in found if key.startswith("judgement")
    }
    for key, number in found.items():
        if key not in numbers:
            assert judgements[key.removeprefix("judgement.")]["probability"] is None
            assert (number.value, number.low, number.high) == (None, None, None)
            continue
        assert (number.key, number.unit, number.digits) == (key, numbers[key]["unit"], numbers[key]["digits"])
        for end in ("value", "low", "median", "high"):
            recorded = numbers[key][end]
            assert getattr(number, end) == (
                None if recorded is None else pytest.approx(recorded, rel=1e-12, abs=0)
            ), f"{key}, {end}"


def test_many_together_give_in_order_what_each_gives_alone(ledger):
    mixed = [*scenarios(), *scenarios()[::-1]]
    together = list(headlines(iter(mixed), ledger))
    assert together == [next(headlines([scenario], ledger)) for scenario in mixed]


def test_losses_are_fitted_once_for_each_combination_that_they_depend_on(ledger, monkeypatch):
    days = []
    fit = headline.fit_losses

    def counted(claims, today, calendar, **options):
        days.append((str(today.date()), options["seed"]))
        return fit(claims, today, calendar, **options)

    monkeypatch.setattr(headline, "fit_losses", counted)
    grid = product((2_000, 2_500), (8_000, 9_000), ("2025-01-31", "2025-06-30"), (1, 2))
    made = [
        load_scenario("as-printed", {"pay": pay, "force": force, "as_of": day, "seed": seed, "draws": 1_000})
        for pay, force, day, seed in grid
    ]
    found = list(headlines(made, ledger))
    assert sorted(days) == [(day, seed) for day in ("2025-01-31", "2025-06-30") for seed in (1, 2)]
    assert len({numbers["losses.inferred"].value for numbers in found}) == 4
    assert len({numbers["money.agreed"].value for numbers in found}) == 4


def test_claims_that_contradict_each_other_too_strongly_leave_no_basis(ledger, monkeypatch):
    def refuse(*_, **__):
        raise TooFewDrawsError("too few")

    monkeypatch.setattr(headline, "fit_losses", refuse)
    [found] = headlines([load_scenario("garrison-2026")], ledger)
    for key in ("losses.inferred", "losses.inferred_killed", "judgement.losses"):
        assert (found[key].value, found[key].low, found[key].high) == (None, None, None)
    assert found["judgement.money"].value is not None


def test_a_scenario_in_its_own_words_needs_no_file(ledger):
    plain = build_scenario({"name": "own", "title": "Own", "why": "To test", "force": 12_500, "tour": 2.5})
    [found] = headlines([plain], ledger)
    assert found["people.distinct"].value == pytest.approx(72_500)
    assert found["people.blocks"].value == pytest.approx(62_500)
    assert found["money.agreed"].value == pytest.approx(300e6)
