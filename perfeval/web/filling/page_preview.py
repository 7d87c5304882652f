"""The page of the report on which a part of the form is printed: a picture beside the form, and a page of its own."""

import logging

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from perfeval.documents.document import ReportDocument
from perfeval.fonts.failures import RenderFailed
from perfeval.publication.pdf import current_document
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.scoring.scheme.tree import Scheme
from perfeval.typesetting.preview import PreviewBusy, Spot, preview, turn
from perfeval.web.access import FILL_REPORT, VIEW_REPORT, requires
from perfeval.web.filling.page import report_page, show
from perfeval.web.filling.preview_places import place_of
from perfeval.web.filling.saving import COLLIDED, UNREADABLE
from perfeval.web.filling.typed import UnreadableForm, typed

#: Others are looking at their pages.
_BUSY = 503
logger = logging.getLogger(__name__)


@requires(FILL_REPORT)
@require_http_methods(["GET", "HEAD", "POST"])
def page_preview(request: HttpRequest, report: Report) -> HttpResponse:
    """Return the page as PNG; its number and how many there are stand in the head of the answer.

    ``part`` of the address names the part of the form, ``place`` what of it is being written, ``page`` a number instead.
    A POST is the form as it stands: it is shown as if it were saved, and nothing is stored. Of a report that can't be
    changed the saved state is shown.
    """
    part = request.GET.get("part", "")
    try:
        document, scheme = _document(request, report, part)
        number = _number(request)
        with turn():
            spot = (
                Spot(number, 0.0)
                if number
                else place_of(document, scheme, part, request.GET.get("place", ""))
            )
            shown = preview(document, page=spot.page)
    except UnreadableForm:
        return JsonResponse({}, status=UNREADABLE)
    except PreviewBusy:
        return _not_shown(request, status=_BUSY)
    except RenderFailed:
        logger.exception("no preview of report %s", report.pk)
        return _not_shown(request)
    response = HttpResponse(shown.png, content_type="image/png")
    response["Preview-Page"] = str(shown.number)
    response["Preview-Pages"] = str(shown.page_count)
    if not number:
        response["Preview-Spot"] = f"{spot.top:.4f}"
    # The address of a saved state carries its revision, so a browser may keep the picture.
    is_kept = request.method != "POST" and "revision" in request.GET
    response["Cache-Control"] = "private, max-age=600" if is_kept else "private, no-store"
    return response


@requires(VIEW_REPORT)
@require_safe
def preview_page(request: HttpRequest, report: Report) -> HttpResponse:
    """Show one page of the report as it is saved, with the way to the pages before and after it."""
    part = request.GET.get("part", "")
    page = report_page(request, read_filled(report), part)
    document = current_document(page.filled)
    try:
        with turn():
            number = _number(request) or place_of(document, page.scheme, part, "").page
            shown = preview(document, page=number)
    except PreviewBusy:
        return show(request, "preview", page, status=_BUSY)
    except RenderFailed:
        logger.exception("no preview of report %s", report.pk)
        return show(request, "preview", page, status=COLLIDED)
    before = shown.number - 1
    after = shown.number + 1 if shown.number < shown.page_count else 0
    return show(request, "preview", page, shown=shown, before=before, after=after)


def _document(request: HttpRequest, report: Report, part: str) -> tuple[ReportDocument, Scheme]:
    """Return the document and the tree by which it is scored. Raises: UnreadableForm."""
    filled = read_filled(report)
    if request.method == "POST" and report.is_editable:
        filled = typed(filled, part, request.POST)
    return current_document(filled), filled.scheme


def _number(request: HttpRequest) -> int:
    """Return the page that is asked for, 0 when none is."""
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _not_shown(request: HttpRequest, *, status: int = COLLIDED) -> HttpResponse:
    """Return that there is no picture and what to do: as data to a script, as a picture to a page without one."""
    told = {
        "told": _("This page can’t be shown just now."),
        "advice": _("What you saved is safe. If it stays so, tell your administrator."),
    }
    if request.method == "POST" or "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(told, status=status)
    return render(
        request,
        "web/filling/page_preview_failed.svg",
        told,
        content_type="image/svg+xml",
        status=status,
    )
