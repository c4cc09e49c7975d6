"""What is new between two ledgers: two days of one, or two versions of the tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from briefing.ledger.ledger import Ledger
from briefing.ledger.wording import plain_value, records, stated

Key = tuple[Any, ...]

# The columns that tell a reader what a row is about: by default the first two; claims are said in words.
_TELLING = {
    "statements": ["statement_id", "summary"],
    "events": ["event_date", "event"],
    "context": ["indicator", "year_or_date", "value", "unit"],
    "checks": ["claim_id", "outcome"],
    "quantities": ["quantity", "title"],
    "origins": ["origin_group", "name"],
    "sources": ["source_id", "title_paraphrase"],
}


@dataclass(frozen=True)
class LedgerDiff:
    """What differs between an older and a newer ledger.

    Attributes
    ----------
    added, removed
        Whole rows by table; tables without any are left out.
    changed
        A row per cell: table, key, column, before, after. An empty key stands for the whole column.
    superseded
        Claims active in the older ledger and superseded in the newer: claim_id, superseded_by.
    """

    added: Mapping[str, pd.DataFrame]
    removed: Mapping[str, pd.DataFrame]
    changed: pd.DataFrame
    superseded: pd.DataFrame

    def __bool__(self) -> bool:
        return bool(self.added or self.removed) or not (self.changed.empty and self.superseded.empty)

    def text(self) -> str:
        """Return the differences as lines: claims with figure, origin and report date, then the rest."""
        return "\n".join(self._lines()) or "no differences"

    def records(self) -> dict[str, Any]:
        """Return the differences as plain values for JSON."""
        return {
            "added": {table: records(frame) for table, frame in self.added.items()},
            "removed": {table: records(frame) for table, frame in self.removed.items()},
            "changed": records(self.changed),
            "superseded": records(self.superseded),
        }

    def _lines(self) -> Iterator[str]:
        for sign, word, tables in (("+", "added", self.added), ("-", "removed", self.removed)):
            for table, frame in tables.items():
                yield f"{table}: {len(frame)} {word}"
                yield from (f"  {sign} {_summary(table, row)}" for _, row in frame.iterrows())
        if len(self.changed):
            yield f"changed: {len(self.changed)} cells"
        for _, cell in self.changed.iterrows():
            name = f"{cell['table']} {cell['key']}".strip()
            yield f"  ~ {name}, {cell['column']}: {cell['before']!r} -> {cell['after']!r}"
        if len(self.superseded):
            yield f"superseded: {len(self.superseded)} claims"
        for _, pair in self.superseded.iterrows():
            yield f"  x {pair['claim_id']} by {pair['superseded_by']}"


def diff(older: Ledger, newer: Ledger) -> LedgerDiff:
    """Compare two ledgers row by row and cell by cell.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> ledger = load()
    >>> news = diff(ledger.as_of("2025-08-31"), ledger.as_of("2025-09-02"))
    >>> news.superseded.values.tolist()
    [['nis-20250430-killed-600', 'nis-20250902-killed-2000']]
    """
    added, removed, changed = {}, {}, []
    for table, key in newer.keys.items():
        after = newer.tables[table]
        # A table that the older version did not have is a table without rows.
        before = older.tables.get(table, after.iloc[:0])
        old, new = _by_key(before, key), _by_key(after, key)
        gone = [name not in new for name in old]
        fresh = [name not in old for name in new]
        if any(fresh):
            added[table] = after[fresh].reset_index(drop=True)
        if any(gone):
            removed[table] = before[gone].reset_index(drop=True)
        changed += list(_changed_cells(table, old, new))
        changed += list(_changed_columns(table, before, after))
    return LedgerDiff(
        added,
        removed,
        pd.DataFrame(changed, columns=["table", "key", "column", "before", "after"]),
        _newly_superseded(older, newer),
    )


def _by_key(frame: pd.DataFrame, key: tuple[str, ...]) -> dict[Key, dict[Any, Any]]:
    rows = frame.to_dict("records")
    return {tuple(row[column] for column in key): row for row in rows}


def _changed_cells(
    table: str, old: Mapping[Key, Mapping[str, Any]], new: Mapping[Key, Mapping[str, Any]]
) -> Iterator[tuple[Any, ...]]:
    for key, after in new.items():
        before = old.get(key, {})
        for column in [name for name in after if name in before]:
            pair = plain_value(before[column]), plain_value(after[column])
            if pair[0] != pair[1]:
                yield (table, " ".join(str(plain_value(part)) for part in key), column, *pair)


def _changed_columns(table: str, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    for column in after.columns.difference(before.columns):
        yield (table, "", column, "no such column", "a new column")
    for column in before.columns.difference(after.columns):
        yield (table, "", column, "a column", "no such column")


def _newly_superseded(older: Ledger, newer: Ledger) -> pd.DataFrame:
    active = set(older.active()["claim_id"])
    pairs = [(claim, by) for claim, by in newer.superseded().items() if claim in active]
    return pd.DataFrame(pairs, columns=["claim_id", "superseded_by"])


def _summary(table: str, row: pd.Series) -> str:
    if table == "claims":
        said = f"{row['quantity']} {stated(row)}"
        return f"{row['claim_id']}: {said} ({row['origin_group']}, public {row['report_date']:%Y-%m-%d})"
    name, *rest = (str(plain_value(cell)) for cell in row[_TELLING.get(table, list(row.index[:2]))])
    return f"{name}: {' '.join(rest)}"
