"""Rates against the amounts beside them: execution, shares, growth, equations."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from perfeval.checking.checks.arithmetic import (
    Fit,
    as_decimal,
    fit_ratio,
    percent_of,
    show_percent,
    show_ratio,
)
from perfeval.checking.findings import Hit
from perfeval.checking.numbers import BUDGETS, Kind, Quantity, Role, with_unit
from perfeval.checking.reading import Reading, Sentence
from perfeval.scoring.quantity import exact

_RATE = re.compile(
    r"(?:执行率|支出率|支付率|使用率|完成率|到位率|支出进度|执行进度|支付进度|完成比例"
    r"|完成(?:了)?(?:年初|年度|全年|调整后?的?|调整|本年|当年|总|部门)*预算(?:数|的|总额)?"
    r"|占(?:年初|年度|全年|调整后?的?|调整)*预算(?:数|的|总额)?)$"
)
#: A rate whose label says no more than this is the rate of the amounts beside it.
_PLAIN_RATE = re.compile(
    r"^(?:我|本|该|全|其|年|度|当|部门|单位|局|整体|项目|预算|资金|经费|总|财政|完成|占|初|数|的|了|后|调整|20\d\d年)*"
    r"(?:执行率|支出率|支付率|使用率|完成率|到位率|支出进度|执行进度|支付进度|完成比例|预算|预算数|预算的|预算总额|预算数的)$"
)
_OTHER_TIME = re.compile(r"截至|\d月|上半年|季度|年底|年末|月底|累计")
_QUOTED = re.compile(r"“[^“”\n]{0,60}$")
_NOT_THIS_YEAR = re.compile(
    r"平均|同比|环比|[比较与](?:上年|去年|上一年|\d{4}年)|提高|要求|不低于|指标值|目标值|上年|去年"
)
_SCOPE = re.compile(
    r"基本支出|项目支出|人员(?:经费|支出)|公用(?:经费|支出)|日常公用|三公|采购|专项|财政拨款|政府性基金|一般公共|国有资本"
    r"|转移支付|工资|商品和服务|资本性|非税|上级|中央|省级|市级|自有|其他资金"
)
#: A rate that stands alone speaks of amounts at most so many sentences before it.
_REACH_OF_A_SCOPE = 6
_SHARE = re.compile(
    r"占(?:比|总|全部|本年|全年|年度|当年|部门|总额|收入|支出|预算|的|合计|数|额|比例|比重|其中)*$"
)
_GROWTH = re.compile(r"(?P<up>增长|增加|上升|增幅|提高)|(?P<down>下降|减少|降低|降幅)")
_MONEY_UNIT = re.compile(r"万元|亿元|(?<![万亿])元")
_OPERATION = re.compile(
    r"(?P<left>(?<![\d.,A-Za-z+\-×÷*/）)%])\d[\d,]*(?:\.\d+)?(?:%|万元|亿元|元|分|个|项)?"
    r"(?: ?[+\-×÷*/＋－xX] ?\d[\d,]*(?:\.\d+)?(?:%|万元|亿元|元|分|个|项)?){1,12})"
    r" ?[=＝] ?(?P<right>\d[\d,]*(?:\.\d+)?(?:%|万元|亿元|元|分|个|项)?)(?![\d.]| ?[+\-×÷*/])"
)


def stated_rates(reading: Reading) -> Iterator[Hit]:
    """Hold each execution rate against spending and budget in its sentence."""
    for sentence in reading.sentences:
        before: list[Quantity] = []
        group: list[Quantity] = []
        for quantity in sentence.quantities:
            if quantity.kind == Kind.AMOUNT:
                group.append(quantity)
            elif quantity.kind == Kind.PERCENT and _RATE.search(quantity.label):
                yield from _check_rate(reading.text, quantity, group, before)
                before += group
                group = []


def _check_rate(
    text: str, rate: Quantity, group: Sequence[Quantity], before: Sequence[Quantity]
) -> Iterator[Hit]:
    """Compare one rate with every spending and budget that may belong to it."""
    if rate.is_open or _NOT_THIS_YEAR.search(rate.label):
        return
    is_arrival = "到位率" in rate.label
    spent = [q for q in group if (("到位" in q.label) if is_arrival else q.role == Role.SPENT)]
    budgets = [q for q in group if q.role in BUDGETS and q not in spent]
    if not spent or not budgets:
        return
    exact_pairs = []
    fits = {}
    for numerator in spent:
        for denominator in budgets:
            fit = _fit(rate, numerator, denominator)
            fits[(numerator.start, denominator.start)] = fit
            if fit == Fit.EXACT:
                exact_pairs.append((numerator, denominator))
    if exact_pairs:
        yield from _check_denominator(rate, exact_pairs, [*before, *group])
        return
    if _fits_otherwise(rate, spent, budgets, group, before):
        return
    numerator, denominator = spent[-1], budgets[-1]
    closest = fits[(numerator.start, denominator.start)]
    for pair, fit in fits.items():
        if fit in (Fit.CUT_OFF, Fit.NEAR):
            numerator = next(q for q in spent if q.start == pair[0])
            denominator = next(q for q in budgets if q.start == pair[1])
            closest = fit
            break
    pair_percent = percent_of(numerator, denominator)
    if pair_percent is None:
        return
    percent = pair_percent[0]
    code = {Fit.CUT_OFF: "rate-cut-off", Fit.NEAR: "rate-rounding"}.get(closest)
    if code is None:
        is_sure = len(spent) == 1 and len(budgets) == 1 and len(group) == 2 and not before
        is_sure = is_sure and not (numerator.is_open or denominator.is_open)
        is_sure = is_sure and _same_scope(rate, numerator, denominator)
        is_sure = is_sure and _PLAIN_RATE.match(rate.label) is not None
        is_sure = is_sure and not _OTHER_TIME.search(text[group[0].start : rate.start])
        code = "rate-wrong" if is_sure else "rate-doubtful"
    yield Hit(
        code,
        rate.start,
        rate.end,
        rate.written,
        show_percent(percent, rate.digits),
        {"arithmetic": show_ratio(numerator, denominator, percent, rate.digits)},
    )


def _fit(rate: Quantity, numerator: Quantity, denominator: Quantity) -> Fit:
    """Return how a stated percentage agrees with a division."""
    pair = percent_of(numerator, denominator)
    if pair is None:
        return Fit.WRONG
    return fit_ratio(rate.number, rate.digits, *pair)


def _fits_otherwise(
    rate: Quantity,
    spent: Sequence[Quantity],
    budgets: Sequence[Quantity],
    group: Sequence[Quantity],
    before: Sequence[Quantity],
) -> bool:
    """Return whether the rate follows from sums (with carry-over) or amounts named earlier."""
    extra = [q for q in group if q.role in (Role.REST, Role.OTHER)]
    others = [*budgets, *extra, *before]
    sums = {exact(q.value) for q in others}
    sums |= {exact(a.value) + exact(b.value) for a in budgets for b in extra}
    sums |= {exact(a.value) - exact(b.value) for a in budgets for b in extra}
    for index, first in enumerate(budgets):
        sums |= {exact(first.value) + exact(b.value) for b in budgets[index + 1 :]}
    tops = {exact(q.value) for q in [*spent, *before]} | {sum(exact(q.value) for q in spent)}
    plain_pairs = {(exact(s.value), exact(b.value)) for s in spent for b in budgets}
    return any(
        (top, bottom) not in plain_pairs
        and bottom > 0
        and fit_ratio(rate.number, rate.digits, top / bottom * 100, Fraction(0)) == Fit.EXACT
        for top in list(tops)[:12]
        for bottom in list(sums)[:60]
    )


def _same_scope(rate: Quantity, numerator: Quantity, denominator: Quantity) -> bool:
    """Return whether rate, spending and budget name no different part of the money."""
    scopes = [set(_SCOPE.findall(q.label)) for q in (rate, numerator, denominator)]
    named = [scope for scope in scopes if scope]
    return all(scope == named[0] for scope in named)


def _check_denominator(
    rate: Quantity, pairs: Sequence[tuple[Quantity, Quantity]], known: Sequence[Quantity]
) -> Iterator[Hit]:
    """Say so when a rate of the 年初预算 was computed from an adjusted one, or the other way."""
    roles = {denominator.role for _, denominator in pairs}
    says_initial = "年初" in rate.label
    says_adjusted = bool(re.search(r"调整|全年预算|年度预算", rate.label))
    numerator, denominator = pairs[0]
    is_changed = (says_initial and roles == {Role.ADJUSTED}) or (
        says_adjusted
        and roles == {Role.INITIAL}
        and any(quantity.role == Role.ADJUSTED for quantity in known)
    )
    if is_changed:
        percent = exact(numerator.value) / exact(denominator.value) * 100
        yield Hit(
            "rate-denominator",
            rate.start - len(rate.label),
            rate.end,
            rate.written,
            show_percent(percent, rate.digits),
            {
                "label": rate.label,
                "denominator": f"{denominator.label}{denominator.written}",
                "arithmetic": show_ratio(numerator, denominator, percent, rate.digits),
            },
        )


def rates_of_a_scope(reading: Reading) -> Iterator[Hit]:
    """Hold a rate that stands alone (财政拨款预算完成率) against the amounts of its scope before it."""
    for place, sentence in enumerate(reading.sentences):
        for quantity in sentence.quantities:
            scope = _SCOPE.search(quantity.label)
            is_alone = all(other.kind != Kind.AMOUNT for other in sentence.quantities)
            if quantity.kind != Kind.PERCENT or not (scope and is_alone) or quantity.is_open:
                continue
            if _RATE.search(quantity.label) and not _NOT_THIS_YEAR.search(quantity.label):
                yield from _check_scope(reading, quantity, scope.group(), place)


def _check_scope(reading: Reading, rate: Quantity, scope: str, place: int) -> Iterator[Hit]:
    """Compare a rate with the one spending and the one budget of its scope, when there is one each."""
    spent: list[Quantity] = []
    budgets: list[Quantity] = []
    for sentence in reading.sentences[max(0, place - _REACH_OF_A_SCOPE) : place]:
        for amount in sentence.quantities:
            if amount.kind != Kind.AMOUNT or scope not in amount.label or amount.is_open:
                continue
            is_planned_income = amount.label.endswith("收入") and "预算" in sentence.text
            if amount.role == Role.SPENT:
                spent.append(amount)
            elif amount.role in BUDGETS or is_planned_income:
                budgets.append(amount)
    if len(spent) != 1 or len(budgets) != 1:
        return
    pair = percent_of(spent[0], budgets[0])
    if pair is None or fit_ratio(rate.number, rate.digits, *pair) != Fit.WRONG:
        return
    yield Hit(
        "rate-doubtful",
        rate.start,
        rate.end,
        rate.written,
        show_percent(pair[0], rate.digits),
        {"arithmetic": show_ratio(spent[0], budgets[0], pair[0], rate.digits)},
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
    fits = [(whole, _fit(rate, part, whole)) for whole in wholes]
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


def growth(reading: Reading) -> Iterator[Hit]:
    """Hold 增长/下降 … % against the two amounts, or the amount and its change, before it."""
    for sentence in reading.sentences:
        amounts: list[Quantity] = []
        for quantity in sentence.quantities:
            if quantity.kind == Kind.AMOUNT:
                amounts.append(quantity)
            elif quantity.kind == Kind.PERCENT and not quantity.is_open:
                change = _GROWTH.search(quantity.label[-6:])
                is_of_rate = "率" in quantity.label
                is_near = len(amounts) >= 2 and quantity.start - amounts[-1].end < 25
                if change and is_near and not is_of_rate:
                    yield from _check_growth(quantity, amounts[-6:], is_up=bool(change["up"]))


def _check_growth(rate: Quantity, amounts: Sequence[Quantity], *, is_up: bool) -> Iterator[Hit]:
    """Report the rate when no reading of the amounts gives it."""
    if any(amount.is_open for amount in amounts) or len(amounts) > 3:
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


def equations(reading: Reading) -> Iterator[Hit]:
    """Compute each equation that the text writes out (43.89+50+0=93.89)."""
    for match in _OPERATION.finditer(reading.text):
        computed = _value_of(match["left"])
        is_slogan = _QUOTED.search(reading.text, max(0, match.start() - 60), match.start())
        if computed is None or is_slogan or len(set(_MONEY_UNIT.findall(match.group()))) > 1:
            continue
        right = match["right"]
        stated = Decimal(re.sub(r"[^\d.]", "", right))
        digits = len(re.sub(r"[^\d.]", "", right).partition(".")[2])
        options = _readings_of(computed, match["left"], right)
        fits = [fit_ratio(stated, digits, option, Fraction(0)) for option in options]
        if any(fit != Fit.WRONG for fit in fits):
            continue
        shown = show_percent(options[0], digits).rstrip("%")
        unit = re.sub(r"[\d.,]", "", right)
        yield Hit(
            "equation-wrong",
            match.start(),
            match.end(),
            match.group(),
            f"{shown}{unit}",
            {"arithmetic": f"{match['left']} = {shown}{unit}"},
        )


def _readings_of(computed: Fraction, left: str, right: str) -> list[Fraction]:
    """Return the value in the unit of the right side; percent may stand on either side."""
    if right.endswith("%"):
        return [computed * 100, computed] if "%" in left else [computed * 100]
    if "%" in left:
        return [computed, computed * 100]
    return [computed]


def _value_of(expression: str) -> Fraction | None:
    """Return the value of numbers joined by + - × ÷, None when it divides by zero."""
    parts = re.findall(
        r"\d[\d,]*(?:\.\d+)?%?|[+\-×÷*/＋－xX]", re.sub(r"万元|亿元|元|分|个|项| ", "", expression)
    )
    terms: list[Fraction] = []
    sign, operation = 1, "+"
    for part in parts:
        if not part[0].isdigit():
            operation = part
            sign = -1 if part in "-－" else 1
            continue
        value = Fraction(Decimal(part.rstrip("%").replace(",", "")))
        value = value / 100 if part.endswith("%") else value
        if operation in "×*xX" and terms:
            terms[-1] *= value
        elif operation in "÷/" and terms:
            if not value:
                return None
            terms[-1] /= value
        else:
            terms.append(sign * value)
    return sum(terms, Fraction(0))
