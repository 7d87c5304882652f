"""What is stated is what is scored: "=", refunds, rounding, cancelled projects, categories without goals."""

from dataclasses import replace
from decimal import Decimal

import pytest

from perfeval.scoring.engine import score
from perfeval.scoring.figures import BY_HAND, Answer, Figures, Goal, GoalDirection
from perfeval.scoring.result import Severity
from perfeval.scoring.scheme.tree import EqualGoals, Scheme
from tests.scoring.building import library

SCHEME, _ = library("central_project_2022")
MONEY = ("total", "fiscal_appropriation")


def goal(name: str, category: str, kind: str, weight: str, **changed: object) -> Goal:
    given = Goal(
        name=name,
        category=category,
        kind=kind,
        target_value=Decimal(1),
        actual_value=Decimal(1),
        weight=Decimal(weight),
    )
    return replace(given, **changed)  # type: ignore[arg-type]


def figures(*output: Goal, spent: str = "90.00", budget: str = "90.00") -> Figures:
    amounts = {
        f"{line.code}.{column}": Decimal(0)
        for line in SCHEME.figure_lines
        for column in line.columns
    }
    for line in MONEY:
        amounts |= {
            f"{line}.initial_budget": Decimal(90),
            f"{line}.adjusted_budget": Decimal(budget),
            f"{line}.executed_amount": Decimal(spent),
        }
    rest = (
        goal("规范办理", "benefit", "social", "30"),
        goal("群众满意", "satisfaction", "client", "10"),
    )
    return Figures(amounts=amounts, goals=(*output, *rest))


def equal_goal(target: str, actual: str) -> Goal:
    return goal(
        "补贴发放率", "output", "quantity", "50",
        direction=GoalDirection.EQUAL, target_value=Decimal(target), actual_value=Decimal(actual),
        unit="%", deviation_reason="两人未领取。",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("word", "target", "actual", "points", "text"),
    [
        (EqualGoals.PROPORTIONAL, "100", "98", "49.00", "98%"),
        (EqualGoals.PROPORTIONAL, "100", "100", "50.00", "100%"),
        (EqualGoals.PROPORTIONAL, "100", "125", "40.00", "80%"),
        (EqualGoals.PROPORTIONAL, "0", "3", "0.00", "0%"),
        (EqualGoals.PROPORTIONAL, "-4", "-5", "40.00", "80%"),
        (EqualGoals.PROPORTIONAL, "4", "-4", "0.00", "0%"),
        (EqualGoals.EXACT, "100", "98", "0.00", "0%"),
        (EqualGoals.UNSAID, "100", "98", "0.00", "0%"),
    ],
)
def test_what_an_equal_goal_earns_is_the_schemes_word(
    word: EqualGoals, target: str, actual: str, points: str, text: str
) -> None:
    scheme = replace(SCHEME, equal_goals=word)

    result = score(scheme, figures(equal_goal(target, actual)))

    assert result.indicator("output").points == Decimal(points)
    assert result.goal_completions[0].text == text


def test_library_says_what_equal_means() -> None:
    assert SCHEME.equal_goals is EqualGoals.PROPORTIONAL


def codes(scheme: Scheme, given: Figures) -> list[tuple[str, Severity]]:
    return [(problem.code, problem.severity) for problem in score(scheme, given).all_problems()]


