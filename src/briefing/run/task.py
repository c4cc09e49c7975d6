"""One notebook, run once, in the process that calls this: the unit of work of every engine."""

import os
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Task:
    """What a worker process is told: plain values only, so that any start method can carry it."""

    notebook: Path
    values: dict[str, Any]
    draft: Path
    root: Path
    engine: str

    @property
    def needs(self) -> tuple[str, ...]:
        """What it reads beside the project's own files: nothing."""
        return ()

    def moved(self, root: Path, draft: Path) -> "Task":
        """Return the same for a project in another place."""
        notebook = root / self.notebook.relative_to(self.root)
        return replace(self, notebook=notebook, root=root, draft=draft)

    def returned(self, outcome: Any) -> Any:
        """Return the outcome of the same elsewhere as if it had been done here."""
        return outcome


@dataclass(frozen=True)
class Failure:
    """Why a notebook did not finish: the cell's number among the code cells, and the traceback.

    Without a cell it did, and the text says in one line why its outputs are not taken.
    """

    notebook: str
    cell: str
    traceback: str
    kept: Path | None = None

    def __str__(self) -> str:
        kept = f"\nThe failed notebook is kept: {self.kept}" if self.kept else ""
        where = f"{self.notebook}, {self.cell}:\n" if self.cell else f"{self.notebook}: "
        return f"{where}{self.traceback}{kept}"


def run_task(task: Task) -> Failure | None:
    """Execute the notebook into the draft folder, with its figures and results beside it.

    Returns
    -------
    Failure or None
        What went wrong, or None when the draft folder holds a finished run.
    """
    import papermill
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError

    from briefing.run.engine import WarmEngine

    papermill_engines.register("warm", WarmEngine)

    os.environ["BRIEFING_FIGURES"] = str(task.draft)
    output = task.draft / task.notebook.name
    options = {"engine_name": "warm"} if task.engine == "warm" else {"kernel_name": "python3"}
    name = f"notebooks/{task.notebook.name}"
    try:
        papermill.execute_notebook(
            task.notebook,
            output,
            parameters=task.values,
            progress_bar=False,
            request_save_on_cell_execute=False,
            cwd=task.root,
            **options,
        )
        _make_reproducible(output)
    except PapermillExecutionError as error:
        cell = f"cell [{error.exec_count}], {error.ename}: {error.evalue}"
        return Failure(name, cell, ESCAPES.sub("", "\n".join(error.traceback)))
    except Exception as error:
        return Failure(name, "before or between its cells", f"{type(error).__name__}: {error}")
    return None


def _make_reproducible(path: Path) -> None:
    """Drop what papermill notes about time and place, so that equal runs make equal notebooks."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    notebook.metadata = {key: notebook.metadata[key] for key in ("kernelspec",) if key in notebook.metadata}
    for number, cell in enumerate(notebook.cells):
        cell.metadata = {"tags": cell.metadata.tags} if cell.metadata.get("tags") else {}
        cell["id"] = f"cell-{number}"
    nbformat.write(notebook, path)


def keep_failed(task: Task, folder: Path) -> Path | None:
    """Copy a failed notebook out of its draft folder, where a person can open it; None where that fails."""
    output = task.draft / task.notebook.name
    kept = folder / "failed" / output.name
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(output, kept)
    except OSError:
        return None
    return kept
