"""Shares (占…%) against their part and whole, and lists of shares against 100."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from perfeval.checking.checks.arithmetic import Fit, fit_of, show_percent, show_ratio
from perfeval.checking.findings import Hit
from perfeval.checking.numbers import Kind, Quantity
from perfeval.checking.reading import Reading, Sentence
from perfeval.scoring.quantity import exact

_SHARE = re.compile(
    r"占(?:比|总|全部|本年|全年|年度|当年|部门|总额|收入|支出|预算|的|合计|数|额|比例|比重|其中)*$"
)


def shares(reading: Reading) -> Iterator[Hit]:
    """Hold each 占… % against its part and a whole named before it; shares of a list against 100."""
    for sentence in reading.sentences:
        amounts: list[Quantity] = []
        listed: list[tuple[Quantity, Quantity]] = []
        for quantity in sentence.quantities:
            if quantity.kind in (Kind.AMOUNT, Kind.COUNT):
                amounts.append(quantity)
            elif quantity.kind == Kind.PERCENT and _is_share(quantity, amounts, reading.text):
                part = amounts[-1]
                listed.append((part, quantity))
                yield from _check_share(quantity, part, amounts[:-1], sentence)
        yield from _check_shares_together(listed, amounts)


def _is_share(rate: Quantity, amounts: Sequence[Quantity], text: str) -> bool:
    """Return whether the percentage says which share the amount before it has."""
    if not amounts or rate.is_open or not _SHARE.search(rate.label):
        return False
    return rate.start - amounts[-1].end <= 30 and "\n" not in text[amounts[-1].end : rate.start]


def _check_share(
    rate: Quantity, part: Quantity, before: Sequence[Quantity], sentence: Sentence
) -> Iterator[Hit]:
    """Compare a share with the part divided by each whole that was named before it."""
    wholes = [
        q for q in before if q.kind == part.kind and q.unit == part.unit and q.value >= part.value
    ]
    if not wholes or part.is_open:
        return
    fits = [(whole, fit_of(rate, part, whole)) for whole in wholes]
    if any(fit == Fit.EXACT for _, fit in fits):
        return
    text = sentence.text[wholes[0].end - sentence.start : part.start - sentence.start]
    if not re.search(r"其中|包括|分别|含", text):
        return
    near = [(whole, fit) for whole, fit in fits if fit != Fit.WRONG]
    whole, fit = (near or fits)[0]
    percent = exact(part.value) / exact(whole.value) * 100
    yield Hit(
        {Fit.CUT_OFF: "rate-cut-off", Fit.NEAR: "rate-rounding"}.get(fit, "share-wrong"),
        rate.start,
        rate.end,
        rate.written,
        show_percent(percent, rate.digits),
        {"arithmetic": show_ratio(part, whole, percent, rate.digits)},
    )


def _check_shares_together(
    listed: Sequence[tuple[Quantity, Quantity]], amounts: Sequence[Quantity]
) -> Iterator[Hit]:
    """Add up the shares of parts that are all of a whole."""
    if len(listed) < 2:
        return
    total = sum(part.value for part, _ in listed)
    is_all = any(amount.value == total and amount.start < listed[0][0].start for amount in amounts)
    added = sum((rate.number for _, rate in listed), Decimal(0))
    slack = Decimal(1).scaleb(-min(rate.digits for _, rate in listed)) * len(listed)
    if is_all and abs(added - 100) > slack:
        last = listed[-1][1]
        arithmetic = f"{' + '.join(rate.written for _, rate in listed)} = {added}%"
        yield Hit(
            "shares-not-whole",
            last.start,
            last.end,
            f"{added}%",
            "100%",
            {"arithmetic": arithmetic},
        )
