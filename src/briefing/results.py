"""What a notebook hands on: numbers that can be followed to a claim or formula, facts, figures, tables."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from briefing.errors import RunFailedError
from briefing.formats import UNIT_WORDS, show, show_range, with_unit
from briefing.numbers import BASES, Basis
from briefing.paths import figures_folder
from briefing.project.files import write_whole

if TYPE_CHECKING:
    import pandas as pd

KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_-]+)+")
PLACE = re.compile(r"\{([a-z0-9_.-]+)(?::(range))?\}")


@dataclass(frozen=True, repr=False)
class Number:
    """One number of the document, with its whole chain.

    Attributes
    ----------
    key
        Name by which prose refers to it, such as ``people.distinct``.
    value, low, high
        The number (None where nobody knows) and the ends of its range (None where open or exact). Where
        draws vary, the number is their median and the ends are their 5th and 95th percentile.
    at_modes
        The number with every input at its mode, where draws vary. It is printed nowhere.
    unit
        A key of `briefing.formats.UNIT_WORDS`.
    basis
        ``claimed``, ``inferred``, ``assumed`` or ``counted``.
    formula
        In words, how it was got.
    claims
        Ids of the claims or context rows that it rests on.
    notebook
        Which notebook computed it.
    digits
        Significant digits to print; None prints the value as it stands.
    """

    key: str
    value: float | str | None
    unit: str
    basis: Basis
    formula: str
    claims: tuple[str, ...] = ()
    notebook: str = ""
    low: float | None = None
    high: float | None = None
    digits: int | None = None
    at_modes: float | None = None

    def __repr__(self) -> str:
        """What a notebook shows of it, such as ``46,400 people (31,300 to 71,100), assumed``."""
        ends = f" ({self.range_text})" if self.range_text not in ("", self.text) else ""
        return f"{with_unit(self.text, self.unit)}{ends}, {self.basis}"

    @property
    def text(self) -> str:
        """The value as prose prints it."""
        if self.unit == "date" and isinstance(self.value, str):
            return show(date.fromisoformat(self.value), "date")
        if self.value is None and self.range_text:
            return self.range_text
        return show(self.value, self.unit, self.digits)

    @property
    def range_text(self) -> str:
        """The range as prose prints it; empty for an exact number."""
        return show_range(self.low, self.high, self.unit, self.digits)


def fill(template: str, numbers: Mapping[str, Number]) -> str:
    """Replace ``{key}`` and ``{key:range}`` by the printed number; what is not in `numbers` stays a place."""

    def printed(place: re.Match[str]) -> str:
        number = numbers.get(place[1])
        if number is None:
            return place[0]
        return number.range_text if place[2] else number.text

    return PLACE.sub(printed, template)


def _cell(content: Any) -> str | dict[str, str]:
    if not isinstance(content, tuple):
        return str(content)
    kind, what = content
    return {"text": what} if kind == "text" else {"num": what, "show": "" if kind == "num" else kind}


@dataclass
class Record:
    """Collects what one notebook finds and writes it as ``<notebook>.json`` beside its figures.

    It holds no sentence: the words stand in the report, which chooses among them by facts. Table cells are
    data and are printed as they are; a cell ``("num", key)`` stands for a number, ``("range", key)`` for its
    range and ``("text", template)`` for a text with places such as ``{key}`` and ``{key:range}``.

    Examples
    --------
    >>> record = Record("example")
    >>> _ = record.number("pay.bill", 21_800_000, "usd_per_month", "inferred", "10,900 times $2,000")
    >>> record.text("A bill of {pay.bill} a month")
    'A bill of $21.8\\xa0million a month'
    """

    notebook: str
    folder: Path = field(default_factory=figures_folder)
    numbers: dict[str, Number] = field(default_factory=dict)
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    likelihoods: dict[str, dict[str, Any]] = field(default_factory=dict)

    def number(
        self,
        key: str,
        value: float | str | date | None,
        unit: str,
        basis: Basis,
        formula: str,
        claims: Sequence[str] = (),
        low: float | None = None,
        high: float | None = None,
        digits: int | None = None,
    ) -> Number:
        """Record a number under `key` and return it.

        Raises
        ------
        ValueError
            The key is malformed or taken, the unit or basis is unknown, or the value is not finite.
        """
        if isinstance(value, date):
            value = value.isoformat()
        elif value is not None and not isinstance(value, str):
            value = float(value)
        low, high = (None if end is None else float(end) for end in (low, high))
        number = Number(key, value, unit, basis, formula, tuple(claims), "", low, high, digits)
        return self.add(number)

    def count(self, key: str, value: float, formula: str, claims: Sequence[str] = ()) -> Number:
        """Record a count over the project's own tables, as `number` does, and return it."""
        return self.number(key, value, "count", "counted", formula, claims)

    def span(self, key: str, unit: str, formula: str, claims: "pd.DataFrame", **ends: float | None) -> Number:
        """Record the lowest and the highest figure of some claims; unknown for none.

        Parameters
        ----------
        key, unit, formula
            As for `number`.
        claims
            Rows of the claims table.
        ends
            ``low`` or ``high``, where an end is not theirs.
        """
        figures = claims[["low", "value", "high"]].to_numpy(float)
        low, high = (float(np.nanmin(figures)), float(np.nanmax(figures))) if figures.size else (None, None)
        ids = list(claims["claim_id"])
        return self.number(
            key, None, unit, "claimed", formula, ids, ends.get("low", low), ends.get("high", high)
        )

    def name(self, key: str, text: str, formula: str, claims: Sequence[str] = ()) -> Number:
        """Record a text that the report names as it names a number, such as the bodies behind a figure."""
        return self.number(key, text, "text", "counted", formula, claims)

    def spread(
        self, key: str, spread: Any, unit: str, formula: str, claims: Sequence[str] = (), digits: int = 3
    ) -> Number:
        """Record what follows from the scenario: a `briefing.model.alike.Spread`, or None where unknown."""
        value, low, high = (spread.value, spread.low, spread.high) if spread else (None, None, None)
        return self.number(key, value, unit, "assumed", formula, claims, low, high, digits)

    def add(self, number: Number) -> Number:
        """Record a number that stands ready, as this notebook's, and return it.

        Raises
        ------
        ValueError
            As `number` does.
        """
        key = number.key
        if not KEY.fullmatch(key) or key in self.numbers:
            raise ValueError(f"{key}: a number's key must be new and of the form subject.name")
        if number.unit not in UNIT_WORDS or number.basis not in BASES:
            raise ValueError(f"{key}: unit {number.unit!r} or basis {number.basis!r} is unknown")
        ends = (number.value, number.low, number.at_modes, number.high)
        if any(isinstance(end, float) and not math.isfinite(end) for end in ends):
            raise ValueError(f"{key}: not a finite number; record None for unknown or open")
        self.numbers[key] = replace(number, notebook=self.notebook)
        return self.numbers[key]

    def claimed(self, key: str, claim: Mapping[str, Any]) -> Number:
        """Record a claim's own figure: its value, or its interval where it states no middle."""
        ends = (claim["value"], claim["low"], claim["high"])
        value, low, high = (None if math.isnan(end) else end for end in ends)
        formula = f"As {claim['claimant']} stated it"
        return self.number(key, value, claim["unit"], "claimed", formula, [claim["claim_id"]], low, high)

    def fact(self, key: str, holds: Any, meaning: str) -> bool:
        """Record whether something holds, by which the report chooses among its sentences; return that.

        Parameters
        ----------
        key
            Of the form ``subject.name``.
        holds
            Taken as true or false.
        meaning
            What it says where it holds, in one line; ``briefing facts`` lists it.

        Raises
        ------
        ValueError
            The key is malformed or taken.

        Examples
        --------
        >>> Record("example").fact("losses.counted", 3 > 0, "a body has counted the killed or wounded")
        True
        """
        if not KEY.fullmatch(key) or key in self.facts:
            raise ValueError(f"{key}: a fact's key must be new and of the form subject.name")
        self.facts[key] = {"holds": bool(holds), "meaning": meaning}
        return bool(holds)

    def text(self, template: str) -> str:
        """Return `template` with this notebook's numbers printed in it."""
        return fill(template, self.numbers)

    def figure(
        self,
        name: str,
        figure: Any,
        data: Any = None,
        steps: Mapping[str, tuple[Any, Mapping[str, str]]] | None = None,
    ) -> "Drawn":
        """Save a matplotlib figure as SVG; its caption, alt text and source line stand in the report.

        Parameters
        ----------
        name, figure
            Its id in the document, and what is drawn.
        data
            The frame behind it, which readers can download; None or an empty one where there is nothing.
        steps
            Figures of its parts by their labels in order, each with its own texts by name, which the report
            prints as ``[name]{.of-step}``: the page shows one at a time.
        """
        from briefing.datasets import frame_csv
        from briefing.figures.svg import save_svg

        path = self.folder / f"{name}.svg"
        self.folder.mkdir(parents=True, exist_ok=True)
        save_svg(figure, path, prefix=name)
        entry: dict[str, Any] = {"file": path.name}
        if data is not None and len(data):
            entry["csv"] = frame_csv(data)
        if steps:
            entry["steps"] = []
            for number, (label, (part, texts)) in enumerate(steps.items(), 1):
                file = f"{name}-{number}.svg"
                save_svg(part, self.folder / file, prefix=f"{name}-{number}")
                entry["steps"].append({"label": label, "file": file, "texts": dict(texts)})
        self.figures[name] = entry
        return Drawn(path.read_text(encoding="utf-8"))

    def table(
        self,
        name: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
        align: str = "",
        widths: Sequence[float] = (),
    ) -> "Shown":
        """Record a table: column heads, rows of cells, `align` with one of ``l``, ``r``, ``c`` a column.

        Its caption and its source line stand in the report. What is returned shows itself in a notebook.
        """
        if any(len(row) != len(columns) for row in rows):
            raise ValueError(f"{name}: every row needs {len(columns)} cells")
        nothing = [["nothing to list", *[""] * (len(columns) - 1)]]
        cells = [[_cell(content) for content in row] for row in rows or nothing]
        self.tables[name] = {
            "columns": list(columns),
            "rows": cells,
            "align": align or "l" * len(columns),
            "widths": list(widths),
        }
        return Shown(list(columns), [[self._printed(cell) for cell in row] for row in cells])

    def _printed(self, cell: str | dict[str, str]) -> str:
        """A cell as the document prints it, as far as its numbers are this notebook's."""
        if isinstance(cell, str):
            return cell
        place = cell.get("text") or f"{{{cell['num']}{':range' if cell['show'] else ''}}}"
        return self.text(place)

    def save(self) -> None:
        """Write the results file by rename, so that a reader never meets half of it.

        Nothing is returned: as a cell's last line it would show a path, which differs from run to run.
        """
        content = asdict(self)
        del content["folder"]
        for number, entry in zip(self.numbers.values(), content["numbers"].values(), strict=True):
            entry["text"], entry["range_text"] = number.text, number.range_text
        text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
        write_whole(self.folder / f"{self.notebook}.json", f"{text}\n")


