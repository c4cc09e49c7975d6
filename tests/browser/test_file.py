"""The page as a file: it holds all it needs and runs only what is its own."""

import pytest


@pytest.mark.parametrize("which", ["baseline", "latest"])
def test_the_file_needs_nothing_but_itself(which, request, visit):
    page = visit(request.getfixturevalue(which))
    asked = []
    page.on("request", lambda sent: asked.append(sent.url))
    for part in ("footer", "#sec-trace", "#sec-losses", "header"):
        page.locator(part).first.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith("data:")] == []
    assert page.evaluate("document.documentElement.classList.contains('js')")


def test_the_file_is_light(baseline, latest):
    assert baseline.stat().st_size < 700_000
    assert latest.stat().st_size < 1_200_000


def test_the_typefaces_come_with_the_file(baseline, visit):
    page = visit(baseline)
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family + f.weight)"
    )
    assert {"Source Sans Pro400", "Source Sans Pro600", "Source Serif Pro400", "Source Serif Pro600"} <= {
        name.replace('"', "") for name in loaded
    }


def test_a_script_that_is_not_the_page_s_own_does_not_run(baseline, tmp_path, browser):
    path = tmp_path / "report.html"
    strange = "<script>window.strange = true</script>"
    path.write_text(baseline.read_text("utf-8").replace("</body>", f"{strange}</body>"), "utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.classList.contains('js')")
    assert page.evaluate("window.strange") is None
    page.close()
