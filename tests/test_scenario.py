"""Scenarios: what a file or `--set` may say, and what is answered when it says something else."""

import json
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from briefing.cli import app
from briefing.cli.options import load_all
from briefing.compare.make import check_names
from briefing.compare.sides import earlier_run, scenario_named, scenario_of
from briefing.coverage import coverage_end
from briefing.errors import BadInputError
from briefing.formats import day
from briefing.ledger.claimed import CLAIMED, PARAMETERS, fill_in
from briefing.model.inputs import central, model_inputs
from briefing.model.outcomes import outcomes
from briefing.render import by_hand
from briefing.run.stale import Inputs
from briefing.scenario import Scenario, load_scenario, parse_settings, scenario_names, values
from briefing.scenario.describe import as_schema, as_template, shown
from briefing.scenario.editions import COMPARED, DEFAULT, EDITIONS, RENAMED
from briefing.scenario.files import compared_on
from briefing.scenario.sweep_specs import parse_grid

ROOT = Path(__file__).parents[1]
ABOUT = "title: A test\nwhy: To see what is answered\n"
PAY = "0 to 15,000 USD per person-month, as a number, as low/mode/high, or claimed"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the scenarios of the project, in which nothing is finished."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    shutil.copy(ROOT / "_quarto.yml", tmp_path)
    return tmp_path


def load_text(folder: Path, text: str | bytes, name: str = "test") -> Scenario:
    path = folder / f"{name}.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_scenario(name, folder=folder)


def refused(folder: Path, text: str | bytes, name: str = "test") -> list[str]:
    with pytest.raises(BadInputError) as caught:
        load_text(folder, text, name)
    assert caught.value.exit_code == 2
    return str(caught.value).splitlines()


def refused_settings(*settings: str) -> list[str]:
    with pytest.raises(BadInputError) as caught:
        load_scenario("as-printed", parse_settings(settings))
    return str(caught.value).splitlines()


def refused_sweep(*arguments: str) -> str:
    error = CliRunner().invoke(app, ["sweep", "--explain", *arguments]).exception
    assert isinstance(error, BadInputError)
    return str(error)


def with_settings(*settings: str, name: str = "as-printed") -> Scenario:
    return load_scenario(name, parse_settings(settings))


# Files that cannot be read as a scenario


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("title: [open\nwhy: x\n", "test.yaml, line 2: broken YAML: expected ',' or ']', but got ':'"),
        (f"{ABOUT}pay: 1\npay: 2\n", "test.yaml, line 4: broken YAML: 'pay' is given twice"),
        (f"{ABOUT}pay: &all 3\nsigning: *all\n", "line 4: broken YAML: aliases (*name) are not allowed"),
        ("title: " + "[" * 5_000, "test.yaml: broken YAML: nested too deeply"),
        (f"{ABOUT}pay: \0\n", "test.yaml: broken YAML: unacceptable character #x0000"),
        ("title: Überfall\n".encode("latin-1"), "test.yaml: not UTF-8 text"),
        ("- a\n- b\n", "test.yaml: not a mapping; allowed: lines of the form `parameter: value`"),
        ("", "test.yaml: not a mapping"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused_in_one_line(tmp_path, text, answer):
    [line] = refused(tmp_path, text)
    assert answer in line


def test_a_python_tag_is_refused_and_never_executed(tmp_path):
    mark = tmp_path / "executed"
    [line] = refused(tmp_path, f'{ABOUT}pay: !!python/object/apply:os.mkdir ["{mark}"]\n')
    assert "test.yaml, line 3: broken YAML: could not determine a constructor" in line
    assert not mark.exists()


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    assert load_text(tmp_path, b"\xef\xbb\xbf" + ABOUT.encode()).title == "A test"


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path):
    (tmp_path / "test.yaml").mkdir()
    with pytest.raises(BadInputError, match=r"test.yaml: cannot be read \(Is a directory\)"):
        load_scenario("test", folder=tmp_path)


# Values


