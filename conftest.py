"""Unit tests and doctests read the small ledger of the tests; in CI a needless skip is a failure."""

import os
from pathlib import Path

import pytest

from briefing import paths

ROOT = Path(__file__).parent
EVIDENCE = ROOT / "tests" / "evidence"
# Where the folder of the evidence is looked up by name.
READERS = ("briefing.paths", "briefing.coverage", "briefing.ledger.loading")

own_folder = paths.data_folder
unexpected: list[str] = []


def frozen_folder() -> Path:
    """Return the small ledger for this checkout; a copy of the project keeps its own evidence."""
    folder = own_folder()
    return EVIDENCE if folder == ROOT / "data" else folder


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the evidence itself."""
    for module in READERS:
        monkeypatch.setattr(f"{module}.data_folder", own_folder)


def pytest_configure() -> None:
    """Replace the evidence before any test module reads it."""
    patch = pytest.MonkeyPatch()
    for module in READERS:
        patch.setattr(f"{module}.data_folder", frozen_folder)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what needs the finished briefings last: while one process makes them the others have work."""
    items.sort(
        key=lambda item: "rendered" in getattr(item, "fixturenames", ()) or "browser" in item.path.parts
    )


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note every skip that is not for want of Quarto."""
    if report.skipped and "quarto" not in report.keywords:
        unexpected.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a CI run in which a capability went untested."""
    if os.environ.get("CI") and unexpected:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which skips made the CI run fail."""
    for name in unexpected:
        terminalreporter.write_line(f"skipped without need: {name}")
