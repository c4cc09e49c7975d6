"""``briefing ledger`` as a reader types it."""

import json
import os
import pty
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from shell import BRIEFING
from typer.testing import CliRunner, Result

from briefing.cli.ledger import ledger_app
from briefing.errors import BadInputError

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of its own, so that a test may change its tables."""
    shutil.copytree(ROOT / "tests" / "evidence", tmp_path / "data")
    (tmp_path / "report.qmd").touch()
    (tmp_path / "scenarios").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(ledger_app, list(arguments))


def said(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str) -> str:
    error = run(*arguments).exception
    assert isinstance(error, BadInputError)
    assert error.exit_code == 2
    return str(error)


def on_screen(columns: int, *arguments: str) -> str:
    """Return what a terminal of that width shows, without its colours."""
    master, screen = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm"}
    with subprocess.Popen([BRIEFING, "ledger", *arguments], stdout=screen, env=environment) as process:
        os.close(screen)
        shown = b""
        while True:
            try:
                shown += os.read(master, 4096)
            except OSError:  # the process has ended, and its terminal with it
                break
    os.close(master)
    assert process.returncode == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode()).replace("\r\n", "\n")


def replace(table: Path, old: str, new: str) -> None:
    content = table.read_text(encoding="utf-8")
    assert old in content
    table.write_text(content.replace(old, new, 1), encoding="utf-8")


def test_check_counts_what_it_found_in_order(project: Path) -> None:
    counts = "85 claims, 22 origins, 9 parties, 61 statements, 13 events, 131 sources"
    found = f"{counts}: no problems; coverage ends on 2026-03-17\n"
    assert said("check") == said("check", str(project / "data")) == found


def test_check_lists_every_problem(project: Path) -> None:
    replace(project / "data" / "claims.csv", ",about,", ",roughly,")
    replace(project / "data" / "events.csv", ",diplomacy,", ",talks,")
    first, second = refused("check").splitlines()
    assert first.startswith("data/claims.csv, row 2, column bound: seed-troops-kursk-10900: 'roughly'")
    assert second.startswith("data/events.csv, row 2, column category: ")


def test_check_of_a_file_asks_for_a_folder(project: Path) -> None:
    allowed = "allowed: a folder with datapackage.json and tables"
    assert refused("check", "data/claims.csv") == f"data/claims.csv: not a folder; {allowed}"
    assert refused("check", "nowhere") == f"nowhere: not a folder; {allowed}"


def test_show_tells_figure_origin_grade_and_standing(project: Path) -> None:
    text = said("show", "--quantity", "killed", "--all")
    [line] = [line for line in text.splitlines() if line.startswith("nis-20250430-killed-600")]
    assert "about 600 people" in line
    assert line.rstrip().endswith("O-NIS            B3     superseded by nis-20250902-killed-2000")
    assert "6 claims, 3 origins, 3 parties, known in all; coverage ends on 2026-03-17" in text


@pytest.mark.parametrize("columns", [40, 120])
def test_no_terminal_is_so_narrow_that_an_id_is_broken(project: Path, columns: int) -> None:
    claims = json.loads(said("show", "--all", "--json"))
    shown = on_screen(columns, "show", "--all")
    assert max(map(len, shown.splitlines())) <= columns
    words = set(re.split(r"[\s,;:]+", shown))
    for claim in claims:
        assert {claim["claim_id"], claim["quantity"], claim["origin_group"]} <= words


def test_a_wide_terminal_gets_a_table_and_a_narrow_one_a_list(project: Path) -> None:
    arguments = ("show", "--quantity", "killed", "--as-of", "2025-01-31")
    assert on_screen(160, *arguments).split()[:3] == ["claim", "quantity", "figure"]
    assert on_screen(80, *arguments).splitlines()[:3] == [
        "nis-20241219-killed-100",
        "  killed: at least 100 people, describes 2024-12-19, public 2024-12-19".ljust(80),
        "  NIS (Republic of Korea), O-NIS, B3".ljust(80),
    ]


def test_show_leaves_out_what_is_replaced_and_says_by_what(project: Path) -> None:
    assert "nis-20250430-killed-600 " not in said("show", "--quantity", "killed")
    text = said("show", "--quantity", "killed", "--all")
    [line] = [line for line in text.splitlines() if line.startswith("nis-20241219-killed-100")]
    assert line.rstrip().endswith("series replaced by nis-20250902-killed-2000")
    assert "stale in part" in said("show", "--quantity", "casualties_total", "--as-of", "2025-09-30")


def test_show_says_that_a_figure_is_the_same_and_a_link_is_not_shown(project: Path) -> None:
    text = said("show", "--quantity", "troops_planned")
    [line] = [line for line in text.splitlines() if line.startswith("zelensky-20241119-100000")]
    assert line.rstrip().endswith("same figure as nyt-20241110-100000, link not shown")


@pytest.mark.parametrize("day", [(), ("--as-of", "2025-07-23")])
def test_show_marks_a_claim_of_which_no_page_was_read(project: Path, day: tuple[str, ...]) -> None:
    text = said("show", "--quantity", "troops_present", *day)
    [line] = [line for line in text.splitlines() if line.startswith("syrskyi-20250723-20000")]
    assert line.rstrip().endswith("no page read: not used")


def test_show_as_of_a_day_knows_nothing_later(project: Path) -> None:
    text = said("show", "--as-of", "2024-11-24", "--quantity", "killed", "--origin", "O-NIS")
    assert "0 claims, 0 origins, 0 parties, known on 2024-11-24" in text
    assert "1 claim, 1 origin, 1 party" in said("show", "--as-of", "2024-12-20", "--quantity", "killed")


def test_show_prints_json_for_programs(project: Path) -> None:
    claims = json.loads(said("show", "--origin", "O-LANKOV", "--json"))
    assert [claim["claim_id"] for claim in claims] == ["lankov-2022-wage"]
    assert claims[0]["value"] is None
    assert claims[0]["event_date"] == "2022-02-15"
    assert len(json.loads(said("show", "--json"))) < 85
    assert len(json.loads(said("show", "--all", "--json"))) == 85


def test_an_unknown_quantity_or_origin_is_answered_with_similar_ones(project: Path) -> None:
    assert refused("show", "--quantity", "kiled") == "quantity: no quantity 'kiled'; allowed: perhaps killed"
    assert "perhaps O-NIS" in refused("show", "--origin", "O-NISS")
    assert "a day as YYYY-MM-DD" in refused("show", "--as-of", "yesterday")


def test_brackets_in_the_data_are_printed_as_they_stand(project: Path) -> None:
    replace(project / "data" / "claims.csv", "Rep. Wi Sung-lac", "[bold]Rep.[/bold] [link=x]Wi[/link]")
    assert "[bold]Rep.[/bold] [link=x]Wi[/link]" in said("show", "--quantity", "troop_revenue_usd_year")


def test_diff_of_two_days_tells_the_news(project: Path) -> None:
    text = said("diff", "2025-09-01", "2025-09-02")
    assert "+ nis-20250902-killed-2000: killed about 2,000 people (O-NIS, public 2025-09-02)" in text
    assert "x nis-20250430-killed-600 by nis-20250902-killed-2000" in text
    assert said("diff", "2026-03-17") == "no differences\n"


def test_diff_of_two_folders_tells_what_was_edited(project: Path) -> None:
    shutil.copytree(project / "data", project / "earlier")
    replace(project / "data" / "origins.csv", "Rival Korean state;", "Rival state;")
    [change] = json.loads(said("diff", "earlier", "data", "--json"))["changed"]
    assert (change["table"], change["key"], change["column"]) == ("origins", "O-NIS", "interest")
    assert "~ origins O-NIS, interest: 'Rival Korean state;" in said("diff", "earlier")


def test_diff_against_a_revision_shows_what_is_not_committed(project: Path) -> None:
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "data"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    assert said("diff", "HEAD") == "no differences\n"
    replace(project / "data" / "events.csv", "Russian defence minister Belousov visits", "Belousov visits")
    assert "+ 2024-11-29: Belousov visits Pyongyang" in said("diff", "HEAD")
    assert "- 2024-11-29: Russian defence minister Belousov visits Pyongyang" in said("diff", "HEAD")


def test_a_committed_mistake_is_not_blamed_on_the_working_tables(project: Path) -> None:
    replace(project / "data" / "claims.csv", ",about,", ",roughly,")
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["init", "-q"], ["add", "data"], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    replace(project / "data" / "claims.csv", ",roughly,", ",about,")
    assert refused("diff", "HEAD").startswith("data at ")


@pytest.mark.parametrize("side", ["nonsense", "--upload-pack=x", "2024-99-99"])
def test_a_side_that_is_nothing_is_refused(project: Path, side: str) -> None:
    assert "YYYY-MM-DD" in refused("diff", "--", side)


def test_standings_are_told_with_the_rows_that_decide_them(project):
    lines = said("standings", "--as-of", "2025-04-28").splitlines()
    assert lines[0] == "known     Are soldiers of the DPRK in Russia?"
    assert lines[1].strip() == "present: st-dprk-ack"
    assert "          guns: no row in this ledger" in lines
    [first, *_] = json.loads(said("standings", "--as-of", "2024-11-24", "--json"))
    assert (first["question"], first["word"]) == ("present", "disputed")
