"""Every reference number, computed by the model's public functions and compared by its id."""

import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from briefing.model import attrition, comparison, money, rotation, scoring, uncertainty, units, words
from briefing.model.example import AS_PRINTED
from briefing.model.outcomes import outcomes

CASES = {case["id"]: case for case in json.loads((Path(__file__).parent / "acceptance.json").read_text())}

KEPT_SHARES = {"0.000": 0, "0.050": 0.05, "0.100": 0.1, "0.300": 0.3, "0.333": 1 / 3}
DAYS_OF_C1 = units.days_between(date(2024, 12, 6), date(2025, 1, 16))
# It takes 3,800 of 12,000 people in these days.
HAZARD_OF_C5 = -np.log1p(-3_800 / 12_000) / DAYS_OF_C1


def pay_for_a_year(force: float, tour: float | None = None) -> Any:
    return outcomes(AS_PRINTED | {"force": force, "tour": tour})["agreed"]


@cache
def prior_predictive() -> Any:
    stream = np.random.default_rng(20241124)
    draws = 400_000
    hazard = uncertainty.lognormal_between(0.001, 0.016).rvs(draws, random_state=stream)
    duty = uncertainty.pert(0.2, 0.5, 0.9).rvs(draws, random_state=stream)
    days = units.days_between(date(2024, 11, 24), date(2025, 4, 30))
    return 11_000 * -np.expm1(-hazard * duty * days)


def scores_of_the_predictive() -> list[Any]:
    draws = prior_predictive()
    low, high = uncertainty.quantiles(draws, (0.05, 0.95))
    return [
        scoring.coverage(low, high, 4_700) == (1, 1),
        scoring.interval_score(low, high, 4_700, alpha=0.1),
        scoring.crps(draws, 4_700),
        scoring.coverage(low, high, 6_000) == (1, 1),
        scoring.crps(draws, 6_000),
    ]


def chance_above_4000() -> list[Any]:
    chance = float(np.mean(prior_predictive() > 4_000))
    return [chance, words.likelihood(chance)]


def moments(distribution: Any) -> list[float]:
    return [float(distribution.mean()), float(distribution.std())]


def percent_of(part: float, whole: float) -> float:
    return 100 * comparison.ratio(part, whole)


def tour_to_100000() -> Any:
    return rotation.tour_for(100_000, 15_000, 12)


COMPUTED: dict[str, Callable[[], Any]] = {
    "A1": lambda: money.agreed(pay=2_000, person_months=10_900),
    "A2": lambda: pay_for_a_year(10_900),
    "A3": lambda: pay_for_a_year(15_000),
    "A4": lambda: money.implied_force(22e6, 2_000),
    "A5": lambda: comparison.percent_gap(22e6, money.agreed(pay=2_000, person_months=10_900)),
    **{
        f"A6_{name}": lambda share=share: [
            money.household_month(2_000, share),
            money.state_month(10_900, 2_000, share),
        ]
        for name, share in KEPT_SHARES.items()
    },
    "A8": lambda: [
        money.agreed(pay=2_500, person_months=12 * people, signing=2_000, arrivals=people)
        for people in (1, 10_000)
    ],
    "B1": lambda: rotation.distinct_people(15_000, 2.5, 12),
    "B2": lambda: [tour_to_100000(), units.days(tour_to_100000())],
    "B3": lambda: rotation.tour_for(100_000, 15_000, 12, rule="completed"),
    "B4": lambda: rotation.distinct_people(15_000, np.array([2, 3, 2.5, 1.8]), 12, rule="block"),
    "B5": lambda: rotation.tour_for(100_000, 15_000, 12, rule="block"),
    "B6": lambda: rotation.distinct_people(
        np.array([10_000, 10_000, 12_500, 15_000, 15_000]), np.array([3, 2, 2.5, 3, 2]), 12
    ),
    "B9": lambda: rotation.distinct_people(15_000, None, 12, hazard=0.10),
    "B10": lambda: rotation.hazard_for(100_000, 15_000, 12),
    "B12": lambda: comparison.ratio(100_000, 42_000),
    "B13": lambda: [
        pay_for_a_year(15_000),
        money.agreed(0, 0, signing=2_000, arrivals=rotation.distinct_people(15_000, tour_to_100000(), 12)),
    ],
    "C1": lambda: DAYS_OF_C1,
    "C5": lambda: attrition.phased(12_000, [(130, HAZARD_OF_C5, 0)])["casualties"].iloc[-1],
    "C11": lambda: comparison.ratio(3_000, 1_100),
    "E1": lambda: [
        *uncertainty.pert_shape(1_500, 2_000, 3_000),
        *moments(uncertainty.pert(1_500, 2_000, 3_000)),
    ],
    "F1": lambda: [
        money.in_usd(40.9e3, 1_305.4),
        percent_of(pay_for_a_year(10_900), money.in_usd(40.9e12, 1_305.4)),
    ],
    "F2": lambda: [
        money.a_month(money.in_usd(1.59e6, 1_305.4)),
        comparison.ratio(2_000, money.a_month(money.in_usd(1.59e6, 1_305.4))),
        comparison.ratio(money.household_month(2_000, 0.1), money.a_month(money.in_usd(1.59e6, 1_305.4))),
    ],
    "F3": lambda: percent_of(pay_for_a_year(10_900), 2.7e9),
    "F4": lambda: [percent_of(pay_for_a_year(10_900), whole) for whole in (1.7e9, 5.5e9, 9.8e9, 1.2e9)],
    "G1": lambda: [scoring.interval_score(700, 8_000, observed, alpha=0.1) for observed in (4_700, 9_000)],
    **{
        f"G4_{p}": lambda p=p: [words.likelihood(p), words.likelihood(p, "phia")]
        for p in (0.03, 0.2, 0.5, 0.62, 0.97)
    },
    "I1": lambda: uncertainty.quantiles(prior_predictive()),
    "I2": scores_of_the_predictive,
    "I3": lambda: [scoring.crps(12_000, observed) for observed in (4_700, 6_000)],
    "I4": chance_above_4000,
}


def tolerance(given: float | str) -> dict[str, float]:
    """Read a tolerance: absolute, or a percentage; 0 still leaves the rounding of floating point."""
    if isinstance(given, str):
        return {"rel": float(given.removesuffix("%")) / 100}
    return {"abs": given, "rel": 1e-14}


@pytest.mark.parametrize("name", CASES)
def test_the_model_meets_the_reference_number(name: str) -> None:
    case = CASES[name]
    computed, expected = COMPUTED[name](), case["value"]
    if not isinstance(expected, list):
        computed, expected = [computed], [expected]
    assert len(computed) == len(expected)
    for ours, reference in zip(computed, expected, strict=True):
        if isinstance(reference, int | float) and not isinstance(reference, bool):
            assert ours == pytest.approx(reference, **tolerance(case["tol"])), case["what"]
        else:
            assert ours == reference, case["what"]


def test_no_reference_number_is_left_without_a_test() -> None:
    assert set(CASES) == set(COMPUTED)


def test_pay_for_a_standing_force_does_not_depend_on_rotation() -> None:
    assert {pay_for_a_year(15_000, tour) for tour in (1.8, 2.5, 12, None)} == {CASES["B13"]["value"][0]}
