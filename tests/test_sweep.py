"""Sweeps: each run that several scenarios need is done once, and nothing that is finished is lost."""

import csv
import errno
import os
import re
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from shell import start

from briefing.run.cache import Cache
from briefing.run.pool import Pool
from briefing.scenario import load_scenario
from briefing.sweep.headlines import CHUNK, HeadlineTask, work_out
from conftest import SECOND, Small, copy_with, exit_code, make_small, once, private

GRID = ("sweep", "--base", "as-printed", "--grid", "pay=1500,2500", "draws=1000,2000", "--no-documents")


@pytest.fixture
def swept(common: Path, tmp_path: Path, monkeypatch) -> Small:
    """A small project in which the grid was swept."""

    def sweep(root: Path) -> None:
        make_small(root)
        assert exit_code(*GRID) == 0

    return Small(private(once(common / "swept", sweep), tmp_path, monkeypatch))


def folder(root: Path, name: str) -> Path:
    """Return the one folder of a grid: its name is followed by a digest."""
    digest = "[0-9a-f]" * 8
    [found] = (root / "briefings" / "sweeps").glob(name if "*" in name else f"{name}-{digest}")
    return found


def table(root: Path, name: str = "as-printed-pay-draws") -> list[dict[str, str]]:
    return list(csv.DictReader((folder(root, name) / "results.csv").open(encoding="utf-8")))


def test_what_scenarios_share_runs_once(small: Small, briefing):
    code, out, err = briefing(*GRID)
    # The first notebook declares only the day; the second declares the pay and not the draws.
    assert (code, out.splitlines()[0]) == (
        0,
        "4 scenarios: 3 notebooks run, 5 from the cache, 0 up to date; 0 got new documents",
    ), err
    assert len(list((small.root / "figures").glob("as-printed-*"))) == 4


def test_the_table_is_tidy_and_names_what_was_varied(swept: Small):
    rows = table(swept.root)
    assert [(row["pay"], row["draws"], row["value"]) for row in rows if row["key"] == "second.pay"] == [
        ("1500", "1000", "1500.0"),
        ("1500", "2000", "1500.0"),
        ("2500", "1000", "2500.0"),
        ("2500", "2000", "2500.0"),
    ]
    assert len({row["digest"] for row in rows}) == 4


def test_a_second_sweep_runs_nothing_and_a_lost_figure_comes_back(swept: Small, briefing):
    assert "0 notebooks run, 0 from the cache, 8 up to date" in briefing(*GRID).stdout
    [figure, *_] = (swept.root / "figures").glob("as-printed-*/fig-second.svg")
    figure.unlink()
    assert "0 notebooks run, 1 from the cache, 7 up to date" in briefing(*GRID).stdout
    assert figure.is_file()


def test_a_damaged_entry_of_the_cache_is_made_again(ran: Small):
    before = ran.outputs()
    for name in ("fig-second.svg", "02_second.json"):
        [damaged] = Cache(ran.root).folder.glob(f"02_second-*/{name}")
        damaged.write_text("rubbish")
    for path in ran.folder.glob("*"):
        if path.is_file():
            path.unlink()
    again = ran.run()
    assert (list(again.ran), again.cached) == (["02_second"], ["01_first"])
    assert ran.outputs() == before


@pytest.mark.parametrize("rubbish", ["", "{", '{"inputs": {}, "values": {}, "outputs": {"../../x": "y"}}'])
def test_an_entry_that_cannot_be_read_is_made_again(ran: Small, rubbish):
    for stamp in Cache(ran.root).folder.glob("01_first-*/.stamp"):
        stamp.write_text(rubbish)
    for stamp in (ran.folder / ".run").glob("*.json"):
        stamp.unlink()
    again = ran.run()
    assert (list(again.ran), again.cached) == (["01_first"], ["02_second"])


def test_the_cache_forgets_what_was_unused_for_longest(ran: Small):
    ran.run({"pay": 2_500})
    cache = Cache(ran.root)
    old, new = sorted(cache.folder.glob("02_second-*"), key=lambda path: path.stat().st_mtime_ns)
    os.utime(old, (1, 1))
    kept = sum(path.stat().st_size for folder in cache.folder.glob("*") for path in folder.iterdir())
    cache.prune(kept - 1)
    assert (old.exists(), new.exists()) == (False, True)


def test_one_failing_scenario_is_told_and_the_rest_goes_on(small: Small, briefing):
    small.write("02_second", "assert pay != 2500, 'too much'", SECOND, "record.save()")
    code, out, err = briefing(*GRID)
    assert code == 1
    assert err.splitlines()[0] == "2 of 4 scenarios failed:"
    assert all(
        "notebooks/02_second.ipynb, cell [3], AssertionError: too much" in x for x in err.splitlines()[1:]
    )
    assert str((folder(small.root, "as-printed-pay-draws") / "results.csv").relative_to(small.root)) in out
    assert {row["pay"] for row in table(small.root)} == {"1500"}
    small.write("02_second", SECOND, "record.save()")
    assert briefing(*GRID).returncode == 0


