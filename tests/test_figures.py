"""The charts: the same bytes every time, nothing cut off, no label on another, open ends left open."""

from functools import partial
from io import BytesIO
from itertools import combinations
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text

from briefing.figures import rotation
from briefing.figures.claims import claims_strip
from briefing.figures.fans import fans
from briefing.figures.labels import Label, place, spread
from briefing.figures.money import waterfall
from briefing.figures.style import FAMILY, new_figure, panel
from briefing.figures.svg import save_svg
from briefing.ledger import load

LEDGER = load(Path(__file__).parent / "evidence")
PANELS = {
    "People in Russia or Kursk": ["troops_present", "troops_deployed_cumulative"],
    "People expected": ["troops_planned", "troops_rotation_total"],
    "Killed or wounded": ["casualties_total"],
    "Killed": ["killed"],
}
MONTHS = np.arange(13.0)
NAMES = {"p05": -1.645, "p25": -0.674, "p50": 0.0, "p75": 0.674, "p95": 1.645}
MILLION = 1e6
rotation_map = partial(
    rotation.rotation_map,
    box_force=(10_000, 15_000),
    box_tour=(2, 3),
    precedent=4.0,
    pool=40_000,
    claimed=100_000,
)


def known_panels(day, titles=tuple(PANELS)):
    claims = LEDGER.as_of(day).claims
    party = LEDGER.tables["origins"].set_index("origin_group")["party"]
    claims = claims.assign(
        derived=claims["derived_from"] != "", origin_party=claims["origin_group"].map(party)
    )
    panels = [(title, claims[claims["quantity"].isin(PANELS[title])]) for title in titles]
    return [(title, frame) for title, frame in panels if len(frame)]


def claim(**traits):
    usual = {
        "claim_id": "a",
        "low": np.nan,
        "value": 1000.0,
        "high": np.nan,
        "bound": "about",
        "report_date": "2024-11-20",
        "claimant": "NIS (Republic of Korea)",
        "claimant_party": "south_korea",
        "origin_group": "O-NIS",
        "supersedes": "",
        "reliability": "B",
        "credibility": 2,
    }
    return usual | traits


def claims_in(*rows, title="Killed"):
    return [(title, pd.DataFrame(list(rows)))]


