"""Composing a comparison: the same kind of document.json that a briefing has, for `compare.qmd`."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from briefing.compare import differences
from briefing.compare.causes import Attribution
from briefing.compare.differences import HEADLINES
from briefing.compare.sides import Side
from briefing.compare.tables import (
    causes_table,
    effect_key,
    evidence_changes,
    judgements_table,
    key_of,
    numbers_table,
    parameters_table,
    shown_numbers,
    words,
)
from briefing.formats import day, show
from briefing.ledger import Ledger
from briefing.render.document import SERIES, Document, chain_of, check, say_what_is_lacking
from briefing.render.evidence import evidence_table, known_evidence, number_rows
from briefing.render.page import page_of
from briefing.render.setting import Setting

FIGURES = ("fig-people", "fig-losses", "fig-money", "fig-unknowns")
"""The main figures, in the order of the briefing."""


def digest_of(sides: Sequence[Side]) -> str:
    """Return ten hexadecimal digits over what is compared: scenarios, evidence and code of every side."""
    parts = [f"{side.letter} {side.record['digest']} {side.record['made_from']}" for side in sides]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]


def compose_comparison(
    root: Path,
    sides: Sequence[Side],
    causes: Mapping[str, Sequence[Attribution]],
    ledger: Ledger,
    setting: Setting,
    command: str,
) -> Document:
    """Return everything that ``compare.qmd`` is filled from.

    Parameters
    ----------
    root
        The project's folder.
    sides
        The briefings; the first is the one that the others are compared with.
    causes
        For each other side, by its letter, what moves the numbers from the first to it.
    ledger
        The whole evidence.
    setting
        When and where the document is made.
    command
        That makes it again.
    """
    known = ledger.as_of(max(side.scenario.as_of for side in sides))
    evidence = known_evidence(known)
    numbers = _numbers(sides, causes, evidence)
    numbering = number_rows([name for n in numbers.values() for name in n["claims"]], evidence)
    for number in numbers.values():
        number |= chain_of(number, numbering)
    digest, figures = digest_of(sides), _figures(root, sides)
    named = "; ".join(f"{side.letter}: {side.name}, digest {side.record['digest']}" for side in sides)
    document: Document = {
        "numbers": numbers,
        "tables": {
            "tbl-numbers": numbers_table(sides, numbers),
            "tbl-causes": causes_table(causes),
            "tbl-parameters": parameters_table(sides),
            "tbl-judgements": judgements_table(sides),
            "tbl-evidence": evidence_changes(sides),
            "tbl-sources": evidence_table(numbering, evidence, known),
        },
        "figures": figures,
        "shown": list(figures),
        "judgements": {},
        "findings": _findings(sides, causes)
        | {"commit": setting.commit, "data-digest": ledger.digest[:10], "digest": digest},
        "latest": {"text": "", "name": "", "url": ""},
        "commands": {"reproduce": command},
        "folder": "figures/comparison",
        "stamp": f"{named}.",
        "metadata": _metadata(sides, digest),
    }
    document["page"] = page_of(root, document, numbering, evidence, known, setting)
    check(document, evidence)
    say_what_is_lacking(document, root)
    return document


def name_of(sides: Sequence[Side]) -> str:
    """Return the comparison's name, and its folder's."""
    return "-and-".join(side.name.replace("@", "-") for side in sides)


def _numbers(
    sides: Sequence[Side], causes: Mapping[str, Sequence[Attribution]], evidence: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """The numbers of every side under keys of their own, and the effects of causes."""
    numbers: dict[str, dict[str, Any]] = {}
    for side in sides:
        for key in shown_numbers(sides):
            if number := side.numbers.get(key):
                # A row that an earlier run knew may be gone from the ledger since.
                claims = [name for name in number["claims"] if name in evidence]
                own = key_of(side.letter, key)
                formula = f"{side.name}: {number['formula']}"
                numbers[own] = {**number, "key": own, "claims": claims, "formula": formula}
    for side in sides[1:]:
        numbers |= _counts(sides[0], side)
    for letter, attributions in causes.items():
        for told in attributions:
            for cause in told.causes:
                said = f"Only {words(cause.parameters)} as in {letter}, all else as in {sides[0].letter}"
                numbers[effect_key(letter, told.key, cause.parameters)] = _effect_number(
                    cause.effect, told, said
                )
            if told.interaction is None:
                continue
            rest = f"What the single changes to {letter} do not add up to"
            numbers[effect_key(letter, told.key, ("interaction",))] = _effect_number(
                told.interaction, told, rest
            )
    return numbers


def _counts(first: Side, other: Side) -> dict[str, dict[str, Any]]:
    """How many rows of the ledger one side knows and the other does not, or knows otherwise."""
    rows = differences.evidence(first, other)
    new, gone = sum(row.before is None for row in rows), sum(row.after is None for row in rows)
    counted = {"new": new, "gone": gone, "otherwise": len(rows) - new - gone}
    return {
        f"rows.{other.letter.lower()}.{name}": _number(
            float(count), "count", "counted", f"Rows of the ledger as {other.name} and {first.name} know them"
        )
        for name, count in counted.items()
    }


def _effect_number(effect: float | None, told: Attribution, formula: str) -> dict[str, Any]:
    # The difference of two shares is in points, not a probability of its own.
    unit, value = told.unit, effect
    if unit == "probability":
        unit, value = "count", None if effect is None else 100 * effect
    text = show(value, unit, 3)
    if value is not None and value > 0:
        text = f"+{text}"
    if told.unit == "probability" and value is not None:
        text = f"{text} points"
    return {**_number(value, unit, "assumed", formula), "text": text}


def _number(value: float | None, unit: str, basis: str, formula: str) -> dict[str, Any]:
    """A number of the comparison itself, in the form in which notebooks record theirs."""
    return {
        "value": value,
        "low": None,
        "high": None,
        "median": None,
        "unit": unit,
        "digits": None,
        "basis": basis,
        "formula": formula,
        "claims": [],
        "text": show(value, unit),
        "range_text": "",
        "notebook": "",
    }


def _figures(root: Path, sides: Sequence[Side]) -> dict[str, Any]:
    """The main figures that differ, with a drawing of each side that has one."""
    figures: dict[str, Any] = {}
    drawn = [(side, *side.figures) for side in sides if side.figures]
    for name in FIGURES:
        entries = [(side, folder, every[name]) for side, folder, every in drawn if name in every]
        if len({(folder / entry["file"]).read_bytes() for _, folder, entry in entries}) < 2:
            continue
        figures[name] = {
            "drawings": [
                {
                    "folder": folder.relative_to(root).as_posix(),
                    "file": entry["file"],
                    "as": f"{side.letter.lower()}-{entry['file']}",
                    "label": f"{side.letter}: {side.name}",
                    "alt": f"{side.letter}: {_plain(entry['alt'], side)}",
                }
                for side, folder, entry in entries
            ],
            "title": ". ".join(
                f"{side.letter}: {_plain(entry['title'], side)}" for side, _, entry in entries
            ),
            "alt": "",
            "source": entries[0][2]["source"],
        }
    return figures


def _plain(template: str, side: Side) -> str:
    """Print a text of a side with the side's own numbers."""
    text = template
    for key, number in side.numbers.items():
        text = text.replace(f"{{{key}}}", number["text"]).replace(f"{{{key}:range}}", number["range_text"])
    return text


