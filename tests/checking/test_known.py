"""Prose that is held against the report's own figures gives exactly the findings beside it."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from perfeval.checking.known import Known, KnownAmount, KnownRate, KnownScore
from perfeval.checking.numbers import AmountRole
from perfeval.checking.services import check_text
from perfeval.words.checking import describe_finding

PASSAGES = tomllib.loads((Path(__file__).parent / "known.toml").read_text(encoding="utf-8"))[
    "passage"
]
COLUMNS = (AmountRole.INITIAL, AmountRole.ADJUSTED, AmountRole.SPENT)
KNOWN = Known(
    year=2022,
    amounts=tuple(
        KnownAmount(line, role, f"{line}{role}", Decimal(amount))
        for line, amounts in (
            ("", (600, 500, 480)),
            ("基本支出", (450, 400, 392)),
            ("项目支出", (150, 100, 88)),
        )
        for role, amount in zip(COLUMNS, amounts, strict=True)
    ),
    rates=(
        KnownRate("", "部门预算资金支出率", Decimal(480), Decimal(500)),
        KnownRate("基本支出", "基本支出支出率", Decimal(392), Decimal(400)),
        KnownRate("项目支出", "项目支出支出率", Decimal(88), Decimal(100)),
        KnownRate("科普基地建设项目", "科普基地建设项目", Decimal(57), Decimal(60)),
    ),
    scores=(
        KnownScore("资产管理", Decimal(10), Decimal(9)),
        KnownScore("部门预算资金支出率", Decimal(10), Decimal("9.6")),
    ),
    total=Decimal("96.5"),
    grade="优",
)


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda passage: passage["name"])
def test_prose_is_held_against_the_reports_own_figures(passage):
    found = check_text(passage["text"], known=KNOWN)

    assert sorted(finding.code for finding in found.findings) == sorted(passage["findings"])


def test_finding_shows_the_division_of_the_figures_filled_in():
    [finding] = check_text("2022年度部门整体支出率为96.50%。", known=KNOWN).findings

    assert (finding.stated, finding.computed) == ("96.50%", "96%")
    with translation.override("zh-hans"):
        sentence = describe_finding(finding)
    assert sentence == (
        "与本报告填报的数据不符：“2022年度部门整体支出率”此处为96.50%，"
        "按填报数（部门预算资金支出率）480.00 ÷ 500.00 = 96%。"
    )


def test_unfinished_score_is_held_against_nothing():
    unfinished = Known(year=2022)

    assert check_text("部门整体支出绩效自评得分为96.45分。", known=unfinished).findings == ()
