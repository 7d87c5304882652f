"""Rows of budget, spending and rate, from tables with columns and from cells that follow each other."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfeval.checking.tables import Cell, TextGrid, is_heading, tokens
from perfeval.checking.text import Prose

_SPENT_HEAD = re.compile(
    r"执行数|支出数|决算数|实际支出|支付数|支出决算|执行金额|支出金额|[（(]B[)）]"
)
_BUDGET_HEAD = re.compile(r"预算数|预算金额|预算安排|[（(]A[)）]|到位数|预算$")
_RATE_HEAD = re.compile(
    r"^(?:预算|资金)?(?:执行率|支出率|支付率|完成率|支出进度)(?:[（(][^）)]*[)）])?%?$"
)
_WEIGHT_HEAD = re.compile(r"^(?:标准)?(?:分值|权重)(?:[（(][^）)]*[)）])?$")
_SCORE_HEAD = re.compile(r"^(?:自评)?得分(?:[（(][^）)]*[)）])?$")
_HEADS = {
    "rate": _RATE_HEAD,
    "spent": _SPENT_HEAD,
    "budget": _BUDGET_HEAD,
    "weight": _WEIGHT_HEAD,
    "score": _SCORE_HEAD,
}
#: The first row of the national self-evaluation form.
_WHOLE_MONEY = re.compile(r"^(?:年度)?资金总额(?:（[^）]*）)?：?$")
#: The rows below it; only the rate follows their amounts.
_SOME_MONEY = re.compile(
    r"^(?:其中：)?(?:当年|本年|年度)?(?:财政拨款|财政资金|上年结转资金|上年结转|其他资金|单位资金|财政专户管理资金)：?$"
)
#: A word in a column of amounts: the row stands one column off its heading.
_HAS_WORDS = re.compile(r"[\u4e00-\u9fff]{3}")
_EMPTY = frozenset({"—", "-", "——", "--", "/", "－"})
#: The most points that an execution rate is worth in any known form.
HEAVIEST_RATE = 30


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """Budgets (at the start, for the year), spending, rate; weight and score where given.

    ``is_sure``: columns with headings say which is which.
    """

    name: str
    budgets: tuple[Cell, ...]
    spent: Cell
    rate: Cell
    weight: Cell | None
    score: Cell | None
    is_sure: bool


def budget_rows(prose: Prose, grids: Sequence[TextGrid]) -> Iterator[BudgetRow]:
    """Yield the rows of all grids; only where there are none, those of the bare stream of cells."""
    is_any = False
    for grid in grids:
        for row in _of_grid(grid):
            is_any = True
            yield row
    if not is_any:
        yield from _of_stream(prose)


def _of_grid(grid: TextGrid) -> Iterator[BudgetRow]:
    """Yield the rows below a heading of budget, spending and rate."""
    columns: dict[str, list[int]] | None = None
    width = 0
    for row in grid.rows:
        places = _places(row)
        if places["rate"] and places["spent"] and places["budget"]:
            columns, width = places, len(row)
        elif (places["weight"] and places["score"]) or is_heading(row):
            columns = None
        elif columns is not None and len(row) == width:
            found = _row(columns, row)
            if found is not None:
                yield found


def _places(row: Sequence[Cell]) -> dict[str, list[int]]:
    """Return which columns a heading names."""
    places: dict[str, list[int]] = {key: [] for key in _HEADS}
    for place, cell in enumerate(row):
        text = cell.text.replace(" ", "")
        key = next((key for key, head in _HEADS.items() if head.search(text)), None)
        if key:
            places[key].append(place)
    return places


def _row(columns: dict[str, list[int]], row: Sequence[Cell]) -> BudgetRow | None:
    """Return the row when it gives budget, spending and rate."""
    rate, spent = row[columns["rate"][0]], row[columns["spent"][0]]
    budgets = tuple(row[place] for place in columns["budget"] if row[place].number)
    if rate.number is None or spent.number is None or not budgets or rate.number < 0:
        return None
    is_shifted = not rate.is_percent and any(cell.is_percent for cell in row)
    if is_shifted or any(_HAS_WORDS.search(row[place].text) for place in columns["budget"]):
        return None
    weight = row[columns["weight"][0]] if columns["weight"] else None
    score = row[columns["score"][0]] if columns["score"] else None
    return BudgetRow(
        name=next((cell.text for cell in row if cell.text and cell.number is None), ""),
        budgets=budgets,
        spent=spent,
        rate=rate,
        weight=weight if weight and weight.number is not None else None,
        score=score if score and score.number is not None and not score.is_percent else None,
        is_sure=len(columns["spent"]) == 1 and len(columns["rate"]) == 1,
    )


def _of_stream(prose: Prose) -> Iterator[BudgetRow]:
    """Yield what follows 年度资金总额 (budgets, spending, weight, rate, score) and the rows below it."""
    name: Cell | None = None
    run: list[Cell] = []
    is_form = False
    for token in tokens(prose):
        if token.number is not None:
            run.append(token)
            continue
        if token.text in _EMPTY and run:
            continue
        if name is not None:
            yield from _row_of_run(name, run)
        is_whole = bool(_WHOLE_MONEY.match(token.text))
        is_form = is_form or is_whole
        name = token if is_whole or (is_form and _SOME_MONEY.match(token.text)) else None
        run = []
    if name is not None:
        yield from _row_of_run(name, run)


def _row_of_run(name: Cell, run: Sequence[Cell]) -> Iterator[BudgetRow]:
    """Yield the row when the numbers can be read in one way only."""
    if not _WHOLE_MONEY.match(name.text):
        budgets = tuple(cell for cell in run[:2] if cell.number)
        if len(run) == 4 and run[3].is_percent and budgets and not run[2].is_percent:
            yield BudgetRow(name.text, budgets, run[2], run[3], None, None, is_sure=False)
        return
    if len(run) not in (5, 6):
        return
    weight, rate, score = run[-3], run[-2], run[-1]
    budgets = tuple(cell for cell in run[:-4] if cell.number)
    is_plausible = rate.is_percent and (weight.number or 0) <= HEAVIEST_RATE
    if is_plausible and budgets and not score.is_percent:
        yield BudgetRow(name.text, budgets, run[-4], rate, weight, score, is_sure=False)
