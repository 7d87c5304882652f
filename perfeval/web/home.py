"""The first page: what this person has to do, and where a report is started."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from perfeval.accounts.models import Department, Role, User
from perfeval.accounts.queries import departments_where, has_role
from perfeval.corrections.queries import waiting_for_approval
from perfeval.reports.models import Report, Score
from perfeval.reports.parts import narrative_problems
from perfeval.reports.queries import reports_visible_to
from perfeval.reports.services import AlreadyStarted, start_report
from perfeval.reports.states import ReportState
from perfeval.review.models import OwnPartReview
from perfeval.review.own_queries import own_parts_waiting_for, returned_own_parts
from perfeval.schemes.models import Scheme
from perfeval.schemes.queries import as_scoring_scheme, issued_schemes
from perfeval.scoring.canonical import result_from_json
from perfeval.scoring.result import Severity
from perfeval.snapshots.services import title_of
from perfeval.web.access import SIGNED_IN, Requirement, person, requires


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A report of the person's own department: how far it is and what comes next."""

    report: Report
    title: str
    total: Decimal
    full_score: Decimal
    grade: str
    blocking: int
    returned: OwnPartReview | None = None

    @property
    def is_ready(self) -> bool:
        """Return whether it only has to be handed in; a returned one has to be changed first."""
        return self.report.state == ReportState.DRAFT and not (self.blocking or self.returned)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that waits for this person's word."""

    report: Report
    title: str
    total: Decimal
    grade: str


@dataclass(frozen=True, slots=True)
class Startable:
    """A department of the person and an issued scheme on which it has no report yet.

    ``is_likely``: it is the one that the department has to fill in next. Another one is possible
    but unusual, so it is not put before everybody.
    """

    department: Department
    scheme: Scheme
    is_likely: bool


@requires(SIGNED_IN)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the reports that wait for this person."""
    user = person(request)
    prepares = departments_where(user, {Role.PREPARER})
    reviews = departments_where(user, {Role.REVIEWER})
    approves = departments_where(user, {Role.APPROVER})
    reports = list(reports_visible_to(user).prefetch_related("narratives"))
    scores = _scores(reports)
    own = [report for report in reports if report.department_id in prepares]
    to_review = [
        report
        for report in reports
        if report.state == ReportState.SUBMITTED
        and report.department_id in reviews
        and report.submitted_by_id != user.pk
    ]
    to_publish = [
        report
        for report in reports
        if report.state == ReportState.APPROVED
        and report.department_id in approves
        and user.pk not in (report.submitted_by_id, report.approved_by_id)
    ]
    listed = {report.pk for report in (*own, *to_review, *to_publish)}
    startable = _startable(prepares, own)
    returned = returned_own_parts(report for report in own if report.is_editable)
    return render(
        request,
        "web/home.html",
        {
            "own": [_own(report, scores[report.pk], returned.get(report.pk)) for report in own],
            "to_review": _waiting(to_review, scores),
            "to_publish": _waiting(to_publish, scores),
            "corrections": waiting_for_approval(user, approves),
            "own_parts": list(own_parts_waiting_for(user)) if reviews else [],
            "elsewhere": _waiting(
                (report for report in reports if report.pk not in listed), scores
            ),
            "startable": [option for option in startable if option.is_likely],
            "others": [option for option in startable if not option.is_likely],
            "prepares": bool(prepares),
            "reviews": bool(reviews),
            "approves": bool(approves),
        },
    )


def may_prepare(user: User) -> bool:
    """Return whether the person fills in reports anywhere."""
    return has_role(user, {Role.PREPARER})


PREPARES = Requirement("prepare reports", of_user=may_prepare)


@requires(PREPARES)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Start a department's report on an issued scheme, and go to its task list."""
    user = person(request)
    department = Department.objects.filter(pk=_key(request, "department")).first()
    scheme = issued_schemes().filter(pk=_key(request, "scheme")).first()
    if department is None or scheme is None:
        messages.error(request, _("That report cannot be started any more. Choose another one."))
        return redirect("web:home")
    if department.pk not in departments_where(user, {Role.PREPARER}):
        raise PermissionDenied
    try:
        report = start_report(department=department, scheme=scheme, by=user, at=timezone.now())
    except AlreadyStarted as found:
        messages.info(request, _("Your department has started this report already; here it is."))
        report = found.report
    return redirect("web:report", report_id=report.pk)


def _key(request: HttpRequest, name: str) -> int:
    """Return the row number that was posted, 0 (no row has it) when it is none."""
    posted = request.POST.get(name, "")
    return int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 18 else 0


def _scores(reports: Sequence[Report]) -> dict[int, Score]:
    """Return the Score of each report's current revision."""
    current = Score.objects.filter(report__in=reports, revision=F("report__revision"))
    return {score.report_id: score for score in current}


def _own(report: Report, score: Score, returned: OwnPartReview | None) -> OwnReport:
    """Return the report with the number of problems that block submitting."""
    result = result_from_json(score.result)
    texts = {row.section: row.text for row in report.narratives.all() if row.text}
    found = (
        *result.all_problems(),
        *narrative_problems(as_scoring_scheme(report.scheme), texts),
    )
    return OwnReport(
        report=report,
        title=_title(report),
        total=result.total,
        full_score=result.full_score,
        grade=result.grade,
        blocking=sum(problem.severity is not Severity.WARNING for problem in found),
        returned=returned,
    )


def _waiting(reports: Iterable[Report], scores: dict[int, Score]) -> list[Waiting]:
    return [
        Waiting(report, _title(report), scores[report.pk].total, scores[report.pk].grade)
        for report in reports
    ]


def _title(report: Report) -> str:
    """Return the title that the report will be printed with."""
    return title_of(report.scheme.report_title, report.department.name, report.scheme.year)


def _startable(prepares: frozenset[int], own: Sequence[Report]) -> list[Startable]:
    """Return every report that the person could start, the newest year first.

    Likely is a scheme of the authority that supervises the department, of a year without a report.
    """
    started = {(report.department_id, report.scheme_id) for report in own}
    years = {(report.department_id, report.scheme.year) for report in own}
    departments = list(Department.objects.filter(pk__in=prepares).select_related("supervisor"))
    return [
        Startable(
            department,
            scheme,
            is_likely=(department.pk, scheme.year) not in years
            and (department.supervisor is None or department.supervisor.name == scheme.authority),
        )
        for scheme in issued_schemes()
        for department in departments
        if (department.pk, scheme.pk) not in started
    ]


urlpatterns = [
    path("", home, name="home"),
    path("reports/start/", start, name="start_report"),
]
