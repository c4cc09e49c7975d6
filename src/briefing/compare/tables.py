"""The tables of a comparison, in the form in which notebooks record theirs."""

from collections.abc import Mapping, Sequence
from typing import Any

from briefing.compare import differences
from briefing.compare.causes import Attribution
from briefing.compare.differences import HEADLINES
from briefing.compare.sides import Side

LONGEST = 60
"""Numbers and rows that a table shows; more are in the JSON."""
Cell = Any


def key_of(letter: str, key: str) -> str:
    """Return the key of a side's own number."""
    return f"{letter.lower()}.{key}"


def effect_key(letter: str, key: str, parameters: Sequence[str]) -> str:
    """Return the key of the effect that changing `parameters` alone has on a number."""
    return f"effect.{letter.lower()}.{key}.{'-'.join(parameters)}"


def words(parameters: Sequence[str]) -> str:
    """Return names of parameters as prose prints them."""
    return " and ".join(name.replace("_", " ") for name in parameters)


def _table(
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    title: str,
    widths: Sequence[float],
    align: str = "",
) -> dict[str, Any]:
    empty = [["nothing to list", *[""] * (len(columns) - 1)]]
    return {
        "columns": list(columns),
        "rows": [list(row) for row in rows] or empty,
        "title": title,
        "source": "",
        "align": align or "l" * len(columns),
        "widths": list(widths),
    }


def _even(first: float, sides: Sequence[Side]) -> list[float]:
    return [first, *[(1 - first) / len(sides)] * len(sides)]


def _heads(sides: Sequence[Side]) -> list[str]:
    return [f"{side.letter}: {side.name}" for side in sides]


def shown_numbers(sides: Sequence[Side]) -> list[str]:
    """The numbers that the document shows.

    Between scenarios nearly all differ and the headlines are enough; between runs of one, each is news.
    """
    keys = differences.numbers(sides)
    same = len({side.record["digest"] for side in sides}) == 1
    return keys[:LONGEST] if same else [key for key in keys if key in HEADLINES]


def numbers_table(sides: Sequence[Side], numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table of numbers, a column for each side."""
    keys, every = shown_numbers(sides), differences.numbers(sides)
    rows = []
    for key in keys:
        name = HEADLINES.get(key, key.replace("_", " ").replace(".", ": ").capitalize())
        cells: list[Cell] = []
        for side in sides:
            own = key_of(side.letter, key)
            number = numbers.get(own)
            if number is None:
                cells.append("not recorded")
            elif number["range_text"] in ("", number["text"]):
                cells.append({"num": own, "show": ""})
            else:
                cells.append({"text": f"{{{own}}} ({{{own}:range}})"})
        rows.append([name, *cells])
    more = "; the JSON lists all of them" if len(every) > len(keys) else ""
    title = f"Numbers that differ{more}" if rows else "No number differs"
    return _table(["Number", *_heads(sides)], rows, title, _even(0.34, sides))


def causes_table(causes: Mapping[str, Sequence[Attribution]]) -> dict[str, Any]:
    """Return the table of what single changes do to each number."""
    rows: list[list[Cell]] = []
    for letter, attributions in causes.items():
        for told in attributions:
            name = f"{HEADLINES.get(told.key, told.key)}, {letter}"
            if told.first is None or told.second is None:
                rows.append([name, "unknown on one side, so no difference can be stated", ""])
            for cause in told.causes:
                effect = {"num": effect_key(letter, told.key, cause.parameters), "show": ""}
                rows.append([name, words(cause.parameters), effect])
                name = ""
            if told.interaction:
                rest = {"num": effect_key(letter, told.key, ("interaction",)), "show": ""}
                rows.append([name, "interaction: what single changes do not add up to", rest])
    title = "One parameter changed at a time" if rows else "No number is moved by a parameter"
    return _table(["Number", "Changed alone", "Effect"], rows, title, [0.4, 0.4, 0.2], "llr")


def parameters_table(sides: Sequence[Side]) -> dict[str, Any]:
    """Return the table of parameters that differ."""
    rows = [[name.replace("_", " "), *values] for name, values in differences.parameters(sides)]
    title = "Parameters that differ" if rows else "No parameter differs"
    return _table(["Parameter", *_heads(sides)], rows, title, _even(0.25, sides))


def judgements_table(sides: Sequence[Side]) -> dict[str, Any]:
    """Return the table of judgements, a column for each side."""
    names = dict.fromkeys(name for side in sides for name in side.record["judgements"])
    rows = []
    for name in names:
        found = [side.record["judgements"].get(name) for side in sides]
        heading = next(entry["heading"] for entry in found if entry).rstrip(".")
        rows.append([heading, *(_judged(entry) for entry in found)])
    return _table(["Judgement", *_heads(sides)], rows, "The judgements of each side", _even(0.2, sides))


def _judged(entry: Mapping[str, Any] | None) -> str:
    if entry is None:
        return "not judged"
    if entry["printed"] is None:
        return "no basis for a judgement"
    word = entry["word"] or "no word of the yardstick"
    return f"{word} ({entry['printed']}). {entry['confidence']}"


def evidence_changes(sides: Sequence[Side]) -> dict[str, Any]:
    """Return the table of ledger rows that the sides know differently."""
    rows: list[list[Cell]] = []
    for side in sides[1:]:
        changes = differences.evidence(sides[0], side)
        for change in changes[:LONGEST]:
            rows.append([side.letter, change.row, change.before or "not known", change.after or "not known"])
        if len(changes) > LONGEST:
            rows.append([side.letter, f"and {len(changes) - LONGEST} more rows", "", ""])
    title = "Rows of the ledger known to one side and not, or otherwise, to the other"
    widths = [0.07, 0.25, 0.34, 0.34]
    heads = ["Side", "Row", f"In {sides[0].letter}", "There"]
    return _table(heads, rows, title if rows else "Both sides know the same rows", widths)
