"""What is before the public, and what was published the year before."""

from django.db.models import QuerySet

from perfeval.exchange.snapshot import read_snapshot
from perfeval.reports.models import Report
from perfeval.reports.states import ReportState
from perfeval.review.models import Publication, PublicRelease
from perfeval.scoring.result import Result


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


def result_before(report: Report, *, is_public: bool = False) -> tuple[int, Result] | None:
    """Return year and Result of the department's report of the year before, as it was published.

    None where there is none; with ``is_public`` also where the public does not have it.
    """
    year = report.scheme.year - 1
    published = Publication.objects.filter(
        report__department=report.department_id, report__scheme__year=year
    )
    if is_public:
        published = published.filter(report__in=public_releases().values("report"))
    text = published.order_by("-created_at").values_list("snapshot__content", flat=True).first()
    return None if text is None else (year, read_snapshot(text).result)
