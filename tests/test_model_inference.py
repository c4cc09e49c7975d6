"""Losses inferred from claims: bounds, votes, the calendar, the fit, and what it must refuse."""

import subprocess
import sys
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from briefing.ledger import load
from briefing.model import inference
from briefing.model.attrition import phased
from briefing.model.inference import TooFewDrawsError, fit_losses, interval_loglik, pool_by_origin
from briefing.model.loss_claims import bounds_from_words, origin_weights, usable_claims
from briefing.model.loss_draws import COORDINATES, LossDraws, courses
from briefing.model.loss_origins import ORIGIN_SD, SIGMA, read_origin
from briefing.model.loss_path import cumulative_casualties, known_phases
from briefing.model.loss_sampling import prior_points

EVIDENCE = Path(__file__).parent / "evidence"
LEDGER = load(EVIDENCE)
CLAIMS = LEDGER.claims
CALENDAR = LEDGER.tables["calendar"]
SPRING = "2025-04-30"
TAILS = (0.05, 0.5, 0.95)


@cache
def fit(as_of, **options):
    return fit_losses(CLAIMS, as_of, CALENDAR, **options)


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
        "report_date": pd.Timestamp(report_date),
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
        ("more_than", (1_000, 1_250)),
        ("at_least", (1_000, 2_000)),
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
    median, low, high = inference._ratios(nodes, np.array([[1.0, 2.0, 4.0, 2.0, 1.0]]))
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


def test_the_claims_that_count_are_those_of_the_method():
    assert usable_claims(CLAIMS, "2024-11-24").empty
    used = usable_claims(CLAIMS, "2025-10-01", "A-D")
    assert used["origin_group"].nunique() == 6
    assert "nis-20250430-killed-600" not in set(used["claim_id"])  # superseded in September
    assert "nis-20250430-killed-600" in set(usable_claims(CLAIMS, "2025-08-31")["claim_id"])
    assert "nis-20250430-killed-600" in set(
        usable_claims(CLAIMS, "2025-10-01", drop_superseded=False)["claim_id"]
    )
    assert "ukdi-20250124-4000" not in set(used["claim_id"])  # derived
    assert "ians-20260216-killed-6000" not in set(usable_claims(CLAIMS, "2026-03-17")["claim_id"])  # digit 5
    assert set(usable_claims(CLAIMS, "2025-10-01", "B")["reliability"]) == {"B"}
    with pytest.raises(ValueError, match="grades_allowed: given 'A-Z'"):
        usable_claims(CLAIMS, "2025-10-01", "A-Z")


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
    ).assign(lower=[2_790.0, 900.0], upper=[3_210.0, 1_800.0], weight=[0.5, 0.5])
    expected = np.log([[2_000.0, 4_000.0], [500.0, 1_500.0]])
    fine, coarse = (read_origin(rows, expected, step * ORIGIN_SD) for step in (0.05, 0.4))
    assert coarse.loglik == pytest.approx(fine.loglik, abs=1e-5)
    nodes = np.linspace(-1.75, 1.75, 401)
    for draw in range(2):
        b, d = np.meshgrid(nodes, nodes)
        density = stats.norm.pdf(b, scale=ORIGIN_SD) * stats.norm.pdf(d, scale=ORIGIN_SD)
        first = interval_loglik(expected[0, draw] + b, 2_790, 3_210, SIGMA)
        second = interval_loglik(expected[1, draw] + b + d, 900, 1_800, SIGMA)
        direct = np.log(np.sum(density * np.exp(0.5 * (first + second))) * (nodes[1] - nodes[0]) ** 2)
        assert fine.loglik[draw] == pytest.approx(direct, abs=2e-3)


def test_one_exact_claim_gives_the_bias_in_closed_form():
    rows = made([("a", "o", "casualties_total", "about", 1.0, "2025-01-10")])
    rows = rows.assign(lower=1_400.0 * 0.9999, upper=1_400.0 * 1.0001, weight=1.0)
    reading = read_origin(rows, np.log([[1_000.0]]), 0.05 * ORIGIN_SD)
    mean = np.sum(reading.nodes * reading.bias[0]) / reading.bias[0].sum()
    assert mean == pytest.approx(np.log(1.4) * ORIGIN_SD**2 / (ORIGIN_SD**2 + SIGMA**2), rel=1e-3)


# the fit


def test_before_any_usable_claim_the_prior_is_marked_as_such():
    result = fit("2024-11-24")
    assert result.is_prior
    assert result.posterior is result.prior
    assert result.claim_ids == ()
    assert result.origins.empty
    # acceptance case I1, computed on its own in test_model_acceptance
    assert spread(result.prior.casualties(SPRING)) == pytest.approx([774.7, 2_968.6, 8_098.7], rel=0.02)