def test_refund_is_kept_and_scores_nothing_for_execution() -> None:
    given = figures(goal("甲项", "output", "quantity", "50"), spent="-0.35")

    assert codes(SCHEME, given).count(("amount_negative", Severity.WARNING)) == len(MONEY)
    assert Severity.ERROR not in {
        severity for code, severity in codes(SCHEME, given) if code != "reason_missing"
    }
    assert score(SCHEME, given).indicator("execution").points == 0


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("33.34", "33.34", "33.33"), ("sum_rounded", Severity.WARNING)),
        (("33.33", "33.33", "33.33"), ("sum_rounded", Severity.WARNING)),
        (("33.34", "33.34", "33.34"), ("sum_mismatch", Severity.ERROR)),
        (("33.32", "33.33", "33.33"), ("sum_mismatch", Severity.ERROR)),
    ],
)
def test_parts_may_miss_their_sum_by_what_rounding_takes(
    parts: tuple[str, str, str], expected: tuple[str, Severity]
) -> None:
    given = figures(goal("甲项", "output", "quantity", "50"))
    amounts = dict(given.amounts) | {"total.adjusted_budget": Decimal(100)}
    lines = ("fiscal_appropriation", "carry_over", "other_funds")
    for line, part in zip(lines, parts, strict=True):
        amounts[f"{line}.adjusted_budget"] = Decimal(part)

    found = codes(SCHEME, replace(given, amounts=amounts))

    assert [one for one in found if one[0].startswith("sum_")] == [expected]


def test_cancelled_project_gets_its_points_by_hand_with_a_reason() -> None:
    given = figures(goal("甲项", "output", "quantity", "50"), spent="0", budget="0")
    assert ("denominator_zero", Severity.ERROR) in codes(SCHEME, given)

    answer = Answer({BY_HAND: True}, Decimal("2.5"), "项目年中取消，预算全部收回。")
    result = score(SCHEME, replace(given, answers={"execution": answer}))

    leaf = result.indicator("execution")
    assert (leaf.points, leaf.reason) == (Decimal("7.50"), "项目年中取消，预算全部收回。")
    assert [step.code for step in leaf.steps] == ["by_hand", "deduction"]
    assert result.all_problems() == ()
    assert result.is_complete


def test_points_by_hand_need_their_reason_and_are_no_way_round_the_rule() -> None:
    cancelled = figures(goal("甲项", "output", "quantity", "50"), spent="0", budget="0")
    silent = replace(cancelled, answers={"execution": Answer({BY_HAND: True}, Decimal(0))})
    assert ("denominator_zero", Severity.ERROR) in codes(SCHEME, silent)

    spent = figures(goal("甲项", "output", "quantity", "50"))
    answer = Answer({BY_HAND: True}, Decimal(1), "想少扣。")
    around = replace(spent, answers={"execution": answer})
    assert ("deduction_not_allowed", Severity.ERROR) in codes(SCHEME, around)


def test_category_without_goals_gets_its_points_by_hand() -> None:
    given = figures(goal("甲项", "output", "quantity", "50"))
    nobody = replace(given, goals=given.goals[:2])
    assert codes(SCHEME, nobody) == [
        ("no_goals", Severity.MISSING),
        ("goals_none", Severity.MISSING),
    ]

    answer = Answer({BY_HAND: True}, Decimal(0), "本项目没有服务对象。")
    result = score(SCHEME, replace(nobody, answers={"satisfaction": answer}))

    assert result.indicator("satisfaction").points == Decimal(10)
    assert result.all_problems() == ()


def test_typed_reason_is_printed_with_its_last_full_stop() -> None:
    given = figures(goal("甲项", "output", "quantity", "50"), spent="0", budget="0")
    answer = Answer({BY_HAND: True}, Decimal(1), "完成99.83%。已完成。")
    given = replace(given, answers={"execution": answer})

    assert score(SCHEME, given).indicator("execution").reason == "完成99.83%。已完成。"
    # What version 1 computed is computed so again: published reports of it carry its Result.
    before = score(SCHEME, given, engine_version=1)
    assert before.indicator("execution").reason == "完成99.83%。已完成"


def test_goal_far_above_its_target_is_asked_from_version_2_on() -> None:
    given = figures(goal("受理件数", "output", "quantity", "50", actual_value=Decimal(3)))

    assert codes(SCHEME, given) == [("goal_exceeded", Severity.WARNING)]
    assert score(SCHEME, given, engine_version=1).all_problems() == ()
