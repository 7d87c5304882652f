"""What was decided about a department's own indicators, read."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from django.db.models import F, OuterRef, QuerySet, Subquery

from perfeval.accounts.models import Role, User
from perfeval.accounts.queries import departments_where
from perfeval.reports.filled import Filled
from perfeval.reports.models import Report
from perfeval.reports.states import EDITABLE_STATES
from perfeval.review.models import OwnPartDecision, OwnPartReview
from perfeval.scoring.canonical import canonical_text, figures_as_json, figures_from_json
from perfeval.scoring.figures import Figures, OwnIndicator
from perfeval.scoring.result import Problem, Severity


def own_part_text(own_part: Sequence[OwnIndicator]) -> str:
    """Return the canonical JSON of the own indicators: what is sent, approved and compared."""
    return canonical_text(figures_as_json(Figures(own_part=tuple(own_part))))


def own_part_hash(own_part: Sequence[OwnIndicator]) -> str:
    """Return the sha256 of the own indicators' canonical JSON."""
    return hashlib.sha256(own_part_text(own_part).encode()).hexdigest()


def sent_own_part(review: OwnPartReview) -> tuple[OwnIndicator, ...]:
    """Return the own indicators that were sent."""
    return figures_from_json(json.loads(review.content)).own_part


def latest_own_review(report: Report) -> OwnPartReview | None:
    """Return what was sent or decided last, None when nothing was."""
    return report.own_part_reviews.select_related("sent_by", "decided_by").order_by("-id").first()


def approved_own_part(filled: Filled) -> OwnPartReview | None:
    """Return the approval of exactly the own indicators that are stored, None when there is none."""
    if not filled.issued.slots:
        return None
    latest = latest_own_review(filled.report)
    if latest is None or latest.decision != OwnPartDecision.APPROVED:
        return None
    return latest if latest.sha256 == own_part_hash(filled.figures.own_part) else None


def own_parts_waiting_for(user: User) -> QuerySet[OwnPartReview]:
    """Return what was sent of departments that ``user`` reviews and is not decided, oldest first.

    What the department sent anew, or handed in with its report meanwhile, waits no longer.
    """
    newest = OwnPartReview.objects.filter(report=OuterRef("report")).order_by("-id").values("pk")
    return (
        OwnPartReview.objects.filter(
            decision="",
            report__department_id__in=departments_where(user, {Role.REVIEWER}),
            report__state__in=EDITABLE_STATES,
        )
        .exclude(sent_by=user)
        .annotate(newest=Subquery(newest[:1]))
        .filter(pk=F("newest"))
        .select_related("report__department", "report__scheme", "sent_by")
        .order_by("sent_at", "pk")
    )


def returned_own_parts(reports: Iterable[Report]) -> dict[int, OwnPartReview]:
    """Return what came back last and was not sent again, by the report's key."""
    newest = OwnPartReview.objects.filter(report=OuterRef("report")).order_by("-id").values("pk")
    found = (
        OwnPartReview.objects.filter(report__in=list(reports), decision=OwnPartDecision.RETURNED)
        .annotate(newest=Subquery(newest[:1]))
        .filter(pk=F("newest"))
    )
    return {review.report_id: review for review in found}


def own_part_doubts(filled: Filled) -> tuple[Problem, ...]:
    """Return what the state of approval says to who hands in and who reviews.

    Returned indicators that were not changed since block; undecided ones are decided with the
    report.
    """
    own_part = filled.figures.own_part
    if not own_part:
        return ()
    latest = latest_own_review(filled.report)
    decision = latest.decision if latest and latest.sha256 == own_part_hash(own_part) else ""
    if latest and decision == OwnPartDecision.RETURNED:
        told = {"comment": latest.comment}
        return (Problem("own_part_returned", Severity.ERROR, "report", told),)
    if decision == OwnPartDecision.APPROVED:
        return ()
    return (Problem("own_part_not_approved", Severity.WARNING, "report"),)
