"""Finished documents, and a browser that opens them from their files."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pages import CHROMIUM
from playwright.sync_api import Browser, BrowserContext, Page

from briefing.ledger import load
from briefing.render.document import compose
from briefing.render.stage import fill_stage
from briefing.render.worker import render_stage
from briefing.run.notebooks import find_notebooks
from briefing.scenario import load_scenario
from browser.looking import DESKTOP

BRIEF_END = "::: {.brief-end}"
SCREENSHOTS = Path(__file__).parent / "screenshots"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = pytest.mark.skip(reason=f"{CHROMIUM} is missing")
    for item in items:
        if Path(__file__).parent in item.path.parents and not CHROMIUM.exists():
            item.add_marker(missing)


@pytest.fixture(scope="session")
def november(rendered: Path) -> Path:
    return rendered / "briefings/november-2024/report.html"


@pytest.fixture(scope="session")
def latest(rendered: Path) -> Path:
    return rendered / "briefings/current/report.html"


@pytest.fixture(scope="session")
def composed(rendered: Path) -> dict[str, Any]:
    """What the document of the article's day is filled from."""
    names = [notebook.name for notebook in find_notebooks(rendered)]
    return compose(rendered, load_scenario("november-2024"), load(rendered / "data"), names)


@pytest.fixture
def changed(rendered: Path, tmp_path: Path):
    """Render a document that a test has changed, or of its text the brief alone."""

    def render(document: dict[str, Any], brief: bool = False) -> Path:
        fill_stage(tmp_path, rendered, document, for_quarto=False)
        if brief:
            source = tmp_path / "report.qmd"
            source.write_text(source.read_text(encoding="utf-8").split(BRIEF_END)[0], encoding="utf-8")
        (path,) = render_stage(tmp_path, ["html"], "builtin", 0)
        return path

    return render


@dataclass
class Opened:
    """An open page with everything that it asked for or complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser: Browser):
    """Open a file as a reader does; what it complains of fails the test."""
    contexts: list[BrowserContext] = []
    opened: list[Opened] = []

    def open_(path: Path, size: tuple[int, int] = DESKTOP, scheme: str = "light", **options: Any) -> Page:
        phone = size[0] < 500
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        seen = Opened(context.new_page())
        opened.append(seen)
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.on("console", lambda message: seen.complaints.append(message.text))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.goto(path.as_uri())
        return seen.page

    yield open_
    complaints = [text for seen in opened for text in seen.complaints]
    fetched = [url for seen in opened for url in seen.requests if not url.startswith(("file:", "data:"))]
    for context in contexts:
        context.close()
    assert complaints == []
    assert fetched == []
