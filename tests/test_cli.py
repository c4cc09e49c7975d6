"""The command line: what it prints, how it ends, and that a mistake is a line and not a traceback."""

import errno
import json
import os
import sys
from pathlib import Path

import pytest
from shell import by_shell
from typer.testing import CliRunner, Result

from briefing import cli
from briefing.ledger import load
from briefing.paths import figures_folder, project_root
from briefing.run import runner
from briefing.scenario import Scenario, load_scenario, scenario_names
from briefing.scenario.describe import as_schema, as_template
from briefing.scenario.editions import EDITIONS
from conftest import SECOND, Small

ROOT = Path(__file__).parents[1]


def said(*arguments: str) -> str:
    result: Result = CliRunner().invoke(cli.app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def ended(monkeypatch, capsys, *arguments: str) -> tuple[int, str]:
    """Run `main` in this process; return the exit code and what it said on standard error."""
    monkeypatch.setattr(sys, "argv", ["briefing", *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    captured = capsys.readouterr()
    assert 'Traceback (most recent call last):\n  File "' not in captured.err
    return int(caught.value.code or 0), captured.err


# What it tells


def test_help_names_every_command_and_no_hidden_one(project):
    text = said("--help")
    for command in ("render", "run", "scenarios", "parameters", "facts", "ledger", "doctor", "open"):
        assert f" {command} " in text
    assert "quarto-" not in text


def test_scenarios_are_listed_with_day_and_digest_on_one_line_each(project):
    heading, *lines = said("scenarios").splitlines()
    assert heading.split() == ["scenario", "as", "of", "digest", "edition", "title"]
    names = [line.split()[0] for line in lines]
    assert names == [*EDITIONS, *(name for name in scenario_names() if name not in EDITIONS)]
    for line in lines:
        scenario = load_scenario(line.split()[0])
        assert line.split()[1:3] == [scenario.as_of.isoformat(), scenario.digest]
        assert line.rstrip().endswith(scenario.title)
        assert (line.split()[3] == "yes") is scenario.edition


def test_scenarios_for_programs_hold_every_parameter(project):
    listed = json.loads(said("scenarios", "--json"))
    assert sorted(scenario["name"] for scenario in listed) == scenario_names()
    assert [scenario["name"] for scenario in listed if scenario["edition"]] == list(EDITIONS)
    for scenario in listed:
        assert scenario["digest"] == load_scenario(scenario["name"]).digest
        assert Scenario.parameters().keys() <= scenario.keys()


def test_parameters_are_told_whole(project):
    lines = said("parameters").splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(Scenario.parameters())
    assert "claims of pay_usd_per_soldier_month" in said("parameters")
    assert [row["parameter"] for row in json.loads(said("parameters", "--json"))] == list(
        Scenario.parameters()
    )
    assert said("parameters", "--schema") == as_schema()
    assert said("parameters", "--template") == as_template()


def test_doctor_says_what_will_be_used_and_why(project, monkeypatch):
    monkeypatch.setenv("PATH", str(project))
    rows = {line.split()[0]: line for line in said("doctor").splitlines() if line.strip()}
    assert str(project) in rows["project"]
    ledger = load()
    assert f"{len(ledger.claims)} claims to {ledger.coverage_end}, checked" in rows["evidence"]
    assert "not on PATH; it is optional" in rows["quarto"]
    assert "builtin, since no Quarto is on PATH: built-in (pandoc" in rows["renderer"]
    assert rows["engine"].split()[1] == runner.default_engine()


def test_explain_tells_what_would_run_and_runs_nothing(small: Small):
    lines = ["as-printed 01_first: it has not run for this scenario"]
    lines += ["as-printed 02_second: it has not run for this scenario"]
    assert said("run", "as-printed", "--explain").splitlines() == lines
    assert not (small.root / "figures").exists()
    small.run()
    assert said("run", "as-printed", "--explain").splitlines()[0] == "as-printed 01_first: up to date"


def test_run_says_where_the_figures_are(small: Small):
    assert said("run", "as-printed") == "figures/as-printed: 2 run, 0 up to date\n"
    assert said("run", "as-printed") == "figures/as-printed: 0 run, 2 up to date\n"
    own = load_scenario("as-printed", {"pay": 2500}).name
    assert (
        said("run", "as-printed", "--set", "pay=2500")
        == f"figures/{own}: 1 run, 1 from the cache, 0 up to date\n"
    )
    assert said("run", "as-printed", "--set", "pay=2000").startswith("figures/as-printed: 0 run")
    assert said("run", "as-printed", "--as-of", "2024-11-24").startswith("figures/as-printed: 0 run")


def test_the_other_scenarios_run_although_one_fails(small: Small, monkeypatch, capsys):
    small.write("02_second", "assert pay == 2000.0", SECOND, "record.save()")
    names = ["allied-terms", "as-printed", "replace-not-rotate"]
    code, error = ended(monkeypatch, capsys, "run", *names)
    assert code == 1
    assert [line for line in error.splitlines() if line.startswith("scenario ")] == [
        "scenario allied-terms:",
        "scenario replace-not-rotate:",
    ]
    assert "notebooks/02_second.ipynb, cell [3], AssertionError" in error
    assert (small.folder / "02_second.ipynb").is_file()


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["run", "curent"], ['scenario "curent": not found; did you mean `current`?; allowed: ']),
        (["render", "../x"], ['scenario "../x": not found; allowed: ']),
        (["run", "a", "b"], ['scenario "a": not found', 'scenario "b": not found']),
        (["render", "--to", "html,docx"], ["--to: 'docx'; allowed: html, pdf"]),
        (["render", "--to", ""], ["--to: ''; allowed: html, pdf"]),
        (["render", "--renderer", "latex"], ["--renderer: 'latex'; allowed: auto, quarto, builtin"]),
        (["render", "--engine", "cold"], ["--engine: 'cold'; allowed: auto, warm, kernel"]),
        (["run", "--engine", "cold"], ["--engine: 'cold'; allowed: auto, warm, kernel"]),
        (["run", "--explain", "--engine", "cold"], ["--engine: 'cold'; allowed: auto, warm, kernel"]),
        (["run", "--set", "pya=3"], ["--set pya: unknown parameter; did you mean `pay`?"]),
        (["run", "--set", "name=x"], ["--set name: cannot be set; allowed: leave it out"]),
        (["run", "--set", "pay=1", "--set", "pay=2"], ["--set pay=2: pay is given twice"]),
        (
            ["run", "--set", "as_of=2025-01-01", "--as-of", "2025-01-02"],
            ["--as-of 2025-01-02: as_of is given twice; allowed: --as-of or --set as_of"],
        ),
        (
            ["run", "--as-of", "2030-01-01"],
            ['--as-of: "2030-01-01"; allowed: from 2024-10-01 to 2026-03-17'],
        ),
        (["run", "--as-of", "soon"], ['--as-of: "soon"; allowed: a date as YYYY-MM-DD']),
        (
            ["run", "--set", "pay=-1", "--set", "draws=3"],
            ["--set pay: -1; allowed", "--set draws: 3; allowed"],
        ),
        (
            ["render", "curent", "--set", "pay", "--to", "doc", "--edition", "x", "--renderer", "y"],
            ["--to: 'doc'", "--edition: 'x'", "--renderer: 'y'", "--set pay: not und", 'scenario "curent"'],
        ),
        (
            ["sweep", "--to", "doc", "--renderer", "y", "--base", "curent", "--grid", "pya=1"],
            ["--to: 'doc'", "--renderer: 'y'", "--grid, pya: unknown parameter", 'scenario "curent"'],
        ),
        (["compare", "curent", "november-2024", "--to", "doc"], ["--to: 'doc'", 'scenario "curent"']),
        (["run", "--as-of", ""], ['--as-of: ""; allowed: a date as YYYY-MM-DD']),
        (["open"], ["briefings: nothing is finished yet; allowed: first `briefing render`"]),
    ],
)
def test_bad_input_ends_with_2_and_a_line_for_each_problem(project, monkeypatch, capsys, arguments, lines):
    code, error = ended(monkeypatch, capsys, *arguments)
    assert code == 2
    assert len(error.splitlines()) == len(lines)
    for found, expected in zip(error.splitlines(), lines, strict=True):
        assert found.startswith(expected)
    assert not (project / "figures").exists()


