"""The project's typefaces for the page: subsets as WOFF2 inside one style sheet, and nothing is fetched."""

import base64
import io
import logging
from importlib.metadata import version
from pathlib import Path

from briefing.project.files import sha256, write_whole

NAME = "fonts.css"
FACES = {
    "SourceSansPro-Regular.ttf": ("Source Sans Pro", 400, "normal"),
    "SourceSansPro-Semibold.ttf": ("Source Sans Pro", 600, "normal"),
    "SourceSerifPro-Regular.ttf": ("Source Serif Pro", 400, "normal"),
    "SourceSerifPro-It.ttf": ("Source Serif Pro", 400, "italic"),
    "SourceSerifPro-Semibold.ttf": ("Source Serif Pro", 600, "normal"),
}
# Latin with its extensions, Cyrillic with Ukrainian, punctuation, currency, arrows and mathematical signs.
# Other scripts come from the reader's own fonts.
RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x218, 0x21B),
    (0x2BC, 0x2DD),
    (0x300, 0x308),
    (0x400, 0x45F),
    (0x490, 0x491),
    (0x2010, 0x2027),
    (0x202F, 0x203A),
    (0x20A9, 0x20BD),
    (0x2116, 0x2122),
    (0x2190, 0x2193),
    (0x2212, 0x2212),
    (0x2248, 0x2265),
)
FEATURES = ("ccmp", "kern", "liga", "lnum", "locl", "mark", "pnum", "tnum")


def supply_web_fonts(folder: Path) -> Path:
    """Put the style sheet with the fonts into `folder`, unless the same stands there, and return its path.

    Examples
    --------
    >>> from briefing.paths import project_root
    >>> sheet = supply_web_fonts(project_root() / "_extensions" / "briefing" / "fonts").read_text()
    >>> sheet.count("@font-face"), "font/woff2" in sheet, "http" in sheet
    (5, True, False)
    """
    path, mark = folder / NAME, f"/* {_recipe()} */\n"
    if path.is_file():
        with path.open(encoding="utf-8") as sheet:
            if sheet.readline() == mark:
                return path
    # By rename: processes that render at the same time may all be making it.
    return write_whole(path, mark + "".join(_rule(name, *look) for name, look in FACES.items()))


def _recipe() -> str:
    """Name what the subsets are made from: other versions or ranges make them anew."""
    packages = ("brotli", "font-source-sans-pro", "font-source-serif-pro", "fonttools")
    told = f"{[version(name) for name in packages]} {sorted(FACES.items())} {RANGES} {FEATURES}"
    return sha256(told)[:16]


def _rule(name: str, family: str, weight: int, style: str) -> str:
    content = base64.b64encode(_subset(name)).decode()
    return (
        f"@font-face{{font-family:'{family}';font-weight:{weight};font-style:{style};font-display:swap;"
        f"src:url(data:font/woff2;base64,{content}) format('woff2')}}\n"
    )


def _subset(name: str) -> bytes:
    from fontTools import subset

    from briefing.render.fonts import font_files

    logging.getLogger("fontTools").setLevel(logging.ERROR)
    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = list(FEATURES)
    path = next(path for path in font_files() if path.name == name)
    font = subset.load_font(str(path), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    buffer = io.BytesIO()
    # The time of making would differ from run to run.
    font.recalcTimestamp = False
    subset.save_font(font, buffer, options)
    return buffer.getvalue()
