"""The PDF: archivable, readable by a screen reader, and set as a page that a reader would keep."""

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import page as validator
import pypdfium2
import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream, IndirectObject

from briefing.cli.options import with_edition
from briefing.errors import BadInputError, RunFailedError
from briefing.formats import show
from briefing.ledger import load
from briefing.render import document, letters, quarto, verify
from briefing.render.make import finish
from briefing.render.stage import fill_stage
from briefing.render.worker import render_stage
from briefing.run.notebooks import find_notebooks
from briefing.scenario import load_scenario
from conftest import BRIEFINGS, ROOT, copy_with

EDITIONS = ("report.pdf", "brief.pdf")
FRONT = ("tbl-now", "tbl-with", "tbl-standings", "tbl-then", "tbl-turns")
VALIDATED = [(name, edition) for name in ("november-2024", "current") for edition in EDITIONS]
EVERY = [(name, edition) for name in BRIEFINGS for edition in EDITIONS]
CM = 72 / 2.54
# The frame of the template: where type may stand. Header and footer lie in the margins above and below.
LEFT, RIGHT, TOP, BOTTOM = 2.1 * CM, 2.1 * CM, 2.3 * CM, 2.0 * CM
HEADER, FOOTER = 1.0 * CM, 0.9 * CM
needs_quarto = pytest.mark.skipif(quarto.find() is None, reason="no Quarto on PATH")


@pytest.fixture
def stage(tmp_path) -> Path:
    folder = tmp_path / "stage"
    folder.mkdir()
    return folder


@pytest.fixture
def make(rendered, stage):
    """Set a changed document in both editions, without the notebooks."""

    def made(changed: dict, root: Path = rendered) -> tuple[Path, Path]:
        fill_stage(stage, root, changed, for_quarto=False)
        report, brief = render_stage(stage, ("pdf", "brief"), "builtin", 1_700_000_000)
        return report, brief

    return made


@pytest.fixture
def own(rendered, tmp_path) -> Path:
    """A project with the results of the article's day, in which a test may change a drawing."""
    return copy_with(rendered, tmp_path / "project", "figures/november-2024")


def composed(project: Path, name: str = "november-2024", **settings: str) -> dict:
    scenario = load_scenario(name, folder=project / "scenarios")
    scenario = scenario.model_copy(update=settings)
    names = [notebook.name for notebook in find_notebooks(project)]
    return document.compose(project, scenario, load(project / "data"), names)


def path_of(project: Path, name: str, edition: str) -> Path:
    return project / "briefings" / name / edition


class Line(NamedTuple):
    """A piece of printed text and its box, in points from the lower left corner of the page."""

    text: str
    left: float
    bottom: float
    right: float
    top: float


class Printed(NamedTuple):
    width: float
    height: float
    lines: list[Line]
    text: str

    def within(self, bottom: float, top: float) -> list[Line]:
        return [line for line in self.lines if line.bottom < top and line.top > bottom]

    @property
    def body(self) -> list[Line]:
        """What stands between header and footer."""
        return self.within(BOTTOM - 4, self.height - TOP + 4)


def joined(boxes: list[Line]) -> list[Line]:
    """Join pieces that follow each other on a line: the reader of the PDF parts a line at links and fonts."""
    lines: list[Line] = []
    for box in boxes:
        last = lines[-1] if lines else None
        if last and abs(last.bottom - box.bottom) < 2.5 and -1 < box.left - last.right < 4:
            text = last.text + (" " if box.left - last.right > 0.5 else "") + box.text
            box = Line(text, last.left, min(last.bottom, box.bottom), box.right, max(last.top, box.top))
            lines.pop()
        lines.append(box)
    return [Line(re.sub(r"\s+", " ", line.text).strip(), *line[1:]) for line in lines]


@cache
def printed(path: Path) -> list[Printed]:
    pages = []
    with pypdfium2.PdfDocument(path) as pdf:
        for page in pdf:
            text = page.get_textpage()
            boxes = [text.get_rect(i) for i in range(text.count_rects())]
            found = [Line(text.get_text_bounded(*box), *box) for box in boxes]
            lines = joined([line for line in found if line.text.strip()])
            pages.append(Printed(*page.get_size(), lines, text.get_text_bounded()))
    return pages


def squeezed(text: str) -> str:
    """Return a text without its spaces: in a drawing every letter is placed by itself."""
    return re.sub(r"\s", "", text)


def words_of(path: Path) -> str:
    return re.sub(r"\s+", " ", " ".join(page.text for page in printed(path)))


