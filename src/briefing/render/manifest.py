"""A finished briefing's manifest: what it was made from, and the bytes of all that was put there."""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from briefing.project.files import write_whole

NAME = "manifest.json"


class Noted(BaseModel):
    """What is noted of a document: a digest of all that it was made from, and one of its bytes."""

    inputs: str
    sha256: str


class Notes(BaseModel):
    """What is noted, by name, of documents and pages, and of what stands beside them: its bytes' digest."""

    files: dict[str, Noted] = {}
    beside: dict[str, str] = {}


def read_notes(folder: Path) -> Notes:
    """Return what the manifest in a briefing's folder notes; nothing where it cannot be read.

    Examples
    --------
    >>> read_notes(Path("no such folder")).files
    {}
    """
    try:
        return Notes.model_validate_json((folder / NAME).read_bytes())
    except (OSError, ValidationError):
        return Notes()


def write_manifest(folder: Path, about: dict[str, Any], notes: Notes) -> None:
    """Write the manifest by rename: it comes last, so that a kill leaves documents stale and not wrong."""
    text = json.dumps(about | notes.model_dump(), indent=1, sort_keys=True, ensure_ascii=False)
    write_whole(folder / NAME, f"{text}\n")
