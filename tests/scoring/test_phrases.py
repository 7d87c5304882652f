"""Official sentences: what is filled in, what stays blank, what is said of lost points."""

from dataclasses import replace
from decimal import Decimal

from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Figures
from perfeval.scoring.result import RateResult
from perfeval.scoring.scheme import phrases
from tests.scoring.building import fixture

SCHEME, FIGURES = fixture("zengcheng_2022")


def _values(figures: Figures) -> dict[str, str]:
    return phrases.report_values(
        SCHEME, figures, score(SCHEME, figures), department="某协会", short_name="协会"
    )


def test_every_name_that_phrases_may_use_has_a_value_in_a_complete_report() -> None:
    values = _values(FIGURES)

    optional = {name for name in SCHEME.amount_references() if name not in FIGURES.amounts}
    assert phrases.report_names(SCHEME) - values.keys() == optional
    assert values.keys() <= phrases.report_names(SCHEME)


def test_what_is_not_there_yet_is_left_blank() -> None:
    text = phrases.fill("支出率{rate.execution}，等级为{grade}。", _values(Figures()))

    assert text == "支出率＿＿，等级为＿＿。"


def test_stray_braces_and_names_are_found() -> None:
    assert list(phrases.placeholders("{year}年{Total}与{a.b}}")) == ["year", "a.b", "{", "}", "}"]


def test_computed_and_typed_reasons_stand_side_by_side_with_their_own_points() -> None:
    leaf = SCHEME.indicator("output_goals")
    short = replace(FIGURES.goals[0], actual_value=Decimal(28), deviation_reason="受疫情影响")
    answers = {
        **FIGURES.answers,
        leaf.code: Answer(deduction_points=Decimal(1), deduction_reason="台账不全。"),
    }
    figures = replace(FIGURES, goals=(short, *FIGURES.goals[1:]), answers=answers)

    node = score(SCHEME, figures).indicator(leaf.code)

    assert phrases.item_sentence(SCHEME, node, {}) == (
        "部门整体绩效目标产出指标完成情况分值20分，评价得分18.33分，得分率91.65%，主要原因是："
        "产出指标平均完成率为96.67%，按评分标准计19.33分；台账不全，酌情扣减1分"
    )


def test_group_that_lost_points_names_only_the_reasons() -> None:
    node = score(SCHEME, FIGURES).indicator("performance_management")

    assert phrases.group_paragraph(SCHEME, node, {}) == (
        "绩效管理分值15分，评价得分12.5分，得分率83.33%，主要原因是："
        "绩效管理制度对绩效评价管理的规定不够完整，酌情扣减1.5分；"
        "评价结果应用的规定和做法尚有缺漏，酌情扣减1分。"
    )


def test_group_not_yet_answered_is_written_with_blanks() -> None:
    node = score(SCHEME, Figures()).indicator("budgeting")

    assert phrases.group_paragraph(SCHEME, node, {}) == (
        "预算编制分值3分，评价得分＿＿分，得分率＿＿，主要原因是：＿＿。"
    )


def test_key_task_is_written_with_what_is_known() -> None:
    rate = RateResult("key_task:0", "统筹", None, Decimal("35.35"), None)

    text = phrases.fill(SCHEME.phrases["key_task"], phrases.key_task_values(rate))

    assert text == "统筹：项目支出预算35.35万元，实际支出＿＿万元，预算执行率＿＿。"
