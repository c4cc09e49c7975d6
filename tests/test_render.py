"""Finished documents prove who they are, print hostile text as text, and no bad one replaces a good one."""

import base64
import csv
import hashlib
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdf import PdfReader
from shell import start

from briefing.errors import BadInputError, RunFailedError
from briefing.ledger import load
from briefing.render import briefings, builtin, document, make, quarto, record, verify, worker
from briefing.render.page import SCRIPTS, WHAT_IF
from briefing.run.notebooks import find_notebooks
from briefing.run.plan import Planner
from briefing.run.runner import run_notebooks
from briefing.scenario import load_scenario
from briefing.scenario.editions import DEFAULT
from conftest import ROOT, Small, copy_with, make_drawn

HOSTILE = (
    '<script>alert(1)</script> #panic("x") *b* _i_ [l](http://evil.example) {{< meta title >}} '
    "$x^2$ @fig-claims `c`"
)
needs_quarto = pytest.mark.skipif(quarto.find() is None, reason="no Quarto on PATH")


SHOWS_THE_LEDGER = """
from briefing.ledger import load
from briefing.results import Record
record = Record("01_first")
told = load().as_of(as_of).statements
record.number("first.day", len(told), "count", "counted", "Statements", claims=list(told["statement_id"]))
record.table("tbl-statements", ["What was said"], [[summary] for summary in told["summary"]])
record.fact("first.found", True, "all of it was found")
record.fact("first.lost", False, "some of it was lost")
record.save()
"""


@pytest.fixture
def project(finished, tmp_path) -> Path:
    """A private copy of a project in which the notebooks have run for the article's day."""
    return copy_with(finished, tmp_path / "project", "figures/november-2024")


def composed(root: Path, name: str = "november-2024") -> dict:
    scenario = load_scenario(name, folder=root / "scenarios")
    return document.compose(root, scenario, load(root / "data"), [n.name for n in find_notebooks(root)])


def finish(root: Path, name: str = "november-2024", **options):
    return make.finish(root, load_scenario(name, folder=root / "scenarios"), **options)


def html_of(root: Path, name: str = "november-2024") -> str:
    return (root / "briefings" / name / "report.html").read_text(encoding="utf-8")


def pdf_of(root: Path, name: str = "november-2024") -> PdfReader:
    return PdfReader(root / "briefings" / name / "report.pdf")


def words_of(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " "))


def page_title(page: str) -> str:
    return words_of(re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1])


class Text(HTMLParser):
    """Visible words, element names and ids of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.alts: list[str] = []
        self._skip = 0
        self.feed(page)
        self.text = words_of("".join(self.words))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append(tag)
        self._skip += tag in ("style", "script", "title")
        self.ids.append(given.get("id", ""))
        if given.get("href", "").startswith("#"):
            self.targets.append(given["href"][1:])
        if tag == "svg":
            self.alts.append(given.get("aria-label", ""))

    def handle_endtag(self, tag):
        self._skip -= tag in ("style", "script", "title")

    def handle_data(self, data):
        if not self._skip:
            self.words.append(data)


def test_both_documents_carry_the_digest_that_was_asked_for(rendered):
    digest = load_scenario("november-2024").digest
    assert f'name="briefing-digest" content="{digest}"' in html_of(rendered)
    reader = pdf_of(rendered)
    assert digest in reader.metadata["/Keywords"]
    assert all(digest in page.extract_text() for page in reader.pages)


def test_the_manifest_names_what_was_made_from_what(rendered):
    manifest = json.loads((rendered / "briefings/november-2024/manifest.json").read_text())
    assert manifest["digest"] == load_scenario("november-2024").digest
    assert manifest["data"] == load(rendered / "data").digest
    pages = {f"notebooks/{path.stem}.html" for path in (rendered / "notebooks").glob("*.ipynb")}
    assert set(manifest["files"]) == {"report.html", "report.pdf", "brief.pdf"} | pages
    assert set(manifest["beside"]) == {"results.json", "thumbnail.png", "words.json"}


def test_the_page_loads_nothing_and_runs_only_its_own_script(rendered):
    page = html_of(rendered)
    folder = rendered / "_extensions/briefing"
    own = [(folder / name).read_text(encoding="utf-8").strip() for name in (*SCRIPTS, *WHAT_IF)]
    scripts = re.findall(r"<script( [^>]*)?>(.*?)</script>", page, re.DOTALL)
    assert [body for kind, body in scripts if "json" not in kind] == own
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in own]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    assert f"default-src 'none'; script-src {allowed};" in html.unescape(page)
    # The scripts and their comments are no markup.
    for text in own:
        page = page.replace(text, "")
    assert not re.search(r"""(?:src|srcset)=["'](?!data:)""", page)
    assert not re.search(r"<link[^>]+href=[\"'](?!data:)", page)
    assert not re.search(r"url\((?![\"']?(?:data:|#))|@import", page)


