"""What the page tells programs about itself, in schema.org's words: the report, its data set, whose claims.

No claim gets a verdict: the briefing says who said what, not what is true.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

AUTHOR = {"@type": "Organization", "name": "The founding engineers"}


def structured(
    document: Mapping[str, Any],
    numbering: Mapping[str, int],
    evidence: Mapping[str, Mapping[str, Any]],
    sources: pd.DataFrame,
    dataset: Mapping[str, Any],
    made_on: date,
) -> dict[str, Any]:
    """Return the JSON-LD of a document.

    Parameters
    ----------
    document
        With its metadata and texts.
    numbering
        Ids of the rows that its numbers rest on, with their numbers in its table of sources.
    evidence
        The rows by id, as `briefing.render.evidence.known_evidence` returns them.
    sources
        The ledger's table of pages.
    dataset
        Title, description, version and licence of the evidence, and the day of its compilation.
    made_on
        The day that the document states as its own.
    """
    about, texts = document["metadata"], document["texts"]
    urls = dict(zip(sources["source_id"], sources["url"], strict=True))
    data = {
        "@type": "Dataset",
        "@id": "#dataset",
        "name": dataset["title"],
        "description": dataset["description"],
        "version": dataset["version"],
        "identifier": texts["data-digest"],
        "license": dataset["licenses"][0]["path"],
        "creator": AUTHOR,
        "datePublished": dataset["compiled"],
    }
    report = {
        "@type": "Report",
        "@id": "#report",
        "headline": about["title"],
        "name": about["title"],
        "description": about["subtitle"],
        "author": AUTHOR,
        "datePublished": made_on.isoformat(),
        "inLanguage": "en",
        "temporalCoverage": f"../{about['briefing-as-of']}",
        "identifier": about["briefing-digest"],
        "version": texts["commit"],
        "isBasedOn": {"@id": "#dataset"},
        "mentions": [{"@id": f"#claim-{number}"} for number in numbering.values()],
    }
    claims = [_claim(number, evidence[name], urls) for name, number in numbering.items()]
    return {"@context": "https://schema.org", "@graph": [report, data, *claims]}


def _claim(number: int, row: Mapping[str, Any], urls: Mapping[str, str]) -> dict[str, Any]:
    claim = {
        "@type": "Claim",
        "@id": f"#claim-{number}",
        "text": row["says"],
        "author": {"@type": "Organization", "name": row["claimant"]},
        "datePublished": f"{row['reported']:%Y-%m-%d}",
    }
    url = str(urls.get(row["source"], ""))
    if url.startswith(("http://", "https://")):
        claim["appearance"] = {"@type": "WebPage", "url": url}
    return claim


def in_script(content: Any) -> str:
    """Return JSON that can stand in a script element: nothing in it can end the element or start a comment.

    Examples
    --------
    >>> in_script({"says": "</script><!--"})
    '{"says":"\\\\u003c/script\\\\u003e\\\\u003c!--"}'
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return _replaced(text, "<>&\u2028\u2029")


def _replaced(text: str, characters: Iterable[str]) -> str:
    for character in characters:
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
