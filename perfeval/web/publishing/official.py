"""Publishing: the official PDF, who made it from what, and the step that makes it."""

from contextlib import suppress

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from perfeval.jobs.pdf import Progress
from perfeval.publication import services
from perfeval.publication.pdf import DRAFT_WATERMARK, draft_pages
from perfeval.publication.public_queries import release_of
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.review import permissions, queries
from perfeval.review.moves import MoveName
from perfeval.review.refusals import MoveRefused
from perfeval.snapshots.personal_data import personal_data
from perfeval.snapshots.services import title_of
from perfeval.typesetting.pdf import GlyphMissing, RenderFailed
from perfeval.typesetting.signing import SigningFailed
from perfeval.web.access import VIEW_REPORT, Requirement, person, requires
from perfeval.web.filling.places import Places
from perfeval.web.reviewing.report import actions_for, decision, refused, role_for
from perfeval.web.reviewing.report_page import Doubt
from perfeval.words.scoring import describe_problem

DOWNLOAD = Requirement("download report", of_report=permissions.may_download)


@requires(VIEW_REPORT)
@require_safe
def publication(request: HttpRequest, report: Report) -> HttpResponse:
    """Show what was published, or what is still to be done until then."""
    return render(
        request,
        "web/publishing/publication.html",
        {
            "report": report,
            "publication": queries.publication_of(report),
            "released": release_of(report),
            "may_release": permissions.may_release(person(request), report),
            "actions": actions_for(person(request), report, queries.latest_snapshot(report)),
        },
    )


@requires(DOWNLOAD)
@require_http_methods(["GET", "HEAD", "POST"])
def report_pdf(request: HttpRequest, report: Report) -> HttpResponse:
    """Serve the published bytes; before publishing, a draft made now and marked as one.

    The pages of a long draft are begun by a POST; until they are ready its address shows how far they are.
    """
    published = queries.publication_of(report)
    if published:
        return pdf_response(bytes(published.pdf), report, "", f'"{published.sha256}"')
    pages = draft_pages(read_filled(report))
    is_post = request.method == "POST"
    try:
        progress = (pages.prepare if is_post else pages.progress)(at=timezone.now())
        if progress:
            told = {"report": report, "progress": progress}
            return render(request, "web/publishing/waiting.html", told)
        if request.htmx:  # type: ignore[attr-defined] # the waiting page asks; the browser shows the PDF
            return HttpResponseClientRedirect(request.path)
        draft = pages.rendered()
    except RenderFailed as failure:
        messages.error(request, explain(failure))
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(reverse("web:publication", args=[report.pk]))
        return redirect("web:publication", report.pk)
    return pdf_response(draft.data, report, f"（{DRAFT_WATERMARK}）")


@requires(role_for(MoveName.PUBLISH))
@require_http_methods(["GET", "HEAD", "POST"])
def publish_report(request: HttpRequest, report: Report) -> HttpResponse:
    """Ask for confirmation, then make and keep the official PDF; a long report is laid out first."""
    form = forms.Form(request.POST or None)
    is_possible = permissions.may_move(person(request), report, MoveName.PUBLISH)
    if request.method != "POST":
        doubts, progress = _personal_data(report), None
        with suppress(RenderFailed):  # told when the button is pressed
            if is_possible:
                progress = services.handed_in(report).pages.progress(at=timezone.now())
        return decision(request, report, MoveName.PUBLISH, form, doubts=doubts, progress=progress)
    try:
        prepared = services.handed_in(report)
        progress = prepared.pages.prepare(at=timezone.now()) if is_possible else None
        if progress:
            messages.info(request, still_laid_out(progress))
            return decision(request, report, MoveName.PUBLISH, form, status=202, progress=progress)
        services.publish(report=report, by=person(request), at=timezone.now(), prepared=prepared)
    except MoveRefused as refusal:
        return refused(request, report, MoveName.PUBLISH, form, refusal)
    except RenderFailed as failure:
        messages.error(request, explain(failure))
        return decision(request, report, MoveName.PUBLISH, form, status=409)
    messages.success(request, _("The report of %s is published.") % report.department)
    return redirect("web:publication", report.pk)


def _personal_data(report: Report) -> list[Doubt]:
    """Return what would stop the public version; after publishing the text can't be changed any more."""
    filled = read_filled(report)
    places = Places(filled)
    return [
        Doubt(describe_problem(problem), places.problem(problem))
        for problem in personal_data(filled.figures, filled.narratives)
    ]


def still_laid_out(progress: Progress) -> str:
    """Return what to do while a long report is laid out."""
    return _(
        "This report is long; its pages are still being laid out (about %(percent)s%%). Nothing was published yet. "
        "Press the button again in a few seconds."
    ) % {"percent": progress.percent}


def explain(failure: RenderFailed) -> str:
    """Return why the document could not be set and what to do, in the reader's language."""
    if isinstance(failure, GlyphMissing):
        places = "; ".join(
            _("“%(character)s” in %(section)s: %(excerpt)s")
            % {
                "character": missing.character,
                "section": missing.section,
                "excerpt": missing.excerpt,
            }
            for missing in failure.missing
        )
        return _(
            "The fonts have no picture of these characters: %(places)s. Nothing was published. "
            "Return the report so that they are written in another way, or ask your administrator "
            "for a font that has them."
        ) % {"places": places}
    if isinstance(failure, SigningFailed):
        return str(failure)
    return _(
        "The document could not be laid out. Nothing was published and nothing is lost. "
        "Try again in a minute; if it fails again, tell your administrator: %(reason)s"
    ) % {"reason": failure}


def pdf_response(content: bytes, report: Report, mark: str, entity_tag: str = "") -> HttpResponse:
    """Return a PDF to be shown in the browser under a Chinese file name (RFC 5987).

    A draft is made anew for each reader and must not be kept by anything in between.
    """
    title = title_of(report.scheme.report_title, report.department.name, report.scheme.year)
    response = HttpResponse(content, content_type="application/pdf")
    disposition = content_disposition_header(as_attachment=False, filename=f"{title}{mark}.pdf")
    response["Content-Disposition"] = disposition or "inline"
    response["Cache-Control"] = "private, no-cache" if entity_tag else "private, no-store"
    if entity_tag:
        response["ETag"] = entity_tag
    return response


urlpatterns = [
    path("", publication, name="publication"),
    path("pdf/", report_pdf, name="report_pdf"),
    path("publish/", publish_report, name="publish_report"),
]
