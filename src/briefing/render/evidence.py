"""The rows of the ledger that a document's numbers rest on, numbered for its trace."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from briefing.formats import plain
from briefing.grades import grade_words
from briefing.ledger import Ledger, stated

Row = dict[str, Any]


def known_evidence(known: Ledger) -> dict[str, Row]:
    """Return what a number may rest on as of the ledger's day, by id.

    A claim and a statement go by their id, a context row by ``indicator@period``. Each row has who says what,
    the claimant, the report date, the grade in words and the source's id.
    """
    rows: dict[str, Row] = {}
    for claim in _rows(known.claims):
        grade = grade_words(claim["reliability"], claim["credibility"])
        rows[claim["claim_id"]] = _row(claim, f"{claim['claimant']}: {stated(claim)}", grade)
    for told in _rows(known.statements):
        grade = grade_words(told["reliability"], told["credibility"])
        rows[told["statement_id"]] = _row(told, told["summary"], grade)
    for row in _rows(known.context):
        says = f"{row['claimant']}: {plain(row['value'])} {row['unit'].replace('_', ' ')}"
        rows[f"{row['indicator']}@{row['year_or_date']}"] = _row(row, says, "context, not graded")
    return rows


def _rows(frame: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _row(row: Row, says: str, grade: str) -> Row:
    return {
        "says": says,
        "claimant": row["claimant"],
        "reported": row["report_date"],
        "grade": grade,
        "source": row["source_id"],
    }


def number_rows(used: Iterable[str], evidence: dict[str, Row]) -> dict[str, int]:
    """Number the ids in use by their report date."""
    ordered = sorted(set(used), key=lambda name: (evidence[name]["reported"], name))
    return {name: number for number, name in enumerate(ordered, 1)}


def references(names: Iterable[str], numbering: dict[str, int]) -> dict[str, Any] | str:
    """Return a table cell that links to the numbered rows; words where there is none."""
    numbers = sorted({numbering[name] for name in names})
    return {"refs": [{"label": str(n), "target": f"claim-{n}"} for n in numbers]} if numbers else "no claim"


def evidence_table(numbering: dict[str, int], evidence: dict[str, Row], known: Ledger) -> dict[str, Any]:
    """Return the table of the numbered rows, with grade and the page that was read."""
    pages = {page["source_id"]: page for page in _rows(known.sources)}
    rows: list[list[Any]] = []
    for name, number in numbering.items():
        row = evidence[name]
        rows.append(
            [
                {"anchor": f"claim-{number}", "label": str(number)},
                name.replace("_", " ").replace("@", ", ") if "@" in name else name,
                row["says"],
                f"{row['reported']:%Y-%m-%d}",
                row["grade"],
                _page(pages[row["source"]]),
            ]
        )
    return {
        "columns": ["No.", "Row of the ledger", "Who says what", "Reported", "Grade", "Page read"],
        "rows": rows,
        "align": "rlllll",
        "widths": [0.05, 0.2, 0.28, 0.1, 0.18, 0.19],
    }


def _page(page: Row) -> dict[str, str] | str:
    name, url = f"{page['publisher']} [{page['kind'].replace('_', ' ')}]", str(page["url"])
    return {"link": name, "url": url} if url.startswith(("http://", "https://")) else name
