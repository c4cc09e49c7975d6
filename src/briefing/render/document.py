"""Composing document.json: the merged results, and what only the document knows (who, when, which grades)."""

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from briefing.errors import RunFailedError
from briefing.formats import UNIT_WORDS, day
from briefing.grades import grade_code, grade_words
from briefing.ledger import Ledger, stated
from briefing.results import BASES, PLACE, merge
from briefing.scenario import Scenario
from briefing.scenario.describe import as_rows, shown

Document = dict[str, Any]


def compose(root: Path, scenario: Scenario, ledger: Ledger, notebooks: Iterable[str]) -> Document:
    """Return everything that the report's source is filled from.

    Parameters
    ----------
    root
        The project's folder, with the scenario's results in ``figures/<scenario>``.
    scenario, ledger
        What the notebooks were run with; the ledger is taken as of the scenario's day.
    notebooks
        Names of the notebooks in order.

    Raises
    ------
    RunFailedError
        A number rests on a claim that was not known on the scenario's day, or a text names a number that no
        notebook recorded.
    """
    known = ledger.as_of(scenario.as_of)
    document: Document = merge(root / "figures" / scenario.name, list(notebooks))
    evidence = _evidence(known)
    _check(document, evidence)
    for key, number in document["numbers"].items():
        number |= _chain(key, number, evidence)
    document["tables"]["tbl-parameters"] = _parameters_table(scenario)
    document["tables"]["tbl-sources"] = _sources_table(document, known)
    document["findings"] |= _colophon(root, scenario, ledger)
    document["commands"] = {"reproduce": scenario.command}
    document["folder"] = f"figures/{scenario.name}"
    stamp = f"As of {day(scenario.as_of)}; scenario {scenario.name}, digest {scenario.digest}"
    document["stamp"] = f"{stamp}; seed {scenario.seed}."
    document["metadata"] = _metadata(document, scenario, ledger)
    return document


def _evidence(known: Ledger) -> dict[str, str]:
    """Return what a number may rest on, with the words that the trace prints for it."""
    claims = known.claims.itertuples()
    words = {c.claim_id: f"{c.claim_id} ({grade_code(c.reliability, c.credibility)})" for c in claims}
    for statement in known.statements.itertuples():
        code = grade_code(statement.reliability, statement.credibility)
        words[statement.statement_id] = f"{statement.statement_id} ({code})"
    for row in known.context.itertuples():
        words[f"{row.indicator}@{row.year_or_date}"] = f"{row.indicator}, {row.year_or_date}"
    return words


def _check(document: Document, evidence: Mapping[str, str]) -> None:
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
    yield from document["findings"].items()
    for part in ("figures", "tables"):
        yield from ((name, entry["title"]) for name, entry in document[part].items())
    yield from ((f"alt text of {name}", entry["alt"]) for name, entry in document["figures"].items())
    for name, entry in document["tables"].items():
        for cell in (cell for row in entry["rows"] for cell in row if isinstance(cell, dict)):
            yield name, cell["text"] if "text" in cell else f"{{{cell['num']}}}"
    for name, entry in document["judgements"].items():
        yield from ((f"judgement {name}", text) for text in entry.values() if isinstance(text, str))


def _chain(key: str, number: Mapping[str, Any], evidence: Mapping[str, str]) -> dict[str, str]:
    unit = UNIT_WORDS[number["unit"]]
    full = number["text"] if number["unit"].startswith("usd_") or not unit else f"{number['text']} {unit}"
    if number["unit"] in ("usd", "percent"):
        full = number["text"]
    if number["range_text"]:
        full += f" ({number['range_text']})"
    rests_on = "; ".join(evidence[claim] for claim in number["claims"]) or "no claim"
    return {
        "full": full,
        "rests_on": rests_on,
        "chain": f"{full}. {number['formula']}. {number['basis'].capitalize()}: {BASES[number['basis']]}.",
    }


def _parameters_table(scenario: Scenario) -> dict[str, Any]:
    rows: list[list[Any]] = []
    for row in as_rows():
        here = shown(getattr(scenario, row["parameter"]))
        default = "same" if here == row["default"] else row["default"]
        unit = f" ({row['unit']})" if row["unit"] else ""
        rows.append([row["parameter"], row["meaning"] + unit, here, default, row["rests_on"]])
    return _table(
        ["Parameter", "Meaning", "This scenario", "Default", "The default rests on"],
        rows,
        "Every parameter of the scenario; three values are low / mode / high",
        widths=[0.14, 0.33, 0.18, 0.13, 0.22],
    )


def _sources_table(document: Document, known: Ledger) -> dict[str, Any]:
    used = {claim for number in document["numbers"].values() for claim in number["claims"]}
    pages = known.sources.set_index("source_id")
    claims = known.claims[known.claims["claim_id"].isin(used)].sort_values(["report_date", "claim_id"])
    rows: list[list[Any]] = []
    for claim in claims.to_dict("records"):
        page = pages.loc[claim["source_id"]]
        rows.append(
            [
                claim["claim_id"],
                f"{claim['claimant']}: {stated(claim)}",
                f"{claim['report_date']:%Y-%m-%d}",
                grade_words(claim["reliability"], claim["credibility"]),
                _page(page),
            ]
        )
    return _table(
        ["Claim", "Who says what", "Reported", "Grade", "Page read"],
        rows,
        "The claims that this document's numbers rest on, with their grades",
        widths=[0.22, 0.27, 0.1, 0.2, 0.21],
    )


def _page(page: "pd.Series[Any]") -> Any:
    name = f"{page['publisher']} [{page['kind'].replace('_', ' ')}]"
    return (
        {"link": name, "url": page["url"]} if str(page["url"]).startswith(("http://", "https://")) else name
    )


def _table(columns: list[str], rows: list[list[Any]], title: str, widths: list[float]) -> dict[str, Any]:
    align = "l" * len(columns)
    return {"columns": columns, "rows": rows, "title": title, "source": "", "align": align, "widths": widths}


def commit(root: Path) -> str:
    """Return the short commit of the project, marked where files differ from it; "unknown" outside git."""
    asked = ["git", "-C", str(root), "describe", "--always", "--dirty=, with changes", "--exclude=*"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"


def _colophon(root: Path, scenario: Scenario, ledger: Ledger) -> dict[str, str]:
    return {
        "commit": commit(root),
        "data-digest": ledger.digest[:10],
        "digest": scenario.digest,
        "scenario-name": scenario.name,
        "scenario-title": scenario.title.replace("{", "(").replace("}", ")"),
        "scenario-why": scenario.why.replace("{", "(").replace("}", ")"),
    }


def _metadata(document: Document, scenario: Scenario, ledger: Ledger) -> dict[str, str]:
    numbers = document["numbers"]
    title = PLACE.sub(
        lambda m: numbers[m[1]]["range_text" if m[2] else "text"], document["findings"]["title"]
    )
    facts = [
        f"As of {day(scenario.as_of)}",
        f"evidence collected to {day(ledger.coverage_end)}",
        f"scenario {scenario.name}",
        f"digest {scenario.digest}",
        f"seed {scenario.seed}",
    ]
    return {
        "title": title,
        "subtitle": f"DPRK soldiers in Russia. {scenario.title}",
        "briefing-facts": " \u00b7 ".join(facts),
        "briefing-header": title,
        "briefing-name": scenario.name,
        "briefing-digest": scenario.digest,
        "briefing-as-of": scenario.as_of.isoformat(),
    }


def write(document: Document, path: Path) -> None:
    """Write the document as JSON with sorted keys."""
    path.write_text(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
