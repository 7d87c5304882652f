"""The task list of one report: every part with its state, and what is still missing."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from perfeval.evidence.queries import evidence_by_indicator
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.web.access import VIEW_REPORT, requires
from perfeval.web.correcting.lines import moves_told
from perfeval.web.filling.page import report_page, show


@requires(VIEW_REPORT)
@require_GET
def overview(request: HttpRequest, report: Report) -> HttpResponse:
    """Show the task list."""
    page = report_page(request, read_filled(report))
    evidence = evidence_by_indicator(report)
    return show(
        request,
        "overview",
        page,
        tables=[line for line in page.parts if line.kind not in ("answers", "narrative")],
        groups=[line for line in page.parts if line.kind == "answers"],
        sections=[line for line in page.parts if line.kind == "narrative"],
        evidence_count=sum(len(files) for files in evidence.values()),
        evidence_indicator_count=len(evidence),
        moves=[line for line in moves_told(report) if not line.is_taken_back],
    )
