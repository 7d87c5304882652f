"""Sums that a table states: which cell is the sum of which others, by code, numbering, 其中 or heading.

Each ``SumGroup`` is one place in the structure, repeated over columns or rows. What the words do not
fix (how far a list behind 其中 goes) is fixed by the columns themselves: the reading that holds most often.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from perfeval.checking.grids.cells import Cell, Row
from perfeval.checking.grids.heads import HeadPart, HeadSection

ZERO = Decimal(0)
_TOTAL = re.compile(
    r"^(?:[“\"]?三公[”\"]?经费)?(?:支出)?(?:合计|总计|共计|总额|年度资金总额|资金总额|年度总金额|总金额)(?:[（(][^）)]*[)）])?[：:]?$"
)
_TOTAL_HEAD = re.compile(r"^(?:.{0,8}(?:合计|总计|总额|总金额)|小计|计)(?:[（(][^）)]*[)）])?$")
_OF_AN_ACCOUNT = re.compile(r"^本年(?:财政拨款)?(?:收入|支出)合计$")
_SUBTOTAL = re.compile(r"^小计$")
_OF_WHICH = re.compile(r"^[（(]?其中[：:]?")
_NUMBERED = re.compile(
    r"^(?:(?P<a>[一二三四五六七八九十]{1,3})[、.．]|[（(](?P<b>[一二三四五六七八九十]{1,3})[)）]"
    r"|(?P<c>\d{1,2})(?:[、．]|\.(?!\d))|[（(](?P<d>\d{1,2})[)）]|(?P<e>[①-⑳]))"
)
_NOT_SUMMED = re.compile(
    r"率|比|序号|编号|年份|代码|编码|增减|%|进度|单价|标准|得分|分值|权重|人均|面积"
)
_CODE = re.compile(r"^\d{3}(?:\d{2}){0,3}$")
_JOINED_CODE = re.compile(r"^(\d{3}(?:\d{2}){0,3})[ .、]*(?=[\u4e00-\u9fff])")
_HAN = "零一二三四五六七八九十"
#: Behind 其中 no list is tried beyond so many rows; a table has no more value columns than this.
_LONGEST_LIST = 24
_MOST_COLUMNS = 40
#: So many rows show which columns a total adds up.
_MOST_TRIED = 100


@dataclass(frozen=True, slots=True)
class GridSum:
    """One cell that is the sum of others; ``label`` names it."""

    total: Cell
    parts: tuple[Cell, ...]
    label: str

    @property
    def added(self) -> Decimal:
        """Return what the parts add to."""
        return sum((part.number or ZERO for part in self.parts), ZERO)

    @property
    def holds(self) -> bool:
        """Return whether the parts add to the cell."""
        return self.added == self.total.number

    @property
    def is_telling(self) -> bool:
        """Return whether it holds and could hardly do so by chance."""
        return self.holds and bool(self.total.number)


@dataclass(frozen=True, slots=True)
class SumGroup:
    """Sums of one structure; ``is_certain``: the words alone say that they must hold."""

    sums: tuple[GridSum, ...]
    is_certain: bool

    @property
    def telling(self) -> int:
        """Return how many sums hold and tell something."""
        return sum(each.is_telling for each in self.sums)


@dataclass(frozen=True, slots=True)
class _Line:
    """A row: its label, how it is numbered, its values by column."""

    label: str
    style: str
    index: int
    values: dict[int, Cell]


def sum_groups(section: HeadSection) -> Iterator[SumGroup]:
    """Yield the sums of a table of amounts."""
    if section.has(HeadPart.SCORE) and not section.has(HeadPart.SPENT):
        return
    if any(_OF_AN_ACCOUNT.match(cell.words) for row in section.rows for cell in row):
        return  # income and spending side by side: ``accounts``
    entries = code_entries(section.rows)
    if len(entries) >= 3:
        yield from _sums_by_code(section, entries)
        return
    if not section.width:
        return
    for columns in _halves(section):
        lines = list(_lines(section, columns))
        if len(lines) >= 2:
            yield from _sums_of_lines(lines, columns)
    yield from _sums_of_columns(section)


def value_columns(section: HeadSection) -> list[int]:
    """Return the columns of amounts and counts."""
    found = []
    for column, part in enumerate(section.parts[:_MOST_COLUMNS]):
        if part not in (HeadPart.INITIAL, HeadPart.BUDGET, HeadPart.SPENT, HeadPart.OTHER):
            continue
        if _NOT_SUMMED.search(section.names[column].split("·")[-1]):
            continue
        cells = [row[column] for row in section.rows if len(row) == section.width]
        if any(cell.number is not None for cell in cells) and not any(c.is_percent for c in cells):
            found.append(column)
    return found


def _halves(section: HeadSection) -> list[list[int]]:
    """Return the value columns of each half of a table that stands side by side."""
    values = value_columns(section)
    starts = [c for c in section.columns(HeadPart.NAME) if any(v > c for v in values)]
    if len(starts) < 2 or not any(starts[0] < v < starts[1] for v in values):
        return [values]
    bounds = [*starts, section.width]
    return [[v for v in values if low < v < high] for low, high in pairwise(bounds)]


def _lines(section: HeadSection, columns: Sequence[int]) -> Iterator[_Line]:
    """Yield the rows with their labels."""
    if not columns:
        return
    names = section.columns(HeadPart.NAME)
    first = max((n for n in names if n < columns[0]), default=0) if len(names) > 1 else 0
    for row in section.rows:
        if len(row) != section.width:
            continue
        texts = [
            cell.words for cell in row[first : columns[0]] if cell.text and cell.number is None
        ]
        label = next(
            (t for t in texts if _TOTAL.match(t) or _SUBTOTAL.match(t)), texts[0] if texts else ""
        )
        if _OF_WHICH.match(label) and len(texts) > 1 and re.fullmatch(r"其中[：:]?", label):
            label = f"其中：{texts[1]}"
        values = {c: row[c] for c in columns if row[c].number is not None and not row[c].is_percent}
        if label and (values or not any(cell.number is not None for cell in row)):
            style, index = _style(label)
            yield _Line(label, style, index, values)


def _style(label: str) -> tuple[str, int]:
    """Return how a label is marked: total, subtotal, of which, numbered a to e, plain."""
    if _TOTAL.match(label):
        return "total", 0
    if _SUBTOTAL.match(label):
        return "subtotal", 0
    if _OF_WHICH.match(label):
        return "of", 0
    match = _NUMBERED.match(label)
    if match is None:
        return "plain", 0
    style = str(match.lastgroup)
    text = match[style]
    if style in "ab":
        return style, _han_number(text)
    return style, ord(text) - ord("①") + 1 if style == "e" else int(text)


def _han_number(text: str) -> int:
    tens, has_ten, ones = text.rpartition("十")
    if not has_ten:
        return _HAN.index(text[-1])
    return (_HAN.index(tens[-1]) if tens else 1) * 10 + (_HAN.index(ones) if ones else 0)


def _sums_of_lines(lines: Sequence[_Line], columns: Sequence[int]) -> Iterator[SumGroup]:
    """Yield the sums over the rows: totals, numbered lists, lists behind 其中."""
    first = next((n for n, line in enumerate(lines) if line.style == "total"), None)
    if first is not None:
        yield from _sums_of_total(lines, first, columns)
    for number, line in enumerate(lines):
        if line.style == "total":
            continue
        if line.style != "of" and number + 1 < len(lines):
            yield from _sums_below(lines, number, columns)


def _sums_of_total(
    lines: Sequence[_Line], number: int, columns: Sequence[int]
) -> Iterator[SumGroup]:
    """Yield the sums of the first total row, of the rows above it or, where it is the first, below."""
    if number:
        rows = list(lines[:number])
    else:
        behind = range(1, len(lines))
        stop = next((n for n in behind if lines[n].style == "total"), len(lines))
        rows = list(lines[1:stop])
    rows = [row for row in rows if row.values]
    if len(rows) < 1:
        return
    readings: list[list[_Line]] = []
    numbered = [row.style for row in rows if row.style in "abcde"]
    if numbered:
        readings.append([row for row in rows if row.style == numbered[0]])
        outer = min(numbered)
        readings.append([row for row in rows if row.style == outer])
    if any(row.style == "subtotal" for row in rows):
        readings.append([row for row in rows if row.style == "subtotal"])
    readings.append([row for row in rows if row.style not in {"of", "subtotal"}])
    readings.append([row for row in rows if row.style != "subtotal"])
    groups = [
        _group(lines[number], parts, columns, is_certain=False) for parts in readings if parts
    ]
    best = max(groups, key=lambda group: group.telling)
    is_certain = (
        not best.telling
        and len(readings[0]) >= 2
        and (bool(numbered) or len(readings) == 2)
        and ("of" not in {row.style for row in readings[-1]} or bool(numbered))
    )
    yield SumGroup(best.sums, is_certain)


def _sums_below(lines: Sequence[_Line], number: int, columns: Sequence[int]) -> Iterator[SumGroup]:
    """Yield the sum of a row by the list that begins right below it."""
    own, following = lines[number], lines[number + 1]
    if following.style == "of":
        ends = []
        for end in range(number + 1, min(len(lines), number + 1 + _LONGEST_LIST)):
            if end > number + 1 and lines[end].style != "plain":
                break
            ends.append(end)
        groups = [
            _group(own, lines[number + 1 : end + 1], columns, is_certain=False) for end in ends
        ]
        yield max(
            groups, key=lambda group: (group.telling, len(group.sums[0].parts) if group.sums else 0)
        )
    elif following.style in "abcde" and following.index == 1 and following.style != own.style:
        if own.style in "abcde" and own.style > following.style:
            return
        parts: list[_Line] = []
        for line in lines[number + 1 :]:
            if line.style == own.style != "plain" or line.style == "total":
                break
            if line.style == following.style:
                if line.index != len(parts) + 1:
                    break
                parts.append(line)
        if len(parts) >= 2:
            yield _group(own, parts, columns, is_certain=False)


def _group(
    total: _Line, parts: Sequence[_Line], columns: Sequence[int], *, is_certain: bool
) -> SumGroup:
    sums = [
        GridSum(
            total.values[c],
            tuple(part.values[c] for part in parts if c in part.values),
            total.label,
        )
        for c in columns
        if c in total.values
    ]
    return SumGroup(tuple(each for each in sums if each.parts), is_certain)


def _sums_of_columns(section: HeadSection) -> Iterator[SumGroup]:
    """Yield the sums over the columns: 合计 of what follows, 小计 of its group."""
    values = value_columns(section)
    paths = {column: section.names[column].split("·") for column in values}
    found: dict[tuple[str, ...], list[GridSum]] = defaultdict(list)
    certain: dict[tuple[str, ...], bool] = {}
    rows = [row for row in section.rows if len(row) == section.width]
    for column in values:
        if not _TOTAL_HEAD.match(paths[column][-1]):
            continue
        parts, is_certain = _parts_of(column, values, paths, rows)
        if len(parts) < 2:
            continue
        key = (paths[column][-1], *("·".join(paths[part][1:]) or paths[part][0] for part in parts))
        certain[key] = is_certain
        for row in rows:
            cells = tuple(row[part] for part in parts if row[part].number is not None)
            if row[column].number is not None and cells:
                label = "".join(cell.text for cell in row[:1]) or section.names[column]
                found[key].append(GridSum(row[column], cells, label))
    for key, sums in found.items():
        yield SumGroup(tuple(sums), certain[key])


def _parts_of(
    column: int, values: Sequence[int], paths: dict[int, list[str]], rows: Sequence[Row]
) -> tuple[list[int], bool]:
    """Return the columns that a total column adds up, and whether its heading says so."""
    prefix = paths[column][:-1]
    inside = [v for v in values if v != column and paths[v][: len(prefix)] == prefix]
    subtotals = [
        v for v in inside if len(paths[v]) > len(prefix) + 1 and _TOTAL_HEAD.match(paths[v][-1])
    ]
    hidden = {
        v
        for v in inside
        for s in subtotals
        if v != s and paths[v][: len(paths[s]) - 1] == paths[s][:-1]
    }
    parts = [v for v in inside if v not in hidden]
    if prefix:
        return parts, True
    parts = [v for v in parts if v > column]
    stop = next(
        (n for n, v in enumerate(parts) if _TOTAL_HEAD.match(paths[v][-1]) and len(paths[v]) == 1),
        len(parts),
    )
    parts = parts[:stop]
    choices = [parts[:end] for end in range(len(parts), 1, -1)]
    best = max(choices, key=lambda choice: _holding(column, choice, rows), default=[])
    return best, False


def _holding(column: int, parts: Sequence[int], rows: Sequence[Row]) -> int:
    return sum(
        bool(row[column].number)
        and sum((row[part].number or ZERO for part in parts), ZERO) == row[column].number
        for row in rows[:_MOST_TRIED]
    )


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """An account with its code and its amounts, by how far they stand behind the code."""

    code: str
    name: str
    values: dict[int, Cell]


def code_entries(rows: Sequence[Row]) -> list[CodeEntry]:
    """Return the accounts of a table by codes; the total row has an empty code."""
    is_even = len({len(row) for row in rows}) == 1
    starts: set[int] = set()
    if is_even:
        starts = {n for row in rows for n, cell in enumerate(row) if _is_code(cell)}
    found: list[CodeEntry] = []
    for row in rows:
        found += _entries_of_row(row, starts)
    codes = [entry for entry in found if entry.code]
    return found if len(codes) >= 3 else []


def _is_code(cell: Cell) -> bool:
    return (_CODE.match(cell.words) is not None and not cell.digits) or (
        _JOINED_CODE.match(cell.text) is not None
    )


def _entries_of_row(row: Row, starts: set[int]) -> Iterator[CodeEntry]:
    """Yield what a row says of accounts; tables may stand side by side.

    ``starts``: the columns with codes; where rows have not all their cells, amounts are counted instead.
    """
    code, name, start = "", "", 0
    values: dict[int, Cell] = {}
    for column, cell in enumerate(row):
        words = cell.words
        is_total = _TOTAL.match(words) is not None
        if is_total or (_is_code(cell) and not _is_amount_place(name, values)):
            if name and values:
                yield CodeEntry(code, name, values)
            joined = _JOINED_CODE.match(cell.text)
            code = "" if is_total else (joined[1] if joined else words)
            name, values = (words if joined or is_total else ""), {}
            start = max((n for n in starts if n <= column), default=column)
        elif cell.number is not None and not cell.is_percent:
            if name:
                values[column - start if starts else len(values)] = cell
        elif words and re.search(r"[\u4e00-\u9fff]", words) and not values:
            name = name or words
    if name and values:
        yield CodeEntry(code, name, values)


def _is_amount_place(name: str, values: dict[int, Cell]) -> bool:
    """Return whether a bare number of three digits is an amount: it stands right behind a name."""
    return bool(name) and not values


def _sums_by_code(section: HeadSection, entries: Sequence[CodeEntry]) -> Iterator[SumGroup]:
    """Yield the sums of each account by the codes below it, of the total row, and of each row."""
    places = sorted({place for entry in entries for place in entry.values})
    children: dict[str, list[CodeEntry]] = defaultdict(list)
    seen: dict[str, CodeEntry] = {}
    order = [entry for entry in entries if entry.code]
    for entry in order:
        seen.setdefault(entry.code, entry)
    for entry in seen.values():
        parent = next(
            (entry.code[:n] for n in range(len(entry.code) - 2, 2, -2) if entry.code[:n] in seen),
            "",
        )
        children[parent].append(entry)
    for code, parts in children.items():
        if code:
            yield _group_of_entries(seen[code], parts, places, is_certain=True)
    total = next((entry for entry in entries if not entry.code and _TOTAL.match(entry.name)), None)
    tops = children[""]
    if (
        total is not None
        and len({len(entry.code) for entry in tops}) == 1
        and len(order) == len(seen)
    ):
        yield _group_of_entries(total, tops, places, is_certain=True)
    first = places[0]
    if len(places) >= 3 and not (section.width and not _has_total_head(section)):
        sums = [
            GridSum(
                entry.values[first],
                tuple(cell for place, cell in entry.values.items() if place != first),
                entry.name,
            )
            for entry in entries
            if first in entry.values and len(entry.values) > 2
        ]
        group = SumGroup(tuple(sums), is_certain=False)
        if group.telling * 2 > len(sums):
            yield group


def _has_total_head(section: HeadSection) -> bool:
    return any(_TOTAL_HEAD.match(name.split("·")[-1]) for name in section.names if name)


def _group_of_entries(
    total: CodeEntry, parts: Sequence[CodeEntry], places: Sequence[int], *, is_certain: bool
) -> SumGroup:
    sums = []
    for place in places:
        cells = tuple(part.values[place] for part in parts if place in part.values)
        if place in total.values and cells:
            sums.append(GridSum(total.values[place], cells, total.name))
    return SumGroup(tuple(sums), is_certain)