def test_every_inner_link_leads_somewhere_and_no_id_stands_twice(rendered):
    page = Text(html_of(rendered))
    ids = [name for name in page.ids if name]
    assert len(ids) == len(set(ids))
    assert set(page.targets) <= set(ids)


def test_every_picture_says_what_it_shows(rendered):
    page = Text(html_of(rendered))
    assert len(page.alts) == len(composed(rendered)["figures"]) > 3
    assert all(len(alt) > 60 and not re.search(r"[{}]", alt) for alt in page.alts)


def test_every_number_of_the_prose_stands_in_the_trace(rendered):
    page = html_of(rendered)
    keys = set(re.findall(r'href="#trace-([a-z0-9_.-]+)"', page))
    assert len(keys) > 50
    assert all(f'id="trace-{key}"' in page for key in keys)
    words = json.loads((rendered / "briefings/november-2024/words.json").read_text("utf-8"))
    assert len(words["numbers"]) > 50
    assert {*words["numbers"]} <= keys


def test_every_claim_of_the_article_appears_with_its_grade(rendered):
    text = Text(html_of(rendered)).text
    known = load(rendered / "data").as_of("2024-11-24")
    seed = known.statements.query("in_seed == 'yes'")["summary"]
    assert len(seed) > 3
    for summary in seed:
        assert words_of(summary).replace("'", "\u2019") in text or words_of(summary) in text


def test_what_others_add_to_the_article_s_claims_is_printed(rendered):
    text = Text(html_of(rendered, "current")).text
    with (rendered / "data/article.csv").open(encoding="utf-8", newline="") as table:
        added = [row["adds"] for row in csv.DictReader(table)]
    assert len(added) >= 3
    for told in added:
        assert words_of(told).replace("'", "\u2019") in text or words_of(told) in text


def test_the_pdf_has_contents_bookmarks_and_the_project_s_own_fonts(rendered):
    reader = pdf_of(rendered)
    assert "Contents" in "".join(page.extract_text() for page in reader.pages[:3])
    assert len(reader.outline) >= 9
    fonts = set()
    for page in reader.pages:
        fonts |= {f.get_object()["/BaseFont"] for f in page["/Resources"]["/Font"].values()}
    assert fonts
    assert all(re.search(r"\+Source(?:Sans|Serif)Pro", name) for name in fonts)


def test_nothing_looks_unprinted(rendered):
    text = Text(html_of(rendered)).text + " ".join(page.extract_text() for page in pdf_of(rendered).pages)
    assert not re.search(r"\b(?:None|nan|NaN|inf)\b|\de[+-]\d|\{[a-z]+\.|\?\?", text)
    assert not re.search(r"\d\.\d{5,}", text)


BOTH = ("html", "pdf")


