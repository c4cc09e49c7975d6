"""Under which key, in which unit and to how many digits an outcome of a scenario is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Recorded:
    """How an outcome, or an input, of the model stands in the results.

    Attributes
    ----------
    quantity
        Its name among the outcomes of `briefing.model.outcomes` or the inputs of the scenario.
    unit
        A key of `briefing.formats.UNIT_WORDS`.
    digits
        Significant digits to print; None prints the value as it stands.
    factor
        What it is multiplied by to be in that unit.
    """

    quantity: str
    unit: str
    digits: int | None = 3
    factor: float = 1.0


OUTCOME_KEYS: Mapping[str, Recorded] = MappingProxyType(
    {
        "people.force": Recorded("force", "persons", digits=None),
        "people.pool": Recorded("pool", "persons", digits=None),
        "people.distinct": Recorded("distinct", "persons"),
        "people.casualties": Recorded("casualties", "persons"),
        "people.killed": Recorded("killed", "persons"),
        "people.standing_end": Recorded("standing_end", "persons"),
        "people.pool_share": Recorded("pool_share", "percent", factor=100.0),
        "money.pay": Recorded("pay", "usd_per_month"),
        "money.agreed": Recorded("agreed", "usd"),
        "money.indirect": Recorded("indirect", "usd"),
        "money.received": Recorded("received", "usd"),
        "money.not_shown": Recorded("not_shown", "usd"),
        "money.state": Recorded("received_state", "usd"),
        "money.households": Recorded("received_household", "usd"),
        "money.household_month": Recorded("household_month", "usd_per_month"),
    }
)
"""What the notebooks on people and on money record with a range of the scenario's draws."""
