"""The Excel file: what was filled in as numbers, what follows from it as formulas, every value the Result's."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter

from perfeval.documents.building import build
from perfeval.office.workbook.writing import as_workbook
from perfeval.scoring.engine import score
from perfeval.scoring.quantity import Rounding, RoundingMode
from perfeval.scoring.scheme.reading import read_figures, read_scheme
from perfeval.scoring.scheme.tree import TotalCap
from tests.typesetting.documents import AT, demo_snapshot

LIVE_KINDS = {
    "rate",
    "ratio_up",
    "ratio_down",
    "per_defect",
    "deadline",
    "bands",
    "per_point",
    "yes_no",
    "manual",
    "list_avg",
}
CASES = Path(__file__).resolve().parent.parent / "scoring"


def written(snapshot, scheme) -> bytes:
    return as_workbook(snapshot, scheme, build(snapshot, scheme), created_at=AT)


def opened(data: bytes, *, are_values: bool = False):
    return openpyxl.load_workbook(BytesIO(data), data_only=are_values)


def table(data: bytes, name: str, *, are_values: bool = True) -> list[tuple]:
    """Return a sheet's rows as values, or as formulas."""
    sheet = opened(data, are_values=are_values)[name]
    return [tuple(cell.value for cell in row) for row in sheet.rows]


@pytest.fixture(scope="module")
def zengcheng():
    return demo_snapshot("zengcheng_2022")


@pytest.fixture(scope="module")
def data(zengcheng) -> bytes:
    return written(*zengcheng)


@pytest.mark.parametrize("code", ["zengcheng_2022", "guangzhou_2021"])
def test_points_totals_and_grade_are_those_of_the_result(code):
    snapshot, scheme = demo_snapshot(code)
    rows = table(written(snapshot, scheme), "评分表")[3:]
    wanted = [float(snapshot.result.indicator(leaf.code).points) for leaf in scheme.leaves()]
    assert [row[5] for row in rows[: len(wanted)]] == wanted
    total, *grade = rows[len(wanted) :]
    assert total[4:6] == (float(snapshot.result.full_score), float(snapshot.result.total))
    assert [row[3] for row in grade] == ([snapshot.result.grade] if scheme.grade_bands else [])


def test_rules_that_are_formulas_are_live_and_others_are_values(data):
    rows = {row[2]: row for row in table(data, "评分表", are_values=False)[3:-2]}
    assert rows["部门预算资金支出率"][5] == (
        "=MAX(MIN(ROUND(E6*'收支情况'!$E$6/'收支情况'!$D$6,2),E6),0)"
    )
    assert rows["预决算公开合规性"][5] == 2  # a checklist is no formula
    near = "ROUND('评分数据'!$C$10/'收支情况'!$C$6*100,9)"
    assert rows["预算编制约束性"][5] == (
        f"=MAX(MIN(ROUND(IF(AND({near}<=5),2,IF(AND({near}>5,{near}<=10),1.5,IF(AND({near}>10,{near}<=20),1,"
        f"IF(AND({near}>20),0,NA())))),2),E8),0)"
    )
    assert rows["绩效结果应用"][5] == (
        "=(MAX(MIN(ROUND(E13,2),E13),0)-'评分数据'!$C$17)"  # the filler's own judgement
    )
    closing = table(data, "评分表", are_values=False)[-2:]
    assert closing[0][4:6] == ("=SUM(E4:E28)", "=SUM(F4:F28)")
    assert closing[1][3] == (
        "=CHOOSE(IF('评分表'!$F$29>=90,1,IF('评分表'!$F$29>=80,2,IF('评分表'!$F$29>=60,3,"
        'IF(\'评分表\'!$F$29>=0,4,5)))),"优","良","中","差","")'
    )


def test_groups_add_up_their_leaves(data, zengcheng):
    result = zengcheng[0].result
    assert table(data, "得分汇总")[2:4] == [
        ("履职效能", 1, 50, 48.95, 0.979),
        ("整体效能", 2, 50, 48.95, 0.979),
    ]
    assert table(data, "得分汇总")[-2:] == [
        ("合计", None, 100, float(result.total), None),
        ("等级", None, None, "优", None),
    ]
    assert table(data, "得分汇总", are_values=False)[2][2:] == (
        "=SUM('评分表'!E4:E6)",
        "=SUM('评分表'!F4:F6)",
        "=ROUND(D3/C3,4)",
    )


