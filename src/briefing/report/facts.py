"""The facts by which the sources choose among their sentences: who records each, and where it is read."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from briefing.report.declared import Declared
from briefing.report.recorded import WILD, as_pattern
from briefing.report.source import Source


@dataclass(frozen=True)
class FactUse:
    """One fact.

    Attributes
    ----------
    key
        Its name; `WILD` stands for a part that only a run knows.
    meaning
        What it says where it holds.
    where
        What records it.
    lines
        File and line of each case that asks for it.
    family
        What it has in common with those that one call records together.
    """

    key: str
    meaning: str
    where: str
    lines: tuple[str, ...]
    family: str = ""

    @property
    def shown(self) -> str:
        """The key as a person reads it."""
        return self.key.replace(WILD, "…")

    def matches(self, key: str) -> bool:
        """Whether this is the fact of that key."""
        return as_pattern(self.key).fullmatch(key) is not None


def facts_of(sources: Mapping[str, Source], declared: Mapping[str, Declared]) -> Iterator[FactUse]:
    """Yield every fact that is recorded for the sources, in the order in which it is recorded.

    Parameters
    ----------
    sources, declared
        By the name of the file.
    """
    for name, source in sources.items():
        read = [
            (key, f"{name}:{element.line}")
            for element in source.of_class.get("when", [])
            for key in dict.fromkeys((*element.named("fact"), *element.named("not")))
        ]
        for one in declared[name].recorded:
            for key, fact in one.facts.items():
                pattern = as_pattern(key)
                lines = tuple(dict.fromkeys(line for asked, line in read if pattern.fullmatch(asked)))
                yield FactUse(key, fact.meaning, one.where, lines, fact.family)


def unread(uses: Iterable[FactUse]) -> list[FactUse]:
    """Return the facts that no source reads; of a family one that is read is enough, and one is returned."""
    every = list(uses)
    read = {use.family or use.key for use in every if use.lines}
    first = {use.family or use.key: use for use in reversed(every)}
    return [use for name, use in reversed(first.items()) if name not in read]


def held(folder: Path) -> dict[str, bool]:
    """Return which facts hold in a run, from what its notebooks recorded in `folder`."""
    found: dict[str, bool] = {}
    for path in sorted(folder.glob("[0-9][0-9]_*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        found |= {key: bool(fact["holds"]) for key, fact in content.get("facts", {}).items()}
    return found
