"""Rates whose two figures stand apart: the budget behind the rate, in an earlier list, or counts of any unit."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

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
_STEM = re.compile(r"([\u4e00-\u9fff]{2,8})率(?:为|是|达到?|约|：)*$")


@dataclass(frozen=True, slots=True)
class Ratio:
    """A rate with the figures that may give it. ``is_sure``: the words bind them; else only what is nearly right is said."""

    rate: Quantity
    readings: tuple[tuple[Quantity, Quantity], ...]
    is_sure: bool

    @property
    def figures(self) -> tuple[Quantity, ...]:
        """Return the figures that it binds."""
        return (self.rate, *self.readings[0])


def ratios(model: Model, held: Collection[int]) -> Iterator[Ratio]:
    """Yield the rates that nothing has held yet, with what the text binds them to."""
    by_subject: dict[str, list[Figure]] = {}
    recent: list[Statement] = []
    for statement in model.statements:
        for rate in statement.of(Aspect.RATE, Aspect.OTHER):
            if rate.quantity.kind != Kind.PERCENT or rate.quantity.is_open or rate.start in held:
                continue
            if _OTHER.search(rate.phrase):
                continue
            found = _of_rate(statement, rate, recent, by_subject)
            if found is not None:
                yield found
        for level in statement.levels:
            if (
                level.quantity.kind == Kind.AMOUNT
                and statement.subject
                and level.quantity.role != AmountRole.SPENT
            ):
                by_subject.setdefault(statement.subject, []).append(level)
        recent.append(statement)


def _of_rate(
    statement: Statement,
    rate: Figure,
    recent: Sequence[Statement],
    by_subject: dict[str, list[Figure]],
) -> Ratio | None:
    place = statement.figures.index(rate)
    before = [f for f in statement.figures[:place] if f.aspect in (Aspect.LEVEL, Aspect.BEFORE)]
    amounts = [f for f in before if f.quantity.kind == Kind.AMOUNT and not f.quantity.is_open]
    if rate.lead == "的" and len(before) >= 2:
        return Ratio(rate.quantity, ((before[-2].quantity, before[-1].quantity),), is_sure=True)
    if rate.aspect == Aspect.RATE and amounts:
        behind = [
            f
            for f in statement.figures[place + 1 :]
            if f.aspect == Aspect.LEVEL and f.quantity.role in BUDGETS
        ]
        spent = [f for f in amounts if f.quantity.role not in BUDGETS] or amounts
        if behind and not any(f.quantity.role in BUDGETS for f in amounts[:-1]):
            return Ratio(rate.quantity, ((spent[-1].quantity, behind[0].quantity),), is_sure=True)
        if statement.first.is_joined or statement.is_run:
            budgets = [f for f in amounts if f.quantity.role in BUDGETS]
            done = [f for f in amounts if f.quantity.role == AmountRole.SPENT]
            if len(budgets) == len(done) == 1:
                return Ratio(
                    rate.quantity, ((done[0].quantity, budgets[0].quantity),), is_sure=True
                )
        if len(spent) == 1 and len(amounts) == 1:
            return _apart(statement, rate, spent[0], recent, by_subject)
    return _of_counts(statement, rate, recent)


def _apart(
    statement: Statement,
    rate: Figure,
    spent: Figure,
    recent: Sequence[Statement],
    by_subject: dict[str, list[Figure]],
) -> Ratio | None:
    """Return the rate with the budget that was stated before for the same thing, or for the whole."""
    if spent.quantity.role != AmountRole.SPENT:
        return None
    if statement.subject:
        same = by_subject.get(statement.subject, [])
        values = {f.quantity.value for f in same}
        if len(values) != 1:
            return None
        return Ratio(rate.quantity, ((spent.quantity, same[-1].quantity),), is_sure=False)
    budgets = [
        f
        for s in recent[-_REACH * 3 :]
        if statement.sentence - s.sentence <= _REACH and s.depth == 0 and not s.first.trigger
        for f in s.levels
        if f.quantity.role in BUDGETS and not f.quantity.is_open
    ]
    if not budgets:
        return None
    return Ratio(
        rate.quantity, tuple((spent.quantity, f.quantity) for f in reversed(budgets)), is_sure=False
    )


def _of_counts(statement: Statement, rate: Figure, recent: Sequence[Statement]) -> Ratio | None:
    """Return 完成率 with two counts of the sentence: the part shares the rate's word, the whole comes before it."""
    stem = _STEM.search(rate.phrase)
    if stem is None:
        return None
    words = set(stem[1]) - set("的有效总数实际")
    near = [*(s for s in recent[-8:] if s.sentence == statement.sentence), statement]
    counts = [
        f
        for s in near
        for f in s.levels
        if f.quantity.kind == Kind.COUNT and f.start < rate.start and not f.quantity.is_open
    ]
    if len(counts) < 2 or rate.start - counts[-1].quantity.end > 16:
        return None
    part = counts[-1]
    if len(words & set(part.phrase)) < 2:
        return None
    wholes = [
        f
        for f in counts[:-1]
        if f.quantity.unit == part.quantity.unit and not words & set(stem[1][-2:]) <= set(f.phrase)
    ]
    if not wholes:
        return None
    return Ratio(
        rate.quantity, tuple((part.quantity, f.quantity) for f in reversed(wholes)), is_sure=True
    )


def judge(ratio: Ratio) -> Hit | None:
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
    numerator, denominator, fit = next((each for each in wrong if each[2] != Fit.WRONG), wrong[0])
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
