"""Now, before and change; growth by its explicit base; what was added and taken away.

A growth is held against the amount of the year before, or against the change that the text states: the base is then
now - change. The neighbour in a list, this year's figure and another kind of amount are never a base.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from perfeval.checking.checks.arithmetic import Fit, as_decimal, fit_ratio, show_percent
from perfeval.checking.figures import bare_name
from perfeval.checking.findings import Hit
from perfeval.checking.numbers import BUDGETS, AmountRole, Kind, Quantity, with_unit
from perfeval.checking.prose.clauses import Aspect, Base, Figure
from perfeval.checking.prose.lists import Model
from perfeval.checking.prose.statements import Statement
from perfeval.scoring.quantity import exact

#: What was added or taken away is no level that changes.
_MOVED = re.compile(r"追加|调增|调减|收回|核减|上缴|结转下年")
_LIKE = (Kind.AMOUNT, Kind.COUNT, Kind.PERCENT)
_BEGINS = re.compile(r"(?:与|同|较)(?:20\d\d年度?|上年度?|去年)[^，。]{0,6}(?:相比|比较|对比)，")
_COMPARES = re.compile(r"^[^，。；]{0,16}(?:[与同较比]|相比)|^[^，。；]{0,8}(?:增|减|下降|上升)")


@dataclass(frozen=True, slots=True)
class StatedChange:
    """now - before = ±change, in the readings that the words allow; it holds when any does."""

    change: Figure
    readings: tuple[tuple[Quantity, Quantity], ...]  # (now, before)

    @property
    def figures(self) -> tuple[Quantity, ...]:
        """Return the figures that it binds."""
        return (self.change.quantity, *self.readings[0])


@dataclass(frozen=True, slots=True)
class Growth:
    """A growth in percent with the readings that give it: change over base, each from stated figures."""

    rate: Figure
    readings: tuple[tuple[Fraction, Fraction, str], ...]  # percent, slack, as shown
    figures: tuple[Quantity, ...]


def changes_and_growths(model: Model) -> Iterator[StatedChange | Growth]:
    """Yield every change and growth of the text whose figures are stated."""
    above: Sequence[Statement] = ()
    for paragraph in model.paragraphs:
        for index, statement in enumerate(paragraph.statements):
            hosts = _hosts(paragraph.statements, index) or _host_above(above, statement, index)
            for host in hosts:
                yield from _of_statement(statement, host)
                break
            else:
                yield from _of_statement(statement, None)
        above = paragraph.statements or above


def _hosts(statements: Sequence[Statement], index: int) -> list[Statement]:
    """Return the statements of the sentence before that one without a level goes on about."""
    statement = statements[index]
    if statement.first.aspect == Aspect.LEVEL or statement.depth:
        return []
    before = [s for s in statements[max(0, index - 24) : index] if s.levels and s.depth == 0]
    here = [s for s in before if s.sentence == statement.sentence]
    if here:
        return []
    above = [s for s in before if s.sentence == statement.sentence - 1]
    own = statement.first.subject
    if own and len(statement.figures) and not _COMPARES.match(statement.first.lead):
        return []
    run = statement.first.is_joined
    values = {level.quantity.value for s in above for level in s.levels}
    around = statements[max(0, index - 24) : index + 24]
    peers = [
        s
        for s in around
        if s.sentence == statement.sentence
        and not s.levels
        and s.first.aspect == statement.first.aspect
    ]
    if len(peers) == len(above) > 1 and statement in peers:
        return [above[peers.index(statement)]]
    if run:
        return []
    if len(above) == 1 or len(values) == 1:
        return above[:1]
    named = [s for s in above if own and s.subject and (own in s.subject or s.subject in own)]
    if len(named) == 1:
        return named
    first_is_whole = len(above) > 1 and any(s.first.trigger for s in above[1:]) and not own
    return above[:1] if first_is_whole else []


def _host_above(above: Sequence[Statement], statement: Statement, index: int) -> list[Statement]:
    """Return the first statement of the paragraph before one that begins with 与上年相比，总收入增加."""
    if (
        index
        or not above
        or statement.first.aspect != Aspect.CHANGE
        or not _BEGINS.match(statement.first.lead)
    ):
        return []
    first = above[0]
    own = bare_name(re.sub(r"^.*，", "", statement.first.phrase))
    is_same = not statement.first.subject or bare_name(first.first.phrase) == bare_name(
        statement.first.subject
    )
    return [first] if first.levels and (is_same or own == bare_name(first.first.phrase)) else []


def _of_statement(statement: Statement, host: Statement | None) -> Iterator[StatedChange | Growth]:
    levels = [*(host.figures if host else []), *statement.figures]
    last_change: Figure | None = None
    for figure in statement.figures:
        if figure.aspect in (Aspect.LEVEL, Aspect.BEFORE):
            last_change = None
        elif figure.aspect == Aspect.DIFFERENCE and not figure.quantity.is_open:
            found = _difference(levels, figure)
            if found is not None:
                yield found
        elif figure.aspect == Aspect.CHANGE:
            last_change = figure
            if figure.quantity.is_open:
                continue
            readings = tuple(_readings(levels, figure))
            if readings:
                yield StatedChange(figure, readings)
        elif figure.aspect == Aspect.GROWTH and not figure.quantity.is_open:
            growth = _growth(levels, figure, last_change)
            if growth is not None:
                yield growth


def _difference(figures: Sequence[Figure], stated: Figure) -> StatedChange | None:
    """Return what 差额 is held against: the two levels of its statement, when there are just two."""
    like = [
        f
        for f in figures
        if f.aspect == Aspect.LEVEL
        and f.quantity.unit == stated.quantity.unit
        and f.start < stated.start
    ]
    if len(like) != 2 or any(f.quantity.is_open for f in like):
        return None
    first, second = like[0].quantity, like[1].quantity
    if stated.quantity.value < 0 or first.value >= second.value:
        return StatedChange(stated, ((first, second),))
    return StatedChange(stated, ((second, first),))


def _readings(figures: Sequence[Figure], change: Figure) -> Iterator[tuple[Quantity, Quantity]]:
    """Yield (now, before) for a change, the likeliest first."""
    kind = Kind.PERCENT if change.quantity.kind == Kind.PERCENT_POINT else change.quantity.kind
    like = [f for f in figures if f.quantity.kind == kind and not f.quantity.is_open]
    if kind != Kind.PERCENT:
        like = [f for f in like if f.quantity.unit == change.quantity.unit]
    else:
        like = [
            f
            for f in figures
            if f.quantity.kind == kind
            and f.aspect in (Aspect.RATE, Aspect.LEVEL, Aspect.OTHER, Aspect.BEFORE)
        ]
        if (
            len(like) == 2
            and like[0].start < like[1].start < change.start
            and re.search(r"到|至", like[1].phrase)
        ):
            yield like[1].quantity, like[0].quantity
        return
    for now, before in _pairs(like, change):
        yield now.quantity, before.quantity


def _pairs(like: Sequence[Figure], figure: Figure) -> Iterator[tuple[Figure, Figure]]:
    """Yield the levels now and the figures before that a change or growth of a base speaks of."""
    levels = [
        f
        for f in like
        if f.aspect == Aspect.LEVEL and not _MOVED.search(f.phrase) and f.start < figure.start
    ]
    befores = [
        f for f in like if f.aspect == Aspect.BEFORE and (f.base == figure.base or not figure.base)
    ]
    if figure.base == Base.BUDGET:
        befores += [f for f in levels if f.quantity.role in BUDGETS]
        levels = [f for f in levels if f.quantity.role not in BUDGETS or len(levels) > 1]
    elif not befores:
        dated = [
            f for f in like if f.aspect == Aspect.LEVEL and f.year and not _MOVED.search(f.phrase)
        ]
        years = sorted({f.year for f in dated if f.year})
        if len(years) == 2 and years[1] == years[0] + 1:
            befores = [f for f in dated if f.year == years[0]]
            levels = [f for f in levels if f.year == years[1]]
    for now in reversed(levels):
        for before in reversed(befores):
            if now is not before:
                yield now, before


def _growth(figures: Sequence[Figure], rate: Figure, change: Figure | None) -> Growth | None:
    """Return the growth with what gives it, None when no base is stated."""
    readings: list[tuple[Fraction, Fraction, str]] = []
    bound: list[Quantity] = [rate.quantity]
    if change is not None and change.quantity.kind in (Kind.AMOUNT, Kind.COUNT):
        if change.quantity.is_open:
            return None
        like = [
            f
            for f in figures
            if f.quantity.kind == change.quantity.kind and f.quantity.unit == change.quantity.unit
        ]
        if any(f.quantity.is_open for f in like):
            return None
        amount = exact(abs(change.quantity.value))
        pairs = list(_pairs(like, change))
        sign = change.sign or (1 if change.quantity.value >= 0 else -1)
        for now, before in pairs[:4]:
            stated = exact(abs(now.quantity.value - before.quantity.value))
            readings += _reading(
                stated,
                exact(before.quantity.value),
                [now.quantity, before.quantity],
                change.quantity,
            )
            readings += _reading(
                amount,
                exact(before.quantity.value),
                [change.quantity, before.quantity],
                change.quantity,
            )
            bound += [change.quantity, before.quantity]
        levels = [
            f
            for f in like
            if f.aspect == Aspect.LEVEL and f.start < change.start and not _MOVED.search(f.phrase)
        ]
        if change.base == Base.BUDGET:
            levels = [f for f in levels if f.quantity.role not in BUDGETS] or levels
        for now in levels[-2:][::-1]:
            base = exact(now.quantity.value) - amount * sign
            readings += _reading(amount, base, [change.quantity, now.quantity], change.quantity)
            bound += [change.quantity, now.quantity]
    else:
        for unit in {
            (f.quantity.kind, f.quantity.unit)
            for f in figures
            if f.quantity.kind in (Kind.AMOUNT, Kind.COUNT)
        }:
            like = [
                f
                for f in figures
                if (f.quantity.kind, f.quantity.unit) == unit and not f.quantity.is_open
            ]
            for now, before in _pairs(like, rate):
                difference = exact(now.quantity.value) - exact(before.quantity.value)
                readings += _reading(
                    abs(difference),
                    exact(before.quantity.value),
                    [now.quantity, before.quantity],
                    now.quantity,
                )
                bound += [now.quantity, before.quantity]
    return Growth(rate, tuple(readings), tuple(bound)) if readings else None


def _reading(
    amount: Fraction, base: Fraction, figures: Sequence[Quantity], like: Quantity
) -> list[tuple[Fraction, Fraction, str]]:
    if base <= 0:
        return []
    slack = sum((exact(q.quantum) for q in figures), Fraction(0)) / 2 / base * 100
    shown = f"{with_unit(as_decimal(amount), like)} ÷ {with_unit(as_decimal(base), like)}"
    return [(amount / base * 100, slack, shown)]


def judge(relation: StatedChange | Growth) -> Hit | None:
    """Return what is wrong with a change or a growth, None when it holds in one of its readings."""
    return (
        _judge_change(relation) if isinstance(relation, StatedChange) else _judge_growth(relation)
    )


def _judge_change(relation: StatedChange) -> Hit | None:
    change = relation.change.quantity
    values = []
    for now, before in relation.readings:
        difference = now.value - before.value
        stated = change.value * relation.change.sign if relation.change.sign else change.value
        if difference == stated:
            return None
        values.append((now, before, difference, stated))
    now, before, difference, stated = values[0]
    if (difference < 0) != (stated < 0) and abs(difference) == abs(stated):
        return None
    quantum = min(q.quantum for q in (now, before, change))
    expected = with_unit(abs(difference), change)
    return Hit(
        "sum-rounding"
        if abs(difference - stated) <= quantum * 3 / 2
        and change.kind == Kind.AMOUNT
        and change.digits
        else "balance-doubtful",
        change.start,
        change.end,
        change.written,
        expected,
        {
            "label": change.label,
            "difference": with_unit(abs(difference - stated), change),
            "arithmetic": f"|{now.written} - {before.written}| = {expected}",
        },
    )


def _judge_growth(relation: Growth) -> Hit | None:
    rate = relation.rate.quantity
    stated = abs(rate.number)
    fits = [
        fit_ratio(stated, rate.digits, percent, slack) for percent, slack, _ in relation.readings
    ]
    if Fit.EXACT in fits:
        return None
    best = next((fit for fit in fits if fit != Fit.WRONG), Fit.WRONG)
    percent, _, shown = relation.readings[fits.index(best)]
    return Hit(
        {Fit.CUT_OFF: "rate-cut-off", Fit.NEAR: "rate-rounding"}.get(best, "growth-wrong"),
        rate.start,
        rate.end,
        rate.written,
        show_percent(percent, rate.digits),
        {"arithmetic": f"{shown} = {show_percent(percent, rate.digits)}"},
    )


def flows(model: Model) -> Iterator[tuple[Figure, list[tuple[Figure, int]]]]:
    """Yield a final figure with the first and what was added and taken away within one sentence."""
    for paragraph in model.paragraphs:
        by_sentence: dict[int, list[Figure]] = {}
        for statement in paragraph.statements:
            if statement.depth == 0:
                by_sentence.setdefault(statement.sentence, []).extend(statement.figures)
        sentences = sorted(by_sentence)
        for number in sentences:
            figures = sorted(by_sentence[number], key=lambda f: f.start)
            earlier = sorted(by_sentence.get(number - 1, []), key=lambda f: f.start)
            yield from _flow_of(figures, earlier)


_INITIAL = re.compile(r"年初|原有|上年末|原计划|期初|县级收入|^(?:20\d\d年)?计划")
_ADDED = re.compile(r"(?:追加|增加|新增|调增|加上|净增|增补)[^，。；减]{0,12}$")
_TAKEN = re.compile(r"(?:调减|核减|压减|减少|取消|收回|退出|撤销|核销)[^，。；增]{0,12}$")
_FINAL = re.compile(
    r"调整后|追加后|调整预算|全年预算|全年(?:共|实施|实际)|年末|年底|共计|合计|总计|实施[^，]{0,6}共"
)


def _flow_of(
    figures: Sequence[Figure], earlier: Sequence[Figure]
) -> Iterator[tuple[Figure, list[tuple[Figure, int]]]]:
    for unit in {
        (f.quantity.kind, f.quantity.unit)
        for f in figures
        if f.quantity.kind in (Kind.AMOUNT, Kind.COUNT)
    }:
        terms: list[tuple[Figure, int]] = []
        like = [
            f
            for f in figures
            if (f.quantity.kind, f.quantity.unit) == unit
            and f.aspect in (Aspect.LEVEL, Aspect.CHANGE)
        ]
        if unit[0] == Kind.AMOUNT:
            first_of = [f for f in earlier if f.quantity.role == AmountRole.INITIAL]
            if (
                not first_of
                and earlier
                and re.search(r"预算(?:批复|安排)?数?$|批复", earlier[0].phrase)
            ):
                first_of = [f for f in earlier[:1] if f.quantity.role in BUDGETS]
            if not any(_INITIAL.search(f.phrase) for f in like) and len(first_of) == 1:
                terms.append((first_of[0], 1))
        for figure in like:
            if figure.quantity.is_open or figure.base:
                break
            if _FINAL.search(figure.phrase) and len(terms) >= 2:
                yield figure, terms
                break
            if _INITIAL.search(figure.phrase) and not terms:
                terms.append((figure, 1))
            elif terms and _TAKEN.search(figure.phrase):
                terms.append((figure, -1))
            elif terms and _ADDED.search(figure.phrase):
                terms.append((figure, 1))
            elif terms and figure.lead == "、":
                terms.append((figure, terms[-1][1]))
            else:
                break


def judge_flow(final: Figure, terms: Sequence[tuple[Figure, int]]) -> Hit | None:
    """Return the hit when what was there at first, added and taken away do not give the last figure."""
    stated = final.quantity
    value = sum((f.quantity.value * sign for f, sign in terms), Decimal(0))
    if value == stated.value:
        return None
    shown = " ".join(
        f"{'+' if sign > 0 else '-'} {f.quantity.written}" for f, sign in terms
    ).removeprefix("+ ")
    slack = max(f.quantity.quantum for f, _ in terms) * (len(terms) + 1) / 2
    expected = with_unit(value, stated)
    is_rounding = (
        abs(value - stated.value) <= slack and stated.kind == Kind.AMOUNT and stated.digits > 0
    )
    code = (
        "sum-rounding"
        if is_rounding
        else ("balance-doubtful" if stated.kind == Kind.AMOUNT else "total-doubtful")
    )
    return Hit(
        code,
        stated.start,
        stated.end,
        stated.written,
        expected,
        {
            "label": stated.label,
            "difference": with_unit(abs(value - stated.value), stated),
            "arithmetic": f"{shown} = {expected}",
        },
    )
