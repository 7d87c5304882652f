"""Verifying a published PDF: anybody drops a file and is told whether it is genuine; nothing is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from perfeval.reading.contents import Signature, Unreadable
from perfeval.verification.sandbox import LARGEST_BYTES
from perfeval.verification.services import FileOutcome, Verdict, verify
from perfeval.web.access import ANYONE, requires
from perfeval.web.uploads import bounded_upload, is_too_often
from perfeval.words.verification import OUTCOMES, UNREADABLE, describe_verification

#: A file takes a second of one core; so many in ten minutes from one address are enough for anybody.
MOST_FILES, WITHIN_SECONDS = 60, 600

_NOTICES = {
    FileOutcome.GENUINE: "notice-success",
    FileOutcome.SIGNED: "notice-success",
    FileOutcome.RESAVED: "notice-warning",
    FileOutcome.UNPROVEN: "notice-warning",
    FileOutcome.FOREIGN: "notice-warning",
}


class VerifyForm(forms.Form):
    """Asks for one PDF."""

    file = forms.FileField(
        label=_("Published PDF"),
        help_text=_(
            "Up to 30 MB. The file is read and forgotten, nothing is kept and nobody is asked who you are."
        ),
        error_messages={
            "required": _("Choose a PDF file."),
            "empty": _("The file is empty. Choose the published PDF file."),
        },
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
    )

    def clean_file(self) -> Any:
        """Refuse what no report is before reading it."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_BYTES:
            raise forms.ValidationError(str(UNREADABLE[Unreadable.TOO_LARGE]))
        return file


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """One signature as the page shows it."""

    signature: Signature
    is_known: bool

    @property
    def signed_at(self) -> datetime | None:
        """Return when it was signed, by the signer's own clock."""
        return parse_datetime(self.signature.signed_at) if self.signature.signed_at else None


@bounded_upload(LARGEST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@requires(ANYONE)
def verify_pdf(request: HttpRequest) -> HttpResponse:
    """Show the form; verify the file that was sent and show the verdict above it."""
    form = VerifyForm(request.POST, request.FILES) if request.method == "POST" else VerifyForm()
    if request.method == "POST" and is_too_often(
        request, "verify", most=MOST_FILES, seconds=WITHIN_SECONDS
    ):
        form.add_error(
            "file",
            _("Too many files were verified from your address. Wait ten minutes, then try again."),
        )
        return render(request, "web/verifying/verify.html", {"form": form}, status=429)
    if not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "web/verifying/verify.html", {"form": form}, status=status)
    file = form.cleaned_data["file"]
    verdict = verify(file.read())
    context = {"form": VerifyForm(), "file_name": file.name, **_verdict_context(verdict)}
    return render(request, "web/verifying/verify.html", context)


def _verdict_context(verdict: Verdict) -> dict[str, Any]:
    found = verdict.examination
    return {
        "verdict": verdict,
        "sentence": OUTCOMES[verdict.outcome],
        "reason": UNREADABLE[found.unreadable] if found.unreadable else "",
        "css": _NOTICES.get(verdict.outcome, "notice-error"),
        "findings": [
            describe_verification(finding.code, finding.parameters) for finding in verdict.findings
        ],
        "signatures": [
            SignatureRow(one, is_known)
            for one, is_known in zip(found.signatures, verdict.signers_known, strict=True)
        ],
    }


urlpatterns = [path("", verify_pdf, name="verify_pdf")]