def test_a_second_run_makes_nothing_and_what_was_lost_is_made_again(shown):
    folder = shown.briefing
    made = {name: (folder / name).read_bytes() for name in ("report.pdf", "results.json", "thumbnail.png")}
    for name in made:
        assert not shown.finish(BOTH).made
        (folder / name).unlink()
        assert shown.finish(BOTH).made
    (folder / "results.json").write_text("{}")
    assert shown.finish(BOTH).made
    assert {name: (folder / name).read_bytes() for name in made} == made
    assert not (folder / "earlier").exists()


@pytest.mark.parametrize(
    "content", ["", "[]", '{"files": []}', '{"files": {"report.html": "x"}}', '{"files": {}, "beside": 3}']
)
def test_a_damaged_manifest_is_no_proof(shown, content):
    shelf = briefings.Shelf(Planner(shown.root))
    assert shelf.is_current(shown.scenario())
    (shown.briefing / "manifest.json").write_text(content)
    assert not shelf.is_current(shown.scenario())


def test_a_record_that_lacks_something_is_not_kept_and_ends_no_run(shown):
    folder = shown.briefing
    whole = json.loads((folder / "results.json").read_text())
    assert record.read_record(folder / "results.json") == whole
    for part in whole.keys() - {"settings"}:
        (folder / "part.json").write_text(json.dumps({k: v for k, v in whole.items() if k != part}))
        assert record.read_record(folder / "part.json") is None, part
    (folder / "results.json").write_text(json.dumps({**whole, "digest": "another", "commit": None}))
    (folder / "report.pdf").unlink()
    assert shown.finish(BOTH).made
    assert not (folder / "earlier").exists()
    assert record.read_record(folder / "results.json") == whole


def test_a_copy_among_the_records_of_earlier_runs_ends_no_run(shown):
    folder = shown.briefing
    (folder / "earlier").mkdir()
    for name in ("1 copy-x.json", "0007-abc.json", "0100-abc - copy.json"):
        (folder / "earlier" / name).write_text("{}")
    whole = json.loads((folder / "results.json").read_text())
    (folder / "results.json").write_text(json.dumps({**whole, "digest": "another", "commit": "abc, changed"}))
    assert shown.finish().made
    assert json.loads((folder / "earlier/0008-abc.json").read_text())["digest"] == "another"


@pytest.mark.parametrize("reverted", [False, True])
def test_a_source_that_is_edited_while_it_is_rendered_is_rendered_again(shown, monkeypatch, reverted):
    source = shown.root / "report.qmd"
    before = source.read_text(encoding="utf-8")
    fill, check = worker.fill_stage, worker.verify

    def edit() -> None:
        source.write_text(f"{before}\nAdded meanwhile.\n", encoding="utf-8")

    def stage(*given, **options) -> None:
        if reverted:
            edit()
        fill(*given, **options)

    def verify_and_edit(*given) -> None:
        check(*given)
        source.write_text(before, encoding="utf-8") if reverted else edit()

    (shown.briefing / "report.html").unlink()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(worker, "fill_stage", stage)
        meanwhile.setattr(worker, "verify", verify_and_edit)
        assert shown.finish().made
    assert ("Added meanwhile." in shown.page) is reverted
    assert shown.finish().made
    assert ("Added meanwhile." in shown.page) is not reverted
    assert not shown.finish().made


def test_what_an_editor_leaves_beside_an_open_source_changes_nothing(shown):
    (shown.root / "_extensions/briefing/.#briefing.css").symlink_to("somebody@somewhere.1234:5678")
    (shown.root / "_extensions/briefing/.briefing.css.swp").write_text("rubbish")
    assert not shown.finish().made
    (shown.briefing / "report.html").unlink()
    assert shown.finish().made


def test_equal_inputs_make_equal_bytes_in_another_process_and_place(rendered, project):
    beside = project / "briefings/current/report.html"
    beside.parent.mkdir(parents=True)
    beside.touch()
    made = finish(project, formats=("html", "pdf", "brief"), pages=True)
    assert made.made
    for path in made.files:
        assert path.read_bytes() == (rendered / "briefings/november-2024" / path.name).read_bytes(), path.name


