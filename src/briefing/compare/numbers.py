"""The numbers of a comparison: those of every side, and its own: differences, effects, counts of rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from briefing.compare import differences
from briefing.compare.causes import EVIDENCE, Attribution
from briefing.compare.sides import Side
from briefing.formats import show

LISTED = 15
"""Rows of the ledger that the document lists; the JSON has all of them."""
Numbers = dict[str, dict[str, Any]]


def key_of(letter: str, key: str) -> str:
    """Return the key of a side's own number."""
    return f"{letter.lower()}.{key}"


def difference_key(key: str) -> str:
    """Return the key of what a number is in the second of two sides less what it is in the first."""
    return f"difference.{key}"


def effect_key(letter: str, key: str, parameters: Sequence[str]) -> str:
    """Return the key of the effect that changing `parameters` alone has on a number."""
    return f"effect.{letter.lower()}.{key}.{'-'.join(parameters)}"


def size_key(letter: str, key: str, parameters: Sequence[str]) -> str:
    """Return the key of the same effect without its sign, for prose that says raises or lowers."""
    return f"{effect_key(letter, key, parameters)}.size"


def words(parameters: Sequence[str]) -> str:
    """Return names of parameters as prose prints them."""
    return " and ".join(name.replace("_", " ") for name in parameters)


def numbers_of(
    sides: Sequence[Side], causes: Mapping[str, Sequence[Attribution]], evidence: Mapping[str, Any]
) -> Numbers:
    """Return the numbers of every side under keys of their own, and those of the comparison itself.

    Parameters
    ----------
    sides, causes
        As for `briefing.compare.document.compose_comparison`.
    evidence
        The rows of the ledger that a number may rest on, by id.
    """
    shown, numbers = differences.shown_numbers(sides), Numbers()
    for side in sides:
        for key in shown:
            if number := side.numbers.get(key):
                # A row that an earlier run knew may be gone from the ledger since.
                claims = [name for name in number["claims"] if name in evidence]
                own = key_of(side.letter, key)
                formula = f"{side.name}: {number['formula']}"
                numbers[own] = {**number, "key": own, "claims": claims, "formula": formula}
    if len(sides) == 2:
        for key in shown:
            numbers |= _difference(key, *sides)
    for side in sides[1:]:
        numbers |= _counts(sides[0], side)
        for told in causes.get(side.letter, ()):
            numbers |= _effects(sides[0], side, told)
    numbers |= _moved(sides, causes, numbers)
    differing = len(differences.rows(sides))
    formula = "Rows of the ledger that the sides know differently"
    numbers["rows.differing"] = _number(float(differing), "count", "counted", formula)
    formula = f"{formula}, as many as are listed"
    numbers["rows.listed"] = _number(float(min(differing, LISTED)), "count", "counted", formula)
    return numbers


def moved_most(sides: Sequence[Side], causes: Mapping[str, Sequence[Attribution]]) -> Attribution | None:
    """Return the first headline number that A and B both know and that differs, with what moves it."""
    shown = differences.shown_numbers(sides)
    found = (told for told in causes.get(sides[1].letter, ()) if told.key in shown)
    return next((told for told in found if told.interaction is not None and told.causes), None)


def _moved(sides: Sequence[Side], causes: Mapping[str, Sequence[Attribution]], numbers: Numbers) -> Numbers:
    """That number on both sides, and the largest effect on it, under keys that a text can name."""
    told, letters = moved_most(sides, causes), [side.letter for side in sides[:2]]
    if told is None:
        return {}
    keys = {f"moved.{letter.lower()}": key_of(letter, told.key) for letter in letters}
    keys["moved.by"] = size_key(letters[1], told.key, told.causes[0].parameters)
    return {key: {**numbers[own], "key": key} for key, own in keys.items()}


def _difference(key: str, first: Side, second: Side) -> Numbers:
    """What a number is on the second side less what it is on the first; nothing for a text or an interval."""
    told = [side.numbers[key] for side in (first, second) if key in side.numbers]
    if len(told) < 2 or len({number["unit"] for number in told}) > 1:
        return {}
    if any(isinstance(n["value"], str) or (n["value"] is None and n["range_text"]) for n in told):
        return {}
    start, end = (number["value"] for number in told)
    change = None if start is None or end is None else end - start
    return {difference_key(key): _change(change, told[0]["unit"], f"{second.name} less {first.name}")}


def _counts(first: Side, other: Side) -> Numbers:
    """How many rows of the ledger one side knows and the other does not, or knows otherwise."""
    rows = differences.evidence(first, other)
    new, gone = sum(row.before is None for row in rows), sum(row.after is None for row in rows)
    counted = {"new": new, "gone": gone, "otherwise": len(rows) - new - gone}
    formula = f"Rows of the ledger as {other.name} and {first.name} know them"
    return {
        f"rows.{other.letter.lower()}.{name}": _number(float(count), "count", "counted", formula)
        for name, count in counted.items()
    }


def _effects(first: Side, other: Side, told: Attribution) -> Numbers:
    numbers = Numbers()
    for cause in told.causes:
        formula = f"Only {words(cause.parameters)} as in {other.letter}, all else as in {first.letter}"
        if cause.parameters == (EVIDENCE,):
            formula = "The same scenarios with other evidence and code: what was recorded against today's"
        key = effect_key(other.letter, told.key, cause.parameters)
        numbers[key] = _change(cause.effect, told.unit, formula)
        key = size_key(other.letter, told.key, cause.parameters)
        size = None if cause.effect is None else abs(cause.effect)
        numbers[key] = _change(size, told.unit, f"{formula}; without its sign", sign="")
    if told.interaction is not None:
        formula = f"What the single changes to {other.letter} do not add up to"
        key = effect_key(other.letter, told.key, ("interaction",))
        numbers[key] = _change(told.interaction, told.unit, formula)
    return numbers


def _change(change: float | None, unit: str, formula: str, sign: str = "+") -> dict[str, Any]:
    # The difference of two shares is in points, not a share of its own.
    in_points = {"probability": 100, "percent": 1}.get(unit)
    value = None if change is None else change * (in_points or 1)
    number = _number(value, "count" if in_points else unit, "assumed", formula, digits=3)
    if value is not None:
        if unit == "persons" and 1 <= abs(value) < 100:
            number["text"] = show(round(value), unit)
        points = " points" if in_points else ""
        number["text"] = f"{sign if value > 0 else ''}{number['text']}{points}"
    return number


def _number(
    value: float | None, unit: str, basis: str, formula: str, digits: int | None = None
) -> dict[str, Any]:
    """A number of the comparison itself, in the form in which notebooks record theirs."""
    return {
        "value": value,
        "low": None,
        "high": None,
        "unit": unit,
        "digits": digits,
        "basis": basis,
        "formula": formula,
        "claims": [],
        "text": show(value, unit, digits),
        "range_text": "",
        "notebook": "",
    }
