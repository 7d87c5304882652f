"""The report to take away: Word, Excel and data, beside the PDF of ``publishing``."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from perfeval.publication import formats
from perfeval.publication.pdf import DRAFT_WATERMARK
from perfeval.reports.models import Report
from perfeval.snapshots.services import title_of
from perfeval.web.access import View, requires
from perfeval.web.publishing.official import DOWNLOAD


def _view(make: Callable[[Report], formats.File]) -> View:
    """Return a view that gives the report out as the file that ``make`` makes."""

    @requires(DOWNLOAD)
    @require_safe
    def download(_request: HttpRequest, report: Report) -> HttpResponse:
        file = make(report)
        title = title_of(report.scheme.report_title, report.department.name, report.scheme.year)
        mark = f"（{DRAFT_WATERMARK}）" if file.is_draft else ""
        response = HttpResponse(file.data, content_type=file.content_type)
        name = f"{title}{mark}{file.suffix}"
        response["Content-Disposition"] = (
            content_disposition_header(as_attachment=True, filename=name) or "attachment"
        )
        response["Cache-Control"] = "private, no-store"
        return response

    return download


report_word = _view(formats.word_file)
report_excel = _view(formats.excel_file)
report_data = _view(formats.data_file)

urlpatterns = [
    path("word/", report_word, name="report_word"),
    path("excel/", report_excel, name="report_excel"),
    path("data/", report_data, name="report_data"),
]
