"""The sliders of the page answer as the model does, print as Python prints, and say what they cannot do."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from pages import needs_chromium
from playwright.sync_api import Browser, Page, expect
from scipy.optimize import brentq

from briefing.figures.contours import ALWAYS
from briefing.formats import show, show_range
from briefing.ledger import load
from briefing.ledger.claimed import resolved
from briefing.model.counting import RULES, people_per_place
from briefing.model.inputs import drawn, model_inputs
from briefing.model.outcomes import outcomes
from briefing.model.uncertainty import pert
from briefing.render.document import Document, compose
from briefing.render.stage import fill_stage
from briefing.render.whatif import GROUPS, STEPS, bounds, uncovered, what_if
from briefing.render.worker import render_stage
from briefing.run.notebooks import find_notebooks
from briefing.scenario import Scenario, load_scenario, parse_settings, scenario_names
from conftest import ROOT

MODEL = (ROOT / "_extensions/briefing/whatif-model.js").read_text(encoding="utf-8")
NUMBERS = [name for name in sum(GROUPS.values(), ()) if name != "count_rule"]
TOLERANCE = 1e-9
POINTS = 1_000
POINTS_OF_THE_PAGE = 4_096


@pytest.fixture(scope="module")
def script(browser: Browser) -> Iterator[Page]:
    """An empty page that knows the arithmetic only."""
    page = browser.new_page()
    page.evaluate(MODEL)
    yield page
    page.close()


@pytest.fixture(scope="module")
def report(rendered: Path) -> Path:
    """The page of the article's day."""
    return rendered / "briefings/november-2024/report.html"


class Panel:
    """The panel of a page that is open in a browser without a network."""

    def __init__(self, browser: Browser, path: Path, address: str = "", **options) -> None:
        options = {"viewport": {"width": 1280, "height": 900}, **options}
        self.path = path
        self.context = browser.new_context(offline=True, **options)
        self.page = self.context.new_page()
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda said: self.errors.append(said.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri() + address)

    def field(self, name: str):
        return self.page.locator(f"#what-if-{name}")

    def slider(self, name: str):
        return self.page.locator(f"[type=range][aria-labelledby=what-if-{name}-label]")

    def value(self, key: str) -> str:
        return self.page.locator(f'[data-key="{key}"]').inner_text()

    def numbers(self) -> dict[str, str]:
        found = self.page.locator("#what-if [data-key]")
        return {one.get_attribute("data-key"): one.inner_text() for one in found.all()}

    @property
    def told(self) -> dict:
        """What the page was told; its scripts take it out of the page."""
        text = self.path.read_text(encoding="utf-8")
        return json.loads(re.search(r'id="what-if-data">(.*?)</script>', text)[1])

    def message(self, name: str) -> str:
        return self.page.locator(f"#what-if-{name}-said").inner_text()

    @property
    def command(self) -> str:
        return self.page.locator("#what-if code").inner_text()

    def settled(self) -> str:
        """Wait until the address holds the state, and return what follows the number sign."""
        self.page.wait_for_timeout(600)
        return urlparse(self.page.url).fragment


@pytest.fixture
def panel(browser: Browser, report: Path) -> Iterator[Panel]:
    panel = Panel(browser, report)
    yield panel
    assert panel.errors == []
    assert all(url.startswith(("file:", "data:")) for url in panel.asked)
    panel.context.close()


def points(count: int = POINTS) -> list[dict]:
    """Random points over the whole allowed ranges; ends, no rotation and no losses come up often."""
    rng = np.random.default_rng(20241124)

    def one(name: str) -> float:
        low, high = bounds(name)
        kind = rng.random()
        return low if kind < 0.1 else high if kind < 0.2 else float(rng.uniform(low, high))

    made = [
        {name: one(name) for name in [*NUMBERS, "pool", "death_payment"]}
        | {"count_rule": RULES[i % len(RULES)]}
        for i in range(count)
    ]
    for point in made:
        if rng.random() < 0.2:
            point["tour"] = None
        elif rng.random() < 0.2:
            # A swap of blocks falls on the horizon, but for the noise of floats: 2.1 / 0.7 is more than 3.
            point["tour"], point["horizon"] = [(0.7, 2.1), (0.6, 4.2), (3.0, 12.0)][int(rng.integers(3))]
        if rng.random() < 0.2:
            point["hazard"] = 0.0
    return made


