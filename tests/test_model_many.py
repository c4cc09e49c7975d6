"""Many scenarios at once give what each gives alone, in order, in flat memory."""

import tracemalloc
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model import alike, many
from briefing.model.inputs import central, drawn, model_inputs
from briefing.model.many import Event, summaries
from briefing.model.outcomes import CHUNK, outcomes
from briefing.model.scenario_case import read_case
from briefing.model.uncertainty import quantiles, sample

KURSK = [
    {"days": 40, "hazard": 0.009},
    {"days": 22, "hazard": 0.0, "arrivals_after": 3_000},
    {"days": 79, "hazard": 0.005},
]
BASE = {
    "force": 10_900.0,
    "tour": {"low": 2, "mode": 3, "high": 12},
    "horizon": 12.0,
    "count_rule": "staggered",
    "policy": "hold",
    "hazard": {"low": 0.01, "mode": 0.06, "high": 0.16},
    "phases": None,
    "killed_share": {"low": 0.10, "mode": 0.25, "high": 0.35},
    "return_share": 0.5,
    "return_lag": 2.0,
    "arrivals": [],
    "pool": 40_000.0,
    "pay": {"low": 1_500, "mode": 2_000, "high": 3_000},
    "signing": 0.0,
    "indirect_multiple": 0.0,
    "received_share": {"low": 0.04, "mode": 0.12, "high": 1.0},
    "kept_share": {"low": 0.0, "mode": 0.10, "high": 0.35},
    "death_payment": 0.0,
    "draws": 1_000,
    "seed": 20241124,
}
DECLINE = {"policy": "decline", "tour": None}
EVENTS = {
    "people": Event("distinct", ">=", 100_000),
    "money": Event("agreed", ">", 300e6),
    "pool": Event("pool_share", "<=", 1),
    "receipt": Event("received_share", ">=", 0.5),
}
MIXED = [
    {},
    {"tour": None},
    {"hazard": 0.0},
    {"hazard": 0.0, "tour": None, "pay": 2_000.0},
    DECLINE,
    {"force": {"low": 9_000, "mode": 10_900, "high": 15_000}, "pool": {"low": 3e4, "mode": 4e4, "high": 6e4}},
    {"tour": 2.5, "pay": 2_500.0, "signing": 2_000.0, "horizon": 7.5},
    {"count_rule": "block", "arrivals": [{"month": 4, "persons": 3_000}]},
    {"count_rule": "completed", "indirect_multiple": 3.2, "death_payment": 10_000.0},
    {**DECLINE, "phases": KURSK, "hazard": 0.0, "return_share": 0.0, "killed_share": 0.3},
    {**DECLINE, "phases": KURSK, "hazard": 0.0},
    {**DECLINE, "return_share": {"low": 0.3, "mode": 0.5, "high": 0.7}, "return_lag": 11.5},
    {"phases": KURSK, "hazard": 0.0, "killed_share": 0.0},
    {"draws": 1_500},
    {"seed": 7},
    {"kept_share": {"low": 0.1, "mode": 0.1, "high": 0.1}},
]


def alone(parameters):
    """What a notebook does for one scenario."""
    inputs = model_inputs(**{name: value for name, value in parameters.items()})
    in_draws = drawn(inputs, parameters["draws"], parameters["seed"])
    middle, spread = outcomes(central(inputs)), outcomes(in_draws)
    told = {}
    for name, value in middle.items():
        varies = np.ndim(spread[name]) and np.ptp(spread[name]) > 0
        ends = tuple(np.quantile(spread[name], (0.05, 0.5, 0.95))) if varies else (None,) * 3
        told[name] = (value, *ends)
    happens = {
        "people": spread["distinct"] >= 100_000,
        "money": spread["agreed"] > 300e6,
        "pool": spread["pool_share"] <= 1,
        "receipt": in_draws["received_share"] >= 0.5,
    }
    return told, {name: float(np.mean(value)) for name, value in happens.items()}


def told(summary):
    return {
        name: (spread.mode, spread.low, spread.median, spread.high)
        for name, spread in summary.quantities.items()
    }


def test_mixed_scenarios_give_in_order_what_each_gives_alone():
    scenarios = [BASE | change for change in (*MIXED, *MIXED[::-1])]
    scenarios += [BASE | {"pay": pay, "force": force} for pay, force in product((1e3, 2e3), (8e3, 9e3, 0.0))]
    found = list(summaries(scenarios, EVENTS))
    assert len(found) == len(scenarios)
    for parameters, summary in zip(scenarios, found, strict=True):
        expected, shares = alone(parameters)
        assert summary.events == shares
        assert told(summary).keys() == expected.keys()
        for name, values in told(summary).items():
            for value, wanted in zip(values, expected[name], strict=True):
                # None where nothing varies, and otherwise to the last digits of a float
                assert value == (None if wanted is None else pytest.approx(wanted, rel=1e-13)), name


