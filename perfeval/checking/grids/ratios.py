"""Columns that follow from two others: a rate, a change, a growth. Found by what most rows hold."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

from perfeval.checking.grids.cells import Cell, Row
from perfeval.checking.grids.heads import HeadPart, HeadSection
from perfeval.checking.grids.sums import value_columns
from perfeval.scoring.quantity import Rounding, exact

_RATE = re.compile(r"率|占比|比重|比例|进度|增减(?:幅|%|（%）|比)|增长(?:%|（%）|幅)|幅度")
_CHANGE = re.compile(r"增减|增长|降|变动率")
_DIFFERENCE = re.compile(
    r"^(?:增减|增减额|增减数|增加额?|减少额?|变动|差额|结余|结余数|结余资金|剩余|增减金额|变动额)(?:[（(][^%）)]*[)）])?$"
)
#: 控制率 of one row: the second figure of the first.
_OF_THE_FIRST = re.compile(r"控制率$")
#: Pairs of columns are tried in a table of no more amounts than this.
_MOST_COLUMNS = 12
#: So many rows show which pair a column follows; so many such columns are read.
_MOST_TRIED, _MOST_RATES = 60, 8


@dataclass(frozen=True, slots=True)
class GridRatio:
    """A cell that follows from two others: ``value`` is what follows, in percent for a rate."""

    cell: Cell
    of: tuple[Cell, Cell]
    value: Fraction
    is_rate: bool
    is_change: bool
    label: str

    @property
    def holds(self) -> bool:
        """Return whether the cell gives the value, rounded to its digits or cut off."""
        stated = exact(self.cell.number or 0)
        if (
            self.is_change
            and self.is_rate
            and stated >= 0 > self.value
            and "-" not in self.cell.text
        ):
            return _is_rounded(-self.value, stated, self.cell.digits)
        return _is_rounded(self.value, stated, self.cell.digits)

    @property
    def shown(self) -> str:
        """Return the arithmetic without its result."""
        first, second = (cell.text for cell in self.of)
        if self.is_rate:
            return f"({first} - {second}) ÷ {second}" if self.is_change else f"{first} ÷ {second}"
        return f"{first} - {second}"


def _is_rounded(value: Fraction, stated: Fraction, digits: int) -> bool:
    step = Fraction(1, 10**digits)
    return exact(Rounding(digits=digits).apply(value)) == stated or (
        abs(value - stated) < step and digits >= 2
    )


def ratio_groups(section: HeadSection) -> Iterator[list[GridRatio]]:
    """Yield, for each column of rates or changes, what its rows follow."""
    if section.has(HeadPart.SCORE) and not section.has(HeadPart.SPENT):
        return
    values = value_columns(section)[:_MOST_COLUMNS]
    rows = [row for row in section.rows if len(row) == section.width]
    read = 0
    for column, name in enumerate(section.names):
        last = name.split("·")[-1]
        is_rate = _RATE.search(last) is not None
        if section.parts[column] not in (HeadPart.OTHER, HeadPart.RATE) or not (
            is_rate or _DIFFERENCE.match(last)
        ):
            continue
        if section.parts[column] == HeadPart.RATE and section.has(HeadPart.SPENT):
            continue  # a row of the budget
        read += 1
        if read > _MOST_RATES:
            return
        others = [value for value in values if value != column]
        found = _best(section, rows, column, others, is_rate=is_rate)
        if found:
            yield found


def _best(
    section: HeadSection, rows: Sequence[Row], column: int, values: Sequence[int], *, is_rate: bool
) -> list[GridRatio]:
    """Return what the rows follow by the pair of columns that most of them hold."""
    pair = (0, 0, False)
    held = 0
    last = section.names[column].split("·")[-1]

    def ratio(cell: Cell, of: tuple[Cell, Cell], *, is_change: bool) -> GridRatio:
        one, other = (exact(each.number or 0) for each in of)
        value = one - other if is_change or not is_rate else one
        return GridRatio(
            cell, of, value / other * 100 if is_rate else value, is_rate, is_change, last
        )

    kinds = (False, True) if is_rate and _CHANGE.search(last) else (False,)
    for first, second in permutations(values, 2):
        for is_change in kinds:
            tried = _filled(rows[:_MOST_TRIED], column, first, second, is_rate=is_rate)
            count = sum(
                ratio(row[column], (row[first], row[second]), is_change=is_change).holds
                for row in tried
            )
            if count > held:
                pair, held = (first, second, is_change), count
    if held >= 2:
        first, second, is_change = pair
        best = [
            ratio(row[column], (row[first], row[second]), is_change=is_change)
            for row in _filled(rows, column, first, second, is_rate=is_rate)
        ]
        if sum(not each.holds for each in best) <= 1:
            return best
    filled = [row for row in rows if row[column].number is not None]
    if is_rate and _OF_THE_FIRST.search(last) and len(values) == 2 and len(filled) == 1:
        return [
            ratio(row[column], (row[values[1]], row[values[0]]), is_change=False)
            for row in _filled(filled, column, values[1], values[0], is_rate=True)
        ]
    return []


def _filled(
    rows: Sequence[Row], column: int, first: int, second: int, *, is_rate: bool
) -> Iterator[Row]:
    """Yield the rows that give all three figures; nothing is a rate of nothing."""
    for row in rows:
        cells = (row[column], row[first], row[second])
        if all(cell.number is not None for cell in cells) and (row[second].number or not is_rate):
            yield row