def inputs_of(scenario: Scenario) -> dict:
    return model_inputs(**scenario.values())


def mirrored(told: dict, chosen: dict) -> dict[str, tuple[float, float, float]]:
    """What the page should answer, by the same points: 5th percentile, median and 95th of each output."""
    parameters = [one for group in told["groups"] for one in group["parameters"]] + told["held"]
    ranged = [one for one in parameters if "quantiles" in one]
    root = brentq(lambda g: g ** (len(ranged) + 1) - g - 1, 1, 2, xtol=1e-15)
    given: dict = {one["name"]: None if one["start"] == "none" else one["start"] for one in parameters}
    for j, one in enumerate(ranged, 1):
        shares = (0.5 + np.arange(1, POINTS_OF_THE_PAGE + 1) / root**j) % 1
        given[one["name"]] = np.interp(shares, np.linspace(0, 1, len(one["quantiles"])), one["quantiles"])
    found = outcomes(model_inputs(**given | chosen, policy="hold"))
    quantities = [output["quantity"] for output in told["outputs"]]
    return {name: tuple(np.quantile(found[name], (0.05, 0.5, 0.95))) for name in quantities}


def share_below(draws: np.ndarray, value: float) -> tuple[float, float]:
    """The shares of draws below a value, and at most there, but for rounding."""
    close = 1e-9 * abs(value)
    return float(np.mean(draws < value - close)), float(np.mean(draws <= value + close))


def fits(found: dict[str, tuple[float, float, float]], scenario: Scenario) -> None:
    """Each percentile of the page is that of the model's own draws, within three standard errors of both."""
    model = outcomes(drawn(inputs_of(scenario), scenario.draws, scenario.seed))
    for quantity, ends in found.items():
        for level, end in zip((0.05, 0.5, 0.95), ends, strict=True):
            wide = 3 * np.sqrt(level * (1 - level) * (1 / scenario.draws + 1 / POINTS_OF_THE_PAGE))
            below, up_to = share_below(np.atleast_1d(model[quantity]), end)
            assert below - wide <= level <= up_to + wide, (quantity, level, end, below, up_to)


def printed(told: dict, chosen: dict | None = None) -> dict[str, str]:
    """What the panel should show: as the document prints it where nothing that is set moves it."""
    before, now = mirrored(told, {}), mirrored(told, chosen or {})
    texts = {}
    for output in told["outputs"]:
        unit, digits, ends = output["unit"], output["digits"] or None, now[output["quantity"]]
        low, median, high = (output["factor"] * end for end in ends)
        text, range_text = show(median, unit, digits), show_range(low, high, unit, digits)
        if ends == before[output["quantity"]] and output["text"]:
            text, range_text = output["text"], output["range"]
        said = f"{text} {output['words']}".strip() + (
            f" ({range_text})" if range_text not in ("", text) else ""
        )
        exceeded = output["quantity"] == "pool_share" and ends[1] > 1
        texts[output["key"]] = f"{said}: exceeded" if exceeded else said
    return texts


