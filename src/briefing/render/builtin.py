"""The built-in renderer: pandoc and Typst from wheels, the engines that Quarto itself drives."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pypandoc

from briefing.errors import RunFailedError

CROSSREF = Path(__file__).with_name("crossref.lua")
EXTENSION = Path("_extensions/briefing")


def version() -> str:
    """Return the versions of pandoc and Typst that this renderer uses."""
    from importlib.metadata import version as installed

    return f"pandoc {pypandoc.get_pandoc_version()}, Typst {installed('typst')}"


def _pandoc(stage: Path, target: str, *options: str) -> None:
    command = [
        pypandoc.get_pandoc_path(),
        "report.qmd",
        "--from=markdown",
        f"--lua-filter={EXTENSION / 'briefing.lua'}",
        f"--lua-filter={CROSSREF}",
        "--citeproc",
        "--number-sections",
        "--fail-if-warnings",
        f"--output={target}",
        *options,
    ]
    done = subprocess.run(command, cwd=stage, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RunFailedError(f"pandoc could not make {target}: {_said(done.stderr)}")


def _said(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if "briefing:" in line or "[WARNING]" in line]
    return " ".join(lines) or stderr.strip()


def to_html(stage: Path) -> Path:
    """Render the staged report as one self-contained HTML file and return its path."""
    _pandoc(
        stage,
        "report.html",
        "--to=html5",
        f"--template={EXTENSION / 'template.html'}",
        f"--css={EXTENSION / 'briefing.css'}",
        "--embed-resources",
        "--figure-caption-position=above",
        "--toc",
        "--toc-depth=2",
        "--section-divs",
    )
    return stage / "report.html"


def to_pdf(stage: Path, fonts: Sequence[Path], clock: int) -> Path:
    """Render the staged report as PDF through Typst and return its path.

    Parameters
    ----------
    stage
        The folder of the staged report.
    fonts
        Folders of the fonts; no other font of the machine is used.
    clock
        Seconds since 1970 that the PDF states as its time.
    """
    import typst

    _pandoc(stage, "report.typ", "--to=typst", f"--template={EXTENSION / 'template.typ'}")
    target = stage / "report.pdf"
    try:
        typst.compile(
            stage / "report.typ",
            output=target,
            root=stage,
            font_paths=list(fonts),
            ignore_system_fonts=True,
            timestamp=clock,
        )
    except RuntimeError as error:
        raise RunFailedError(f"Typst could not make report.pdf: {error}") from error
    return target
