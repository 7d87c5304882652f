"""Which column of a sheet means what: its header found and read, whatever a bureau calls it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from perfeval.sheets.grid import MOST_COLUMNS, Grid, Place
from perfeval.sheets.numbers import half_width

#: The best header is looked for in the first rows; further tables of a sheet may begin anywhere.
HEADING_ROWS = 40
#: A name is short; what is longer on the average explains.
SHORT = 25
_LOOKED_AT = 40
#: A heading over three columns and more is short; what is longer is a title.
_LONGEST_WIDE = 10


class ColumnRole(Enum):
    """What a column holds; ``level`` is above 0 where it holds names of that level."""

    LEVEL_1 = "level_1"
    LEVEL_2 = "level_2"
    LEVEL_3 = "level_3"
    LEVEL_4 = "level_4"
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
        return LEVELS.index(self) + 1 if self in LEVELS else 0


LEVELS = (ColumnRole.LEVEL_1, ColumnRole.LEVEL_2, ColumnRole.LEVEL_3, ColumnRole.LEVEL_4)

#: What the filler or a reviewer writes later, whatever else its heading says.
_WRITTEN_LATER = re.compile(
    r"自评|自查|复核|审定|核定|评审|抽查|复评|扣分原因|扣分理由|扣分情况|评分人|得分率|实得|实际|完成(值|情况|率)|偏差"
)
#: The heading of a form's money, which is no table of indicators.
_MONEY = re.compile(r"^.{0,4}(预算数|执行数)")
#: First match counts.
_WORDS: tuple[tuple[ColumnRole, str], ...] = (
    (ColumnRole.IGNORED, _WRITTEN_LATER.pattern),
    (ColumnRole.CODE, r"^(指标)?(编码|代码|编号)$"),
    (ColumnRole.NUMBER, r"^(序号|序|项次|行次)$|^No\.?$"),
    (
        ColumnRole.WEIGHT,
        (
            r"^(?!.*(指标|内容|项目|名称|要素)[及和与、])(.{0,6}(分值|权重|权数|比重|满分|配分|赋分)|(指标|标准|基础|基本|基准|应得|额定|计划|参考|各项|单项|本项|要点|细项|分项|小项|子项|总)分"
            r"|.{0,4}(满分|权重|标准|基准)(分?值|系数|分)|分数|分数值|总分值?|占比|应得分值?)([（(].*[)）]|%)?$"
        ),
    ),
    (ColumnRole.LEVEL_1, r"^(一级|1级|Ⅰ级|I级|第一级)|^(指标)?大类$|^评价维度$"),
    (ColumnRole.LEVEL_2, r"^(二级|2级|Ⅱ级|II级|第二级)|^(指标)?类别$|^指标类型$"),
    (ColumnRole.LEVEL_3, r"^(三级|3级|Ⅲ级|III级|第三级)|^具体指标$"),
    (ColumnRole.LEVEL_4, r"^(四级|4级|Ⅳ级|IV级|第四级)"),
    (
        ColumnRole.STANDARD,
        (
            r"(评分|计分|评价|考核|考评|打分|扣分|加分|减分|赋分|得分|计算|评定|测评)(标准|细则|办法|规则|方法|依据及标准|说明)|^标准$|^评分$"
            r"|(评|计|扣)分(要求|方式|口径)$"
        ),
    ),
    (ColumnRole.IGNORED, r"得分|指标值|目标值|评价分"),
    (
        ColumnRole.EVIDENCE,
        r"佐证|证明材料|支撑材料|印证|备查|资料来源|数据来源|材料清单|需提供|提供材料|证据|(评价|考核|评分)依据",
    ),
    (
        ColumnRole.NAME,
        (
            r"^(评价|考核|绩效|考评|评分|测评|评议|检查|工作|目标|重点|年度|加分|减分|扣分|加减分|奖励|附加)?"
            r"(指标|项目|内容|指标名称|指标内容|事项名称|要素名称|事项|要素|维度|板块|类别|方面|任务|指标体系)([及和与、]?(权重|分值|满分)|[（(].{0,8}[)）])?$|^名称$|^[大小细]项$"
        ),
    ),
    (
        ColumnRole.NOTE,
        r"备注|说明|解释|内涵|要点|依据|内容|口径|释义|部门|单位|科室|责任|频次|牵头|时限",
    ),
)
#: An explanation by its heading that is a level of its own where it has weights of its own.
_MAYBE_LEVEL = re.compile(r"要点|内容|细项|事项|要素|观测点|考核点|评价点")


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


def find_headers(grid: Grid) -> list[Header]:
    """Return the headers of all tables of a sheet from the top; a repeated one counts once."""
    best = find_header(grid)
    if best is None:
        return []
    tops = _tops(grid)
    others = []
    for first in grid.rows():
        words = [squeezed(grid.text(first, column)) for column in grid.columns]
        if sum(bool(_role(word)) for word in words if word) < 2:
            continue
        found = [_header(grid, tops, first, first + depth - 1) for depth in (1, 2, 3)]
        others += [header for header in found if header and _is_strict(header)]
    chosen = [best]
    for header in sorted(others, key=lambda one: -one.score):
        if all(
            header.last_row + 1 < one.first_row or header.first_row > one.last_row + 1
            for one in chosen
        ):
            chosen.append(header)
    chosen.sort(key=lambda one: one.first_row)
    different = chosen[:1]
    for header in chosen[1:]:
        if header.texts != different[-1].texts:
            different.append(header)
    return different


def guessed_header(grid: Grid) -> Header | None:
    """Return the rows that are most likely a header whose words nobody knows; no column has a role.

    None when the sheet holds nothing like a table. It is for a person, who says what the columns mean.
    """
    tops = _tops(grid)
    for row in range(1, min(grid.last_row - 1, HEADING_ROWS) + 1):
        texts = [grid.text(row, column) for column in grid.columns]
        filled = [text for text in texts if text]
        below = [grid.text(row + 1, column) for column in grid.columns]
        is_head = len(filled) >= 2 and all(len(text) <= SHORT for text in filled)
        if is_head and not _numbers(grid, row) and sum(map(bool, below)) >= 2:
            is_double = not _numbers(grid, row + 1) and any(
                tops.get((row, column), (row, column)) == (row, column - 1)
                for column in grid.columns
            )
            last = row + 1 if is_double else row
            heads = {
                column: tuple(
                    squeezed(text)
                    for one in range(row, last + 1)
                    if (text := grid.text(*tops.get((one, column), (one, column))))
                )
                for column in grid.columns
            }
            roles = dict.fromkeys(grid.columns, ColumnRole.IGNORED)
            return Header(row, last, roles, heads, 0)
    return None


def with_roles(header: Header, roles: Mapping[int, ColumnRole]) -> Header:
    """Return the header with the meanings that a person gave to columns."""
    return Header(header.first_row, header.last_row, dict(roles), header.texts, header.score)


def _tops(grid: Grid) -> dict[Place, Place]:
    """Return for each merged cell the one that holds its text."""
    return {
        (row, column): (block.top, block.left)
        for block in grid.merged
        for row in range(block.top, min(block.bottom, grid.last_row) + 1)
        for column in range(block.left, min(block.right, MOST_COLUMNS) + 1)
    }


def _numbers(grid: Grid, row: int) -> int:
    """Return how many cells of a row hold a number."""
    return sum(
        bool(re.fullmatch(r"-?\d+(\.\d+)?%?", half_width(grid.text(row, column))))
        for column in grid.columns
    )


def _is_strict(header: Header) -> bool:
    """Return whether a header is sure enough to begin a further table in the midst of a sheet."""
    kinds = set(header.roles.values()) - {ColumnRole.IGNORED}
    headings = [column for column, texts in header.texts.items() if texts]
    return len(kinds) >= 3 and len(header.roles) * 2 >= len(headings)


def _header(grid: Grid, tops: Mapping[Place, Place], first: int, last: int) -> Header | None:
    """Return what rows ``first`` to ``last`` would mean as a header, None when they are none."""
    if not _may_be_header(grid, first, last):
        return None
    roles: dict[int, ColumnRole] = {}
    texts: dict[int, tuple[str, ...]] = {}
    seen_at: dict[int, list[Place]] = {}
    rows_used: set[int] = set()
    for column in grid.columns:
        if column in grid.hidden_columns:
            continue
        seen: list[tuple[Place, str]] = []
        for row in range(first, last + 1):
            top = tops.get((row, column), (row, column))
            text = squeezed(grid.text(*top))
            if len(text) > _LONGEST_WIDE and _width(grid, tops, top) > 2:
                continue  # a title
            if text and top[0] >= first and (not seen or seen[-1][1] != text):
                seen.append((top, text))
        texts[column] = tuple(text for _, text in seen)
        seen_at[column] = [top for top, _ in seen]
        role = _column_role(texts[column])
        if role:
            roles[column] = role
            rows_used |= {top[0] for top, text in seen if _role(text)}
    if any(_MONEY.search(text) for heading in texts.values() for text in heading):
        return None
    kinds = list(roles.values())
    has_names = any(role.level or role is ColumnRole.NAME for role in kinds)
    if not has_names or not {ColumnRole.WEIGHT, ColumnRole.STANDARD} & set(kinds):
        return None
    if rows_used and (min(rows_used) != first or not _ends_there(grid, tops, last, roles)):
        return None
    known = len(set(kinds) - {ColumnRole.IGNORED})
    unread = sum(1 for column, heading in texts.items() if heading and column not in roles)
    score = (
        known * 10 + sum(role.level > 0 for role in set(kinds)) * 5 - unread * 3 - (last - first)
    )
    if _is_all_words(grid, last + 1):
        score -= 10  # this header goes on below
    settled = _Columns(grid, tops, last, texts, seen_at).settled(roles)
    return Header(first, last, settled, texts, score)


def _ends_there(
    grid: Grid, tops: Mapping[Place, Place], last: int, roles: Mapping[int, ColumnRole]
) -> bool:
    """Return whether the row below a header's last is no header any more, and the last one is."""
    own = [squeezed(grid.text(last, column)) for column in roles]
    covered = [tops.get((last, column), (last, column))[0] < last for column in roles]
    return any(_role(text) for text in own if text) or all(covered)


