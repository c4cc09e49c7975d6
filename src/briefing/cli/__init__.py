"""The command line: thin commands, and one place that turns errors into lines and exit codes."""

import sys

import typer

from briefing.cli.by_hand import quarto_after, quarto_before
from briefing.cli.compare import compare
from briefing.cli.facts import facts
from briefing.cli.inform import doctor, open_briefings, parameters, scenarios
from briefing.cli.ledger import ledger_app
from briefing.cli.make import render, run
from briefing.cli.streams import prepare
from briefing.cli.sweep import sweep
from briefing.errors import BriefingError, reason_of

app = typer.Typer(
    help="A reproducible briefing on the DPRK's military deployment to Russia.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(render)
app.command()(run)
app.command()(sweep)
app.command()(compare)
app.command()(scenarios)
app.command()(parameters)
app.command()(facts)
app.add_typer(ledger_app, name="ledger", help="Check, show and compare the evidence tables.")
app.command()(doctor)
app.command("open")(open_briefings)
app.command(hidden=True)(quarto_before)
app.command(hidden=True)(quarto_after)

INTERRUPTED = 130
"""The exit code that Typer makes of Ctrl-C, without a word of its own."""


def main() -> None:
    """Run the command line; bad input ends with 2, a failed run with 1, both without a Python traceback."""
    prepare()
    try:
        app()
    except (BriefingError, OSError) as error:
        print(reason_of(error), file=sys.stderr)
        sys.exit(error.exit_code if isinstance(error, BriefingError) else 1)
    except SystemExit as end:
        if end.code == INTERRUPTED:
            print("stopped; what was finished is kept", file=sys.stderr)
        raise


__all__ = ["app", "main"]