@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        ("payy: 3", "payy: unknown parameter; did you mean `pay`?"),
        ("PAY: 3", "PAY: unknown parameter; did you mean `pay`?"),
        ("zzz: 3", "zzz: unknown parameter; `briefing parameters` lists them all"),
        ("1: 2", "1: unknown parameter; `briefing parameters` lists them all"),
        ("pay: lots", f'pay: "lots"; allowed: {PAY}'),
        ("pay: true", f"pay: true; allowed: {PAY}"),
        ("pay:", f"pay: null; allowed: {PAY}"),
        ("pay: 1/2", f'pay: "1/2"; allowed: {PAY}'),
        ("pay: 20000", f"pay: 20000; allowed: {PAY}"),
        ("pay: -0.01", f"pay: -0.01; allowed: {PAY}"),
        ("pay: 1/2/20000", f'pay: "1/2/20000"; allowed: {PAY}'),
        ("pay: 3/2/1", f"pay: 3/2/1; allowed: {PAY}, with low <= mode <= high and low < high"),
        ("pay: 2/2/2", f"pay: 2/2/2; allowed: {PAY}, with low <= mode <= high and low < high"),
        ("pay: {low: 3, mode: 2, high: 1}", f"pay: 3/2/1; allowed: {PAY}, with low <= mode"),
        ("pay: {low: 1, mode: 2, hihg: 3}", 'pay: {"low": 1, "mode": 2, "hihg": 3}; allowed: 0 to'),
        ("pay: .nan", f'pay: ".nan"; allowed: {PAY}'),
        ("pay: 1/nan/3", 'pay: "1/nan/3"; allowed: 0 to'),
        ("force: .inf", 'force: ".inf"; allowed: 0 to 100,000 persons'),
        ("horizon: .nan", 'horizon: ".nan"; allowed: 1 to 60 months'),
        ("horizon: 61", "horizon: 61; allowed: 1 to 60 months"),
        ("pool: 10", "pool: 10; allowed: 1,000 to 1,300,000 persons"),
        ("draws: 2.5", "draws: 2.5; allowed: 1,000 to 1,000,000"),
        ("seed: " + "9" * 5_000, "; allowed: any whole number from 0"),
        ('drop_superseded: "yes"', 'drop_superseded: "yes"; allowed: true or false'),
        ("policy: held", 'policy: "held"; allowed: hold or decline'),
        ("grades_allowed: A-Z", 'grades_allowed: "A-Z"; allowed: a letter or a rising span of letters'),
        ("grades_allowed: D-A", 'grades_allowed: "D-A"; allowed: a letter or a rising span of letters'),
        (
            "as_of: 2030-01-01",
            "as_of: 2030-01-01; allowed: from 2024-10-01 to 2026-03-17, the end of the led",
        ),
        ("as_of: 2024-09-30", "as_of: 2024-09-30; allowed: from 2024-10-01"),
        ("as_of: lates", 'as_of: "lates"; did you mean `latest`?; allowed: a date as YYYY-MM-DD, or latest'),
        ("force: claimd", 'force: "claimd"; did you mean `claimed`?; allowed: 0 to 100,000 persons'),
        ("tour: claimed", 'tour: "claimed"; allowed: 0.5 to 36 months, as a number or as low/mode/high'),
        ("horizon: claimed", 'horizon: "claimed"; allowed: 1 to 60 months'),
        ("killed_share: claimed", 'killed_share: "claimed"; allowed: 0 to 1 of casualties'),
        ("as_of: 2024-13-45", 'as_of: "2024-13-45"; allowed: a date as YYYY-MM-DD'),
        ("as_of: 2024-11-24 10:00:00", "as_of: 2024-11-24 10:00:00; allowed: a date as YYYY-MM-DD"),
        ("arrivals: [{month: 13, persons: 10}]", "arrivals: month 13 is after the horizon of 12 months"),
        ("arrivals: [{month: 1, persons: .nan}]", 'arrivals: ".nan"; allowed: a list of {month, persons}'),
        ("arrivals: none", "arrivals: null; allowed: a list of {month, persons}"),
        ("phases: [{days: 3, hazard: 0.1}]", "phases: 0.1; allowed: none, or a list of {days, hazard"),
        ("policy: decline\ntour: 3", "tour: with policy decline nobody is replaced"),
        ("hazard: 0.1\nphases: [{days: 3, hazard: 0.01}]", "hazard: phases replace the monthly hazard"),
        ("name: other", "name: cannot be set; allowed: leave it out"),
        ("settings: [a]", "settings: cannot be set; allowed: leave it out"),
    ],
)
def test_a_wrong_value_is_answered_with_the_parameter_and_what_is_allowed(tmp_path, lines, answer):
    [line] = refused(tmp_path, f"{ABOUT}{lines}\n")
    assert line.startswith("scenarios/test.yaml, ")
    assert answer in line
    assert len(line) < 350


