"""What differs between briefings: parameters, numbers, judgements, and the evidence and code behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from briefing.compare.sides import Side
from briefing.numbers import defined, labels
from briefing.scenario import Scenario
from briefing.scenario.describe import shown

LONGEST = 60
"""Numbers that the document shows; more are in the JSON."""
MADE_FROM = {"package": "the package's code", "lock": "the locked libraries"}


@dataclass(frozen=True)
class RowChange:
    """A row of the ledger, known on the scenario's day, that differs between two runs.

    Attributes
    ----------
    row
        Its id.
    before, after
        Who says what, when, with which grade; None where the row is not there.
    """

    row: str
    before: str | None
    after: str | None


def parameters(sides: Sequence[Side]) -> list[tuple[str, list[str]]]:
    """Return the parameters that differ, each with its value on every side."""
    values = [
        (name, [shown(getattr(side.scenario, name)) for side in sides]) for name in Scenario.parameters()
    ]
    return [(name, here) for name, here in values if len(set(here)) > 1]


def numbers(sides: Sequence[Side]) -> list[str]:
    """Return the keys of the numbers that differ between any two sides: headlines first, then by name."""
    keys = dict.fromkeys([*labels("comparison"), *sorted(key for side in sides for key in side.numbers)])
    return [key for key in keys if len({_as_printed(side, key) for side in sides}) > 1]


def alike(sides: Sequence[Side]) -> bool:
    """Return whether all sides are runs of one scenario."""
    return len({side.record["digest"] for side in sides}) == 1


def shown_numbers(sides: Sequence[Side]) -> list[str]:
    """Return the keys of the numbers that the document shows.

    Between scenarios nearly all differ and the headlines are enough; between runs of one, each is news.
    """
    keys = numbers(sides)
    headlines = labels("comparison")
    return keys[:LONGEST] if alike(sides) else [key for key in keys if key in headlines]


def called(key: str, sides: Sequence[Side]) -> str:
    """Return what a reader is told that a number is.

    Examples
    --------
    >>> called("people.killed", []), called("pay.bill_year", [])
    ('Killed within the horizon, assumed', 'Pay: bill year')
    """
    subject, _, name = key.partition(".")
    judged = [side.record["judgements"].get(name) for side in sides if subject == "judgement"]
    headings = [entry["heading"].rstrip(".") for entry in judged if entry]
    if headings:
        return f"{headings[0]}, as judged"
    if one := defined(key):
        return f"{one.label}, {one.basis}"
    return f"{subject}: {name}".replace("_", " ").capitalize()


def _as_printed(side: Side, key: str) -> tuple[Any, ...] | None:
    number = side.numbers.get(key)
    return None if number is None else (number["text"], number["range_text"], number["unit"])


def evidence(first: Side, second: Side) -> list[RowChange]:
    """Return the rows of the ledger that one run knew and the other did not, or knew otherwise."""
    before, after = first.record["evidence"], second.record["evidence"]
    names = dict.fromkeys([*before, *after])
    return [
        RowChange(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def rows(sides: Sequence[Side]) -> list[str]:
    """Return the rows of the ledger that the sides know differently.

    Those that say something else on another side come first, then those that a headline number rests on.
    """
    known = [side.record["evidence"] for side in sides]
    used = {
        claim
        for side in sides
        for key in labels("comparison")
        for claim in side.numbers.get(key, {}).get("claims", ())
    }

    def rank(row: str) -> tuple[bool, bool]:
        changed = len({evidence[row] for evidence in known if row in evidence}) > 1
        return not changed, row not in used

    names = dict.fromkeys(name for evidence in known for name in evidence)
    return sorted((name for name in names if len({e.get(name) for e in known}) > 1), key=rank)


def code(first: Side, second: Side) -> list[str]:
    """Return which notebooks, code and libraries differ between two runs."""
    here, there = first.record["notebooks"], second.record["notebooks"]
    told = [
        f"notebooks/{name}.ipynb"
        for name in dict.fromkeys([*here, *there])
        if here.get(name) != there.get(name)
    ]
    made, later = first.record["made_from"], second.record["made_from"]
    return told + [said for part, said in MADE_FROM.items() if made.get(part) != later.get(part)]


def behind(key: str, first: Side, second: Side) -> str:
    """Say what stands behind a number that differs between two runs of one scenario.

    The rows that it rests on come first; where none of them differs it is the code, or rows that only count.
    """
    used = {claim for side in (first, second) for claim in side.numbers.get(key, {}).get("claims", ())}
    rows = [change.row for change in evidence(first, second) if change.row in used]
    if rows:
        return "rows: " + ", ".join(rows)
    if changed := code(first, second):
        return "code: " + ", ".join(changed)
    return "evidence that it counts" if evidence(first, second) else "nothing that is recorded"
