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

from briefing.errors import BadInputError, RunFailedError
from briefing.run.cluster import ALLOWED, Cluster
from briefing.run.pool import Job
from conftest import DRAWS, SHOWS, copy_project, make_drawn

BIN = Path(sys.executable).parent
GRID = ("sweep", "--base", "as-printed", "--grid", "pay=1500,1800", "--renderer", "builtin")


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


def test_a_sweep_goes_on_when_a_worker_is_killed_and_equals_a_local_one(cluster, tmp_path_factory, briefing):
    address, (_, mortal) = cluster
    far, near = (tmp_path_factory.mktemp(name) for name in ("far", "near"))
    for root in (far, near):
        # Long enough for the worker to be killed while some are still to come.
        make_drawn(root).write("02_second", "import time; time.sleep(0.5)", DRAWS, SHOWS, "record.save()")
    sweep = start(*GRID, "--dask", address, cwd=far)
    until = time.monotonic() + 120
    while not list((far / "figures" / ".cache").glob("*")) and sweep.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert sweep.poll() is None, sweep.communicate()
    os.killpg(mortal.pid, signal.SIGKILL)
    out, err = sweep.communicate(timeout=300)
    assert sweep.returncode == 0, err
    assert out.startswith("2 scenarios: ")
    assert "2 got new documents" in out
    assert briefing(*GRID, cwd=near).returncode == 0
    assert table(far, "as-printed-pay") == table(near, "as-printed-pay")
    made = sorted(path.relative_to(near) for path in near.glob("briefings/*/report.*"))
    assert len(made) == 4
    for path in made:
        assert (far / path).read_bytes() == (near / path).read_bytes(), path


def test_a_worker_with_other_software_is_refused_in_one_line(monkeypatch):
    from briefing.run import remote

    monkeypatch.setattr(remote, "software", lambda: {"briefing": "here", "numpy": "1"})
    parcel = remote.Parcel(print, None, False, "", {}, {"briefing": "there", "numpy": "1"})
    with pytest.raises(RunFailedError, match="other software than this machine: briefing here, not"):
        remote.do(b"", parcel)


def parcel_of(small, **files: bytes):
    from briefing.run import remote
    from briefing.run.task import Task, run_task

    task = Task(small.root / "notebooks/01_first.ipynb", {}, small.root, small.root, "warm")
    given = {f"figures/as-printed/{name}": content for name, content in files.items()}
    return remote.Parcel(run_task, task, False, "one", given, remote.software())


def test_a_worker_whose_helper_was_killed_goes_on_and_leaves_nothing_behind(small, monkeypatch):
    from briefing.run import remote

    temporary = small.root / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    archive, parcel = remote.pack(small.root), parcel_of(small, note=b"x")
    try:
        first = remote.do(archive, parcel)
        assert first[0] is None
        assert "01_first.json" in first[1]
        [before] = temporary.iterdir()
        assert not [*before.glob("figures/*")]
        process = remote._own.host._process
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert remote.do(archive, parcel) == first
        [after] = temporary.iterdir()
        assert after != before
    finally:
        remote._dismiss()
    assert not [*temporary.iterdir()]


@pytest.mark.parametrize("address", ["foo", "tcp://host", "tcp://host:port", "host:99999", "x://host:8786"])
def test_a_malformed_address_is_refused_before_anything_is_tried(tmp_path, address):
    begun = time.monotonic()
    with pytest.raises(BadInputError) as told:
        Cluster(tmp_path, address)
    assert str(told.value) == f"--dask {address}: not an address; allowed: {ALLOWED}"
    assert time.monotonic() - begun < 5


def test_an_address_for_which_nothing_is_set_up_is_one_line_without_a_traceback(small):
    command = ("sweep", "--grid", "pay=1500,1800", "--no-documents", "--dask", "tls://127.0.0.1:9")
    done = by_shell(*command, cwd=small.root)
    assert done.returncode == 2
    assert done.stderr.startswith("--dask tls://127.0.0.1:9: TLS is not set up; allowed: certificate and key")
    assert len(done.stderr.splitlines()) == 1


def test_without_dask_a_line_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInputError) as told:
        Cluster(tmp_path, "tcp://host:8786")
    assert str(told.value).startswith("--dask: Dask is not installed; allowed: after `pip install -e ")


def test_a_cluster_without_workers_is_not_waited_for_without_end(small, monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr("briefing.run.cluster.PATIENCE", 0.3)
    options = {"n_workers": 0, "processes": False, "protocol": "tcp", "dashboard_address": None}
    with LocalCluster(**options) as empty, Cluster(small.root, empty.scheduler_address) as workers:
        parcel = parcel_of(small)
        workers.submit(Job("first", parcel.function, parcel.argument))
        with pytest.raises(RunFailedError, match=r"no worker for .* what was finished is kept"):
            workers.wait()


def test_the_archive_depends_on_the_project_s_files_and_on_nothing_else(tmp_path):
    from briefing.run.remote import pack

    one, other = copy_project(tmp_path / "one"), copy_project(tmp_path / "other")
    for path in other.rglob("*.csv"):
        os.utime(path, (1, 1))
    assert pack(one) == pack(other)
    (other / "report.qmd").write_text("changed")
    assert pack(one) != pack(other)
