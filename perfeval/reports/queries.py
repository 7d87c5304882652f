"""Reports and their Results, read; ``filled`` reads what is filled in."""

from django.db.models import Q, QuerySet

from perfeval.accounts.models import Role, User
from perfeval.accounts.queries import SUPERVISING_ROLES, departments_where
from perfeval.reports import models
from perfeval.scoring.canonical import result_from_json
from perfeval.scoring.result import Result


def reports() -> QuerySet[models.Report]:
    """Return all reports, each with what its pages tell of it: department, scheme, who moved it."""
    return models.Report.objects.select_related(
        "department", "scheme", "submitted_by", "approved_by", "published_by"
    )


def reports_visible_to(user: User) -> QuerySet[models.Report]:
    """Return the reports that ``user`` may see, with department and scheme.

    A preparer sees those of the own department; a reviewer or approver those of all departments
    below, from the first submission on.
    """
    return reports().filter(
        Q(department_id__in=departments_where(user, {Role.PREPARER}))
        | Q(
            department_id__in=departments_where(user, SUPERVISING_ROLES),
            submitted_at__isnull=False,
        )
    )


def locked(report: models.Report) -> models.Report:
    """Return the report as it stands now, with its row locked until the transaction ends."""
    return reports().select_for_update(of=("self",)).get(pk=report.pk)


def current_score(report: models.Report) -> models.Score:
    """Return the Score of the report's newest revision.

    That may be a later one than the row says, which was read a moment before: somebody has saved since, and the Result
    goes on in the same row.
    """
    return models.Score.objects.filter(report=report).order_by("-revision")[:1].get()


def stored_result(report: models.Report) -> Result:
    """Return the Result stored for the report's current revision."""
    return result_from_json(current_score(report).result)
