"""The checker over a report's own prose: against its figures, and one section against another."""

from decimal import Decimal

import pytest
from django.utils import translation

from perfeval.reports.filled import read_filled
from perfeval.reports.prose import check_prose, known_of
from perfeval.reports.queries import stored_result
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.figures import Figures
from perfeval.words.checking import describe_finding

pytestmark = pytest.mark.django_db
TITLE = "增城区科学技术协会2022年度部门整体支出绩效自评报告"


def found_in(report, narratives):
    """Return section, line, code and the marked words of everything found."""
    found = check_prose(
        scheme=as_scoring_scheme(report.scheme),
        figures=read_filled(report).figures,
        result=stored_result(report),
        narratives=narratives,
        title=TITLE,
    )
    return [
        (
            one.section.code,
            one.finding.line,
            one.finding.code,
            narratives[one.section.code][one.finding.start : one.finding.end],
        )
        for one in found
    ]


def test_prose_is_held_against_figures_score_and_grade(zengcheng_report):
    narratives = {
        "conclusion": "本部门整体支出绩效自评得分为96.54分，等级为良。",
        "achievements": "全年工作有序。\n部门整体支出率为99.50%，基本支出支出率为99.50%。",
        "problems": "采购管理得9分。",
    }

    assert found_in(zengcheng_report, narratives) == [
        ("conclusion", 1, "known-total-differs", "96.54分"),
        ("conclusion", 1, "grade-wrong", "良"),
        ("conclusion", 1, "known-grade-differs", "良"),
        ("achievements", 2, "known-rate-differs", "部门整体支出率为99.50%"),
        ("problems", 1, "known-score-differs", "9分"),
    ]


def test_what_two_sections_say_differently_names_the_other_one(zengcheng_report):
    narratives = {
        "monitoring": "一切正常。\n2022年培训学员支出合计30万元，其中：讲课费12万元、场地费20万元。",
        "achievements": "本部门收入总计650万元。",
        "problems": "本部门收入总计560万元。",
    }

    found = check_prose(
        scheme=as_scoring_scheme(zengcheng_report.scheme),
        figures=Figures(),
        result=stored_result(zengcheng_report),
        narratives=narratives,
        title=TITLE,
    )

    assert [(one.section.code, one.finding.line) for one in found] == [
        ("monitoring", 2),
        ("problems", 1),
    ]
    with translation.override("zh-hans"):
        sentence = describe_finding(found[1].finding)
    assert sentence == (
        "同一数据前后不一：“本部门收入总计”此处为560万元，“主要工作成效”第1行为650万元。"
    )


@pytest.mark.parametrize("name", ["zengcheng_report", "guangzhou_report"])
def test_demonstration_has_nothing_to_find(request, name):
    report = request.getfixturevalue(name)
    narratives = {row.section: row.text for row in report.narratives.all()}

    assert found_in(report, narratives) == []


def test_unfinished_report_knows_no_total(empty_report):
    known = known_of(
        as_scoring_scheme(empty_report.scheme),
        read_filled(empty_report).figures,
        stored_result(empty_report),
    )

    assert (known.total, known.grade, known.amounts, known.rates) == (None, "", (), ())
    assert known.year == 2022


def test_known_figures_are_the_reports_own(zengcheng_report):
    known = known_of(
        as_scoring_scheme(zengcheng_report.scheme),
        read_filled(zengcheng_report).figures,
        stored_result(zengcheng_report),
    )

    assert known.total == Decimal("96.45")
    assert known.grade == "优"
    assert [(rate.line, rate.numerator_wan, rate.denominator_wan) for rate in known.rates][:3] == [
        ("", Decimal("639.15"), Decimal("642.40")),
        ("基本支出", Decimal("549.92"), Decimal("552.69")),
        ("项目支出", Decimal("89.23"), Decimal("89.71")),
    ]
