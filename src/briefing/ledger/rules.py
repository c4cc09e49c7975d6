"""Rules between rows that hold for every table: names, references and days."""

from collections.abc import Iterable, Iterator
from datetime import date
from difflib import get_close_matches

import pandas as pd

from briefing.coverage import DATED
from briefing.errors import Problem
from briefing.ledger.corrections import cell_text, row_name
from briefing.ledger.tables import Row, Tables
from briefing.model.claims import ids

# The tables that rest on rows of others, the tables where those stand, and words that may stand instead.
RESTING = {
    "article": (("claims", "statements"), ()),
    "calendar": (("claims", "statements"), ()),
    "assumptions": (("claims", "statements", "context"), ("judgement",)),
    "returns": (("claims", "statements", "context"), ()),
    "places": (("claims", "statements"), ()),
    "answers": (("claims", "statements"), ()),
    "then": (("claims", "statements"), ()),
    "units": (("claims", "statements"), ()),
}

FIGHTING = ("dprk", "russia", "ukraine")
"""The parties to the war."""


def table_problems(tables: Tables) -> Iterator[Problem]:
    """Yield what is wrong with names, references and days, in all tables."""
    yield from repeated_names(tables)
    yield from shared_names(tables)
    yield from dangling_references(tables)
    yield from impossible_days(tables)
    yield from sources_before_the_report(tables)
    yield from pages_nobody_can_read(tables)
    yield from fighting_parties_graded_high(tables)
    yield from bodies_not_looked_for(tables)
    yield from checks_without_effect(tables)
    yield from additions_to_nothing(tables)
    yield from rests_on_nothing(tables)
    yield from boundaries_before_their_evidence(tables)
    yield from corrections_without_effect(tables)


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


def nearest(name: str, known: Iterable[str], file: str) -> str:
    """Say which rows of a file may be named, the most similar ones first."""
    similar = get_close_matches(name, known, n=3)
    return f"a row of {file}" + (f", perhaps {' or '.join(similar)}" if similar else "")


def impossible_days(tables: Tables) -> Iterator[Problem]:
    """Yield reports after today, and events after their report."""
    last = date.today()
    forward = {name for name, row in tables.quantities.items() if row["forward_looking"] == "yes"}
    for name in (*DATED, "context"):
        for line, row in tables.rows(name).items():
            if row["report_date"] > pd.Timestamp(last):
                what = f"{_label(row)}: {row['report_date']:%Y-%m-%d} is after {last}, today"
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
    for name in (*DATED, "context"):
        for line, row in tables.rows(name).items():
            page = published.get(row["source_id"], pd.NaT)
            if page < row["report_date"]:
                what = (
                    f"{_label(row)}: {row['source_id']} printed it on {page:%Y-%m-%d}, before the report date"
                )
                where = tables.where(name, line, "report_date")
                yield Problem(where, what, f"a day up to {page:%Y-%m-%d}, or a later page")


def pages_nobody_can_read(tables: Tables) -> Iterator[Problem]:
    """Yield rows that claim to have been read on a page without an address."""
    addresses = {row["source_id"]: row["url"] for row in tables.rows("sources").values()}
    for name in (*DATED, "context"):
        for line, row in tables.rows(name).items():
            if addresses.get(row["source_id"]) == "" and row.get("verified") != "no":
                what = f"{_label(row)}: {row['source_id']} has no address"
                if "verified" in row:
                    yield Problem(tables.where(name, line, "verified"), what, "no")
                else:
                    yield Problem(tables.where(name, line, "source_id"), what, "a page with an address")


def fighting_parties_graded_high(tables: Tables) -> Iterator[Problem]:
    """Yield rows of a party to the war with a letter that only others can have."""
    for name in ("claims", "statements"):
        for line, row in tables.rows(name).items():
            if row["claimant_party"] in FIGHTING and row["reliability"] in ("A", "B"):
                what = f"{_label(row)}: {row['reliability']} for {row['claimant_party']}, a party to the war"
                yield Problem(tables.where(name, line, "reliability"), what, "C to F, on itself too")


def bodies_not_looked_for(tables: Tables) -> Iterator[Problem]:
    """Yield bodies that were last looked for before the day of their newest row, or after today."""
    last = pd.Timestamp(date.today())
    newest: dict[str, Row] = {}
    for name in ("claims", "statements"):
        for row in tables.rows(name).values():
            first = newest.setdefault(row["origin_group"], row)
            if first["report_date"] < row["report_date"] <= last:
                newest[row["origin_group"]] = row
    for line, row in tables.rows("origins").items():
        looked, where = row["last_looked_for"], tables.where("origins", line, "last_looked_for")
        what = f"{_label(row)}: {_plain(looked)} is "
        found = newest.get(row["origin_group"])
        if looked > last:
            yield Problem(where, f"{what}after {_plain(last)}, today", f"a day up to {_plain(last)}")
        elif found and looked < found["report_date"] <= last:
            allowed = f"a day from {_plain(found['report_date'])}"
            yield Problem(where, f"{what}before the report of {_label(found)}", allowed)


