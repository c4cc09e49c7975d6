"""The built-in renderer: pandoc and Typst from wheels, the engines that Quarto itself drives, kept warm."""

import atexit
import json
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pypandoc

from briefing.errors import RunFailedError
from briefing.paths import FILES
from briefing.render.fonts import font_files

HERE = Path(__file__).parent
PANDOC_FORMATS = {"html": "html", "pdf": "typst", "brief": "brief"}
# Accessible to a screen reader, and legible in decades: what it needs is in the file.
PDF_STANDARDS = ["ua-1", "a-2a"]


def version() -> str:
    """Return the versions of pandoc and Typst that this renderer uses."""
    from importlib.metadata import version as installed

    return f"pandoc {pypandoc.get_pandoc_version()}, Typst {installed('typst')}"


class Builtin:
    """Renders staged reports one after the other with one pandoc process and one Typst compiler.

    Both start with the first document and end with the ``with`` statement. Each document is read anew from
    its own folder, so the order of documents makes no difference.

    Parameters
    ----------
    fonts
        Folders of the fonts; no other font of the machine is used.
    """

    def __init__(self, fonts: Sequence[Path]) -> None:
        self._fonts = list(fonts)
        self._pandoc: subprocess.Popen[str] | None = None
        self._typst: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the pandoc process; the next document would start another."""
        if self._pandoc:
            self._pandoc.kill()
            self._pandoc.communicate()
            self._pandoc = None

    def render(self, stage: Path, formats: Sequence[str], clock: int) -> list[Path]:
        """Render the staged report.

        Parameters
        ----------
        stage
            The folder of the staged report.
        formats
            Any of ``html``, ``pdf`` and ``brief``.
        clock
            Seconds since 1970 that a PDF states as its time.

        Returns
        -------
        list of Path
            A self-contained HTML file, a PDF file, the brief as a PDF file, in the order asked for.

        Raises
        ------
        RunFailedError
            Pandoc or Typst refused the source, and why.
        """
        self._ask(stage, " ".join(PANDOC_FORMATS[name] for name in formats))
        made = [stage / FILES[name] for name in formats]
        for path in made:
            if path.suffix == ".pdf":
                self._compile(stage, path, clock)
        return made

    def words(self, stage: Path) -> dict[str, Any]:
        """Return what the staged report says of itself and of its figures: `briefing.render.words`.

        Raises
        ------
        RunFailedError
            Pandoc refused the source, and why.
        """
        self._ask(stage, "words")
        found: dict[str, Any] = json.loads((stage / "words.json").read_text(encoding="utf-8"))
        return found

    def _ask(self, stage: Path, wanted: str) -> None:
        said = self._answer(stage, wanted)
        if said != "done":
            raise RunFailedError(f"pandoc could not make the document: {said}")

    def _answer(self, stage: Path, formats: str) -> str:
        if self._pandoc is None:
            self._pandoc = subprocess.Popen(
                [pypandoc.get_pandoc_path(), "lua", str(HERE / "pandoc.lua")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
        assert self._pandoc.stdin is not None
        assert self._pandoc.stdout is not None
        try:
            self._pandoc.stdin.write(f"{stage}\t{HERE / 'crossref.lua'}\t{formats}\n")
            self._pandoc.stdin.flush()
            answer = self._pandoc.stdout.readline()
        except OSError:
            answer = ""
        if not answer:
            self.close()
            return "its process died"
        return answer.strip()

    def _compile(self, stage: Path, path: Path, clock: int) -> None:
        import typst

        if self._typst is None:
            self._typst = typst.Compiler(font_paths=self._fonts, ignore_system_fonts=True)
        try:
            self._typst.compile(
                path.with_suffix(".typ"),
                output=path,
                root=stage,
                timestamp=clock,
                pdf_standards=PDF_STANDARDS,
            )
        except RuntimeError as error:
            raise RunFailedError(f"Typst could not make {path.name}: {error}") from error


@cache
def warm() -> Builtin:
    """Return the renderer of this process, which ends with it."""
    builtin = Builtin(sorted({path.parent for path in font_files()}))
    atexit.register(builtin.close)
    return builtin
