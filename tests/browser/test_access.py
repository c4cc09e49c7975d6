"""The page by keyboard, by screen reader and on narrow screens."""

import pytest
from playwright.sync_api import expect

from browser.looking import DESKTOP, PHONE, SMALL, colour, faults, number, overflow


@pytest.mark.parametrize(
    ("which", "size", "scheme", "contrast"),
    [
        ("november", DESKTOP, "light", False),
        ("latest", DESKTOP, "dark", False),
        ("latest", PHONE, "light", False),
        ("november", DESKTOP, "light", True),
        ("november", PHONE, "dark", True),
    ],
)
def test_no_fault_by_the_web_s_rules_of_access(which, size, scheme, contrast, request, visit):
    page = visit(request.getfixturevalue(which), size, scheme)
    number(page, "people.force").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults(page, contrast) == []


def test_a_fault_of_access_would_be_found(composed, changed, visit):
    page = visit(changed(composed, brief=True))
    page.evaluate("""document.querySelector('.theme').removeAttribute('aria-label');
        document.querySelector('figcaption').style.color = '#ccc'""")
    assert [fault.split(":")[0] for fault in faults(page, contrast=False)] == ["button-name"]
    assert [fault.split(":")[0] for fault in faults(page, contrast=True)] == ["color-contrast"]


def test_no_fault_with_the_contents_unfolded_on_a_phone(november, visit):
    page = visit(november, PHONE)
    page.locator("#TOC summary").tap()
    assert faults(page, contrast=False) == []


def test_the_keyboard_reaches_the_text_at_once(november, visit):
    page = visit(november)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"


def test_every_section_has_a_link_to_itself(november, visit):
    page = visit(november)
    headings = page.locator("main").get_by_role("heading")
    links = page.locator("main .anchor")
    assert links.count() == headings.count() > 15
    link = page.get_by_role("link", name="Link to this section: 4 Losses")
    assert colour(page, '.anchor[href="#sec-losses"]', "opacity") == "0"
    link.focus()
    assert colour(page, '.anchor[href="#sec-losses"]', "opacity") == "1"
    page.keyboard.press("Enter")
    page.wait_for_url("**#sec-losses")


@pytest.mark.parametrize("size", [PHONE, SMALL])
@pytest.mark.parametrize("which", ["november", "latest"])
def test_nothing_makes_the_page_itself_scroll_sideways(which, size, request, visit):
    assert overflow(visit(request.getfixturevalue(which), size)) == 0


def test_what_is_wider_than_a_phone_scrolls_in_a_named_region_by_keyboard(latest, visit):
    page = visit(latest, PHONE)
    region = page.locator("#tbl-sources .scroll")
    assert region.get_attribute("role") == "region"
    name = "The rows on which the numbers rest, with grades and pages"
    assert region.get_attribute("aria-label") == name
    region.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tbl-sources .scroll.scrolled")).to_have_count(1)
    expect(page.locator("#tbl-sources .scroll-hint")).to_be_hidden()


def test_a_table_that_fits_is_no_stop_for_the_keyboard(november, visit):
    page = visit(november)
    assert page.locator("#tbl-unpacked .scroll").get_attribute("tabindex") is None


def test_letters_in_drawings_can_be_read_on_a_phone(latest, visit):
    page = visit(latest, PHONE)
    smallest = page.evaluate("""() => {
        const scale = svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        const size = text => parseFloat(getComputedStyle(text).fontSize) * scale(text.ownerSVGElement);
        return Math.min(...[...document.querySelectorAll('.drawing text')].map(size).filter(Boolean));
    }""")
    assert smallest >= 10.5
