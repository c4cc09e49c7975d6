"""Losses inferred from claims: bounds, votes, the calendar, the fit, and what it must refuse."""

import subprocess
import sys
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from fits import CALENDAR, EVIDENCE, LEDGER, fit
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from briefing.model import inference, leave_out
from briefing.model.attrition import phased
from briefing.model.inference import TooFewDrawsError, fit_losses, interval_loglik, pool_by_origin
from briefing.model.loss_claims import FIRST_RULE, bounds_from_words, origin_weights, usable_claims
from briefing.model.loss_draws import COORDINATES, LossDraws, courses
from briefing.model.loss_origins import SIGMA, read_origin
from briefing.model.loss_path import cumulative_casualties, ended, known_phases
from briefing.model.loss_sampling import prior_points

CLAIMS = LEDGER.claims
SPRING, ENDED = "2025-04-30", pd.Timestamp("2025-04-26")
TAILS = (0.05, 0.5, 0.95)


@pytest.fixture
def coarse(monkeypatch):
    """Fit with a quarter of the points: enough where only a tendency is looked at."""
    monkeypatch.setattr(inference, "POINTS", 2_048)
    monkeypatch.setattr(inference, "FEWEST", 200)


def spread(draws):
    return np.quantile(draws, TAILS)


def made(rows, report_date="2025-03-31", **columns):
    """Claims as the ledger has them, from (id, origin, quantity, bound, value, event date)."""
    frame = pd.DataFrame(
        rows, columns=["claim_id", "origin_group", "quantity", "bound", "value", "event_date"]
    )
    filled = {
        "low": np.nan,
        "high": np.nan,
        "derived_from": "",
        "supersedes": "",
        "reliability": "B",
        "credibility": 3,
        "claimant_party": frame["origin_group"],
        "report_date": pd.to_datetime(report_date),
    } | columns
    return frame.assign(event_date=pd.to_datetime(frame["event_date"]), **filled)


# the likelihood of an interval


def test_open_ends_are_one_sided():
    mu = np.linspace(5, 9, 9)
    z = (np.log(1_000) - mu) / 0.2
    assert interval_loglik(mu, 1_000, None, 0.2) == pytest.approx(stats.norm.logsf(z))
    assert interval_loglik(mu, 1_000, np.inf, 0.2) == pytest.approx(stats.norm.logsf(z))
    assert interval_loglik(mu, None, 1_000, 0.2) == pytest.approx(stats.norm.logcdf(z))
    assert interval_loglik(mu, 0, 1_000, 0.2) == pytest.approx(stats.norm.logcdf(z))
    assert interval_loglik(mu, 0, None, 0.2) == pytest.approx(0)


def test_far_from_the_interval_the_likelihood_stays_finite_ordered_and_symmetric():
    mu = np.log(1_000) + np.arange(0, 40, 2.0)
    above = interval_loglik(mu, 1_000 / 1.07, 1_070, 0.15)
    below = interval_loglik(2 * np.log(1_000) - mu, 1_000 / 1.07, 1_070, 0.15)
    assert np.all(np.isfinite(above))
    assert np.all(np.diff(above) < 0)
    assert above == pytest.approx(below, rel=1e-9)
    far = stats.norm.logcdf((np.log(1_070) - mu[-1]) / 0.15)
    assert above[-1] == pytest.approx(far, rel=1e-9)


@given(st.floats(4, 10), st.floats(10, 5_000), st.floats(1.01, 5), st.floats(0.05, 1))
def test_neighbouring_intervals_add_up(mu, low, factor, sigma):
    parts = [(None, low), (low, low * factor), (low * factor, None)]
    assert sum(np.exp(interval_loglik(mu, *part, sigma)) for part in parts) == pytest.approx(1)


@pytest.mark.parametrize(
    ("low", "high", "sigma", "said"),
    [
        (500, 500, 0.15, "interval: given 500 to 500, allowed low < high"),
        (600, 500, 0.15, "interval: given 600 to 500"),
        (-1, 500, 0.15, "low: given -1"),
        (1, 500, 0, "sigma: given 0"),
    ],
)
def test_an_interval_without_width_or_spread_is_refused(low, high, sigma, said):
    with pytest.raises(ValueError, match=said):
        interval_loglik(6.0, low, high, sigma)


# words, votes and pools


@pytest.mark.parametrize(
    ("bound", "interval"),
    [
        ("point", (930, 1_070)),
        ("about", (930, 1_070)),
        ("approaching", (900, 1_000)),
        ("up_to", (500, 1_000)),
        ("fewer_than", (500, 1_000)),
        ("more_than", (1_000, np.inf)),
        ("at_least", (1_000, np.inf)),
        ("interval", (200, 900)),
    ],
)
def test_words_set_the_bounds(bound, interval):
    assert bounds_from_words(bound, 1_000, 200, 900) == pytest.approx(interval)


def test_a_denial_has_no_bounds_and_a_figure_must_not_be_missing():
    with pytest.raises(ValueError, match="bound: given 'denial'"):
        bounds_from_words("denial", 1_000, np.nan, np.nan)
    with pytest.raises(ValueError, match="value of a claim of about: given nan"):
        bounds_from_words("about", np.nan, np.nan, np.nan)


