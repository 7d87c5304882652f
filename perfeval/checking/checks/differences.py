"""Amounts that differ by a third: adjusted and initial budget, what rests, the change against last year."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from perfeval.checking.findings import Hit
from perfeval.checking.numbers import BUDGETS, AmountRole, Kind, Quantity, with_unit
from perfeval.checking.reading import Reading, Sentence

_CHANGE = re.compile(r"(?P<plus>调增|追加|增加)|(?P<minus>调减|核减|压减|压缩|减少|收回)")
_BEFORE_THAT = re.compile(
    r"^(?:比|较|同比|与)(?:上年|去年|上一年|20\d\d年)(?:同期|决算数?|度)?的?$"
)
_CHANGED_BY = re.compile(r"^(?:(?P<up>增加|增长)|(?P<down>减少|下降))了?$")


def differences(reading: Reading) -> Iterator[Hit]:
    """Hold adjusted = initial ± change, and rest = budget - spending, within one sentence."""
    previous: Sentence | None = None
    for sentence in reading.sentences:
        amounts = [q for q in sentence.quantities if q.kind == Kind.AMOUNT]
        if len(amounts) in (2, 3) and previous is not None:
            initial = [q for q in previous.quantities if q.role == AmountRole.INITIAL]
            if previous.paragraph == sentence.paragraph and len(initial) == 1:
                yield from _check_adjustment([*initial, *amounts])
        previous = sentence
        if len(amounts) == len({q.start for q in amounts}) and 3 <= len(amounts) <= 4:
            yield from _check_adjustment(amounts)
            yield from _check_rest(amounts)
        yield from _check_change(amounts)


def _check_adjustment(amounts: Sequence[Quantity]) -> Iterator[Hit]:
    """Check 年初预算 ± 调整 = 调整后预算 when each is named once."""
    initial = [q for q in amounts if q.role == AmountRole.INITIAL]
    changes = [q for q in amounts if q.role == AmountRole.REST and _CHANGE.search(q.label)]
    is_within_year = any(re.search("年中|追加|调增|调减", q.label) for q in changes)
    named = "调整|追加|调增" + ("|全年预算" if is_within_year else "")
    adjusted = [q for q in amounts if q.role == AmountRole.ADJUSTED and re.search(named, q.label)]
    if not (len(initial) == len(adjusted) == 1 and changes) or any(q.is_open for q in amounts):
        return
    value = initial[0].value
    signs = []
    for change in changes:
        match = _CHANGE.search(change.label)
        is_plus = bool(match and match["plus"])
        value += change.value if is_plus else -change.value
        signs.append(f"{'+' if is_plus else '-'} {change.written}")
    stated = adjusted[0]
    slack = max(q.quantum for q in amounts) * len(amounts) / 2
    if value != stated.value:
        yield _hit(stated, value, slack, f"{initial[0].written} {' '.join(signs)}")


def _check_change(amounts: Sequence[Quantity]) -> Iterator[Hit]:
    """Check 11.82, 比上年 12.60, 减少 0.78: three amounts that directly follow each other."""
    for now, before, change in zip(amounts, amounts[1:], amounts[2:], strict=False):
        direction = _CHANGED_BY.search(change.label)
        is_compared = _BEFORE_THAT.search(before.label) and len(before.label) <= 16
        if not (direction and is_compared) or any(q.is_open for q in (now, before, change)):
            continue
        difference = before.value - now.value if direction["down"] else now.value - before.value
        slack = max(q.quantum for q in (now, before, change)) * 3 / 2
        if difference == change.value or difference < 0:
            continue
        yield _hit(change, difference, slack, f"|{now.written} - {before.written}|")


def _check_rest(amounts: Sequence[Quantity]) -> Iterator[Hit]:
    """Check 结余 = 预算 - 支出 when each is named once, in this order."""
    rest = amounts[-1]
    budgets = [q for q in amounts[:-1] if q.role in BUDGETS]
    spent = [q for q in amounts[:-1] if q.role == AmountRole.SPENT]
    is_rest = re.search(r"(?:结余|剩余|节余|节约)(?:资金|金额|数)?$", rest.label)
    if not is_rest or len(spent) != 1 or not budgets or len(budgets) + 2 != len(amounts):
        return
    if any(q.is_open for q in amounts) or re.search("上年|年初", rest.label):
        return
    slack = max(q.quantum for q in amounts) * 3 / 2
    if any(q.value - spent[0].value == rest.value for q in budgets):
        return
    budget = budgets[-1]
    value = budget.value - spent[0].value
    yield _hit(rest, value, slack, f"{budget.written} - {spent[0].written}")


def _hit(stated: Quantity, value: Decimal, slack: Decimal, sum_: str) -> Hit:
    """Return that ``stated`` should be ``value``, which ``sum_`` gives; within ``slack`` it may be rounding."""
    expected = with_unit(value, stated)
    return Hit(
        "sum-rounding" if abs(value - stated.value) <= slack else "balance-doubtful",
        stated.start,
        stated.end,
        stated.written,
        expected,
        {
            "label": stated.label,
            "difference": with_unit(abs(value - stated.value), stated),
            "arithmetic": f"{sum_} = {expected}",
        },
    )
