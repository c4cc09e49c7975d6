"""What a comparison hands to ``compare.qmd``: facts, numbers, texts, tables and figures, each by its name."""

import re
from collections.abc import Mapping

FACTS: Mapping[str, str] = {
    "sides.two": "two sides are compared and no more",
    "sides.alike": "all sides are runs of one scenario",
    "numbers.differ": "a number differs between two sides",
    "numbers.more": "more numbers differ than the table shows",
    "moved.known": "a headline number that differs between A and B is known in both",
    "moved.raised": "the change that moves it most raises it",
    "moved.lowered": "the change that moves it most lowers it",
    "moved.undone": "the other changes more than undo that one",
    "causes.single": "headline numbers differ between sides of several scenarios",
    "causes.evidence": "evidence or code moves a headline number",
    "causes.none": "no headline number differs between sides of several scenarios",
    "parameters.differ": "a parameter differs between two sides",
    "rows.same": "A and B know the same rows of the ledger",
    "rows.new": "B knows rows that A does not",
    "rows.gone": "A knows rows that B does not",
    "rows.otherwise": "A and B know rows otherwise",
    "rows.cut": "more rows differ than the table lists",
    "code.same": "code and libraries are the same on every side",
    "figures.kept": "every side still has its figures",
    "figures.differ": "a main figure differs between two sides",
}
"""The facts by which ``compare.qmd`` chooses among its sentences, each with its meaning."""

NUMBERS = (
    r"[a-d]\..+",
    r"difference\..+",
    r"effect\.[b-d]\..+",
    r"moved\.(a|b|by)",
    r"rows\.[b-d]\.(new|gone|otherwise)",
    r"rows\.(differing|listed)",
)
"""Patterns of the keys of its numbers: those of a side, differences, effects, and counts of rows."""

TEXTS = (
    "changed",
    "commit",
    "data-digest",
    "digest",
    "lacking",
    "moved-cause",
    "moved-label",
    "names",
    "renderer",
    "sides",
)
"""Its texts; where nothing is known of one, it is empty."""

TABLES = (
    "tbl-numbers",
    "tbl-causes",
    "tbl-parameters",
    "tbl-judgements",
    "tbl-rows",
    "tbl-evidence",
    "tbl-sources",
)
"""Its tables; one without rows is left out."""

FIGURES = ("fig-people", "fig-losses", "fig-money", "fig-unknowns")
"""The main figures of a briefing, in its order; those that differ stand side by side."""


def is_number(key: str) -> bool:
    """Return whether a comparison records numbers of that key.

    Examples
    --------
    >>> is_number("moved.by"), is_number("b.people.killed"), is_number("people.killed")
    (True, True, False)
    """
    return any(re.fullmatch(pattern, key) for pattern in NUMBERS)


def facts_of(holds: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Return the facts in the form in which notebooks record theirs.

    Raises
    ------
    KeyError
        One of `FACTS` is not among them.
    """
    return {key: {"holds": bool(holds[key]), "meaning": meaning} for key, meaning in FACTS.items()}