def _may_be_header(grid: Grid, first: int, last: int) -> bool:
    """Return whether rows are neither a title nor an indicator with its points."""
    is_title = sum(bool(grid.text(first, column)) for column in grid.columns) < 2
    return not is_title and not any(_numbers(grid, row) for row in range(first, last + 1))


def _width(grid: Grid, tops: Mapping[Place, Place], top: Place) -> int:
    """Return over how many columns a cell is merged."""
    return sum(tops.get((top[0], column)) == top for column in grid.columns)


def _is_all_words(grid: Grid, row: int) -> bool:
    """Return whether a row says nothing but words of a header."""
    texts = [text for column in grid.columns if (text := squeezed(grid.text(row, column)))]
    return len(texts) >= 2 and all(_role(text) for text in texts)


def _role(text: str) -> ColumnRole | None:
    if len(text) > 24 or re.search(r":.|20\d\d年.{9}", text):
        return None
    return next((role for role, pattern in _WORDS if re.search(pattern, text)), None)


def _column_role(texts: tuple[str, ...]) -> ColumnRole | None:
    """Return what the headings of a column say together, those of the upper rows first."""
    if any(_WRITTEN_LATER.search(text) for text in texts if len(text) <= 24):
        return ColumnRole.IGNORED
    roles = [role for text in reversed(texts) if (role := _role(text))]
    if not roles:
        return None
    own, above = roles[0], roles[1:]
    if own is ColumnRole.NAME:
        return next((role for role in above if role.level), own)
    if texts[-1] == "标准" and ColumnRole.WEIGHT in above:
        return ColumnRole.WEIGHT
    return own


