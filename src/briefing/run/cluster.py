"""The same jobs on a Dask cluster: what the processes of one machine do, done by many machines."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from briefing.errors import BadInputError, Problem, RunFailedError
from briefing.project.files import sha256
from briefing.run.pool import Died, Job, Lost
from briefing.run.remote import Parcel, do, pack, software

_ADDRESS = re.compile(r"(?:(?:tcp|tls|wss?)://)?(?:[\w.-]+|\[[\da-fA-F:.]+\]):(\d{1,5})")
ALLOWED = "the address of a running scheduler, such as tcp://host:8786"
ANSWER = 10.0
"""Seconds to wait for the answer of a scheduler."""
PATIENCE = 60.0
"""Seconds to wait for a worker where there is none."""
AHEAD = 2
"""Jobs that each thread of the cluster has been given: one at work and one waiting."""


class Cluster:
    """Workers of a Dask cluster, which a `Scheduler` uses like those of this machine.

    A job whose worker is lost is done again by another; its result arrives once.

    Parameters
    ----------
    root
        The project's folder.
    address
        Of Dask's scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    BadInputError
        Dask or its TLS is not set up, the address is none, or no scheduler answers there.
    """

    def __init__(self, root: Path, address: str) -> None:
        # Dask itself would try for long, and complain with a traceback when the client is thrown away.
        place = _ADDRESS.fullmatch(address)
        if place is None or not 0 < int(place[1]) < 2**16:
            raise BadInputError([Problem(f"--dask {address}", "not an address", ALLOWED)])
        try:
            from distributed import Client, Security, as_completed
        except ImportError as error:
            need = "after `pip install -e '.[distributed]'` in the project's folder"
            raise BadInputError([Problem("--dask", "Dask is not installed", need)]) from error
        if address.startswith("tls:") and Security().get_connection_args("client")["ssl_context"] is None:
            need = "certificate and key in Dask's settings under distributed.comm.tls"
            raise BadInputError([Problem(f"--dask {address}", "TLS is not set up", need)])
        try:
            self._client = Client(address, timeout=ANSWER, set_as_default=False)
        except (OSError, ValueError) as error:
            raise BadInputError([Problem(f"--dask {address}", "no scheduler answers", ALLOWED)]) from error
        self._root, self._software = root, software()
        archive = pack(root)
        self._digest = sha256(archive)
        # As a task and not as scattered data: it can be had again when the worker that holds it is lost.
        self._archive = self._client.submit(bytes, archive, key=f"project-{self._digest}")
        self._completed = as_completed(loop=self._client.loop)
        self._running: dict[Any, Job] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.cancel([*self._running, self._archive])
        self._client.close()

    @property
    def free(self) -> int:
        """How many more jobs can be taken now."""
        threads: int = sum(self._client.nthreads().values())
        return max(1, AHEAD * threads) - len(self._running)

    @property
    def busy(self) -> bool:
        """Whether a job is under way."""
        return bool(self._running)

    def submit(self, job: Job) -> None:
        """Hand a job to the cluster."""
        files = {
            path.relative_to(self._root).as_posix(): path.read_bytes()
            for folder in job.argument.needs
            for path in (self._root / folder).iterdir()
            if path.is_file()
        }
        parcel = Parcel(job.function, job.argument, job.lasting, self._digest, files, self._software)
        future = self._client.submit(do, self._archive, parcel, pure=False)
        self._running[future] = job
        self._completed.add(future)

    def wait(self) -> list[tuple[Job, Any]]:
        """Wait until at least one job has ended and return those that have, with what came of each.

        Raises
        ------
        RunFailedError
            The cluster has had no worker for a while; what was finished stays.
        """
        alone_since = time.monotonic()
        while not self._completed.has_ready():
            if self._client.scheduler_info()["workers"]:
                alone_since = time.monotonic()
            elif time.monotonic() - alone_since > PATIENCE:
                raise RunFailedError(
                    f"the cluster has had no worker for {PATIENCE:.0f} seconds; what was finished is kept"
                )
            time.sleep(0.02)
        return [self._ended(future) for future in self._completed.next_batch(block=False)]

    def prepare(self, function: Callable[[], Any]) -> None:
        """Do nothing: which of many machines does the first job cannot be foreseen."""

    def _ended(self, future: Any) -> tuple[Job, Any]:
        job = self._running.pop(future)
        error = future.exception()
        if isinstance(error, RunFailedError):
            raise error
        if error is not None:
            return job, Died(f"on the cluster: {type(error).__name__}: {' '.join(str(error).split())}")
        outcome, files = future.result()
        draft: Path = job.argument.draft
        for name, content in files.items():
            (draft / name).write_bytes(content)
        return job, outcome if isinstance(outcome, Lost) else job.argument.returned(outcome)
