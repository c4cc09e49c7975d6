"""The sources are read before anything runs: every kind of mistake is told with file, line and near name."""

import json
import re
from pathlib import Path

import pytest

from briefing.cli.ground import of_a_comparison
from briefing.judgements import judge, stand_behind
from briefing.ledger import load
from briefing.model.inputs import central, drawn, model_inputs
from briefing.model.outcomes import outcomes
from briefing.numbers import NUMBERS
from briefing.report.check import CASES, Checked, find_problems, typed_digits
from briefing.report.declared import Declared
from briefing.report.facts import facts_of, unread
from briefing.report.recorded import Fact, Recorded, judged, read_code, read_notebooks, stood_behind
from briefing.report.source import Source
from briefing.report.vocabulary import DIVS, SPANS
from briefing.results import Record
from briefing.scenario import load_scenario
from briefing.worked import record_numbers, work_out
from conftest import write_notebook

ROOT = Path(__file__).parents[1]

DECLARED = Declared(
    [
        Recorded(
            "notebooks/01_claims.ipynb",
            numbers={"people.distinct", "losses.killed", "claims.known"},
            facts={"losses.counted": Fact("somebody counts"), "force.none": Fact("nobody counts")},
            likelihoods={"losses"},
            figures={"fig-claims"},
            tables={"tbl-bodies"},
            steps={"median"},
            texts={"digest"},
            commands={"reproduce"},
        )
    ]
)
FIGURE = "::: {#fig-claims}\n::: {.alt}\nMarks on a scale.\n:::\nA finding\n:::"


def problems(text: str, cited: set[str] | None = None) -> list[str]:
    return [str(one) for one in Checked(Source("report.qmd", text), DECLARED, cited).problems()]


RIGHT = """---
lang: en
---

# Losses {#sec-losses .unnumbered}

[Kyiv counts [losses.killed]{.num} ([losses.killed]{.num show=range})
by 24 November 2024.]{.when fact="losses.counted"}
It has [claims.known]{.count of="body" many="bodies"} and 170 mm guns [@icd203].
It [losses]{.likely}; @sec-losses.

::: {.when not="losses.counted force.none"}
Nobody counts. `make briefing` says [digest]{.text} and [reproduce]{.command}, in [edition]{.latest}.
:::

::: {.lead}
::: {#fig-claims .if-drawn}
::: {.alt}
Marks up to [people.distinct]{.num}.
:::
::: {.source}
People.
:::
::: {.step}
About [median]{.of-step}.
:::
[Forces agree]{.when not="force.none"} [Nobody counts]{.when fact="force.none"}
:::
:::

::: {#tbl-bodies}
The bodies
:::

[@fig-claims shows it.]{.if-drawn}
"""


