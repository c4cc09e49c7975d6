"""A papermill engine that executes a notebook in the process it is called from, which is warm and clean."""

from queue import Empty
from typing import Any

import nbformat
from ipykernel.inprocess.manager import InProcessKernelManager
from nbclient.exceptions import CellExecutionError
from papermill.engines import Engine
from traitlets.config import Config

from briefing.run.limit import Limit

KEPT = ("stream", "display_data", "execute_result", "error")
# What a notebook executes is no part of what its user typed: their IPython history stays as it is.
NO_HISTORY = Config(HistoryManager={"enabled": False})


class WarmEngine(Engine):  # type: ignore[misc]
    """Executes cells with IPython's in-process kernel: no sockets, no start of another interpreter.

    The caller gives every notebook a process of its own, so nothing leaks from one run to the next.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, limit: Limit, **_: Any) -> None:
        """Execute the cells in order and stop at the first that fails or is too slow, as papermill does."""
        manager = InProcessKernelManager(config=NO_HISTORY)
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        for index, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            nb_man.cell_start(cell, index)
            reply = {"status": "error", "execution_count": limit.cells + 1}
            with limit.alarm():
                client.execute(cell.source)
                reply = client.get_shell_msg(timeout=1)["content"]
            cell.outputs = _outputs(client)
            cell.execution_count = reply["execution_count"]
            if limit.passed or reply["status"] == "error":
                failure = CellExecutionError.from_cell_and_msg(cell, reply)
                nb_man.cell_exception(cell, index, exception=failure)
                break
            nb_man.cell_complete(cell, index)


def _outputs(client: Any) -> list[Any]:
    outputs: list[Any] = []
    while True:
        try:
            message = client.get_iopub_msg(timeout=0)
        except Empty:
            return outputs
        if message["msg_type"] not in KEPT:
            continue
        output = nbformat.v4.output_from_msg(message)
        last = outputs[-1] if outputs else None
        if last and last.output_type == output.output_type == "stream" and last.name == output.name:
            last.text += output.text
        else:
            outputs.append(output)
