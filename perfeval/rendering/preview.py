"""One page of a document as it will print, as a picture.

Body and score sheet are laid out apart: while somebody works on the one, the other one's pages are only counted.
"""

import threading
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO

import pypdfium2

from perfeval.rendering import fonts as font_setup
from perfeval.rendering.document import ReportDocument
from perfeval.rendering.fonts import FontSetup
from perfeval.rendering.pages import SHEET, Part, first_cuts
from perfeval.rendering.pdf import plain_pages
from perfeval.rendering.typesetting import Laid

#: Dots per inch of the picture: sharp at the width of a column beside the form, on a screen with two dots a pixel.
PICTURE_DPI = 110
_PT_PER_INCH = 72

# PDFium serves one thread at a time.
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """A page as PNG: its number and how many there are, and its size in dots."""

    png: bytes
    number: int
    page_count: int
    width: int
    height: int


def preview(document: ReportDocument, *, page: int, fonts: FontSetup | None = None) -> PreviewPage:
    """Return page number ``page`` (from 1; -1 is the last; one that is not there gives the nearest).

    A character without a glyph shows as an empty box.
    Raises: pdf.RenderFailed; fonts.FontPackMissing.
    """
    fonts = fonts or font_setup.activate()
    body = _body(_without_sheet(document), fonts)
    count = body.page_count + 1 + len(first_cuts(document).get(SHEET, []))
    number = count if page < 0 else min(max(page, 1), count)
    if number <= body.page_count:
        data, place = body.data, number - 1
    else:
        place = number - body.page_count - 1
        part = Part(has_body=False, sheet_page=place, number=body.last_number + place + 1)
        data, place = plain_pages(document, part, fonts).data, 0
    png, width, height = _picture(data, place)
    return PreviewPage(png, number, count, width, height)


def page_of_heading(
    document: ReportDocument, heading: str, *, fonts: FontSetup | None = None
) -> int:
    """Return the number of the page on which ``heading`` (its text without its number) stands; 1 when it is on none.

    Raises: as ``preview``.
    """
    body = _body(_without_sheet(document), fonts or font_setup.activate())
    wanted = "".join(heading.split())
    # A table of contents names it too.
    front = body.page_count - body.last_number
    with _lock:
        opened = pypdfium2.PdfDocument(body.data)
        try:
            for number, page in enumerate(opened, start=1):
                if number > front and wanted in "".join(
                    page.get_textpage().get_text_bounded().split()
                ):
                    return number
        finally:
            opened.close()
    return 1


def page_of_row(
    document: ReportDocument, names: Collection[str], *, fonts: FontSetup | None = None
) -> int:
    """Return the number of the page with the score sheet's first row that is called one of ``names``.

    Raises: as ``preview``.
    """
    before = _body(_without_sheet(document), fonts or font_setup.activate()).page_count
    sheet = document.score_sheet
    rows = [
        place
        for place, row in enumerate(sheet.rows)
        if (row.tertiary or row.secondary or row.primary) in names
    ]
    cuts = first_cuts(document).get(SHEET, [])
    return before + 1 + (bisect_right(cuts, rows[0]) if rows else 0)


def _without_sheet(document: ReportDocument) -> ReportDocument:
    return replace(document, score_sheet=replace(document.score_sheet, rows=()))


@lru_cache(maxsize=8)
def _body(document: ReportDocument, fonts: FontSetup) -> Laid:
    """Return the pages of the body; leafing through them lays nothing out again."""
    return plain_pages(document, Part(has_sheet=False), fonts)


def _picture(data: bytes, place: int) -> tuple[bytes, int, int]:
    with _lock:
        opened = pypdfium2.PdfDocument(data)
        try:
            drawn = opened[place].render(scale=PICTURE_DPI / _PT_PER_INCH, grayscale=True)
            picture = drawn.to_pil()
        finally:
            opened.close()
    out = BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue(), picture.width, picture.height
