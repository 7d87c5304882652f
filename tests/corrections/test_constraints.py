"""What the database refuses about corrections."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from perfeval.corrections.models import CorrectedReport, Correction
from perfeval.corrections.states import CorrectionState, Plan, PlanOutcome
from tests.rows import (
    AT,
    Breaks,
    a_report,
    a_scheme,
    a_user,
    broken_constraint,
    constraint_names,
)

pytestmark = pytest.mark.django_db


def a_correction(**fields: object) -> Correction:
    """Return a new correction that is being computed; ``fields`` replace the valid ones."""
    valid: dict[str, object] = {
        "reason": "更正",
        "engine_version": 1,
        "proposed_at": AT,
    } | fields
    if "old_scheme" not in valid:
        valid["old_scheme"] = a_scheme(version=1)
    if "new_scheme" not in valid:
        valid["new_scheme"] = a_scheme(version=2)
    if "proposed_by" not in valid:
        valid["proposed_by"] = a_user("owner")
    return Correction.objects.create(**valid)


def a_corrected_report(**fields: object) -> CorrectedReport:
    """Return a new row of a new correction; ``fields`` replace the valid ones."""
    valid: dict[str, object] = {
        "state": "draft",
        "revision": 1,
        "plan": Plan.MOVE,
        "old_total": Decimal(1),
        "old_is_complete": True,
        "new_total": Decimal(1),
        "new_is_complete": True,
        "result": {},
    } | fields
    if "correction" not in valid:
        valid["correction"] = a_correction()
    if "report" not in valid:
        valid["report"] = a_report(scheme=valid["correction"].old_scheme)
    return CorrectedReport.objects.create(**valid)


def _one_scheme() -> None:
    scheme = a_scheme()
    a_correction(old_scheme=scheme, new_scheme=scheme)


def _two_open() -> None:
    first = a_correction()
    a_correction(
        old_scheme=first.old_scheme, new_scheme=first.new_scheme, proposed_by=first.proposed_by
    )


def _own_approval() -> None:
    owner = a_user("owner")
    a_correction(proposed_by=owner, approved_by=owner)


def _report_twice() -> None:
    first = a_corrected_report()
    a_corrected_report(correction=first.correction, report=first.report)


def stamped(*acts: str) -> dict[str, object]:
    """Return the stamps of ``acts``, all by one other person."""
    person = a_user("other")
    return {f"{act}_{end}": AT if end == "at" else person for act in acts for end in ("at", "by")}


BREAKS: Breaks = {
    "correction_state_known": lambda: a_correction(state="open"),
    "correction_has_reason": lambda: a_correction(reason=""),
    "correction_between_two_versions": _one_scheme,
    "correction_approver_not_proposer": _own_approval,
    "correction_one_open": _two_open,
    "correction_approved_stamped": lambda: a_correction(state=CorrectionState.APPROVED),
    "correction_applied_stamped": lambda: a_correction(
        state=CorrectionState.APPLIED, **stamped("approved")
    ),
    "correction_reverted_stamped": lambda: a_correction(
        state=CorrectionState.REVERTED, **stamped("approved", "applied")
    ),
    "correction_withdrawn_stamped": lambda: a_correction(state=CorrectionState.WITHDRAWN),
    "corrected_report_once": _report_twice,
    "corrected_report_plan_known": lambda: a_corrected_report(plan="other"),
    "corrected_report_outcome_known": lambda: a_corrected_report(outcome="other"),
    "corrected_report_moved_has_undo": lambda: a_corrected_report(outcome=PlanOutcome.MOVED),
}


@pytest.mark.parametrize("name", BREAKS)
def test_database_refuses_what_the_constraint_forbids(name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREAKS[name]()

    assert broken_constraint(caught.value) == name


def test_every_constraint_has_a_row_that_breaks_it():
    assert set(BREAKS) == constraint_names("corrections")
