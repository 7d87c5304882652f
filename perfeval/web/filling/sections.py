"""The prose of one section of the report."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from perfeval.documents.building import build
from perfeval.documents.document import Heading, Paragraph
from perfeval.evidence.queries import evidence_by_indicator
from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Report
from perfeval.reports.parts import narrative_part
from perfeval.reports.services import PartChanged, ReportLocked, save_narrative
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.scheme.tree import OutlineSection, Scheme
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
    chosen = text_section(as_scoring_scheme(report.scheme), section)
    if request.method != "POST":
        filled = read_filled(report)
        stored = filled.narratives.get(section, "")
        return _page(request, filled, chosen, NarrativeForm(section=chosen, text=stored))
    form = NarrativeForm(request.POST, section=chosen, text="")
    if not form.is_valid():
        return _page(request, read_filled(report), chosen, form, status=UNREADABLE)
    text = form.cleaned_data["text"]
    try:
        filled = save_narrative(
            report=report,
            section=section,
            text=text,
            version=request.POST.get("version", ""),
            by=person(request),
            at=timezone.now(),
        )
    except ReportLocked as refusal:
        filled = read_filled(refusal.report)
        return _page(request, filled, chosen, form, status=COLLIDED, is_locked=True)
    except PartChanged as refusal:
        filled = refusal.filled
        theirs = filled.narratives.get(section, "")
        if theirs != text:
            conflict = conflict_in(report, narrative_part(section))
            return _page(
                request, filled, chosen, form, status=COLLIDED, conflict=conflict, stored=theirs
            )
    return saved(request, filled, narrative_part(section), _bits)


def text_section(scheme: Scheme, code: str) -> OutlineSection:
    """Return the section. Raises: Http404 when the scheme has no text of that code."""
    for found in scheme.outline:
        if found.code == code and found.takes_text:
            return found
    raise Http404


def _bits(request: HttpRequest, page: ReportPage) -> HttpResponse:
    """Return what a script puts into the page after saving."""
    section = page.part.partition(":")[2]
    findings = findings_in(page, section)
    return show(request, "section_saved", page, version=page.version, findings=findings)


def _page(
    request: HttpRequest,
    filled: Filled,
    chosen: OutlineSection,
    form: NarrativeForm,
    *,
    status: int = 200,
    is_locked: bool = False,
    **context: object,
) -> HttpResponse:
    page = report_page(request, filled, narrative_part(chosen.code))
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
        version=page.version,
        is_locked=is_locked,
        **context,
    )


def _computed_sentences(page: ReportPage, chosen: OutlineSection) -> list[Paragraph]:
    """Return what the printed report says below this heading besides the filler's own prose."""
    if chosen.content == ("text",):
        return []
    typed = set(prose.paragraphs(page.filled.narratives.get(chosen.code, "")))
    found: list[Paragraph] = []
    is_below = False
    snapshot = take_snapshot(page.filled, evidence_by_indicator(page.report))
    for block in build(snapshot, page.scheme).blocks:
        if isinstance(block, Heading):
            is_below = block.text == prose.clean(chosen.title)
        elif is_below and isinstance(block, Paragraph) and block.text not in typed:
            found.append(block)
    return found
