"""Comparisons say what differs and why: parameters, numbers, judgements, evidence, code."""

import json
import re
import shutil
from pathlib import Path

import pytest
from pypdf import PdfReader

from briefing.compare.causes import attribute, single_changes
from briefing.compare.document import digest_of
from briefing.compare.make import as_json, check_names, compare
from briefing.compare.sides import Side, kept_runs
from briefing.formats import show
from briefing.ledger import load
from briefing.numbers import labels
from briefing.render.make import finish
from briefing.run.plan import Planner
from briefing.run.pool import Pool
from briefing.run.runner import default_engine, run_notebooks
from briefing.scenario import load_scenario
from briefing.worked import headlines
from conftest import COMPARED, copy_with

PLACE = "briefings/comparisons/november-2024-and-current"


@pytest.fixture(scope="module")
def project(rendered, tmp_path_factory) -> Path:
    """A project in which two scenarios were compared."""
    places = [f"{part}/{name}" for part in ("figures", "briefings") for name in COMPARED]
    return copy_with(rendered, tmp_path_factory.mktemp("compared") / "project", PLACE, *places)


@pytest.fixture(scope="module")
def told(project) -> dict:
    named = check_names(project, COMPARED)
    with Pool() as workers:
        found = compare(Planner(project), named, load(project / "data"), workers, default_engine())
    return json.loads(as_json(found))


# Causes


def test_a_single_change_explains_the_whole_difference():
    first, second = load_scenario("as-printed"), load_scenario("as-printed", {"pay": 2500})
    [found] = attribute(first, second, load(), [*labels("comparison")])[:1]
    assert [cause.parameters for cause in found.causes] == [("pay",)]
    assert found.interaction == 0


def test_changes_that_need_each_other_leave_an_interaction():
    settings = {"hazard": 0.1, "death_payment": 1000, "killed_share": 0.5}
    first, second = load_scenario("as-printed"), load_scenario("as-printed", settings)
    [found] = attribute(first, second, load(), ["money.agreed"])
    # Deaths cost nothing without the payment, and the payment nothing without deaths.
    assert found.causes == ()
    assert found.interaction == pytest.approx(10_900 * 0.1 * 12 * 0.5 * 1000)


@pytest.mark.parametrize(
    ("first", "second"),
    [("november-2024", "high-tempo"), ("high-tempo", "november-2024"), ("surge-2026", "as-printed")],
)
def test_every_parameter_that_differs_is_changed_exactly_once_and_validly(first, second):
    one, other = load_scenario(first), load_scenario(second)
    changed = [name for names in single_changes(one, other) for name in names]
    assert len(changed) == len(set(changed))
    assert set(changed) == {n for n in one.parameters() if getattr(one, n) != getattr(other, n)}


def test_causes_and_interaction_add_up_to_the_difference():
    first, second = load_scenario("november-2024"), load_scenario("surge-2026")
    before, after = headlines([first, second], load())
    for found in attribute(first, second, load(), ["people.distinct", "people.killed", "money.agreed"]):
        total = sum(cause.effect for cause in found.causes) + found.interaction
        assert total == pytest.approx(after[found.key].value - before[found.key].value)


# The documents


def test_both_documents_carry_the_digest_and_both_sides(project):
    folder = project / PLACE
    page = (folder / "report.html").read_text(encoding="utf-8")
    digest = re.search(r'name="briefing-digest" content="(\w{10})"', page)[1]
    pages = [p.extract_text() for p in PdfReader(folder / "report.pdf").pages]
    assert all(digest in text for text in pages)
    for name in ("november-2024", "current"):
        assert load_scenario(name).digest in page
        assert load_scenario(name).digest in pages[0]
    assert "What moves them" in page
    assert page.count("<svg") >= 6


def test_no_id_stands_twice_although_like_figures_stand_side_by_side(project):
    page = (project / PLACE / "report.html").read_text("utf-8")
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', page))
    assert used <= set(ids)