@pytest.mark.parametrize(
    ("as_of", "claims", "origins", "region"),
    [
        ("2025-01-31", 12, 5, (2_690, 4_580, 7_560)),
        ("2025-06-30", 18, 6, (2_460, 4_380, 7_560)),
        ("2026-03-17", 19, 6, (2_890, 5_190, 8_860)),
    ],
)
def test_the_briefings_fits(as_of, claims, origins, region):
    result = fit(as_of)
    assert not result.is_prior
    assert len(result.claim_ids) == claims
    assert len(result.origins) == origins
    assert set(result.parties) >= {"south_korea", "ukraine", "united_states", "western_unnamed"}
    assert result.effective_sample > 0.5 * result.points
    assert spread(result.posterior.casualties(SPRING)) == pytest.approx(region, rel=0.03)
    courses_of = result.posterior.casualties(pd.date_range("2024-12-06", SPRING))
    assert courses_of.shape == (146, 20_000)
    assert np.all(courses_of[0] == 0)
    assert np.all(np.diff(courses_of, axis=0) >= 0)
    assert courses_of.max() < 14_000
    assert np.all(result.posterior.killed(SPRING) < result.posterior.casualties(SPRING))


def test_the_prior_as_of_a_day_uses_the_phases_known_on_it():
    result = fit("2025-06-30")
    assert result.prior.phases == result.posterior.phases == known_phases(CALENDAR, "2025-06-30")
    assert np.median(result.prior.killed_share) == pytest.approx(0.27, rel=0.01)


def test_biases_are_relative_to_the_others():
    origins = fit("2025-06-30").origins.set_index("origin_group")
    assert (
        origins.loc["O-UA-PRES", "median"]
        > 1.3
        > origins.loc["O-NIS", "median"]
        > origins.loc["O-US", "median"]
    )
    assert np.exp(np.log(origins["median"]).mean()) == pytest.approx(1, rel=0.15)
    assert (origins["p05"] < origins["median"]).all()
    assert origins["killed_median"].notna().sum() == 2


def test_dropping_what_is_superseded_changes_the_dead(coarse):
    kept, dropped = (
        fit_losses(CLAIMS, "2025-10-01", CALENDAR, drop_superseded=drop, draws=4_000)
        for drop in (False, True)
    )
    assert len(kept.claim_ids) == len(dropped.claim_ids) + 1
    assert np.median(dropped.posterior.killed(SPRING)) > 1.1 * np.median(kept.posterior.killed(SPRING))


def test_what_is_reported_later_changes_nothing():
    later = CLAIMS[CLAIMS["report_date"] > "2025-01-31"]
    strange = later.assign(value=later["value"] * 50, supersedes="nis-20250113-killed-300")
    known = CLAIMS[CLAIMS["report_date"] <= "2025-01-31"]
    other = fit_losses(
        pd.concat([strange, known]), "2025-01-31", LEDGER.as_of("2025-01-31").tables["calendar"]
    )
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


def test_a_repeated_claim_of_one_origin_does_not_narrow(coarse):
    rows = [
        ("a", "NIS", "casualties_total", "about", 3_000.0, "2025-01-13"),
        ("b", "UK", "casualties_total", "about", 4_000.0, "2025-01-13"),
    ]
    repeats = [(f"a{n}", *rows[0][1:]) for n in range(6)]
    once, often = (
        fit_losses(made(given), "2025-04-01", CALENDAR, draws=4_000) for given in (rows, repeats + rows)
    )
    for day in ("2025-01-13", SPRING):
        assert spread(often.posterior.casualties(day)) == pytest.approx(
            spread(once.posterior.casualties(day)), rel=0.03
        )
    assert often.origins["median"].tolist() == pytest.approx(once.origins["median"].tolist(), rel=0.02)
    voted = fit_losses(made(repeats + rows), "2025-04-01", CALENDAR, draws=4_000, origin_cap=7)
    assert np.median(voted.posterior.casualties("2025-01-13")) < np.median(
        often.posterior.casualties("2025-01-13")
    )


def test_the_shared_bias_cannot_be_learnt_however_many_agree(coarse):
    widths = []
    for count in (2, 6, 24):
        rows = [(f"c{n}", f"O-{n}", "casualties_total", "about", 600.0, "2025-01-13") for n in range(count)]
        result = fit_losses(made(rows), "2025-04-01", CALENDAR, draws=4_000)
        assert np.std(np.log(result.posterior.shared_bias)) == pytest.approx(0.35, abs=0.01)
        assert np.mean(np.log(result.posterior.shared_bias)) == pytest.approx(0, abs=0.01)
        widths.append(np.std(np.log(result.posterior.casualties("2025-01-13"))))
    assert widths[0] > widths[1] > widths[2] > 0.33


def test_a_high_claim_does_not_lower_the_median(coarse):
    base = CLAIMS[CLAIMS["report_date"] <= "2025-06-30"]
    before = np.median(fit_losses(base, "2025-06-30", CALENDAR, draws=4_000).posterior.casualties(SPRING))
    for origin in ("O-NIS", "O-DPRK"):
        high = made([("high", origin, "casualties_total", "about", 9_000.0, "2025-04-30")], "2025-05-01")
        after = fit_losses(pd.concat([base, high]), "2025-06-30", CALENDAR, draws=4_000)
        assert np.median(after.posterior.casualties(SPRING)) > before


