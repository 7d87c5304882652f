"""Whether a PDF was issued here, is unchanged, and says what its data say."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings

from perfeval.reading.contents import Signature
from perfeval.verification.differing import differences
from perfeval.verification.examination import Examination, Mismatch
from perfeval.verification.queries import (
    Issued,
    issued_content,
    issued_data,
    issued_file,
    issued_pdf,
    signed_by,
    signed_here,
)
from perfeval.verification.sandbox import different_looks_safely, examine_safely

#: Findings that a file may have and still be what its author signed: they tell of this installation, not of the file.
_HARMLESS = frozenset({"signer_unknown", "withdrawn"})
#: Findings that say already what is wrong on the pages.
_ON_PAGES = ("text_", "page_", "hidden_text", "foreign_objects")


class FileOutcome(StrEnum):
    """What can be said of a file, the best first."""

    GENUINE = "genuine"  # to the byte what was issued here
    SIGNED = "signed"  # issued elsewhere: fits together, and somebody we trust signed it
    RESAVED = "resaved"  # the data and the figures issued here, in other bytes
    UNPROVEN = "unproven"  # fits together, but nobody vouches for it
    CHANGED = "changed"  # does not fit together, or not with what was issued here
    FOREIGN = "foreign"  # carries no data: no published report, or a draft
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one file, with everything that led to it.

    ``published_at``: when the report that this file is, or claims to be, was published here.
    """

    outcome: FileOutcome
    size: int
    sha256: str
    examination: Examination
    findings: tuple[Mismatch, ...]
    published_at: datetime | None = None
    signers_known: tuple[bool, ...] = ()

    @property
    def is_genuine(self) -> bool:
        """Return whether the file can be relied on."""
        return self.outcome in (FileOutcome.GENUINE, FileOutcome.SIGNED)


def verify(data: bytes, *, names_issued: bool = False) -> Verdict:
    """Return what can be said of the PDF; any bytes at all are taken, time and memory are bounded.

    ``names_issued``: tell which values of the embedded data differ from what was issued here. Only
    for people who may read the report: it names values that are not in the file.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    examination = examine_safely(data, settings.SIGNING_TRUST_FILE)
    known = tuple(one.is_trusted or signed_here(one) for one in examination.signatures)
    same_bytes = issued_file(sha256)
    if examination.unreadable and not same_bytes:
        return Verdict(FileOutcome.UNREADABLE, len(data), sha256, examination, ())
    same_data = issued_data(examination.report_sha256)
    issued = same_bytes or same_data
    findings = [
        *examination.findings,
        *_about_issue(examination, same_data, names_issued=names_issued),
        *_about_signers(examination.signatures, known),
        *([Mismatch("withdrawn")] if issued and issued.withdrawn_at else []),
    ]
    if same_data and not same_bytes:
        findings += _about_lost_signature(examination)
        if not any(one.code.startswith(_ON_PAGES) for one in findings):
            findings += _about_looks(data, examination)
    outcome = _outcome(examination, findings, known, bool(same_bytes), bool(same_data))
    return Verdict(
        outcome=outcome,
        size=len(data),
        sha256=sha256,
        examination=examination,
        findings=tuple(findings),
        published_at=issued.issued_at if issued else None,
        signers_known=known,
    )


def _outcome(
    examination: Examination,
    findings: list[Mismatch],
    known: tuple[bool, ...],
    is_same_file: bool,  # noqa: FBT001  told by position inside this module only
    is_same_data: bool,  # noqa: FBT001  as above
) -> FileOutcome:
    if is_same_file:
        return FileOutcome.GENUINE
    if not examination.report_text and not is_same_data:
        return FileOutcome.FOREIGN
    if any(one.code not in _HARMLESS for one in findings):
        return FileOutcome.CHANGED
    holds = any(
        one.holds and is_known for one, is_known in zip(examination.signatures, known, strict=True)
    )
    if is_same_data:
        return FileOutcome.RESAVED
    return FileOutcome.SIGNED if holds else FileOutcome.UNPROVEN


def _about_issue(
    examination: Examination, same_data: Issued | None, *, names_issued: bool
) -> Iterator[Mismatch]:
    """Yield what this installation knows otherwise of the report that the file says it is."""
    identity = examination.identity
    if identity is None or same_data is not None:
        return
    content = issued_content(identity)
    if not content:
        return
    yield Mismatch("data_not_issued", {"department": identity.department_name})
    if names_issued:
        ours, theirs = json.loads(content), json.loads(examination.report_text)
        for one in differences(ours, theirs):
            told = {"path": one.path, "name": one.name, "expected": one.expected}
            yield Mismatch("data_differs", told | {"found": one.found})


def _about_lost_signature(examination: Examination) -> Iterator[Mismatch]:
    signer = signed_by(examination.report_sha256)
    if signer and not examination.signatures:
        yield Mismatch("signature_missing", {"signer": signer})


def _about_looks(data: bytes, examination: Examination) -> Iterator[Mismatch]:
    """Yield the pages that look otherwise than those issued with the same data."""
    issued = issued_pdf(examination.report_sha256)
    for one in different_looks_safely(data, issued) if issued else ():
        yield Mismatch("looks_different", {"page": str(one.page), "around": one.around})


def _about_signers(
    signatures: tuple[Signature, ...], known: tuple[bool, ...]
) -> Iterator[Mismatch]:
    for one, is_known in zip(signatures, known, strict=True):
        if one.holds and not is_known:
            yield Mismatch("signer_unknown", {"signer": one.signer})
