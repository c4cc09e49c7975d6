"""The lineage of a headline figure and the record of forecasts: nothing cut, nothing covered, all told."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from fits import fit
from test_figures import LEDGER, lines_called, texts_of, words

from briefing.figures.lineage import lineage_graph
from briefing.figures.record import track_record
from briefing.figures.style import FAMILY
from briefing.model.backtest import backtest, later_reports

ORIGINS = LEDGER.tables["origins"]


def expected_people(value=None):
    claims = LEDGER.as_of("2024-11-24").claims
    claims = claims[claims["quantity"].isin(["troops_rotation_total", "troops_planned"])]
    return claims if value is None else claims[claims["value"] == value]


def claim(**traits):
    usual = {
        "claim_id": "a",
        "claimant": "NIS (Republic of Korea)",
        "via": "Yonhap",
        "origin_group": "O-NIS",
        "derived_from": "",
        "bound": "about",
        "report_date": "2024-11-20",
        "value": 100_000.0,
    }
    return usual | traits


def graph(*rows):
    return lineage_graph(pd.DataFrame(list(rows)), ORIGINS)


def long_names(count):
    """Claims whose names are as long as any, each with a claimant and an outlet of its own."""
    groups = ["O-UA-GOV", "O-ROK-MIL", "O-UA-HUR", "O-RU", "O-MSMT"]
    return graph(
        *(
            claim(
                claim_id=f"c{i}",
                claimant=f"Department number {i} for the countering of disinformation and rumours (unnamed)",
                via=f"Korea-and-Ukraine-Unabbreviated-Broadcasting-Corporation-{i}, later others",
                origin_group=groups[i % 5],
                derived_from=f"c{i - 1}" if i % 2 else "",
                bound="denial" if i % 4 == 3 else "at_least",
            )
            for i in range(count)
        )
    )


def entangled():
    groups = ["O-UA-GOV", "O-NIS", "O-US", "O-RU"]
    return graph(
        *(
            claim(
                claim_id=f"c{i}",
                claimant=f"Officials {i % 5}",
                via=f"Outlet {i % 3}",
                origin_group=groups[i % 4],
                report_date=f"2024-11-{i + 1:02d}",
            )
            for i in range(12)
        )
    )


def report(**traits):
    usual = {
        "freeze": "2025-01-31",
        "claimant": "NIS (Republic of Korea)",
        "report_date": "2025-03-27",
        "event_date": "2025-03-27",
        "p05": 2400.0,
        "p25": 3300.0,
        "p50": 4000.0,
        "p75": 5000.0,
        "p95": 6700.0,
        "low": np.nan,
        "value": 4000.0,
        "high": np.nan,
        "bound": "about",
        "covered50": True,
        "covered90": True,
    }
    return usual | traits


def record(*rows):
    return track_record(pd.DataFrame(list(rows)))


def scored(freezes):
    """Forecasts from frozen days against later reports of the ledger, as the back-test gives them."""
    claims, parts = LEDGER.claims, []
    for freeze in freezes:
        for origin in sorted(claims["origin_group"].unique()):
            reports = later_reports(claims, freeze, origin, "casualties_total")
            if reports.empty:
                continue
            draws = fit(freeze).posterior.casualties(pd.DatetimeIndex(reports["event_date"]))
            result = backtest(draws, reports).reports.rename(
                columns={"covered_50": "covered50", "covered_90": "covered90"}
            )
            names = ["claimant", "claimant_party", "low", "value", "high", "bound"]
            parts.append(result.join(reports[names]).assign(freeze=freeze, prior=fit(freeze).is_prior))
    return pd.concat(parts, ignore_index=True)


ROWS = scored(["2024-11-24", "2025-01-31", "2025-06-30"])


def many_reports(count):
    return record(
        *(
            report(
                claimant=f"Officials {i % 7} (unnamed)",
                event_date=str(pd.Timestamp("2025-02-01") + pd.Timedelta(days=i * 37 % 200))[:10],
                value=2000.0 + 400 * i,
                bound=["about", "more_than", "up_to"][i % 3],
                covered90=i < 12,
                covered50=i < 6,
            )
            for i in range(count)
        )
    )


FIGURES = {
    "headline": lambda: lineage_graph(expected_people(100_000), ORIGINS),
    "thirteen claims": lambda: lineage_graph(expected_people(), ORIGINS),
    "two claims": lambda: lineage_graph(expected_people(100_000).tail(2), ORIGINS),
    "one claim": lambda: graph(claim()),
    "claims all entangled": entangled,
    "long names": lambda: long_names(7),
    "no lineage": lambda: lineage_graph(expected_people(-1), ORIGINS),
    "record": lambda: track_record(ROWS),
    "record without parties": lambda: track_record(ROWS.drop(columns="claimant_party")),
    "record of one claimant": lambda: track_record(ROWS[ROWS["claimant"] == "NIS (Republic of Korea)"]),
    "record of two freezes": lambda: track_record(ROWS[ROWS["freeze"] > "2025"]),
    "one report": lambda: record(report()),
    "a report of nobody": lambda: record(report(value=0.0, p05=0.0, p25=0.0, covered50=False)),
    "reports of one day": lambda: record(*(report(claimant=f"C {i}", value=3000.0) for i in range(5))),
    "thirty reports": lambda: many_reports(30),
}


@pytest.fixture(scope="module")
def drawn():
    return {name: draw() for name, draw in FIGURES.items()}


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_covers_another(drawn, name):
    boxes = [(text.get_text(), text.get_window_extent().padded(-0.6)) for text in texts_of(drawn[name])]
    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)] == []


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_or_too_small_and_every_figure_fits_the_page(drawn, name):
    figure = drawn[name]
    for text in texts_of(figure):
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= figure.bbox.x1
        assert box.y1 <= figure.bbox.y1
        assert text.get_fontsize() >= 9
        assert text.get_fontfamily()[0].startswith(FAMILY)
    assert figure.get_figwidth() == 6.4
    assert figure.get_figheight() < 9.2
    assert figure.legends == []
    assert figure.get_suptitle() == ""


@pytest.mark.parametrize("name", FIGURES)
def test_every_text_lies_flat(drawn, name):
    assert {text.get_rotation() for text in texts_of(drawn[name])} <= {0.0}


# Lineage


def patches(figure, label):
    return [patch for patch in figure.axes[0].patches if patch.get_label() == label]


def dashed(patch):
    return patch.get_linestyle() not in ("-", "solid")


@pytest.mark.parametrize("name", ["headline", "thirteen claims", "claims all entangled", "long names"])
def test_every_text_lies_in_its_box_and_no_two_boxes_meet(drawn, name):
    figure = drawn[name]
    boxes = [
        box.get_window_extent() for kind in ("origin", "claimant", "outlet") for box in patches(figure, kind)
    ]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    inside = [
        text
        for text in (text.get_window_extent() for text in texts_of(figure))
        for box in boxes
        if box.overlaps(text)
    ]
    assert inside
    for text in inside:
        assert any(
            box.x0 <= text.x0 and text.x1 <= box.x1 and box.y0 <= text.y0 and text.y1 <= box.y1
            for box in boxes
        )


def test_the_headline_has_three_origins_five_claimants_and_six_outlets(drawn):
    counts = [len(patches(drawn["headline"], kind)) for kind in ("origin", "claimant", "outlet")]
    assert counts == [3, 5, 6]
    assert len(patches(drawn["headline"], "claimant to outlet")) == 6
    assert len(patches(drawn["headline"], "origin to claimant")) == 5


def test_the_links_of_a_claim_that_rests_on_another_are_dashed(drawn):
    figure = drawn["headline"]
    assert sum(map(dashed, patches(figure, "claimant to outlet"))) == 2
    assert len(lines_called(figure, "repeat")) == 1
    assert any("rests on Voice of" in text.replace("\n", " ") for text in words(figure))


def test_a_claim_with_the_same_figure_is_dashed_and_filled_and_never_rests_on_another(drawn):
    said = [text.replace("\n", " ") for text in words(drawn["headline"])]
    assert any("same figure as The New York Times, link not shown" in text for text in said)
    assert not any("rests on The New York Times" in text for text in said)
    key = "dashed and filled: same figure, link not shown"
    assert any(key in text for text in said)
    figure = graph(claim(), claim(claim_id="b", via="KBS", derived_from="a"))
    assert not any("same figure" in text for text in words(figure))
    figure = graph(claim(), claim(claim_id="b", via="KBS", same_figure_as="a"))
    assert [dashed(patch) for patch in patches(figure, "claimant to outlet")] == [False, True]
    assert lines_called(figure, "repeat") == []


def test_what_a_body_computed_from_other_figures_of_its_own_is_drawn_as_its_own():
    figure = graph(claim(derived_from="tour;people-per-tour"))
    assert not dashed(patches(figure, "claimant to outlet")[0])
    assert lines_called(figure, "repeat") == []


def test_a_claimant_with_a_figure_of_its_own_keeps_a_solid_link():
    rows = [claim(), claim(claim_id="b", via="KBS", derived_from="a")]
    figure = graph(*rows)
    assert [dashed(patch) for patch in patches(figure, "origin to claimant")] == [False]
    assert [dashed(patch) for patch in patches(figure, "claimant to outlet")] == [False, True]


def test_a_denial_ends_in_a_hollow_cross_and_is_named(drawn):
    (cross,) = lines_called(drawn["headline"], "denial")
    assert (cross.get_marker(), cross.get_markerfacecolor()) == ("X", "white")
    assert any("not confirmed: 100,000" in text for text in words(drawn["headline"]))
    assert any("Cross: not confirmed" in text for text in words(graph(claim(bound="denial"))))


def test_every_origin_names_its_party_and_a_party_has_one_colour(drawn):
    assert {"Ukraine", "South Korea", "Unnamed Western\nofficials"} <= set(words(drawn["headline"]))
    assert len({patch.get_edgecolor() for patch in patches(drawn["headline"], "origin")}) == 3


def test_that_a_source_is_unnamed_is_not_left_out(drawn):
    assert "Ukrainian official (unnamed)" in words(drawn["headline"])


def test_an_outlet_of_several_claims_is_one_box():
    figure = graph(claim(), claim(claim_id="b", value=12_000.0))
    assert len(patches(figure, "outlet")) == 1
    assert {"20\u00a0Nov\u00a02024: about 100,000", "20\u00a0Nov\u00a02024: about 12,000"} <= set(
        words(figure)
    )


def test_no_claim_gets_words(drawn):
    assert drawn["no lineage"].axes == []
    assert words(drawn["no lineage"])[0] == "no claim of it"


def test_an_unknown_origin_is_refused_by_name():
    with pytest.raises(ValueError, match="O-NOBODY"):
        graph(claim(origin_group="O-NOBODY"))


def test_a_missing_column_is_refused_by_name():
    with pytest.raises(ValueError, match=r"claims: .* via"):
        lineage_graph(pd.DataFrame([claim()]).drop(columns="via"), ORIGINS)


# Record


def heads(figure):
    """The heads of the groups with their counts, from top to bottom."""
    said = [text for text in words(figure) if text.startswith("Forecast on") or " within the thin" in text]
    return list(zip(said[::2], said[1::2], strict=True))


def test_a_group_a_freeze_says_how_many_reports_were_met(drawn):
    expected = [
        f"{group['covered90'].sum()} of {len(group)} within the thin bar, "
        f"{group['covered50'].sum()} of {len(group)} within the thick"
        for _, group in ROWS.groupby("freeze")
    ]
    assert [counts for _, counts in heads(drawn["record"])] == expected


def test_only_the_group_without_a_claim_says_so(drawn):
    assert [title.endswith(", on no claim yet") for title, _ in heads(drawn["record"])] == [
        True,
        False,
        False,
    ]


def test_each_report_has_its_forecast_as_a_thin_and_a_thick_bar_around_its_median():
    figure = record(report())
    (thin,), (thick,) = lines_called(figure, "90%"), lines_called(figure, "50%")
    assert list(thin.get_xdata()) == [2400 / 4000, 6700 / 4000]
    assert list(thick.get_xdata()) == [3300 / 4000, 5000 / 4000]
    assert thick.get_linewidth() > 3 * thin.get_linewidth()
    assert list(lines_called(figure, "median")[0].get_xdata()) == [1, 1]


def test_each_report_stands_in_words_beside_its_strip():
    figure = record(report(bound="more_than", value=3_000.0))
    assert "more than 3,000; forecast 4,000 (2,400 to 6,700)" in words(figure)
    assert "NIS" in words(figure)


@pytest.mark.parametrize(("covered", "label"), [(True, "within 90%"), (False, "outside 90%")])
def test_a_report_is_filled_within_the_interval_and_hollow_outside(covered, label):
    (mark,) = lines_called(record(report(covered90=covered)), label)
    assert (mark.get_markerfacecolor() == "white") is not covered


@pytest.mark.parametrize(
    ("bound", "end", "way"), [("more_than", "up", 1), ("at_least", "up", 1), ("up_to", "down", -1)]
)
def test_a_bounded_report_has_an_open_end_to_the_side_that_it_leaves_open(bound, end, way):
    (arrow,) = lines_called(record(report(bound=bound)), f"open end {end}")
    tip = max(arrow.get_marker().vertices, key=lambda corner: abs(corner[0]))
    assert np.sign(tip[0]) == way
    assert abs(tip[1]) < 1e-9


@pytest.mark.parametrize(("bound", "value"), [("more_than", 4e6), ("up_to", 1.0)])
def test_an_open_end_at_the_end_of_the_axis_reaches_no_word(bound, value):
    figure = record(report(bound=bound, value=value, covered90=False, claimant="Some officials of a state"))
    (mark,) = lines_called(figure, "outside 90%")
    x, y = figure.axes[0].transData.transform((mark.get_xdata()[0], mark.get_ydata()[0]))
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    reached = [box for box in boxes if box.y0 < y < box.y1 and box.x0 < x + 16 and box.x1 > x - 16]
    assert reached == []


def test_an_interval_is_a_bar_with_both_ends():
    figure = record(report(bound="interval", low=2000.0, value=np.nan, high=6000.0))
    assert list(lines_called(figure, "interval")[0].get_xdata()) == [0.5, 1.5]
    assert "2,000\u20136,000; forecast 4,000 (2,400 to 6,700)" in words(figure)


def test_strips_stand_by_the_day_that_the_report_describes():
    rows = [
        report(claimant="Later", event_date="2025-05-01"),
        report(claimant="Undated", event_date=None, report_date="2025-06-01"),
        report(claimant="Earlier", event_date="2025-03-01", report_date="2025-07-01"),
    ]
    said = [text.get_text() for text in record(*rows).axes[0].texts]
    names = [text for text in said if text in {"Later", "Undated", "Earlier"}]
    assert names == ["Earlier", "Later", "Undated"]


def test_what_lies_far_off_stands_at_the_end_of_the_axis(drawn):
    figure = record(report(value=4_000_000.0, covered90=False))
    (mark,) = lines_called(figure, "outside 90%")
    right = figure.axes[0].get_xlim()[1]
    assert list(mark.get_xdata()) == [right]
    assert right < 20
    assert any(text.startswith("about 4,000,000;") for text in words(figure))
    (nobody,) = lines_called(drawn["a report of nobody"], "within 90%")
    assert list(nobody.get_xdata()) == [drawn["a report of nobody"].axes[0].get_xlim()[0]]


@pytest.mark.parametrize("name", ["record", "one report", "a report of nobody", "reports of one day"])
def test_the_scale_is_of_multiples_and_has_at_least_three_numbers(drawn, name):
    axes = drawn[name].axes[0]
    assert axes.get_xscale() == "log"
    assert "log scale" in axes.get_xlabel()
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert {"1/2", "1", "2"} <= set(ticks)


def test_nothing_to_score_is_refused():
    with pytest.raises(ValueError, match="given none"):
        track_record(ROWS.iloc[:0])


@pytest.mark.parametrize("traits", [{"p05": np.nan}, {"p25": 9000.0}, {"p05": 0.0, "p25": 0.0, "p50": 0.0}])
def test_a_forecast_that_is_none_is_refused(traits):
    with pytest.raises(ValueError, match="p05 <= p25"):
        record(report(**traits))


def test_a_missing_column_of_the_record_is_refused_by_name():
    with pytest.raises(ValueError, match="covered90"):
        track_record(pd.DataFrame([report()]).drop(columns="covered90"))
