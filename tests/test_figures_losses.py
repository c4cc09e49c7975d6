"""Losses as of successive days, and the biases of origins: nothing hidden, cut off or on top of another."""

import numpy as np
import pandas as pd
import pytest
import test_figures as generic
from fits import fit
from test_figures import lines_called, words

from briefing.figures.forest import origin_forest
from briefing.figures.losses import PRIOR_ONLY, LossPanel, losses_as_of

LEDGER = generic.LEDGER
PARTIES = LEDGER.tables["origins"].set_index("origin_group")["party"]
NAMES = LEDGER.tables["origins"].set_index("origin_group")["name"]
LEVELS = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
COLUMNS = ["event_date", "low", "value", "high", "bound", "known", "origin_party"]
DAYS = np.arange("2024-11-01", "2025-02-01", 7, dtype="datetime64[D]")
GREEN, SPRING, LATE = "2024-11-24", "2025-01-31", "2026-03-17"


def bands(last, spread=0.4, days=DAYS):
    rise = np.linspace(0, last, len(days))
    return {name: rise * np.exp(spread * z) for name, z in generic.NAMES.items()}


def claim(**traits):
    usual = {
        "event_date": "2025-01-09",
        "low": np.nan,
        "value": 4000.0,
        "high": np.nan,
        "bound": "about",
        "known": True,
        "origin_party": "ukraine",
    }
    return usual | traits


def one_panel(*claims, prior=False, last=4000.0, days=DAYS, **more):
    frame = pd.DataFrame(list(claims), columns=COLUMNS)
    return LossPanel("Known on 31 January 2025", days, bands(last, days=days), frame, prior, **more)


def fitted(*as_of):
    """Panels from the real ledger, each as its own day knew them, and what had been reported by the last."""
    reported = LEDGER.as_of(as_of[-1]).claims
    reported = reported[(reported["quantity"] == "casualties_total") & (reported["derived_from"] == "")]
    reported = reported.assign(origin_party=reported["origin_group"].map(PARTIES))
    days = pd.date_range("2024-11-01", as_of[-1], freq="7D")
    panels = []
    for day in as_of:
        people = np.quantile(fit(day).posterior.casualties(days), list(LEVELS.values()), axis=1)
        claims = reported.assign(known=reported["report_date"] <= day)
        title = f"Known on {pd.Timestamp(day):%d %B %Y}"
        band = dict(zip(LEVELS, people, strict=True))
        panels.append(LossPanel(title, days.to_numpy(), band, claims, fit(day).is_prior, day))
    return panels


def biases(day):
    kinds = {"killed or wounded": "", "killed": "killed_"}
    rows = [
        {"name": NAMES[row["origin_group"]], "kind": kind, "claims": row["claims"], "level": row["level"]}
        | {end: row[prefix + end] for end in ("median", "p05", "p95")}
        for row in fit(day).origins.to_dict("records")
        for kind, prefix in kinds.items()
    ]
    return pd.DataFrame(rows, columns=["name", "kind", "claims", "level", "median", "p05", "p95"])


def ratios(*rows):
    return pd.DataFrame(list(rows), columns=["name", "kind", "claims", "median", "p05", "p95"])


