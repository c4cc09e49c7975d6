"""What to find out next, and the scenarios side by side."""

from itertools import combinations

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot
from test_figures import lines_called, texts_of, words

from briefing.figures.scenarios import scenario_dots
from briefing.figures.style import FAMILY, SEMIBOLD
from briefing.figures.tornado import UNMOVED, measure, what_to_find_out
from briefing.ledger import load
from briefing.ledger.claimed import resolved
from briefing.model.inputs import central, model_inputs
from briefing.model.outcomes import outcomes
from briefing.model.sensitivity import sobol, tornado
from briefing.scenario import load_scenario

OUTCOMES = {
    "Different people": ("distinct", "persons"),
    "Killed or wounded": ("casualties", "persons"),
    "Killed": ("killed", "persons"),
    "Agreed pay": ("agreed", "usd"),
}
LOSSES = ("casualties", "killed")
NAMED = (
    "allied-terms",
    "ambassador-corner",
    "as-printed",
    "november-2024",
    "current",
    "high-tempo",
    "surge-2026",
)


def inputs_of(name):
    scenario = load_scenario(name)
    return model_inputs(**resolved(scenario.values(), load().as_of(scenario.as_of)))


def all_scenarios():
    rows = []
    for name in NAMED:
        found = outcomes(central(inputs_of(name)))
        for title, (key, unit) in OUTCOMES.items():
            value = float(found[key])
            rows.append((name, title, unit, np.nan if key in LOSSES and value == 0 else value))
    return pd.DataFrame(rows, columns=["scenario", "outcome", "unit", "value"])


def panels_of(name):
    inputs = inputs_of(name)
    ranges = {
        key: value
        for key, value in inputs.items()
        if isinstance(value, tuple) and key not in ("phases", "arrivals")
    }
    panels = []
    for title, (key, unit) in OUTCOMES.items():

        def outcome(given, key=key):
            return outcomes({**inputs, **given})[key]

        swings = tornado(outcome, ranges)
        panels.append((title, unit, float(swings["base"].iloc[0]), swings, sobol(outcome, ranges, 64, 1)))
    return panels


def swings(*rows):
    return pd.DataFrame(rows, columns=["input", "low", "high"])


def shares(**first):
    frame = pd.DataFrame({"input": list(first), "first": list(first.values())}, dtype=object)
    return frame.assign(first=frame["first"].astype(float), total=1.0)


def people(central=50_000.0, rows=(("Tour", 70_000.0, 30_000.0), ("Pay", 45_000.0, 52_000.0)), **first):
    first = first or {"Tour": 0.9, "Pay": 0.1}
    return [("Different people", "persons", central, swings(*rows), shares(**first))]


def frame(outcome="Different people", unit="persons", **values):
    return pd.DataFrame(
        {"scenario": list(values), "outcome": outcome, "unit": unit, "value": values.values()}
    )


TEN = {f"a-scenario-by-number-{i}": 0.0 for i in range(9)} | {"here": 0.0}

FIGURES = {
    "tornado of november-2024": lambda: what_to_find_out(panels_of("november-2024")),
    "tornado of as-printed": lambda: what_to_find_out(panels_of("as-printed")),
    "tornado of high-tempo": lambda: what_to_find_out(panels_of("high-tempo")),
    "tornado of surge-2026": lambda: what_to_find_out(panels_of("surge-2026")),
    "one input": lambda: what_to_find_out(people(rows=[("Tour", 7e4, 3e4)])),
    "one input by a little": lambda: what_to_find_out(people(rows=[("Tour", 49_999.0, 50_001.0)])),
    "from nobody": lambda: what_to_find_out(people(central=1.0, rows=[("Tour", 0.0, 3.0)])),
    "both ends one way": lambda: what_to_find_out(
        people(
            rows=[("Tour", 60_000.0, 72_000.0), ("Pay", 44_000.0, 46_000.0), ("Force", 49_990.0, 50_010.0)],
            Tour=0.7,
            Pay=0.2,
            Force=0.1,
        )
    ),
    "zero variance": lambda: what_to_find_out(people(rows=[("Tour", 5e4, 5e4)], Tour=np.nan)),
    "scenarios": lambda: scenario_dots(all_scenarios(), "november-2024"),
    "scenarios at as-printed": lambda: scenario_dots(all_scenarios(), "as-printed"),
    "scenarios at surge-2026": lambda: scenario_dots(all_scenarios(), "surge-2026"),
    "ten at one value": lambda: scenario_dots(frame(**{name: 10_900.0 for name in TEN}), "here"),
    "ten at zero": lambda: scenario_dots(frame(**TEN), "here"),
    "ten without a value": lambda: scenario_dots(frame(**{name: np.nan for name in TEN}), "here"),
    "ten over six decades": lambda: scenario_dots(
        frame(**{name: 4.0 ** (i + 1) for i, name in enumerate(TEN)}), "here"
    ),
    "ten closely packed": lambda: scenario_dots(
        frame(unit="usd", **{name: 1e8 + 1e6 * i for i, name in enumerate(TEN)}), "a-scenario-by-number-3"
    ),
    "nobody's": lambda: scenario_dots(all_scenarios(), ""),
    "one scenario": lambda: scenario_dots(frame(mine=14_000.0), "mine"),
}
TORNADOES = [name for name in FIGURES if name.startswith("tornado")]
DOTS = [name for name in FIGURES if name.startswith("scenarios")]


