"""Rotation: counting rules, their limits, their inverses, and the claimant's own box."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model import rotation
from briefing.model.counting import whole_blocks
from briefing.model.rotation import distinct_people, share_reaching, tour_for

forces = st.floats(1, 100_000)
tours = st.floats(0.5, 36)
horizons = st.floats(1, 60)
hazards = st.floats(0, 1.5)
rules = st.sampled_from(["staggered", "block", "completed"])


@given(forces, tours, horizons, hazards, rules)
def test_distinct_people_are_proportional_to_the_force_and_grow_with_losses_and_time(
    force, tour, horizon, hazard, rule
):
    count = distinct_people(force, tour, horizon, hazard, rule)
    assert distinct_people(2 * force, tour, horizon, hazard, rule) == pytest.approx(2 * count)
    assert distinct_people(force, tour, horizon, hazard + 0.1, rule) >= count
    assert distinct_people(force, tour, horizon + 1, hazard, rule) >= count * (1 - 1e-12)
    assert distinct_people(force, tour * 1.1, horizon, hazard, rule) <= count * (1 + 1e-12)


@given(forces, tours, horizons)
def test_small_hazards_approach_the_closed_forms_without_losses(force, tour, horizon):
    staggered = force * (1 + horizon / tour)
    assert distinct_people(force, tour, horizon) == pytest.approx(staggered)
    assert distinct_people(force, tour, horizon, 1e-9) == pytest.approx(staggered, rel=1e-6)
    completed = force * horizon / tour
    assert distinct_people(force, tour, horizon, 1e-9, "completed") == pytest.approx(completed, rel=1e-6)


@given(forces, horizons, hazards)
def test_without_rotation_every_rule_counts_the_same_replacements(force, horizon, hazard):
    everybody = force * (1 + hazard * horizon)
    for tour in (None, np.inf):
        assert distinct_people(force, tour, horizon, hazard) == pytest.approx(everybody)
        assert distinct_people(force, tour, horizon, hazard, "block") == pytest.approx(everybody)
        ended = distinct_people(force, tour, horizon, hazard, "completed")
        assert ended == pytest.approx(everybody - force, abs=1e-6)
    assert distinct_people(force, 1e9, horizon, hazard) == pytest.approx(everybody, rel=1e-3)


def test_a_simulated_rotation_agrees_with_the_count():
    """March people through ages in a stationary force: losses and tour ends are replaced at age 0."""
    tour, horizon, hazard, ages = 3.0, 12.0, 0.06, 3_000
    step = tour / ages
    at_age = np.exp(-hazard * step * np.arange(ages))
    at_age *= 10_900 / at_age.sum()
    came = at_age.sum()
    for _ in range(round(horizon / step)):
        surviving = at_age[:-1] * np.exp(-hazard * step)
        newcomers = 10_900 - surviving.sum()
        came += newcomers
        at_age = np.append(newcomers, surviving)
    assert came == pytest.approx(distinct_people(10_900, tour, horizon, hazard), rel=1e-3)


@pytest.mark.parametrize(("tour", "horizon", "blocks"), [(2, 12, 6), (0.7, 2.1, 3), (0.1, 0.3, 3)])
def test_a_block_swap_exactly_at_the_horizon_is_not_counted(tour, horizon, blocks):
    assert distinct_people(1, tour, horizon, rule="block") == blocks
    assert distinct_people(1, tour, horizon + 0.001, rule="block") == blocks + 1


def test_arrays_broadcast_and_infinite_tours_do_not_rotate():
    grid = distinct_people(np.array([[1_000.0], [2_000.0]]), np.array([3.0, 6.0, np.inf]), 12, 0.0)
    assert grid.tolist() == [[5_000, 3_000, 1_000], [10_000, 6_000, 2_000]]


@given(forces, st.floats(1.01, 50), horizons, rules)
def test_the_inverses_give_the_claimed_number_back(force, factor, horizon, rule):
    claimed = force * factor
    tour = tour_for(claimed, force, horizon, rule)
    if rule == "block":
        low, high = tour
        assert distinct_people(force, low, horizon, rule=rule) >= claimed * (1 - 1e-6)
        if np.isfinite(high):
            assert distinct_people(force, high, horizon, rule=rule) < claimed
        swap, last = rotation.horizon_for(claimed, force, low, rule)
        assert distinct_people(force, low, swap, rule=rule) < claimed
        assert distinct_people(force, low, last, rule=rule) >= claimed * (1 - 1e-6)
        return
    assert distinct_people(force, tour, horizon, rule=rule) == pytest.approx(claimed)
    assert rotation.horizon_for(claimed, force, tour, rule) == pytest.approx(horizon)
    assert rotation.force_for(claimed, tour, horizon, rule) == pytest.approx(force)


@given(forces, tours, horizons, st.floats(0.001, 1.5), rules)
def test_the_hazard_that_is_needed_gives_the_claimed_number(force, tour, horizon, hazard, rule):
    for length in (tour, None):
        claimed = distinct_people(force, length, horizon, hazard, rule)
        if rule == "completed" and length is None:
            continue
        found = rotation.hazard_for(claimed, force, horizon, length, rule)
        assert distinct_people(force, length, horizon, found, rule) == pytest.approx(claimed, rel=1e-6)


def test_the_headline_is_the_corner_of_its_own_premises():
    share = share_reaching(100_000, force=(10_000, 15_000), tour=(2, 3), horizon=12)
    assert share == pytest.approx(0.0084, abs=0.00005)
    assert share_reaching(93_000, force=(10_000, 15_000), tour=(2, 3)) == pytest.approx(0.05, abs=0.01)
    for rule in ("block", "completed"):
        assert share_reaching(100_000, force=(10_000, 15_000), tour=(2, 3), rule=rule) == 0


@pytest.mark.parametrize("rule", ["staggered", "block", "completed"])
@pytest.mark.parametrize("claimed", [30_000, 55_000, 75_000, 93_000])
@pytest.mark.parametrize("tour", [(2, 3), (1, 8), (5, 30), (2.5, 2.5)])
@pytest.mark.parametrize("force", [(10_000, 15_000), (12_000, 12_000)])
def test_the_exact_share_agrees_with_a_fine_grid(rule, claimed, tour, force):
    middles = (np.arange(2_000) + 0.5) / 2_000
    people = force[0] + (force[1] - force[0]) * middles[:, None]
    months = tour[0] + (tour[1] - tour[0]) * middles
    on_grid = np.mean(distinct_people(people, months, 12, rule=rule) >= claimed)
    assert share_reaching(claimed, force, tour, 12, rule) == pytest.approx(on_grid, abs=0.001)


def test_unpacking_holds_the_other_inputs():
    frame = rotation.unpack_headline(100_000, 15_000, 2.5, 12).set_index("input")
    needed = frame["low"]
    assert distinct_people(needed["force"], 2.5, 12) == pytest.approx(100_000)
    assert distinct_people(15_000, needed["tour"], 12) == pytest.approx(100_000)
    assert distinct_people(15_000, 2.5, needed["horizon"]) == pytest.approx(100_000)
    assert distinct_people(15_000, 2.5, 12, needed["hazard"]) == pytest.approx(100_000)


def test_unpacking_leaves_out_what_no_value_can_do():
    already = rotation.unpack_headline(12_000, 15_000, 2.5, 12).set_index("input")
    assert already.loc[["tour", "horizon", "hazard"], "low"].isna().all()
    still = rotation.unpack_headline(100_000, 15_000, None, 12).set_index("input")
    assert np.isinf(still.loc["horizon", "low"])
    assert still.loc["hazard", "low"] == pytest.approx(0.472222, abs=1e-6)
    blocks = rotation.unpack_headline(100_000, 15_000, 2.5, 12, "block").set_index("input")
    assert blocks.loc["tour", "low"] < blocks.loc["tour", "high"]
    assert rotation.unpack_headline(100_000, 15_000, None, 12, "completed")["low"].isna()[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: distinct_people(-1, 3, 12), "force: given -1, allowed 0 or more"),
        (lambda: distinct_people(1, 0, 12), "tour: given 0, allowed above 0"),
        (lambda: distinct_people(1, 3, np.array([1.0, np.nan])), "horizon: given nan"),
        (
            lambda: distinct_people(1, 3, 12, rule="mixed"),
            "rule: given 'mixed', allowed staggered, block, completed",
        ),
        (lambda: distinct_people("many", 3, 12), "force: given 'many', allowed 0 or more"),
        (
            lambda: tour_for(8_000, 10_000, 12),
            r"distinct: given 8,000, allowed the standing force \(10,000\) or more",
        ),
        (lambda: rotation.horizon_for(8_000, 10_000, 3), "distinct: given 8,000"),
        (
            lambda: rotation.hazard_for(20_000, 10_000, 12, tour=3),
            "distinct: given 20,000, allowed 50,000 or more",
        ),
        (lambda: rotation.force_for(1_000, None, 12, "completed"), "tour: given None"),
        (lambda: share_reaching(1_000, (15, 10), (2, 3)), "force: given 15 to 10"),
        (lambda: share_reaching(1_000, (10, 15), (0, 3)), "tour: given 0, allowed above 0"),
    ],
)
def test_a_bad_argument_is_named_in_one_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_noise_in_many_blocks_makes_no_block_more():
    assert whole_blocks(1e6 + 1e-4) == 1e6
    assert whole_blocks(1e6 + 1e-2) == 1e6 + 1
