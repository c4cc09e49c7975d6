"""Filling a page's template."""

import re
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
        The project's folder, whose extension holds the colours and the typefaces.
    template
        Name of a template of this package.
    content
        What it is filled from; every text is escaped.
    """
    extension = root / "_extensions" / "briefing"
    fonts = extension / "fonts" / "fonts.css"
    faces = fonts.read_text(encoding="utf-8") if fonts.is_file() else ""
    colours = palette((extension / "briefing.css").read_text(encoding="utf-8"))
    return _environment().get_template(template).render(faces=faces, colours=colours, **content)


def palette(style: str) -> str:
    """Return of a style sheet only the properties of its root and the colours that it gives to drawings.

    Examples
    --------
    >>> palette("p { margin: 0 } @media print { :root { --ink: #000 } p { color: red } }")
    '@media print {:root { --ink: #000 }}'
    """
    rules = re.findall(r"(?:(@[^{}]*)\{\s*)?((?::root|\.drawing \[)[^{}]*\{[^{}]*\})", style)
    return "\n".join(f"{condition}{{{rule}}}" if condition else rule for condition, rule in rules)