def test_a_title_of_301_characters_is_refused_and_300_are_not(tmp_path):
    [line] = refused(tmp_path, f"title: {'x' * 301}\nwhy: w\n")
    assert "test.yaml, title: " in line
    assert "1 to 300 characters" in line
    assert len(load_text(tmp_path, f"title: {'x' * 300}\nwhy: w\n").title) == 300


def test_all_problems_are_named_at_once(tmp_path):
    arrivals = "arrivals: [{month: 99, persons: 1}]"
    text = f"title: T\npay: -1\npolicy: decline\ntour: 3\n{arrivals}\ndraws: 1\npya: 2\n"
    lines = refused(tmp_path, text)
    where = [line.partition(": ")[0].removeprefix("scenarios/test.yaml, ") for line in lines]
    assert sorted(where) == ["arrivals", "draws", "pay", "pya", "tour", "why"]


@pytest.mark.parametrize("name", ["Upper", "two--hyphens", "x" * 61, "sub.name", "by-hand", "nul", "CON"])
def test_a_file_with_a_name_that_is_no_folder_of_its_own_is_refused(tmp_path, name):
    [line] = refused(tmp_path, ABOUT, name)
    assert line.startswith(f"scenarios/{name}.yaml, name: ")


def test_a_variation_of_the_longest_name_is_a_scenario_like_any_other(tmp_path):
    name = "x" * 60
    (tmp_path / f"{name}.yaml").write_text(ABOUT)
    changed = load_scenario(name, {"pay": 2500}, tmp_path)
    assert changed.command == f"briefing render {name} --set pay=2500"
    assert Scenario.model_validate({**changed.model_dump(), "settings": changed.settings}) == changed


@pytest.mark.parametrize("name", ["con", "nul", "prn", "aux", "com1", "lpt9"])
def test_a_name_that_windows_keeps_for_a_device_is_refused_with_the_reason(tmp_path, name):
    reason = "not con, nul, com1 or another device of Windows"
    assert reason in refused(tmp_path, ABOUT, name)[0]
    (tmp_path / f"{name}.yaml").write_text("grid: {pay: [1, 2]}\n")
    assert reason in refused_sweep(str(tmp_path / f"{name}.yaml"))
    assert load_text(tmp_path, ABOUT, f"{name}-1").name == f"{name}-1"


@pytest.mark.parametrize("name", ["../data/claims", "/etc/passwd", "current.yaml", "_template", "", "curent"])
def test_a_name_that_is_no_scenario_is_refused_with_those_that_are(name):
    with pytest.raises(BadInputError, match="not found") as caught:
        load_scenario(name)
    assert "as-printed, current" in str(caught.value)
    assert ("did you mean `current`?" in str(caught.value)) == name.startswith("cur")


def test_hidden_files_and_the_template_are_no_scenarios(tmp_path):
    for name in ("a.yaml", ".a.yaml", "_a.yaml", "a.yml"):
        (tmp_path / name).write_text(ABOUT)
    assert scenario_names(tmp_path) == ["a"]


NOT_PLAIN = ["010", "1:30", "0x10", "0o17", "1_000", "00.5", "1/02/3", "!!int 010"]