def test_the_size_of_what_is_worked_out_together_changes_nothing(monkeypatch):
    scenarios = [BASE | change for change in MIXED] * 2
    together = list(summaries(scenarios, EVENTS))
    for name, size in {"BLOCK": 1, "DRAWS_KEPT": 1, "ANSWERS_KEPT": 1, "PLANS_KEPT": 1}.items():
        monkeypatch.setattr(alike, name, size)
    monkeypatch.setattr(many, "WINDOW", 3)
    assert list(summaries(scenarios, EVENTS)) == together


def test_scenarios_are_taken_as_they_are_asked_for():
    asked = 0

    def endless():
        nonlocal asked
        while True:
            asked += 1
            yield BASE | {"pay": float(asked)}

    results = summaries(endless(), quantities=["agreed"])
    assert [next(results).quantities["agreed"].mode for _ in range(3)] == [130_800, 261_600, 392_400]
    assert asked <= many.WINDOW


def test_events_may_differ_between_scenarios():
    scenarios = [BASE | {"limit": 5e4}, BASE | {"limit": 1.0}, BASE]
    found = summaries(
        scenarios, lambda p: {"over": Event("distinct", ">", p["limit"])} if "limit" in p else {}
    )
    first, second, third = (summary.events for summary in found)
    assert 0 < first["over"] < second["over"] == 1
    assert third == {}


def test_only_the_quantities_that_were_named_are_told():
    (summary,) = summaries([BASE], quantities=["pay", "force", "killed"])
    assert list(summary.quantities) == ["pay", "force", "killed"]
    assert summary.quantities["force"] == many.Spread(10_900.0)
    low, median, high = np.quantile(drawn(model_inputs(**BASE), 1_000, 20241124)["pay"], (0.05, 0.5, 0.95))
    assert summary.quantities["pay"] == many.Spread(2_000.0, low, median, high)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"killed_share": 1.5}, "scenario 3: killed_share: given 1.5, allowed 0 to 1"),
        ({"hazard": {"low": -1, "mode": 0, "high": 1}}, "scenario 3: hazard: given -"),
        (
            {"pay": {"low": 3, "mode": 2, "high": 1}},
            "scenario 3: pay: given (3.0, 2.0, 1.0), allowed a number or",
        ),
        (
            {"pay": {"low": 3, "high": 4}},
            "scenario 3: pay: given {'low': 3, 'high': 4}, allowed numbers for low, mode",
        ),
        ({"phases": [{"days": 3}]}, "scenario 3: phases: given "),
        ({"pay": "much"}, "scenario 3: pay: given 'much', allowed a number, or low, mode and high"),
        ({"pay": None}, "scenario 3: pay: given 'None', allowed a number"),
        ({"force": float("nan")}, "scenario 3: force: given nan, allowed 0 or more"),
        ({"policy": "decline"}, "scenario 3: tour: given "),
        ({"policy": "wait"}, "scenario 3: policy: given 'wait', allowed hold, decline"),
        ({"horizon": [1, 2]}, "scenario 3: horizon: given '[1, 2]', allowed one value"),
        ({"draws": 0}, "scenario 3: draws: given 0, allowed "),
        ({"draws": 1.5}, "scenario 3: draws: given '1.5', allowed a whole number"),
        ({"seed": None}, "scenario 3: seed: given 'None', allowed a whole number"),
    ],
)
def test_a_bad_parameter_is_named_with_its_scenario_in_one_line(change, message):
    scenarios = [BASE, BASE | {"pay": 2.0}, BASE | change, BASE]
    with pytest.raises(ValueError) as caught:
        list(summaries(scenarios))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_what_is_missing_or_unknown_is_named():
    without = {name: value for name, value in BASE.items() if name != "force"}
    with pytest.raises(ValueError, match="scenario 2: force: given none"):
        list(summaries([BASE, without]))
    with pytest.raises(ValueError, match="quantity: given 'people', allowed force"):
        list(summaries([BASE], quantities=["people"]))
    with pytest.raises(ValueError, match="relation: given '=', allowed >=, >, <=, <"):
        Event("distinct", "=", 1)


def test_ten_times_as_many_scenarios_need_no_more_memory(monkeypatch):
    # small enough that a few scenarios fill what is read ahead and what is remembered
    monkeypatch.setattr(many, "WINDOW", 32)
    monkeypatch.setattr(alike, "DRAWS_KEPT", 2**17)
    monkeypatch.setattr(alike, "ANSWERS_KEPT", 2**9)

    def peak(count: int) -> int:
        pays = ({"low": pay, "mode": pay + 500.0, "high": pay + 2e3} for pay in range(1_000, 1_000 + count))
        tracemalloc.start()
        try:
            for _ in summaries(BASE | {"pay": pay, "draws": 2_000} for pay in pays):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2)
    few, more = peak(100), peak(1_000)
    assert more < 1.25 * few


