"""What the HTML document needs beside its text: its script, its policy, downloads, and what programs read."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from briefing.datasets import csv_text
from briefing.ledger import Ledger
from briefing.numbers import BASES
from briefing.render.setting import Setting
from briefing.render.structured import in_script, structured

SCRIPTS = ("briefing.js",)
"""Files of the extension that every page runs, in order."""
WHAT_IF = ("whatif-model.js", "whatif.js")
"""What a page with sliders runs beside them; a page runs no other script."""
NUMBERS = ("key", "value", "low", "high", "unit", "printed", "basis", "formula", "rests_on")


def page_of(
    root: Path,
    document: Mapping[str, Any],
    numbering: Mapping[str, int],
    evidence: Mapping[str, Mapping[str, Any]],
    known: Ledger,
    setting: Setting,
) -> dict[str, Any]:
    """Return what the page is filled from beside the document's texts.

    Parameters
    ----------
    root
        The project's folder, with the extension.
    document
        Composed but for this part.
    numbering, evidence, known
        The rows that its numbers rest on, all rows by id, and the ledger of the day.
    setting
        When it is made.

    Returns
    -------
    dict
        ``policy`` (what the browser may load and run), ``scripts`` (their texts), ``structured`` (JSON-LD),
        ``kinds`` (what the kinds of numbers mean) and ``downloads``: a file name and an address that holds
        the file itself, for each figure and for the numbers.
    """
    folder = root / "_extensions" / "briefing"
    sliders = document.get("what_if", {}).get("uncovered") == ""
    names = (*SCRIPTS, *WHAT_IF) if sliders else SCRIPTS
    scripts = [(folder / name).read_text(encoding="utf-8").strip() for name in names]
    name = document["metadata"]["briefing-name"]
    downloads = {
        figure: _download(f"{name}-{figure}.csv", entry["csv"])
        for figure, entry in document["figures"].items()
        if "csv" in entry
    }
    downloads["numbers"] = _download(f"{name}-numbers.csv", numbers_csv(document["numbers"]))
    dataset = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    made_on = datetime.fromtimestamp(setting.clock, UTC).date()
    told = structured(document, numbering, evidence, known.sources, dataset, made_on)
    return {
        "policy": policy(scripts),
        "scripts": scripts,
        "structured": in_script(told),
        "kinds": " ".join(f"{kind.capitalize()}: {meaning}." for kind, meaning in BASES.items()),
        "downloads": downloads,
    }


def policy(scripts: Sequence[str]) -> str:
    """Return the page's content security policy: it fetches nothing and runs these scripts only."""
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline' data:; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )


def numbers_csv(numbers: Mapping[str, Mapping[str, Any]]) -> str:
    """Return every number of a document as CSV, in the order of their keys."""
    return csv_text(
        NUMBERS,
        (
            [
                key,
                number["value"],
                number["low"],
                number["high"],
                number["unit"],
                number["full"],
                number["basis"],
                number["formula"],
                ";".join(number["claims"]),
            ]
            for key, number in sorted(numbers.items())
        ),
    )


def _download(name: str, content: str) -> dict[str, str]:
    # As percent signs: shorter than base64 for such text, and a person can read it.
    return {"file": name, "address": f"data:text/csv;charset=utf-8,{quote(content, safe=_UNQUOTED)}"}


_UNQUOTED = "!()*,-./:;=@_~?$'"
