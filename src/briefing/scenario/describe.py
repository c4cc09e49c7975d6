"""The parameters described for people and programs: a table, a JSON Schema, a template, a notebook's cell."""

import json
import textwrap
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from briefing.scenario.parameters import CONDUCT, Scenario
from briefing.scenario.values import CLAIMED, Range


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


def as_cell(names: Iterable[str]) -> str:
    """Return the parameters cell of a notebook that declares `names`, as papermill's inspector reads it.

    Examples
    --------
    >>> print(as_cell(["seed", "pay"]))
    pay = "claimed"  # type: float|dict|str Payment to the state per soldier; USD per person-month
    seed = 20241124  # type: int Seed of the draws
    """
    wanted, lines = set(names), []
    for row in as_rows():
        field = Scenario.parameters()[row["parameter"]]
        # The inspector takes a line with two equal signs for none of its own.
        meaning = row["meaning"].partition(f"; {CLAIMED} =")[0].replace(" =", ":")
        unit = f"; {row['unit']}" if row["unit"] else ""
        types = "|".join(dict.fromkeys(_types(field.annotation)))
        if row["parameter"] in wanted:
            literal = _literal(_plain(field.default))
            lines.append(f"{row['parameter']} = {literal}  # type: {types} {meaning}{unit}")
    return "\n".join(lines)


def _types(annotation: Any) -> Iterator[str]:
    """Yield what a notebook may hold for a parameter of this type."""
    kind = get_origin(annotation)
    if kind in (Union, UnionType):
        for part in get_args(annotation):
            yield from _types(part)
    elif kind is Annotated:
        yield from _types(get_args(annotation)[0])
    else:
        own = {Literal: "str", tuple: "list", Range: "dict", date: "str", type(None): "None"}
        yield own.get(kind or annotation) or annotation.__name__


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, tuple) else getattr(value, "__dict__", value)


def _literal(value: Any) -> str:
    """Write a value as the formatter leaves it in a notebook."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_literal(name)}: {_literal(one)}' for name, one in value.items())}}}"
    return f"[{', '.join(map(_literal, value))}]" if isinstance(value, list) else repr(value)