def test_a_document_of_another_scenario_does_not_pass_for_this_one(shown):
    made = [shown.briefing / "report.html", shown.briefing / "report.pdf"]
    found = "0123456789"
    with pytest.raises(RunFailedError) as caught:
        verify.verify(made, found, {})
    told = str(caught.value).splitlines()
    assert f"report.html: does not carry the scenario digest {found}" in told
    assert f"report.pdf: page 1 does not carry the scenario digest {found}" in told
    assert f"report.pdf: its metadata does not carry the scenario digest {found}" in told


@pytest.mark.parametrize("part", ["its head", "its text"])
def test_a_page_that_names_its_scenario_in_one_place_only_is_refused(tmp_path, part):
    page = tmp_path / "report.html"
    head, text = ("d", "") if part == "its head" else ("", "d")
    page.write_text(f'<meta name="briefing-digest" content="{head}"><p>{text}</p>')
    assert verify.check_html(page, "d", "", "") == ["does not carry the scenario digest d"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[first.day]{.num}", "[first.dya]{.num}", "no notebook recorded the number first.dya"),
        ("@fig-second ", "@fig-secnd ", "fig-secnd refers to nothing"),
        ("[@icd203]", "[@icd2003]", "icd2003"),
        ("::: {#fig-second}", "::: {#fig-secnd}", "no notebook drew fig-secnd"),
        ('fact="first.found"', 'fact="first.foun"', "no notebook recorded the fact first.foun"),
    ],
)
def test_what_leads_nowhere_stops_the_run_and_leaves_the_earlier_document(shown, old, new, said):
    report, before = shown.root / "report.qmd", shown.page
    assert old in report.read_text()
    report.write_text(report.read_text().replace(old, new, 1))
    with pytest.raises(RunFailedError, match=re.escape(said)):
        shown.finish()
    assert shown.page == before
    assert shown.unfinished() == []


def test_another_word_runs_no_notebook_and_stands_in_title_text_and_words(shown):
    report = shown.root / "report.qmd"
    report.write_text(report.read_text().replace("All of it was found", "Everything was found"))
    assert not any(shown.explain().values())
    assert shown.finish().made
    assert Text(shown.page).text.count("Everything was found") >= 2
    words = json.loads((shown.briefing / "words.json").read_text("utf-8"))
    assert words["title"].startswith("Everything was found on")
    assert words["figures"]["fig-second"] == {
        "title": "A line",
        "alt": "A line upwards",
        "source": "USD a month",
        "steps": [],
    }


def test_what_quarto_leaves_unresolved_is_found(tmp_path):
    page = tmp_path / "report.html"
    page.write_text('<meta name="briefing-digest" content="d"><p>d <strong>?@fig-x</strong> ?var:y</p>')
    assert verify.check_html(page, "d", ["a.b"], "") == [
        "unresolved: ?@fig-x",
        "unresolved: ?var:y",
        "unfilled numbers: a.b",
    ]


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://far.example/x.png">',
        '<img src="https://far.example/x.png" src="data:image/png;base64,AA">',
        '<img srcset="x.png 1x, https://far.example/x.png 2x">',
        '<video src="//far.example/x.mp4"></video>',
        '<embed src=" ht\ntp:far.example/x">',
        '<svg><image href="https://far.example/x.png"/><use xlink:href="\\\\far.example/x"/></svg>',
        '<svg><rect fill="url(https://far.example/x.svg#a)"/></svg>',
        "<p style=\"background: URL( 'https://far.example/x.png')\">x</p>",
        "<style>@import 'https://far.example/x.css';</style>",
        "<style>p { background: url(https://far.example/x.png) }</style>",
        '<meta http-equiv="Refresh" content="0; url=https://far.example">',
    ],
)
def test_a_page_that_would_load_something_is_refused(tmp_path, markup):
    page = tmp_path / "report.html"
    page.write_text(f'<meta name="briefing-digest" content="d">d{markup}')
    found = verify.check_html(page, "d", "", "")
    assert found
    assert all(problem.startswith("would load ") for problem in found)


