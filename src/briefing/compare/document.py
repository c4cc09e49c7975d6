"""Composing a comparison: the same kind of document.json that a briefing has, for `compare.qmd`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from briefing.compare import differences
from briefing.compare.causes import EVIDENCE, Attribution
from briefing.compare.declared import FIGURES, facts_of
from briefing.compare.numbers import LISTED, moved_most, numbers_of, words
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
from briefing.project.files import sha256_of_json
from briefing.render.document import SERIES, Document, chain_of, check, say_what_is_lacking
from briefing.render.evidence import evidence_table, known_evidence, number_rows
from briefing.render.page import page_of
from briefing.render.setting import Setting
from briefing.render.words import words_of

SOURCE = "compare.qmd"


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
    tables = {
        "tbl-numbers": numbers_table(sides, numbers),
        "tbl-causes": causes_table(sides, causes),
        "tbl-parameters": parameters_table(sides),
        "tbl-judgements": judgements_table(sides),
        "tbl-rows": rows_table(sides, ledger),
        "tbl-evidence": evidence_changes(sides),
        "tbl-sources": evidence_table(numbering, evidence, known),
    }
    document: Document = {
        "numbers": numbers,
        "facts": facts_of(_facts(sides, causes, figures)),
        "likelihoods": {},
        "texts": _texts(sides, causes)
        | {"commit": setting.commit, "data-digest": ledger.digest[:10], "digest": digest},
        "tables": {name: table for name, table in tables.items() if table["rows"]},
        "figures": figures,
        "shown": list(figures),
        "latest": {"name": "", "url": ""},
        "commands": {"reproduce": command},
        "folder": "figures/comparison",
        "stamp": f"{named}.",
    }
    say_what_is_lacking(document, root)
    said = words_of(root, document, SOURCE)
    document["words"] = said.model_dump()
    document["metadata"] = _metadata(said.title, sides, digest)
    document["page"] = page_of(root, document, numbering, evidence, known, setting)
    check(document, evidence)
    return document


def name_of(sides: Sequence[Side]) -> str:
    """Return the comparison's name, and its folder's."""
    return "-and-".join(side.name.replace("@", "-") for side in sides)


def _figures(root: Path, sides: Sequence[Side]) -> dict[str, Any]:
    """The main figures that differ: the drawing of each side that has one, and what that side says of it."""
    figures: dict[str, Any] = {}
    drawn = [(side, *side.figures) for side in sides if side.figures]
    for name in FIGURES:
        entries = [(side, folder, every[name]) for side, folder, every in drawn if name in every]
        if len({(folder / entry["file"]).read_bytes() for _, folder, entry in entries}) < 2:
            continue
        told = {side.letter: side.words["figures"].get(name, {}) for side, *_ in entries if side.words}
        figures[name] = {
            "drawings": [
                {
                    "folder": folder.relative_to(root).as_posix(),
                    "file": entry["file"],
                    "as": f"{side.letter.lower()}-{entry['file']}",
                    "label": f"{side.letter}: {side.name}",
                    "alt": f"{side.letter}: {told.get(side.letter, {}).get('alt', '')}",
                }
                for side, folder, entry in entries
            ],
            "title": _of_each(told, "title"),
            "source": _of_each(told, "source"),
        }
    return figures


def _of_each(told: Mapping[str, Mapping[str, Any]], part: str) -> str:
    """What the sides say of a figure: once where they say the same, else each under its letter."""
    said: dict[str, str] = {letter: one.get(part, "") for letter, one in told.items()}
    if len({*said.values()}) == 1:
        return next(iter(said.values()))
    return " ".join(f"{letter}: {one.rstrip('.')}." for letter, one in said.items() if one)


def _facts(
    sides: Sequence[Side], causes: Mapping[str, Sequence[Attribution]], figures: Mapping[str, Any]
) -> dict[str, object]:
    first, second = sides[:2]
    every, alike = differences.numbers(sides), differences.alike(sides)
    attributions = [told for found in causes.values() for told in found]
    moved, rows = moved_most(sides, causes), differences.evidence(first, second)
    effect = moved.causes[0].effect or 0 if moved else 0
    whole = (moved.second or 0) - (moved.first or 0) if moved else 0
    by_evidence = any(cause.parameters == (EVIDENCE,) for told in attributions for cause in told.causes)
    return {
        "sides.two": len(sides) == 2,
        "sides.alike": alike,
        "numbers.differ": every,
        "numbers.more": len(every) > len(differences.shown_numbers(sides)),
        "moved.known": moved,
        "moved.raised": effect > 0,
        "moved.lowered": effect < 0,
        "moved.undone": effect * whole < 0,
        "causes.single": attributions and not alike,
        "causes.evidence": by_evidence and not alike,
        "causes.none": not attributions and not alike,
        "parameters.differ": differences.parameters(sides),
        "rows.same": not rows,
        "rows.new": any(row.before is None for row in rows),
        "rows.gone": any(row.after is None for row in rows),
        "rows.otherwise": any(row.before and row.after for row in rows),
        "rows.cut": len(differences.rows(sides)) > LISTED,
        "code.same": not any(differences.code(first, side) for side in sides[1:]),
        "figures.kept": all(side.figures for side in sides),
        "figures.differ": figures,
    }


def _texts(sides: Sequence[Side], causes: Mapping[str, Sequence[Attribution]]) -> dict[str, str]:
    first, *others = sides
    changed = {side.letter: ", ".join(differences.code(first, side)) for side in others}
    moved = moved_most(sides, causes)
    cause = moved.causes[0].parameters if moved else ()
    return {
        "names": _listed([side.name for side in sides]),
        "sides": _listed([f"{side.letter} is {side.name}" for side in sides]),
        "changed": "; ".join(
            f"{letter}: {named}" if others[1:] else named for letter, named in changed.items() if named
        ),
        "moved-label": differences.called(moved.key, sides) if moved else "",
        "moved-cause": words(cause) if cause == (EVIDENCE,) else f"the {words(cause)}",
    }


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}"


def _metadata(title: str, sides: Sequence[Side], digest: str) -> dict[str, str]:
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
