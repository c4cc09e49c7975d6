"""``words.json``: what a document says of itself and of its figures, as plain text."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel

from briefing.render.builtin import warm

NAME = "words.json"
FILTER = Path("_extensions/briefing/briefing.lua")


class _Float(BaseModel):
    title: str
    source: str = ""
    alt: str = ""
    steps: list[dict[str, str]] = []


class _Judgement(BaseModel):
    heading: str
    sentence: str
    confidence: str
    would_change: str


class Words(BaseModel):
    """What a document says.

    Attributes
    ----------
    title
        Of the document.
    figures, tables
        Their captions, source lines and, of figures, alternative texts and steps, by their ids.
    judgements
        By their names.
    numbers
        Keys of the numbers that its text prints.
    """

    title: str
    figures: dict[str, _Float] = {}
    tables: dict[str, _Float] = {}
    judgements: dict[str, _Judgement] = {}
    numbers: list[str] = []


def words_of(root: Path, document: Mapping[str, Any], source: str = "report.qmd") -> Words:
    """Return what a source says once it is filled from a document's data.

    Parameters
    ----------
    root
        The project's folder, with the source and the extension.
    document
        With its numbers, facts, texts, figures and tables.
    source
        ``report.qmd`` or ``compare.qmd``.

    Raises
    ------
    RunFailedError
        The source names something that was not recorded.
    """
    with TemporaryDirectory() as folder:
        stage = Path(folder)
        (stage / FILTER).parent.mkdir(parents=True)
        shutil.copyfile(root / FILTER, stage / FILTER)
        shutil.copyfile(root / source, stage / "report.qmd")
        (stage / "document.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        found = warm().words(stage)
    # An empty table of Lua is written as a list.
    return Words(**{key: value for key, value in found.items() if value != []})


def write_words(words: Words, path: Path) -> Path:
    """Write them with sorted keys; return the path."""
    text = json.dumps(words.model_dump(), indent=1, sort_keys=True, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")
    return path
