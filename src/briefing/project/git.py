"""What git knows of the project."""

import subprocess
from pathlib import Path


def git(root: Path, *arguments: str) -> bytes | None:
    """Return what git prints in a folder; None where it fails or is not installed.

    Examples
    --------
    >>> git(Path("/"), "no-such-command") is None
    True
    """
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


def git_line(root: Path, *arguments: str) -> str:
    """Return the line that git prints in a folder; nothing where it fails or is not installed."""
    return (git(root, *arguments) or b"").decode().strip()
