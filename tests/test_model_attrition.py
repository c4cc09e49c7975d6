"""Stock and flow, phases, and the refusal to read a revision as a rate."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model import attrition, comparison, money, units
from briefing.model.attrition import RevisionError, implied_rate, phased, stock_flow
from briefing.model.simulation import Step, simulate

shares = st.floats(0, 1)
moves = st.lists(st.tuples(st.integers(0, 12), st.floats(0, 5_000)), max_size=4)


@given(st.floats(1_000, 50_000), st.floats(0, 1.5), shares, shares, st.integers(0, 12), moves)
def test_no_person_is_lost_from_the_books(force, hazard, killed_share, return_share, lag, arrivals):
    months = 12
    leaving = [(6, 50.0)] if hazard < 0.2 else []
    flow = stock_flow(force, hazard, killed_share, return_share, lag, months, arrivals, leaving)
    end = flow.iloc[-1]
    wounded = end["casualties"] - end["killed"]
    never = wounded * (1 - return_share)
    in_hospital = wounded * return_share - end["returned"]
    came = force + sum(persons for _, persons in arrivals)
    left = sum(persons for _, persons in leaving)
    assert end["standing"] == pytest.approx(
        came - left - end["killed"] - never - in_hospital, rel=1e-9, abs=1e-6
    )
    assert in_hospital >= -1e-6
    assert (flow[["casualties", "killed", "returned"]].diff().dropna() >= 0).all(axis=None)


@given(st.floats(1, 50_000), st.floats(0, 1.5), st.integers(1, 60))
def test_nobody_returning_is_exponential_decay(force, hazard, months):
    flow = stock_flow(force, hazard, 0.25, 0, 2, months)
    closed = force * -np.expm1(-hazard * months)
    assert flow["casualties"].iloc[-1] == pytest.approx(closed)


def test_wounded_return_after_the_lag():
    flow = stock_flow(10_000, 0.1, 0.25, 0.5, 2, months=4)
    first_month = flow["casualties"][1]
    assert flow["returned"].tolist()[:3] == [0, 0, 0]
    assert flow["returned"][3] == pytest.approx(0.375 * first_month)
    assert stock_flow(10_000, 0.1, 0.25, 0.5, 0, months=1)["returned"][1] == pytest.approx(
        0.375 * first_month
    )


def test_a_force_that_gets_back_its_permanent_losses_stands_where_it_stood():
    hazard = attrition.permanent_hazard(0.06, 0.25, 0)
    lost = 11_000 * -np.expm1(-hazard)
    flow = stock_flow(11_000, 0.06, 0.25, 0, 2, 12, arrivals=[(month, lost) for month in range(1, 13)])
    assert flow["standing"].iloc[-1] == pytest.approx(11_000)


def test_phases_with_one_hazard_agree_with_one_long_phase():
    split = phased(11_000, [(40, 0.009, 0), (60, 0.009, 0)])
    assert split["casualties"].iloc[-1] == pytest.approx(
        phased(11_000, [(100, 0.009, 0)])["casualties"].iloc[-1]
    )
    assert split["standing"].iloc[-1] + split["casualties"].iloc[-1] == pytest.approx(11_000)


# The series of the National Intelligence Service as the ledger has it.
NIS = pd.DataFrame(
    [
        ("killed-100", "killed", 100, "at_least", "2024-12-19", "2024-12-19", "", "", ""),
        ("killed-300", "killed", 300, "about", "2025-01-13", "2025-01-13", "killed-100", "", ""),
        ("killed-600", "killed", 600, "about", "2025-04-30", "2025-04-30", "killed-300", "", ""),
        ("killed-2000", "killed", 2_000, "about", "2025-04-26", "2025-09-02", "", "killed-600", "killed-600"),
        ("killed-2100", "killed", 2_100, "approaching", "2025-12-31", "2026-01-15", "killed-2000", "", ""),
        ("total-3000", "casualties_total", 3_000, "more_than", "2025-01-13", "2025-01-13", "", "", ""),
        ("total-4700", "casualties_total", 4_700, "about", "2025-04-30", "2025-04-30", "total-3000", "", ""),
        (
            "total-6000",
            "casualties_total",
            6_000,
            "about",
            "2026-02-12",
            "2026-02-12",
            "total-4700",
            "",
            "total-4700",
        ),
        ("total-denied", "casualties_total", 9_000, "denial", "2025-02-12", "2025-02-12", "", "", ""),
    ],
    columns=[
        *("claim_id", "quantity", "value", "bound", "event_date", "report_date"),
        *("updates", "supersedes", "revises"),
    ],
).assign(
    low=np.nan,
    high=np.nan,
    origin_group="O-NIS",
    derived_from=np.nan,
    event_date=lambda frame: pd.to_datetime(frame["event_date"]),
    report_date=lambda frame: pd.to_datetime(frame["report_date"]),
)


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("killed-600", "killed-2000"),
        ("killed-300", "killed-2000"),
        ("killed-100", "killed-2000"),
        ("killed-300", "killed-2100"),
        ("total-4700", "total-6000"),
        ("total-3000", "total-6000"),
    ],
)
def test_a_revision_anywhere_on_the_way_never_becomes_a_rate(earlier, later):
    with pytest.raises(RevisionError, match="not a rate"):
        implied_rate(NIS, earlier, later)


def test_a_revision_is_refused_even_where_the_two_claims_are_not_linked():
    unlinked = NIS.assign(updates=np.nan)
    with pytest.raises(RevisionError):
        implied_rate(unlinked, "killed-300", "killed-2100")


def test_a_chain_is_followed_over_claims_reported_on_one_day():
    same_day = NIS.assign(report_date=pd.Timestamp("2025-09-02"))
    with pytest.raises(RevisionError):
        implied_rate(same_day, "killed-300", "killed-2000")
    assert implied_rate(same_day, "killed-300", "killed-600")[0] > 0


def test_a_step_without_a_revision_is_a_rate():
    assert implied_rate(NIS, "killed-300", "killed-600") == pytest.approx((300 / 107, 300 / 107))


def test_a_step_between_bounded_claims_is_an_interval():
    assert implied_rate(NIS, "total-3000", "total-4700") == (-np.inf, pytest.approx(1_700 / 107))
    days = units.days_between(*NIS.set_index("claim_id").loc[["killed-2000", "killed-2100"], "event_date"])
    assert implied_rate(NIS, "killed-2000", "killed-2100") == pytest.approx((-2_000 / days, 100 / days))
    interval = NIS.assign(
        bound=NIS["bound"].where(NIS["claim_id"] != "killed-600", "interval"),
        low=NIS["low"].where(NIS["claim_id"] != "killed-600", 500),
        high=NIS["high"].where(NIS["claim_id"] != "killed-600", 800),
    )
    assert implied_rate(interval, "killed-300", "killed-600") == pytest.approx((200 / 107, 500 / 107))


@pytest.mark.parametrize(
    ("earlier", "later", "message"),
    [
        ("killed-300", "nowhere", "given 'nowhere', allowed an id"),
        ("killed-300", "total-4700", "given quantity killed and casualties_total, allowed the same"),
        ("killed-600", "killed-300", "reversed order of report"),
        ("killed-2000", "killed-600", "reversed order of report"),
        ("killed-300", "killed-300", "given 0 days between events"),
        ("total-3000", "total-denied", "total-denied: given a denial"),
    ],
)
def test_claims_that_give_no_rate_are_refused_with_the_reason(earlier, later, message):
    with pytest.raises(ValueError, match=message) as caught:
        implied_rate(NIS, earlier, later)
    assert not isinstance(caught.value, RevisionError)


def test_claims_of_different_origins_give_no_rate():
    mixed = NIS.assign(origin_group=["O-HUR", *["O-NIS"] * (len(NIS) - 1)])
    with pytest.raises(ValueError, match="given origin_group O-HUR and O-NIS"):
        implied_rate(mixed, "killed-100", "killed-300")


def test_a_doubled_id_or_a_missing_figure_is_refused():
    with pytest.raises(ValueError, match="'killed-100' twice"):
        implied_rate(pd.concat([NIS, NIS.head(1)]), "killed-300", "killed-600")
    with pytest.raises(ValueError, match="no figure for its bound 'about'"):
        implied_rate(NIS.assign(value=np.nan), "killed-300", "killed-600")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stock_flow(1, 0.1, 1.2, 0, 0, 12), "killed_share: given 1.2, allowed 0 to 1"),
        (lambda: stock_flow(1, 0.1, 0.2, 0, 0, 0), "months: given 0, allowed 1 or more"),
        (lambda: stock_flow(1, 0.1, 0.2, 0, 0, 1.5), "months: given 1.5, allowed a whole number"),
        (
            lambda: stock_flow(1, 0.1, 0.2, 0, 0, 12, [(13, 5)]),
            "arrivals: given month 13, allowed whole months 0 to 12",
        ),
        (
            lambda: stock_flow(100, 0, 0, 0, 0, 12, departures=[(3, 500)]),
            "departures: given 500 in month 3, allowed the 100 standing",
        ),
        (lambda: stock_flow(np.ones(2), 0, 0, 0, 0, 12), "force: given 2 values, allowed one number"),
        (lambda: phased(1, []), "phases: given none"),
        (lambda: phased(1, [(0, 0.1, 0)]), "days of a phase: given 0, allowed above 0"),
        (lambda: attrition.permanent_hazard(-0.1, 0, 0), "hazard: given -0.1, allowed 0 or more"),
        (lambda: comparison.ratio(1, 0), "other: given 0, allowed above 0"),
        (lambda: money.agreed(-1, 12), "pay: given -1, allowed 0 or more"),
        (lambda: money.received(1, 1.01), "received_share: given 1.01, allowed 0 to 1"),
    ],
)
def test_a_bad_argument_is_named_in_one_line(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_noise_in_a_sum_of_steps_delays_nobody_by_a_step():
    # By noise 0.4 + 0.2 is more than six times 0.1 added up.
    *states, last = simulate(1_000, [Step(0.1, 0.5)] * 6, back_share=0.5, return_lag=0.2)
    assert last.returned == pytest.approx(0.5 * states[4].casualties)