@pytest.fixture(scope="module")
def drawn():
    return {name: draw() for name, draw in FIGURES.items()}


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_covers_another(drawn, name):
    boxes = [(text.get_text(), text.get_window_extent().padded(-0.6)) for text in texts_of(drawn[name])]
    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)] == []


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_at_the_edge(drawn, name):
    figure = drawn[name]
    boxes = {text.get_text(): text.get_window_extent() for text in texts_of(figure)}
    assert [
        text
        for text, box in boxes.items()
        if box.x0 < 0 or box.y0 < 0 or box.x1 > figure.bbox.x1 or box.y1 > figure.bbox.y1
    ] == []


@pytest.mark.parametrize("name", FIGURES)
def test_size_and_letters_are_those_of_the_other_figures(drawn, name):
    figure = drawn[name]
    assert figure.get_figwidth() == 6.4
    assert figure.get_figheight() < 9.2
    for text in texts_of(figure):
        assert text.get_fontfamily()[0].startswith(FAMILY)
        assert 9 <= text.get_fontsize() <= 9.5


@pytest.mark.parametrize("name", FIGURES)
def test_every_text_lies_flat(drawn, name):
    assert {text.get_rotation() for text in texts_of(drawn[name])} <= {0.0}


@pytest.mark.parametrize("name", FIGURES)
def test_no_figure_has_a_legend_or_draws_its_title(drawn, name):
    figure = drawn[name]
    assert figure.legends == []
    assert figure.get_suptitle() == ""
    assert all(axes.get_legend() is None for axes in figure.axes)


@pytest.mark.parametrize("name", TORNADOES + DOTS)
def test_every_axis_declares_its_scale(drawn, name):
    said = words(drawn[name])
    axes = [axes for axes in drawn[name].axes if axes.axison]
    assert sum("log scale" in text or "axis from" in text for text in said) == len(axes)


def test_drawing_leaves_matplotlib_as_it_was():
    before = dict(matplotlib.rcParams)
    FIGURES["one input"]()
    FIGURES["one scenario"]()
    assert dict(matplotlib.rcParams) == before
    assert pyplot.get_fignums() == []


# What to find out next


def bars_called(figure, label):
    """The bars of one side, from the top down: where each starts and ends."""
    found = [
        (container.get_label(), patch)
        for axes in figure.axes
        for container in axes.containers
        for patch in container
    ]
    return [(p.get_x(), p.get_x() + p.get_width()) for name, p in found if name == label]


def names_at_the_left(figure):
    return [text.get_text() for text in figure.axes[0].get_yticklabels()]


def test_bars_run_from_the_centre_to_the_outcome_at_either_end():
    figure = what_to_find_out(people())
    assert bars_called(figure, "P05") == [(50_000, 70_000), (50_000, 45_000)]
    assert bars_called(figure, "P95") == [(50_000, 30_000), (50_000, 52_000)]


def test_the_largest_swing_stands_first():
    figure = what_to_find_out(people(rows=[("Pay", 45_000.0, 52_000.0), ("Tour", 70_000.0, 30_000.0)]))
    assert names_at_the_left(figure) == ["Tour", "Pay"]


def test_the_two_sides_differ_by_marker_too():
    figure = what_to_find_out(people())
    (low, *_), (high, *_) = lines_called(figure, "P05 end"), lines_called(figure, "P95 end")
    assert low.get_markerfacecolor() == "white"
    assert high.get_markerfacecolor() != "white"


