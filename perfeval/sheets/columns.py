"""Which column of a sheet means what: its header found and read, whatever a bureau calls it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from perfeval.sheets.grid import MOST_COLUMNS, Grid, Place
from perfeval.sheets.numbers import half_width

#: A header is looked for in the first rows, and has at most three.
HEADING_ROWS = 40


class ColumnRole(Enum):
    """What a column holds; ``level`` is above 0 where it holds names of that level."""

    LEVEL_1 = "level_1"
    LEVEL_2 = "level_2"
    LEVEL_3 = "level_3"
    NAME = "name"
    WEIGHT = "weight"
    STANDARD = "standard"
    EVIDENCE = "evidence"
    NOTE = "note"
    CODE = "code"
    NUMBER = "number"
    IGNORED = "ignored"

    @property
    def level(self) -> int:
        """Return the level of the names that the column holds."""
        return {ColumnRole.LEVEL_1: 1, ColumnRole.LEVEL_2: 2, ColumnRole.LEVEL_3: 3}.get(self, 0)


#: First match counts. What a reviewer or the filler writes later is no part of a scheme.
_WORDS: tuple[tuple[ColumnRole, str], ...] = (
    (
        ColumnRole.IGNORED,
        r"自评|得分|扣分原因|复核|审定|评审|完成值|完成情况|实际值|偏差|指标值|目标值|评价分|抽查|评分人|得分率",
    ),
    (ColumnRole.CODE, r"^(指标)?(编码|代码|编号)$"),
    (ColumnRole.NUMBER, r"^(序号|序)$|^No\.?$"),
    (
        ColumnRole.WEIGHT,
        r"^(指标|标准|权重|满分|参考|评分|各级)?(分值|权重|标准分|满分|分数|权数|标准分值|基准分|总分|配分|赋分)([（(].*[)）])?$",
    ),
    (ColumnRole.LEVEL_1, r"^(一级|1级|Ⅰ级|I级|第一级)(指标)?|^(指标)?大类$|^评价维度$"),
    (ColumnRole.LEVEL_2, r"^(二级|2级|Ⅱ级|II级|第二级)(指标)?|^(指标)?类别$|^指标类型$"),
    (ColumnRole.LEVEL_3, r"^(三级|3级|Ⅲ级|III级|第三级|四级)(指标)?|^具体指标$|^考核指标$|^指标$"),
    (
        ColumnRole.STANDARD,
        r"(评分|计分|评价|考核|打分|扣分|赋分|得分)(标准|细则|办法|规则|方法|依据及标准|说明)|^标准$|^评分$",
    ),
    (
        ColumnRole.EVIDENCE,
        r"佐证|证明材料|支撑材料|印证|备查|资料来源|数据来源|材料清单|需提供|提供材料|证据",
    ),
    (ColumnRole.NOTE, r"备注|说明|解释|内涵|要点|依据|内容|口径|释义|部门|单位|科室"),
    (
        ColumnRole.NAME,
        r"^(评价|考核|绩效|考评|评分)?(指标|项目|内容|指标名称|指标内容|事项)$|^名称$",
    ),
)


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and what each column means.

    ``texts``: what the header's cells say, squeezed, to know a repeated one; ``score``: how sure.
    """

    first_row: int
    last_row: int
    roles: Mapping[int, ColumnRole]
    texts: Mapping[int, tuple[str, ...]]
    score: int


def squeezed(text: str) -> str:
    """Return a heading without spaces, line breaks and full-width signs."""
    return re.sub(r"\s+", "", half_width(text))


def find_header(grid: Grid) -> Header | None:
    """Return the header of a sheet, None when no row names indicators beside weights or standards."""
    tops = _tops(grid)
    best: Header | None = None
    for first in range(1, min(grid.last_row, HEADING_ROWS) + 1):
        for depth in (1, 2, 3):
            header = _header(grid, tops, first, first + depth - 1)
            if header and (best is None or header.score > best.score):
                best = header
    return best


def with_roles(header: Header, roles: Mapping[int, ColumnRole]) -> Header:
    """Return the header with the meanings that a person gave to columns."""
    return Header(header.first_row, header.last_row, dict(roles), header.texts, header.score)


def _tops(grid: Grid) -> dict[Place, Place]:
    """Return for each merged cell of the first rows the one that holds its text."""
    return {
        (row, column): (block.top, block.left)
        for block in grid.merged
        for row in range(block.top, min(block.bottom, HEADING_ROWS + 3) + 1)
        for column in range(block.left, min(block.right, MOST_COLUMNS) + 1)
    }


def _header(grid: Grid, tops: Mapping[Place, Place], first: int, last: int) -> Header | None:
    """Return what rows ``first`` to ``last`` would mean as a header, None when they are none."""
    roles: dict[int, ColumnRole] = {}
    texts: dict[int, tuple[str, ...]] = {}
    rows_used: set[int] = set()
    for column in grid.columns:
        if column in grid.hidden_columns:
            continue
        seen: list[tuple[int, str]] = []
        for row in range(first, last + 1):
            top = tops.get((row, column), (row, column))
            text = squeezed(grid.text(*top))
            if text and top[0] >= first and (not seen or seen[-1][1] != text):
                seen.append((top[0], text))
        texts[column] = tuple(text for _, text in seen)
        for row, text in reversed(seen):
            role = _role(text)
            if role:
                roles[column] = role
                rows_used.add(row)
                break
    kinds = list(roles.values())
    has_names = any(role.level or role is ColumnRole.NAME for role in kinds)
    if not has_names or not {ColumnRole.WEIGHT, ColumnRole.STANDARD} & set(kinds):
        return None
    if rows_used and (min(rows_used) != first or not _ends_there(grid, tops, last, roles)):
        return None
    known = len(set(kinds) - {ColumnRole.IGNORED})
    unread = sum(1 for column, heading in texts.items() if heading and column not in roles)
    score = known * 10 + sum(role.level > 0 for role in kinds) * 5 - unread * 3 - (last - first)
    return Header(first, last, _only_names_once(roles), texts, score)


def _ends_there(
    grid: Grid, tops: Mapping[Place, Place], last: int, roles: Mapping[int, ColumnRole]
) -> bool:
    """Return whether the row below a header's last is no header any more, and the last one is."""
    own = [squeezed(grid.text(last, column)) for column in roles]
    covered = [tops.get((last, column), (last, column))[0] < last for column in roles]
    return any(_role(text) for text in own if text) or all(covered)


def _role(text: str) -> ColumnRole | None:
    if len(text) > 24:
        return None
    return next((role for role, pattern in _WORDS if re.search(pattern, text)), None)


def _only_names_once(roles: dict[int, ColumnRole]) -> dict[int, ColumnRole]:
    """Return the roles with one column for each level and each name, the first one."""
    seen: set[ColumnRole] = set()
    left: dict[int, ColumnRole] = {}
    taken = {role.level for role in roles.values()}
    # 一级指标、二级指标 and then 指标名称: the last level under another name.
    spare = (ColumnRole.LEVEL_3, ColumnRole.LEVEL_2, ColumnRole.NOTE)
    deepest = next(role for role in spare if role.level not in taken or role is ColumnRole.NOTE)
    for column, given in sorted(roles.items()):
        role = deepest if given is ColumnRole.NAME and any(taken) else given
        if role in seen and (
            role.level or role in (ColumnRole.NAME, ColumnRole.CODE, ColumnRole.NUMBER)
        ):
            role = ColumnRole.NOTE
        seen.add(role)
        left[column] = role
    return left