def test_a_bias_that_lies_evenly_around_none_has_none_as_its_median():
    nodes = np.array([-0.2, -0.1, 0.0, 0.1, 0.2])
    weights = np.array([[1.0, 2.0, 4.0, 2.0, 1.0]] * 2)
    median, low, high = inference._ratios(nodes, weights, np.array([0.5, 2.0]))
    assert median == pytest.approx(1)
    assert low * high == pytest.approx(1)


@given(st.lists(st.sampled_from("abcd"), min_size=1), st.floats(0.5, 10))
def test_no_origin_has_more_votes_than_the_cap(origins, cap):
    weights = pd.Series(origin_weights(origins, cap)).groupby(origins).sum()
    assert np.all(weights <= cap + 1e-9)
    assert np.all(weights <= pd.Series(origins).value_counts()[weights.index] + 1e-9)


@given(st.lists(st.tuples(st.floats(100, 1e4), st.sampled_from("abc")), min_size=1, max_size=8))
def test_with_equal_sigmas_the_pool_is_the_mean_of_the_origins_geometric_means(rows):
    values, origins = zip(*rows, strict=True)
    by_origin = pd.Series(np.log(values)).groupby(list(origins)).mean()
    centre, reach = by_origin.mean(), 1.6448536 * 0.2 / np.sqrt(len(by_origin))
    expected = np.exp([centre, centre - reach, centre + reach])
    assert pool_by_origin(values, [0.2] * len(values), origins) == pytest.approx(expected)


def test_repeating_a_claim_does_not_narrow_the_pool():
    once = pool_by_origin([3_000, 4_000], [0.2, 0.2], ["NIS", "UK"])
    again = pool_by_origin([3_000] * 5 + [4_000], [0.2] * 6, ["NIS"] * 5 + ["UK"])
    assert again == pytest.approx(once)
    with pytest.raises(ValueError, match="values: given 2 with 1 sigmas and 2 origins"):
        pool_by_origin([1, 2], [0.1], ["a", "b"])


# which claims count


def used(as_of, *options, **named):
    """Ids and what each is read as on a day of the frozen ledger."""
    over = ended(known_phases(CALENDAR, as_of))
    chosen = usable_claims(CLAIMS, as_of, *options, ended=over, **named)
    return {row.claim_id: (row.lower, row.upper) for row in chosen.itertuples()}


def test_of_each_body_and_quantity_the_newest_own_figure_counts():
    assert list(used("2026-03-17", "A-D")) == [
        "kovalenko-20241218-200",
        "nis-20250430-wounded-4100",
        "nis-20250902-killed-2000",
        "nis-20260212-total-6000",
        "ukdi-20250615-6000",
        "us-202504-1200",
        "western-20250115-killed-1000",
        "western-20250115-total-4000",
        "zelensky-20250214-4000",
    ]
    assert used("2024-11-24") == {}
    # its own sum counts until a part of it is replaced, in September; then what it said before the sum
    assert {"nis-20250430-killed-600", "nis-20250430-total-4700"} <= set(used("2025-08-31"))
    assert {"nis-20250902-killed-2000", "jcs-20250327-4000"} <= set(used("2025-10-01"))
    assert "nis-20250430-total-4700" in used("2025-10-01", drop_superseded=False)
    assert "ukdi-20250124-4000" not in used("2025-01-31")  # derived from another body
    assert "ians-20260216-killed-6000" not in used("2026-03-17")  # digit 5


def test_only_allowed_letters_count():
    assert set(usable_claims(CLAIMS, "2025-10-01", "B")["reliability"]) == {"B"}
    with pytest.raises(ValueError, match="grades_allowed: given 'A-Z'"):
        usable_claims(CLAIMS, "2025-10-01", "A-Z")


def test_before_the_fighting_is_known_to_have_ended_every_figure_is_a_floor():
    for day in ("2024-12-18", "2025-01-31", "2025-02-10", "2025-04-25"):  # a pause ends nothing
        read = used(day)
        assert len(read) > 1
        assert all(np.isinf(upper) for _, upper in read.values()), day
    assert used("2025-01-31")["us-202504-1200"] == pytest.approx((1_116, np.inf))  # about 1,200
    assert used("2024-12-18")["us-20241217-casualties"] == (200, np.inf)  # 200 to 900


def test_after_it_only_what_was_given_since_is_a_level_and_more_than_never_is():
    for day, levels in (
        ("2025-06-30", {"nis-20250430-killed-600", "nis-20250430-total-4700", "nis-20250430-wounded-4100"}),
        ("2026-03-17", {"nis-20250430-wounded-4100", "nis-20250902-killed-2000", "nis-20260212-total-6000"}),
    ):
        read = used(day)
        assert {name for name, (_, upper) in read.items() if np.isfinite(upper)} == levels
        assert read["ukdi-20250615-6000"] == (6_000, np.inf)
    assert read["nis-20260212-total-6000"] == pytest.approx((5_580, 6_420))


