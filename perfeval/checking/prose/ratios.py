"""Rates whose two figures stand apart: the budget behind the rate, in an earlier list, or counts of any unit."""

import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from perfeval.checking.checks.arithmetic import Fit, fit_ratio, percent_of, show_percent, show_ratio
from perfeval.checking.findings import Hit
from perfeval.checking.numbers import BUDGETS, AmountRole, Kind, Quantity
from perfeval.checking.prose.clauses import Aspect, Figure
from perfeval.checking.prose.lists import Model
from perfeval.checking.prose.statements import Statement
from perfeval.checking.prose.sums import is_typing_error
from perfeval.scoring.quantity import Rounding, exact

_OTHER = re.compile(
    r"平均|同比|环比|提高|下降|要求|不低于|指标值|目标值|上年|去年|得分率|满意度|知晓率"
)
_REACH = 4
_NEARLY = 3
_FEW = 8
_BESIDE = 16
_SAME = 8
_BUDGET_RATE = re.compile(r"预算|执行|支出|支付|到位")
_OF_THE_WHOLE = re.compile(
    r"^(?:总体|整体|全年|部门|年度|资金|预算|总|项目)*(?:预算|资金|支出)(?:执行|支出|使用|支付|完成)?(?:率|进度)"
)
_STEM = re.compile(r"([\u4e00-\u9fff]{2,8})率(?:为|是|达到?|约|：)*$")


@dataclass(frozen=True, slots=True)
class StatedRatio:
    """A rate with the figures that may give it. ``is_sure``: the words bind them; else only what is nearly right is said."""

    rate: Quantity
    readings: tuple[tuple[Quantity, Quantity], ...]
    is_sure: bool

    @property
    def figures(self) -> tuple[Quantity, ...]:
        """Return the figures that it binds."""
        return (self.rate, *self.readings[0])


def ratios(model: Model, held: Collection[int]) -> Iterator[StatedRatio]:
    """Yield the rates that nothing has held yet, with what the text binds them to."""
    by_subject: dict[str, deque[Figure]] = {}
    recent: deque[Statement] = deque(maxlen=_FEW * 2)
    for place, statement in enumerate(model.statements):
        following = model.statements[place + 1 : place + 2]
        for rate in statement.of(Aspect.RATE, Aspect.OTHER):
            if rate.quantity.kind != Kind.PERCENT or rate.quantity.is_open or rate.start in held:
                continue
            if _OTHER.search(rate.phrase):
                continue
            found = _of_rate(statement, rate, list(recent), by_subject) or _plan_in(
                statement, following, rate
            )
            if found is not None:
                yield found
        for level in statement.levels:
            if (
                level.quantity.kind == Kind.AMOUNT
                and statement.subject
                and level.quantity.role != AmountRole.SPENT
            ):
                by_subject.setdefault(statement.subject, deque(maxlen=_SAME)).append(level)
        recent.append(statement)


def _of_rate(
    statement: Statement,
    rate: Figure,
    recent: Sequence[Statement],
    by_subject: Mapping[str, Sequence[Figure]],
) -> StatedRatio | None:
    """Return a rate with what the words of its sentence, or of those before it, bind it to."""
    place = statement.figures.index(rate)
    here = [*(s for s in recent[-_FEW:] if s.sentence == statement.sentence), statement]
    levels = [
        f
        for s in here
        for f in s.of(Aspect.LEVEL, Aspect.BEFORE)
        if f.start < rate.start and s.depth <= statement.depth
    ]
    if rate.lead == "的" and levels:
        whole = levels[-1].quantity
        like = [f.quantity for f in reversed(levels[:-1]) if f.quantity.unit == whole.unit]
        if not like or whole.is_open or any(part.is_open for part in like):
            return None
        pairs = tuple((part, whole) for part in like[:_FEW])
        return StatedRatio(rate.quantity, pairs, is_sure=len(pairs) == 1)
    amounts = [
        f
        for f in statement.figures[:place]
        if f.aspect in (Aspect.LEVEL, Aspect.BEFORE)
        and f.quantity.kind == Kind.AMOUNT
        and not f.quantity.is_open
    ]
    behind = _plan_behind(statement, rate, place)
    if behind is not None:
        return behind
    budgets = [f for f in amounts if f.quantity.role in BUDGETS]
    spent = [f for f in amounts if f.quantity.role == AmountRole.SPENT]
    if rate.aspect == Aspect.RATE and statement.is_run and len(budgets) == len(spent) == 1:
        return StatedRatio(rate.quantity, ((spent[0].quantity, budgets[0].quantity),), is_sure=True)
    of_like = _of_like(rate, levels)
    if of_like is not None:
        return of_like
    if rate.aspect == Aspect.RATE and amounts and not budgets:
        return _apart(statement, rate, amounts[-1], recent, by_subject)
    return None


def _plan_in(
    statement: Statement, following: Sequence[Statement], rate: Figure
) -> StatedRatio | None:
    """Return 新建26个，完成计划的104%，计划新建25个: what was planned is the next statement of the sentence."""
    levels = [f for f in statement.levels if f.start < rate.start]
    for behind in following:
        plan = behind.first
        is_told = re.search(r"计划|目标|任务", rate.phrase) and re.match(
            r"(?:年度|全年)?(?:计划|目标|任务)", plan.phrase
        )
        is_near = behind.sentence == statement.sentence
        if not levels or not is_told or not is_near or plan.quantity.is_open:
            continue
        if levels[-1].quantity.unit == plan.quantity.unit:
            return StatedRatio(rate.quantity, ((levels[-1].quantity, plan.quantity),), is_sure=True)
    return None


