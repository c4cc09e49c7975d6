"""What is said of the evidence is what the snapshot holds, as long as it was taken from the same evidence."""

import json
import warnings
from typing import Any

import pytest
import take_snapshots

from briefing.scenario.editions import EDITIONS

HELD = json.loads(take_snapshots.SNAPSHOT.read_text(encoding="utf-8"))

pytestmark = pytest.mark.usefixtures("live")


def compare(part: str, now: dict[str, Any], digests: dict[str, str]) -> None:
    """Fail when the code says something else of the same evidence; warn when the evidence is another."""
    changed = [name for name, digest in digests.items() if HELD["taken_from"][name] != digest]
    differing = sorted(differences(HELD["said"][part], json.loads(json.dumps(now)), part))
    if changed and differing:
        said = "\n".join([f"{' and '.join(changed)} changed; `make snapshots` writes down:", *differing])
        warnings.warn(said, stacklevel=2)
    else:
        assert differing == [], "if it is meant, `make snapshots` writes it down"


def differences(held: Any, now: Any, place: str) -> list[str]:
    if isinstance(held, dict) and isinstance(now, dict):
        names = held.keys() | now.keys()
        return [line for n in names for line in differences(held.get(n), now.get(n), f"{place}: {n}")]
    return [] if held == now else [f"{place}: {held} -> {now}"]


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    return take_snapshots.said_of_the_ledger()


def test_the_ledger_answers_as_in_the_snapshot(answers):
    compare("ledger", answers, take_snapshots.digests())


def test_the_scenarios_give_the_numbers_of_the_snapshot():
    compare("scenarios", take_snapshots.said_of_the_scenarios(), take_snapshots.digests())


def test_both_editions_say_what_the_snapshot_holds(as_it_stands):
    documents = take_snapshots.composed(as_it_stands, EDITIONS)
    said = {name: take_snapshots.said_by_the_document(one) for name, one in documents.items()}
    compare("documents", said, take_snapshots.digests())


def test_other_words_of_the_same_evidence_are_refused(answers):
    said = answers | {"coverage_end": "2024-11-24"}
    with pytest.raises(AssertionError, match=r"ledger: coverage_end: .* -> 2024-11-24"):
        compare("ledger", said, HELD["taken_from"])


def test_other_evidence_is_a_warning_that_names_what_changed_and_the_command(answers):
    said = answers | {"coverage_end": "2024-11-24"}
    with pytest.warns(UserWarning, match=r"^data changed; `make snapshots` [^>]*\n.*-> 2024-11-24"):
        compare("ledger", said, HELD["taken_from"] | {"data": "another"})
