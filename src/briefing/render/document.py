"""Composing document.json: the merged results, and what only the document knows (who, when, which grades)."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any

from briefing.errors import RunFailedError
from briefing.formats import day, with_unit
from briefing.ledger import Ledger
from briefing.ledger.claimed import resolved
from briefing.render.beside import beside
from briefing.render.evidence import evidence_table, known_evidence, number_rows, references
from briefing.render.letters import lacking, notice, printed_texts, texts_of
from briefing.render.page import page_of
from briefing.render.setting import Setting, setting_of
from briefing.render.whatif import what_if
from briefing.render.words import words_of
from briefing.report.declared import FACTS, LACKING
from briefing.results import PLACE, merge
from briefing.scenario import DEFAULT, Range, Scenario
from briefing.scenario.describe import as_rows, shown
from briefing.scenario.values import CLAIMED

Document = dict[str, Any]

SERIES = "DPRK soldiers in Russia"
# An assumption that is not varied is not exact in any other sense.
_WITHOUT_RANGE = {"assumed": "not varied"}


def compose(
    root: Path,
    scenario: Scenario,
    ledger: Ledger,
    notebooks: Iterable[str],
    setting: Setting | None = None,
    pages: bool = False,
) -> Document:
    """Return everything that the report's source is filled from.

    Parameters
    ----------
    root
        The project's folder, with the scenario's results in ``figures/<scenario>``.
    scenario, ledger
        What the notebooks were run with; the ledger is taken as of the scenario's day.
    notebooks
        Names of the notebooks in order.
    setting
        Where it is made; here and now if not given.
    pages
        Whether the notebooks' pages lie beside the document, so that a figure can link to the one it is from.

    Raises
    ------
    RunFailedError
        A number rests on a claim that was not known on the scenario's day, or a text names a number that no
        notebook recorded.
    """
    known = ledger.as_of(scenario.as_of)
    setting = setting or setting_of(root)
    document: Document = merge(root / "figures" / scenario.name, list(notebooks))
    for part, entries in beside(scenario, ledger, document["numbers"]).items():
        document[part] |= entries
    evidence = known_evidence(known)
    check(document, evidence)
    used = [name for number in document["numbers"].values() for name in number["claims"]]
    numbering = number_rows(used, evidence)
    for number in document["numbers"].values():
        number |= chain_of(number, numbering)
    values = resolved(scenario.values(), known)
    document["tables"]["tbl-parameters"] = _parameters_table(scenario, values)
    document["tables"]["tbl-sources"] = evidence_table(numbering, evidence, known)
    for name, entry in document["figures"].items():
        entry["page"] = f"notebooks/{entry['notebook']}.html#{name}" if pages else ""
    document["texts"] = _texts(setting, scenario, ledger)
    document["facts"] |= _facts(scenario)
    document["latest"] = _latest(setting)
    document["edition"] = scenario.edition
    document["commands"] = {
        "reproduce": scenario.command,
        "what-if": f"{scenario.command} --set parameter=value",
    }
    document["what_if"] = what_if(scenario, values, document["numbers"])
    document["folder"] = f"figures/{scenario.name}"
    document["stamp"] = f"As of {day(scenario.as_of)}."
    say_what_is_lacking(document, root)
    words = words_of(root, document)
    document["words"] = words.model_dump()
    document["metadata"] = _metadata(words.title, scenario)
    document["page"] = page_of(root, document, numbering, evidence, known, setting)
    return document


def say_what_is_lacking(document: Document, root: Path) -> None:
    """Note in `document` the letters that the typeface lacks, and the sentence by which a PDF says so."""
    drawings = [
        root / drawing.get("folder", document["folder"]) / drawing["file"]
        for entry in document["figures"].values()
        for drawing in entry.get("drawings", [entry])
    ]
    document["lacking"] = lacking([*printed_texts(document), *texts_of(drawings)])
    document["texts"]["lacking"] = notice(document["lacking"])
    holds = bool(document["lacking"])
    document["facts"][LACKING] = {"holds": holds, "meaning": FACTS[LACKING]}


def check(document: Document, evidence: Mapping[str, Any]) -> None:
    """Raise `RunFailedError` where a number rests on later evidence, or a text names no number."""
    problems = [
        f"{key} ({number['notebook']}) rests on {claim}, which was not known on the day"
        for key, number in document["numbers"].items()
        for claim in number["claims"]
        if claim not in evidence
    ]
    for place, template in _templates(document):
        named = {match[1] for match in PLACE.finditer(template)}
        problems += [
            f"{place} names {key}, which nobody recorded" for key in named - document["numbers"].keys()
        ]
    if problems:
        raise RunFailedError("the results do not hold together:\n" + "\n".join(problems))


def _templates(document: Document) -> Iterable[tuple[str, str]]:
    for name, entry in document["tables"].items():
        for cell in (cell for row in entry["rows"] for cell in row if isinstance(cell, dict)):
            if "text" in cell or "num" in cell:
                yield name, cell["text"] if "text" in cell else f"{{{cell['num']}}}"


def chain_of(number: Mapping[str, Any], numbering: dict[str, int]) -> dict[str, Any]:
    """Return how the trace and a column of ranges print a number, and what it rests on."""
    full = with_unit(number["text"], number["unit"])
    if number["range_text"] not in ("", number["text"]):
        full += f" ({number['range_text']})"
    known = number["value"] is not None
    # What varies over the draws may have an outcome that does not.
    ends = "" if known and number["low"] == number["high"] else number["range_text"]
    ends = ends or (_WITHOUT_RANGE.get(number["basis"], "exact") if known else "unknown")
    return {"full": full, "range_said": ends, "rests_on": references(number["claims"], numbering)}


def _parameters_table(scenario: Scenario, values: Mapping[str, Any]) -> dict[str, Any]:
    rows: list[list[Any]] = [["why", scenario.why, "", "", ""]]
    for row in as_rows():
        here = shown(getattr(scenario, row["parameter"]))
        default = "same" if here == row["default"] else row["default"]
        if here == CLAIMED:
            here = f"{CLAIMED}: {_amount(values[row['parameter']])}"
        unit = f" ({row['unit']})" if row["unit"] else ""
        rows.append([row["parameter"], row["meaning"] + unit, here, default, row["rests_on"]])
    return {
        "columns": ["Parameter", "Meaning", "This scenario", "Default", "The default rests on"],
        "rows": rows,
        "align": "lllll",
        "widths": [0.17, 0.32, 0.17, 0.12, 0.22],
    }


def _amount(value: Any) -> str:
    """What is claimed of a parameter, as a scenario file would hold it."""
    return "unknown" if value is None else shown(Range(**value) if isinstance(value, Mapping) else value)


def _facts(scenario: Scenario) -> dict[str, dict[str, Any]]:
    holds = {
        "edition.own": scenario.edition,
        "edition.latest": scenario.name == DEFAULT,
    }
    return {key: {"holds": held, "meaning": FACTS[key]} for key, held in holds.items()}


def _texts(setting: Setting, scenario: Scenario, ledger: Ledger) -> dict[str, str]:
    return {
        "commit": setting.commit,
        "data-digest": ledger.digest[:10],
        "digest": scenario.digest,
        "scenario-name": scenario.name,
        "scenario-title": scenario.title,
    }


def _latest(setting: Setting) -> dict[str, str]:
    """Name the edition with the latest evidence, with a link only where it lies beside this one."""
    return {"name": DEFAULT, "url": f"../{DEFAULT}/report.html" if setting.beside else ""}


def _metadata(title: str, scenario: Scenario) -> dict[str, str]:
    subtitle = f"State of knowledge on {day(scenario.as_of)}" if scenario.edition else scenario.title
    return {
        "title": title,
        "pagetitle": title,
        "subtitle": f"{SERIES}. {subtitle}",
        "briefing-series": SERIES,
        "briefing-subtitle": subtitle,
        "briefing-facts": "" if scenario.edition else f"A scenario, as of {day(scenario.as_of)}",
        "briefing-header": shorten(title, 95, placeholder=" …"),
        "briefing-name": scenario.name,
        "briefing-label": f"Scenario {scenario.name}",
        "briefing-digest": scenario.digest,
        "briefing-as-of": scenario.as_of.isoformat(),
    }


def write(document: Document, path: Path) -> None:
    """Write the document as JSON with sorted keys."""
    path.write_text(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
