"""Earlier versions of the tables, read from the project's git history."""

from pathlib import Path
from tempfile import TemporaryDirectory

from briefing.errors import BadInputError, Problem
from briefing.ledger.ledger import Ledger
from briefing.ledger.loading import load
from briefing.ledger.package import PACKAGE_FILE
from briefing.project.git import git


def load_revision(revision: str, root: Path) -> Ledger:
    """Load the tables as a git revision of the project holds them.

    Parameters
    ----------
    revision
        A commit, tag or branch, as git understands it.
    root
        Folder of the project: the one that holds ``data``.

    Raises
    ------
    BadInputError
        There is no such revision, it holds no tables, or they cannot be read. Whether their rows agree with
        each other is not asked: the rules of today came after them.
    """
    commit = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        problem = Problem(
            "revision", f"no git revision {revision!r}", "a commit, tag or branch of this project"
        )
        raise BadInputError([problem])
    name = commit.decode().strip()
    listed = git(root, "ls-tree", "-z", "--name-only", name, "data/") or b""
    files = [file for file in listed.decode().split("\0") if file.endswith((".csv", PACKAGE_FILE))]
    with TemporaryDirectory() as scratch:
        # The folder's name is what messages call the file: it must not look like the working data.
        folder = Path(scratch) / f"data at {name[:7]}"
        folder.mkdir()
        for file in files:
            content = git(root, "show", f"{name}:./{file}") or b""
            (folder / Path(file).name).write_bytes(content)
        return load(folder, held_to_rules=False)
