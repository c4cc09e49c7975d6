"""From names to a finished comparison: sides are run where they are stale, compared, rendered and re-read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from briefing.compare import differences
from briefing.compare.causes import Attribution, attribute
from briefing.compare.document import SOURCE, compose_comparison, digest_of, name_of
from briefing.compare.sides import Side, earlier_run, scenario_named, scenario_of, split
from briefing.errors import BadInputError, Problem, RunFailedError
from briefing.ledger import Ledger
from briefing.numbers import judged, labels
from briefing.render.document import compose
from briefing.render.record import record_of
from briefing.render.setting import Setting, setting_of
from briefing.render.stage import fill_stage
from briefing.render.verify import verify
from briefing.render.worker import render_stage
from briefing.run.plan import Planner
from briefing.run.pool import Workers
from briefing.run.scheduler import Progress, Scheduler
from briefing.run.workspace import workspace
from briefing.scenario import Scenario

MOST = 4


@dataclass(frozen=True)
class Comparison:
    """Sides and what moves the numbers from the first to each of the others, by its letter."""

    sides: tuple[Side, ...]
    causes: Mapping[str, Sequence[Attribution]]


def check_names(root: Path, names: Sequence[str]) -> dict[str, Scenario | None]:
    """Return what each name stands for: a scenario to be run, or None for an earlier run that was kept.

    Parameters
    ----------
    root
        The project's folder.
    names
        Two to four: scenarios, or ``scenario@earlier`` and ``scenario@commit`` for runs that were kept.

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
    named: Mapping[str, Scenario | None],
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
    named
        Two to four names with what each stands for, as `check_names` returns them.
    workers, engine, progress
        As for `briefing.run.scheduler.Scheduler`.

    Raises
    ------
    BadInputError
        An earlier run is gone.
    RunFailedError
        A notebook failed.
    """
    scenarios = {scenario.name: scenario for scenario in named.values() if scenario}
    failures = [
        failure
        for outcome in Scheduler(planner, workers, engine, progress=progress).run(scenarios.values())
        for failure in outcome.failures
    ]
    if failures:
        raise RunFailedError("\n\n".join(failures))
    setting = setting_of(planner.root)
    sides = tuple(
        _side(planner, ledger, setting, letter, name, scenario)
        for letter, (name, scenario) in zip(ascii_uppercase, named.items(), strict=False)
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
    planner: Planner, ledger: Ledger, setting: Setting, letter: str, name: str, scenario: Scenario | None
) -> Side:
    """A side with what its document says, whether or not that was rendered."""
    if scenario is None:
        record = earlier_run(planner.root, name)
        return Side(letter, name, scenario_of(record, name), record, None)
    notebooks = [notebook.name for notebook in planner.notebooks]
    document = compose(planner.root, scenario, ledger, notebooks, setting)
    record = record_of(planner, scenario, ledger, document, setting.commit)
    figures = (planner.root / document["folder"], document["figures"])
    return Side(letter, name, scenario, record, figures, document["words"])


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
        verify(made, digest_of(sides), document)
        folder = parent / name_of(sides)
        folder.mkdir(exist_ok=True)
        return [path.replace(folder / path.name) for path in made]
