"""What a command prints and leaves behind where a terminal, a pipe, a disk or a home is unlike the usual."""

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
