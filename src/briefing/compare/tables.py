"""The tables of a comparison, in the form in which notebooks record theirs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from briefing.compare import differences
from briefing.compare.causes import EVIDENCE, Attribution
from briefing.compare.numbers import LISTED, difference_key, effect_key, key_of, words
from briefing.compare.sides import Side
from briefing.ledger import Ledger

QUANTITIES = 8
"""Quantities whose claims are counted each for itself, those with the most."""
Cell = Any


def _table(
    columns: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[float], align: str = ""
) -> dict[str, Any]:
    return {
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "align": align or "l" * len(columns),
        "widths": list(widths),
    }


def _even(first: float, sides: Sequence[Side]) -> list[float]:
    return [first, *[(1 - first) / len(sides)] * len(sides)]


def _heads(sides: Sequence[Side]) -> list[str]:
    return [f"{side.letter}: {side.name}" for side in sides]


def numbers_table(sides: Sequence[Side], numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table of numbers, a column for each side, and between two their difference."""
    pair = len(sides) == 2
    rows = []
    for key in differences.shown_numbers(sides):
        cells = [_value(numbers, key_of(side.letter, key)) for side in sides]
        if pair:
            between = difference_key(key)
            cells.append({"num": between, "show": ""} if between in numbers else "")
        rows.append([differences.called(key, sides), *cells])
    if pair:
        heads = ["Number", *_heads(sides), f"{sides[1].letter} less {sides[0].letter}"]
        return _table(heads, rows, [0.28, 0.28, 0.28, 0.16], "lllr")
    return _table(["Number", *_heads(sides)], rows, _even(0.34, sides))


def _value(numbers: Mapping[str, Any], own: str) -> Cell:
    number = numbers.get(own)
    if number is None:
        return "not recorded"
    if number["range_text"] in ("", number["text"]):
        return {"num": own, "show": ""}
    return {"text": f"{{{own}}} ({{{own}:range}})"}


def causes_table(sides: Sequence[Side], causes: Mapping[str, Sequence[Attribution]]) -> dict[str, Any]:
    """Return the table of what single changes do to each number."""
    rows: list[list[Cell]] = []
    first, *others = sides
    for side in others:
        for told in causes.get(side.letter, ()):
            name = _on_side(differences.called(told.key, sides), side.letter, sides)
            same = differences.alike([first, side])
            behind = differences.behind(told.key, first, side) if same else words((EVIDENCE,))
            if told.first is None or told.second is None:
                rows.append([name, behind if same else "", "unknown on one side"])
            for cause in told.causes:
                effect = {"num": effect_key(side.letter, told.key, cause.parameters), "show": ""}
                changed = behind if cause.parameters == (EVIDENCE,) else words(cause.parameters)
                rows.append([name, changed, effect])
                name = ""
            if told.interaction:
                rest = {"num": effect_key(side.letter, told.key, ("interaction",)), "show": ""}
                rows.append([name, "interaction", rest])
    return _table(["Number", "Changed alone", "Effect"], rows, [0.4, 0.4, 0.2], "llr")


def _on_side(name: str, letter: str, sides: Sequence[Side]) -> str:
    """Say of which side something is told, where it could be several."""
    return f"{name}, {letter}" if len(sides) > 2 else name


def parameters_table(sides: Sequence[Side]) -> dict[str, Any]:
    """Return the table of parameters that differ."""
    rows = [[name.replace("_", " "), *values] for name, values in differences.parameters(sides)]
    return _table(["Parameter", *_heads(sides)], rows, _even(0.25, sides))


def judgements_table(sides: Sequence[Side]) -> dict[str, Any]:
    """Return the table of judgements, a column for each side."""
    names = dict.fromkeys(name for side in sides for name in side.record["judgements"])
    rows = []
    for name in names:
        found = [side.record["judgements"].get(name) for side in sides]
        heading = next(entry["heading"] for entry in found if entry).rstrip(".")
        rows.append([heading, *(_judged(entry) for entry in found)])
    return _table(["Judgement", *_heads(sides)], rows, _even(0.2, sides))


def _judged(entry: Mapping[str, Any] | None) -> str:
    if entry is None:
        return "not judged"
    if entry["printed"] is None:
        return "no basis"
    printed = f"{entry['word']} ({entry['printed']})" if entry["word"] else entry["printed"]
    return f"{printed}. {entry['confidence']}"


def rows_table(sides: Sequence[Side], ledger: Ledger) -> dict[str, Any]:
    """Return the table that counts, by what they are about, the rows that the sides know differently."""
    titles = dict(zip(ledger.quantities["quantity"], ledger.quantities["title"], strict=True))
    kinds = {
        claim: f"Claims: {titles[quantity]}"
        for claim, quantity in zip(ledger.claims["claim_id"], ledger.claims["quantity"], strict=True)
    }
    counted = Counter(kinds[row] for row in differences.rows(sides) if row in kinds)
    often = [kind for kind, _ in counted.most_common(QUANTITIES)]
    kinds = {row: kind if kind in often else "Claims: other quantities" for row, kind in kinds.items()}
    kinds |= dict.fromkeys(ledger.statements["statement_id"], "Statements")
    there = f"Only in {sides[1].letter}" if len(sides) == 2 else "Only there"
    rows = []
    for side in sides[1:]:
        counts: dict[str, list[int]] = {}
        for change in differences.evidence(sides[0], side):
            kind = "Context" if "@" in change.row else kinds.get(change.row, "Gone from the ledger")
            found = counts.setdefault(kind, [0, 0, 0])
            found[0 if change.after is None else 1 if change.before is None else 2] += 1
        rows += [
            [_on_side(kind, side.letter, sides), *map(str, counts[kind])]
            for kind in [*often, *sorted(counts.keys() - {*often})]
            if kind in counts
        ]
    heads = ["Rows", f"Only in {sides[0].letter}", there, "Known otherwise"]
    # A column of zeros says nothing.
    kept = [0, *(n for n in (1, 2, 3) if any(row[n] != "0" for row in rows))]
    rows = [[row[n] for n in kept] for row in rows]
    widths = [0.46, *[0.18] * (len(kept) - 1)]
    return _table([heads[n] for n in kept], rows, widths, "lrrr"[: len(kept)])


def evidence_changes(sides: Sequence[Side]) -> dict[str, Any]:
    """Return the table of some of these rows, a column for each side."""
    rows = [
        [row, *(side.record["evidence"].get(row, "not known") for side in sides)]
        for row in differences.rows(sides)[:LISTED]
    ]
    return _table(["Row", *_heads(sides)], rows, _even(0.22, sides))
