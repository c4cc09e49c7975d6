"""The notebooks as they are stored, and as a person runs them by hand."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from briefing.judgements import likelihood_word
from briefing.ledger import load
from briefing.ledger.claimed import claimed
from briefing.model.scenario_case import INPUTS
from briefing.run.notebooks import find_notebooks, read_notebook
from briefing.scenario import Scenario

ROOT = Path(__file__).parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
DEFAULTS = Scenario(name="defaults", title="T", why="W").values()

every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def trees(path: Path, tagged: bool = False) -> list[ast.Module]:
    """Return the code cells that do not hold the parameters, or the one that does."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    return [ast.parse(c.source) for c in cells if ("parameters" in c.metadata.get("tags", [])) == tagged]


def test_every_notebook_of_the_folder_is_run_in_order():
    assert [notebook.path for notebook in find_notebooks(ROOT)] == PATHS
    assert [path.stem[:3] for path in PATHS] == [f"{n:02d}_" for n in range(1, len(PATHS) + 1)]


@every_notebook
def test_a_notebook_is_stored_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    assert notebook.metadata.keys() <= {"kernelspec", "language_info"}


@every_notebook
def test_a_notebook_begins_with_one_question(path):
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    title, _, text = first.source.partition("\n")
    assert re.fullmatch(r"# [A-Z].*\?", title)
    assert len(text.split()) > 10


@every_notebook
def test_a_notebook_opens_its_page_by_its_own_name(path):
    opening = "\n".join(ast.unparse(tree) for tree in trees(path)[:1])
    assert opening == f"from briefing.notebook import open_page\npage = open_page('{path.stem}', globals())"


@every_notebook
def test_every_declared_parameter_is_used(path):
    nodes = [node for tree in trees(path) for node in ast.walk(tree)]
    used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    asked = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    if "page.known" in asked:
        used |= {"as_of"}
    if asked & {"page.inputs", "page.middle", "page.spread", "page.worked"}:
        used |= {*INPUTS}
    if asked & {"page.spread", "page.worked"}:
        used |= {"draws", "seed"}
    assert read_notebook(path).parameters.keys() <= used


@every_notebook
def test_no_parameter_of_the_scenario_is_overwritten(path):
    assigned = {
        node.id
        for tree in trees(path)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    assert not assigned & read_notebook(path).parameters.keys()


@every_notebook
def test_a_notebook_defines_no_functions_and_names_no_absolute_path(path):
    for tree in trees(path):
        for node in ast.walk(tree):
            assert not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.match(r"/|~|[A-Za-z]:[\\/]|file:", node.value), node.value


def test_together_the_notebooks_use_every_parameter_that_changes_a_number():
    """What no notebook declares has no effect, and a scenario that sets it would promise one."""
    declared = {name for path in PATHS for name in read_notebook(path).parameters}
    assert DEFAULTS.keys() <= declared


def test_papermill_by_hand_writes_beside_the_scenarios_and_not_over_one(project):
    [path] = [path for path in PATHS if path.stem == "04_money"]
    command = [sys.executable, "-m", "papermill", "-p", "pay", "2500", f"notebooks/{path.name}", "out.ipynb"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=project)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert [folder.name for folder in (project / "figures").iterdir()] == ["by-hand"]
    content = json.loads((project / "figures" / "by-hand" / f"{path.stem}.json").read_text())
    assert content["numbers"]["money.pay"]["value"] == 2_500
    force = claimed(load(project / "data"), "force")
    assert content["numbers"]["money.agreed"]["value"] == force * 2_500 * 12
    assert nbformat.read(project / "out.ipynb", as_version=4).metadata.papermill.exception is None


# What the notebooks say


@pytest.fixture
def results(finished):
    return [
        json.loads((finished / "figures" / "november-2024" / f"{path.stem}.json").read_text())
        for path in PATHS
    ]


def test_every_figure_stands_as_a_file_with_its_letters(finished, results):
    figures = {name: figure for content in results for name, figure in content["figures"].items()}
    assert len(figures) >= 4
    for name, figure in figures.items():
        assert name.startswith("fig-")
        picture = ElementTree.parse(finished / "figures" / "november-2024" / figure["file"])
        assert any(element.tag.endswith("}text") for element in picture.iter())


def test_the_notebooks_stay_short():
    lines = {}
    for path in PATHS:
        cells = nbformat.read(path, as_version=4).cells
        code = [c.source for c in cells if c.cell_type == "code" and not c.metadata.get("tags")]
        lines[path.stem] = sum(bool(line.strip()) for source in code for line in source.splitlines())
    assert max(lines.values()) <= 200
    assert sum(lines.values()) <= 1_200


def test_no_text_that_a_reader_meets_holds_a_number_of_the_machine(results):
    for content in results:
        texts = [number[key] for number in content["numbers"].values() for key in ("text", "range_text")]
        texts += [cell for table in content["tables"].values() for row in table["rows"] for cell in row]
        for text in texts:
            assert not re.search(r"\b(nan|NaN|None|inf|NaT)\b|\de[+-]\d", str(text)), text


def test_a_likelihood_says_the_word_of_its_printed_number(results):
    found = [(content["numbers"], *one) for content in results for one in content["likelihoods"].items()]
    assert found
    for numbers, name, told in found:
        number = numbers[f"judgement.{name}"]
        if told["word"] is None:
            assert told["printed"] in (number["text"], number["range_text"])
            assert told["says"] == ""
            continue
        assert number["text"] == told["printed"]
        assert told["word"] == likelihood_word(told["probability"], "icd203")
        assert told["word"] in told["says"]
