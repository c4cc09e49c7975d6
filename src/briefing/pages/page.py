"""Filling a page's template and putting the page in place by rename."""

import os
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from briefing.formats import day

TEMPLATES = Path(__file__).parent


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("briefing", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["day"] = day
    return environment


def fill_page(root: Path, template: str, **content: Any) -> str:
    """Return a page as HTML.

    Parameters
    ----------
    root
        The project's folder, whose extension holds the typefaces.
    template
        Name of a template of this package.
    content
        What it is filled from; every text is escaped.
    """
    fonts = root / "_extensions" / "briefing" / "fonts.css"
    faces = fonts.read_text(encoding="utf-8") if fonts.is_file() else ""
    return _environment().get_template(template).render(faces=faces, **content)


def write_page(path: Path, text: str) -> Path:
    """Write a page by rename: no reader meets half of it, and two writers do not disturb each other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path
