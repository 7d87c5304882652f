"""Personal data is found where it stands; amounts, years and codes are left alone."""

from decimal import Decimal

import pytest

from perfeval.scoring.figures import Answer, Figures, Goal, KeyTask, OwnIndicator
from perfeval.scoring.result import Problem, Severity
from perfeval.snapshots.personal_data import PersonalKind, find, personal_data


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("联系人手机13800138000。", [(PersonalKind.PHONE, "13800138000")]),
        ("手机１３８ ００１３ ８０００", [(PersonalKind.PHONE, "138 0013 8000")]),
        ("138\u200b0013\u200b8000", [(PersonalKind.PHONE, "13800138000")]),
        ("+86 139-1234-5678", [(PersonalKind.PHONE, "+86 139-1234-5678")]),
        ("电话：020－82752345", [(PersonalKind.PHONE, "020-82752345")]),
        ("电话(020)82752345", [(PersonalKind.PHONE, "(020)82752345")]),
        ("咨询电话82752345", [(PersonalKind.PHONE, "82752345")]),
        ("热线400-820-8820", [(PersonalKind.PHONE, "400-820-8820")]),
        ("身份证11010519491231002X", [(PersonalKind.ID_NUMBER, "11010519491231002X")]),
        (
            "身份证号码为 110105194912310021",
            [(PersonalKind.ID_NUMBER, "110105194912310021")],
        ),  # mistyped
        ("旧证110105491231002", [(PersonalKind.ID_NUMBER, "110105491231002")]),
        ("卡号6222 0200 0000 0000 003", [(PersonalKind.BANK_ACCOUNT, "6222 0200 0000 0000 003")]),
        ("开户账号：44050158000000000123", [(PersonalKind.BANK_ACCOUNT, "44050158000000000123")]),
        ("工资卡4111111111111111", [(PersonalKind.BANK_ACCOUNT, "4111111111111111")]),
        ("邮箱zhang.san@example.gov.cn。", [(PersonalKind.EMAIL, "zhang.san@example.gov.cn")]),
        (
            "张三13800138000、li@example.com",
            [(PersonalKind.EMAIL, "li@example.com"), (PersonalKind.PHONE, "13800138000")],
        ),
    ],
)
def test_personal_data_is_found(text, found):
    assert list(find(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "年初预算797.28万元，调整后642.40万元",
        "资金13800138000元",
        "资金13800138000.00元",
        "全年13,800,138,000元",
        "共15800000000 亿次",
        "2022年1月1日至2022-12-31",
        "惠及群众7000人次、参与群众36000人",
        "项目编号440118220000000012345678",
        "文号穗财绩〔2023〕12345678号",
        "统一社会信用代码11440118007500123X",
        "编码110105194912310021，校验位不符",
        "流水号6222020000000000004",
        "流水号4111111111111112",
        "流水号0000000000000000",
        "比率99.4941138001380001%",
    ],
)
def test_figures_are_left_alone(text):
    assert list(find(text)) == []


def test_place_is_where_it_was_typed():
    phone = "13800138000"
    figures = Figures(
        goals=(Goal("目标", "output"), Goal("目标", "output", deviation_reason=phone)),
        key_tasks=(KeyTask("任务", progress=phone),),
        answers={"leaf": Answer(inputs={"note": phone}, deduction_reason=phone)},
        own_part=(OwnIndicator("own_1", "slot", phone, Decimal(1), "manual"),),
    )

    found = list(personal_data(figures, {"duties": f"联系{phone}", "other": "无"}))

    assert found == [
        Problem("personal_phone", Severity.WARNING, place, {"found": phone})
        for place in (
            "section:duties",
            "goal:1",
            "key_task:0",
            "indicator:leaf",
            "indicator:leaf",
            "indicator:own_1",
        )
    ]
