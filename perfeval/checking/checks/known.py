"""Prose against what is known: the figures, rates and scores that the report itself was given.

A label has to say plainly whose figure it is, and its sentence may speak of no other year and no
other time of the year; else the figure is left alone.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from perfeval.checking.checks.arithmetic import Fit, fit_ratio, show_percent
from perfeval.checking.checks.repeated import (
    EXECUTION,
    OF_A_PART,
    OTHER_SCOPE,
    WHOLE,
    WHOLE_SCOPE,
)
from perfeval.checking.checks.scores import GRADE
from perfeval.checking.findings import Hit
from perfeval.checking.items import Item
from perfeval.checking.knowledge import knowledge
from perfeval.checking.known import Known, KnownAmount, KnownRate, KnownScore
from perfeval.checking.numbers import BUDGETS, AmountRole, Kind, Quantity
from perfeval.checking.reading import Reading, Sentence
from perfeval.checking.spans import Spans
from perfeval.scoring.quantity import exact, format_wan, plain

_OTHER_TIME = re.compile(
    r"上年|去年|上一年|往年|历年|同比|环比|比较|截至|上半年|下半年|季度|\d月|计划|拟|预计|明年|下一年|下年|目标值|指标值|要求|不低于"
)
_YEAR = re.compile(r"(20\d\d)年")
_PREFIX = r"^(?:20\d\d年|年度|度|全年|本年|当年|我|本|全|部门|单位|局|会|委|办|院|校|中心|区|市|县|的|整体)*"
_BUDGET_WORDS = (
    r"年初预算|年初部门预算|年初安排预算|全年预算|年度预算|全年部门预算|年度部门预算|部门预算"
    r"|调整后?的?(?:全年|年度)?(?:部门)?预算|追加后预算|预算"
)
_SPENT_WORDS = r"全年实际支出|全年支出|实际支出|实际完成支出|实际执行|决算支出|支出决算|执行|支出"
_TAIL = r"(?:数|总额|金额|总数|总计|合计)*(?:共|计|共计|合计)?$"
#: 本部门年初预算, 部门整体支出: a figure that can only be the whole department's.
_OF_THE_WHOLE = re.compile(
    f"{_PREFIX}(?:{_BUDGET_WORDS}|{_SPENT_WORDS}|整体支出|总支出|支出){_TAIL}"
)
#: 调整后全年预算, 全年实际支出: the same where the sentence began with the whole department.
_CARRIED_ON = re.compile(f"^(?:{_BUDGET_WORDS}|{_SPENT_WORDS}){_TAIL}")
_AFTER_A_LINE = re.compile(f"^(?:的)?(?:资金)?(?:{_BUDGET_WORDS}|{_SPENT_WORDS})?{_TAIL}")
_RATE_AFTER_A_LINE = re.compile(
    r"^(?:的)?(?:年度|全年|调整后?|预算|资金)*(?:执行率|支出率|支付率|支出进度|执行进度|完成率)$"
)
_OWN = re.compile(r"部门|单位|整体|我局|本局|我会|本会|我委|本委|我办|本办")
_LOOSE_SCORE = r"(?:指标|方面|部分)?(?:自评|评价|综合)?(?:得分|得)[为共是：:]{0,2}(\d{1,3}(?:\.\d{1,4})?) ?分(?![钟值之])"
_OWN_GRADE = re.compile(r"自评|整体")
#: What a known amount is exact to, in 元.
_KNOWN_QUANTUM = Decimal(100)


def known_rates(reading: Reading) -> Iterator[Hit]:
    """Hold each execution rate of the department, a kind of spending or a key task against the report's own."""
    known = reading.known
    if known is None:
        return
    for sentence in reading.sentences:
        for rate in sentence.quantities:
            is_execution = rate.kind == Kind.PERCENT and EXECUTION.search(rate.label)
            if not is_execution or rate.is_open or not _is_of_the_year(known, sentence, rate):
                continue
            meant = _rates_meant(known, sentence, rate)
            if not meant or any(_fits(rate, one) for one in meant):
                continue
            yield _rate_hit(rate, meant[0])