def test_the_json_names_parameters_numbers_judgements_and_causes(project, told):
    assert told["parameters"]["as_of"] == [load_scenario(name).as_of.isoformat() for name in COMPARED]
    assert (
        told["numbers"]["people.distinct"]["A"]["value"] != told["numbers"]["people.distinct"]["B"]["value"]
    )
    for letter, name in zip("AB", COMPARED, strict=True):
        recorded = read(project / "briefings" / name / "results.json")
        for key, judgement in told["judgements"][letter].items():
            assert judgement["probability"] == recorded["judgements"][key]["probability"]
    moved = {cause["key"]: cause for cause in told["causes"]["B"]}
    assert moved["people.distinct"]["causes"][0]["parameters"] in (["tour"], ["hazard"])
    # Where the inferred losses were unknown on the first day, no difference can be stated.
    before = told["numbers"]["losses.inferred"]["A"]["value"]
    assert moved["losses.inferred"]["first"] == before
    assert (moved["losses.inferred"]["interaction"] is None) is (before is None)


def test_later_evidence_is_listed(told):
    rows = {change["row"]: change for change in told["evidence"]["B"]}
    assert rows["nis-20250113-killed-300"]["before"] is None
    assert "300" in rows["nis-20250113-killed-300"]["after"]


def text_of(project: Path, place: str = PLACE) -> str:
    """The page's words, without markup."""
    page = (project / place / "report.html").read_text("utf-8")
    words = re.sub(r"<(script|style|svg)\b.*?</\1>|</?(a|span)\b[^>]*>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", words).split())


def test_deaths_come_before_people_and_people_before_money():
    parts = [key.partition(".")[0] for key in labels("comparison")]
    assert parts == sorted(parts, key=["losses", "people", "money"].index)
    first = ["losses.inferred_killed", "losses.inferred", "people.killed", "people.casualties"]
    assert list(labels("comparison"))[:4] == first


def test_the_text_says_what_a_change_does_in_words(project):
    text = text_of(project)
    killed = [
        read(project / "briefings" / name / "results.json")["numbers"]["people.killed"]["text"]
        for name in COMPARED
    ]
    named = "Killed within the horizon, assumed"
    said = f"{named}: {killed[0]} in A, {killed[1]} in B. What moves it most is "
    assert re.search(
        re.escape(said) + r"the [a-z ]+: that change alone (raises|lowers) the number by [\d,]+", text
    )
    judged = read(project / "briefings/current/results.json")["judgements"].values()
    assert any(f"{one['heading'].rstrip('.')}, as judged" in text for one in judged)
    assert not re.search(r"\bjudgement\.\w", text)


def test_the_difference_of_two_sides_stands_beside_them_and_can_be_followed(project, told):
    page = (project / PLACE / "report.html").read_text("utf-8")
    assert "B less A" in text_of(project)
    people = told["numbers"]["people.distinct"]
    fewer = show(round(people["A"]["value"] - people["B"]["value"]), "persons", 3)
    assert re.search(rf'href="#trace-difference\.people\.distinct"[^>]*>\u2212{fewer}<', page)
    assert 'id="trace-difference.people.distinct"' in page


def test_the_evidence_is_counted_by_kind_and_listed_in_part(project, told):
    text, rows = text_of(project), told["evidence"]["B"]
    said = re.search(r"Of the ledger B knows ([\d,]+) rows that A does not\.", text)
    assert said
    assert int(said[1].replace(",", "")) == sum(row["before"] is None for row in rows)
    assert "Claims: Killed or wounded" in text
    assert "not known" in text
    assert f"15 of {len(rows)} rows" in text
    assert sum(change["row"] in text for change in rows) < len(rows) / 2


def test_the_digest_covers_scenario_evidence_code_and_notebooks_of_every_side():
    scenario = load_scenario("november-2024")
    record = {"digest": "a", "made_from": {"data": "b", "package": "c"}, "notebooks": {"01": "d"}}
    changed = [
        {"digest": "x"},
        {"made_from": {"data": "x", "package": "c"}},
        {"made_from": {"data": "b", "package": "x"}},
        {"notebooks": {"01": "x"}},
    ]
    other = Side("B", "b", scenario, record, None)
    made = [
        digest_of(sides)
        for change in ({}, *changed)
        for sides in ([Side("A", "a", scenario, record | change, None), other],)
    ]
    made += [digest_of([other, Side("B", "b", scenario, record | change, None)]) for change in changed]
    assert len(set(made)) == 1 + 2 * len(changed)


