"""On which page of the PDF each heading stands: the table of contents shows it until Word numbers its pages itself.

Word knows its page numbers only after it laid the file out, and other readers of the file never do. The PDF has the same
layout, so its numbers stand in the file from the beginning.
"""

import logging
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from perfeval.documents.document import Heading, ReportDocument
from perfeval.documents.glyphs import texts
from perfeval.fonts import choice as font_setup
from perfeval.fonts.failures import RenderFailed
from perfeval.office.word.front import DEPTH
from perfeval.typesetting.pages import Part
from perfeval.typesetting.pdf import plain_pages

#: A reader of the Word file waits for the layout, so a report of more than a hundred pages or so goes without.
MOST_CHARACTERS = 60_000
#: So many levels of headings are bookmarks of the PDF.
_BOOKMARKED = 3

logger = logging.getLogger(__name__)


def entry_pages(document: ReportDocument) -> tuple[int, ...]:
    """Return the page number of each entry of the table of contents; empty without one, or when they can't be known."""
    if not document.contents_title:
        return ()
    if sum(len(text) for _, _, text in texts(document)) > MOST_CHARACTERS:
        return ()
    try:
        laid = plain_pages(document, Part(has_sheet=False), font_setup.activate())
    except RenderFailed:
        logger.exception("no page numbers for the Word file")
        return ()
    front = laid.page_count - laid.last_number
    reader = PdfReader(BytesIO(laid.data))
    found = list(_bookmark_pages(reader, reader.outline))
    headings = [one for one in document.blocks if isinstance(one, Heading)]
    bookmarked = [heading for heading in headings if heading.level <= _BOOKMARKED]
    if len(found) != len(bookmarked):
        return ()
    entries = [
        page - front
        for heading, page in zip(bookmarked, found, strict=True)
        if heading.level <= DEPTH
    ]
    return (*entries, laid.last_number + 1)  # the score sheet begins a page


def _bookmark_pages(reader: PdfReader, outline: Any) -> Iterator[int]:
    """Yield the page of each bookmark, counted from 1, in reading order."""
    for one in outline:
        if isinstance(one, list):
            yield from _bookmark_pages(reader, one)
        else:
            yield (reader.get_destination_page_number(one) or 0) + 1
