"""What a person sees while a scenario runs: a live line in a terminal; a log gets only what was finished."""

from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from briefing.run.notebooks import find_notebooks


class Steps:
    """Shows the steps of one scenario: its notebooks, then rendering and the final check."""

    def __init__(self, scenario: str, root: Path) -> None:
        self._running: list[str] = []
        self._console = Console(stderr=True)
        columns = (TextColumn("{task.fields[name]}"), BarColumn(), TextColumn("{task.description}"))
        self._bar = Progress(*columns, TimeElapsedColumn(), console=self._console, transient=True)
        self._task = self._bar.add_task("starting", total=len(find_notebooks(root)) + 2, name=scenario)

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

    def notebook(self, name: str, event: str) -> None:
        """Show that a notebook was fresh, started, is done or failed."""
        if event == "started":
            self._running.append(name)
        elif name in self._running:
            self._running.remove(name)
        self._show(", ".join(self._running) or f"{name} {event}", advance=event != "started")

    def document(self, step: str) -> None:
        """Show that the document is being rendered or verified."""
        self._show(step, advance=True)

    def _show(self, text: str, advance: bool) -> None:
        self._bar.update(self._task, description=text, advance=1 if advance else 0)
