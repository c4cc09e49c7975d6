"""``briefing ledger``: check the tables, query them as of a day, and show what is new."""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from briefing.errors import BadInputError, Problem
from briefing.paths import project_root

# The tables need libraries that take half a second to import, which no other command has to wait for.
if TYPE_CHECKING:
    import pandas as pd

    from briefing.ledger import Ledger, OriginCount

ledger_app = typer.Typer(
    no_args_is_help=True, help="Validate the evidence, query it as of a day, compare it."
)

UNFOLDED = 400
HEADINGS = ("claim", "quantity", "figure", "describes", "public", "claimant", "origin", "grade", "standing")
# The only column that is folded, for ids must be copied whole; a table that leaves it less becomes a list.
FOLDED, AT_LEAST = "claimant", 20

AsOf = Annotated[str | None, typer.Option(help="Only what was public on this day (YYYY-MM-DD).")]
Quantity = Annotated[str | None, typer.Option(help="Only claims of this quantity, for example killed.")]
Origin = Annotated[str | None, typer.Option(help="Only claims of this origin, for example O-NIS.")]
Active = Annotated[bool, typer.Option("--active/--all", help="Leave out or show replaced claims.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
Side = Annotated[str, typer.Argument(help="A day (YYYY-MM-DD), a folder of tables, or a git revision.")]
OtherSide = Annotated[str | None, typer.Argument(help="The same; by default the tables as they stand.")]


@ledger_app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder of tables; by default the project's data.")
    ] = None,
) -> None:
    """Validate every table; list all problems at once."""
    from briefing.ledger import load

    if folder is not None and not folder.is_dir():
        raise BadInputError(
            [Problem(str(folder), "not a folder", "a folder with datapackage.json and tables")]
        )
    ledger = load(folder)
    others = ", ".join(f"{len(ledger.tables[name])} {name}" for name in ("statements", "events", "sources"))
    counts = f"{_said(ledger.count_origins(ledger.claims))}, {others}"
    typer.echo(f"{counts}: no problems; coverage ends on {ledger.coverage_end}")


@ledger_app.command()
def show(
    as_of: AsOf = None,
    quantity: Quantity = None,
    origin: Origin = None,
    active: Active = True,
    as_json: Json = False,
) -> None:
    """List claims with figure, days, claimant, origin and grade."""
    from briefing.ledger import load
    from briefing.ledger.wording import records

    ledger = load()
    if as_of is not None:
        ledger = ledger.as_of(as_of, unread=True)
    claims = _selected(ledger, quantity, origin, active)
    if as_json:
        typer.echo(json.dumps(records(claims), indent=2, ensure_ascii=False))
        return
    # Away from a terminal (grep, a file) a row stays on one line.
    console = Console(width=None if sys.stdout.isatty() else UNFOLDED)
    rows = list(_rows(ledger, claims))
    console.print(_table(rows) if _width(rows) <= console.width else _blocks(rows))
    console.print(Text(_footer(ledger, claims)))


@ledger_app.command("standings")
def stand(as_of: AsOf = None, as_json: Json = False) -> None:
    """Say what is known, claimed, disputed or unknown, and by which rows."""
    from briefing.ledger import load
    from briefing.ledger.standings import standings

    ledger = load()
    found = standings(ledger if as_of is None else ledger.as_of(as_of))
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"{one.word:9} {one.words}")
        typer.echo(f"{'':9} {one.question}: {', '.join(one.rests_on) or 'no row in this ledger'}")


@ledger_app.command("diff")
def compare(a: Side, b: OtherSide = None, as_json: Json = False) -> None:
    """Show what is new in B compared with A."""
    from briefing.ledger import diff, load

    news = diff(_side(a), load() if b is None else _side(b))
    typer.echo(json.dumps(news.records(), indent=2, ensure_ascii=False) if as_json else news.text())


def _selected(ledger: "Ledger", quantity: str | None, origin: str | None, active: bool) -> "pd.DataFrame":
    claims = ledger.active() if active else ledger.claims
    if quantity is not None:
        claims = ledger.claims_of(quantity, active)
    if origin is not None:
        claims = claims[claims["claim_id"].isin(ledger.claims_from(origin, active)["claim_id"])]
    return claims


