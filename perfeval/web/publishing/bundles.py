"""A year's published reports of a bureau in one ZIP: what is in it, how far it is, and the file."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from perfeval.accounts.models import Department, User
from perfeval.publication import bundle_jobs, bundles
from perfeval.publication.bundles import Bundle, BundleItem
from perfeval.reports.states import ReportState
from perfeval.review.models import BundleFailure, BundleJob, BundleState
from perfeval.web.access import Requirement, person, requires


def takes_bundles(user: User) -> bool:
    """Return whether the person reviews or approves at a department that supervises others."""
    return bool(bundles.bureaus_of(user))


BUNDLES = Requirement("take bundles", of_user=takes_bundles)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A report or a department that is not in the ZIP: where it stands and what to do about it."""

    department: str
    state: str
    advice: str
    href: str = ""


@requires(BUNDLES)
@require_safe
def bundle_list(request: HttpRequest) -> HttpResponse:
    """List the years of the person's bureaus with what was published."""
    offered = []
    for bureau in bundles.bureaus_of(person(request)):
        jobs = bundle_jobs.jobs_of(bureau)
        years = [(year, jobs.get(year.year)) for year in bundles.years_of(bureau)]
        offered.append((bureau, years))
    return render(request, "web/bundles/list.html", {"offered": offered})


@requires(BUNDLES)
@require_http_methods(["GET", "HEAD", "POST"])
def bundle(request: HttpRequest, bureau: str, year: int) -> HttpResponseBase:
    """Show what goes into a year's ZIP and how far it is; begin it when asked to."""
    mine = _bureau(request, bureau)
    if request.method == "POST":
        try:
            bundle_jobs.start(bureau=mine, year=year, by=person(request), at=timezone.now())
        except bundle_jobs.NothingPublished as error:
            raise Http404 from error
        return redirect("web:bundle", bureau, year)
    job = bundle_jobs.job_of(mine, year)
    is_running = bool(job and job.state == BundleState.RUNNING)
    if request.htmx:  # type: ignore[attr-defined] # set by its middleware
        if not is_running:
            return HttpResponseClientRefresh()
        return render(request, "web/bundles/progress.html", {"job": job})
    present = bundles.bundle_of(mine, year)
    if present is None:
        raise Http404
    file = bundle_jobs.file_of(job) if job else None
    shown = bundle_jobs.contents_of(job) if job and (is_running or file) else present
    return render(
        request,
        "web/bundles/bundle.html",
        {
            "bureau": mine,
            "year": year,
            "job": job,
            "is_running": is_running,
            "is_ready": file is not None,
            "is_changed": bool(job and job.key != present.key),
            "has_faults": bool(job and job.faults),
            "failure": _failure(job),
            "bundle": shown,
            "left_out": _left_out(shown, job if file else None),
            "kept_until": job.started_at + bundle_jobs.KEPT_FOR if job else None,
        },
    )


@requires(BUNDLES)
@require_safe
def bundle_file(request: HttpRequest, bureau: str, year: int) -> HttpResponseBase:
    """Send the finished ZIP from the disk; its size is told first, so that the browser shows how far it is."""
    mine = _bureau(request, bureau)
    job = bundle_jobs.job_of(mine, year)
    file = bundle_jobs.file_of(job) if job else None
    if job is None or file is None:
        if year not in [offer.year for offer in bundles.years_of(mine)]:
            raise Http404
        messages.error(request, _("There is no finished file of this year. Make it first."))
        return redirect("web:bundle", mine.code, year)
    if not bundles.is_still_below(mine, bundle_jobs.contents_of(job)):
        messages.error(
            request,
            _(
                "Departments left this bureau since the file was made, so it is not given out any more. Make it anew."
            ),
        )
        return redirect("web:bundle", mine.code, year)
    name = f"{mine.name}{year}年度部门整体支出绩效自评报告.zip"
    response = FileResponse(
        file.open("rb"), as_attachment=True, filename=name, content_type="application/zip"
    )
    response["Cache-Control"] = "private, no-store"
    # A proxy that gathers everything first would hide the progress and hold the whole file.
    response["X-Accel-Buffering"] = "no"
    return response


def _bureau(request: HttpRequest, code: str) -> Department:
    """Return a bureau of the person. Raises: Http404 for any other department."""
    found = next((one for one in bundles.bureaus_of(person(request)) if one.code == code), None)
    if found is None:
        raise Http404
    return found


def _left_out(bundle: Bundle, job: BundleJob | None) -> list[LeftOut]:
    """Return what is not in the ZIP, with what to do; ``job``: the one that made it."""
    faults = job.faults if job else []
    return [
        LeftOut(
            department=item.department,
            state=bundle_jobs.state_word(item, faults),
            advice=_advice(item),
            href=_href(item),
        )
        for item in bundle.left_out
    ]


def _advice(item: BundleItem) -> str:
    match item.state:
        case ReportState.PUBLISHED:
            return _(
                "The stored file does not match its fingerprint any more. Tell your administrator: it has to be "
                "restored from a backup; then make the ZIP anew."
            )
        case ReportState.APPROVED:
            return _("Publish it, then make the ZIP anew.")
        case ReportState.SUBMITTED:
            return _("Review it; it can be taken along once it is published.")
        case ReportState.RETURNED:
            return _("The department is changing it. Remind it to hand the report in again.")
        case _:
            return _("Remind the department.")


def _href(item: BundleItem) -> str:
    if item.report_id is None:
        return ""
    is_decided = item.state in (ReportState.APPROVED, ReportState.PUBLISHED)
    return reverse("web:publication" if is_decided else "web:review", args=[item.report_id])


def _failure(job: BundleJob | None) -> str:
    """Return why the ZIP could not be made and what to do, empty where nothing failed."""
    match job.failure if job else "":
        case BundleFailure.NO_ROOM:
            return _(
                "The server could not write the file: its disk is full, or it may not write there. Tell your "
                "administrator; nothing else is lost. When there is room, go on: what was written already is kept."
            )
        case BundleFailure.GIVEN_UP:
            return _(
                "The server broke the work off several times. Go on once more; if it fails again, tell your "
                "administrator."
            )
        case _:
            return ""


urlpatterns = [
    path("", bundle_list, name="bundles"),
    path("<slug:bureau>/<int:year>/", bundle, name="bundle"),
    path("<slug:bureau>/<int:year>/file/", bundle_file, name="bundle_file"),
]
