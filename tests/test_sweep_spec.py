"""What a sweep may say: a grid or a list, with every problem named before anything starts."""

from pathlib import Path

import pytest

from briefing.errors import BadInputError
from briefing.scenario import Scenario, load_scenario
from briefing.scenario.sweep_specs import parse_grid, read_sweep


def spec(folder: Path, text: str, name: str = "pay-and-tour.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(action) -> list[str]:
    with pytest.raises(BadInputError) as caught:
        action()
    return str(caught.value).splitlines()


def test_a_grid_makes_every_combination_in_order(tmp_path):
    sweep = read_sweep(spec(tmp_path, "grid:\n  pay: [1500, 2000]\n  tour: [2, 3, 2/3/4]\n"))
    sweep.check()
    points = list(sweep)
    assert len(sweep) == len(points) == 6
    assert [point.scenario.pay for point in points] == [1500.0] * 3 + [2000.0] * 3
    assert points[2].scenario.tour.mode == 3
    assert sweep.swept == ("pay", "tour")


def test_a_point_is_the_same_scenario_as_the_one_that_render_makes_of_the_same_settings():
    [point] = parse_grid(["pay=2500"])
    alone = load_scenario("current", {"pay": 2500})
    assert (point.scenario.name, point.scenario.digest) == (alone.name, alone.digest)
    assert point.scenario.command == "briefing render current --set pay=2500"


def test_a_grid_is_laid_over_each_of_its_bases(tmp_path):
    sweep = read_sweep(
        spec(tmp_path, "base: [november-2024, current]\nset: {draws: 1000}\ngrid: {pay: [1, 2]}")
    )
    sweep.check()
    assert [point.scenario.as_of.year for point in sweep] == [2024, 2024, 2026, 2026]
    assert {point.scenario.draws for point in sweep} == {1000}


def test_a_list_names_scenarios_and_variants(tmp_path):
    text = "scenarios:\n- current\n- {name: low-pay, title: Low pay, set: {pay: 1000}}\n"
    sweep = read_sweep(spec(tmp_path, text))
    sweep.check()
    first, second = sweep
    assert (first.label, first.scenario.name) == ("current", "current")
    assert (second.label, second.scenario.title, second.scenario.pay) == ("low-pay", "Low pay", 1000)
    assert sweep.swept == ("pay",)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("grid: {}", "pay-and-tour.yaml, grid: empty; allowed: `parameter: [value, ...]`"),
        (
            "grid: {pay: []}",
            "pay-and-tour.yaml, grid, pay: no values; allowed: a list with one value or more",
        ),
        (
            "grid: {pya: [1]}",
            "pay-and-tour.yaml, grid, pya: unknown parameter; allowed: `briefing parameters`",
        ),
        ("grid: {pay: [1, 1]}", "pay-and-tour.yaml, grid, pay: 1 is given twice; allowed: each once"),
        ("grid: {pay: 3}", "pay-and-tour.yaml, grid, pay: 3; allowed: a list with one value or more"),
        ("title: x", "pay-and-tour.yaml: neither grid nor scenarios; allowed: one of the two"),
        ("grid: {pay: [1]}\nscenarios: [november-2024]", "grid and scenarios; allowed: one of the two"),
        ("grdi: {pay: [1]}\ngrid: {pay: [1]}", "pay-and-tour.yaml, grdi: unknown; allowed: title, base, set"),
        ("base: 3\ngrid: {pay: [1]}", "base: 3; allowed: a scenario's name, or a list of them"),
        ("set: 3\ngrid: {pay: [1]}", "set: 3; allowed: lines of the form `parameter: value`"),
        ("scenarios: []", "pay-and-tour.yaml, scenarios: empty; allowed: a list"),
        ("scenarios: [3]", "scenario 1: 3; allowed: a scenario's name, or name, title, why, base, set"),
        (
            "scenarios: [{name: low, set: {pay: 1}}, {name: low, set: {pay: 2}}]",
            "pay-and-tour.yaml, scenario 2, name: low is given twice; allowed: each name once",
        ),
        (
            "scenarios: [{name: low, set: {pay: 1}}, {name: LOW, set: {pay: 2}}]",
            "pay-and-tour.yaml, scenario 2, name: LOW differs from low only by case; allowed: each name once",
        ),
        ("scenarios: [{name: ../up}]", "name: '../up'; allowed: lower-case letters, digits, single hyphens"),
        (
            "scenarios: [{name: november-2024}]",
            "name: november-2024 is a scenario file's name; allowed: another name",
        ),
        (
            "scenarios: [{name: a, stet: {}}]",
            "scenario 1, stet: unknown; allowed: name, title, why, base, set",
        ),
    ],
)
def test_a_wrong_form_is_one_line(tmp_path, text, answer):
    [line] = problems(lambda: read_sweep(spec(tmp_path, text)))
    assert answer in line


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "grid: {pay: [2000, -5]}",
            "pay-and-tour.yaml, grid, pay: -5; allowed: 0 to 15,000 USD per person-month",
        ),
        ("base: [curent]\ngrid: {pay: [1]}", 'scenario "curent": not found; did you mean `current`?'),
        ("scenarios: [curent]", 'scenario "curent": not found; did you mean `current`?'),
        (
            "scenarios: [november-2024, november-2024]",
            "november-2024 and november-2024 are the same scenario; allowed: each once",
        ),
        ("grid: {pay: [2000, 2000.0]}", "grid, pay: 2000 is given twice; allowed: each once"),
        (
            "scenarios: [{name: one, set: {pay: 2}}, {name: two, set: {pya: 2}}]",
            "pay-and-tour.yaml, two, pya: unknown parameter; did you mean `pay`?",
        ),
    ],
)
def test_a_wrong_scenario_is_named_before_anything_starts(tmp_path, text, answer):
    try:
        sweep = read_sweep(spec(tmp_path, text))
    except BadInputError as error:
        lines = str(error).splitlines()
    else:
        lines = problems(sweep.check)
    assert any(answer in line for line in lines), lines


