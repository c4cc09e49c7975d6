"""What a command prints and leaves behind where a terminal, a pipe, a disk or a home is unlike the usual."""

import errno
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import matplotlib
import pytest
from shell import BRIEFING, by_shell

from briefing.errors import reason_of
from conftest import Small

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("engine", ["warm", "kernel"])
def test_a_run_leaves_the_user_s_ipython_history_alone(small: Small, monkeypatch, tmp_path_factory, engine):
    home = tmp_path_factory.mktemp("home")
    (small.root / "notebooks" / "02_second.ipynb").unlink()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("IPYTHONDIR", str(home / "ipython"))
    # What matplotlib knows of fonts is no history, and takes it long to find.
    monkeypatch.setenv("MPLCONFIGDIR", matplotlib.get_cachedir())
    assert by_shell("run", "as-printed", "--engine", engine).returncode == 0
    assert list(home.rglob("*history*")) == []


def test_what_no_notebook_recorded_is_told_in_one_sentence(drawn: Small, briefing):
    with (drawn.root / "report.qmd").open("a", encoding="utf-8") as report:
        report.write("\n[lineage.summary]{.num}\n")
    done = briefing("render", "as-printed", "--to", "html", "--renderer", "builtin")
    [told] = [line for line in done.stderr.splitlines() if "lineage.summary" in line]
    assert done.returncode == 2
    assert "no notebook records the number lineage.summary" in told


def bash(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which `briefing` is the command."""
    script = f'briefing() {{ {shlex.quote(str(BRIEFING))} "$@"; }}; {script}'
    everything = {**os.environ, **environment}
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, env=everything)


MANY = ",".join(str(pay) for pay in range(1000, 1030))


@pytest.mark.parametrize(
    "command",
    ["scenarios", "ledger show", "parameters --json", "--help", f"sweep --explain --grid pay={MANY}"],
)
def test_a_reader_who_leaves_early_ends_no_command_with_an_error(project, command):
    done = bash(f"set -o pipefail; briefing {command} | true")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_run_whose_reader_has_left_is_finished_all_the_same(small: Small):
    names = "as-printed current"
    done = bash(f"set -o pipefail; briefing run {names} | true")
    assert (done.returncode, done.stderr) == (0, "")
    for name in names.split():
        assert (small.root / "figures" / name / "02_second.json").is_file()


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-"])
def test_a_closed_output_is_no_error(project, closed):
    done = bash(f"briefing scenarios {closed}")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_letter_that_the_terminal_lacks_is_a_question_mark(project):
    done = bash("briefing ledger show --quantity troop_revenue_usd_year", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "more than $200?million a year" in done.stdout


def test_a_full_disk_is_told_with_the_file_and_without_a_number():
    full = (errno.ENOSPC, "No space left on device")
    assert reason_of(OSError(*full, "a.svg", None, "b.svg")) == "a.svg -> b.svg: No space left on device"
    assert reason_of(OSError(*full)).startswith(
        "a file in figures/ or briefings/ could not be written: No space"
    )


def test_a_folder_that_cannot_be_copied_is_told_in_a_line(tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "gone").symlink_to(tmp_path / "nothing")
    with pytest.raises(shutil.Error) as caught:
        shutil.copytree(tmp_path / "from", tmp_path / "to")
    places = f"{tmp_path / 'from' / 'gone'} -> {tmp_path / 'to' / 'gone'}"
    assert reason_of(caught.value) == f"{places}: No such file or directory"
