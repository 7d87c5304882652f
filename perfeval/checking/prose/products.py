"""Averages: 车均 2.47万元 of 9.86万元 for 4 cars, 每辆53.70万元 for 5, 人均 …: amount, number and average go together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfeval.checking.findings import Hit
from perfeval.checking.numbers import Kind, Quantity, with_unit
from perfeval.checking.prose.clauses import Aspect, Figure
from perfeval.checking.prose.lists import Model
from perfeval.checking.prose.statements import Statement
from perfeval.checking.prose.sums import is_typing_error
from perfeval.scoring.quantity import Rounding

_AVERAGE = re.compile(
    r"(?P<unit>[车人户亩每]|平均每?)(?P<of>均|[\u4e00-\u9fff]{0,3}?)(?P<name>[\u4e00-\u9fff]{2,10})?(?:为|是|达|约)*$"
)
_BY_WORD = {"车": "辆", "人": "人", "户": "户", "亩": "亩"}
_TOTAL = re.compile(r"合计|共计|小计|总价|共")
_REACH = 60
_NEAR = 4


@dataclass(frozen=True, slots=True)
class Average:
    """An average with the number and the amount that it comes from."""

    average: Quantity
    number: Quantity
    amount: Quantity

    @property
    def figures(self) -> tuple[Quantity, ...]:
        """Return the figures that it binds."""
        return (self.average, self.number, self.amount)


def averages(model: Model) -> Iterator[Average]:
    """Yield the averages whose number stands beside them and whose amount is named, or totalled right behind."""
    named: list[Figure] = []
    for paragraph in model.paragraphs:
        for index, statement in enumerate(paragraph.statements):
            for figure in statement.of(Aspect.PER):
                if figure.quantity.kind == Kind.AMOUNT and not figure.quantity.is_open:
                    yield from _of(figure, paragraph.statements, index, named[-_REACH:])
            named += [f for f in statement.levels if f.quantity.kind == Kind.AMOUNT]


def _of(
    figure: Figure, statements: Sequence[Statement], index: int, named: Sequence[Figure]
) -> Iterator[Average]:
    found = _AVERAGE.search(figure.phrase)
    if found is None:
        return
    here = statements[max(0, index - _NEAR) : index + _NEAR]
    counts = [
        f
        for s in here
        for f in s.levels
        if f.quantity.kind == Kind.COUNT and f.start < figure.start and not f.quantity.is_open
    ]
    unit = _BY_WORD.get(found["unit"]) or next(
        (f.quantity.unit for f in counts if f.quantity.unit in figure.phrase), ""
    )
    number = next((f.quantity for f in reversed(counts) if f.quantity.unit == unit), None)
    if number is None or number.value <= 0:
        return
    behind = [
        f
        for s in here
        for f in s.levels
        if f.quantity.kind == Kind.AMOUNT
        and 0 < f.start - figure.quantity.end <= _NEAR
        and _TOTAL.search(f.phrase)
    ]
    name = (found["name"] or "").removesuffix("支出")
    amounts = behind or [f for f in reversed(named) if len(name) >= _NEAR - 1 and name in f.phrase]
    if amounts:
        yield Average(figure.quantity, number, amounts[0].quantity)


def judge(each: Average) -> Hit | None:
    """Return that an average does not follow, where a typing error would explain it or the total stands beside it."""
    average, number, amount = each.figures
    value = amount.value / number.value
    shown = Rounding(digits=average.digits).apply(value / average.factor)
    product = average.value * number.value
    if abs(value - average.value) <= average.quantum or product == amount.value:
        return None
    is_slip = is_typing_error(Decimal(shown) - average.number, Decimal(1).scaleb(-average.digits))
    is_slip = is_slip or is_typing_error(product - amount.value, amount.quantum)
    is_slip = is_slip or (amount.value / average.value / number.factor) % 1 == 0
    if not is_slip:
        return None
    expected = with_unit(Decimal(shown) * average.factor, average)
    return Hit(
        "balance-doubtful",
        average.start,
        average.end,
        average.written,
        expected,
        {
            "label": average.label,
            "difference": with_unit(abs(Decimal(shown) * average.factor - average.value), average),
            "arithmetic": f"{amount.written} ÷ {number.written} = {expected}",
        },
    )
