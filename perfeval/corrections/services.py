"""A correction from its proposal to its undoing. Each step names who made it and when.

Computing, applying and taking back go through the reports batch by batch, each in a transaction of
its own, so that memory stays bounded and nobody waits long for a lock. A run that breaks off is
taken up where it stood. ``may_go_on`` is asked before each batch.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.corrections.computing import compute_batch, way_of
from perfeval.corrections.models import Correction
from perfeval.corrections.moving import move_batch, revert_batch
from perfeval.corrections.permissions import may_approve, may_propose
from perfeval.corrections.queries import corrections, open_correction
from perfeval.corrections.states import MOVING_PLANS, OPEN_STATES, CorrectionState, PlanOutcome
from perfeval.reports.models import Report
from perfeval.reports.trial import engine_version
from perfeval.schemes.models import Scheme, SchemeState
from perfeval.schemes.versions import mapping_between

#: Reports in one transaction: few enough to hold in memory with their Results.
BATCH = 50
#: Longest reason, in characters: it becomes the comment of a returned report.
REASON_LIMIT = 2000


class CorrectionRefused(Exception):
    """The step cannot be made; the text says why and what to do, in the reader's language."""


class ReasonRequired(CorrectionRefused):
    """A correction was proposed without a reason, or with one that is too long."""


class CorrectionUnderWay(CorrectionRefused):
    """Another correction of the same version is not finished; ``correction`` is that one."""

    def __init__(self, correction: Correction) -> None:
        """Keep the other one."""
        super().__init__(_("Another correction of this version is under way: finish it first."))
        self.correction = correction


def always() -> bool:
    """Return that a run may go on: for commands, which nobody waits for in a browser."""
    return True


@transaction.atomic
def propose(
    *, old: Scheme, new: Scheme, reason: str, sends_back: bool, by: User, at: datetime
) -> Correction:
    """Start the trial run of moving the reports of ``old`` to ``new``; nothing is computed yet.

    Raises: CorrectionRefused (right, versions); ReasonRequired; CorrectionUnderWay.
    """
    if not may_propose(by):
        raise CorrectionRefused(_("Only a scheme owner proposes a correction."))
    old = Scheme.objects.select_for_update().get(pk=old.pk)
    is_right = (
        old.state == SchemeState.SUPERSEDED
        and new.state == SchemeState.ISSUED
        and new.code == old.code
    )
    if not is_right:
        raise CorrectionRefused(
            _("A correction goes from a superseded version to the issued one of the same scheme.")
        )
    other = open_correction(old)
    if other is not None:
        raise CorrectionUnderWay(other)
    text = reason.strip()
    if not text:
        raise ReasonRequired(_("Say why the scheme was corrected; the departments read this text."))
    if len(text) > REASON_LIMIT:
        raise ReasonRequired(
            _("The reason has %(length)s characters; at most %(limit)s are taken.")
            % {"length": len(text), "limit": REASON_LIMIT}
        )
    return Correction.objects.create(
        old_scheme=old,
        new_scheme=new,
        mapping=mapping_between(old, new),
        reason=text,
        sends_back=sends_back,
        engine_version=engine_version(),
        proposed_at=at,
        proposed_by=by,
    )


def compute(*, correction: Correction, may_go_on: Callable[[], bool] = always) -> Correction:
    """Compute the next reports, and all of them if it may go on; then it waits for approval.

    Writes nothing but the correction's own rows. Raises: CorrectionRefused.
    """
    way = way_of(_read(correction, CorrectionState.COMPUTING))
    while may_go_on():
        with transaction.atomic():
            found = _begin(correction, CorrectionState.COMPUTING)
            last = found.reports.order_by("-report_id").values_list("report_id", flat=True).first()
            reports = Report.objects.filter(scheme=found.old_scheme_id, pk__gt=last or 0)
            batch = list(reports.order_by("pk")[:BATCH])
            if not batch:
                found.state = CorrectionState.PROPOSED
                found.save(update_fields=["state"])
                break
            compute_batch(way, batch)
    return _again(correction)