ALL_BOUNDS = ("point", "about", "at_least", "more_than", "up_to", "fewer_than", "approaching", "denial")
FIGURES = {
    "losses by 31 January 2025": lambda: losses_as_of(fitted(GREEN, SPRING)),
    "losses by 17 March 2026": lambda: losses_as_of(fitted(GREEN, SPRING, LATE)),
    "prior alone": lambda: losses_as_of([one_panel(prior=True)]),
    "prior under claims at its top": lambda: losses_as_of(
        [
            one_panel(claim(event_date=day, value=60_000.0, known=False), prior=True)
            for day in ("2024-11-02", "2024-11-20")
        ]
    ),
    "one claim": lambda: losses_as_of([one_panel(claim(), as_of="2025-01-31")]),
    "bands without width": lambda: losses_as_of(
        [LossPanel("Known at last", DAYS, bands(4000.0, 0), pd.DataFrame(columns=COLUMNS), False)]
    ),
    "nobody lost": lambda: losses_as_of([one_panel(last=0.0), one_panel(claim(value=0.0), last=0.0)]),
    "a few days": lambda: losses_as_of([one_panel(claim(event_date="2024-11-05"), days=DAYS[:2])] * 2),
    "twelve days": lambda: losses_as_of([one_panel(claim())] * 12),
    "millions": lambda: losses_as_of([one_panel(claim(), last=2.5e6)] * 2),
    "many claims on a day": lambda: losses_as_of(
        [one_panel(*(claim(value=4000.0 + 9 * i, bound=ALL_BOUNDS[i % 8]) for i in range(30)))] * 3
    ),
    "biases by 31 January 2025": lambda: origin_forest(biases(SPRING)),
    "biases by 17 March 2026": lambda: origin_forest(biases(LATE)),
    "one origin": lambda: origin_forest(biases(SPRING).iloc[[0]]),
    "far ratios": lambda: origin_forest(
        ratios(("A", "killed", 1, 0.002, 0.0004, 0.03), ("B", "killed", 12, 90.0, 4.0, 1500.0))
    ),
    "twelve origins": lambda: origin_forest(
        ratios(
            *(
                (f"Ministry of Affairs of Province {i}", kind, i + 1, 0.5 + i / 5, 0.4, 4.0)
                for i in range(12)
                for kind in ("killed or wounded", "killed")
            )
        )
    ),
}


@pytest.fixture(scope="module")
def drawn():
    return {name: draw() for name, draw in FIGURES.items()}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize(
    "rule",
    [
        generic.test_no_text_covers_another,
        generic.test_no_text_is_cut_at_the_edge,
        generic.test_every_text_is_in_the_typeface_and_large_enough_to_read,
        generic.test_every_figure_is_as_wide_as_the_text_of_the_page,
        generic.test_every_text_lies_flat,
        generic.test_no_figure_has_a_legend_or_draws_its_title,
    ],
)
def test_the_rules_of_every_figure_hold(drawn, rule, name):
    rule(drawn, name)


@pytest.mark.parametrize("name", ["losses by 17 March 2026", "biases by 17 March 2026"])
def test_every_axis_declares_its_scale(drawn, name):
    generic.test_every_axis_declares_its_scale(drawn, name)


# Losses


def test_all_days_share_their_axes_and_people_count_from_zero(drawn):
    axes = drawn["losses by 17 March 2026"].axes
    assert len(axes) == 3
    assert len({(*one.get_xlim(), *one.get_ylim()) for one in axes}) == 1
    assert axes[0].get_ylim()[0] == 0


def test_a_later_report_is_hollow_and_a_known_one_is_full():
    figure = losses_as_of([one_panel(claim(), claim(known=False, event_date="2025-01-20"))])
    (full,), (hollow,) = lines_called(figure, "known"), lines_called(figure, "reported later")
    assert full.get_markerfacecolor() != "white"
    assert hollow.get_markerfacecolor() == "white"
    assert any("hollow: reported later" in text for text in words(figure))


def test_a_claim_is_full_from_the_day_on_that_knows_it(drawn):
    later = [
        sum(line.get_label() == "reported later" for line in axes.lines)
        for axes in drawn["losses by 17 March 2026"].axes
    ]
    assert later == sorted(later, reverse=True)
    assert later[0] > later[1] > later[2] == 0


def test_no_claim_is_left_out(drawn):
    reported = fitted(GREEN, SPRING, LATE)[0].claims
    for axes in drawn["losses by 17 March 2026"].axes:
        drawn_here = [line for line in axes.lines if line.get_label() in ("known", "reported later")]
        assert len(drawn_here) == len(reported)


