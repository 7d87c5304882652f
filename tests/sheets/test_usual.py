"""Any bureau's sheet is understood row by row, and what is wrong is named by its cell."""

from decimal import Decimal

import pytest
from openpyxl import Workbook

from perfeval.reading.limited.workbook import read_workbook
from perfeval.sheets.columns import ColumnRole
from perfeval.sheets.importing import NotUnderstood, read_import, skeleton
from perfeval.sheets.understood import Understood
from perfeval.sheets.usual import candidates, understand
from tests.sheets.books import HEAD, put, saved, usual, workbook


def understood(data: bytes) -> Understood:
    """Return what the clearest sheet of a file says."""
    return understand(*candidates(read_workbook(data))[0])


def tree(found: Understood) -> list[tuple[int, str, str]]:
    """Return level, name and weight of each indicator."""
    return [
        (one.level, one.name, "—" if one.weight is None else f"{one.weight}") for one in found.nodes
    ]


def told(found: Understood, *, faults: bool = True) -> list[tuple[str, str]]:
    """Return code and place of what was remarked."""
    return [(one.code, one.place) for one in found.remarks if one.is_fault is faults]


EXPECTED = [
    (1, "履职效能", "50"),
    (2, "整体效能", "50"),
    (3, "预算支出率", "10"),
    (3, "目标完成率", "40"),
    (1, "管理效率", "50"),
    (2, "采购管理", "20"),
    (3, "采购合规性", "20"),
    (2, "资产管理", "30"),
    (3, "资产盘点", "30"),
]


def test_common_sheet_is_understood_whole():
    found = understood(usual())

    assert tree(found) == EXPECTED
    assert (found.title, found.year) == ("2023年度部门整体支出绩效评价指标体系", 2023)
    assert told(found) == []
    assert found.notes == ("注：本表由市财政局负责解释。",)
    assert found.stated_total == 100
    leaf = found.nodes[2]
    assert (leaf.place, leaf.standard, leaf.evidence) == ("C4", "得分＝支出率×分值。", "部门决算")


def test_names_repeated_in_each_row_instead_of_merged_cells_are_one_group():
    rows = [
        HEAD,
        ("产出", "数量", "培训场次", 10, "甲", None),
        ("产出", "数量", "培训人数", 10, "乙", None),
        ("产出", "质量", "合格率", 10, "丙", None),
        ("效益", "数量", "社会效益", 20, "丁", None),
    ]

    assert tree(understood(workbook(rows))) == [
        (1, "产出", "30"),
        (2, "数量", "20"),
        (3, "培训场次", "10"),
        (3, "培训人数", "10"),
        (2, "质量", "10"),
        (3, "合格率", "10"),
        (1, "效益", "20"),
        (2, "数量", "20"),
        (3, "社会效益", "20"),
    ]


def test_columns_in_another_order_under_other_names_and_a_header_of_two_rows():
    rows = [
        ("表2", None, None, None, None, None, None, None),
        ("序号", "考核指标", None, None, "评价要点", "标准分", "计分办法", "自评得分"),
        (None, "一级指标", "二级指标", "三级指标", None, None, None, None),
        (
            1,
            "投入",
            "预算配置",
            "在职人员控制率",
            "人员是否超编",
            "５分",
            "不超过100%得5分，其余不得分。",
            None,
        ),
        (2, "过程", "预算管理", "管理制度健全性", "制度是否健全", "10.5", "酌情扣分。", 3),
    ]
    merges = ("B2:D2", "A2:A3", "E2:E3", "F2:F3", "G2:G3", "H2:H3")

    found = understood(workbook(rows, merges))

    assert [role.value for _, role in sorted(found.header.roles.items())] == [
        *("number", "level_1", "level_2", "level_3", "note", "weight", "standard", "ignored")
    ]
    assert tree(found) == [
        (1, "投入", "5"),
        (2, "预算配置", "5"),
        (3, "在职人员控制率", "5"),
        (1, "过程", "10.5"),
        (2, "预算管理", "10.5"),
        (3, "管理制度健全性", "10.5"),
    ]
    assert found.nodes[2].note == "人员是否超编"


def test_one_column_of_names_tells_levels_by_their_numbers():
    rows = [
        ("指标名称", "权重", "评分标准"),
        ("一、产出指标（60分）", None, None),
        ("（一）数量指标", None, None),
        ("1. 培训场次", "30%", "按比例计分。"),
        ("2．培训人数", "30%", "按比例计分。"),
        ("二、效益指标（40分）", None, None),
        ("（一）社会效益", "40%", "酌情扣分。"),
    ]

    found = understood(workbook(rows))

    assert tree(found) == [
        (1, "产出指标", "60"),
        (2, "数量指标", "60"),
        (3, "培训场次", "30"),
        (3, "培训人数", "30"),
        (1, "效益指标", "40"),
        (2, "社会效益", "40"),
    ]
    assert told(found) == []


