"""Keeping a checked report with its findings, and forgetting it again."""

import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.checking.findings import Finding, Findings, FindingSeverity
from perfeval.inspections.models import Inspection
from perfeval.inspections.queries import inspections_of, kept_bytes_of
from perfeval.schemes.models import Scheme

#: So many checks one person keeps at most, and files of so many times the largest one taken.
MOST_KEPT = 200
MOST_TIMES_LARGEST = 25


class KeepRefused(Exception):
    """The report can't be kept; the text says why and what to do, in the reader's language."""


@transaction.atomic
def keep_inspection(
    *,
    file_name: str,
    data: bytes,
    text: str,
    found: Findings,
    scheme: Scheme | None,
    by: User,
    at: datetime,
) -> Inspection:
    """Keep a report with its findings for ``by`` alone; the same file again replaces its findings.

    ``data``: the bytes as they were sent; ``text``: what was read from them.
    Raises: KeepRefused when the person keeps too many, or too much.
    """
    User.objects.select_for_update().get(pk=by.pk)  # two at once must not pass the limit together
    sha256 = hashlib.sha256(data).hexdigest()
    inspection = inspections_of(by).filter(sha256=sha256).first()
    if inspection is None:
        _refuse_too_much(by, len(data))
        inspection = Inspection(owner=by, sha256=sha256, size=len(data))
        inspection.file.save(sha256, ContentFile(data), save=False)
    inspection.file_name = _clean_name(file_name)
    inspection.scheme = scheme
    inspection.text = text.replace("\0", " ")  # PostgreSQL takes no zero in a text
    inspection.findings = findings_as_json(found.findings)
    inspection.coverage = {"held": found.coverage.held, "loose": found.coverage.loose}
    inspection.claims = found.claims
    inspection.errors = found.count(FindingSeverity.ERROR)
    inspection.warnings = found.count(FindingSeverity.WARNING)
    inspection.notes = found.count(FindingSeverity.NOTE)
    inspection.checked_at = at
    inspection.save()
    return inspection


@transaction.atomic
def forget_inspection(*, inspection_id: int, by: User) -> None:
    """Delete a kept check with its file.

    Raises: Inspection.DoesNotExist when there is none of that number that belongs to ``by``.
    """
    inspection = inspections_of(by).get(pk=inspection_id)
    stored = inspection.file
    inspection.delete()
    transaction.on_commit(lambda: stored.storage.delete(str(stored.name)))


def findings_as_json(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Return findings as plain values; ``queries.findings_of`` reads them back."""
    return [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "start": finding.start,
            "end": finding.end,
            "line": finding.line,
            "excerpt": finding.excerpt.replace("\0", " "),
            "stated": finding.stated.replace("\0", " "),
            "computed": finding.computed,
            "words": {name: word.replace("\0", " ") for name, word in finding.words.items()},
        }
        for finding in findings
    ]


def _refuse_too_much(by: User, size: int) -> None:
    """Refuse one file more than a person may keep. Raises: KeepRefused."""
    limit = settings.EVIDENCE_MAX_BYTES * MOST_TIMES_LARGEST
    if inspections_of(by).count() >= MOST_KEPT:
        raise KeepRefused(
            _(
                "You keep %(most)s reports, the most possible. Delete some, then check this one again."
            )
            % {"most": MOST_KEPT}
        )
    if kept_bytes_of(by) + size > limit:
        raise KeepRefused(
            _(
                "The files you keep would be more than %(limit)s MB. Delete some, then check this one again."
            )
            % {"limit": limit // 1024 // 1024}
        )


def _clean_name(name: str) -> str:
    """Return a file name without folders and control characters, at most 200 long."""
    base = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in base if unicodedata.category(char)[0] != "C").strip()[-200:]
