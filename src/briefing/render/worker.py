"""One document, made once, in the process that calls this: the unit of work that follows the notebooks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from briefing.errors import BriefingError, reason_of
from briefing.ledger import Ledger, load
from briefing.render import quarto
from briefing.render.builtin import warm
from briefing.render.document import Document, compose
from briefing.render.notebook_pages import write_pages
from briefing.render.record import NAME as RECORD
from briefing.render.record import record_of, write_record
from briefing.render.stage import fill_stage
from briefing.render.task import DocumentTask, Made
from briefing.render.thumbnail import NAME as THUMBNAIL
from briefing.render.thumbnail import make_thumbnail
from briefing.render.verify import verify
from briefing.render.words import NAME as WORDS
from briefing.render.words import Words, write_words
from briefing.run.plan import Planner
from briefing.scenario import Scenario


def make_document(task: DocumentTask) -> Made:
    """Compose, stage, render and re-read one document.

    Returns
    -------
    Made
        The verified files, or in one text why a renderer or the check refused them.
    """
    try:
        ledger = load(task.root / "data")
        document = compose(task.root, task.scenario, ledger, task.notebooks, task.setting, task.pages)
        fill_stage(task.draft, task.root, document, for_quarto=task.renderer == "quarto")
        files = render_stage(task.draft, task.formats, task.renderer, task.setting.clock)
        planner, scenario = Planner(task.root), task.scenario
        write_record(record_of(planner, scenario, ledger, document, task.setting.commit), task.draft / RECORD)
        words = write_words(Words(**document["words"]), task.draft / WORDS)
        verify(files, task.scenario.digest, document)
        pdf = [path for path in files if path.suffix == ".pdf"]
        beside = [words, *(make_thumbnail(path, task.draft / THUMBNAIL) for path in pdf[:1])]
        pages = []
        if task.pages:
            pages = write_pages(task.root, task.scenario, document, task.notebooks, task.draft)
    except (BriefingError, OSError) as error:
        return Made(failure=reason_of(error))
    told = about(task.scenario, ledger, document)
    return Made(tuple(files), task.draft / RECORD, tuple(beside), tuple(pages), told)


def about(scenario: Scenario, ledger: Ledger, document: Document) -> dict[str, Any]:
    """Return what the manifest says of a document, whichever its formats."""
    return {
        "scenario": scenario.model_dump(mode="json"),
        "digest": scenario.digest,
        "command": scenario.command,
        "edition": scenario.edition,
        "title": document["metadata"]["title"],
        "as_of": scenario.as_of.isoformat(),
        "coverage_end": ledger.coverage_end.isoformat(),
        "data": ledger.digest,
        "commit": document["texts"]["commit"],
    }


def render_stage(stage: Path, formats: Sequence[str], renderer: str, clock: int) -> Sequence[Path]:
    """Render what is staged with the renderer of that name, which stays warm for the next."""
    if renderer == "quarto":
        return quarto.render(stage, formats, clock)
    return warm().render(stage, formats, clock)
