"""A correction is computed without a trace, applied as it was approved, and taken back to the byte."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from benchmarks.correction import dump
from perfeval.accounts.models import Department, Membership, Role
from perfeval.corrections import services
from perfeval.corrections.models import Correction
from perfeval.corrections.queries import CorrectionProgress, moves_of, progress_of, reports_in
from perfeval.corrections.rows import PARTS
from perfeval.corrections.services import (
    CorrectionRefused,
    CorrectionUnderWay,
    ReasonRequired,
    apply,
    approve,
    compute,
    revert,
    withdraw,
)
from perfeval.corrections.states import CorrectionState, Plan, PlanOutcome
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Answer, Report, Score
from perfeval.reports.queries import stored_result
from perfeval.reports.services import save_narrative, start_report
from perfeval.reports.states import ReportState
from perfeval.reports.trial import scored
from perfeval.review.models import Comment, Publication, ReportSnapshot, Transition
from perfeval.review.moves import MoveName
from perfeval.schemes.models import Indicator
from perfeval.schemes.queries import as_scoring_scheme
from tests.corrections.conftest import AT
from tests.rows import a_user

LATER = AT + timedelta(days=1)


def plans(correction: Correction) -> dict[str, set[str]]:
    """Return the plans by the state of the report."""
    found: dict[str, set[str]] = {}
    for item in correction.reports.all():
        found.setdefault(item.state, set()).add(item.plan)
    return found


def test_dry_run_writes_nothing_but_itself_and_says_what_it_would_do(year):
    before = dump()

    made = year.computed()

    assert dump() == before
    assert (made.state, made.mapping["leaf_9"]) == (CorrectionState.PROPOSED, "leaf_renamed")
    assert plans(made) == {
        "draft": {Plan.MOVE},
        "returned": {Plan.MOVE},
        "submitted": {Plan.SEND_BACK},
        "approved": {Plan.SEND_BACK},
        "published": {Plan.PUBLISHED},
    }
    assert progress_of(made) == CorrectionProgress(
        total=20, computed=20, moving=19, waiting=19, moved=0, stale=0, reverted=0, kept=0
    )


def test_handed_in_reports_stay_unless_the_proposal_sends_them_back(year):
    made = year.computed(sends_back=False)

    found = plans(made)

    assert (found["submitted"], found["approved"]) == ({Plan.HANDED_IN}, {Plan.HANDED_IN})


def test_table_names_each_changed_leaf_and_each_loss(year):
    made = year.computed()

    item = reports_in(made).first()
    changed = {row["code"]: row for row in item.changes}

    # Heavier, lighter, new, gone; the renamed one kept its points and is not among them.
    assert (changed["leaf_0"]["old_weight"], changed["leaf_0"]["new_weight"]) == ("5", "5.5")
    assert (changed["leaf_8"]["old_weight"], changed["leaf_8"]["new_weight"]) == ("5", "4.5")
    assert changed["leaf_new"]["old_points"] is None
    assert changed["leaf_5"]["new_points"] is None
    assert "leaf_renamed" not in changed
    assert not item.new_is_complete  # the new leaf is not answered yet
    assert [(loss["code"], loss["place"], loss["parameters"]) for loss in item.losses] == [
        (
            "answer_gone",
            "indicator:leaf_5",
            {"name": "指标5", "input": "是否达到", "value": "yes"},
        ),
        ("text_gone", "outline", item.losses[1]["parameters"]),
    ]
    assert item.losses[1]["parameters"]["name"] == "第3部分"


def test_apply_moves_what_was_approved_and_leaves_the_published_bytes(year):
    made = year.approved()
    published = year.report("published")
    kept = (
        Report.objects.values().get(pk=published.pk),
        list(Score.objects.filter(report=published).values()),
        list(ReportSnapshot.objects.values()),
        [(row.sha256, bytes(row.pdf)) for row in Publication.objects.all()],
    )

    done = apply(correction=made, by=year.people["owner"], at=LATER)

    assert (done.state, done.applied_by, done.applied_at) == (
        CorrectionState.APPLIED,
        year.people["owner"],
        LATER,
    )
    assert kept == (
        Report.objects.values().get(pk=published.pk),
        list(Score.objects.filter(report=published).values()),
        list(ReportSnapshot.objects.values()),
        [(row.sha256, bytes(row.pdf)) for row in Publication.objects.all()],
    )
    new = as_scoring_scheme(year.new)
    for item in done.reports.filter(outcome=PlanOutcome.MOVED).select_related("report__scheme"):
        report = item.report
        assert (report.scheme, report.revision, report.changed_at) == (year.new, 2, LATER)
        assert report.is_editable
        # What is stored is what was computed, and what the rows give when they are scored again.
        score = Score.objects.get(report=report, revision=2)
        assert (score.result, score.total, score.part) == (
            item.result,
            item.new_total,
            f"correction:{done.pk}",
        )
        assert stored_result(report) == scored(new, read_filled(report).figures)
        owners = Indicator.objects.filter(answers__report=report).values_list("scheme", flat=True)
        assert set(owners) == {year.new.pk}
    assert done.reports.filter(outcome=PlanOutcome.MOVED).count() == 19


def test_renamed_leaf_keeps_its_answer(year):
    report = year.report("draft")
    before = Answer.objects.get(report=report, indicator__code="leaf_9")

    apply(correction=year.approved(), by=year.people["owner"], at=LATER)

    after = Answer.objects.get(pk=before.pk)
    assert (after.indicator.code, after.indicator.scheme) == ("leaf_renamed", year.new)
    assert (after.inputs, after.deduction_points, after.deduction_reason) == (
        before.inputs,
        Decimal("0.3"),
        "资料不全，酌情扣分。",
    )


def test_approved_report_goes_back_to_its_department_with_the_reason(year):
    report = year.report("approved")
    snapshot = ReportSnapshot.objects.get(report=report)

    done = apply(correction=year.approved(), by=year.people["owner"], at=LATER)

    report.refresh_from_db()
    assert (report.state, report.return_comment, report.returned_at, report.approved_by) == (
        ReportState.RETURNED,
        "更正评分标准。",
        LATER,
        None,
    )
    move = Transition.objects.filter(report=report).latest("pk")
    assert (move.move, move.from_state, move.to_state, move.by, move.comment, move.snapshot) == (
        MoveName.RETURN,
        ReportState.APPROVED,
        ReportState.RETURNED,
        year.people["owner"],
        "更正评分标准。",
        snapshot,
    )
    assert [one.correction for one in moves_of(report)] == [done]


def test_revert_gives_the_same_bytes_back(year):
    comment = {"text": "请核对。", "by": year.people["reviewer"], "at": AT}
    report = year.report("submitted")
    for code in ("leaf_5", "leaf_9", "group_0"):
        owner = Indicator.objects.get(scheme=year.old, code=code)
        Comment.objects.create(report=report, indicator=owner, **comment)
    before = dump()
    applied = apply(correction=year.approved(), by=year.people["owner"], at=LATER)
    assert dump() != before

    done = revert(correction=applied, by=year.people["owner"], at=LATER)

    assert dump() == before
    assert (done.state, done.reverted_by) == (CorrectionState.REVERTED, year.people["owner"])
    assert done.reports.filter(outcome=PlanOutcome.REVERTED).count() == 19
    # What was computed and done stays on record, and the year can be corrected anew.
    assert year.computed().state == CorrectionState.PROPOSED


def change_text(report: Report) -> None:
    save_narrative(report=report, section="part_0", text="新", version=None, by=None, at=LATER)


def add_comment(report: Report) -> None:
    Comment.objects.create(report=report, text="看过", by=a_user("someone"), at=LATER)


def change_behind_the_back(report: Report) -> None:
    Answer.objects.filter(report=report, indicator__code="leaf_9").update(deduction_points=1)


@pytest.mark.parametrize("change", [change_text, add_comment, change_behind_the_back])
def test_report_that_changed_after_the_dry_run_is_named_and_left(year, change):
    made = year.approved()
    report = year.report("draft")
    change(report)
    report.refresh_from_db()
    before = Report.objects.values().get(pk=report.pk)

    done = apply(correction=made, by=year.people["owner"], at=LATER)

    item = done.reports.get(report=report)
    assert (item.outcome, item.undo) == (PlanOutcome.STALE, None)
    assert Report.objects.values().get(pk=report.pk) == before
    assert set(
        Answer.objects.filter(report=report).values_list("indicator__scheme", flat=True)
    ) == {year.old.pk}
    assert progress_of(done).moved == 18
    # A second correction takes it along.
    again = compute(correction=year.propose())
    assert [one.report for one in again.reports.exclude(plan=Plan.PUBLISHED)] == [report]


def test_report_that_changed_after_the_move_is_not_taken_back(year):
    applied = apply(correction=year.approved(), by=year.people["owner"], at=LATER)
    report = year.report("draft")
    change_text(report)

    done = revert(correction=applied, by=year.people["owner"], at=LATER)

    report.refresh_from_db()
    assert (report.scheme, report.revision) == (year.new, 3)
    assert done.reports.get(report=report).outcome == PlanOutcome.KEPT
    assert progress_of(done) == CorrectionProgress(
        total=20, computed=20, moving=19, waiting=0, moved=0, stale=0, reverted=18, kept=1
    )


def test_department_with_a_report_on_the_new_version_stays_with_both(year):
    report = year.report("draft")
    start_report(department=report.department, scheme=year.new, by=None, at=AT)

    made = year.computed()

    assert made.reports.get(report=report).plan == Plan.BLOCKED


def test_report_started_on_the_new_version_after_the_dry_run_makes_the_old_one_stale(year):
    made = year.approved()
    report = year.report("draft")
    start_report(department=report.department, scheme=year.new, by=None, at=AT)

    done = apply(correction=made, by=year.people["owner"], at=LATER)

    assert done.reports.get(report=report).outcome == PlanOutcome.STALE


def test_broken_off_runs_are_taken_up_where_they_stood(year, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 4)
    owner = year.people["owner"]

    def once():
        answers = iter([True, False])
        return lambda: next(answers)

    made = compute(correction=year.propose(), may_go_on=once())
    assert (made.state, progress_of(made).computed) == (CorrectionState.COMPUTING, 4)
    made = compute(correction=made)
    made = approve(correction=made, by=year.people["approver"], at=AT)
    before = dump()
    made = apply(correction=made, by=owner, at=LATER, may_go_on=once())
    assert (made.state, progress_of(made).moved) == (CorrectionState.APPROVED, 4)
    with pytest.raises(CorrectionRefused):
        withdraw(correction=made, by=owner, at=LATER)
    made = apply(correction=made, by=owner, at=LATER)
    assert (made.state, progress_of(made).moved) == (CorrectionState.APPLIED, 19)
    made = revert(correction=made, by=owner, at=LATER, may_go_on=once())
    assert (made.state, progress_of(made).reverted) == (CorrectionState.APPLIED, 4)
    made = revert(correction=made, by=owner, at=LATER)
    assert made.state == CorrectionState.REVERTED
    assert dump() == before


def queries_of_each_step(year_of, reports: int) -> list[int]:
    """Return how many queries computing, applying and taking back cost, and leave no trace."""
    counts = []
    with transaction.atomic():
        year = year_of(reports)
        own = {"by": year.people["owner"], "at": LATER}
        made = year.propose()
        with CaptureQueriesContext(connection) as captured:
            made = compute(correction=made)
        counts.append(len(captured))
        made = approve(correction=made, by=year.people["approver"], at=AT)
        for step in (apply, revert):
            with CaptureQueriesContext(connection) as captured:
                made = step(correction=made, **own)
            counts.append(len(captured))
        transaction.set_rollback(True)
    return counts


def test_queries_of_a_batch_do_not_grow_with_its_reports(year_of):
    assert queries_of_each_step(year_of, 1) == queries_of_each_step(year_of, 3)


def test_only_a_scheme_owner_proposes_and_only_with_a_reason(year):
    with pytest.raises(CorrectionRefused):
        year.propose(by=year.people["approver"])
    with pytest.raises(ReasonRequired):
        year.propose(reason="  ")
    with pytest.raises(ReasonRequired):
        year.propose(reason="长" * 2001)
    with pytest.raises(CorrectionRefused):
        services.propose(
            old=year.new, new=year.old, reason="反", sends_back=False,
            by=year.people["owner"], at=AT,
        )  # fmt: skip
    assert not Correction.objects.exists()


def test_one_correction_of_a_version_at_a_time(year):
    first = year.propose()

    with pytest.raises(CorrectionUnderWay) as refused:
        year.propose()
    withdraw(correction=first, by=year.people["owner"], at=AT)

    assert refused.value.correction == first
    assert year.propose().state == CorrectionState.COMPUTING


def test_another_person_in_charge_of_all_departments_approves(year):
    made = year.computed()
    owner, approver = year.people["owner"], year.people["approver"]
    bureau = Department.objects.get(code="bureau")
    partial = a_user("partial")
    unit = year.report("draft").department
    Membership.objects.create(user=partial, department=unit, role=Role.APPROVER)
    Membership.objects.create(user=owner, department=bureau, role=Role.APPROVER)

    for person in (owner, partial, year.people["reviewer"]):
        with pytest.raises(CorrectionRefused):
            approve(correction=made, by=person, at=AT)

    done = approve(correction=made, by=approver, at=LATER)
    assert (done.state, done.approved_by, done.approved_at) == (
        CorrectionState.APPROVED,
        approver,
        LATER,
    )


def test_nothing_is_applied_before_it_is_approved_or_taken_back_before_it_is_applied(year):
    made = year.computed()
    own = {"by": year.people["owner"], "at": AT}
    before = dump()

    for step in (apply, revert):
        with pytest.raises(CorrectionRefused):
            step(correction=made, **own)
    approved = approve(correction=made, by=year.people["approver"], at=AT)
    for person in ("approver", "author"):
        with pytest.raises(CorrectionRefused):
            apply(correction=approved, by=year.people[person], at=AT)

    assert dump() == before


def test_results_of_another_engine_are_not_applied(year):
    made = year.approved()
    Correction.objects.filter(pk=made.pk).update(engine_version=0)

    with pytest.raises(CorrectionRefused):
        apply(correction=made, by=year.people["owner"], at=AT)


def test_every_model_of_a_report_is_looked_at_or_a_record():
    """A new part of a report must be carried and fingerprinted too: decide where it belongs."""
    records = {"Score", "ReportSnapshot", "Transition", "Publication", "CorrectedReport"}
    records |= {"OwnPartReview", "PublicRelease"}
    related = {relation.related_model.__name__ for relation in Report._meta.related_objects}

    assert related == records | {model.__name__ for model in PARTS}