def scenario_of(command: str) -> Scenario:
    """The scenario that a command renders."""
    briefing, render, name, *rest = shlex.split(command)
    assert (briefing, render) == ("briefing", "render")
    assert rest[::2] == ["--set"] * (len(rest) // 2)
    return load_scenario(name, parse_settings(rest[1::2]))


# The arithmetic ---------------------------------------------------------------------------------------------


@needs_chromium
def test_the_page_computes_what_the_model_computes_at_a_thousand_points(script):
    asked = points()
    assert {p["count_rule"] for p in asked} == set(RULES)
    assert min(sum(p[name] == end for p in asked) for name in NUMBERS for end in bounds(name)) > 20
    answers = script.evaluate(
        "points => points.map(p => briefingWhatIf.outcomes({...p, tour: p.tour ?? Infinity}))", asked
    )
    fixed = {"policy": "hold"}
    for point, answer in zip(asked, answers, strict=True):
        wanted = outcomes(model_inputs(**point, **fixed))
        for quantity, value in answer.items():
            assert value == pytest.approx(wanted[quantity], rel=TOLERANCE, abs=0), (quantity, point)
        assert {"distinct", "casualties", "killed", "person_months", "agreed", "received"} <= answer.keys()


SPREADS: list[dict] = [
    {},
    {"tour": None},
    {"tour": "2/3/12", "count_rule": "block"},
    {"tour": "1/4/30", "count_rule": "completed", "signing": "0/500/5000", "return_share": "0/0.5/0.9"},
    {"hazard": 0},
    {"hazard": "0/0/0.3", "horizon": 27, "death_payment": "0/10000/50000"},
    {"force": "claimed", "pool": "claimed", "pay": "claimed"},
]
SET: list[dict] = [{}, {"tour": 2.5}, {"hazard": 0, "tour": None}, {"pay": 2_000, "count_rule": "block"}]


def told_of(settings: dict) -> tuple[Scenario, dict]:
    scenario = load_scenario("november-2024", settings)
    values = resolved(scenario.values(), load().as_of(scenario.as_of))
    told = what_if(scenario, values, {})
    exact = {name: value for name, value in values.items() if settings.get(name) == "claimed"}
    return load_scenario("november-2024", settings | exact), told


@needs_chromium
@pytest.mark.parametrize("settings", SPREADS, ids=str)
def test_the_page_draws_what_the_model_draws(script, settings):
    scenario, told = told_of(settings)
    asked = [{**one, "tour": "none"} if "tour" in one and one["tour"] is None else one for one in SET]
    ask = """([data, all]) => {
        const answer = briefingWhatIf.answers(data);
        return all.map((one) => answer(one.tour === 'none' ? { ...one, tour: Infinity } : one));
    }"""
    for chosen, answer in zip(SET, script.evaluate(ask, [told, asked]), strict=True):
        wanted = mirrored(told, chosen)
        for quantity, ends in answer.items():
            found = (ends["low"], ends["median"], ends["high"])
            assert found == pytest.approx(wanted[quantity], rel=TOLERANCE, abs=0), (quantity, chosen)
        fits(wanted, scenario.model_copy(update=chosen))


@needs_chromium
def test_ranges_print_as_python_prints_them(script):
    rng = np.random.default_rng(2)
    kinds = [("persons", 3), ("percent", 3), ("usd", 3), ("usd_per_month", 3)]
    asked = []
    for i, low in enumerate(10 ** rng.uniform(-3, 10, 300)):
        asked.append([float(low), float(low * rng.choice([1.0, 1.0001, 1.5, 40, 3_000])), *kinds[i % 4]])
    ask = "all => all.map(([low, high, unit, digits]) => briefingWhatIf.range(low, high, unit, digits))"
    for (low, high, unit, digits), answer in zip(asked, script.evaluate(ask, asked), strict=True):
        assert answer == show_range(low, high, unit, digits), (low, high, unit)


@needs_chromium
def test_numbers_print_as_python_prints_them(script):
    rng = np.random.default_rng(1)
    values = [*(10 ** rng.uniform(-6, 12, POINTS - 300)), *np.floor(10 ** rng.uniform(0, 12, 150))]
    # Ties, which Python rounds to the even digit and JavaScript up.
    ties = [(int(rng.integers(100, 10_000)) + 0.5) * 10.0 ** int(rng.integers(-1, 7)) for _ in range(150)]
    kinds = [
        ("persons", None),
        ("persons", 3),
        ("percent", 3),
        ("usd", 4),
        ("usd", None),
        ("usd_per_month", 3),
    ]
    asked = [
        [float(value) * (-1 if i % 9 == 0 else 1), *kinds[i % len(kinds)]]
        for i, value in enumerate([*values, *ties])
    ]
    asked += [[value, *kind] for value in (0.0, -0.0, 1e6, 999_950.0, 1e12, 0.5, 1.5, 2.5) for kind in kinds]
    assert len(asked) >= POINTS
    answers = script.evaluate(
        "all => all.map(([v, unit, digits]) => briefingWhatIf.show(v, unit, digits))", asked
    )
    for (value, unit, digits), answer in zip(asked, answers, strict=True):
        assert answer == show(value, unit, digits), (value, unit, digits)


@needs_chromium
def test_what_depends_on_a_value_out_of_range_prints_as_nothing_and_the_rest_as_it_is(script):
    point = points(1)[0] | {"force": 10_900, "tour": 3, "signing": 0, "pay": 2_000, "death_payment": 0}
    answer = script.evaluate("p => briefingWhatIf.outcomes({...p, tour: NaN})", point)
    assert np.isnan(answer["distinct"])
    wanted = outcomes(model_inputs(**point, policy="hold"))
    assert {name: answer[name] for name in ("casualties", "agreed")} == {
        name: wanted[name] for name in ("casualties", "agreed")
    }
    assert np.isnan(
        script.evaluate("p => briefingWhatIf.outcomes({...p, tour: NaN, signing: 1}).agreed", point)
    )
    assert script.evaluate("briefingWhatIf.show(NaN, 'usd', 3)") == ""


# What the page is told --------------------------------------------------------------------------------------


def sliders(name: str) -> dict:
    scenario = load_scenario(name)
    return what_if(scenario, scenario.values(), {})


def test_ranges_and_starts_come_from_the_scenario():
    told = sliders("november-2024")
    found = {one["name"]: one for group in told["groups"] for one in group["parameters"]}
    assert found["tour"] | {"steps": 0, "quantiles": 0} == {
        "name": "tour",
        "label": "Tour",
        "meaning": "Tour length; none = no rotation",
        "unit": "months",
        "start": 3.0,
        "low": 0.5,
        "high": 36.0,
        "allowed": "0.5 to 36 months",
        "band": [2.0, 12.0],
        "without": "no rotation",
        "steps": 0,
        "quantiles": 0,
    }
    quantiles = found["tour"]["quantiles"]
    assert (len(quantiles), quantiles[0], quantiles[-1]) == (257, 2, 12)
    assert quantiles == sorted(quantiles)
    assert quantiles[128] == pytest.approx(pert(2, 3, 12).median())
    assert found["count_rule"]["options"] == list(RULES)
    assert found["pay"]["start"] == 2_000
    assert sliders("as-printed")["groups"][0]["parameters"][1]["start"] == "none"


def test_the_steps_of_a_slider_rise_to_the_end_of_its_range():
    for name, steps in STEPS.items():
        ends = [end for end, _ in steps]
        assert ends == sorted(ends)
        assert ends[-1] == bounds(name)[1]
        assert all(step > 0 for _, step in steps)


def test_the_map_draws_the_contours_of_the_figure_and_the_claimants_box(finished):
    assert sliders("november-2024")["map"] == {"levels": list(ALWAYS), "claimed": 0.0}
    document = composed(finished)
    total, strength, tour = (document["numbers"][f"claimed.{name}"] for name in ("total", "strength", "tour"))
    assert document["what_if"]["map"] == {
        "levels": sorted({*ALWAYS, total["value"]}),
        "claimed": total["value"],
        "box": {"force": [strength["low"], strength["high"]], "tour": [tour["low"], tour["high"]]},
    }


def test_nothing_that_the_page_is_told_is_null(finished):
    assert "null" not in json.dumps(composed(finished)["what_if"])


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"arrivals": [{"month": 2, "persons": 500}]}, "arrivals"),
        ({"policy": "decline", "tour": None}, "policy"),
        ({"phases": [{"days": 30, "hazard": 0.01}], "hazard": 0}, "phases"),
    ],
)
def test_what_the_formulas_do_not_cover_is_named(settings, reason):
    assert uncovered(load_scenario("november-2024", settings).values()) == reason


