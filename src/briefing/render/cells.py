"""The cells of an executed notebook as safe HTML: what is no plain text is parsed first, or refused."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from xml.etree import ElementTree

from markdown_it import MarkdownIt
from markupsafe import Markup
from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import PythonLexer  # type: ignore[import-untyped]

PARAMETERS, INJECTED = "parameters", "injected-parameters"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
SVG = "{http://www.w3.org/2000/svg}"
INERT = re.compile(
    "a|circle|clipPath|defs|desc|ellipse|g|line|linearGradient|marker|mask|path|pattern|polygon|polyline"
    "|radialGradient|rect|stop|svg|symbol|text|title|tspan|use"
)
"""Elements of a drawing that run and load nothing."""
NOTHING = Markup()
ElementTree.register_namespace("", SVG[1:-1])
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")


@dataclass(frozen=True)
class Output:
    """What a cell showed.

    Attributes
    ----------
    picture
        A drawing or a picture as markup; empty for a text.
    text
        As it stands; for a drawing, its source.
    spoken
        Whether the text is a sentence, and not what Python prints of something.
    """

    text: str
    picture: Markup = NOTHING
    spoken: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a page.

    Attributes
    ----------
    number
        Its place in the notebook, from 0.
    prose, code
        Markup; one of them is empty.
    source
        The code as it was written.
    outputs
        What the cell showed.
    """

    number: int
    prose: Markup = NOTHING
    code: Markup = NOTHING
    source: str = ""
    outputs: list[Output] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """A notebook as it is shown: its title, the values of its parameters, and its other cells."""

    title: str
    parameters: list[tuple[str, str]]
    cells: list[Cell]


def read_cells(notebook: Mapping[str, Any], name: str) -> Reading:
    """Read an executed notebook of format 4.

    Parameters
    ----------
    notebook
        The decoded file.
    name
        Stands for the title where the first cell has no heading.

    Raises
    ------
    KeyError, TypeError
        It is no notebook.
    """
    title, cells = name, []
    parameters: dict[str, str] = {}
    for number, cell in enumerate(notebook["cells"]):
        source, tags = _joined(cell["source"]), cell.get("metadata", {}).get("tags", [])
        if PARAMETERS in tags or INJECTED in tags:
            parameters |= _assigned(source)
        elif not source.strip():
            continue
        elif cell["cell_type"] == "code":
            outputs = list(_outputs(cell.get("outputs", [])))
            cells.append(Cell(number, code=_code(source), source=source, outputs=outputs))
        elif cell["cell_type"] == "markdown":
            if number == 0 and (heading := re.match(r"#[ \t]+(.+)\n?", source)):
                title, source = heading[1].strip(), source[heading.end() :]
            cells.append(Cell(number, prose=Markup(_markdown().render(source))))
    return Reading(title, list(parameters.items()), cells)


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


@cache
def _markdown() -> MarkdownIt:
    # Without HTML, and without pictures: a page loads nothing.
    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def _code(source: str) -> Markup:
    return Markup(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)))


def _assigned(source: str) -> dict[str, str]:
    """Return the assignments of a parameters cell, as they are written."""
    return {
        ast.unparse(statement.targets[0]): _said(statement.value)
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
    }


def _said(value: ast.expr) -> str:
    from briefing.scenario.describe import shown

    literal = ast.literal_eval(value)
    if isinstance(literal, dict) and list(literal) == ["low", "mode", "high"]:
        return "/".join(shown(end) for end in literal.values())
    return ast.unparse(value) if isinstance(literal, dict | list) and literal else shown(_plain(literal))


def _plain(literal: Any) -> Any:
    return () if literal == [] else literal


def _outputs(outputs: list[Mapping[str, Any]]) -> Iterator[Output]:
    for output in outputs:
        data = output.get("data", {})
        svg = _joined(data.get("image/svg+xml", ""))
        if svg and (drawing := inert(svg)):
            yield Output(svg, drawing)
        elif "image/png" in data:
            address = f"data:image/png;base64,{''.join(_joined(data['image/png']).split())}"
            yield Output("", Markup('<img src="{}" alt="A picture">').format(address))
        elif text := _joined(output.get("text", data.get("text/plain", ""))):
            text = ESCAPES.sub("", text).rstrip("\n")
            words = _words(text)
            yield Output(words or text, spoken=bool(words))


def _words(text: str) -> str:
    """Return the words of a text that a cell showed as Python writes it; nothing if it is something else.

    Examples
    --------
    >>> _words("'one body'"), _words("Number(key='a.b')")
    ('one body', '')
    """
    try:
        literal = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    return literal if isinstance(literal, str) else ""


def inert(svg: str) -> Markup:
    """Return a drawing as markup for a page; nothing where it is malformed, or runs or loads anything.

    It is written anew from what was parsed: only the elements and attributes that were looked at come out.

    Examples
    --------
    >>> inert('<svg xmlns="http://www.w3.org/2000/svg"><!-- no --><path d="M0 0"/></svg>')
    Markup('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0" /></svg>')
    >>> inert('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
    Markup('')
    """
    try:
        drawing = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return Markup()
    harmless = drawing.tag == f"{SVG}svg" and all(
        element.tag.startswith(SVG)
        and INERT.fullmatch(element.tag.removeprefix(SVG))
        and all(map(_is_inert, element.attrib.items()))
        for element in drawing.iter()
    )
    return Markup(ElementTree.tostring(drawing, encoding="unicode")) if harmless else Markup()


def _is_inert(attribute: tuple[str, str]) -> bool:
    name, value = attribute
    plain = name.rpartition("}")[2].lower()
    if plain == "href":
        return value.startswith("#")
    return not plain.startswith("on") and not re.search(r"url\((?!#)|\\|image\(", value)
