"""What a person sees while scenarios run: live lines in a terminal; a log gets only what was finished."""

import sys
from collections.abc import Sized
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from briefing.run.notebooks import find_notebooks

ENDED = ("fresh", "cached", "done", "failed")


class Rate(TextColumn):
    """Scenarios a minute, from the steps of late."""

    def __init__(self, steps: int) -> None:
        super().__init__("")
        self._steps = steps

    def render(self, task: Task) -> Text:
        """Return the rate, or nothing before there is one."""
        rate = (task.speed or 0) * 60 / self._steps
        return Text(f"{rate:.3g} a minute" if rate else "", style="progress.data.speed")


class _Live:
    """A bar on the screen of standard error, where that is one."""

    def __init__(self, total: int, *columns: ProgressColumn) -> None:
        self._console = Console(stderr=True)
        # In a pipe standard output is nobody's screen: the live lines must not catch it.
        same = sys.stdout.isatty()
        shown = (BarColumn(), MofNCompleteColumn(), *columns)
        self._bar = Progress(*shown, console=self._console, transient=True, redirect_stdout=same)
        self._task = self._bar.add_task("starting", total=total)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Stopping a bar that was never started would print an empty line.
        if self._console.is_terminal:
            self._bar.stop()

    def say(self, *lines: str) -> None:
        """Print lines to standard output, above the live ones where both are on one screen."""
        for line in lines:
            typer.echo(line)


class Steps(_Live):
    """Shows how far scenarios are: their notebooks, then their documents.

    Parameters
    ----------
    root
        The project's folder.
    scenarios
        All that will be run.
    documents
        Whether documents follow the notebooks.
    """

    def __init__(self, root: Path, scenarios: Sized, documents: bool = False) -> None:
        steps = len(find_notebooks(root)) + documents
        self._running: dict[tuple[str, str], None] = {}
        rate = (Rate(steps), TimeRemainingColumn()) if len(scenarios) > 1 else ()
        super().__init__(len(scenarios) * steps, *rate, TextColumn("{task.description}", markup=False))

    def show(self, scenario: Any, step: str, event: str) -> None:
        """Show that a notebook or the documents of a scenario were fresh, cached, started, done or failed."""
        if event == "started":
            self._running[scenario.name, step] = None
        else:
            self._running.pop((scenario.name, step), None)
        told = list(dict.fromkeys(running for _, running in self._running))[:3]
        self._bar.update(self._task, description=", ".join(told) or step, advance=1 if event in ENDED else 0)


class Count(_Live):
    """Shows how many scenarios of a large sweep are done, with the rate and the time left."""

    def __init__(self, total: int) -> None:
        super().__init__(total, Rate(1), TimeRemainingColumn())

    def show(self, done: int) -> None:
        """Show that so many more are done."""
        self._bar.advance(self._task, done)
