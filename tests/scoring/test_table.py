"""The table of all rule kinds and modifiers: case file, worked example, property test, sentences.

``pytest -s -k table_is_printed`` prints it.
"""

import sys
from dataclasses import dataclass
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from perfeval.scoring.engine import score
from perfeval.scoring.rules.kinds import RULES
from perfeval.words.rule_kinds import KINDS as KINDS_IN_WORDS
from perfeval.words.scoring import STEPS
from tests.scoring import (
    test_formula,
    test_modifiers,
    test_rule_properties,
    test_rules,
)
from tests.scoring.building import CASES, MODIFIERS, fixture, load, scored_case

SOURCES: tuple[ModuleType, ...] = (test_rules, test_rule_properties, test_modifiers, test_formula)


@dataclass(frozen=True)
class Row:
    """A kind or modifier: its file, the case that is the worked example, and its property test."""

    name: str
    file: str
    example: str
    points: str
    property_test: str


KINDS = (
    Row("K1", "rate", "增城区科协2022年部门预算资金支出率", "9.95", "test_rate_stays_within_the_weight_and_grows_with_the_numerator"),
    Row("K2", "ratio_up", "生态办结率 81/100", "4.86", "test_ratio_up_grows_and_ratio_down_falls_with_the_actual"),
    Row("K3", "ratio_down", "预算控制数 ≤104，实际 103.97", "10", "test_ratio_up_grows_and_ratio_down_falls_with_the_actual"),
    Row("K4", "bands", "重点支出安排率 80%", "4", "test_bands_give_the_points_of_exactly_one_band"),
    Row("K4", "bands", "预算调整率 30%", "0.5", "test_bands_give_the_points_of_exactly_one_band"),
    Row("K5", "per_point", "“三公”经费变动率98.31%，每超1个百分点扣0.8", "0", "test_points_taken_off_by_count_never_rise_with_the_count"),
    Row("K6", "per_step", "预算完成率99.27%，每低于5%扣2分，不足一档", "8", "test_per_step_never_rises_with_the_excess_and_begun_steps_cost_more"),
    Row("K7", "per_defect", "资金使用合规性：两例", "1", "test_points_taken_off_by_count_never_rise_with_the_count"),
    Row("K8", "checklist", "管理制度健全性：①②③全部具备", "3", "test_checklist_adds_what_is_met_and_yes_no_gives_all_or_nothing"),
    Row("K8", "formula", "目标申报1＋1＋2，各项之内每处扣0.5、0.5、1", "1.5", "test_points_of_a_formula_stay_within_the_weight"),
    Row("K9", "yes_no", "有专人负责", "2", "test_checklist_adds_what_is_met_and_yes_no_gives_all_or_nothing"),
    Row("K10", "states", "资金结余：有但不超过上年结转", "2", "test_states_give_the_points_of_the_state_and_never_more_than_the_weight"),
    Row("K11", "deadline", "专项资金支付进度：三个专项逾期，每个扣0.5", "1.5", "test_points_taken_off_by_count_never_rise_with_the_count"),
    Row("K11", "deadline", "按时2分，逾期扣1分：逾期四天仍只扣1分", "1", "test_points_taken_off_by_count_never_rise_with_the_count"),
    Row("K12", "one_of", "择结转结余率", "10", "test_one_of_gives_what_the_chosen_rule_gives_alone"),
    Row("K13", "level", "四川：达成，90%", "9", "test_level_scores_the_percent_exactly_when_it_lies_in_the_level"),
    Row("K13", "level", "湖北：同为55%，属部分达成", "11", "test_level_scores_the_percent_exactly_when_it_lies_in_the_level"),
    Row("K14", "list_avg", "产出指标全部完成", "20", "test_list_avg_stays_within_the_weight_and_is_full_when_all_goals_are_met"),
    Row("K15", "split", "产出15分由4项目标分担，全部完成", "15", "test_split_stays_within_the_weight_grows_and_is_full_when_all_is_reached"),
    Row("K17", "manual", "效益指标酌情扣减1分", "19", "test_manual_takes_off_what_is_typed_and_never_more_than_there_is"),
    Row("K17", "manual", "绩效管理酌情扣减2.5分", "12.5", "test_manual_takes_off_what_is_typed_and_never_more_than_there_is"),
    Row("K18", "adjustment", "广州市科协2021年：加减分项0分", "0", "test_adjustment_stays_between_its_caps"),
    Row("K19", "imported", "政府考核92.5分折算", "9.25", "test_imported_score_grows_with_the_score_and_stays_within_the_weight"),
    Row("K20", "goal_ratio", "两个目标各占一半，各得40分", "80", "test_goal_ratio_stays_within_the_weight_and_is_full_when_all_is_reached"),
    Row("formula", "formula", "支出率×分值，用公式写", "9.95", "test_points_of_a_formula_stay_within_the_weight"),
)  # fmt: skip
OF_A_LEAF = (
    Row("cap at the weight", "cap_and_floor", "完成120%，最高计满分", "6", "test_ratio_up_grows_and_ratio_down_falls_with_the_actual"),
    Row("floor 0", "cap_and_floor", "5处问题，每处扣1分，3分扣完为止", "0", "test_points_taken_off_by_count_never_rise_with_the_count"),
    Row("rounding half up", "rounding", "增城：四舍五入保留两位，9.9494计9.95", "9.95", "test_rounding_of_a_rule_is_what_the_scheme_would_do_with_it"),
    Row("rounding half even", "rounding", "忠县2024：9.685逢五取偶也是9.68", "9.68", "test_rounding_of_a_rule_is_what_the_scheme_would_do_with_it"),
    Row("rounding truncate", "rounding", "忠县2024：10×96.85%，9.685计9.68，舍去", "9.68", "test_rounding_of_a_rule_is_what_the_scheme_would_do_with_it"),
    Row("whole points", "rounding", "鄂州：20×99.97%=19.994，取整计19", "19", "test_rounding_of_a_rule_is_what_the_scheme_would_do_with_it"),
    Row("digits of one rule", "rounding", "都昌：8.01计8", "8", "test_rounding_of_a_rule_is_what_the_scheme_would_do_with_it"),
    Row("choice of denominator", "denominator", "增城：若以年初预算为分母，8.02分", "8.02", "test_rate_stays_within_the_weight_and_grows_with_the_numerator"),
    Row("not applicable: full", "not_applicable", "本年度无新增项目，按满分计", "3", "test_what_does_not_apply_earns_full_marks_whatever_else_is_typed"),
    Row("automatic, editable", "override", "自动计算，可修改，须说明原因", "8.5", "test_typed_points_replace_the_computed_ones_only_within_the_weight"),
    Row("automatic, locked", "override", "锁定：没有可填之处", "8.89", "test_typed_points_replace_the_computed_ones_only_within_the_weight"),
)  # fmt: skip
OF_A_TREE = (
    Row("K16 optional", "reweight", "可选项：经济、社会、生态选两项，满意度不变", "47.5", "test_moved_weights_add_up_and_no_leaf_earns_more_than_it_has"),
    Row("not applicable: drop", "reweight", "退出一项，分值按比例转给同组，尾差补足", "13", "test_moved_weights_add_up_and_no_leaf_earns_more_than_it_has"),
    Row("cap on the total", "total_cap", "支出率79.99%：总分限为89", "89", "test_cap_never_lifts_the_total_or_the_grade"),
    Row("cap on the grade", "total_cap", "只限等级，总分不变", "96", "test_cap_never_lifts_the_total_or_the_grade"),
)  # fmt: skip
ROWS = (*KINDS, *OF_A_LEAF, *OF_A_TREE)


