"""The notebooks of the project, and the contract that each one's parameters cell states."""

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from briefing.errors import BadInputError, Problem
from briefing.project.files import sha256, write_whole
from briefing.scenario import Scenario
from briefing.scenario.describe import as_cell

TAG = "parameters"
"""What marks the cell, for papermill too."""


@dataclass(frozen=True)
class Notebook:
    """A notebook and the parameters that its tagged cell declares, with their default literals."""

    path: Path
    source: str
    parameters: dict[str, Any]

    @property
    def name(self) -> str:
        """The file's name without its ending, such as ``02_people``."""
        return self.path.stem

    @property
    def digest(self) -> str:
        """SHA-256 of its cells."""
        return sha256(self.source)


def read_notebook(path: Path) -> Notebook:
    """Read a notebook's code and the contract of its parameters cell.

    Raises
    ------
    BadInputError
        The file is no notebook, has no cell tagged ``parameters`` or more than one, or the cell declares
        something else than literals of the scenario's parameters.
    """
    where = f"notebooks/{path.name}"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
        tags = [cell.get("metadata", {}).get("tags", []) for cell in cells]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInputError([Problem(where, "not a readable notebook")]) from error
    tagged = [source for (_, source), given in zip(sources, tags, strict=True) if TAG in given]
    if len(tagged) != 1:
        raise BadInputError([Problem(where, f"{len(tagged)} cells tagged `parameters`", "exactly one")])
    parameters = _declared(tagged[0], f"{where}, parameters cell")
    return Notebook(path, json.dumps(sources, ensure_ascii=False), parameters)


def _declared(cell: str, where: str) -> dict[str, Any]:
    try:
        statements = ast.parse(cell).body
    except SyntaxError as error:
        problem = Problem(where, f"line {error.lineno}: {error.msg}", "`parameter = literal`")
        raise BadInputError([problem]) from error
    parameters: dict[str, Any] = {}
    problems = []
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_literal(value):
                if name in parameters:
                    problems.append(Problem(where, f"`{name}` is given twice"))
                if name not in Scenario.parameters():
                    problems.append(Problem(where, f"`{name}` is no parameter of a scenario"))
                parameters[name] = ast.literal_eval(value)
            case _:
                problems.append(Problem(where, f"`{ast.unparse(statement)}`", "`parameter = literal`"))
    if problems:
        raise BadInputError(problems)
    return parameters


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError):
        return False
    return True


def write_parameters(notebook: Notebook) -> bool:
    """Write a notebook's parameters cell anew, from the definition of what it declares.

    Returns
    -------
    bool
        Whether it was another.
    """
    content = json.loads(notebook.path.read_text(encoding="utf-8"))
    [cell] = [cell for cell in content["cells"] if TAG in cell["metadata"].get("tags", [])]
    written = as_cell(notebook.parameters)
    if not written or "".join(cell["source"]) == written:
        return False
    cell["source"] = written.splitlines(keepends=True)
    write_whole(notebook.path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return True


def find_notebooks(root: Path) -> list[Notebook]:
    """Return the project's notebooks in the order of their numbers.

    Raises
    ------
    BadInputError
        The problems of all notebooks at once.
    """
    notebooks: list[Notebook] = []
    problems: list[Problem] = []
    for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        try:
            notebooks.append(read_notebook(path))
        except BadInputError as error:
            problems += error.problems
    if problems:
        raise BadInputError(problems)
    return notebooks
