"""What a Quarto user types by hand is made as asked, or refused in one line that leaves what stood there."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pypandoc
import pytest
import yaml

from briefing.cli import main
from briefing.errors import BadInputError, RunFailedError
from briefing.paths import FILES
from briefing.render import by_hand, quarto
from briefing.scenario import load_scenario
from conftest import ROOT

EXTENSION = ROOT / "_extensions" / "briefing"
needs_quarto = pytest.mark.skipif(quarto.find() is None, reason="no Quarto on PATH")

# What Quarto gives to a filter, and takes from it: its `error` prints and goes on.
AS_QUARTO = """
quarto = {version = '1.9.38', doc = {input_file = PANDOC_STATE.input_files[1]}}
error = function(message) io.stderr:write(message, '\\n') end
dofile('%s')
"""
NUMBER = {
    "text": "about 2,000",
    "range_said": "1,500 to 2,500",
    "range_text": "1,500 to 2,500",
    "value": 2000,
}
DATA = {
    "numbers": {"pay.month": NUMBER},
    "facts": {"pay.known": {"holds": True}, "pay.denied": {"holds": False}},
    "likelihoods": {},
    "texts": {},
    "figures": {},
    "tables": {},
    "commands": {"reproduce": "briefing render"},
    "metadata": {"briefing-digest": "0123456789"},
    "page": {"scripts": [], "policy": "", "structured": ""},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, without a profile."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QUARTO_PROFILE", raising=False)
    return tmp_path


def refusals(*arguments: str, scenarios: tuple[str, ...] = ()) -> list[str]:
    """Return what a command line is told, a line for each problem."""
    try:
        by_hand.check_asked(by_hand.read_command_line(["render", "report.qmd", *arguments]), scenarios)
    except BadInputError as error:
        return str(error).splitlines()
    return []


def pandoc(filter_: str, source: str, to: str = "html", name: str = "report.qmd", under_quarto: bool = False):
    """Run one filter of the extension over a small document."""
    path = EXTENSION / filter_
    if under_quarto:
        path = Path("as-quarto.lua")
        path.write_text(AS_QUARTO % (EXTENSION / filter_))
    Path(name).write_text(source)
    command = [pypandoc.get_pandoc_path(), name, "--from", "markdown", "--to", to, "--output", "made"]
    return subprocess.run(
        [*command, "--lua-filter", str(path)], capture_output=True, text=True, check=False, timeout=60
    )


# What is asked for ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--to", "briefing-html"),
        ("--to", "briefing-html,briefing-typst", "--output-dir", "elsewhere"),
        ("-t", "all", "--no-clean", "--quiet"),
        ("-M", "toc:false", "--metadata=toc-depth=1"),
        ("-M", "briefing-edition:brief", "--to", "briefing-typst", "--output", "brief.pdf"),
    ],
)
def test_what_quarto_does_as_asked_is_left_to_it(arguments):
    assert refusals(*arguments) == []


@pytest.mark.parametrize("typed", [("--to", "html"), ("--to=html",), ("-t", "html"), ("-thtml",)])
def test_another_format_is_refused_with_the_names_of_the_project_s_own(typed):
    line = "--to html: would leave the report unfilled; allowed: briefing-html, briefing-typst"
    assert refusals(*typed) == [line]


@pytest.mark.parametrize(
    ("typed", "instead"),
    [
        (("-P", "pay=2500"), "--set pay=2500"),
        (("-P", "pay:2500", "-P", "tour=2/3/4"), "--set pay=2500 --set tour=2/3/4"),
        (("--execute-param=pay=2500",), "--set pay=2500"),
        (("--execute-params", "given.yaml"), "--set pay=2500 --set tour=2/3/4"),
        (("--execute-params", "given.yaml", "-P", "pay:1"), "--set pay=1 --set tour=2/3/4"),
        (("--execute-params", "missing.yaml"), "--set parameter=value"),
        (("-P", "title:A b"), "--set 'title=A b'"),
    ],
)
def test_parameters_are_refused_with_what_to_type(folder, typed, instead):
    (folder / "given.yaml").write_text("pay: 2500\ntour: [2, 3, 4]\n")
    [line] = refusals(*typed)
    assert line.endswith(f"takes no parameters from Quarto; type `briefing render {instead}`")
    [line] = refusals(*typed, scenarios=("current",))
    assert line.endswith(f"type `briefing render current {instead}`")


@pytest.mark.parametrize(
    "name", ["title", "subtitle", "date", "author", "keywords", "lang", "briefing.document", "bibliography"]
)
def test_metadata_of_which_a_document_says_what_it_is_are_refused(name):
    line = f"-M {name}: the document says this of itself; allowed: briefing-edition, toc, toc-depth"
    assert refusals("-M", f"{name}:Mine") == refusals(f"-M{name}=Mine") == [line]
    assert refusals("-V", f"{name}=Mine") == [f"-V {name}: the document says this of itself"]


def test_everything_that_is_refused_is_said_at_once():
    typed = ("--to", "docx,html", "-P", "pay=1", "-M", "title:x", "--metadata-file", "m.yaml")
    assert [line.split(":")[0] for line in refusals(*typed)] == [
        "--to docx",
        "--to html",
        "-P pay=1",
        "-M title",
        "--metadata-file m.yaml",
    ]


def test_a_brief_is_not_made_as_a_page():
    line = "-M briefing-edition:brief: the brief is a PDF; allowed: with --to briefing-typst"
    assert refusals("-M", "briefing-edition:brief") == [line]


# Which scenario ---------------------------------------------------------------------------------------------


def test_a_profile_names_the_scenario(folder):
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    shutil.copy(ROOT / "_quarto.yml", folder)
    assert by_hand.scenario_of(folder, []) == "current"
    assert by_hand.scenario_of(folder, ["november-2024"]) == "november-2024"


def test_a_profile_of_the_user_s_own_stays_one(folder):
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    shutil.copy(ROOT / "_quarto.yml", folder)
    (folder / "_quarto-draft.yml").write_text("toc: false\n")
    (folder / "_quarto-print.yml").write_text("briefing:\n  scenario: high-tempo\n")
    assert by_hand.scenario_of(folder, ["draft"]) == "current"
    assert by_hand.scenario_of(folder, ["draft", "print"]) == "high-tempo"
    assert by_hand.scenario_of(folder, ["draft", "print", "as-printed"]) == "as-printed"


def test_an_unknown_profile_is_refused_with_the_nearest_scenario(folder):
    shutil.copytree(ROOT / "scenarios", folder / "scenarios")
    shutil.copy(ROOT / "_quarto.yml", folder)
    with pytest.raises(BadInputError) as error:
        by_hand.scenario_of(folder, ["curent", "as-printed", "november-2024"])
    unknown, several = str(error.value).splitlines()
    assert unknown.startswith("--profile curent: neither a scenario nor a file _quarto-curent.yml")
    assert "did you mean `current`?; allowed: allied-terms" in unknown
    assert several == "--profile as-printed,november-2024: names several scenarios; allowed: one of them"


@pytest.mark.parametrize(
    ("profile", "file"),
    [("", "as-printed"), ("other", "other"), ("draft,other", "other"), ("draft", "as-printed")],
)
def test_the_filter_reads_the_data_of_the_scenario_that_was_prepared(folder, monkeypatch, profile, file):
    for name in ("as-printed", "other"):
        (folder / "figures" / name).mkdir(parents=True)
        text = json.dumps(DATA | {"texts": {"name": f"This is {name}."}})
        (folder / "figures" / name / "document.json").write_text(text)
        (folder / "scenarios").mkdir(exist_ok=True)
        (folder / "scenarios" / f"{name}.yaml").touch()
    (folder / "_quarto.yml").write_text("briefing: {scenario: as-printed}\n")
    (folder / "_quarto-draft.yml").touch()
    monkeypatch.setenv("QUARTO_PROFILE", profile)
    source = "---\nbriefing: {scenario: as-printed}\n---\n[name]{.text}\n"
    done = pandoc("briefing.lua", source, under_quarto=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"This is {file}." in Path("made").read_text()
    assert by_hand.scenario_of(folder, by_hand.profiles_of(os.environ)) == file


def test_the_command_refuses_before_anything_is_made(project, monkeypatch, capsys):
    typed = ["render", "report.qmd", "--to", "html", "-P", "pay=2500"]
    monkeypatch.setattr(by_hand, "command_line", lambda environment: typed)
    monkeypatch.setenv("QUARTO_PROFILE", "nowhere")
    monkeypatch.setattr(sys, "argv", ["briefing", "quarto-before"])
    with pytest.raises(SystemExit) as end:
        main()
    said = [line.split(":")[0] for line in capsys.readouterr().err.splitlines()]
    assert (end.value.code, said) == (2, ["--profile nowhere", "--to html", "-P pay=2500"])
    assert not list((project / "figures").glob("*/*"))
    assert not (project / "briefings").exists()


def test_a_quarto_that_cannot_be_asked_is_not_trusted(monkeypatch):
    assert by_hand.command_line({}) == []
    with pytest.raises(RunFailedError, match="type `briefing render`"):
        by_hand.command_line({"QUARTO_PROJECT_OUTPUT_DIR": "briefings/by-quarto"})


def test_the_command_line_of_quarto_is_that_of_the_nearest_process_of_its_name(tmp_path):
    started = tmp_path / "quarto.py"
    started.write_text(
        "import subprocess, sys\n"
        "code = 'from briefing.render.by_hand import command_line; print(command_line({}))'\n"
        "sys.exit(subprocess.run([sys.executable, '-c', code]).returncode)\n"
    )
    command = [sys.executable, str(started), "render", "report.qmd", "-P", "pay=2 500"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "['render', 'report.qmd', '-P', 'pay=2 500']\n"


# The filters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["html", "docx", "latex", "typst"])
@pytest.mark.parametrize("under_quarto", [True, False])
def test_a_format_that_nobody_fills_replaces_nothing(folder, to, under_quarto):
    (folder / "made").write_text("the good one")
    (folder / "report_files/mediabag").mkdir(parents=True)
    done = pandoc("guard.lua", "[pay.month]{.num}\n", to, under_quarto=under_quarto)
    assert done.returncode == 1
    said = f"briefing: report.qmd stays unfilled in the format {to}; "
    assert done.stderr == f"{said}type --to briefing-html or --to briefing-typst\n"
    assert (folder / "made").read_text() == "the good one"
    assert not (folder / "report_files").exists()


def test_a_comparison_is_not_made_by_quarto(folder):
    source = (ROOT / "compare.qmd").read_text(encoding="utf-8")
    done = pandoc("guard.lua", source, name="compare.qmd", under_quarto=True)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "unfilled" not in done.stderr
    assert "`briefing compare A B`" in done.stderr
    assert not (folder / "made").exists()


def test_a_filled_document_passes_the_guard(folder):
    assert pandoc("guard.lua", "---\nbriefing-digest: '0123456789'\n---\nFilled.\n").returncode == 0
    assert "Filled." in (folder / "made").read_text()


def test_the_guard_stands_before_every_format_and_before_the_comparison():
    guard = {"at": "pre-ast", "path": "_extensions/briefing/guard.lua"}
    assert yaml.safe_load((ROOT / "_quarto.yml").read_text())["filters"] == [guard]
    head = (ROOT / "compare.qmd").read_text(encoding="utf-8").split("---")[1]
    assert yaml.safe_load(head)["filters"] == [guard]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("[pay.yaer]{.num}", "no notebook recorded the number pay.yaer"),
        ("[pay.month]{.num show=rnage}", "[pay.month]{.num show=rnage}: show is range"),
        ("[Paid.]{.when fact=pay.knwon}", "no notebook recorded the fact pay.knwon"),
        ("[Paid.]{.when}", "a case names no fact: Paid."),
        ("[none]{.text}", "there is no text none"),
        ("[none]{.likely}", "no notebook recorded the likelihood none"),
        ("[pay.month]{.count}", '[pay.month]{.count}: say of what, as of="claim"'),
        ("[nokey]{.command}", "there is no command nokey"),
        ("::: {#fig-none}\n:::", "no notebook drew fig-none"),
        ("::: {#tbl-none}\n:::", "no notebook recorded tbl-none"),
    ],
)
@pytest.mark.parametrize("under_quarto", [True, False])
def test_what_cannot_be_filled_ends_the_render(folder, source, said, under_quarto):
    (folder / "document.json").write_text(json.dumps(DATA))
    done = pandoc("briefing.lua", source, under_quarto=under_quarto)
    assert done.returncode != 0
    assert f"briefing: {said}" in done.stderr
    if under_quarto:
        assert done.stderr == f"briefing: {said}\n"
    assert not (folder / "made").exists()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Text.", "the report has no ::: {.brief-end}, so it has no brief"),
        ("See @fig-pay.\n\n::: {.brief-end}\n:::", "the brief refers to @fig-pay, which is not in it"),
    ],
)
def test_a_brief_that_is_not_whole_ends_the_render_under_quarto(folder, source, said):
    (folder / "document.json").write_text(json.dumps(DATA))
    done = pandoc("briefing.lua", f"---\nbriefing-edition: brief\n---\n{source}\n", under_quarto=True)
    assert (done.returncode, done.stderr) == (1, f"briefing: {said}\n")


def test_each_way_to_show_a_number_is_known(folder):
    (folder / "document.json").write_text(json.dumps(DATA))
    source = "[pay.month]{.num}; [pay.month]{.num show=range}"
    assert pandoc("briefing.lua", source, to="plain", under_quarto=True).returncode == 0
    assert (folder / "made").read_text() == "about 2,000; 1,500 to 2,500\n"


# What was made ----------------------------------------------------------------------------------------------


PAGE = '<meta name="briefing-digest" content="{digest}"><p>{digest} {text}</p>'


@pytest.fixture
def made(folder) -> Path:
    """A folder in which Quarto has made a page by hand."""
    (folder / "figures/as-printed").mkdir(parents=True)
    (folder / "figures/as-printed/document.json").write_text(json.dumps(DATA))
    (folder / "report.qmd").write_text("Text.")
    (folder / "by-quarto").mkdir()
    return folder / "by-quarto" / FILES["html"]


def test_a_document_that_is_what_was_asked_for_keeps_its_name(made):
    scenario = load_scenario("as-printed")
    made.write_text(PAGE.format(digest=scenario.digest, text="Filled."))
    made.with_name("report.rejected.html").write_text("an earlier one")
    by_hand.check_made(Path.cwd(), scenario, ["by-quarto/report.html"], brief=False)
    assert [path.name for path in made.parent.iterdir()] == ["report.html"]


def test_a_document_that_is_not_what_was_asked_for_loses_its_name(made):
    scenario, other = load_scenario("as-printed"), load_scenario("november-2024")
    made.write_text(PAGE.format(digest=other.digest, text="?@fig-money"))
    with pytest.raises(RunFailedError) as error:
        by_hand.check_made(Path.cwd(), scenario, ["by-quarto/report.html"], brief=False)
    assert str(error.value).splitlines() == [
        "by-quarto/report.html: unresolved: ?@fig-money; it is now report.rejected.html",
        f"by-quarto/report.html: does not carry the scenario digest {scenario.digest}; "
        "it is now report.rejected.html",
    ]
    assert [path.name for path in made.parent.iterdir()] == ["report.rejected.html"]


# The door itself --------------------------------------------------------------------------------------------


@pytest.fixture
def door(folder) -> Path:
    (folder / "_extensions/briefing").mkdir(parents=True)
    return Path(shutil.copy(EXTENSION / "door.py", folder / "_extensions/briefing"))


def test_without_an_environment_the_door_says_how_to_make_one(door):
    # Neither site-packages nor the project is on the path of this Python.
    command = [sys.executable, "-I", "-S", str(door), "quarto-before"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "briefing: there is no .venv yet; type `make setup` first\n"


def test_the_door_leads_into_the_project_s_own_environment(door, folder):
    (folder / ".venv/bin").mkdir(parents=True)
    own = folder / ".venv/bin/python"
    own.write_text('#!/bin/sh\necho "$PWD: $*"\nexit 3\n')
    own.chmod(0o755)
    command = [sys.executable, "-I", "-S", str(door), "quarto-after"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert (done.returncode, done.stdout) == (3, f"{folder}: -m briefing.cli quarto-after\n")


def test_quarto_runs_the_door_before_and_after(project):
    settings = yaml.safe_load((project / "_quarto.yml").read_text())["project"]
    for step, command in (("pre-render", "quarto-before"), ("post-render", "quarto-after")):
        script, name = settings[step].split()
        assert (project / script).is_file()
        assert name == command


# The real Quarto --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ready(finished, tmp_path_factory) -> Path:
    """A git repository of the project in which the notebooks have run for the article's day."""
    root = Path(shutil.copytree(finished, tmp_path_factory.mktemp("by-hand") / "project"))
    shutil.copy(ROOT / ".gitignore", root)
    identity = ("-c", "user.name=n", "-c", "user.email=e")
    for command in (("init", "-q"), ("add", "-A"), (*identity, "commit", "-qm", "All")):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


