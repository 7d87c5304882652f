"""Scoring a whole report: totals, grades, reasons, and problems instead of exceptions."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from perfeval.scoring.caps import grade_of
from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Figures
from perfeval.scoring.result import Problem, Result, Severity
from perfeval.scoring.scheme.tree import GradeBand, Indicator, Rule
from tests.scoring.building import LEAF, figures_of, fixture, rule_of, scheme_of

PLACE = f"indicator:{LEAF}"


def _scored(kind: str, answer: dict[str, Any], weight: int = 10, **rule: Any) -> Result:
    parameters = rule.pop("parameters", {})
    return score(scheme_of(rule_of(kind, parameters, **rule), weight), figures_of(answer, []))


NINE_OF_TEN = {"numerator": Decimal(9), "denominator": Decimal(10)}


def test_empty_report_is_incomplete_with_a_problem_for_each_leaf_and_no_exception() -> None:
    scheme, _ = fixture("zengcheng_2022")

    result = score(scheme, Figures())

    assert (result.total, result.grade, result.is_complete) == (Decimal(0), "", False)
    assert (result.answered_weight, result.answered_leaf_count) == (Decimal(0), 0)
    leaves = [node for node in result.walk() if not node.children]
    assert [leaf.code for leaf in leaves if leaf.points is not None] == []
    assert [leaf.code for leaf in leaves if not leaf.problems] == []
    assert {problem.severity for problem in result.all_problems()} == {Severity.MISSING}


def test_half_answered_report_adds_what_is_scored_and_gives_no_grade() -> None:
    scheme, figures = fixture("zengcheng_2022")
    answers = {code: figures.answers[code] for code in ("ex_ante_assessment", "budget_constraint")}

    result = score(scheme, replace(figures, answers=answers, goals=()))

    assert result.total == Decimal("14.95")  # 3 + 2 + 支出率 9.95
    assert result.answered_weight == Decimal(15)
    assert (result.grade, result.is_complete) == ("", False)
    assert result.indicator("budget_execution").points == Decimal(2)
    assert result.indicator("budget_execution").lost_points is None
    assert result.indicator("budget_execution").score_rate is None


def test_total_adds_rounded_leaves_not_the_exact_ones() -> None:
    rule = rule_of("rate", {"numerator": Decimal(1), "denominator": Decimal(3)}, loss_phrase="低")
    leaves = tuple(Indicator(f"leaf_{n}", "项", 2, Decimal(1), rule=rule) for n in range(3))
    scheme = scheme_of(rule, 3)
    root = Indicator("root", "总", 1, Decimal(3), children=leaves)

    result = score(replace(scheme, indicators=(root,)), Figures())

    assert result.total == Decimal("0.99")
    assert result.indicator("root").points == Decimal("0.99")
    assert result.indicator("root").score_rate_text == "33%"


@pytest.mark.parametrize(
    ("total", "word"),
    [("100", "优"), ("90.00", "优"), ("89.99", "良"), ("80", "良"), ("60", "中"), ("59.99", "差")],
)
def test_grade_is_the_first_band_that_the_total_reaches(total: str, word: str) -> None:
    scheme, _ = fixture("zengcheng_2022")

    assert grade_of(scheme, Decimal(total)) == word


def test_grade_is_empty_below_the_last_band() -> None:
    scheme = replace(
        scheme_of(rule_of("manual", {}), 10), grade_bands=(GradeBand("优", Decimal(9)),)
    )

    assert grade_of(scheme, Decimal(8)) == ""


def test_computed_loss_without_phrase_or_reason_is_an_error() -> None:
    problems = _scored("rate", {}, parameters=NINE_OF_TEN).all_problems()

    told = {"points": "9", "weight": "10"}
    assert problems == (Problem("reason_missing", Severity.ERROR, PLACE, told),)


def test_computed_loss_is_explained_by_the_phrase() -> None:
    phrase = "支出率{rate}，得{points}分，失{lost}分，满分{weight}分"

    result = _scored("rate", {}, parameters=NINE_OF_TEN, loss_phrase=phrase)

    assert result.all_problems() == ()
    assert result.indicator(LEAF).reason == "支出率90%，得9分，失1分，满分10分"


def test_computed_loss_is_explained_by_what_the_filler_typed() -> None:
    result = _scored("rate", {"deduction_reason": "项目延期"}, parameters=NINE_OF_TEN)

    assert result.all_problems() == ()
    assert result.indicator(LEAF).reason == "项目延期"


def test_computed_loss_and_deduction_give_both_reasons_and_both_steps() -> None:
    answer = {"deduction_points": Decimal(1), "deduction_reason": "资料不全。"}

    leaf = _scored(
        "rate", answer, parameters=NINE_OF_TEN, loss_phrase="支出率{rate}", deduction_allowed=True
    ).indicator(LEAF)

    assert (leaf.points, leaf.deduction_points, leaf.lost_points) == (8, 1, 2)
    assert (leaf.computed_reason, leaf.deduction_reason) == ("支出率90%", "资料不全。")
    assert leaf.reason == "支出率90%；资料不全。"
    assert [step.expression for step in leaf.steps] == ["10 × 9 ÷ 10", "9 − 1"]


def test_deduction_without_reason_is_told_once_beside_a_computed_loss() -> None:
    answer = {"deduction_points": Decimal(1)}

    result = _scored("rate", answer, parameters=NINE_OF_TEN, deduction_allowed=True)

    assert [problem.code for problem in result.all_problems()] == ["deduction_without_reason"]


def test_deduction_where_the_scheme_allows_none_is_refused() -> None:
    answer = {"deduction_points": Decimal(1), "deduction_reason": "资料不全"}

    result = _scored("rate", answer, parameters=NINE_OF_TEN)

    assert result.indicator(LEAF).points == Decimal(9)
    assert [problem.code for problem in result.all_problems()] == ["deduction_not_allowed"]


def test_reason_at_full_marks_is_a_warning_and_no_reason_for_loss() -> None:
    full = {"numerator": Decimal(10), "denominator": Decimal(10)}

    result = _scored("rate", {"deduction_reason": "进展顺利"}, parameters=full)

    told = {"points": "10", "weight": "10"}
    assert result.all_problems() == (
        Problem("reason_at_full_marks", Severity.WARNING, PLACE, told),
    )
    assert result.indicator(LEAF).reason == ""


def test_unknown_answers_and_inputs_are_problems() -> None:
    scheme = scheme_of(rule_of("manual", {}), 10)
    answers = {
        LEAF: Answer(inputs={"colour": "red"}, deduction_points=Decimal(0)),
        "elsewhere": Answer(),
    }

    assert score(scheme, Figures(answers=answers)).all_problems() == (
        Problem("unknown_answer", Severity.ERROR, "report", {"code": "elsewhere"}),
        Problem("unknown_input", Severity.ERROR, PLACE, {"input": "colour"}),
    )


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (None, "no_rule"),
        (Rule("no_such_kind"), "no_rule"),
        (Rule("rate"), "rule_invalid"),
        (Rule("rate", {"numerator": Decimal(1), "denominator": 2.5}), "rule_invalid"),
        (Rule("yes_no", {"met": "answer.is_met"}), "unknown_reference"),
        (
            Rule("rate", {"numerator": "total.spent", "denominator": Decimal(1)}),
            "unknown_reference",
        ),
    ],
)
def test_unusable_rule_is_a_problem_not_an_exception(rule: Rule | None, code: str) -> None:
    leaf = Indicator(LEAF, "项", 1, Decimal(10), rule=rule)
    scheme = replace(scheme_of(rule_of("manual", {}), 10), indicators=(leaf,))

    result = score(scheme, Figures())

    assert [(problem.code, problem.place) for problem in result.all_problems()] == [(code, PLACE)]
    assert result.is_complete is False


def test_adjustment_counts_outside_the_full_score() -> None:
    scheme, figures = fixture("guangzhou_2021")
    bonus = Answer(
        inputs={"bonus_points": Decimal(7), "penalty_points": Decimal("1.5")},
        deduction_reason="获国家级表彰",
    )

    result = score(scheme, replace(figures, answers={**figures.answers, "adjustment": bonus}))

    assert (result.base_total, result.adjustment_total, result.total) == (
        Decimal("93.89"),
        Decimal("3.50"),
        Decimal("97.39"),
    )
    node = result.indicator("adjustment")
    assert result.answered_weight == Decimal(100)
    assert (node.score_rate, node.lost_points, node.is_adjustment) == (None, Decimal(0), True)


def test_penalty_is_lost_points_of_the_adjustment() -> None:
    scheme, figures = fixture("guangzhou_2021")
    penalty = Answer(
        inputs={"bonus_points": Decimal(0), "penalty_points": Decimal(2)},
        deduction_reason="被通报",
    )

    result = score(scheme, replace(figures, answers={**figures.answers, "adjustment": penalty}))

    assert result.indicator("adjustment").lost_points == Decimal(2)
    assert result.total == Decimal("91.89")


def test_used_inputs_say_where_each_number_came_from() -> None:
    result = score(*fixture("zengcheng_2022"))

    used = result.indicator("budget_execution_rate").inputs
    assert [(one.reference, one.label, one.value, one.unit) for one in used] == [
        ("total.executed_amount", "部门整体支出实际支出数", "639.15", "万元"),
        ("total.adjusted_budget", "部门整体支出调整预算数（年度预算数）", "642.40", "万元"),
    ]
    checked = result.indicator("performance_disclosure").inputs
    assert [(one.reference, one.value) for one in checked] == [
        ("answer.disclosed", "绩效目标、绩效自评资料")
    ]


def test_float_in_the_figures_is_refused() -> None:
    scheme, figures = fixture("zengcheng_2022")
    amounts: dict[str, Any] = {**figures.amounts, "total.executed_amount": 639.15}

    with pytest.raises(TypeError, match=r"^not an exact number: 639\.15 \(float\)$"):
        score(scheme, replace(figures, amounts=amounts))
