"""The moves of a report. Each is one transaction: check, change the state, log who and when."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.evidence.queries import evidence_by_indicator
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.review.models import Comment, ReportSnapshot, Transition
from perfeval.review.moves import MoveName
from perfeval.review.own_services import approve_with_report
from perfeval.review.permissions import may_comment
from perfeval.review.queries import readiness
from perfeval.review.refusals import (
    COMMENT_LIMIT,
    AlreadyDone,
    CommentRequired,
    MoveRefused,
    NotReady,
    SnapshotChanged,
)
from perfeval.review.steps import begin_move, finish_move, submitted_snapshot
from perfeval.schemes.models import Indicator
from perfeval.scoring.result import Severity
from perfeval.snapshots.services import take_snapshot
from perfeval.snapshots.snapshot import snapshot_hash, snapshot_text

__all__ = [
    "COMMENT_LIMIT",
    "AlreadyDone",
    "CommentRequired",
    "MoveRefused",
    "NotReady",
    "SnapshotChanged",
    "add_comment",
    "approve",
    "return_",
    "submit",
]


@transaction.atomic
def submit(*, report: Report, by: User, at: datetime) -> Transition:
    """Hand the report in: keep its snapshot and lock it.

    Raises: MoveRefused (state, right); AlreadyDone (a second click); NotReady with every problem
    that blocks.
    """
    report, move = begin_move(report, MoveName.SUBMIT, by)
    filled, evidence = read_filled(report), evidence_by_indicator(report)
    problems = readiness(filled, evidence)
    blocking = tuple(one for one in problems if one.severity is not Severity.WARNING)
    if blocking:
        raise NotReady(blocking)
    text = snapshot_text(take_snapshot(filled, evidence))
    snapshot = ReportSnapshot.objects.create(
        report=report,
        revision=report.revision,
        content=text,
        sha256=snapshot_hash(text),
        created_at=at,
    )
    report.submitted_at, report.submitted_by = at, by
    return finish_move(report, move, snapshot, by=by, at=at, comment="")


@transaction.atomic
def return_(*, report: Report, comment: str, by: User, at: datetime) -> Transition:
    """Give the report back to be changed; the comment says what.

    Raises: MoveRefused; AlreadyDone; CommentRequired.
    """
    report, move = begin_move(report, MoveName.RETURN, by)
    report.returned_at, report.return_comment = (
        at,
        _checked(comment, is_required=move.needs_comment),
    )
    report.approved_at = report.approved_by = None
    return finish_move(
        report, move, submitted_snapshot(report), by=by, at=at, comment=report.return_comment
    )


@transaction.atomic
def approve(
    *, report: Report, snapshot_sha256: str, by: User, at: datetime, comment: str = ""
) -> Transition:
    """Approve exactly the snapshot that the reviewer looked at.

    Raises: MoveRefused (state, right, same person); AlreadyDone; SnapshotChanged.
    """
    report, move = begin_move(report, MoveName.APPROVE, by)
    snapshot = submitted_snapshot(report)
    if snapshot.sha256 != snapshot_sha256:
        raise SnapshotChanged(
            _("The report was submitted anew since you opened it. Read it again, then decide.")
        )
    report.approved_at, report.approved_by = at, by
    approve_with_report(report=report, by=by, at=at)
    return finish_move(
        report,
        move,
        snapshot,
        by=by,
        at=at,
        comment=_checked(comment, is_required=move.needs_comment),
    )


def add_comment(
    *, report: Report, indicator_code: str, text: str, by: User, at: datetime
) -> Comment:
    """Keep a remark on the report, or on one indicator when ``indicator_code`` names it.

    Raises: MoveRefused when this person may not remark; CommentRequired when the text is empty.
    """
    if not may_comment(by, report):
        raise MoveRefused(_("You cannot comment on this report in its present state."))
    is_own = report.own_indicators.filter(code=indicator_code).exists()
    indicator = (
        Indicator.objects.get(scheme=report.scheme, code=indicator_code)
        if indicator_code and not is_own
        else None
    )
    return Comment.objects.create(
        report=report,
        indicator=indicator,
        own_code=indicator_code if is_own else "",
        text=_checked(text, is_required=True),
        by=by,
        at=at,
    )


def _checked(comment: str, *, is_required: bool) -> str:
    """Return the comment without surrounding space. Raises: CommentRequired; MoveRefused."""
    text = comment.strip()
    if is_required and not text:
        raise CommentRequired(_("Say what has to be changed; the author sees this text."))
    if len(text) > COMMENT_LIMIT:
        raise MoveRefused(
            _("The comment has %(length)s characters; at most %(limit)s are taken.")
            % {"length": len(text), "limit": COMMENT_LIMIT}
        )
    return text
