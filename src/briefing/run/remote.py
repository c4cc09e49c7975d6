"""A job on another machine: the project travels as one archive, the outputs come back as bytes."""

import io
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, Self

from briefing.errors import RunFailedError
from briefing.run.pool import Job, Pool
from briefing.run.stale import Inputs

FOLDERS = {"data": "*", "scenarios": "*.yaml", "notebooks": "*.ipynb", "_extensions": "**/*"}
FILES = ("report.qmd", "references.bib", "_quarto.yml", "requirements.lock")
LIBRARIES = ("matplotlib", "numpy", "pandas", "papermill", "pypandoc_binary", "scipy", "typst")
_own = threading.local()


class Portable(Protocol):
    """What a job is told, where it can be told on another machine."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Folders of the project, beside those of the archive, whose files it reads."""

    def moved(self, root: Path, draft: Path) -> Self:
        """Return the same for a project in another place."""

    def returned(self, outcome: Any) -> Any:
        """Return the outcome of the same elsewhere as if it had been done here."""


@dataclass(frozen=True)
class Parcel:
    """A job as it travels.

    Attributes
    ----------
    archive_digest
        Names the project's archive, which a worker unpacks once.
    files
        Contents by path of what the job reads beside the archive.
    software
        Digest of the package and versions of the libraries: a worker with others would make other numbers.
    """

    function: Callable[[Any], Any]
    argument: Any
    lasting: bool
    archive_digest: str
    files: Mapping[str, bytes]
    software: Mapping[str, str]


class OtherSoftwareError(RunFailedError):
    """A worker has another version of the package or of a library."""


def software() -> dict[str, str]:
    """Return what must be equal on every machine: the package's code and the versions of its libraries."""
    return {"briefing": Inputs(Path()).package[:12], **{name: version(name) for name in LIBRARIES}}


def pack(root: Path) -> bytes:
    """Return the project's own files as an archive whose bytes depend on nothing but theirs."""
    buffer = io.BytesIO()
    paths = [path for folder, which in FOLDERS.items() for path in (root / folder).glob(which)]
    paths += [root / name for name in FILES]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in paths if path.is_file() and path.suffix != ".ttf"):
            archive.writestr(zipfile.ZipInfo(path.relative_to(root).as_posix()), path.read_bytes())
    return buffer.getvalue()


def do(archive: bytes, parcel: Parcel) -> tuple[Any, dict[str, bytes]]:
    """Do a job on this machine and return its outcome and the files of its draft folder.

    Raises
    ------
    OtherSoftwareError
        This machine's package or libraries differ from those of the machine that asks.
    """
    here = software()
    if differing := [name for name, wanted in parcel.software.items() if here[name] != wanted]:
        told = ", ".join(f"{name} {here[name]}, not {parcel.software[name]}" for name in differing)
        raise OtherSoftwareError(f"a worker has other software than this machine: {told}")
    try:
        return _do(_host(parcel.archive_digest, archive), parcel)
    except (EOFError, OSError, pickle.UnpicklingError):
        # The host is gone, as when the system ran out of memory: once more with a new one.
        _dismiss()
        return _do(_host(parcel.archive_digest, archive), parcel)


def _do(host: "Host", parcel: Parcel) -> tuple[Any, dict[str, bytes]]:
    """Do a job with a host, which afterwards has no more files than before."""
    brought = [host.root / name for name in parcel.files]
    try:
        for path, content in zip(brought, parcel.files.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        with tempfile.TemporaryDirectory(prefix="briefing-") as place:
            draft = Path(place)
            job = Job("job", parcel.function, parcel.argument.moved(host.root, draft), parcel.lasting)
            outcome = host.do(job)
            return outcome, {path.name: path.read_bytes() for path in draft.iterdir() if path.is_file()}
    finally:
        for folder in {path.parent for path in brought}:
            shutil.rmtree(folder, ignore_errors=True)


class Host:
    """A process beside a worker's that starts the processes of its jobs, as the worker's own may not.

    Dask's nannies run workers as daemons, and a daemon can have no children. The host keeps the project's
    files and removes them when the worker is gone, however it ended. Where the host itself was killed, the
    worker that misses it removes them.
    """

    def __init__(self, archive: bytes) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="briefing-"))
        with zipfile.ZipFile(io.BytesIO(archive)) as packed:
            packed.extractall(self.root)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "briefing.run.remote", str(self.root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def do(self, job: Job) -> Any:
        """Do a job there and return its outcome."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump(job, self._process.stdin)
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)

    def end(self) -> None:
        """End the process, if it has not ended, and remove the project's files."""
        self._process.kill()
        self._process.communicate()
        shutil.rmtree(self.root, ignore_errors=True)


def _host(digest: str, archive: bytes) -> Host:
    """Return this thread's host for a project, so that threads of one worker do not wait for each other."""
    if getattr(_own, "digest", None) != digest:
        _own.host, _own.digest = Host(archive), digest
    host: Host = _own.host
    return host


def _dismiss() -> None:
    """End this thread's host; the next job gets a new one."""
    if getattr(_own, "digest", None) is not None:
        _own.digest = None
        _own.host.end()


def serve(root: Path) -> None:
    """Do the jobs that arrive on standard input until it ends; then remove the project's files."""
    # What a job prints must not get between the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        with Pool(1) as pool:
            while True:
                try:
                    job = pickle.load(sys.stdin.buffer)
                except EOFError:
                    return
                pool.submit(job)
                [(_, outcome)] = pool.wait()
                pickle.dump(outcome, answers)
                answers.flush()
    finally:
        shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