def test_a_failed_run_that_many_need_is_told_by_each_and_tried_once(small: Small, briefing):
    tried = small.root / "tried"
    small.write("01_first", f"open({str(tried)!r}, 'a').write('x'); raise ValueError('no day')")
    grid = ("sweep", "--base", "as-printed", "--grid", "draws=1000,2000,3000,4000", "--no-documents")
    code, _, err = briefing(*grid, "--jobs", "1")
    assert code == 1
    told, *lines = err.splitlines()
    assert told == "4 of 4 scenarios failed:"
    assert all("01_first.ipynb, cell [3], ValueError: no day" in line for line in lines)
    assert tried.read_text() == "x"
    assert (folder(small.root, "as-printed-draws") / "results.csv").is_file()


def test_the_line_of_a_failed_scenario_says_why_and_what_is_kept(small: Small, briefing):
    causes = "if pay == 2500: raise ValueError('too much')\nimport os; os._exit(3)"
    small.write("02_second", causes, SECOND, "record.save()")
    code, _, err = briefing(*GRID[:5], "--no-documents")
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
def test_results_that_cannot_be_read_fail_their_scenario_alone(small: Small, briefing, instead, answer):
    small.write("02_second", SECOND, f"if pay == 2500: {instead}\nelse: record.save()")
    code, _, err = briefing(*GRID)
    assert code == 1
    assert err.splitlines()[0] == "2 of 4 scenarios failed:"
    assert all(answer in line for line in err.splitlines()[1:])
    assert {row["pay"] for row in table(small.root)} == {"1500"}


def test_the_page_counts_failures_that_it_does_not_show(small: Small, monkeypatch, briefing):
    monkeypatch.setattr("briefing.sweep.index.LONGEST", 1)
    small.write("02_second", "assert pay != 2500, 'too much'", SECOND, "record.save()")
    assert briefing(*GRID)[0] == 1
    page = (folder(small.root, "as-printed-pay-draws") / "index.html").read_text(encoding="utf-8")
    assert "4 scenarios, of which 2 failed." in page
    assert "This page shows the first 1." in page


def test_explaining_a_sweep_runs_nothing(small: Small, briefing):
    code, out, _ = briefing(*GRID, "--explain")
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
        (("sweep", "--grid", "pay=1", "--base", "curent"), 'scenario "curent": not found'),
        (
            (
                "sweep",
                "--grid",
                *(f"{p}={','.join(map(str, range(100)))}" for p in ("pay", "signing", "death_payment")),
            ),
            "sweep: 1,000,000 scenarios were not started; allowed: 10,000, or more with --yes",
        ),
        (
            ("sweep", "a.yaml", "--base", "november-2024"),
            "--base: beside a sweep's file; allowed: `base:` in the",
        ),
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
def test_bad_input_is_a_line_and_nothing_starts(small: Small, briefing, monkeypatch, arguments, answer):
    monkeypatch.setattr("briefing.run.cluster.ANSWER", 1.0)
    code, _, err = briefing(*arguments)
    assert (code, len(err.splitlines())) == (2, 1), err
    assert answer in err
    assert not (small.root / "figures").exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_sweep_keeps_what_was_finished_and_goes_on_from_there(small: Small, how, briefing):
    marks = small.root / "marks"
    marks.mkdir()
    wait = f"import time, pathlib; time.sleep(0.5 if pathlib.Path({str(marks)!r}).exists() else 0)"
    small.write("02_second", wait, SECOND, "record.save()", parameters="pay = 'claimed'\nseed = 20241124")
    grid = ("sweep", "--base", "as-printed", "--grid", "seed=1,2,3,4", "--no-documents", "--jobs", "1")
    process = start(*grid)
    until = time.monotonic() + 60
    while not list((small.root / "figures").glob("as-printed-*/02_second.json")):
        assert time.monotonic() < until
        time.sleep(0.02)
    os.killpg(process.pid, how)
    out, err = process.communicate(timeout=20)
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    assert (out, err) == ("", "stopped; what was finished is kept\n" if how == signal.SIGINT else "")
    marks.rmdir()
    again = briefing(*grid)
    assert again.returncode == 0, again.stderr
    ran = int(again.stdout.split("scenarios: ")[1].split(" ")[0])
    assert 1 <= ran <= 3
    assert small.unfinished() == []
    assert len({row["scenario"] for row in table(small.root, "as-printed-seed")}) == 4