@pytest.mark.parametrize("written", NOT_PLAIN)
def test_a_number_that_could_be_mistaken_for_another_is_refused_wherever_it_stands(tmp_path, written):
    shown = written.removeprefix("!!int ")
    answer = f'"{shown}"; allowed: 0 to 100,000 persons, as a number, as low/mode/high, or claimed; in plain'
    assert answer in refused(tmp_path, f"{ABOUT}force: {written}\n")[0]
    assert answer in refused_settings(f"force={written}")[0]
    (tmp_path / "sweep.yaml").write_text(f"grid:\n  force: [1, {written}]\n")
    assert answer in refused_sweep("--grid", f"force=1,{written}")
    assert answer in refused_sweep(str(tmp_path / "sweep.yaml"))


# `--set`


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("draws=5000", 5000),
        ("draws=1e4", 10_000),
        ("force=1.5e+3", 1500.0),
        ("hazard=5e-2", 0.05),
        ("hazard=.05", 0.05),
        ("pay=1e3/2e3/3e3", {"low": 1000.0, "mode": 2000.0, "high": 3000.0}),
        ("pay=2500", 2500.0),
        ("pay=2500.5", 2500.5),
        ("horizon=6", 6.0),
        ("pay=1/2/3", {"low": 1.0, "mode": 2.0, "high": 3.0}),
        ("pay={low: 1, mode: 2, high: 3}", {"low": 1.0, "mode": 2.0, "high": 3.0}),
        ("tour=2.5", 2.5),
        ("as_of=2025-01-31", "2025-01-31"),
        ("as_of=latest", "2026-03-17"),
        ("force=claimed", "claimed"),
        ("pay= Claimed", "claimed"),
        ("pool=claimed", "claimed"),
        ("drop_superseded=false", False),
        ("count_rule=block", "block"),
        ("grades_allowed=B", "B"),
        ("arrivals=[{month: 2, persons: 500}]", [{"month": 2.0, "persons": 500.0}]),
        ("phases=[{days: 9, hazard: 0.01}]", [{"days": 9.0, "hazard": 0.01, "arrivals_after": 0}]),
    ],
)
def test_a_setting_is_typed_as_in_a_file(setting, value):
    assert with_settings(setting).values()[setting.partition("=")[0]] == value


@pytest.mark.parametrize("word", ["none", "None", " none ", "null", "~"])
def test_no_rotation_is_set_by_a_word(word):
    assert load_scenario("november-2024").tour is not None
    assert with_settings(f"tour={word}", name="november-2024").tour is None


@pytest.mark.parametrize("title", ["Pay: a test", "[draft", "2024", "*", "{x}", "yes", "a = b", "#1"])
def test_a_title_is_taken_as_it_stands(title):
    scenario = with_settings(f"title={title}")
    assert scenario.title == title
    assert scenario.name != "as-printed"


@pytest.mark.parametrize(
    ("settings", "answers"),
    [
        (["pay"], ["--set pay: not understood; allowed: parameter=value"]),
        (["=3"], ["--set =3: not understood"]),
        (["pay="], ["--set pay=: not understood"]),
        (["pay=["], ["--set pay=[: not understood"]),
        (["pay=!!python/name:os.system"], ["--set pay=!!python/name:os.system: not understood"]),
        (["pay=1", "pay=2"], ["--set pay=2: pay is given twice; allowed: each parameter once"]),
        (["pay", "tour"], ["--set pay: not understood", "--set tour: not understood"]),
        (["pya=3"], ["--set pya: unknown parameter; did you mean `pay`?"]),
        (["pay=-3", "draws=0"], ["--set pay: -3; allowed: 0 to 15,000", "--set draws: 0; allowed: 1,000 to"]),
        (["as_of=2024-13-01"], ['--set as_of: "2024-13-01"; allowed: a date as YYYY-MM-DD']),
        (
            ["arrivals=[{month:1,persons:5}]"],
            ['--set arrivals: {"month:1": null, "persons:5": null}; allowed'],
        ),
        (["pay=none"], [f"--set pay: null; allowed: {PAY}"]),
        (["name=other"], ["--set name: cannot be set"]),
        (["name=../x", "settings=1"], ["--set name: cannot be set", "--set settings: cannot be set"]),
        (["title=" + "x" * 301], ['--set title: "xxx']),
    ],
)
def test_a_malformed_setting_is_answered_in_a_line(settings, answers):
    lines = refused_settings(*settings)
    assert len(lines) == len(answers)
    for line, answer in zip(lines, answers, strict=True):
        assert line.startswith(answer)


