"""The notebooks of the project, and the contract that each one's parameters cell states."""

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from briefing.errors import BadInputError, Problem
from briefing.scenario import Scenario


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

    def values(self, scenario: Scenario) -> dict[str, Any]:
        """Return the scenario's values of the declared parameters, and of no others."""
        every = scenario.values()
        return {name: every[name] for name in self.parameters}


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
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInputError([Problem(where, "not a readable notebook")]) from error
    sources = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    tagged = [
        "".join(cell["source"]) for cell in cells if "parameters" in cell.get("metadata", {}).get("tags", [])
    ]
    if len(tagged) != 1:
        raise BadInputError([Problem(where, f"{len(tagged)} cells tagged `parameters`", "exactly one")])
    parameters, problems = {}, []
    for statement in ast.parse(tagged[0]).body:
        try:
            if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
                raise ValueError
            name = statement.targets[0].id
            parameters[name] = ast.literal_eval(statement.value)
        except ValueError:
            line = ast.unparse(statement)
            problems.append(Problem(f"{where}, parameters cell", f"`{line}`", "`parameter = literal`"))
            continue
        if name not in Scenario.parameters():
            problems.append(Problem(f"{where}, parameters cell", f"`{name}` is no parameter of a scenario"))
    if problems:
        raise BadInputError(problems)
    return Notebook(path, json.dumps(sources, ensure_ascii=False), parameters)


def find_notebooks(root: Path) -> list[Notebook]:
    """Return the project's notebooks in the order of their numbers."""
    return [read_notebook(path) for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))]
