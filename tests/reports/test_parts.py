"""The task list: what each part still lacks, over an empty, a half and a complete report."""

from decimal import Decimal

import pytest

from perfeval.reports.filled import read_filled
from perfeval.reports.parts import (
    FIGURES,
    GOALS,
    KEY_TASKS,
    PartState,
    answers_part,
    group_of,
    narrative_part,
    part_of_problem,
)
from perfeval.reports.queries import stored_result
from perfeval.reports.services import (
    save_answers,
    save_figures,
    save_goals,
    save_key_tasks,
    save_narrative,
)
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.figures import KeyTask
from perfeval.scoring.result import Problem, Severity
from tests.conftest import AT

EMPTY, HALF, FULL = PartState.NOT_STARTED, PartState.INCOMPLETE, PartState.COMPLETE


def _progress(report):
    report.refresh_from_db()
    return read_filled(report).progress()


def _states(report) -> dict[str, PartState]:
    return {line.part: line.state for line in _progress(report)}


#: Every part of the Zengcheng report in the order in which it is filled in.
ORDER = [
    FIGURES,
    KEY_TASKS,
    GOALS,
    *(
        answers_part(group)
        for group in (
            "overall_effectiveness",
            "budgeting",
            "budget_execution",
            "disclosure",
            "performance_management",
            "procurement",
            "assets",
            "operating_cost",
        )
    ),
]
#: Sections that the scheme does not require: nothing is lacking while they are empty.
OPTIONAL = {"income_expenditure", "goal_setting", "conclusion"}


def _sections(report) -> list[str]:
    scheme = as_scoring_scheme(report.scheme)
    return [section.code for section in scheme.outline if section.takes_text]


def test_empty_report_has_every_part_to_start_in_filling_order(empty_report):
    sections = _sections(empty_report)

    states = _states(empty_report)

    assert list(states) == ORDER + [narrative_part(code) for code in sections]
    assert states == dict.fromkeys(ORDER, EMPTY) | {
        narrative_part(code): FULL if code in OPTIONAL else EMPTY for code in sections
    }


@pytest.mark.parametrize("which", ["zengcheng_report", "guangzhou_report"])
def test_complete_report_has_every_part_complete(which, request):
    found = {(line.state, line.is_complete) for line in _progress(request.getfixturevalue(which))}

    assert found == {(FULL, True)}


def test_scheme_that_asks_for_neither_goals_nor_key_tasks_lists_neither(guangzhou_report):
    assert not {GOALS, KEY_TASKS} & _states(guangzhou_report).keys()


def test_part_that_is_not_asked_for_is_listed_while_it_holds_something(guangzhou_report):
    task = KeyTask("科普", Decimal(1), None)

    save_key_tasks(report=guangzhou_report, key_tasks=[task], version=None, by=None, at=AT)

    assert _states(guangzhou_report)[KEY_TASKS] == HALF


def test_half_report_tells_started_from_unfinished_and_done(zengcheng_report):
    figures = read_filled(zengcheng_report).figures
    told = {"report": zengcheng_report, "version": None, "by": None, "at": AT}

    save_figures(
        amounts={"total.adjusted_budget": figures.amounts["total.adjusted_budget"]}, **told
    )
    save_goals(goals=figures.goals[:1], **told)
    save_key_tasks(key_tasks=(), **told)
    save_answers(group="budgeting", answers={}, **told)
    save_answers(
        group="procurement",
        answers={"intention_disclosure": figures.answers["intention_disclosure"]},
        **told,
    )
    save_narrative(section="problems", text="", **told)
    save_narrative(section="improvements", text="字" * 2001, **told)

    changed = {part: state for part, state in _states(zengcheng_report).items() if state != FULL}
    assert changed == {
        FIGURES: HALF,
        GOALS: HALF,
        KEY_TASKS: EMPTY,
        answers_part("overall_effectiveness"): HALF,
        answers_part("budgeting"): EMPTY,
        answers_part("budget_execution"): HALF,
        answers_part("procurement"): HALF,
        narrative_part("problems"): EMPTY,
        narrative_part("improvements"): HALF,
    }


def test_every_problem_stands_at_exactly_one_part(empty_report):
    result = stored_result(empty_report)
    lines = _progress(empty_report)

    listed = [problem for line in lines for problem in line.problems]
    sections = [problem for problem in listed if problem.place.startswith("section:")]
    assert sorted(map(repr, listed)) == sorted(map(repr, [*result.all_problems(), *sections]))


def test_warning_alone_leaves_a_part_complete(zengcheng_report):
    figures = read_filled(zengcheng_report).figures
    over = figures.amounts | {"total.initial_budget": figures.amounts["total.initial_budget"]}
    over["project.executed_amount"], over["basic.executed_amount"] = (
        over["project.executed_amount"] + 1,
        over["basic.executed_amount"] - 1,
    )

    save_figures(report=zengcheng_report, amounts=over, version=None, by=None, at=AT)

    (line,) = [line for line in _progress(zengcheng_report) if line.part == FIGURES]
    assert [(problem.code, problem.severity) for problem in line.problems] == [
        ("actual_above_budget", Severity.WARNING)
    ]
    assert line.state == FULL


def test_titles_are_the_schemes_and_empty_for_the_fixed_parts(empty_report):
    scheme = as_scoring_scheme(empty_report.scheme)
    groups = {group.code: group.name for group in scheme.scored_groups()}
    sections = {section.code: section.title for section in scheme.outline}

    for line in _progress(empty_report):
        expected = {"answers": groups, "narrative": sections}.get(line.kind, {})
        assert line.title == expected.get(line.code, "")


@pytest.mark.parametrize(
    ("code", "place", "part"),
    [
        ("amount_missing", "amount:total.executed_amount", FIGURES),
        ("goal_name_missing", "goal:3", GOALS),
        ("key_task_name_missing", "key_task:0", KEY_TASKS),
        ("input_missing", "indicator:result_use", "answers:performance_management"),
        ("no_rule", "indicator:performance_management", "answers:performance_management"),
        ("no_rule", "indicator:no_such", FIGURES),
        ("narrative_missing", "section:overview", "narrative:overview"),
        ("no_goals", "report", GOALS),
        ("key_tasks_above_project", "report", KEY_TASKS),
        ("unknown_answer", "report", FIGURES),
    ],
)
def test_part_of_problem_names_the_page_that_mends_it(zengcheng_scheme, code, place, part):
    problem = Problem(code, Severity.ERROR, place)

    assert part_of_problem(as_scoring_scheme(zengcheng_scheme), problem) == part


@pytest.mark.parametrize("which", ["zengcheng_scheme", "guangzhou_scheme"])
def test_every_leaf_has_a_page(which, request):
    scheme = as_scoring_scheme(request.getfixturevalue(which))

    astray = [leaf.code for leaf in scheme.leaves() if group_of(scheme, leaf.code) is None]

    assert astray == []