def test_the_sliders_of_a_scenario_of_claims_start_where_their_figures_lie():
    scenario = load_scenario("as-printed", {"force": "claimed", "pool": "claimed"})
    day = load().as_of(scenario.as_of)
    told = what_if(scenario, resolved(scenario.values(), day), {})
    force = told["groups"][0]["parameters"][0]
    assert (force["start"], force["band"], told["held"][0]["start"]) == (10_950, [10_900, 11_000], 40_000)
    assert "claimed" not in force["meaning"]


def test_what_nobody_claimed_has_no_sliders():
    values = load_scenario("as-printed").values() | {"force": None}
    assert uncovered(values) == "force"
    assert "null" not in json.dumps(what_if(load_scenario("as-printed"), values, {}))


def test_every_scenario_whose_force_is_held_and_reinforced_by_nobody_has_sliders():
    for name in scenario_names():
        scenario = load_scenario(name)
        held = scenario.policy == "hold" and not scenario.arrivals and not scenario.phases
        assert bool(uncovered(scenario.values())) is not held, name


def composed(root: Path) -> Document:
    names = [notebook.name for notebook in find_notebooks(root)]
    return compose(root, load_scenario("november-2024"), load(root / "data"), names)


def page_with(root: Path, stage: Path, scenario: Scenario) -> Path:
    """The page of the article's day with the sliders of another scenario."""
    document = composed(root)
    document["what_if"] = what_if(scenario, scenario.values(), document["numbers"])
    fill_stage(stage, root, document, for_quarto=False)
    return Path(render_stage(stage, ("html",), "builtin", 0)[0])


