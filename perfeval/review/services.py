"""The moves of a report. Each is one transaction: check, change the state, log who and when."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.accounts.queries import roles_at
from perfeval.exchange.services import scoring_hash, take_snapshot
from perfeval.exchange.snapshot import read_snapshot, snapshot_hash, snapshot_text
from perfeval.rendering.jobs import Progress
from perfeval.rendering.services import official_pdf, prepare_official
from perfeval.reports.models import Report
from perfeval.reports.states import ReportState
from perfeval.review.models import Comment, Publication, ReportSnapshot, Transition
from perfeval.review.moves import MOVES, Move, MoveName
from perfeval.review.own_services import approve_with_report
from perfeval.review.permissions import is_too_close, may_comment
from perfeval.review.queries import latest_snapshot, readiness
from perfeval.review.refusals import (
    COMMENT_LIMIT,
    AlreadyDone,
    CommentRequired,
    MoveRefused,
    NotReady,
    SnapshotChanged,
)
from perfeval.schemes.models import Indicator
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.result import Severity

__all__ = [
    "COMMENT_LIMIT",
    "AlreadyDone",
    "CommentRequired",
    "MoveRefused",
    "NotReady",
    "SnapshotChanged",
    "add_comment",
    "approve",
    "publish",
    "return_",
    "submit",
]


@transaction.atomic
def submit(*, report: Report, by: User, at: datetime) -> Transition:
    """Hand the report in: keep its snapshot and lock it.

    Raises: MoveRefused (state, right); AlreadyDone (a second click); NotReady with every problem
    that blocks.
    """
    report, move = _begin(report, MoveName.SUBMIT, by)
    blocking = tuple(
        problem for problem in readiness(report) if problem.severity is not Severity.WARNING
    )
    if blocking:
        raise NotReady(blocking)
    text = snapshot_text(take_snapshot(report))
    snapshot = ReportSnapshot.objects.create(
        report=report,
        revision=report.revision,
        content=text,
        sha256=snapshot_hash(text),
        created_at=at,
    )
    report.submitted_at, report.submitted_by = at, by
    return _finish(report, move, snapshot, by=by, at=at, comment="")


@transaction.atomic
def return_(*, report: Report, comment: str, by: User, at: datetime) -> Transition:
    """Give the report back to be changed; the comment says what.

    Raises: MoveRefused; AlreadyDone; CommentRequired.
    """
    report, move = _begin(report, MoveName.RETURN, by)
    report.returned_at, report.return_comment = at, _checked(comment, is_required=True)
    report.approved_at = report.approved_by = None
    return _finish(report, move, _submitted(report), by=by, at=at, comment=report.return_comment)


@transaction.atomic
def approve(
    *, report: Report, snapshot_sha256: str, by: User, at: datetime, comment: str = ""
) -> Transition:
    """Approve exactly the snapshot that the reviewer looked at.

    Raises: MoveRefused (state, right, same person); AlreadyDone; SnapshotChanged.
    """
    report, move = _begin(report, MoveName.APPROVE, by)
    snapshot = _submitted(report)
    if snapshot.sha256 != snapshot_sha256:
        raise SnapshotChanged(
            _("The report was submitted anew since you opened it. Read it again, then decide.")
        )
    report.approved_at, report.approved_by = at, by
    approve_with_report(report=report, by=by, at=at)
    return _finish(
        report, move, snapshot, by=by, at=at, comment=_checked(comment, is_required=False)
    )


def prepare_publication(*, report: Report, at: datetime) -> Progress | None:
    """Return how far the pages of a long report are; None when ``publish`` need not wait for them.

    The pages are those of the snapshot that was submitted last: ``publish`` takes them only while it still is.
    Raises: MoveRefused; rendering.pdf.RenderFailed.
    """
    snapshot = _submitted(report)
    scheme = as_scoring_scheme(report.scheme)
    return prepare_official(snapshot.content, scheme, taken_at=snapshot.created_at, at=at)


@transaction.atomic
def publish(*, report: Report, by: User, at: datetime) -> Publication:
    """Set the approved snapshot as the official PDF, keep its bytes for good, and lock the report.

    Raises: MoveRefused; AlreadyDone; rendering.pdf.RenderFailed (GlyphMissing and
    signing.SigningFailed among them), and then nothing is changed.
    """
    report, move = _begin(report, MoveName.PUBLISH, by)
    snapshot = _submitted(report)
    if snapshot_hash(snapshot.content) != snapshot.sha256:
        raise MoveRefused(
            _("What was approved no longer matches its fingerprint. Call your administrator.")
        )
    scheme = as_scoring_scheme(report.scheme)
    read = read_snapshot(snapshot.content)
    if read.scoring_hash != scoring_hash(scheme, read.figures):
        raise MoveRefused(
            _("What was approved no longer matches its fingerprint. Call your administrator.")
        )
    pdf = official_pdf(snapshot.content, scheme, taken_at=snapshot.created_at, signed_at=at)
    publication = Publication.objects.create(
        report=report,
        snapshot=snapshot,
        pdf=pdf.data,
        sha256=pdf.sha256,
        page_count=pdf.page_count,
        made_with=pdf.made_with,
        created_at=at,
    )
    report.published_at, report.published_by = at, by
    _finish(report, move, snapshot, by=by, at=at, comment="")
    return publication


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


def _begin(report: Report, name: MoveName, by: User) -> tuple[Report, Move]:
    """Lock the report's row and return it with the move, if ``by`` may make it."""
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("department", "scheme")
        .get(pk=report.pk)
    )
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


def _submitted(report: Report) -> ReportSnapshot:
    """Return the snapshot that was submitted last."""
    snapshot = latest_snapshot(report)
    if snapshot is None:
        raise MoveRefused(_("Nothing was submitted yet."))
    return snapshot


def _finish(
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
