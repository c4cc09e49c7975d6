"""What a run that is no edition says of itself: its settings, and its outcomes beside the edition's."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from briefing.ledger import Ledger
from briefing.numbers import Definition, shown
from briefing.report.declared import FACTS
from briefing.results import Number
from briefing.scenario import DEFAULT, Scenario, load_scenario
from briefing.scenario.describe import shown as as_set
from briefing.scenario.editions import EDITIONS, OWN_END
from briefing.worked import headlines

_CALLED = {"as_of": "the day"}
Parts = dict[str, dict[str, Any]]


def edition_of(scenario: Scenario) -> Scenario:
    """Return the edition of a scenario's day.

    Examples
    --------
    >>> edition_of(load_scenario("high-tempo")).name
    'november-2024'
    """
    fixed = [load_scenario(name) for name in EDITIONS]
    same = [one for one in fixed if one.as_of == scenario.as_of]
    return same[0] if same else load_scenario(DEFAULT, settings={"as_of": scenario.as_of.isoformat()})


def settings_in_words(scenario: Scenario) -> str:
    """Say what a run assumes, as what follows "if".

    Examples
    --------
    >>> settings_in_words(load_scenario(settings={"pay": 2500}))
    'pay is 2,500'
    >>> settings_in_words(load_scenario("allied-terms"))
    '“Paid as an allied army” holds'
    """
    names = [one.partition("=")[0] for one in scenario.settings]
    called = {name: _CALLED.get(name, name.replace("_", " ")) for name in names}
    told = [f"{called[name]} is {as_set(getattr(scenario, name))}" for name in names]
    title = scenario.title.rpartition(" (")[0] if names else scenario.title
    base = [] if OWN_END.sub("", scenario.name) in EDITIONS else [f"“{title}” holds"]
    return " and ".join([*base, *told])


def beside(scenario: Scenario, ledger: Ledger, numbers: Mapping[str, Mapping[str, Any]]) -> Parts:
    """Return the numbers, facts and the table by which a run stands beside its edition.

    Parameters
    ----------
    scenario
        Of the run.
    ledger
        The whole evidence.
    numbers
        What its notebooks recorded.

    Returns
    -------
    dict
        ``numbers`` (``with.settings`` and others of that subject), ``facts`` (``with.moved``), ``tables``
        (``tbl-with``, for a run that is no edition and has such outcomes).
    """
    told = {"with.settings": _text("with.settings", settings_in_words(scenario), "What this run assumes")}
    recorded = [one for one in shown("sweep") if one.key in numbers]
    if scenario.edition or not recorded:
        return {"numbers": told, "facts": _moved(False), "tables": {}}
    [there] = headlines([edition_of(scenario)], ledger, recorded)
    rows, most, moved = [], 0.0, None
    for one in recorded:
        key = f"with.{one.quantity}"
        told[key] = _kept(key, there[one.key])
        rows.append([one.label, _value(one.key, numbers[one.key]), _value(key, told[key])])
        # A run that leaves losses out assumes none, which is no number of dead.
        far = _apart(numbers[one.key]["value"], there[one.key].value)
        if far > most:
            most, moved = far, one
    if moved:
        told |= _named(moved, numbers[moved.key], told[f"with.{moved.quantity}"])
    columns = ["", "With these settings", "In the edition"]
    table = {"columns": columns, "rows": rows, "align": "lll", "widths": [0.3, 0.35, 0.35]}
    return {"numbers": told, "facts": _moved(moved is not None), "tables": {"tbl-with": table}}


def _moved(holds: bool) -> dict[str, Any]:
    return {"with.moved": {"holds": holds, "meaning": FACTS["with.moved"]}}


def _apart(here: Any, there: Any) -> float:
    """How far two numbers are apart, as the logarithm of their ratio; 0 for what is unknown or none."""
    return abs(math.log(here / there)) if here and there else 0.0


def _named(moved: Definition, here: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome that moved most, for the title."""
    return {
        "with.label": _text("with.label", moved.label.lower(), formula="What moved most"),
        "with.moved": {**here, "key": "with.moved"},
        "with.edition": {**there, "key": "with.edition"},
    }


def _value(key: str, number: Mapping[str, Any]) -> dict[str, str] | str:
    if not number["value"] and number["value"] is not None and number["unit"] == "persons":
        # A run that leaves losses out assumes none, which is no number of dead.
        return "none"
    ranged = number["range_text"] not in ("", number["text"])
    return {"text": f"{{{key}}} ({{{key}:range}})"} if ranged else {"num": key, "show": ""}


def _kept(key: str, number: Number) -> dict[str, Any]:
    formula = f"{number.formula}, in the edition of the day"
    return _plain({**asdict(number), "key": key, "formula": formula}, number)


def _text(key: str, text: str, formula: str) -> dict[str, Any]:
    number = Number(key, text, "text", "assumed", formula)
    return _plain(asdict(number), number)


def _plain(content: dict[str, Any], number: Number) -> dict[str, Any]:
    return {**content, "claims": list(number.claims), "text": number.text, "range_text": number.range_text}
