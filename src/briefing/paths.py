"""Every place of the project, named once."""

import os
from pathlib import Path

from briefing.errors import BadInputError, Problem

# The name of a document in each of its formats.
FILES = {"html": "report.html", "pdf": "report.pdf", "brief": "brief.pdf"}
# What makes a folder a project; by each of the marks alone it looks like one.
MARKS = ("data/datapackage.json", "scenarios")
PARTS = (*MARKS, "report.qmd")


def project_root(start: Path | None = None) -> Path:
    """Return the folder that holds the project: the nearest parent of `start` with all of `PARTS`.

    The search begins in the working folder, so that a second checkout uses its own files; outside any
    checkout the one from which the package was installed is used.

    Raises
    ------
    BadInputError
        The nearest parent that looks like a project, by its evidence or its scenarios, lacks the rest.
    FileNotFoundError
        No parent folder, nor the package's own checkout, holds the project.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        missing = [part for part in PARTS if not (folder / part).exists()]
        if not missing:
            return folder
        if any(mark not in missing for mark in MARKS):
            # To go on would mean to work, without a word, on the files of another checkout.
            problem = Problem(str(folder), f"no whole project, {' and '.join(missing)} not found")
            raise BadInputError([problem])
    raise FileNotFoundError(f"no briefing project at or above {here}")


def data_folder() -> Path:
    """Return the folder of the evidence tables."""
    return project_root() / "data"


def by_hand() -> bool:
    """Return whether a person runs this notebook, and not the project's runner."""
    return not os.environ.get("BRIEFING_FIGURES")


def figures_folder() -> Path:
    """Return the folder that a running notebook writes to.

    The runner names it in ``BRIEFING_FIGURES``; a notebook that a person runs by hand writes to
    ``figures/by-hand``, so that it never disturbs a finished scenario.
    """
    return project_root() / "figures" / "by-hand" if by_hand() else Path(os.environ["BRIEFING_FIGURES"])


def scenarios_folder() -> Path:
    """Return the folder of the scenario files."""
    return project_root() / "scenarios"