def test_a_figure_of_the_day_on_which_it_ended_is_a_level_and_one_of_the_day_before_is_not():
    rows = [(name, name, "killed", "about", 500.0, "2025-04-20") for name in "ab"]
    days = pd.to_datetime(["2025-04-25", "2025-04-26"])
    read = usable_claims(made(rows, report_date=days), "2025-05-01", ended=ENDED)
    assert np.isfinite(read["upper"]).tolist() == [False, True]


def test_nothing_fades_when_all_bodies_fall_silent():
    assert used("2030-01-01") == used("2026-03-17")


def test_a_revision_of_a_revision_leaves_the_last():
    rows = [(f"c{n}", "NIS", "killed", "about", 300.0 * 2**n, "2025-04-26") for n in range(3)]
    days = pd.to_datetime(["2025-04-30", "2025-09-02", "2026-02-12"])
    chain = made(rows, report_date=days, supersedes=["", "c0", "c1"])
    for day, name in zip(days, ("c0", "c1", "c2"), strict=True):
        assert usable_claims(chain, day, ended=ENDED)["claim_id"].tolist() == [name]


def test_the_first_rule_takes_every_active_claim_at_its_word():
    read = used("2025-01-31", reading=FIRST_RULE)
    assert len(read) == 12
    assert read["zelensky-20241223-3000"] == (3_000, 3_750)  # more than 3,000
    assert read["nis-20241219-killed-100"] == (100, 200)  # at least 100
    assert read["us-20241217-casualties"] == (200, 900)


def test_denials_do_not_count():
    rows = [
        ("a", "NIS", "killed", "denial", 300.0, "2025-01-10"),
        ("b", "NIS", "killed", "about", 300.0, "2025-01-10"),
    ]
    assert usable_claims(made(rows), "2025-04-01")["claim_id"].tolist() == ["b"]


# the calendar


def test_every_row_of_the_calendar_rests_on_what_was_public_on_its_day():
    rows = pd.concat([CLAIMS.set_index("claim_id"), LEDGER.statements.set_index("statement_id")])
    for boundary in CALENDAR.to_dict("records"):
        for name in boundary["rests_on"].split(";"):
            assert rows.loc[name, "report_date"] <= boundary["report_date"], name


def test_the_calendar_is_known_as_it_was_reported():
    def names(day):
        return [(phase.name, phase.days, phase.arrivals) for phase in known_phases(CALENDAR, day)]

    assert names("2024-11-24") == [("unknown", np.inf, 11_000)]
    assert names("2024-12-18") == [("first", 4, 11_000), ("unknown", np.inf, 0)]
    assert names("2025-01-31") == [("first", 56, 11_000), ("unknown", np.inf, 0)]
    assert names("2025-02-10") == [("first", 40, 11_000), ("quiet", 26, 0), ("unknown", np.inf, 0)]
    assert [name for name, *_ in names("2025-04-25")] == ["first", "quiet", "second", "unknown"]
    whole = [("first", 40, 11_000), ("quiet", 22, 0), ("second", 79, 3_000), ("quiet", np.inf, 0)]
    assert names("2025-04-26") == names("2026-03-17") == whole


@given(st.dates(date(2024, 10, 1), date(2026, 3, 17)), st.integers(1, 400))
def test_a_boundary_reported_later_changes_nothing(day, later):
    as_known = LEDGER.as_of(day).tables["calendar"]
    extra = {"boundary": "start", "event_date": pd.Timestamp("2024-10-01"), "persons": 1.0}
    extended = pd.concat(
        [CALENDAR, pd.DataFrame([extra | {"report_date": pd.Timestamp(day + timedelta(later))}])]
    )
    assert known_phases(as_known, day) == known_phases(CALENDAR, day) == known_phases(extended, day)


def test_the_path_is_that_of_the_scenario_with_the_same_phases():
    phases = known_phases(CALENDAR, "2025-06-30")
    days = ["2024-12-06", "2025-01-15", "2025-02-06", "2025-04-26", "2026-01-01"]
    lost = cumulative_casualties(phases, {"first": 0.009, "second": 0.005}, days)[:, 0]
    assert lost[:4] == pytest.approx(
        phased(11_000, [(40, 0.009, 0), (22, 0, 3_000), (79, 0.005, 0)])["casualties"]
    )
    assert lost[4] == lost[3]


@pytest.mark.parametrize(
    ("boundary", "day", "reported", "said"),
    [
        ("truce", "2025-01-01", "2025-01-02", "boundary: given 'truce'"),
        ("pause", "2025-01-03", "2025-01-02", "after its report"),
        ("pause", "2024-12-01", "2025-01-02", "allowed up to 2024-12-01"),
    ],
)
def test_a_calendar_out_of_order_is_refused(boundary, day, reported, said):
    row = {"boundary": boundary, "event_date": pd.Timestamp(day), "report_date": pd.Timestamp(reported)}
    with pytest.raises(ValueError, match=said):
        known_phases(pd.concat([CALENDAR, pd.DataFrame([row])]), "2025-01-10")


