"""What is before the public, and what was published the year before."""

from django.db.models import QuerySet

from perfeval.reports.models import Report
from perfeval.reports.states import ReportState
from perfeval.review.models import PublicRelease
from perfeval.snapshots.earlier import as_earlier, report_before
from perfeval.snapshots.snapshot import EarlierYear


def release_of(report: Report) -> PublicRelease | None:
    """Return what the public has of the report, without its bytes; None while it has nothing."""
    return report.releases.filter(withdrawn_at__isnull=True).defer("pdf", "content").first()


def public_releases() -> QuerySet[PublicRelease]:
    """Return everything that is before the public now, the newest year first."""
    return (
        PublicRelease.objects.filter(withdrawn_at__isnull=True, report__state=ReportState.PUBLISHED)
        .select_related("report__department", "report__scheme")
        .order_by("-report__scheme__year", "report__department__code", "pk")
    )


def public_year_before(report: Report) -> EarlierYear | None:
    """Return the department's report of the year before, None where the public does not have it."""
    before = report_before(report)
    return as_earlier(before) if before and release_of(before) else None
