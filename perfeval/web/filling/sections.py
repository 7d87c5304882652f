"""The prose of one section of the report."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from perfeval.documents.building import build
from perfeval.documents.document import Heading, Paragraph
from perfeval.evidence.queries import evidence_by_indicator
from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Report
from perfeval.reports.parts import narrative_part
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.scheme.tree import OutlineSection, Scheme
from perfeval.snapshots.services import take_snapshot
from perfeval.text import prose
from perfeval.web.access import FILL_REPORT, requires
from perfeval.web.fields import freeze
from perfeval.web.filling.page import ReportPage, field_errors, report_page, show
from perfeval.web.filling.prose import findings_in
from perfeval.web.filling.saving import Attempt, attempt, saved, token_for
from perfeval.web.filling.section_forms import NarrativeForm


@requires(FILL_REPORT)
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, report: Report, section: str) -> HttpResponse:
    """Show one section's text, or save what was changed in it."""
    part, place = narrative_part(section), f"text:{section}"
    chosen = text_section(as_scoring_scheme(report.scheme), section)
    if request.method != "POST":
        filled = read_filled(report)
        form = NarrativeForm(section=chosen, text=filled.narratives.get(section, ""))
        return _page(request, filled, chosen, form, token_for(filled, part))
    form = NarrativeForm(request.POST, section=chosen, text="")
    is_read = form.is_valid()
    made = attempt(
        request,
        report,
        part,
        {place: form.cleaned_data["text"]} if is_read else {},
        unread=() if is_read else {place},
        label=lambda _place: chosen.title,
    )
    if made.is_whole and request.htmx:  # type: ignore[attr-defined]
        return _bits(request, report_page(request, made.filled, part), made.token)
    if made.is_whole:
        return saved(request, made.filled, part)
    return _page(request, made.filled, chosen, form, made.token, made=made)


def text_section(scheme: Scheme, code: str) -> OutlineSection:
    """Return the section. Raises: Http404 when the scheme has no text of that code."""
    for found in scheme.outline:
        if found.code == code and found.takes_text:
            return found
    raise Http404


def _bits(request: HttpRequest, page: ReportPage, token: str) -> HttpResponse:
    """Return what a script puts into the page after saving."""
    section = page.part.partition(":")[2]
    return show(request, "section_saved", page, version=token, findings=findings_in(page, section))


def _page(
    request: HttpRequest,
    filled: Filled,
    chosen: OutlineSection,
    form: NarrativeForm,
    token: str,
    *,
    made: Attempt | None = None,
) -> HttpResponse:
    page = report_page(request, filled, narrative_part(chosen.code))
    is_locked = made is not None and made.is_locked
    is_swapped = made is not None and bool(request.htmx)  # type: ignore[attr-defined]
    if is_locked or not page.can_edit:
        freeze(form)
    return show(
        request,
        "autosave_partly" if is_swapped else "section",
        page,
        saved_template="web/filling/section_saved.html",
        errors=field_errors(form),
        status=made.status if made else 200,
        section=chosen,
        sentences=_computed_sentences(page, chosen),
        findings=findings_in(page, chosen.code),
        form=form,
        forms=[form],
        length=len(str(form["text"].value() or "")),
        version=token,
        is_locked=is_locked,
        conflicts=made.conflicts if made else (),
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
