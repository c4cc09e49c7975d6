"""The SVG of a figure: its text can be searched, it is small, and others can stand in a page beside it."""

import hashlib
import os
import re
import subprocess
import sys
from importlib.resources import files
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import test_figures
import test_figures_lineage
import test_figures_losses
import test_figures_scenarios
import typst
from matplotlib.colors import to_hex
from pypdf import PdfReader
from test_figures import claim, claims_in, texts_of

from briefing.figures.claim_marks import CLASSES
from briefing.figures.claims import claims_strip
from briefing.figures.halo import HALO, STYLE
from briefing.figures.style import FAMILY, MODEL, SEMIBOLD, TEXT_COLOURS, new_figure
from briefing.figures.svg import lean, save_svg
from briefing.results import Record

# The ten figures of the document, drawn as large as they get, and how many bytes each may have.
TEN = {
    "fig-claims": (test_figures, "claims by 17 March 2026", 90_000),
    "fig-people": (test_figures, "fans", 13_000),
    "fig-rotation": (test_figures, "map with a scenario in the box", 26_000),
    "fig-losses": (test_figures_losses, "losses by 17 March 2026", 26_000),
    "fig-bias": (test_figures_losses, "biases by 17 March 2026", 9_000),
    "fig-money": (test_figures, "money", 8_000),
    "fig-scenarios": (test_figures_scenarios, "scenarios", 70_000),
    "fig-unknowns": (test_figures_scenarios, "tornado of november-2024", 26_000),
    "fig-record": (test_figures_lineage, "record", 48_000),
    "fig-lineage": (test_figures_lineage, "headline", 13_000),
}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawn():
    return {name: module.FIGURES[drawing]() for name, (module, drawing, _) in TEN.items()}


@pytest.fixture(scope="module")
def pictures(drawn):
    return {name: written(figure, name) for name, figure in drawn.items()}


def written(figure, prefix="figure"):
    buffer = BytesIO()
    save_svg(figure, buffer, prefix)
    return buffer.getvalue()


def tree(picture):
    return ElementTree.fromstring(picture)


def texts_in(element):
    return [text.text for text in element.iter(f"{SVG}text")]


def path_of(points, close=False):
    """Write points as an SVG with one path in the way of matplotlib, and return the points that are left."""
    drawn = "M " + " L ".join(f"{x:.6f} {y:.6f}" for x, y in points) + (" z" if close else "")
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="1pt" height="1pt" viewBox="0 0 1 1">'
    (path,) = tree(lean(f'{head}<path d="{drawn}"/></svg>', "a")).iter(f"{SVG}path")
    assert path.get("d").endswith("z") == close
    return np.array([point.split() for point in re.split("[ML]", path.get("d").strip("Mz"))], dtype=float)


def gaps(points, line):
    """How far each point lies from a line of straight pieces."""
    starts, steps = line[:-1], np.diff(line, axis=0)
    lengths = np.maximum((steps**2).sum(axis=1), 1e-12)
    offsets = points[:, None] - starts
    shares = np.clip((offsets * steps).sum(axis=2) / lengths, 0, 1)
    return np.sqrt(((offsets - shares[..., None] * steps) ** 2).sum(axis=2)).min(axis=1)


# Text


@pytest.mark.parametrize("name", TEN)
def test_every_line_that_a_reader_sees_can_be_searched_and_stands_there_once(drawn, pictures, name):
    seen = [line for text in texts_of(drawn[name]) for line in text.get_text().split("\n")]
    assert sorted(texts_in(tree(pictures[name]))) == sorted(seen)


@pytest.mark.parametrize("name", TEN)
def test_a_semibold_text_is_a_weight_of_the_one_typeface(drawn, pictures, name):
    root = tree(pictures[name])
    semibold = [text for text in texts_of(drawn[name]) if text.get_fontfamily() == [SEMIBOLD]]
    lines = sorted(line for text in semibold for line in text.get_text().split("\n"))
    assert sorted(text.text for text in root.iter(f"{SVG}text") if text.get("font-weight") == "600") == lines
    assert root.get("font-family").startswith("'Source Sans Pro',")
    assert [element for element in root.iter() if element is not root and element.get("font-family")] == []


