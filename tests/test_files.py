"""Files that appear whole, digests, and what git says."""

import errno
import os
import subprocess

import pytest

from briefing.errors import reason_of
from briefing.project.files import replacing, sha256_of_files, write_whole
from briefing.project.git import git, git_line


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_failure_leaves_what_stood_there_and_nothing_else(tmp_path):
    def write_on_a_full_disk(draft):
        draft.write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = write_whole(tmp_path / "table.csv", "old")
    with pytest.raises(OSError, match="No space left") as caught, replacing(path) as draft:
        write_on_a_full_disk(draft)
    assert (names(tmp_path), path.read_text()) == (["table.csv"], "old")
    assert reason_of(caught.value).endswith("could not be written: No space left on device")


def test_an_error_names_the_file_and_not_its_draft(tmp_path):
    (tmp_path / "table.csv").mkdir()
    with pytest.raises(OSError, match="directory") as caught:
        write_whole(tmp_path / "table.csv", "new")
    assert reason_of(caught.value) == f"{tmp_path}/table.csv: Is a directory"
    assert names(tmp_path) == ["table.csv"]


def test_an_error_of_another_file_names_that_file(tmp_path):
    with pytest.raises(FileNotFoundError) as caught, replacing(tmp_path / "copy") as draft:
        draft.write_bytes((tmp_path / "missing").read_bytes())
    assert reason_of(caught.value) == f"{tmp_path}/missing: No such file or directory"


def test_a_draft_that_was_left_and_shares_its_bytes_is_not_written_through(tmp_path):
    kept = write_whole(tmp_path / "kept", "kept")
    with replacing(tmp_path / "file") as draft:
        os.link(kept, draft)
    os.link(kept, draft)
    write_whole(tmp_path / "file", "new")
    assert (kept.read_text(), (tmp_path / "file").read_text()) == ("kept", "new")
    assert names(tmp_path) == ["file", "kept"]


def test_a_link_to_what_stands_there_already_leaves_no_draft(tmp_path):
    kept = write_whole(tmp_path / "kept", "kept")
    for _ in range(2):
        with replacing(tmp_path / "file") as draft:
            os.link(kept, draft)
    assert names(tmp_path) == ["file", "kept"]


def test_a_file_is_as_readable_as_any_other_of_its_maker(tmp_path):
    (tmp_path / "plain").write_text("")
    assert write_whole(tmp_path / "whole", "").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_line_that_moves_to_the_next_file_changes_the_digest(tmp_path):
    files = [write_whole(tmp_path / name, text) for name, text in (("a", "1\n2\n"), ("b", "3\n"))]
    before = sha256_of_files(files, tmp_path)
    assert sha256_of_files(reversed(files), tmp_path) == before
    write_whole(files[0], "1\n")
    write_whole(files[1], "2\n3\n")
    assert sha256_of_files(files, tmp_path) != before


def test_git_says_nothing_where_it_fails_and_where_it_is_missing(tmp_path, monkeypatch):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    assert git(tmp_path, "rev-parse", "--is-inside-work-tree") == b"true\n"
    assert git_line(tmp_path, "rev-parse", "--is-inside-work-tree") == "true"
    assert git_line(tmp_path, "describe", "--always") == ""
    monkeypatch.setenv("PATH", "")
    assert git(tmp_path, "rev-parse", "--is-inside-work-tree") is None
