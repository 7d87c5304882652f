"""What the database refuses about reports, whoever writes and through whichever door."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from perfeval.reports.models import (
    Answer,
    FigureEntry,
    Goal,
    History,
    KeyTask,
    Narrative,
    OwnIndicator,
    Report,
    Score,
)
from perfeval.reports.states import ReportState
from perfeval.scoring.quantity import AMOUNT_LIMIT
from tests.rows import (
    AT,
    Breaks,
    a_published_report,
    a_report,
    a_user,
    an_indicator,
    broken_constraint,
    constraint_names,
)

pytestmark = pytest.mark.django_db

BEYOND_LIMIT = AMOUNT_LIMIT + Decimal("0.01")


def _same_department_and_scheme_twice() -> None:
    first = a_report()
    a_report(department=first.department, scheme=first.scheme)


def _approved_by_its_author() -> None:
    author = a_user("both")
    a_report(
        state=ReportState.APPROVED,
        submitted_at=AT,
        submitted_by=author,
        approved_at=AT,
        approved_by=author,
    )


def _published_by_its_reviewer() -> None:
    report = a_published_report()
    Report.objects.filter(pk=report.pk).update(published_by=report.approved_by)


def _same_cell_twice() -> None:
    cell = {"report": a_report(), "line": "total", "column": "executed_amount", "amount_wan": 1}
    FigureEntry.objects.create(**cell)
    FigureEntry.objects.create(**cell)


def _amount_beyond_limit() -> None:
    FigureEntry.objects.create(
        report=a_report(), line="total", column="executed_amount", amount_wan=BEYOND_LIMIT
    )


def _same_task_position_twice() -> None:
    report = a_report()
    KeyTask.objects.create(report=report, position=0, name="one")
    KeyTask.objects.create(report=report, position=0, name="two")


def _task_below_the_limit() -> None:
    KeyTask.objects.create(
        report=a_report(), position=0, name="one", adjusted_budget_wan=-BEYOND_LIMIT
    )


def _task_executed_beyond_limit() -> None:
    KeyTask.objects.create(
        report=a_report(), position=0, name="one", executed_amount_wan=BEYOND_LIMIT
    )


def _goal(**fields: object) -> Goal:
    valid: dict[str, object] = {"position": 0, "category": "output", "name": "goal"} | fields
    if "report" not in valid:
        valid["report"] = a_report()
    return Goal.objects.create(**valid)


def _same_goal_position_twice() -> None:
    first = _goal()
    _goal(report=first.report)


def _same_goal_name_twice() -> None:
    first = _goal()
    _goal(report=first.report, position=1, row=first.row)


def _same_task_name_twice() -> None:
    report = a_report()
    first = KeyTask.objects.create(report=report, position=0, name="one")
    KeyTask.objects.create(report=report, position=1, name="two", row=first.row)


def _same_place_twice() -> None:
    report = a_report()
    for text in ("1", "2"):
        History.objects.create(report=report, number=1, place="text:a", after=text, at=AT)


def _same_answer_twice() -> None:
    indicator = an_indicator()
    answer = {"report": a_report(scheme=indicator.scheme), "indicator": indicator}
    Answer.objects.create(**answer)
    Answer.objects.create(**answer)


def _negative_deduction() -> None:
    indicator = an_indicator()
    Answer.objects.create(
        report=a_report(scheme=indicator.scheme), indicator=indicator, deduction_points=-1
    )


def _same_narrative_twice() -> None:
    report = a_report()
    Narrative.objects.create(report=report, section="overview", text="one")
    Narrative.objects.create(report=report, section="overview", text="two")


def _own(report: Report | None = None, **fields: object) -> OwnIndicator:
    valid = {"position": 0, "code": "own_1", "slot": "duty", "weight": 1}
    return OwnIndicator.objects.create(report=report or a_report(), **(valid | fields))


def _own_twice(**fields: object) -> None:
    first = _own()
    _own(first.report, **fields)


def _two_scores_of_a_revision() -> None:
    score = {
        "report": a_report(),
        "revision": 1,
        "result": {},
        "total": 0,
        "is_complete": False,
        "created_at": AT,
    }
    Score.objects.create(**score)
    Score.objects.create(**score)


BREAKS: Breaks = {
    "report_one_per_department_and_scheme": _same_department_and_scheme_twice,
    "report_state_known": lambda: a_report(
        state="lost", submitted_at=AT, submitted_by=a_user("author")
    ),
    "report_submitted_stamped": lambda: a_report(state=ReportState.SUBMITTED),
    "report_returned_has_comment": lambda: a_report(
        state=ReportState.RETURNED,
        submitted_at=AT,
        submitted_by=a_user("author"),
        returned_at=AT,
    ),
    "report_approved_stamped": lambda: a_report(
        state=ReportState.APPROVED, submitted_at=AT, submitted_by=a_user("author")
    ),
    "report_published_stamped": lambda: a_published_report(published_at=None),
    "report_approver_not_author": _approved_by_its_author,
    "report_publisher_not_author": _published_by_its_reviewer,
    "figure_cell_unique": _same_cell_twice,
    "figure_amount_range": _amount_beyond_limit,
    "key_task_position_unique": _same_task_position_twice,
    "key_task_budget_range": _task_below_the_limit,
    "key_task_executed_range": _task_executed_beyond_limit,
    "goal_position_unique": _same_goal_position_twice,
    "goal_row_unique": _same_goal_name_twice,
    "key_task_row_unique": _same_task_name_twice,
    "history_one_change_a_place": _same_place_twice,
    "goal_direction_known": lambda: _goal(direction="sideways"),
    "goal_weight_positive": lambda: _goal(weight=0),
    "goal_completion_range": lambda: _goal(completion_percent=101),
    "answer_unique": _same_answer_twice,
    "answer_deduction_range": _negative_deduction,
    "narrative_unique": _same_narrative_twice,
    "own_indicator_code_unique": lambda: _own_twice(position=1),
    "own_indicator_position_unique": lambda: _own_twice(code="own_2"),
    "own_indicator_numbers_range": lambda: _own(target=-1),
    "own_indicator_deduction_range": lambda: _own(deduction_points=-1),
    "score_one_per_revision": _two_scores_of_a_revision,
}


@pytest.mark.parametrize("name", BREAKS)
def test_database_refuses_what_the_constraint_forbids(name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREAKS[name]()

    assert broken_constraint(caught.value) == name


def test_every_constraint_has_a_row_that_breaks_it():
    assert set(BREAKS) == constraint_names("reports")


def test_published_report_of_three_people_is_taken():
    assert a_published_report().state == ReportState.PUBLISHED
