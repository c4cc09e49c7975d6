"""When and where a document is made: the one time that it may state, the commit, and what lies beside it."""

import os
from dataclasses import dataclass
from pathlib import Path

from briefing.errors import BadInputError, Problem
from briefing.project.git import git_line
from briefing.scenario import DEFAULT


@dataclass(frozen=True)
class Setting:
    """What a document says of the place where it is made.

    Attributes
    ----------
    commit
        The project's commit.
    clock
        Seconds since 1970: the one time that a document may state.
    beside
        Whether the edition with the latest evidence lies beside this one, so that a link finds it.
    """

    commit: str
    clock: int
    beside: bool


def setting_of(root: Path) -> Setting:
    """Return the setting of documents made in this project now."""
    return Setting(commit(root), clock(root), latest_is_finished(root))


def latest_is_finished(root: Path) -> bool:
    """Return whether the edition with the latest evidence stands finished in the project."""
    return (root / "briefings" / DEFAULT / "report.html").is_file()


def clock(root: Path) -> int:
    """Return the one time that a document may state: SOURCE_DATE_EPOCH, else the commit's date.

    Raises
    ------
    BadInputError
        SOURCE_DATE_EPOCH is set to something else than seconds since 1970.
    """
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        if not given.isdigit():
            raise BadInputError([Problem("SOURCE_DATE_EPOCH", repr(given), "seconds since 1970")])
        return int(given)
    return int(git_line(root, "log", "-1", "--format=%ct") or 0)


def commit(root: Path) -> str:
    """Return the short commit of the project, marked where files differ from it; "unknown" outside git."""
    return git_line(root, "describe", "--always", "--dirty=, with changes", "--exclude=*") or "unknown"
