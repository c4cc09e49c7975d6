"""What Quarto runs before and after a render: a command of the project, in the project's own Python."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OWN = (ROOT / ".venv/bin/python", ROOT / ".venv/Scripts/python.exe")

python = next((path for path in OWN if path.exists()), None) or (find_spec("briefing") and sys.executable)
if not python:
    sys.exit("briefing: there is no .venv yet; type `make setup` first")
sys.exit(subprocess.run([python, "-m", "briefing.cli", *sys.argv[1:]], cwd=ROOT, check=False).returncode)
