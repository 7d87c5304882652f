"""Set a ReportDocument as PDF: checked, laid out, archival. The same document with the same fonts gives the same bytes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from perfeval.rendering import fonts as font_setup
from perfeval.rendering import pages, typesetting, watermark
from perfeval.rendering.attachments import Attachment
from perfeval.rendering.document import ReportDocument, Table
from perfeval.rendering.failures import GlyphMissing, RenderFailed
from perfeval.rendering.fonts import FontSetup
from perfeval.rendering.glyphs import MissingGlyph, missing_glyphs, texts

__all__ = ["Attachment", "GlyphMissing", "MissingGlyph", "RenderFailed", "RenderedPdf", "render"]

#: More characters than this are not a report; a page holds 616.
MOST_CHARACTERS = 200_000
MOST_TABLE_ROWS = 1_500


@dataclass(frozen=True, slots=True)
class RenderedPdf:
    """A finished file and what it was made with. ``fonts``: as ``FontSetup.as_record``."""

    data: bytes
    page_count: int
    sha256: str
    fonts: dict[str, object]
    typst_version: str


def render(
    document: ReportDocument,
    *,
    created_at: datetime,
    fonts: FontSetup | None = None,
    is_glyph_checked: bool = True,
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
    _check_size(document)
    if is_glyph_checked and (missing := tuple(missing_glyphs(document, fonts))):
        raise GlyphMissing(missing)
    created_at = created_at.astimezone(UTC).replace(microsecond=0)
    images = _watermarks(document, fonts)

    def data_with(cuts: pages.Cuts) -> pages.Data:
        return pages.as_data(document, created_at=created_at, images=images, cuts=cuts)

    try:
        laid = typesetting.as_pdf(
            data_with,
            pages.first_cuts(document),
            fonts=fonts,
            created_at=created_at,
            attached=attached,
        )
    except typesetting.LayoutFailed as error:
        raise RenderFailed(f"the document could not be set: {error}") from error
    return RenderedPdf(
        laid.data,
        laid.page_count,
        hashlib.sha256(laid.data).hexdigest(),
        fonts.as_record(),
        typesetting.typst_version(),
    )


def _check_size(document: ReportDocument) -> None:
    """Refuse what no report is before the renderer works itself to death on it. Raises: RenderFailed."""
    characters = sum(len(text) for _, _, text in texts(document))
    if characters > MOST_CHARACTERS:
        raise RenderFailed(
            f"the report has {characters:,} characters; {MOST_CHARACTERS:,} are the most that is set"
        )
    rows = len(document.score_sheet.rows) + sum(
        len(block.rows) for block in document.blocks if isinstance(block, Table)
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
