"""Every rule kind against its sourced cases, and against what must hold for any input."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval.scoring.engine import score
from perfeval.scoring.quantity import Rounding, format_percent, plain
from perfeval.scoring.rules.kinds import RULES
from tests.scoring.building import (
    AMOUNTS,
    CASES,
    COUNTS,
    LEAF,
    POSITIVE,
    ROUNDINGS,
    WEIGHTS,
    cases,
    figures_of,
    points_of,
    rule_of,
    scheme_of,
    scored_case,
)


def test_every_rule_kind_has_its_case_file() -> None:
    assert sorted(path.stem for path in CASES.glob("*.toml")) == sorted(RULES)


@pytest.mark.parametrize(("kind", "case"), cases())
def test_case_gives_its_points_steps_and_problems(kind: str, case: dict[str, Any]) -> None:
    result = scored_case(kind, case)

    assert case["source"]
    assert {
        "points": result.points,
        "steps": [
            f"{step.kind} {step.code} {step.expression} = {plain(step.value)}"
            for step in result.steps
        ],
        "problems": [problem.code for problem in result.problems],
    } == {
        "points": case.get("points"),
        "steps": case.get("steps", []),
        "problems": case.get("problems", []),
    }


@pytest.mark.parametrize(("kind", "case"), [case for case in cases() if "rate" in case.values[1]])
def test_case_names_its_rate_where_points_are_lost(kind: str, case: dict[str, Any]) -> None:
    result = scored_case(kind, case)

    is_lost = case["points"] < case["weight"]
    assert result.computed_reason == (case["rate"] if is_lost else "")


@given(WEIGHTS, ROUNDINGS, AMOUNTS, AMOUNTS, POSITIVE)
def test_rate_stays_within_the_weight_and_grows_with_the_numerator(
    weight: Decimal, rounding: Rounding, one: Decimal, other: Decimal, whole: Decimal
) -> None:
    low, high = sorted((one, other))

    fewer = points_of("rate", weight, rounding, numerator=low, denominator=whole)
    more = points_of("rate", weight, rounding, numerator=high, denominator=whole)

    assert 0 <= fewer <= more <= weight


@given(WEIGHTS, ROUNDINGS, AMOUNTS, AMOUNTS, POSITIVE)
def test_ratio_up_grows_and_ratio_down_falls_with_the_actual(
    weight: Decimal, rounding: Rounding, one: Decimal, other: Decimal, target: Decimal
) -> None:
    low, high = sorted((one, other))

    up = [points_of("ratio_up", weight, rounding, actual=a, target=target) for a in (low, high)]
    down = [points_of("ratio_down", weight, rounding, actual=a, target=target) for a in (low, high)]

    assert 0 <= up[0] <= up[1] <= weight
    assert weight >= down[0] >= down[1] >= 0


@given(WEIGHTS, ROUNDINGS, COUNTS, COUNTS, st.decimals(0, 5, places=2))
def test_points_taken_off_by_count_never_rise_with_the_count(
    weight: Decimal, rounding: Rounding, one: Decimal, other: Decimal, each: Decimal
) -> None:
    few, many = sorted((one, other))
    taken = {"points_each": each}

    for kind, name, more in (
        ("per_defect", "count", {}),
        ("deadline", "late", {}),
        ("deadline", "late", {"max_loss": Decimal(1)}),
        ("per_point", "value", {"threshold": Decimal(3)}),
        ("per_point", "value", {"threshold": Decimal(3), "whole": True}),
    ):
        first = points_of(kind, weight, rounding, **taken, **more, **{name: few})
        second = points_of(kind, weight, rounding, **taken, **more, **{name: many})
        assert weight >= first >= second >= 0


@given(ROUNDINGS, st.decimals(0, 200, places=4))
def test_bands_give_the_points_of_exactly_one_band(rounding: Rounding, value: Decimal) -> None:
    table = [
        {"at_least": Decimal(90), "points": Decimal(5)},
        {"at_least": Decimal(60), "below": Decimal(90), "points": Decimal(3)},
        {"below": Decimal(60), "points": Decimal(0)},
    ]

    points = points_of("bands", Decimal(5), rounding, value=value, bands=table)

    assert points == (5 if value >= 90 else 3 if value >= 60 else 0)


CODES = ("first", "second", "third")


@given(st.sets(st.sampled_from(CODES)), st.booleans())
def test_checklist_adds_what_is_met_and_yes_no_gives_all_or_nothing(
    met: set[str], is_met: bool
) -> None:
    table = {"first": Decimal("0.5"), "second": Decimal(1), "third": Decimal("1.5")}
    choices = [{"code": code, "label": code} for code in CODES]
    checklist = {
        "weight": Decimal(3),
        "parameters": {"met": "answer.met", "points": table},
        "inputs": [{"name": "met", "label": "met", "kind": "multiple", "choices": choices}],
        "answer": {"met": sorted(met)},
    }
    yes_no = {
        "weight": Decimal(3),
        "parameters": {"met": "answer.met"},
        "inputs": [{"name": "met", "label": "met", "kind": "yes_no"}],
        "answer": {"met": is_met},
    }

    assert scored_case("checklist", checklist).points == sum(table[code] for code in met)
    assert scored_case("yes_no", yes_no).points == (3 if is_met else 0)


GOALS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.just("目标"),
            "category": st.just("output"),
            "direction": st.sampled_from(("positive", "reverse", "equal")),
            "target_value": POSITIVE,
            "actual_value": AMOUNTS,
            "weight": st.decimals("0.1", 10, places=1),
            "deviation_reason": st.just("说明"),
        }
    ),
    min_size=1,
    max_size=5,
)


@given(WEIGHTS, ROUNDINGS, GOALS)
def test_list_avg_stays_within_the_weight_and_is_full_when_all_goals_are_met(
    weight: Decimal, rounding: Rounding, goals: list[dict[str, Any]]
) -> None:
    scheme = scheme_of(rule_of("list_avg", {"categories": ["output"]}), weight, rounding)
    met = [{**goal, "actual_value": goal["target_value"]} for goal in goals]

    points = score(scheme, figures_of({}, goals)).indicator(LEAF).points
    all_met = score(scheme, figures_of({}, met)).indicator(LEAF).points

    assert points is not None
    assert 0 <= points <= weight
    assert all_met == min(weight, rounding.apply(weight))


@given(WEIGHTS, ROUNDINGS, st.decimals(0, 100, places=2))
def test_manual_takes_off_what_is_typed_and_never_more_than_there_is(
    weight: Decimal, rounding: Rounding, deduction: Decimal
) -> None:
    scheme = scheme_of(rule_of("manual", {}), weight, rounding)
    answer = {"deduction_points": deduction, "deduction_reason": "说明"}

    points = score(scheme, figures_of(answer, [])).indicator(LEAF).points

    assert points is not None
    assert 0 <= points <= weight


@given(COUNTS, COUNTS, st.decimals(0, 10, places=1), st.decimals(0, 10, places=1))
def test_adjustment_stays_between_its_caps(
    bonus: Decimal, penalty: Decimal, bonus_cap: Decimal, penalty_cap: Decimal
) -> None:
    caps = {"bonus_cap": bonus_cap, "penalty_cap": penalty_cap}

    points = points_of("adjustment", bonus_cap, Rounding(), bonus=bonus, penalty=penalty, **caps)

    assert -penalty_cap <= points <= bonus_cap
    assert points == min(bonus, bonus_cap) - min(penalty, penalty_cap)


@settings(max_examples=300)
@given(st.integers(0, 500_000), st.integers(1, 500_000))
def test_printed_rate_agrees_with_whole_number_arithmetic(top: int, bottom: int) -> None:
    rate = Decimal(top) / 100, Decimal(bottom) / 100
    hundredths, rest = divmod(top * 10_000, bottom)
    hundredths += 2 * rest >= bottom
    is_whole = top * 100 % bottom == 0
    expected = (
        f"{top * 100 // bottom}%" if is_whole else f"{hundredths // 100}.{hundredths % 100:02}%"
    )

    assert format_percent(Fraction(rate[0]) / Fraction(rate[1])) == expected
