"""收入支出决算总表: income and spending side by side, each with its total of the year and its grand total.

Read from names and the amounts behind them, so that it does not matter whether cells kept their columns,
lost the empty ones, or stand one a line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfeval.checking.grids.cells import Cell
from perfeval.checking.grids.sums import GridSum, SumGroup

_INCOME_TOTAL = re.compile(r"^本年(?:财政拨款)?收入合计$")
_SPENDING_TOTAL = re.compile(r"^本年(?:财政拨款)?支出合计$")
_GRAND_TOTAL = re.compile(r"^(?:收入|支出)?(?:总计|合计)$")
_CARRIED = re.compile(r"年初|上年|使用非财政|使用专用|动用|弥补")
_LEFT_OVER = re.compile(r"年末|年终|结余分配|结转下年|下年")
_LEFT, _RIGHT = (
    re.compile(r"收入|年初|上年|使用|动用|弥补|拨款$"),
    re.compile(r"支出|年末|年终|结余分配|结转下年"),
)
_OF_WHICH = re.compile(r"^其中|^(?:基本支出|项目支出|经营)结转")
_NUMBERED = re.compile(r"^[一二三四五六七八九十]{1,3}、")
_HEADS = re.compile(
    r"^(?:收入|支出|项目|项目（按.*）|行次|栏次|决算数|预算数|金额|本年决算|合计|小计|.*单位.*|注.*)$"
)
#: A table has no more rows than this on one side.
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class _Entry:
    """A name with the first amount behind it."""

    name: str
    value: Cell | None


def account_groups(cells: Sequence[Cell]) -> Iterator[SumGroup]:
    """Yield the sums of every such table in a run of cells."""
    entries = list(_entries(cells))
    start = 0
    for number, entry in enumerate(entries):
        if not _SPENDING_TOTAL.match(entry.name):
            continue
        low = max(start, number - 2 * _LONGEST)
        end = next(
            (
                n + 1
                for n in range(min(number + 30, len(entries)) - 1, number, -1)
                if _GRAND_TOTAL.match(entries[n].name)
                and not _passes_another(entries[number + 1 : n])
            ),
            number + 1,
        )
        table = entries[low:end]
        if any(_INCOME_TOTAL.match(each.name) for each in table):
            yield from _groups(table)
        start = end


def _passes_another(between: Sequence[_Entry]) -> bool:
    return any(
        _SPENDING_TOTAL.match(each.name) or _HEADS.match(each.name)
        for each in between
        if each.name not in {"合计", "收入合计"}
    )


def _entries(cells: Sequence[Cell]) -> Iterator[_Entry]:
    """Yield names with the amount that follows; 行次, a small whole number before it, is passed over."""
    name = ""
    numbers: list[Cell] = []
    has_lines = any(cell.words == "行次" for cell in cells)
    for cell in cells:
        if cell.number is not None:
            numbers.append(cell)
            continue
        words = cell.words
        if not words or not re.search(r"[\u4e00-\u9fff]", words):
            continue
        if name:
            yield _Entry(name, _amount(numbers, has_lines=has_lines))
        name, numbers = words, []
    if name:
        yield _Entry(name, _amount(numbers, has_lines=has_lines))


def _amount(numbers: Sequence[Cell], *, has_lines: bool) -> Cell | None:
    rest = numbers[1:] if has_lines and numbers and not numbers[0].digits else numbers
    return rest[0] if rest else None


def _groups(table: Sequence[_Entry]) -> Iterator[SumGroup]:
    """Yield the sums of one table, and that both grand totals are one."""
    grand: list[Cell] = []
    for side in (_LEFT, _RIGHT):
        entries = list(_side(table, side))
        place = next(
            (
                n
                for n, e in enumerate(entries)
                if _INCOME_TOTAL.match(e.name) or _SPENDING_TOTAL.match(e.name)
            ),
            None,
        )
        if place is None:
            continue
        year = entries[place]
        if year.value is None:
            continue
        yield from _year(year.value, entries[:place], year.name)
        behind = [e for e in entries[place + 1 :] if e.value is not None]
        total = next((e for e in behind if _GRAND_TOTAL.match(e.name)), None)
        if total is None or total.value is None:
            continue
        grand.append(total.value)
        words = _CARRIED if side is _LEFT else _LEFT_OVER
        rests = [
            e.value
            for e in behind
            if e is not total and e.value and words.search(e.name) and not _OF_WHICH.match(e.name)
        ]
        yield SumGroup((GridSum(total.value, (year.value, *rests), total.name),), is_certain=True)
    if len(grand) == 2:
        yield SumGroup((GridSum(grand[1], (grand[0],), "总计"),), is_certain=True)


def _year(total: Cell, entries: Sequence[_Entry], label: str) -> Iterator[SumGroup]:
    """Yield the sum of one side above its total of the year."""
    parts = [
        e
        for e in entries
        if e.value is not None and not _HEADS.match(e.name) and not _OF_WHICH.match(e.name)
    ]
    numbered = [e for e in parts if _NUMBERED.match(e.name)]
    choices = [numbered, parts] if len(numbered) * 2 >= len(parts) else [parts]
    sums = [
        GridSum(total, tuple(e.value for e in choice if e.value), label)
        for choice in choices
        if choice
    ]
    if sums:
        best = next((each for each in sums if each.holds), sums[0])
        yield SumGroup((best,), is_certain=True)


def _side(table: Sequence[_Entry], side: re.Pattern[str]) -> Iterator[_Entry]:
    """Yield the entries of one side: by name, a grand total by its turn."""
    other = _RIGHT if side is _LEFT else _LEFT
    grand = 0
    for entry in table:
        if _GRAND_TOTAL.match(entry.name):
            if re.match(r"收入|支出", entry.name):
                is_here = side.search(entry.name) is not None
            else:
                is_here = grand % 2 == (side is _RIGHT)
                grand += 1
            if is_here:
                yield entry
            continue
        name = _NUMBERED.sub("", entry.name)
        if side.search(name) and not (
            other.search(name) and _last(other, name) > _last(side, name)
        ):
            yield entry


def _last(words: re.Pattern[str], name: str) -> int:
    return max((match.end() for match in words.finditer(name)), default=-1)
