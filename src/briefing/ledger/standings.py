"""Where a question stands on a day: known, claimed, disputed or unknown."""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import pandas as pd

from briefing.ledger.ledger import Ledger
from briefing.ledger.newest import beside_the_newest, newest_claims
from briefing.ledger.tables import Row
from briefing.model.bounds import left_open
from briefing.model.claims import ids

Word = Literal["known", "claimed", "disputed", "unknown"]

APART = 1.5
"""How many times apart two figures must be to contradict each other."""
GOOD = ("B", 2)
"""The worst grade of source and information with which a body can make something known."""
OF_MANY = ("multilateral", "western_unnamed")
"""Parties that may speak for members or for others, so that they confirm nobody."""


@dataclass(frozen=True)
class Standing:
    """The standing of a question on a day.

    Attributes
    ----------
    question
        Its id in ``questions.csv``.
    words
        The question as a reader puts it.
    word
        ``known``: admitted by the party that it burdens, or said within `APART` by two independent parties
        graded `GOOD` or better. ``disputed``: a body says it and another denies it, or two figures are more
        than `APART` times apart. ``claimed``: only one side says so, or none that would make it known.
        ``unknown``: no row answers it.
    rests_on
        Ids of the claims and statements that decide it, the newest of each body, newest first.
    """

    question: str
    words: str
    word: Word
    rests_on: tuple[str, ...]


def standings(known: Ledger) -> list[Standing]:
    """Return where every question stands, by what a ledger knows.

    The newest answer of a body counts, and of its figures the newest that is no more than half a year older
    than the newest figure of all. What a party admits against its interest is known, whatever others say.

    Parameters
    ----------
    known
        The ledger as of a day.

    Returns
    -------
    list of Standing
        In the order of ``questions.csv``.

    Examples
    --------
    >>> from briefing.ledger import load
    >>> for day in ("2024-10-05", "2024-11-24", "2025-04-28"):
    ...     print(standings(load().as_of(day))[0].word)
    unknown
    disputed
    known
    """
    return [_standing(known, question) for question in known.tables["questions"].to_dict("records")]


def _standing(known: Ledger, question: Row) -> Standing:
    answers = _answers(known, question["question_id"])
    figures = _figures(known, question["quantity"], answers)
    said, denied = answers[answers["stance"] == "says"], answers[answers["stance"] == "denies"]
    admitted = answers[answers["stance"].eq("admits") & answers["party"].eq(question["burdens"])]
    voices = pd.concat([said, answers[answers["stance"] == "admits"], figures])
    word: Word
    if len(admitted):
        word, behind = "known", admitted
    elif len(voices) and (len(denied) or _apart(figures)):
        word, behind = "disputed", pd.concat([voices, denied])
    elif _confirmed(voices):
        word, behind = "known", voices
    else:
        behind = pd.concat([voices, denied])
        word = "claimed" if len(behind) else "unknown"
    ordered = behind.sort_values(["report_date", "id"], ascending=[False, True], kind="stable")
    return Standing(question["question_id"], question["words"], word, tuple(ordered["id"]))


def _answers(known: Ledger, question: str) -> pd.DataFrame:
    """The newest answer of each body that is known."""
    table = known.tables["answers"]
    stances = {
        name: row["stance"]
        for row in table[table["question_id"] == question].to_dict("records")
        for name in ids(row["rests_on"])
    }
    rows = pd.concat(
        [
            known.statements.rename(columns={"statement_id": "id"}),
            known.claims.rename(columns={"claim_id": "id"}),
        ]
    )
    rows = rows[rows["id"].isin(list(stances))]
    rows = rows.assign(stance=rows["id"].map(stances), party=_party(known, rows))
    return rows.sort_values(["report_date", "event_date"], kind="stable").groupby("origin_group").tail(1)


def _figures(known: Ledger, quantity: str, answers: pd.DataFrame) -> pd.DataFrame:
    """The newest own figure of each body that has not answered since, unless it is much older than others."""
    claims = beside_the_newest(newest_claims(known, quantity)).rename(columns={"claim_id": "id"})
    since = dict(zip(answers["origin_group"], answers["report_date"], strict=True))
    answered = [since.get(body, pd.Timestamp.min) for body in claims["origin_group"]]
    claims = claims[claims["report_date"] >= pd.Series(answered, claims.index, "datetime64[ns]")]
    ends = [left_open(*row) for row in claims[["bound", "low", "value", "high"]].itertuples(index=False)]
    least, most = zip(*ends, strict=True) if ends else ((), ())
    found: pd.DataFrame = claims.assign(party=_party(known, claims), least=list(least), most=list(most))
    return found


def _party(known: Ledger, rows: pd.DataFrame) -> pd.Series:
    parties = known.tables["origins"].set_index("origin_group")["party"]
    return rows["origin_group"].map(parties)


def _apart(figures: pd.DataFrame) -> bool:
    """Whether two figures, each read as wide as its words allow, are too far apart to be one."""
    return bool(len(figures)) and bool(figures["least"].max() > APART * figures["most"].min())


def _confirmed(voices: pd.DataFrame) -> bool:
    """Whether two independent parties of good grade say the same."""
    good = voices[
        voices["reliability"].le(GOOD[0]) & voices["credibility"].le(GOOD[1]) & ~voices["party"].isin(OF_MANY)
    ]
    pairs = combinations(good.to_dict("records"), 2)
    return any(one["party"] != other["party"] for one, other in pairs)
