"""Which inputs an outcome depends on: one at a time, and by shares of its variance."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import scipy

from briefing.model.checks import one_number
from briefing.model.uncertainty import pert
from briefing.model.units import Array, Values

Outcome = Callable[[dict[str, Any]], Values]
"""From inputs by name, numbers or arrays of the same length, to the outcome of the same shape."""


def sobol(function: Outcome, distributions: Mapping[str, Any], n: int, seed: int) -> pd.DataFrame:
    """Give the shares of an outcome's variance that its inputs are responsible for.

    Parameters
    ----------
    function
        From a dict of inputs, numbers or arrays of one length, to as many outcomes. The arrays are not
        always of length `n`.
    distributions
        For each input a frozen distribution, (low, mode, high) for a PERT, or a number, which is exact. The
        inputs are taken to be independent.
    n
        A power of two; the function sees n (inputs + 2) points.
    seed
        Any whole number.

    Returns
    -------
    pandas.DataFrame
        A row for each uncertain input, in the given order: `input`, `first` (the share of variance that
        learning it would remove on average) and `total` (with all its interactions). Both are missing (NaN)
        if the outcome does not vary, and there is no row if no input does. A true 0 may come out slightly
        below 0.

    Raises
    ------
    ValueError
        If `n` is no power of two, a distribution is none, or an outcome is not finite.

    Notes
    -----
    Sobol 2001, estimators of Saltelli et al. 2010, by `scipy.stats.sobol_indices`.

    Examples
    --------
    >>> inputs = {"a": scipy.stats.norm(0, 2), "b": scipy.stats.norm(0, 1), "exact": 3}
    >>> sobol(lambda given: given["a"] + given["b"] + given["exact"], inputs, n=1_024, seed=1).round(2)
      input  first  total
    0     a    0.8    0.8
    1     b    0.2    0.2
    """
    if n < 2 or n & (n - 1):
        raise ValueError(f"n: given {n}, allowed a power of two, 2 or more")
    exact, uncertain = _read(distributions)
    first = total = np.full(len(uncertain), np.nan)
    varied = False

    def outcomes(points: Array) -> Array:
        nonlocal varied
        found = _outcome(function, exact | dict(zip(uncertain, points, strict=False)), points.shape[1])
        # equal but for rounding is equal: shares of a variance of rounding errors mean nothing
        varied = varied or bool(np.ptp(found) > 1e-12 * np.max(np.abs(found)))
        return found

    if uncertain:
        dists = list(uncertain.values())
        if len(dists) == 1:
            # SciPy 1.17 fails on a single input: here is one more, that nothing depends on.
            dists.append(scipy.stats.uniform())
        with np.errstate(divide="ignore", invalid="ignore"):
            result = scipy.stats.sobol_indices(
                func=outcomes, n=n, dists=dists, rng=np.random.default_rng(seed % 2**64)
            )
        if varied:  # SciPy would say 0 for both
            first, total = (
                np.ravel(part)[: len(uncertain)] for part in (result.first_order, result.total_order)
            )
    return pd.DataFrame({"input": list(uncertain), "first": first, "total": total})


def tornado(function: Outcome, distributions: Mapping[str, Any]) -> pd.DataFrame:
    """Move one input at a time from its 5th to its 95th percentile, the others at their medians.

    Parameters
    ----------
    function, distributions
        As for `sobol`.

    Returns
    -------
    pandas.DataFrame
        A row for each uncertain input, the largest swing first: `input`, its `low` and `high` (P05 and P95),
        the outcomes there, `at_low` and `at_high`, the outcome with all inputs at their medians, `base`, and
        `swing`, the distance of `at_low` and `at_high`. Equal swings keep the given order.

    Raises
    ------
    ValueError
        If a distribution is none, or an outcome is not finite.

    Notes
    -----
    One-at-a-time sensitivity (Eschenbach 1992): it does not see interactions, nor what happens between the
    ends.

    Examples
    --------
    >>> inputs = {"pay": (1_500, 2_000, 3_000), "force": (9_000, 11_000, 15_000)}
    >>> frame = tornado(lambda given: given["pay"] * given["force"], inputs)
    >>> frame[["input", "swing"]].round(-5)
       input       swing
    0    pay  10200000.0
    1  force   7500000.0
    """
    exact, uncertain = _read(distributions)
    medians = exact | {name: float(given.ppf(0.5)) for name, given in uncertain.items()}

    def at(**moved: float) -> float:
        return float(_outcome(function, medians | moved, 1)[0])

    rows = []
    for name, given in uncertain.items():
        low, high = float(given.ppf(0.05)), float(given.ppf(0.95))
        rows.append((name, low, high, at(**{name: low}), at(**{name: high})))
    frame = pd.DataFrame(rows, columns=["input", "low", "high", "at_low", "at_high"])
    frame = frame.assign(base=at(), swing=(frame["at_high"] - frame["at_low"]).abs())
    return frame.sort_values("swing", ascending=False, kind="stable", ignore_index=True)


def worth_resolving(indices: pd.DataFrame) -> str | None:
    """Name the input that it would pay most to find out.

    Parameters
    ----------
    indices
        What `sobol` returned.

    Returns
    -------
    str or None
        The input with the largest first-order index; None if the outcome does not vary or no input alone
        explains any of it.

    Raises
    ------
    ValueError
        If the columns `input` and `first` are missing.

    Examples
    --------
    >>> worth_resolving(pd.DataFrame({"input": ["pay", "force"], "first": [0.3, 0.6], "total": [0.4, 0.7]}))
    'force'
    """
    if not {"input", "first"} <= set(indices.columns):
        raise ValueError(f"indices: given columns {', '.join(indices.columns)}, allowed what sobol returned")
    known = indices[indices["first"] > 0]
    return None if known.empty else str(known["input"].iloc[int(known["first"].argmax())])


def _read(distributions: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    exact: dict[str, Any] = {}
    uncertain: dict[str, Any] = {}
    for name, given in distributions.items():
        if hasattr(given, "ppf"):
            uncertain[name] = given
        elif not isinstance(given, tuple | list):
            exact[name] = one_number(name, given, low=-np.inf)
        elif len(given) == 3 and given[0] == given[2]:
            exact[name] = one_number(name, given[1], low=-np.inf)
        else:
            try:
                uncertain[name] = pert(*given)
            except (TypeError, ValueError):
                raise ValueError(
                    f"{name}: given {given}, allowed a distribution, a number, or low, mode and high in order"
                ) from None
    return exact, uncertain


def _outcome(function: Outcome, inputs: dict[str, Any], points: int) -> Array:
    found = np.asarray(function(inputs), dtype=float)
    if not np.all(np.isfinite(found)):
        raise ValueError("function: given an outcome that is not finite, allowed finite outcomes")
    # an outcome that ignores every input comes back as one number
    return np.full(points, found) if found.ndim == 0 else found
