"""What a process that makes a document is told, and what it answers; light, for those that only ask."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from briefing.render.record import NAME as RECORD
from briefing.render.setting import Setting
from briefing.scenario import Scenario


@dataclass(frozen=True)
class DocumentTask:
    """What a worker process is told: plain values only, so that any start method can carry it.

    Attributes
    ----------
    root
        The project's folder, with the scenario's results in ``figures/<scenario>``.
    notebooks
        Names of the notebooks whose results are merged, in order.
    draft
        An empty folder that will hold the staged report and the finished files.
    pages
        Whether each notebook gets a page, to which its figures link.
    """

    root: Path
    scenario: Scenario
    notebooks: tuple[str, ...]
    formats: tuple[str, ...]
    renderer: str
    setting: Setting
    draft: Path
    pages: bool = False

    @property
    def needs(self) -> tuple[str, ...]:
        """What it reads beside the project's own files: what the notebooks made."""
        return (f"figures/{self.scenario.name}",)

    def moved(self, root: Path, draft: Path) -> "DocumentTask":
        """Return the same for a project in another place."""
        return replace(self, root=root, draft=draft)

    def returned(self, outcome: "Made") -> "Made":
        """Return the outcome of the same elsewhere as if it had been done here."""
        files, beside, pages = (
            tuple(self.draft / path.name for path in some)
            for some in (outcome.files, outcome.beside, outcome.pages)
        )
        return replace(outcome, files=files, record=self.draft / RECORD, beside=beside, pages=pages)


@dataclass(frozen=True)
class Made:
    """Verified files in the draft folder, and what the manifest says of them; or why there are none.

    Attributes
    ----------
    files
        The documents.
    record
        What the briefing keeps of its own making.
    beside
        What else stands beside the documents: the picture of the first page.
    pages
        The notebooks' pages.
    about
        What the manifest says of it.
    failure
        Why there are no files; empty where there are.
    """

    files: tuple[Path, ...] = ()
    record: Path | None = None
    beside: tuple[Path, ...] = ()
    pages: tuple[Path, ...] = ()
    about: dict[str, Any] | None = None
    failure: str = ""


def make_document(task: DocumentTask) -> Made:
    """Make one document in the process that calls this, which alone pays for the imports."""
    from briefing.render import worker

    return worker.make_document(task)
