"""The life of a correction, what it plans for a report, and what became of that."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CorrectionState(models.TextChoices):
    """Where a correction stands."""

    COMPUTING = "computing", _("being computed")
    PROPOSED = "proposed", _("waiting for approval")
    APPROVED = "approved", _("approved, not applied")
    APPLIED = "applied", _("applied")
    REVERTED = "reverted", _("taken back")
    WITHDRAWN = "withdrawn", _("withdrawn")


#: While one of these is under way no other correction of the same version is started.
OPEN_STATES = frozenset(
    {CorrectionState.COMPUTING, CorrectionState.PROPOSED, CorrectionState.APPROVED}
)


class Plan(models.TextChoices):
    """What a correction does to a report. Only the first two move it to the new version."""

    MOVE = "move", _("moves to the new version")
    SEND_BACK = "send_back", _("is sent back and moves to the new version")
    HANDED_IN = "handed_in", _("stays: handed in on the earlier version")
    PUBLISHED = "published", _("stays: published")
    BLOCKED = "blocked", _("stays: the department has a report on the new version")


MOVING_PLANS = frozenset({Plan.MOVE, Plan.SEND_BACK})


class PlanOutcome(models.TextChoices):
    """What became of the plan for a report."""

    PLANNED = "planned", _("computed only")
    MOVED = "moved", _("moved")
    STALE = "stale", _("not moved: it changed after the trial run")
    REVERTED = "reverted", _("taken back")
    KEPT = "kept", _("not taken back: it changed after the move")
