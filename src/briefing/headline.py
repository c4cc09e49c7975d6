"""The headline numbers of many scenarios without a run of the notebooks, as the notebooks record them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import tee
from typing import Any

import numpy as np
import pandas as pd

from briefing.ledger import Ledger
from briefing.ledger.selection import NIS, claimed_total, goods_exports, largest_total
from briefing.model.inference import TooFewDrawsError, fit_losses
from briefing.model.many import Event, Summary, summaries
from briefing.model.uncertainty import quantiles
from briefing.outcome_keys import OUTCOME_KEYS
from briefing.scenario import Scenario

JUDGEMENTS = ("people", "losses", "money", "receipt", "sustainment")
_QUANTITIES = tuple(recorded.quantity for recorded in OUTCOME_KEYS.values())
_OF_THE_FIT = ("as_of", "grades_allowed", "origin_cap", "drop_superseded", "draws", "seed")


@dataclass(frozen=True, slots=True)
class Headline:
    """A number of one scenario; the attributes mean what they mean in `briefing.results.Number`.

    Attributes
    ----------
    key
        Name by which prose refers to it, such as ``people.distinct``.
    value
        The number; None where there is no basis for one.
    low, median, high
        5th, 50th and 95th percentile; None where nothing varies, or where `value` is itself the median.
    unit
        A key of `briefing.formats.UNIT_WORDS`.
    digits
        Significant digits to print; None prints the value as it stands.
    """

    key: str
    value: float | None
    low: float | None
    median: float | None
    high: float | None
    unit: str
    digits: int | None = None


@dataclass(frozen=True)
class _Day:
    """What the ledger says on a day that a scenario is measured by."""

    claimed: float | None
    exported: float

    @property
    def events(self) -> dict[str, Event]:
        """The propositions of the judgements that rest on the scenario's draws."""
        reached = {} if self.claimed is None else {"people": Event("distinct", ">=", self.claimed)}
        return reached | {
            "money": Event("agreed", ">", self.exported),
            "receipt": Event("received_share", ">=", 0.5),
            "sustainment": Event("pool_share", "<=", 1),
        }


@dataclass(frozen=True)
class _Losses:
    """Losses inferred up to a day as (low, median, high), and the share of draws above the largest total."""

    casualties: tuple[float | None, ...] = (None, None, None)
    killed: tuple[float | None, ...] = (None, None, None)
    above: float | None = None


def headlines(scenarios: Iterable[Scenario], ledger: Ledger) -> Iterator[dict[str, Headline]]:
    """Work out the headline numbers of scenarios.

    Parameters
    ----------
    scenarios
        Any number of them; they are read as they are needed.
    ledger
        The whole evidence.

    Yields
    ------
    dict of str to Headline
        For each scenario, in order, by key: those of `OUTCOME_KEYS`, ``people.blocks``, ``scale.exports``,
        ``scale.share``, ``losses.inferred``, ``losses.inferred_killed`` and ``judgement.<name>`` for the
        names in `JUDGEMENTS`. The value is None where the notebooks record none.

    Notes
    -----
    A fit of losses takes about a second and is made once for each combination of the parameters that it
    depends on; the ledger is read once for each knowledge date.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> from briefing.scenario import load_scenario
    >>> [found] = headlines([load_scenario("as-printed")], load())
    >>> found["people.distinct"].value, found["money.agreed"].value, found["losses.inferred"].value
    (10900.0, 261600000.0, None)
    """
    days: dict[str, _Day] = {}
    fits: dict[tuple[Any, ...], _Losses] = {}

    def on_day(parameters: Mapping[str, Any]) -> _Day:
        day = parameters["as_of"]
        if day not in days:
            known = ledger.as_of(day)
            days[day] = _Day(claimed_total(known), goods_exports(known)[1])
        return days[day]

    given, measured, blocks = tee((scenario.values() for scenario in scenarios), 3)
    found = summaries(measured, lambda parameters: on_day(parameters).events, _QUANTITIES)
    by_blocks = summaries(map(_in_blocks, blocks), quantities=["distinct"])
    for parameters, summary, swapped in zip(given, found, by_blocks, strict=True):
        of_the_fit = tuple(parameters[name] for name in _OF_THE_FIT)
        if of_the_fit not in fits:
            fits[of_the_fit] = _inferred(ledger, parameters)
        numbers = [
            *_outcomes(summary),
            _exact("people.blocks", swapped.quantities["distinct"].mode, "persons", 3),
            *_scale(summary, on_day(parameters).exported),
            *_losses(fits[of_the_fit]),
            *_judged({**summary.events, "losses": fits[of_the_fit].above}),
        ]
        yield {number.key: number for number in numbers}


def _in_blocks(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The same scenario at the modes, with whole blocks swapped."""
    modes = {
        name: value["mode"] if isinstance(value, Mapping) else value for name, value in parameters.items()
    }
    return modes | {"count_rule": "block"}


def _inferred(ledger: Ledger, parameters: Mapping[str, Any]) -> _Losses:
    known = ledger.as_of(parameters["as_of"])
    today = pd.Timestamp(parameters["as_of"])
    options = {name: parameters[name] for name in _OF_THE_FIT if name != "as_of"}
    try:
        fit = fit_losses(known.claims, today, known.tables["calendar"], **options)
    except TooFewDrawsError:
        return _Losses()
    if fit.is_prior:
        return _Losses()
    total, largest = fit.posterior.casualties(today), largest_total(known, NIS)
    return _Losses(
        tuple(quantiles(total).tolist()),
        tuple(quantiles(fit.posterior.killed(today)).tolist()),
        None if largest is None else float(np.mean(total > largest["value"])),
    )


def _exact(key: str, value: float | None, unit: str, digits: int | None = None) -> Headline:
    return Headline(key, value, None, None, None, unit, digits)


def _outcomes(summary: Summary) -> Iterator[Headline]:
    for key, recorded in OUTCOME_KEYS.items():
        spread = summary.quantities[recorded.quantity]
        value, low, median, high = (
            None if end is None else recorded.factor * end
            for end in (spread.mode, spread.low, spread.median, spread.high)
        )
        yield Headline(key, value, low, median, high, recorded.unit, recorded.digits)


def _scale(summary: Summary, exported: float) -> Iterator[Headline]:
    yield _exact("scale.exports", exported, "usd")
    yield _exact("scale.share", 100 * summary.quantities["agreed"].mode / exported, "percent", 2)


def _losses(inferred: _Losses) -> Iterator[Headline]:
    for key, (low, median, high) in (
        ("losses.inferred", inferred.casualties),
        ("losses.inferred_killed", inferred.killed),
    ):
        yield Headline(key, median, low, None, high, "persons", 2)


def _judged(shares: Mapping[str, float | None]) -> Iterator[Headline]:
    for name in JUDGEMENTS:
        yield _exact(f"judgement.{name}", shares.get(name), "probability")