def test_two_sweeps_at_once_end_with_the_same_whole_table(small: Small):
    small.write("02_second", "import time; time.sleep(0.2)", SECOND, "record.save()")
    both = [start("sweep", "--base", "as-printed", "--grid", "pay=1,2,3", "--no-documents") for _ in "ab"]
    said = [process.communicate(timeout=90) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert [row["pay"] for row in table(small.root, "as-printed-pay") if row["key"] == "second.pay"] == list(
        "123"
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


def test_the_index_page_leads_to_every_document(rendered):
    own = rendered / "briefings/sweeps/pay"
    page = (own / "index.html").read_text(encoding="utf-8")
    links = [part.split('"')[0] for part in page.split('href="')[1:] if not part.startswith("#")]
    assert len([link for link in links if link.endswith(("report.html", "report.pdf"))]) == 4
    for link in links:
        assert (own / link).is_file(), link


def test_hostile_titles_are_text_on_the_index_page(ran: Small, briefing):
    (ran.root / "sweep.yaml").write_text(
        "title: <script>alert(1)</script>\n"
        "scenarios: [{name: one, base: as-printed, title: '<img src=x onerror=alert(1)>', set: {pay: 3}}]"
    )
    assert briefing("sweep", "sweep.yaml", "--no-documents")[0] == 0
    page = (ran.root / "briefings/sweeps/sweep/index.html").read_text()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page


SIDES = """title: What the notebooks have run for already
scenarios:
  - {name: late, base: current, title: Late}
  - {name: early, base: november-2024, title: Early}
  - {name: declining, base: high-tempo, title: In decline}
  - {name: paid, base: as-printed, title: Paid, set: {pay: 2500}}
"""
MODEL = ("--no-documents", "--no-figures")


def test_the_model_alone_gives_the_numbers_that_the_notebooks_record(
    rendered, tmp_path, monkeypatch, briefing
):
    root = copy_with(rendered, tmp_path / "project", "figures/.cache")
    (root / "sides.yaml").write_text(SIDES, encoding="utf-8")
    code, out, err = briefing("sweep", "sides.yaml", *MODEL, cwd=root)
    assert (code, out.splitlines()[0]) == (0, "4 scenarios"), err
    assert not (root / "figures/late").exists()
    alone = list(csv.DictReader((root / "briefings/sweeps/sides-model/results.csv").open(encoding="utf-8")))
    out = briefing("sweep", "sides.yaml", "--no-documents").stdout
    assert out.startswith("4 scenarios: 0 notebooks run, ")
    recorded = csv.DictReader((root / "briefings/sweeps/sides/results.csv").open(encoding="utf-8"))
    by_notebooks = {(row["scenario"], row["key"]): row for row in recorded}
    compared = [row for row in alone if (row["scenario"], row["key"]) in by_notebooks]
    assert len(compared) > 4 * 20
    for row in compared:
        other = by_notebooks[row["scenario"], row["key"]]
        assert (row["unit"], row["basis"], row["digest"]) == (other["unit"], other["basis"], other["digest"])
        for part in ("value", "low", "high"):
            if row[part] or other[part]:
                assert float(row[part]) == pytest.approx(float(other[part]), rel=1e-12), (row["key"], part)
    monkeypatch.setattr("briefing.run.pool.Pool.submit", lambda *_: pytest.fail("nothing was missing"))
    assert briefing("sweep", "sides.yaml", *MODEL).returncode == 0
    kept = list(csv.DictReader((root / "briefings/sweeps/sides-model/results.csv").open(encoding="utf-8")))
    assert kept == alone


def test_a_disk_that_is_full_is_a_reason_and_no_traceback(project, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    task = HeadlineTask(project, (load_scenario("as-printed"),), tmp_path)
    monkeypatch.setattr(Path, "write_text", full)
    assert work_out(task) == "a file in figures/ or briefings/ could not be written: No space left on device"


def test_a_sweep_of_the_model_that_was_interrupted_goes_on_from_there(project, monkeypatch, briefing):
    most = 2 * CHUNK + 1
    grid = ("sweep", "--grid", f"pay={','.join(map(str, range(1, most + 1)))}", *MODEL)
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
    assert briefing(*grid).returncode == 0
    assert 1 <= len(asked) <= 2
    assert [int(row["pay"]) for row in table(project, "pay-*-model") if row["key"] == "money.agreed"] == list(
        range(1, most + 1)
    )


def test_evidence_that_turns_out_to_be_wrong_is_told_by_the_model_alone(project):
    claims = project / "data" / "claims.csv"
    claims.write_text(claims.read_text(encoding="utf-8").replace(",10900,", ",-5,", 1), encoding="utf-8")
    task = HeadlineTask(project, (load_scenario("november-2024"),), project)
    assert re.match(r"data/claims\.csv, row \d+, column value: ", work_out(task))


def test_a_killed_render_leaves_whole_documents_or_none(drawn: Small, briefing):
    sweep = ("sweep", "--base", "as-printed", "--grid", "pay=1600,1700", "--renderer", "builtin")
    process = start(*sweep, "--jobs", "1")
    until = time.monotonic() + 90
    # The moment at which a page has been written and is not yet checked and in place.
    while not list((drawn.root / "briefings").glob(".work-*/*/report.html")):
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    for page in (drawn.root / "briefings").glob("as-printed-*/report.html"):
        assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
        assert page.with_name("manifest.json").is_file()
    done = briefing(*sweep)
    assert done.returncode == 0, done.stderr
    assert len(list((drawn.root / "briefings").glob("as-printed-*/report.pdf"))) == 2
    assert not [path for path in (drawn.root / "briefings").glob(".work-*") if path.is_dir()]
