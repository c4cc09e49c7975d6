"""What Russia gives in return: the checklist, as far as it was known on a day."""

import pandas as pd

from briefing.ledger.ledger import Ledger
from briefing.model.claims import ids

# From the strongest to the weakest; an item shows the strongest state of its known rows.
STATES = ("reported", "assessed", "none_named")
# The state of an item of which no row is known: what the ledger lacks, others may have.
NO_CLAIM = "no_claim"


SAID = {
    "reported": "reported",
    "assessed": "assessed or expected",
    "none_named": "spoken of, none named",
    NO_CLAIM: "no row here",
}
"""The states as they are printed."""


def returns_as_of(known: Ledger) -> pd.DataFrame:
    """Return the checklist of what may flow back, judged by the rows that a ledger knows.

    A row of the checklist counts when every claim, statement and context indicator that it rests on is known.
    Of several rows of an item the strongest state wins; what the weaker ones say follows, so that a dissent
    stays in sight.

    Returns
    -------
    pandas.DataFrame
        A row an item, in the order of the table: ``item``, ``state`` (``no_claim`` where no row is known),
        ``rests_on`` (ids behind the state, separated by semicolons) and ``says`` (our words; empty where
        no row is known).

    Examples
    --------
    >>> from briefing.ledger import load
    >>> ledger = load()
    >>> returns = returns_as_of(ledger.as_of("2024-11-24")).set_index("item")
    >>> returns.loc["oil", "state"], returns.loc["submarine reactor help", "state"]
    ('reported', 'no_claim')
    >>> returns_as_of(ledger).set_index("item").loc["submarine reactor help", "state"]
    'assessed'
    """
    table = known.tables["returns"]
    names = {*known.claims["claim_id"], *known.statements["statement_id"], *known.context["indicator"]}
    counts = table[[names.issuperset(ids(cell)) for cell in table["rests_on"]]]
    rows = []
    for item in table["item"].unique():
        ordered = counts[counts["item"] == item].sort_values(
            "state", key=lambda states: states.map(STATES.index), kind="stable"
        )
        if ordered.empty:
            rows.append((item, NO_CLAIM, "", ""))
            continue
        state = ordered["state"].iloc[0]
        behind = [name for cell in ordered[ordered["state"] == state]["rests_on"] for name in ids(cell)]
        rows.append((item, state, ";".join(dict.fromkeys(behind)), "; ".join(ordered["note"])))
    return pd.DataFrame(rows, columns=["item", "state", "rests_on", "says"])