def test_a_day_must_be_one():
    for wrong in ("yesterday", None, pd.NaT, "2025-02-30"):
        with pytest.raises(ValueError, match="as_of: given"):
            known_phases(CALENDAR, wrong)


# an origin's own biases


def test_the_grid_integrates_an_origins_biases():
    rows = made(
        [
            ("a", "o", "casualties_total", "point", 3_000.0, "2025-01-10"),
            ("b", "o", "killed", "at_least", 900.0, "2025-01-10"),
        ]
    ).assign(lower=[2_790.0, 900.0], upper=[3_210.0, np.inf], weight=[0.5, 0.5])
    expected, spread = np.log([[2_000.0, 4_000.0], [500.0, 1_500.0]]), np.array([0.35, 0.2])
    fine, coarse = (read_origin(rows, expected, spread, step) for step in (0.05, 0.4))
    assert coarse.loglik == pytest.approx(fine.loglik, abs=1e-5)
    for draw, scale in enumerate(spread):
        nodes = np.linspace(-5, 5, 401) * scale
        b, d = np.meshgrid(nodes, nodes)
        density = stats.norm.pdf(b, scale=scale) * stats.norm.pdf(d, scale=scale)
        first = interval_loglik(expected[0, draw] + b, 2_790, 3_210, SIGMA)
        second = interval_loglik(expected[1, draw] + b + d, 900, None, SIGMA)
        direct = np.log(np.sum(density * np.exp(0.5 * (first + second))) * (nodes[1] - nodes[0]) ** 2)
        assert fine.loglik[draw] == pytest.approx(direct, abs=2e-3)


def test_even_where_bodies_differ_widely_the_grid_is_right_but_for_a_few_percent():
    rows = made([("a", "o", "casualties_total", "about", 1.0, "2025-01-10")])
    rows = rows.assign(lower=930.0, upper=1_070.0, weight=1.0)
    expected, spread = np.log([np.linspace(500, 2_000, 40)]), np.full(40, 0.9)
    error = read_origin(rows, expected, spread, inference.COARSE).loglik
    # given the spread, a single figure lies around an unbiased one with both spreads together
    error -= interval_loglik(expected[0], 930, 1_070, float(np.hypot(0.9, SIGMA)))
    assert np.abs(error).max() < 0.07
    assert abs(error.mean()) < 0.01


def test_one_exact_claim_gives_the_bias_in_closed_form():
    rows = made([("a", "o", "casualties_total", "about", 1.0, "2025-01-10")])
    rows = rows.assign(lower=1_400.0 * 0.9999, upper=1_400.0 * 1.0001, weight=1.0)
    reading = read_origin(rows, np.log([[1_000.0]]), np.array([0.35]), 0.05)
    mean = 0.35 * np.sum(reading.nodes * reading.bias[0]) / reading.bias[0].sum()
    assert mean == pytest.approx(np.log(1.4) * 0.35**2 / (0.35**2 + SIGMA**2), rel=1e-3)


# the fit


def test_before_any_usable_claim_the_prior_is_marked_as_such():
    result = fit("2024-11-24", draws=20_000)
    assert result.is_prior
    assert result.posterior is result.prior
    assert result.claim_ids == ()
    assert result.origins.empty
    assert result.levels.empty
    assert result.judged == 0
    assert leave_out.leave_out(result) == ()
    # acceptance case I1, computed on its own in test_model_acceptance
    assert spread(result.prior.casualties(SPRING)) == pytest.approx([774.7, 2_968.6, 8_098.7], rel=0.02)


@pytest.mark.parametrize(
    ("as_of", "claims", "origins", "casualties", "killed"),
    [
        # by plain draws from the prior and Gauss-Hermite nodes for the bodies, away from this code
        ("2025-06-30", 9, 6, (3_770, 6_610, 10_200), (640, 1_306, 2_655)),
        ("2026-03-17", 9, 6, (4_001, 6_915, 10_578), (1_085, 2_090, 3_850)),
    ],
)
def test_the_fits_of_the_frozen_ledger(as_of, claims, origins, casualties, killed):
    result = fit(as_of)
    assert not result.is_prior
    assert len(result.claim_ids) == claims
    assert len(result.origins) == origins
    assert set(result.parties) >= {"south_korea", "ukraine", "united_states", "western_unnamed"}
    assert set(result.levels["claimant_party"]) == {"south_korea"}
    assert result.origins.loc[result.origins["level"], "origin_group"].tolist() == ["O-NIS"]
    assert result.effective_sample > 0.4 * result.points
    assert spread(result.posterior.casualties(as_of)) == pytest.approx(casualties, rel=0.03)
    assert spread(result.posterior.killed(as_of)) == pytest.approx(killed, rel=0.04)
    courses_of = result.posterior.casualties(pd.date_range("2024-12-06", SPRING))
    assert courses_of.shape == (146, 4_000)
    assert np.all(courses_of[0] == 0)
    assert np.all(np.diff(courses_of, axis=0) >= 0)
    assert courses_of.max() < 14_000
    assert np.all(result.posterior.killed(SPRING) < result.posterior.casualties(SPRING))