# A briefing and its own earlier run


def test_the_earlier_run_shows_which_claim_changed_a_number(project, tmp_path, briefing):
    root = Path(shutil.copytree(project, tmp_path / "project"))
    before = read(root / "briefings/november-2024/results.json")
    # As it would have been recorded with another row.
    row, number = "dprk_exports_usd_million@2023", before["numbers"]["scale.exports"]
    now = number["value"]
    number |= {"value": now / 2, "text": show(now / 2, number["unit"], number["digits"])}
    before["evidence"][row] += " or half of it"
    keep(root / "briefings/november-2024", before)
    found = json.loads(
        briefing("compare", "november-2024@earlier", "november-2024", "--json", cwd=root).stdout
    )
    assert [change["row"] for change in found["evidence"]["B"]] == [row]
    assert found["numbers"]["scale.exports"]["A"]["value"] == now / 2
    assert found["numbers"]["scale.exports"]["B"]["value"] == now
    assert found["code"]["B"] == []
    assert found["parameters"] == {}
    done = briefing("compare", "november-2024@earlier", "november-2024", "--renderer", "builtin", cwd=root)
    assert done.returncode == 0, done.stderr
    text = text_of(root, "briefings/comparisons/november-2024-earlier-and-november-2024")
    assert row in text
    assert "The scenarios are the same, so only evidence and code move a number." in text
    assert "A and B know one row in different words, figures or grades." in text
    assert "The figures of earlier runs are not kept." in text


def test_an_edited_notebook_is_named_as_the_cause(project, tmp_path, briefing):
    root = Path(shutil.copytree(project, tmp_path / "project"))
    path = root / "notebooks" / "04_money.ipynb"
    path.write_text(path.read_text("utf-8").replace("and paid_month", "and paid_month.times(2)"), "utf-8")
    assert list(run_notebooks(root, load_scenario("november-2024")).ran) == ["04_money"]
    finish(root, load_scenario("november-2024"), ("html",))
    [kept] = (root / "briefings/november-2024/earlier").glob("*.json")
    assert kept.stem == "0001-unknown"
    found = json.loads(
        briefing("compare", "november-2024@earlier", "november-2024", "--json", cwd=root).stdout
    )
    assert found["code"]["B"] == ["notebooks/04_money.ipynb"]
    assert found["evidence"]["B"] == []
    assert list(found["numbers"]) == ["wage.ratio"]


# Records of earlier runs


@pytest.fixture
def records(rendered, tmp_path) -> Path:
    """A project with a briefing and a variation of another, each with an earlier run."""
    names = ("current", variation())
    places = [f"{part}/{name}" for part in ("figures", "briefings") for name in names]
    root = copy_with(rendered, tmp_path / "project", *places)
    for name in names:
        keep(root / "briefings" / name, read(root / "briefings" / name / "results.json"))
    return root


def variation() -> str:
    return load_scenario("as-printed", {"pay": 2500}).name


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def keep(folder: Path, record: dict, number: int = 1) -> None:
    (folder / "earlier").mkdir(exist_ok=True)
    (folder / "earlier" / f"{number:04d}-unknown.json").write_text(json.dumps(record), encoding="utf-8")