#: Two groups; nothing of the second applies, so that its weight goes to the first.
MOVED_WEIGHTS = """
[[indicator]]
code = "first"
name = "甲组"
weight = 50
is_scored_group = true
[[indicator]]
code = "second"
name = "乙组"
weight = 50
is_scored_group = true
"""
LEAF = """
[[indicator]]
code = "{code}"
parent = "{parent}"
name = "{code}"
weight = {weight}
standard = "每个问题扣1分。"
[indicator.rule]
kind = "per_defect"
count = "answer.cases"
points_each = 1
applies = "answer.applies"
when_not_applicable = "drop"
input = [{{ name = "cases", label = "问题数", kind = "count" }}, {{ name = "applies", label = "是否适用", kind = "yes_no" }}]
"""


def test_group_whose_weight_moved_is_no_sum_of_the_printed_weights():
    head = (CASES / "every_kind.toml").read_text(encoding="utf-8").partition("[[indicator]]")[0]
    leaves = (("first", 40), ("first", 10), ("second", 50))
    text = head + MOVED_WEIGHTS
    for number, (parent, weight) in enumerate(leaves):
        text += LEAF.format(code=f"leaf{number}", parent=parent, weight=weight)
    scheme = read_scheme(text)
    answers = "".join(
        f"[answer.leaf{number}]\napplies = {str(number != 2).lower()}\ncases = 0\n"
        for number in range(len(leaves))
    )
    amounts = "[amounts.total]\nadjusted_budget = 642.40\nexecuted_amount = 639.15\n"
    figures = read_figures(amounts + answers, scheme)
    snapshot = replace(
        demo_snapshot("zengcheng_2022")[0],
        scheme_code=scheme.code,
        scheme_version=scheme.version,
        figures=figures,
        narratives={},
        result=score(scheme, figures),
    )
    data = written(snapshot, scheme)
    assert [row[4] for row in table(data, "评分表")[3:6]] == [40, 10, 50]
    assert [row[2] for row in table(data, "得分汇总")[2:4]] == [100, 0]
    formulas = [row[2] for row in table(data, "得分汇总", are_values=False)[2:4]]
    assert formulas == [100, 0]


def test_budget_table_sums_its_parts_and_rates(data):
    values, formulas = table(data, "收支情况"), table(data, "收支情况", are_values=False)
    assert values[3:6] == [
        ("按支出性质", "基本支出", "—", 552.69, 549.92, 0.995),
        (None, "项目支出", "—", 89.71, 89.23, 0.9946),
        ("部门整体支出", None, 797.28, 642.4, 639.15, 0.9949),
    ]
    assert {str(area) for area in opened(data)["收支情况"].merged_cells.ranges} >= {
        "A4:A5",
        "A6:B6",
    }
    assert formulas[5][2:] == (
        797.28,
        "=D4+D5",
        "=E4+E5",
        "=ROUND('收支情况'!$E$6/'收支情况'!$D$6,4)",
    )
    assert values[9][0] == "部门预算资金支出率"
    assert values[9][2:5] == (639.15, 642.4, 0.9949)


def test_goals_are_numbers_with_sign_and_unit(data):
    sheet = opened(data)["绩效目标"]
    assert (sheet["D3"].value, sheet["D3"].number_format) == (35, '"≥"General"场"')
    assert sheet["F3"].value == "=ROUND(MAX(E3/D3,0),4)"
    assert sheet["I3"].value == "=MIN(MAX(E3/D3,0),1)"


def test_points_that_no_formula_gives_are_the_results():
    """Every kind of rule, some with weights that moved, an override, another rounding."""
    scheme = read_scheme((CASES / "every_kind.toml").read_text(encoding="utf-8"))
    figures = read_figures((CASES / "every_kind.figures.toml").read_text(encoding="utf-8"), scheme)
    snapshot = replace(
        demo_snapshot("zengcheng_2022")[0],
        scheme_code=scheme.code,
        scheme_version=scheme.version,
        figures=figures,
        narratives={},
        result=score(scheme, figures),
    )
    points = [row[5] for row in table(written(snapshot, scheme), "评分表", are_values=False)[3:-2]]
    assert points == [
        float(snapshot.result.indicator(leaf.code).points) for leaf in scheme.leaves()
    ]