def test_weights_of_every_level_in_columns_of_their_own():
    rows = [
        ("一级指标", "分值", "二级指标", "分值", "三级指标", "分值", "评分标准"),
        ("投入", 30, "预算", 30, "编制", 10, "甲"),
        (None, None, None, None, "执行", 20, "乙"),
        ("产出", 71, "数量", 70, "场次", 70, "丙"),
    ]

    found = understood(workbook(rows, ("A2:A3", "B2:B3", "C2:C3", "D2:D3")))

    assert tree(found) == [
        (1, "投入", "30"),
        (2, "预算", "30"),
        (3, "编制", "10"),
        (3, "执行", "20"),
        (1, "产出", "71"),
        (2, "数量", "70"),
        (3, "场次", "70"),
    ]
    assert told(found) == [("group_differs", "A4")]


def test_groups_may_have_rows_of_their_own_with_their_weights():
    rows = [
        HEAD,
        ("产出", None, None, 60, None, None),
        (None, "数量", None, 60, None, None),
        (None, None, "场次", 20, "甲", None),
        (None, None, "人数", 40, "乙", None),
        ("满意度", None, None, 40, None, None),
        (None, "服务对象满意度", None, 40, "丙", None),
    ]

    found = understood(workbook(rows))

    assert tree(found) == [
        (1, "产出", "60"),
        (2, "数量", "60"),
        (3, "场次", "20"),
        (3, "人数", "40"),
        (1, "满意度", "40"),
        (2, "服务对象满意度", "40"),
    ]
    assert told(found) == []
    assert [one.name for one in found.nodes if one.is_leaf] == ["场次", "人数", "服务对象满意度"]


def test_national_form_is_read_without_what_the_department_fills_in():
    rows = [
        (
            "一级指标",
            "二级指标",
            "三级指标",
            "年度指标值",
            "实际完成值",
            "分值",
            "得分",
            "偏差原因分析及改进措施",
        ),
        ("产出指标", "数量指标", "培训场次", "≥10场", 11, 50, 50, None),
        (None, "质量指标", "合格率", "≥95%", "96%", 40, 40, None),
        ("预算执行率", None, None, "100%", "99%", 10, 9.9, None),
        ("总分", None, None, None, None, 100, 99.9, None),
    ]

    found = understood(workbook(rows))

    assert tree(found) == [
        (1, "产出指标", "90"),
        (2, "数量指标", "50"),
        (3, "培训场次", "50"),
        (2, "质量指标", "40"),
        (3, "合格率", "40"),
        (1, "预算执行率", "10"),
    ]
    assert (told(found), found.stated_total) == ([], 100)


def test_standard_over_several_rows_of_one_name_is_one_indicator():
    rows = [
        HEAD,
        ("过程", "制度", "健全性", 3, "①有制度，1分", "制度"),
        (None, None, None, None, "②合法合规，1分", None),
        (None, None, None, None, "③有效执行，1分", None),
    ]

    found = understood(workbook(rows, ("A2:A4", "B2:B4", "C2:C4", "D2:D4")))

    assert tree(found)[2] == (3, "健全性", "3")
    assert found.nodes[2].standard == "①有制度，1分\n②合法合规，1分\n③有效执行，1分"
    assert told(found, faults=False) == [("rows_joined", "3"), ("rows_joined", "4")]


def test_points_of_each_row_of_one_name_add_up():
    rows = [HEAD, ("过程", "制度", "健全性", 1, "甲", None), (None, None, None, 2, "乙", None)]

    assert tree(understood(workbook(rows, ("A2:A3", "B2:B3", "C2:C3"))))[2] == (3, "健全性", "3")


@pytest.mark.parametrize(
    ("changes", "fault", "sentence_values"),
    [
        ({"D4": "十分"}, ("weight_no_number", "D4"), {"found": "十分"}),
        ({"D4": -10}, ("weight_negative", "D4"), {"found": "-10"}),
        ({"D4": 20230}, ("weight_too_large", "D4"), {"found": "20230"}),
        ({"D4": None}, ("weight_missing", "D4"), {"name": "预算支出率"}),
        ({"D4": "5-10"}, ("weight_no_number", "D4"), {"found": "5-10"}),
        ({"D4": "#REF!"}, ("weight_no_number", "D4"), {"found": "#REF!"}),
        ({"D4": "=5+5"}, ("formula_without_value", "D4"), {}),
        ({"D10": 51}, ("sum_differs", "D10"), {"word": "小计", "stated": "51", "sum": "50"}),
        ({"D11": "壹佰"}, ("weight_no_number", "D11"), {"found": "壹佰"}),
        (
            {"A8": "管理效率（60分）"},
            ("group_differs", "A8"),
            {"name": "管理效率", "stated": "60", "sum": "50"},
        ),
        (
            {"A8": None, "B8": None, "C8": None},
            ("name_missing", "C8"),
            {"found": "被认定违规的，每宗扣2分，扣完为止。"},
        ),
        ({"C9": "资" * 201}, ("name_too_long", "C9"), {"found": "资" * 39 + "…"}),
    ],
)
def test_bad_row_is_named_by_its_cell(changes, fault, sentence_values):
    found = understood(usual(**changes))

    remarks = {(one.code, one.place): one.parameters for one in found.remarks if one.is_fault}
    assert remarks.get(fault) == sentence_values, remarks


