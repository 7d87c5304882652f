"""Shares (占…%) against their part and whole, and lists of shares against 100."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from perfeval.checking.checks.arithmetic import (
    Fit,
    as_decimal,
    fit_of,
    fit_ratio,
    show_percent,
    show_ratio,
)
from perfeval.checking.findings import Hit
from perfeval.checking.numbers import Kind, Quantity, with_unit
from perfeval.checking.reading import Reading, Sentence
from perfeval.scoring.quantity import exact

_SHARE = re.compile(
    r"占(?:比|总|全部|本年|全年|年度|当年|部门|总额|收入|支出|预算|的|合计|数|额|比例|比重|其中)*$"
)
_NAMED_WHOLE = re.compile(r"占(?P<name>[\u4e00-\u9fff“”]{4,20}?)的?(?:比例|比重)?$")
_JOINED = re.compile(r" ?[和、，与及] ?")
_GOES_ON = re.compile(r"其中|按[^，。：]{2,12}分")
_LEAST_NAME = 4
#: Between a whole and its parts; 按支出性质分： too.
_DIVIDES = re.compile(r"其中|包括|分别|含|按[^，。]{2,12}(?:分|划分)|分为|中有")


def shares(reading: Reading) -> Iterator[Hit]:
    """Hold each 占… % against its part and a whole named before it; shares of a list against 100."""
    previous: Sentence | None = None
    named: dict[str, Quantity] = {}
    for sentence in reading.sentences:
        amounts = _carried_on(sentence, previous)
        listed: list[tuple[Quantity, Quantity]] = []
        hits: list[Hit] = []
        respective = dict(_respectively(reading.text, sentence))
        for quantity in sentence.quantities:
            if quantity.kind in (Kind.AMOUNT, Kind.COUNT):
                amounts.append(quantity)
            elif quantity.start in respective:
                part = respective[quantity.start]
                listed.append((part, quantity))
                before = [q for q in amounts if q.start < min(p.start for p in respective.values())]
                hits += _check_share(reading.text, quantity, part, before, None)
            elif quantity.kind == Kind.PERCENT and _is_share(
                quantity, amounts, reading.text, named
            ):
                part = amounts[-1]
                listed.append((part, quantity))
                whole = named.get(_named_whole(quantity))
                hits += _check_share(reading.text, quantity, part, amounts[:-1], whole)
        hits += _check_shares_together(listed, amounts)
        yield from hits or _check_against_sum(listed)
        for quantity in sentence.quantities:
            if quantity.kind == Kind.AMOUNT and len(quantity.label) >= _LEAST_NAME:
                named[_without_year(quantity.label)] = quantity
        previous = sentence


def _respectively(text: str, sentence: Sentence) -> Iterator[tuple[int, Quantity]]:
    """Yield the places of 分别占…的49.62%和50.38% with the amount that each is the share of."""
    for place, first in enumerate(sentence.quantities):
        if first.kind != Kind.PERCENT or "分别占" not in first.label:
            continue
        rates = [first]
        for quantity in sentence.quantities[place + 1 :]:
            joined = text[rates[-1].end : quantity.start]
            if quantity.kind != Kind.PERCENT or not _JOINED.fullmatch(joined):
                break
            rates.append(quantity)
        parts = [q for q in sentence.quantities[:place] if q.kind == Kind.AMOUNT][-len(rates) :]
        if len(parts) == len(rates) > 1:
            yield from ((rate.start, part) for rate, part in zip(rates, parts, strict=True))


def _carried_on(sentence: Sentence, previous: Sentence | None) -> list[Quantity]:
    """Return the amounts of the sentence before when this one begins with 其中 or 按支出性质分."""
    is_next = previous is not None and previous.paragraph == sentence.paragraph
    if previous is None or not is_next or not _GOES_ON.match(sentence.text):
        return []
    return [q for q in previous.quantities if q.kind in (Kind.AMOUNT, Kind.COUNT)]


def _named_whole(rate: Quantity) -> str:
    """Return the whole that 占政府采购支出总额的 names, empty when it names none."""
    match = _NAMED_WHOLE.search(rate.label)
    return _without_year(match["name"]) if match else ""


def _without_year(label: str) -> str:
    """Return a label without its year."""
    return re.sub(r"^20\d\d年度?", "", label)


def _is_share(
    rate: Quantity, amounts: Sequence[Quantity], text: str, named: Mapping[str, Quantity]
) -> bool:
    """Return whether the percentage says which share the amount before it has."""
    if not amounts or rate.is_open or "分别" in rate.label:
        return False
    if not _SHARE.search(rate.label) and _named_whole(rate) not in named:
        return False
    return rate.start - amounts[-1].end <= 30 and "\n" not in text[amounts[-1].end : rate.start]


def _check_share(
    text: str,
    rate: Quantity,
    part: Quantity,
    before: Sequence[Quantity],
    named: Quantity | None,
) -> Iterator[Hit]:
    """Compare a share with the part divided by the whole it names, or by each that stood before it."""
    wholes = [
        q for q in before if q.kind == part.kind and q.unit == part.unit and q.value >= part.value
    ]
    is_named = named is not None and named.kind == part.kind and named.value >= part.value
    if named is not None and is_named:
        wholes = [named, *wholes]
    if not wholes or part.is_open:
        return
    fits = [(whole, fit_of(rate, part, whole)) for whole in wholes]
    if any(fit == Fit.EXACT for _, fit in fits):
        return
    if not is_named and not _DIVIDES.search(text, wholes[0].end, part.start):
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


def _check_against_sum(listed: Sequence[tuple[Quantity, Quantity]]) -> Iterator[Hit]:
    """Hold three shares or more against the sum of their parts when all but one follow from it."""
    parts = [part for part, _ in listed]
    if len(listed) < 3 or any(part.is_open or part.kind != parts[0].kind for part in parts):
        return
    total = sum((exact(part.value) for part in parts), Fraction(0))
    if total <= 0:
        return
    wrong = [
        (part, rate)
        for part, rate in listed
        if fit_ratio(rate.number, rate.digits, exact(part.value) / total * 100, Fraction(0))
        not in (Fit.EXACT, Fit.CUT_OFF)
    ]
    if len(wrong) != 1:
        return
    part, rate = wrong[0]
    percent = exact(part.value) / total * 100
    if abs(percent - exact(rate.number)) * 10**rate.digits <= len(listed):
        return  # the last share is often what remains to 100
    shown = show_percent(percent, rate.digits)
    added = with_unit(as_decimal(total), part)
    yield Hit(
        "share-wrong",
        rate.start,
        rate.end,
        rate.written,
        shown,
        {"arithmetic": f"{part.written} ÷ {added} = {shown}"},
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