@pytest.mark.parametrize("mode", RoundingMode)
def test_kinds_that_are_live(mode):
    """Excel knows half up and cutting off; with the other mode the points are values."""
    snapshot, scheme = demo_snapshot("zengcheng_2022")
    scheme = replace(scheme, rounding=Rounding(mode, 2))
    snapshot = replace(snapshot, result=score(scheme, snapshot.figures))
    rows = table(written(snapshot, scheme), "评分表", are_values=False)[3:-2]
    kinds = {
        leaf.rule.kind
        for leaf, row in zip(scheme.leaves(), rows, strict=True)
        if str(row[5]).startswith("=")
    }
    assert kinds == (set() if mode is RoundingMode.HALF_EVEN else LIVE_KINDS)


def test_unfinished_report_shows_gaps_until_every_leaf_is_scored():
    snapshot, scheme = demo_snapshot("zengcheng_2022", is_empty=True)
    data = written(snapshot, scheme)
    assert table(data, "评分表")[-2][5] == "（待填）"
    assert table(data, "评分表", are_values=False)[-2][5] == (
        '=IF(COUNT(F4:F28)<25,"（待填）",SUM(F4:F28))'
    )
    assert table(data, "评分表")[-1][3] == "（待填）"
    pending = ("整体效能", 2, 50, "（待填）", "（待填）")
    assert table(data, "得分汇总")[3] == pending
    assert table(data, "得分汇总", are_values=False)[3][3] == (
        "=IF(COUNT('评分表'!F4:F6)<3,\"（待填）\",SUM('评分表'!F4:F6))"
    )


def test_formulas_are_locked_and_nothing_else(data):
    for sheet in opened(data):
        assert (sheet.protection.sheet, sheet.protection.password) == (True, None)
        assert not sheet.protection.formatColumns
        # What a merged cell covers is as its first one.
        cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell, Cell)]
        locked = {cell.coordinate for cell in cells if cell.protection.locked}
        assert locked == {cell.coordinate for cell in cells if cell.data_type == "f"}
        beside = sheet.column_dimensions[get_column_letter(sheet.max_column + 1)]
        assert (beside.max, beside.protection.locked) == (16_384, False)


def test_cap_on_the_total_is_live(zengcheng):
    snapshot, scheme = zengcheng
    scheme = replace(scheme, total_caps=(TotalCap("execution", Decimal(100), Decimal(80), "中"),))
    snapshot = replace(snapshot, result=score(scheme, snapshot.figures))
    data = written(snapshot, scheme)
    values, formulas = table(data, "评分表")[-2:], table(data, "评分表", are_values=False)[-2:]
    assert (values[0][5], values[1][3]) == (80, "中")
    condition = "'收支情况'!$E$6/'收支情况'!$D$6*100<100"
    assert formulas[0][5] == f"=MIN(SUM(F4:F28),IF({condition},80,SUM(F4:F28)))"
    assert f"IF({condition},3,1)" in formulas[1][3]


def test_typed_text_never_becomes_a_formula(zengcheng):
    snapshot, scheme = zengcheng
    task = replace(snapshot.figures.key_tasks[0], name='=HYPERLINK("http://x")', progress="+1\x07")
    figures = replace(snapshot.figures, key_tasks=(task,))
    data = written(replace(snapshot, figures=figures), scheme)
    sheet = opened(data)["重点工作任务"]
    assert (sheet["B4"].value, sheet["B4"].data_type) == ('=HYPERLINK("http://x")', "s")
    assert sheet["F4"].value == "+1"


def test_sheets_print_on_a4_with_repeated_heads(data):
    sheet = opened(data)["评分表"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$3:$3"
    assert (sheet.oddFooter.right.text, sheet.evenFooter.left.text) == ("— &P —",) * 2
    assert (sheet.HeaderFooter.scaleWithDoc, sheet["D4"].font.name) == (False, "宋体")


def test_same_report_gives_the_same_bytes(data, zengcheng):
    assert written(*zengcheng) == data


def test_created_at_needs_a_time_zone(zengcheng):
    with pytest.raises(ValueError, match="time zone"):
        as_workbook(*zengcheng, build(*zengcheng), created_at=AT.replace(tzinfo=None))
