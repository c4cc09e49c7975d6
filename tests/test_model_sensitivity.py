"""Sobol indices against closed forms, the tornado by hand, and what to find out next."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from briefing.model.sensitivity import sobol, tornado, worth_resolving


def ishigami(given):
    return np.sin(given["x"]) + 7 * np.sin(given["y"]) ** 2 + 0.1 * given["z"] ** 4 * np.sin(given["x"])


def test_ishigami_in_closed_form():
    # Ishigami & Homma 1990, with a = 7 and b = 0.1
    a, b = 7, 0.1
    of_x = (1 + b * np.pi**4 / 5) ** 2 / 2
    of_y = a**2 / 8
    of_xz = b**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = of_x + of_y + of_xz
    circle = stats.uniform(-np.pi, 2 * np.pi)
    indices = sobol(ishigami, {"x": circle, "y": circle, "z": circle}, n=8_192, seed=1).set_index("input")
    assert indices["first"].tolist() == pytest.approx([of_x / variance, of_y / variance, 0], abs=0.01)
    totals = [(of_x + of_xz) / variance, of_y / variance, of_xz / variance]
    assert indices["total"].tolist() == pytest.approx(totals, abs=0.01)
    assert worth_resolving(indices.reset_index()) == "y"


def test_the_seed_decides():
    inputs = {"a": (0, 1, 3), "b": stats.norm()}
    first, again, other = (
        sobol(lambda given: given["a"] * given["b"], inputs, 64, seed) for seed in (-1, -1, 1)
    )
    assert first.equals(again)
    assert not first.equals(other)


@pytest.mark.parametrize(
    "function",
    [lambda given: 3.0, lambda given: 0 * given["a"] + 0.1, lambda given: np.zeros_like(given["a"])],
)
def test_an_outcome_that_does_not_vary_has_no_shares_and_no_warning(function):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        indices = sobol(function, {"a": (0, 1, 3), "b": (0, 1, 3)}, n=64, seed=1)
    assert indices["input"].tolist() == ["a", "b"]
    assert indices[["first", "total"]].isna().all().all()
    assert worth_resolving(indices) is None


def test_exact_inputs_are_held_and_not_listed():
    indices = sobol(
        lambda given: given["a"] + given["b"] + given["c"], {"a": 1, "b": (0, 1, 3), "c": (2, 2, 2)}, 64, 1
    )
    assert indices["input"].tolist() == ["b"]
    assert indices["first"].tolist() == pytest.approx([1], abs=0.05)
    assert sobol(lambda given: given["a"], {"a": 1}, 64, 1).empty
    assert tornado(lambda given: given["a"], {"a": 1}).empty
    assert worth_resolving(sobol(lambda given: given["a"], {"a": 1}, 64, 1)) is None


def test_an_input_that_explains_nothing_is_not_worth_finding_out():
    indices = pd.DataFrame({"input": ["pay", "force"], "first": [0.0, 0.0], "total": [0.4, 0.7]})
    assert worth_resolving(indices) is None
    assert worth_resolving(indices.assign(first=[0.0, 1e-6])) == "force"


def test_the_tornado_by_hand():
    inputs = {
        "small": stats.uniform(0, 1),
        "large": stats.uniform(0, 10),
        "down": stats.uniform(0, 4),
        "exact": 100,
    }
    frame = tornado(lambda given: given["small"] + given["large"] - given["down"] + given["exact"], inputs)
    assert frame["input"].tolist() == ["large", "down", "small"]
    assert frame["swing"].tolist() == pytest.approx([9, 3.6, 0.9])
    assert frame["base"].tolist() == pytest.approx([103.5] * 3)
    down = frame.set_index("input").loc["down"]
    assert down[["low", "high", "at_low", "at_high"]].tolist() == pytest.approx([0.2, 3.8, 105.3, 101.7])


def test_bad_arguments_are_refused_in_one_line():
    with pytest.raises(ValueError, match="n: given 100, allowed a power of two"):
        sobol(lambda given: given["a"], {"a": (0, 1, 2)}, 100, 1)
    with pytest.raises(ValueError, match=r"a: given \(2, 1, 0\), allowed a distribution"):
        tornado(lambda given: given["a"], {"a": (2, 1, 0)})
    with pytest.raises(ValueError, match="function: given an outcome that is not finite"):
        sobol(lambda given: given["a"] * np.inf, {"a": (1, 2, 3)}, 64, 1)
    with pytest.raises(ValueError, match="indices: given columns swing"):
        worth_resolving(tornado(lambda given: given["a"], {"a": (1, 2, 3)})[["swing"]])
