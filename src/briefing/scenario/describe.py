"""The parameters described for people and programs: rows of a table, a JSON Schema, an annotated template."""

import json
import textwrap
from datetime import date
from decimal import Decimal
from typing import Any

from briefing.scenario.parameters import CONDUCT, Scenario
from briefing.scenario.values import Range


def shown(value: Any) -> str:
    """Print a parameter's value as a scenario file would hold it.

    Examples
    --------
    >>> shown(Range(low=2, mode=3, high=12)), shown(None), shown(10900.0), shown(0.0027)
    ('2/3/12', 'none', '10,900', '0.0027')
    """
    if value is None:
        return "none"
    if isinstance(value, Range):
        return "/".join(shown(end) for end in (value.low, value.mode, value.high))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        # Exactly, since it is what somebody set; a seed is a name and gets no separators.
        text = format(Decimal(repr(value)), ",f" if value < 10_000_000 else "f")
        return text.removesuffix(".0")
    if isinstance(value, tuple):
        return "; ".join(_entry(entry) for entry in value) or "empty"
    return value.isoformat() if isinstance(value, date) else str(value)


def _entry(entry: Any) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {shown(value)}"
        for name, value in entry
        if value or name != "arrivals_after"
    )


def as_rows() -> list[dict[str, str]]:
    """Return a row for each parameter: name, meaning, unit, default, allowed range, what it rests on."""
    return [
        {
            "parameter": name,
            "meaning": field.description.rstrip("."),
            "unit": field.json_schema_extra["unit"],
            "default": shown(field.default),
            "allowed": field.json_schema_extra["allowed"],
            "rests_on": field.json_schema_extra["rests_on"],
        }
        for name, field in Scenario.parameters().items()
    ]


def as_schema() -> str:
    """Return the JSON Schema of a scenario file, for editors."""
    schema = Scenario.model_json_schema()
    schema |= {
        "title": "Scenario",
        "description": "A scenario: a title, a reason, and what differs from the defaults.",
    }
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    for name in ("name", "settings"):
        del schema["properties"][name]
    schema["required"] = ["title", "why"]
    for name in (*Scenario.parameters(), *CONDUCT):
        # The short forms that a file may use: `none`, and `low/mode/high` in one word.
        if (forms := schema["properties"][name].get("anyOf")) and name != "as_of":
            forms.append({"type": "string"})
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def as_template() -> str:
    """Return a scenario file in which every parameter is explained and commented out."""
    lines = [
        "# yaml-language-server: $schema=schema.json",
        "# Copy this file to scenarios/<name>.yaml (lower-case letters, digits, hyphens) and keep",
        "# only what differs from the defaults. A number may be exact (3) or low/mode/high (2/3/12).",
        "# `make schema` writes this file and schema.json anew from the definition of the parameters.",
        "title: What a reader sees as the scenario's name",
        "why: Why somebody would run it, in a sentence or two.",
    ]
    for row in as_rows():
        unit = f" ({row['unit']})" if row["unit"] else ""
        # Without a colon that could come first in a folded line, which would then look like a parameter.
        note = (
            f"{row['meaning']}{unit}. Allowed are {row['allowed']}. The default rests on {row['rests_on']}."
        )
        default = row["default"].replace(",", "") if row["default"] != "empty" else "[]"
        lines += ["", *textwrap.wrap(note, 108, initial_indent="# ", subsequent_indent="# ")]
        lines.append(f"# {row['parameter']}: {default}")
    for name in CONDUCT:
        field: Any = Scenario.model_fields[name]
        note = f"{field.description} Allowed are {field.json_schema_extra['allowed']}."
        lines += ["", *textwrap.wrap(note, 108, initial_indent="# ", subsequent_indent="# ")]
        lines.append(f"# {name}: {shown(field.default)}")
    return "\n".join(lines) + "\n"
