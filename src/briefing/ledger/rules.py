"""Rules between rows that hold for every table: names, references and days."""

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

import pandas as pd

from briefing.errors import Problem
from briefing.ledger.lineage import ids
from briefing.ledger.tables import Row, Tables

DATED = ("claims", "statements", "events", "context")


def table_problems(tables: Tables) -> Iterator[Problem]:
    """Yield what is wrong with names, references and days, in all tables."""
    yield from repeated_names(tables)
    yield from shared_names(tables)
    yield from dangling_references(tables)
    yield from impossible_days(tables)
    yield from sources_before_the_report(tables)
    yield from checks_without_effect(tables)
    yield from additions_to_nothing(tables)


def repeated_names(tables: Tables) -> Iterator[Problem]:
    """Yield rows whose key another row of the table already has."""
    for name, resource in tables.package.resources.items():
        for key in resource.keys:
            first: dict[tuple[object, ...], int] = {}
            for line, row in tables.rows(name).items():
                values = tuple(row[column] for column in key)
                if "" in values:
                    continue
                if values in first:
                    text = " ".join(_plain(value) for value in values)
                    what = f"{text!r} already stands in row {first[values]}"
                    yield Problem(tables.where(name, line, key[0]), what, "a name that no other row has")
                first.setdefault(values, line)


def shared_names(tables: Tables) -> Iterator[Problem]:
    """Yield statements that have the id of a claim: other documents cite both kinds by id."""
    for line, row in tables.rows("statements").items():
        if row["statement_id"] in tables.claims:
            what = f"{row['statement_id']!r} is the id of a claim"
            where = tables.where("statements", line, "statement_id")
            yield Problem(where, what, "an id that no claim and no other statement has")


def dangling_references(tables: Tables) -> Iterator[Problem]:
    """Yield references to a row of another table that does not exist."""
    for name, resource in tables.package.resources.items():
        for column, target, key in resource.references:
            known = {row[key]: None for row in tables.rows(target).values()}
            for line, row in tables.rows(name).items():
                if row[column] and row[column] not in known:
                    what = f"{_label(row)}: {row[column]!r} is unknown"
                    file = tables.package.resources[target].path
                    yield Problem(tables.where(name, line, column), what, nearest(row[column], known, file))


def nearest(name: str, known: dict[str, None], file: str) -> str:
    """Say which rows of a file may be named, the most similar ones first."""
    similar = get_close_matches(name, known, n=3)
    return f"a row of {file}" + (f", perhaps {' or '.join(similar)}" if similar else "")


def impossible_days(tables: Tables) -> Iterator[Problem]:
    """Yield reports after the end of coverage or after today, and events after their report."""
    end = tables.package.coverage_end
    last = min(end, date.today())
    reason = "the end of coverage in datapackage.json" if last == end else "today"
    forward = {name for name, row in tables.quantities.items() if row["forward_looking"] == "yes"}
    for name in DATED:
        for line, row in tables.rows(name).items():
            if row["report_date"] > pd.Timestamp(last):
                what = f"{_label(row)}: {row['report_date']:%Y-%m-%d} is after {last}, {reason}"
                yield Problem(tables.where(name, line, "report_date"), what, f"a day up to {last}")
            # The period of a context row may begin later: a decree is known before it takes effect.
            if name == "context" or row.get("quantity") in forward:
                continue
            if row["event_date"] > row["report_date"]:
                what = f"{_label(row)}: {row['event_date']:%Y-%m-%d} is after the report date"
                yield Problem(
                    tables.where(name, line, "event_date"), what, f"up to {row['report_date']:%Y-%m-%d}"
                )


def sources_before_the_report(tables: Tables) -> Iterator[Problem]:
    """Yield rows whose page is older than the day on which the row says that it became public."""
    published = {row["source_id"]: row["published_date"] for row in tables.rows("sources").values()}
    for name in DATED:
        for line, row in tables.rows(name).items():
            page = published.get(row["source_id"], pd.NaT)
            if page < row["report_date"]:
                what = (
                    f"{_label(row)}: {row['source_id']} printed it on {page:%Y-%m-%d}, before the report date"
                )
                where = tables.where(name, line, "report_date")
                yield Problem(where, what, f"a day up to {page:%Y-%m-%d}, or a later page")


def checks_without_effect(tables: Tables) -> Iterator[Problem]:
    """Yield claims that were not found again and yet are marked as read on the page."""
    for line, row in tables.rows("checks").items():
        claim = tables.claims.get(row["claim_id"])
        if claim and row["outcome"] == "not_found_again" and claim["verified"] == "yes":
            what = f"{row['claim_id']}: not found again, but the claim has verified = yes"
            yield Problem(tables.where("checks", line, "outcome"), what, "verified = no in claims.csv")


def additions_to_nothing(tables: Tables) -> Iterator[Problem]:
    """Yield additions to what the article does not say, or that rest on rows which do not exist."""
    rows = {row["statement_id"]: row for row in tables.rows("statements").values()} | tables.claims
    said = {name: None for name, row in rows.items() if row["in_seed"] == "yes"}
    for line, addition in tables.rows("article").items():
        if addition["item_id"] not in said:
            what = f"{addition['item_id']!r} is not in the article"
            allowed = nearest(addition["item_id"], said, "claims.csv or statements.csv with in_seed = yes")
            yield Problem(tables.where("article", line, "item_id"), what, allowed)
        for name in ids(addition["rests_on"]):
            if name not in rows:
                allowed = nearest(name, dict.fromkeys(rows), "claims.csv or statements.csv")
                yield Problem(tables.where("article", line, "rests_on"), f"{name!r} is unknown", allowed)


def _label(row: Row) -> str:
    return _plain(next(iter(row.values())))


def _plain(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
