"""The two official schemes with their demonstration figures give the published reports' numbers."""

from decimal import Decimal

from perfeval.scoring.engine import score
from perfeval.scoring.scheme import phrases
from tests.scoring.building import fixture


def _points(code: str, *indicators: str) -> dict[str, str]:
    result = score(*fixture(code))
    return {name: phrases.indicator_values(result.indicator(name))["points"] for name in indicators}


def test_zengcheng_2022_gives_the_published_total_and_grade() -> None:
    result = score(*fixture("zengcheng_2022"))

    assert (result.total, result.grade, result.is_complete) == (Decimal("96.45"), "优", True)
    assert result.all_problems() == ()
    assert (result.leaf_count, result.answered_leaf_count) == (25, 25)


def test_zengcheng_2022_gives_the_published_points_of_every_group() -> None:
    assert _points(
        "zengcheng_2022",
        "overall_effectiveness",
        "output_goals",
        "benefit_goals",
        "budget_execution_rate",
        "budgeting",
        "budget_execution",
        "disclosure",
        "performance_management",
        "procurement",
        "assets",
        "operating_cost",
        "duty_effectiveness",
        "management_efficiency",
    ) == {
        "overall_effectiveness": "48.95",
        "output_goals": "20",
        "benefit_goals": "19",
        "budget_execution_rate": "9.95",
        "budgeting": "3",
        "budget_execution": "4",
        "disclosure": "4",
        "performance_management": "12.5",
        "procurement": "10",
        "assets": "10",
        "operating_cost": "4",
        "duty_effectiveness": "48.95",
        "management_efficiency": "47.5",
    }


def test_zengcheng_2022_prints_the_published_rates() -> None:
    result = score(*fixture("zengcheng_2022"))

    assert {rate.code: rate.text for rate in (*result.rates, *result.key_task_rates)} == {
        "execution": "99.49%",
        "basic_execution": "99.50%",
        "project_execution": "99.46%",
        "key_task:0": "99.83%",
    }
    assert {
        code: result.indicator(code).score_rate_text
        for code in (
            "overall_effectiveness",
            "output_goals",
            "benefit_goals",
            "budget_execution_rate",
            "performance_management",
        )
    } == {
        "overall_effectiveness": "97.90%",
        "output_goals": "100%",
        "benefit_goals": "95%",
        "budget_execution_rate": "99.50%",
        "performance_management": "83.33%",
    }


def test_zengcheng_2022_says_the_spending_rate_as_one_number() -> None:
    scheme, figures = fixture("zengcheng_2022")
    result = score(scheme, figures)
    values = phrases.report_values(
        scheme, figures, result, department="增城区科学技术协会", short_name="区科协"
    )
    texts = [phrases.fill(scheme.phrases["income_expenditure"], values)]
    texts += [
        phrases.group_paragraph(scheme, result.indicator(group.code), values)
        for group in scheme.scored_groups()
    ]

    assert "部门预算资金支出率99.49%" in texts[0]
    assert texts[1] == (
        "整体效能分值50分，评价得分48.95分，得分率97.90%。其中："
        "部门整体绩效目标产出指标完成情况分值20分，评价得分20分，得分率100%；"
        "部门整体绩效目标效益指标完成情况分值20分，评价得分19分，得分率95%，"
        "主要原因是：受疫情影响，少数科普活动没有按计划举办，酌情扣减1分；"
        "部门预算资金支出率分值10分，评价得分9.95分，得分率99.50%，"
        "主要原因是：部门预算资金支出率为99.49%，按评分标准计9.95分。"
    )
    assert texts[2] == "预算编制分值3分，评价得分3分，得分率100%，各项指标均达到年度要求。"
    assert phrases.BLANK not in "".join(texts)


def test_guangzhou_2021_gives_the_published_total_without_a_grade() -> None:
    result = score(*fixture("guangzhou_2021"))

    assert (result.total, result.grade, result.is_complete) == (Decimal("93.89"), "", True)
    assert (result.base_total, result.adjustment_total) == (Decimal("93.89"), Decimal(0))
    assert result.all_problems() == ()
    assert _points(
        "guangzhou_2021",
        "management_effectiveness",
        "duty_effectiveness",
        "adjustment",
        "spending_rate",
    ) == {
        "management_effectiveness": "43.89",
        "duty_effectiveness": "50",
        "adjustment": "0",
        "spending_rate": "7.89",
    }
    assert sum(node.deduction_points for node in result.indicators) == Decimal(6)


def test_guangzhou_2021_has_3_11_and_35_indicators() -> None:
    scheme, _ = fixture("guangzhou_2021")
    levels = [node.level for node in scheme.walk()]

    assert [levels.count(level) for level in (1, 2, 3)] == [3, 11, 35]
    assert len(list(scheme.scored_groups())) == 12


def test_guangzhou_2021_prints_the_published_rates() -> None:
    result = score(*fixture("guangzhou_2021"))

    assert {rate.code: rate.text for rate in result.rates} == {
        "fiscal_completion": "98.62%",
        "fiscal_share": "77.08%",
        "service_share": "22.92%",
    }


def test_guangzhou_2021_writes_the_adjustment_without_a_rate() -> None:
    scheme, figures = fixture("guangzhou_2021")
    node = score(scheme, figures).indicator("adjustment")

    assert phrases.group_paragraph(scheme, node, {}) == "加减分项评价得分0分。"


def test_every_leaf_of_the_fixtures_says_what_is_not_from_a_public_document() -> None:
    for code in ("zengcheng_2022", "guangzhou_2021"):
        scheme, _ = fixture(code)
        assert [leaf.code for leaf in scheme.leaves() if not leaf.unverified] == []
        assert [leaf.code for leaf in scheme.leaves() if not leaf.standard] == []
