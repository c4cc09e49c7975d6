"""What a briefing keeps of its own making, so that a later one can be compared with it."""

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from briefing.run.plan import Planner
from briefing.scenario import Scenario

if TYPE_CHECKING:
    from briefing.ledger import Ledger

NAME = "results.json"
Kept = dict[str, Any]
NUMBERED = re.compile(r"(\d+)-[^-]+\.json")
"""Name of a record that was put aside: which it is, and the commit that it was made from."""


class _Number(BaseModel):
    value: float | str | None
    low: float | None
    high: float | None
    unit: str
    digits: int | None
    formula: str
    claims: list[str]
    text: str
    range_text: str


class _Judgement(BaseModel):
    heading: str
    probability: float | None
    printed: str | None
    word: str | None
    confidence: str


class _Scenario(BaseModel):
    arrivals: list[Any] | None
    phases: list[Any] | None


class _MadeFrom(BaseModel):
    data: str
    package: str
    lock: str


class _Record(BaseModel):
    """Every part of a record that somebody uses; it may hold more."""

    scenario: _Scenario
    settings: list[str] = []
    digest: str
    commit: str
    made_from: _MadeFrom
    notebooks: dict[str, str]
    evidence: dict[str, str]
    numbers: dict[str, _Number]
    judgements: dict[str, _Judgement]


def record_of(
    planner: Planner, scenario: Scenario, ledger: "Ledger", merged: Mapping[str, Any], commit: str
) -> Kept:
    """Return a briefing's numbers and judgements with all that they were made from.

    Parameters
    ----------
    planner, scenario, ledger
        Of the run; the ledger is taken as of the scenario's day.
    merged
        The document, with what the notebooks recorded and with its words.
    commit
        Of the project.
    """
    from briefing.render.evidence import known_evidence

    shared = planner.inputs
    evidence = {
        name: f"{row['says']}; reported {row['reported']:%Y-%m-%d}; {row['grade']}"
        for name, row in known_evidence(ledger.as_of(scenario.as_of)).items()
    }
    return {
        "scenario": scenario.model_dump(mode="json"),
        "settings": list(scenario.settings),
        "digest": scenario.digest,
        "commit": commit,
        "made_from": {"data": shared.data, "package": shared.package, "lock": shared.lock},
        "notebooks": {notebook.name: notebook.digest for notebook in planner.notebooks},
        "evidence": evidence,
        "numbers": {key: dict(number) for key, number in merged["numbers"].items()},
        "judgements": judgements_of(merged),
    }


def judgements_of(merged: Mapping[str, Any]) -> Kept:
    """Return the judgements of a document: their words, and the likelihood where one is stated."""
    without = {"probability": None, "printed": None, "word": None}
    return {
        name: {**without, **merged["likelihoods"].get(name, {}), **words}
        for name, words in merged["words"]["judgements"].items()
    }


def write_record(record: Kept, path: Path) -> None:
    """Write a record with sorted keys."""
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False, default=_plain)
    path.write_text(f"{text}\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a record")


def read_record(path: Path) -> Kept | None:
    """Return a record; None where there is none, it cannot be read, or it lacks something that is used."""
    try:
        content = path.read_bytes()
        _Record.model_validate_json(content)
        record: Kept = json.loads(content)
    except (OSError, ValueError, RecursionError):
        return None
    return record


def keep_earlier(folder: Path, record: Kept) -> None:
    """Put a finished briefing's record aside before one that was made from other things takes its place."""
    before = read_record(folder / NAME)
    if before is None or all(
        before[part] == record.get(part) for part in ("made_from", "notebooks", "digest")
    ):
        return
    commit = "".join(c for c in before["commit"].split(",")[0] if c.isalnum()) or "unknown"
    earlier = folder / "earlier"
    earlier.mkdir(exist_ok=True)
    numbers = [int(name[1]) for path in earlier.iterdir() if (name := NUMBERED.fullmatch(path.name))]
    write_record(before, earlier / f"{1 + max(numbers, default=0):04d}-{commit}.json")
