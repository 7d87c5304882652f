"""A report's PDF before it is published."""

from django.utils import timezone

from perfeval.exchange.services import take_snapshot
from perfeval.rendering.building import build
from perfeval.rendering.pdf import RenderedPdf, render
from perfeval.reports.models import Report
from perfeval.schemes.queries import as_scoring_scheme

#: What every page of an unpublished report bears.
DRAFT_WATERMARK = "草稿"


def draft_pdf(report: Report) -> RenderedPdf:
    """Return the report as it stands now, marked 草稿 on every page.

    Characters without a glyph are let pass here; publishing refuses them.
    Raises: RenderFailed.
    """
    document = build(
        take_snapshot(report), as_scoring_scheme(report.scheme), watermark=DRAFT_WATERMARK
    )
    return render(document, created_at=timezone.now(), is_glyph_checked=False)
