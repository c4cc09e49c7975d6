"""`make bench`: times against the stock tools and the floor, in one run; writes docs/benchmark.md."""

import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from benchmarks import cases
from benchmarks.report import write_report
from briefing.paths import project_root
from briefing.scenario import load_scenario
from briefing.scenario.sweep_specs import parse_grid

PAY, TOUR = range(1500, 2500, 100), range(2, 12)


@dataclass(frozen=True)
class Size:
    """How much is measured: `make bench` in full, `make bench QUICK=1` to see that it works."""

    repeats: int
    grid: int
    stock: int
    results: int


FULL, QUICK = Size(3, 10, 2, 10), Size(1, 2, 1, 3)


def timed(action: Callable[[], object], repeats: int, before: Callable[[], object] = lambda: None) -> float:
    """Return the median seconds of an action, with what has to be done before each outside the time."""
    found = []
    for _ in range(repeats):
        before()
        start = time.perf_counter()
        action()
        found.append(time.perf_counter() - start)
    print(f"  {statistics.median(found):9.2f} s", file=sys.stderr)
    return statistics.median(found)


def measure(project: Path, size: Size) -> tuple[dict[str, float], dict[str, float]]:
    """Return seconds, and peak memory in bytes, by what was measured."""
    seconds: dict[str, float] = {}
    memory: dict[str, float] = {}

    def forget() -> None:
        cases.forget(project)

    def note(name: str, *arguments: str) -> Callable[[], None]:
        def run() -> None:
            memory[name] = cases.briefing(project, *arguments)

        return run

    def take(
        name: str, action: Callable[[], object], repeats: int = 1, before: Callable[[], object] = lambda: None
    ) -> None:
        print(name, file=sys.stderr)
        seconds[name] = timed(action, repeats, before)

    pay, tour = PAY[: size.grid], TOUR[: size.grid]
    one = ("render", "--renderer", "builtin")
    take("one, cold", note("one, cold", *one), size.repeats, forget)
    take("one, nothing changed", note("one, nothing changed", *one), size.repeats)
    changed = iter(range(3000, 4000))
    take(
        "one, one parameter changed",
        lambda: cases.briefing(project, *one, "--set", f"pay={next(changed)}"),
        size.repeats,
    )
    take("ten, cold", note("ten, cold", *cases.grid(pay=pay)), size.repeats, forget)
    take("ten, one core", note("ten, one core", *cases.grid(pay=pay), "--jobs", "1"), size.repeats, forget)
    seeds = cases.grid(seed=range(1, size.grid + 1))
    take("ten that share little, cold", note("ten that share little, cold", *seeds), 1, forget)
    hundred = cases.grid(pay=pay, tour=tour)
    take("hundred, cold", note("hundred, cold", *hundred), 1, forget)
    take("hundred, nothing changed", note("hundred, nothing changed", *hundred), size.repeats)
    more = cases.grid(pay=[value + 50 for value in pay], tour=tour)
    take("hundred, one parameter changed", note("hundred, one parameter changed", *more))
    axes = {
        "pay": PAY,
        "tour": TOUR,
        "force": range(9000, 11000, 200),
        "hazard": [x / 100 for x in range(1, 11)],
    }
    many = cases.grid(**{name: values[: size.results] for name, values in axes.items()})
    only = (*many, "--no-documents", "--no-figures")
    take("ten thousand, results only", note("ten thousand, results only", *only), 1, forget)
    take("ten thousand, nothing changed", note("ten thousand, nothing changed", *only))

    stock = [point.scenario for point in parse_grid([f"pay={','.join(map(str, PAY[: size.stock]))}"])]
    pair = [point.scenario for point in parse_grid([f"pay={','.join(map(str, PAY[: 2 * size.stock]))}"])]
    each = len(stock)
    print("stock tools and the floor", file=sys.stderr)
    forget()
    seconds["stock, command line"] = timed(lambda: cases.by_command_line(project, stock), 1) / each
    seconds["stock, all cores"] = timed(lambda: cases.on_all_cores(project, pair), 1, forget) / len(pair)
    if shutil.which("quarto"):
        seconds["stock with Quarto"] = timed(lambda: cases.with_quarto(project, stock), 1, forget) / each
    cases.briefing(project, *one)
    cases.floor_source(project)
    # Once untimed, so that the floor is warm.
    cases.floor(project, [load_scenario()])
    seconds["floor"] = timed(lambda: cases.floor(project, pair), size.repeats) / len(pair)
    return seconds, memory


def main() -> None:
    """Measure on a copy of the project; print and write a table of medians and ratios, and a plot."""
    size = QUICK if os.environ.get("QUICK") else FULL
    root = project_root()
    with TemporaryDirectory() as name:
        project = cases.copy_project(root, Path(name))
        os.chdir(project)
        try:
            seconds, memory = measure(project, size)
            steps = cases.profile(project, Path(name) / "profile")
        finally:
            os.chdir(root)
    place = root / "docs" if size is FULL else Path(gettempdir()) / "briefing-bench"
    write_report(place, size, seconds, memory, steps)


if __name__ == "__main__":
    main()
