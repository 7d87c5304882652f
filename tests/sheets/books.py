"""Workbooks as bureaus send them, made cell by cell."""

import io
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEAD = ("一级指标", "二级指标", "三级指标", "分值", "评分标准", "佐证材料")
#: A common sheet: title, header, merged groups, subtotals, a blank row, a total, a note.
USUAL = (
    ("附件1", None, None, None, None, None),
    ("2023年度部门整体支出绩效评价指标体系", None, None, None, None, None),
    HEAD,
    ("履职效能", "整体效能", "预算支出率", 10, "得分＝支出率×分值。", "部门决算"),
    (None, None, "目标完成率", 40, "完成率达到95%得满分，每低1个百分点扣1分，扣完为止。", None),
    ("小计", None, None, 50, None, None),
    (None, None, None, None, None, None),
    ("管理效率", "采购管理", "采购合规性", 20, "被认定违规的，每宗扣2分，扣完为止。", "检查结论"),
    (None, "资产管理", "资产盘点", 30, "当年完成资产盘点的得30分，否则不得分。", "盘点表"),
    ("小计", None, None, 50, None, None),
    ("合计", None, None, 100, None, None),
    ("注：本表由市财政局负责解释。", None, None, None, None, None),
)
USUAL_MERGES = (
    "A1:F1",
    "A2:F2",
    "A4:A5",
    "B4:B5",
    "A6:C6",
    "A8:A9",
    "A10:C10",
    "A11:C11",
    "A12:F12",
)


def put(
    sheet: Worksheet, rows: Sequence[Sequence[object]], merges: Sequence[str] = ()
) -> Worksheet:
    """Write rows from the first on, and merge."""
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None:
                sheet.cell(number, column).value = value
    for block in merges:
        sheet.merge_cells(block)
    return sheet


def saved(book: Workbook) -> bytes:
    """Return the file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(rows: Sequence[Sequence[object]], merges: Sequence[str] = ()) -> bytes:
    """Return a file of one sheet."""
    book = Workbook()
    put(book.active, rows, merges)
    return saved(book)


def usual(**changes: object) -> bytes:
    """Return the common sheet with some cells changed, such as ``D4="十分"``."""
    book = Workbook()
    put(book.active, USUAL)
    for cell, value in changes.items():
        book.active[cell] = value
    for block in USUAL_MERGES:
        book.active.merge_cells(block)
    return saved(book)
