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


def test_a_panel_a_freeze_says_how_many_reports_were_met(drawn):
    said = [text for text in words(drawn["record"]) if " within 90%" in text]
    expected = [
        f"{group['covered90'].sum()} of {len(group)} within 90%, "
        f"{group['covered50'].sum()} of {len(group)} within 50%"
        for _, group in ROWS.groupby("freeze")
    ]
    assert said == expected


def test_only_the_panel_without_a_claim_says_prior_only(drawn):
    assert [axes.get_title(loc="left").endswith("prior only") for axes in drawn["record"].axes] == [
        True,
        False,
        False,
    ]


def test_each_report_has_its_forecast_as_a_thin_and_a_thick_bar():
    figure = record(report())
    (thin,), (thick,) = lines_called(figure, "90%"), lines_called(figure, "50%")
    assert list(thin.get_ydata()) == [2400, 6700]
    assert list(thick.get_ydata()) == [3300, 5000]
    assert thick.get_linewidth() > 3 * thin.get_linewidth()


@pytest.mark.parametrize(("covered", "label"), [(True, "within 90%"), (False, "outside 90%")])
def test_a_report_is_filled_within_the_interval_and_hollow_outside(covered, label):
    (mark,) = lines_called(record(report(covered90=covered)), label)
    assert (mark.get_markerfacecolor() == "white") is not covered


@pytest.mark.parametrize(("bound", "end"), [("more_than", "up"), ("at_least", "up"), ("up_to", "down")])
def test_a_bounded_report_has_an_open_end(bound, end):
    assert len(lines_called(record(report(bound=bound)), f"open end {end}")) == 1


def test_an_interval_is_a_bar_with_both_ends():
    figure = record(report(bound="interval", low=200.0, value=np.nan, high=900.0))
    assert list(lines_called(figure, "interval")[0].get_ydata()) == [200, 900]


def test_reports_of_one_day_stand_side_by_side_and_lead_back_to_it(drawn):
    figure = drawn["reports of one day"]
    marks = [line.get_xdata()[0] for line in lines_called(figure, "within 90%")]
    points = figure.axes[0].transData.transform([(x, 1000) for x in marks])[:, 0]
    assert min(np.diff(sorted(points))) >= 7
    leads = lines_called(figure, "moved")
    assert len({line.get_xdata()[0] for line in leads}) == 1
    assert any("leads there" in text for text in words(figure))


def test_the_day_is_that_which_the_report_describes():
    late = report(report_date="2025-05-01")
    (own,), (same,) = (lines_called(record(row), "90%") for row in (report(), late))
    assert own.get_xdata()[0] == same.get_xdata()[0]
    (without,) = lines_called(record(report(event_date=None, report_date="2025-05-01")), "90%")
    assert without.get_xdata()[0] > own.get_xdata()[0] + 30


def test_the_panels_share_days_and_log_scale(drawn):
    axes = drawn["record"].axes
    assert len({(one.get_xlim(), one.get_ylim(), one.get_yscale()) for one in axes}) == 1
    assert axes[0].get_yscale() == "log"
    assert any("log scale" in text for text in words(drawn["record"]))


@pytest.mark.parametrize("name", ["record", "one report", "a report of nobody", "reports of one day"])
def test_the_scale_has_at_least_three_numbers(drawn, name):
    assert len(drawn[name].axes[0].get_yticks()) >= 3


def test_nothing_to_score_is_refused():
    with pytest.raises(ValueError, match="given none"):
        track_record(ROWS.iloc[:0])


@pytest.mark.parametrize("traits", [{"p05": np.nan}, {"p25": 9000.0}])
def test_a_forecast_that_is_none_is_refused(traits):
    with pytest.raises(ValueError, match="p05 <= p25"):
        record(report(**traits))


def test_a_missing_column_of_the_record_is_refused_by_name():
    with pytest.raises(ValueError, match="covered90"):
        track_record(pd.DataFrame([report()]).drop(columns="covered90"))
