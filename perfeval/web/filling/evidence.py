"""Evidence files of an indicator: attach, read, remove."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from perfeval.evidence.models import EvidenceFile
from perfeval.evidence.queries import evidence_by_indicator
from perfeval.evidence.services import EvidenceRefused, attach_evidence, remove_evidence
from perfeval.reports.filled import read_filled, tree_of
from perfeval.reports.models import Report
from perfeval.reports.services import ReportLocked
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.web.access import FILL_REPORT, VIEW_REPORT, person, requires
from perfeval.web.filling.page import report_page, show
from perfeval.web.filling.places import Places


@requires(FILL_REPORT)
@require_POST
def attach(request: HttpRequest, report: Report, indicator: str) -> HttpResponse:
    """Keep the uploaded file as evidence of the indicator."""
    _leaf(tree_of(report), indicator)
    upload = request.FILES.get("file")
    if upload is None:
        return _answer(request, report, indicator, _("Choose a file first, then upload it."))
    try:
        attach_evidence(
            report=report,
            indicator_code=indicator,
            upload=upload,
            by=person(request),
            at=timezone.now(),
        )
    except EvidenceRefused as refusal:
        return _answer(request, report, indicator, str(refusal))
    except ReportLocked:
        return _answer(request, report, indicator, _locked())
    return _answer(request, report, indicator)


@requires(FILL_REPORT)
@require_POST
def remove(request: HttpRequest, report: Report, evidence_id: int) -> HttpResponse:
    """Remove one evidence file."""
    code = _item(report, evidence_id).code
    try:
        remove_evidence(
            report=report, evidence_id=evidence_id, by=person(request), at=timezone.now()
        )
    except ReportLocked:
        return _answer(request, report, code, _locked())
    except EvidenceFile.DoesNotExist:
        return _answer(request, report, code)
    return _answer(request, report, code)


@requires(VIEW_REPORT)
@require_GET
def read(_request: HttpRequest, report: Report, evidence_id: int) -> HttpResponseBase:
    """Send one evidence file to be saved, never to be shown inside the site."""
    item = _item(report, evidence_id)
    try:
        stored = item.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        stored,
        as_attachment=True,
        filename=item.file_name,
        content_type="application/octet-stream",
    )


def _leaf(scheme: Scheme, code: str) -> Indicator:
    """Return the leaf of the report's scheme. Raises: Http404 when there is none of that code."""
    for leaf in scheme.leaves():
        if leaf.code == code:
            return leaf
    raise Http404


def _item(report: Report, evidence_id: int) -> EvidenceFile:
    item = report.evidence_files.select_related("indicator").filter(pk=evidence_id).first()
    if item is None:
        raise Http404
    return item


def _locked() -> str:
    return _("The report was submitted meanwhile; its evidence can no longer be changed.")


def _answer(request: HttpRequest, report: Report, code: str, refusal: str = "") -> HttpResponse:
    """Return the indicator's evidence list to a script, else go back to the indicator."""
    filled = read_filled(report)
    if request.htmx:  # type: ignore[attr-defined]
        page = report_page(request, filled)
        return show(
            request,
            "evidence_list",
            page,
            code=code,
            asked=_leaf(filled.scheme, code).evidence,
            evidence=evidence_by_indicator(report).get(code, []),
            refusal=refusal,
            is_open=page.can_edit,
        )
    if refusal:
        messages.error(request, refusal)
    return redirect(Places(filled).indicator(code))