def many_claims(count):
    parties = ["south_korea", "ukraine", "united_states", "media"]
    bounds = ["about", "at_least", "up_to", "denial"]
    return claims_in(
        *(
            claim(
                claim_id=f"c{i}",
                value=100.0 * 1.07 ** ((i * 37) % 80),
                bound=bounds[(i // 3) % 4],
                claimant_party=parties[i % 4],
                origin_group=f"O-{i % 9}",
                report_date=str(pd.Timestamp("2024-10-20") + pd.Timedelta(days=(i * 53) % 390))[:10],
                derived=i % 5 == 0,
            )
            for i in range(count)
        )
    )


def bands(median, spread_at_end):
    wide = spread_at_end * np.sqrt(MONTHS / 12)
    return {name: np.asarray(median * np.exp(z * wide)) for name, z in NAMES.items()}


STILL = bands(np.full(13, 10_900.0), 0)
GROWING = bands(10_900 * (1 + MONTHS / 3), 0.35)
NOBODY = bands(np.zeros(13), 0)
PHASES = [(0, 1.3, "first phase"), (1.3, 2.0, "pause"), (2.0, 4.6, "second phase"), (4.6, 12, "after")]

FIGURES = {
    "claims by 24 November 2024": lambda: claims_strip(known_panels("2024-11-24"), "2024-11-24"),
    "claims by 31 January 2025": lambda: claims_strip(known_panels("2025-01-31"), "2025-01-31"),
    "claims by 17 March 2026": lambda: claims_strip(known_panels("2026-03-17"), "2026-03-17"),
    "one claim on its own day": lambda: claims_strip(claims_in(claim()), "2024-11-20"),
    "three claims": lambda: claims_strip(many_claims(3), "2026-03-17"),
    "eighty claims": lambda: claims_strip(many_claims(80), "2026-03-17"),
    "a claim of nobody": lambda: claims_strip(claims_in(claim(value=0.0)), "2024-12-31"),
    "map": rotation_map,
    "map without box and precedent": lambda: rotation_map(box_force=None, precedent=None),
    "map with a scenario in the box": lambda: rotation_map(point=(2.5, 12_500)),
    "map with a scenario off the scale": lambda: rotation_map(point=(18, 38_500)),
    "map with an empty force": lambda: rotation_map(point=(2.5, 0)),
    "map without rotation": lambda: rotation_map(point=(None, 11_000)),
    "map of blocks": lambda: rotation_map(rule="block", point=(2.1176, 15_000)),
    "map of completed tours": lambda: rotation_map(rule="completed"),
    "map with levels side by side": lambda: rotation_map(pool=48_000, claimed=51_000, hazard=0.1),
    "wide map": lambda: rotation_map((2_000, 60_000), (1, 24), horizon=24, point=(6, 38_500)),
    "fans": lambda: fans(MONTHS, STILL, GROWING, 100_000, 40_000, PHASES),
    "fans without width": lambda: fans(MONTHS, STILL, STILL, 100_000, 11_000),
    "fans of nobody": lambda: fans(MONTHS, NOBODY, NOBODY, 100_000, 1_300_000),
    "fans with a pool off the scale": lambda: fans(MONTHS, STILL, GROWING, None, 13_000_000),
    "fans of a few days' phases": lambda: fans(
        MONTHS, STILL, GROWING, phases=[(0, 0.2, "first"), (0.2, 0.4, "pause"), (0.4, 12, "second")]
    ),
    "money": lambda: waterfall(
        *(
            tuple(MILLION * usd for usd in step)
            for step in [(196, 261.6, 392), (60, 230.2, 345), (9, 31.4, 300), (8, 28.3, 280), (0, 3.1, 50)]
        )
    ),
    "money in billions": lambda: waterfall(
        *(
            tuple(MILLION * usd for usd in step)
            for step in [
                (1_100, 1_405, 2_200),
                (50, 1_236, 1_900),
                (50, 169, 1_500),
                (40, 150, 1_400),
                (0, 19, 150),
            ]
        )
    ),
    "no money": lambda: waterfall(*[(0.0, 0.0, 0.0)] * 5),
}


@pytest.fixture(scope="module")
def drawn():
    return {name: draw() for name, draw in FIGURES.items()}


def texts_of(figure):
    """Every text that a reader sees, tick labels beyond the axes left out as matplotlib does."""
    figure.draw_without_rendering()
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            hidden |= {
                label
                for tick in axis.get_major_ticks()
                for label in (tick.label1, tick.label2)
                if not low - 1e-9 <= tick.get_loc() <= high + 1e-9
            }
    return [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text not in hidden
    ]


def words(figure):
    return [text.get_text() for text in texts_of(figure)]


def lines_called(figure, name):
    return [line for axes in figure.axes for line in axes.lines if line.get_label() == name]


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_covers_another(drawn, name):
    boxes = [(text.get_text(), text.get_window_extent().padded(-0.6)) for text in texts_of(drawn[name])]
    meeting = [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)]
    assert meeting == []


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_at_the_edge(drawn, name):
    figure = drawn[name]
    cut = []
    for text in texts_of(figure):
        box = text.get_window_extent()
        if box.x0 < 0 or box.y0 < 0 or box.x1 > figure.bbox.x1 or box.y1 > figure.bbox.y1:
            cut.append(text.get_text())
    assert cut == []


@pytest.mark.parametrize("name", FIGURES)
def test_every_text_is_in_the_typeface_and_large_enough_to_read(drawn, name):
    for text in texts_of(drawn[name]):
        assert text.get_fontfamily()[0].startswith(FAMILY)
        assert text.get_fontsize() >= 9


@pytest.mark.parametrize("name", FIGURES)
def test_every_text_lies_flat(drawn, name):
    assert {text.get_rotation() for text in texts_of(drawn[name])} <= {0.0}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_as_wide_as_the_text_of_the_page(drawn, name):
    assert drawn[name].get_figwidth() == 6.4
    assert drawn[name].get_figheight() < 9.2


@pytest.mark.parametrize("name", ["claims by 17 March 2026", "map", "fans", "money"])
def test_every_axis_declares_its_scale(drawn, name):
    said = " ".join(words(drawn[name]))
    assert "log scale" in said or "axis from" in said


@pytest.mark.parametrize("name", FIGURES)
def test_no_figure_has_a_legend_or_draws_its_title(drawn, name):
    assert drawn[name].legends == []
    assert drawn[name].get_suptitle() == ""
    assert all(axes.get_legend() is None for axes in drawn[name].axes)


def svg(figure):
    buffer = BytesIO()
    save_svg(figure, buffer)
    return buffer.getvalue()


def test_a_file_names_no_day_and_no_version(tmp_path):
    save_svg(rotation_map(), tmp_path / "map.svg")
    text = (tmp_path / "map.svg").read_text("utf-8")
    assert "dc:date" not in text
    assert f"Matplotlib v{matplotlib.__version__}" not in text
    # Letters as text, which a reader can search; the document brings the font.
    assert ">50,000</text>" in text


def test_drawing_leaves_matplotlib_as_it_was(tmp_path):
    before = dict(matplotlib.rcParams)
    save_svg(fans(MONTHS, STILL, GROWING), tmp_path / "fans.svg")
    assert dict(matplotlib.rcParams) == before
    assert pyplot.get_fignums() == []


def test_settings_of_the_machine_do_not_change_a_figure():
    plain = svg(FIGURES["money"]())
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "red", "svg.fonttype": "path"}):
        assert svg(FIGURES["money"]()) == plain


