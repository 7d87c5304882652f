"""The rows of money above the indicators of a project's form: they carry points of their own."""

import re
from collections.abc import Sequence
from decimal import Decimal

from perfeval.sheets.columns import squeezed
from perfeval.sheets.grid import Grid
from perfeval.sheets.numbers import WeightFault, read_weight

_HEADING = re.compile(r"全年执行数|全年执行|执行率|预算数")
_WEIGHT = re.compile(r"^(分值|权重|满分|标准分)")
_TOTAL = re.compile(r"总额|总计|合计|资金总|项目资金|预算资金")


def money_row(grid: Grid, rows: Sequence[int]) -> tuple[int, int, int, Decimal] | None:
    """Return row, column of its name, column of its weight and weight (points) of a form's money.

    ``rows``: the rows above the header. None where they hold no table of money with points.
    """
    for place, row in enumerate(rows):
        words = {column: squeezed(grid.text(row, column)) for column in grid.columns}
        column = next((own for own, word in words.items() if _WEIGHT.match(word)), 0)
        if not column or not any(_HEADING.search(word) for word in words.values()):
            continue
        for below in rows[place + 1 :]:
            weight = read_weight(grid.text(below, column))
            name = next(
                (own for own in grid.columns if _TOTAL.search(grid.text(below, own))),
                0,
            )
            if name and not isinstance(weight, WeightFault):
                return below, name, column, weight
    return None