def test_the_pdf_has_the_text_as_text_once_and_in_both_faces(tmp_path, drawn, pictures):
    (tmp_path / "fig.svg").write_bytes(pictures["fig-claims"])
    page = '#set page(width: auto, height: auto)\n#image("fig.svg")'
    (tmp_path / "fig.typ").write_text(page, "utf-8")
    fonts = [str(files("font_source_sans_pro") / "files")]
    pdf = typst.compile(tmp_path / "fig.typ", font_paths=fonts, ignore_system_fonts=True)
    (page,) = PdfReader(BytesIO(pdf)).pages
    faces = {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    assert {re.search(r"\+SourceSansPro-([A-Z][a-z]+)", face)[1] for face in faces} == {"Regular", "Semibold"}
    said = "".join(page.extract_text().split())
    labels = {text.get_text() for text in texts_of(drawn["fig-claims"]) if text.get_gid() == HALO}
    assert len(labels) > 10
    assert {label: said.count("".join(label.split())) for label in labels} == dict.fromkeys(labels, 1)


def halos_in(root):
    """The halos of a picture, each with the element that follows it."""
    elements = list(root.iter())
    return [(one, other) for one, other in pairwise(elements) if STYLE.items() <= one.attrib.items()]


def box_of(path):
    """Left, low, right and high end of a traced shape, y downwards."""
    ends = []
    for shape in path.get("d").removesuffix("z").split("z"):
        start, steps = re.split("l", shape.removeprefix("M"))
        moves = np.array(re.findall(r"-?[\d.]+", f"{start} {steps}"), dtype=float).reshape(-1, 2)
        ends.append(np.cumsum(moves, axis=0))
    places = np.concatenate(ends)
    return (*places.min(axis=0), *places.max(axis=0))


def test_a_halo_is_one_shape_right_under_each_line_of_its_text(drawn, pictures):
    haloed = [text.get_text() for text in texts_of(drawn["fig-rotation"]) if text.get_gid() == HALO]
    assert any("\n" in text for text in haloed)
    root = tree(pictures["fig-rotation"])
    assert len(halos_in(root)) == sum(len(text.split("\n")) for text in haloed)
    order = [(element.tag.removeprefix(SVG), element.text) for element in root.iter()]
    for text in haloed:
        lines = [("text", line) for line in text.split("\n")]
        first = order.index(lines[0])
        assert order[first : first + len(lines)] == lines
        assert [tag for tag, _ in order[first - len(lines) : first]] == ["path"] * len(lines)


@pytest.mark.parametrize("side", ["left", "center", "right"])
@pytest.mark.parametrize("family", [FAMILY, SEMIBOLD])
def test_a_halo_lies_where_its_text_lies(side, family):
    figure = new_figure(6.4, 2)
    text = figure.text(0.5, 0.5, "Engineers’ tour: 120 days", ha=side, family=family, fontsize=9, gid=HALO)
    (((halo, line),)) = halos_in(tree(written(figure)))
    assert line.text == text.get_text()
    left, low, right, high = box_of(halo)
    box = text.get_window_extent()
    # Letters keep a little off the ends of their room, and none of these reaches its full height.
    assert (left, right) == pytest.approx((box.x0, box.x1), abs=1)
    assert (144 - high, 144 - low) == pytest.approx((box.y0, box.y1), abs=2.5)


def test_a_halo_has_no_holes_and_follows_its_letters():
    figure = new_figure(1, 1)
    figure.text(0, 0.5, "O8", fontsize=9, gid=HALO)
    ((halo, _),) = halos_in(tree(written(figure)))
    assert halo.get("d").count("M") == 2


HOSTILE = "<script>alert('x')</script> & \"y\" ]]> $x^2$ &lt; <!-- --"


def test_markup_in_a_label_stays_a_text():
    root = tree(written(claims_strip(claims_in(claim(claimant=HOSTILE)), "2024-12-31")))
    assert f"{HOSTILE}: about 1,000" in texts_in(root)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "path", "defs", "use", "text", "g", "clipPath", "rect")
    }


def test_a_character_that_no_xml_may_hold_is_replaced():
    figure = new_figure()
    figure.text(0.1, 0.5, "a\x00b\x1b[31mc\ufffe", gid=HALO)
    with pytest.warns(UserWarning, match="missing from font"):
        picture = written(figure)
    assert texts_in(tree(picture)) == ["a\ufffdb\ufffd[31mc\ufffd"]


@pytest.mark.parametrize("name", ["국가정보원", "משרד הביטחון", "وزارة الدفاع"])
def test_letters_that_the_typeface_lacks_are_kept_as_text(name):
    with pytest.warns(UserWarning, match="missing from font"):
        picture = written(claims_strip(claims_in(claim(claimant=name)), "2024-12-31"))
    assert f"{name}: about 1,000" in texts_in(tree(picture))


# Ukrainian needs no other font: a warning would be an error here.
@pytest.mark.filterwarnings("error")
def test_ukrainian_letters_are_in_the_typeface():
    name = "ГУР Міноборони України їґєІ"
    picture = written(claims_strip(claims_in(claim(claimant=name)), "2024-12-31"))
    assert f"{name}: about 1,000" in texts_in(tree(picture))


# Size


@pytest.mark.parametrize("name", TEN)
def test_a_figure_is_small(pictures, name):
    assert len(pictures[name]) < TEN[name][2]


def test_the_ten_figures_have_less_than_350_kilobytes_together(pictures):
    assert sum(map(len, pictures.values())) < 350_000