def test_a_scenario_in_decline_shows_why_it_has_no_sliders(rendered):
    page = (rendered / "briefings/high-tempo/report.html").read_text(encoding="utf-8")
    assert 'id="what-if"' not in page
    section = re.search(r'<section id="sec-what-if".*?</section>', page, re.DOTALL)[0]
    text = re.sub(r"\s+", " ", section)
    assert "There are no sliders here. Their formulas hold for a force kept at strength" in text
    assert "--set parameter=value" in text
    assert "what-if-data" not in page.replace(
        (ROOT / "_extensions/briefing/whatif.js").read_text().strip(), ""
    )


# The command ------------------------------------------------------------------------------------------------


@needs_chromium
def test_a_command_makes_the_scenario_that_it_stands_for(script):
    title = 'It\'s a "test" of </script> & $(pay); `x`'
    started = load_scenario("november-2024", {"title": title, "pay": 2_500, "tour": "2/3/4"})
    told = what_if(started, started.values(), {})
    ask = "([data, chosen]) => briefingWhatIf.command(data, chosen)"
    assert script.evaluate(ask, [told, {}]) == started.command
    assert script.evaluate(ask, [told, {"pay": 2_500}]) == started.command
    moved = {"hazard": 1e-7, "count_rule": "block", "force": 12_345.25}
    there = scenario_of(script.evaluate(ask, [told, moved]))
    wanted = {"title": title, "pay": 2_500, "tour": "2/3/4", "hazard": 1e-7, "count_rule": "block"}
    assert there == load_scenario("november-2024", wanted | {"force": 12_345.25})
    without = "data => briefingWhatIf.command(data, { tour: Infinity })"
    assert scenario_of(script.evaluate(without, told)).tour is None
    # What has a range becomes exact, even at its most likely value.
    assert scenario_of(script.evaluate(ask, [told, {"tour": 3}])).tour == 3


@needs_chromium
def test_the_command_on_the_page_gives_the_numbers_on_the_page(panel, finished):
    numbers = composed(finished)["numbers"]
    assert panel.command == "briefing render november-2024"
    for key, text in panel.numbers().items():
        number = numbers[key]
        assert text.startswith(number["text"]), key
        assert number["range_text"] in text, key
    assert panel.numbers() == printed(panel.told)
    panel.field("force").fill("12,000")
    panel.field("tour").fill("2.5")
    chosen: dict = {"force": 12_000, "tour": 2.5}
    assert panel.command == "briefing render november-2024 --set force=12000 --set tour=2.5"
    assert panel.numbers() == printed(panel.told, chosen)
    assert panel.value("money.household_month") == printed(panel.told)["money.household_month"]
    fits(mirrored(panel.told, chosen), scenario_of(panel.command))
    panel.field("count_rule").select_option("block")
    panel.page.get_by_role("checkbox", name="no rotation").check()
    panel.field("signing").fill("2000")
    chosen |= {"count_rule": "block", "tour": None, "signing": 2_000}
    assert "--set count_rule=block" in panel.command
    assert "--set tour=none" in panel.command
    assert panel.numbers() == printed(panel.told, chosen)
    fits(mirrored(panel.told, chosen), scenario_of(panel.command))


@needs_chromium
def test_numbers_are_exact_where_nothing_varies(panel):
    kind = panel.page.locator("#what-if .numbers .kind")
    assert kind.inner_text() == "Assumed: the median, and the range of 90 percent"
    assert "(" in panel.value("people.distinct")
    ranged = [one for group in panel.told["groups"] for one in group["parameters"] if "band" in one]
    for one in ranged:
        panel.field(one["name"]).fill(str(one["start"]))
    assert kind.inner_text() == "Assumed, exact"
    assert panel.value("people.distinct") == "57,000"
    assert all(f"--set {one['name']}=" in panel.command for one in ranged)


