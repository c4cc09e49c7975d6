"""What the project says of its evidence and scenarios today: ``make snapshots`` writes it down anew.

A change of the code that changes what is said must show; a new claim or scenario may change it freely.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from briefing.ledger import Ledger, data_digest, load
from briefing.ledger.disagreement import denominators, same_day_ratios, stale_repeats
from briefing.ledger.lineage import LINKS
from briefing.ledger.returns import returns_as_of
from briefing.ledger.selection import usable_losses
from briefing.ledger.standings import standings
from briefing.render.document import compose
from briefing.render.setting import Setting
from briefing.run import runner
from briefing.run.notebooks import find_notebooks
from briefing.scenario import load_scenario, scenario_names
from briefing.scenario.editions import EDITIONS
from briefing.worked import headlines

ROOT = Path(__file__).parents[1]
SNAPSHOT = ROOT / "tests" / "snapshots" / "live.json"
DAYS = ("2024-11-24", "2025-01-31", "2025-06-30", "2025-09-30")


def digests() -> dict[str, str]:
    """Return the fingerprints of what the snapshot was taken from."""
    scenarios = hashlib.sha256()
    for path in sorted((ROOT / "scenarios").glob("*.yaml")):
        scenarios.update(f"{path.name}\n".encode() + path.read_bytes())
    return {"data": data_digest(ROOT / "data"), "scenarios": scenarios.hexdigest()}


def said_of_the_ledger() -> dict[str, Any]:
    """Return the ledger's answers: counts, what was known on a day, disagreement, what flows back."""
    ledger = load(ROOT / "data")
    pairs = same_day_ratios(ledger.claims, own_sums=True)
    shares = denominators(ledger.claims)
    return {
        "rows": {name: len(table) for name, table in ledger.tables.items()},
        "coverage_end": ledger.coverage_end.isoformat(),
        "links": {column: int((ledger.claims[column] != "").sum()) for column in LINKS},
        "known": {day: known_on(ledger.as_of(day)) for day in (*DAYS, ledger.coverage_end.isoformat())},
        "superseded": ledger.superseded(),
        "stale": stale_repeats(ledger).set_index("claim_id")["replaced_by"].to_dict(),
        "ratios": {f"{p.first} / {p.second}": rounded(p.ratio) for p in pairs.itertuples()},
        "shares": {p.base_claim: rounded(p.percent) for p in shares.itertuples()},
        "returns": returns_as_of(ledger).set_index("item")["state"].to_dict(),
        "standings": {
            day: {one.question: one.word for one in standings(ledger.as_of(day))}
            for day in (*DAYS, ledger.coverage_end.isoformat())
        },
    }


def known_on(ledger: Ledger) -> dict[str, Any]:
    active = ledger.active()
    return {
        "all": "{} claims, {} origins, {} parties".format(*ledger.count_origins(ledger.claims)),
        "losses": "{} claims, {} origins, {} parties".format(*ledger.count_origins(usable_losses(active))),
        "statements": len(ledger.statements),
        "events": len(ledger.events),
    }


def said_of_the_scenarios() -> dict[str, Any]:
    """Return the headline numbers of every scenario: value, low, high."""
    scenarios = [load_scenario(name) for name in scenario_names()]
    found = headlines(scenarios, load(ROOT / "data"))
    return {
        scenario.name: {
            key: f"{rounded(number.value)}, {rounded(number.low)} to {rounded(number.high)}"
            for key, number in numbers.items()
        }
        for scenario, numbers in zip(scenarios, found, strict=True)
    }


def said_by_the_document(document: dict[str, Any]) -> dict[str, Any]:
    """Return the title, the captions and the printed numbers of a document."""
    words = document["words"]
    captions = words["figures"] | words["tables"]
    return {
        "title": words["title"],
        "captions": {name: one["title"] for name, one in captions.items()},
        "judgements": words["judgements"],
        "numbers": {
            key: f"{number['text']} ({number['range_text']})" for key, number in document["numbers"].items()
        },
    }


def rounded(number: float | None) -> float | None:
    """Six digits: what another processor computes differently is further behind."""
    return None if number is None else float(f"{number:.6g}")


RUNS = {
    "current": ("current", {}),
    "november-2024": ("november-2024", {}),
    **{
        day: ("current", {"as_of": day})
        for day in (
            *("2024-10-05", "2024-10-20", "2024-11-08", "2024-12-20", "2025-01-31", "2025-04-28"),
            *("2025-06-30", "2025-09-30"),
        )
    },
    "as-printed": ("as-printed", {}),
    "high-tempo": ("high-tempo", {}),
    "surge-2026": ("surge-2026", {}),
    "allied-terms": ("allied-terms", {}),
    "phia": ("current", {"yardstick": "phia"}),
    "short-tours": (
        "current",
        {"pay": 2500, "force": 15_000, "tour": {"low": 1.8, "mode": 2.0, "high": 3.0}},
    ),
}
"""What the tests of the words read the report with: a scenario and its settings."""
SAID = SNAPSHOT.parent / "said"
FRONT = ("tbl-now", "tbl-with", "tbl-standings", "tbl-then", "tbl-turns")
"""Tables whose rows are kept: they stand on the first two pages."""


def composed(folder: Path, runs: Iterable[str] = RUNS) -> dict[str, dict[str, Any]]:
    """Run the notebooks in a folder with the project's sources; return the documents of some runs."""
    names = [notebook.name for notebook in find_notebooks(folder)]
    setting, ledger, found = Setting("0000000", 0, beside=True), load(ROOT / "data"), {}
    for name in runs:
        scenario, settings = RUNS[name]
        made = load_scenario(scenario, settings)
        runner.run_notebooks(folder, made)
        found[name] = compose(folder, made, ledger, names, setting)
    return found


def kept(document: dict[str, Any]) -> dict[str, Any]:
    """Return what the report is filled from, without drawings, downloads and the rows of long tables."""
    tables = {
        name: {**table, "rows": table["rows"] if name in FRONT else []}
        for name, table in document["tables"].items()
    }
    figures = {
        name: {key: value for key, value in one.items() if key not in ("csv", "title", "alt", "source")}
        for name, one in document["figures"].items()
    }
    parts = ("value", "text", "range_text", "range_said", "full", "basis", "unit", "low", "high")
    numbers = {
        key: {**{part: number[part] for part in parts}, "formula": "", "rests_on": {"refs": []}}
        for key, number in document["numbers"].items()
    }
    page = {"scripts": [], "policy": "", "structured": "", "kinds": "", "downloads": {}}
    left_out = ("words", "what_if", "lacking")
    own = {key: value for key, value in document.items() if key not in left_out}
    return {**own, "tables": tables, "figures": figures, "numbers": numbers, "page": page}


def main() -> None:
    with TemporaryDirectory() as folder:
        for name in ("data", "scenarios", "notebooks", "_extensions", "report.qmd", "requirements.lock"):
            (Path(folder) / name).symlink_to(ROOT / name)
        documents = composed(Path(folder))
    said = {
        "ledger": said_of_the_ledger(),
        "scenarios": said_of_the_scenarios(),
        "documents": {name: said_by_the_document(documents[name]) for name in EDITIONS},
    }
    SAID.mkdir(parents=True, exist_ok=True)
    for path in SAID.glob("*.json"):
        path.unlink()
    for name, document in documents.items():
        text = json.dumps(kept(document), indent=1, ensure_ascii=False, sort_keys=True)
        (SAID / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    text = json.dumps({"taken_from": digests(), "said": said}, indent=1, ensure_ascii=False, sort_keys=True)
    SNAPSHOT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
