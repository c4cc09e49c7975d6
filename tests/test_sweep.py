"""Sweeps: each run that several scenarios need is done once, and nothing that is finished is lost."""

import csv
import errno
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from shell import by_shell, start

from briefing.cli import main
from briefing.run.cache import Cache
from briefing.run.pool import Pool
from briefing.scenario import load_scenario
from briefing.sweep.headlines import HeadlineTask, work_out
from conftest import SECOND, Small

GRID = ("sweep", "--base", "as-printed", "--grid", "pay=1500,2500", "draws=1000,2000", "--no-documents")


def ended(monkeypatch, capsys, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["briefing", *arguments])
    try:
        main()
        code = 0
    except SystemExit as stop:
        code = int(stop.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def folder(root: Path, name: str) -> Path:
    """Return the one folder of a grid: its name is followed by a digest."""
    digest = "[0-9a-f]" * 8
    [found] = (root / "briefings" / "sweeps").glob(name if "*" in name else f"{name}-{digest}")
    return found


def table(root: Path, name: str = "as-printed-pay-draws") -> list[dict[str, str]]:
    return list(csv.DictReader((folder(root, name) / "results.csv").open(encoding="utf-8")))


def test_what_scenarios_share_runs_once(small: Small, monkeypatch, capsys):
    code, out, err = ended(monkeypatch, capsys, *GRID)
    # The first notebook declares only the day; the second declares the pay and not the draws.
    assert (code, out.splitlines()[0]) == (
        0,
        "4 scenarios: 3 notebooks run, 5 from the cache, 0 up to date; 0 got new documents",
    ), err
    assert len(list((small.root / "figures").glob("as-printed-*"))) == 4


def test_the_table_is_tidy_and_names_what_was_varied(small: Small, monkeypatch, capsys):
    ended(monkeypatch, capsys, *GRID)
    rows = table(small.root)
    assert [(row["pay"], row["draws"], row["value"]) for row in rows if row["key"] == "second.pay"] == [
        ("1500", "1000", "1500.0"),
        ("1500", "2000", "1500.0"),
        ("2500", "1000", "2500.0"),
        ("2500", "2000", "2500.0"),
    ]
    assert len({row["digest"] for row in rows}) == 4


def test_a_second_sweep_runs_nothing_and_a_lost_figure_comes_back(small: Small, monkeypatch, capsys):
    ended(monkeypatch, capsys, *GRID)
    assert "0 notebooks run, 0 from the cache, 8 up to date" in ended(monkeypatch, capsys, *GRID)[1]
    [figure, *_] = (small.root / "figures").glob("as-printed-*/fig-second.svg")
    figure.unlink()
    assert "0 notebooks run, 1 from the cache, 7 up to date" in ended(monkeypatch, capsys, *GRID)[1]
    assert figure.is_file()


def test_a_damaged_entry_of_the_cache_is_made_again(small: Small):
    small.run()
    before = small.outputs()
    for name in ("fig-second.svg", "02_second.json"):
        [damaged] = Cache(small.root).folder.glob(f"02_second-*/{name}")
        damaged.write_text("rubbish")
    assert list(small.run().ran) == ["02_second"]
    assert small.outputs() == before


@pytest.mark.parametrize("rubbish", ["", "{", '{"inputs": {}, "values": {}, "outputs": {"../../x": "y"}}'])
def test_an_entry_that_cannot_be_read_is_made_again(small: Small, rubbish):
    small.run()
    for stamp in Cache(small.root).folder.glob("*/.stamp"):
        stamp.write_text(rubbish)
    for stamp in (small.folder / ".run").glob("*.json"):
        stamp.unlink()
    assert list(small.run().ran) == ["01_first", "02_second"]


def test_the_cache_forgets_what_was_unused_for_longest(small: Small):
    small.run()
    small.run({"pay": 2_500})
    cache = Cache(small.root)
    old, new = sorted(cache.folder.glob("02_second-*"), key=lambda path: path.stat().st_mtime_ns)
    os.utime(old, (1, 1))
    kept = sum(path.stat().st_size for folder in cache.folder.glob("*") for path in folder.iterdir())
    cache.prune(kept - 1)
    assert (old.exists(), new.exists()) == (False, True)


def test_one_failing_scenario_is_told_and_the_rest_goes_on(small: Small, monkeypatch, capsys):
    small.write("02_second", "assert pay != 2500, 'too much'", SECOND, "record.save()")
    code, out, err = ended(monkeypatch, capsys, *GRID)
    assert code == 1
    assert err.splitlines()[0] == "2 of 4 scenarios failed:"
    assert all(
        "notebooks/02_second.ipynb, cell [3], AssertionError: too much" in x for x in err.splitlines()[1:]
    )
    assert str((folder(small.root, "as-printed-pay-draws") / "results.csv").relative_to(small.root)) in out
    assert {row["pay"] for row in table(small.root)} == {"1500"}
    small.write("02_second", SECOND, "record.save()")
    assert ended(monkeypatch, capsys, *GRID)[0] == 0


def test_a_failed_run_that_many_need_is_told_by_each_and_tried_once(small: Small, monkeypatch, capsys):
    tried = small.root / "tried"
    small.write("01_first", f"open({str(tried)!r}, 'a').write('x'); raise ValueError('no day')")
    grid = ("sweep", "--base", "as-printed", "--grid", "draws=1000,2000,3000,4000", "--no-documents")
    code, _, err = ended(monkeypatch, capsys, *grid, "--jobs", "1")
    assert code == 1
    told, *lines = err.splitlines()
    assert told == "4 of 4 scenarios failed:"
    assert all("01_first.ipynb, cell [3], ValueError: no day" in line for line in lines)
    assert tried.read_text() == "x"
    assert (folder(small.root, "as-printed-draws") / "results.csv").is_file()


def test_the_line_of_a_failed_scenario_says_why_and_what_is_kept(small: Small, monkeypatch, capsys):
    causes = "if pay == 2500: raise ValueError('too much')\nimport os; os._exit(3)"
    small.write("02_second", causes, SECOND, "record.save()")
    code, _, err = ended(monkeypatch, capsys, *GRID[:5], "--no-documents")
    assert code == 1
    died = "notebooks/02_second.ipynb, cell [3]: its process died (exit code 3); tried twice"
    lines = [line.split(": ", 1) for line in err.splitlines()[1:]]
    assert [said for _, said in lines if "ValueError" not in said] == [died], err
    for name, said in lines:
        if "ValueError" in said:
            kept = f"figures/{name}/failed/02_second.ipynb"
            assert said == f"notebooks/02_second.ipynb, cell [3], ValueError: too much; kept: {kept}"
            assert Path(kept).is_file()


@pytest.mark.parametrize(
    ("instead", "answer"),
    [
        (
            "record.number('first.day', 1, 'count', 'counted', 'Again'); record.save()",
            "first.day was recorded",
        ),
        ("pass", "02_second.ipynb: no results: its last cell is to call record.save()"),
        ("(record.folder / '02_second.json').write_text('{')", "its results cannot be read"),
    ],
)
def test_results_that_cannot_be_read_fail_their_scenario_alone(
    small: Small, monkeypatch, capsys, instead, answer
):
    small.write("02_second", SECOND, f"if pay == 2500: {instead}\nelse: record.save()")
    code, _, err = ended(monkeypatch, capsys, *GRID)
    assert code == 1
    assert err.splitlines()[0] == "2 of 4 scenarios failed:"
    assert all(answer in line for line in err.splitlines()[1:])
    assert {row["pay"] for row in table(small.root)} == {"1500"}


def test_the_page_counts_failures_that_it_does_not_show(small: Small, monkeypatch, capsys):
    monkeypatch.setattr("briefing.sweep.index.LONGEST", 1)
    small.write("02_second", "assert pay != 2500, 'too much'", SECOND, "record.save()")
    assert ended(monkeypatch, capsys, *GRID)[0] == 1
    page = (folder(small.root, "as-printed-pay-draws") / "index.html").read_text(encoding="utf-8")
    assert "4 scenarios, of which 2 failed." in page
    assert "This page shows the first 1." in page


def test_explaining_a_sweep_runs_nothing(small: Small, monkeypatch, capsys):
    code, out, _ = ended(monkeypatch, capsys, *GRID, "--explain")
    assert (code, len(out.splitlines())) == (0, 8)
    assert all(line.endswith("it has not run for this scenario") for line in out.splitlines())
    assert not (small.root / "figures").exists()


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (("sweep",), "--grid: empty; allowed: parameter=value,value,..."),
        (("sweep", "--grid", "pay"), "--grid pay: not understood; allowed: parameter=value,value,..."),
        (("sweep", "--grid", "pay=1", "pay=2"), "--grid pay=2: pay is given twice; allowed: each once"),
        (("sweep", "a.yaml", "b.yaml"), "sweep: 2 files; allowed: one"),
        (("sweep", "a.yaml", "--grid", "pay=1"), "sweep: a.yaml beside a grid; allowed: a file or a grid"),
        (("sweep", "a.yaml"), "a.yaml: cannot be read (No such file or directory)"),
        (("sweep", "--grid", "pay=1", "--no-figures"), "--no-figures: documents show the figures"),
        (("sweep", "--grid", "pay=1", "--base", "basline"), 'scenario "basline": not found'),
        (
            (
                "sweep",
                "--grid",
                *(f"{p}={','.join(map(str, range(100)))}" for p in ("pay", "signing", "death_payment")),
            ),
            "sweep: 1,000,000 scenarios were not started; allowed: 10,000, or more with --yes",
        ),
        (("sweep", "a.yaml", "--base", "baseline"), "--base: beside a sweep's file; allowed: `base:` in the"),
        (("sweep", "a.yaml", "--set", "pay=1"), "--set: beside a sweep's file; allowed: `set:` in the file"),
        (
            ("sweep", "--grid", "pay=1", "--jobs", "2", "--dask", "tcp://127.0.0.1:9"),
            "--jobs: beside --dask; allowed: one of the two",
        ),
        (
            ("sweep", "--grid", "pay=1", "--dask", "tcp://127.0.0.1:9"),
            "--dask tcp://127.0.0.1:9: no scheduler",
        ),
    ],
)
def test_bad_input_is_a_line_and_nothing_starts(small: Small, monkeypatch, capsys, arguments, answer):
    code, _, err = ended(monkeypatch, capsys, *arguments)
    assert (code, len(err.splitlines())) == (2, 1), err
    assert answer in err
    assert not (small.root / "figures").exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_sweep_keeps_what_was_finished_and_goes_on_from_there(small: Small, how):
    marks = small.root / "marks"
    marks.mkdir()
    wait = f"import time, pathlib; time.sleep(1.0 if pathlib.Path({str(marks)!r}).exists() else 0)"
    small.write("02_second", wait, SECOND, "record.save()", parameters="pay = 2000.0\nseed = 20241124")
    grid = ("sweep", "--base", "as-printed", "--grid", "seed=1,2,3,4,5,6", "--no-documents", "--jobs", "1")
    process = start(*grid)
    until = time.monotonic() + 60
    while len(list((small.root / "figures").glob("as-printed-*/02_second.json"))) < 2:
        assert time.monotonic() < until
        time.sleep(0.02)
    os.killpg(process.pid, how)
    out, err = process.communicate(timeout=20)
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    assert (out, err) == ("", "stopped; what was finished is kept\n" if how == signal.SIGINT else "")
    marks.rmdir()
    again = start(*grid)
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    ran = int(out.split("scenarios: ")[1].split(" ")[0])
    assert 1 <= ran <= 4
    assert small.unfinished() == []
    assert len({row["scenario"] for row in table(small.root, "as-printed-seed")}) == 6


