"""Checking finished reports: drop files or paste a text, see what does not hold.

Nothing is kept unless that was asked for.
"""

import logging
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from django.conf import settings
from django.core import signing
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import include, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from perfeval.fonts.choice import FontPackMissing
from perfeval.inspections.services import KeepRefused, keep_inspection
from perfeval.office.finding_list import FileFindings, excel_of
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.scheme.tree import Scheme
from perfeval.typesetting.listings import ListingFailed
from perfeval.web.access import SIGNED_IN, person, requires
from perfeval.web.checking.downloads import (
    as_token,
    file_findings,
    pdf_of,
    read_token,
)
from perfeval.web.checking.files import BatchRefused, Checked, Sent, check, check_typed, sent_files
from perfeval.web.checking.forms import CheckForm
from perfeval.web.checking.page import rows_of, text_lines
from perfeval.words.reading import REPORT_REFUSALS

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_REFUSALS = {
    "broken": gettext_lazy("The ZIP is broken and can't be opened."),
    "too-many": gettext_lazy("More than 2,000 reports at once; send them in parts."),
    "too-large": gettext_lazy("The ZIP is too large; send the reports in parts."),
    "too-much-work": REPORT_REFUSALS["too-much-work"],
    "busy": REPORT_REFUSALS["busy"],
    "empty": gettext_lazy("The ZIP holds no PDF, OFD, Word, Excel or text file."),
}
#: Stands in a rendered page where rows are put in as they come.
_ROWS = "<!-- rows -->"
_END = "<!-- end -->"
_TOKEN = "TOKEN-OF-FINDINGS"  # noqa: S105 - stands where the token is put in

logger = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SIGNED_IN)
def checking(request: HttpRequest) -> HttpResponseBase:
    """Show the form; check what was sent: one report on a page, several in an overview."""
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    if not form.is_valid():
        return _form_page(request, form)
    chosen = form.chosen_scheme()
    scheme = as_scoring_scheme(chosen) if chosen else None
    try:
        sent = sent_files(form.cleaned_data["reports"])
    except BatchRefused as refused:
        form.add_error("reports", str(_REFUSALS[refused.reason]))
        return _form_page(request, form)
    if len(sent) > 1 and form.cleaned_data["keep"]:
        form.add_error(
            "keep", _("One report at a time can be kept: send it alone, or untick this.")
        )
        return _form_page(request, form)
    if len(sent) > 1:
        return _overview(request, sent, scheme)
    checked = check(sent[0], scheme) if sent else check_typed(form.cleaned_data["text"], scheme)
    if checked.fault is not None:
        form.add_error("reports" if sent else "text", str(REPORT_REFUSALS[checked.fault.reason]))
        return _form_page(request, form)
    if form.cleaned_data["keep"]:
        return _keep(request, form, sent, checked)
    return _one(request, checked)


def _keep(
    request: HttpRequest, form: CheckForm, sent: Sequence[Sent], checked: Checked
) -> HttpResponse:
    """Keep the one report that was checked, and go to where it can be opened again."""
    assert checked.found is not None  # noqa: S101 - a fault was refused before
    try:
        kept = keep_inspection(
            file_name=checked.name or f"{_('Pasted text')}.txt",
            data=sent[0].read() if sent else checked.text.encode(),
            text=checked.text,
            found=checked.found,
            scheme=form.chosen_scheme(),
            by=person(request),
            at=timezone.now(),
        )
    except KeepRefused as refused:
        form.add_error("keep", str(refused))
        return _form_page(request, form)
    return redirect("web:kept_report", inspection_id=kept.pk)


def _form_page(
    request: HttpRequest, form: CheckForm, *, status: int = 200, **context: object
) -> HttpResponse:
    """Show the form with what is wrong in it."""
    megabytes = settings.EVIDENCE_MAX_BYTES // 1024 // 1024
    return render(
        request,
        "web/checking/form.html",
        {"form": form, "megabytes": megabytes, **context},
        status=422 if form.errors else status,
    )


def _one(request: HttpRequest, checked: Checked) -> HttpResponse:
    """Show one report's findings and its text."""
    rows = rows_of(checked)
    context = {
        "checked": checked,
        "rows": rows,
        "lines": list(text_lines(checked, rows)),
        "token": as_token([file_findings(checked, rows)]),
    }
    return render(request, "web/checking/result.html", context)


def _overview(request: HttpRequest, sent: list[Sent], scheme: Scheme | None) -> HttpResponseBase:
    """Show a line for each report as soon as it is checked, and the download when all are.

    The frame is rendered first, with all that asks the database. What is streamed asks nothing, and
    gives the connection back before it begins: it would be held for as long as the batch takes.
    """
    marks = {"rows_mark": _ROWS, "end_mark": _END, "token_mark": _TOKEN}
    page = render_to_string("web/checking/overview.html", {"total": len(sent), **marks}, request)
    head, _rows, rest = page.partition(_ROWS)
    middle, _end, tail = rest.partition(_END)
    end = render_to_string("web/checking/overview_end.html", {"total": len(sent), **marks}, request)
    before_token, _token, after_token = end.partition(_TOKEN)
    language = get_language() or "zh-hans"

    def lines() -> Iterator[str]:
        """Yield the page piece by piece."""
        if not connection.in_atomic_block:
            connection.close()
        yield head
        done: list[FileFindings] = []
        for number, file in enumerate(sent, 1):
            with override(language):
                checked = check(file, scheme)
                found = file_findings(checked)
                context = {"checked": checked, "found": found, "number": number}
                yield render_to_string("web/checking/overview_row.html", context)
            done.append(found)
        yield middle
        yield before_token
        yield as_token(done)
        yield after_token
        yield tail

    return StreamingHttpResponse(lines(), headers={"X-Accel-Buffering": "no"})


@require_POST
@requires(SIGNED_IN)
def findings_excel(request: HttpRequest) -> HttpResponse:
    """Give the findings of a page as Excel; the page itself carries them, signed."""
    try:
        files = read_token(request.POST.get("token", ""))
    except signing.BadSignature:
        return _expired(request)
    return _download(excel_of(files), _EXCEL, files, "xlsx")


@require_POST
@requires(SIGNED_IN)
def findings_pdf(request: HttpRequest) -> HttpResponse:
    """Give the findings of a page as PDF; the page itself carries them, signed."""
    try:
        files = read_token(request.POST.get("token", ""))
    except signing.BadSignature:
        return _expired(request)
    try:
        data = pdf_of(files, at=timezone.now())
    except (ListingFailed, FontPackMissing):
        logger.exception("the findings could not be set as PDF")
        return _form_page(request, CheckForm(), status=503, is_unset=True)
    return _download(data, "application/pdf", files, "pdf")


def _expired(request: HttpRequest) -> HttpResponse:
    """Say that a page's findings are too old or not ours."""
    return _form_page(request, CheckForm(), status=422, is_expired=True)


def _download(
    data: bytes, content_type: str, files: Sequence[FileFindings], ending: str
) -> HttpResponse:
    """Return a file of findings, named after the report when there is one."""
    stem = PurePath(files[0].name).stem if len(files) == 1 else ""
    name = f"{_('Findings')} {stem}".strip()
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.{ending}")
    headers = {"Content-Disposition": disposition or "attachment", "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=content_type, headers=headers)


urlpatterns = [
    path("", checking, name="checking"),
    path("kept/", include("perfeval.web.checking.kept")),
    path("findings.xlsx", findings_excel, name="findings_excel"),
    path("findings.pdf", findings_pdf, name="findings_pdf"),
]
