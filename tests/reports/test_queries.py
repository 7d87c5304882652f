"""Who sees which report, and what is read of one."""

from decimal import Decimal

import pytest

from perfeval.accounts.models import Membership, Role
from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import FigureEntry, Goal
from perfeval.reports.queries import reports_visible_to
from perfeval.reports.states import ReportState
from perfeval.review.permissions import may_view
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.figures import Figures

PEOPLE = ["preparer", "reviewer", "approver", "scheme_owner", "outsider"]


def _seen_by(request, report) -> set[str]:
    people = {name: request.getfixturevalue(name) for name in PEOPLE}
    seen = {name for name, user in people.items() if report in reports_visible_to(user)}
    assert seen == {name for name, user in people.items() if may_view(user, report)}
    return seen


def test_draft_is_seen_by_its_department_only(request, zengcheng_report):
    assert _seen_by(request, zengcheng_report) == {"preparer"}


@pytest.mark.parametrize(
    "state",
    [
        ReportState.SUBMITTED,
        ReportState.RETURNED,
        ReportState.APPROVED,
        ReportState.PUBLISHED,
    ],
)
def test_submitted_report_is_seen_by_those_above_from_then_on(request, in_state, state):
    report = in_state(state)

    assert _seen_by(request, report) == {"preparer", "reviewer", "approver"}


def test_person_of_two_roles_sees_a_report_once(in_state, reviewer):
    report = in_state(ReportState.SUBMITTED)
    for role in (Role.PREPARER, Role.APPROVER):
        Membership.objects.create(user=reviewer, department=report.department, role=role)

    assert list(reports_visible_to(reviewer)) == [report]


@pytest.mark.parametrize("count", [1, 2])
def test_visible_reports_come_with_what_a_list_shows(
    count, in_state, guangzhou_report, reviewer, django_assert_num_queries
):
    report = in_state(ReportState.SUBMITTED)
    if count == 2:
        guangzhou_report.submitted_at = report.submitted_at
        guangzhou_report.save()

    with django_assert_num_queries(4):
        found = [
            (str(row), row.department.name, row.scheme.name, str(row.submitted_by))
            for row in reports_visible_to(reviewer)
        ]

    assert len(found) == count


def test_figures_of_reads_numbers_without_the_zeros_of_their_columns(empty_report):
    Goal.objects.create(
        report=empty_report,
        position=0,
        category="output",
        name="目标",
        target_value=Decimal(7000),
        actual_value=Decimal("95.1"),
    )

    (goal,) = read_filled(empty_report).figures.goals

    assert (str(goal.target_value), str(goal.actual_value), str(goal.weight)) == (
        "7000",
        "95.1",
        "1",
    )


def test_part_version_does_not_depend_on_the_order_of_the_cells(empty_report):
    scheme = as_scoring_scheme(empty_report.scheme)
    cells = {"total.executed_amount": Decimal(2), "basic.executed_amount": Decimal(1)}
    for reference, amount in cells.items():
        line, _dot, column = reference.partition(".")
        FigureEntry.objects.create(report=empty_report, line=line, column=column, amount_wan=amount)

    stored = read_filled(empty_report).version("figures")

    backwards = {key: amount.quantize(Decimal("0.01")) for key, amount in reversed(cells.items())}
    assert stored == Filled(empty_report, scheme, Figures(amounts=backwards), {}).version("figures")