def checks_without_effect(tables: Tables) -> Iterator[Problem]:
    """Yield claims that were not found again and yet are marked as read on the page."""
    for line, row in tables.rows("checks").items():
        claim = tables.claims.get(row["claim_id"])
        if claim and row["outcome"] == "not_found_again" and claim["verified"] == "yes":
            what = f"{row['claim_id']}: not found again, but the claim has verified = yes"
            yield Problem(tables.where("checks", line, "outcome"), what, "verified = no in claims.csv")


def additions_to_nothing(tables: Tables) -> Iterator[Problem]:
    """Yield additions to what the article does not say."""
    rows = _named_rows(tables, ("claims", "statements"))
    said = {name: None for name, row in rows.items() if row["in_seed"] == "yes"}
    for line, addition in _rows_if_any(tables, "article"):
        if addition["item_id"] not in said:
            what = f"{addition['item_id']!r} is not in the article"
            allowed = nearest(addition["item_id"], said, "claims.csv or statements.csv with in_seed = yes")
            yield Problem(tables.where("article", line, "item_id"), what, allowed)


def rests_on_nothing(tables: Tables) -> Iterator[Problem]:
    """Yield rows that rest on rows which do not exist, or of which no page was read."""
    for table, (targets, words) in RESTING.items():
        known = _named_rows(tables, targets)
        files = " or ".join(f"{target}.csv" for target in targets)
        for line, row in _rows_if_any(tables, table):
            for name in ids(row["rests_on"]):
                where = tables.where(table, line, "rests_on")
                if name not in known and name not in words:
                    allowed = nearest(name, known, files) + (f", or {' or '.join(words)}" if words else "")
                    yield Problem(where, f"{name!r} is unknown", allowed)
                elif name in known and known[name]["verified"] == "no":
                    yield Problem(where, f"{name}: no page of it was read", "rows with verified = yes")


def boundaries_before_their_evidence(tables: Tables) -> Iterator[Problem]:
    """Yield boundaries of the calendar that were known before a row on which they rest was public."""
    rows = _named_rows(tables, ("claims", "statements"))
    for line, boundary in _rows_if_any(tables, "calendar"):
        for name in ids(boundary["rests_on"]):
            if name in rows and rows[name]["report_date"] > boundary["report_date"]:
                what = f"{boundary['boundary']}: rests on {name}, which became public later"
                allowed = f"a row public on {boundary['report_date']:%Y-%m-%d}"
                yield Problem(tables.where("calendar", line, "rests_on"), what, allowed)


def corrections_without_effect(tables: Tables) -> Iterator[Problem]:
    """Yield corrections of cells that are gone or hold something else, faults and removed rows that stand."""
    names: dict[str, dict[str, int]] = {}
    for line, fix in _rows_if_any(tables, "corrections"):
        target, column = fix["target"], fix["column"]
        if fix["expect"] not in fix["was"] or (fix["expect"] and fix["expect"] in fix["now"]):
            what = f"{fix['row_id']}: {fix['expect']!r} is not what was mended"
            where = tables.where("corrections", line, "expect")
            yield Problem(where, what, "a part of the old cell that the new one lacks")
        if target not in tables.frames:
            continue
        if target not in names:
            key = tables.package.resources[target].key
            names[target] = {row_name(row, key): number for number, row in tables.rows(target).items()}
        number = names[target].get(fix["row_id"])
        if fix["action"] == "removed":
            if number is not None:
                what = f"the correction no longer applies: {target}.csv has the row {fix['row_id']!r} again"
                where = tables.where("corrections", line, "row_id")
                yield Problem(where, what, "a row that is gone")
        elif number is None:
            what = f"the correction no longer applies: {target}.csv has no row {fix['row_id']!r}"
            allowed = nearest(fix["row_id"], dict.fromkeys(names[target]), f"{target}.csv")
            yield Problem(tables.where("corrections", line, "row_id"), what, allowed)
        elif column not in tables.rows(target)[number]:
            what = f"the correction no longer applies: {target}.csv has no column {column!r}"
            allowed = "one of " + ", ".join(tables.package.resources[target].columns)
            yield Problem(tables.where("corrections", line, "column"), what, allowed)
        elif (target, number) not in tables.spoiled:
            found = cell_text(tables.rows(target)[number][column])
            if found != fix["now"]:
                place = f"{target}.csv, row {number}, column {column}"
                what = f"the correction no longer applies: {place} holds {found!r}"
                yield Problem(tables.where("corrections", line, "now"), what, repr(fix["now"]))


def _rows_if_any(tables: Tables, table: str) -> list[tuple[int, Row]]:
    # An earlier version of the tables, read for a comparison, may lack a table that was added since.
    return list(tables.rows(table).items()) if table in tables.frames else []


def _named_rows(tables: Tables, targets: tuple[str, ...]) -> dict[str, Row]:
    """Return the rows of some tables by the first column of their key; an earlier table goes first."""
    return {
        row[tables.package.resources[target].key[0]]: row
        for target in reversed(targets)
        for row in tables.rows(target).values()
    }


def _label(row: Row) -> str:
    return _plain(next(iter(row.values())))


def _plain(value: object) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else str(value)
