"""Checking finished reports: drop files or paste a text, see what does not hold; nothing is kept."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import get_language, gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_POST

from perfeval.checking.services import LONGEST_TEXT, check_text
from perfeval.schemes.queries import as_scoring_scheme, issued_schemes
from perfeval.scoring.scheme import Scheme
from perfeval.web.access import SIGNED_IN, requires
from perfeval.web.checking_files import BatchRefused, Checked, Sent, check, sent_files
from perfeval.web.checking_page import Row, as_token, excel_of, rows_of, text_lines

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_REFUSALS = {
    "broken": gettext_lazy("The ZIP is broken and can't be opened."),
    "too-many": gettext_lazy("More than 2,000 reports at once; send them in parts."),
    "too-large": gettext_lazy("The ZIP is too large; send the reports in parts."),
    "empty": gettext_lazy("The ZIP holds no PDF, Word (.docx) or text file."),
}
#: Stands in a rendered page where rows are put in as they come.
_ROWS = "<!-- rows -->"
_END = "<!-- end -->"


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Takes several files; each is read later, one after the other."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the list of files, empty when none was sent."""
        several = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(file, initial) for file in several]


class CheckForm(forms.Form):
    """Asks for files or a text, and for the scheme whose grades count."""

    reports = FilesField(
        label=gettext_lazy("Finished reports"),
        help_text=gettext_lazy(
            "PDF, Word (.docx) or text; several at once, or a ZIP of a whole district. Files are read and forgotten, nothing is kept."
        ),
        required=False,
        allow_empty_file=True,
        widget=FilesInput(attrs={"accept": ".pdf,.docx,.txt,.md,.zip"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the text"),
        required=False,
        strip=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    scheme = forms.ChoiceField(
        label=gettext_lazy("Indicator system (optional)"),
        help_text=gettext_lazy(
            "Its grades and full score are taken; without one, the common grades, as warnings only."
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the issued schemes."""
        super().__init__(*args, **kwargs)
        self._schemes = {f"{row.code}/{row.version}": row for row in issued_schemes()}
        scheme = self.fields["scheme"]
        assert isinstance(scheme, forms.ChoiceField)  # noqa: S101 - for mypy
        scheme.choices = [("", "—"), *((key, row.name) for key, row in self._schemes.items())]

    def clean(self) -> dict[str, Any]:
        """Ask for something to check."""
        data = super().clean() or {}
        if not self.errors and not data.get("reports") and not (data.get("text") or "").strip():
            self.add_error("reports", gettext_lazy("Choose a file or paste a text."))
        return data

    def frozen_scheme(self) -> Scheme | None:
        """Return the scheme that was chosen."""
        row = self._schemes.get(self.cleaned_data["scheme"])
        return as_scoring_scheme(row) if row else None


@require_http_methods(["GET", "HEAD", "POST"])
@requires(SIGNED_IN)
def checking(request: HttpRequest) -> HttpResponseBase:
    """Show the form; check what was sent: one report on a page, several in an overview."""
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    if not form.is_valid():
        return _form_page(request, form)
    scheme = form.frozen_scheme()
    try:
        sent = sent_files(form.cleaned_data["reports"])
    except BatchRefused as refused:
        form.add_error("reports", _REFUSALS[refused.reason])
        return _form_page(request, form)
    if len(sent) > 1:
        return _overview(request, sent, scheme)
    if sent:
        checked = check(sent[0], scheme)
    else:
        text = form.cleaned_data["text"]
        checked = Checked("", text, check_text(text, scheme))
    if checked.fault is not None:
        form.add_error("reports", checked.fault.message(get_language() or "zh"))
        return _form_page(request, form)
    return _one(request, checked)


def _form_page(request: HttpRequest, form: CheckForm) -> HttpResponse:
    """Show the form with what is wrong in it."""
    return render(
        request,
        "web/checking/form.html",
        {"form": form, "megabytes": settings.EVIDENCE_MAX_BYTES // 1024 // 1024},
        status=422 if form.errors else 200,
    )


def _one(request: HttpRequest, checked: Checked) -> HttpResponse:
    """Show one report's findings and its text."""
    rows = rows_of(checked)
    context = {
        "checked": checked,
        "rows": rows,
        "lines": list(text_lines(checked, rows)),
        "token": as_token([(checked, rows)]),
    }
    return render(request, "web/checking/result.html", context)


def _overview(request: HttpRequest, sent: list[Sent], scheme: Scheme | None) -> HttpResponseBase:
    """Show a line for each report as soon as it is checked, and the download when all are."""
    page = render_to_string(
        "web/checking/overview.html",
        {"total": len(sent), "rows_mark": _ROWS, "end_mark": _END},
        request,
    )
    head, _, rest = page.partition(_ROWS)
    middle, _, tail = rest.partition(_END)
    language = get_language() or "zh-hans"

    def lines() -> Iterator[str]:
        """Yield the page piece by piece."""
        yield head
        done: list[tuple[Checked, list[Row]]] = []
        for number, file in enumerate(sent, 1):
            with override(language):
                checked = check(file, scheme)
                rows = rows_of(checked)
                fault = checked.fault.message(language) if checked.fault else ""
                context = {"checked": checked, "rows": rows, "fault": fault, "number": number}
                yield render_to_string("web/checking/overview_row.html", context)
            done.append((Checked(checked.name, "", checked.found, checked.fault), rows))
        yield middle
        with override(language):
            context = {"token": as_token(done), "files": [checked for checked, _ in done]}
            yield render_to_string("web/checking/overview_end.html", context, request)
        yield tail

    return StreamingHttpResponse(lines(), headers={"X-Accel-Buffering": "no"})


@require_POST
@requires(SIGNED_IN)
def findings_excel(request: HttpRequest) -> HttpResponse:
    """Give the findings of a page as Excel; the page itself carries them, signed."""
    try:
        data = excel_of(request.POST.get("token", ""))
    except signing.BadSignature:
        form = CheckForm()
        return render(
            request, "web/checking/form.html", {"form": form, "is_expired": True}, status=422
        )
    return HttpResponse(
        data,
        content_type=_EXCEL,
        headers={"Content-Disposition": 'attachment; filename="findings.xlsx"'},
    )


urlpatterns = [
    path("", checking, name="checking"),
    path("findings.xlsx", findings_excel, name="findings_excel"),
]