# Claims


@pytest.mark.parametrize(
    ("bound", "end"),
    [
        ("at_least", "open end up"),
        ("more_than", "open end up"),
        ("up_to", "open end down"),
        ("fewer_than", "open end down"),
        ("approaching", "open end down"),
    ],
)
def test_an_open_bound_has_an_open_end(bound, end):
    figure = claims_strip(claims_in(claim(bound=bound)), "2024-12-31")
    assert len(lines_called(figure, end)) == 1
    assert len(lines_called(figure, "figure")) == 1


@pytest.mark.parametrize("bound", ["point", "about"])
def test_a_plain_figure_has_no_open_end(bound):
    figure = claims_strip(claims_in(claim(bound=bound)), "2024-12-31")
    assert [line.get_label() for line in figure.axes[0].lines] == ["figure"]


def test_an_interval_is_a_bar_from_its_low_to_its_high_end():
    figure = claims_strip(
        claims_in(claim(bound="interval", low=200.0, value=np.nan, high=900.0)), "2024-12-31"
    )
    (bar,) = lines_called(figure, "interval")
    assert bar.get_ydata().tolist() == [200, 900]


def test_a_denial_is_a_hollow_cross_and_says_that_nothing_was_confirmed():
    figure = claims_strip(claims_in(claim(bound="denial", value=100_000.0)), "2024-12-31")
    (cross,) = lines_called(figure, "denial")
    assert (cross.get_marker(), cross.get_markerfacecolor()) == ("X", "white")
    assert "NIS: not confirmed: 100,000" in words(figure)


def test_a_repeat_is_smaller_and_hollow():
    rows = [claim(), claim(claim_id="b", value=3000.0, derived=True)]
    figure = claims_strip(claims_in(*[{"derived": False} | row for row in rows]), "2024-12-31")
    (own,), (repeat,) = lines_called(figure, "figure"), lines_called(figure, "repeat")
    assert repeat.get_markersize() < own.get_markersize()
    assert repeat.get_markerfacecolor() == "white"


def test_a_superseded_claim_is_pale_and_an_arrow_leads_from_it():
    newer = claim(claim_id="b", value=2000.0, report_date="2024-12-20", supersedes="a")
    figure = claims_strip(claims_in(claim(), newer), "2024-12-31")
    pale, full = (to_hex(line.get_markerfacecolor()) for line in lines_called(figure, "figure"))
    assert pale != full
    arrows = [text for text in figure.axes[0].texts if getattr(text, "arrow_patch", None) is not None]
    assert any(arrow.arrow_patch.get_linestyle() in (":", "dotted") for arrow in arrows)


def test_a_claim_has_the_colour_of_the_party_of_its_origin():
    relayed = claim(claimant_party="media", origin_party="ukraine")
    figure = claims_strip(claims_in(relayed), "2024-12-31")
    assert "Ukraine" in words(figure)
    assert "Others" not in words(figure)


def test_at_most_four_classes_of_parties_are_named(drawn):
    names = {"South Korea", "Ukraine", "US, UK, Western officials", "Others"}
    assert names & set(words(drawn["claims by 17 March 2026"])) == names


def test_all_panels_share_the_days(drawn):
    assert len({axes.get_xlim() for axes in drawn["claims by 17 March 2026"].axes}) == 1


def test_every_value_axis_of_claims_is_logarithmic(drawn):
    assert {axes.get_yscale() for axes in drawn["claims by 17 March 2026"].axes} == {"log"}


def test_no_mark_moves_further_than_a_few_points(drawn):
    figure = drawn["claims by 17 March 2026"]
    days = {float(day) for _, frame in known_panels("2026-03-17") for day in date_numbers(frame)}
    a_point = float(np.diff(figure.axes[0].get_xlim())[0]) / figure.axes[0].bbox.width
    for line in lines_called(figure, "figure"):
        assert min(abs(line.get_xdata()[0] - day) for day in days) <= 13.1 * a_point


