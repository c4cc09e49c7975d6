"""Schemas of the tables, built from the data package: one description, one set of rules for cells."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandera.pandas as pa

from briefing.ledger.package import Resource

Field = Mapping[str, Any]


def build_schema(resource: Resource) -> pa.DataFrameSchema:
    """Build the pandera schema that the text cells of a table must meet.

    Cells are judged as text, before conversion: only then can a message show what stands in the file.
    """
    return pa.DataFrameSchema({field["name"]: _column(field) for field in resource.fields})


def allowed(field: Field) -> str:
    """Say in words what may stand in a column.

    Examples
    --------
    >>> allowed({"type": "integer", "constraints": {"minimum": 1, "maximum": 6}})
    'a whole number from 1 to 6'
    """
    limits = field.get("constraints", {})
    if "enum" in limits:
        return "one of " + ", ".join(limits["enum"])
    if "pattern" in limits:
        return f"text of the form {limits['pattern']}"
    kind = {
        "date": "a day as YYYY-MM-DD",
        "number": "a number in plain digits",
        "integer": "a whole number",
        "string": "one line of printable text",
    }[field["type"]]
    low, high = limits.get("minimum"), limits.get("maximum")
    return kind + (f" from {low}" if low is not None else "") + (f" to {high}" if high is not None else "")


def _column(field: Field) -> pa.Column:
    required = field.get("constraints", {}).get("required", False)
    return pa.Column(nullable=not required, checks=pa.Check(_accepts(field), element_wise=True))


def _accepts(field: Field) -> Callable[[str], bool]:
    limits = field.get("constraints", {})
    parse = _PARSERS[field["type"]]

    def fits(text: str) -> bool:
        try:
            value = parse(text)
        except ValueError:
            return False
        return (
            ("enum" not in limits or value in limits["enum"])
            and ("pattern" not in limits or re.fullmatch(limits["pattern"], text) is not None)
            and ("minimum" not in limits or value >= limits["minimum"])
            and ("maximum" not in limits or value <= limits["maximum"])
        )

    return fits


def _text(text: str) -> str:
    # Control and direction characters could change what a terminal or a page shows around the cell.
    if not text.isprintable():
        raise ValueError(text)
    return text


def _number(text: str) -> float:
    # Python's float() also takes "1_000", "nan" and digits of other scripts.
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) or not math.isfinite(float(text)):
        raise ValueError(text)
    return float(text)


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]+", text):
        raise ValueError(text)
    return int(text)


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)


_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "string": _text,
    "number": _number,
    "integer": _whole,
    "date": _day,
}