def test_what_is_right_passes():
    assert problems(RIGHT, {"icd203"}) == []


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            "It is [people.distnct]{.num}.",
            1,
            "no notebook records the number people.distnct; did you mean people.dist",
        ),
        ("One\ntwo [claims.knwn]{.count of=body}.", 2, "the number claims.knwn; did you mean claims.known?"),
        ("[claims.known]{.count}", 1, '[claims.known]{.count} does not say of what; allowed: of="claim"'),
        ("[people]{.num}", 1, "[people]{.num} holds no key; allowed: a key of the form subject.name"),
        ("[People.Distinct]{.num}", 1, "[People.Distinct]{.num} holds no key"),
        ("[losses.killed]{.num show=ragne}", 1, "show=ragne; allowed: show=range"),
        ("[losses.killed]{.num sow=range}", 1, "sow=range says nothing here; allowed: show="),
        ("It [loses]{.likely}.", 1, "no notebook records the likelihood loses; did you mean losses?"),
        ("[digets]{.text}", 1, "there is no text digets; did you mean digest?"),
        ("[reproduction]{.command}", 1, "there is no command reproduction"),
        ("[november]{.latest}", 1, "allowed: [edition]{.latest}"),
        ("[median]{.of-step}", 1, "outside of a step"),
        ("[losses.killed]{.nmu}", 1, "unknown class .nmu of a span; did you mean num?"),
        ("::: {.fram}\nText.\n:::", 1, "unknown class .fram of a div; did you mean frame?"),
        ("::: {.callout-note}\nText.\n:::", 1, "unknown class .callout-note of a div"),
        ("::: {.panel-tabset}\nText.\n:::", 1, "unknown class .panel-tabset of a div"),
        ("[It counts.]{.when}", 1, "a case that names no fact"),
        (
            "[It counts.]{.when facts=losses.counted}",
            1,
            "facts=losses.counted says nothing here; allowed: fact=, not=",
        ),
        (
            "[It counts.]{.when fact=losses.conted}",
            1,
            "no notebook records the fact losses.conted; did you mean losses.c",
        ),
        ("[It counts.]{.when not='losses.counted'}", 1, "no notebook records the fact 'losses.counted'"),
        (
            '[It.]{.when fact="losses.counted" not="losses.counted"}',
            1,
            "losses.counted must hold and must not",
        ),
        ('::: {.when fact="losses.counted"}\n[It.]{.when not="force.none"}\n:::', 2, "a case within a case"),
        ('[A [b]{.when fact="losses.counted"}]{.when not="force.none"}', 1, "a case within a case"),
        (
            '::: {.when fact="losses.counted"}\n::: {.note}\n[It.]{.when not="force.none"}\n:::\n:::',
            3,
            "a case within a case",
        ),
        ('[It.]{.when "losses.counted"}', 1, "words in quotes need a name before them, such as fact="),
        (
            '::: {.when "losses.counted"}\nIt.\n:::',
            1,
            "words in quotes need a name before them, such as fact=",
        ),
        ("[losses.killed]{.num show = range}", 1, "no blank stands beside ="),
        ("[losses.killed]{.num says it.", 1, "its curly bracket is not closed"),
        ("losses.killed]{.num} says it.", 1, "`]` without `[` before it"),
        ("It says [losses.killed] {.num} so.", 1, "`{.num}` is printed as it stands"),
        ("It says {.num} so.", 1, "`{.num}` is printed as it stands"),
        (
            "It says {losses.killed} so.",
            1,
            "`{losses.killed}` is printed as it stands; allowed: `[key]{.num}`",
        ),
        ("[A sentence.\n\nAnother.]{.if-drawn}", 1, "is not closed in its paragraph"),
        ("{{< include other.qmd >}}", 1, "is a shortcode"),
        ("It is <b>bold</b>.", 1, "is markup of HTML"),
        ("<!-- a note -->", 1, "is markup of HTML"),
        ("```{python}\nprint(10)\n```", 1, "a source holds no code"),
        ("Text.\n\n::: {.note}\nText.", 3, "`::: {.note}` is not closed"),
        ("Text.\n\n:::\n", 3, "`:::` closes nothing"),
        ("Text.\n::: {.note}\nText.\n:::", 2, "opens without an empty line before it"),
        ("::: {.note} Text.\nMore.\n:::", 1, "is not read as a div"),
        (
            "::: {#fig-clams}\n::: {.alt}\nA.\n:::\nB\n:::",
            1,
            "no notebook draws fig-clams; did you mean fig-claims?",
        ),
        ("::: {#tbl-body}\nB\n:::", 1, "no notebook records tbl-body; did you mean tbl-bodies?"),
        ("::: {#fig-claims}\nA finding\n:::", 1, "fig-claims has no alternative text"),
        ("::: {#fig-claims}\n::: {.alt}\nMarks.\n:::\n:::", 1, "fig-claims has no caption"),
        ("::: {#tbl-bodies}\n::: {.source}\nPeople.\n:::\n:::", 1, "tbl-bodies has no caption"),
        ("::: {.judgement}\n**Losses.** It is.\n:::", 1, "a judgement has no name"),
        ("@fig-clams shows it.", 1, "@fig-clams leads nowhere"),
        (FIGURE.replace("claims}", "claims .if-drawn}") + "\n\n@fig-claims shows it.", 8, "may not be drawn"),
        (f"{FIGURE}\n\n{FIGURE}", 8, "#fig-claims stands 2 times"),
        ("It is so [@icd204].", 1, "@icd204 is not in references.bib; did you mean icd203?"),
        ("Text.\n\nAbout 10,900 of them.", 3, "a number is typed into the prose: 10,900"),
        ("# Top 10 {#sec-a}", 1, "a number is typed into the prose: 10"),
        ("[It was 5 then.]{.when fact=losses.counted}", 1, "a number is typed into the prose: 5"),
        (
            "::: {#tbl-bodies}\n::: {.source}\nOf 5.\n:::\nAll\n:::",
            3,
            "a number is typed into the prose: 5",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, said: str):
    found = [one for one in problems(text, {"icd203"}) if said in one]
    assert found, problems(text, {"icd203"})
    assert found[0].startswith(f"report.qmd, line {line}: ")