def test_a_thinned_line_runs_where_it_ran():
    t = np.linspace(0, 300, 2000)
    line = np.column_stack([t, 100 + 60 * np.sin(t / 20) + 0.02 * np.sin(7 * t)])
    left = path_of(line)
    assert len(left) < 200
    assert gaps(line, left).max() < 0.06
    assert left[[0, -1]] == pytest.approx(line[[0, -1]], abs=0.005)


def test_a_thinned_outline_stays_closed_and_where_it_was():
    t = np.linspace(0, 2 * np.pi, 500)
    circle = np.column_stack([50 + 40 * np.cos(t), 50 + 40 * np.sin(t)])
    left = path_of(circle, close=True)
    assert len(left) < 100
    assert gaps(circle, left).max() < 0.06


def test_a_line_that_turns_back_on_itself_keeps_its_tip():
    there_and_back = np.column_stack([[0, 40, 90, 40, 1], np.zeros(5)])
    assert path_of(there_and_back).tolist() == [[0, 0], [90, 0], [1, 0]]


def test_straight_pieces_keep_their_corners():
    steps = np.array([(0, 0), (10, 0), (10, 5), (20, 5), (20, 9.5)])
    assert path_of(steps).tolist() == steps.tolist()


# In a page


def test_the_figures_of_one_page_share_no_id(pictures):
    ids = {
        name: [element.get("id") for element in tree(picture).iter()] for name, picture in pictures.items()
    }
    every = [one for found in ids.values() for one in found if one]
    assert len(every) == len(set(every)) > 50
    assert all(one.startswith(f"{name}-") for name, found in ids.items() for one in found if one)


@pytest.mark.parametrize("name", TEN)
def test_what_a_figure_refers_to_is_its_own(pictures, name):
    own, wanted = set(), set()
    for element in tree(pictures[name]).iter():
        own |= {element.get("id")} - {None}
        wanted |= {element.get("href", "#").removeprefix("#")} - {""}
        wanted |= set(re.findall(r"url\(#(.*?)\)", " ".join(element.attrib.values())))
    assert wanted == own != set()


def test_a_recorded_figure_has_its_name_in_its_ids(tmp_path):
    record = Record("example", tmp_path)
    one, other = (
        set(re.findall(r' id="(.*?)"', record.figure(name, test_figures.FIGURES["map"]()).svg))
        for name in ("fig-one", "fig-other")
    )
    assert len(one) == len(other) > 0
    assert one & other == set()


@pytest.mark.parametrize("name", TEN)
def test_a_figure_brings_no_style_that_could_reach_beyond_it(pictures, name):
    root = tree(pictures[name])
    assert list(root.iter(f"{SVG}style")) == []
    assert [element for element in root.iter() if element.get("style")] == []


def test_a_figure_is_one_element_and_a_file_of_its_own(pictures):
    for picture in pictures.values():
        assert picture.startswith(b'<svg xmlns="http://www.w3.org/2000/svg" width="460.8pt" ')
        left, low, width, height = map(float, tree(picture).get("viewBox").split())
        assert (left, low, width) == (0, 0, 460.8)
        assert f'height="{height:g}pt"'.encode() in picture


ELSEWHERE = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from test_figures_svg import TEN, written
for name in sys.argv[2:]:
    module, drawing, _ = TEN[name]
    print(hashlib.sha256(written(module.FIGURES[drawing](), name)).hexdigest())
"""


def test_another_process_draws_the_same_bytes(pictures):
    some = ["fig-rotation", "fig-losses", "fig-lineage"]
    command = [sys.executable, "-c", ELSEWHERE, str(Path(__file__).parent), *some]
    digests = subprocess.check_output(command, env=os.environ | {"PYTHONHASHSEED": "7"}, text=True)
    assert digests.split() == [hashlib.sha256(pictures[name]).hexdigest() for name in some]


# The colours of the parties whose figures a drawing shows; what is computed has none of them.
PARTIES = {
    "fig-people": set(),
    "fig-rotation": {"Ukraine"},
    "fig-bias": set(),
    "fig-money": set(),
    "fig-scenarios": set(),
    "fig-unknowns": set(),
}


@pytest.mark.parametrize("name", PARTIES)
def test_a_colour_of_a_party_stands_for_that_party_alone(pictures, name):
    used = set(re.findall(r"#[0-9a-f]{6}", pictures[name].decode().lower()))
    shown = {one.name for one in CLASSES if {one.colour.lower(), TEXT_COLOURS[one.colour].lower()} & used}
    assert shown == PARTIES[name]
    assert MODEL.lower() in used


def test_the_bands_of_a_fit_have_no_colour_of_a_party(drawn):
    bands = [
        one for axes in drawn["fig-losses"].axes for one in axes.collections if one.get_label() == "band"
    ]
    assert bands
    for band in bands:
        assert not {to_hex(band.get_facecolor()[0]).upper()} & {one.colour for one in CLASSES}