def test_evidence_and_parameters_that_both_differ_are_told_apart(records, briefing):
    folder = records / "briefings/current"
    before = read(folder / "results.json")
    settings = {"force": 8_000, "tour": 5, "hazard": 0.1}
    [now] = headlines([load_scenario("current", settings)], load(records / "data"))
    # As a run with other settings, on other claims and code, might have recorded it.
    before["scenario"] |= settings
    before["numbers"]["losses.inferred"] |= {"value": 4000.0, "text": "4,000"}
    people = now["people.distinct"].value - 1000
    before["numbers"]["people.distinct"] |= {"value": people, "text": show(people, "persons", 3)}
    keep(folder, before, 2)
    done = briefing("compare", "current@earlier", "current", "--json", cwd=records)
    found = json.loads(done.stdout)
    assert found["parameters"].keys() == {"force", "tour", "hazard"}
    moved = {told["key"]: told for told in found["causes"]["B"]}
    losses, people = moved["losses.inferred"], moved["people.distinct"]
    assert [cause["parameters"] for cause in losses["causes"]] == [["evidence_and_code"]]
    assert (losses["first"], losses["interaction"]) == (4000, 0)
    by_evidence = {tuple(cause["parameters"]): cause["effect"] for cause in people["causes"]}
    assert by_evidence["evidence_and_code",] == pytest.approx(1000)
    for told in (losses, people):
        assert told["first"] == found["numbers"][told["key"]]["A"]["value"]
        assert told["second"] == found["numbers"][told["key"]]["B"]["value"]
        total = sum(cause["effect"] for cause in told["causes"]) + told["interaction"]
        assert total == pytest.approx(told["second"] - told["first"])


def test_the_earlier_run_of_a_variation_can_be_compared(records, briefing):
    name = variation()
    done = briefing("compare", f"{name}@earlier", name, "--json", cwd=records)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sides"]["A"]["scenario"]["name"] == name


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"scenario": {"gone": 1}}, "record of november-2024@earlier, gone: unknown parameter"),
        ({"scenario": {"pay": -5}}, "record of november-2024@earlier, pay: -5"),
        ({"notebooks": None}, "november-2024@earlier: no such earlier run"),
    ],
)
def test_a_record_that_is_no_scenario_any_more_is_a_line(records, briefing, change, answer):
    record = read(records / "briefings/current/results.json")
    for part, content in change.items():
        record[part] = content and {**record[part], **content}
    (records / "briefings/november-2024").mkdir()
    keep(records / "briefings/november-2024", record)
    done = briefing("compare", "november-2024@earlier", "november-2024", cwd=records)
    assert done.returncode == 2
    assert answer in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_name_leads_out_of_the_briefings(records, briefing):
    shutil.copy(records / "briefings/current/results.json", records)
    done = briefing("compare", "..", "november-2024", cwd=records)
    assert done.returncode == 2
    assert done.stderr.startswith('scenario "..": not found')
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("names", "answer"),
    [
        (("november-2024",), "compare: 1 given; allowed: 2 to 4 scenarios or runs"),
        (("november-2024", "november-2024"), "compare: november-2024 is given twice; allowed: each once"),
        (("november-2024", "curent"), 'scenario "curent": not found; did you mean `current`?'),
        (("november-2024", "../up"), 'scenario "../up": not found'),
        (
            ("november-2024@earlier", "november-2024"),
            "november-2024@earlier: no such earlier run; allowed: none was kept yet",
        ),
        (("curent@earlier", "november-2024"), 'scenario "curent": not found; did you mean `current`?'),
    ],
)
def test_wrong_names_are_a_line(project, briefing, names, answer):
    done = briefing("compare", *names, cwd=project)
    assert done.returncode == 2
    assert answer in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_limit_on_a_cell_can_be_given(small, briefing):
    small.write("02_second", "while True: pass")
    done = briefing("compare", "as-printed", "high-tempo", "--engine", "warm", "--cell-timeout", "1")
    assert done.returncode == 1
    assert "notebooks/02_second.ipynb, cell [3]: did not end within 1 second (cell_timeout)" in done.stderr
    done = briefing("compare", "as-printed", "curent", "--cell-timeout", "0")
    assert done.returncode == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "--cell-timeout",
        'scenario "curent"',
    ]


def test_a_stray_copy_among_the_earlier_runs_is_none_of_them(tmp_path):
    folder = tmp_path / "briefings/november-2024/earlier"
    folder.mkdir(parents=True)
    for name in ("0001-abc.json", "0002-def.json", "0002 (copy)-def.json", "0003-def-old.json"):
        (folder / name).touch()
    assert [path.name for path in kept_runs(tmp_path, "november-2024")] == ["0001-abc.json", "0002-def.json"]
