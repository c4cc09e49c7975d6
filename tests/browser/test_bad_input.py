"""Titles, tables and numbers that no page was made for."""

import json

import pytest
from playwright.sync_api import expect

from briefing.render.structured import in_script
from browser.conftest import SCREENSHOTS
from browser.looking import DESKTOP, PHONE, SMALL, colour, number, overflow

HOSTILE = (
    "</script><script>window.struck = 1</script>"
    "<img src=x onerror='window.struck = 1'> {{< meta title >}} =1+1"
)
TITLES = {
    "hostile": HOSTILE,
    "long": "What two hundred letters without any pause look like at the top of a page " + "x" * 126,
    "korean": "러시아에 파병된 북한군 10,900명: 국가정보원의 발표와 그 근거",
    "ukrainian": "Що відомо про північнокорейських військових: ґрунтовна оцінка їхньої кількості",
    "rtl": "كم عدد الجنود الكوريين في روسيا؟",
}


@pytest.mark.parametrize("name", TITLES)
def test_a_title_of_any_text_stays_a_title(name, composed, changed, visit):
    title = TITLES[name]
    metadata = composed["metadata"] | {"title": title, "pagetitle": title, "subtitle": title}
    told = in_script({"headline": title})
    path = changed(
        composed | {"metadata": metadata, "page": composed["page"] | {"structured": told}}, brief=True
    )
    for size in (DESKTOP, SMALL):
        page = visit(path, size)
        heading = page.locator("h1.title")
        assert heading.inner_text().replace("\u2060", "") == title
        assert overflow(page) == 0
        assert page.evaluate("window.struck") is None
        assert (
            json.loads(page.locator('script[type="application/ld+json"]').inner_text())["headline"] == title
        )
        button, words = page.get_by_role("button", name="Dark mode").bounding_box(), heading.bounding_box()
        assert words["x"] + words["width"] <= button["x"] or words["y"] >= button["y"] + button["height"]
    assert colour(page, "h1.title", "direction") == ("rtl" if name == "rtl" else "ltr")
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"title-{name}.png")


def test_hostile_text_of_the_ledger_is_text_in_table_chain_and_filter(composed, changed, visit):
    sources = composed["tables"]["tbl-sources"]
    rows = [[row[0], HOSTILE, HOSTILE, row[3], HOSTILE, HOSTILE] for row in sources["rows"]]
    tables = composed["tables"] | {"tbl-sources": sources | {"rows": rows}}
    numbers = {key: entry | {"formula": HOSTILE} for key, entry in composed["numbers"].items()}
    # Printed in the alternative text of the first figure.
    numbers["claimed.force"] |= {"text": HOSTILE, "range_text": HOSTILE, "range_said": HOSTILE}
    page = visit(changed(composed | {"tables": tables, "numbers": numbers}))
    number(page, "people.force").click()
    chain = page.get_by_role("dialog")
    expect(chain).to_contain_text("</script><script>window.struck = 1</script>")
    page.get_by_label("Filter the claims").fill("<img src=x")
    expect(page.locator("#tbl-sources tbody tr:visible")).to_have_count(len(rows))
    assert "</script>" in page.locator("svg").first.get_attribute("aria-label")
    assert page.evaluate("window.struck") is None
    assert page.locator("img").count() == 0


def test_a_table_of_three_hundred_rows_and_huge_numbers_stay_inside_the_page(composed, changed, visit):
    sources = composed["tables"]["tbl-sources"]
    known = len(sources["rows"])
    more = [
        [
            {"anchor": f"claim-{n}", "label": str(n)},
            "a-claim-of-a-very-long-name-" * 3,
            "Somebody: 0",
            "2024-11-20",
            "B3: x",
            "Page",
        ]
        for n in range(known + 1, 301)
    ]
    tables = composed["tables"] | {"tbl-sources": sources | {"rows": sources["rows"] + more}}
    huge = {
        "text": "1,000,000,000,000",
        "range_text": "0 to 1,000,000,000,000",
        "full": "1,000,000,000,000 people",
    }
    numbers = {key: entry | huge for key, entry in composed["numbers"].items()}
    path = changed(composed | {"tables": tables, "numbers": numbers})
    for size in (PHONE, SMALL):
        assert overflow(visit(path, size)) == 0
    page = visit(path)
    expect(page.locator("#tbl-sources [role=status]")).to_have_text("300 of 300 rows")
    page.get_by_label("Filter the claims").fill("very-long-name")
    expect(page.locator("#tbl-sources [role=status]")).to_have_text(f"{300 - known} of 300 rows")
