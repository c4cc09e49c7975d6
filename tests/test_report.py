"""The sources as they are written: neutral words, likelihood and confidence apart, losses before money."""

import re
from pathlib import Path

import pytest

from briefing.model.words import BANDS
from briefing.report.source import read_source

ROOT = Path(__file__).parents[1]
LOADED = re.compile(r"mercenar|eliminated|neutrali[sz]ed|regime's|dictator|tyrann", re.IGNORECASE)
WRITTEN = [ROOT / "report.qmd", ROOT / "compare.qmd", *sorted((ROOT / "notebooks").glob("*.ipynb"))]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_the_wording_is_neutral(path: Path):
    assert LOADED.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", WRITTEN[:2], ids=lambda path: path.name)
def test_likelihood_and_confidence_never_share_a_sentence(path: Path):
    likelihood = [band.word for bands in BANDS.values() for band in bands]
    stated = re.compile(rf"\{{\.likely\}}|\b(?:{'|'.join(likelihood)})\b")
    for block in read_source(path).blocks:
        for sentence in re.split(r"(?<=[.!?])\s+", block.text):
            if "confidence" in re.sub(r"\{[^}]*\}", "", sentence).lower():
                assert not stated.search(sentence), f"{path.name}, line {block.line}"


def test_losses_come_before_money():
    headings = [
        block.text for block in read_source(ROOT / "report.qmd").blocks if block.text.startswith("# ")
    ]
    order = [re.match(r"# (\w+)", heading)[1] for heading in headings]
    assert order.index("Losses") < order.index("Money")
