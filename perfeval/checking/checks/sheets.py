"""Tables: score sheets, budget rows with their rate, total rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from perfeval.checking.budget_rows import BudgetRow
from perfeval.checking.checks.arithmetic import Fit, fit_ratio, show_percent, show_points
from perfeval.checking.findings import Hit
from perfeval.checking.knowledge import knowledge
from perfeval.checking.reading import Reading
from perfeval.checking.tables import Cell, StatedScoreSheet, has_no_value
from perfeval.scoring.quantity import exact, plain

_BONUS = re.compile(r"加分|附加|奖励")
_TOTAL = re.compile(r"^(?:合计|总计|共计)(?:[（(][^）)]*[)）])?$")
_SUBORDINATE = re.compile(r"^(?:其中|小计|[（(]?其中)")
#: What an execution rate weighs in the forms known.
_RATE_WEIGHTS = (Decimal(10), Decimal(20))
_NOT_SUMMED = re.compile(r"率|比|序号|编号|年度|分值|权重|得分|标准|年份|代码|编码|增减|%")


def score_sheets(reading: Reading) -> Iterator[Hit]:
    """Hold each row's score against its weight, the rows against the total row."""
    for sheet in reading.score_sheets:
        if sheet.is_proved or _is_proved_with_budget(reading, sheet):
            yield from _rows(sheet)
        yield from _total_row(reading, sheet)


def _is_proved_with_budget(reading: Reading, sheet: StatedScoreSheet) -> bool:
    """Return whether the weights are whole together with that of a budget row (10 + 90)."""
    full = _full(reading, sheet)
    return full - sheet.weight_sum in reading.budget_points.score_of


def _full(reading: Reading, sheet: StatedScoreSheet) -> Decimal:
    """Return the full score: the total row's, the scheme's, the text's, or the common one."""
    stated = sheet.total_weight.number if sheet.total_weight else None
    return stated if stated is not None else (reading.full_score or knowledge().full_score)


def _may_be_of_budget(reading: Reading, missing: Decimal) -> bool:
    """Return whether the missing weight is that of the form's execution rate whose row was not read."""
    return (
        missing in _RATE_WEIGHTS and not reading.budget_points.score_of and reading.is_national_form
    )


def _rows(sheet: StatedScoreSheet) -> Iterator[Hit]:
    """Check each row of a sheet whose columns are proved."""
    for row in sheet.rows:
        weight, score = row.weight.number, row.score.number
        if weight is None or score is None or _BONUS.search(row.name):
            continue
        if score > weight:
            yield Hit(
                "score-above-weight",
                row.score.start,
                row.score.end,
                row.score.text,
                row.weight.text,
                {"name": row.name},
            )
        if score < weight and row.reason is not None and has_no_value(row.reason):
            yield Hit(
                "loss-without-reason",
                row.score.start,
                row.score.end,
                row.score.text,
                row.weight.text,
                {"name": row.name},
            )
        if row.actual and _is_copied(row.actual.text, row.target):
            yield Hit("target-copied", row.actual.start, row.actual.end, row.target[:30], "")


def _is_copied(actual: str, target: str) -> bool:
    """Return whether words were copied from the target; equal figures are only good work."""
    return actual == target and len(actual) >= 8 and not re.search(r"\d", target)


def _total_row(reading: Reading, sheet: StatedScoreSheet) -> Iterator[Hit]:
    """Add up the scores, and the weights where the scores prove that no row is missing."""
    stated = sheet.total_score.number if sheet.total_score else None
    cell = sheet.total_score
    if cell is None or stated is None or len(sheet.rows) < 2:
        return
    scores = [row.score.number for row in sheet.rows if row.score.number is not None]
    weights = [row.weight.number for row in sheet.rows if row.weight.number is not None]
    full, weight_sum, score_sum = _full(reading, sheet), sheet.weight_sum, sheet.score_sum
    budget = reading.budget_points
    if score_sum == stated or stated - score_sum in budget.weight_of:
        complete = weight_sum
        if score_sum != stated:
            complete += budget.weight_of[stated - score_sum]
        if complete != full and not _may_be_of_budget(reading, full - complete):
            yield Hit(
                "total-weight-wrong",
                cell.start,
                cell.end,
                plain(full),
                plain(complete),
                {"arithmetic": show_points(weights, complete)},
            )
        return
    if weight_sum == full or full - weight_sum in budget.score_of:
        if weight_sum != full:
            score_sum += budget.score_of[full - weight_sum]
        yield Hit(
            "total-score-wrong",
            cell.start,
            cell.end,
            cell.text,
            plain(score_sum),
            {"arithmetic": show_points(scores, score_sum)},
        )


def budget_rows(reading: Reading) -> Iterator[Hit]:
    """Hold each row's rate against its amounts, and the points of the rate against the rate."""
    for row in reading.budget_rows:
        yield from _check_budget_row(row)


