"""The numbers by which a scenario is known, each defined once: how it follows and where it is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Basis = Literal["claimed", "inferred", "assumed", "counted"]
BASES: Mapping[str, str] = {
    "claimed": "stated by a claimant",
    "inferred": "follows from claims by arithmetic or by the model",
    "assumed": "rests on the scenario's parameters",
    "counted": "a count over this project's own tables",
}
Place = Literal["box", "sweep", "comparison", "index", "what-if", "unknowns"]
EVERYWHERE: frozenset[Place] = frozenset(get_args(Place))


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A number of a scenario: one of `quantity`, `event` and `compute` says how it is worked out.

    Attributes
    ----------
    key
        Name by which prose refers to it, such as ``people.distinct``; what stands before the first dot is the
        subject of the notebook's page that records it.
    label
        What a reader is told that it is, in every place.
    unit
        A key of `briefing.formats.UNIT_WORDS`.
    formula
        In words, how it was got; or a function that says so of a `briefing.worked.Worked`.
    quantity, factor
        An outcome of `briefing.model.outcomes`, or an input of the model, times a factor: its value is the
        median of the draws, its range runs from their 5th to their 95th percentile; it is exact where nothing
        varies.
    event
        A function of a `briefing.worked.Day` that gives a quantity, a relation and a threshold: the number is
        the share of draws in which that holds. It gives None where the day has no basis for it.
    compute
        A function of a `briefing.worked.Worked` that gives a number or a `briefing.model.alike.Spread`; None
        where there is no basis.
    basis
        A key of `BASES`.
    rests_on
        Names of `briefing.worked.EVIDENCE`: the claims and context rows behind it.
    digits
        Significant digits to print; None prints an exact value as it stands, and a median with three.
    of
        Of what it is a number, for the box; its kind is said there too where readers may mistake it.
    behind
        Which bodies stand behind it, for the box; ``{name}`` stands for those of `briefing.worked.BODIES`.
    shown
        Where it stands among the headline numbers.
    """

    key: str
    label: str
    unit: str
    formula: str | Callable[[Any], str]
    quantity: str = ""
    factor: float = 1.0
    event: Callable[[Any], tuple[str, str, float] | None] | None = None
    compute: Callable[[Any], Any] | None = None
    basis: Basis = "assumed"
    rests_on: tuple[str, ...] = ()
    digits: int | None = 3
    of: str = ""
    behind: str = ""
    shown: frozenset[Place] = frozenset()

    @property
    def subject(self) -> str:
        """What stands before the first dot of the key."""
        return self.key.partition(".")[0]


