"""The vocabulary of the sources, which docs/report.md explains: the classes, and what each may carry."""

from collections.abc import Mapping

FLOATS = ("fig-", "tbl-")
"""How the id of a figure and of a table begins."""

VALUES: Mapping[str, tuple[str, ...]] = {
    "num": ("show",),
    "count": ("of", "many"),
    "likely": (),
    "text": (),
    "command": (),
    "latest": (),
    "of-step": (),
}
"""Spans that hold a name and print what it stands for, with their attributes."""

CASES: Mapping[str, tuple[str, ...]] = {"when": ("fact", "not"), "if-drawn": ()}
"""What may go: a span or a div."""

SPANS: Mapping[str, tuple[str, ...]] = {**VALUES, **CASES}

DIVS: Mapping[str, tuple[str, ...]] = {
    **CASES,
    "title": (),
    "alt": (),
    "source": (),
    "step": (),
    "step-alt": (),
    "judgement": (),
    "figures": (),
    "what-if": (),
    "lead": (),
    "side-heads": (),
    "frame": (),
    "note": (),
    "small": (),
    "page-two": (),
    "brief-end": (),
    "contents": (),
    "content-visible": ("when-format",),
}

HEADINGS: Mapping[str, tuple[str, ...]] = {"unnumbered": ()}

OF_KIND: Mapping[str, Mapping[str, tuple[str, ...]]] = {"span": SPANS, "div": DIVS, "heading": HEADINGS}