def check_frame(path: Path) -> None:
    """Assert that no text leaves the frame of its page, nor stands between the frame and the footer."""
    for number, page in enumerate(printed(path), 1):
        for line in page.lines:
            where = f"{path.name}, page {number}: {line}"
            # The box of a line may hold the space at its end.
            assert line.left > LEFT - 3, where
            assert line.right < page.width - RIGHT + 3, where
            assert line.top < page.height - HEADER, where
            assert line.bottom > FOOTER, where
            assert line.bottom > BOTTOM - 4 or line.top < BOTTOM - 6, where


def check_no_overprint(path: Path) -> None:
    """Assert that no piece of text is printed over another."""
    for number, page in enumerate(printed(path), 1):
        lines = sorted(page.lines, key=lambda line: -line.top)
        for i, one in enumerate(lines):
            for other in lines[i + 1 :]:
                if other.top < one.bottom:
                    break
                across = min(one.right, other.right) - max(one.left, other.left)
                down = min(one.top, other.top) - max(one.bottom, other.bottom)
                small = min(one.top - one.bottom, other.top - other.bottom)
                assert across < 2 or down < 0.5 * small, f"{path.name}, page {number}: {one} on {other}"


def test_the_checks_of_a_page_would_find_what_they_look_for(tmp_path):
    import typst

    faulty = {
        check_frame: "#move(dx: 9cm)[far to the right]",
        check_no_overprint: "one text#place(top, dx: 2pt)[another]",
    }
    for check, source in faulty.items():
        path = tmp_path / f"{check.__name__}.pdf"
        path.with_suffix(".typ").write_text(f"#set page(margin: 2.5cm, width: 12cm, height: 15cm)\n{source}")
        typst.compile(path.with_suffix(".typ"), output=path)
        with pytest.raises(AssertionError, match="page 1"):
            check(path)


# The standards --------------------------------------------------------------------------------------------


def faults(path: Path, profile: str) -> list[str]:
    """Return what the validator finds, but for streams whose length it measures one byte short.

    Where compressed data happen to end in a carriage return, it takes that byte and the line feed before
    `endstream` for one end of line. Such a stream passes if it is followed by the line feed alone.
    """
    content = path.read_bytes()
    found = []
    for failure in validator.validate_pdf(path, profile=profile).failures:
        if failure.rule_id.endswith("-STREAM-LENGTH-001"):
            number = failure.object_id.object_number
            start = re.search(
                rb"(?<!\d)%d 0 obj\b.*?/Length (\d+).*?stream\r?\n" % number, content, re.DOTALL
            )
            end = start.end() + int(start[1])
            if content[end - 1 : end] == b"\r" and content[end:].startswith(b"\nendstream"):
                continue
        found.append(f"{failure.rule_id}: {failure.message}")
    return found


@pytest.mark.parametrize(("name", "edition"), VALIDATED)
@pytest.mark.parametrize("profile", ["ua1", "2a"])
def test_an_independent_validator_finds_pdf_ua_and_pdf_a(rendered, name, edition, profile):
    assert faults(path_of(rendered, name, edition), profile) == []


def test_the_validator_would_find_a_pdf_without_tags(tmp_path):
    import typst

    (tmp_path / "plain.typ").write_text("= Plain")
    typst.compile(tmp_path / "plain.typ", output=tmp_path / "plain.pdf", pdf_tags=False)
    assert not validator.is_pdf_compliant(tmp_path / "plain.pdf", profile="ua1")