def test_a_page_may_name_addresses_and_carry_data(tmp_path):
    page = tmp_path / "report.html"
    page.write_text(
        '<meta name="briefing-digest" content="d">d<meta name="source" content="https://far.example">'
        '<a href="https://far.example">x</a><q cite="https://far.example">x</q>'
        '<img src="data:image/png;base64,AA">'
        '<svg xmlns="http://www.w3.org/2000/svg"><g clip-path="url(#a)"/></svg>'
        "<style>@font-face { src: url(data:font/woff2;base64,AA) }</style>"
        '<script type="application/ld+json">{"url": "https://far.example"}</script>'
    )
    assert verify.check_html(page, "d", "", "") == []


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<b onclick=alert(1)>x</b>",
        '<a href=" JavaScript:alert(1)">x</a>',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    ],
)
def test_a_page_that_would_run_something_strange_is_refused(tmp_path, markup):
    page = tmp_path / "report.html"
    page.write_text(f'<meta name="briefing-digest" content="d">d{markup}<script>own()</script>')
    (problem,) = verify.check_html(page, "d", "", "", ["own()"])
    assert problem.startswith("would run ")


def make_hostile(root: Path, name: str) -> None:
    path = root / "data/statements.csv"
    rows = list(csv.reader(path.open(encoding="utf-8", newline="")))
    column = rows[0].index("summary")
    for row in rows:
        if row[0] in ("seed-st-technicians", "seed-st-training"):
            row[column] = HOSTILE
    csv.writer(path.open("w", encoding="utf-8", newline=""), lineterminator="\n").writerows(rows)
    path = root / f"scenarios/{name}.yaml"
    path.write_text(re.sub("title: .*", lambda _: f"title: {json.dumps(HOSTILE)}", path.read_text()))


def check_hostile(root: Path, name: str) -> None:
    page = html_of(root, name)
    assert "<script>alert" not in page
    assert not re.search(r'href="http://evil', page)
    straight = Text(page).text.replace("\u2060", "")
    assert straight.count(HOSTILE) >= 3
    printed = re.sub(r"\s+", "", "".join(p.extract_text() for p in pdf_of(root, name).pages))
    assert printed.count(re.sub(r"\s+", "", HOSTILE)) >= 2


def test_hostile_text_of_ledger_and_title_comes_out_as_text(tmp_path):
    small = make_drawn(tmp_path)
    small.write("01_first", SHOWS_THE_LEDGER, parameters='as_of = "latest"')
    report = tmp_path / "report.qmd"
    tables = [f"\n::: {{#tbl-{name}}}\nRows\n:::\n" for name in ("statements", "sources")]
    report.write_text(f"{report.read_text()}{''.join(tables)}")
    make_hostile(tmp_path, "as-printed")
    small.run()
    small.finish(BOTH)
    check_hostile(tmp_path, "as-printed")


def test_a_number_that_rests_on_later_evidence_is_refused(project):
    path = project / "figures/november-2024/02_people.json"
    content = json.loads(path.read_text())
    content["numbers"]["people.force"]["claims"] = ["nis-20250113-killed-300"]
    path.write_text(json.dumps(content))
    with pytest.raises(RunFailedError, match="nis-20250113-killed-300, which was not known on the day"):
        composed(project)


def test_what_pandoc_says_of_a_source_stops_every_document_that_is_made_of_it(drawn: Small):
    with (drawn.root / "report.qmd").open("a", encoding="utf-8") as source:
        source.write("\nNoted.[^twice]\n\n[^twice]: Once.\n\n[^twice]: Again.\n")
    for _ in range(2):
        with pytest.raises(RunFailedError, match="Duplicate note reference 'twice'"):
            drawn.finish()


