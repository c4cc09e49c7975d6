"""The data behind a figure as CSV text: what a reader downloads and opens in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

# A spreadsheet takes a text that starts so for a formula, and would run it.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
DIGITS = 6


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Return a table as CSV with a header and a line end after every row.

    Parameters
    ----------
    columns
        Names for the header.
    rows
        Cells: None and NaN become empty, a date its ISO form, a number six significant digits. A text that a
        spreadsheet would take for a formula gets an apostrophe in front, which keeps it a text.

    Examples
    --------
    >>> print(csv_text(["who", "people"], [["=1+1", 10900.0], ["-", np.float32("nan")]]), end="")
    who,people
    '=1+1,10900
    '-,
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([_cell(name) for name in columns])
    writer.writerows([_cell(content) for content in row] for row in rows)
    return buffer.getvalue()


def frame_csv(frame: pd.DataFrame) -> str:
    """Return a frame as CSV without its index.

    Examples
    --------
    >>> frame_csv(pd.DataFrame({"month": [0, 1], "people": [1.5, float("nan")]}))
    'month,people\\n0,1.5\\n1,\\n'
    """
    columns = [frame[name].tolist() for name in frame.columns]
    return csv_text([str(name) for name in frame.columns], zip(*columns, strict=True))


def bands_frame(axis: str, along: Any, bands: Mapping[str, Any], **constant: Any) -> pd.DataFrame:
    """Return a course and its bands as a frame: a row for each place along the axis.

    Examples
    --------
    >>> bands_frame("month", [0, 1], {"p50": [2.0, 3.0]}, quantity="standing").columns.tolist()
    ['quantity', 'month', 'p50']
    """
    columns = {axis: along, **{name: np.asarray(values) for name, values in bands.items()}}
    frame = pd.DataFrame(columns)
    for place, (name, content) in enumerate(constant.items()):
        frame.insert(place, name, content)
    return frame


def _cell(content: Any) -> str:
    if (
        content is None
        or content is pd.NaT
        or (isinstance(content, float | np.floating) and np.isnan(content))
    ):
        return ""
    if isinstance(content, bool | np.bool_):
        return "yes" if content else "no"
    if isinstance(content, int | float | np.number):
        return np.format_float_positional(float(f"{content:.{DIGITS}g}"), trim="-")
    if isinstance(content, date):
        return content.isoformat()[:10]
    text = str(content)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
