"""Figures that are missing or contradict each other are named at the cell, goal or task."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from perfeval.scoring.consistency import check_figures
from perfeval.scoring.figures import Figures, GoalDirection, KeyTask
from perfeval.scoring.result import Problem, Severity
from perfeval.scoring.scheme.tree import Scheme
from tests.scoring.building import fixture

SCHEME, FIGURES = fixture("zengcheng_2022")
WHOLE, ADJUSTED, SPENT = "部门整体支出", "调整预算数（年度预算数）", "实际支出数"


def _with_amounts(scheme: Scheme = SCHEME, **cells: str) -> tuple[Problem, ...]:
    changed = {name.replace("__", "."): Decimal(amount) for name, amount in cells.items()}
    return check_figures(scheme, replace(FIGURES, amounts={**FIGURES.amounts, **changed}))


def _with_goal(**changed: Any) -> list[tuple[str, str, str]]:
    goal = replace(FIGURES.goals[0], **changed)
    found = check_figures(SCHEME, replace(FIGURES, goals=(goal, *FIGURES.goals[1:])))
    return [(problem.code, problem.severity, problem.place) for problem in found]


def _with_tasks(*tasks: KeyTask) -> tuple[Problem, ...]:
    return check_figures(SCHEME, replace(FIGURES, key_tasks=tasks))


def test_published_figures_have_no_problems() -> None:
    assert check_figures(SCHEME, FIGURES) == ()


def test_required_amounts_are_missing_in_an_empty_report() -> None:
    found = check_figures(SCHEME, Figures())

    assert [problem.place for problem in found if problem.code == "amount_missing"] == [
        "amount:total.initial_budget",
        "amount:total.adjusted_budget",
        "amount:total.executed_amount",
        "amount:basic.adjusted_budget",
        "amount:basic.executed_amount",
        "amount:project.adjusted_budget",
        "amount:project.executed_amount",
    ]
    assert found[0] == Problem(
        "amount_missing",
        Severity.MISSING,
        "amount:total.initial_budget",
        {"line": WHOLE, "column": "年初预算数"},
    )


def test_categories_that_a_rule_averages_need_a_goal() -> None:
    found = [problem for problem in check_figures(SCHEME, Figures()) if problem.code == "no_goals"]

    assert [problem.parameters for problem in found] == [
        {"category": "output", "name": "产出指标"},
        {"category": "benefit", "name": "效益指标"},
        {"category": "satisfaction", "name": "满意度指标"},
    ]
    assert {(problem.severity, problem.place) for problem in found} == {
        (Severity.MISSING, "report")
    }


def test_parts_that_do_not_add_up_are_named_with_both_sums() -> None:
    assert _with_amounts(basic__adjusted_budget="552.96") == (
        Problem(
            "sum_mismatch",
            Severity.ERROR,
            "amount:total.adjusted_budget",
            {
                "line": WHOLE,
                "column": ADJUSTED,
                "breakdown": "按支出性质",
                "stated": "642.40",
                "computed": "642.67",
                "difference": "-0.27",
            },
        ),
    )


def test_parts_are_not_added_while_one_is_missing() -> None:
    assert _with_amounts(fiscal_appropriation__adjusted_budget="1.00") == ()


def test_spending_above_the_adjusted_budget_is_a_warning_at_the_cell() -> None:
    found = _with_amounts(total__executed_amount="643.00", basic__executed_amount="553.77")

    assert [(problem.code, problem.severity, problem.place) for problem in found] == [
        ("actual_above_budget", Severity.WARNING, "amount:total.executed_amount"),
        ("actual_above_budget", Severity.WARNING, "amount:basic.executed_amount"),
    ]
    assert found[0].parameters == {
        "line": WHOLE,
        "budget": "642.40",
        "executed": "643.00",
        "difference": "0.60",
    }


def test_spending_of_the_whole_budget_is_no_warning() -> None:
    assert _with_amounts(project__executed_amount="89.71", total__executed_amount="639.63") == ()


def test_spending_is_compared_with_nothing_where_no_adjusted_column_exists() -> None:
    scheme, figures = fixture("guangzhou_2021")
    amounts = {**figures.amounts, "fiscal_appropriation.executed_amount": Decimal(32000)}

    assert check_figures(scheme, replace(figures, amounts=amounts)) == ()


_NEGATIVE = [("amount_negative", Severity.WARNING, "amount:personnel.initial_budget")]


@pytest.mark.parametrize(
    ("amount", "codes"),
    [
        ("0.001", ["amount_too_precise"]),
        ("99999999.99", []),
        ("100000000.00", ["amount_above_limit"]),
        ("-100000000.00", ["amount_above_limit"]),
    ],
)
def test_amounts_outside_their_form_are_errors(amount: str, codes: list[str]) -> None:
    found = _with_amounts(personnel__initial_budget=amount)

    assert [(problem.code, problem.severity, problem.place) for problem in found] == [
        *_NEGATIVE[: amount.startswith("-")],
        *((code, Severity.ERROR, "amount:personnel.initial_budget") for code in codes),
    ]


def test_amount_below_zero_is_kept_with_a_warning() -> None:
    found = _with_amounts(personnel__initial_budget="-0.35")

    assert [(problem.code, problem.severity, problem.place) for problem in found] == _NEGATIVE


def test_unknown_amount_is_an_error() -> None:
    assert _with_amounts(total__colour="1") == (
        Problem(
            "unknown_amount", Severity.ERROR, "amount:total.colour", {"reference": "total.colour"}
        ),
    )


def test_key_task_needs_both_amounts_and_a_name() -> None:
    found = _with_tasks(KeyTask(" "))

    assert [
        (problem.code, problem.place, problem.parameters.get("field")) for problem in found
    ] == [
        ("key_task_name_missing", "key_task:0", None),
        ("key_task_amount_missing", "key_task:0", "adjusted_budget_wan"),
        ("key_task_amount_missing", "key_task:0", "executed_amount_wan"),
    ]


def test_key_tasks_above_their_budget_and_above_all_projects_are_warnings() -> None:
    tasks = (
        KeyTask("统筹科普", Decimal("35.35"), Decimal("36.00")),
        KeyTask("其他", Decimal("54.36"), Decimal("53.24")),
    )

    found = _with_tasks(*tasks)

    assert [(problem.code, problem.severity, problem.place) for problem in found] == [
        ("key_task_above_budget", Severity.WARNING, "key_task:0"),
        ("key_tasks_above_project", Severity.WARNING, "report"),
    ]
    assert found[1].parameters == {
        "label": f"项目支出{SPENT}",
        "sum": "89.24",
        "stated": "89.23",
        "difference": "0.01",
    }


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"actual_value": None}, ("goal_actual_missing", "missing")),
        ({"target_value": None}, ("goal_target_missing", "missing")),
        ({"target_value": Decimal(0)}, ("goal_target_not_positive", "error")),
        ({"actual_value": Decimal(34)}, ("goal_reason_missing", "error")),
        ({"weight": Decimal(0)}, ("goal_weight_not_positive", "error")),
        ({"category": "luck"}, ("goal_unknown_category", "error")),
        ({"kind": "luck"}, ("goal_unknown_kind", "error")),
        ({"name": ""}, ("goal_name_missing", "missing")),
        ({"direction": GoalDirection.QUALITATIVE}, ("goal_completion_missing", "missing")),
        (
            {"direction": GoalDirection.QUALITATIVE, "completion_percent": Decimal(101)},
            ("goal_completion_out_of_range", "error"),
        ),
    ],
)
def test_goal_that_cannot_be_judged_is_named(
    changed: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert _with_goal(**changed) == [(*expected, "goal:0")]


@pytest.mark.parametrize(("actual", "asks"), [("45.5", False), ("45.6", True), ("105", True)])
def test_goal_far_above_its_target_is_asked_for_the_reason(actual: str, *, asks: bool) -> None:
    assert _with_goal(actual_value=Decimal(actual)) == (
        [("goal_exceeded", "warning", "goal:0")] if asks else []
    )
    assert _with_goal(actual_value=Decimal(actual), deviation_reason="新增任务") == []


def test_goal_below_target_with_a_reason_is_fine() -> None:
    assert _with_goal(actual_value=Decimal(34), deviation_reason="受疫情影响") == []


def test_reverse_goal_may_aim_at_zero() -> None:
    reverse = {"direction": GoalDirection.REVERSE, "target_value": Decimal(0)}

    assert _with_goal(**reverse, actual_value=Decimal(0)) == []
    assert _with_goal(**reverse, actual_value=Decimal(1)) == [
        ("goal_reason_missing", "error", "goal:0")
    ]
