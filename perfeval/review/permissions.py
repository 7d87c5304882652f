"""Who may do what with a report. Each function answers yes or no."""

from perfeval.accounts.models import Role, User
from perfeval.accounts.queries import SUPERVISING_ROLES, roles_at
from perfeval.reports.models import Report
from perfeval.reports.states import ReportState
from perfeval.review.moves import MOVES, MoveName


def may_view(user: User, report: Report) -> bool:
    """Return whether ``user`` may know of the report at all.

    The same rule as ``reports.queries.reports_visible_to``, for one report.
    """
    roles = roles_at(user, report.department)
    if Role.PREPARER in roles:
        return True
    return report.submitted_at is not None and bool(roles & SUPERVISING_ROLES)


def may_edit(user: User, report: Report) -> bool:
    """Return whether ``user`` may change what is filled in, now."""
    return report.is_editable and Role.PREPARER in roles_at(user, report.department)


def may_move(user: User, report: Report, move: MoveName) -> bool:
    """Return whether ``user`` may make ``move`` now: right state, right role, another person."""
    rule = MOVES[move]
    if ReportState(report.state) not in rule.sources:
        return False
    if not rule.roles & roles_at(user, report.department):
        return False
    return not is_too_close(user, report, move)


def available_moves(user: User, report: Report) -> tuple[MoveName, ...]:
    """Return the moves that ``user`` may make with the report now."""
    return tuple(move for move in MoveName if may_move(user, report, move))


def is_too_close(user: User, report: Report, move: MoveName) -> bool:
    """Return whether ``user`` had a hand in the report that forbids ``move`` to the same person.

    The author neither approves nor publishes; who approved does not publish.
    """
    if move is MoveName.APPROVE:
        return user.pk == report.submitted_by_id
    if move is MoveName.PUBLISH:
        return user.pk in (report.submitted_by_id, report.approved_by_id)
    return False


def may_comment(user: User, report: Report) -> bool:
    """Return whether ``user`` may write a remark: its reviewers and approvers, until published."""
    return (
        report.submitted_at is not None
        and report.state != ReportState.PUBLISHED
        and bool(roles_at(user, report.department) & SUPERVISING_ROLES)
    )


def may_download(user: User, report: Report) -> bool:
    """Return whether ``user`` may have the report's PDF: whoever may view it."""
    return may_view(user, report)


def has_release_role(user: User, report: Report) -> bool:
    """Return whether ``user`` decides what the public sees of this department's reports."""
    return Role.APPROVER in roles_at(user, report.department)


def may_release(user: User, report: Report) -> bool:
    """Return whether ``user`` may put the report before the public, or take it back, now."""
    return report.state == ReportState.PUBLISHED and has_release_role(user, report)
