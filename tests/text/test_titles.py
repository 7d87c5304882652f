"""Titles break by meaning, in a trapezoid or a diamond."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval.text.titles import LINE_EMS, break_title, width_em

REPORT = "部门整体支出绩效自评报告"


@pytest.mark.parametrize(
    ("title", "name", "lines"),
    [
        (
            f"2022年度广州市增城区科学技术协会{REPORT}",
            "广州市增城区科学技术协会",
            ("2022年度广州市增城区科学技术协会", REPORT),
        ),
        (
            f"广州市科学技术协会2021年{REPORT}",
            "广州市科学技术协会",
            ("广州市科学技术协会", f"2021年{REPORT}"),
        ),
        (f"2023年度广州市财政局{REPORT}", "广州市财政局", ("2023年度广州市财政局", REPORT)),
        (f"2022年{REPORT}", "", (f"2022年{REPORT}",)),
        (
            f"2023年度岳阳市岳阳楼区人力资源和社会保障局{REPORT}",
            "岳阳市岳阳楼区人力资源和社会保障局",
            ("2023年度岳阳市", "岳阳楼区人力资源和社会保障局", REPORT),
        ),
        (
            "2024年度内蒙古自治区锡林郭勒盟东乌珠穆沁旗乌里雅斯太镇退役军人事务与综合行政执法领导小组办公室"
            + REPORT,
            "内蒙古自治区锡林郭勒盟东乌珠穆沁旗乌里雅斯太镇退役军人事务与综合行政执法领导小组办公室",
            (
                "2024年度内蒙古自治区",
                "锡林郭勒盟东乌珠穆沁旗乌里雅斯太镇",
                "退役军人事务与综合行政执法领导小组办公室",
                REPORT,
            ),
        ),
        ("", "", ()),
    ],
)
def test_title_breaks_by_meaning(title, name, lines):
    assert break_title(title, name=name) == lines


def test_break_written_into_the_title_is_kept():
    assert break_title("广州市科学技术协会2021年\n部门整体支出绩效自评报告") == (
        "广州市科学技术协会2021年",
        "部门整体支出绩效自评报告",
    )


@pytest.mark.parametrize("word", ["整体支出", "绩效自评", "自评报告"])
@pytest.mark.parametrize("length", range(2, 60, 5))
def test_words_of_the_title_are_never_torn(word, length):
    name = ("某某省某某市某某区" + "科学技术发展服务中心管理办公室" * 4)[:length]
    lines = break_title(f"2022年度{name}{REPORT}", name=name)
    assert "".join(lines) == f"2022年度{name}{REPORT}"
    assert any(word in line for line in lines)
    assert all(width_em(line) <= LINE_EMS for line in lines)


@given(st.text(alphabet="广州市增城区科学技术协会部门，。（）《》2022abc ", max_size=300))
def test_any_title_is_kept_whole_and_fits(title):
    lines = break_title(title)
    assert "".join(lines) == title.strip()
    assert all(width_em(line) <= LINE_EMS for line in lines)