# The panel --------------------------------------------------------------------------------------------------


@needs_chromium
@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("tour", "0.4", "allowed: 0.5 to 36 months, or none"),
        ("tour", "36.1", "allowed: 0.5 to 36 months, or none"),
        ("hazard", "-0.1", "allowed: 0 to 1.5 per person-month"),
        ("force", "many", "allowed: 0 to 100,000 persons"),
        ("horizon", "", "allowed: 1 to 60 months"),
        ("kept_share", "2", "allowed: 0 to 1 of pay"),
    ],
)
def test_a_value_out_of_range_is_told_and_has_no_answer(panel, name, typed, said):
    before = panel.numbers()
    panel.field(name).fill(typed)
    assert panel.message(name) == said
    assert panel.field(name).get_attribute("aria-invalid") == "true"
    after = panel.numbers()
    assert "" in after.values()
    expect(panel.page.get_by_text("No answer: a value is outside its allowed range.").first).to_be_visible()
    assert {after[key] for key in after} <= {*before.values(), ""}
    assert "--set" not in panel.command
    panel.page.get_by_role("button", name=f"Reset {name.replace('_', ' ')}").click()
    assert panel.message(name) == ""
    assert panel.numbers() == before


@needs_chromium
def test_arrow_keys_move_a_slider_and_the_outputs_and_the_map_follow(panel):
    drawing = panel.page.locator("#what-if svg[role=img]")
    before, shown = panel.numbers(), drawing.get_attribute("aria-label")
    assert panel.slider("force").get_attribute("aria-valuetext") == "drawn from 10,000 to 12,000 persons"
    panel.slider("force").focus()
    panel.page.keyboard.press("ArrowRight")
    assert panel.field("force").input_value() == "11000"
    assert panel.slider("force").get_attribute("aria-valuetext") == "11,000 persons"
    assert panel.numbers() == printed(panel.told, {"force": 11_000}) != before
    told = "your inputs, 11,000 persons and a tour of 3 months, lies on or above the contour of 50,000"
    assert told in drawing.get_attribute("aria-label")
    assert drawing.get_attribute("aria-label") != shown
    panel.slider("tour").focus()
    panel.page.keyboard.press("End")
    assert panel.slider("tour").get_attribute("aria-valuetext") == "no rotation"
    assert panel.page.get_by_role("checkbox", name="no rotation").is_checked()
    panel.page.keyboard.press("Home")
    assert panel.field("tour").input_value() == "0.5"
    panel.page.get_by_role("button", name="Reset all").click()
    assert panel.numbers() == before


@needs_chromium
def test_a_change_is_announced_once_it_has_settled(panel):
    live = panel.page.locator("#what-if [aria-live=polite]")
    assert live.inner_text() == ""
    panel.field("pay").fill("3000")
    panel.settled()
    agreed = printed(panel.told, {"pay": 3_000})["money.agreed"]
    assert f"Pay at the claimed rate: {agreed}" in live.inner_text()


@needs_chromium
def test_a_reading_travels_by_its_address(panel, browser, report):
    panel.field("force").fill("12000")
    panel.page.get_by_role("checkbox", name="no rotation").check()
    panel.field("count_rule").select_option("completed")
    fragment = panel.settled()
    assert fragment == "what-if?force=12000&tour=none&count_rule=completed"
    other = Panel(browser, report, f"#{fragment}")
    assert other.numbers() == panel.numbers()
    assert other.command == panel.command
    top = other.page.locator("#what-if").bounding_box()["y"]
    assert 0 <= top < 100
    other.page.evaluate("location.hash = '#what-if?tour=2'")
    other.page.wait_for_function("document.querySelector('#what-if-tour').value === '2'")
    assert other.numbers() == printed(panel.told, {"tour": 2})
    assert other.errors == []
    other.context.close()
    panel.page.get_by_role("button", name="Reset all").click()
    assert panel.settled() == "what-if"


@needs_chromium
def test_a_link_with_values_that_cannot_be_used_is_told_and_not_followed(browser, report):
    address = "#what-if?tour=99&force=12000&bogus=%3Cb%3E&pay=%E0%A4%A&hazard=<img/src=x/onerror=alert(1)>"
    panel = Panel(browser, report, address)
    told = panel.page.locator("#what-if > .said").inner_text()
    assert "tour=99 (allowed: 0.5 to 36 months, or none)" in told
    assert "bogus=<b> (no such slider)" in told
    assert "onerror=alert(1)" in told
    assert panel.page.locator("#what-if img").count() == 0
    assert panel.numbers() == printed(panel.told, {"force": 12_000})
    assert panel.errors == []
    panel.context.close()


