"""What the project says of its evidence and scenarios today: ``make snapshots`` writes it down anew.

A change of the code that changes what is said must show; a new claim or scenario may change it freely.
"""

import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from briefing.ledger import Ledger, data_digest, load
from briefing.ledger.disagreement import denominators, same_day_ratios, stale_repeats
from briefing.ledger.lineage import LINKS
from briefing.ledger.returns import returns_as_of
from briefing.ledger.selection import usable_losses
from briefing.ledger.standings import standings
from briefing.run import runner
from briefing.scenario import load_scenario, scenario_names
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


def said_by_the_notebooks(figures: Path) -> dict[str, Any]:
    """Return the findings, titles and printed numbers that the notebooks left in a folder."""
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(figures.glob("[0-9]*.json"))]
    return {
        "findings": {key: text for content in contents for key, text in content["findings"].items()},
        "titles": {
            name: one["title"]
            for content in contents
            for name, one in [*content["figures"].items(), *content["tables"].items()]
        },
        "numbers": {
            key: f"{number['text']} ({number['range_text']})"
            for content in contents
            for key, number in content["numbers"].items()
        },
    }


def rounded(number: float | None) -> float | None:
    """Six digits: what another processor computes differently is further behind."""
    return None if number is None else float(f"{number:.6g}")


def run_notebooks(folder: Path) -> Path:
    """Run the notebooks for the article's day away from what is finished here; return where they wrote."""
    for name in ("data", "scenarios", "notebooks", "_extensions", "report.qmd", "requirements.lock"):
        (folder / name).symlink_to(ROOT / name)
    scenario = load_scenario("november-2024")
    runner.run_notebooks(folder, scenario)
    return folder / "figures" / scenario.name


def main() -> None:
    with TemporaryDirectory() as folder:
        said = {
            "ledger": said_of_the_ledger(),
            "scenarios": said_of_the_scenarios(),
            "notebooks": said_by_the_notebooks(run_notebooks(Path(folder))),
        }
    SNAPSHOT.parent.mkdir(exist_ok=True)
    text = json.dumps({"taken_from": digests(), "said": said}, indent=1, ensure_ascii=False, sort_keys=True)
    SNAPSHOT.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
