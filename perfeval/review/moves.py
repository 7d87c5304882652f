"""The moves between the states of a report, as one table."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from perfeval.accounts.models import Role
from perfeval.reports.states import ReportState


class MoveName(models.TextChoices):
    """What somebody did to a report's state."""

    SUBMIT = "submit", _("submit")
    RETURN = "return", _("return")
    APPROVE = "approve", _("approve")
    PUBLISH = "publish", _("publish")


@dataclass(frozen=True, slots=True)
class Move:
    """From which states, to which, by whom, and whether a comment is compulsory."""

    name: MoveName
    sources: frozenset[ReportState]
    target: ReportState
    roles: frozenset[Role]
    needs_comment: bool = False


MOVES: dict[MoveName, Move] = {
    move.name: move
    for move in (
        Move(
            MoveName.SUBMIT,
            frozenset({ReportState.DRAFT, ReportState.RETURNED}),
            ReportState.SUBMITTED,
            frozenset({Role.PREPARER}),
        ),
        Move(
            MoveName.RETURN,
            frozenset({ReportState.SUBMITTED, ReportState.APPROVED}),
            ReportState.RETURNED,
            frozenset({Role.REVIEWER, Role.APPROVER}),
            needs_comment=True,
        ),
        Move(
            MoveName.APPROVE,
            frozenset({ReportState.SUBMITTED}),
            ReportState.APPROVED,
            frozenset({Role.REVIEWER}),
        ),
        Move(
            MoveName.PUBLISH,
            frozenset({ReportState.APPROVED}),
            ReportState.PUBLISHED,
            frozenset({Role.APPROVER}),
        ),
    )
}
