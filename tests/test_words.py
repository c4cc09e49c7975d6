"""Every sentence that a reader meets stands in a source: code and notebooks hold labels and formulas."""

import ast
import json
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "briefing"
MOST = 4
"""Words of a label."""
WORD = re.compile(r"(?<![\w/.\\-])[A-Za-z][A-Za-z’'-]*(?=[\s,.;:?!)]|$)")

# What a string may be part of: it is told when something is wrong, in a command's help, in the trace of a
# number, in the list of facts, in the list of parameters, or on an axis, which needs measure and unit.
CALLS = (
    "*Error",
    "Problem",
    "typer.*",
    "print",
    "re.compile",
    "Field",
    "record.number",
    "record.count",
    "record.span",
    "record.name",
    "record.spread",
    "told",
    "record.fact",
    "Number",
    "Definition",
    "*.set_xlabel",
    "*.set_ylabel",
)
NAMES = ("formula",)
"""What a string may be called, where a call would be too long."""

FILES = {
    "errors.py": "mistakes",
    "numbers.py": "formulas and labels of numbers",
    "cli/*": "what a command tells on the terminal",
    "run/*": "why a notebook runs, and how it failed",
    "report/*": "mistakes in the sources, and meanings of facts",
    "scenario/*": "parameters, each with its meaning, and mistakes in scenario files",
    "compare/declared.py": "meanings of facts",
    "figures/*": "axes and keys of drawings",
    "ledger/lineage.py": "what a command tells on the terminal",
    "ledger/claim_rules.py": "mistakes in the evidence",
    "ledger/rules.py": "mistakes in the evidence",
    "ledger/schema.py": "mistakes in the evidence",
    "ledger/tables.py": "mistakes in the evidence",
    "model/loss_claims.py": "the name of a checked value",
    "render/briefings.py": "which renderer was chosen, and why",
    "render/document.py": "how results do not hold together",
    "render/by_hand.py": "mistakes in what Quarto was asked for",
    "render/page.py": "the policy that a page carries",
    "render/verify.py": "mistakes in a finished document",
    "render/webfonts.py": "style sheets",
    "sweep/execute.py": "how a scenario of a sweep failed",
    "sweep/headlines.py": "how a scenario of a sweep failed",
}


class Told(NamedTuple):
    """A string of five words or more, and where it stands."""

    line: int
    text: str


def sentences(source: str) -> Iterator[Told]:
    """Yield the strings of five words or more that no call in `CALLS`, `raise` or `assert` takes."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        text = written(node)
        if isinstance(parents.get(node), ast.JoinedStr | ast.Expr) or len(WORD.findall(text)) <= MOST:
            continue
        if not any(allows(outer) for outer in around(node, parents)):
            yield Told(node.lineno, text)


def written(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(written(one) or "{}" for one in values)
    return ""


def around(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.AST]:
    while (node := parents.get(node)) is not None and not isinstance(node, ast.FunctionDef):
        yield node


def allows(node: ast.AST) -> bool:
    match node:
        case ast.Raise() | ast.Assert():
            return True
        case ast.Call(func=func):
            return any(fnmatch(ast.unparse(func), call) for call in CALLS)
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in NAMES
    return False


def in_a_file(place: str) -> str:
    """Return which entry of `FILES` allows all strings of a file; empty if none."""
    return next((pattern for pattern in FILES if fnmatch(place, pattern)), "")


def of_the_package() -> Iterator[tuple[str, Told]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        for told in sentences(path.read_text(encoding="utf-8")):
            yield place, told


def test_no_sentence_stands_in_the_package():
    found = [
        f"src/briefing/{place}:{told.line}: {told.text!r}"
        for place, told in of_the_package()
        if not in_a_file(place)
    ]
    assert not found, "\n".join(found)


def test_no_sentence_stands_in_a_notebook():
    found = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"], 1):
            if cell["cell_type"] == "code":
                told = sentences("".join(cell["source"]))
                found += [
                    f"notebooks/{path.name}, cell {number}, line {one.line}: {one.text!r}" for one in told
                ]
    assert not found, "\n".join(found)


def test_every_exception_is_needed():
    assert {in_a_file(place) for place, _ in of_the_package()} >= {*FILES}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("title = 'Two bodies count the same soldiers'", True),
        ("title = f'{n} bodies count soldiers there'", False),
        ("title = f'Now {n} bodies count the same soldiers'", True),
        ("record.table('tbl-a', ['What it has at stake'], [])", True),
        ("record.table('tbl-a', ['Body', 'Day'], [])", False),
        ("record.number('a.b', 1, 'count', 'counted', 'Claims reported on or before the day')", False),
        ("record.fact('a.b', 1, 'a body has counted the killed or wounded')", False),
        ("raise ValueError(f'{key}: must be new and of the form subject.name')", False),
        ("def count():\n    'Return how many bodies there are in all.'", False),
        ("formula = 'The sum of all that was paid'", False),
        ("axes.set_xlabel('People killed or wounded, log scale')", False),
        ("axes.text(0, 0, 'No day of knowledge to show')", True),
    ],
)
def test_a_sentence_is_told_from_a_label(code: str, found: bool):
    assert bool([*sentences(code)]) is found