def test_only_a_day_without_claims_says_that_its_band_is_the_prior(drawn):
    prior, spring, late = drawn["losses by 17 March 2026"].axes
    assert PRIOR_ONLY in [text.get_text() for text in prior.texts]
    assert all(PRIOR_ONLY not in [text.get_text() for text in axes.texts] for axes in (spring, late))
    assert all(band.get_hatch() for band in prior.collections)
    assert not any(band.get_hatch() for band in spring.collections)


def test_no_mark_stands_under_the_words_of_the_prior(drawn):
    figure = drawn["prior under claims at its top"]
    for axes in figure.axes:
        (said,) = [text for text in axes.texts if text.get_text() == PRIOR_ONLY]
        (mark,) = [line for line in axes.lines if line.get_label() == "reported later"]
        (_, y) = axes.transData.transform((mark.get_xdata()[0], mark.get_ydata()[0]))
        assert y + 3 < said.get_window_extent().y0


@pytest.mark.parametrize(
    ("bound", "end"), [("at_least", "up"), ("more_than", "up"), ("up_to", "down"), ("approaching", "down")]
)
def test_an_open_bound_has_an_open_end(bound, end):
    figure = losses_as_of([one_panel(claim(bound=bound))])
    assert len(lines_called(figure, f"open end {end}")) == 1
    assert any("arrow: open end" in text for text in words(figure))


def test_a_plain_figure_has_no_open_end():
    figure = losses_as_of([one_panel(claim())])
    assert lines_called(figure, "open end up") == lines_called(figure, "open end down") == []
    assert not any("arrow" in text for text in words(figure))


def test_an_interval_is_a_bar_from_its_low_to_its_high_end():
    figure = losses_as_of([one_panel(claim(bound="interval", low=200.0, value=np.nan, high=900.0))])
    (bar,) = lines_called(figure, "known")
    assert bar.get_ydata().tolist() == [200, 900]
    assert bar.get_linewidth() > 0


def test_an_open_end_stays_inside_its_axes():
    figure = losses_as_of([one_panel(claim(bound="at_least", value=50_000.0))])
    (axes,) = figure.axes
    assert axes.transData.transform((0, 50_000))[1] + 15 <= axes.bbox.y1


def test_median_and_ends_are_written_at_the_right_edge(drawn):
    texts = words(drawn["one claim"])
    assert {"4,000", "90%: 7,720", "90%: 2,070"} <= set(texts)
    assert words(drawn["bands without width"]).count("4,000") <= 2


def test_no_mark_leaves_its_day_by_more_than_six_points(drawn):
    (axes, *_) = drawn["many claims on a day"].axes
    a_day = axes.bbox.width / np.diff(axes.get_xlim())[0]
    days = [line.get_xdata()[0] for line in axes.lines if line.get_label() == "known"]
    asked = generic.date_numbers(pd.DataFrame({"report_date": ["2025-01-09"]}))[0]
    assert max(abs(day - asked) for day in days) * a_day <= 6


def test_a_plain_tuple_will_do():
    figure = losses_as_of([tuple(one_panel(claim()))[:5]])
    assert lines_called(figure, "as of") == []
    assert len(lines_called(losses_as_of([one_panel(as_of="2025-01-31")]), "as of")) == 1


def test_without_days_there_are_words():
    figure = losses_as_of([])
    assert figure.axes == []
    assert figure.texts[0].get_text() == "no day to show"


