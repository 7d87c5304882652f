"""Where the money of a form comes from: rows below its total, also two lists side by side.

资金总额 is followed by its sources, each with budget, spending and rate; other forms list, beside each
other, sources (按收入性质分) and uses (按支出性质分), each with one amount.
"""

import re
from collections.abc import Iterator, Sequence

from perfeval.checking.grids.cells import Cell
from perfeval.checking.grids.heads import HeadPart, HeadSection
from perfeval.checking.grids.scores import BudgetRow
from perfeval.checking.grids.sums import GridSum, SumGroup

_WHOLE = re.compile(r"资金总额|年度总金额|^总额")
_LABEL = re.compile(r"[\u4e00-\u9fff].*[：:]$")
_BY_NATURE = re.compile(r"性质分|来源分|按.{1,6}分[：:]?$")


def source_groups(rows: Sequence[BudgetRow]) -> Iterator[SumGroup]:
    """Yield the sums of forms that lost their columns: the total by the sources that follow it."""
    loose = [row for row in rows if not row.is_sure]
    for number, whole in enumerate(loose):
        if not _WHOLE.search(whole.name):
            continue
        parts = []
        for row in loose[number + 1 :]:
            if _WHOLE.search(row.name) or len(row.budgets) != len(whole.budgets):
                break
            parts.append(row)
        if parts:
            columns = [
                (whole.budgets[place], [part.budgets[place] for part in parts])
                for place in range(len(whole.budgets))
            ]
            columns.append((whole.spent, [part.spent for part in parts]))
            sums = (GridSum(total, tuple(cells), whole.name) for total, cells in columns)
            yield SumGroup(tuple(sums), is_certain=False)


def nature_groups(section: HeadSection, rows: Sequence[BudgetRow]) -> Iterator[SumGroup]:
    """Yield the sums of two lists side by side: each adds to what was spent, or to a budget."""
    if not section.has(HeadPart.RATE, HeadPart.SPENT) or not rows:
        return
    start = next(
        (
            n
            for n, row in enumerate(section.rows)
            if sum(bool(_BY_NATURE.search(c.words)) for c in row) >= 2
        ),
        None,
    )
    if start is None:
        return
    sides: tuple[list[Cell], list[Cell]] = ([], [])
    for row in section.rows[start + 1 :]:
        label, place = "", -1
        for cell in row:
            if _LABEL.search(cell.words):
                label, place = cell.words, place + 1
            elif label and cell.number is not None and 0 <= place < 2:
                sides[place].append(cell)
    wholes = [rows[0].spent, *reversed(rows[0].budgets)]
    groups = [
        next((each for each in choices if each.holds), choices[0])
        for side in sides
        if side and (choices := [GridSum(whole, tuple(side), "资金总额") for whole in wholes])
    ]
    if len(groups) == 2 and groups[0].holds != groups[1].holds:
        right = next(each for each in groups if each.holds)
        groups = [GridSum(right.total, each.parts, each.label) for each in groups]
    if len(groups) == 2 and groups[0].added == groups[1].added and not groups[0].holds:
        yield SumGroup((groups[0],), is_certain=True)
    elif any(each.holds for each in groups):
        yield SumGroup(tuple(groups), is_certain=False)
