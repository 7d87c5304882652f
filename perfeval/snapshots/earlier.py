"""The year before: what a report may say of the one that its department published then."""

from perfeval.reports.models import Report
from perfeval.reports.queries import stored_result
from perfeval.reports.states import ReportState
from perfeval.scoring.result import Result
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.snapshot import EarlierScore, EarlierYear

#: The block of an outline for which a report has to know the year before.
_BLOCK = "chart.year_on_year"


def compares_years(scheme: Scheme) -> bool:
    """Return whether reports of the scheme print the year before."""
    return any(_BLOCK in section.content for section in scheme.outline)


def report_before(report: Report) -> Report | None:
    """Return the report that the department published for the year before, the one published last."""
    return (
        Report.objects.filter(
            department=report.department_id,
            scheme__year=report.scheme.year - 1,
            state=ReportState.PUBLISHED,
        )
        .select_related("scheme")
        .order_by("-published_at", "-pk")
        .first()
    )


def year_before(report: Report) -> EarlierYear | None:
    """Return what the department published for the year before, None where it published nothing."""
    found = report_before(report)
    return as_earlier(found) if found else None


def as_earlier(report: Report) -> EarlierYear:
    """Return what a later report may print of this one, which is published and changes no more."""
    return earlier_year(stored_result(report), year=report.scheme.year, revision=report.revision)


def earlier_year(result: Result, *, year: int, revision: int) -> EarlierYear:
    """Return what a later report may print of a Result."""
    groups = tuple(
        EarlierScore(node.name, node.weight, node.points, node.score_rate)
        for node in result.walk()
        if node.children and node.points is not None and node.score_rate is not None
    )
    return EarlierYear(
        year=year,
        scheme_code=result.scheme_code,
        scheme_version=result.scheme_version,
        revision=revision,
        total=result.total,
        full_score=result.full_score,
        grade=result.grade,
        groups=groups,
    )
