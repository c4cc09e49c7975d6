"""A cell that never ends is stopped in time and named; what died is tried once more, and only once."""

import os
import signal
import time
from multiprocessing import forkserver
from pathlib import Path

import nbformat
import pytest
from shell import start

from briefing.cli.options import conduct_of
from briefing.errors import BadInputError, RunFailedError
from briefing.run.limit import Step
from briefing.run.pool import Died, Job, Pool, TimedOut
from briefing.run.stale import Inputs
from briefing.run.task import ESCAPES
from briefing.scenario import load_scenario
from briefing.scenario.sweep_specs import parse_grid
from conftest import SECOND, Small

LATE = "notebooks/02_second.ipynb, cell [3]: did not end within 1 second (cell_timeout)"
SWALLOWS = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
HOLDS_THE_INTERPRETER = "sum(range(10**13))"


def allow(small: Small, seconds: int | str, scenario: str = "as-printed") -> None:
    with (small.root / "scenarios" / f"{scenario}.yaml").open("a") as file:
        file.write(f"cell_timeout: {seconds}\n")


def failure(small: Small, **options) -> str:
    with pytest.raises(RunFailedError) as caught:
        small.run(**options)
    return str(caught.value)


def gone(pid: int, within: float = 5.0) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


def dying(mark: Path, how: str = "os.kill(os.getpid(), signal.SIGKILL)", times: int = 1) -> str:
    """Return a cell that kills its process, but only the first few times; a file counts."""
    return (
        f"import os, signal\nwith open({str(mark)!r}, 'a') as mark: mark.write('x')\n"
        f"if len(open({str(mark)!r}).read()) <= {times}: {how}"
    )


# A limit on each cell


@pytest.mark.parametrize("engine", ["warm", "kernel"])
def test_an_endless_cell_is_stopped_and_named_and_the_notebook_shows_where_it_was(small, engine):
    small.run()
    allow(small, 1)
    small.write("02_second", "print('before'); x = 0\nwhile True: x += 1", "raise ValueError('not reached')")
    kept = small.folder / "failed" / "02_second.ipynb"
    assert failure(small, engine=engine) == f"{LATE}\nThe failed notebook is kept: {kept}"
    cells = [cell for cell in nbformat.read(kept, as_version=4).cells if cell.cell_type == "code"]
    printed, traceback = cells[2].outputs
    assert printed.text == "before\n"
    assert "while True: x += 1" in ESCAPES.sub("", "\n".join(traceback.traceback))
    assert cells[3].outputs == []


def test_a_cell_that_waits_is_stopped_with_the_processes_that_it_has_started(small):
    allow(small, 1)
    mark = small.root / "pid"
    child = f"import subprocess; child = subprocess.Popen(['sleep', '1000'])\nopen({str(mark)!r}, 'w')"
    small.write("02_second", f"{child}.write(str(child.pid))\nimport time; time.sleep(1000)")
    assert failure(small).startswith(LATE)
    assert gone(int(mark.read_text()))


def test_cells_that_cannot_be_interrupted_are_ended_with_their_processes(small):
    allow(small, 1)
    small.write("01_first", SWALLOWS, parameters='as_of = "latest"')
    small.write("02_second", HOLDS_THE_INTERPRETER)
    told = {line for line in failure(small, engine="warm", jobs=2).splitlines() if "did not end" in line}
    assert told == {LATE, LATE.replace("02_second", "01_first")}
    assert small.unfinished() == []


def test_a_cell_that_swallows_the_alarm_and_then_ends_was_still_too_slow(small):
    allow(small, 1)
    small.write("02_second", "import time\ntry: time.sleep(1000)\nexcept BaseException: pass", SECOND)
    assert failure(small).startswith(LATE)


def test_the_limit_is_each_cell_s_own(small):
    allow(small, 2)
    nap = "import time; time.sleep(0.8)"
    small.write("02_second", nap, nap, nap, SECOND, "record.save()")
    assert list(small.run().ran) == ["01_first", "02_second"]


