"""One notebook, run once, in the process that calls this: the unit of work of every engine."""

import multiprocessing
import os
import re
import shutil
import threading
from dataclasses import dataclass
from multiprocessing.connection import wait
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


@dataclass(frozen=True)
class Failure:
    """Why a notebook did not finish: the cell's number among the code cells, and the traceback."""

    notebook: str
    cell: str
    traceback: str
    kept: Path | None = None

    def __str__(self) -> str:
        kept = f"\nThe failed notebook is kept: {self.kept}" if self.kept else ""
        return f"{self.notebook}, {self.cell}:\n{self.traceback}{kept}"


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


def work(task: Task, connection: Any) -> None:
    """Run `task` in a process of its own and send what came of it."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    connection.send(run_task(task))
    connection.close()


def _end_with_parent() -> None:
    """End this process when the one that asked for it is gone: a killed run leaves no notebook running."""
    if parent := multiprocessing.parent_process():
        wait([parent.sentinel])
        os._exit(1)


def keep_failed(task: Task, folder: Path) -> Path | None:
    """Move a failed notebook out of its draft folder, where a person can open it."""
    output = task.draft / task.notebook.name
    if not output.is_file():
        return None
    kept = folder / "failed" / output.name
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(output, kept)
    return kept