@dataclass(frozen=True)
class Drawn:
    """An SVG picture that a notebook shows."""

    svg: str

    def __repr__(self) -> str:
        return "a figure"

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True)
class Shown:
    """A table that a notebook shows."""

    columns: list[str]
    rows: list[list[str]]

    def __repr__(self) -> str:
        """As aligned text: what a terminal shows, and what is kept of a run."""
        return str(self._frame().to_string(index=False))

    def _repr_html_(self) -> str:
        return str(self._frame().to_html(index=False, border=0, notebook=True))

    def _frame(self) -> Any:
        import pandas as pd

        return pd.DataFrame(self.rows, columns=self.columns)


def merge(folder: Path, notebooks: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Merge the results files of `notebooks` in `folder` into one: numbers, figures, tables and so on.

    Each figure says which notebook drew it.

    Raises
    ------
    RunFailedError
        Two notebooks recorded the same key.
    """
    merged: dict[str, dict[str, Any]] = {
        part: {} for part in ("numbers", "facts", "likelihoods", "figures", "tables")
    }
    for notebook in notebooks:
        content = json.loads((folder / f"{notebook}.json").read_text(encoding="utf-8"))
        for part, entries in merged.items():
            if twice := entries.keys() & content[part].keys():
                named = ", ".join(sorted(twice))
                raise RunFailedError(
                    f"notebooks/{notebook}.ipynb: {named} was recorded by an earlier notebook"
                )
            entries.update(content[part])
        for name in content["figures"]:
            merged["figures"][name]["notebook"] = notebook
    return merged
