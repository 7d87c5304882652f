"""A correction of a year: who proposed, approved, applied and took it back, and each report's part."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from perfeval.corrections.states import CorrectionState, Plan, PlanOutcome
from perfeval.reports.models import Report
from perfeval.reports.states import ReportState
from perfeval.schemes.models import Scheme


def _who(related_name: str) -> "models.ForeignKey[object, object]":
    """Return the column of a person who did one of the steps."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name=related_name,
    )


def _stamped(name: str, states: list[CorrectionState], act: str) -> models.CheckConstraint:
    """Return the constraint that a correction in ``states`` says who did ``act`` and when."""
    told = {f"{act}_at__isnull": False, f"{act}_by__isnull": False}
    return models.CheckConstraint(
        name=name,
        condition=~models.Q(state__in=states) | models.Q(**told),
        violation_error_message=_("Each step of a correction says who made it and when."),
    )


class Correction(models.Model):
    """The move of all reports of ``old_scheme`` to ``new_scheme``, computed before it is done.

    ``mapping``: the full mapping of codes that it was computed with. ``sends_back``: submitted and
    approved reports go back to their departments and move too; otherwise they stay as they are.
    ``reason`` is what the departments read. Stamps say who made each step; no row is ever deleted.
    """

    old_scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="corrections_from"
    )
    new_scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="corrections_to")
    mapping = models.JSONField(default=dict)
    reason = models.TextField(_("reason"))
    sends_back = models.BooleanField(_("send handed-in reports back"), default=False)
    engine_version = models.PositiveIntegerField()
    state = models.CharField(
        _("state"), max_length=20, choices=CorrectionState, default=CorrectionState.COMPUTING
    )
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposed_corrections"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = _who("approved_corrections")
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = _who("applied_corrections")
    reverted_at = models.DateTimeField(null=True, blank=True)
    reverted_by = _who("reverted_corrections")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = _who("withdrawn_corrections")

    class Meta:
        ordering = ["-id"]
        verbose_name = _("correction")
        constraints = [
            models.CheckConstraint(
                name="correction_state_known", condition=models.Q(state__in=CorrectionState.values)
            ),
            models.CheckConstraint(
                name="correction_has_reason",
                condition=~models.Q(reason=""),
                violation_error_message=_("A correction needs a reason."),
            ),
            models.CheckConstraint(
                name="correction_between_two_versions",
                condition=~models.Q(old_scheme=models.F("new_scheme")),
                violation_error_message=_("A correction goes from one version to another."),
            ),
            models.CheckConstraint(
                name="correction_approver_not_proposer",
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("proposed_by")),
                violation_error_message=_("Nobody approves a correction that they proposed."),
            ),
            models.UniqueConstraint(
                fields=["old_scheme"],
                name="correction_one_open",
                condition=models.Q(
                    state__in=[
                        CorrectionState.COMPUTING,
                        CorrectionState.PROPOSED,
                        CorrectionState.APPROVED,
                    ]
                ),
                violation_error_message=_("Another correction of this version is under way."),
            ),
            _stamped(
                "correction_approved_stamped",
                [CorrectionState.APPROVED, CorrectionState.APPLIED, CorrectionState.REVERTED],
                "approved",
            ),
            _stamped(
                "correction_applied_stamped",
                [CorrectionState.APPLIED, CorrectionState.REVERTED],
                "applied",
            ),
            _stamped("correction_reverted_stamped", [CorrectionState.REVERTED], "reverted"),
            _stamped("correction_withdrawn_stamped", [CorrectionState.WITHDRAWN], "withdrawn"),
        ]

    def __str__(self) -> str:
        """Return which scheme is corrected to which version."""
        return f"{self.old_scheme.code} {self.old_scheme.version} → {self.new_scheme.version}"


class CorrectedReport(models.Model):
    """What a correction computed for one report, and what became of it.

    ``fingerprint``: of all rows of the report when it was computed; ``moved_fingerprint``: of those
    after the move. A report with another one has changed and is left alone. ``result``: the whole
    new Result; ``changes``: the leaves whose points differ; ``losses``: what has no place in the new
    version (``scoring.carrying``); ``undo``: the rows as they were, for taking it back.
    """

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="reports")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="corrections")
    state = models.CharField(max_length=20, choices=ReportState)
    revision = models.PositiveIntegerField()
    plan = models.CharField(max_length=20, choices=Plan)
    outcome = models.CharField(max_length=20, choices=PlanOutcome, default=PlanOutcome.PLANNED)
    fingerprint = models.CharField(max_length=64)
    old_total = models.DecimalField(max_digits=10, decimal_places=4)
    old_grade = models.CharField(max_length=20, blank=True)
    old_is_complete = models.BooleanField()
    new_total = models.DecimalField(max_digits=10, decimal_places=4)
    new_grade = models.CharField(max_length=20, blank=True)
    new_is_complete = models.BooleanField()
    changes = models.JSONField(default=list)
    losses = models.JSONField(default=list)
    result = models.JSONField()
    undo = models.JSONField(null=True, blank=True)
    moved_fingerprint = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["correction_id", "report_id"]
        verbose_name = _("corrected report")
        constraints = [
            models.UniqueConstraint(fields=["correction", "report"], name="corrected_report_once"),
            models.CheckConstraint(
                name="corrected_report_plan_known", condition=models.Q(plan__in=Plan.values)
            ),
            models.CheckConstraint(
                name="corrected_report_outcome_known",
                condition=models.Q(outcome__in=PlanOutcome.values),
            ),
            models.CheckConstraint(
                name="corrected_report_moved_has_undo",
                condition=~models.Q(
                    outcome__in=[PlanOutcome.MOVED, PlanOutcome.REVERTED, PlanOutcome.KEPT]
                )
                | (models.Q(undo__isnull=False) & ~models.Q(moved_fingerprint="")),
            ),
        ]

    def __str__(self) -> str:
        """Return which report of which correction."""
        return f"{self.correction_id}: {self.report_id}"
