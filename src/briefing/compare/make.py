"""From names to a finished comparison: sides are run where they are stale, compared, rendered and re-read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from briefing.compare import differences
from briefing.compare.causes import Attribution, attribute
from briefing.compare.document import compose_comparison, digest_of, name_of
from briefing.compare.sides import Side, earlier_run, scenario_named, scenario_of, split
from briefing.errors import BadInputError, Problem, RunFailedError
from briefing.ledger import Ledger
from briefing.numbers import judged, labels
from briefing.render.record import record_of
from briefing.render.setting import setting_of
from briefing.render.stage import fill_stage
from briefing.render.verify import verify
from briefing.render.worker import render_stage
from briefing.results import merge
from briefing.run.plan import Planner
from briefing.run.pool import Workers
from briefing.run.scheduler import Progress, Scheduler
from briefing.run.workspace import workspace
from briefing.scenario import Scenario

SOURCE = "compare.qmd"
MOST = 4


@dataclass(frozen=True)
class Comparison:
    """Sides and what moves the numbers from the first to each of the others, by its letter."""

    sides: tuple[Side, ...]
    causes: Mapping[str, Sequence[Attribution]]


def check_names(root: Path, names: Sequence[str]) -> dict[str, Scenario | None]:
    """Return what each name stands for: a scenario to be run, or None for an earlier run that was kept.

    Raises
    ------
    BadInputError
        Everything that is wrong with the names.
    """
    problems: list[Problem] = []
    found: dict[str, Scenario | None] = {}
    if not 2 <= len(names) <= MOST:
        problems.append(Problem("compare", f"{len(names)} given", f"2 to {MOST} scenarios or runs"))
    problems += [
        Problem("compare", f"{n} is given twice", "each once")
        for n in dict.fromkeys(names)
        if names.count(n) > 1
    ]
    for name in names:
        try:
            if split(name)[1]:
                scenario_of(earlier_run(root, name), name)
                found[name] = None
            else:
                found[name] = scenario_named(root, name)
        except BadInputError as error:
            problems += error.problems
    if problems:
        raise BadInputError(dict.fromkeys(problems))
    return found


def compare(
    planner: Planner,
    names: Sequence[str],
    ledger: Ledger,
    workers: Workers,
    engine: str,
    progress: Progress = lambda scenario, step, event: None,
) -> Comparison:
    """Compare briefings, running whatever notebooks are stale.

    Parameters
    ----------
    planner, ledger
        Of the project.
    names
        Two to four: scenarios, or ``scenario@earlier`` and ``scenario@commit`` for runs that were kept.
    workers, engine, progress
        As for `briefing.run.scheduler.Scheduler`.

    Raises
    ------
    BadInputError
        A name stands for nothing.
    RunFailedError
        A notebook failed.
    """
    found = check_names(planner.root, names)
    scenarios = {s.name: s for s in found.values() if s}
    failures = [
        failure
        for outcome in Scheduler(planner, workers, engine, progress=progress).run(scenarios.values())
        for failure in outcome.failures
    ]
    if failures:
        raise RunFailedError("\n\n".join(failures))
    commit = setting_of(planner.root).commit
    sides = tuple(
        _side(planner, ledger, commit, letter, name, found[name])
        for letter, name in zip(ascii_uppercase, names, strict=False)
    )
    keys = [*labels("comparison"), *judged()]
    first = sides[0]
    causes = {
        side.letter: attribute(
            first.scenario, side.scenario, ledger, keys, (first.values(keys), side.values(keys))
        )
        for side in sides[1:]
    }
    return Comparison(sides, causes)


def _side(
    planner: Planner, ledger: Ledger, commit: str, letter: str, name: str, scenario: Scenario | None
) -> Side:
    if scenario is None:
        record = earlier_run(planner.root, name)
        return Side(letter, name, scenario_of(record, name), record, None)
    folder = planner.root / "figures" / scenario.name
    merged = merge(folder, [notebook.name for notebook in planner.notebooks])
    record = record_of(planner, scenario, ledger, merged, commit)
    return Side(letter, name, scenario, record, (folder, merged["figures"]))


def as_json(comparison: Comparison) -> str:
    """Return all that differs as JSON, for programs."""
    first, *others = comparison.sides
    content: dict[str, Any] = {
        "sides": {
            side.letter: {
                "name": side.name,
                "scenario": side.scenario.model_dump(mode="json"),
                "digest": side.record["digest"],
                "commit": side.record["commit"],
            }
            for side in comparison.sides
        },
        "parameters": dict(differences.parameters(comparison.sides)),
        "numbers": {
            key: {side.letter: _number(side, key) for side in comparison.sides}
            for key in differences.numbers(comparison.sides)
        },
        "judgements": {
            side.letter: {
                name: {part: entry[part] for part in ("probability", "word", "confidence")}
                for name, entry in side.record["judgements"].items()
            }
            for side in comparison.sides
        },
        "causes": {
            letter: [asdict(told) for told in attributions]
            for letter, attributions in comparison.causes.items()
        },
        "evidence": {side.letter: [asdict(c) for c in differences.evidence(first, side)] for side in others},
        "code": {side.letter: differences.code(first, side) for side in others},
    }
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)


def _number(side: Side, key: str) -> dict[str, Any] | None:
    number = side.numbers.get(key)
    return None if number is None else {part: number[part] for part in ("value", "low", "high", "unit")}


def write_comparison(
    planner: Planner, comparison: Comparison, ledger: Ledger, formats: Sequence[str], renderer: str
) -> list[Path]:
    """Render a comparison, re-read it, and put it in place by rename.

    Returns
    -------
    list of Path
        ``briefings/comparisons/<name>/report.html`` and ``report.pdf``.

    Raises
    ------
    RunFailedError
        A renderer failed or a finished document failed its check.
    """
    root, sides = planner.root, comparison.sides
    setting = setting_of(root)
    command = f"briefing compare {' '.join(side.name for side in sides)}"
    document = compose_comparison(root, sides, comparison.causes, ledger, setting, command)
    parent = root / "briefings" / "comparisons"
    with workspace(parent) as stage:
        fill_stage(stage, root, document, renderer == "quarto", SOURCE)
        made = render_stage(stage, formats, renderer, setting.clock)
        verify(made, digest_of(sides), (root / SOURCE).read_text(encoding="utf-8"), document)
        folder = parent / name_of(sides)
        folder.mkdir(exist_ok=True)
        return [path.replace(folder / path.name) for path in made]
