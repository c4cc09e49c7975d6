"""The page in the light, in the dark and on paper."""

import io
import re

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from briefing.figures.claim_marks import CLASSES, Mark
from briefing.figures.style import MODEL
from browser.conftest import SCREENSHOTS
from browser.looking import DESKTOP, PHONE, TABLET, colour, frame, luminance
from conftest import ROOT


def test_light_and_dark_follow_the_system_until_the_button_says_otherwise(november, visit):
    light = colour(visit(november))
    page = visit(november, scheme="dark")
    dark = colour(page)
    assert dark != light
    button = page.get_by_role("button", name="Dark mode")
    assert button.get_attribute("aria-pressed") == "true"
    button.focus()
    page.keyboard.press("Space")
    assert colour(page) == light
    assert button.get_attribute("aria-pressed") == "false"
    page.keyboard.press("Enter")
    assert colour(page) == dark


@pytest.mark.parametrize("which", ["november", "latest"])
def test_every_colour_of_the_drawings_has_one_for_the_dark(which, request, visit):
    # A path that only moves draws nothing.
    look = """() => {
        const parts = [...document.querySelectorAll('.drawing svg *')];
        const drawn = parts.filter(part => !/^M[^A-Za-z]*$/.test(part.getAttribute('d') || ''));
        const shades = part => ['fill', 'stroke']
            .filter(name => (part.getAttribute(name) || '').startsWith('#'))
            .map(name => [name + part.getAttribute(name), getComputedStyle(part)[name]]);
        return Object.fromEntries(drawn.flatMap(shades));
    }"""
    path = request.getfixturevalue(which)
    light, dark = visit(path).evaluate(look), visit(path, scheme="dark").evaluate(look)
    assert len(light) > 15
    assert [name for name in light if light[name] == dark[name]] == []
    # In the light they are as they were drawn.
    for name, shown in light.items():
        code = re.sub(r"^#(.)(.)(.)$", r"#\1\1\2\2\3\3", name.removeprefix("fill").removeprefix("stroke"))
        assert shown == f"rgb({', '.join(str(int(code[at : at + 2], 16)) for at in (1, 3, 5))})"


def test_a_superseded_claim_has_its_colour_for_the_dark_whoever_made_it():
    style = (ROOT / "_extensions/briefing/briefing.css").read_text(encoding="utf-8")
    for party in CLASSES:
        faded = Mark({}, party, 0.0, 0.0, 0.0, derived=False, replaced=True).colour.lower()
        assert f'[fill="{faded}"] {{ fill: light-dark({faded}, ' in style


def pixels(page: Page, figure: str) -> set[tuple[int, ...]]:
    shot = page.locator(f"{figure} .drawing").screenshot()
    picture = np.round(255 * imread(io.BytesIO(shot))[..., :3]).astype(int)
    return set(map(tuple, np.unique(picture.reshape(-1, 3), axis=0).tolist()))


def test_marks_that_a_drawing_repeats_change_their_colours_too(november, visit):
    ring = tuple(bytes.fromhex(MODEL[1:]))
    assert ring in pixels(visit(november), "#fig-scenarios")
    dark = pixels(visit(november, scheme="dark"), "#fig-scenarios")
    assert ring not in dark
    assert (255, 255, 255) not in dark


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_in_drawings_stand_out_from_their_ground(latest, visit, scheme):
    page = visit(latest, scheme=scheme)
    ground = luminance(colour(page))
    used = page.evaluate(
        "[...new Set([...document.querySelectorAll('.drawing text')].map(t => getComputedStyle(t).fill))]"
    )
    assert len(used) >= 5
    for shade in map(luminance, used):
        light, dark = max(shade, ground), min(shade, ground)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_on_paper_there_is_text_and_no_control(latest, visit):
    page = visit(latest, scheme="dark")
    page.get_by_label("Filter the claims").fill("no such words")
    page.emulate_media(media="print", color_scheme="dark")
    assert colour(page, "body", "color") == "rgb(28, 32, 36)"
    for control in ("#TOC", ".theme", ".filter", ".slider", ".download", ".anchor"):
        expect(page.locator(control).first).to_be_hidden()
    expect(page.locator("#fig-losses .whole")).to_be_visible()
    expect(page.locator("#fig-losses .step:visible")).to_have_count(0)
    assert page.locator("#tbl-sources tbody tr:visible").count() > 30
    address = "element => getComputedStyle(element, '::after').content"
    assert "http" in page.locator("#tbl-sources td a[href^=http]").first.evaluate(address)
    assert page.locator("main p a.cross-reference").first.evaluate(address) == "none"
    assert colour(page, "figure:has(.drawing)", "breakInside") == "avoid"


def test_the_printed_pages_are_a4_and_hold_the_whole_text(november, visit, tmp_path):
    page = visit(november)
    path = tmp_path / "printed.pdf"
    page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    pages = PdfReader(path).pages
    assert {(round(one.mediabox.width), round(one.mediabox.height)) for one in pages} <= {
        (595, 842),
        (596, 842),
    }
    # Some browsers place letters by themselves, and a reader of the file sees gaps between them.
    text = "".join(one.extract_text() for one in pages)
    for words in (
        "Killed or wounded",
        "The chain of every number",
        "Office of the Director of National Intelligence",
    ):
        assert "".join(words.split()) in "".join(text.split())


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (TABLET, "dark"), (PHONE, "light")])
def test_pictures_of_the_page_are_kept(latest, visit, size, scheme):
    page = visit(latest, size, scheme)
    SCREENSHOTS.mkdir(exist_ok=True)
    for number_, part in enumerate(("header", "#sec-claims", "#sec-losses", "#sec-unknowns", "#sec-sources")):
        page.locator(part).first.evaluate("element => element.scrollIntoView()")
        frame(page)
        path = SCREENSHOTS / f"{size[0]}-{scheme}-{number_}.png"
        page.screenshot(path=path)
        assert path.stat().st_size > 10_000
