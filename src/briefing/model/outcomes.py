"""Every outcome of a scenario, or of several alike, over all draws at once."""

import math
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from briefing.model import money
from briefing.model.deployment import People, declining, held
from briefing.model.scenario_case import Case, read_case
from briefing.model.units import Values, plain

CHUNK = 16_384
"""Draws, of all scenarios, simulated together in a decline, so that the memory of the steps stays flat."""


def outcomes(inputs: Mapping[str, Any]) -> dict[str, Values]:
    """Work out a scenario: people, losses and money over its horizon.

    Parameters
    ----------
    inputs
        Numbers, or arrays over draws of one length, for every input of `scenario_case.Case`, whose attributes
        give their meaning and units; `horizon` and `return_lag` are single numbers. Other keys are not read.
        For several scenarios at once arrays broadcast against each other: shape (scenarios, 1) for what is
        exact in each, (scenarios, draws) for what is drawn in each, (draws,) for draws that all share. What
        is no array is shared: the calendar, the rules, and whether there is a tour.

    Returns
    -------
    dict of str to float or numpy.ndarray
        An array where it varies over draws or scenarios, otherwise a float. Persons: `distinct` (by the
        counting rule), `blocks` (by whole blocks swapped, under any rule), `arrivals_total` (all who arrive,
        the initial force included), `standing_end`, `casualties`, `killed`, `wounded`; `person_months`;
        `pool_share` (arrivals over the pool: above 1 it is exceeded). USD over the horizon: `agreed`,
        `indirect`, `received`, `not_shown` (agreed and not received), `received_state` and
        `received_household` (the received sum, parted as pay is). USD a month, if paid: `household_month` (a
        household) and `state_month` (the state, at the mean standing force).

    Raises
    ------
    ValueError
        If an input is missing or out of range, arrays do not fit each other, or a force in decline has a
        tour.

    Notes
    -----
    Policy ``hold`` replaces every loss: casualties S h_c T, person-months S T, distinct people as in
    `counting.distinct_people`, and each planned addition likewise over the time that remains. With phases the
    hazard is that of the phase and 0 after the last. Policy ``decline`` replaces nobody: the recursion of
    `attrition.stock_flow` by months, or by phases as `attrition.phased`, with the same returns.

    Examples
    --------
    >>> from briefing.model.example import AS_PRINTED
    >>> result = outcomes(AS_PRINTED | {"tour": 3, "hazard": 0.06})
    >>> round(result["distinct"]), round(result["killed"]), round(result["agreed"])
    (56998, 1962, 261600000)

    Two scenarios with three draws each:

    >>> two = {"force": np.array([[10_000.0], [15_000.0]]), "pay": np.array([1_500.0, 2_000.0, 3_000.0])}
    >>> (outcomes(AS_PRINTED | two)["agreed"] / 1e6).tolist()
    [[180.0, 240.0, 360.0], [270.0, 360.0, 540.0]]
    """
    case = read_case(inputs)
    people = held(case, case.horizon) if case.policy == "hold" else _after_decline(case)
    killed = case.killed_share * people.casualties
    agreed = money.agreed(
        case.pay, people.person_months, case.signing, people.arrivals, case.death_payment, killed
    )
    received = money.received(agreed, case.received_share)
    results: dict[str, Values] = {
        "distinct": people.distinct,
        "blocks": _in_blocks(case, people),
        "arrivals_total": people.arrivals,
        "standing_end": people.standing,
        "casualties": people.casualties,
        "killed": killed,
        "wounded": people.casualties - killed,
        "person_months": people.person_months,
        "pool_share": people.arrivals / case.pool,
        "agreed": agreed,
        "indirect": money.indirect(agreed, case.indirect_multiple),
        "received": received,
        "not_shown": agreed - received,
        "received_state": received * (1 - case.kept_share),
        "received_household": received * case.kept_share,
        "household_month": money.household_month(case.pay, case.kept_share),
        "state_month": money.state_month(people.person_months / case.horizon, case.pay, case.kept_share),
    }
    return {name: plain(value) for name, value in results.items()}


def chunks(case: Case) -> Iterator[tuple[slice, Case]]:
    """Cut a case into parts of so few draws that a simulation keeps its memory flat.

    Parameters
    ----------
    case
        Checked inputs.

    Yields
    ------
    tuple of slice and Case
        The draws, and the case for them.

    Examples
    --------
    >>> from briefing.model.example import AS_PRINTED
    >>> many = read_case(AS_PRINTED | {"pay": np.full(20_000, 2_000.0)})
    >>> [(rows.start, part.draws) for rows, part in chunks(many)]
    [(0, 16384), (16384, 3616)]
    """
    *scenarios, draws = case.shape
    # of two draws or more, so that a part of one draw is never taken for what does not vary over draws
    width = max(2, CHUNK // math.prod(scenarios))
    for start in range(0, draws, width):
        rows = slice(start, start + width)
        yield rows, case.part(rows)


def _in_blocks(case: Case, people: People) -> Values:
    """Count as if whole blocks were swapped; a force in decline swaps none."""
    if case.policy != "hold" or case.count_rule == "block":
        return people.distinct
    return held(replace(case, count_rule="block"), case.horizon).distinct


def _after_decline(case: Case) -> People:
    # only the last state of a course is kept, which may have a step for each day
    ends = [deque(declining(part), maxlen=1).pop() for _, part in chunks(case)]
    names = [field.name for field in fields(People) if field.name != "time"]
    joined = {name: _joined([getattr(end, name) for end in ends]) for name in names}
    return People(case.horizon, **joined)


def _joined(parts: Sequence[Values]) -> Values:
    """Put the parts of a case back together; what does not vary over draws is the same in each."""
    first = parts[0]
    if isinstance(first, np.ndarray) and first.ndim and first.shape[-1] > 1:
        return np.concatenate(parts, axis=-1)
    return first
