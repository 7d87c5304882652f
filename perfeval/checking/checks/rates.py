"""Execution rates against the amounts beside them, or before them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from perfeval.checking.checks.arithmetic import (
    Fit,
    fit_of,
    fit_ratio,
    percent_of,
    show_percent,
    show_ratio,
)
from perfeval.checking.findings import Hit
from perfeval.checking.numbers import BUDGETS, AmountRole, Kind, Quantity
from perfeval.checking.prose import ratios
from perfeval.checking.reading import Reading
from perfeval.scoring.quantity import exact

_RATE = re.compile(
    r"(?:执行率|支出率|支付率|使用率|完成率|到位率|支出进度|执行进度|支付进度|完成比例|控制率"
    r"|完成(?:了)?(?:年初|年度|全年|调整后?的?|调整|本年|当年|总|部门)*预算(?:数|的|总额)?"
    r"|占(?:年初|年度|全年|调整后?的?|调整)*预算(?:数|的|总额)?)$"
)
#: A rate whose label says no more than this is the rate of the amounts beside it.
_PLAIN_RATE = re.compile(
    r"^(?:我|本|该|全|其|年|度|当|部门|单位|局|整体|项目|预算|资金|经费|总|财政|完成|占|初|数|的|了|后|调整|20\d\d年)*"
    r"(?:执行率|支出率|支付率|使用率|完成率|到位率|支出进度|执行进度|支付进度|完成比例|预算|预算数|预算的|预算总额|预算数的)$"
)
_OTHER_TIME = re.compile(r"截至|\d月|上半年|季度|年底|年末|月底|累计")
_NOT_THIS_YEAR = re.compile(
    r"平均|同比|环比|[比较与](?:上年|去年|上一年|\d{4}年)|提高|要求|不低于|指标值|目标值|上年|去年"
)
_SCOPE = re.compile(
    r"基本支出|项目支出|人员(?:经费|支出)|公用(?:经费|支出)|日常公用|三公|采购|专项|财政拨款|政府性基金|一般公共|国有资本"
    r"|转移支付|工资|商品和服务|资本性|非税|上级|中央|省级|市级|自有|其他资金"
)
#: 成功2,289件，成功率 · 实际完成1,420人次，完成率
_RATE_OF_COUNTS = re.compile(
    r"^(?P<stem>成功|完成|合格|办结|达标|通过|整改|就业|发放|使用|破案|结案|签约|采纳)率$"
)
_YEAR = re.compile(r"(20\d\d)年")
_PART = re.compile(
    r"下属|所属|直属|项目|任务|工程|专项|其中|上年|去年|20\d\d年(?:上半年|前)|截至|\d月"
)
#: A budget may stand so many sentences, headings included, before the spending.
_REACH_OF_A_BUDGET = 10
_NEARLY_PERCENT = 3
#: A rate that stands alone speaks of amounts at most so many sentences before it.
_REACH_OF_A_SCOPE = 6


def stated_rates(reading: Reading) -> Iterator[Hit]:
    """Hold each execution rate against spending and budget in its sentence."""
    for sentence in reading.sentences:
        before: list[Quantity] = []
        group: list[Quantity] = []
        for quantity in sentence.quantities:
            if quantity.kind == Kind.AMOUNT:
                group.append(quantity)
            elif quantity.kind == Kind.PERCENT and _RATE.search(quantity.label):
                if any(q.role == AmountRole.SPENT for q in group) and any(
                    q.role in BUDGETS for q in group
                ):
                    reading.hold(quantity.start, *(q.start for q in group))
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
    spent = [
        q for q in group if (("到位" in q.label) if is_arrival else q.role == AmountRole.SPENT)
    ]
    budgets = [q for q in group if q.role in BUDGETS and q not in spent]
    if spent and not budgets and _PLAIN_RATE.match(rate.label) and not is_arrival:
        earlier = [q for q in before if q.role in BUDGETS and _same_scope(rate, spent[-1], q)]
        if len(spent) == 1 and not _PART.search(spent[-1].label):
            yield from _check_apart(rate, spent[-1], earlier)
    if not spent or not budgets:
        return
    exact_pairs = []
    fits = {}
    for numerator in spent:
        for denominator in budgets:
            fit = fit_of(rate, numerator, denominator)
            fits[(numerator.start, denominator.start)] = fit
            if fit == Fit.EXACT:
                exact_pairs.append((numerator, denominator))
    if exact_pairs:
        yield from _check_denominator(rate, exact_pairs, [*before, *group])
        return
    if _fits_otherwise(rate, spent, budgets, group, before):
        return
    numerator, denominator, closest = _closest(fits, spent, budgets)
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


def _closest(
    fits: Mapping[tuple[int, int], Fit], spent: Sequence[Quantity], budgets: Sequence[Quantity]
) -> tuple[Quantity, Quantity, Fit]:
    """Return the first pair that nearly fits, else the last spending and the last budget."""
    for pair, fit in fits.items():
        if fit in (Fit.CUT_OFF, Fit.NEAR):
            numerator = next(q for q in spent if q.start == pair[0])
            return numerator, next(q for q in budgets if q.start == pair[1]), fit
    return spent[-1], budgets[-1], fits[(spent[-1].start, budgets[-1].start)]


def _fits_otherwise(
    rate: Quantity,
    spent: Sequence[Quantity],
    budgets: Sequence[Quantity],
    group: Sequence[Quantity],
    before: Sequence[Quantity],
) -> bool:
    """Return whether the rate follows from sums (with carry-over) or amounts named earlier."""
    extra = [q for q in group if q.role in (AmountRole.REST, AmountRole.OTHER)]
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
    is_changed = (says_initial and roles == {AmountRole.ADJUSTED}) or (
        says_adjusted
        and roles == {AmountRole.INITIAL}
        and any(quantity.role == AmountRole.ADJUSTED for quantity in known)
    )
    if is_changed:
        percent = exact(numerator.value) / exact(denominator.value) * 100
        yield Hit(
            "rate-denominator",
            rate.label_start,
            rate.end,
            rate.written,
            show_percent(percent, rate.digits),
            {
                "label": rate.label,
                "denominator": f"{denominator.label}{denominator.written}",
                "arithmetic": show_ratio(numerator, denominator, percent, rate.digits),
            },
        )


def rates_apart(reading: Reading) -> Iterator[Hit]:
    """Hold a rate beside the spending alone against the budget that the sentences before it name.

    Only what nearly fits is said: a rate that is far off may well be of another budget.
    """
    for place, sentence in enumerate(reading.sentences):
        amounts = [q for q in sentence.quantities if q.kind == Kind.AMOUNT]
        rates = [q for q in sentence.quantities if q.kind == Kind.PERCENT]
        spent = amounts[0] if amounts else None
        rate = next((q for q in rates if _PLAIN_RATE.match(q.label)), None)
        if spent is None or rate is None or rate is not rates[0] or spent.role != AmountRole.SPENT:
            continue
        is_beside = (rate.start - spent.end <= 30 and amounts[1:2] in ([], [rate])) or (
            len(amounts) > 1 and amounts[1].start > rate.start
        )
        is_whole = not _SCOPE.search(spent.label) and not _PART.search(spent.label + rate.label)
        if not is_beside or not is_whole or rate.is_open or spent.is_open:
            continue
        years = {int(year) for year in _YEAR.findall(sentence.text[: rate.start - sentence.start])}
        if reading.title_year is not None and not years <= {reading.title_year}:
            continue
        yield from _check_apart(rate, spent, _budgets_before(reading, place, years))


def _budgets_before(reading: Reading, place: int, years: set[int]) -> list[Quantity]:
    """Return the budgets of no special scope, nor of other years, in the sentences before."""
    found = []
    for sentence in reading.sentences[max(0, place - _REACH_OF_A_BUDGET) : place]:
        named = {int(year) for year in _YEAR.findall(sentence.text)}
        if years and named and not named & years:
            continue
        for amount in sentence.quantities:
            is_budget = amount.kind == Kind.AMOUNT and amount.role in BUDGETS
            if is_budget and not amount.is_open and not _SCOPE.search(amount.label):
                found.append(amount)
    return found


def _check_apart(rate: Quantity, spent: Quantity, budgets: Sequence[Quantity]) -> Iterator[Hit]:
    """Report the rate when it nearly follows from one of the budgets and exactly from none."""
    near = []
    for budget in budgets:
        pair = percent_of(spent, budget)
        if pair is None:
            continue
        if fit_ratio(rate.number, rate.digits, *pair) != Fit.WRONG:
            return
        if abs(pair[0] - exact(rate.number)) <= _NEARLY_PERCENT:
            near.append((abs(pair[0] - exact(rate.number)), pair[0], budget))
    if not near:
        return
    _, percent, budget = min(near, key=lambda found: found[0])
    yield Hit(
        "rate-doubtful",
        rate.start,
        rate.end,
        rate.written,
        show_percent(percent, rate.digits),
        {"arithmetic": show_ratio(spent, budget, percent, rate.digits)},
    )


def rates_of_counts(reading: Reading) -> Iterator[Hit]:
    """Hold 成功率 against 调解2,315件，成功2,289件: two like counts, the second named as the rate is."""
    for sentence in reading.sentences:
        counts: list[Quantity] = []
        for rate in sentence.quantities:
            if rate.kind == Kind.COUNT:
                counts.append(rate)
            name = _RATE_OF_COUNTS.match(rate.label) if rate.kind == Kind.PERCENT else None
            if name is None or len(counts) < 2:
                continue
            total, part = counts[-2:]
            if total.unit != part.unit or total.value <= 0 or rate.start - part.end > 12:
                continue
            is_named = part.label.endswith(name["stem"]) and name["stem"] not in total.label
            if not is_named or any(q.is_open for q in (total, part, rate)):
                continue
            percent = exact(part.value) / exact(total.value) * 100
            fit = fit_ratio(rate.number, rate.digits, percent, Fraction(0))
            if fit == Fit.EXACT:
                continue
            yield Hit(
                "rate-cut-off" if fit == Fit.CUT_OFF else "rate-doubtful",
                rate.start,
                rate.end,
                rate.written,
                show_percent(percent, rate.digits),
                {"arithmetic": show_ratio(part, total, percent, rate.digits)},
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
            if amount.role == AmountRole.SPENT:
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


def rates_bound_elsewhere(reading: Reading) -> Iterator[Hit]:
    """Hold the other rates: the budget stands behind them, in an earlier list, or they are of counts."""
    for relation in ratios.ratios(reading.model, reading.held):
        reading.hold(*(figure.start for figure in relation.figures))
        hit = ratios.judge(relation)
        if hit is not None:
            yield hit
