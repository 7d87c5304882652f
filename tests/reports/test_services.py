"""Filling in: each part is replaced whole, scored anew once, and refused when stale or locked."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from perfeval.reports.filled import Filled, read_filled
from perfeval.reports.models import Report, Score
from perfeval.reports.queries import (
    current_score,
    stored_result,
)
from perfeval.reports.services import (
    AlreadyStarted,
    PartChanged,
    ReportLocked,
    SchemeNotIssued,
    save_answers,
    save_figures,
    save_goals,
    save_key_tasks,
    save_narrative,
    start_report,
)
from perfeval.reports.states import ReportState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.services import load_scheme
from perfeval.scoring.canonical import result_as_json
from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Figures, Goal, GoalDirection, KeyTask
from tests.conftest import AT
from tests.snapshots.database import rows

LATER = AT + timedelta(hours=1)
GROUP = "procurement"

AMOUNTS = {
    "total.adjusted_budget": Decimal("642.40"),
    "total.executed_amount": Decimal("99999999.99"),
    "basic.adjusted_budget": Decimal(0),
}
TASKS = (
    KeyTask("科普“五有”", Decimal("35.35"), Decimal("35.29"), "第一行\n第二行"),
    KeyTask("未填"),
)
GOALS = (
    Goal(
        "活动场次",
        "output",
        "quantity",
        GoalDirection.REVERSE,
        Decimal("99999999999.9999"),
        Decimal("-0.0001"),
        "场",
        Decimal("0.5"),
        None,
        "目标",
        "结果",
        "原因",
    ),
    Goal(
        "定性", "benefit", direction=GoalDirection.QUALITATIVE, completion_percent=Decimal("99.5")
    ),
)


ANSWERS = {
    "intention_disclosure": Answer({"is_disclosed": True}),
    "procurement_compliance": Answer({"violation_count": Decimal(3)}, Decimal("0.25"), "原因"),
    "contract_timeliness": Answer({"on_time_count": Decimal("1.5")}),
}

#: Part -> what saves it with the values above, and what saves it empty.
SAVERS: dict[str, Callable[[bool], Callable[..., Filled]]] = {
    "figures": lambda is_full: partial(save_figures, amounts=AMOUNTS if is_full else {}),
    "key_tasks": lambda is_full: partial(save_key_tasks, key_tasks=TASKS if is_full else ()),
    "goals": lambda is_full: partial(save_goals, goals=GOALS if is_full else ()),
    f"answers:{GROUP}": lambda is_full: partial(
        save_answers, group=GROUP, answers=ANSWERS if is_full else {}
    ),
    "narrative:overview": lambda is_full: partial(
        save_narrative, section="overview", text="概况。\n第二段。" if is_full else ""
    ),
}


def _save(report: Report, part: str, *, is_full: bool = True, **more: Any) -> Filled:
    given = {"report": report, "version": None, "by": None, "at": LATER} | more
    return SAVERS[part](is_full)(**given)


def _stored(report: Report) -> tuple[Figures, dict[str, str]]:
    return read_filled(report).figures, read_filled(report).narratives


def _expected(part: str) -> tuple[Figures, dict[str, str]]:
    """Return what an empty report holds once ``part`` is saved."""
    empty = Figures()
    return {
        "figures": (replace(empty, amounts=AMOUNTS), {}),
        "key_tasks": (replace(empty, key_tasks=TASKS), {}),
        "goals": (replace(empty, goals=GOALS), {}),
        f"answers:{GROUP}": (replace(empty, answers=ANSWERS), {}),
        "narrative:overview": (empty, {"overview": "概况。\n第二段。"}),
    }[part]


def test_start_report_makes_an_empty_draft_with_its_first_score(empty_report, preparer):
    row = Report.objects.get()

    first = current_score(row)
    assert (row, row.state, row.revision, row.created_by, row.created_at, row.changed_at) == (
        empty_report,
        ReportState.DRAFT,
        1,
        preparer,
        AT,
        AT,
    )
    assert (first.revision, first.part, first.saved_by, first.is_complete, first.grade) == (
        1,
        "",
        preparer,
        False,
        "",
    )
    assert _stored(row) == (Figures(), {})


def test_start_report_refuses_a_second_one_and_names_the_first(empty_report, outsider):
    before = rows()

    with pytest.raises(AlreadyStarted) as refused:
        start_report(
            department=empty_report.department, scheme=empty_report.scheme, by=outsider, at=LATER
        )

    assert (refused.value.report, rows()) == (empty_report, before)


def test_start_report_refuses_a_draft_scheme(zengcheng_scheme, preparer):
    frozen = replace(as_scoring_scheme(zengcheng_scheme), version=2)
    draft = load_scheme(scheme=frozen, at=AT)
    department = preparer.memberships.get().department

    with pytest.raises(SchemeNotIssued):
        start_report(department=department, scheme=draft, by=preparer, at=AT)

    assert Report.objects.count() == 0


@pytest.mark.parametrize("part", SAVERS)
def test_save_keeps_every_value_as_it_was_given(empty_report, part):
    _save(empty_report, part)

    assert _stored(Report.objects.get()) == _expected(part)


@pytest.mark.parametrize("part", SAVERS)
def test_save_replaces_its_part_and_no_other(zengcheng_report, part):
    for other in SAVERS:
        _save(zengcheng_report, other)
    before = {other: read_filled(zengcheng_report).version(other) for other in SAVERS}

    _save(zengcheng_report, part, is_full=False)

    after = {other: read_filled(zengcheng_report).version(other) for other in SAVERS}
    assert {other for other in SAVERS if after[other] != before[other]} == {part}


@pytest.mark.parametrize("part", SAVERS)
def test_save_makes_one_revision_with_who_what_and_when(empty_report, outsider, part):
    _save(empty_report, part, by=outsider)

    row = Report.objects.get()
    assert (row.revision, row.changed_at, row.scores.count()) == (2, LATER, 2)
    saved = current_score(row)
    assert (saved.revision, saved.part, saved.saved_by, saved.created_at) == (
        2,
        part,
        outsider,
        LATER,
    )


@pytest.mark.parametrize("part", SAVERS)
def test_save_of_the_same_values_makes_no_revision(empty_report, part):
    first = _save(empty_report, part)
    before = rows()

    again = _save(empty_report, part, at=LATER + timedelta(days=1))

    assert (again.result, rows(), Score.objects.count()) == (first.result, before, 2)


def test_save_emptied_cell_is_gone(empty_report):
    _save(empty_report, "figures")

    save_figures(
        report=empty_report,
        amounts={**AMOUNTS, "total.executed_amount": None},
        version=None,
        by=None,
        at=LATER,
    )

    kept = {key: amount for key, amount in AMOUNTS.items() if key != "total.executed_amount"}
    assert read_filled(empty_report).figures.amounts == kept


def test_save_of_another_order_is_a_change(empty_report):
    _save(empty_report, "goals")

    save_goals(report=empty_report, goals=GOALS[::-1], version=None, by=None, at=LATER)

    assert (read_filled(empty_report).figures.goals, Report.objects.get().revision) == (
        GOALS[::-1],
        3,
    )


def test_every_revision_keeps_the_whole_result_of_a_fresh_score(zengcheng_report):
    scheme = as_scoring_scheme(zengcheng_report.scheme)
    for part in SAVERS:
        _save(zengcheng_report, part, is_full=False)

        row = Report.objects.get()
        fresh = score(scheme, read_filled(row).figures)
        kept = current_score(row)
        assert stored_result(row) == fresh
        assert (kept.result, kept.total, kept.grade, kept.is_complete) == (
            result_as_json(fresh),
            fresh.total,
            fresh.grade,
            fresh.is_complete,
        )


def test_score_of_the_published_report_is_kept(zengcheng_report):
    kept = current_score(zengcheng_report)

    assert (kept.total, kept.grade, kept.is_complete) == (Decimal("96.45"), "优", True)


def test_earlier_scores_stay_as_they_were(zengcheng_report):
    before = list(Score.objects.values())

    _save(zengcheng_report, "figures")

    assert list(Score.objects.exclude(revision=zengcheng_report.revision + 1).values()) == before


@pytest.mark.parametrize("part", SAVERS)
def test_save_of_a_stale_form_is_refused_and_nothing_is_saved(empty_report, part):
    stale = read_filled(empty_report).version(part)
    _save(empty_report, part)
    before = rows()

    with pytest.raises(PartChanged) as refused:
        _save(empty_report, part, is_full=False, version=stale)

    assert rows() == before
    assert (refused.value.part, refused.value.version) == (
        part,
        read_filled(empty_report).version(part),
    )


@pytest.mark.parametrize("part", SAVERS)
def test_save_with_the_version_told_by_the_refusal_is_taken(empty_report, part):
    stale = read_filled(empty_report).version(part)
    _save(empty_report, part)
    with pytest.raises(PartChanged) as refused:
        _save(empty_report, part, is_full=False, version=stale)

    _save(empty_report, part, is_full=False, version=refused.value.version)

    assert _stored(empty_report) == (Figures(), {})


@pytest.mark.parametrize("part", SAVERS)
def test_save_of_one_part_leaves_the_version_of_the_others(empty_report, part):
    before = {other: read_filled(empty_report).version(other) for other in SAVERS}

    _save(empty_report, part)

    after = {other: read_filled(empty_report).version(other) for other in SAVERS}
    assert {other for other in SAVERS if after[other] != before[other]} == {part}


@pytest.mark.parametrize(
    "state", [ReportState.SUBMITTED, ReportState.APPROVED, ReportState.PUBLISHED]
)
def test_save_of_a_locked_report_is_refused_and_nothing_is_saved(in_state, state):
    stale = Report.objects.get()
    report = in_state(state)
    before = rows()

    for part in SAVERS:
        for is_full in (True, False):
            for handle in (report, stale):
                with pytest.raises(ReportLocked):
                    _save(handle, part, is_full=is_full)

    assert rows() == before


def test_returned_report_may_be_saved_again(in_state):
    report = in_state(ReportState.RETURNED)

    _save(report, "narrative:overview")

    assert read_filled(report).narratives["overview"] == "概况。\n第二段。"


def test_save_answers_refuses_an_indicator_of_another_group_and_saves_nothing(zengcheng_report):
    before = rows()

    with pytest.raises(KeyError):
        save_answers(
            report=zengcheng_report,
            group=GROUP,
            answers={"benefit_goals": Answer()},
            version=None,
            by=None,
            at=LATER,
        )

    assert rows() == before


MESSY = "一\r\n二\r三\x0b四\x0c五\x00\x07\x1f六\x7f\x85七\u2028八\t九"
CLEAN = "一\n二\n三\n四\n五六\n七\n八\t九"


def test_save_keeps_no_character_that_cannot_be_read_back_or_printed(empty_report):
    narrative = partial(save_narrative, section="overview", text=MESSY)
    goals = partial(
        save_goals,
        goals=[
            Goal(
                MESSY,
                "output",
                unit=MESSY[:8],
                target_text=MESSY,
                actual_text=MESSY,
                deviation_reason=MESSY,
            )
        ],
    )
    tasks = partial(save_key_tasks, key_tasks=[KeyTask(MESSY, progress=MESSY)])
    code, answer = "procurement_compliance", ANSWERS["procurement_compliance"]
    answers = partial(
        save_answers, group=GROUP, answers={code: replace(answer, deduction_reason=MESSY)}
    )

    for save in (narrative, goals, tasks, answers):
        save(report=empty_report, version=None, by=None, at=LATER)

    figures, narratives = _stored(empty_report)
    assert narratives == {"overview": CLEAN}
    assert figures.goals == (
        Goal(
            CLEAN,
            "output",
            unit="一\n二\n三\n四",
            target_text=CLEAN,
            actual_text=CLEAN,
            deviation_reason=CLEAN,
        ),
    )
    assert figures.key_tasks == (KeyTask(CLEAN, progress=CLEAN),)
    assert figures.answers == {code: replace(answer, deduction_reason=CLEAN)}
    assert stored_result(Report.objects.get()) == score(
        as_scoring_scheme(empty_report.scheme), figures
    )


@pytest.mark.parametrize("part", SAVERS)
@pytest.mark.parametrize("is_full", [True, False])
def test_save_returns_the_report_as_it_is_read_afterwards(zengcheng_report, part, is_full):
    saved = _save(zengcheng_report, part, is_full=is_full)

    read = read_filled(Report.objects.get())
    assert (saved.figures, saved.narratives, saved.result) == (
        read.figures,
        read.narratives,
        read.result,
    )
    assert [saved.version(other) for other in SAVERS] == [read.version(other) for other in SAVERS]
    assert (saved.report.revision, saved.report.changed_at) == (
        read.report.revision,
        read.report.changed_at,
    )


def test_save_of_a_group_that_is_gone_is_refused_as_changed(zengcheng_report):
    before = rows()

    with pytest.raises(PartChanged) as refused:
        save_answers(
            report=zengcheng_report, group="gone", answers={}, version=None, by=None, at=LATER
        )

    assert (refused.value.part, rows()) == ("answers:gone", before)


@pytest.mark.parametrize("count", [1, 40])
def test_save_costs_the_same_queries_for_any_number_of_rows(
    empty_report, count, django_assert_num_queries
):
    goals = [replace(GOALS[0], name=f"目标{number}") for number in range(count)]
    read_filled(empty_report).version("goals")

    with django_assert_num_queries(12):  # begin and end of a savepoint included
        save_goals(report=empty_report, goals=goals, version=None, by=None, at=LATER)