def test_sides_that_go_one_way_do_not_cover_each_other(drawn):
    figure = drawn["both ends one way"]
    (low, *_), (high, *_) = lines_called(figure, "P05 end"), lines_called(figure, "P95 end")
    assert low.get_ydata()[0] < high.get_ydata()[0]


def test_shares_are_whole_percents_and_none_is_zero_or_certain():
    said = words(what_to_find_out(people(Tour=1.004, Pay=-0.002)))
    assert {"above 99%", "below 1%"} <= set(said)
    assert "62%" in words(what_to_find_out(people(Tour=0.6219, Pay=0.37)))


def test_a_share_that_nobody_knows_is_unknown():
    figure = what_to_find_out(people(Tour=0.9, Pay=np.nan))
    assert "unknown" in words(figure)


def test_an_input_without_effect_is_named_under_the_bars(drawn):
    rows = [("Tour", 70_000.0, 30_000.0), ("Pay", 50_000.0, 50_000.0), ("Share kept", 5e4, 5e4)]
    figure = what_to_find_out(people(rows=rows, **{"Tour": 1.0, "Pay": 0.0, "Share kept": 0.0}))
    assert names_at_the_left(figure) == ["Tour"]
    assert "No effect: Pay; Share kept" in words(figure)


@pytest.mark.parametrize("rows", [[], [("Tour", 5e4, 5e4)], [("Tour", 5e4, 5e4 * (1 + 1e-13))]])
def test_an_outcome_that_nothing_moves_has_a_sentence(rows):
    figure = what_to_find_out(people(rows=rows, Tour=np.nan))
    assert figure.axes == []
    assert words(figure) == ["Different people", UNMOVED]


def test_moved_and_unmoved_outcomes_stand_together(drawn):
    said = words(drawn["tornado of high-tempo"])
    # Its force, hazards and share of the killed are exact; its pay is not.
    assert said.count(UNMOVED) == 3
    assert "Million US dollars (axis from 150)" in said


def test_the_frame_of_the_model_is_read_by_its_outcomes_not_by_its_inputs(drawn):
    (_, _, base, found, _) = panels_of("november-2024")[0]
    first = found.iloc[0]
    assert bars_called(drawn["tornado of november-2024"], "P05")[0] == pytest.approx((base, first["at_low"]))


def test_a_centre_that_the_swings_do_not_start_from_is_refused():
    title, unit, base, found, indices = panels_of("november-2024")[0]
    with pytest.raises(ValueError, match="the base of the swings"):
        what_to_find_out([(title, unit, base + 1_000, found, indices)])


def test_dollars_are_counted_in_millions():
    rows = swings(("Pay", 2.18e8, 3.36e8))
    said = words(what_to_find_out([("Agreed pay", "usd", 2.7e8, rows, shares(Pay=1.0))]))
    assert {"218", "270", "336", "Million US dollars (axis from 200)"} <= set(said)


def test_ends_that_differ_print_differently():
    rows = swings(("Pay", 1.4e9, 2.2e9))
    said = words(what_to_find_out([("Agreed pay", "usd", 1.405e9, rows, shares(Pay=1.0))]))
    assert "1,405" in said


@pytest.mark.parametrize(
    ("panels", "match"),
    [
        ([], "given none"),
        ([("Killed", "souls", 1.0, swings(), shares())], "the unit souls"),
        ([("Killed", "persons", 1.0, swings(("Tour", 1.0, 2.0)), shares(Pay=1.0))], "no index of Tour"),
        ([("Killed", "persons", 1.0, swings(("Tour", 1.0, np.inf)), shares(Tour=1.0))], "not finite"),
        ([("Killed", "persons", 1.0, swings().drop(columns="low"), shares())], "no column low"),
        ([("Killed", "persons", 1.0, swings(*[("Tour", 1.0, 2.0)] * 2), shares(Tour=1.0))], "Tour twice"),
    ],
)
def test_a_panel_that_cannot_be_drawn_is_refused(panels, match):
    with pytest.raises(ValueError, match=match):
        what_to_find_out(panels)


# Scenarios side by side


def positions(figure, name):
    return [line.get_xdata()[0] for line in lines_called(figure, name)]


def test_every_scenario_has_its_dot_at_its_value():
    values = {"november-2024": 57_000.0, "corner": 100_000.0, "printed": 10_900.0}
    figure = scenario_dots(frame(**values), "corner")
    assert sorted(positions(figure, "scenario")) == [10_900, 57_000]
    assert positions(figure, "here") == [100_000]


