"""What a source may name: what its notebooks record, and what the document itself adds."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from briefing.numbers import shown
from briefing.report.recorded import WILD, Fact, Recorded, as_pattern, read_notebooks

REPORT = "report.qmd"
COMPARISON = "compare.qmd"
ITSELF = "the document itself"

LACKING = "letters.lacking"
"""The fact of both kinds of documents."""
FACTS: Mapping[str, str] = {
    "edition.own": "an edition of its day, without other settings",
    "edition.latest": "the edition with the latest evidence",
    "with.moved": "a main number differs from the edition's",
    LACKING: "the PDF's typeface lacks a letter that would be printed",
}
"""The facts that the document adds to those of its notebooks."""

TEXTS = (
    "commit",
    "data-digest",
    "digest",
    "lacking",
    "renderer",
    "scenario-name",
    "scenario-title",
)
COMMANDS = ("reproduce", "what-if")
TABLES = ("tbl-parameters", "tbl-sources", "tbl-trace", "tbl-with")
NUMBERS = (
    "with.settings",
    "with.label",
    "with.moved",
    "with.edition",
    *(f"with.{one.quantity}" for one in shown("sweep")),
)


class Names:
    """Names of one kind, some of them with a part that only a run knows.

    Examples
    --------
    >>> names = Names(["people.distinct", f"now.{WILD}"])
    >>> "now.force" in names, "people.killed" in names, names.near("people.distnct")
    (True, False, 'people.distinct')
    """

    def __init__(self, names: Iterable[str], patterns: Iterable[str] = ()) -> None:
        given = set(names)
        self.exact = {name for name in given if WILD not in name}
        self._patterns = [as_pattern(name) for name in given - self.exact]
        self._patterns += [re.compile(one) for one in patterns]

    def __contains__(self, name: str) -> bool:
        return name in self.exact or any(one.fullmatch(name) for one in self._patterns)

    def near(self, name: str) -> str:
        """Return the nearest name; empty where none is near."""
        return next(iter(get_close_matches(name, sorted(self.exact), n=1)), "")


class Declared:
    """All that one source may name.

    Attributes
    ----------
    recorded
        By whom.
    patterns
        Of keys of numbers that no notebook records.
    """

    def __init__(self, recorded: Iterable[Recorded], patterns: Iterable[str] = ()) -> None:
        self.recorded = list(recorded)
        self.patterns = tuple(patterns)

    @cached_property
    def names(self) -> dict[str, Names]:
        """The names by their kind: numbers, facts, likelihoods, figures, tables, steps, texts, commands."""
        kinds = ("facts", "likelihoods", "figures", "tables", "steps", "texts", "commands")
        found = {kind: Names(name for one in self.recorded for name in getattr(one, kind)) for kind in kinds}
        numbers = Names((name for one in self.recorded for name in one.numbers), self.patterns)
        return {"numbers": numbers, **found}


def declared_by_notebooks(root: Path) -> Declared:
    """Return what ``report.qmd`` may name."""
    own = Recorded(
        ITSELF,
        numbers={*NUMBERS},
        facts=_facts(FACTS),
        tables={*TABLES},
        texts={*TEXTS},
        commands={*COMMANDS},
    )
    return Declared([*read_notebooks(root), own])


def declared_by_comparison(
    facts: Mapping[str, str],
    numbers: Iterable[str],
    tables: Iterable[str],
    figures: Iterable[str],
    texts: Iterable[str],
) -> Declared:
    """Return what ``compare.qmd`` may name, from what a comparison says that it hands over.

    Parameters
    ----------
    facts
        Their meanings by their keys.
    numbers
        Regular expressions of their keys.
    tables, figures, texts
        Their names.
    """
    own = Recorded(
        "the comparison",
        facts=_facts({**facts, LACKING: FACTS[LACKING]}),
        tables={*tables, "tbl-trace"},
        figures={*figures},
        texts={*texts},
        commands={"reproduce"},
    )
    return Declared([own], numbers)


def _facts(meanings: Mapping[str, str]) -> dict[str, Fact]:
    return {key: Fact(meaning) for key, meaning in meanings.items()}