def test_quarto_that_is_asked_for_and_missing_is_bad_input(project, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(project))
    code, error = ended(monkeypatch, capsys, "render", "--renderer", "quarto")
    assert code == 2
    assert error.startswith(
        "--renderer quarto: no Quarto is on PATH; allowed: Quarto 1.9 or newer, or builtin"
    )


@pytest.mark.parametrize(
    "arguments", [["run", "--jobs", "0"], ["run", "--jobs", "two"], ["rnu"], ["run", "--sett"]]
)
def test_a_wrong_option_ends_with_2(project, monkeypatch, capsys, arguments):
    code, error = ended(monkeypatch, capsys, *arguments)
    assert code == 2
    assert "Usage: " in error


def test_one_broken_file_is_named_by_the_list_of_scenarios(project, monkeypatch, capsys):
    (project / "scenarios" / "bad.yaml").write_text("title: T\nwhy: W\npay: -1\n")
    (project / "scenarios" / "worse.yaml").write_text("title: [\n")
    code, error = ended(monkeypatch, capsys, "scenarios")
    assert code == 2
    assert [line.split(":")[0] for line in error.splitlines()] == [
        "scenarios/bad.yaml, pay",
        "scenarios/worse.yaml, line 2",
    ]


EVERY = [
    ("render", "as-printed"),
    ("run", "as-printed"),
    ("sweep", "--grid", "pay=1,2"),
    ("sweep", "--grid", "pay=1,2", "--no-documents", "--no-figures"),
    ("compare", "as-printed", "high-tempo"),
    ("quarto-before",),
]