def test_the_current_scenario_is_filled_and_semibold_with_its_value(drawn):
    figure = drawn["scenarios at surge-2026"]
    assert len(lines_called(figure, "here")) == len(OUTCOMES)
    assert all(line.get_markerfacecolor() != "white" for line in lines_called(figure, "here"))
    assert all(line.get_markerfacecolor() == "white" for line in lines_called(figure, "scenario"))
    (label,) = (text for text in texts_of(figure) if text.get_text() == "surge-2026 125,000")
    assert label.get_fontfamily() == [SEMIBOLD]


def test_a_line_marks_the_scenario_that_is_shown(drawn):
    assert positions(drawn["scenarios"], "line") == pytest.approx([56_998.7, 7_848, 1_962, 261.6e6], rel=1e-4)
    for name in DOTS:
        assert positions(drawn[name], "line") == positions(drawn[name], "here")
    assert positions(drawn["nobody's"], "line") == positions(drawn["nobody's"], "here") == []


def test_a_wide_spread_without_zero_is_logarithmic_all_else_starts_at_zero(drawn):
    assert [axes.get_xscale() for axes in drawn["scenarios"].axes] == ["linear", "log", "log", "linear"]
    assert drawn["ten over six decades"].axes[0].get_xscale() == "log"
    zero = scenario_dots(frame(a=0.0, b=1.0, c=1000.0), "a").axes[0]
    assert (zero.get_xscale(), zero.get_xticks()[0]) == ("linear", 0)


def test_scenarios_without_a_value_are_named_and_have_no_dot():
    figure = scenario_dots(frame("Killed", here=1_962.0, printed=np.nan, corner=np.nan), "here")
    assert "none assumed: printed, corner" in words(figure)
    assert len(lines_called(figure, "scenario")) == 0


def test_the_current_scenario_without_a_value_is_named_first_and_semibold(drawn):
    shown = [
        t.get_text() for t in texts_of(drawn["scenarios at as-printed"]) if SEMIBOLD in t.get_fontfamily()
    ]
    assert shown.count("as-printed,") == 2


def test_an_outcome_without_any_value_has_no_axis(drawn):
    figure = drawn["ten without a value"]
    assert figure.axes == []
    assert "Different people" in words(figure)


@pytest.mark.parametrize("name", ["ten at one value", "ten closely packed", "ten over six decades"])
def test_no_dot_covers_another_or_a_name(drawn, name):
    figure = drawn[name]
    (axes,) = figure.axes
    marks = [
        axes.transData.transform((line.get_xdata()[0], line.get_ydata()[0]))
        for line in (*lines_called(figure, "scenario"), *lines_called(figure, "here"))
    ]
    assert len(marks) == 10
    assert all(np.hypot(*(one - other)) > 7 for one, other in combinations(marks, 2))
    boxes = [text.get_window_extent() for text in texts_of(figure)]
    assert not any(box.padded(1).contains(*mark) for box in boxes for mark in marks)


@pytest.mark.parametrize("name", [*DOTS, "ten closely packed", "ten over six decades"])
def test_no_drop_line_runs_through_a_name(drawn, name):
    for axes in drawn[name].axes:
        boxes = [text.get_window_extent() for text in axes.texts]
        for line in (line for line in axes.lines if line.get_label() == "drop"):
            (x, low), (_, high) = axes.transData.transform(np.column_stack(line.get_data()))
            assert not any(box.x0 < x < box.x1 and box.y0 < high and box.y1 > low for box in boxes)


@pytest.mark.parametrize(
    ("given", "here", "match"),
    [
        (frame(a=1.0), "b", "given b, allowed a"),
        (frame(a=1.0).iloc[:0], "a", "no scenario"),
        (frame(a=1.0).drop(columns="unit"), "a", "no column unit"),
        (frame(a=-1.0), "a", "negative"),
        (frame(a=np.inf), "a", "infinite"),
        (frame(unit="souls", a=1.0), "a", "souls"),
        (pd.concat([frame(a=1.0), frame(a=2.0)]), "a", "twice"),
        (pd.concat([frame(a=1.0), frame(unit="usd", b=2.0)]), "a", "one known unit"),
    ],
)
def test_a_frame_that_cannot_be_drawn_is_refused(given, here, match):
    with pytest.raises(ValueError, match=match):
        scenario_dots(given, here)


def test_every_unit_has_words():
    assert measure("percent") == (1.0, "percent")
    assert measure("usd_per_year") == (1.0, "US dollars a year")
