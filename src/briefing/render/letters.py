"""Letters that the typeface lacks: found before a document is made, so that it can say so."""

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

NOT_PRINTED = {"url", "alt", "file", "folder"}
SUBSTITUTE = "\u25ca"


@cache
def printable() -> frozenset[int]:
    """Return the code points that the project's typeface family can print."""
    from fontTools.ttLib import TTFont

    from briefing.render.fonts import font_files

    regular = [path for path in font_files() if path.stem.endswith("-Regular")]
    return frozenset().union(*(TTFont(path, lazy=True).getBestCmap() for path in regular))


def lacking(texts: Iterable[str]) -> list[str]:
    """Return the letters and signs of `texts` that the typeface lacks, in the order of their code points.

    Examples
    --------
    >>> lacking(["Kyiv, Київ", "Seoul, 서울"])
    ['서', '울']
    """
    # Marks of format and spaces are never drawn, so no typeface needs them.
    found: set[str] = set().union(*texts)
    return sorted(
        letter
        for letter in found
        if ord(letter) not in printable() and unicodedata.category(letter) != "Cf" and not letter.isspace()
    )


def printed_texts(value: Any) -> Iterable[str]:
    """Yield every text of a document that may be printed."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in NOT_PRINTED:
                yield from printed_texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from printed_texts(part)


def texts_of(drawings: Iterable[Path]) -> Iterable[str]:
    """Yield the content of drawings, as far as they exist."""
    return (path.read_text(encoding="utf-8") for path in drawings if path.is_file())


def notice(letters: Iterable[str]) -> str:
    """Say which letters a PDF could not print, by their scripts; nothing where it printed all.

    Examples
    --------
    >>> notice("서울")
    '2 of Hangul'
    >>> notice([])
    ''
    """
    counts: dict[str, int] = {}
    for letter in letters:
        is_letter = unicodedata.category(letter)[0] in "LM"
        name = unicodedata.name(letter, "other").split()[0].capitalize() if is_letter else "other signs"
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{count} of {name}" for name, count in sorted(counts.items()))
