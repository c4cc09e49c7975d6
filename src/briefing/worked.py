"""A scenario worked out on what was known: its numbers, for notebooks and for sweeps of the model alone."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import tee
from typing import Any

import numpy as np
import pandas as pd

from briefing import numbers
from briefing.ledger import Ledger
from briefing.ledger.claimed import Amount, claimed, fill_in, unknown
from briefing.ledger.claimed import resolved as resolved
from briefing.ledger.newest import FRESH, newest_claims, stating
from briefing.ledger.selection import (
    NIS,
    claimed_total,
    first_origins,
    goods_exports,
    largest_total,
    newest_context,
    own,
    usable_losses,
)
from briefing.model.inference import LossFit, TooFewDrawsError, fit_losses
from briefing.model.inputs import NEUTRAL
from briefing.model.leave_out import LeftOut, leave_out
from briefing.model.many import Event, Spread, Summary, summaries
from briefing.model.uncertainty import quantiles
from briefing.numbers import Definition, shown
from briefing.results import Number, Record
from briefing.scenario import Scenario

_OF_THE_FIT = ("as_of", "grades_allowed", "origin_cap", "drop_superseded", "draws", "seed")


@dataclass(frozen=True, eq=False)
class Day:
    """What the ledger says on the day that a scenario is measured by.

    Attributes
    ----------
    known
        The ledger as of the day.
    """

    known: Ledger
    _claimed: dict[str, Amount] = field(default_factory=dict, init=False, repr=False)

    def claimed(self, parameter: str) -> Amount:
        """What is claimed of a parameter (`briefing.ledger.claimed.claimed`), asked once."""
        if parameter not in self._claimed:
            self._claimed[parameter] = claimed(self.known, parameter)
        return self._claimed[parameter]

    @cached_property
    def total(self) -> float | None:
        """The largest claim of people passing through in all; None where nobody had made one."""
        return claimed_total(self.known)

    @cached_property
    def largest(self) -> "pd.Series[Any] | None":
        """The largest active total of killed and wounded by `NIS`; None where it has made none."""
        return largest_total(self.known, NIS)

    @cached_property
    def _goods(self) -> tuple[str, float]:
        return goods_exports(self.known)

    @property
    def exports_year(self) -> str:
        """The year of `exports`."""
        return self._goods[0]

    @property
    def exports(self) -> float:
        """USD: the newest known estimate of a year's goods exports."""
        return self._goods[1]

    def events(self) -> dict[str, Event]:
        """Return the events whose share of draws is a number, by its key, where the day has a basis."""
        found = {number.key: number.event(self) for number in numbers.NUMBERS if number.event}
        return {key: Event(*event) for key, event in found.items() if event}


@dataclass(frozen=True)
class Losses:
    """Losses inferred from claims up to a day, and the share of draws above the largest total claimed.

    Attributes
    ----------
    casualties, killed
        Median, 5th and 95th percentile, with nothing computed at modes; None without a basis.
    above
        A share, with the lowest and the highest as one body or another is left out; or None.
    levels
        Independent parties with a figure that is no floor.
    claims
        Ids of the claims that the fit used.
    """

    casualties: Spread | None = None
    killed: Spread | None = None
    above: Spread | None = None
    levels: int = 0
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Worked:
    """What the numbers of one scenario are computed from; what nothing asks for may be missing.

    Attributes
    ----------
    day
        What the ledger says on its knowledge date.
    spreads
        Outcomes and inputs of the model by name.
    shares
        Of the events of the day, by the key of their number.
    losses
        Inferred up to the knowledge date.
    policy
        ``hold`` or ``decline``.
    unknown
        Parameters that stand for what is claimed, and nothing was: numbers that rest on them have no value.
    """

    day: Day
    spreads: Mapping[str, Spread] = field(default_factory=dict)
    shares: Mapping[str, float] = field(default_factory=dict)
    losses: Losses = Losses()
    policy: str = "hold"
    unknown: frozenset[str] = frozenset()

    def lacks(self, definition: Definition) -> bool:
        """Whether a number of the scenario rests on a parameter of which nothing was claimed."""
        needed = {"force", "pool"} | ({"pay"} & {*definition.rests_on})
        return definition.basis == "assumed" and bool(self.unknown & needed)


def ids(claims: pd.DataFrame) -> list[str]:
    """Return the ids of some claims."""
    return [str(name) for name in claims["claim_id"]]


def _stated(worked: Worked, name: str, quantity: str) -> list[str]:
    """The claims that state an input; where none does, each body's newest: they surround it."""
    known, spread = worked.day.known, worked.spreads.get(name)
    said = ids(stating(known, quantity, spread.mode)) if spread else []
    return said or ids(newest_claims(known, quantity))


def _pool(worked: Worked) -> list[str]:
    """The estimate of the corps from which the first contingent came, where the scenario's pool is that."""
    if "pool" not in worked.spreads:
        return []
    context = newest_context(worked.day.known)
    corps = context[context["indicator"] == "kpa_11th_corps_strength"]
    corps = corps[corps["value"] == worked.spreads["pool"].mode]
    return [f"kpa_11th_corps_strength@{year}" for year in corps["year_or_date"].tail(1)]


