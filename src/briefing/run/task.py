"""One notebook, run once, in the process that calls this: the unit of work of every engine."""

import os
import re
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from briefing.run.limit import USUAL, DidNotEndError, Limit
from briefing.run.pool import Died

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Task:
    """What a worker process is told: plain values only, so that any start method can carry it."""

    notebook: Path
    values: dict[str, Any]
    draft: Path
    root: Path
    engine: str
    cell_timeout: int | None = USUAL

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
    """Why a notebook did not finish: the cell's number among the code cells, and a line or the traceback.

    Without a cell it did, and the line says why its outputs are not taken.
    """

    notebook: str
    cell: str
    why: str
    kept: Path | None = None

    def __str__(self) -> str:
        where = f"{self.notebook}, {self.cell}" if self.cell else self.notebook
        kept = f"\nThe failed notebook is kept: {self.kept}" if self.kept else ""
        return f"{where}:{chr(10) if chr(10) in self.why else ' '}{self.why}{kept}"


def run_task(task: Task) -> Failure | Died | None:
    """Execute the notebook into the draft folder, with its figures and results beside it.

    Returns
    -------
    Failure, Died or None
        What went wrong, or None when the draft folder holds a finished run.
    """
    leave_out("rfc3987_syntax")
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillExecutionError

    from briefing.run.engine import WarmEngine

    papermill_engines.register("warm", WarmEngine)

    os.environ["BRIEFING_FIGURES"] = str(task.draft)
    output = task.draft / task.notebook.name
    limit = Limit(task.cell_timeout)
    options = {"engine_name": "warm", "limit": limit}
    if task.engine != "warm":
        options = {"kernel_name": "python3", **limit.papermill()}
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
        if limit.passed:
            return Failure(name, limit.cell, limit.late)
        cell = f"cell [{error.exec_count}], {error.ename}: {error.evalue}"
        return Failure(name, cell, ESCAPES.sub("", "\n".join(error.traceback)))
    except DeadKernelError:
        return Died("its kernel died", limit.cell)
    except DidNotEndError:
        return Failure(name, limit.cell, limit.late)
    except Exception as error:
        if isinstance(error, CellTimeoutError) and limit.over:
            return Failure(name, limit.cell, limit.late)
        return Failure(name, "before or between its cells", f"{type(error).__name__}: {error}")
    return None


def leave_out(*names: str) -> None:
    """Keep libraries from being imported that others would use if they could, and that take long.

    The validator of the notebook format builds a grammar of web addresses (``rfc3987_syntax``), and never
    uses it here; nobody steps through a notebook that runs by itself (``debugpy``).
    """
    sys.modules.update(dict.fromkeys(names, None))  # type: ignore[arg-type]


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
