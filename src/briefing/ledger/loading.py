"""Loading: read the tables, check everything, and refuse with all problems at once."""

import re
from collections import OrderedDict
from pathlib import Path

from briefing.coverage import coverage_end
from briefing.errors import BadInputError, Problem
from briefing.ledger.claim_rules import claim_problems
from briefing.ledger.ledger import Ledger
from briefing.ledger.package import data_digest
from briefing.ledger.rules import table_problems
from briefing.ledger.tables import read_tables
from briefing.paths import data_folder

_sound: OrderedDict[str, Ledger] = OrderedDict()
"""The ledgers that were last found to meet all rules, by digest; processes forked from this one know them."""
MOST = 4


def load(path: Path | str | None = None, held_to_rules: bool = True) -> Ledger:
    """Read the tables of a folder, check them, and return them as a ledger.

    Parameters
    ----------
    path
        Folder with ``datapackage.json`` and its tables; by default the project's own ``data``.
    held_to_rules
        Whether rows must also agree with each other: an earlier version need not meet the rules of today.

    Notes
    -----
    Equal files are read and checked once a process; what was sound once is sound on every later day.

    Raises
    ------
    BadInputError
        Something is wrong with the data: every problem at once, each with file, row and column.

    Examples
    --------
    >>> ledger = load()
    >>> str(ledger.coverage_end), str(ledger.compiled)
    ('2026-03-17', '2026-11-22')
    """
    folder = Path(path).resolve() if path else data_folder()
    digest = data_digest(folder)
    if held_to_rules and digest in _sound:
        _sound.move_to_end(digest)
        return _sound[digest]
    ledger = _read(folder, held_to_rules)
    if held_to_rules and ledger.digest == digest:  # the files were not edited meanwhile
        _sound[digest] = ledger
        if len(_sound) > MOST:
            _sound.popitem(last=False)
    return ledger


def _read(folder: Path, held_to_rules: bool) -> Ledger:
    tables, problems = read_tables(folder)
    if held_to_rules:
        problems += [*table_problems(tables), *claim_problems(tables)]
    if problems:
        raise BadInputError(sorted(problems, key=_file_and_row))
    resources = tables.package.resources
    return Ledger(
        tables={name: frame.reset_index(drop=True) for name, frame in tables.frames.items()},
        keys={name: resource.key for name, resource in resources.items()},
        compiled=tables.package.compiled,
        coverage_end=coverage_end(folder),
        digest=data_digest(folder),
    )


def _file_and_row(problem: Problem) -> tuple[str, int]:
    row = re.search(r", row (\d+)", problem.where)
    return problem.where.split(",")[0], int(row[1]) if row else 0
