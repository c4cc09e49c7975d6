"""The benchmark's page: a table of seconds and ratios, a plot, and where the time of one scenario goes."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from briefing.figures.style import BLUE, GREY, INK, new_figure, panel, styled
from briefing.figures.svg import save_svg

STOCK, CORES, QUARTO, FLOOR = "stock, command line", "stock, all cores", "stock with Quarto", "floor"


def write_report(
    folder: Path,
    size: Any,
    seconds: Mapping[str, float],
    memory: Mapping[str, float],
    steps: Mapping[str, float],
) -> None:
    """Write ``benchmark.md`` and ``benchmark.svg`` into `folder`, and print the page."""
    counts = {
        "one, cold": 1,
        "one, nothing changed": 1,
        "one, one parameter changed": 1,
        "ten, cold": size.grid,
        "ten, one core": size.grid,
        "ten that share little, cold": size.grid,
        "hundred, cold": size.grid**2,
        "hundred, nothing changed": size.grid**2,
        "hundred, one parameter changed": size.grid**2,
        "ten thousand, results only": size.results**4,
        "ten thousand, nothing changed": size.results**4,
    }
    page = "\n".join(_lines(size, counts, seconds, memory, steps)) + "\n"
    folder.mkdir(exist_ok=True)
    (folder / "benchmark.md").write_text(page, encoding="utf-8")
    documents = {name: n for name, n in counts.items() if not name.startswith("ten thousand")}
    save_svg(_plot(documents, seconds), folder / "benchmark.svg")
    print(page)


def _lines(
    size: Any,
    counts: Mapping[str, int],
    seconds: Mapping[str, float],
    memory: Mapping[str, float],
    steps: Mapping[str, float],
) -> list[str]:
    cores = os.cpu_count() or 1
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    rivals = [name for name in (STOCK, CORES, QUARTO, FLOOR) if name in seconds]
    lines = [
        "# Benchmark",
        "",
        f"Made by `make bench` in one run on {cores} cores with {gib:.0f} GiB of memory. Seconds are medians "
        f'of {size.repeats} runs where a run is short; "cold" begins with nothing made and an empty cache.',
        "",
        f"One scenario with the stock tools, measured on {size.stock} to {2 * size.stock} scenarios and "
        "multiplied for more, since each costs them the same:",
        "",
        "| | seconds a scenario |",
        "|---|---:|",
        f"| (a) papermill's command for each notebook, then the built-in renderer | {seconds[STOCK]:.1f} |",
        f"| (a, at its best) papermill's Python interface on all cores, likewise | {seconds[CORES]:.1f} |",
    ]
    if QUARTO in seconds:
        lines.append(f"| (b) papermill's Python interface, then `quarto render` | {seconds[QUARTO]:.1f} |")
    lines += [
        "| (c) the floor: the same cells as plain Python in one warm process, then Typst alone | "
        f"{seconds[FLOOR]:.2f} |",
        "",
        "Ratios are times as fast as that: above 1 the project is faster.",
        "",
        f"| measured | scenarios | seconds | {' | '.join(map(_short, rivals))} | largest |",
        "|---|---:|---:|" + "---:|" * (len(rivals) + 1),
    ]
    for name, count in counts.items():
        ratios = [f"{seconds[rival] * count / seconds[name]:,.1f}" for rival in rivals]
        peak = f"{memory[name] / 2**20:.0f} MiB" if name in memory else ""
        lines.append(f"| {_said(name)} | {count:,} | {seconds[name]:.2f} | {' | '.join(ratios)} | {peak} |")
    speed_up = seconds["ten, one core"] / seconds["ten, cold"]
    lines += [
        "",
        f"With {cores} processes ten scenarios are {speed_up:.2f} times as fast as with one.",
        "",
        "![Seconds a scenario](benchmark.svg)",
        "",
        "## Where the time of one scenario goes",
        "",
        "Everything warm, one process, one after the other:",
        "",
        "| step | seconds |",
        "|---|---:|",
        *(f"| {name} | {value:.2f} |" for name, value in steps.items()),
        f"| all | {sum(steps.values()):.2f} |",
    ]
    return lines


def _short(name: str) -> str:
    return {STOCK: "(a)", CORES: "(a, at its best)", QUARTO: "(b)", FLOOR: "(c)"}[name]


def _said(name: str) -> str:
    number, _, rest = name.partition(",")
    return f"{number}: {rest.strip()}" if rest else number


@styled
def _plot(counts: Mapping[str, int], seconds: Mapping[str, float]) -> Any:
    each = {_said(name): seconds[name] / count for name, count in counts.items()}
    each |= {name: seconds[name] for name in (FLOOR, CORES, QUARTO, STOCK) if name in seconds}
    figure = new_figure(6.4, 0.6 + 0.28 * len(each))
    axes = panel(figure, 2.6, 0.45, 3.1, 0.28 * len(each))
    names = sorted(each, key=lambda name: -each[name])
    ours = {_said(name) for name in counts}
    axes.barh(
        names, [each[n] for n in names], color=[BLUE if n in ours else GREY for n in names], height=0.62
    )
    axes.set_xscale("log")
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    for place, name in enumerate(names):
        axes.annotate(
            f"{each[name]:.3g}",
            (each[name], place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=INK,
        )
    axes.set_xlabel("Seconds a scenario, log scale; grey: stock tools and floor")
    return figure
