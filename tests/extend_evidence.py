"""Add what a contributor could add tomorrow: five rows of five kinds and another scenario.

``python tests/extend_evidence.py ROOT`` does it to the project in the folder ROOT. No test may break.
"""

import csv
import sys
from datetime import date, timedelta
from pathlib import Path

from briefing.coverage import coverage_end

SCENARIO = """\
# yaml-language-server: $schema=schema.json
title: A third of the force, swapped quickly
why: To see what a scenario does that nobody had thought of.
force: 3600
tour: 1/2/4
hazard: 0.02
"""


def extend(root: Path) -> None:
    """Append the rows to the tables of a project and write another scenario; again, if asked again."""
    number = 1 + len(list((root / "scenarios").glob("third-of-the-force-*.yaml")))
    for table, rows in new_rows(root / "data").items():
        own = [{column: numbered(cell, number) for column, cell in row.items()} for row in rows]
        append(root / "data" / f"{table}.csv", own)
    (root / "scenarios" / f"third-of-the-force-{number}.yaml").write_text(SCENARIO, encoding="utf-8")


def numbered(cell: str, number: int) -> str:
    """Give a name of a new row the number of this extension."""
    return cell.replace("new-", f"new-{number}-").replace("O-NEW", f"O-NEW-{number}")


def new_rows(data: Path) -> dict[str, list[dict[str, str]]]:
    """Return the rows by table; the newest is public a day after all others, but not after today."""
    end = coverage_end(data)
    newest = min(end + timedelta(days=1), date.today()).isoformat()
    graded = {"reliability": "C", "credibility": "3", "verified": "yes", "in_seed": "no"}
    day = {"event_date": end.isoformat(), "report_date": end.isoformat()}
    people = {**graded, **day, "bound": "about", "unit": "persons", "location": "Russia", "via": "A lawmaker"}
    seoul = {"claimant": "NIS (Republic of Korea)", "claimant_party": "south_korea", "origin_group": "O-NIS"}
    institute = {"claimant": "Institute of the test", "claimant_party": "think_tank", "origin_group": "O-NEW"}
    page = {"publisher": "A test", "published_date": newest, "kind": "newspaper", "language": "en"}
    total = {**people, "quantity": "casualties_total"}
    return {
        "origins": [
            {
                "origin_group": "O-NEW",
                "name": "Institute of the test",
                "party": "think_tank",
                "interest": "None that is known",
                "method": "Undisclosed",
                "independence_note": "None known",
                "last_looked_for": newest,
            }
        ],
        "sources": [
            {**page, "source_id": name, "title_paraphrase": title, "url": f"https://example.org/{name}"}
            | {"archived": "no", "accessed": newest}
            for name, title in (("new-page", "Three figures on losses"), ("new-statement", "A statement"))
        ],
        "claims": [
            {**total, **seoul, "claim_id": "new-claim", "value": "4600", "source_id": "ap-2025-04-30-nis"}
            | {"event_date": "2025-04-29", "report_date": "2025-04-29"},
            {**people, **institute, "claim_id": "new-denial", "quantity": "killed", "value": "2000"}
            | {"bound": "denial", "answers": "nis-20250902-killed-2000", "source_id": "new-page"},
            {**total, **seoul, "claim_id": "new-estimate", "value": "6400", "source_id": "new-page"}
            | {"supersedes": "nis-20260212-total-6000", "revises": "nis-20260212-total-6000"},
            {**total, **institute, "claim_id": "new-body", "value": "5500", "source_id": "new-page"},
        ],
        "statements": [
            {
                **graded,
                "statement_id": "new-st-newest",
                "topic": "casualties",
                "summary": "The institute says that it will count again.",
                "event_date": newest,
                "report_date": newest,
                "claimant": "Institute of the test",
                "claimant_party": "think_tank",
                "source_id": "new-statement",
                "origin_group": "O-NEW",
            }
        ],
    }


def append(table: Path, rows: list[dict[str, str]]) -> None:
    with table.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(file))
    with table.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, columns, restval="", lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    extend(Path(sys.argv[1]))