def test_a_mistake_in_the_file_is_not_blamed_on_the_setting(tmp_path):
    (tmp_path / "test.yaml").write_text(f"{ABOUT}pay: -1\n")
    with pytest.raises(BadInputError, match=r"scenarios/test.yaml, pay: -1"):
        load_scenario("test", {"pay": 2000}, folder=tmp_path)


# The newest evidence


def test_the_latest_day_is_resolved_when_the_scenario_is_loaded(tmp_path):
    scenario = load_text(tmp_path, f"{ABOUT}as_of: latest\n")
    assert scenario.as_of == coverage_end()
    dated = load_text(tmp_path, f"{ABOUT}as_of: {coverage_end()}\n")
    assert (dated, dated.digest) == (scenario, scenario.digest)
    assert with_settings("as_of=latest").settings == (f"as_of={coverage_end()}",)


def test_what_is_claimed_stays_the_word_in_values_digest_and_command():
    scenario = with_settings("force=claimed")
    assert (scenario.values()["force"], scenario.settings) == ("claimed", ("force=claimed",))
    assert scenario.digest != load_scenario("as-printed").digest
    assert with_settings("force=claimed").digest == scenario.digest


def test_only_a_parameter_that_the_ledger_can_tell_may_be_claimed():
    extra = {name: field.json_schema_extra for name, field in Scenario.parameters().items()}
    assert {name for name in extra if extra[name].get("word") == CLAIMED} == PARAMETERS.keys()
    assert values.CLAIMED == CLAIMED


def test_a_grid_may_run_over_what_is_claimed():
    grid = parse_grid(["force=claimed,11000", "as_of=2024-11-24,latest"], "as-printed")
    found = [(point.scenario.force, point.scenario.as_of.isoformat()) for point in grid]
    assert found == [(force, day) for force in ("claimed", 11_000) for day in ("2024-11-24", "2026-03-17")]


# Editions


def test_an_edition_is_the_project_s_own_or_what_is_known_now_on_another_day(tmp_path):
    assert [load_scenario(name).edition for name in (*EDITIONS, "as-printed")] == [True, True, False]
    another = load_scenario(settings={"as_of": "2025-01-31"})
    assert another.edition
    assert another.title == f"{load_scenario().title}, as known on {day(another.as_of)}"
    for settings in ({"pay": 2500}, {"as_of": "2025-01-31", "pay": 2500}, {"title": "Mine"}):
        assert not load_scenario(settings=settings).edition
    assert not load_scenario("november-2024", {"as_of": "2025-01-31"}).edition
    assert not load_text(tmp_path, ABOUT, f"{DEFAULT}-0123456789").edition


def test_the_default_scenario_is_what_is_known_now_and_sets_no_other_value_than_the_defaults():
    defaults = Scenario(name="defaults", title="T", why="W")
    assert load_scenario() == load_scenario(DEFAULT)
    assert load_scenario().values() == defaults.values()
    assert load_scenario().as_of == coverage_end()
    assert [field.default for name, field in Scenario.parameters().items() if name in PARAMETERS] == [
        CLAIMED
    ] * 3