def _rates_meant(known: Known, sentence: Sentence, rate: Quantity) -> list[KnownRate]:
    """Return the known rates of which a stated rate speaks."""
    named = [one for one in known.rates if one.name == rate.label]
    if named:
        return named
    lines = [one for one in known.rates if one.line and one.line in rate.label]
    if lines:
        line = max((one.line for one in lines), key=len)
        before, _, after = rate.label.partition(line)
        is_plain = _RATE_AFTER_A_LINE.match(after) and re.match(f"{_PREFIX}$", before)
        return [one for one in lines if one.line == line] if is_plain else []
    if not WHOLE_SCOPE.match(rate.label):
        return []
    before_label = sentence.text[: rate.label_start - sentence.start]
    has_amounts = any(q.kind == Kind.AMOUNT and q.end <= rate.start for q in sentence.quantities)
    is_of_a_part = OF_A_PART.search(before_label) or OTHER_SCOPE.search(before_label)
    says_whole = WHOLE.search(rate.label) or (not has_amounts and WHOLE.search(before_label))
    if not says_whole or is_of_a_part:
        return []
    return [one for one in known.rates if not one.line]


def _fits(rate: Quantity, known: KnownRate) -> bool:
    """Return whether a stated rate is the known one, with as many digits as it has."""
    percent = exact(known.numerator_wan) / exact(known.denominator_wan) * 100
    fit = fit_ratio(rate.number, rate.digits, percent, Fraction(0))
    return fit in (Fit.EXACT, Fit.CUT_OFF)


def _rate_hit(rate: Quantity, known: KnownRate) -> Hit:
    """Return the hit for a rate that differs from the known one."""
    percent = exact(known.numerator_wan) / exact(known.denominator_wan) * 100
    shown = show_percent(percent, rate.digits)
    division = f"{format_wan(known.numerator_wan)} ÷ {format_wan(known.denominator_wan)} = {shown}"
    return Hit(
        "known-rate-differs",
        rate.label_start,
        rate.end,
        rate.written,
        shown,
        {"label": rate.label, "name": known.name, "arithmetic": division},
    )


def known_amounts(reading: Reading) -> Iterator[Hit]:
    """Hold each amount that names the department, a kind of spending or a key task against what was filled in."""
    known = reading.known
    if known is None:
        return
    for sentence in reading.sentences:
        is_carried_on = False
        for amount in sentence.quantities:
            if amount.kind != Kind.AMOUNT:
                continue
            meant, is_whole = _amounts_meant(known, sentence, amount, is_carried_on=is_carried_on)
            is_carried_on = is_whole
            is_left_alone = amount.is_open or not _is_of_the_year(known, sentence, amount)
            if is_left_alone or not meant or any(_is_same(amount, one) for one in meant):
                continue
            yield Hit(
                "known-figure-differs",
                amount.label_start,
                amount.end,
                amount.written,
                f"{format_wan(meant[0].amount_wan)}万元",
                {"label": amount.label, "name": meant[0].label},
            )


def _amounts_meant(
    known: Known, sentence: Sentence, amount: Quantity, *, is_carried_on: bool
) -> tuple[Sequence[KnownAmount], bool]:
    """Return the known amounts of which a stated one speaks, and whether it is the whole's."""
    label = amount.label
    if "收入" in label or amount.role == AmountRole.REST:
        return (), is_carried_on
    before = sentence.text[: amount.label_start - sentence.start]
    lines = {one.line for one in known.amounts if one.line and one.line in label}
    if lines:
        line = max(lines, key=len)
        head, _, tail = label.partition(line)
        is_plain = re.match(f"{_PREFIX}$", head) and _AFTER_A_LINE.match(tail)
        is_own = len(line) > 4 or _OWN.search(head) or _OWN.search(before)
        if not is_plain or not is_own or OF_A_PART.search(before.replace("其中", "")):
            return (), False
        return _in_role([one for one in known.amounts if one.line == line], tail), False
    is_whole = bool(_OF_THE_WHOLE.match(label) and _OWN.search(label))
    if not is_whole and not (is_carried_on and _CARRIED_ON.match(label)):
        return (), False
    if OF_A_PART.search(before):
        return (), False
    return _in_role([one for one in known.amounts if not one.line], label), True


def _in_role(amounts: Sequence[KnownAmount], words: str) -> list[KnownAmount]:
    """Return the amounts of the column that the words name, all of them when they name none."""
    if "年初" in words:
        roles = {AmountRole.INITIAL}
    elif re.search("调整|追加|全年预算|年度预算", words):
        roles = {AmountRole.ADJUSTED}
    elif re.search("实际|决算|执行", words):
        roles = {AmountRole.SPENT}
    elif "预算" in words:
        roles = set(BUDGETS)
    else:
        roles = set(AmountRole)
    return [one for one in amounts if one.role in roles]