class _Columns:
    """Settles what the words of a header leave open by what stands below it."""

    def __init__(
        self,
        grid: Grid,
        tops: Mapping[Place, Place],
        last: int,
        texts: Mapping[int, tuple[str, ...]],
        seen_at: Mapping[int, list[Place]],
    ) -> None:
        self.grid = grid
        self.tops = tops
        self.last = last
        self.texts = texts
        self.seen_at = seen_at

    def settled(self, roles: Mapping[int, ColumnRole]) -> dict[int, ColumnRole]:
        """Return the roles with one column for each level."""
        settled = dict(sorted(roles.items()))
        self.spread(settled)
        self.levels_with_weights(settled)
        self.name_levels(settled)
        self.standards(settled)
        seen: set[ColumnRole] = set()
        for column, role in settled.items():
            is_single = role.level or role in (
                ColumnRole.NAME,
                ColumnRole.CODE,
                ColumnRole.NUMBER,
            )
            if role in seen and is_single:
                settled[column] = ColumnRole.NOTE
            seen.add(role)
        return settled

    def below(self, column: int) -> list[str]:
        """Return the first texts below the header in a column."""
        rows = range(self.last + 1, min(self.grid.last_row, self.last + _LOOKED_AT) + 1)
        return [text for row in rows if (text := self.grid.text(row, column))]

    def is_short(self, column: int) -> bool:
        """Return whether a column holds names and not sentences; an empty one might."""
        texts = self.below(column)
        if not texts:
            return True
        ends = sum(text.endswith(("。", "；", ";")) for text in texts)
        return sum(map(len, texts)) <= SHORT * len(texts) and ends * 3 <= len(texts)

    def is_numbered(self, column: int) -> bool:
        """Return whether a column holds numbers of rows or nothing."""
        texts = self.below(column)
        return all(
            re.fullmatch(r"[(（]?[\d.．一二三四五六七八九十①-⑳]{1,6}[)）、.]?", text)
            for text in texts
        )

    def spread(self, roles: dict[int, ColumnRole]) -> None:
        """Give the columns below one wide heading of names their levels, from left to right."""
        has_levels = any(role.level for role in roles.values())
        for column in [one for one, role in roles.items() if role is ColumnRole.NAME or role.level]:
            if column not in roles or not self.seen_at[column]:
                continue
            role, top = roles[column], self.seen_at[column][-1]
            if top[1] != column:
                continue
            group = [
                one
                for one in self.grid.columns
                if one >= column and one in self.texts and self.is_under(one, top, role)
            ]
            following = next(
                (one for one in self.grid.columns if one > column and one not in group), 0
            )
            group = [one for one in group if not following or one < following]
            if len(group) < 2:
                continue
            for number in [one for one in group[:-1] if self.is_numbered(one)]:
                roles[number] = ColumnRole.NUMBER
                group.remove(number)
            if role is ColumnRole.NAME and not has_levels and len(group) > 1:
                roles |= dict(zip(group, LEVELS, strict=False))
            else:
                roles |= dict.fromkeys(group, role)
        ordered = sorted(roles.items())
        roles.clear()
        roles.update(ordered)

    def is_under(self, column: int, top: Place, role: ColumnRole) -> bool:
        """Return whether a column stands under a heading, or beside it without any of its own."""
        if self.seen_at[column]:
            return self.seen_at[column][-1] == top
        return role is ColumnRole.NAME and bool(self.below(column)) and self.is_short(column)

    def levels_with_weights(self, roles: dict[int, ColumnRole]) -> None:
        """Make a column of points of judgement a level where it has weights of its own."""
        columns = list(roles)
        for column, following in pairwise(columns):
            before = [roles[one] for one in columns if one < column]
            heading = (self.texts[column] or ("",))[-1]
            deepest = max((role.level for role in before), default=0)
            later = [roles[one].level for one in columns if one > column]
            if (
                roles[column] in (ColumnRole.NOTE, ColumnRole.NAME)
                and roles[following] is ColumnRole.WEIGHT
                and ColumnRole.WEIGHT in before
                and _MAYBE_LEVEL.search(heading)
                and 0 < deepest < len(LEVELS)
                and not any(later)
            ):
                roles[column] = LEVELS[deepest]

    def name_levels(self, roles: dict[int, ColumnRole]) -> None:
        """Give columns of names without a number their level: below those on their left."""
        names = [column for column, role in roles.items() if role is ColumnRole.NAME]
        has_levels = any(role.level for role in roles.values())
        short = [column for column in names if self.is_short(column)]
        if not has_levels and len(short) < 2:
            kept = (short or names)[:1]
            for column in names:
                roles[column] = ColumnRole.NAME if column in kept else ColumnRole.NOTE
            return
        for column in names:
            taken = {role.level for role in roles.values()}
            free = [level for level in LEVELS[:3] if level.level not in taken]
            left = max((roles[one].level for one in roles if one < column), default=0)
            deeper = [level for level in free if level.level > left]
            fits = column in short and (deeper or free)
            roles[column] = (deeper or free)[0] if fits else ColumnRole.NOTE

    def standards(self, roles: dict[int, ColumnRole]) -> None:
        """Tell the standard from what it rests on and from what is said of lost points."""
        standards = [column for column, role in roles.items() if role is ColumnRole.STANDARD]
        said = {column: (self.texts[column] or ("",))[-1] for column in roles}
        for column in standards:
            if re.search(r"[扣得]分说明", said[column]) and len(standards) > 1:
                roles[column] = ColumnRole.IGNORED
        if not standards:
            for column, role in roles.items():
                if role is ColumnRole.EVIDENCE and re.search(r"(评价|考核|评分)依据", said[column]):
                    roles[column] = ColumnRole.STANDARD
                    return
