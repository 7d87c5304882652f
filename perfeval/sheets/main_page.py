"""The usual sheet of a scheme (指标体系表), as a finance bureau prints it."""

from decimal import Decimal

from perfeval.scoring.quantity import plain
from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.sheets.grid import Page, Place, Range, Value

SHEET = "指标体系"
HEADINGS = ("一级指标", "二级指标", "三级指标", "分值", "评分标准", "佐证材料", "编码")
WIDTHS = (15, 15, 22, 8, 58, 34, 26)
WEIGHT, STANDARD, EVIDENCE, CODE = 4, 5, 6, 7
HEAD_ROW = 3
SUBTOTAL, TOTAL = "小计", "合计"
#: Height of a line of text, and of a row at least, in points.
LINE, LEAST = 14, 24


class _Sheet:
    """Cells, styles and merged blocks, filled from the top."""

    def __init__(self) -> None:
        self.cells: dict[Place, Value] = {}
        self.styles: dict[Place, str] = {}
        self.merged: list[Range] = []
        self.heights: dict[int, int] = {}
        self.row = 0

    def put(self, column: int, value: Value, style: str) -> None:
        """Set one cell of the current row."""
        self.cells[self.row, column] = value
        self.styles[self.row, column] = style

    def merge(self, top: int, left: int, bottom: int, right: int, style: str) -> None:
        """Merge a block; its border goes round all of it."""
        if (top, left) != (bottom, right):
            self.merged.append(Range(top, left, bottom, right))
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                self.styles[row, column] = style

    def wide_line(self, text: str, style: str, height: int) -> None:
        """Add a row of one text over the whole width."""
        self.row += 1
        self.put(1, text, style)
        self.merge(self.row, 1, self.row, EVIDENCE, style)
        self.heights[self.row] = height


def main_page(scheme: Scheme) -> Page:
    """Return the sheet: one row a leaf, groups merged, a subtotal below each first-level indicator.

    The last column, which is not printed, holds the codes by which rows are known again.
    """
    sheet = _Sheet()
    sheet.wide_line(scheme.name, "title", 36)
    sheet.wide_line(
        f"发布单位：{scheme.authority}　　年度：{scheme.year}　　满分：{plain(scheme.full_score)}分",
        "line",
        22,
    )
    sheet.row = HEAD_ROW
    for column, heading in enumerate(HEADINGS, start=1):
        sheet.put(column, heading, "code" if column == CODE else "head")
    sheet.heights[HEAD_ROW] = LEAST
    for node in scheme.indicators:
        _first_level(sheet, node)
    base = [node.weight for node in scheme.indicators if not node.is_adjustment]
    _sum(sheet, TOTAL, sum(base, Decimal(0)))
    if scheme.unverified:
        sheet.wide_line(f"注：{scheme.unverified}", "line", _height(scheme.unverified, 150))
    return Page(
        name=SHEET,
        cells=sheet.cells,
        styles=sheet.styles,
        merged=tuple(sheet.merged),
        widths=WIDTHS,
        heights=sheet.heights,
        head_row=HEAD_ROW,
        printed_columns=EVIDENCE,
    )


def group_text(node: Indicator) -> str:
    """Return what stands in the cell of an indicator with others below it."""
    return f"{node.name}（{plain(node.weight)}分）"


def _first_level(sheet: _Sheet, node: Indicator) -> None:
    _node(sheet, node)
    if node.children:
        _sum(sheet, SUBTOTAL, node.weight)


def _node(sheet: _Sheet, node: Indicator) -> None:
    """Write a node and all below it; a leaf's name reaches to the third column."""
    top = sheet.row + 1
    if node.is_leaf:
        sheet.row += 1
        sheet.put(node.level, node.name, "name")
        sheet.merge(sheet.row, node.level, sheet.row, 3, "name")
        sheet.put(WEIGHT, node.weight, "number")
        sheet.put(STANDARD, node.standard, "text")
        sheet.put(EVIDENCE, node.evidence, "text")
        sheet.put(CODE, node.code, "code")
        sheet.heights[sheet.row] = max(
            _height(node.standard, WIDTHS[STANDARD - 1]),
            _height(node.evidence, WIDTHS[EVIDENCE - 1]),
            _height(node.name, sum(WIDTHS[node.level - 1 : 3])),
        )
        return
    for child in node.children:
        _node(sheet, child)
    sheet.cells[top, node.level] = group_text(node)
    sheet.merge(top, node.level, sheet.row, node.level, "group")


def _sum(sheet: _Sheet, word: str, points: Decimal) -> None:
    sheet.row += 1
    for column in range(1, EVIDENCE + 1):
        sheet.styles[sheet.row, column] = "sum"
    sheet.put(1, word, "sum")
    sheet.merge(sheet.row, 1, sheet.row, 3, "sum")
    sheet.put(WEIGHT, points, "sum")
    sheet.heights[sheet.row] = LEAST


def _height(text: str, width: int) -> int:
    """Return the height of a row that holds ``text`` in a column of ``width`` characters."""
    lines = 0
    for line in text.split("\n"):
        taken = sum(2 if ord(sign) > 0x2E80 or sign in "“”‘’…—" else 1 for sign in line)
        lines += max(1, -(-taken * 21 // (width * 20)))
    return max(LEAST, min(400, lines * LINE + 6))