def date_numbers(frame):
    return matplotlib.dates.date2num(frame["report_date"])


def test_a_day_without_claims_gets_words_instead_of_axes():
    figure = claims_strip([], "2024-10-01")
    assert figure.axes == []
    assert figure.texts[0].get_text() == "no claim by this day"


def test_an_empty_panel_is_refused_by_name():
    empty = pd.DataFrame([claim()]).iloc[:0]
    with pytest.raises(ValueError, match="Wounded"):
        claims_strip([("Wounded", empty)], "2024-11-24")


def test_a_claim_that_was_not_known_yet_is_refused():
    with pytest.raises(ValueError, match="after the as-of date"):
        claims_strip(claims_in(claim()), "2024-11-19")


# Rotation


def contours(figure):
    return sorted(
        int(item.get_label().removeprefix("contour "))
        for item in figure.axes[0].collections
        if str(item.get_label()).startswith("contour")
    )


def test_the_map_has_three_round_contours_and_the_pool():
    assert contours(rotation_map()) == [25_000, 40_000, 50_000, 100_000]


def test_a_pool_that_equals_a_round_number_replaces_its_contour():
    figure = rotation_map(pool=50_000)
    assert contours(figure) == [25_000, 50_000, 100_000]
    assert "50,000: pool" in words(figure)


def test_without_a_pool_or_a_claim_the_round_numbers_stay():
    assert contours(rotation_map(pool=None, claimed=None)) == [25_000, 50_000, 100_000]


def test_the_contour_of_the_claim_cuts_only_the_corner_of_the_box():
    (path,) = (
        item.get_paths()[0]
        for item in rotation_map().axes[0].collections
        if item.get_label() == "contour 100000"
    )
    tours, forces = path.vertices.T
    assert np.interp(2.1176, tours, forces) == pytest.approx(15_000, rel=0.002)
    assert np.interp(2.0, tours, forces) == pytest.approx(100_000 / 7, rel=0.002)


def test_a_precedent_that_was_not_known_is_not_drawn():
    assert len(lines_called(rotation_map(), "precedent")) == 1
    figure = rotation_map(precedent=None)
    assert lines_called(figure, "precedent") == []
    assert not any("days" in text for text in words(figure))


def test_the_map_knows_no_claim_that_it_is_not_given():
    claims = {"precedent", "claimant's inputs"}
    assert claims <= {item.get_label() for item in rotation_map().axes[0].get_children()}
    bare = rotation.rotation_map()
    assert contours(bare) == [25_000, 50_000, 100_000]
    drawn = {item.get_label() for item in bare.axes[0].get_children()}
    assert not drawn & claims
    assert not any("pool" in text or "claimed" in text for text in words(bare))


def test_a_scenario_on_the_map_lies_at_its_tour_and_force():
    (mark,) = lines_called(rotation_map(point=(2.5, 12_500)), "scenario")
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (2.5, 12_500)


def test_a_scenario_off_the_map_says_so(drawn):
    said = " ".join(words(drawn["map with a scenario off the scale"]))
    assert "off this scale" in said
    assert "38,500 people" in said
    assert "18 months" in said


def test_a_scenario_without_rotation_says_so(drawn):
    assert any("no rotation" in text for text in words(drawn["map without rotation"]))


def test_a_reversed_range_is_refused():
    with pytest.raises(ValueError, match="tour_range"):
        rotation_map(tour_range=(12, 1))


# Fans


def test_bands_without_width_leave_a_plain_line(drawn):
    figure = drawn["fans without width"]
    assert [item for axes in figure.axes for item in axes.collections] == []
    assert len(lines_called(figure, "median")) == 2
    assert words(figure).count("10,900") == 2


def test_the_axes_of_the_fans_start_at_zero(drawn):
    assert {axes.get_ylim()[0] for axes in drawn["fans"].axes} == {0}


def test_the_claim_and_the_pool_are_drawn_and_named(drawn):
    figure = drawn["fans"]
    assert [line.get_ydata()[0] for line in lines_called(figure, "Claimed")] == [100_000]
    assert [line.get_ydata()[0] for line in lines_called(figure, "Pool")] == [40_000]
    assert {"Claimed: 100,000", "Pool: 40,000"} <= set(words(figure))


def test_a_level_far_above_all_else_is_named_but_does_not_flatten_the_fan(drawn):
    figure = drawn["fans with a pool off the scale"]
    assert lines_called(figure, "Pool") == []
    assert "Pool: 13,000,000 ↑" in words(figure)
    assert figure.axes[0].get_ylim()[1] < 200_000


