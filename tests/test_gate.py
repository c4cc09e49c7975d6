"""The one gate for parameters: however a notebook is run, what it was given is checked in the same words."""

import json
from pathlib import Path
from types import SimpleNamespace

import nbformat
import papermill
import pytest
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import NoDatesSafeLoader

from briefing.errors import BadInputError
from briefing.ledger.days import FREEZES
from briefing.notebook import Page, open_page
from briefing.run.notebooks import find_notebooks, read_notebook, write_parameters
from briefing.scenario import Scenario, load_scenario
from briefing.scenario.describe import as_cell
from conftest import SECOND, write_notebook

ROOT = Path(__file__).parents[1]
NOTEBOOKS = find_notebooks(ROOT)
SCENARIOS = sorted((ROOT / "scenarios").glob("[!_.]*.yaml"))
OPENS = 'from briefing.notebook import open_page\n\npage = open_page("01_tiny", globals())'
MODEL = {"horizon": 12, "force": 10_000, "tour": 4, "count_rule": "staggered", "policy": "hold"}
WRONG = {
    "pay": -1,
    "tour": "12/3/2",
    "hazard": "high",
    "horizon": 0,
    "as_of": "2026-02-30",
    "force": "claims",
    "drop_superseded": "perhaps",
    "grades_allowed": "D-A",
    "arrivals": [{"month": 2}],
    "title": "",
    "pya": 2_500,
    "foo": 1,
}


def opened(**given: object) -> Page:
    return open_page("01_tiny", given)


def refused(**given: object) -> list[str]:
    with pytest.raises(BadInputError) as caught:
        open_page("01_tiny", given)
    return str(caught.value).splitlines()


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A notebook that only opens its page; what it finds stays beside it."""
    path = tmp_path / "01_tiny.ipynb"
    write_notebook(path, OPENS, "print(page.values)", parameters='as_of = "latest"\npay = "claimed"')
    return path


# What is refused


def test_what_is_wrong_is_told_at_once_in_the_words_that_a_scenario_file_gets(tmp_path):
    content = yaml.safe_dump({"why": "W", **WRONG}, sort_keys=False)
    (tmp_path / "own.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(BadInputError) as caught:
        load_scenario("own", folder=tmp_path)
    of_the_file = [line.removeprefix("scenarios/own.yaml, ") for line in str(caught.value).splitlines()]
    assert refused(**WRONG) == of_the_file
    assert len(of_the_file) == len(WRONG)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"pay": "2/1/3"}, "pay: 2/1/3; allowed: 0 to 15,000 USD per person-month"),
        ({"horizon": 0}, "horizon: 0; allowed: 1 to 60 months"),
        ({"foo": 1}, "foo: unknown parameter; `briefing parameters` lists them all"),
        ({"pya": 1}, "pya: unknown parameter; did you mean `pay`?"),
        ({"as_of": "lates"}, 'as_of: "lates"; did you mean `latest`?'),
        ({"tour": "claimed"}, 'tour: "claimed"; allowed: 0.5 to 36 months'),
        ({"tour": 3, "policy": "decline"}, "tour: with policy decline nobody is replaced"),
        ({"hazard": 0.1, "phases": [{"days": 30, "hazard": 0.01}]}, "hazard: phases replace the monthly"),
        ({"pay": {5}}, 'pay: "{5}"; allowed: 0 to 15,000 USD'),
        ({"name": "other"}, "name: cannot be set; allowed: leave it out"),
    ],
)
def test_a_refusal_names_the_parameter_what_was_given_and_what_is_allowed(given, told):
    [line] = refused(**given)
    assert line.startswith(told)


def test_the_cell_shows_the_problems_alone():
    with pytest.raises(BadInputError) as caught:
        opened(pay=-1, foo=1)
    shown = caught.value._render_traceback_()
    assert shown == f"BadInputError: {caught.value}".splitlines()


def by_papermill(path: Path) -> None:
    papermill.execute_notebook(
        path, path.with_name("out.ipynb"), {"pay": "2/1/3", "foo": 1}, progress_bar=False
    )


def by_hand(path: Path) -> None:
    """Run it as nbconvert and "Run all" do, after an edit of its cell."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].source = 'pay = "2/1/3"\nfoo = 1'
    NotebookClient(notebook, kernel_name="python3").execute()


@pytest.mark.parametrize(
    ("run", "failure"), [(by_papermill, PapermillExecutionError), (by_hand, CellExecutionError)]
)
def test_another_way_of_running_refuses_in_the_same_words(tiny, run, failure):
    with pytest.raises(failure) as caught:
        run(tiny)
    assert caught.value.ename == "BadInputError"
    for line in refused(pay="2/1/3", foo=1):
        assert line in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert "errors.py" not in str(caught.value)