def typed(root: Path, *arguments: str) -> tuple[int, str]:
    """Run Quarto and check that git sees nothing new."""
    done = subprocess.run(
        [quarto.find(), *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "QUARTO_PYTHON": sys.executable, "NO_COLOR": "1"},
    )
    status = subprocess.run(
        ["git", "status", "--short"], cwd=root, capture_output=True, text=True, check=True
    )
    assert status.stdout == ""
    return done.returncode, done.stderr


@pytest.mark.quarto
@needs_quarto
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "html"), "--to html: would leave the report unfilled"),
        (("--to", "pdf"), "--to pdf: would leave the report unfilled"),
        (("-P", "pay=2500"), "type `briefing render --set pay=2500`"),
        (("--profile", "curent"), "did you mean `current`?"),
        (("-M", "title:Mine"), "-M title: the document says this of itself"),
    ],
)
def test_quarto_s_own_words_are_refused_before_a_good_file_is_replaced(ready, arguments, said):
    good = ready / "briefings/by-quarto/report.html"
    good.parent.mkdir(parents=True, exist_ok=True)
    good.write_text("the good one")
    code, told = typed(ready, "render", "report.qmd", *arguments)
    assert code == 1
    assert said in told
    assert good.read_text() == "the good one"


@pytest.mark.quarto
@needs_quarto
def test_quarto_makes_the_scenario_of_its_profile_and_no_unfilled_comparison(ready):
    code, told = typed(ready, "render", "report.qmd", "--to", "briefing-html", "--profile", "as-printed")
    assert code == 0, told
    page = (ready / "briefings/by-quarto/report.html").read_text(encoding="utf-8")
    assert f'name="briefing-digest" content="{load_scenario("as-printed").digest}"' in page
    # A number is a link; Quarto's own rule would take the widths of each table that holds one.
    document = json.loads((ready / "figures/as-printed/document.json").read_text(encoding="utf-8"))
    printed = [document["tables"][name] for name in document["words"]["tables"]]
    # The chain of the numbers is no table of the document's data.
    assert page.count("<colgroup>") == 1 + sum(bool(table["widths"]) for table in printed)
    code, told = typed(ready, "render", "compare.qmd")
    assert code == 1
    assert "`briefing compare A B`" in told


@pytest.mark.quarto
@needs_quarto
def test_what_quarto_leaves_unresolved_does_not_keep_its_name(ready):
    source = ready / "report.qmd"
    whole = source.read_text(encoding="utf-8")
    source.write_text(whole + "\nSee ?\\@fig-nowhere.\n", encoding="utf-8")
    subprocess.run(["git", "update-index", "--assume-unchanged", "report.qmd"], cwd=ready, check=True)
    code, told = typed(ready, "render", "report.qmd", "--to", "briefing-html")
    source.write_text(whole, encoding="utf-8")
    assert code == 1
    assert (
        "briefings/by-quarto/report.html: unresolved: ?@fig-nowhere; it is now report.rejected.html" in told
    )
    assert not (ready / "briefings/by-quarto/report.html").exists()
