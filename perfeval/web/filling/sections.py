"""The prose of one section of the report."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from perfeval.documents.building import build
from perfeval.documents.document import Heading, Paragraph
from perfeval.reports.models import Report
from perfeval.reports.parts import narrative_part
from perfeval.reports.queries import narratives_of, part_version
from perfeval.reports.services import PartChanged, ReportLocked, save_narrative
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.scheme.tree import OutlineSection
from perfeval.snapshots.services import take_snapshot
from perfeval.text import prose
from perfeval.web.access import FILL_REPORT, person, requires
from perfeval.web.fields import freeze
from perfeval.web.filling.page import ReportPage, field_errors, report_page, show
from perfeval.web.filling.prose import findings_in
from perfeval.web.filling.saving import COLLIDED, UNREADABLE, conflict_in, saved
from perfeval.web.filling.section_forms import NarrativeForm


@requires(FILL_REPORT)
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, report: Report, section: str) -> HttpResponse:
    """Show one section's text, or save it."""
    chosen = text_section(report, section)
    stored = narratives_of(report).get(section, "")
    if request.method != "POST":
        return _page(request, report, chosen, NarrativeForm(section=chosen, text=stored))
    form = NarrativeForm(request.POST, section=chosen, text=stored)
    if not form.is_valid():
        return _page(request, report, chosen, form, status=UNREADABLE)
    text = form.cleaned_data["text"]
    try:
        save_narrative(
            report=report,
            section=section,
            text=text,
            version=request.POST.get("version", ""),
            by=person(request),
            at=timezone.now(),
        )
    except ReportLocked:
        return _page(request, report, chosen, form, status=COLLIDED, is_locked=True)
    except PartChanged:
        theirs = narratives_of(report).get(section, "")
        if theirs != text:
            conflict = conflict_in(report, narrative_part(section))
            return _page(
                request, report, chosen, form, status=COLLIDED, conflict=conflict, stored=theirs
            )
    return saved(request, report, narrative_part(section), _bits)


def text_section(report: Report, code: str) -> OutlineSection:
    """Return the section. Raises: Http404 when the scheme has no text of that code."""
    for found in as_scoring_scheme(report.scheme).outline:
        if found.code == code and found.takes_text:
            return found
    raise Http404


def _bits(request: HttpRequest, page: ReportPage) -> HttpResponse:
    """Return what a script puts into the page after saving."""
    section = page.part.partition(":")[2]
    version = part_version(page.report, page.part)
    findings = findings_in(page, section)
    return show(request, "section_saved", page, version=version, findings=findings)


def _page(
    request: HttpRequest,
    report: Report,
    chosen: OutlineSection,
    form: NarrativeForm,
    *,
    status: int = 200,
    is_locked: bool = False,
    **context: object,
) -> HttpResponse:
    report.refresh_from_db()
    part = narrative_part(chosen.code)
    page = report_page(request, report, part)
    if is_locked or not page.can_edit:
        freeze(form)
    return show(
        request,
        "autosave_refused" if request.htmx and status != 200 else "section",  # type: ignore[attr-defined]
        page,
        errors=field_errors(form),
        status=status,
        section=chosen,
        sentences=_computed_sentences(page, chosen),
        findings=findings_in(page, chosen.code),
        form=form,
        forms=[form],
        length=len(str(form["text"].value() or "")),
        version=part_version(report, part),
        is_locked=is_locked,
        **context,
    )


def _computed_sentences(page: ReportPage, chosen: OutlineSection) -> list[Paragraph]:
    """Return what the printed report says below this heading besides the filler's own prose."""
    if chosen.content == ("text",):
        return []
    typed = set(prose.paragraphs(page.narratives.get(chosen.code, "")))
    found: list[Paragraph] = []
    is_below = False
    for block in build(take_snapshot(page.report), page.scheme).blocks:
        if isinstance(block, Heading):
            is_below = block.text == prose.clean(chosen.title)
        elif is_below and isinstance(block, Paragraph) and block.text not in typed:
            found.append(block)
    return found