def test_the_runner_refuses_before_a_notebook_starts(briefing, project):
    done = briefing("run", "--set", "pay=2/1/3", "--set", "foo=1")
    assert done.returncode == 2
    assert [line.removeprefix("--set ") for line in done.stderr.splitlines()] == refused(pay="2/1/3", foo=1)
    assert not (project / "figures").exists()


# What is accepted


def test_short_forms_stand_in_one_form_afterwards():
    cell = {"as_of": "latest", "pay": "1500/2000/3000", "tour": "none", "force": "Claimed", "horizon": 12}
    cell |= {"drop_superseded": "false", "arrivals": "[{month: 2, persons: 500}]"}
    page = open_page("01_tiny", cell)
    assert cell == page.values
    assert page.values == {
        "as_of": load_scenario("current").as_of.isoformat(),
        "horizon": 12.0,
        "force": "claimed",
        "arrivals": [{"month": 2.0, "persons": 500.0}],
        "tour": None,
        "pay": {"low": 1_500.0, "mode": 2_000.0, "high": 3_000.0},
        "drop_superseded": False,
    }
    assert open_page("01_tiny", {**cell, "page": page, "rows": [1]}).values == page.values


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_every_scenario_file_is_accepted_by_every_notebook_as_papermill_gives_it(notebook):
    for path in SCENARIOS:
        given = yaml.load(path.read_text(encoding="utf-8"), NoDatesSafeLoader)
        cells = ["", ";".join(f"{name} = 0" for name in notebook.parameters), "# Parameters\npay = 0"]
        page = open_page(notebook.name, {**notebook.parameters, **given, "In": cells})
        scenario = load_scenario(path.stem)
        every = scenario.values()
        assert page.values == {name: every[name] for name in notebook.parameters}, path.stem


def test_what_contradicts_only_a_default_is_accepted():
    assert opened(policy="decline").values == {"policy": "decline"}
    assert opened(arrivals=[{"month": 20, "persons": 1}]).values["arrivals"]
    assert opened(phases=[{"days": 30, "hazard": 0.01}]).values["phases"]


def test_what_is_no_parameter_of_anybody_is_left_alone():
    of_the_shell = {"pi": 3.14, "seed": open_page}
    shell = SimpleNamespace(user_ns_hidden=of_the_shell)
    cell = {"pay": 1, "json": json, "open_page": open_page, "_": 3, "__name__": "__main__"}
    cell |= {**of_the_shell, "get_ipython": lambda: shell}
    assert opened(**cell).values == {"pay": 1.0}


def test_what_papermill_gives_beside_the_declared_is_checked_and_has_no_influence():
    cells = ["", "horizon = 12", "# Parameters\npay = 5\n"]
    assert opened(horizon=12, pay=5, In=cells).values == {"horizon": 12.0}
    assert refused(horizon=12, pay=-5, In=cells)[0].startswith("pay: -5;")
    assert opened(horizon=12, pay=5, In=cells[:2]).values.keys() == {"horizon", "pay"}


# What a page gives


def test_a_page_knows_its_day_and_nothing_later():
    page = opened(as_of="2024-11-24")
    assert str(page.known.known_on) == "2024-11-24"
    assert page.record.notebook == "01_tiny"


def test_what_a_notebook_does_not_declare_is_neutral_and_cannot_be_asked_for():
    page = opened(as_of=str(FREEZES[0]), **MODEL)
    assert page.inputs["pay"] == 0
    assert page.middle["agreed"] == 0
    assert page.middle["distinct"] == 40_000
    with pytest.raises(ValueError, match="01_tiny asks for `draws`, which it does not declare"):
        _ = page.spread
    with pytest.raises(ValueError, match="`as_of`"):
        _ = opened(pay=1).known


def test_a_claimed_input_is_what_the_bodies_claim_on_the_day():
    page = opened(as_of="2024-11-24", **{**MODEL, "force": "claimed"}, draws=1_000, seed=1)
    assert page.inputs["force"] == (10_900, 10_950, 11_000)
    assert page.middle["force"] == 10_950
    assert page.spread["force"].shape == (1_000,)
    assert page.worked.spreads["distinct"].mode == page.middle["distinct"]