def _total(worked: Worked) -> list[str]:
    """The claims of a total passing through, and those of the tour that its claimant gave."""
    known = worked.day.known
    tours = own(known.claims_of("rotation_months"))
    return [*ids(known.claims_of("troops_rotation_total")), *ids(tours[tours["claimant_party"] == "ukraine"])]


EVIDENCE: Mapping[str, Callable[[Worked], list[str]]] = {
    "present": lambda worked: _stated(worked, "force", "troops_present"),
    "exchanged": lambda worked: ids(own(worked.day.known.claims_of("rotation_months"))),
    "pool": _pool,
    "total": _total,
    "pay": lambda worked: _stated(worked, "pay", "pay_usd_per_soldier_month"),
    "received": lambda worked: ids(worked.day.known.claims_of("observed_share_of_revenue")),
    "kept": lambda worked: ids(worked.day.known.claims_of("state_share_of_pay")),
    "exports": lambda worked: [f"dprk_exports_usd_million@{worked.day.exports_year}"],
    "losses": lambda worked: list(worked.losses.claims),
    "largest": lambda worked: [] if worked.day.largest is None else [str(worked.day.largest["claim_id"])],
}
"""The claims and context rows that a number may rest on, by the names that `Definition.rests_on` uses."""


def _usable(known: Ledger, quantity: str) -> pd.DataFrame:
    claims = usable_losses(known.active())
    return claims[claims["quantity"] == quantity]


BODIES: Mapping[str, Callable[[Ledger], str]] = {
    "killed": lambda known: first_origins(known, _usable(known, "killed"), 2),
    "casualties": lambda known: first_origins(known, _usable(known, "casualties_total"), 2),
    "force": lambda known: first_origins(known, newest_claims(known, "troops_present", within=FRESH), 2),
    "tour": lambda known: first_origins(known, own(known.claims_of("rotation_months")), 1),
    "pay": lambda known: first_origins(known, own(known.claims_of("pay_usd_per_soldier_month")), 2),
    "received": lambda known: first_origins(known, own(known.claims_of("observed_share_of_revenue")), 1),
    "kept": lambda known: first_origins(known, own(known.claims_of("state_share_of_pay")), 1),
}
"""The bodies that stand behind an input, by the names that `Definition.behind` uses."""


def bodies_behind(definition: Definition, known: Ledger) -> str:
    """Say which bodies stand behind a number.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> from briefing.numbers import defined
    >>> bodies_behind(defined("people.distinct"), load().as_of("2024-11-24"))
    'the force, and for the tour: Government of Ukraine'
    """
    return definition.behind.format_map(_Asked(known))


def box_rows(known: Ledger) -> list[list[Any]]:
    """Return the rows of the numbers on one page: label, number, range, of what, bodies behind it."""
    return [
        [one.label, ("num", one.key), ("range", one.key), one.of, bodies_behind(one, known)]
        for one in shown("box")
    ]


class _Asked(dict[str, str]):
    """Answers only for what a text names."""

    def __init__(self, known: Ledger) -> None:
        super().__init__()
        self.known = known

    def __missing__(self, name: str) -> str:
        return BODIES[name](self.known)


def work_out(
    known: Ledger,
    at_modes: Mapping[str, Any],
    in_draws: Mapping[str, Any],
    lacking: frozenset[str] = frozenset(),
) -> Worked:
    """Return a scenario as worked out, for the notebooks.

    Parameters
    ----------
    known
        The ledger as of its day.
    at_modes, in_draws
        Inputs of the model, and `briefing.model.outcomes.outcomes` of them, at the modes and over the draws.
    lacking
        Inputs of which nothing was claimed, for which `computable` put a number.
    """
    day = Day(known)
    spreads = {
        name: Spread.of(at_modes[name], quantiles(in_draws[name]).tolist() if np.ndim(in_draws[name]) else ())
        for name in dict.fromkeys(number.quantity for number in numbers.NUMBERS if number.quantity)
    }
    shares = {
        key: float(np.mean(event.happens(in_draws[event.quantity]))) for key, event in day.events().items()
    }
    return Worked(day, spreads, shares, policy=at_modes["policy"], unknown=lacking)


def infer(known: Ledger, fit: LossFit, without: Iterable[LeftOut]) -> Worked:
    """Return what is inferred of the losses, for the notebooks.

    Parameters
    ----------
    known
        The ledger as of the day.
    fit
        What `briefing.model.inference.fit_losses` returned for that day.
    without
        What `briefing.model.leave_out.leave_out` returned for the fit.
    """
    day, claims = Day(known), tuple(fit.claim_ids)
    if fit.is_prior:
        return Worked(day, losses=Losses(claims=claims))
    total, killed = fit.posterior.casualties(fit.as_of), fit.posterior.killed(fit.as_of)
    above = None
    if day.largest is not None:
        most = float(day.largest["value"])
        share = float(np.mean(total > most))
        shares = [share, *(one.above(most) for one in without if one.whole and one.trusted)]
        above = Spread(share, min(shares), None, max(shares))
    levels = fit.levels["claimant_party"].nunique()
    spreads = _inferred_spread(total), _inferred_spread(killed)
    return Worked(day, losses=Losses(*spreads, above, levels, claims))