def test_contradictions_of_one_origin_widen_and_are_not_fatal(coarse):
    rows = [
        ("a", "NIS", "casualties_total", "about", 1_000.0, "2025-01-13"),
        ("b", "NIS", "casualties_total", "about", 3_000.0, "2025-01-13"),
    ]
    agreed = [(name, origin, quantity, bound, 1_732.0, day) for name, origin, quantity, bound, _, day in rows]
    torn, whole = (fit_losses(made(given), "2025-04-01", CALENDAR, draws=4_000) for given in (rows, agreed))
    assert torn.origins["claims"].tolist() == [2]
    assert np.median(torn.posterior.casualties("2025-01-13")) == pytest.approx(1_732, rel=0.15)
    width = [np.log(result.origins["p95"] / result.origins["p05"])[0] for result in (torn, whole)]
    assert width[0] >= 0.95 * width[1]


def test_one_claim_is_enough_and_leaves_most_open(coarse):
    claims = made([("a", "NIS", "killed", "at_least", 100.0, "2025-01-13")])
    one = fit_losses(claims, "2025-04-01", CALENDAR, draws=4_000)
    assert not one.is_prior
    low, _, high = spread(one.posterior.casualties(SPRING))
    assert high / low > 4


def test_claims_that_the_prior_cannot_reach_are_refused(monkeypatch):
    monkeypatch.setattr(inference, "POINTS", 2_048)
    rows = [
        (f"c{n}", f"O-{n}", "casualties_total", "about", value, "2025-01-13")
        for n, value in enumerate([5.0, 5.0, 5.0, 5.0, 5.0, 5.0])
    ]
    with pytest.raises(TooFewDrawsError, match="effective draws of 2,048, allowed 400 or more"):
        fit_losses(made(rows), "2025-04-01", CALENDAR, draws=1_000)


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
        assert pair[0] == pytest.approx(pair[1], rel=0.03)


def test_the_order_of_claims_does_not_matter(coarse):
    shuffled, plain = (
        fit_losses(claims, "2025-01-31", CALENDAR, draws=1_000)
        for claims in (CLAIMS.sample(frac=1, random_state=1), CLAIMS)
    )
    assert np.array_equal(shuffled.posterior.first, plain.posterior.first)


def test_no_draw_is_special():
    draws = fit("2025-01-31").posterior.casualties(SPRING)
    assert np.median(draws[:5_000]) == pytest.approx(np.median(draws), rel=0.03)


def simulated(seed):
    """A course drawn from the prior, without shared bias, and exact claims of it by four origins."""
    stream = np.random.default_rng(seed)
    points = prior_points(32, COORDINATES, seed, "truth")[[int(stream.integers(32))]]
    truth = courses(known_phases(CALENDAR, "2025-06-30"), points)
    rows, biases = [], {}
    for origin in "ABCD":
        bias, on_killed = stream.normal(0, ORIGIN_SD, 2)
        biases[origin] = np.exp(bias)
        for day in ("2024-12-25", "2025-01-15", "2025-04-20"):
            lost = truth.casualties(day)[0]
            for quantity, share in (("casualties_total", 1.0), ("killed", truth.killed_share[0])):
                error = stream.normal(0, SIGMA) + bias + (on_killed if quantity == "killed" else 0)
                rows.append(
                    (
                        f"{origin}-{day}-{quantity}",
                        origin,
                        quantity,
                        "point",
                        lost * share * np.exp(error),
                        day,
                    )
                )
    return truth, biases, made(rows, "2025-05-01")


def test_known_parameters_are_recovered_most_of_the_time(coarse):
    hits: dict[str, list[bool]] = {"first": [], "second": [], "killed_share": [], "bias": []}
    for seed in range(6):
        truth, biases, claims = simulated(seed)
        result = fit_losses(claims, "2025-06-30", CALENDAR, draws=1_000, origin_cap=10, seed=seed)
        for name in ("first", "second", "killed_share"):
            low, _, high = spread(getattr(result.posterior, name))
            hits[name].append(low <= getattr(truth, name)[0] <= high)
        origins = result.origins.set_index("origin_group")
        hits["bias"] += [origins.loc[o, "p05"] <= bias <= origins.loc[o, "p95"] for o, bias in biases.items()]
    shares = {name: np.mean(found) for name, found in hits.items()}
    assert min(shares.values()) >= 0.6, shares


def test_a_killed_share_that_all_report_is_learnt_and_a_hazard_without_claims_is_not(coarse):
    truth, _, claims = simulated(3)
    early = claims[claims["event_date"] <= "2025-01-15"].assign(report_date=pd.Timestamp("2025-01-20"))
    result = fit_losses(early, "2025-01-31", CALENDAR, draws=4_000, origin_cap=10)
    width = {name: np.ptp(np.log(spread(getattr(result.posterior, name)))) for name in ("first", "second")}
    assert width["first"] < 0.7 * width["second"]
    assert width["second"] == pytest.approx(np.log(16), rel=0.1)
    assert np.std(np.log(result.posterior.killed_share)) < 0.6 * np.std(np.log(result.prior.killed_share))
    assert isinstance(truth, LossDraws)