def test_hidden_rows_and_sheets_are_left_out_and_told():
    book = Workbook()
    put(
        book.active,
        [HEAD, ("产出", "数量", "场次", 60, "甲", None), ("产出", "数量", "旧指标", 5, "乙", None)],
    )
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["F"].hidden = True
    put(book.create_sheet("旧版"), [HEAD, ("旧", "旧", "旧", 1, "旧", None)]).sheet_state = "hidden"
    put(book.create_sheet("说明"), [("填表说明", "请如实填写")])

    found = read_import(read_workbook(saved(book)), skeleton())

    assert [line.node.name for line in found.lines] == ["产出", "数量", "场次"]
    assert {(one.code, one.place) for one in found.remarks} == {
        ("hidden_rows", "3"),
        ("hidden_columns", "F"),
        ("hidden_sheet", "旧版"),
        ("sheet_without_table", "说明"),
    }


def test_of_several_sheets_the_clearest_is_taken_and_another_on_demand():
    book = Workbook()
    book.active.title = "封面"
    put(book.active, [("指标体系",)])
    put(book.create_sheet("共性指标"), [HEAD, ("管理", "采购", "合规", 50, "甲", None)])
    put(book.create_sheet("个性指标"), [HEAD[:5], ("履职", "整体", "完成", 50, "乙")])
    grids = read_workbook(saved(book))

    assert read_import(grids, skeleton()).sheets == ("共性指标", "个性指标")
    assert read_import(grids, skeleton()).lines[2].node.name == "合规"
    assert read_import(grids, skeleton(), sheet="个性指标").lines[2].node.name == "完成"


def test_person_says_what_the_columns_mean():
    rows = [("指标", "甲列", "乙列"), ("出勤", 40, "每缺一次扣1分。"), ("成果", 60, "酌情扣分。")]
    unknown = read_import(read_workbook(workbook(rows)), skeleton())
    assert unknown.lines == ()
    assert [(one.code, one.place, one.is_fault) for one in unknown.remarks] == [
        ("header_unknown", "1", True)
    ]

    grids = read_workbook(workbook(rows))
    roles = {1: ColumnRole.LEVEL_1, 2: ColumnRole.WEIGHT, 3: ColumnRole.STANDARD}
    found = read_import(grids, skeleton(), roles=roles)

    assert [(line.node.name, line.node.weight, line.rule["kind"]) for line in found.lines] == [
        ("出勤", Decimal(40), "per_defect"),
        ("成果", Decimal(60), "manual"),
    ]


def test_workbook_without_any_table_is_refused():
    with pytest.raises(NotUnderstood) as refused:
        read_import(read_workbook(workbook([("填表说明",), ("由各部门填报。",)])), skeleton())

    assert refused.value.sheets == ("Sheet",)


def test_bonus_and_penalty_stand_outside_the_full_score():
    rows = [
        HEAD,
        ("产出", "数量", "场次", 100, "按比例计分。", None),
        ("加减分项", None, None, 5, "获表彰的加分，最高加5分；被通报的扣分，最多扣5分。", None),
        ("合计", None, None, 100, None, None),
    ]

    found = read_import(read_workbook(workbook(rows)), skeleton())

    assert [one.code for one in found.remarks] == []
    assert (found.full_score, found.lines[3].node.is_adjustment) == (100, True)
    assert found.lines[3].rule["kind"] == "adjustment"


def test_header_on_each_printed_page_is_passed_over():
    rows = [
        HEAD,
        ("产出", "数量", "场次", 50, "甲", None),
        HEAD,
        ("效益", "社会", "影响", 50, "乙", None),
    ]

    found = understood(workbook(rows))

    assert [one.name for one in found.nodes if one.is_leaf] == ["场次", "影响"]
    assert told(found, faults=False) == [("header_repeated", "3")]


def test_standard_of_a_group_without_a_name_below_it_is_told():
    rows = [
        HEAD,
        ("绩效", "产出", None, 20, "每少1项扣1分，扣完为止。", None),
        (None, None, "完成率", 60, "得分＝完成率×分值。", None),
    ]

    found = understood(workbook(rows, ["A2:A3", "B2:B3"]))

    assert [(one.name, one.weight) for one in found.nodes if one.is_leaf] == [("完成率", 60)]
    assert told(found, faults=True) == [("name_missing", "C2"), ("group_differs", "B2")]
