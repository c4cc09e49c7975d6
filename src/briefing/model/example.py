"""A complete set of inputs to try the model with: the news article's own arithmetic, exact numbers only."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

AS_PRINTED: Mapping[str, Any] = MappingProxyType(
    {
        "force": 10_900,
        "tour": None,
        "horizon": 12,
        "count_rule": "staggered",
        "policy": "hold",
        "hazard": 0,
        "phases": None,
        "killed_share": 0.25,
        "return_share": 0.5,
        "return_lag": 2,
        "arrivals": (),
        "pool": 40_000,
        "pay": 2_000,
        "signing": 0,
        "indirect_multiple": 0,
        "received_share": 1,
        "kept_share": 0,
        "death_payment": 0,
    }
)
"""No rotation, no loss. An example, not the defaults of a briefing: those belong to its scenario."""
