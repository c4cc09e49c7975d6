"""Rules of the claims: links between them, bounds and numbers, grades."""

import math
from collections.abc import Iterator

from briefing.errors import Problem
from briefing.ledger.lineage import LINKS, ancestors, find_cycle
from briefing.ledger.rules import nearest
from briefing.ledger.tables import Row, Tables
from briefing.model.bounds import BOUNDS
from briefing.model.claims import ids


def claim_problems(tables: Tables) -> Iterator[Problem]:
    """Yield what is wrong with the claims, each problem with its row."""
    yield from cycles(tables)
    for line, claim in tables.rows("claims").items():
        checks = [links(tables, claim), denials(claim), units(tables, claim), confirmations(tables, claim)]
        checks.append(likenesses(tables, claim))
        if ("claims", line) not in tables.spoiled:
            checks.append(numbers(claim))
        for found in checks:
            for column, what, allowed in found:
                yield Problem(tables.where("claims", line, column), f"{claim['claim_id']}: {what}", allowed)


# What a rule finds: the column, what is wrong there, what is allowed.
Finding = tuple[str, str, str]


def cycles(tables: Tables) -> Iterator[Problem]:
    """Yield claims that rest on themselves through others."""
    for column in ("derived_from", "updates", "supersedes"):
        cycle = find_cycle({name: ids(claim[column]) for name, claim in tables.claims.items()})
        if cycle:
            line = next(n for n, row in tables.rows("claims").items() if row["claim_id"] == cycle[0])
            what = " -> ".join([*cycle, cycle[0]]) + f": each {LINKS[column]} the next, in a circle"
            yield Problem(tables.where("claims", line, column), what, "links that lead back in time")


def links(tables: Tables, claim: Row) -> Iterator[Finding]:
    """Find links to claims that are unknown, not public yet, or of another origin or quantity."""
    for column, verb in LINKS.items():
        for name in ids(claim.get(column)):
            other = tables.claims.get(name)
            if other is None:
                known = dict.fromkeys(tables.claims)
                yield column, f"{name!r} is unknown", nearest(name, known, "claims.csv")
                continue
            if other["report_date"] > claim["report_date"]:
                day = f"{claim['report_date']:%Y-%m-%d}"
                yield column, f"{verb} {name}, which became public later", f"a claim public on {day}"
            if other["verified"] == "no" and claim["verified"] != "no":
                yield column, f"{verb} {name}, of which no page was read", "a claim with verified = yes"
            if column in ("updates", "supersedes", "revises"):
                for trait in ("origin_group", "quantity"):
                    if other[trait] != claim[trait]:
                        what = f"{verb} {name}, whose {trait} is {other[trait]}"
                        yield column, what, f"a claim with {trait} {claim[trait]}"
            if column == "updates" and other["event_date"] >= claim["event_date"]:
                day = f"{claim['event_date']:%Y-%m-%d}"
                yield column, f"updates {name}, which describes no earlier day", f"an event date before {day}"
            if column == "supersedes" and name not in ids(claim["revises"]):
                yield "revises", f"supersedes {name} without revising it", f"{name} among the claims revised"


def denials(claim: Row) -> Iterator[Finding]:
    """Find denials that answer nothing, and answers that are no denials."""
    if claim["bound"] == "denial" and not claim["answers"]:
        yield "answers", "a denial that answers no claim", "the id of the claim that is denied"
    if claim["bound"] != "denial" and claim["answers"]:
        yield "answers", f"answers {claim['answers']} with bound {claim['bound']}", "empty, or bound denial"


def likenesses(tables: Tables, claim: Row) -> Iterator[Finding]:
    """Find claims said to have the same figure that have another, or that the claim rests on."""
    parents = {name: ids(row["derived_from"]) for name, row in tables.claims.items()}
    for name in ids(claim.get("same_figure_as")):
        other = tables.claims.get(name)
        if other is None:
            continue
        if _figure(other) != _figure(claim):
            what = f"has the same figure as {name}, which says {' to '.join(_figure(other))}"
            yield "same_figure_as", what, f"a claim of {' to '.join(_figure(claim))}"
        if name in ancestors(claim["claim_id"], parents):
            yield "same_figure_as", f"is derived from {name}, too", "one of the two links"


def units(tables: Tables, claim: Row) -> Iterator[Finding]:
    """Find units that are not those of the quantity."""
    quantity = tables.quantities.get(claim["quantity"])
    if quantity and quantity["unit"] != claim["unit"]:
        yield "unit", f"{claim['unit']} for {claim['quantity']}", quantity["unit"]


def numbers(claim: Row) -> Iterator[Finding]:
    """Find numbers that do not agree with the bound, and percentages over 100."""
    low, value, high = claim["low"], claim["value"], claim["high"]
    if claim["unit"] == "percent":
        for column in ("low", "value", "high"):
            if claim[column] > 100:
                yield column, f"{claim[column]:g} percent", "0 to 100"
    fills = BOUNDS[claim["bound"]].fills
    if "value" not in fills:
        if not low < high:
            yield "low", f"interval from {_shown(low)} to {_shown(high)}", "low and high, low below high"
        elif value < low or value > high:
            yield "value", f"{value:g} outside {low:g} to {high:g}", "empty, or a figure within the interval"
        return
    if math.isnan(value):
        yield "value", f"bound {claim['bound']} without a figure", "the stated figure"
        return
    for column in ("low", "high"):
        expected = value if column in fills else math.nan
        found = claim[column]
        if found != expected and not (math.isnan(found) and math.isnan(expected)):
            what = f"{_shown(found)} with bound {claim['bound']} and value {value:g}"
            yield column, what, _shown(expected)


def confirmations(tables: Tables, claim: Row) -> Iterator[Finding]:
    """Find digit 1 without the same figure from another origin that neither row derives from."""
    if claim["credibility"] != 1:
        return
    parents = {name: ids(row["derived_from"]) for name, row in tables.claims.items()}
    if not any(_confirms(other, claim, parents) for other in tables.claims.values()):
        what = "digit 1 without the same figure from an independent origin"
        yield "credibility", what, "2 to 6, or 1 once such a claim stands in the table"


def _confirms(other: Row, claim: Row, parents: dict[str, list[str]]) -> bool:
    name, confirming = claim["claim_id"], other["claim_id"]
    return (
        other["quantity"] == claim["quantity"]
        and _figure(other) == _figure(claim)
        and other["origin_group"] != claim["origin_group"]
        and other["bound"] != "denial"
        and name not in ancestors(confirming, parents)
        and confirming not in ancestors(name, parents)
    )


def _figure(claim: Row) -> tuple[str, ...]:
    # As text, so that two absent numbers compare as equal.
    value = _shown(claim["value"])
    return (_shown(claim["low"]), _shown(claim["high"])) if value == "empty" else (value,)


def _shown(number: float) -> str:
    return "empty" if math.isnan(number) else f"{number:.15g}"