def test_every_phase_is_shaded_in_both_panels_and_named_once(drawn):
    figure = drawn["fans"]
    assert [sum(patch.get_label() == "phase" for patch in axes.patches) for axes in figure.axes] == [4, 4]
    for *_, name in PHASES:
        assert words(figure).count(name) == 1


def test_arrays_of_another_length_are_refused():
    with pytest.raises(ValueError, match="distinct"):
        fans(MONTHS, STILL, {name: values[:5] for name, values in GROWING.items()})


def test_the_bold_line_is_the_median_and_its_end_is_written():
    figure = fans(MONTHS, STILL, GROWING)
    median = lines_called(figure, "median")[0]
    assert list(median.get_ydata()) == list(GROWING["p50"])
    assert median.get_linewidth() == max(line.get_linewidth() for line in figure.axes[0].lines)
    assert any(text.startswith("Median: ") for text in words(figure))


def test_the_point_of_the_map_says_what_it_is():
    figure = rotation_map(point=(2.5, 12_500), point_name="Most likely inputs")
    assert "Most likely inputs" in words(figure)
    assert "This scenario" not in words(figure)


# Money


def test_the_steps_hang_from_each_other_so_that_the_eye_subtracts(drawn):
    agreed, not_shown, received, state, household = drawn["money"].axes[0].patches
    assert agreed.get_x() == received.get_x() == household.get_x() == 0
    assert not_shown.get_x() == received.get_width()
    assert not_shown.get_x() + not_shown.get_width() == pytest.approx(agreed.get_width())
    assert state.get_x() + state.get_width() == pytest.approx(received.get_width())
    assert len(lines_called(drawn["money"], "hands on")) == 4


def test_numbers_that_do_not_add_up_are_not_joined():
    usd = [(3e8,) * 3, (1e8,) * 3, (5e7,) * 3, (9e7,) * 3, (1e7,) * 3]
    assert lines_called(waterfall(*usd), "hands on") == []


def test_an_exact_step_has_no_whisker(drawn):
    assert lines_called(drawn["no money"], "range") == []
    assert words(drawn["no money"]).count("$0") == 5


def test_a_whisker_can_be_read_on_the_axis(drawn):
    whiskers = [list(line.get_xdata()) for line in lines_called(drawn["money"], "range")]
    assert whiskers == [[196e6, 392e6], [9e6, 300e6], [0, 50e6]]


def test_every_step_prints_its_value_and_range(drawn):
    assert {"$262\u00a0million", "$196 to $392\u00a0million", "$31.4\u00a0million"} <= set(
        words(drawn["money"])
    )


def test_a_mode_outside_its_own_range_is_drawn_all_the_same():
    figure = waterfall(*[(3e8, 3e8, 3e8)] * 4, (1e6, 0.0, 5e7))
    assert "$1 to $50\u00a0million" in words(figure)


@pytest.mark.parametrize("step", [(-1.0, 0.0, 1.0), (2.0, 1.0, 1.0)])
def test_a_negative_or_reversed_step_is_refused_by_name(step):
    with pytest.raises(ValueError, match="households"):
        waterfall(*[(1.0, 1.0, 1.0)] * 4, step)


# Labels


def test_spread_labels_keep_their_distance_order_and_bounds():
    wanted = [50.0, 51.0, 49.0, 0.0, 99.0, 100.0]
    placed = spread(wanted, gap=10, low=0, high=100)
    assert np.argsort(placed).tolist() == np.argsort(wanted).tolist()
    assert min(np.diff(sorted(placed))) >= 10 - 1e-9
    assert min(placed) >= 0
    assert max(placed) <= 100


def test_labels_that_are_far_enough_apart_stay_where_they_are():
    assert spread([10, 40, 80], gap=12, low=0, high=100) == [10, 40, 80]


def test_more_labels_than_fit_move_closer_and_stay_inside():
    placed = spread([50.0] * 11, gap=20, low=0, high=100)
    assert (min(placed), max(placed)) == (0, 100)


def test_a_label_without_room_is_left_out_unless_it_is_needed():
    axes = panel(new_figure(1, 1), 0, 0, 1, 1)
    everywhere = (0.0, 0.0, 72.0, 72.0)
    assert place(axes, [Label(0.5, 0.5, "people")], [everywhere], everywhere) == []
    assert len(place(axes, [Label(0.5, 0.5, "people", needed=True)], [everywhere], everywhere)) == 1


def test_a_figure_is_unknown_to_pyplot():
    assert isinstance(new_figure(), Figure)
    assert pyplot.get_fignums() == []
