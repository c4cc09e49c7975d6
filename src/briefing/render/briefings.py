"""Finished briefings: which are current, and how new ones come into place by rename."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from briefing.errors import BadInputError, Problem, RunFailedError
from briefing.pages.page import TEMPLATES
from briefing.paths import FILES
from briefing.project.files import sha256, sha256_of_file, sha256_of_files
from briefing.render import quarto
from briefing.render.manifest import Noted, Notes, read_notes, write_manifest
from briefing.render.page_folder import FOLDER as PAGES
from briefing.render.page_folder import page_names, put_pages
from briefing.render.record import NAME as RECORD
from briefing.render.record import keep_earlier, read_record
from briefing.render.setting import Setting, clock, commit, latest_is_finished
from briefing.render.task import Made
from briefing.render.thumbnail import NAME as THUMBNAIL
from briefing.run.edits import Watch
from briefing.run.plan import Planner
from briefing.run.stale import SEEN
from briefing.scenario import DEFAULT, Scenario

Renderer = Literal["quarto", "builtin"]
FORMATS = ("html", "pdf")
SOURCES = ("report.qmd", "references.bib", f"_extensions/*/{SEEN}")
"""What documents are made from, beside the results of the notebooks and what those are made from."""


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
    _watch: Watch = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Before anything is read: what is edited from here on is noticed.
        object.__setattr__(self, "_watch", Watch(self.root, SOURCES))

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
            p for p in (self.root / "_extensions").rglob(SEEN) if p.is_file() and "fonts" not in p.parts
        ]
        own = sha256_of_files([self.root / "report.qmd", self.root / "references.bib", *extension], self.root)
        shared = self.planner.inputs
        return f"{own} {shared.data} {shared.package} {shared.lock} {self.version} {self._clock}"

    @cached_property
    def _look(self) -> str:
        return sha256_of_files((p for p in TEMPLATES.iterdir() if p.suffix in (".css", ".j2")), TEMPLATES)

    @property
    def setting(self) -> Setting:
        """What a document made now says of its place."""
        return Setting(self._commit, self._clock, latest_is_finished(self.root))

    def inputs(self, scenario: Scenario) -> str:
        """Return one digest over everything that the scenario's documents are made from."""
        beside = scenario.name == DEFAULT or self.setting.beside
        text = json.dumps(scenario.model_dump(mode="json"), sort_keys=True) + scenario.command
        made = self.planner.outputs_digest(scenario)
        pages = self._look if self.has_pages(scenario) else ""
        content = f"{self._sources}\n{self._commit}\n{beside}\n{text}\n{made}\n{pages}"
        return sha256(content)

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

    @property
    def beside(self) -> tuple[str, ...]:
        """Names of what stands beside the documents: the record and, for a PDF, its first page's picture."""
        pdf = any(FILES[name].endswith(".pdf") for name in self.formats)
        return (RECORD, THUMBNAIL) if pdf else (RECORD,)

    def is_current(self, scenario: Scenario) -> bool:
        """Return whether the documents stand as they were made, and nothing that they rest on has changed."""
        folder, pages = self.folder(scenario), self.pages_of(scenario)
        if page_names(folder) != [path.name for path in pages]:
            return False
        notes = read_notes(folder)
        paths = [*self.files(scenario), *pages]
        made = [notes.files.get(path.relative_to(folder).as_posix()) for path in paths]
        digests = [noted and noted.sha256 for noted in made]
        digests += [notes.beside.get(name) for name in self.beside]
        paths += [folder / name for name in self.beside]
        for path, digest in zip(paths, digests, strict=True):
            if digest is None or not path.is_file() or sha256_of_file(path) != digest:
                return False
        return {noted and noted.inputs for noted in made} == {self.inputs(scenario)}

    def put(self, scenario: Scenario, made: Made, inputs: str) -> None:
        """Move checked files under their final names; the manifest follows them.

        The record of what stood there before is kept if it was made from other evidence, code or notebooks.
        Pages of notebooks that are gone are removed.

        Parameters
        ----------
        scenario
            Whose they are.
        made
            The documents, what stands beside them, and what the manifest says.
        inputs
            What `inputs` returned before the first of them was made. Where a source was edited since the
            shelf was made nobody knows which state of it they are of: the next run makes them anew.

        Raises
        ------
        RunFailedError
            They cannot be written.
        """
        folder, record = self.folder(scenario), made.record
        assert record is not None
        if self._watch.edited() or self.planner.edited("data/", "requirements.lock"):
            inputs = ""
        new = {path.name: path for path in made.files} | {f"{PAGES}/{path.name}": path for path in made.pages}
        try:
            notes = read_notes(folder)
            kept = {name: noted for name, noted in notes.files.items() if not name.startswith(f"{PAGES}/")}
            files = {name: Noted(inputs=inputs, sha256=sha256_of_file(path)) for name, path in new.items()}
            beside = {path.name: sha256_of_file(path) for path in (*made.beside, record)}
            folder.mkdir(parents=True, exist_ok=True)
            keep_earlier(folder, read_record(record) or {})
            put_pages(folder, made.pages)
            for path in (*made.files, *made.beside, record):
                path.replace(folder / path.name)
            about = {**(made.about or {}), "renderer": self.version, "inputs": inputs}
            write_manifest(folder, about, Notes(files=kept | files, beside=notes.beside | beside))
        except OSError as error:
            raise RunFailedError(f"briefings/{folder.name} could not be written: {error.strerror}") from error
