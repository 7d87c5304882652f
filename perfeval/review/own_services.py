"""A department's own indicators on their way: sent, approved or returned before the report is."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from perfeval.accounts.models import Role, User
from perfeval.accounts.queries import roles_at
from perfeval.reports.filled import lock_filled, own_part_of
from perfeval.reports.models import Report
from perfeval.review.models import OwnPartDecision, OwnPartReview
from perfeval.review.own_queries import latest_own_review, own_part_hash, own_part_text
from perfeval.review.refusals import (
    COMMENT_LIMIT,
    AlreadyDone,
    CommentRequired,
    MoveRefused,
    SnapshotChanged,
)
from perfeval.scoring.own_part import own_problems
from perfeval.scoring.result import Severity


@transaction.atomic
def send_own_part(*, report: Report, by: User, at: datetime) -> OwnPartReview:
    """Send the own indicators as they stand to the reviewer, before the report is handed in.

    Raises: MoveRefused when they are not complete, or not this person's to send; AlreadyDone when
    exactly these were sent or approved already.
    """
    filled = lock_filled(report)
    report, own_part = filled.report, filled.figures.own_part
    if not report.is_editable or Role.PREPARER not in roles_at(by, report.department):
        raise MoveRefused(_("The own indicators cannot be sent in the report's present state."))
    problems = own_problems(filled.issued, own_part)
    if not own_part or any(one.severity is not Severity.WARNING for one in problems):
        raise MoveRefused(
            _("The own indicators are not complete yet. Mend what is marked, save, then send them.")
        )
    sha256 = own_part_hash(own_part)
    latest = latest_own_review(report)
    if latest and latest.sha256 == sha256:
        if latest.decision == OwnPartDecision.RETURNED:
            raise MoveRefused(
                _(
                    "Exactly these were returned. Change what the reviewer asked for, then send them."
                )
            )
        raise AlreadyDone(_("This was done already; there is nothing more to do."))
    return OwnPartReview.objects.create(
        report=report, content=own_part_text(own_part), sha256=sha256, sent_at=at, sent_by=by
    )


@transaction.atomic
def decide_own_part(
    *,
    report: Report,
    sha256: str,
    decision: OwnPartDecision,
    comment: str,
    by: User,
    at: datetime,
) -> OwnPartReview:
    """Approve or return exactly the own indicators that the reviewer had open.

    Raises: MoveRefused (right, same person, handed in with the report); AlreadyDone;
    SnapshotChanged when the department changed or sent them anew; CommentRequired for a return.
    """
    filled = lock_filled(report)
    report = filled.report
    latest = latest_own_review(report)
    if Role.REVIEWER not in roles_at(by, report.department):
        raise MoveRefused(_("You do not have the role that this needs."))
    if latest is None or latest.sha256 != sha256:
        raise SnapshotChanged(
            _("The own indicators were sent anew since you opened them. Read them again.")
        )
    if latest.decision:
        if latest.decision == decision and latest.decided_by_id == by.pk:
            raise AlreadyDone(_("This was done already; there is nothing more to do."))
        raise MoveRefused(_("Somebody decided on these meanwhile. Load the page again."))
    if latest.sent_by_id == by.pk:
        raise MoveRefused(
            _("Another person must do this: you had a hand in this report at an earlier step.")
        )
    if own_part_hash(filled.figures.own_part) != sha256:
        raise SnapshotChanged(
            _("The department changed its own indicators after it sent them; it sends them anew.")
        )
    if not report.is_editable:
        raise MoveRefused(
            _("The report was handed in meanwhile: its own indicators are decided with it.")
        )
    text = comment.strip()
    if decision == OwnPartDecision.RETURNED and not text:
        raise CommentRequired(_("Say what has to be changed; the author sees this text."))
    if len(text) > COMMENT_LIMIT:
        raise MoveRefused(
            _("The comment has %(length)s characters; at most %(limit)s are taken.")
            % {"length": len(text), "limit": COMMENT_LIMIT}
        )
    latest.decision, latest.comment = decision, text
    latest.decided_at, latest.decided_by = at, by
    latest.save()
    return latest


def approve_with_report(*, report: Report, by: User, at: datetime) -> None:
    """Note that approving a report approves its own indicators, unless they were already."""
    own_part = own_part_of(report)
    if not own_part or report.submitted_by is None:
        return
    sha256, latest = own_part_hash(own_part), latest_own_review(report)
    if latest and latest.sha256 == sha256 and latest.decision == OwnPartDecision.APPROVED:
        return
    OwnPartReview.objects.create(
        report=report,
        content=own_part_text(own_part),
        sha256=sha256,
        sent_at=report.submitted_at or at,
        sent_by=report.submitted_by,
        decision=OwnPartDecision.APPROVED,
        decided_at=at,
        decided_by=by,
    )
