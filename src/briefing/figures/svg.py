"""An SVG without what nobody sees: text that stays text, short numbers, ids that no other picture has."""

import re
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
from matplotlib.figure import Figure

from briefing.figures import halo
from briefing.figures.polylines import corners
from briefing.figures.style import FAMILY, SEMIBOLD, styled

# Said once a picture; and said at all, because a page around it may say otherwise.
_ROOT_STYLE = {
    "font-family": f"'{FAMILY}', 'Source Sans 3', sans-serif",
    "font-weight": "400",
    "stroke-linejoin": "round",
    # Letters as wide on every screen as they were when the labels were placed.
    "text-rendering": "geometricPrecision",
}
_DEFAULTS = {("stroke-dashoffset", "0"), ("text-anchor", "start")}
_MEASURED = ("d", "height", "transform", "width", "x", "y")
# How far in points a thinned line may run from where it was: a tenth of the thinnest one.
_ASIDE = 0.05

_DECIMALS = re.compile(r"-?\d+\.\d+")
_AROUND_LETTER = re.compile(r" ?([A-Za-z]) ?")
_POLYLINE = re.compile(r"M([^A-Za-z]*(?:L[^A-Za-z]*){2,})")
_NO_ROTATION = re.compile(r"rotate\(-?0 [^)]*\)")
_REFERENCE = re.compile(r"(?<=url\(#)[^)]+")
_UNFIT_FOR_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@styled
def save_svg(figure: Figure, path: Path | str | BinaryIO, prefix: str = "figure") -> None:
    """Write a figure as SVG: the same figure gives the same bytes on every run.

    Parameters
    ----------
    figure
        Drawn by a function of this package.
    path
        File to write, or something to write to; a file's folder must exist.
    prefix
        How the ids of the picture start; pictures that stand in one page need one each.

    Raises
    ------
    OSError
        The file cannot be written.

    Examples
    --------
    >>> import io
    >>> from briefing.figures.style import new_figure
    >>> save_svg(new_figure(1, 1), io.BytesIO())
    """
    buffer = StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    picture = lean(buffer.getvalue(), prefix).encode()
    if isinstance(path, str | Path):
        Path(path).write_bytes(picture)
    else:
        path.write(picture)


def lean(svg: str, prefix: str) -> str:
    """Rewrite what matplotlib wrote so that it looks the same and takes little room.

    Styles become attributes, because a style sheet would reach beyond its picture into a page that holds it.
    Metadata, groups that only name something, and points that a line would pass anyway are left out.

    Parameters
    ----------
    svg
        Written with ``svg.fonttype`` set to ``none``.
    prefix
        How every id starts, so that pictures with different prefixes can stand in one page.

    Returns
    -------
    str
        An SVG element, one tag a line; as a file it needs no more.

    Examples
    --------
    >>> drawn = '<g id="a"><path d="M 0 0.123456 L 1 2" style="stroke: #ff0000"/></g>'
    >>> head = '<svg xmlns="http://www.w3.org/2000/svg" width="9pt" height="9pt" viewBox="0 0 9 9">'
    >>> print(lean(f"{head}{drawn}</svg>", "fig-a").splitlines()[1])
    <path d="M0 0.12L1 2" stroke="#ff0000" />
    """
    source = ElementTree.fromstring(_UNFIT_FOR_XML.sub("\ufffd", svg))
    size = {name: source.attrib[name] for name in ("width", "height", "viewBox")}
    inside = [part for child in source for part in _slim(child)]
    root = _part("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, **_ROOT_STYLE}, inside)
    _rename(root, prefix)
    return ElementTree.tostring(root, encoding="unicode")


def _slim(element: Element) -> list[Element]:
    """Return what has to be drawn in place of an element."""
    tag = element.tag.rpartition("}")[2]
    inside = [part for child in element for part in _slim(child)]
    if tag in ("metadata", "style") or (tag in ("defs", "g") and not inside):
        return []
    attributes = _attributes(element)
    if tag == "g":
        if attributes.pop("id", "") == halo.HALO:
            return [_under(text) for text in inside if text.tag == "text"] + inside
        if not attributes:
            return inside
    if attributes.get("fill") == "none" and "stroke" not in attributes:
        return []
    slim = _part(tag, attributes, inside)
    if tag == "text":
        slim.text = element.text
    return [slim]


def _part(tag: str, attributes: dict[str, str], inside: Sequence[Element] = ()) -> Element:
    part = Element(tag, attributes)
    part.extend(inside)
    part.text, part.tail = "\n" if inside else None, "\n"
    return part


def _under(text: Element) -> Element:
    """Return the halo of a text."""
    family = SEMIBOLD if text.get("font-weight") else FAMILY
    size, x, y = (float(text.get(name, "0").removesuffix("px")) for name in ("font-size", "x", "y"))
    before = {"end": 1.0, "middle": 0.5}.get(text.get("text-anchor", ""), 0.0)
    placed = {name: text.attrib[name] for name in ("transform",) if name in text.attrib}
    path = halo.outline(text.text or "", family, size, x, y, before)
    return _part("path", {**placed, "d": path, **halo.STYLE})


def _attributes(element: Element) -> dict[str, str]:
    """Return the attributes, styles among them, without namespaces, defaults and needless digits."""
    given = {name.rpartition("}")[2]: content for name, content in element.attrib.items()}
    styles = given.pop("style", "")
    given |= dict(style.split(": ", 1) for style in styles.split("; ") if style)
    # To matplotlib each weight of a typeface is a family of its own.
    if given.pop("font-family", "") == f"'{SEMIBOLD}'":
        given["font-weight"] = "600"
    for name in _MEASURED:
        if name in given:
            given[name] = _DECIMALS.sub(_hundredths, " ".join(given[name].split()))
    if "d" in given:
        given["d"] = _POLYLINE.sub(_thinned, _AROUND_LETTER.sub(r"\1", given["d"]))
    if _NO_ROTATION.fullmatch(given.get("transform", "")):
        del given["transform"]
    return {name: content for name, content in given.items() if (name, content) not in _DEFAULTS}


def _hundredths(number: re.Match[str]) -> str:
    """Hundredths of a point are finer than any printer; the rest would double the size of a document."""
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _thinned(polyline: re.Match[str]) -> str:
    written = polyline[1].split("L")
    points = np.array([point.split() for point in written], dtype=float)
    return "M" + "L".join(written[index] for index in corners(points, _ASIDE))


def _rename(root: Element, prefix: str) -> None:
    """Number the ids, and leave out of a use what the mark that it repeats says itself."""
    marks = {name: element for element in root.iter() if (name := element.get("id"))}
    names = {name: f"{prefix}-{number}" for number, name in enumerate(marks, start=1)}
    for element in root.iter():
        if (mark := element.get("href", "").removeprefix("#")) in marks:
            for attribute in marks[mark].attrib:
                element.attrib.pop(attribute, None)
            element.set("href", f"#{names[mark]}")
        for attribute, content in element.items():
            element.set(attribute, _REFERENCE.sub(lambda found: names[found[0]], content))
    for name, element in marks.items():
        element.set("id", names[name])
