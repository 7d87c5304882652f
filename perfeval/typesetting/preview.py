"""One page of a document as it will print, as a picture.

Body and score sheet are laid out apart: while somebody works on the one, the other one's pages are only counted.
"""

import threading
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO

import pypdfium2

from perfeval.documents.document import Heading, ReportDocument
from perfeval.fonts import choice as font_setup
from perfeval.fonts.choice import FontSetup
from perfeval.fonts.failures import RenderFailed
from perfeval.typesetting.layout import Laid
from perfeval.typesetting.pages import SHEET, Part, first_cuts
from perfeval.typesetting.pdf import plain_pages

#: Dots per inch of the picture: sharp at the width of a column beside the form, on a screen with two dots a pixel.
PICTURE_DPI = 110
_PT_PER_INCH = 72

#: So many callers at a time in one process of the server: its other threads go on saving what people type.
MOST_AT_ONCE = 2
#: Who goes from page to page leaves a request behind, which is soon done.
_TURN_SECONDS = 0.3

_turns = threading.BoundedSemaphore(MOST_AT_ONCE)
# PDFium serves one thread at a time.
_lock = threading.Lock()


class PreviewBusy(RenderFailed):
    """Others are looking at their pages: ask again in a moment. Nobody waits here, a waiting thread can't save."""


@contextmanager
def turn() -> Iterator[None]:
    """Take one of the few places for looking at pages. Raises: PreviewBusy."""
    if not _turns.acquire(timeout=_TURN_SECONDS):
        raise PreviewBusy("others are looking at their pages; ask again in a moment")
    try:
        yield
    finally:
        _turns.release()


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """A page as PNG: its number and how many there are, and its size in dots."""

    png: bytes
    number: int
    page_count: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands: the number of the page, and how far down it as a share (0 to 1) of its height."""

    page: int
    top: float


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
        data = _sheet_page(document, number - body.page_count - 1, body.last_number, fonts)
        place = 0
    png, width, height = _picture(data, place)
    return PreviewPage(png, number, count, width, height)


def spot_of_text(
    document: ReportDocument, heading: str, text: str = "", *, fonts: FontSetup | None = None
) -> Spot:
    """Return where ``heading`` (its words without its number) stands in the body, or ``text`` below it where it is found.

    What is on no page gives the top of the first. Only letters and digits are compared.
    Raises: as ``preview``.
    """
    body = _body(_without_sheet(document), fonts or font_setup.activate())
    printed = [
        block.number + block.text
        for block in document.blocks
        if isinstance(block, Heading) and block.text == heading
    ]
    # A table of contents names it too.
    front = body.page_count - body.last_number
    first = _find(body.data, _letters(printed[0] if printed else heading), Spot(front + 1, 0.0))
    if first is None:
        return Spot(1, 0.0)
    return _find(body.data, _letters(text), first) or first


def spot_of_row(document: ReportDocument, place: int, *, fonts: FontSetup | None = None) -> Spot:
    """Return where row ``place`` (from 0) of the score sheet begins.

    Raises: as ``preview``.
    """
    fonts = fonts or font_setup.activate()
    body = _body(_without_sheet(document), fonts)
    number = bisect_right(first_cuts(document).get(SHEET, []), place)
    row = document.score_sheet.rows[place]
    laid = _sheet_page(document, number, body.last_number, fonts)
    found = _find(laid, _letters(row.tertiary or row.secondary or row.primary), Spot(1, 0.0))
    return Spot(body.page_count + 1 + number, found.top if found else 0.0)


def _find(data: bytes, wanted: str, after: Spot) -> Spot | None:
    """Return the first place of ``wanted`` at or below ``after``; None where there is none."""
    if not wanted:
        return None
    with _lock:
        opened = pypdfium2.PdfDocument(data)
        try:
            for place in range(after.page - 1, len(opened)):
                above = after.top if place == after.page - 1 else 0.0
                top = _top_of(opened[place], wanted, above)
                if top is not None:
                    return Spot(place + 1, top)
        finally:
            opened.close()
    return None


def _top_of(page: pypdfium2.PdfPage, wanted: str, above: float) -> float | None:
    """Return how far down the page ``wanted`` stands, as a share of its height, at or below ``above``."""
    text = page.get_textpage()
    height = page.get_height()
    codes = (pypdfium2.raw.FPDFText_GetUnicode(text, n) for n in range(text.count_chars()))
    letters = [(n, one) for n, code in enumerate(codes) if (one := _letters(chr(code)))]
    printed = "".join(one for _, one in letters)
    at = printed.find(wanted)
    while at >= 0:
        top = 1 - text.get_charbox(letters[at][0], loose=True)[3] / height
        if top >= above:
            return min(max(top, 0.0), 1.0)
        at = printed.find(wanted, at + 1)
    return None


def _letters(text: str) -> str:
    """Return what is compared: lines, spaces and punctuation are set otherwise than they were typed.

    PDFium gives a rare character as two halves, so those are left out on both sides.
    """
    return "".join(one for one in text if one.isalnum() and one <= "\uffff")


def _without_sheet(document: ReportDocument) -> ReportDocument:
    return replace(document, score_sheet=replace(document.score_sheet, rows=()))


@lru_cache(maxsize=8)
def _body(document: ReportDocument, fonts: FontSetup) -> Laid:
    """Return the pages of the body; leafing through them lays nothing out again."""
    return plain_pages(document, Part(has_sheet=False), fonts)


@lru_cache(maxsize=4)
def _sheet_page(document: ReportDocument, place: int, last_number: int, fonts: FontSetup) -> bytes:
    """Return one page of the score sheet; ``last_number``: of the body's last page."""
    part = Part(has_body=False, sheet_page=place, number=last_number + place + 1)
    return plain_pages(document, part, fonts).data


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
