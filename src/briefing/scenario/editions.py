"""The editions of the project, the scenarios that documents compare, and the names of earlier versions."""

import re

from briefing.errors import BadInputError, Problem

DEFAULT = "current"
"""What is known now: the scenario of every command that names none. Its values are the defaults."""
EDITIONS = (DEFAULT, "november-2024")
"""What is known now, and what was on the article's day."""
COMPARED = (
    *EDITIONS,
    "as-printed",
    "ambassador-corner",
    "ambassador-midpoint",
    "replace-not-rotate",
    "high-tempo",
    "allied-terms",
    "surge-2026",
)
"""The scenarios that documents set side by side; any other file in the folder is its user's own affair."""
RENAMED = {"baseline": "november-2024", "garrison-2026": DEFAULT}
"""Scenarios of an earlier version, each with the one in its place."""
OWN_END = re.compile(r"-[0-9a-f]{10}$")
"""The digest at the end of a variation's name, which comes after its file's name."""


def now_called(name: str) -> str:
    """Return the scenario in the place of one of an earlier version, or of a variation of it; else "".

    Examples
    --------
    >>> now_called("baseline"), now_called("baseline-0123456789"), now_called("as-printed")
    ('november-2024', 'november-2024', '')
    """
    return RENAMED.get(OWN_END.sub("", name), "")


def check_name(name: str, where: str = "") -> None:
    """Raise `BadInputError` for a scenario's name of an earlier version, with the one in its place.

    Examples
    --------
    >>> check_name("garrison-2026")
    Traceback (most recent call last):
    briefing.errors.BadInputError: scenario "garrison-2026": of an earlier version; type `current`
    """
    if now := now_called(name):
        raise BadInputError([Problem(where or f'scenario "{name}"', f"of an earlier version; type `{now}`")])
