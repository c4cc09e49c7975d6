"""Reading the tables: text with line numbers, checked cell by cell, then converted to dates and numbers."""

import csv
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa

from briefing.errors import BadInputError, Problem
from briefing.ledger.package import Package, Resource, read_package
from briefing.ledger.schema import allowed, build_schema

Row = dict[Hashable, Any]


@dataclass(frozen=True)
class Tables:
    """All tables of a folder, converted; every frame is indexed by the line of its file.

    Attributes
    ----------
    folder
        Name of the folder, for messages.
    spoiled
        (table, line) of the rows with a cell that could not be read: rules on numbers leave them alone.
    """

    folder: str
    package: Package
    frames: dict[str, pd.DataFrame]
    spoiled: frozenset[tuple[str, int]]

    @cached_property
    def _rows(self) -> dict[str, dict[int, Row]]:
        return {name: _rows_by_line(frame) for name, frame in self.frames.items()}

    def rows(self, table: str) -> dict[int, Row]:
        """Return the rows of a table by line number."""
        return self._rows[table]

    @cached_property
    def claims(self) -> dict[str, Row]:
        """The claims by id."""
        return {row["claim_id"]: row for row in self.rows("claims").values()}

    @cached_property
    def quantities(self) -> dict[str, Row]:
        """The quantities by name."""
        return {row["quantity"]: row for row in self.rows("quantities").values()}

    def where(self, table: str, line: int, column: str) -> str:
        """Say where a cell stands: file, row and column."""
        return f"{self.folder}/{self.package.resources[table].path}, row {line}, column {column}"


class _UnreadableTableError(Exception):
    """A table whose cells cannot be judged: its file, header or rows are malformed."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems


def read_tables(folder: Path) -> tuple[Tables, list[Problem]]:
    """Read and convert all tables of a folder; return them with the problems of their cells.

    Raises
    ------
    BadInputError
        A table is missing or malformed, so that rows cannot be compared with each other. The problems of
        all tables are listed, those of the cells of readable tables too.
    """
    package = read_package(folder)
    frames, spoiled = {}, set()
    problems: list[Problem] = []
    unreadable = False
    for resource in package.resources.values():
        where = f"{folder.name}/{resource.path}"
        try:
            text = _text_frame(folder / resource.path, where, resource)
        except _UnreadableTableError as error:
            unreadable = True
            problems += error.problems
            continue
        for line, problem in _cell_problems(text, where, resource):
            spoiled.add((resource.name, line))
            problems.append(problem)
        frames[resource.name] = _converted(text, resource)
    if unreadable:
        raise BadInputError(problems)
    return Tables(folder.name, package, frames, frozenset(spoiled)), problems


def _text_frame(path: Path, where: str, resource: Resource) -> pd.DataFrame:
    lines = list(_csv_rows(path, where))
    if len(lines) < 2:
        raise _UnreadableTableError([Problem(where, "no rows", "a header and at least one row")])
    (_, header), *rows = lines
    problems = _header_problems(header, where, resource)
    problems += [
        Problem(f"{where}, row {line}", f"{len(cells)} cells", f"{len(header)}, as in the header")
        for line, cells in rows
        if len(cells) != len(header)
    ]
    if problems:
        raise _UnreadableTableError(problems)
    index = [line for line, _ in rows]
    cells = [[cell or None for cell in row] for _, row in rows]
    frame = pd.DataFrame(cells, columns=header, index=index, dtype="str")
    return frame.loc[:, list(resource.columns)]


def _csv_rows(path: Path, where: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells); blank lines are passed over, a byte order mark is accepted."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            first = 1
            for cells in reader:
                if cells:
                    yield first, cells
                first = reader.line_num + 1
    except FileNotFoundError:
        problem = Problem(where, "no such file", "every table that datapackage.json lists")
    except UnicodeDecodeError as error:
        problem = Problem(where, f"not UTF-8 text (byte 0x{error.object[error.start]:02x})", "UTF-8")
    except csv.Error as error:
        problem = Problem(f"{where}, row {first}", f"not a CSV row ({error})", "cells split by commas")
    else:
        return
    raise _UnreadableTableError([problem])


def _header_problems(header: list[str], where: str, resource: Resource) -> list[Problem]:
    place = f"{where}, row 1"
    expected = resource.columns
    missing = [name for name in expected if name not in header]
    double = sorted({name for name in header if header.count(name) > 1})
    problems = [Problem(place, f"column {name} is missing", ", ".join(expected)) for name in missing]
    problems += [Problem(place, f"column {name} stands there twice", "once") for name in double]
    for name in header:
        if name not in expected:
            near = get_close_matches(name, missing, n=1)
            hint = f"perhaps {near[0]}" if near else "the columns that datapackage.json lists"
            problems.append(Problem(place, f"unexpected column {name!r}", hint))
    return problems


def _cell_problems(text: pd.DataFrame, where: str, resource: Resource) -> Iterator[tuple[int, Problem]]:
    try:
        build_schema(resource).validate(text, lazy=True)
    except pa.errors.SchemaErrors as error:
        fields = {field["name"]: field for field in resource.fields}
        shown = text.fillna("")
        failures = error.failure_cases.sort_values(["index", "column"])
        for line, column in zip(failures["index"], failures["column"], strict=True):
            cell = str(shown.at[line, column])
            name = " ".join(str(shown.at[line, part]) or "(empty)" for part in resource.key)
            found = repr(cell) if cell else "empty"
            what = found if column == resource.key[0] else f"{name}: {found}"
            yield int(line), Problem(f"{where}, row {line}, column {column}", what, allowed(fields[column]))


def _converted(text: pd.DataFrame, resource: Resource) -> pd.DataFrame:
    columns = {}
    for field in resource.fields:
        cells = text[field["name"]]
        match field["type"]:
            case "date":
                columns[field["name"]] = pd.to_datetime(cells, format="%Y-%m-%d", errors="coerce")
            case "number":
                columns[field["name"]] = pd.to_numeric(cells, errors="coerce").astype("float64")
            case "integer":
                numbers = pd.to_numeric(cells, errors="coerce")
                columns[field["name"]] = numbers.astype("float64" if numbers.isna().any() else "int64")
            case _:
                # An absent text is the empty text: lists of ids can then be split without a test.
                columns[field["name"]] = cells.fillna("").astype("str")
    return pd.DataFrame(columns)


def _rows_by_line(frame: pd.DataFrame) -> dict[int, Row]:
    lines = (int(line) for line in frame.index)
    return dict(zip(lines, frame.to_dict(orient="records"), strict=True))