class Element(NamedTuple):
    """An element of the tag tree."""

    kind: str
    content: dict
    children: list["Element"]
    pages: set[int]

    def all(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            yield from child.all()

    def of(self, kind: str) -> list["Element"]:
        return [element for element in self.all() if element.kind == kind]

    @property
    def every_page(self) -> set[int]:
        return set().union(*(element.pages for element in self.all()))


def element_of(tag: dict) -> Element:
    children, pages = [], set()
    kids = tag.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        own = kid.get_object() if isinstance(kid, IndirectObject) else kid
        if isinstance(own, dict) and "/S" in own:
            children.append(element_of(own))
        elif isinstance(own, dict) and "/Pg" in own:
            pages.add(own.raw_get("/Pg").idnum)
        elif "/Pg" in tag:
            pages.add(tag.raw_get("/Pg").idnum)
    return Element(tag["/S"], tag, children, pages)


@cache
def tags_of(path: Path) -> Element:
    root = PdfReader(path).root_object["/StructTreeRoot"]
    kids = root["/K"]
    return element_of((kids[0] if isinstance(kids, list) else kids).get_object())


@pytest.mark.parametrize(("name", "edition"), VALIDATED)
def test_the_document_says_its_language_title_and_scenario(rendered, name, edition):
    reader = PdfReader(path_of(rendered, name, edition))
    root, scenario = reader.root_object, load_scenario(name)
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    # Typst writes the title with straight marks and prints it with curved ones.
    title = composed(rendered, name)["metadata"]["title"]
    assert reader.metadata.title == title.translate(str.maketrans("\u2019\u201c\u201d", '\'""'))
    assert reader.metadata.author
    assert scenario.digest in reader.metadata["/Keywords"]


@pytest.mark.parametrize(("name", "edition"), VALIDATED)
def test_headings_follow_each_other_without_a_level_left_out(rendered, name, edition):
    tags = tags_of(path_of(rendered, name, edition))
    levels = [int(element.kind[2:]) for element in tags.all() if re.fullmatch(r"/H\d", element.kind)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(tags.of("/Title")) == 1


@pytest.mark.parametrize(("name", "edition"), VALIDATED)
def test_every_picture_says_what_it_shows_and_not_its_caption(rendered, name, edition):
    figures = composed(rendered, name)["words"]["figures"]
    tags = tags_of(path_of(rendered, name, edition))
    alts = [str(element.content.get("/Alt", "")) for element in tags.of("/Figure")]
    wanted = list(figures) if edition == "report.pdf" else ["fig-lead"]
    assert sorted(alts) == sorted(figures[figure]["alt"] for figure in wanted)
    assert not {*alts} & {entry["title"] for entry in figures.values()}


@pytest.mark.parametrize(("name", "edition"), VALIDATED)
def test_every_table_has_header_cells_and_every_cell_names_its_own(rendered, name, edition):
    tables = tags_of(path_of(rendered, name, edition)).of("/Table")
    there = composed(rendered, name)["words"]["tables"]
    assert len(tables) == (len(there) + 1 if edition == "report.pdf" else len({*there} & {*FRONT}))
    for table in tables:
        (head,) = table.of("/THead")
        ids = {cell.content["/ID"] for cell in head.of("/TH")}
        for cell in head.of("/TH"):
            assert cell.content["/A"][0]["/Scope"] == "/Column"
        for body in table.of("/TBody"):
            assert all({*cell.content["/A"][0]["/Headers"]} <= ids for cell in body.of("/TD"))


@pytest.mark.parametrize(("name", "edition"), VALIDATED)
def test_no_picture_or_table_is_parted_from_its_caption(rendered, name, edition):
    tags = tags_of(path_of(rendered, name, edition))
    captioned = [
        element for element in tags.all() if any(child.kind == "/Caption" for child in element.children)
    ]
    assert len(captioned) == len(tags.of("/Figure")) + len(tags.of("/Table"))
    for element in captioned:
        (caption,) = (child.every_page for child in element.children if child.kind == "/Caption")
        assert len(caption) == 1
        if element.of("/Table"):
            assert caption <= element.of("/THead")[0].every_page
            assert caption <= element.of("/TBody")[0].of("/TR")[0].every_page
        else:
            assert element.every_page == caption


@pytest.mark.parametrize(("name", "edition"), VALIDATED)
def test_all_that_is_printed_is_tagged_or_marked_as_decoration(rendered, name, edition):
    reader = PdfReader(path_of(rendered, name, edition))
    assert "/ParentTree" in reader.root_object["/StructTreeRoot"]
    for page in reader.pages:
        assert "/StructParents" in page
        assert page["/Tabs"] == "/S"
        depth = 0
        for _, operator in ContentStream(page.get_contents(), reader).operations:
            depth += (operator in (b"BMC", b"BDC")) - (operator == b"EMC")
            assert depth or operator not in (b"Tj", b"TJ", b"'", b'"', b"Do", b"f", b"f*", b"S", b"B", b"sh")
        assert depth == 0


def targets(reader: PdfReader) -> Iterator[object]:
    for page in reader.pages:
        for annotation in page.get("/Annots", []):
            link = annotation.get_object()
            assert link["/Subtype"] == "/Link"
            assert link.get("/Contents"), "a link without words"
            action = link.get("/A", {})
            if "/URI" not in action:
                yield link.get("/Dest", action.get("/D"))


@pytest.mark.parametrize(("name", "edition"), EVERY)
def test_every_link_leads_to_a_page_of_its_own_file(rendered, name, edition):
    reader = PdfReader(path_of(rendered, name, edition))
    pages = {page.indirect_reference.idnum for page in reader.pages}
    named = reader.named_destinations
    found = list(targets(reader))
    for target in found:
        page = named[target].page if isinstance(target, str) else target[0]
        assert page.idnum in pages
    assert bool(found) == (edition == "report.pdf")


def fonts_of(resources: dict) -> Iterator[dict]:
    yield from (font.get_object() for font in resources.get("/Font", {}).values())
    for inner in resources.get("/XObject", {}).values():
        yield from fonts_of(inner.get_object().get("/Resources", {}))


@pytest.mark.parametrize(("name", "edition"), VALIDATED)
def test_every_font_is_the_project_s_own_and_lies_in_the_file(rendered, name, edition):
    fonts = [
        font
        for page in PdfReader(path_of(rendered, name, edition)).pages
        for font in fonts_of(page["/Resources"])
    ]
    assert fonts
    for font in fonts:
        assert re.search(r"\+Source(?:Sans|Serif)Pro", font["/BaseFont"])
        described = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & described.keys()


def test_bookmarks_follow_the_sections(rendered):
    def titles(outline: list) -> Iterator[str]:
        for entry in outline:
            if isinstance(entry, list):
                yield from titles(entry)
            else:
                yield entry.title

    found = list(titles(PdfReader(path_of(rendered, "november-2024", "report.pdf")).outline))
    source = (ROOT / "report.qmd").read_text(encoding="utf-8")
    # A section that only the page has stands in a block of its own.
    source = re.sub(r'^:::+ \{\.content-visible when-format="html"\}.*?^:::+$', "", source, flags=re.M | re.S)
    wanted = [title.strip() for title in re.findall(r"^#+ ([^{\n]+)", source, re.MULTILINE)]
    assert [re.sub(r"^[\d.]+\s+", "", title) for title in found] == wanted


# The pages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BRIEFINGS)
def test_the_brief_is_two_pages_complete_in_themselves(rendered, name):
    path, scenario = path_of(rendered, name, "brief.pdf"), load_scenario(name)
    pages, words = printed(path), words_of(path)
    assert len(pages) == 2
    assert all(scenario.digest in page.text for page in pages)
    for place, needed in enumerate((("In brief", "Table 1", "Figure 1"), ("Losses", "People", "Reserves"))):
        for start in needed:
            assert any(line.text.startswith(start) for line in pages[place].lines), start
    for needed in ("Killed or wounded", "What would change this"):
        assert needed in words
    assert not re.search(r"Section \d|Contents|\?\?", words)


@pytest.mark.parametrize("name", BRIEFINGS)
def test_the_brief_says_what_the_first_two_pages_of_the_full_edition_say(rendered, name):
    brief, report = (printed(path_of(rendered, name, edition)) for edition in reversed(EDITIONS))

    def said(page: Printed) -> list[str]:
        return [squeezed(line.text) for line in page.body]

    assert [said(page) for page in brief] == [said(page) for page in report[:2]]


@pytest.mark.parametrize("name", BRIEFINGS)
def test_the_first_page_holds_who_says_what_and_a_figure_large_enough_to_read(rendered, name):
    first = printed(path_of(rendered, name, "report.pdf"))[0]
    killed = next(line for line in first.lines if line.text.startswith("Killed"))
    caption = next(line for line in first.lines if line.text.startswith("Figure 1"))
    axis = next(line for line in first.lines if squeezed(line.text) == "Dayofthereport")
    assert killed.bottom > caption.top > axis.top
    assert caption.bottom - axis.bottom > 5 * CM
    assert axis.top - axis.bottom > 5


@pytest.mark.parametrize(("name", "edition"), EVERY)
def test_no_text_leaves_its_page_and_none_is_printed_over_another(rendered, name, edition):
    check_frame(path_of(rendered, name, edition))
    check_no_overprint(path_of(rendered, name, edition))


@pytest.mark.parametrize("name", BRIEFINGS)
def test_no_page_is_nearly_empty(rendered, name):
    pages = printed(path_of(rendered, name, "report.pdf"))
    # The second page is the brief's: it ends where the brief does.
    for number, page in enumerate(pages[:-1], 1):
        if number == 2:
            continue
        lowest = min(line.bottom for line in page.body)
        assert lowest < 0.45 * page.height, f"page {number} ends at {lowest:.0f} of {page.height:.0f} points"
    assert len(pages[-1].body) > 6


def test_no_heading_ends_a_page(rendered):
    for name in ("november-2024", "current"):
        headings = {
            title.strip()
            for title in re.findall(r"^#+ ([^{\n]+)", (ROOT / "report.qmd").read_text(), re.MULTILINE)
        }
        for page in printed(path_of(rendered, name, "report.pdf")):
            last = min(page.body, key=lambda line: line.bottom)
            assert re.sub(r"^[\d.]+\s+", "", last.text) not in headings


@pytest.mark.parametrize("name", BRIEFINGS)
def test_no_figure_stands_within_a_table(rendered, name):
    heads = {table["columns"][0] for table in composed(rendered, name)["tables"].values()} - {""}
    tables = 0
    for number, page in enumerate(printed(path_of(rendered, name, "report.pdf")), 1):
        labels = [line for line in page.body if re.match(r"(Table|Figure) \d+\b", line.text)]
        for head in (line for line in page.body if line.text.strip() in heads):
            above = [
                label for label in labels if label.bottom >= head.top and abs(label.left - head.left) < 3
            ]
            nearest = min(above, key=lambda label: label.bottom, default=None)
            assert not (nearest and nearest.text.startswith("Figure")), f"page {number}: {head.text}"
            tables += nearest is not None
    assert tables > 10


# Bad input ------------------------------------------------------------------------------------------------


def test_titles_of_the_greatest_length_leave_two_pages_and_a_figure(rendered, make):
    long = "A very long title that says all of it with every reservation " * 5
    changed = composed(rendered, title=long[:300])
    for key in ("title", "pagetitle"):
        changed["metadata"][key] = long[:200].strip()
    report, brief = make(changed)
    assert len(printed(brief)) == 2
    for path in (report, brief):
        check_frame(path)
        check_no_overprint(path)
    assert long[:200].strip() in words_of(brief)
    assert "Day of the report" in printed(brief)[0].text


def test_letters_of_other_scripts_are_printed_or_said_to_be_missing(rendered, make):
    title = "Оцінка втрат: Київ, Ґ. 서울의 평가. הערכה"
    report, brief = make(composed(rendered, "as-printed", title=title))
    for path in (report, brief):
        words = words_of(path)
        assert "Оцінка втрат: Київ, Ґ." in words
        assert "◊◊◊ ◊◊. ◊◊◊◊◊" in words
        assert "stands for a letter that the typeface lacks: 5 of Hangul, 4 of Hebrew." in words
        assert faults(path, "2a") == []


def test_a_document_whose_letters_are_all_there_speaks_of_none_missing(rendered):
    assert composed(rendered)["lacking"] == []
    assert "lozenge" not in words_of(path_of(rendered, "november-2024", "report.pdf"))


def test_a_drawing_with_letters_that_the_typeface_lacks_is_still_drawn(own, make):
    changed = composed(own)
    drawing = own / changed["folder"] / changed["figures"]["fig-lead"]["file"]
    before = drawing.read_text(encoding="utf-8")
    assert ">People sent or present<" in before
    drawing.write_text(before.replace(">People sent or present<", ">상비군<"), encoding="utf-8")
    document.say_what_is_lacking(changed, own)
    _, brief = make(changed, own)
    assert "◊◊◊" in printed(brief)[0].text
    assert "3 of Hangul" in words_of(brief)


def test_a_table_of_300_rows_repeats_its_header_on_every_page(rendered, make):
    changed = composed(rendered)
    table = changed["tables"]["tbl-events"]
    table["rows"] = [
        [cell if isinstance(cell, str) else "x" for cell in table["rows"][0]] for _ in range(300)
    ]
    for number, row in enumerate(table["rows"]):
        row[0] = f"entry {number} of 300"
    report, _ = make(changed)
    pages = [page for page in printed(report) if "of 300" in page.text]
    assert len(pages) > 5
    for page in pages:
        first = next(line for line in page.lines if re.match(r"entry \d+ of 300", line.text))
        heads = [line for line in page.lines if line.text.startswith(table["columns"][0])]
        assert any(head.bottom > first.bottom for head in heads)
    found = {int(n) for page in pages for n in re.findall(r"entry (\d+) of 300", page.text)}
    assert found == set(range(300))
    check_frame(report)


def test_numbers_from_nothing_to_a_million_millions_keep_their_columns(rendered, make):
    changed = composed(rendered)
    extremes = [0, 1e12]
    keys = [key for key in changed["numbers"] if key.startswith(("people.", "money."))]
    for i, key in enumerate(keys):
        number = changed["numbers"][key]
        unit = number["unit"]
        number["text"] = show(extremes[i % 2], unit) if unit in ("persons", "usd") else number["text"]
        if number["range_text"] and unit in ("persons", "usd"):
            number["range_text"] = f"{show(0, unit)} to {show(1e12, unit)}"
    report, brief = make(changed)
    assert len(printed(brief)) == 2
    assert "1,000,000,000,000" in words_of(brief)
    for path in (report, brief):
        check_frame(path)
    check_no_overprint(brief)


def test_a_figure_with_nothing_to_draw_leaves_no_place_and_no_word_that_leads_there(rendered, make):
    told = {
        "fig-record": "shows both",
        "fig-bias": "sets the level of each body against that of all",
    }
    changed = composed(rendered, "current")
    words = words_of(path_of(rendered, "current", "report.pdf"))
    for figure, text in told.items():
        assert text in words
        del changed["figures"][figure]
    report, _ = make(changed)
    assert not [text for text in told.values() if text in words_of(report)]


def test_a_picture_taller_than_a_page_is_made_smaller(own, make):
    changed = composed(own)
    drawing = own / changed["folder"] / changed["figures"]["fig-claims"]["file"]
    before = drawing.read_text(encoding="utf-8")
    tall = re.sub(
        r'height="[\d.]+pt" viewBox="0 0 460.8 [\d.]+"',
        'height="2000pt" viewBox="0 0 460.8 2000"',
        before,
    )
    assert tall != before
    drawing.write_text(tall, encoding="utf-8")
    report, _ = make(changed, own)
    check_frame(report)


# The editions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edition", "formats"),
    [("full", ("html", "pdf")), ("brief", ("html", "brief")), ("both", ("html", "pdf", "brief"))],
)
def test_the_edition_concerns_the_pdf_alone(edition, formats):
    assert with_edition(("html", "pdf"), edition) == formats


def test_an_edition_without_a_pdf_or_of_another_name_is_refused():
    with pytest.raises(BadInputError, match="brief without a PDF"):
        with_edition(("html",), "brief")
    with pytest.raises(BadInputError, match="full, brief, both"):
        with_edition(("pdf",), "short")


def test_a_brief_of_three_pages_is_refused(rendered, tmp_path):
    digest = load_scenario("november-2024").digest
    path = tmp_path / "brief.pdf"
    path.write_bytes(path_of(rendered, "november-2024", "report.pdf").read_bytes())
    with pytest.raises(RunFailedError, match=r"brief.pdf: has \d+ pages, and a brief has 2"):
        verify.verify([path], digest, composed(rendered))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("::: {.brief-end}\n:::", "", "so it has no brief"),
        ("::: {.page-two}\n:::", "See @sec-claims.\n", "the brief refers to @sec-claims"),
    ],
)
def test_a_brief_that_is_not_complete_in_itself_is_not_made(rendered, stage, old, new, said):
    fill_stage(stage, rendered, composed(rendered), for_quarto=False)
    source = (stage / "report.qmd").read_text()
    assert old in source
    (stage / "report.qmd").write_text(source.replace(old, new))
    with pytest.raises(RunFailedError, match=said):
        render_stage(stage, ("brief",), "builtin", 1_700_000_000)


def test_what_is_never_drawn_is_not_missing():
    assert letters.lacking(["a\u2060b\u00a0c\n\td\u200b", "→ ≥ − … “x”"]) == []
    assert letters.lacking(["\x07"]) == ["\x07"]


def test_an_address_keeps_its_letters(rendered, make):
    changed = composed(rendered)
    changed["tables"]["tbl-events"]["rows"][0][0] = {"link": "서", "url": "https://example.org/서"}
    document.say_what_is_lacking(changed, rendered)
    untouched = deepcopy(changed)
    report, _ = make(changed)
    assert changed == untouched
    addresses = {
        link.get_object().get("/A", {}).get("/URI")
        for page in PdfReader(report).pages
        for link in page.get("/Annots", [])
    }
    assert any(
        address and address.startswith("https://example.org/") and "◊" not in address for address in addresses
    )


@pytest.mark.quarto
@needs_quarto
def test_quarto_s_editions_are_as_accessible(own):
    finish(own, load_scenario("november-2024"), ("pdf", "brief"), "quarto")
    for edition in EDITIONS:
        path = path_of(own, "november-2024", edition)
        assert faults(path, "ua1") == []
        assert len(PdfReader(path).pages) == 2 or edition == "report.pdf"
