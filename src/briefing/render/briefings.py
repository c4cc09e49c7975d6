"""Finished briefings: run what is stale, stage, render, re-read, and only then put in place by rename."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from briefing.errors import BadInputError, Problem, RunFailedError
from briefing.ledger import Ledger
from briefing.render import builtin, quarto
from briefing.render.document import Document, compose
from briefing.render.stage import clock, font_files, staged
from briefing.render.verify import verify
from briefing.run.notebooks import find_notebooks
from briefing.run.runner import scenario_lock
from briefing.run.stale import digest_of
from briefing.scenario import Scenario

Renderer = Literal["quarto", "builtin"]
FORMATS = ("html", "pdf")


@dataclass(frozen=True)
class Finished:
    """Where a scenario's documents are, and whether they were made just now."""

    scenario: Scenario
    files: tuple[Path, ...]
    renderer: str
    made: bool


def choose_renderer(wanted: str = "auto") -> tuple[Renderer, str]:
    """Return the renderer to use and why.

    Raises
    ------
    BadInputError
        Quarto is asked for, but there is none or it is too old.
    """
    if wanted == "builtin":
        return "builtin", "it was asked for"
    found = quarto.find()
    if found and quarto.is_new_enough(found):
        return "quarto", "it was asked for" if wanted == "quarto" else "a new enough Quarto is on PATH"
    oldest = ".".join(map(str, quarto.OLDEST))
    state = f"the Quarto on PATH is older than {oldest}" if found else "no Quarto is on PATH"
    if wanted == "quarto":
        raise BadInputError([Problem("--renderer quarto", state, f"Quarto {oldest} or newer, or builtin")])
    return "builtin", state


def renderer_version(renderer: Renderer) -> str:
    """Return the name and version of a renderer for the manifest."""
    if renderer == "builtin":
        return f"built-in ({builtin.version()})"
    return f"Quarto {'.'.join(map(str, quarto.version(quarto.find() or 'quarto')))}"


def finish(
    root: Path,
    scenario: Scenario,
    ledger: Ledger,
    formats: Sequence[str] = FORMATS,
    renderer: Renderer = "builtin",
    progress: Callable[[str], None] = lambda step: None,
) -> Finished:
    """Make the documents of a scenario whose notebooks have run.

    Parameters
    ----------
    root, scenario, ledger
        The project, the resolved scenario, and the whole ledger.
    formats
        ``html``, ``pdf`` or both.
    renderer
        ``quarto`` or ``builtin``.
    progress
        Called with the name of each step.

    Raises
    ------
    RunFailedError
        A renderer failed or a finished document failed its check; earlier finished documents stay.
    """
    with scenario_lock(root, scenario):
        names = [notebook.name for notebook in find_notebooks(root)]
        document = compose(root, scenario, ledger, names)
        version = renderer_version(renderer)
        inputs = _inputs(root, document, version)
        folder = root / "briefings" / scenario.name
        files = tuple(folder / f"report.{name}" for name in formats)
        if _is_current(folder, files, inputs):
            return Finished(scenario, files, version, made=False)
        with staged(root, document, for_quarto=renderer == "quarto") as stage:
            progress("render")
            made = _render(stage, formats, renderer, clock(root))
            progress("verify")
            verify(made, scenario.digest, (root / "report.qmd").read_text(encoding="utf-8"), document)
            _put_in_place(folder, made, _manifest(folder, scenario, ledger, document, version, inputs, made))
    return Finished(scenario, files, version, made=True)


def _render(stage: Path, formats: Sequence[str], renderer: Renderer, now: int) -> list[Path]:
    if renderer == "quarto":
        return quarto.render(stage, formats, now)
    fonts = sorted({path.parent for path in font_files()})
    return [
        builtin.to_html(stage) if name == "html" else builtin.to_pdf(stage, fonts, now) for name in formats
    ]


def _inputs(root: Path, document: Document, version: str) -> str:
    """Return one digest over everything that a document is made from."""
    extension = [p for p in (root / "_extensions").rglob("*") if p.is_file() and p.suffix != ".ttf"]
    pictures = [root / document["folder"] / entry["file"] for entry in document["figures"].values()]
    sources = digest_of([root / "report.qmd", root / "references.bib", *extension, *pictures], root)
    content = json.dumps(document, sort_keys=True)
    return hashlib.sha256(f"{sources}\n{version}\n{content}".encode()).hexdigest()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest


def _is_current(folder: Path, files: Sequence[Path], inputs: str) -> bool:
    made = _read_manifest(folder).get("files", {})
    return all(
        path.is_file() and made.get(path.name) == {"inputs": inputs, "sha256": _sha256(path)}
        for path in files
    )


def _manifest(
    folder: Path,
    scenario: Scenario,
    ledger: Ledger,
    document: Document,
    version: str,
    inputs: str,
    made: Sequence[Path],
) -> dict[str, Any]:
    files = _read_manifest(folder).get("files", {})
    files |= {path.name: {"inputs": inputs, "sha256": _sha256(path)} for path in made}
    return {
        "scenario": scenario.model_dump(mode="json"),
        "digest": scenario.digest,
        "command": scenario.command,
        "title": document["metadata"]["title"],
        "as_of": scenario.as_of.isoformat(),
        "coverage_end": ledger.coverage_end.isoformat(),
        "data": ledger.digest,
        "commit": document["findings"]["commit"],
        "renderer": version,
        "files": files,
    }


def _put_in_place(folder: Path, made: Sequence[Path], manifest: dict[str, Any]) -> None:
    """Move the checked files under their final names; the manifest follows them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in made:
            path.replace(folder / path.name)
        draft = folder / ".manifest.json.part"
        draft.write_text(json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
        draft.replace(folder / "manifest.json")
    except OSError as error:
        raise RunFailedError(f"briefings/{folder.name} could not be written: {error.strerror}") from error
