"""Finished briefings: which are current, and how new ones come into place by rename."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from briefing.errors import BadInputError, Problem, RunFailedError
from briefing.pages.page import TEMPLATES
from briefing.paths import FILES
from briefing.render import quarto
from briefing.render.page_folder import FOLDER as PAGES
from briefing.render.page_folder import page_names, put_pages
from briefing.render.record import keep_earlier, read_record
from briefing.render.setting import Setting, clock, commit, latest_is_finished
from briefing.run.plan import Planner
from briefing.run.stale import digest_of
from briefing.run.stamp import sha256
from briefing.scenario import LATEST, Scenario

Renderer = Literal["quarto", "builtin"]
FORMATS = ("html", "pdf")


@dataclass(frozen=True)
class Finished:
    """Where a scenario's documents are, and whether they were made just now."""

    scenario: Scenario
    files: tuple[Path, ...]
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
        from briefing.render import builtin

        return f"built-in ({builtin.version()})"
    return f"Quarto {'.'.join(map(str, quarto.version(quarto.find() or 'quarto')))}"


@dataclass(frozen=True)
class Shelf:
    """The finished briefings of a project, for one renderer and choice of formats.

    What all documents share (sources, commit, versions) is read once. With `pages` each notebook gets a page
    beside the documents; with None a briefing that has such pages keeps them.
    """

    planner: Planner
    formats: tuple[str, ...] = FORMATS
    renderer: Renderer = "builtin"
    pages: bool | None = None

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.planner.root

    @cached_property
    def version(self) -> str:
        """The renderer's name and version."""
        return renderer_version(self.renderer)

    @cached_property
    def _commit(self) -> str:
        return commit(self.root)

    @cached_property
    def _clock(self) -> int:
        return clock(self.root)

    @cached_property
    def _sources(self) -> str:
        extension = [
            p for p in (self.root / "_extensions").rglob("*") if p.is_file() and "fonts" not in p.parts
        ]
        own = digest_of([self.root / "report.qmd", self.root / "references.bib", *extension], self.root)
        shared = self.planner.inputs
        return f"{own} {shared.data} {shared.package} {shared.lock} {self.version} {self._clock}"

    @cached_property
    def _look(self) -> str:
        return digest_of((p for p in TEMPLATES.iterdir() if p.suffix in (".css", ".j2")), TEMPLATES)

    @property
    def setting(self) -> Setting:
        """What a document made now says of its place."""
        return Setting(self._commit, self._clock, latest_is_finished(self.root))

    def inputs(self, scenario: Scenario) -> str:
        """Return one digest over everything that the scenario's documents are made from."""
        beside = scenario.name == LATEST or self.setting.beside
        text = json.dumps(scenario.model_dump(mode="json"), sort_keys=True) + scenario.command
        made = self.planner.outputs_digest(scenario)
        pages = self._look if self.has_pages(scenario) else ""
        content = f"{self._sources}\n{self._commit}\n{beside}\n{text}\n{made}\n{pages}"
        return hashlib.sha256(content.encode()).hexdigest()

    def folder(self, scenario: Scenario) -> Path:
        """Return where the scenario's documents stand."""
        return self.root / "briefings" / scenario.name

    def files(self, scenario: Scenario) -> tuple[Path, ...]:
        """Return the scenario's documents."""
        return tuple(self.folder(scenario) / FILES[name] for name in self.formats)

    def has_pages(self, scenario: Scenario) -> bool:
        """Return whether the notebooks' pages stand, or will stand, beside the scenario's documents."""
        return bool(page_names(self.folder(scenario))) if self.pages is None else self.pages

    def pages_of(self, scenario: Scenario) -> tuple[Path, ...]:
        """Return the notebooks' pages that belong beside the scenario's documents."""
        names = [notebook.name for notebook in self.planner.notebooks] if self.has_pages(scenario) else []
        return tuple(self.folder(scenario) / PAGES / f"{name}.html" for name in names)

    def is_current(self, scenario: Scenario) -> bool:
        """Return whether the documents stand as they were made, and nothing that they rest on has changed."""
        folder = self.folder(scenario)
        made = read_manifest(folder).get("files", {})
        wanted, pages = None, self.pages_of(scenario)
        if page_names(folder) != [path.name for path in pages]:
            return False
        for path in (*self.files(scenario), *pages):
            noted = made.get(path.relative_to(folder).as_posix())
            if noted is None or not path.is_file() or noted.get("sha256") != sha256(path):
                return False
            wanted = wanted or self.inputs(scenario)
            if noted.get("inputs") != wanted:
                return False
        return True

    def put(
        self,
        scenario: Scenario,
        made: Sequence[Path],
        record: Path,
        about: dict[str, Any],
        beside: Sequence[Path] = (),
        pages: Sequence[Path] = (),
    ) -> None:
        """Move checked files under their final names; the manifest follows them.

        The record of what stood there before is kept if it was made from other evidence, code or notebooks.

        Parameters
        ----------
        scenario
            Whose they are.
        made, record, about
            The documents, what the briefing keeps of its own making, and what the manifest says.
        beside, pages
            What else stands beside the documents, and the notebooks' pages; other pages are removed.

        Raises
        ------
        RunFailedError
            They cannot be written.
        """
        folder, inputs = self.folder(scenario), self.inputs(scenario)
        noted = read_manifest(folder).get("files", {})
        files = {name: about_it for name, about_it in noted.items() if not name.startswith(f"{PAGES}/")}
        new = {path.name: path for path in made} | {f"{PAGES}/{path.name}": path for path in pages}
        files |= {name: {"inputs": inputs, "sha256": sha256(path)} for name, path in new.items()}
        manifest = {**about, "renderer": self.version, "files": files}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            keep_earlier(folder, read_record(record) or {})
            put_pages(folder, pages)
            for path in (*made, *beside, record):
                path.replace(folder / path.name)
            draft = folder / ".manifest.json.part"
            text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False)
            draft.write_text(f"{text}\n", "utf-8")
            draft.replace(folder / "manifest.json")
        except OSError as error:
            raise RunFailedError(f"briefings/{folder.name} could not be written: {error.strerror}") from error


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a finished briefing; empty where there is none or it cannot be read."""
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}
