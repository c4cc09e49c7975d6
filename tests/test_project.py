"""The project's own papers agree with each other: locks, version."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    """Return the names of requirements as a lock writes them."""
    return {re.match(r"[\w.-]+", one)[0].lower().replace("_", "-") for one in requirements}


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))


def test_every_declared_library_is_locked() -> None:
    run = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]]
    assert names(run) <= pins("requirements.lock").keys()
    assert names(PROJECT["project"]["optional-dependencies"]["dev"]) <= pins("requirements-dev.lock").keys()


def test_what_builds_the_package_is_locked_with_what_runs_it() -> None:
    assert names(PROJECT["build-system"]["requires"]) <= names(PROJECT["dependency-groups"]["build"])


def test_the_tests_run_on_the_versions_that_a_briefing_runs_on() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()
    assert "pytest" not in pins("requirements.lock")


def test_a_lock_names_no_place() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "make lock" in text.partition("==")[0]
        assert not re.search(r"://|--(extra-)?index|--find-links|(^|\s)/\w", text)


def test_the_version_is_the_same_wherever_a_tool_needs_it() -> None:
    version = PROJECT["project"]["version"]
    for paper in ("CITATION.cff", "_extensions/briefing/_extension.yml"):
        assert yaml.safe_load((ROOT / paper).read_text(encoding="utf-8"))["version"] == version, paper


def test_the_changelog_has_a_section_of_the_version_with_the_day_of_the_citation() -> None:
    sections = re.findall(
        r"^## \[(.+)\](?: - (.+))?$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    released = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["date-released"]
    assert sections[0] == ("Unreleased", "")
    assert sections[1] == (PROJECT["project"]["version"], released)