# Deaths come before people, and people before money: this is the order of every place.
NUMBERS: tuple[Definition, ...] = (
    Definition(
        key="losses.inferred_killed",
        label="Killed so far",
        unit="persons",
        formula="Killed up to the knowledge date, inferred from the usable claims",
        compute=lambda worked: worked.losses.killed,
        basis="inferred",
        rests_on=("losses",),
        digits=2,
        of="to the knowledge date, inferred",
        behind="{killed}",
        shown=frozenset({"box", "comparison", "index"}),
    ),
    Definition(
        key="losses.inferred",
        label="Killed or wounded so far",
        unit="persons",
        formula="Killed and wounded up to the knowledge date, inferred from the usable claims",
        compute=lambda worked: worked.losses.casualties,
        basis="inferred",
        rests_on=("losses",),
        digits=2,
        of="to the knowledge date, inferred",
        behind="{casualties}",
        shown=frozenset({"box", "comparison"}),
    ),
    Definition(
        key="people.killed",
        label="Killed within the horizon",
        unit="persons",
        formula="Casualties times the killed share",
        quantity="killed",
        of="from the knowledge date on, assumed",
        behind="nobody: assumed share",
        shown=frozenset({"box", "sweep", "comparison", "index", "what-if"}),
    ),
    Definition(
        key="people.casualties",
        label="Killed or wounded within the horizon",
        unit="persons",
        formula="Standing force times hazard over the horizon, by the scenario",
        quantity="casualties",
        of="from the knowledge date on, assumed",
        behind="nobody: assumed hazard",
        shown=frozenset({"box", "sweep", "comparison", "what-if", "unknowns"}),
    ),
    Definition(
        key="people.force",
        label="Standing force",
        unit="persons",
        formula="Standing force at the start",
        quantity="force",
        rests_on=("present",),
        digits=None,
        of="present at the start",
        behind="{force}",
        shown=frozenset({"box"}),
    ),
    Definition(
        key="people.distinct",
        label="Different people",
        unit="persons",
        formula=lambda worked: (
            "Standing force times one plus the horizon times the permanent hazard over one minus "
            "exp(-hazard times tour)"
            if worked.policy == "hold"
            else "The initial force and every scheduled arrival; nobody else is replaced"
        ),
        quantity="distinct",
        rests_on=("present", "exchanged"),
        of="serving within the horizon",
        behind="the force, and for the tour: {tour}",
        shown=EVERYWHERE,
    ),
    Definition(
        key="people.blocks",
        label="Different people, by blocks",
        unit="persons",
        formula="The same inputs if whole blocks are swapped; a swap on the last day is not counted",
        quantity="blocks",
    ),
    Definition(
        key="people.standing_end",
        label="Standing force at the end",
        unit="persons",
        formula="Standing force at the end of the horizon",
        quantity="standing_end",
        shown=frozenset({"comparison", "what-if"}),
    ),
    Definition(
        key="people.pool",
        label="People available",
        unit="persons",
        formula="People taken to be available",
        quantity="pool",
        rests_on=("pool",),
        digits=None,
    ),
    Definition(
        key="people.pool_share",
        label="All who serve, of the pool",
        unit="percent",
        formula="Everybody who serves within the horizon over the people taken to be available",
        quantity="pool_share",
        factor=100.0,
        rests_on=("present", "exchanged", "pool"),
        shown=frozenset({"what-if"}),
    ),
    Definition(
        key="money.pay",
        label="Pay",
        unit="usd_per_month",
        formula="Payment to the state per soldier and month",
        quantity="pay",
        rests_on=("pay",),
    ),
    Definition(
        key="money.agreed",
        label="Pay at the claimed rate",
        unit="usd",
        formula="Pay times person-months, and signing times arrivals, and any death payment times killed",
        quantity="agreed",
        rests_on=("pay",),
        of="over the horizon, to the state",
        behind="{pay}",
        shown=EVERYWHERE - {"unknowns"},
    ),
    Definition(
        key="money.indirect",
        label="Indirect benefit",
        unit="usd",
        formula="Indirect multiple times the claimed sum; it never reaches a household",
        quantity="indirect",
        rests_on=("pay",),
    ),
    Definition(
        key="money.received",
        label="Received",
        unit="usd",
        formula="Sum at the claimed rate times the received share",
        quantity="received",
        rests_on=("pay", "received"),
        of="of that pay",
        behind="the pay, and for the share: {received}",
        shown=frozenset({"box", "comparison", "what-if"}),
    ),
    Definition(
        key="money.not_shown",
        label="Claimed and not shown as received",
        unit="usd",
        formula="Sum at the claimed rate less what is received",
        quantity="not_shown",
        rests_on=("pay", "received"),
    ),
    Definition(
        key="money.state",
        label="Received by the state",
        unit="usd",
        formula="Received sum times what the state keeps",
        quantity="received_state",
        rests_on=("pay", "received", "kept"),
    ),
    Definition(
        key="money.households",
        label="Received by households",
        unit="usd",
        formula="Received sum times the kept share",
        quantity="received_household",
        rests_on=("pay", "received", "kept"),
    ),
    Definition(
        key="money.household_month",
        label="Household, if paid",
        unit="usd_per_month",
        formula="Pay times the kept share, if it is paid",
        quantity="household_month",
        rests_on=("pay", "kept"),
        of="a month for each soldier",
        behind="the pay, and for the share: {kept}",
        shown=frozenset({"box", "comparison", "what-if"}),
    ),
    Definition(
        key="scale.exports",
        label="Goods exports of a year",
        unit="usd",
        formula=lambda worked: f"Goods exports of {worked.day.exports_year} as estimated abroad",
        compute=lambda worked: worked.day.exports,
        basis="claimed",
        rests_on=("exports",),
        digits=None,
    ),
    Definition(
        key="scale.share",
        label="Pay at the claimed rate, of a year's goods exports",
        unit="percent",
        formula="Sum at the claimed rate over the horizon as a share of a year's goods exports",
        compute=lambda worked: worked.spreads["agreed"].times(100 / worked.day.exports),
        rests_on=("pay", "exports"),
        digits=2,
    ),
    Definition(
        key="judgement.people",
        label="People, as judged",
        unit="probability",
        formula="Share of draws in which distinct people reach the claimed total",
        event=lambda day: None if day.total is None else ("distinct", ">=", day.total),
        rests_on=("total",),
        digits=None,
    ),
    Definition(
        key="judgement.losses",
        label="Losses, as judged",
        unit="probability",
        formula="Share of the inferred draws above the service's largest active total; its range: the lowest "
        "and the highest share as one body is left out",
        compute=lambda worked: worked.losses.above,
        basis="inferred",
        rests_on=("losses", "largest"),
        digits=None,
    ),
    Definition(
        key="judgement.sustainment",
        label="Sustainment, as judged",
        unit="probability",
        formula="Share of draws in which everybody who serves is at most the people taken to be available",
        event=lambda day: ("pool_share", "<=", 1.0),
        rests_on=("present", "exchanged", "pool"),
        digits=None,
    ),
)


def shown(place: Place) -> list[Definition]:
    """Return the headline numbers of a place, in the order of every place.

    Parameters
    ----------
    place
        ``box`` (the numbers on one page), ``sweep`` (scenarios side by side, too), ``comparison``, ``index``,
        ``what-if`` or ``unknowns`` (what to find out next).

    Examples
    --------
    >>> [number.key for number in shown("sweep")]
    ['people.killed', 'people.casualties', 'people.distinct', 'money.agreed']
    """
    return [number for number in NUMBERS if place in number.shown]


def labels(place: Place) -> dict[str, str]:
    """Return what readers of a place are told that its headline numbers are, by key.

    Examples
    --------
    >>> labels("index")["people.killed"]
    'Killed within the horizon'
    """
    return {number.key: number.label for number in shown(place)}


def judged() -> list[str]:
    """Return the keys of the probabilities that the judgements rest on.

    Examples
    --------
    >>> judged()[0]
    'judgement.people'
    """
    return [number.key for number in NUMBERS if number.subject == "judgement"]


def defined(key: str) -> Definition | None:
    """Return the definition of a number; None for one that a notebook alone records.

    Examples
    --------
    >>> defined("people.killed").label
    'Killed within the horizon'
    """
    return next((number for number in NUMBERS if number.key == key), None)
