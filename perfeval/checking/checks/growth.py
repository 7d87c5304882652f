"""Growth against the two amounts, or the amount and its change, before it."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from perfeval.checking.checks.arithmetic import Fit, as_decimal, fit_ratio, show_percent
from perfeval.checking.findings import Hit
from perfeval.checking.numbers import Kind, Quantity, with_unit
from perfeval.checking.reading import Reading, Sentence
from perfeval.scoring.quantity import exact

_GROWTH = re.compile(r"(?P<up>增长|增加|上升|增幅|提高)|(?P<down>下降|减少|降低|降幅)")
_COMPARES = re.compile(r"[^，]{0,4}(?:与|同|较|比)[^，]{2,12}(?:相比|比较|对比|度|年)，")
#: Amounts before the rate that can have to do with it: now, before, and the change.
_MOST_AMOUNTS = 3


def growth(reading: Reading) -> Iterator[Hit]:
    """Hold 增长/下降 … % against the two amounts, or the amount and its change, before it."""
    previous: Sentence | None = None
    for sentence in reading.sentences:
        amounts: list[Quantity] = []
        for quantity in sentence.quantities:
            if quantity.kind == Kind.AMOUNT:
                amounts.append(quantity)
            elif quantity.kind == Kind.PERCENT and not quantity.is_open:
                change = _GROWTH.search(quantity.label[-6:])
                is_near = bool(amounts) and quantity.start - amounts[-1].end < 25
                if not change or not is_near or "率" in quantity.label:
                    continue
                before = amounts[-_MOST_AMOUNTS:]
                if len(amounts) == 1:
                    before = [*_compared(sentence, previous), *amounts]
                if len(before) >= 2:
                    yield from _check_growth(quantity, before, is_up=bool(change["up"]))
        previous = sentence


def _compared(sentence: Sentence, previous: Sentence | None) -> list[Quantity]:
    """Return the one amount of the sentence before that 与上年相比…增加…万元 speaks of."""
    is_same_thought = previous is not None and previous.paragraph == sentence.paragraph
    if not is_same_thought or previous is None or not _COMPARES.match(sentence.text):
        return []
    amounts = [q for q in previous.quantities if q.kind == Kind.AMOUNT]
    return amounts if len(amounts) == 1 else []


def _check_growth(rate: Quantity, amounts: Sequence[Quantity], *, is_up: bool) -> Iterator[Hit]:
    """Report the rate when no reading of the amounts gives it."""
    if any(amount.is_open for amount in amounts):
        return
    last = amounts[-1]
    is_change = bool(_GROWTH.search(last.label[-8:]))
    readings: list[tuple[Fraction, Fraction, str]] = []
    for first in amounts[:-1]:
        change = exact(last.value) if is_change else abs(exact(last.value) - exact(first.value))
        lower, higher = sorted((exact(first.value), exact(last.value)))
        bases = [lower if is_up else higher]
        if is_change:
            bases = [exact(first.value) - change * (1 if is_up else -1), exact(first.value)]
        for base in bases:
            if base > 0:
                slack = (exact(first.quantum) + exact(last.quantum)) / 2 / base * 100
                shown = (
                    f"{with_unit(as_decimal(change), last)} ÷ {with_unit(as_decimal(base), first)}"
                )
                readings.append((change / base * 100, slack, shown))
    fits = [fit_ratio(rate.number, rate.digits, percent, slack) for percent, slack, _ in readings]
    if not readings or any(fit != Fit.WRONG for fit in fits):
        return
    percent, _, shown = readings[0]
    yield Hit(
        "growth-wrong",
        rate.start,
        rate.end,
        rate.written,
        show_percent(percent, rate.digits),
        {"arithmetic": f"{shown} = {show_percent(percent, rate.digits)}"},
    )
