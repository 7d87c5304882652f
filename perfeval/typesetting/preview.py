"""One page of a document as it will print, as a picture.

Body and score sheet are laid out apart: while somebody works on the one, the other one's pages are only counted.
"""

import threading
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from perfeval.documents.document import Heading, ReportDocument
from perfeval.fonts import choice as font_setup
from perfeval.fonts.choice import FontSetup
from perfeval.fonts.failures import RenderFailed
from perfeval.processes.pool import Limits, NotDone, Pool
from perfeval.typesetting.layout import Laid
from perfeval.typesetting.pages import SHEET, Part, first_cuts
from perfeval.typesetting.pdf import plain_pages

#: Dots per inch of the picture: sharp at the width of a column beside the form, on a screen with two dots a pixel.
PICTURE_DPI = 110

#: So many callers at a time in one process of the server: its other threads go on saving what people type.
MOST_AT_ONCE = 2
#: Who goes from page to page leaves a request behind, which is soon done.
_TURN_SECONDS = 0.3

_turns = threading.BoundedSemaphore(MOST_AT_ONCE)
#: PDFium serves one thread of a process at a time.
_POOL = Pool(
    Limits(wall_seconds=20, cpu_seconds=15, memory_bytes=512 * 1024**2, output_bytes=32 * 1024**2),
    places=1,
    most_tasks=1_000,
)


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
    png, width, height = _drawn("picture", data, place, PICTURE_DPI)
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
    first = _find(body.data, printed[0] if printed else heading, Spot(front + 1, 0.0))
    if first is None:
        return Spot(1, 0.0)
    return _find(body.data, text, first) or first


def spot_of_row(document: ReportDocument, place: int, *, fonts: FontSetup | None = None) -> Spot:
    """Return where row ``place`` (from 0) of the score sheet begins.

    Raises: as ``preview``.
    """
    fonts = fonts or font_setup.activate()
    body = _body(_without_sheet(document), fonts)
    number = bisect_right(first_cuts(document).get(SHEET, []), place)
    row = document.score_sheet.rows[place]
    laid = _sheet_page(document, number, body.last_number, fonts)
    found = _find(laid, row.tertiary or row.secondary or row.primary, Spot(1, 0.0))
    return Spot(body.page_count + 1 + number, found.top if found else 0.0)


def _find(data: bytes, wanted: str, after: Spot) -> Spot | None:
    """Return the first place of ``wanted`` at or below ``after``; None where there is none. Raises: RenderFailed."""
    found = _drawn("find", data, wanted, after.page, after.top)
    return Spot(*found) if found else None


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


def _drawn(function: str, *arguments: Any) -> Any:
    """Return what a function of ``drawing`` makes of a file of ours. Raises: RenderFailed."""
    try:
        return _POOL.run(f"perfeval.typesetting.drawing:{function}", *arguments)
    except NotDone as error:
        raise RenderFailed(f"the page could not be drawn: {error}") from error