def test_none_is_no_limit_and_ten_minutes_are_the_default(small):
    allow(small, "none")
    no_alarm = "import signal; assert signal.getitimer(signal.ITIMER_REAL)[0] == 0"
    small.write("02_second", no_alarm, SECOND, "record.save()")
    assert list(small.run(engine="warm").ran) == ["01_first", "02_second"]
    assert load_scenario("as-printed").cell_timeout is None
    assert load_scenario("november-2024").cell_timeout == 600


def test_the_command_line_wins_over_the_file_and_other_scenarios_go_on(small, briefing):
    allow(small, 1)
    small.write("02_second", "import time\ntime.sleep(1000 if pay == 2500 else 1.1)", SECOND, "record.save()")
    grid = ("sweep", "--base", "as-printed", "--grid", "pay=2000,2500", "--no-documents")
    code, _, err = briefing(*grid, "--cell-timeout", "3")
    name, other = (load_scenario("as-printed", {"pay": pay}).name for pay in (2_500, 2_000))
    late = f"{name}: {LATE.replace('1 second', '3 seconds')}"
    kept = f"kept: figures/{name}/failed/02_second.ipynb"
    assert (code, err) == (1, f"1 of 2 scenarios failed:\n{late}; {kept}\n")
    assert (small.root / "figures" / other / "02_second.json").is_file()


def test_scenarios_with_other_limits_do_not_share_a_run_that_was_too_slow(small, briefing):
    allow(small, 1)
    patient = (small.root / "scenarios" / "as-printed.yaml").read_text().replace("out: 1", "out: 60")
    (small.root / "scenarios" / "patient.yaml").write_text(patient)
    small.write("02_second", "import time; time.sleep(1.5)", SECOND, "record.save()")
    code, out, err = briefing("run", "as-printed", "patient")
    assert (code, out) == (1, "figures/patient: 1 run, 1 from the cache, 0 up to date\n")
    assert err.startswith(f"scenario as-printed:\n{LATE}")


def test_the_limit_decides_no_result(small):
    before = load_scenario("as-printed")
    small.write("02_second", "from briefing.scenario import scenario_names", SECOND, "record.save()")
    small.run()
    compared = Inputs(small.root).scenarios
    allow(small, 5)
    allow(small, 5, "high-tempo")
    after = load_scenario("as-printed")
    assert (before.cell_timeout, after.cell_timeout) == (600, 5)
    assert (after.digest, after.name, after.values()) == (before.digest, before.name, before.values())
    assert small.explain() == {"01_first": [], "02_second": []}
    assert Inputs(small.root).scenarios == compared
    assert "cell_timeout" not in after.model_dump()
    assert load_scenario("as-printed", {"pay": 2_500}).cell_timeout == 5


@pytest.mark.parametrize("given", ["0", "-1", "1.5", "86401", "soon", "", "true", "1/2/3"])
def test_a_limit_that_is_none_is_refused_in_one_line(small, given):
    allowed = "; allowed: 1 to 86,400 whole seconds, or none for no limit"
    with pytest.raises(BadInputError) as caught:
        conduct_of(given)
    assert str(caught.value).startswith("--cell-timeout: ")
    assert str(caught.value).endswith(allowed)
    allow(small, given or "''")
    with pytest.raises(BadInputError) as caught:
        load_scenario("as-printed")
    assert str(caught.value).startswith("scenarios/as-printed.yaml, cell_timeout: ")
    assert str(caught.value).endswith(allowed)
    assert len(str(caught.value).splitlines()) == 1


def test_the_limit_is_no_parameter_of_the_model(small):
    told = (
        "--set cell_timeout: cannot be set; allowed: `cell_timeout:` in a scenario's file, or --cell-timeout"
    )
    with pytest.raises(BadInputError, match=f"^{told}$"):
        load_scenario("as-printed", {"cell_timeout": 5})
    with pytest.raises(BadInputError, match="cell_timeout: unknown parameter"):
        parse_grid(["cell_timeout=1,2"])
    small.write("02_second", "pass", parameters="cell_timeout = 5")
    with pytest.raises(BadInputError, match="`cell_timeout` is no parameter of a scenario"):
        small.run()


