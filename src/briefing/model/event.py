"""An event whose probability is the share of draws in which it happens."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from briefing.model.checks import choice
from briefing.model.units import Values

RELATIONS: Mapping[str, Callable[[Any, float], Any]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Event:
    """An outcome or input of a scenario against a threshold.

    Attributes
    ----------
    quantity
        An outcome of `outcomes.outcomes`, or one of `alike.NUMBERS`.
    relation
        ``>=``, ``>``, ``<=`` or ``<``.
    threshold
        In the quantity's unit.

    Raises
    ------
    ValueError
        If the relation is another one.
    """

    quantity: str
    relation: str
    threshold: float

    def __post_init__(self) -> None:
        choice("relation", self.relation, RELATIONS)

    def happens(self, values: Values) -> Any:
        """Tell for each value of the quantity whether the event happens.

        Examples
        --------
        >>> Event("distinct", ">=", 100_000).happens(57_000.0)
        False
        """
        return RELATIONS[self.relation](values, self.threshold)