def _check_budget_row(row: BudgetRow) -> Iterator[Hit]:
    """Check one row of budget, spending and rate."""
    stated, spent = row.rate.number or Decimal(0), row.spent.number or Decimal(0)
    fits = []
    for budget in row.budgets:
        whole = exact(budget.number or 1)
        percent = exact(spent) / whole * 100
        value, digits = stated, row.rate.digits
        if not row.rate.is_percent and value <= 2 < percent and digits >= 2:
            value, digits = value * 100, digits - 2
        slack = Fraction(1, 10**row.spent.digits) * 100 / whole
        fits.append((fit_ratio(value, digits, percent, slack), percent, budget))
    if not any(fit == Fit.EXACT for fit, _, _ in fits):
        near = [entry for entry in fits if entry[0] != Fit.WRONG]
        fit, percent, budget = (near or fits[-1:])[0]
        shown = show_percent(percent, row.rate.digits)
        far = "rate-wrong" if row.is_sure else "rate-doubtful"
        yield Hit(
            {Fit.CUT_OFF: "rate-cut-off", Fit.NEAR: "rate-rounding"}.get(fit, far),
            row.rate.start,
            row.rate.end,
            row.rate.text,
            shown,
            {"arithmetic": f"{row.spent.text} ÷ {budget.text} = {shown}"},
        )
    yield from _check_points(row, [percent for _, percent, _ in fits])


def _check_points(row: BudgetRow, percents: Sequence[Fraction]) -> Iterator[Hit]:
    """Compare the score of a budget row with its weight and with rate × weight."""
    weight, score = row.weight, row.score
    if weight is None or score is None or weight.number is None or score.number is None:
        return
    rates = [exact(row.rate.number or 0)] if row.rate.is_percent else percents
    computed = [min(rate, Fraction(100)) * exact(weight.number) / 100 for rate in rates]
    fits = {
        fit_ratio(score.number, digits, value, Fraction(0))
        for value in computed
        for digits in (score.digits, 2)
    }
    if fits != {Fit.WRONG}:
        return
    is_above = score.number > weight.number and row.is_sure
    shown = show_percent(computed[-1], 2).rstrip("%")
    yield Hit(
        "score-above-weight" if is_above else "score-rule-doubtful",
        score.start,
        score.end,
        score.text,
        weight.text if is_above else shown,
        {"name": row.name, "arithmetic": f"{row.rate.text} × {weight.text} = {shown}"},
    )


def total_rows(reading: Reading) -> Iterator[Hit]:
    """Add up the columns of amounts above or below each total row."""
    for grid in reading.grids:
        header = grid.rows[0]
        for index, row in enumerate(grid.rows):
            if (
                index
                and any(_TOTAL.match(cell.text) for cell in row[:2])
                and len(row) == len(header)
            ):
                above = [other for other in grid.rows[1:index] if len(other) == len(header)]
                below = [other for other in grid.rows[index + 1 :] if len(other) == len(header)]
                yield from _check_total(header, row, above or below)
                break


def _check_total(
    header: Sequence[Cell], total: Sequence[Cell], rows: Sequence[Sequence[Cell]]
) -> Iterator[Hit]:
    """Hold one total row against its rows, all of them or those that are no 其中."""
    kept = [row for row in rows if not any(_SUBORDINATE.match(cell.text) for cell in row[:3])]
    if len(kept) < 2:
        return
    hits: list[Hit] = []
    right = 0
    for place, cell in enumerate(total):
        if cell.number is None or cell.is_percent or _NOT_SUMMED.search(header[place].text):
            continue
        columns = [[row[place] for row in chosen] for chosen in (kept, rows)]
        sums = [sum((c.number or Decimal(0) for c in column), Decimal(0)) for column in columns]
        shown = [c.text for c in columns[0] if c.number is not None]
        if len(shown) < 2:
            continue
        if cell.number in sums:
            right += 1
            continue
        slack = (
            Decimal(1).scaleb(-cell.digits) * (len(shown) + 1) / 2 if cell.digits else Decimal(0)
        )
        is_near = any(abs(added - cell.number) <= slack for added in sums)
        right += is_near
        code = "sum-rounding" if is_near else "table-total-doubtful"
        hits.append(_total_hit(code, header[place], cell, sums[0], shown))
    has_clear_rows = bool(right) or len(rows) == len(kept)
    far = [hit for hit in hits if hit.code != "sum-rounding"]
    if right >= 2 and len(far) == 1:
        hits = [replace(hit, code="table-total-wrong") if hit is far[0] else hit for hit in hits]
    if has_clear_rows:
        yield from hits


def _total_hit(code: str, head: Cell, cell: Cell, added: Decimal, shown: Sequence[str]) -> Hit:
    """Return the hit for one column of a total row."""
    listed = list(shown) if len(shown) <= 12 else [*shown[:8], "…", *shown[-3:]]
    words = {"label": head.text, "arithmetic": f"{' + '.join(listed)} = {plain(added)}"}
    words["difference"] = plain(abs(added - (cell.number or Decimal(0))))
    return Hit(code, cell.start, cell.end, cell.text, plain(added), words)