@pytest.mark.parametrize("arguments", EVERY)
def test_evidence_and_a_clock_that_are_wrong_are_a_line_each(small: Small, monkeypatch, capsys, arguments):
    claims = small.root / "data" / "claims.csv"
    claims.write_text(claims.read_text(encoding="utf-8").replace(",10900,", ",-5,", 1), encoding="utf-8")
    line = "data/claims.csv, row 2, column value: seed-troops-kursk-10900: '-5'; allowed: a number"
    code, error = ended(monkeypatch, capsys, "ledger", "check")
    assert (code, error.startswith(line)) == (2, True)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "abc")
    clock = "SOURCE_DATE_EPOCH: 'abc'; allowed: seconds since 1970\n"
    assert ended(monkeypatch, capsys, *arguments) == (2, clock + error)
    assert not (small.root / "figures").exists()


def test_evidence_is_read_again_only_after_it_changed(small: Small, monkeypatch, capsys):
    said("run", "as-printed")
    with monkeypatch.context() as patch:
        patch.setattr("briefing.ledger.load", lambda folder: pytest.fail("nothing has changed"))
        said("run", "as-printed")
    claims = small.root / "data" / "claims.csv"
    claims.write_text(claims.read_text(encoding="utf-8").replace(",10900,", ",-5,", 1), encoding="utf-8")
    assert ended(monkeypatch, capsys, "run", "as-printed")[0] == 2


@pytest.mark.parametrize("content", ["{", "{}", "[]", '{"compiled": 3}', '{"compiled": "soon"}'])
def test_a_data_package_that_is_broken_is_named(project, monkeypatch, capsys, content):
    (project / "data" / "datapackage.json").write_text(content)
    code, error = ended(monkeypatch, capsys, "render", "as-printed", "november-2024")
    assert code == 2
    assert error.startswith("data/datapackage.json: ")
    assert len(error.splitlines()) == 1


def test_a_missing_file_is_a_line(project, monkeypatch, capsys):
    (project / "requirements.lock").unlink()
    code, error = ended(monkeypatch, capsys, "run", "--explain")
    assert (code, error) == (1, f"{project / 'requirements.lock'}: No such file or directory\n")


def test_an_error_without_a_number_is_told_in_its_own_words(project, monkeypatch, capsys):
    def nowhere() -> Path:
        raise FileNotFoundError("no briefing project at or above here")

    monkeypatch.setattr("briefing.paths.project_root", nowhere)
    assert ended(monkeypatch, capsys, "run") == (1, "no briefing project at or above here\n")


def test_figures_that_cannot_be_a_folder_are_a_line(small: Small, monkeypatch, capsys):
    (small.root / "figures").write_text("")
    code, error = ended(monkeypatch, capsys, "run", "as-printed")
    assert code == 1
    assert error in (
        f"{small.folder / '.run'}: Not a directory\n",
        f"{small.root / 'figures'}: File exists\n",
    )


def test_a_full_disk_is_a_line(small: Small, monkeypatch, capsys):
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if target.name == "01_first.json":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    code, error = ended(monkeypatch, capsys, "run", "as-printed")
    assert (code, error) == (1, f"{small.folder / '01_first.json'}: No space left on device\n")
    assert list((small.folder / ".run").glob("drafts-*")) == []


def test_a_failed_notebook_ends_with_1_and_its_traceback(small: Small, monkeypatch, capsys):
    small.write("02_second", "1 / 0")
    code, error = ended(monkeypatch, capsys, "run", "as-printed")
    assert code == 1
    assert error.startswith("notebooks/02_second.ipynb, cell [3], ZeroDivisionError: division by zero:\n")
    assert "----> 1 1 / 0" in error


# The console script itself, and the place it works in


def test_the_console_script_ends_as_it_should(project):
    good, bad = (
        by_shell("scenarios", cwd=project),
        by_shell("run", "curent", "--set", "draws=0", cwd=project),
    )
    assert (good.returncode, good.stderr) == (0, "")
    assert bad.returncode == 2
    assert bad.stdout == ""
    assert bad.stderr.startswith('scenario "curent": not found; did you mean `current`?')


def test_outside_a_project_the_package_s_own_checkout_is_used(tmp_path):
    done = by_shell("doctor", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.split()[:2] == ["project", str(ROOT)]


def test_a_second_checkout_uses_its_own_files(project, monkeypatch):
    (project / "data" / "deep").mkdir()
    monkeypatch.chdir(project / "data" / "deep")
    assert project_root() == project
    assert figures_folder() == project / "figures" / "by-hand"
    monkeypatch.setenv("BRIEFING_FIGURES", str(project / "elsewhere"))
    assert figures_folder() == project / "elsewhere"


@pytest.mark.parametrize("part", ["report.qmd", "data/datapackage.json"])
def test_a_project_that_lacks_a_part_is_not_mistaken_for_another(project, monkeypatch, capsys, part):
    (project / part).unlink()
    monkeypatch.chdir(project / "notebooks")
    assert ended(monkeypatch, capsys, "run") == (2, f"{project}: no whole project, {part} not found\n")


def test_without_any_project_the_error_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("briefing.paths.__file__", str(tmp_path / "a" / "b" / "paths.py"))
    with pytest.raises(FileNotFoundError, match="no briefing project at or above"):
        project_root(tmp_path)
