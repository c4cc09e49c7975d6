"""Each notebook as a page: complete, safe, linked from its figures, and gone with its notebook."""

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from pages import Page, needs_chromium

from briefing.formats import day
from briefing.render.cells import inert, read_cells
from briefing.scenario import load_scenario
from briefing.scenario.describe import shown as shown_value
from conftest import DRAWS, ROOT, SHOWS, Small

NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
SVG = 'xmlns="http://www.w3.org/2000/svg"'


def page(root: Path, name: str, scenario: str = "november-2024") -> Page:
    return Page(root / "briefings" / scenario / "notebooks" / f"{name}.html")


def made_links(root: Path, scenario: str) -> list[str]:
    report = Page(root / "briefings" / scenario / "report.html")
    return [link for link in report.links if link.startswith("notebooks/")]


def test_every_notebook_is_a_page_that_says_whose_it_is(rendered):
    scenario = load_scenario("november-2024")
    assert [path.stem for path in sorted((rendered / "briefings/november-2024/notebooks").iterdir())] == NAMES
    for name in NAMES:
        source = nbformat.read(rendered / "notebooks" / f"{name}.ipynb", as_version=4)
        shown = page(rendered, name)
        [title] = shown.root.every("h1")
        assert title.text == source.cells[0].source.splitlines()[0].removeprefix("# ")
        as_of = f"As of {day(scenario.as_of)}".replace("\u00a0", " ")
        for words in (scenario.digest, scenario.title, as_of, f"Notebook {name}"):
            assert words in shown.root.text
        assert shown.dead_links() == []
        assert shown.active() == []
        assert "../report.html" in shown.links


def test_the_pages_lead_from_one_to_the_next(rendered):
    name, seen = NAMES[0], []
    while name:
        seen.append(name)
        following = [
            one.attributes["href"]
            for one in page(rendered, name).root.every("a")
            if one.attributes.get("rel") == "next"
        ]
        name = following[0].removesuffix(".html") if following else ""
    assert seen == NAMES


def test_all_code_is_there_and_folded(rendered):
    for name in NAMES:
        source = nbformat.read(rendered / "notebooks" / f"{name}.ipynb", as_version=4)
        code = [
            cell.source for cell in source.cells if cell.cell_type == "code" and "tags" not in cell.metadata
        ]
        folded = page(rendered, name).root.every("details")
        assert not any("open" in one.attributes for one in folded)
        assert ["".join(one.every("pre")[0].words).rstrip("\n") for one in folded] == code


def test_the_parameters_are_those_of_the_run(rendered):
    words = page(rendered, "02_people").by_id("parameters").text
    assert words == "Parameters of this run"
    stated = {
        one.every("dt")[0].text: one.every("dd")[0].text
        for one in page(rendered, "02_people").root.every("div")
        if one.every("dt") and not one.every("div")
    }
    # The scenario's own values, where the notebook's defaults are others.
    scenario = load_scenario("november-2024")
    for name in ("tour", "hazard", "force"):
        assert stated[name] == shown_value(getattr(scenario, name)), name
    assert stated["seed"] == str(scenario.seed)


def test_each_figure_links_to_the_place_where_it_was_drawn(rendered):
    report = Page(rendered / "briefings/november-2024/report.html")
    figures = {one for one in report.ids if re.fullmatch(r"fig-[a-z]+", one)}
    links = made_links(rendered, "november-2024")
    assert {link.partition("#")[2] for link in links} == figures
    assert len(links) == len(figures) > 3
    for link in links:
        where, _, name = link.partition("#")
        shown = Page(report.path.parent / where).by_id(name)
        drawn = ElementTree.parse(rendered / "figures/november-2024" / f"{name}.svg")
        words = " ".join(" ".join(drawn.getroot().itertext()).split())
        [drawing] = shown.every("svg")
        assert re.sub(r"\s", "", drawing.text) == re.sub(r"\s", "", words)
        assert len(drawing.every("path")) == len(list(drawn.iter("{http://www.w3.org/2000/svg}path")))
        assert drawing.attributes["aria-label"]


def test_a_briefing_without_the_pages_has_no_link_to_them(rendered):
    assert made_links(rendered, "as-printed") == []
    assert not (rendered / "briefings/as-printed/notebooks").exists()
    assert "How this figure was made" not in (rendered / "briefings/as-printed/report.html").read_text()