def test_where_nothing_is_claimed_nothing_is_worked_out():
    page = opened(as_of="2024-10-05", **{**MODEL, "force": "claimed"}, draws=1_000, seed=1)
    assert page.unknown == {"force"}
    assert (page.inputs, page.middle, page.spread) == (None, None, None)
    assert page.worked.unknown == {"force"}


def test_a_day_on_which_nobody_had_claimed_a_force_gets_a_whole_briefing(briefing, project):
    done = briefing("render", "--as-of", "2024-10-05", "--renderer", "builtin")
    assert done.returncode == 0, done.stderr
    [made] = (project / "briefings").glob("*-*")
    assert {path.name for path in made.iterdir()} >= {"report.html", "report.pdf"}
    page = " ".join((made / "report.html").read_text(encoding="utf-8").split())
    assert "no force is on record here" in page
    assert "No force and no rate of pay are both on record here" in page
    for name in ("people", "rotation", "money", "unknowns"):
        assert f'id="fig-{name}"' not in page
    numbers = json.loads((made / "results.json").read_text(encoding="utf-8"))["numbers"]
    for key in ("people.force", "people.distinct", "people.killed", "money.pay", "money.agreed"):
        assert numbers[key]["value"] is None


# What differs from the defaults


def test_by_hand_a_page_says_what_differs_from_the_defaults(capsys, monkeypatch):
    monkeypatch.delenv("BRIEFING_FIGURES", raising=False)
    opened(pay=2_500, horizon=12, tour="2/4/12")
    assert capsys.readouterr().out == "differs from the default: pay = 2500 (default claimed)\n"
    opened(as_of="latest", pay="claimed")
    assert capsys.readouterr().out == ""


def test_in_the_runner_the_page_says_nothing_since_values_are_the_scenarios(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("BRIEFING_FIGURES", str(tmp_path))
    page = opened(pay=2_500)
    assert capsys.readouterr().out == ""
    assert page.record.folder == tmp_path


def test_the_runner_names_an_edited_literal_and_the_value_that_it_uses(briefing, ran):
    ran.write("02_second", SECOND, "record.save()", parameters="pay = 2500\nhorizon = 12")
    line = "notebooks/02_second.ipynb, pay: 2500 in its cell is not used; the run uses"
    assert briefing("run", "as-printed").stderr.splitlines() == [f"{line} 2000"]
    both = briefing("run", "as-printed", "allied-terms").stderr.splitlines()
    assert both == [f"{line} each scenario's own"]


# The parameters cell


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_the_parameters_cell_is_what_make_schema_writes(notebook):
    cells = nbformat.read(notebook.path, as_version=4).cells
    [source] = [cell.source for cell in cells if "parameters" in cell.metadata.get("tags", [])]
    assert source == as_cell(notebook.parameters)


def test_a_cell_is_written_in_order_and_nothing_else_of_the_notebook_changes(tmp_path):
    path = tmp_path / "01_tiny.ipynb"
    write_notebook(path, OPENS, parameters="seed = 3\npay = 2")
    before = nbformat.read(path, as_version=4)
    assert write_parameters(read_notebook(path))
    after = nbformat.read(path, as_version=4)
    assert after.cells[1].source == as_cell(["pay", "seed"])
    assert list(read_notebook(path).parameters) == ["pay", "seed"]
    before.cells[1].source = after.cells[1].source
    assert before == after
    assert not write_parameters(read_notebook(path))


def test_the_command_writes_the_cells_and_names_the_notebooks_that_it_changed(briefing, small):
    done = briefing("parameters", "--notebooks")
    assert done.stdout.splitlines() == ["notebooks/01_first.ipynb", "notebooks/02_second.ipynb"]
    assert briefing("parameters", "--notebooks") == (0, "", "")
    assert find_notebooks(small.root)[1].parameters == {"pay": "claimed"}


def test_papermill_tells_type_default_and_meaning_of_every_parameter():
    told = papermill.inspect_notebook(str(ROOT / "notebooks" / "04_money.ipynb"))
    declared = read_notebook(ROOT / "notebooks" / "04_money.ipynb").parameters
    assert list(told) == list(declared)
    for name, parameter in told.items():
        field = Scenario.parameters()[name]
        kinds = parameter["inferred_type_name"].split("|")
        assert {*kinds} <= {"float", "int", "bool", "str", "dict", "list", "None"}
        assert field.json_schema_extra["unit"] in parameter["help"]
        assert parameter["help"][:10] == field.description[:10]
    assert told["pay"] == {
        "name": "pay",
        "inferred_type_name": "float|dict|str",
        "default": '"claimed"',
        "help": "Payment to the state per soldier; USD per person-month",
    }
