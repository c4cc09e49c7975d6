"""In CI a skipped test is a failure, unless it needs the real Quarto, which no registry carries."""

import os

import pytest

unexpected: list[str] = []


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
