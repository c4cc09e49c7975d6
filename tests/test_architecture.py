"""The house is as docs/architecture.md draws it: its rooms, and imports that run one way."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "briefing"
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \|([^|]*)\|$", re.MULTILINE)


def drawn() -> dict[str, list[str]]:
    """Return the rooms of the table from the ground up, each with the rooms that it may import."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return {room: re.findall(r"`(\w+)`", allowed) for room, allowed in ROW.findall(text)}


def rooms() -> set[str]:
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    return modules | {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def imported(source: str) -> Iterator[str]:
    """Yield the modules that a source imports, inside functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            if node.module == "briefing":
                yield from (f"briefing.{alias.name}" for alias in node.names)
            else:
                yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def entered(source: str) -> set[str]:
    """Return the rooms that a source imports from."""
    return {name.split(".")[1] for name in imported(source) if name.startswith("briefing.")}


def files(room: str) -> list[Path]:
    return sorted((PACKAGE / room).rglob("*.py")) or [PACKAGE / f"{room}.py"]


def uninvited(table: dict[str, list[str]], room: str, source: str) -> set[str]:
    return entered(source) - {room, *table[room]}


def test_the_table_names_every_room() -> None:
    assert set(drawn()) == rooms()


def test_a_room_may_import_only_rooms_above_it_in_the_table() -> None:
    table = drawn()
    order = list(table)
    climbing = [
        f"{room} -> {other}"
        for room, allowed in table.items()
        for other in allowed
        if other not in order or order.index(other) >= order.index(room)
    ]
    assert climbing == []


def test_a_room_imports_only_what_its_row_names() -> None:
    table = drawn()
    found = [
        f"{path.relative_to(PACKAGE)} -> {other}"
        for room in table
        for path in files(room)
        for other in sorted(uninvited(table, room, path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_a_climbing_import_would_be_found_wherever_it_hides() -> None:
    hidden = "def late():\n    from briefing import cli\n    import briefing.sweep.execute\n"
    assert uninvited(drawn(), "model", hidden) == {"cli", "sweep"}


def test_the_model_is_pure() -> None:
    reaching = {"io", "matplotlib", "os", "pathlib", "random", "subprocess", "tempfile", "time"}
    asking = re.compile(r"\bopen\(|\.(today|now)\(|default_rng\(\)")
    for path in files("model"):
        source = path.read_text(encoding="utf-8")
        assert not reaching & {name.split(".")[0] for name in imported(source)}, path
        assert not asking.search(source), path