@pytest.mark.parametrize(("name", "now"), RENAMED.items())
def test_a_name_of_an_earlier_version_is_refused_in_one_line_with_the_one_in_its_place(folder, name, now):
    told = f"of an earlier version; type `{now}`"
    for refuse in (
        lambda: load_scenario(name),
        lambda: load_text(folder / "scenarios", ABOUT, name),
        lambda: load_scenario(f"{name}-0123456789"),
        lambda: scenario_named(folder, name),
        lambda: earlier_run(folder, f"{name}@earlier"),
        lambda: earlier_run(folder, f"{name}@0123456"),
        lambda: check_names(folder, [name, "as-printed"]),
        lambda: by_hand.scenario_of(folder, [name]),
        lambda: parse_grid(["pay=1,2"], name).check(),
    ):
        with pytest.raises(BadInputError) as caught:
            refuse()
        [line] = str(caught.value).splitlines()
        assert told in line
    for command in (["render", name], ["run", name], ["open", name], ["sweep", "--base", name, "pay=1,2"]):
        error = CliRunner().invoke(app, command).exception
        assert str(error).endswith(told), command


def test_a_record_of_an_earlier_version_is_refused_with_the_name_in_its_place():
    record = {"scenario": {"name": "baseline", "title": "T", "why": "W"}}
    with pytest.raises(BadInputError, match=r"record of it, name: .* is now `november-2024`"):
        scenario_of(record, "it")


def test_documents_compare_the_declared_scenarios_of_no_later_day_and_no_draft(tmp_path):
    shutil.copytree(ROOT / "scenarios", tmp_path, dirs_exist_ok=True)
    (tmp_path / "my-draft.yaml").write_text(f"{ABOUT}pay: abc\n")
    (tmp_path / "mine.yaml").write_text(ABOUT)
    (tmp_path / "allied-terms.yaml").unlink()
    there = [scenario.name for scenario in compared_on(date(2024, 11, 24), tmp_path)]
    later = [name for name in COMPARED if load_scenario(name).as_of > date(2024, 11, 24)]
    assert later == [DEFAULT, "surge-2026"]
    assert there == [name for name in COMPARED if name not in (*later, "allied-terms")]
    assert compared_on(date(2024, 11, 23), tmp_path) == []


def test_a_draft_does_not_make_the_notebook_that_compares_run_again(tmp_path):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    before = Inputs(tmp_path).scenarios
    (tmp_path / "scenarios" / "my-draft.yaml").write_text("pay: abc\n")
    assert Inputs(tmp_path).scenarios == before
    (tmp_path / "scenarios" / "surge-2026.yaml").write_text(ABOUT)
    assert Inputs(tmp_path).scenarios != before


def test_a_broken_draft_is_named_beside_the_list_of_the_others(project):
    (project / "scenarios" / "my-draft.yaml").write_text(f"{ABOUT}pay: abc\n")
    told = CliRunner().invoke(app, ["scenarios"])
    lines = told.output.splitlines()
    assert [line.split()[0] for line in lines[1:3]] == list(EDITIONS)
    # A line for the head, and none for the draft.
    assert len(lines) == len(scenario_names(project / "scenarios"))
    assert str(told.exception).startswith('scenarios/my-draft.yaml, pay: "abc"')
    assert [scenario.name for scenario in load_all(None, False, None, None)] == [DEFAULT]


def test_the_default_scenario_is_named_in_one_place():
    places = [*(ROOT / "src").rglob("*.py"), *(ROOT / "notebooks").glob("*.ipynb"), ROOT / "Makefile"]
    places += [
        path for path in (ROOT / "_extensions").rglob("*") if path.suffix in (".lua", ".js", ".py", ".typ")
    ]
    named = re.compile(
        rf"(?<!va=)[\"'](?:{DEFAULT}|baseline|garrison-2026)\\?[\"']|\brender (?:{DEFAULT}|baseline)\b"
    )
    found = {path.name for path in places if named.search(path.read_text(encoding="utf-8"))}
    assert found == {"editions.py"}
    by_quarto = yaml.safe_load((ROOT / "_quarto.yml").read_text(encoding="utf-8"))
    assert by_quarto["briefing"] == {"scenario": DEFAULT}


# Identity


