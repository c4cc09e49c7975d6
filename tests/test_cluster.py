"""A sweep on a real Dask cluster: every result once, whatever happens to a worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from shell import by_shell, start
from test_sweep import table

from conftest import copy_project

BIN = Path(sys.executable).parent
GRID = ("sweep", "--grid", "pay=1500,1800,2500,2800", "--renderer", "builtin")


@pytest.fixture
def cluster(tmp_path) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """A scheduler and two workers on loopback, each with a process of its own."""
    here = ("--host", "127.0.0.1", "--no-dashboard")
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "cwd": tmp_path}
    scheduler = subprocess.Popen([BIN / "dask", "scheduler", "--port", "0", *here], **options)
    workers: list[subprocess.Popen] = []
    try:
        address = ""
        while "Scheduler at:" not in address:
            address = scheduler.stdout.readline()
            assert address, "the scheduler has ended"
        address = address.split("Scheduler at:")[1].strip()
        quiet = {**options, "stdout": subprocess.DEVNULL, "start_new_session": True}
        command = [
            BIN / "dask",
            "worker",
            address,
            "--nthreads",
            "1",
            "--host",
            "127.0.0.1",
            "--no-dashboard",
        ]
        command += ["--local-directory", str(tmp_path)]
        # One with a nanny, under which a worker may have no children; one without, which dies for good.
        workers += [subprocess.Popen(command, **quiet), subprocess.Popen([*command, "--no-nanny"], **quiet)]
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            if process.poll() is None:
                process.kill() if process is scheduler else os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_a_sweep_goes_on_when_a_worker_is_killed_and_equals_the_local_one(cluster, tmp_path_factory):
    address, (_, mortal) = cluster
    far = copy_project(tmp_path_factory.mktemp("far"))
    near = copy_project(tmp_path_factory.mktemp("near"))
    sweep = start(*GRID, "--dask", address, cwd=far)
    until = time.monotonic() + 120
    while not list((far / "figures" / ".cache").glob("*")) and sweep.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert sweep.poll() is None, sweep.communicate()
    os.killpg(mortal.pid, signal.SIGKILL)
    out, err = sweep.communicate(timeout=300)
    assert sweep.returncode == 0, err
    assert out.startswith("4 scenarios: ")
    assert "4 got new documents" in out
    local = by_shell(*GRID, cwd=near)
    assert local.returncode == 0, local.stderr
    assert table(far, "pay") == table(near, "pay")
    made = sorted(path.relative_to(near) for path in near.glob("briefings/*/report.*"))
    assert len(made) == 8
    for path in made:
        assert (far / path).read_bytes() == (near / path).read_bytes(), path


def test_a_worker_with_other_software_is_refused_in_one_line(monkeypatch):
    from briefing.errors import RunFailedError
    from briefing.run import remote

    monkeypatch.setattr(remote, "software", lambda: {"briefing": "here", "numpy": "1"})
    parcel = remote.Parcel(print, None, False, "", {}, {"briefing": "there", "numpy": "1"})
    with pytest.raises(RunFailedError, match="other software than this machine: briefing here, not"):
        remote.do(b"", parcel)


def test_the_archive_depends_on_the_project_s_files_and_on_nothing_else(tmp_path):
    from briefing.run.remote import pack

    one, other = copy_project(tmp_path / "one"), copy_project(tmp_path / "other")
    for path in other.rglob("*.csv"):
        os.utime(path, (1, 1))
    assert pack(one) == pack(other)
    (other / "report.qmd").write_text("changed")
    assert pack(one) != pack(other)