@pytest.mark.parametrize(
    ("as_of", "region"),
    [
        ("2025-01-31", (2_690, 4_580, 7_560)),
        ("2025-06-30", (2_460, 4_380, 7_560)),
        ("2026-03-17", (2_890, 5_190, 8_860)),
    ],
)
def test_the_first_rule_gives_what_the_first_build_gave(as_of, region):
    result = fit(as_of, reading=FIRST_RULE)
    assert spread(result.posterior.casualties(SPRING)) == pytest.approx(region, rel=0.03)
    assert set(result.posterior.spread) == {0.35}


def by_quadrature(levels=(), floors=(), threshold=3_000.0):
    """P05, P50, P95 and the share above a threshold of casualties by 13 January, by brute force.

    One figure a body, so its bias and its spread around it are one normal; the hazard of the first phase and
    the spread of bodies stand on grids, the shared bias at the middles of equal strata, none learnt about.
    """
    log_hazard = np.log(0.004) + np.log(16) / (2 * stats.norm.ppf(0.95)) * np.linspace(-4, 4, 401)
    spreads = np.linspace(0.005, 2.5, 250)[:, None]
    lost = 11_000 * -np.expm1(-38 * np.exp(log_hazard))
    prior = stats.norm.pdf(np.linspace(-4, 4, 401)) * np.exp(-2 * spreads**2)  # half-normal .5
    mass = np.zeros(len(lost))
    for shared in 0.35 * stats.norm.ppf((np.arange(200) + 0.5) / 200):
        likely, wide = prior.copy(), np.hypot(spreads, 0.15)
        for value in levels:
            away = [(np.log(factor * value / lost) - shared) / wide for factor in (1.07, 0.93)]
            likely *= stats.norm.cdf(away[0]) - stats.norm.cdf(away[1])
        for value in floors:
            likely *= stats.norm.sf((np.log(value / lost) - shared) / wide)
        mass += likely.sum(axis=0) / likely.sum()
    mass /= mass.sum()
    ends = np.interp(TAILS, np.cumsum(mass) - mass / 2, lost)
    return [*ends, mass[lost > threshold].sum()]


JANUARY = "2025-01-13"
TWO_SIDES = [
    ("level", "A", "casualties_total", "about", 3_000.0, JANUARY),
    ("floor", "B", "casualties_total", "more_than", 4_000.0, JANUARY),
]


def test_a_level_and_a_floor_give_what_brute_force_gives():
    """A fit, and what is left without either body, against quadrature."""
    result = fit_losses(made(TWO_SIDES, "2025-06-01"), "2025-06-30", CALENDAR)
    lost = result.posterior.casualties(JANUARY)
    *ends, above = by_quadrature([3_000], [4_000])
    assert spread(lost) == pytest.approx(ends, rel=0.02)
    assert np.mean(lost > 3_000) == pytest.approx(above, abs=0.015)
    for one in leave_out.leave_out(result):
        without = by_quadrature([3_000] * (one.name != "A"), [4_000] * (one.name != "B"))
        course = courses(result.posterior.phases, result.sample).casualties(JANUARY)
        low, high = one.ends(course)
        assert (low, high) == pytest.approx((without[0], without[2]), rel=0.04), one.name
        assert one.weights @ (course > 3_000) == pytest.approx(without[3], abs=0.02), one.name


def test_a_floor_has_no_upper_end(coarse):
    """Above a floor a course is as likely as it was: only what lies below it is cut away."""
    rows = [("a", "NIS", "casualties_total", "about", 3_000.0, JANUARY)]
    floor = fit_losses(made(rows, "2025-01-20"), "2025-01-31", CALENDAR, draws=4_000)
    level = fit_losses(made(rows, "2025-06-01"), "2025-06-30", CALENDAR, draws=4_000)
    assert len(floor.levels) == 0
    assert len(level.levels) == 1
    (low, _, high), (_, _, most) = (spread(one.posterior.casualties(JANUARY)) for one in (floor, level))
    assert high > 1.3 * most
    far = floor.prior.casualties(JANUARY) > 8_000
    assert np.mean(floor.posterior.casualties(JANUARY) > 8_000) > 2 * np.mean(far)
    assert low > 2 * np.quantile(floor.prior.casualties(JANUARY), 0.05)


def test_a_low_floor_of_one_official_moves_nothing():
    """The remark that decided the word of the first build."""
    one = next(one for one in leave_out.leave_out(fit("2026-03-17"), rows=False) if one.name == "O-UA-GOV")
    share = np.mean(fit("2026-03-17").posterior.casualties("2026-03-17") > 6_000)
    assert one.above(6_000) == pytest.approx(share, abs=0.02)


def test_the_prior_as_of_a_day_uses_the_phases_known_on_it():
    result = fit("2025-06-30")
    assert result.prior.phases == result.posterior.phases == known_phases(CALENDAR, "2025-06-30")
    assert np.median(result.prior.killed_share) == pytest.approx(0.27, rel=0.01)
    assert spread(result.prior.spread) == pytest.approx(0.5 * stats.halfnorm.ppf(TAILS), rel=0.05)