def _plan_behind(statement: Statement, rate: Figure, place: int) -> StatedRatio | None:
    """Return 完成计划的104%，计划25个: what was planned stands behind the rate."""
    if rate.aspect != Aspect.RATE or not re.search(r"预算|计划|目标|任务", rate.phrase):
        return None
    before = [f for f in statement.figures[:place] if f.aspect == Aspect.LEVEL]
    if not before or any(f.quantity.role in BUDGETS for f in before):
        return None
    done = before[-1].quantity
    for figure in statement.figures[place + 1 :]:
        is_plan = figure.quantity.role in BUDGETS or re.search(r"计划|目标|任务", figure.phrase)
        if figure.aspect == Aspect.LEVEL and figure.quantity.unit == done.unit and is_plan:
            return StatedRatio(rate.quantity, ((done, figure.quantity),), is_sure=True)
    return None


def _apart(
    statement: Statement,
    rate: Figure,
    spent: Figure,
    recent: Sequence[Statement],
    by_subject: Mapping[str, Sequence[Figure]],
) -> StatedRatio | None:
    """Return the rate with the budget that was stated before for the same thing, or for the whole."""
    done = [spent] if spent.quantity.role == AmountRole.SPENT else []
    if statement.subject and done:
        same = by_subject.get(statement.subject, ())
        if len({f.quantity.value for f in same}) == 1:
            return StatedRatio(rate.quantity, ((spent.quantity, same[-1].quantity),), is_sure=False)
    if statement.subject and not _OF_THE_WHOLE.search(rate.phrase):
        return None
    near = [
        s
        for s in recent[-_FEW * 2 :]
        if statement.sentence - s.sentence <= _REACH and s.depth == 0 and not s.first.trigger
    ]
    if statement.subject:
        done = [
            f
            for s in near
            for f in s.levels
            if f.quantity.role == AmountRole.SPENT and not s.subject
        ]
    budgets = [
        f for s in near for f in s.levels if f.quantity.role in BUDGETS and not f.quantity.is_open
    ]
    if not budgets or not done:
        return None
    pairs = tuple((a.quantity, b.quantity) for a in reversed(done) for b in reversed(budgets))
    return StatedRatio(rate.quantity, pairs[:_FEW], is_sure=False)


def _of_like(rate: Figure, levels: Sequence[Figure]) -> StatedRatio | None:
    """Return 完成率 with two like figures of the sentence: the part tells the rate's word, the whole stands before it."""
    stem = _STEM.search(rate.phrase)
    if stem is None or _BUDGET_RATE.search(stem[1]) or len(levels) < 2:
        return None
    part = levels[-1]
    if rate.start - part.quantity.end > _BESIDE or part.quantity.is_open:
        return None
    words = set(stem[1]) - set("的有效总数实际")
    wholes = [
        f
        for f in levels[:-1]
        if f.quantity.unit == part.quantity.unit
        and not f.quantity.is_open
        and not words & set(stem[1][-2:]) <= set(f.phrase)
    ]
    if not wholes or (part.quantity.kind == Kind.AMOUNT and not words & set(part.phrase)):
        return None
    told = words & set(part.phrase)
    is_sure = bool(told) and len(words & set(part.phrase + wholes[-1].phrase)) >= 2
    is_due = bool(re.match(r"应", wholes[-1].phrase) and re.match(r"实|已", part.phrase))
    is_sure = is_sure or (is_due and len(wholes) == 1)
    is_beside = rate.lead.startswith("，") and rate.lead.count("，") == 1
    if not is_sure and not is_beside:
        return None
    pairs = tuple((part.quantity, f.quantity) for f in reversed(wholes))
    return StatedRatio(rate.quantity, pairs[:_REACH], is_sure=is_sure)


def _apart_from(rate: Quantity, numerator: Quantity, denominator: Quantity) -> Fraction:
    """Return how far a rate is from a division."""
    return abs(exact(numerator.value) / exact(denominator.value) * 100 - exact(rate.number))


def judge(ratio: StatedRatio) -> Hit | None:
    """Return what is wrong with a rate, None when it holds or is not sure enough."""
    rate = ratio.rate
    wrong: list[tuple[Quantity, Quantity, Fit]] = []
    for numerator, denominator in ratio.readings:
        pair = percent_of(numerator, denominator)
        if pair is None:
            continue
        fit = fit_ratio(rate.number, rate.digits, *pair)
        if fit == Fit.EXACT:
            return None
        wrong.append((numerator, denominator, fit))
    if not wrong:
        return None
    near = [each for each in wrong if each[2] != Fit.WRONG]
    numerator, denominator, fit = (near or wrong)[0]
    if not near and not ratio.is_sure:
        numerator, denominator, fit = min(wrong, key=lambda each: _apart_from(rate, *each[:2]))
    percent = exact(numerator.value) / exact(denominator.value) * 100
    difference = Rounding(digits=rate.digits).apply(percent) - rate.number
    is_near = abs(difference) <= _NEARLY or is_typing_error(
        Decimal(difference), Decimal(1).scaleb(-rate.digits)
    )
    if not ratio.is_sure and not is_near:
        return None
    return Hit(
        {Fit.CUT_OFF: "rate-cut-off", Fit.NEAR: "rate-rounding"}.get(fit, "rate-doubtful"),
        rate.start,
        rate.end,
        rate.written,
        show_percent(percent, rate.digits),
        {"arithmetic": show_ratio(numerator, denominator, percent, rate.digits)},
    )