@transaction.atomic
def approve(*, correction: Correction, by: User, at: datetime) -> Correction:
    """Approve what the trial run showed. Raises: CorrectionRefused (state, right, same person)."""
    found = _begin(correction, CorrectionState.PROPOSED)
    if by.pk == found.proposed_by_id:
        raise CorrectionRefused(_("Another person must approve what you proposed."))
    if not may_approve(by, found):
        raise CorrectionRefused(
            _("This needs an approver who is in charge of every department that is touched.")
        )
    found.state, found.approved_at, found.approved_by = CorrectionState.APPROVED, at, by
    found.save(update_fields=["state", "approved_at", "approved_by"])
    return _again(correction)


def apply(
    *, correction: Correction, by: User, at: datetime, may_go_on: Callable[[], bool] = always
) -> Correction:
    """Move the next reports to the new version, and all of them if it may go on.

    A report that changed after the trial run is left as it is and named. Raises: CorrectionRefused.
    """
    if not may_propose(by):
        raise CorrectionRefused(_("Only a scheme owner applies a correction."))
    way = way_of(_read(correction, CorrectionState.APPROVED))
    if way.correction.engine_version != engine_version():
        raise CorrectionRefused(
            _("The program was renewed since the trial run: withdraw it and compute it anew.")
        )
    while may_go_on():
        with transaction.atomic():
            found = _begin(correction, CorrectionState.APPROVED)
            waiting = found.reports.filter(plan__in=MOVING_PLANS, outcome=PlanOutcome.PLANNED)
            batch = list(waiting.order_by("report_id")[:BATCH])
            if not batch:
                found.state, found.applied_at, found.applied_by = CorrectionState.APPLIED, at, by
                found.save(update_fields=["state", "applied_at", "applied_by"])
                break
            move_batch(way, batch, by, at)
    return _again(correction)


def revert(
    *, correction: Correction, by: User, at: datetime, may_go_on: Callable[[], bool] = always
) -> Correction:
    """Give back the rows of the next moved reports as they were, and of all if it may go on.

    A report that changed since its move is left as it is and named. Raises: CorrectionRefused.
    """
    if not may_propose(by):
        raise CorrectionRefused(_("Only a scheme owner takes a correction back."))
    way = way_of(_read(correction, CorrectionState.APPLIED))
    while may_go_on():
        with transaction.atomic():
            found = _begin(correction, CorrectionState.APPLIED)
            moved = found.reports.filter(outcome=PlanOutcome.MOVED).defer("result")
            batch = list(moved.order_by("report_id")[:BATCH])
            if not batch:
                found.state, found.reverted_at, found.reverted_by = CorrectionState.REVERTED, at, by
                found.save(update_fields=["state", "reverted_at", "reverted_by"])
                break
            revert_batch(way, batch)
    return _again(correction)


@transaction.atomic
def withdraw(*, correction: Correction, by: User, at: datetime) -> Correction:
    """Give up a correction of which nothing was applied. Raises: CorrectionRefused."""
    if not may_propose(by):
        raise CorrectionRefused(_("Only a scheme owner withdraws a correction."))
    found = _begin(correction, *OPEN_STATES)
    if found.reports.exclude(outcome=PlanOutcome.PLANNED).exists():
        raise CorrectionRefused(
            _("Part of it is applied already: apply the rest, then take it back.")
        )
    found.state, found.withdrawn_at, found.withdrawn_by = CorrectionState.WITHDRAWN, at, by
    found.save(update_fields=["state", "withdrawn_at", "withdrawn_by"])
    return _again(correction)


def _begin(correction: Correction, *states: str) -> Correction:
    """Return the correction's row, locked. Raises: CorrectionRefused in another state."""
    found = Correction.objects.select_for_update().get(pk=correction.pk)
    if found.state not in states:
        raise CorrectionRefused(
            _("This cannot be done now: the correction is “%(state)s”. Load the page again.")
            % {"state": found.get_state_display()}
        )
    return found


def _read(correction: Correction, state: str) -> Correction:
    """Return the correction with its versions. Raises: CorrectionRefused in another state."""
    with transaction.atomic():
        _begin(correction, state)
    return _again(correction)


def _again(correction: Correction) -> Correction:
    return corrections().get(pk=correction.pk)
