"""Tables of amounts: sums over rows and columns, rates and changes in columns of their own."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from perfeval.checking.checks.arithmetic import show_percent
from perfeval.checking.findings import Hit
from perfeval.checking.grids.accounts import account_groups
from perfeval.checking.grids.ratios import GridRatio, ratio_groups
from perfeval.checking.grids.scores import BudgetRow
from perfeval.checking.grids.sources import nature_groups, source_groups
from perfeval.checking.grids.sums import GridSum, SumGroup, sum_groups
from perfeval.checking.reading import Reading
from perfeval.scoring.quantity import plain

#: More parts than this are not listed in a finding.
_LISTED = 12


def table_sums(reading: Reading) -> Iterator[Hit]:
    """Hold every total of a table against its parts."""
    for section in reading.sections:
        for group in sum_groups(section):
            yield from _judged(reading, group)


def sources(reading: Reading) -> Iterator[Hit]:
    """Hold the money of a form against its sources and uses."""
    for group in source_groups(reading.budget_rows):
        yield from _judged(reading, group)
    by_section: dict[int, list[BudgetRow]] = {}
    for row in reading.budget_rows:
        by_section.setdefault(row.section, []).append(row)
    for number, section in enumerate(reading.sections):
        for group in nature_groups(section, by_section.get(number, [])):
            yield from _judged(reading, group)


def accounts(reading: Reading) -> Iterator[Hit]:
    """Hold the totals of tables of income and spending, whatever became of their columns."""
    for group in account_groups(reading.tokens):
        yield from _judged(reading, group)


def _judged(reading: Reading, group: SumGroup) -> Iterator[Hit]:
    """Report the sums of a group that fail, where the others or the words prove the reading."""
    failing = [each for each in group.sums if not each.holds]
    if not group.is_certain and not group.telling:
        return
    if len(failing) > max(1, len(group.sums) - len(failing)):
        return
    for each in group.sums:
        reading.hold(each.total.start, *(part.start for part in each.parts))
    for each in failing:
        is_near = _is_near(each)
        is_sure = group.telling >= 2 and len(failing) == 1
        code = "table-total-wrong" if is_sure else "table-total-doubtful"
        yield _hit("sum-rounding" if is_near else code, each)


def _is_near(each: GridSum) -> bool:
    """Return whether rounding of the parts can explain the difference."""
    digits = max((part.digits for part in each.parts), default=0)
    if not each.total.digits or not digits:
        return False
    slack = Decimal(1).scaleb(-each.total.digits) * (len(each.parts) + 1) / 2
    return abs(each.added - (each.total.number or Decimal(0))) <= slack and len(each.parts) > 1


def _hit(code: str, each: GridSum) -> Hit:
    shown = [part.text for part in each.parts]
    listed = shown if len(shown) <= _LISTED else [*shown[:8], "…", *shown[-3:]]
    cell, added = each.total, plain(each.added)
    words = {"label": each.label[:30], "arithmetic": f"{' + '.join(listed)} = {added}"}
    words["difference"] = plain(abs(each.added - (cell.number or Decimal(0))))
    return Hit(code, cell.start, cell.end, cell.text, added, words)


def table_ratios(reading: Reading) -> Iterator[Hit]:
    """Hold columns of rates and changes against the columns that most of their rows follow."""
    for section in reading.sections:
        for ratios in ratio_groups(section):
            yield from _judged_ratios(reading, ratios)


def _judged_ratios(reading: Reading, ratios: Sequence[GridRatio]) -> Iterator[Hit]:
    for ratio in ratios:
        reading.hold(ratio.cell.start, *(cell.start for cell in ratio.of))
        if ratio.holds:
            continue
        cell = ratio.cell
        shown = (
            show_percent(ratio.value, cell.digits) if ratio.is_rate else f"{float(ratio.value):.2f}"
        )
        words = {"arithmetic": f"{ratio.shown} = {shown}", "label": ratio.label[:30]}
        code = "rate-doubtful" if ratio.is_rate else "balance-doubtful"
        yield Hit(code, cell.start, cell.end, cell.text, shown, words)
