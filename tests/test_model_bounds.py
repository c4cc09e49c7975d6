"""What a bound means: one table, by which the check, the fit, the back-test, figures and text agree."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from briefing.figures import claim_marks, losses, record
from briefing.figures.claim_marks import said
from briefing.ledger.wording import stated
from briefing.model.bounds import BOUNDS, OPEN_ABOVE, OPEN_BELOW, left_open, named
from briefing.model.loss_claims import bounds_from_words

EMPTY = math.nan
ROOT = Path(__file__).parents[1]


def figures(word):
    """Return low, value and high of a claim with that word: 1,000, or 1,000 to 3,000."""
    ends = {"low": 1_000.0, "value": 1_000.0, "high": 3_000.0 if word == "interval" else 1_000.0}
    return [ends[name] if name in BOUNDS[word].fills else EMPTY for name in ("low", "value", "high")]


def test_the_guide_to_the_data_has_the_columns_that_each_word_fills():
    guide = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    table = guide.partition("| `bound` |")[2].partition("\n\n")[0]
    rows = [re.split(r"\s*\|\s*", line.strip("| ")) for line in table.splitlines()[2:]]
    told = {word: cells for words, *cells in rows for word in words.split(", ")}
    assert list(told) == list(BOUNDS)
    for word, cells in told.items():
        filled = [
            name for name, cell in zip(("low", "value", "high"), cells, strict=True) if cell[:5] != "empty"
        ]
        assert filled == list(BOUNDS[word].fills), word


@pytest.mark.parametrize(
    ("word", "ends"),
    [
        ("point", (1_000, 1_000)),
        ("about", (1_000, 1_000)),
        ("at_least", (1_000, np.inf)),
        ("more_than", (1_000, np.inf)),
        ("up_to", (0, 1_000)),
        ("fewer_than", (0, 1_000)),
        ("approaching", (0, 1_000)),
        ("interval", (1_000, 3_000)),
        ("denial", (1_000, 1_000)),
    ],
)
def test_an_open_end_reaches_to_nothing_or_without_limit(word, ends):
    assert left_open(word, *figures(word)) == ends


@pytest.mark.parametrize("word", [word for word, bound in BOUNDS.items() if bound.factors])
def test_fit_back_test_and_figures_agree_on_which_end_is_open(word):
    low, value, high = figures(word)
    in_fit, in_back_test = bounds_from_words(word, value, low, high), left_open(word, low, value, high)
    assert np.isinf(in_fit[1]) == np.isinf(in_back_test[1]) == (word in OPEN_ABOVE)
    assert (in_back_test[0] == 0) == (word in OPEN_BELOW)
    for figure in (claim_marks, losses, record):
        assert figure.OPEN_ABOVE is OPEN_ABOVE
        assert figure.OPEN_BELOW is OPEN_BELOW


def test_more_than_and_at_least_are_that_much_or_more_and_nothing_else():
    assert OPEN_ABOVE == ("at_least", "more_than")
    for word in OPEN_ABOVE:
        assert bounds_from_words(word, 1_000, 1_000, EMPTY) == left_open(word, 1_000, 1_000, EMPTY)


@pytest.mark.parametrize("word", BOUNDS)
def test_an_absent_figure_is_never_taken_for_an_open_end(word):
    assert np.isnan(left_open(word, EMPTY, EMPTY, EMPTY)).all()


@pytest.mark.parametrize("word", [word for word, bound in BOUNDS.items() if bound.factors])
def test_what_a_word_allows_holds_what_it_names_and_crosses_no_end_that_it_closes(word):
    low, value, high = figures(word)
    least, most = bounds_from_words(word, value, low, high)
    lowest, highest = named(word, low, value, high)
    assert least <= lowest <= highest <= most
    if BOUNDS[word].has_ends:
        allowed = left_open(word, low, value, high)
        assert allowed[0] <= least
        assert most <= allowed[1]


@pytest.mark.parametrize("word", BOUNDS)
def test_a_figure_and_the_text_say_a_bound_in_the_same_words(word):
    low, value, high = figures(word)
    claim = {"bound": word, "low": low, "value": value, "high": high, "unit": "persons", "claimant": "NIS"}
    in_text, in_figure = stated(claim).removesuffix(" people"), said(claim).removeprefix("NIS: ")
    assert in_figure == in_text.replace("1,000 to 3,000", "1,000\N{EN DASH}3,000")
