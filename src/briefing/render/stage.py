"""A private folder for every render, so that two renders never see each other's files."""

import shutil
from pathlib import Path

import yaml

from briefing.render.document import Document, write
from briefing.render.fonts import font_files
from briefing.render.webfonts import supply_web_fonts


def supply_fonts(extension: Path) -> Path:
    """Put the fonts where the extension tells Quarto to look, and return that folder."""
    fonts = extension / "fonts"
    fonts.mkdir(exist_ok=True)
    supply_web_fonts(fonts)
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


def fill_stage(
    stage: Path, root: Path, document: Document, for_quarto: bool, source: str = "report.qmd"
) -> None:
    """Put everything that a renderer needs into a private folder.

    Parameters
    ----------
    stage
        An empty folder that no other render uses.
    root
        The project's folder.
    document
        What `briefing.render.document.compose` returned.
    for_quarto
        Also put the project file and the fonts of the PDF there.
    source
        The document's source in the project; on the stage it is called ``report.qmd``.
    """
    shutil.copyfile(root / source, stage / "report.qmd")
    shutil.copyfile(root / "references.bib", stage / "references.bib")
    ignored = shutil.ignore_patterns("fonts", ".*")
    shutil.copytree(root / "_extensions", stage / "_extensions", ignore=ignored)
    figures = stage / document["folder"]
    figures.mkdir(parents=True)
    for entry in document["figures"].values():
        for drawing in [*entry.get("drawings", [entry]), *entry.get("steps", [])]:
            origin = root / drawing.get("folder", document["folder"]) / drawing["file"]
            shutil.copyfile(origin, figures / drawing.get("as", drawing["file"]))
    write(document, stage / "document.json")
    # Made once in the project and copied from there, because making them takes longer than a document.
    sheet = supply_web_fonts(root / "_extensions" / "briefing" / "fonts")
    fonts = stage / "_extensions" / "briefing" / "fonts"
    fonts.mkdir()
    shutil.copyfile(sheet, fonts / sheet.name)
    if for_quarto:
        (stage / "_quarto.yml").write_text(project_settings(root), encoding="utf-8")
        supply_fonts(stage / "_extensions" / "briefing")