def test_two_sweeps_at_once_end_with_the_same_whole_table(small: Small):
    small.write("02_second", "import time; time.sleep(0.2)", SECOND, "record.save()")
    both = [
        start("sweep", "--base", "as-printed", "--grid", "pay=1,2,3,4,5,6", "--no-documents") for _ in "ab"
    ]
    said = [process.communicate(timeout=90) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert [row["pay"] for row in table(small.root, "as-printed-pay") if row["key"] == "second.pay"] == list(
        "123456"
    )


def test_the_second_of_two_that_publish_the_same_sweep_waits(small: Small):
    from briefing.scenario.sweep_specs import parse_grid
    from briefing.sweep.execute import folder_of, publish

    sweep = parse_grid(["pay=1,2"])
    own, begun, go_on = folder_of(small.root, sweep), threading.Event(), threading.Event()

    def slowly():
        yield ["first"]
        begun.set()
        assert go_on.wait(20)
        yield ["first"]

    with ThreadPoolExecutor() as both:
        first = both.submit(publish, own, sweep, slowly(), (), ())
        assert begun.wait(20)
        second = both.submit(publish, own, sweep, iter([["second"]] * 3), (), ())
        with pytest.raises(TimeoutError):
            second.result(0.3)
        assert not (own / "results.csv").exists()
        go_on.set()
        first.result(20)
        second.result(20)
    assert (own / "results.csv").read_text().splitlines()[1:] == ["second"] * 3
    assert not list(own.glob("*.part"))


def test_the_index_page_leads_to_every_document(finished_sweep):
    own = folder(finished_sweep, "pay")
    page = (own / "index.html").read_text(encoding="utf-8")
    links = [part.split('"')[0] for part in page.split('href="')[1:] if not part.startswith("#")]
    assert len([link for link in links if link.endswith(("report.html", "report.pdf"))]) == 4
    for link in links:
        assert (own / link).is_file(), link


def test_hostile_titles_are_text_on_the_index_page(small: Small, monkeypatch, capsys):
    (small.root / "sweep.yaml").write_text(
        "title: <script>alert(1)</script>\n"
        "scenarios: [{name: one, base: as-printed, title: '<img src=x onerror=alert(1)>', set: {pay: 3}}]"
    )
    assert ended(monkeypatch, capsys, "sweep", "sweep.yaml", "--no-documents")[0] == 0
    page = (small.root / "briefings/sweeps/sweep/index.html").read_text()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


@pytest.fixture(scope="module")
def finished_sweep(tmp_path_factory) -> Path:
    """A project in which two scenarios were swept with documents."""
    from conftest import copy_project

    root = copy_project(tmp_path_factory.mktemp("sweep"))
    done = by_shell("sweep", "--grid", "pay=1500,2500", "--renderer", "builtin", cwd=root)
    assert done.returncode == 0, done.stderr
    return root


MODEL = ("sweep", "--grid", "pay=1500,2500", "tour=3,6", "--no-documents", "--no-figures")


def test_the_model_alone_gives_the_numbers_that_the_notebooks_record(project, monkeypatch, capsys):
    code, out, err = ended(monkeypatch, capsys, *MODEL)
    assert (code, out.splitlines()[0]) == (0, "4 scenarios"), err
    assert not list((project / "figures").glob("baseline-*"))
    alone = table(project, "pay-tour-*-model")
    assert ended(monkeypatch, capsys, *MODEL[:-1])[0] == 0
    by_notebooks = {(row["scenario"], row["key"]): row for row in table(project, "pay-tour")}
    compared = [row for row in alone if (row["scenario"], row["key"]) in by_notebooks]
    assert len(compared) > 4 * 20
    for row in compared:
        other = by_notebooks[row["scenario"], row["key"]]
        assert (row["unit"], row["basis"], row["digest"]) == (other["unit"], other["basis"], other["digest"])
        for part in ("value", "low", "median", "high"):
            if row[part] or other[part]:
                assert float(row[part]) == pytest.approx(float(other[part]), rel=1e-12), (row["key"], part)


def test_a_disk_that_is_full_is_a_reason_and_no_traceback(project, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    task = HeadlineTask(project, (load_scenario("as-printed"),), tmp_path)
    monkeypatch.setattr(Path, "write_text", full)
    assert work_out(task) == "a file in figures/ or briefings/ could not be written: No space left on device"


def test_what_the_model_worked_out_is_kept(project, monkeypatch, capsys):
    ended(monkeypatch, capsys, *MODEL)
    before = table(project, "pay-tour-*-model")
    monkeypatch.setattr("briefing.run.pool.Pool.submit", lambda *_: pytest.fail("nothing was missing"))
    assert ended(monkeypatch, capsys, *MODEL)[0] == 0
    assert table(project, "pay-tour-*-model") == before


def test_a_sweep_of_the_model_that_was_interrupted_goes_on_from_there(project, monkeypatch, capsys):
    grid = ("sweep", "--grid", f"pay={','.join(map(str, range(1, 1001)))}", "--no-documents", "--no-figures")
    process = start(*grid, "--jobs", "1")
    until = time.monotonic() + 60
    while not list((project / "figures" / ".cache").glob("headlines-*/.stamp")):
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=20) == ("", "stopped; what was finished is kept\n")
    assert not (project / "briefings").exists()
    submit, asked = Pool.submit, []
    monkeypatch.setattr(Pool, "submit", lambda pool, job: asked.append(job) or submit(pool, job))
    assert ended(monkeypatch, capsys, *grid)[0] == 0
    assert 1 <= len(asked) <= 3
    assert [int(row["pay"]) for row in table(project, "pay-*-model") if row["key"] == "money.agreed"] == list(
        range(1, 1001)
    )


def test_evidence_that_turns_out_to_be_wrong_is_told_by_the_model_alone(project):
    claims = project / "data" / "claims.csv"
    claims.write_text(claims.read_text(encoding="utf-8").replace(",10900,", ",-5,", 1), encoding="utf-8")
    task = HeadlineTask(project, (load_scenario("baseline"),), project)
    assert work_out(task).startswith("data/claims.csv, row 2, column value: ")


def test_a_killed_render_leaves_whole_documents_or_none(finished_sweep):
    sweep = ("sweep", "--grid", "pay=1600,1700", "--renderer", "builtin")
    process = start(*sweep, "--jobs", "1", cwd=finished_sweep)
    until = time.monotonic() + 90
    # The moment at which a page has been written and is not yet checked and in place.
    while not list((finished_sweep / "briefings").glob(".work-*/*/report.html")):
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    for page in (finished_sweep / "briefings").glob("baseline-*/report.html"):
        assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
        assert page.with_name("manifest.json").is_file()
    done = by_shell(*sweep, cwd=finished_sweep)
    assert done.returncode == 0, done.stderr
    assert not [path for path in (finished_sweep / "briefings").glob(".work-*") if path.is_dir()]
