"""Changes single lines that matter and tells which changes no test notices: ``make mutants``.

The list is ``tests/mutations.toml``. Each change is made in a copy of the project, where the tests that
should notice it run; nothing here touches the project itself.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tests" / "mutations.toml"


class Mutation(NamedTuple):
    """A change of one text of one file, and the tests that have to notice it."""

    name: str
    file: str
    find: str
    replace: str
    tests: list[str]

    def made_in(self, text: str) -> str:
        return text.replace(self.find, self.replace)


def mutations() -> list[Mutation]:
    with LIST.open("rb") as file:
        return [Mutation(**entry) for entry in tomllib.load(file)["mutation"]]


def copy_of_project(folder: Path) -> Path:
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def is_noticed(mutation: Mutation, root: Path) -> bool:
    path = root / mutation.file
    text = path.read_text(encoding="utf-8")
    path.write_text(mutation.made_in(text), encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *mutation.tests]
        environment = {**os.environ, "PYTHONPATH": str(root / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False, text=True)
        assert done.returncode in (0, 1), f"{mutation.name}: {done.stdout}{done.stderr}"
        return done.returncode == 1
    finally:
        path.write_text(text, encoding="utf-8")


def main(wanted: list[str]) -> int:
    chosen = [one for one in mutations() if not wanted or one.name in wanted]
    jobs = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(jobs) as threads:
        copies: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            copies.put(copy_of_project(Path(scratch) / str(number)))

        def tried(mutation: Mutation) -> bool:
            root = copies.get()
            try:
                return is_noticed(mutation, root)
            finally:
                copies.put(root)

        survivors = []
        for mutation, noticed in zip(chosen, threads.map(tried, chosen), strict=True):
            print(f"{'killed' if noticed else 'SURVIVED'}  {mutation.name}", flush=True)
            survivors += [] if noticed else [mutation.name]
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} killed")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