def _case(row: Row) -> dict[str, Any]:
    folder = CASES if row in KINDS else MODIFIERS
    (found,) = [
        case for case in load(folder / f"{row.file}.toml")["case"] if case["name"] == row.example
    ]
    return found


def _points_and_steps(row: Row) -> tuple[Decimal | None, set[str]]:
    """Return the points of the worked example and the codes of its steps."""
    case = _case(row)
    if row in OF_A_TREE:
        result = score(test_modifiers._scheme(case), test_modifiers._figures(case))
        return result.total, {step.code for node in result.walk() for step in node.steps}
    leaf = scored_case(row.file if row in KINDS else case["kind"], case)
    return leaf.points, {step.code for step in leaf.steps}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name} {row.file}: {row.example}")
def test_worked_example_gives_its_figure_and_every_step_has_a_sentence(row: Row) -> None:
    points, steps = _points_and_steps(row)

    assert points == Decimal(row.points)
    assert steps
    assert steps <= set(STEPS)
    assert any(hasattr(module, row.property_test) for module in SOURCES)


def test_table_names_every_kind_every_number_and_every_modifier() -> None:
    assert {row.file for row in KINDS} == set(RULES) == set(KINDS_IN_WORDS)
    assert {row.file for row in (*OF_A_LEAF, *OF_A_TREE)} == {
        path.stem for path in MODIFIERS.glob("*.toml")
    }
    numbers = {row.name.split()[0] for row in ROWS if row.name.startswith("K")}
    assert numbers == {f"K{n}" for n in range(1, 21)}


def test_totals_of_both_cases_are_the_published_ones() -> None:
    assert [score(*fixture(code)).total for code in ("zengcheng_2022", "guangzhou_2021")] == [
        Decimal("96.45"),
        Decimal("93.89"),
    ]


def test_table_is_printed() -> None:
    for row in ROWS:
        sys.stdout.write(f"{row.name:22} {row.file:14} {row.points:>6}  {row.example}\n")
        sys.stdout.write(f"{'':22} {row.property_test}\n")
