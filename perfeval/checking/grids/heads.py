"""Heading rows: where a table begins, what each of its columns is, and what it is called.

A heading may have several rows. A cell that spans others leaves empty ones behind: to its right where
the row below goes on with names of its own, below it where the column has one name only.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from perfeval.checking.grids.cells import Row, TextGrid, is_figures

_BRACKET = r"(?:[（(][^）)]*[)）])*"


class HeadPart(StrEnum):
    """What a column holds."""

    NAME = "name"
    LINE = "line"  # 行次: numbers that count nothing
    INITIAL = "initial"
    BUDGET = "budget"
    SPENT = "spent"
    RATE = "rate"
    WEIGHT = "weight"
    SCORE = "score"
    COEFFICIENT = "coefficient"
    SCORE_RATE = "score_rate"
    TARGET = "target"
    ACTUAL = "actual"
    BOUND = "bound"  # ≥, ≤, 定性
    UNIT = "unit"
    REASON = "reason"
    OTHER = "other"


_PARTS: tuple[tuple[HeadPart, re.Pattern[str]], ...] = (
    (
        HeadPart.LINE,
        re.compile(r"^(?:行次|序号|栏次|编号|科目编码|.{0,8}编码|.{0,6}代码|年份|年度|财年)$"),
    ),
    (HeadPart.SCORE_RATE, re.compile(rf"^(?:指标)?得分率{_BRACKET}$")),
    (HeadPart.COEFFICIENT, re.compile(rf"^得分系数{_BRACKET}%?$")),
    (
        HeadPart.SCORE,
        re.compile(
            r"^(?:自评|实际|考核|评价|单位自评|单位|指标|执行率|预算执行率|最终|自我评价|评定)?"
            rf"(?:得分|自评分|评分|实得分|自评得分|得分值|评分值){_BRACKET}$"
        ),
    ),
    (
        HeadPart.WEIGHT,
        re.compile(
            r"^(?:标准|指标|满分|参考|执行率|预算执行率|评分|设定|分项)?"
            rf"(?:分值|权重|标准分|标准分值|满分|基准分|权重分|权重分值|满分值|分值权重){_BRACKET}%?$"
        ),
    ),
    (
        HeadPart.RATE,
        re.compile(
            rf"^(?:年度|全年)?(?:预算|资金)?(?:执行率|支出率|支付率|完成率|支出进度|执行进度|使用率){_BRACKET}%?$"
        ),
    ),
    (HeadPart.REASON, re.compile(r"原因|扣分说明|^说明|备注|改进措施|扣分依据|^扣分")),
    (HeadPart.BOUND, re.compile(r"指标性质|^性质$|指标符号|运算符号|^符号$")),
    (HeadPart.UNIT, re.compile(r"^(?:度量|计量|计算)?单位$|指标单位")),
    (
        HeadPart.ACTUAL,
        re.compile(r"实际完成|(?:全年|年度)?完成值|实际值|全年完成(?!率)|完成情况|实现值|执行结果"),
    ),
    (
        HeadPart.TARGET,
        re.compile(
            r"年度指标值|预期指标值|目标值|^指标值|年初指标值|调整指标值|计划指标值|绩效目标值|计划值|预期值"
        ),
    ),
    (
        HeadPart.SPENT,
        re.compile(
            r"执行数|支出数|决算数|实际支出|支付数|支出决算|执行金额|支出金额|实际使用|预算执行$|实际执行|决算$|[（(]B[)）]"
        ),
    ),
    (HeadPart.INITIAL, re.compile(r"年初预算|年初安排|年初批复")),
    (
        HeadPart.BUDGET,
        re.compile(
            r"预算数|预算金额|预算安排|批复金额|[（(]A[)）]|调整后预算|全年预算|年度预算|到位数|预算$|预算总额|指标金额|下达金额"
        ),
    ),
    (
        HeadPart.NAME,
        re.compile(r"^项目$|项目名称|科目名称|^(?:项目|资金|支出|指标)?(?:名称|类别|来源|内容)$"),
    ),
)
_HEAD_WORD = re.compile(
    r"^(?:收入|支出|项目|单位|部门|科目|合计|小计|总额|金额|名称|类别|内容|数量|人数|财政拨款|其他资金|基本支出|项目支出|指标"
    r"|预算|决算)$|决算数|预算数|支出合计|收入合计|指标$|名称$|金额|绩效指标|编码$|[级类]$"
    r"|(?:数|率|额|情况|费|费用|经费|[”\"])(?:[（(][^）)]*[)）])?%?$"
)
_LINE_ROW = re.compile(r"^(?:栏次|行次|栏目)$")
#: A heading has no more rows than this.
_TALLEST = 5


@dataclass(frozen=True, slots=True)
class HeadSection:
    """A heading with the rows below it: one table.

    ``parts`` and ``names`` go by column; a name joins what stands above the column: 批复金额·财政拨款.
    """

    head: tuple[Row, ...]
    parts: tuple[HeadPart, ...]
    names: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def width(self) -> int:
        """Return how many columns the heading has."""
        return len(self.parts)

    def columns(self, *wanted: HeadPart) -> list[int]:
        """Return the columns of these parts, from the left."""
        return [number for number, part in enumerate(self.parts) if part in wanted]

    def has(self, *wanted: HeadPart) -> bool:
        """Return whether each part has a column."""
        return all(part in self.parts for part in wanted)


def part_of(words: str) -> HeadPart:
    """Return what a column is by its lowest heading."""
    return next((part for part, head in _PARTS if head.search(words)), HeadPart.OTHER)


def sections(grids: Sequence[TextGrid]) -> Iterator[HeadSection]:
    """Yield every table of a text; rows that go on behind a page belong to the table before."""
    open_head: list[Row] = []
    body: list[Row] = []
    for grid in grids:
        starts = set(_heads(grid.rows))
        is_continued = (
            bool(open_head) and 0 not in starts and len(grid.rows[0]) == _width(open_head)
        )
        if not is_continued:
            if open_head or body:
                yield _section(open_head, body)
            open_head, body = [], []
        is_in_head = False
        for number, row in enumerate(grid.rows):
            if number in starts:
                if not is_in_head:
                    if open_head or body:
                        yield _section(open_head, body)
                    open_head, body = [], []
                open_head.append(row)
                is_in_head = True
            elif not is_line_row(row):
                is_in_head = False
                body.append(row)
    if open_head or body:
        yield _section(open_head, body)


def is_line_row(row: Row) -> bool:
    """Return whether a row only numbers the columns: 栏次 1 2 3, or 1 2 3 4 alone."""
    filled = [cell for cell in row if cell.text]
    numbers = [cell for cell in filled if cell.number is not None]
    if not numbers:
        return False
    if _LINE_ROW.match(filled[0].words):
        return True
    counted = [int(cell.number or 0) for cell in numbers if not cell.digits]
    return len(filled) == len(counted) >= 3 and counted == list(
        range(counted[0], counted[0] + len(counted))
    )


def _heads(rows: Sequence[Row]) -> Iterator[int]:
    """Yield the numbers of the rows that are headings."""
    number = 0
    while number < len(rows):
        if not _begins_head(rows, number):
            number += 1
            continue
        last = number
        for below in range(number + 1, min(number + _TALLEST, len(rows))):
            if is_figures(rows[below]) or not _may_go_on(rows[below - 1], rows[below]):
                break
            last = below
        yield from range(number, last + 1)
        number = last + 1


def _begins_head(rows: Sequence[Row], number: int) -> bool:
    """Return whether a heading begins at a row: words of headings only."""
    row = rows[number]
    if is_figures(row):
        return False
    words = [cell.words for cell in row if cell.text]
    known = [word for word in words if part_of(word) != HeadPart.OTHER or _HEAD_WORD.search(word)]
    return (
        len(words) >= 2
        and len(known) * 2 >= len(words)
        and len(known) >= 2
        and len([word for word in words if len(word) > _TALLEST * 6]) == 0
    )


def _may_go_on(above: Row, row: Row) -> bool:
    """Return whether a row without figures is a further heading row."""
    words = [cell.words for cell in row if cell.text]
    if not words or len(row) != len(above):
        return False
    known = [word for word in words if part_of(word) != HeadPart.OTHER or _HEAD_WORD.search(word)]
    return len(known) * 2 >= len(words)


def _width(head: Sequence[Row]) -> int:
    return max((len(row) for row in head), default=0)


def _section(head: list[Row], body: list[Row]) -> HeadSection:
    """Return the table with each column's part and name."""
    width = _width(head)
    paths: list[list[str]] = [[] for _ in range(width)]
    lowest = [""] * width
    spans: list[str] = ["" for _ in range(width)]
    for level, row in enumerate(head):
        if len(row) != width:
            continue
        reach = ""
        group = ""
        for column, cell in enumerate(row):
            words = cell.words
            is_same_group = level == 0 or spans[column] == group
            if words:
                reach, group = words, spans[column]
                lowest[column] = words
            elif level and (lowest[column] or not is_same_group):
                reach, group = "", spans[column]
            if reach and (not paths[column] or paths[column][-1] != reach):
                paths[column].append(reach)
        for column in range(width):
            if paths[column]:
                spans[column] = "·".join(paths[column])
    names = tuple("·".join(path) for path in paths)
    # A column without a heading of its own only lies under one that spans it.
    parts = tuple(
        _part_in_context(lowest[column], names[column]) if lowest[column] else HeadPart.OTHER
        for column in range(width)
    )
    return HeadSection(tuple(head), parts, names, tuple(body))


def _part_in_context(lowest: str, name: str) -> HeadPart:
    """Return a column's part; 小计 below 批复金额 is one of budgets."""
    part = part_of(lowest)
    if part != HeadPart.OTHER or "·" not in name:
        return part
    return (
        part_of(name.split("·", maxsplit=1)[0])
        if part_of(name.split("·", maxsplit=1)[0])
        in (HeadPart.SPENT, HeadPart.BUDGET, HeadPart.INITIAL)
        else part
    )
