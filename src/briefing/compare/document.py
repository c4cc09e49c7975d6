"""Composing a comparison: the same kind of document.json that a briefing has, for `compare.qmd`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from briefing.compare import differences
from briefing.compare.causes import EVIDENCE, Attribution
from briefing.compare.numbers import key_of, numbers_of, size_key, words
from briefing.compare.sides import Side
from briefing.compare.tables import (
    causes_table,
    evidence_changes,
    judgements_table,
    numbers_table,
    parameters_table,
    rows_table,
)
from briefing.formats import day
from briefing.ledger import Ledger
from briefing.numbers import labels
from briefing.project.files import sha256_of_json
from briefing.render.document import SERIES, Document, chain_of, check, printed, say_what_is_lacking
from briefing.render.evidence import evidence_table, known_evidence, number_rows
from briefing.render.page import page_of
from briefing.render.setting import Setting

FIGURES = ("fig-people", "fig-losses", "fig-money", "fig-unknowns")
"""The main figures, in the order of the briefing."""


def digest_of(sides: Sequence[Side]) -> str:
    """Return ten hexadecimal digits over what is compared: scenarios, evidence and code of every side."""
    made = [[side.record[part] for part in ("digest", "made_from", "notebooks")] for side in sides]
    return sha256_of_json(made)[:10]


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
    numbers = numbers_of(sides, causes, evidence)
    numbering = number_rows([name for n in numbers.values() for name in n["claims"]], evidence)
    for number in numbers.values():
        number |= chain_of(number, numbering)
    digest, figures = digest_of(sides), _figures(root, sides)
    named = "; ".join(f"{side.letter}: {side.name}, digest {side.record['digest']}" for side in sides)
    document: Document = {
        "numbers": numbers,
        "tables": {
            "tbl-numbers": numbers_table(sides, numbers),
            "tbl-causes": causes_table(sides, causes),
            "tbl-parameters": parameters_table(sides),
            "tbl-judgements": judgements_table(sides),
            "tbl-rows": rows_table(sides, ledger),
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
                    "alt": f"{side.letter}: {printed(entry['alt'], side.numbers)}",
                }
                for side, folder, entry in entries
            ],
            "title": ". ".join(
                f"{side.letter}: {printed(entry['title'], side.numbers)}" for side, _, entry in entries
            ),
            "alt": "",
            "source": entries[0][2]["source"],
        }
    return figures


def _findings(sides: Sequence[Side], causes: Mapping[str, Sequence[Attribution]]) -> dict[str, str]:
    first, *others = sides
    scope = f"{first.letter} is {first.name}" + "".join(f", {side.letter} is {side.name}" for side in others)
    moved = [told for attributions in causes.values() for told in attributions]
    changed = differences.numbers(sides)
    if differences.alike(sides):
        how = "The scenarios are the same, so only evidence and code move a number."
    elif moved:
        how = (
            f"From {first.letter}, one parameter at a time takes the other side's value while the rest stay. "
            "What the single changes do not add up to is their interaction; it is shown as such and not "
            "spread over them. Where a number has a range, its median is compared."
        )
        if any(cause.parameters == (EVIDENCE,) for told in moved for cause in told.causes):
            how += " Evidence and code are what changed since a side was made, with its scenario as it was."
    else:
        how = "No headline number is moved by the parameters that differ."
    equal = not differences.parameters(sides)
    kept = all(side.figures for side in sides)
    return {
        "compare.scope": f"{scope}. Every number is claimed by somebody, assumed by its scenario or inferred "
        "from claims; none is observed.",
        "compare.summary": _summary(sides, causes, bool(changed)),
        "compare.causes": how,
        "compare.parameters": "The scenarios are the same in every parameter."
        if equal
        else "All parameters that are not listed are the same on every side.",
        "compare.evidence": _on_evidence(sides),
        "compare.figures": "Axes are each figure's own: compare the labels and not the lengths."
        if kept
        else "The figures of earlier runs are not kept.",
    }


def _summary(sides: Sequence[Side], causes: Mapping[str, Sequence[Attribution]], differ: bool) -> str:
    if not differ:
        return "No number differs."
    shown, told = differences.shown_numbers(sides), []
    for side in sides[1:]:
        moved = [f for f in causes.get(side.letter, ()) if f.key in shown and f.interaction is not None]
        told += [_moved_most(found, sides, side) for found in moved if found.causes][:1]
    return " ".join(told) or "The tables say what differs."


def _moved_most(found: Attribution, sides: Sequence[Side], other: Side) -> str:
    """Say how far a number differs and which change moves it most."""
    first, cause = sides[0], found.causes[0]
    effect, whole = cause.effect or 0, (found.second or 0) - (found.first or 0)
    name = words(cause.parameters)
    return (
        f"{differences.called(found.key, sides)}: {{{key_of(first.letter, found.key)}}} in {first.letter}, "
        f"{{{key_of(other.letter, found.key)}}} in {other.letter}. What moves it most is "
        f"{name if cause.parameters == (EVIDENCE,) else f'the {name}'}: that change alone "
        f"{'raises' if effect > 0 else 'lowers'} the number by "
        f"{{{size_key(other.letter, found.key, cause.parameters)}}}"
        f"{', which the others more than undo' if effect * whole < 0 else ''}."
    )


def _on_evidence(sides: Sequence[Side]) -> str:
    first, told = sides[0], []
    for side in sides[1:]:
        changed = differences.code(first, side)
        said = _rows_in_words(first, side)
        said += (
            f" Between the two runs {', '.join(changed)} changed."
            if changed
            else " Code and libraries are the same."
        )
        if side.record["digest"] == first.record["digest"]:
            headlines = labels("comparison")
            behind = [
                f"{headlines[key].lower()} ({differences.behind(key, first, side)})"
                for key in differences.numbers([first, side])
                if key in headlines
            ]
            said += f" Behind the headline numbers that differ: {'; '.join(behind)}." if behind else ""
        told.append(said)
    return " ".join(told)


def _rows_in_words(first: Side, other: Side) -> str:
    """Say how many rows one side knows and the other does not, or otherwise; nothing of what is none."""
    key, rows = f"rows.{other.letter.lower()}", differences.evidence(first, other)
    parts = [
        ("knows", "new", f" that {first.letter} does not", [row for row in rows if row.before is None]),
        ("lacks", "gone", f" that {first.letter} knows", [row for row in rows if row.after is None]),
        ("knows", "otherwise", " otherwise", [row for row in rows if row.before and row.after]),
    ]
    told = [
        f"{verb} {{{key}.{part}}} row{'s' if len(found) > 1 else ''}{rest}"
        for verb, part, rest, found in parts
        if found
    ]
    if not told:
        return f"{other.letter} and {first.letter} know the same rows of the ledger."
    *most, last = told
    return f"Of the ledger {other.letter} {', '.join(most)}{' and ' if most else ''}{last}."


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
        "briefing-label": f"Comparison {name_of(sides)}",
        "briefing-digest": digest,
        "briefing-as-of": max(side.scenario.as_of for side in sides).isoformat(),
        "briefing-landscape": "yes",
    }
