"""What is before the public."""

from django.db.models import QuerySet

from perfeval.reports.models import Report
from perfeval.reports.states import ReportState
from perfeval.review.models import PublicRelease


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
