"""The current report as a document and as a PDF. A published report's PDF is kept bytes, served elsewhere."""

from perfeval.exchange.services import take_snapshot
from perfeval.rendering.building import build, draft_watermark
from perfeval.rendering.document import ReportDocument
from perfeval.rendering.pdf import RenderedPdf, render
from perfeval.reports.models import Report
from perfeval.reports.states import ReportState
from perfeval.schemes.queries import as_scoring_scheme

#: What stands across the pages of a report that is not published.
DRAFT_WATERMARK = draft_watermark()


def current_document(report: Report) -> ReportDocument:
    """Return the document of the report as it stands, watermarked until it is published."""
    is_draft = report.state != ReportState.PUBLISHED
    return build(
        take_snapshot(report),
        as_scoring_scheme(report.scheme),
        watermark=DRAFT_WATERMARK if is_draft else "",
    )


def draft_pdf(report: Report) -> RenderedPdf:
    """Return the PDF of the report as it stands; the same revision gives the same bytes.

    Raises: pdf.GlyphMissing, pdf.RenderFailed; fonts.FontPackMissing.
    """
    return render(current_document(report), created_at=report.changed_at)
