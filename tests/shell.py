"""The `briefing` command as a user starts it, in a process of its own."""

import subprocess
import sys
from pathlib import Path

BRIEFING = Path(sys.executable).parent / "briefing"


def by_shell(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run([BRIEFING, *arguments], capture_output=True, text=True, check=False, cwd=cwd)


def start(*arguments: str, cwd: Path | None = None) -> subprocess.Popen[str]:
    """Start the command in a process group of its own."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [BRIEFING, *arguments], stdout=pipe, stderr=pipe, text=True, cwd=cwd, start_new_session=True
    )
