"""Whole scenarios: the reference table, the closed forms, and the courses behind the fan charts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.model.attrition import phased, stock_flow
from briefing.model.counting import distinct_people
from briefing.model.outcomes import CHUNK, outcomes
from briefing.model.trajectories import trajectories
from briefing.model.uncertainty import quantiles, sample
from briefing.model.units import DAYS_PER_MONTH

MODES = {
    "force": 11_000,
    "tour": None,
    "horizon": 12,
    "count_rule": "staggered",
    "policy": "hold",
    "hazard": 0.0,
    "phases": None,
    "killed_share": 0.25,
    "return_share": 0.5,
    "return_lag": 2,
    "arrivals": (),
    "pool": 40_000,
    "pay": 2_000,
    "signing": 0,
    "indirect_multiple": 0,
    "received_share": 0.12,
    "kept_share": 0.10,
    "death_payment": 0,
}
KURSK = [(40, 0.009, 0), (22, 0, 3_000), (79, 0.005, 0)]
HIGH_TEMPO = {"policy": "decline", "phases": KURSK, "return_share": 0, "killed_share": 0.30}
SURGE = {"force": 38_500, "tour": 6, "hazard": 0.06, "killed_share": 0.30, "pay": 2_500, "signing": 2_000}

SCENARIOS = {
    "november-2024": ({"force": 10_900, "tour": 3, "hazard": 0.06}, 57_000, 7_848, 1_962, 261.6e6),
    "as-printed": ({"force": 10_900}, 10_900, 0, 0, 261.6e6),
    "ambassador-corner": ({"force": 15_000, "tour": 2.1176}, 100_000, 0, 0, 360e6),
    "ambassador-midpoint": ({"force": 12_500, "tour": 2.5, "hazard": 0.06}, 75_356, 9_000, 2_250, 300e6),
    "replace-not-rotate": ({"hazard": 0.06}, 15_950, 7_920, 1_980, 264e6),
    "high-tempo": (HIGH_TEMPO, 14_000, 6_809, 2_043, 187e6),
    "allied-terms": ({"pay": 2_500, "signing": 2_000, "indirect_multiple": 3.2}, 11_000, 0, 0, 352e6),
    "current": ({"force": 10_000, "tour": 4, "hazard": 0.003}, 40_113, 360, 90, 240e6),
    "surge-2026": (SURGE, 124_860, 27_720, 8_316, 1_405e6),
}


def run(**changes):
    return outcomes(MODES | changes)


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_scenarios_give_the_table_of_the_method(name):
    changes, distinct, casualties, killed, agreed = SCENARIOS[name]
    result = run(**changes)
    assert result["distinct"] == pytest.approx(distinct, abs=2.5)
    assert result["casualties"] == pytest.approx(casualties, abs=0.5)
    assert result["killed"] == pytest.approx(killed, abs=0.5)
    assert result["agreed"] == pytest.approx(agreed, abs=0.5e6)


def test_the_indirect_benefit_stands_beside_the_agreed_sum():
    result = run(**SCENARIOS["allied-terms"][0])
    assert result["indirect"] == pytest.approx(1_126.4e6)
    assert result["agreed"] == pytest.approx(352e6)


def test_the_parts_of_the_money_add_up_within_the_agreed_ledger():
    result = run(hazard=0.06, death_payment=10_000)
    assert result["agreed"] == pytest.approx(264e6 + 10_000 * result["killed"])
    assert result["received"] + result["not_shown"] == pytest.approx(result["agreed"])
    assert result["received_state"] + result["received_household"] == pytest.approx(result["received"])
    assert result["household_month"] == pytest.approx(200)
    assert result["state_month"] == pytest.approx(11_000 * 1_800)


def test_signing_is_paid_to_everybody_who_arrives_whatever_is_counted():
    counted = run(tour=3, count_rule="completed", signing=1_000)
    everybody = run(tour=3, signing=1_000)
    assert counted["distinct"] == pytest.approx(44_000)
    assert everybody["distinct"] == counted["arrivals_total"] == pytest.approx(55_000)
    assert counted["agreed"] == pytest.approx(everybody["agreed"])
    assert counted["pool_share"] == everybody["pool_share"] == pytest.approx(55_000 / 40_000)


def test_a_planned_addition_is_rotated_and_replaced_over_the_time_that_remains():
    alone, grown = run(tour=3, hazard=0.06), run(tour=3, hazard=0.06, arrivals=[(4, 3_000)])
    assert grown["distinct"] - alone["distinct"] == pytest.approx(distinct_people(3_000, 3, 8, 0.0375))
    assert grown["casualties"] - alone["casualties"] == pytest.approx(3_000 * 0.06 * 8)
    assert grown["person_months"] - alone["person_months"] == pytest.approx(3_000 * 8)
    assert grown["standing_end"] == 14_000


def test_held_phases_apply_their_own_hazards_and_are_cut_at_the_horizon():
    result = run(phases=KURSK)
    assert result["casualties"] == pytest.approx(11_000 * (40 * 0.009 + 79 * 0.005) + 3_000 * 79 * 0.005)
    assert result["standing_end"] == 14_000
    short = run(phases=KURSK, horizon=1)
    assert short["casualties"] == pytest.approx(11_000 * 0.009 * DAYS_PER_MONTH)
    same = run(phases=[(730, 0.06 / DAYS_PER_MONTH, 0)], tour=3)
    assert same["distinct"] == pytest.approx(run(hazard=0.06, tour=3)["distinct"])


def test_a_decline_by_months_is_the_stock_and_flow():
    arrivals = [(0, 500), (3, 1_000), (12, 200)]
    result = run(policy="decline", hazard=0.08, arrivals=arrivals)
    flow = stock_flow(11_000, 0.08, 0.25, 0.5, 2, 12, arrivals).iloc[-1]
    assert result["casualties"] == pytest.approx(flow["casualties"])
    assert result["standing_end"] == pytest.approx(flow["standing"])
    assert result["distinct"] == 12_700


def test_a_decline_by_phases_without_returns_is_the_closed_form():
    result = run(**HIGH_TEMPO)
    closed = phased(11_000, KURSK).iloc[-1]
    assert result["casualties"] == pytest.approx(closed["casualties"])
    assert result["standing_end"] == pytest.approx(closed["standing"])


def test_daily_steps_with_hardly_any_return_approach_the_closed_form():
    assert run(**HIGH_TEMPO | {"return_share": 1e-12})["casualties"] == pytest.approx(
        run(**HIGH_TEMPO)["casualties"]
    )


def test_wounded_who_return_in_phases_are_at_risk_again():
    without, back = run(**HIGH_TEMPO), run(**HIGH_TEMPO | {"return_share": 0.5})
    assert back["casualties"] > without["casualties"]
    permanent = back["killed"] + 0.5 * back["wounded"]
    assert back["standing_end"] == pytest.approx(14_000 - permanent)


def test_a_decline_without_losses_pays_the_whole_force():
    result = run(policy="decline", horizon=4.5)
    assert result["person_months"] == pytest.approx(11_000 * 4.5)
    assert result["casualties"] == 0


RANGES = {
    "force": (8_000, 11_000, 15_000),
    "hazard": (0.01, 0.06, 0.16),
    "killed_share": (0.10, 0.25, 0.35),
    "return_share": (0.3, 0.5, 0.7),
    "pay": (1_500, 2_000, 3_000),
    "received_share": (0.04, 0.12, 1),
    "kept_share": (0, 0.10, 0.35),
}


@pytest.mark.parametrize(
    "case",
    [
        {"tour": 3},
        {"policy": "decline", "arrivals": [(2, 900)]},
        {"policy": "decline", "phases": KURSK},
        {"tour": 4, "phases": KURSK, "count_rule": "block"},
    ],
)
def test_many_draws_at_once_give_what_each_gives_alone(case):
    draws = sample(RANGES, CHUNK + 3, seed=7)
    together = run(**case, **draws)
    for row in (0, CHUNK - 1, CHUNK + 2):
        alone = run(**case, **{name: values[row] for name, values in draws.items()})
        for name, value in together.items():
            assert (value[row] if np.ndim(value) else value) == pytest.approx(alone[name], rel=1e-12), name


@pytest.mark.parametrize(
    "case",
    [
        {"tour": 3},
        {"tour": 3, "count_rule": "completed", "arrivals": [(5, 1_000)]},
        {"tour": 5, "phases": KURSK},
        {"policy": "decline", "arrivals": [(0, 100), (2.5, 900)]},
        {"policy": "decline", "phases": KURSK, "arrivals": [(7, 500)]},
        {"policy": "decline", "phases": KURSK, "return_share": 0.0},
    ],
)
def test_the_courses_end_at_the_outcomes(case):
    draws = sample(RANGES, 50, seed=3) | {"horizon": 10.5} | case
    course, result = trajectories(MODES | draws, [*range(11), 10.5]), run(**draws)
    for name, outcome in (
        ("standing", "standing_end"),
        ("distinct", "distinct"),
        ("casualties", "casualties"),
    ):
        assert course[name].shape == (12, 50)
        assert course[name][-1] == pytest.approx(np.broadcast_to(result[outcome], 50))
    for name in ("distinct", "casualties"):
        assert (np.diff(course[name], axis=0) >= -1e-6).all()
    assert course["month"].tolist() == [*range(11), 10.5]
    assert quantiles(course["standing"]).shape == (3, 12)


@settings(max_examples=40)
@given(st.floats(100, 50_000), st.floats(0, 1.0), st.floats(0.5, 36), st.sampled_from(["staggered", "block"]))
def test_outcomes_grow_with_the_force(force, hazard, tour, rule):
    small = run(force=force, hazard=hazard, tour=tour, count_rule=rule)
    large = run(force=force * 1.5, hazard=hazard, tour=tour, count_rule=rule)
    for name in ("distinct", "casualties", "agreed", "pool_share"):
        assert large[name] >= small[name]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"policy": "decline", "tour": 3}, "tour: given 3 with policy decline, allowed none"),
        ({"policy": "wait"}, "policy: given 'wait', allowed hold, decline"),
        ({"count_rule": "all"}, "count_rule: given 'all', allowed staggered, block, completed"),
        ({"horizon": 0}, "horizon: given 0, allowed above 0"),
        ({"horizon": np.ones(2)}, "horizon: given 2 values, allowed one number"),
        ({"killed_share": 1.5}, "killed_share: given 1.5, allowed 0 to 1"),
        ({"force": np.inf}, "force: given inf, allowed 0 or more"),
        ({"pool": 0}, "pool: given 0, allowed above 0"),
        ({"arrivals": [(13, 5)]}, "arrivals: given 13, allowed 0 to 12"),
        ({"arrivals": [(3, -5)]}, "arrivals in month 3: given -5, allowed 0 or more"),
        ({"phases": [(10, -1, 0)]}, "hazard of a phase: given -1, allowed 0 or more"),
        (
            {"pay": np.ones(3), "force": np.ones(2)},
            "inputs: given arrays of 2 and 3 draws, allowed one length",
        ),
    ],
)
def test_a_bad_input_is_named_in_one_line(changes, message):
    with pytest.raises(ValueError, match=message) as caught:
        run(**changes)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("months", [[0, 0], [3, 2], [0.5], [13]])
def test_the_courses_are_given_at_whole_months_in_order(months):
    with pytest.raises(ValueError, match="months: given"):
        trajectories(MODES, months)


def test_an_unlimited_pool_is_never_exceeded():
    assert run(pool=np.inf)["pool_share"] == 0