def test_a_setting_that_changes_nothing_leaves_the_scenario_as_it_is():
    plain = load_scenario("as-printed")
    for setting in ("pay=2000", "pay=2000.0", "tour=none", "arrivals=[]", f"title={plain.title}"):
        same = with_settings(setting)
        assert same == plain
        assert (same.name, same.digest, same.command) == (
            "as-printed",
            plain.digest,
            "briefing render as-printed",
        )


CHANGES = {
    "as_of": "2025-01-31",
    "horizon": 11,
    "force": 10_901,
    "arrivals": [{"month": 2, "persons": 1}],
    "tour": 3,
    "count_rule": "block",
    "policy": "decline",
    "hazard": 0.001,
    "phases": [{"days": 10, "hazard": 0.001}],
    "killed_share": 0.25,
    "return_share": 0.51,
    "return_lag": 3,
    "pool": 40_001,
    "pay": 2_000.01,
    "signing": 1,
    "indirect_multiple": 0.1,
    "received_share": 0.12,
    "kept_share": 0.1,
    "death_payment": 1,
    "origin_cap": 2,
    "grades_allowed": "A-C",
    "drop_superseded": False,
    "yardstick": "phia",
    "draws": 20_001,
    "seed": 20241125,
}


def test_every_parameter_has_its_place_in_the_digest():
    assert CHANGES.keys() == Scenario.parameters().keys()
    plain = load_scenario("as-printed")
    changed = [load_scenario("as-printed", {name: value}) for name, value in CHANGES.items()]
    assert len({plain.digest, *(scenario.digest for scenario in changed)}) == len(CHANGES) + 1
    assert len({plain.name, *(scenario.name for scenario in changed)}) == len(CHANGES) + 1
    for (name, _), scenario in zip(CHANGES.items(), changed, strict=True):
        differing = {key for key, value in scenario.values().items() if value != plain.values()[key]}
        assert differing == {name}
        assert scenario.title.startswith(f"{plain.title} ({name}=")


@given(st.dictionaries(st.sampled_from(sorted(CHANGES)), st.booleans(), min_size=1, max_size=4))
def test_the_printed_command_makes_the_same_scenario_again(chosen):
    settings = {name: CHANGES[name] for name in chosen if not {"tour", "hazard"} & {name}}
    scenario = load_scenario("as-printed", settings)
    again = with_settings(*scenario.settings)
    assert (again, again.digest) == (scenario, scenario.digest)


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x2FFF), min_size=1, max_size=40))
def test_any_title_survives_the_printed_command(title):
    scenario = load_scenario("as-printed", {"title": title})
    assert scenario.title == title
    assert with_settings(*scenario.settings) == scenario


def test_the_same_values_typed_differently_are_the_same_scenario():
    written = [with_settings(s) for s in ("tour=2/3/4", "tour={low: 2, mode: 3.0, high: 4}", "tour=2.0/3/4")]
    assert len({(s.name, s.title, s.digest, s.command) for s in written}) == 1
    assert with_settings("pay=2500") == with_settings("pay=2500.0", "signing=0")


def test_a_long_list_of_settings_does_not_make_too_long_a_title():
    many = ", ".join(f"{{month: 1.{i}, persons: {i}}}" for i in range(1, 30))
    scenario = with_settings(f"arrivals=[{many}]")
    assert len(scenario.title) == 300
    assert len(scenario.name) <= 67


def test_a_digest_is_the_same_in_every_process():
    code = "from briefing.scenario import load_scenario as l; print(l('november-2024', {'pay': 2500}).digest)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    assert done.stdout.strip() == load_scenario("november-2024", {"pay": 2500}).digest


def test_a_scenario_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        load_scenario().pay = 3.0


# Scenarios whose numbers the method gives

