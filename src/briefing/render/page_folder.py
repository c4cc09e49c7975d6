"""Where the notebooks' pages lie beside a briefing; light, since every command looks for them."""

from collections.abc import Sequence
from pathlib import Path

FOLDER = "notebooks"
"""Where the pages lie in a briefing's folder."""


def page_names(briefing: Path) -> list[str]:
    """Return the names of the pages that lie in a briefing's folder, in order."""
    return sorted(path.name for path in (briefing / FOLDER).glob("[0-9][0-9]_*.html") if path.is_file())


def put_pages(briefing: Path, made: Sequence[Path]) -> None:
    """Move finished pages into a briefing's folder, and remove those of notebooks that are gone."""
    folder = briefing / FOLDER
    if made:
        folder.mkdir(exist_ok=True)
    for path in made:
        path.replace(folder / path.name)
    for name in set(page_names(briefing)) - {path.name for path in made}:
        (folder / name).unlink(missing_ok=True)
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
