"""The report's source: no bare number, neutral words, likelihood and confidence apart, a small vocabulary."""

import re
from pathlib import Path

import pytest

from briefing.model.words import BANDS

SOURCE = (Path(__file__).parents[1] / "report.qmd").read_text(encoding="utf-8")
PROSE = SOURCE.split("---", 2)[2]
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# Dates, and designations that are names and not quantities.
LISTED = rf"\d{{1,2}} (?:{MONTHS}) \d{{4}}|170 mm|240 mm|STANAG 2511|ICD 203"


def prose_without_markup(text: str) -> str:
    text = re.sub(r"\[[a-z0-9_.-]+\]\{[^}]*\}", "", text)
    text = re.sub(r"\{[^}]*\}|@[\w-]+|\[@[^\]]*\]|^:::.*$", "", text, flags=re.MULTILINE)
    return re.sub(LISTED, "", text)


def bare_numbers(text: str) -> list[str]:
    return re.findall(r"\S*\d\S*", prose_without_markup(text))


def test_no_number_is_typed_into_the_prose():
    assert bare_numbers(PROSE) == []


@pytest.mark.parametrize("typed", ["about 10,900 soldiers", "in 2024 alone", "5 percent", "$2,000"])
def test_a_typed_number_would_be_found(typed):
    assert bare_numbers(f"They were {typed} on 20 November 2024, with 170 mm guns.")


def test_likelihood_and_confidence_never_share_a_sentence():
    words = {band.word for bands in BANDS.values() for band in bands}
    for sentence in re.split(r"(?<=[.!?])\s+", prose_without_markup(PROSE)):
        if "confidence" in sentence.lower():
            assert not [word for word in words if re.search(rf"\b{word}\b", sentence)]


def test_the_wording_is_neutral():
    for path in [SOURCE, *(p.read_text() for p in (Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))]:
        assert not re.search(
            r"mercenar|eliminated|neutrali[sz]ed|regime's|dictator|tyrann", path, re.IGNORECASE
        )


def test_losses_come_before_money():
    assert PROSE.index("# Losses") < PROSE.index("# Money")


def test_only_the_small_vocabulary_is_used():
    assert not re.search(r"\{\{<|\.callout|\.panel-tabset|^```|<[a-z]+|\.column-", PROSE, re.MULTILINE)
    classes = set(re.findall(r"\{[^}]*?\.([\w-]+)", PROSE))
    assert classes <= {
        "num",
        "finding",
        "command",
        "latest",
        "judgements",
        "numbers-box",
        "contents",
        "small",
        "note",
        "lead",
        "side-heads",
        "brief-end",
        "unnumbered",
        "content-visible",
        "what-if",
        "if-drawn",
    }