# Distinct people, casualties, killed, agreed pay in USD million: to the last digit of the method's table.
TABLE = {
    "current": ((40_113, 0.5), (360, 0.5), (90, 0.5), (240.0, 0.05)),
    "november-2024": ((57_000, 50), (7_848, 0.5), (1_962, 0.5), (261.6, 0.05)),
    "as-printed": ((10_900, 0.5), (0, 0), (0, 0), (261.6, 0.05)),
    "ambassador-corner": ((100_000, 50), (0, 0), (0, 0), (360.0, 0.05)),
    "ambassador-midpoint": ((75_356, 0.5), (9_000, 0.5), (2_250, 0.5), (300.0, 0.05)),
    "replace-not-rotate": ((15_950, 0.5), (7_920, 0.5), (1_980, 0.5), (264.0, 0.05)),
    "high-tempo": ((14_000, 0.5), (6_809, 0.5), (2_043, 0.5), (187, 0.5)),
    "allied-terms": ((11_000, 0.5), (0, 0), (0, 0), (352.0, 0.05)),
    "surge-2026": ((124_860, 0.5), (27_720, 0.5), (8_316, 0.5), (1_405, 0.5)),
}


# Parameters whose default stands for the newest evidence and moves with it.
MOVING = ("as_of", "force", "tour", "hazard", "pool", "pay")


# What was claimed when the method's table was worked out.
CLAIMS = {"force": 10_000.0, "pool": 46_000.0, "pay": 2_000.0}


def test_the_table_has_every_scenario_that_documents_compare():
    assert set(TABLE) == set(COMPARED)


@pytest.mark.parametrize("name", TABLE)
def test_a_scenario_of_the_method_writes_out_what_it_rests_on(name):
    given = yaml.safe_load((ROOT / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8"))
    assert given.keys() >= set(MOVING)


@pytest.mark.parametrize("name", TABLE)
def test_a_scenario_gives_the_numbers_of_the_method(name):
    values = fill_in(load_scenario(name).values(), CLAIMS.__getitem__)
    result = outcomes(central(model_inputs(**values)))
    found = (result["distinct"], result["casualties"], result["killed"], result["agreed"] / 1e6)
    for value, (expected, tolerance) in zip(found, TABLE[name], strict=True):
        assert value == pytest.approx(expected, abs=tolerance, rel=0)
    indirect = 1_126.4e6 if name == "allied-terms" else 0
    assert result["indirect"] == pytest.approx(indirect, abs=0.05e6, rel=0)


# What is generated from the parameters


def as_json(path: Path) -> dict:
    """Return a scenario file as an editor's schema check sees it: dates are strings."""
    content = yaml.safe_load(path.read_text())
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in content.items()}


def test_the_stored_schema_and_template_are_the_generated_ones():
    assert (ROOT / "scenarios" / "schema.json").read_text(encoding="utf-8") == as_schema()
    assert (ROOT / "scenarios" / "_template.yaml").read_text(encoding="utf-8") == as_template()


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(json.loads(as_schema()))


@pytest.mark.parametrize(
    "wrong", [{"pya": 3}, {"policy": "held"}, {"draws": 1}, {"arrivals": [{"month": 2}]}]
)
def test_the_schema_refuses_what_the_project_refuses(wrong):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"title": "T", "why": "W", **wrong}, json.loads(as_schema()))


def test_the_template_with_every_line_in_force_is_the_default_scenario(tmp_path):
    line = re.compile(r"^# (\w+): ", re.MULTILINE)
    names = line.findall(as_template())
    assert names == [*Scenario.parameters(), "cell_timeout"]
    text = line.sub(r"\1: ", as_template())
    scenario = load_text(tmp_path, text)
    assert scenario.values() == load_text(tmp_path, ABOUT).values()
    jsonschema.validate(as_json(tmp_path / "test.yaml"), json.loads(as_schema()))


def test_values_are_shown_exactly():
    assert shown(1234.5) == "1,234.5"
    assert shown(1e-07) == "0.0000001"
    assert shown(2**63 - 1) == "9223372036854775807"
    assert shown(20241124) == "20241124"
    assert shown(load_scenario("high-tempo").phases).startswith(
        "days 40, hazard 0.009; days 22, hazard 0, arr"
    )


def test_people_may_arrive_in_the_last_month_of_the_horizon():
    scenario = load_scenario("as-printed", {"arrivals": [{"month": 12, "persons": 500}]})
    assert scenario.horizon == scenario.arrivals[0].month == 12
