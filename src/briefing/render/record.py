"""What a briefing keeps of its own making, so that a later one can be compared with it."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from briefing.run.plan import Planner
from briefing.scenario import Scenario

if TYPE_CHECKING:
    from briefing.ledger import Ledger

NAME = "results.json"
PARTS = ("scenario", "made_from", "notebooks", "evidence", "numbers", "judgements")
Kept = dict[str, Any]


def record_of(
    planner: Planner, scenario: Scenario, ledger: "Ledger", merged: Mapping[str, Any], commit: str
) -> Kept:
    """Return a briefing's numbers and judgements with all that they were made from.

    Parameters
    ----------
    planner, scenario, ledger
        Of the run; the ledger is taken as of the scenario's day.
    merged
        What the notebooks recorded.
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
        "judgements": dict(merged["judgements"]),
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
    """Return a record; None where there is none or it cannot be read."""
    try:
        record: Kept = json.loads(path.read_text(encoding="utf-8"))
        whole = {"digest", "commit"} <= record.keys() and all(
            isinstance(record[part], dict) for part in PARTS
        )
        return record if whole else None
    except (OSError, ValueError, AttributeError, KeyError, RecursionError):
        return None


def keep_earlier(folder: Path, record: Kept) -> None:
    """Put a finished briefing's record aside before one that was made from other things takes its place."""
    before = read_record(folder / NAME)
    if before is None or all(
        before.get(part) == record.get(part) for part in ("made_from", "notebooks", "digest")
    ):
        return
    commit = "".join(c for c in before["commit"].split(",")[0] if c.isalnum()) or "unknown"
    earlier = folder / "earlier"
    earlier.mkdir(exist_ok=True)
    number = 1 + max((int(path.stem.partition("-")[0]) for path in earlier.glob("[0-9]*-*.json")), default=0)
    write_record(before, earlier / f"{number:04d}-{commit}.json")
