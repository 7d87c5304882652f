"""The page of the report on which a part of the form is printed, as a picture beside the form."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from perfeval.rendering.document import ReportDocument
from perfeval.rendering.failures import RenderFailed
from perfeval.rendering.fonts import FontPackMissing
from perfeval.rendering.preview import page_of_heading, page_of_row, preview
from perfeval.rendering.services import current_document
from perfeval.reports.models import Report
from perfeval.reports.queries import scheme_of
from perfeval.scoring.scheme import Scheme
from perfeval.web.access import VIEW_REPORT, requires

_NOT_SHOWN = 409
logger = logging.getLogger(__name__)


@requires(VIEW_REPORT)
@require_safe
def page_preview(request: HttpRequest, report: Report) -> HttpResponse:
    """Return the page as PNG. ``part`` of the address names the part of the form, as it is saved.

    Where there is none, the picture says so: a broken one would leave its reader to wonder. The address carries the revision too, so a browser may keep the picture.
    """
    document = current_document(report)
    try:
        page = _page_of(document, scheme_of(report), request.GET.get("part", ""))
        shown = preview(document, page=page)
    except (RenderFailed, FontPackMissing):
        logger.exception("no preview of report %s", report.pk)
        return render(
            request,
            "web/filling/page_preview_failed.svg",
            {
                "told": _("This page can’t be shown just now."),
                "advice": _("What you saved is safe. If it stays so, tell your administrator."),
            },
            content_type="image/svg+xml",
            status=_NOT_SHOWN,
        )
    response = HttpResponse(shown.png, content_type="image/png")
    response["Cache-Control"] = "private, max-age=600"
    return response


def _page_of(document: ReportDocument, scheme: Scheme, part: str) -> int:
    """Return the number of the page on which a part is printed; 1 for one that has no place of its own."""
    kind, _, code = part.partition(":")
    if kind == "narrative":
        titles = [section.title for section in scheme.outline if section.code == code]
        return page_of_heading(document, titles[0]) if titles else 1
    names = {leaf.name for node in scheme.walk() if node.code == code for leaf in node.leaves()}
    return page_of_row(document, names) if names else 1
