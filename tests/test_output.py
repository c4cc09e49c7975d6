"""What a command prints and leaves behind where a terminal, a pipe, a disk or a home is unlike the usual."""

import shutil
from pathlib import Path

import pytest
from shell import by_shell

from conftest import Small

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("engine", ["warm", "kernel"])
def test_a_run_leaves_the_user_s_ipython_history_alone(small: Small, monkeypatch, tmp_path_factory, engine):
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("IPYTHONDIR", str(home / "ipython"))
    assert by_shell("run", "as-printed", "--engine", engine).returncode == 0
    assert list(home.rglob("*history*")) == []


def test_what_no_notebook_recorded_is_told_in_one_sentence(finished: Path, tmp_path):
    root = Path(shutil.copytree(finished, tmp_path / "project"))
    (root / "notebooks" / "08_dissent.ipynb").unlink()
    done = by_shell("render", "--to", "html", "--renderer", "builtin", cwd=root)
    told = "pandoc could not make the document: no notebook recorded the finding lineage.summary\n"
    assert (done.returncode, done.stderr) == (1, told)
