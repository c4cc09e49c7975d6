"""The data package: the single description of the tables, read from ``datapackage.json``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from briefing.errors import BadInputError, Problem
from briefing.project.files import sha256_of_files

PACKAGE_FILE = "datapackage.json"


@dataclass(frozen=True)
class Resource:
    """One table as the data package describes it.

    Attributes
    ----------
    name
        Name of the table; its file is ``<name>.csv``.
    fields
        The columns in order: name, type, title, description and constraints of each.
    key
        The columns that together name a row.
    references
        (column, other table, its column): the value must stand there.
    """

    name: str
    path: str
    fields: tuple[Mapping[str, Any], ...]
    key: tuple[str, ...]
    references: tuple[tuple[str, str, str], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns in order."""
        return tuple(field["name"] for field in self.fields)

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """The primary key and every other set of columns whose values may not repeat."""
        single = ((f["name"],) for f in self.fields if f.get("constraints", {}).get("unique"))
        return (self.key, *single)


@dataclass(frozen=True)
class Package:
    """All tables, and the day of compilation."""

    resources: Mapping[str, Resource]
    compiled: date


def read_package(folder: Path) -> Package:
    """Read the data package of a folder.

    Raises
    ------
    BadInputError
        The file is missing, is not JSON, or lacks something that a data package of this project has.
    """
    where = f"{folder.name}/{PACKAGE_FILE}"
    try:
        content = json.loads((folder / PACKAGE_FILE).read_text(encoding="utf-8"))
        resources = [_resource(entry) for entry in content["resources"]]
        return Package(
            {resource.name: resource for resource in resources},
            date.fromisoformat(content["compiled"]),
        )
    except FileNotFoundError:
        problem = Problem(where, "no such file", "the data package that describes the tables")
    except KeyError as error:
        problem = Problem(where, f"lacks {error}", "a data package with compiled and resources")
    except (ValueError, TypeError, AttributeError) as error:
        problem = Problem(where, f"cannot be read ({error})", "a data package in JSON, encoded as UTF-8")
    raise BadInputError([problem])


def _resource(entry: Mapping[str, Any]) -> Resource:
    schema = entry["schema"]
    return Resource(
        name=entry["name"],
        path=entry["path"],
        fields=tuple(schema["fields"]),
        key=_listed(schema["primaryKey"]),
        references=tuple(
            (link["fields"], link["reference"]["resource"], link["reference"]["fields"])
            for link in schema.get("foreignKeys", ())
        ),
    )


def _listed(names: str | list[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def data_digest(path: Path | str) -> str:
    """Return the SHA-256 over the tables and the data package of a folder, without loading them.

    Examples
    --------
    >>> from briefing.paths import data_folder
    >>> len(data_digest(data_folder()))
    64
    """
    folder = Path(path)
    return sha256_of_files([*folder.glob("[!.]*.csv"), *folder.glob(PACKAGE_FILE)], folder)