def test_biases_are_relative_to_the_others():
    origins = fit("2025-06-30").origins.set_index("origin_group")
    assert origins.loc["O-UK", "median"] > 1 > origins.loc["O-NIS", "median"]
    assert (origins["p05"] < origins["median"]).all()
    assert origins["killed_median"].notna().sum() == 2
    first = fit("2025-06-30", reading=FIRST_RULE).origins.set_index("origin_group")
    assert first.loc["O-UA-PRES", "median"] > 1.3 > first.loc["O-NIS", "median"] > first.loc["O-US", "median"]


def test_of_a_body_with_a_floor_alone_little_is_learnt():
    origins = fit("2026-03-17").origins.set_index("origin_group")
    floors = origins[~origins["level"]]
    assert floors["median"].between(0.95, 1.1).all()
    assert (floors["p95"] / floors["p05"]).min() > origins.loc["O-NIS", "p95"] / origins.loc["O-NIS", "p05"]


@pytest.mark.parametrize("apart", [False, True])
def test_the_spread_of_bodies_is_learnt_from_their_levels(apart, coarse):
    values = [1_500.0, 2_400.0, 3_600.0, 6_000.0] if apart else [3_000.0] * 4
    rows = [(f"c{n}", f"O-{n}", "casualties_total", "about", v, JANUARY) for n, v in enumerate(values)]
    result = fit_losses(made(rows, "2025-06-01"), "2025-06-30", CALENDAR, draws=4_000)
    median = np.median(result.posterior.spread)
    assert median > 0.45 if apart else median < 0.2


def test_what_is_reported_later_changes_nothing():
    later = CLAIMS[CLAIMS["report_date"] > "2025-01-31"]
    strange = later.assign(value=later["value"] * 50, supersedes="nis-20250113-killed-300")
    known = CLAIMS[CLAIMS["report_date"] <= "2025-01-31"]
    as_known = LEDGER.as_of("2025-01-31").tables["calendar"]
    other = fit_losses(pd.concat([strange, known]), "2025-01-31", as_known, draws=4_000)
    assert np.array_equal(other.posterior.casualties(SPRING), fit("2025-01-31").posterior.casualties(SPRING))
    assert other.origins.equals(fit("2025-01-31").origins)


@settings(max_examples=50)
@given(st.dates(date(2024, 12, 17), date(2026, 3, 1)), st.integers(1, 400), st.integers(0, len(CLAIMS) - 1))
def test_no_selection_knows_the_future(day, later, row):
    claim = CLAIMS.loc[[row]].assign(
        claim_id="future",
        report_date=pd.Timestamp(day + timedelta(later)),
        supersedes="nis-20241219-killed-100",
    )
    as_known = usable_claims(LEDGER.as_of(day).claims, day)
    assert as_known.equals(usable_claims(pd.concat([claim, CLAIMS]), day))


def test_a_repeated_claim_of_one_origin_changes_nothing(coarse):
    rows = [
        ("a", "NIS", "casualties_total", "about", 3_000.0, JANUARY),
        ("b", "UK", "casualties_total", "about", 4_000.0, JANUARY),
    ]
    repeats = [(f"a{n}", *rows[0][1:]) for n in range(6)]
    once, often = (
        fit_losses(made(given, "2025-06-01"), "2025-06-30", CALENDAR, draws=1_000)
        for given in (rows, repeats + rows)
    )
    assert np.array_equal(often.posterior.casualties(SPRING), once.posterior.casualties(SPRING))
    assert often.claim_ids == ("a", "b")


def test_killed_wounded_and_their_sum_share_the_vote_of_their_body():
    rows = [
        ("a", "NIS", "killed", "about", 600.0, SPRING),
        ("b", "NIS", "wounded", "about", 4_100.0, SPRING),
        ("c", "NIS", "casualties_total", "about", 4_700.0, SPRING),
    ]
    claims = made(rows, SPRING, derived_from=["", "", "a;b"])
    for cap, weight in ((1, 1 / 3), (2, 2 / 3), (5, 1)):
        read = usable_claims(claims, "2025-06-30", origin_cap=cap, ended=ENDED)
        assert read["weight"].tolist() == pytest.approx([weight] * 3)


def test_the_shared_bias_cannot_be_learnt_however_many_agree(coarse):
    widths, judged = [], []
    for count in (2, 6, 24):
        rows = [(f"c{n}", f"O-{n}", "casualties_total", "about", 600.0, JANUARY) for n in range(count)]
        result = fit_losses(made(rows, "2025-06-01"), "2025-06-30", CALENDAR, draws=4_000)
        assert np.std(np.log(result.posterior.shared_bias)) == pytest.approx(0.35, abs=0.01)
        assert np.mean(np.log(result.posterior.shared_bias)) == pytest.approx(0, abs=0.01)
        early = known_phases(CALENDAR, "2025-06-30")[0]
        assert early.name == "first"
        widths.append(np.std(np.log(result.posterior.casualties(JANUARY))))
        judged.append(result.judged)
    assert widths[0] > widths[1] > widths[2] > 0.33
    # what judgement alone leaves open is a growing part of the width
    assert judged[0] < judged[1] < judged[2]