def _is_same(amount: Quantity, known: KnownAmount) -> bool:
    """Return whether a stated amount is the known one, in whatever unit and with fewer decimals."""
    return abs(amount.value - known.amount_wan * 10**4) < max(amount.quantum, _KNOWN_QUANTUM)


def _is_of_the_year(known: Known, sentence: Sentence, quantity: Quantity) -> bool:
    """Return whether nothing before the figure speaks of another year or of part of the year."""
    before = sentence.text[: quantity.start - sentence.start]
    return not _OTHER_TIME.search(before) and all(
        int(year) == known.year for year in _YEAR.findall(before)
    )


def known_scores(reading: Reading) -> Iterator[Hit]:
    """Hold the total, the grade and each indicator's weight and points against the stored score."""
    known = reading.known
    if known is None:
        return
    yield from _known_total(reading, known)
    counts: dict[str, int] = {}
    for one in known.scores:
        counts[one.name] = counts.get(one.name, 0) + 1
    unique = {one.name: one for one in known.scores if counts[one.name] == 1}
    named = [item for item in reading.items if item.name in unique]
    for item in named:
        yield from _known_item(item, unique[item.name])
    taken = Spans((item.start, item.end) for item in named)
    for name, one in unique.items():
        for match in re.finditer(re.escape(name) + _LOOSE_SCORE, reading.text):
            if match.start(1) in taken or one.points is None or plain(one.points) == match[1]:
                continue
            if exact(one.points) != Fraction(match[1]) and _is_own_score(reading, known, match):
                yield _score_hit(name, match.start(1), match.end(), match[1], plain(one.points))


def _is_own_score(reading: Reading, known: Known, match: re.Match[str]) -> bool:
    """Return whether the words before a score do not speak of another year or another scorer."""
    before = reading.since_stop(match.start())
    is_foreign = re.search("复核|第三方|财政|抽查", before) or _OTHER_TIME.search(before)
    return not is_foreign and all(int(year) == known.year for year in _YEAR.findall(before))


def _known_item(item: Item, known: KnownScore) -> Iterator[Hit]:
    """Compare an item of the prose with the indicator of its name."""
    if item.weight != known.weight and not item.is_weight_percent:
        yield Hit(
            "known-weight-differs",
            item.start,
            item.end,
            plain(item.weight),
            plain(known.weight),
            {"name": item.name},
        )
    elif item.score is not None and known.points is not None and item.score != known.points:
        yield _score_hit(item.name, *item.score_span, plain(item.score), plain(known.points))


def _score_hit(name: str, start: int, end: int, stated: str, computed: str) -> Hit:
    """Return the hit for an indicator's points that differ."""
    return Hit("known-score-differs", start, end, stated, computed, {"name": name})


def _known_total(reading: Reading, known: Known) -> Iterator[Hit]:
    """Compare the stated totals and the grade beside them with the stored ones."""
    for total in reading.totals:
        before = reading.since_stop(total.start)
        years = {int(year) for year in _YEAR.findall(before)}
        if known.total is None or not total.is_whole or not years <= {known.year}:
            continue
        if total.points != known.total:
            stated, computed = plain(total.points), plain(known.total)
            yield Hit("known-total-differs", total.start, total.end, stated, computed)
    for match in GRADE.finditer(reading.text):
        before = reading.since_stop(match.start())
        years = {int(year) for year in _YEAR.findall(before)}
        is_own = _OWN_GRADE.search(before[-40:]) or _OWN_GRADE.search(match.group())
        is_foreign = re.search(r"项目|复核|财政|上年|去年|以上|以下|满意|评比|考核", before[-40:])
        if not known.grade or not is_own or is_foreign or not years <= {known.year}:
            continue
        word = match["word"]
        if word not in _same_words(known.grade):
            span = (match.start("word"), match.end("word"))
            yield Hit("known-grade-differs", *span, word, known.grade)


def _same_words(grade: str) -> Sequence[str]:
    """Return the words that mean the same grade."""
    return next((one.words for one in knowledge().grades if grade in one.words), (grade,))
