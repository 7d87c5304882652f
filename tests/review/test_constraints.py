"""What the database refuses about moves and comments."""

import pytest
from django.db import IntegrityError, transaction

from perfeval.reports.states import ReportState
from perfeval.review.models import (
    BundleJob,
    Comment,
    OwnPartReview,
    PublicRelease,
    ReportSnapshot,
    Transition,
)
from perfeval.review.moves import MoveName
from tests.rows import (
    AT,
    Breaks,
    a_department,
    a_report,
    a_user,
    broken_constraint,
    constraint_names,
)

pytestmark = pytest.mark.django_db


def _transition(**fields: object) -> Transition:
    report = a_report()
    snapshot = ReportSnapshot.objects.create(
        report=report, revision=1, content="{}", sha256="0" * 64, created_at=AT
    )
    valid: dict[str, object] = {
        "report": report,
        "move": MoveName.SUBMIT,
        "from_state": ReportState.DRAFT,
        "to_state": ReportState.SUBMITTED,
        "by": a_user("someone"),
        "at": AT,
        "snapshot": snapshot,
    }
    return Transition.objects.create(**(valid | fields))


def _own_part(**fields: object) -> OwnPartReview:
    valid: dict[str, object] = {
        "report": a_report(),
        "content": "{}",
        "sha256": "0" * 64,
        "sent_at": AT,
        "sent_by": a_user("author"),
    }
    return OwnPartReview.objects.create(**(valid | fields))


def _own_part_approved_by_its_author() -> None:
    author = a_user("both")
    _own_part(sent_by=author, decision="approved", decided_at=AT, decided_by=author)


def _release(**fields: object) -> PublicRelease:
    valid: dict[str, object] = {
        "report": fields.get("report") or a_report(),
        "content": "{}",
        "content_sha256": "0" * 64,
        "pdf": b"%PDF",
        "sha256": "0" * 64,
        "released_by": fields.get("released_by") or a_user("approver"),
        "released_at": AT,
    }
    return PublicRelease.objects.create(**(valid | fields))


def _released_twice() -> None:
    first = _release()
    _release(report=first.report, released_by=first.released_by)


def _bundle(**fields: object) -> BundleJob:
    valid: dict[str, object] = {
        "bureau": fields.get("bureau") or a_department("bureau"),
        "year": 2022,
        "key": "0" * 64,
        "state": "running",
        "manifest": [],
        "report_count": 1,
        "started_at": AT,
        "started_by": fields.get("started_by") or a_user("approver"),
    }
    return BundleJob.objects.create(**(valid | fields))


def _bundled_twice() -> None:
    first = _bundle()
    _bundle(bureau=first.bureau, started_by=first.started_by)


BREAKS: Breaks = {
    "bundle_job_one_of_a_year": _bundled_twice,
    "bundle_job_state_known": lambda: _bundle(state="lost"),
    "bundle_job_failed_says_why": lambda: _bundle(state="failed"),
    "public_release_one_at_a_time": _released_twice,
    "public_release_withdrawn_by_somebody": lambda: _release(withdrawn_at=AT),
    "own_part_decision_known": lambda: _own_part(
        decision="lost", decided_at=AT, decided_by=a_user("reviewer")
    ),
    "own_part_decision_stamped": lambda: _own_part(decision="approved"),
    "own_part_return_has_comment": lambda: _own_part(
        decision="returned", decided_at=AT, decided_by=a_user("reviewer")
    ),
    "own_part_decided_by_another": _own_part_approved_by_its_author,
    "transition_move_known": lambda: _transition(move="lose"),
    "transition_states_known": lambda: _transition(to_state="lost"),
    "transition_return_has_comment": lambda: _transition(
        move=MoveName.RETURN, from_state=ReportState.SUBMITTED, to_state=ReportState.RETURNED
    ),
    "comment_has_text": lambda: Comment.objects.create(
        report=a_report(), text="", by=a_user("someone"), at=AT
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_database_refuses_what_the_constraint_forbids(name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREAKS[name]()

    assert broken_constraint(caught.value) == name


def test_every_constraint_has_a_row_that_breaks_it():
    assert set(BREAKS) == constraint_names("review")