def _findings(sides: Sequence[Side], causes: Mapping[str, Sequence[Attribution]]) -> dict[str, str]:
    first, *others = sides
    scope = f"{first.letter} is {first.name}" + "".join(f", {side.letter} is {side.name}" for side in others)
    same = len({side.record["digest"] for side in sides}) == 1
    moved = [told for attributions in causes.values() for told in attributions]
    changed = differences.numbers(sides)
    if same:
        how = "The scenarios are the same, so no parameter moves a number: see evidence and code."
    elif moved:
        how = (
            f"From {first.letter}, one parameter at a time takes the other side's value while the rest stay. "
            "What the single changes do not add up to is their interaction; it is shown as such and not "
            "spread over them. Values are those at the modes."
        )
    else:
        how = "No headline number is moved by the parameters that differ."
    alike = not differences.parameters(sides)
    kept = all(side.figures for side in sides)
    return {
        "compare.scope": f"{scope}. Every number is claimed by somebody, assumed by its scenario or inferred "
        "from claims; none is observed.",
        "compare.summary": _summary(sides, causes, bool(changed)),
        "compare.causes": how,
        "compare.parameters": "The scenarios are the same in every parameter."
        if alike
        else "All parameters that are not listed are the same on every side.",
        "compare.evidence": _on_evidence(sides),
        "compare.figures": "Axes are each figure's own: compare the labels and not the lengths."
        if kept
        else "The figures of earlier runs are not kept.",
    }


def _summary(sides: Sequence[Side], causes: Mapping[str, Sequence[Attribution]], differ: bool) -> str:
    if not differ:
        return "No number differs."
    told = []
    for side in sides[1:]:
        for found in causes.get(side.letter, ())[:1]:
            if found.causes and found.causes[0].effect is not None:
                name = HEADLINES.get(found.key, found.key)
                cause = found.causes[0]
                told.append(
                    f"{name} are {{{key_of(sides[0].letter, found.key)}}} in {sides[0].letter} and "
                    f"{{{key_of(side.letter, found.key)}}} in {side.letter}; what moves them most is the "
                    f"{words(cause.parameters)}, which alone changes them by "
                    f"{{{effect_key(side.letter, found.key, cause.parameters)}}}."
                )
    return " ".join(told) or "The tables say what differs."


def _on_evidence(sides: Sequence[Side]) -> str:
    first, told = sides[0], []
    for side in sides[1:]:
        rows, changed = differences.evidence(first, side), differences.code(first, side)
        key = f"rows.{side.letter.lower()}"
        said = f"Of the ledger {side.letter} knows {{{key}.new}} rows that {first.letter} does not, lacks "
        said += f"{{{key}.gone}} and knows {{{key}.otherwise}} otherwise."
        if not rows:
            said = f"{side.letter} and {first.letter} know the same rows of the ledger."
        said += (
            f" Between the two runs {', '.join(changed)} changed."
            if changed
            else " Code and libraries are the same."
        )
        if side.record["digest"] == first.record["digest"]:
            behind = [
                f"{HEADLINES[key].lower()} ({differences.behind(key, first, side)})"
                for key in differences.numbers([first, side])
                if key in HEADLINES
            ]
            said += f" Behind the headline numbers that differ: {'; '.join(behind)}." if behind else ""
        told.append(said)
    return " ".join(told)


def _metadata(sides: Sequence[Side], digest: str) -> dict[str, str]:
    named = " and ".join(side.name for side in sides)
    title = f"What differs between {named}"
    facts = [
        f"{side.letter} as of {day(side.scenario.as_of)}, digest {side.record['digest']}" for side in sides
    ]
    return {
        "title": title,
        "pagetitle": title,
        "subtitle": f"{SERIES}: scenarios compared",
        "briefing-series": SERIES,
        "briefing-subtitle": "Scenarios compared",
        "briefing-facts": " \u00b7 ".join([*facts, f"digest {digest}"]),
        "briefing-header": title,
        "briefing-name": name_of(sides),
        "briefing-digest": digest,
        "briefing-as-of": max(side.scenario.as_of for side in sides).isoformat(),
        "briefing-landscape": "yes",
    }