def test_a_problem_that_many_points_share_is_told_once():
    sweep = parse_grid(["pay=-1,-2", "tour=1,2,3,4,5"])
    assert len(problems(sweep.check)) == 2


def test_what_is_wrong_with_one_scenario_hides_nothing_of_another(tmp_path):
    missing, five = problems(
        read_sweep(spec(tmp_path, "scenarios: [curent, {name: two, set: {pay: -5}}]")).check
    )
    assert missing.startswith('scenario "curent": not found')
    assert five.startswith("pay-and-tour.yaml, two, pay: -5; allowed: 0 to 15,000")


def test_what_is_wrong_with_the_form_hides_nothing_of_the_scenarios(tmp_path):
    text = "grdi: 1\nscenarios: [{name: A, set: {pay: -4}}, {name: two, set: {pay: -5}}]"
    lines = problems(lambda: read_sweep(spec(tmp_path, text)))
    assert [line.split(":")[0] for line in lines] == [
        "pay-and-tour.yaml, grdi",
        "pay-and-tour.yaml, scenario 1, name",
        "pay-and-tour.yaml, two, pay",
    ]
    lines = problems(lambda: parse_grid(["pya=1", "pay=-5"], "november-2024", ["draws"]))
    assert [line.split(":")[0] for line in lines] == ["--grid, pya", "--set draws", "--grid, pay"]
    lines = problems(lambda: parse_grid(["pya=1"], "curent"))
    assert [line.split(":")[0] for line in lines] == ["--grid, pya", 'scenario "curent"']


def test_each_grid_has_a_name_of_its_own_and_the_same_grid_always_the_same():
    grids = [
        (["pay=1,2"],),
        (["pay=1,3"],),
        (["pay=1,2"], "surge-2026"),
        (["pay=1,2"], "current", ["draws=1000"]),
        (["pay=1,2"], "current", ["draws=2000"]),
    ]
    names = [parse_grid(*grid).name for grid in grids]
    assert len(set(names)) == len(names)
    assert [parse_grid(*grid).name for grid in grids] == names
    assert names[0].startswith("pay-")
    assert names[2].startswith("surge-2026-pay-")
    every = [f"{name}=1" for name in Scenario.parameters()]
    assert len(parse_grid(every).name) <= 60


def test_many_problems_are_cut_and_counted():
    sweep = parse_grid([f"pay={','.join(str(-n) for n in range(1, 31))}"])
    lines = problems(sweep.check)
    assert len(lines) == 21
    assert lines[-1] == "--grid: 10 more problems"


@pytest.mark.parametrize("name", ["Pay.yaml", "pay_tour.yaml", "a--b.yaml"])
def test_a_file_whose_name_can_be_no_folder_is_refused(tmp_path, name):
    [line] = problems(lambda: read_sweep(spec(tmp_path, "grid: {pay: [1]}", name)))
    assert "cannot name a sweep" in line


def test_hostile_yaml_makes_nothing(tmp_path):
    path = spec(tmp_path, "grid: !!python/object/apply:os.system ['touch hacked']")
    assert "broken YAML" in problems(lambda: read_sweep(path))[0]
    assert not (tmp_path / "hacked").exists()


def test_a_million_points_take_no_memory_until_they_are_made():
    axis = ",".join(str(n) for n in range(1, 101))
    assert len(parse_grid([f"pay={axis}", f"signing={axis}", f"death_payment={axis}"])) == 1_000_000