def _rows(ledger: "Ledger", claims: "pd.DataFrame") -> Iterator[tuple[str, ...]]:
    from briefing.ledger import stated

    standing = _standing(ledger)
    for _, claim in claims.iterrows():
        yield (
            claim["claim_id"],
            claim["quantity"],
            stated(claim),
            f"{claim['event_date']:%Y-%m-%d}",
            f"{claim['report_date']:%Y-%m-%d}",
            claim["claimant"],
            claim["origin_group"],
            f"{claim['reliability']}{claim['credibility']}",
            standing.get(claim["claim_id"], ""),
        )


def _width(rows: Sequence[Sequence[str]]) -> int:
    """Return the least width at which a table shows every id whole."""
    columns = zip(HEADINGS, *rows, strict=True)
    lengths = (AT_LEAST if column[0] == FOLDED else max(map(len, column)) for column in columns)
    return sum(lengths) + 2 * (len(HEADINGS) - 1)


def _table(rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in HEADINGS:
        table.add_column(heading, overflow="fold", no_wrap=heading != FOLDED)
    for row in rows:
        # Text, because rich would read brackets in the data as its own markup.
        table.add_row(*map(Text, row))
    return table


def _blocks(rows: Sequence[Sequence[str]]) -> Group:
    """Return some lines for each claim, which fold between words only."""
    blocks: list[RenderableType] = []
    for claim, quantity, figure, describes, public, claimant, origin, grade, standing in rows:
        said = f"{quantity}: {figure}, describes {describes}, public {public}"
        by = f"{claimant}, {origin}, {grade}{standing and '; '}{standing}"
        blocks += [Text(claim, style="bold"), Padding(Text(f"{said}\n{by}"), (0, 0, 0, 2))]
    return Group(*blocks)


def _standing(ledger: "Ledger") -> dict[str, str]:
    """Say what a reader must know before using a claim; the gravest remark wins."""
    claims = ledger.claims
    remarks = dict.fromkeys(claims.loc[claims["derived_from"] != "", "claim_id"], "derived")
    alike = claims[claims["same_figure_as"] != ""]
    remarks |= {
        claim.claim_id: f"same figure as {claim.same_figure_as}, link not shown"
        for claim in alike.itertuples()
    }
    remarks |= dict.fromkeys(ledger.stale_in_part()["claim_id"], "stale in part")
    remarks |= {older: f"series replaced by {newer}" for older, newer in ledger.replaced().items()}
    remarks |= {older: f"superseded by {newer}" for older, newer in ledger.superseded().items()}
    return remarks | dict.fromkeys(
        claims.loc[claims["verified"] == "no", "claim_id"], "no page read: not used"
    )


def _footer(ledger: "Ledger", claims: "pd.DataFrame") -> str:
    counts = ledger.count_origins(claims)
    known = f"known on {ledger.known_on}" if ledger.known_on else "known in all"
    return f"\n{_said(counts)}, {known}; coverage ends on {ledger.coverage_end}"


def _said(counts: "OriginCount") -> str:
    pairs = ((counts.claims, "claim"), (counts.origins, "origin"), (counts.parties, "party"))
    plurals = {"claim": "claims", "origin": "origins", "party": "parties"}
    return ", ".join(f"{number} {noun if number == 1 else plurals[noun]}" for number, noun in pairs)


def _side(text: str) -> "Ledger":
    """Return the ledger that an argument of `diff` names."""
    from briefing.ledger import load
    from briefing.ledger.revisions import load_revision

    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return load().as_of(text, unread=True)
    if Path(text).is_dir():
        return load(text)
    try:
        return load_revision(text, project_root())
    except BadInputError as error:
        if error.problems[0].where != "revision":
            raise
        allowed = "a day as YYYY-MM-DD, a folder of tables, or a git revision"
        raise BadInputError([Problem("ledger diff", repr(text), allowed)]) from None
