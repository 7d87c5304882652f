"""Attaching and removing evidence files."""

import hashlib
import logging
import unicodedata
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.evidence.models import EvidenceFile
from perfeval.reading.bounds import EVIDENCE_KINDS
from perfeval.reading.refusals import ReadingBusy
from perfeval.reading.services import evidence_kind
from perfeval.reports.models import Report
from perfeval.reports.queries import locked
from perfeval.reports.services import ReportLocked
from perfeval.schemes.models import Indicator

logger = logging.getLogger(__name__)


class EvidenceRefused(Exception):
    """The file can't be taken; the text says why and what to do, in the reader's language."""


def attach_evidence(
    *, report: Report, indicator_code: str, upload: "UploadedFile[bytes]", by: User, at: datetime
) -> EvidenceFile:
    """Keep ``upload`` as evidence of the indicator and return its row.

    Raises: ReportLocked; EvidenceRefused when it is empty, too large, attached already, of a kind
    that is not taken, or not what its name says.
    """
    if not report.is_editable:
        raise ReportLocked(report)
    name = _clean_name(upload.name or "")
    # Nobody is kept waiting for a lock meanwhile.
    kind = _accepted_kind(name, upload)
    with transaction.atomic():
        report = _editable(report)
        of = _indicator(report, indicator_code)
        digest = hashlib.sha256()
        for chunk in upload.chunks():
            digest.update(chunk)
        sha256 = digest.hexdigest()
        same = report.evidence_files.filter(sha256=sha256, **of).first()
        if same:
            raise EvidenceRefused(_same_content(name, same.file_name))
        # The same bytes at another indicator lie there once, and go with the last row that has them.
        twin = report.evidence_files.filter(sha256=sha256).first()
        return EvidenceFile.objects.create(
            report=report,
            **of,
            sha256=sha256,
            file=twin.file.name if twin else upload,
            file_name=name,
            kind=kind,
            size=upload.size or 0,
            uploaded_at=at,
            uploaded_by=by,
        )


def _same_content(name: str, stored: str) -> str:
    told = {"name": name, "stored": stored}
    if name == stored:
        return _("“%(name)s” is attached to this indicator already.") % told
    return (
        _("“%(name)s” has the same content as “%(stored)s”, which is attached here already.") % told
    )


@transaction.atomic
def remove_evidence(*, report: Report, evidence_id: int, by: User, at: datetime) -> None:
    """Remove one evidence file of a report that may still be edited.

    The bytes stay on disk while another row of the report has the same content.
    Raises: ReportLocked; EvidenceFile.DoesNotExist.
    """
    report = _editable(report)
    item = report.evidence_files.get(pk=evidence_id)
    is_shared = report.evidence_files.filter(sha256=item.sha256).exclude(pk=item.pk).exists()
    stored = item.file
    item.delete()
    logger.info("evidence %s of %s removed by %s at %s", item.sha256, report.pk, by.pk, at)
    if not is_shared:
        transaction.on_commit(lambda: stored.storage.delete(str(stored.name)))


def _indicator(report: Report, code: str) -> dict[str, Any]:
    """Return the columns that name the indicator: the scheme's, or one of the department's own.

    Raises: schemes.models.Indicator.DoesNotExist.
    """
    if report.own_indicators.filter(code=code).exists():
        return {"indicator": None, "own_code": code}
    return {"indicator": Indicator.objects.get(scheme=report.scheme, code=code), "own_code": ""}


def _editable(report: Report) -> Report:
    """Return the report with its row locked, if it may be edited."""
    row = locked(report)
    if not row.is_editable:
        raise ReportLocked(row)
    return row


def _clean_name(name: str) -> str:
    """Return the uploaded name without folders and control characters, at most 200 long."""
    base = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(char for char in base if unicodedata.category(char)[0] != "C").strip()
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[: 199 - len(ending)]}{dot}{ending}" if len(shown) > 200 else shown


def _accepted_kind(name: str, upload: "UploadedFile[bytes]") -> str:
    """Return the kind of an acceptable upload. Raises: EvidenceRefused."""
    size = upload.size or 0
    limit = settings.EVIDENCE_MAX_BYTES
    taken = ", ".join(sorted(EVIDENCE_KINDS))
    if size == 0:
        raise EvidenceRefused(_("“%(name)s” is empty. Choose another file.") % {"name": name})
    if size > limit:
        raise EvidenceRefused(
            _(
                "“%(name)s” has %(size)s MB; at most %(limit)s MB are taken. "
                "Scan it at a lower resolution or split it."
            )
            % {
                "name": name,
                "size": _megabytes(size, is_rounded_up=True),
                "limit": _megabytes(limit),
            }
        )
    if name.rpartition(".")[2].lower() not in EVIDENCE_KINDS:
        raise EvidenceRefused(
            _("“%(name)s” is of a kind that is not taken. Save it as one of: %(kinds)s.")
            % {"name": name, "kinds": taken}
        )
    upload.seek(0)
    try:
        kind = evidence_kind(name, upload.read())
    except ReadingBusy as error:
        raise EvidenceRefused(
            _("Too many files are being read at this moment. Try again in a minute.")
        ) from error
    if not kind:
        raise EvidenceRefused(
            _(
                "“%(name)s” is not what its name says, or it is damaged. "
                "Open it, save it again in its right format, and upload that."
            )
            % {"name": name}
        )
    return kind


def _megabytes(size: int, *, is_rounded_up: bool = False) -> str:
    """Return a size in MB with at most one decimal, in whole-number arithmetic.

    What is too large is rounded up, so that it never reads as the limit itself.
    """
    tenths, rest = divmod(size * 10, 1024 * 1024)
    tenths += is_rounded_up and rest > 0
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else f"{tenths // 10}"
