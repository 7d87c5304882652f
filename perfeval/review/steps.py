"""What every move of a report begins and ends with: lock, right, state; the new state and its row in the log."""

from datetime import datetime

from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.accounts.queries import roles_at
from perfeval.reports.models import Report
from perfeval.reports.queries import locked
from perfeval.reports.states import ReportState
from perfeval.review.models import ReportSnapshot, Transition
from perfeval.review.moves import MOVES, Move, MoveName
from perfeval.review.permissions import is_too_close
from perfeval.review.queries import latest_snapshot
from perfeval.review.refusals import AlreadyDone, MoveRefused


def begin_move(report: Report, name: MoveName, by: User) -> tuple[Report, Move]:
    """Lock the report's row and return it with the move, if ``by`` may make it."""
    report = locked(report)
    move = MOVES[name]
    if report.state not in move.sources:
        last = report.transitions.order_by("-id").first()
        if last and last.move == name and last.by_id == by.pk:
            raise AlreadyDone(_("This was done already; there is nothing more to do."))
        raise MoveRefused(
            _("This cannot be done now: the report is “%(state)s”. Load the page again.")
            % {"state": report.get_state_display()}
        )
    if not move.roles & roles_at(by, report.department):
        raise MoveRefused(_("You do not have the role that this needs."))
    if is_too_close(by, report, name):
        raise MoveRefused(
            _("Another person must do this: you had a hand in this report at an earlier step.")
        )
    return report, move


def submitted_snapshot(report: Report) -> ReportSnapshot:
    """Return the snapshot that was submitted last."""
    snapshot = latest_snapshot(report)
    if snapshot is None:
        raise MoveRefused(_("Nothing was submitted yet."))
    return snapshot


def finish_move(
    report: Report,
    move: Move,
    snapshot: ReportSnapshot,
    *,
    by: User,
    at: datetime,
    comment: str,
) -> Transition:
    """Store the new state and the log row."""
    from_state = report.state
    report.state = move.target
    report.save()
    return Transition.objects.create(
        report=report,
        move=move.name,
        from_state=ReportState(from_state),
        to_state=move.target,
        by=by,
        at=at,
        comment=comment,
        snapshot=snapshot,
    )
