"""Distributions, sampling by name, scores and words."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from briefing.model import scoring, words
from briefing.model.uncertainty import lognormal_between, pert, pert_quantiles, quantiles, sample

ends = st.floats(-1e6, 1e6)
probabilities = st.floats(0, 1)


@given(ends, ends, ends)
def test_the_mean_of_a_pert_weighs_its_mode_four_times(one, two, three):
    low, mode, high = sorted((one, two, three))
    assume(high - low > 1e-3)
    distribution = pert(low, mode, high)
    mean = (low + 4 * mode + high) / 6
    scale = max(1.0, abs(low), abs(high))
    assert distribution.mean() == pytest.approx(mean, abs=1e-9 * scale)
    variance = (mean - low) * (high - mean) / 7
    assert distribution.var() == pytest.approx(variance, rel=1e-6, abs=1e-9)


def test_a_lognormal_has_the_percentiles_that_it_was_given():
    assert lognormal_between(0.001, 0.016).ppf([0.05, 0.95]) == pytest.approx([0.001, 0.016])


def test_draws_follow_the_distribution():
    draws = sample({"pay": (1_500, 2_000, 3_000)}, 200_000, seed=1)["pay"]
    assert quantiles(draws) == pytest.approx(pert(1_500, 2_000, 3_000).ppf([0.05, 0.5, 0.95]), rel=0.005)


def test_a_new_or_changed_input_leaves_the_draws_of_the_others_alone():
    before = sample({"pay": (1_500, 2_000, 3_000), "force": (8_000, 11_000, 15_000)}, 100, seed=5)
    after = sample(
        {"tour": (2, 3, 12), "force": (9_000, 11_000, 15_000), "pay": (1_500, 2_000, 3_000)}, 100, seed=5
    )
    assert (before["pay"] == after["pay"]).all()
    assert not (before["force"] == after["force"]).any()
    assert not (before["pay"] == sample({"pay": (1_500, 2_000, 3_000)}, 100, seed=6)["pay"]).any()


def test_streams_of_two_names_and_negative_seeds_are_independent():
    draws = sample({"a": (0, 1, 2), "b": (0, 1, 2)}, 50_000, seed=-1)
    assert abs(np.corrcoef(draws["a"], draws["b"])[0, 1]) < 0.02


def test_an_exact_input_stays_a_number():
    assert sample({"pay": 2_000, "force": (5, 5, 5)}, 10, seed=1) == {"pay": 2_000.0, "force": 5.0}


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=30), st.floats(-1e3, 1e3))
def test_the_crps_of_draws_is_the_mean_over_all_pairs(draws, observed):
    x = np.array(draws)
    pairs = np.mean(np.abs(x - observed)) - np.mean(np.abs(x[:, None] - x)) / 2
    assert scoring.crps(x, observed) == pytest.approx(pairs, abs=1e-9)


@pytest.mark.parametrize("observed", [-1.0, 0.0, 2.5])
def test_the_crps_of_normal_draws_approaches_the_closed_form(observed):
    draws = np.random.default_rng(1).normal(1, 2, 200_000)
    # Gneiting and Raftery (2007), equation 21.
    z = (observed - 1) / 2
    closed = 2 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
    assert scoring.crps(draws, observed) == pytest.approx(closed, abs=0.01)


def test_a_bounded_report_is_covered_where_it_meets_the_forecast():
    assert scoring.coverage([700] * 3, [8_000] * 3, [6_000, 9_000, 0], [np.inf, np.inf, 600]) == (1, 3)


@given(probabilities)
def test_icd203_has_a_word_for_every_probability(p):
    assert words.likelihood(p) in {band.word for band in words.BANDS["icd203"]}


@given(probabilities)
def test_phia_has_a_word_outside_its_gaps_only(p):
    gaps = [(0.05, 0.10), (0.20, 0.25), (0.35, 0.40), (0.75, 0.80), (0.90, 0.95)]
    in_a_gap = any(low < p < high for low, high in gaps) or 0.50 <= p < 0.55
    assert (words.likelihood(p, "phia") is None) == in_a_gap


def test_the_bands_leave_no_hole_in_icd203_and_a_boundary_belongs_to_the_higher_band():
    bands = words.BANDS["icd203"]
    assert (bands[0].low, bands[-1].high) == (0, 1)
    for lower, higher in pairwise(bands):
        assert lower.high == higher.low
        assert words.likelihood(higher.low) == higher.word
    assert words.BANDS["icd203"][2].percent == "20 to below 45%"
    assert words.BANDS["phia"][1].percent == "10 to 20%"


@pytest.mark.parametrize(
    ("p", "printed"),
    [
        (0, "below 1%"),
        (0.0099, "below 1%"),
        (0.01, "1%"),
        (0.345, "35%"),
        (0.99, "99%"),
        (1, "above 99%"),
    ],
)
def test_a_probability_is_never_printed_as_0_or_100(p, printed):
    assert words.format_probability(p) == printed


@pytest.mark.parametrize(
    ("values", "letters", "parties", "word"),
    [
        ([10_900, 10_000, 12_000], "BBB", ["south_korea", "united_states", "united_kingdom"], "high"),
        ([10_900, 10_000, 12_000], "BBC", ["south_korea", "united_states", "ukraine"], "moderate"),
        ([10_900, 11_000], "BB", ["south_korea", "south_korea"], "low"),
        ([10_900, 30_000], "BB", ["south_korea", "united_states"], "low"),
        ([2_000], "D", ["media"], "low"),
        ([], "", [], "low"),
    ],
)
def test_confidence_counts_independent_parties_that_agree(values, letters, parties, word):
    assert words.confidence(values, letters, parties).word == word


def test_confidence_names_the_parties_that_agree():
    assert words.confidence([], "", []).parties == ()
    assert words.confidence([1, 2, 9], "AAA", ["b", "a", "c"]).parties == ("a", "b")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pert(1, 1, 1), "range: given 1, 1, 1, allowed low <= mode <= high with low < high"),
        (lambda: pert(1, 3, 2), "range: given 1, 3, 2, allowed low <= mode <= high with low < high"),
        (lambda: pert(1, 0, 2), "range: given 1, 0, 2, allowed low <= mode <= high with low < high"),
        (lambda: lognormal_between(0, 1), "p05: given 0, allowed above 0"),
        (lambda: lognormal_between(2, 1), r"p95: given 1, allowed above p05 \(2\)"),
        (
            lambda: sample({"pay": (3, 2, 1)}, 10, 1),
            r"pay: given \(3, 2, 1\), allowed a number or low, mode and high",
        ),
        (lambda: sample({"pay": "much"}, 10, 1), "pay: given much, allowed a number"),
        (lambda: sample({}, 0, 1), "draws: given 0, allowed 1 or more"),
        (lambda: quantiles(np.ones(3), [1.5]), "probabilities: given 1.5, allowed 0 to 1"),
        (lambda: scoring.interval_score(2, 1, 0, 0.1), "interval: given a low end above its high end"),
        (lambda: scoring.interval_score(1, 2, 0, 0), "alpha: given 0, allowed above 0, at most 1"),
        (lambda: scoring.crps(np.array([]), 1), "draws: given none"),
        (
            lambda: scoring.coverage([1], [2], [1, 2]),
            r"observed: given 2 reports, allowed one for each forecast \(1\)",
        ),
        (lambda: words.likelihood(1.1), "p: given 1.1, allowed 0 to 1"),
        (lambda: words.likelihood(0.5, "icd"), "yardstick: given 'icd', allowed icd203, phia"),
        (lambda: words.confidence([1], "BB", ["x"]), "given 1 values, 2 letters, 1 parties"),
        (lambda: words.confidence([1], ["AB"], ["x"]), "letters: given 'AB', allowed A, B, C, D, E, F"),
    ],
)
def test_a_bad_argument_is_named_in_one_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


@given(mode=st.floats(0, 1), width=st.floats(1e-3, 1e6))
def test_quantiles_are_those_of_the_distribution(mode, width):
    shape, shares = (0, mode * width, width), np.linspace(0, 1, 9)
    assert pert_quantiles(*shape, shares).tolist() == pert(*shape).ppf(shares).tolist()
