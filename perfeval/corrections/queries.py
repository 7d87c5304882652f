"""Corrections, read."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from perfeval.accounts.models import User
from perfeval.corrections.models import CorrectedReport, Correction
from perfeval.corrections.states import MOVING_PLANS, OPEN_STATES, CorrectionState, PlanOutcome
from perfeval.reports.models import Report
from perfeval.schemes.models import Scheme


@dataclass(frozen=True, slots=True)
class CorrectionProgress:
    """How far a correction has come, in reports.

    ``computed`` of ``total`` were computed, ``moving`` of them move to the new version; of these
    ``waiting`` are neither moved nor named stale, ``moved`` stand on the new version.
    """

    total: int
    computed: int
    moving: int
    waiting: int
    moved: int
    stale: int
    reverted: int
    kept: int


def corrections() -> QuerySet[Correction]:
    """Return all corrections with their versions and people, newest first."""
    return Correction.objects.select_related(
        "old_scheme", "new_scheme", "proposed_by", "approved_by", "applied_by", "reverted_by",
        "withdrawn_by",
    )  # fmt: skip


def unpublished_on(schemes: Iterable[Scheme]) -> dict[int, int]:
    """Return how many reports that are not published stand on each version, by its key."""
    counted = (
        Report.objects.filter(scheme__in=[row.pk for row in schemes], published_at__isnull=True)
        .order_by()
        .values_list("scheme_id")
        .annotate(count=Count("id"))
    )
    return dict(counted)


def open_correction(scheme: Scheme) -> Correction | None:
    """Return the correction of this version that is under way, if any."""
    return corrections().filter(old_scheme=scheme, state__in=OPEN_STATES).first()


def progress_of(correction: Correction) -> CorrectionProgress:
    """Return how far a correction has come, with two queries."""
    rows = correction.reports.order_by().values_list("plan", "outcome").annotate(count=Count("id"))
    counts: dict[tuple[str, str], int] = {(plan, out): count for plan, out, count in rows}
    computed = sum(counts.values())
    last = correction.reports.order_by("-report_id").values_list("report_id", flat=True).first()
    left = Report.objects.filter(scheme=correction.old_scheme_id, pk__gt=last or 0).count()
    is_open = correction.state == CorrectionState.COMPUTING

    def of(outcome: PlanOutcome) -> int:
        return sum(count for (_plan, out), count in counts.items() if out == outcome)

    moving = sum(count for (plan, _out), count in counts.items() if plan in MOVING_PLANS)
    waiting = sum(counts.get((plan, PlanOutcome.PLANNED), 0) for plan in MOVING_PLANS)
    return CorrectionProgress(
        total=computed + left if is_open else computed,
        computed=computed,
        moving=moving,
        waiting=waiting,
        moved=of(PlanOutcome.MOVED),
        stale=of(PlanOutcome.STALE),
        reverted=of(PlanOutcome.REVERTED),
        kept=of(PlanOutcome.KEPT),
    )


def waiting_for_approval(user: User, departments: frozenset[int]) -> list[Correction]:
    """Return the corrections that an approver of ``departments`` may approve now, with two queries."""
    if not departments:
        return []
    proposed = corrections().filter(state=CorrectionState.PROPOSED).exclude(proposed_by=user)
    touched: dict[int, set[int]] = {}
    pairs = CorrectedReport.objects.filter(correction__in=proposed, plan__in=MOVING_PLANS)
    for key, department in (
        pairs.order_by().values_list("correction_id", "report__department_id").distinct()
    ):
        touched.setdefault(key, set()).add(department)
    return [one for one in proposed if touched.get(one.pk, set()) <= departments]


def touched_departments(correction: Correction) -> frozenset[int]:
    """Return the departments whose reports would move."""
    return frozenset(
        CorrectedReport.objects.filter(correction=correction, plan__in=MOVING_PLANS)
        .order_by()
        .values_list("report__department_id", flat=True)
    )


def reports_in(correction: Correction) -> QuerySet[CorrectedReport]:
    """Return the reports of a correction as its table lists them, without their whole Results."""
    return (
        correction.reports.select_related("report__department")
        .defer("result", "undo")
        .order_by("report__department__code")
    )


def moves_of(report: Report) -> QuerySet[CorrectedReport]:
    """Return the corrections that moved this report, or moved it and gave it back, oldest first."""
    return (
        CorrectedReport.objects.filter(
            report=report, outcome__in=[PlanOutcome.MOVED, PlanOutcome.KEPT, PlanOutcome.REVERTED]
        )
        .select_related(
            "correction__old_scheme",
            "correction__new_scheme",
            "correction__applied_by",
            "correction__reverted_by",
        )
        .defer("result", "undo")
        .order_by("pk")
    )
