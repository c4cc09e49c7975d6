"""A private folder for every render, so that two renders never see each other's files."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp

import yaml

from briefing.errors import BadInputError, Problem
from briefing.render.document import Document, write

FONT_PACKAGES = ("font_source_sans_pro", "font_source_serif_pro")
STYLES = ("Regular", "It", "Semibold", "SemiboldIt", "Bold", "BoldIt")


def font_files() -> list[Path]:
    """Return the TrueType files of the project's typeface family, from their wheels."""
    found = []
    for package in FONT_PACKAGES:
        spec = find_spec(package)
        assert spec is not None, f"{package} is in the lock"
        folder = Path(str(spec.origin)).parent / "files"
        found += [path for style in STYLES for path in folder.glob(f"*-{style}.ttf")]
    return found


def clock(root: Path) -> int:
    """Return the one time that a document may state: SOURCE_DATE_EPOCH, else the commit's date."""
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        if not given.isdigit():
            raise BadInputError([Problem("SOURCE_DATE_EPOCH", repr(given), "seconds since 1970")])
        return int(given)
    try:
        asked = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        return int(done.stdout.strip() or 0)
    except OSError:
        return 0


def supply_fonts(extension: Path) -> Path:
    """Put the fonts where the extension tells Quarto to look, and return that folder."""
    fonts = extension / "fonts"
    fonts.mkdir(exist_ok=True)
    for path in font_files():
        if not (fonts / path.name).exists():
            shutil.copyfile(path, fonts / path.name)
    return fonts


def project_settings(root: Path) -> str:
    """Return ``_quarto.yml`` for a staged render: the project's own, without what runs before it."""
    settings = yaml.safe_load((root / "_quarto.yml").read_text(encoding="utf-8"))
    settings["project"] = {"render": ["report.qmd"]}
    settings["briefing"] = {"document": "document.json"}
    text: str = yaml.safe_dump(settings, sort_keys=True)
    return text


@contextmanager
def staged(root: Path, document: Document, for_quarto: bool) -> Iterator[Path]:
    """Give a private folder with everything that a renderer needs; it is removed afterwards.

    Parameters
    ----------
    root
        The project's folder.
    document
        What `briefing.render.document.compose` returned.
    for_quarto
        Also put the project file and the fonts there.
    """
    parent = root / "briefings"
    parent.mkdir(exist_ok=True)
    stage = Path(mkdtemp(prefix=".stage-", dir=parent))
    try:
        for name in ("report.qmd", "references.bib"):
            shutil.copyfile(root / name, stage / name)
        ignored = shutil.ignore_patterns("fonts")
        shutil.copytree(root / "_extensions", stage / "_extensions", ignore=ignored)
        figures = stage / document["folder"]
        figures.mkdir(parents=True)
        for entry in document["figures"].values():
            shutil.copyfile(root / document["folder"] / entry["file"], figures / entry["file"])
        write(document, stage / "document.json")
        if for_quarto:
            (stage / "_quarto.yml").write_text(project_settings(root), encoding="utf-8")
            supply_fonts(stage / "_extensions" / "briefing")
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)
