"""What the tests of pages share: a parsed page, where its links lead, and how a browser starts."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

# The shell has no windows to draw, and takes half the time.
BROWSERS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
CHROMIUM = next((path for path in BROWSERS if path.exists()), BROWSERS[0])
needs_chromium = pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
VOID = ("meta", "link", "img", "br", "hr", "input", "path", "use")


class Element:
    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag, self.attributes = tag, attributes
        self.children: list[Element] = []
        self.words: list[str] = []

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).replace("\u00a0", " ").split())

    def every(self, tag: str) -> list["Element"]:
        return [one for one in self.walk() if one.tag == tag]

    def walk(self) -> Iterator["Element"]:
        for child in self.children:
            yield child
            yield from child.walk()


class Page(HTMLParser):
    """A page as a tree of elements."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        if tag in [one.tag for one in self._open]:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data):
        for one in self._open:
            one.words.append(data)

    @property
    def links(self) -> list[str]:
        return [one.attributes["href"] for one in self.root.every("a")]

    @property
    def ids(self) -> set[str]:
        return {one.attributes["id"] for one in self.root.walk() if "id" in one.attributes}

    def by_id(self, wanted: str) -> Element:
        [found] = [one for one in self.root.walk() if one.attributes.get("id") == wanted]
        return found

    def dead_links(self) -> list[str]:
        dead = []
        for link in self.links:
            where, _, fragment = link.partition("#")
            target = (self.path.parent / unquote(where)).resolve() if where else self.path
            if not target.is_file() or (fragment and fragment not in Page(target).ids):
                dead.append(link)
        return dead

    def active(self) -> list[str]:
        """Return whatever runs, or is loaded from elsewhere."""
        found = []
        for one in self.root.walk():
            if one.tag in ("script", "iframe", "object", "embed", "link", "base", "foreignobject"):
                found.append(one.tag)
            for name, value in one.attributes.items():
                if name.startswith("on") or (name == "src" and "//" in value):
                    found.append(f"{one.tag} {name}={value}")
                if name.endswith("href") and value.lower().startswith(("javascript:", "data:")):
                    found.append(f"{one.tag} {name}={value}")
        return found


def violations(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]
