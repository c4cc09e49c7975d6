"""What the tests of the page ask of it."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

DESKTOP, TABLET, PHONE, SMALL = (1280, 900), (820, 1180), (390, 844), (320, 640)
LEVEL_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def faults(page: Page, contrast: bool) -> list[str]:
    """Return what axe marks: contrast alone, which takes it long, or all but contrast."""
    tags = {"type": "tag", "values": LEVEL_AA}
    rules = {"runOnly": tags, "rules": {"color-contrast": {"enabled": False}}}
    options = {"runOnly": ["color-contrast"]} if contrast else rules
    found = Axe().run(page, options={**options, "resultTypes": ["violations"]})
    assert found.response["passes"]
    return [
        f"{fault['id']}: {node['html'][:120]}"
        for fault in found.response["violations"]
        for node in fault["nodes"]
    ]


def colour(page: Page, element: str = "body", name: str = "backgroundColor") -> str:
    """Return how a property of an element came out."""
    return page.eval_on_selector(element, f"element => getComputedStyle(element).{name}")


def luminance(shade: str) -> float:
    """Return the relative luminance of a colour by the web's rules of access."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", shade)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def overflow(page: Page) -> int:
    """Return how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def number(page: Page, key: str) -> Locator:
    """Return the first place where a number stands."""
    return page.locator(f'main a.num[href="#trace-{key}"]').first


def frame(page: Page) -> None:
    """Let what follows a scroll or a resize happen."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