def test_every_mistake_is_told_at_once_in_the_order_of_lines():
    told = problems("[a.b]{.num}\n\n[c.d]{.num} and 7\n\n<i>")
    assert [int(re.search(r"line (\d+)", one)[1]) for one in told] == [1, 3, 3, 5]


def test_more_cases_than_anybody_can_follow_are_too_many():
    case = '[It.]{.when fact="losses.counted"}\n\n'
    assert problems(case * CASES) == []
    assert problems(case * (CASES + 1)) == [
        f"report.qmd, line {2 * CASES + 1}: {CASES + 1} cases; allowed: up to {CASES}"
    ]


@pytest.mark.parametrize("typed", ["10,900", "2024", "5", "$2,000", "24"])
def test_a_typed_number_is_found_beside_a_day_and_a_name(typed: str):
    text = f"Some {typed} soldiers on 20 November 2024, with 170 mm guns."
    assert [word for _, word in typed_digits(text)] == [typed]


def test_the_vocabulary_is_what_the_filter_and_the_guide_know():
    known = (ROOT / "_extensions" / "briefing" / "briefing.lua").read_text(encoding="utf-8")
    quoted = {*re.findall(r"'([\w-]+)'", known)}
    assert {*SPANS, *DIVS} - quoted <= {"content-visible"}


# What notebooks record


def test_keys_of_loops_are_read():
    code = """
figures = {"force": 1, "toll": 2}
figures = {name: value for name, value in figures.items()}
for name, value in figures.items():
    record.number(f"now.{name}", value, "persons", "claimed", "a formula")
for key, column in (("a.b", 1), ("a.c", 2)):
    record.fact(key, column, "one meaning")
[record.table(f"tbl-{place}", [], []) for place in ("one", "two")]
for body in known:
    record.fact(f"silent.{body}", True, "it is silent")
record.figure("fig-x", drawn, steps={"A": (drawn, {"low": "", "median": ""})})
page.record.claimed("b.c", row)
"""
    found = read_code("a notebook", [code])
    assert found.numbers == {"now.force", "now.toll", "b.c"}
    assert {*found.facts} == {"a.b", "a.c", "silent.\0"}
    assert found.tables == {"tbl-one", "tbl-two"}
    assert found.figures == {"fig-x"}
    assert found.steps == {"low", "median"}
    assert found.problems == []
    assert "silent.O-NIS" in Declared([found]).names["facts"]


@pytest.mark.parametrize(
    "code", ["record.fact(key, True, 'a')", "record.add(number)", "write_all(record, 1)"]
)
def test_what_only_a_run_knows_is_told(code: str):
    [problem] = read_code("notebooks/01_first.ipynb", [code]).problems
    assert problem.where == "notebooks/01_first.ipynb"


def test_a_cell_that_is_no_python_is_left_to_the_run():
    assert read_code("a notebook", ["%matplotlib inline", "record.fact('a.b', True, 'x')"]).facts


def test_what_functions_record_is_what_the_reader_says_of_them():
    ledger, record = load().as_of("2024-11-24"), Record("example")
    inputs = model_inputs(**load_scenario("november-2024").values())
    at_modes, in_draws = (given | outcomes(given) for given in (central(inputs), drawn(inputs, 100, 1)))
    worked = work_out(ledger, at_modes, in_draws)
    judge(record, "people", worked, "icd203")
    stand_behind(record, "tour", ledger, ledger.claims_of("rotation_months"))
    record_numbers(record, worked, "people")
    code = """
judge(record, "people", worked, yardstick)
stand_behind(record, "tour", known, tours)
record_numbers(record, worked, "people")
"""
    said = read_code("a notebook", [code])
    assert said.numbers == {*record.numbers}
    assert said.likelihoods == {*record.likelihoods}
    assert {key: fact.meaning for key, fact in said.facts.items()} == {
        key: fact["meaning"] for key, fact in record.facts.items()
    }
    assert {*judged("people"), *stood_behind("tour")} == {*record.facts}
    assert said.numbers >= {one.key for one in NUMBERS if one.subject == "people"}