def _inferred_spread(draws: Any) -> Spread:
    """Nothing is computed at modes here: the median is the number."""
    low, median, high = quantiles(draws).tolist()
    return Spread(median, low, None, high)


def find(definition: Definition, worked: Worked) -> Spread | None:
    """Return a number of a scenario; None where there is no basis for it."""
    if worked.lacks(definition):
        return None
    if definition.quantity:
        return worked.spreads[definition.quantity].times(definition.factor)
    if definition.event:
        found: Spread | float | None = worked.shares.get(definition.key)
    else:
        assert definition.compute, f"{definition.key} has neither quantity, event nor compute"
        found = definition.compute(worked)
    return found if isinstance(found, Spread) or found is None else Spread(found)


def number_of(definition: Definition, worked: Worked, chain: bool = True) -> Number:
    """Return a number of a scenario as it is recorded.

    Parameters
    ----------
    definition
        Which.
    worked
        The scenario.
    chain
        Whether to name the claims that it rests on, which takes longer than the number.
    """
    found = find(definition, worked)
    formula = definition.formula if isinstance(definition.formula, str) else definition.formula(worked)
    claims = [name for group in definition.rests_on for name in EVIDENCE[group](worked)] if chain else []
    return Number(
        definition.key,
        found.value if found else None,
        definition.unit,
        definition.basis,
        formula,
        tuple(dict.fromkeys(claims)),
        low=found.low if found else None,
        high=found.high if found else None,
        # An input prints as it was given; a median of its draws has no such form.
        digits=definition.digits or (3 if found and found.median is not None else None),
        at_modes=found.mode if found and found.median is not None else None,
    )


def record_numbers(record: Record, worked: Worked, subject: str) -> dict[str, Number]:
    """Record every number of a subject that is no judgement's, and return them by key.

    Parameters
    ----------
    record
        Of the notebook.
    worked
        The scenario.
    subject
        What stands before the first dot of their keys: ``people``, ``losses``, ``money`` or ``scale``.
    """
    found = [number_of(one, worked) for one in numbers.NUMBERS if one.subject == subject]
    return {number.key: record.add(number) for number in found}


def headlines(
    scenarios: Iterable[Scenario], ledger: Ledger, wanted: Sequence[Definition] | None = None
) -> Iterator[dict[str, Number]]:
    """Work out the numbers of scenarios without a run of the notebooks, as the notebooks record them.

    Parameters
    ----------
    scenarios
        Any number of them; they are read as they are needed.
    ledger
        The whole evidence.
    wanted
        The numbers, all if none is given; without one that is inferred from claims no losses are fitted.

    Yields
    ------
    dict of str to Number
        For each scenario, in order, by key: those of `wanted`, without the claims that they
        rest on. The value is None where the notebooks record none.

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
    days: dict[str, Day] = {}
    fits: dict[tuple[Any, ...], Losses] = {}
    quantities = list(dict.fromkeys(number.quantity for number in numbers.NUMBERS if number.quantity))
    wanted = numbers.NUMBERS if wanted is None else wanted
    fitted = any(number.basis == "inferred" for number in wanted)

    def on_day(parameters: Mapping[str, Any]) -> Day:
        as_of = parameters["as_of"]
        if as_of not in days:
            days[as_of] = Day(ledger.as_of(as_of))
        return days[as_of]

    def asked(scenario: Scenario) -> dict[str, Any]:
        parameters = scenario.values()
        return fill_in(parameters, on_day(parameters).claimed)

    given, measured = tee(map(asked, scenarios))
    found = summaries(map(computable, measured), lambda parameters: on_day(parameters).events(), quantities)
    for parameters, summary in zip(given, found, strict=True):
        of_the_fit = tuple(parameters[name] for name in _OF_THE_FIT)
        if not fitted:
            fits[of_the_fit] = Losses()
        elif of_the_fit not in fits:
            fits[of_the_fit] = _inferred(on_day(parameters).known, parameters)
        worked = _summarised(on_day(parameters), parameters, summary, fits[of_the_fit])
        yield {number.key: number_of(number, worked, chain=False) for number in wanted}


def _summarised(day: Day, parameters: Mapping[str, Any], summary: Summary, losses: Losses) -> Worked:
    lacking = unknown(parameters)
    return Worked(day, summary.quantities, summary.events, losses, parameters["policy"], lacking)


def computable(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario with a number for what nobody claimed, so that the rest can be worked out."""
    return {**parameters, **{name: NEUTRAL.get(name, 0.0) for name in unknown(parameters)}}


def _inferred(known: Ledger, parameters: Mapping[str, Any]) -> Losses:
    options = {name: parameters[name] for name in _OF_THE_FIT if name != "as_of"}
    today = pd.Timestamp(parameters["as_of"])
    try:
        fit = fit_losses(known.claims, today, known.tables["calendar"], **options)
    except TooFewDrawsError:
        return Losses()
    return infer(known, fit, leave_out(fit, rows=False)).losses