@needs_chromium
def test_an_address_of_another_part_of_the_page_is_left_alone(browser, report):
    panel = Panel(browser, report, "#sec-money")
    assert panel.numbers() == printed(panel.told)
    assert panel.settled() == "sec-money"
    panel.context.close()


@needs_chromium
@pytest.mark.parametrize("open_clipboard", [True, False])
def test_the_link_is_copied_or_else_selected(browser, report, open_clipboard):
    panel = Panel(browser, report)
    write = (
        "t => { window.copied = t; return Promise.resolve() }" if open_clipboard else "() => Promise.reject()"
    )
    panel.page.evaluate(f"() => {{ navigator.clipboard.writeText = {write} }}")
    panel.field("tour").fill("2")
    panel.page.get_by_role("button", name="Copy link").click()
    panel.page.wait_for_function("document.querySelector('#what-if .copied').textContent !== ''")
    got = "window.copied" if open_clipboard else "getSelection().toString()"
    assert panel.page.evaluate(got) == f"{report.as_uri()}#what-if?tour=2"
    assert panel.errors == []
    panel.context.close()


@needs_chromium
def test_the_contours_of_the_map_lie_where_the_model_puts_them(panel, finished):
    panel.field("count_rule").select_option("block")
    paths = panel.page.locator("#what-if .contour").evaluate_all(
        "all => all.map(one => one.getAttribute('d'))"
    )
    levels = composed(finished)["what_if"]["map"]["levels"]
    assert len(paths) == len(levels)
    for level, path in zip(levels, paths, strict=True):
        x, y = np.array([point.split(",") for point in path[1:].split("L")], dtype=float).T
        tours, forces = (x - 34) / (300 - 34) * 12, (262 - y) / (262 - 34) * 25_000
        inside = y > 34
        wanted = level / people_per_place(tours, 12, 0.06 * (1 - 0.75 * 0.5), "block")
        # Drawn to a tenth of a unit, which is eleven people.
        assert np.max(np.abs(forces - wanted)[inside]) < 6


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_has_no_fault_of_accessibility(browser, report, scheme):
    panel = Panel(browser, report, "#what-if?force=12000&tour=99", color_scheme=scheme)
    panel.field("pay").fill("1")
    panel.field("hazard").fill("9")
    found = Axe().run(panel.page, context="#what-if")
    assert found.violations_count == 0, found.generate_report()
    panel.context.close()


@needs_chromium
def test_the_panel_fits_a_phone(browser, report):
    panel = Panel(browser, report, "#what-if?force=12000&tour=0.5", viewport={"width": 390, "height": 844})
    ends = panel.page.locator("#what-if, #what-if *").evaluate_all(
        "all => all.map(one => one.closest('svg svg') ? 0 : one.getBoundingClientRect().right)"
    )
    assert max(ends) <= 390
    panel.context.close()


@needs_chromium
def test_without_javascript_the_panel_says_what_to_type(browser, report):
    panel = Panel(browser, report, java_script_enabled=False)
    text = panel.page.locator("#what-if").inner_text()
    assert "need JavaScript" in text
    assert "briefing render november-2024 --set parameter=value" in text
    panel.context.close()


@needs_chromium
def test_hostile_text_stays_text_in_what_the_page_is_told(finished, tmp_path, browser):
    title = "</script><script>alert(1)</script><!--<script>\u2028\u2029 ' \" {{< meta title >}}"
    scenario = load_scenario("november-2024", {"title": title})
    path = page_with(finished, tmp_path, scenario)
    panel = Panel(browser, path)
    assert panel.command == scenario.command
    assert "<script>alert" not in path.read_text(encoding="utf-8")
    assert panel.errors == []
    panel.context.close()


def test_the_scripts_stay_small():
    for path in (ROOT / "_extensions/briefing").glob("whatif*.js"):
        lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
        code = "\n".join(line for line in lines if not line.startswith("//"))
        assert 1_000 < len(code.encode()) < 14_000, path.name