def test_the_part_of_judgement_is_the_variance_of_the_shared_bias_where_nothing_else_is_open(coarse):
    rows = [(f"c{n}", f"O-{n}", "casualties_total", "about", 600.0, "2025-04-26") for n in range(24)]
    result = fit_losses(made(rows, "2025-06-01"), "2025-06-30", CALENDAR, draws=1_000)
    variance = np.var(np.log(result.posterior.casualties("2025-06-30")))
    assert result.judged == pytest.approx(0.35**2 / variance, abs=0.05)
    assert result.judged > 0.85


def test_a_high_floor_raises_the_median(coarse):
    base = CLAIMS[CLAIMS["report_date"] <= "2025-06-30"]
    before = np.median(fit_losses(base, "2025-06-30", CALENDAR, draws=4_000).posterior.casualties(SPRING))
    for origin in ("O-NIS", "O-DPRK"):
        high = made([("high", origin, "casualties_total", "about", 9_000.0, "2025-04-30")], "2025-05-01")
        after = fit_losses(pd.concat([base, high]), "2025-06-30", CALENDAR, draws=4_000)
        assert np.median(after.posterior.casualties(SPRING)) > before


def test_one_claim_is_enough_and_leaves_most_open(coarse):
    claims = made([("a", "NIS", "killed", "at_least", 100.0, "2025-01-13")])
    one = fit_losses(claims, "2025-04-01", CALENDAR, draws=4_000)
    assert not one.is_prior
    low, _, high = spread(one.posterior.casualties(SPRING))
    assert high / low > 3
    # without it the prior is left
    [without] = leave_out.leave_out(one)
    assert without.effective_sample < one.points
    prior = one.prior.casualties("2025-04-01")
    assert without.ends(without.casualties) == pytest.approx(np.quantile(prior, (0.05, 0.95)), rel=0.1)


# what would be said without one body, or without one row


def test_leaving_out_a_body_gives_what_a_fit_without_it_gives():
    result = fit("2026-03-17")
    bodies = [one for one in leave_out.leave_out(result) if one.whole]
    assert [one.name for one in bodies] == result.origins["origin_group"].tolist()
    for name in ("O-NIS", "O-UK"):
        [one] = [one for one in bodies if one.name == name]
        rest = CLAIMS[CLAIMS["origin_group"] != name]
        again = fit_losses(rest, "2026-03-17", CALENDAR, draws=4_000).posterior.casualties("2026-03-17")
        assert one.ends(one.casualties) == pytest.approx(np.quantile(again, (0.05, 0.95)), rel=0.05)
        assert one.above(6_000) == pytest.approx(np.mean(again > 6_000), abs=0.03)
        assert 400 < one.effective_sample < result.points
        assert one.trusted


def test_single_rows_are_left_out_of_bodies_that_have_several():
    left = leave_out.leave_out(fit("2026-03-17"))
    rows = [one for one in left if not one.whole]
    assert [one.name for one in rows] == [
        "nis-20250430-wounded-4100",
        "nis-20250902-killed-2000",
        "nis-20260212-total-6000",
        "western-20250115-killed-1000",
        "western-20250115-total-4000",
    ]
    assert left[: len(left) - len(rows)] == tuple(one for one in left if one.whole)
    # what is left of the body keeps its one vote, as in a fit of the rows without it
    rest = CLAIMS[CLAIMS["claim_id"] != "western-20250115-killed-1000"]
    again = fit_losses(rest, "2026-03-17", CALENDAR, draws=4_000).posterior
    assert rows[3].ends(rows[3].killed) == pytest.approx(
        np.quantile(again.killed("2026-03-17"), (0.05, 0.95)), rel=0.05
    )


def test_where_few_draws_suit_the_rest_no_number_is_trusted(monkeypatch):
    left = leave_out.leave_out(fit("2025-06-30"), rows=False)
    fewest = min(left, key=lambda one: one.effective_sample)
    assert fewest.trusted
    monkeypatch.setattr(leave_out, "FEWEST", fewest.effective_sample + 1)
    assert [one.name for one in left if not one.trusted] == [fewest.name]


# what is refused


def test_claims_that_the_prior_cannot_reach_are_refused(monkeypatch):
    monkeypatch.setattr(inference, "POINTS", 2_048)
    rows = [(f"c{n}", f"O-{n}", "casualties_total", "about", 5.0, "2025-01-13") for n in range(6)]
    with pytest.raises(TooFewDrawsError, match="effective draws of 2,048, allowed 400 or more"):
        fit_losses(made(rows, "2025-06-01"), "2025-06-30", CALENDAR, draws=1_000)