def make(project: Small, **options):
    project.run()
    return project.finish(**options)


def pages_of(project: Small) -> list[str]:
    folder = project.root / "briefings/as-printed/notebooks"
    return sorted(path.name for path in folder.glob("*")) if folder.exists() else []


def test_pages_that_were_asked_for_once_are_kept_up_to_date(drawn):
    both = ["01_first.html", "02_second.html"]
    assert make(drawn).made
    assert pages_of(drawn) == []
    assert make(drawn, pages=True).made
    assert pages_of(drawn) == both
    assert not make(drawn).made
    drawn.write("02_second", DRAWS, "pay + 1", SHOWS, "record.save()")
    assert make(drawn).made
    assert "2001" in page(drawn.root, "02_second", "as-printed").root.text
    assert made_links(drawn.root, "as-printed") == ["notebooks/02_second.html#fig-second"]


@pytest.mark.parametrize("harm", ["removed", "changed", "all removed"])
def test_a_page_that_was_lost_or_changed_is_noticed(drawn, harm):
    make(drawn, pages=True)
    lost = drawn.root / "briefings/as-printed/notebooks/02_second.html"
    before = lost.read_bytes()
    if harm == "all removed":
        shutil.rmtree(lost.parent)
        assert make(drawn).made
        # The briefing is then one without pages, and has no dead link.
        assert made_links(drawn.root, "as-printed") == []
        return
    lost.write_text("rubbish") if harm == "changed" else lost.unlink()
    assert make(drawn).made
    assert lost.read_bytes() == before


def test_pages_go_with_their_notebook_and_on_request_but_nothing_else_goes(drawn):
    make(drawn, pages=True)
    own = drawn.root / "briefings/as-printed/notebooks/remarks.txt"
    own.write_text("mine")
    (drawn.root / "notebooks/02_second.ipynb").unlink()
    (drawn.root / "report.qmd").write_text("# Text\n")
    assert make(drawn).made
    assert pages_of(drawn) == ["01_first.html", "remarks.txt"]
    assert make(drawn, pages=False).made
    assert pages_of(drawn) == ["remarks.txt"]
    assert not make(drawn, pages=False).made


def test_a_manifest_cannot_name_a_file_to_be_removed(drawn):
    make(drawn, pages=True)
    outside = drawn.root / "briefings/kept.html"
    outside.write_text("kept")
    manifest = drawn.root / "briefings/as-printed/manifest.json"
    content = json.loads(manifest.read_text())
    content["files"]["notebooks/../../kept.html"] = {"inputs": "", "sha256": ""}
    manifest.write_text(json.dumps(content))
    make(drawn, pages=False)
    assert outside.read_text() == "kept"


def test_equal_runs_make_equal_pages(drawn):
    make(drawn, pages=True)
    folder = drawn.root / "briefings/as-printed"
    before = {path.name: path.read_bytes() for path in (folder / "notebooks").iterdir()}
    shutil.rmtree(folder)
    make(drawn, pages=True)
    assert {path.name: path.read_bytes() for path in (folder / "notebooks").iterdir()} == before


@pytest.mark.parametrize("option", ["--notebooks", "--no-notebooks"])
def test_pages_without_the_html_that_links_to_them_are_refused(small, briefing, option):
    done = briefing("render", "--to", "pdf", option)
    told = f"{option}: --to pdf makes no HTML, which links to them; allowed: --to html\n"
    assert (done.returncode, done.stderr) == (2, told)


EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>"
CELLS = (
    nbformat.v4.new_markdown_cell(
        f"# Title {EVIL}\n\n{EVIL}\n\n[l](javascript:alert) [d](data:text/html,x) ![i](http://evil.example/i.png)\n\n"
        f"<iframe src='//evil.example'></iframe>\n\n```\n{EVIL}\n```\n"
    ),
    nbformat.v4.new_code_cell('pay = "<b>"', metadata={"tags": ["parameters"]}),
    nbformat.v4.new_code_cell(
        f'"{EVIL}"  # </code></pre>{EVIL}',
        outputs=[
            nbformat.v4.new_output("stream", text=f"\x1b[31m{EVIL}\x1b[0m"),
            nbformat.v4.new_output("display_data", data={"text/html": EVIL, "text/plain": repr(EVIL)}),
            nbformat.v4.new_output("display_data", data={"text/html": EVIL}),
            nbformat.v4.new_output("display_data", data={"application/javascript": "alert(1)"}),
            nbformat.v4.new_output("display_data", data={"image/png": f'x"><{EVIL}'}),
            nbformat.v4.new_output(
                "display_data",
                data={
                    "image/svg+xml": f"<svg {SVG}><script>alert(1)</script></svg>",
                    "text/plain": "a drawing",
                },
            ),
        ],
    ),
)


def test_hostile_cells_come_out_as_words(drawn):
    path = drawn.folder / "01_first.ipynb"
    notebook = nbformat.v4.new_notebook(cells=list(CELLS))
    path.unlink()
    nbformat.write(notebook, path)
    from briefing.render.notebook_pages import write_pages

    document = {"figures": {}, "words": {"title": EVIL}, "metadata": {"title": EVIL}}
    [made] = write_pages(drawn.root, load_scenario("as-printed"), document, ["01_first"], drawn.root)
    shown = Page(made)
    assert shown.active() == []
    assert [
        one.tag for one in shown.root.every("img") if not one.attributes["src"].startswith("data:image/png")
    ] == []
    assert shown.root.every("h1")[0].text == f"Title {EVIL}"
    assert "a drawing" in shown.root.text
    # Every hostile text is there, as words.
    assert shown.root.text.count(EVIL) >= 7


@pytest.mark.parametrize(
    "drawing",
    [
        f"<svg {SVG} onload='alert(1)'/>",
        f"<svg {SVG}><a href='javascript:alert(1)'><text>x</text></a></svg>",
        f"<svg {SVG}><use href='http://evil.example/a.svg#b'/></svg>",
        f"<svg {SVG}><image href='http://evil.example/a.png'/></svg>",
        f"<svg {SVG}><foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject></svg>",
        f"<svg {SVG}><style>@import 'http://evil.example'</style></svg>",
        f"<svg {SVG}><rect fill='url(http://evil.example/#a)'/></svg>",
        f"<svg {SVG}><rect style='fill:u\\72l(http://evil.example/#a)'/></svg>",
        f"<svg {SVG}><set attributeName='href' to='javascript:alert(1)'/></svg>",
        f"<p xmlns='http://www.w3.org/1999/xhtml'><svg {SVG}/></p>",
        "<svg><p>",
        "",
    ],
)
def test_a_drawing_that_runs_or_loads_anything_is_not_shown(drawing):
    assert inert(drawing) == ""


@pytest.mark.parametrize(
    "drawing",
    [
        f"<svg {SVG}><!--><script>alert(1)</script>--><path/></svg>",
        f"<svg {SVG}><title><![CDATA[<script>alert(1)</script>]]></title></svg>",
        f'<!DOCTYPE svg [<!ENTITY a "&#60;script>alert(1)&#60;/script>">]><svg {SVG}><text>x</text></svg>',
        f"<svg {SVG}><text>&lt;script&gt;alert(1)&lt;/script&gt;</text></svg>",
    ],
)
def test_what_reads_otherwise_as_html_than_as_xml_is_written_anew(drawing):
    assert "<script" not in inert(drawing)
    assert inert(drawing).startswith("<svg ")


def test_a_notebook_without_a_heading_goes_by_its_name():
    assert (
        read_cells({"cells": [{"cell_type": "markdown", "source": ["no ", "heading"]}]}, "03_x").title
        == "03_x"
    )


@needs_chromium
def test_code_opens_by_the_keyboard_and_a_figure_is_where_its_link_leads(rendered, tab):
    page = tab(390)
    page.goto((rendered / "briefings/november-2024/report.html").as_uri())
    page.evaluate("document.querySelector('a[href=\"notebooks/02_people.html#fig-rotation\"]').click()")
    page.wait_for_url("**/02_people.html#fig-rotation")
    assert abs(page.locator("#fig-rotation").bounding_box()["y"]) < 100
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None
    assert page.locator("details pre").first.is_visible()
