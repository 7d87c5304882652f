"""Set a ReportDocument as PDF: checked, laid out, archival. The same document with the same fonts gives the same bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from perfeval.documents.attachments import Attachment
from perfeval.documents.document import BodyTable, ReportDocument
from perfeval.documents.glyphs import GlyphMissing, MissingGlyph, missing_glyphs, texts
from perfeval.fonts import choice as font_setup
from perfeval.fonts.choice import FontSetup
from perfeval.fonts.failures import RenderFailed
from perfeval.typesetting import layout as typesetting
from perfeval.typesetting import pages, watermark, worker

__all__ = [
    "Attachment",
    "GlyphMissing",
    "MissingGlyph",
    "RenderFailed",
    "RenderedPdf",
    "as_rendered",
    "plain_pages",
    "refuse_unfit",
    "render",
]

#: More characters than this are not a report; a page holds 616.
MOST_CHARACTERS = 200_000
MOST_TABLE_ROWS = 1_500
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """A finished file and what it was made with. ``fonts``: as ``FontSetup.as_record``."""

    data: bytes
    page_count: int
    sha256: str
    fonts: dict[str, object]
    weasyprint_version: str


def render(
    document: ReportDocument,
    *,
    created_at: datetime,
    fonts: FontSetup | None = None,
    attached: Sequence[Attachment] = (),
) -> RenderedPdf:
    """Set ``document`` as PDF. ``created_at``, with a time zone, is written into the file.

    ``fonts``: what ``fonts.activate`` returned; arranged here when left out. ``attached``: files that
    the PDF carries.

    Raises: GlyphMissing, RenderFailed; fonts.FontPackMissing when the fonts are not built.
    """
    if created_at.tzinfo is None:
        raise ValueError("created_at needs a time zone")
    fonts = fonts or font_setup.activate()
    refuse_unfit(document, fonts)
    laid = _laid_out(document, fonts, created_at, pages.Part(), attached, is_archival=True)
    return as_rendered(laid.data, laid.page_count, fonts)


def as_rendered(data: bytes, page_count: int, fonts: FontSetup) -> RenderedPdf:
    """Return a finished file with what it was made with."""
    digest = hashlib.sha256(data).hexdigest()
    return RenderedPdf(data, page_count, digest, fonts.as_record(), typesetting.renderer_version())


def refuse_unfit(document: ReportDocument, fonts: FontSetup) -> None:
    """Check what can be checked without laying out. Raises: GlyphMissing, RenderFailed."""
    _check_size(document)
    if missing := tuple(missing_glyphs(document, fonts)):
        raise GlyphMissing(missing)


def plain_pages(document: ReportDocument, part: pages.Part, fonts: FontSetup) -> typesetting.Laid:
    """Return a part of ``document`` as PDF to be looked at only: without tags and promises, quicker.

    A character without a glyph shows as an empty box.
    Raises: RenderFailed.
    """
    _check_size(document)
    return _laid_out(document, fonts, _NO_DATE, part, (), is_archival=False)


def _laid_out(
    document: ReportDocument,
    fonts: FontSetup,
    created_at: datetime,
    part: pages.Part,
    attached: Sequence[Attachment],
    *,
    is_archival: bool,
) -> typesetting.Laid:
    order = worker.Order(
        document=document,
        fonts=fonts,
        created_at=created_at.astimezone(UTC).replace(microsecond=0),
        images=_watermarks(document, fonts),
        part=part,
        attached=attached,
        is_archival=is_archival,
    )
    try:
        return worker.run_in_worker(order)
    except RenderFailed as error:
        raise RenderFailed(f"the document could not be set: {error}") from error


def _check_size(document: ReportDocument) -> None:
    """Refuse what no report is before the renderer works itself to death on it. Raises: RenderFailed."""
    characters = sum(len(text) for _, _, text in texts(document))
    if characters > MOST_CHARACTERS:
        raise RenderFailed(
            f"the report has {characters:,} characters; {MOST_CHARACTERS:,} are the most that is set"
        )
    rows = len(document.score_sheet.rows) + sum(
        len(block.rows) for block in document.blocks if isinstance(block, BodyTable)
    )
    if rows > MOST_TABLE_ROWS:
        raise RenderFailed(
            f"the report's tables have {rows:,} rows; {MOST_TABLE_ROWS:,} are the most that is set"
        )


def _watermarks(document: ReportDocument, fonts: FontSetup) -> dict[str, str]:
    if not document.watermark:
        return {}
    return {
        f"watermark-{name}": watermark.as_svg(
            document.watermark, width_mm, height_mm, fonts
        ).decode()
        for name, width_mm, height_mm in (("portrait", 210, 297), ("landscape", 297, 210))
    }