def test_a_fact_that_nobody_reads_is_told_and_of_a_family_one_is_enough():
    family = {"a.x": Fact("", "a"), "a.y": Fact("", "a"), "b.x": Fact("", "b"), "b.y": Fact("", "b")}
    declared = Declared([Recorded("here", facts={"c.d": Fact("alone"), **family})])
    source = Source("report.qmd", "[It.]{.when fact=a.y}")
    uses = list(facts_of({"report.qmd": source}, {"report.qmd": declared}))
    assert [use.key for use in unread(uses)] == ["c.d", "b.x"]
    assert {use.key: use.lines for use in uses}["a.y"] == ("report.qmd:1",)


# The project's own


def test_the_sources_of_the_project_pass():
    assert [str(problem) for problem in find_problems(ROOT, of_a_comparison())] == []


def test_every_notebook_is_read_without_a_run():
    for found in read_notebooks(ROOT):
        assert found.numbers or found.facts or found.tables, found.where


# The commands


@pytest.mark.parametrize("arguments", [("render", "november-2024"), ("compare", "november-2024", "current")])
def test_a_command_that_makes_documents_refuses_before_a_notebook_runs(project, briefing, arguments):
    report = project / "report.qmd"
    lines = report.read_text(encoding="utf-8").count("\n")
    with report.open("a", encoding="utf-8") as file:
        file.write("\nIt is [people.distnct]{.num}.\n")
    ended = briefing(*arguments)
    assert ended.returncode == 2
    place = f"report.qmd, line {lines + 2}: no notebook records the number people.distnct"
    assert f"{place}; did you mean people.distinct?" in ended.stderr
    assert not list((project / "figures").glob("*/*.json"))
    assert not (project / "briefings").exists()


def test_the_source_of_a_comparison_is_read_too(project, briefing):
    with (project / "compare.qmd").open("a", encoding="utf-8") as file:
        file.write("\nThey differ in 10 numbers.\n")
    ended = briefing("render", "november-2024")
    assert ended.returncode == 2
    assert re.search(r"^compare\.qmd, line \d+: a number is typed into the prose: 10", ended.stderr, re.M)


def test_a_run_without_documents_does_not_wait_for_the_words(small, briefing):
    (small.root / "report.qmd").write_text("[a.b]{.num}\n", encoding="utf-8")
    assert briefing("run", "as-printed").returncode == 0


FACT = """
from briefing.results import Record
record = Record("01_first")
record.fact("first.early", as_of < "2025-01-01", "the day is in the first year")
record.save()
"""
USES = 'It is early.\n\n[It is.]{.when fact="first.early"} [It is not.]{.when not="first.early"}\n'


@pytest.fixture
def of_facts(small):
    small.write("01_first", FACT, parameters='as_of = "latest"')
    (small.root / "report.qmd").write_text(USES, encoding="utf-8")
    return small


def test_facts_are_listed_with_meaning_notebook_and_lines(of_facts, briefing):
    [row] = [line for line in briefing("facts").stdout.splitlines() if line.startswith("first.early")]
    assert "the day is in the first year" in row
    assert "notebooks/01_first.ipynb" in row
    assert row.rstrip().endswith("report.qmd:3")


def test_facts_of_a_run_say_whether_they_hold(of_facts, briefing):
    refused = briefing("facts", "as-printed")
    assert refused.returncode == 2
    assert refused.stderr == 'run "as-printed": nothing has run; allowed: first `briefing run as-printed`\n'
    of_facts.run()
    told = {row["fact"]: row for row in json.loads(briefing("facts", "as-printed", "--json").stdout)}
    assert told["first.early"] == {
        "fact": "first.early",
        "holds": True,
        "meaning": "the day is in the first year",
        "recorded_by": "notebooks/01_first.ipynb",
        "read_in": ["report.qmd:3"],
    }
    [row] = [line for line in briefing("facts", "as-printed").stdout.splitlines() if "first.early" in line]
    assert row.split()[1] == "yes"


def test_a_notebook_that_is_none_is_left_to_its_own_check(small):
    (small.root / "notebooks" / "03_third.ipynb").write_text("{", encoding="utf-8")
    write_notebook(small.root / "notebooks" / "04_fourth.ipynb", "record.fact('a.b', 1, 'x')")
    assert {*read_notebooks(small.root)[-1].facts} == {"a.b"}
