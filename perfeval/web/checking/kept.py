"""The finished reports that a person checked and kept: list, open again, download, delete."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from perfeval.inspections.models import Inspection
from perfeval.inspections.queries import findings_of, inspections_of, listed_inspections_of
from perfeval.inspections.services import MOST_KEPT, forget_inspection
from perfeval.web.access import SIGNED_IN, person, requires
from perfeval.web.checking.downloads import as_token, file_findings
from perfeval.web.checking.files import Checked
from perfeval.web.checking.page import rows_of, text_lines


@requires(SIGNED_IN)
@require_safe
def kept_reports(request: HttpRequest) -> HttpResponse:
    """List what this person keeps."""
    kept = listed_inspections_of(person(request))
    return render(request, "web/checking/kept.html", {"kept": kept, "most": MOST_KEPT})


@requires(SIGNED_IN)
@require_safe
def kept_report(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """Show a kept report with its findings as they were."""
    kept = _own(request, inspection_id)
    checked = Checked(kept.file_name, kept.text, findings_of(kept))
    rows = rows_of(checked)
    context = {
        "checked": checked,
        "rows": rows,
        "lines": list(text_lines(checked, rows)),
        "token": as_token([file_findings(checked, rows)]),
        "kept": kept,
    }
    return render(request, "web/checking/result.html", context)


@requires(SIGNED_IN)
@require_safe
def kept_file(request: HttpRequest, inspection_id: int) -> HttpResponseBase:
    """Send a kept file to be saved, never to be shown inside the site."""
    kept = _own(request, inspection_id)
    try:
        stored = kept.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        stored,
        as_attachment=True,
        filename=kept.file_name,
        content_type="application/octet-stream",
    )


@require_POST
@requires(SIGNED_IN)
def forget_report(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """Delete a kept report with its findings."""
    kept = _own(request, inspection_id)
    try:
        forget_inspection(inspection_id=inspection_id, by=person(request))
    except Inspection.DoesNotExist as error:  # somebody pressed twice
        raise Http404 from error
    messages.success(request, _("“%(name)s” and its findings are deleted.") % {"name": kept})
    return redirect("web:kept_reports")


def _own(request: HttpRequest, inspection_id: int) -> Inspection:
    """Return what this person keeps under the number. Raises: Http404, also for others' reports."""
    found = inspections_of(person(request)).select_related("scheme").filter(pk=inspection_id)
    kept = found.first()
    if kept is None:
        raise Http404
    return kept


urlpatterns = [
    path("", kept_reports, name="kept_reports"),
    path("<int:inspection_id>/", kept_report, name="kept_report"),
    path("<int:inspection_id>/file/", kept_file, name="kept_file"),
    path("<int:inspection_id>/delete/", forget_report, name="forget_report"),
]
