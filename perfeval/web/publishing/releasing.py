"""Putting a published report before the public, and taking it back: each asked for on a page of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from perfeval.publication import releasing
from perfeval.publication.public_queries import release_of
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.reports.queries import stored_result
from perfeval.review import permissions
from perfeval.typesetting.pdf import RenderFailed
from perfeval.web.access import Requirement, person, requires
from perfeval.web.filling.places import Places
from perfeval.web.filling.problems import ShownProblem, shown
from perfeval.web.publishing.official import explain, still_laid_out

RELEASE = Requirement("release report", of_report=permissions.has_release_role)


@requires(RELEASE)
@require_http_methods(["GET", "HEAD", "POST"])
def release_report(request: HttpRequest, report: Report) -> HttpResponse:
    """Ask for confirmation, then put the report before the public."""
    if request.method != "POST":
        return _page(request, report)
    try:
        version = releasing.public_version(report)
        progress = version and version.prepare(at=timezone.now())
        if progress:
            return _page(request, report, refusal=still_laid_out(progress), status=202)
        releasing.release(report=report, by=person(request), at=timezone.now())
    except releasing.PersonalDataFound as refusal:
        places = Places(read_filled(report))
        found = [shown(problem, places) for problem in refusal.problems]
        return _page(request, report, refusal=str(refusal), found=found, status=422)
    except releasing.ReleaseRefused as refusal:
        return _page(request, report, refusal=str(refusal), status=409)
    except RenderFailed as failure:
        return _page(request, report, refusal=explain(failure), status=409)
    messages.success(request, _("The report of %s is public now.") % report.department)
    return redirect("web:publication", report.pk)


@requires(RELEASE)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_report(request: HttpRequest, report: Report) -> HttpResponse:
    """Ask for confirmation, then take the report back from the public."""
    if request.method != "POST":
        return _page(request, report, is_withdrawal=True)
    try:
        releasing.withdraw(report=report, by=person(request), at=timezone.now())
    except releasing.ReleaseRefused as refusal:
        return _page(request, report, refusal=str(refusal), status=409, is_withdrawal=True)
    messages.success(request, _("The report of %s is no longer public.") % report.department)
    return redirect("web:publication", report.pk)


def _page(
    request: HttpRequest,
    report: Report,
    *,
    refusal: str = "",
    found: list[ShownProblem] | None = None,
    status: int = 200,
    is_withdrawal: bool = False,
) -> HttpResponse:
    is_public = release_of(report) is not None
    return render(
        request,
        "web/publishing/withdraw.html" if is_withdrawal else "web/publishing/release.html",
        {
            "report": report,
            "score": stored_result(report),
            "is_possible": permissions.may_release(person(request), report)
            and is_public == is_withdrawal,
            "refusal": refusal,
            "found": found or [],
        },
        status=status,
    )


urlpatterns = [
    path("release/", release_report, name="release_report"),
    path("withdraw/", withdraw_report, name="withdraw_report"),
]
