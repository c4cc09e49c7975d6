"""A small picture of a PDF's first page, by which a reader knows the document again."""

from pathlib import Path

from briefing.project.files import replacing

NAME = "thumbnail.png"
WIDTH = 360
"""Pixels: sharp at half that width on a fine screen."""
COLOURS = 32


def make_thumbnail(pdf: Path, path: Path) -> Path:
    """Write the first page of `pdf` as a PNG file, by rename; equal pages give equal bytes.

    Raises
    ------
    OSError
        The file is no PDF, has no page, or the picture cannot be written.
    """
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        with PdfDocument(pdf) as document:
            page = document[0]
            height = round(WIDTH * page.get_height() / page.get_width())
            picture = page.render(scale=2 * WIDTH / page.get_width()).to_pil().convert("RGB")
        small = picture.resize((WIDTH, height), reducing_gap=2).quantize(COLOURS, dither=0)
        with replacing(path) as draft:
            small.save(draft, format="PNG", optimize=True)
    except (PdfiumError, IndexError) as error:
        raise OSError(f"{pdf} has no first page that can be shown: {error}") from error
    return path
