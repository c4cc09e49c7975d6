"""Every place of the project, named once."""

import os
from pathlib import Path

# The name of a document in each of its formats.
FILES = {"html": "report.html", "pdf": "report.pdf", "brief": "brief.pdf"}


def project_root(start: Path | None = None) -> Path:
    """Return the folder that holds the project: the nearest parent of `start` with data and a report.

    The search begins in the working folder, so that a second checkout uses its own files; outside any
    checkout the one from which the package was installed is used.

    Raises
    ------
    FileNotFoundError
        No parent folder, nor the package's own checkout, holds the project.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if (folder / "data" / "datapackage.json").is_file() and (folder / "report.qmd").is_file():
            return folder
    raise FileNotFoundError(f"no briefing project at or above {here}")


def data_folder() -> Path:
    """Return the folder of the evidence tables."""
    return project_root() / "data"


def figures_folder() -> Path:
    """Return the folder that a running notebook writes to.

    The runner names it in ``BRIEFING_FIGURES``; a notebook that a person runs by hand writes to
    ``figures/by-hand``, so that it never disturbs a finished scenario.
    """
    named = os.environ.get("BRIEFING_FIGURES")
    return Path(named) if named else project_root() / "figures" / "by-hand"


def scenarios_folder() -> Path:
    """Return the folder of the scenario files."""
    return project_root() / "scenarios"
