"""The Quarto renderer, used when a new enough ``quarto`` is on PATH."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from briefing.errors import RunFailedError
from briefing.paths import FILES

OLDEST = (1, 9)
FORMATS = {
    "html": ["--to", "briefing-html"],
    "pdf": ["--to", "briefing-typst"],
    "brief": ["--to", "briefing-typst", "-M", "briefing-edition:brief", "--output", FILES["brief"]],
}


def find() -> str | None:
    """Return the path of ``quarto``, or None where there is none on PATH."""
    return shutil.which("quarto")


def version(quarto: str) -> tuple[int, ...]:
    """Return Quarto's version; empty where it does not answer."""
    done = subprocess.run([quarto, "--version"], capture_output=True, text=True, check=False)
    parts = done.stdout.strip().split(".")
    return tuple(int(part) for part in parts if part.isdigit()) if done.returncode == 0 else ()


def is_new_enough(quarto: str) -> bool:
    """Return whether Quarto can render this project."""
    found = version(quarto)
    return found >= OLDEST or found[:2] == (99, 9)


def render(stage: Path, formats: Sequence[str], clock: int) -> list[Path]:
    """Render the staged report with Quarto in its own folder and return the files made."""
    import os

    quarto = find()
    if quarto is None:
        raise RunFailedError("Quarto is not on PATH; --renderer builtin needs no Quarto")
    # Making the brief removes a finished report.pdf, so the brief comes first.
    for name in sorted(formats, key="brief".__ne__):
        done = subprocess.run(
            [quarto, "render", "report.qmd", *FORMATS[name]],
            cwd=stage,
            capture_output=True,
            text=True,
            check=False,
            # A profile is of the folder where somebody works, not of this one.
            env={**os.environ, "SOURCE_DATE_EPOCH": str(clock), "QUARTO_PROFILE": ""},
        )
        path = stage / FILES[name]
        if done.returncode != 0 or not path.is_file():
            raise RunFailedError(f"Quarto could not make {path.name}:\n{done.stderr.strip()}")
    return [stage / FILES[name] for name in formats]
