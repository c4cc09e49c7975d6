"""What the article said, in groups, beside what is said on a day."""

from dataclasses import dataclass

from briefing.ledger.ledger import Ledger
from briefing.model.claims import ids


@dataclass(frozen=True)
class Then:
    """A group of the article's claims.

    Attributes
    ----------
    title
        What it is about.
    article
        What the article said.
    now
        What was said later and is known on the day; until then what the article's own sources add; empty
        where neither is known.
    later
        Whether that was said later.
    claimants
        Who said that.
    rests_on
        Ids of the rows behind it.
    """

    title: str
    article: str
    now: str
    later: bool
    claimants: tuple[str, ...]
    rests_on: tuple[str, ...]


def then_and_now(known: Ledger) -> list[Then]:
    """Return the groups of the article's claims that a ledger knows, each beside the last row known of it.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> {one.title: one.now for one in then_and_now(load().as_of("2026-03-17"))}["Losses"]
    'Seoul: about 2,000 killed and 6,000 killed or wounded'
    >>> then_and_now(load().as_of("2024-10-05"))
    []
    """
    rows = {row["claim_id"]: row for row in known.claims.to_dict("records")}
    rows |= {row["statement_id"]: row for row in known.statements.to_dict("records")}
    table = known.tables["then"]
    table = table[[rows.keys() >= {*ids(cell)} for cell in table["rests_on"]]]
    found = []
    for _, group in table.groupby("group", sort=True):
        kinds = {kind: some.iloc[-1] for kind, some in group.groupby("kind")}
        if "article" not in kinds:
            continue
        shown = kinds.get("now", kinds.get("source"))
        behind = [] if shown is None else ids(shown["rests_on"])
        found.append(
            Then(
                kinds["article"]["title"],
                kinds["article"]["says"],
                "" if shown is None else shown["says"],
                "now" in kinds,
                tuple(dict.fromkeys(rows[name]["claimant"] for name in behind)),
                tuple(behind),
            )
        )
    return found
