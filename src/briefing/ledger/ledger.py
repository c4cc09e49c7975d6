"""The ledger: all tables, checked, and the questions that notebooks and commands ask of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple

import pandas as pd

from briefing.coverage import NEWEST
from briefing.errors import BadInputError, Problem
from briefing.ledger.lineage import ancestors
from briefing.model.claims import active, ids, replaced, superseded


class OriginCount(NamedTuple):
    """How many claims there are, from how many origins, of how many parties."""

    claims: int
    origins: int
    parties: int


@dataclass(frozen=True)
class Ledger:
    """The evidence, whole or as of a day.

    Attributes
    ----------
    tables
        Every table by name; absent texts are "", absent numbers NaN.
    keys
        The columns that name a row, for each table.
    compiled
        Day on which the tables were compiled.
    coverage_end
        Newest day on which a row became public; an as-of view keeps that of the files.
    digest
        SHA-256 of the data files; an as-of view keeps that of the files.
    known_on
        Day of the as-of view, or None for everything.
    """

    tables: Mapping[str, pd.DataFrame]
    keys: Mapping[str, tuple[str, ...]]
    compiled: date
    coverage_end: date
    digest: str
    known_on: date | None = None

    @property
    def claims(self) -> pd.DataFrame:
        """The claims known, superseded ones too."""
        return self.tables["claims"].copy()

    @property
    def quantities(self) -> pd.DataFrame:
        """What each quantity means."""
        return self.tables["quantities"].copy()

    @property
    def sources(self) -> pd.DataFrame:
        """The pages read."""
        return self.tables["sources"].copy()

    @property
    def statements(self) -> pd.DataFrame:
        """The qualitative claims known."""
        return self.tables["statements"].copy()

    @property
    def events(self) -> pd.DataFrame:
        """The events known."""
        return self.tables["events"].copy()

    @property
    def context(self) -> pd.DataFrame:
        """The context values known."""
        return self.tables["context"].copy()

    @property
    def last_looked_for(self) -> date:
        """Newest day on which new rows of a body were looked for; that of the collection, in every view.

        Examples
        --------
        >>> from briefing.ledger import load
        >>> str(load().last_looked_for)
        '2026-11-26'
        """
        return pd.Timestamp(self.tables["origins"]["last_looked_for"].max()).date()

    def as_of(self, day: date | str, unread: bool = False) -> "Ledger":
        """Return the ledger as it was known on a day: rows with a report date on or before it.

        The day may be ``latest``, the end of coverage. Quantities, origins, sources and checks describe the
        collection and stay whole. A view of a view knows what both know.

        This is what documents and the model read: a row of which no page was read (``verified`` = no) is not
        in it, so it enters no range, no table, no figure and no count.

        Parameters
        ----------
        day
            The day.
        unread
            Keep the rows of which no page was read: for the record, never for a document.

        Raises
        ------
        BadInputError
            `day` is no day.

        Examples
        --------
        >>> from briefing.ledger import load
        >>> str(load().as_of("2024-11-24").claims["report_date"].max().date())
        '2024-11-22'
        >>> "syrskyi-20250723-20000" in set(load().as_of("2026-03-17").claims["claim_id"])
        False
        """
        known_on = min(self.coverage_end if day == NEWEST else _day(day), self.known_on or date.max)
        tables = {name: _known(frame, known_on) for name, frame in self.tables.items()}
        if not unread:
            tables = {name: _read(frame) for name, frame in tables.items()}
        return replace(self, tables=tables, known_on=known_on)

    def active(self) -> pd.DataFrame:
        """Return the known claims that still vote: those that no known claim has replaced.

        Examples
        --------
        >>> from briefing.ledger import load
        >>> "nis-20250430-killed-600" in set(load().active()["claim_id"])
        False
        """
        return active(self.claims).reset_index(drop=True)

    def superseded(self) -> dict[str, str]:
        """Return the known claims that another supersedes, each with the one that does."""
        return superseded(self.tables["claims"])

    def replaced(self) -> dict[str, str]:
        """Return the known claims that are no longer active, each with the claim that took its place.

        A new estimate of the past replaces the series before it: `briefing.model.claims.replaced`.

        Examples
        --------
        >>> from briefing.ledger import load
        >>> load().as_of("2025-09-30").replaced()["nis-20241219-killed-100"]
        'nis-20250902-killed-2000'
        """
        return replaced(self.tables["claims"])

    def claim(self, claim_id: str) -> pd.Series:
        """Return a known claim.

        Raises
        ------
        BadInputError
            No known claim has this id; the message names similar ones.
        """
        claims = self.claims
        _must_be_among(claim_id, claims["claim_id"], "claim", self.known_on)
        return claims[claims["claim_id"] == claim_id].iloc[0]

    def claims_of(self, quantity: str, active: bool = True) -> pd.DataFrame:
        """Return the known claims of a quantity in order of their report date.

        Parameters
        ----------
        quantity
            A quantity of ``quantities.csv``.
        active
            Leave out what has been replaced.

        Raises
        ------
        BadInputError
            There is no such quantity; the message names similar ones.

        Examples
        --------
        >>> from briefing.ledger import load
        >>> killed = load().as_of("2025-01-31").claims_of("killed")
        >>> killed[["origin_group", "value"]].values.tolist()
        [['O-NIS', 100.0], ['O-NIS', 300.0], ['O-WEST', 1000.0]]
        """
        _must_be_among(quantity, self.tables["quantities"]["quantity"], "quantity")
        return self._claims_with("quantity", quantity, active)

    def claims_from(self, origin: str, active: bool = True) -> pd.DataFrame:
        """Return the known claims of an origin in order of their report date.

        Raises
        ------
        BadInputError
            There is no such origin; the message names similar ones.
        """
        _must_be_among(origin, self.tables["origins"]["origin_group"], "origin")
        return self._claims_with("origin_group", origin, active)

    def _claims_with(self, column: str, value: str, active: bool) -> pd.DataFrame:
        claims = self.active() if active else self.claims
        return claims[claims[column] == value].sort_values("report_date", kind="stable", ignore_index=True)

    def origins(self) -> pd.DataFrame:
        """Return the origins of the known claims, the most frequent first.

        Returns
        -------
        pandas.DataFrame
            The columns of ``origins.csv`` and three counts: ``claims``, ``derived`` (how many of them only
            repeat or compute from other claims) and ``parties`` (parties of those who voiced them).

        Examples
        --------
        >>> from briefing.ledger import load
        >>> load().as_of("2024-11-24").origins()["origin_group"].iloc[0]
        'O-NIS'
        """
        claims = self.claims
        counts = claims.assign(derived=claims["derived_from"] != "").groupby("origin_group")
        counted = counts.agg(
            claims=("claim_id", "size"), derived=("derived", "sum"), parties=("claimant_party", "nunique")
        )
        joined = self.tables["origins"].merge(counted.reset_index(), on="origin_group", how="inner")
        return joined.sort_values(["claims", "origin_group"], ascending=[False, True], ignore_index=True)

    def count_origins(self, claims: pd.DataFrame) -> OriginCount:
        """Count claims, the distinct origins behind them, and the distinct parties of those origins.

        The parties are those of ``origins.csv``: bodies of one party are not independent of each other.

        Examples
        --------
        >>> from briefing.ledger import load
        >>> ledger = load()
        >>> ledger.count_origins(ledger.as_of("2025-01-31").claims_of("killed"))
        OriginCount(claims=3, origins=2, parties=2)
        """
        party = self.tables["origins"].set_index("origin_group")["party"]
        origins = claims["origin_group"]
        return OriginCount(len(claims), origins.nunique(), origins.map(party).nunique())

    def stale_in_part(self) -> pd.DataFrame:
        """Return active claims that rest on a component which was superseded later.

        Returns
        -------
        pandas.DataFrame
            Columns ``claim_id``, ``component`` and ``superseded_by``.

        Examples
        --------
        >>> from briefing.ledger import load
        >>> load().as_of("2025-09-30").stale_in_part().values.tolist()[0]
        ['nis-20250430-total-4700', 'nis-20250430-killed-600', 'nis-20250902-killed-2000']
        """
        superseded, gone = self.superseded(), self.replaced()
        pairs = self.tables["claims"][["claim_id", "derived_from"]].itertuples(index=False)
        parents = {str(claim): ids(cell) for claim, cell in pairs}
        rows = [
            (claim, component, superseded[component])
            for claim in parents
            if claim not in gone
            for component in ancestors(claim, parents)
            if component in superseded
        ]
        return pd.DataFrame(rows, columns=["claim_id", "component", "superseded_by"])


def _known(frame: pd.DataFrame, day: date) -> pd.DataFrame:
    if "report_date" not in frame.columns:
        return frame
    return frame[frame["report_date"] <= pd.Timestamp(day)].reset_index(drop=True)


def _read(frame: pd.DataFrame) -> pd.DataFrame:
    if "verified" not in frame.columns:
        return frame
    return frame[frame["verified"] != "no"].reset_index(drop=True)


def _day(day: date | str) -> date:
    if isinstance(day, date):
        return date(day.year, day.month, day.day)
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise BadInputError([Problem("as of", repr(day), f"a day as YYYY-MM-DD, or {NEWEST}")]) from None


def _must_be_among(name: str, known: Iterable[str], kind: str, known_on: date | None = None) -> None:
    names = list(known)
    if name in names:
        return
    similar = get_close_matches(name, names, n=3)
    hint = f"perhaps {', '.join(similar)}" if similar else "see `briefing ledger show`"
    when = f" known on {known_on}" if known_on else ""
    raise BadInputError([Problem(kind, f"no {kind} {name!r}{when}", hint)])