def test_what_is_wrong_with_the_options_is_told_at_once(small, briefing):
    wrong = ("run", "no-such", "--cell-timeout", "0", "--set", "pay")
    code, _, err = briefing(*wrong)
    assert (code, [line.split(":")[0] for line in err.splitlines()]) == (
        2,
        ["--set pay", "--cell-timeout", 'scenario "no-such"'],
    )
    model = ("sweep", "--grid", "pay=1,2", "--no-documents", "--no-figures", "--cell-timeout", "5")
    said = "--cell-timeout: beside --no-figures, which runs no cell; allowed: one of the two\n"
    assert briefing(*model) == (2, "", said)


# What died is tried once more


@pytest.mark.parametrize("engine", ["warm", "kernel"])
def test_a_notebook_whose_process_was_killed_is_tried_again_from_nothing(small, engine):
    small.run()
    mark = small.root / "tries"
    empty = "import os; assert os.listdir(os.environ['BRIEFING_FIGURES']) == []"
    record = "from briefing.results import Record\nrecord = Record('02_second')\nrecord.save()"
    small.write("02_second", empty, record, dying(mark))
    assert list(small.run(engine=engine).ran) == ["02_second"]
    assert mark.read_text() == "xx"


def test_a_process_that_dies_twice_is_named_with_its_cell_and_not_tried_a_third_time(small):
    mark = small.root / "tries"
    small.write("02_second", dying(mark, "os._exit(3)", times=9))
    assert (
        failure(small) == "notebooks/02_second.ipynb, cell [3]: its process died (exit code 3); tried twice"
    )
    assert mark.read_text() == "xx"


def test_a_cell_that_failed_or_was_too_slow_is_not_tried_again(small):
    allow(small, 1)
    mark = small.root / "tries"
    count = f"open({str(mark)!r}, 'a').write('x')"
    small.write("01_first", f"{count}; 1 / 0")
    small.write("02_second", f"{count}\nimport time; time.sleep(1000)")
    failure(small)
    assert mark.read_text() == "xx"


def test_a_fork_server_that_is_killed_while_it_begins_a_process_fails_nothing(small, monkeypatch):
    small.run(engine="warm")
    small.forget()
    server, connect = forkserver._forkserver._forkserver_pid, forkserver.connect_to_new_process

    def killed_before_it_answers(pipes):
        monkeypatch.setattr(forkserver, "connect_to_new_process", connect)
        os.kill(server, signal.SIGSTOP)
        ends = connect(pipes)
        os.kill(server, signal.SIGKILL)
        return ends

    monkeypatch.setattr(forkserver, "connect_to_new_process", killed_before_it_answers)
    assert list(small.run(engine="warm").ran) == ["01_first", "02_second"]
    assert forkserver._forkserver._forkserver_pid != server


def test_a_process_that_stays_is_tried_once_more_too(tmp_path):
    once, ever = tmp_path / "once", tmp_path / "ever"
    with Pool(2) as workers:
        workers.submit(Job("once", exec, dying(once), lasting=True))
        workers.submit(Job("ever", exec, dying(ever, times=9), lasting=True))
        outcomes = {job.name: what for _ in range(2) for job, what in workers.wait()}
    died = Died("its process died (signal 9); tried twice", "before or between its cells")
    assert outcomes == {"once": None, "ever": died}
    assert (once.read_text(), ever.read_text()) == ("xx", "xx")


def test_a_process_that_stays_is_ended_where_it_does_not_end(tmp_path):
    with Pool(1) as workers:
        workers.submit(Job("one", time.sleep, 1000, lasting=True, step=Step("asleep", 0.5, "too slow")))
        assert [what for _, what in workers.wait()] == [TimedOut("too slow", "asleep")]
        workers.submit(Job("two", len, "abc", lasting=True))
        assert [what for _, what in workers.wait()] == [3]


def test_an_interrupted_run_takes_the_processes_of_its_cells_with_it(small):
    mark = small.root / "pid"
    child = f"import subprocess; child = subprocess.Popen(['sleep', '1000'])\nopen({str(mark)!r}, 'w')"
    small.write("02_second", f"{child}.write(str(child.pid))\nchild.wait()")
    process = start("run", "as-printed")
    until = time.monotonic() + 120
    while not (mark.exists() and mark.read_text()):
        assert time.monotonic() < until
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "stopped; what was finished is kept\n")
    assert gone(int(mark.read_text()))