@pytest.mark.parametrize(
    ("panel", "message"),
    [
        (one_panel(claim(event_date=None)), "without event_date"),
        (one_panel(claim(value=np.nan)), "without its figure"),
        (one_panel(claim(bound="interval", low=3.0)), "without its figure"),
        (one_panel()._replace(days=DAYS[:5]), "values under p95"),
        (one_panel()._replace(days=DAYS[:1]), "two or more"),
        (one_panel(last=np.nan), "p95 below 0 or missing"),
        (one_panel()._replace(claims=pd.DataFrame(columns=COLUMNS[1:])), "without event_date"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(panel, message):
    with pytest.raises(ValueError, match=f"Known on 31 January 2025: .*{message}"):
        losses_as_of([panel])


def test_more_days_than_a_page_holds_are_refused():
    with pytest.raises(ValueError, match="given 13, allowed at most 12"):
        losses_as_of([one_panel()] * 13)


# Origins


def test_origins_stand_by_their_median_the_highest_at_the_top():
    rows = ratios(("Low", "killed", 1, 0.5, 0.3, 0.8), ("High", "killed", 2, 2.1, 1.5, 3.0))
    texts = words(origin_forest(rows))
    assert texts.index("High") < texts.index("Low")
    assert {"2.1 (1.5 to 3.0)", "0.50 (0.30 to 0.80)", "2 claims", "1 claim", "assumed average"} <= set(texts)


def test_an_origin_has_one_row_for_both_kinds_told_apart_by_colour_and_shape(drawn):
    figure = drawn["biases by 17 March 2026"]
    people, deaths = lines_called(figure, "killed or wounded"), lines_called(figure, "killed")
    assert len(people) == len(fit(LATE).origins)
    assert len(deaths) == fit(LATE).origins["killed_median"].notna().sum() > 0
    assert people[0].get_marker() != deaths[0].get_marker()
    assert people[0].get_markeredgecolor() != deaths[0].get_markeredgecolor()
    assert sum("claim" in text for text in words(figure)) == len(people)


def test_a_body_that_gave_floors_alone_has_a_hollow_mark_and_the_key_says_so(drawn):
    figure = drawn["biases by 17 March 2026"]
    hollow = [line.get_markerfacecolor() == "white" for line in lines_called(figure, "killed or wounded")]
    assert sum(hollow) == (~fit(LATE).origins["level"]).sum() == len(hollow) - 1
    assert any("hollow: floors alone" in text for text in words(figure))
    all_level = origin_forest(biases(LATE).assign(level=True))
    assert not any("hollow" in text for text in words(all_level))
    assert not any("hollow" in text for text in words(origin_forest(biases(LATE).drop(columns="level"))))


def test_the_axis_is_logarithmic_with_fractions_and_a_line_at_one(drawn):
    figure = drawn["biases by 17 March 2026"]
    (axes,) = figure.axes
    assert axes.get_xscale() == "log"
    assert {"1/2", "1", "2"} <= set(words(figure))
    assert [list(line.get_xdata()) for line in lines_called(figure, "assumed average")] == [[1, 1]]


def test_every_range_lies_on_the_axis(drawn):
    for name in ("biases by 31 January 2025", "far ratios", "one origin"):
        (axes,) = drawn[name].axes
        low, high = axes.get_xlim()
        ends = [x for line in lines_called(drawn[name], "range") for x in line.get_xdata()]
        assert low < min(ends) <= max(ends) < high


def test_a_kind_that_an_origin_does_not_claim_is_left_out():
    rows = ratios(("A", "killed or wounded", 2, 1.0, 0.5, 2.0), ("A", "killed", 2, np.nan, np.nan, np.nan))
    figure = origin_forest(rows)
    assert lines_called(figure, "killed") == []
    assert "Killed: median" not in words(figure)


def test_without_origins_there_is_no_forest():
    with pytest.raises(ValueError, match="given none with a median"):
        origin_forest(ratios(("A", "killed", 2, np.nan, np.nan, np.nan)))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ratios(("A", "wounded", 1, 1.0, 0.5, 2.0)), "kind: given wounded"),
        (ratios(("A", "killed", 1, 1.0, 2.0, 0.5)), "A: given ratios of 2, 1, 0.5"),
        (ratios(("A", "killed", 1, 1.0, 0.0, 0.5)), "A: given ratios of 0"),
        (ratios(*[("A", "killed", 1, 1.0, 0.5, 2.0)] * 2), "A: given two rows of killed"),
        (ratios().drop(columns="claims"), "claims"),
    ],
)
def test_rows_that_cannot_be_drawn_are_refused_by_name(rows, message):
    with pytest.raises(ValueError, match=message):
        origin_forest(rows)
