"""Kept checks, read; everybody sees their own only."""

from collections.abc import Iterable, Sequence

from django.db.models import QuerySet, Sum

from perfeval.accounts.models import User
from perfeval.checking.findings import Coverage, Finding, Findings, FindingSeverity
from perfeval.inspections.models import Inspection


def inspections_of(user: User) -> QuerySet[Inspection]:
    """Return what ``user`` keeps, newest first."""
    return Inspection.objects.filter(owner=user)


def listed_inspections_of(user: User) -> QuerySet[Inspection]:
    """Return what ``user`` keeps, without texts and findings, which a list does not show."""
    return inspections_of(user).select_related("scheme").defer("text", "findings")


def kept_bytes_of(user: User) -> int:
    """Return how many bytes of files ``user`` keeps."""
    return int(inspections_of(user).aggregate(total=Sum("size"))["total"] or 0)


def findings_of(inspection: Inspection) -> Findings:
    """Return what was found when the report was checked."""
    return Findings(
        tuple(
            Finding(**{**row, "severity": FindingSeverity(row["severity"])})
            for row in inspection.findings
        ),
        inspection.claims,
        Coverage(*(_spans(inspection.coverage.get(kind, ())) for kind in ("held", "loose"))),
    )


def _spans(stored: Iterable[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in stored)
