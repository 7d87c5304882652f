"""Check everything and hand the report in."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from perfeval.evidence.queries import evidence_by_indicator
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.review.moves import MoveName
from perfeval.review.permissions import may_move
from perfeval.review.queries import readiness
from perfeval.review.services import AlreadyDone, MoveRefused, NotReady, submit
from perfeval.scoring.result import Severity
from perfeval.web.access import FILL_REPORT, person, requires
from perfeval.web.filling.page import FieldError, report_page, report_url, show
from perfeval.web.filling.problems import grouped
from perfeval.web.filling.prose import findings_in
from perfeval.web.filling.saving import COLLIDED, UNREADABLE


@requires(FILL_REPORT)
@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest, report: Report) -> HttpResponse:
    """Show everything that stands in the way of submitting, or submit."""
    if request.method != "POST":
        return _page(request, report)
    if report.is_editable and not may_move(person(request), report, MoveName.SUBMIT):
        raise PermissionDenied
    if request.POST.get("confirmed") != "yes":
        text = _("Tick that you have checked the report and hand it in.")
        unticked = FieldError("#id_confirmed", text)
        return _page(request, report, errors=[unticked], status=UNREADABLE)
    try:
        submit(report=report, by=person(request), at=timezone.now())
    except NotReady:
        return _page(request, report, was_refused=True, status=UNREADABLE)
    except AlreadyDone:
        return redirect(report_url("report", report))
    except MoveRefused as refusal:
        messages.error(request, str(refusal))
        report.refresh_from_db()
        return _page(request, report, status=COLLIDED)
    messages.success(request, _("The report is submitted. The reviewer sees it now."))
    return redirect(report_url("report", report))


def _page(
    request: HttpRequest,
    report: Report,
    *,
    status: int = 200,
    was_refused: bool = False,
    errors: Sequence[FieldError] = (),
) -> HttpResponse:
    page = report_page(request, read_filled(report))
    problems = readiness(page.filled, evidence_by_indicator(report))
    return show(
        request,
        "hand_in",
        page,
        status=status,
        errors=errors,
        groups=grouped(problems, page.places),
        findings=findings_in(page),
        is_ready=all(problem.severity is Severity.WARNING for problem in problems),
        may_submit=may_move(person(request), report, MoveName.SUBMIT),
        was_refused=was_refused,
    )
