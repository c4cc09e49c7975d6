"""Running notebooks: what is due, in which process, and what is left when something fails."""

import csv
import errno
import json
import multiprocessing
import os
import shlex
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from shell import BRIEFING, start

from briefing.errors import BadInputError, RunFailedError
from briefing.ledger.package import data_digest
from briefing.project.files import sha256_of_file
from briefing.run import runner, stale
from briefing.run.cache import Cache
from briefing.run.pool import Job, Pool
from briefing.scenario import load_scenario
from conftest import FIRST, SECOND, Small, copy_with, files

ENGINES = ["warm", "kernel"]


def numbers(small: Small, notebook: str) -> dict[str, object]:
    content = json.loads((small.folder / f"{notebook}.json").read_text())
    return {key: number["value"] for key, number in content["numbers"].items()}


def failure(small: Small, **options) -> str:
    with pytest.raises(RunFailedError) as caught:
        small.run(**options)
    assert caught.value.exit_code == 1
    return str(caught.value)


def ends(pid: int, within: float = 5.0) -> bool:
    """Return whether the process is gone, waiting a little for it."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


# Engines


def test_both_engines_make_the_same_files_byte_for_byte(small):
    cell = "print('said')\nprint('again')\n2 + 2"
    small.write("01_first", FIRST, cell, parameters='as_of = "latest"')
    small.write(
        "02_second", SECOND, "record.save()", "display({'a': 1})\nrecord.figures['fig-second']['file']"
    )
    small.run(engine="warm")
    warm = small.outputs()
    assert list(warm) == [
        "01_first.ipynb",
        "01_first.json",
        "02_second.ipynb",
        "02_second.json",
        "fig-second.svg",
    ]
    small.forget()
    assert list(small.run(engine="kernel").ran) == ["01_first", "02_second"]
    kernel = small.outputs()
    assert warm.keys() == kernel.keys()
    for name in warm:
        assert warm[name] == kernel[name], name


def test_real_notebooks_come_out_the_same_from_both_engines(finished, tmp_path):
    root = copy_with(finished, tmp_path / "project")
    for path in (root / "notebooks").glob("*.ipynb"):
        # One that fits with many draws and one with much to draw; the engine is the same for all.
        if path.stem not in ("03_losses", "05_scenarios"):
            path.unlink()
    runner.run_notebooks(root, load_scenario("november-2024"), engine="kernel")
    made, by_kernel = (place / "figures" / "november-2024" for place in (finished, root))
    names = [path.name for path in files(by_kernel)]
    assert len([name for name in names if name.endswith(".json")]) == 2
    assert len(names) > 5
    for name in names:
        assert (made / name).read_bytes() == (by_kernel / name).read_bytes(), name


def test_outputs_name_no_place_of_this_machine_and_no_time(finished):
    for path in files(finished / "figures" / "november-2024"):
        text = path.read_text(encoding="utf-8")
        assert str(finished) not in text
        assert str(Path.home()) + "/" not in text
        assert "papermill" not in text
        assert ".run" not in text


def test_a_notebook_gets_the_values_of_its_own_parameters_and_no_others(small):
    cell = (
        "from briefing.results import Record\n"
        "record = Record('02_second')\n"
        "record.number('second.pay', pay, 'usd_per_month', 'assumed', 'Pay')\n"
        "record.number('second.seed', float('seed' in globals()), 'count', 'counted', 'Is seed known')\n"
        "record.save()"
    )
    small.write("02_second", cell)
    small.run({"pay": 2_500, "seed": 7})
    [made] = (small.root / "figures").glob("as-printed-*")
    found = json.loads((made / "02_second.json").read_text())["numbers"]
    assert (found["second.pay"]["value"], found["second.seed"]["value"]) == (2_500, 0)


@pytest.mark.parametrize("jobs", [1, 4])
def test_what_a_notebook_changes_in_its_process_is_not_noticed_by_the_next(small, jobs):
    small.write(
        "01_first",
        "import os, sys, matplotlib, briefing.formats",
        "briefing.formats.UNKNOWN = os.environ['LEAK'] = matplotlib.rcParams['font.family'] = 'changed'",
        "sys.path.insert(0, 'changed')\nos.chdir('/')",
        FIRST,
        parameters='as_of = "latest"',
    )
    seen = (
        "import os, sys, matplotlib, briefing.formats\nfrom briefing.results import Record\n"
        "state = [briefing.formats.UNKNOWN, os.environ.get('LEAK'), matplotlib.rcParams['font.family'],"
        " sys.path[0], os.path.basename(os.getcwd())]\n"
        "record = Record('02_second')\n"
        "record.number('a.b', repr(state), 'text', 'counted', 'State')\n"
        "record.save()"
    )
    small.write("02_second", seen)
    small.run(jobs=jobs, engine="warm")
    state = str(numbers(small, "02_second")["a.b"])
    assert "changed" not in state
    assert state.startswith("['unknown', None, ['sans-serif']")
    assert state.endswith(f"'{small.root.name}']")


# What is due


def test_the_second_run_does_nothing(small):
    assert list(small.run().ran) == ["01_first", "02_second"]
    everything = [*files(small.folder), *small.folder.glob(".run/*.json")]
    before = [path.stat().st_mtime_ns for path in everything]
    again = small.run()
    assert (again.ran, again.fresh) == ({}, ["01_first", "02_second"])
    assert [path.stat().st_mtime_ns for path in everything] == before
    assert small.explain() == {"01_first": [], "02_second": []}


def test_a_new_value_reruns_only_the_notebooks_that_declare_it(ran, monkeypatch):
    scenario = load_scenario("as-printed", {"pay": 2_500}).model_copy(update={"name": "as-printed"})
    reason = {"01_first": [], "02_second": ["pay changed"]}
    assert runner.explain(ran.root, scenario) == reason
    assert runner.run_notebooks(ran.root, scenario).ran == {"02_second": reason["02_second"]}
    assert numbers(ran, "02_second") == {"second.pay": 2_500}
    assert ran.run().cached == ["02_second"]
    assert numbers(ran, "02_second") == {"second.pay": 2_000}


def test_every_reason_to_run_again_is_told(small):
    assert small.explain()["01_first"] == ["it has not run for this scenario"]
    small.run()
    small.write("01_first", FIRST, "1 + 1", parameters='as_of = "latest"')
    assert small.explain() == {"01_first": ["the notebook was edited"], "02_second": []}
    small.run()
    with (small.root / "requirements.lock").open("a") as lock:
        lock.write("\n")
    assert small.explain()["02_second"] == ["the locked libraries changed"]
    small.run()
    claims = small.root / "data" / "claims.csv"
    claims.write_bytes(claims.read_bytes().replace(b"Wi Sung-lac", b"Wi Sung-Lac", 1))
    assert small.explain()["02_second"] == ["the evidence tables changed"]
    small.run()
    assert small.explain() == {"01_first": [], "02_second": []}
    small.write("02_second", "from briefing.scenario import scenario_names", SECOND, "record.save()")
    small.run()
    with (small.root / "scenarios" / "high-tempo.yaml").open("a") as other:
        other.write("\n")
    reason = "a scenario file changed, and the notebook compares them"
    assert small.explain() == {"01_first": [], "02_second": [reason]}


def test_what_an_editor_leaves_beside_an_open_file_changes_nothing(small):
    small.write("02_second", "from briefing.scenario import scenario_names", SECOND, "record.save()")
    digest = data_digest(small.root / "data")
    small.run()
    for name in ("data/.#claims.csv", "scenarios/.#november-2024.yaml"):
        (small.root / name).symlink_to("somebody@somewhere.1234:5678")
    (small.root / "data" / ".claims.csv").write_text("rubbish")
    assert small.explain() == {"01_first": [], "02_second": []}
    assert data_digest(small.root / "data") == digest


def test_another_state_of_the_code_is_a_reason(ran, monkeypatch):
    monkeypatch.setattr(stale.Inputs, "package", "another digest")
    assert ran.explain()["01_first"] == ["the package's code changed"]


def test_a_removed_and_an_edited_output_are_made_again(ran):
    before = ran.outputs()
    (ran.folder / "fig-second.svg").unlink()
    (ran.folder / "01_first.json").write_text("{}")
    told = ran.explain()
    assert told["01_first"][0] == "01_first.json was changed"
    assert told["02_second"][0] == "fig-second.svg was removed"
    again = ran.run()
    assert [*again.ran, *again.cached] == ["01_first", "02_second"]
    assert ran.outputs() == before
    assert ran.explain() == {"01_first": [], "02_second": []}


@pytest.mark.parametrize(
    "stamp",
    ["", "{", "[]", "null", '{"inputs": {}}', '{"inputs": 3, "outputs": 4}', '{"inputs": {}, "outputs": {}}'],
)
def test_a_note_of_a_run_that_cannot_be_read_is_no_proof(ran, stamp):
    (ran.folder / ".run" / "01_first.json").write_text(stamp)
    assert ran.explain() == {
        "01_first": ["the note of its last run cannot be read", "taken from the cache"],
        "02_second": [],
    }
    assert ran.run().cached == ["01_first"]


def test_a_note_without_outputs_is_no_proof(ran):
    path = ran.folder / ".run" / "01_first.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "outputs": {}}))
    assert ran.explain()["01_first"][0] == "the note of its last run cannot be read"


@pytest.mark.parametrize("name", ["../../precious.txt", "{root}/precious.txt", "..", "a/../../precious.txt"])
def test_a_damaged_note_touches_no_file_outside_its_folder(ran, name):
    precious = ran.root / "precious.txt"
    precious.write_text("precious")
    [kept] = Cache(ran.root).folder.glob("01_first-*/.stamp")
    for path in (ran.folder / ".run" / "01_first.json", kept):
        content = json.loads(path.read_text())
        content["outputs"][name.format(root=ran.root)] = sha256_of_file(precious)
        path.write_text(json.dumps(content))
    assert ran.explain()["01_first"] == ["the note of its last run cannot be read"]
    assert list(ran.run().ran) == ["01_first"]
    assert precious.read_text() == "precious"


def test_explaining_writes_nothing(small):
    small.explain()
    assert not (small.root / "figures").exists()


def test_what_a_notebook_makes_no_longer_is_removed(ran):
    assert (ran.folder / "fig-second.svg").is_file()
    ran.write("02_second", SECOND.replace("fig-second", "fig-other"), "record.save()")
    ran.run()
    assert not (ran.folder / "fig-second.svg").exists()
    assert (ran.folder / "fig-other.svg").is_file()


def test_a_figure_may_move_to_another_notebook(ran):
    moved = SECOND.replace("02_second", "01_first").replace("second.pay", "first.pay")
    ran.write("01_first", moved, "record.save()")
    ran.write("02_second", FIRST.replace("01_first", "02_second"), parameters='as_of = "latest"')
    ran.run()
    assert (ran.folder / "fig-second.svg").is_file()
    assert ran.explain() == {"01_first": [], "02_second": []}


# Failures


@pytest.mark.parametrize("engine", ENGINES)
def test_a_failing_cell_is_named_and_the_other_notebook_is_published(ran, engine):
    earlier = ran.outputs()
    ran.write("01_first", FIRST, "x = 2", parameters='as_of = "latest"')
    ran.write("02_second", SECOND, "gone = {}['missing key']", "record.save()")
    message = failure(ran, engine=engine)
    assert message.startswith("notebooks/02_second.ipynb, cell [4], KeyError: 'missing key':\n")
    assert "gone = {}['missing key']" in message
    assert "\x1b" not in message
    kept = ran.folder / "failed" / "02_second.ipynb"
    assert message.endswith(f"The failed notebook is kept: {kept}")
    assert "missing key" in kept.read_text()
    now = ran.outputs()
    assert {name for name in now if now[name] != earlier[name]} == {"01_first.ipynb"}
    assert now.keys() == earlier.keys()
    assert ran.explain() == {"01_first": [], "02_second": ["the notebook was edited"]}
    assert ran.unfinished() == []


def test_the_kept_failure_goes_when_the_notebook_runs_again(small):
    small.write("02_second", "1 / 0")
    failure(small)
    assert (small.folder / "failed" / "02_second.ipynb").is_file()
    small.write("02_second", SECOND, "record.save()")
    small.run()
    assert not (small.folder / "failed" / "02_second.ipynb").exists()


def test_all_failures_are_told(small):
    small.write("01_first", "1 / 0")
    small.write("02_second", "import no_such_module")
    message = failure(small)
    assert "notebooks/01_first.ipynb, cell [3], ZeroDivisionError: division by zero:" in message
    assert (
        "notebooks/02_second.ipynb, cell [3], ModuleNotFoundError: No module named 'no_such_module':"
        in message
    )


@pytest.mark.parametrize(
    ("cell", "died"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "signal 9"),
        ("import os; os._exit(3)", "exit code 3"),
        ("import os; os._exit(0)", "exit code 0"),
        ("import ctypes; ctypes.string_at(0)", "signal 11"),
    ],
)
def test_a_process_that_dies_is_one_line_and_no_hang(small, cell, died):
    small.write("02_second", cell)
    message = failure(small)
    assert message == f"notebooks/02_second.ipynb, cell [3]: its process died ({died}); tried twice"
    assert small.explain()["01_first"] == []


def test_a_kernel_that_dies_is_told_and_no_hang(small):
    small.write("02_second", "import os; os._exit(3)")
    message = failure(small, engine="kernel")
    assert message == "notebooks/02_second.ipynb, cell [3]: its kernel died; tried twice"


def test_results_that_cannot_be_written_are_a_failed_cell(ran):
    earlier = ran.outputs()
    ran.write("02_second", SECOND, "(record.folder / '02_second.json').mkdir()\nrecord.save()")
    message = failure(ran)
    assert message.startswith("notebooks/02_second.ipynb, cell [4], IsADirectoryError: ")
    assert "record.save()" in message
    assert ran.outputs() == earlier


def test_a_notebook_that_records_nothing_is_told_what_it_lacks(small):
    small.write("02_second", SECOND)
    assert failure(small) == ("notebooks/02_second.ipynb: no results: its last cell is to call record.save()")
    assert small.explain() == {"01_first": [], "02_second": ["it has not run for this scenario"]}


@pytest.mark.parametrize(
    "name",
    [
        "data/claims.csv",
        "data/new.csv",
        "scenarios/high-tempo.yaml",
        "requirements.lock",
        "notebooks/02_second.ipynb",
    ],
)
def test_what_was_made_while_an_input_was_edited_is_not_kept(small, name):
    path = small.root / name
    small.write(
        "02_second",
        "from briefing.scenario import scenario_names",
        f"with open({str(path)!r}, 'a') as edited:\n    edited.write('\\n')",
        SECOND,
        "record.save()",
    )
    before = path.read_bytes() if path.exists() else None
    assert failure(small, jobs=1) == (f"notebooks/02_second.ipynb: {name} was edited while it ran; run again")
    path.unlink() if before is None else path.write_bytes(before)
    assert small.explain() == {"01_first": [], "02_second": ["it has not run for this scenario"]}
    assert not list(Cache(small.root).folder.glob("02_second-*"))


def test_an_edit_of_what_a_notebook_does_not_read_is_no_failure(small):
    names = ("scenarios/high-tempo.yaml", "report.qmd", "data/README.md", "notebooks/01_first.ipynb")
    edit = f"for name in {names}:\n    open(name, 'a').write('\\n')"
    small.write("02_second", edit, SECOND, "record.save()")
    assert list(small.run(jobs=1).ran) == ["01_first", "02_second"]


# Refused before anything starts


@pytest.mark.parametrize(
    ("parameters", "answer"),
    [
        (None, "notebooks/02_second.ipynb: 0 cells tagged `parameters`; allowed: exactly one"),
        ("pya = 2000.0", "parameters cell: `pya` is no parameter of a scenario"),
        ("title = 'x'", "parameters cell: `title` is no parameter of a scenario"),
        ("pay = 1000 * 2", "parameters cell: `pay = 1000 * 2`; allowed: `parameter = literal`"),
        ("pay = float(2)", "parameters cell: `pay = float(2)`; allowed: `parameter = literal`"),
        ("pay = {[]: 1}", "parameters cell: `pay = {[]: 1}`; allowed: `parameter = literal`"),
        ("pay = signing = 0.0", "parameters cell: `pay = signing = 0.0`; allowed: `parameter = literal`"),
        ("pay = 1.0\npay = 2.0", "parameters cell: `pay` is given twice"),
        ("import os", "parameters cell: `import os`; allowed: `parameter = literal`"),
        ("pay = = 3", "parameters cell: line 1: invalid syntax; allowed: `parameter = literal`"),
        ("%matplotlib inline", "parameters cell: line 1: invalid syntax; allowed: `parameter = literal`"),
    ],
)
def test_a_parameters_cell_that_breaks_the_contract_is_refused_before_anything_starts(
    small, parameters, answer
):
    small.write("02_second", "pass", parameters=parameters)
    with pytest.raises(BadInputError) as caught:
        small.run()
    assert str(caught.value).endswith(answer)
    assert len(str(caught.value).splitlines()) == 1
    assert small.outputs() == {}


def test_two_parameters_cells_are_refused(small):
    path = small.root / "notebooks" / "02_second.ipynb"
    content = json.loads(path.read_text())
    content["cells"].append({**content["cells"][1], "id": "another"})
    path.write_text(json.dumps(content))
    with pytest.raises(BadInputError, match="2 cells tagged `parameters`"):
        small.run()


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"cells": 3}', '{"cells": [1]}', '{"cells": [{}]}'])
def test_a_file_that_is_no_notebook_is_refused(small, text):
    (small.root / "notebooks" / "02_second.ipynb").write_text(text)
    with pytest.raises(BadInputError, match=r"02_second\.ipynb: not a readable notebook"):
        small.run()


def test_the_problems_of_all_notebooks_are_named_at_once(small):
    small.write("01_first", parameters="x = 1")
    small.write("02_second", parameters="y = 1")
    with pytest.raises(BadInputError) as caught:
        small.run()
    assert len(str(caught.value).splitlines()) == 2


# Several scenarios, several processes, interruptions, a full disk


GRID = ("sweep", "--base", "as-printed", "--grid", "draws=1000,2000,3000", "--no-documents")


@pytest.mark.parametrize(
    ("in_the_way", "said"),
    [("", "/.run: Not a directory"), ("02_second.json/kept", "/02_second.json: Is a directory")],
)
def test_what_stands_in_the_way_of_one_scenario_fails_that_one_alone(small, in_the_way, said, briefing):
    name = load_scenario("as-printed", {"draws": 2_000}).name
    path = small.root / "figures" / name / in_the_way
    path.parent.mkdir(parents=True)
    path.write_text("in the way")
    done = briefing(*GRID)
    assert (done.returncode, done.stderr) == (1, f"1 of 3 scenarios failed:\n{name}: figures/{name}{said}\n")
    [results] = small.root.glob("briefings/sweeps/*draws-*/results.csv")
    with results.open() as table:
        assert {row["draws"] for row in csv.DictReader(table)} == {"1000", "3000"}
    assert path.read_text() == "in the way"


def test_scenarios_that_wait_for_one_run_do_not_use_up_what_a_process_may_open(small):
    small.write("02_second", "import time; time.sleep(1)", SECOND, "record.save()")
    listed = [f"{{name: item-{n}, base: as-printed, title: Item {n}}}" for n in range(100)]
    (small.root / "list.yaml").write_text(f"scenarios: [{', '.join(listed)}]")
    command = shlex.join([str(BRIEFING), "sweep", "list.yaml", "--no-documents"])
    few = f"ulimit -n 100; exec {command}"
    done = subprocess.run(["bash", "-c", few], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("100 scenarios: 2 notebooks run, 198 from the cache")


def test_two_processes_on_one_scenario_end_with_whole_and_equal_outputs(small):
    small.write("02_second", "import time; time.sleep(0.4)", SECOND, "record.save()")
    both = [start("run", "as-printed") for _ in range(2)]
    said = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sorted(out for out, _ in said) == [
        "figures/as-printed: 0 run, 2 up to date\n",
        "figures/as-printed: 2 run, 0 up to date\n",
    ]
    together = small.outputs()
    small.forget()
    small.run()
    assert small.outputs() == together


def sleeping(small: Small) -> tuple[subprocess.Popen, int]:
    """Start a run whose second notebook sleeps; return the run and the process of the notebook."""
    mark = small.root / "pid"
    cell = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    small.write("02_second", cell)
    process = start("run", "as-printed")
    until = time.monotonic() + 30
    while not (mark.exists() and mark.read_text()):
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.05)
    return process, int(mark.read_text())


def test_an_interrupted_run_stops_its_notebooks_and_leaves_what_was_finished(ran):
    earlier = ran.outputs()
    process, worker = sleeping(ran)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert (out, err) == ("", "stopped; what was finished is kept\n")
    assert ends(worker)
    assert ran.outputs() == earlier
    assert ran.unfinished() == []


def test_a_killed_run_leaves_nothing_half_written_and_the_next_run_goes_on(ran):
    earlier = ran.outputs()
    process, worker = sleeping(ran)
    process.kill()
    process.communicate(timeout=20)
    assert ends(worker)
    assert ran.outputs() == earlier
    ran.write("02_second", SECOND, "record.save()")
    ran.run()
    assert ran.outputs() == earlier
    assert ran.unfinished() == []


def test_a_disk_that_is_full_when_outputs_are_moved_leaves_the_notebook_due(small):
    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if target.suffix == ".svg":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self))
        return replace(self, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(OSError, match="No space left on device"):
            small.run()
    assert small.explain()["02_second"] == ["it has not run for this scenario", "taken from the cache"]
    assert small.unfinished() == []


def own_process(_: str) -> int:
    return os.getpid()


def test_a_process_that_stays_is_replaced_after_a_few_jobs(monkeypatch):
    monkeypatch.setattr(Pool, "RETIRE", 2)
    processes = []
    with Pool(1) as workers:
        for number in range(4):
            workers.submit(Job(number, own_process, "", lasting=True))
            processes += [process for _, process in workers.wait()]
    first, second = processes[0], processes[2]
    assert processes == [first, first, second, second]
    assert first != second
    assert ends(first)


def test_no_process_is_left_behind(small):
    small.run()
    assert multiprocessing.active_children() == []


def test_an_interruption_waits_until_a_process_has_begun(monkeypatch):
    begin, begun = multiprocessing.process.BaseProcess.start, []
    now, done = threading.Event(), threading.Event()

    def interrupt() -> None:
        now.wait()
        os.kill(os.getpid(), signal.SIGINT)
        done.set()

    def interrupted(process: multiprocessing.Process) -> None:
        now.set()
        done.wait()
        begin(process)
        begun.append(process)

    # By another thread, such as that of a progress bar: it does not care what this one has blocked.
    threading.Thread(target=interrupt).start()
    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", interrupted)
    with Pool(1) as workers, pytest.raises(KeyboardInterrupt):
        workers.submit(Job("one", len, ""))
    assert [process.is_alive() for process in begun] == [False]