def test_bad_arguments_are_refused_in_one_line():
    with pytest.raises(ValueError, match="draws: given 999"):
        fit_losses(CLAIMS, "2025-01-31", CALENDAR, draws=999)
    with pytest.raises(ValueError, match="cap: given 0"):
        fit_losses(CLAIMS, "2025-01-31", CALENDAR, origin_cap=0)
    early = made([("a", "NIS", "killed", "about", 100.0, "2024-12-06")])
    with pytest.raises(ValueError, match="given a on 2024-12-06, allowed days after the fighting's start"):
        fit_losses(early, "2025-04-01", CALENDAR)
    with pytest.raises(ValueError, match="hazards: given first, allowed one for second"):
        cumulative_casualties(known_phases(CALENDAR, "2025-06-30"), {"first": 0.1}, ["2025-01-01"])


def test_the_seed_gives_the_same_draws_in_every_process_and_others_nearly_the_same():
    code = (
        "from briefing.ledger import load; from briefing.model.inference import fit_losses;"
        f"ledger = load({str(EVIDENCE)!r});"
        "result = fit_losses(ledger.claims, '2025-01-31', ledger.tables['calendar'], draws=1000, seed=-7);"
        "print(repr(result.posterior.killed('2025-04-30').sum()), result.effective_sample)"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    ).stdout
    here = fit("2025-01-31", draws=1_000, seed=-7)
    assert elsewhere == f"{here.posterior.killed(SPRING).sum()!r} {here.effective_sample}\n"
    other = fit("2025-01-31", seed=5)
    assert not np.array_equal(other.posterior.first, fit("2025-01-31").posterior.first)
    for name in ("casualties", "killed"):
        pair = [spread(getattr(result.posterior, name)(SPRING)) for result in (other, fit("2025-01-31"))]
        assert pair[0] == pytest.approx(pair[1], rel=0.05)


def test_the_order_of_claims_does_not_matter(coarse):
    shuffled, plain = (
        fit_losses(claims, "2025-01-31", CALENDAR, draws=1_000)
        for claims in (CLAIMS.sample(frac=1, random_state=1), CLAIMS)
    )
    assert np.array_equal(shuffled.posterior.first, plain.posterior.first)


def test_no_draw_is_special():
    draws = fit("2025-01-31").posterior.casualties(SPRING)
    assert np.median(draws[:1_000]) == pytest.approx(np.median(draws), rel=0.05)


def simulated(seed):
    """A course drawn from the prior, without shared bias, and levels of it by four origins."""
    stream = np.random.default_rng(seed)
    points = prior_points(32, COORDINATES, seed, "truth")[[int(stream.integers(32))]]
    truth = courses(known_phases(CALENDAR, "2025-06-30"), points)
    rows, biases = [], {}
    for origin in "ABCDEF":
        bias, on_killed = stream.normal(0, 0.3, 2)
        biases[origin] = np.exp(bias)
        lost = truth.casualties("2025-04-26")[0]
        for quantity, share in (("casualties_total", 1.0), ("killed", truth.killed_share[0])):
            error = stream.normal(0, SIGMA) + bias + (on_killed if quantity == "killed" else 0)
            value = lost * share * np.exp(error)
            rows.append((f"{origin}-{quantity}", origin, quantity, "point", value, "2025-04-26"))
    return truth, biases, made(rows, "2025-05-01")


def test_known_parameters_are_recovered_most_of_the_time(coarse):
    hits: dict[str, list[bool]] = {"lost": [], "killed_share": [], "spread": [], "bias": []}
    for seed in range(6):
        truth, biases, claims = simulated(seed)
        result = fit_losses(claims, "2025-06-30", CALENDAR, draws=1_000, origin_cap=10, seed=seed)
        found = {"lost": result.posterior.casualties(SPRING), "killed_share": result.posterior.killed_share}
        right = {"lost": truth.casualties(SPRING)[0], "killed_share": truth.killed_share[0], "spread": 0.3}
        for name, draws in (found | {"spread": result.posterior.spread}).items():
            low, _, high = spread(draws)
            hits[name].append(low <= right[name] <= high)
        origins = result.origins.set_index("origin_group")
        hits["bias"] += [origins.loc[o, "p05"] <= bias <= origins.loc[o, "p95"] for o, bias in biases.items()]
    shares = {name: np.mean(found) for name, found in hits.items()}
    assert min(shares.values()) >= 0.6, shares


def test_a_killed_share_that_all_report_is_learnt_and_a_hazard_without_claims_is_not(coarse):
    truth, _, claims = simulated(3)
    early = claims.assign(event_date=pd.Timestamp("2025-01-15"))
    result = fit_losses(early, "2025-06-30", CALENDAR, draws=4_000, origin_cap=10)
    width = {name: np.ptp(np.log(spread(getattr(result.posterior, name)))) for name in ("first", "second")}
    assert width["first"] < 0.7 * width["second"]
    assert width["second"] == pytest.approx(np.log(16), rel=0.1)
    assert np.std(np.log(result.posterior.killed_share)) < 0.6 * np.std(np.log(result.prior.killed_share))
    assert isinstance(truth, LossDraws)
