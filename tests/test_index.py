"""The page over all finished briefings: complete, safe, whole at any moment, and usable by everybody."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import url2pathname

import pytest
from pages import Page, needs_chromium, violations
from PIL import Image
from shell import by_shell

from briefing.cli import main
from briefing.formats import day
from briefing.render.index import CARDS, PICTURES, refresh_index
from briefing.render.thumbnail import make_thumbnail
from briefing.scenario import load_scenario
from conftest import BRIEFINGS

VARIATIONS = [load_scenario("as-printed", {"pay": pay}).name for pay in (1500, 2500)]
FEW = ("as-printed", VARIATIONS[0], "november-2024")
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)> {{ 7 * 7 }} &amp;'


@pytest.fixture
def shelf(rendered, tmp_path) -> Path:
    """A project with a private copy of a few finished briefings."""
    for name in (*FEW, "comparisons", "sweeps"):
        shutil.copytree(rendered / "briefings" / name, tmp_path / "briefings" / name)
    for name in ("data", "scenarios", "_extensions", "report.qmd"):
        (tmp_path / name).symlink_to(rendered / name)
    return tmp_path


def index_of(root: Path) -> Page:
    return Page(refresh_index(root))


def cards(page: Page) -> dict[str, str]:
    """Return the words of each card by the folder to which it leads."""
    return {
        one.every("a")[0].attributes["href"].split("/")[1]: one.text for one in page.root.every("article")
    }


def manifest_of(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def change(path: Path, **values) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values), encoding="utf-8")


def opened(monkeypatch, capsys, root: Path, *arguments: str) -> tuple[int, list[str], str, list[str]]:
    launched: list[str] = []
    monkeypatch.chdir(root)
    monkeypatch.setattr("webbrowser.open", lambda address: launched.append(url2pathname(address[7:])) or True)
    monkeypatch.setattr(sys, "argv", ["briefing", "open", *arguments])
    code = 0
    try:
        main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    said = capsys.readouterr()
    return code, said.out.splitlines(), said.err, launched


def test_every_finished_briefing_is_shown_with_who_it_is(rendered):
    shown = cards(Page(rendered / "briefings/index.html"))
    assert set(shown) == {*BRIEFINGS, *VARIATIONS}
    for name in shown:
        manifest = manifest_of(rendered / "briefings" / name)
        wanted = ("as_of", "coverage_end")
        days = [
            day(load_scenario().as_of.fromisoformat(manifest[key])).replace("\u00a0", " ") for key in wanted
        ]
        for words in (manifest["title"], manifest["scenario"]["title"], manifest["digest"], name, *days):
            assert words.replace("\u00a0", " ") in shown[name]


def test_numbers_carry_their_range_and_what_they_rest_on_and_deaths_come_first(rendered):
    numbers = json.loads((rendered / "briefings/november-2024/results.json").read_text())["numbers"]
    words = cards(Page(rendered / "briefings/index.html"))["november-2024"]
    places = []
    for key in ("losses.inferred_killed", "people.killed", "people.distinct", "money.agreed"):
        one = numbers[key]
        printed = f"{one['basis']} {one['text']} {one['range_text']}".replace("\u00a0", " ").strip()
        # Labels, values and ranges are elements of their own; only the space between them is free.
        found = re.search(r"\s*".join(map(re.escape, printed.split())), words)
        assert found, printed
        places.append(found.start())
    assert places == sorted(places)


def test_every_link_of_every_page_leads_somewhere(rendered):
    pages = [
        *(rendered / "briefings").glob("index.html"),
        *(rendered / "briefings/sweeps").glob("*/index.html"),
    ]
    assert len(pages) == 2
    for path in pages:
        assert Page(path).dead_links() == [], path
    links = Page(rendered / "briefings/index.html").links
    for wanted in (
        "./november-2024/report.html",
        "./november-2024/report.pdf",
        "./november-2024/results.json",
        "./november-2024/notebooks/02_people.html",
        "./comparisons/november-2024-and-current/report.html",
        "./sweeps/pay/index.html",
    ):
        assert wanted in links


def test_the_pages_run_nothing_and_load_nothing_from_elsewhere(rendered):
    for path in [rendered / "briefings/index.html", rendered / "briefings/sweeps/pay/index.html"]:
        assert Page(path).active() == []
        assert "http" not in re.sub(r'http-equiv|xmlns="[^"]*"', "", path.read_text())


def test_a_thumbnail_is_a_small_picture_of_the_first_page(rendered, tmp_path):
    for name in ("november-2024", "as-printed"):
        folder = rendered / "briefings" / name
        path = folder / "thumbnail.png"
        assert path.stat().st_size < 40_000
        with Image.open(path) as picture:
            assert (picture.width, picture.height) == (360, 509)
            grey = picture.convert("L")
            dark = sum(grey.histogram()[:192]) / (grey.width * grey.height)
        # A page of text: neither empty nor a black square.
        assert 0.01 < dark < 0.4
        assert make_thumbnail(folder / "report.pdf", tmp_path / "again.png").read_bytes() == path.read_bytes()


def test_hostile_words_are_words(shelf):
    folder = shelf / "briefings/november-2024"
    scenario = manifest_of(folder)["scenario"] | {"title": HOSTILE, "name": "../../../etc"}
    change(folder / "manifest.json", title=HOSTILE, digest=HOSTILE, scenario=scenario)
    record = json.loads((folder / "results.json").read_text())
    record["numbers"]["people.killed"] |= {"text": HOSTILE, "range_text": HOSTILE, "basis": HOSTILE}
    (folder / "results.json").write_text(json.dumps(record))
    strange = shelf / "briefings" / 'a"><script>b%2e%2e #?'
    folder.rename(strange)
    comparison = shelf / "briefings/comparisons/november-2024-and-current/report.html"
    comparison.write_text(f"<title>{HOSTILE.replace('<', '&lt;')}</title>")
    page = index_of(shelf)
    assert page.active() == []
    assert page.dead_links() == []
    [words] = [text for name, text in cards(page).items() if name.startswith("a%22")]
    assert words.count("<script>alert(1)</script>") >= 4
    assert words.count("{{ 7 * 7 }}") >= 4
    assert not any("etc" in link for link in page.links)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b"{}", b'{"title": 3}', b"[" * 100_000, b'{"as_of": "yesterday"}'],
)
def test_a_broken_manifest_is_named_and_the_rest_is_shown(shelf, content):
    (shelf / "briefings/as-printed/manifest.json").write_bytes(content)
    page = index_of(shelf)
    assert "as-printed" not in cards(page)
    assert len(cards(page)) == 2
    assert (
        "Not shown, because its manifest cannot be read or no document lies there: as-printed."
        in page.root.text
    )


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b'{"numbers": 3}', b"[" * 100_000])
def test_a_briefing_with_broken_numbers_is_shown_without_them(shelf, content):
    (shelf / "briefings/as-printed/results.json").write_bytes(content)
    words = cards(index_of(shelf))["as-printed"]
    assert "assumed" not in words
    assert "PDF" in words


def test_foreign_files_and_folders_break_nothing(shelf):
    (shelf / "briefings/notes").mkdir()
    (shelf / "briefings/notes.txt").write_text("mine")
    (shelf / "briefings/loop").symlink_to(shelf / "briefings/loop")
    (shelf / "briefings/sweeps/empty").mkdir()
    page = index_of(shelf)
    assert len(cards(page)) == 3
    assert "notes." in page.root.text
    assert "empty" not in page.root.text


def test_opening_makes_the_missing_picture_and_shows_the_page(shelf, monkeypatch, capsys):
    (shelf / "briefings/november-2024/thumbnail.png").unlink()
    path = str(shelf / "briefings/index.html")
    assert opened(monkeypatch, capsys, shelf) == (0, [path], "", [path])
    assert (shelf / "briefings/november-2024/thumbnail.png").is_file()
    pictures = [one.attributes["src"] for one in Page(Path(path)).root.every("img")]
    assert "./november-2024/thumbnail.png" in pictures


def test_a_damaged_document_does_not_keep_the_page_from_opening(shelf, monkeypatch, capsys):
    (shelf / "briefings/november-2024/thumbnail.png").unlink()
    (shelf / "briefings/november-2024/report.pdf").write_bytes(b"no PDF")
    assert opened(monkeypatch, capsys, shelf)[0] == 0
    assert "november-2024" in cards(Page(shelf / "briefings/index.html"))


def test_a_page_that_cannot_be_written_anew_is_opened_as_it_stands(shelf, monkeypatch, capsys):
    def refuse(path, *_, **__):
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    refresh_index(shelf)
    monkeypatch.setattr("briefing.render.index.FileLock", refuse)
    path, lock = str(shelf / "briefings/index.html"), shelf / "briefings/.index.lock"
    told = f"the page is as it was written last; {lock}: Read-only file system\n"
    assert opened(monkeypatch, capsys, shelf) == (0, [path], told, [path])
    report = str(shelf / "briefings/as-printed/report.html")
    assert opened(monkeypatch, capsys, shelf, "as-printed") == (0, [report], told, [report])
    Path(path).unlink()
    assert opened(monkeypatch, capsys, shelf) == (1, [], f"{lock}: Read-only file system\n", [])


def test_without_a_browser_the_file_is_named(shelf, monkeypatch):
    monkeypatch.setenv("PATH", str(shelf))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    done = by_shell("open", cwd=shelf)
    assert (done.returncode, done.stdout) == (0, f"{shelf / 'briefings/index.html'}\n")
    assert done.stderr == "no browser found; open the file yourself\n"


def test_opening_one_briefing_opens_its_document(shelf, monkeypatch, capsys):
    path = str(shelf / "briefings/as-printed/report.html")
    assert opened(monkeypatch, capsys, shelf, "as-printed") == (0, [path], "", [path])


@pytest.mark.parametrize("name", ["surge-2026", "../figures", "november-2024/notebooks", ".", "sweeps", ""])
def test_opening_what_is_not_finished_is_one_line(shelf, monkeypatch, capsys, name):
    code, said, error, launched = opened(monkeypatch, capsys, shelf, name)
    assert (code, said, launched) == (2, [], [])
    assert error == f'briefing "{name}": not finished; allowed: {", ".join(FEW)}\n'


def test_what_an_earlier_version_left_is_named_with_the_scenario_in_its_place(shelf, monkeypatch, capsys):
    for name in ("baseline", "garrison-2026", "baseline-0123456789"):
        shutil.copytree(shelf / "briefings/november-2024", shelf / "briefings" / name)
    (shelf / "briefings/baseline/earlier").mkdir()
    (shelf / "briefings/baseline/manifest.json").write_text("{}")
    page = index_of(shelf)
    assert set(cards(page)) == set(FEW)
    for name, now in (
        ("baseline", "november-2024"),
        ("garrison-2026", "current"),
        ("baseline-0123456789", "nov"),
    ):
        assert f"{name} is of an earlier version's scenario, in whose place stands {now}" in page.root.text
    code, _, error, _ = opened(monkeypatch, capsys, shelf, "baseline")
    assert (code, error) == (2, 'briefing "baseline": of an earlier version; type `november-2024`\n')
    for name in FEW:
        shutil.rmtree(shelf / "briefings" / name)
    assert cards(index_of(shelf)) == {}


def test_nothing_finished_is_said(shelf, monkeypatch, capsys):
    shutil.rmtree(shelf / "briefings")
    code, _, error, launched = opened(monkeypatch, capsys, shelf)
    assert (code, error) == (2, "briefings: nothing is finished yet; allowed: first `briefing render`\n")
    assert launched == []
    (shelf / "briefings").mkdir()
    assert opened(monkeypatch, capsys, shelf)[0] == 2


def test_processes_that_write_at_once_leave_a_whole_page(shelf):
    code = (
        "import sys; from pathlib import Path; from briefing.render.index import refresh_index\n"
        "for _ in range(10): refresh_index(Path(sys.argv[1]))"
    )
    before = refresh_index(shelf).read_text()
    writers = [subprocess.Popen([sys.executable, "-c", code, str(shelf)]) for _ in range(2)]
    read = 0
    while any(one.poll() is None for one in writers):
        assert (shelf / "briefings/index.html").read_text() == before
        read += 1
    assert [one.returncode for one in writers] == [0, 0]
    assert read > 1
    assert not list((shelf / "briefings").glob("*.part"))
    assert not list((shelf / "briefings").glob(".*.part"))


def test_a_document_that_a_later_run_left_behind_is_said_to_be_of_an_earlier_state(shelf):
    manifest = manifest_of(shelf / "briefings/november-2024")
    manifest["files"]["report.pdf"]["inputs"] = "of another day"
    change(shelf / "briefings/november-2024/manifest.json", files=manifest["files"])
    shown = cards(index_of(shelf))
    assert "PDF, earlier state" in shown["november-2024"]
    assert "earlier state" not in shown["as-printed"]


def test_a_thousand_briefings_are_all_there_with_few_pictures(shelf):
    folder = shelf / "briefings/november-2024"
    for number in range(1000):
        copy = shelf / f"briefings/run-{number:04d}"
        copy.mkdir()
        for name in ("report.html", "results.json", "manifest.json", "thumbnail.png"):
            os.link(folder / name, copy / name)
    page = index_of(shelf)
    assert len(cards(page)) == 1003
    pictures = page.root.every("img")
    assert len(pictures) <= CARDS + PICTURES
    assert sum(one.attributes.get("loading") != "lazy" for one in pictures) <= 3


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_look_like_the_briefing(rendered, tab, scheme):
    looks, page = [], tab(scheme=scheme)
    for name in ("index.html", "november-2024/notebooks/02_people.html", "november-2024/report.html"):
        page.goto((rendered / "briefings" / name).as_uri())
        look = "(() => { const look = getComputedStyle(document.body);"
        look += "return [look.color, look.backgroundColor, look.getPropertyValue('--sans')] })()"
        looks.append(page.evaluate(look))
    assert looks[0] == looks[1] == looks[2]


@needs_chromium
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_everybody_can_use_the_pages(rendered, tab, width, scheme):
    remote: list[str] = []
    page = tab(width, scheme)
    page.on(
        "request", lambda request: None if request.url.startswith("file:") else remote.append(request.url)
    )
    for name in ("index.html", "sweeps/pay/index.html", "november-2024/notebooks/02_people.html"):
        page.goto((rendered / "briefings" / name).as_uri())
        for details in page.locator("summary").all():
            details.click()
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.goto((rendered / "briefings/index.html").as_uri())
    page.wait_for_load_state("networkidle")
    assert page.evaluate(
        "[...document.images].filter(one => one.complete).every(one => one.naturalWidth == 360)"
    )
    assert page.evaluate("document.images[0].complete")
    assert remote == []


@needs_chromium
def test_the_keyboard_reaches_every_briefing(rendered, tab):
    page = tab()
    page.goto((rendered / "briefings/index.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    wanted = {link for link in Page(rendered / "briefings/index.html").links if link.startswith("./")}
    reached: set[str] = set()
    for _ in range(2 * len(wanted)):
        page.keyboard.press("Tab")
        link, tag, shown = page.evaluate(
            "(() => { const at = document.activeElement;"
            "return [at.getAttribute('href'), at.tagName, getComputedStyle(at).outlineStyle] })()"
        )
        if tag == "SUMMARY":
            page.keyboard.press("Enter")
        assert shown == "solid" or link is None
        reached.add(link)
    assert wanted <= reached