def test_renders_at_the_same_time_do_not_mix(drawn: Small):
    names = ["as-printed", "high-tempo"]
    processes = [start("render", name, "--renderer", "builtin", cwd=drawn.root) for name in names]
    said = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
    for name in names:
        scenario = load_scenario(name)
        assert scenario.digest in html_of(drawn.root, name)
        assert all(scenario.digest in page.extract_text() for page in pdf_of(drawn.root, name).pages)
        others = {load_scenario(other).digest for other in names} - {scenario.digest}
        assert not any(digest in html_of(drawn.root, name) for digest in others)


def test_the_latest_edition_is_linked_only_where_it_lies_beside(shown):
    link = 'href="../current/report.html"'
    assert re.search(r"digest \w+\. current", Text(shown.page).text)
    assert link not in shown.page
    beside = shown.root / "briefings/current/report.html"
    beside.parent.mkdir()
    beside.write_text("the latest edition")
    assert shown.finish().made
    assert link in shown.page


def test_quarto_is_refused_where_there_is_none(monkeypatch):
    monkeypatch.setattr(quarto.shutil, "which", lambda _: None)
    assert briefings.choose_renderer("auto")[0] == "builtin"
    with pytest.raises(BadInputError, match="no Quarto is on PATH"):
        briefings.choose_renderer("quarto")


def test_an_old_quarto_is_left_alone(monkeypatch, tmp_path):
    old = tmp_path / "quarto"
    old.write_text("#!/bin/sh\necho 1.4.550\n")
    old.chmod(0o755)
    monkeypatch.setattr(quarto.shutil, "which", lambda _: str(old))
    assert briefings.choose_renderer("auto") == ("builtin", "the Quarto on PATH is older than 1.9")


def test_a_full_disk_leaves_the_earlier_document(shown, monkeypatch):
    before = shown.page
    (shown.briefing / "manifest.json").unlink()

    def full(self, stage: Path, *_) -> list[Path]:
        raise OSError(28, "No space left on device", str(stage))

    monkeypatch.setattr(builtin.Builtin, "render", full)
    with pytest.raises(RunFailedError, match="No space left"):
        shown.finish()
    assert shown.page == before
    assert shown.unfinished() == []


@pytest.mark.quarto
@needs_quarto
def test_quarto_and_the_built_in_renderer_say_the_same(project):
    finish(project)
    page = html_of(project)
    plain = Text(page)
    pages = [page.extract_text() for page in pdf_of(project).pages]
    finish(project, renderer="quarto")
    by_quarto = Text(html_of(project))

    def body(text: str) -> str:
        text = re.sub(r"(Figure|Table) (\d+):? ", r"\1 \2 ", text)
        return re.sub(r"(?:the built-in renderer|Quarto [\d.]+), pandoc [\d.]+", "", text)

    assert body(plain.text) == body(by_quarto.text)
    assert page_title(page) == page_title(html_of(project))
    assert plain.alts == by_quarto.alts
    assert {t for t in plain.ids if t.startswith(("trace-", "sec-", "fig-", "tbl-"))} <= set(by_quarto.ids)
    quarto_pages = [page.extract_text() for page in pdf_of(project).pages]
    assert len(pages) == len(quarto_pages)


@pytest.mark.quarto
@needs_quarto
def test_hostile_text_comes_out_as_text_under_quarto(project):
    make_hostile(project, "november-2024")
    run_notebooks(project, load_scenario("november-2024", folder=project / "scenarios"))
    finish(project, renderer="quarto")
    check_hostile(project, "november-2024")


def test_the_command_renders_the_default_scenario_from_the_evidence_as_it_stands(as_it_stands, live):
    made, digest = as_it_stands / "briefings" / DEFAULT, load_scenario(DEFAULT).digest
    verify.verify([made / "report.html", made / "report.pdf"], digest, composed(as_it_stands, DEFAULT))
    assert load(ROOT / "data").digest[:10] in html_of(as_it_stands, DEFAULT)