# Scenarios and draws in the model itself

RANGES = {
    "force": (8_000, 11_000, 15_000),
    "killed_share": (0.10, 0.25, 0.35),
    "pay": (1_500, 2_000, 3_000),
    "received_share": (0.04, 0.12, 1),
}


@pytest.mark.parametrize(
    "case",
    [
        {"tour": np.array([[2.0], [3.0], [12.0]])},
        {"tour": 4, "phases": [(40, 0.009, 0), (22, 0, 3_000)], "count_rule": "block"},
        {"policy": "decline", "arrivals": [(2, 900)]},
        {"policy": "decline", "phases": [(40, 0.009, 0), (22, 0, 3_000), (79, 0.005, 0)]},
    ],
)
def test_scenarios_by_draws_give_what_each_scenario_gives_alone(case):
    shared = model_inputs(**{name: value for name, value in BASE.items() if name not in ("draws", "seed")})
    shared = central(shared) | {"tour": None, "hazard": 0.0} | case
    draws = sample(RANGES, CHUNK // 3 + 50, seed=7)
    own = {
        "hazard": np.array([[0.01], [0.05], [0.15]]) if not shared["phases"] else 0.0,
        "killed_share": np.stack([draws["killed_share"] * part for part in (0.5, 0.8, 1)]),
        "signing": np.array([[0.0], [0.0], [2_000.0]]),
    }
    together = outcomes(shared | draws | own)
    for row in range(3):
        mine = {
            name: value[row].item() if value.shape[-1:] == (1,) else value[row]
            for name, value in {**own, "tour": shared["tour"]}.items()
            if np.ndim(value) == 2
        }
        for name, value in outcomes(shared | draws | mine).items():
            got = np.broadcast_to(together[name], (3, len(draws["pay"])))[row]
            assert np.allclose(got, value, rtol=1e-13, atol=0), name


def test_an_outcome_has_no_more_axes_than_what_it_depends_on():
    inputs = central(model_inputs(**BASE)) | {
        "pay": np.full((2, 1), 2_000.0),
        "received_share": np.full(5, 0.1),
    }
    result = outcomes(inputs)
    assert np.ndim(result["distinct"]) == np.ndim(result["casualties"]) == 0
    assert result["agreed"].shape == (2, 1)
    assert result["received"].shape == (2, 5)


def test_a_payment_of_nothing_does_not_make_the_agreed_sum_vary():
    inputs = central(model_inputs(**BASE)) | {"tour": np.array([2.0, 3.0, 4.0])}
    assert outcomes(inputs)["agreed"] == pytest.approx(261.6e6)
    assert len(set(outcomes(inputs | {"signing": 1.0})["agreed"])) == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"pay": np.ones((3, 4)), "force": np.ones(2)},
            "inputs: given arrays of 2 and 4 draws, allowed one length",
        ),
        (
            {"pay": np.ones((3, 4)), "force": np.ones((2, 1))},
            r"inputs: given arrays of shapes \(2, 1\) and \(3, 4\), allowed one number of scenarios",
        ),
        (
            {"pay": np.ones(1), "force": np.ones(4)},
            "inputs: given arrays of 1 and 4 draws, allowed one length",
        ),
    ],
)
def test_arrays_that_do_not_fit_are_named_in_one_line(changes, message):
    with pytest.raises(ValueError, match=message):
        read_case(central(model_inputs(**BASE)) | changes)


# Quantiles


@given(
    st.lists(st.floats(-1e9, 1e9) | st.sampled_from([0.0, 1.0]), min_size=1, max_size=60),
    st.lists(st.floats(0, 1), min_size=1, max_size=6),
)
def test_quantiles_are_those_of_numpy(draws, probabilities):
    draws = np.array(draws)
    before = draws.copy()
    assert quantiles(draws, probabilities).tolist() == np.quantile(draws, probabilities).tolist()
    assert (draws == before).all()
    rows = np.stack([draws, draws[::-1], np.sort(draws)])
    assert (quantiles(draws, probabilities) == quantiles(rows, probabilities).T).all()


def test_a_missing_draw_leaves_its_quantiles_missing():
    rows = np.array([[1.0, np.nan, 3.0, 4.0], [1.0, 2.0, 3.0, 4.0]])
    assert np.isnan(quantiles(rows)[:, 0]).all()
    assert quantiles(rows, [0.5])[0, 1] == 2.5
