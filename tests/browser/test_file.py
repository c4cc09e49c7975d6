"""The page as a file: it holds all it needs and runs only what is its own."""

import pytest
from playwright.sync_api import expect

from briefing.render import quarto
from briefing.render.stage import fill_stage
from browser.looking import faults, number, overflow


@pytest.mark.parametrize("which", ["november", "latest"])
def test_the_file_needs_nothing_but_itself(which, request, visit):
    page = visit(request.getfixturevalue(which))
    asked = []
    page.on("request", lambda sent: asked.append(sent.url))
    for part in ("footer", "#sec-trace", "#sec-losses", "header"):
        page.locator(part).first.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith("data:")] == []
    assert page.evaluate("document.documentElement.classList.contains('js')")


def test_the_file_is_light(november, latest):
    assert november.stat().st_size < 700_000
    assert latest.stat().st_size < 1_200_000


def test_the_typefaces_come_with_the_file(november, visit):
    page = visit(november)
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family + f.weight)"
    )
    assert {"Source Sans Pro400", "Source Sans Pro600", "Source Serif Pro400", "Source Serif Pro600"} <= {
        name.replace('"', "") for name in loaded
    }


def test_a_script_that_is_not_the_page_s_own_does_not_run(november, tmp_path, browser):
    path = tmp_path / "report.html"
    strange = "<script>window.strange = true</script>"
    path.write_text(november.read_text("utf-8").replace("</body>", f"{strange}</body>"), "utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.classList.contains('js')")
    assert page.evaluate("window.strange") is None
    page.close()


@pytest.mark.quarto
@pytest.mark.skipif(quarto.find() is None, reason="no Quarto on PATH")
def test_the_page_that_quarto_makes_does_the_same(rendered, composed, tmp_path, visit):
    fill_stage(tmp_path, rendered, composed, for_quarto=True)
    (path,) = quarto.render(tmp_path, ["html"], 0)
    page = visit(path)
    number(page, "people.force").click()
    expect(page.get_by_role("dialog").locator(".kind")).to_have_text("assumed")
    page.keyboard.press("Escape")
    page.get_by_label("Filter the claims").fill("no such words")
    expect(page.locator("#tbl-sources tbody tr:visible")).to_have_count(0)
    expect(page.locator("main .anchor").first).to_be_attached()
    assert page.locator("#TOC a[href='#sec-money']").count() == 1
    assert overflow(page) == 0
    assert faults(page, contrast=False) == []
