"""Totals that follow their parts (合计, 加上 … 总计, 结余) and lists that no word opens."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfeval.checking.findings import Hit
from perfeval.checking.numbers import BUDGETS, AmountRole, Kind, Quantity, with_unit
from perfeval.checking.prose.clauses import Aspect, Figure
from perfeval.checking.prose.lists import Model
from perfeval.checking.prose.statements import Statement
from perfeval.checking.prose.sums import is_typing_error, names_a_family

_TOTAL = re.compile(
    r"^(?:以上|上述|各项|两项|三项|全年|项目|资金|金额|费用|支出)?(?:合计|共计|总计|合共|累计)(?:共|为|金额|支出|收入|资金|达)*$"
)
_TOTAL_SCORE = re.compile(
    r"^(?:自评|评价|综合|最终)?(?:总分|总得分|合计得分|综合得分|得分合计)(?:为|共|共计)*$"
)
_OWN_SCORE = re.compile(r"(?<![\u4e00-\u9fff])(?:自评|评价|实际)?得分?$")
_OTHER_TOTAL = re.compile(r"(?:合计|总计|总额)(?:为)?$")
_PLUS = re.compile(r"^(?:再)?加上")
_SUM_OF_PLUS = re.compile(r"总计|合计|总量|总财力|总额|共计|财力")
_COMPARISON = re.compile(r"比上年|较上年|同比|上年|去年")
_PART_SCORE = re.compile(r"(?<!综合)(?<!自评)得分?(?:为)?$")
_LEFT = re.compile(
    r"(?:未完成|其余|剩余|未达标|未通过|尚未[^，。]{0,4}|未实施|未收回|未整改|未办结|未[\u4e00-\u9fff]{2})(?:的|有|为)*$"
)
_GRADES = frozenset(
    ("优", "良", "中", "差", "优秀", "良好", "合格", "中等", "较差", "不合格", "一般")
)
_REST = re.compile(
    r"(?:结余|剩余|节余|节约|年末结转|未(?:支出|使用|执行|拨付|发放|支付|列支)|结转下年(?:支出|使用)?|收支(?:结余|差额)|净?结余)(?:的|资金|金额|数|支出)*$"
)
_REST_OF_ALL = re.compile(
    r"(?:年末|本年|全年|当年|年度|资金|预算|项目|财政|形成|尚有|仍有|尚|收支相抵|收支|节余|年终|和|实际|净)*(?:结|剩|节|未|差额)"
)
_CARRIED = re.compile(r"(?:上年|年初|以前年度)(?:财政)?(?:拨款)?(?:结转|结余)")
_INCOME = re.compile(r"收入|到位|下达|合计|总投资|总额|可用|批复|预算|应")
_SPENDING = re.compile(r"支出|使用|支付|执行|发放|拨付")


@dataclass(frozen=True, slots=True)
class StatedTotal:
    """A figure that other figures make, each with its sign; ``choices`` other terms that may be meant."""

    stated: Quantity
    terms: tuple[tuple[Quantity, int], ...]
    choices: tuple[Decimal, ...]
    is_sure: bool
    code: str

    @property
    def figures(self) -> tuple[Quantity, ...]:
        """Return the figures that it binds."""
        return (self.stated, *(q for q, _ in self.terms))

    @property
    def value(self) -> Decimal:
        """Return what the terms give."""
        return sum((q.value * sign for q, sign in self.terms), Decimal(0))


def totals(model: Model) -> Iterator[StatedTotal]:
    """Yield totals at the end, totals of a plus, rests and lists without an opening word."""
    far: list[Figure] = []
    for paragraph in model.paragraphs:
        sentences: dict[int, list[Statement]] = {}
        for statement in paragraph.statements:
            sentences.setdefault(statement.sentence, []).append(statement)
        figures = {number: _figures(here) for number, here in sentences.items()}
        for number, statements in sentences.items():
            here = figures[number]
            above = figures.get(number - 1, [])
            yield from _at_the_end(here)
            yield from _of_a_plus(here, above)
            yield from _bare_list(model, statements)
            yield from _rests(here, [*figures.get(number - 2, []), *above] or far)
            yield from _total_score(here, above)
            yield from _left_over(here, above)
            yield from _grades(here, above)
            if not any(statement.depth for statement in statements):
                yield from _with_others(here)
            far = here


def _figures(statements: Sequence[Statement]) -> list[Figure]:
    """Return the figures of a sentence outside brackets, in order; runs stand where they were written."""
    return sorted((f for s in statements if s.depth == 0 for f in s.figures), key=lambda f: f.start)


def _at_the_end(figures: Sequence[Figure]) -> Iterator[StatedTotal]:
    for place, total in enumerate(figures):
        if (
            total.aspect != Aspect.LEVEL
            or total.quantity.is_open
            or not _TOTAL.match(total.phrase.lstrip("、"))
        ):
            continue
        if total.quantity.kind not in (Kind.AMOUNT, Kind.COUNT, Kind.POINTS) or _COMPARISON.search(
            total.lead
        ):
            continue
        before = figures[:place]
        like = [
            f
            for f in before
            if f.quantity.kind == total.quantity.kind and f.quantity.unit == total.quantity.unit
        ]
        levels = [f for f in like if f.aspect == Aspect.LEVEL]
        if len(levels) != len(like) or any(
            f.quantity.is_open or _OTHER_TOTAL.search(f.phrase) for f in like
        ):
            continue
        others = [
            f for f in before if f not in like and f.aspect not in (Aspect.SHARE, Aspect.GROWTH)
        ]
        if len(levels) < 2 or others:
            continue
        values = [f.quantity.value for f in levels]
        tails = tuple(sum(values[start:], Decimal(0)) for start in range(1, len(values) - 1))
        terms = tuple((f.quantity, 1) for f in levels)
        yield StatedTotal(total.quantity, terms, tails, is_sure=True, code="total-doubtful")


def _of_a_plus(figures: Sequence[Figure], above: Sequence[Figure]) -> Iterator[StatedTotal]:
    amounts = [f for f in figures if f.quantity.kind == Kind.AMOUNT]
    terms: list[Figure] = []
    for place, figure in enumerate(amounts):
        if _PLUS.match(figure.phrase):
            before = (
                [amounts[place - 1]]
                if place
                else [f for f in above if f.aspect == Aspect.LEVEL][:1]
            )
            terms = [*before, figure]
            continue
        if not terms:
            continue
        if _SUM_OF_PLUS.search(figure.phrase):
            if len(terms) >= 2 and not any(f.quantity.is_open for f in [*terms, figure]):
                yield StatedTotal(
                    figure.quantity,
                    tuple((f.quantity, 1) for f in terms),
                    (),
                    is_sure=True,
                    code="total-doubtful",
                )
            terms = []
        elif figure.aspect == Aspect.LEVEL and (figure.mark in ("、", "，") or figure.is_joined):
            terms.append(figure)
        else:
            terms = []


def _bare_list(model: Model, statements: Sequence[Statement]) -> Iterator[StatedTotal]:
    """Yield a sentence of nothing but like counts whose first is named as the whole: 在职人员…，专业技术人员…"""
    figures = [f for s in statements for f in s.figures]
    if any(f.trigger or f.depth for f in figures):
        return
    for place, first in enumerate(figures):
        if (
            first.quantity.kind != Kind.COUNT
            or first.aspect != Aspect.LEVEL
            or first.quantity.is_open
        ):
            continue
        parts = []
        for figure in figures[place + 1 :]:
            is_part = (
                figure.quantity.unit == first.quantity.unit
                and figure.aspect == Aspect.LEVEL
                and figure.subject
                and not figure.quantity.is_open
                and re.fullmatch(r"[，、][^，。；、]{2,14}", figure.lead)
            )
            if not is_part:
                break
            parts.append(figure)
        is_last = parts and parts[-1] is figures[-1]
        tail = model.text[parts[-1].quantity.end : parts[-1].quantity.end + 1] if parts else ""
        ends = (is_last and tail in "。；\n") or (
            parts and figures[-1] is not parts[-1] and tail == "；"
        )
        if len(parts) < 2 or not ends:
            continue
        named = first.subject[-2:] == parts[-1].subject[-2:] and all(
            first.subject[-2:] == p.subject[-2:] for p in parts
        )
        added = sum((p.quantity.value for p in parts), Decimal(0))
        parts_alike = len({p.subject[-2:] for p in parts}) == 1 and re.match(
            r"共|合计|总", first.phrase
        )
        if (
            named
            or parts_alike
            or (
                re.search(r"职工|教职工|人员|编制", first.phrase)
                and all(re.search(r"人员|教师|编制", p.phrase) for p in parts)
            )
        ):
            code = (
                "sum-wrong"
                if added > first.quantity.value and names_a_family([p.phrase for p in parts])
                else "sum-doubtful"
            )
            yield StatedTotal(
                first.quantity, tuple((p.quantity, 1) for p in parts), (), is_sure=False, code=code
            )
        return


def _total_score(figures: Sequence[Figure], above: Sequence[Figure]) -> Iterator[StatedTotal]:
    """Yield 投入得15分，过程得52分，总分67分; the total may begin the next sentence."""
    points = [f for f in figures if f.quantity.kind == Kind.POINTS]
    if len(points) == 1:
        points = [*(f for f in above if f.quantity.kind == Kind.POINTS), *points]
    for place, total in enumerate(points):
        if not _TOTAL_SCORE.match(total.phrase) or total.quantity.is_open:
            continue
        parts = [f for f in points[:place] if not re.search(r"分值|满分|权重", f.phrase)]
        is_all = all(_PART_SCORE.search(f.phrase) or _OWN_SCORE.search(f.phrase) for f in parts)
        if len(parts) >= 2 and is_all:
            terms = tuple((f.quantity, 1) for f in parts)
            yield StatedTotal(total.quantity, terms, (), is_sure=True, code="total-doubtful")


def _left_over(figures: Sequence[Figure], above: Sequence[Figure]) -> Iterator[StatedTotal]:
    """Yield 未完成的1项 with 指标18项，完成17项 before it."""
    counts = [f for f in (*above, *figures) if f.quantity.kind == Kind.COUNT]
    here = {f.start for f in figures}
    for place, rest in enumerate(counts):
        if not _LEFT.search(rest.phrase) or rest.start not in here or rest.aspect != Aspect.LEVEL:
            continue
        like = [
            f
            for f in counts[:place]
            if f.quantity.unit == rest.quantity.unit and f.aspect == Aspect.LEVEL
        ]
        if len(like) < 2 or any(f.quantity.is_open for f in (*like[-2:], rest)):
            continue
        total, done = like[-2], like[-1]
        if _is_told(rest, done) and total.quantity.value >= done.quantity.value:
            terms = ((total.quantity, 1), (done.quantity, -1))
            yield StatedTotal(rest.quantity, terms, (), is_sure=True, code="balance-doubtful")


def _is_told(rest: Figure, done: Figure) -> bool:
    """Return whether a rest (未销号的) is what was not done of a count (销号61处)."""
    word = re.search(r"未([\u4e00-\u9fff]{2})", rest.phrase)
    if word and word[1] in done.phrase:
        return True
    return bool(re.search(r"完成|收回|通过|达标|整改|办结|实施", done.phrase))


def _grades(figures: Sequence[Figure], above: Sequence[Figure]) -> Iterator[StatedTotal]:
    """Yield “优”的11个、“良”的2个、“中”的1个 with the number of what was graded before it."""
    levels = [f for f in figures if f.aspect == Aspect.LEVEL and f.quantity.kind == Kind.COUNT]
    graded = [f for f in levels if re.sub(r"^.*(?:为|评)|[“”的等级]", "", f.subject) in _GRADES]
    if len(graded) < 2 or any(f.quantity.is_open for f in graded):
        return
    unit = graded[0].quantity.unit
    before = [f for f in (*above, *levels) if f.start < graded[0].start and f.quantity.unit == unit]
    if not before or any(f.quantity.unit != unit for f in graded):
        return
    choices = tuple(f.quantity.value for f in before)
    added = sum((f.quantity.value for f in graded), Decimal(0))
    whole = before[0].quantity
    if added not in choices:
        terms = tuple((f.quantity, 1) for f in graded)
        yield StatedTotal(whole, terms, (), is_sure=False, code="sum-doubtful")


def _with_others(figures: Sequence[Figure]) -> Iterator[StatedTotal]:
    """Yield 参加503人，升入普高287人，升入职高198人，其他18人: the last item says that the list is whole."""
    levels = [f for f in figures if f.quantity.kind == Kind.COUNT and f.aspect == Aspect.LEVEL]
    if any(f.trigger for f in levels):
        return
    for place, last in enumerate(levels):
        if (
            not re.match(r"[，、；]?(?:其他|其它|其余)", last.lead)
            or place < 2
            or last.quantity.is_open
        ):
            continue
        like = [f for f in levels[:place] if f.quantity.unit == last.quantity.unit]
        if len(like) != place or place < 3 or any(f.quantity.is_open for f in like):
            continue
        terms = tuple((f.quantity, 1) for f in (*like[1:], last))
        yield StatedTotal(like[0].quantity, terms, (), is_sure=False, code="sum-doubtful")


def _rests(figures: Sequence[Figure], above: Sequence[Figure]) -> Iterator[StatedTotal]:
    """Yield what rests with income or budget and spending before it."""
    for place, rest in enumerate(figures):
        if (
            rest.quantity.kind != Kind.AMOUNT
            or rest.quantity.is_open
            or rest.aspect == Aspect.BEFORE
        ):
            continue
        words = re.sub(r"(?:为|是|达|：| )*$", "", rest.phrase)
        if not _REST.search(words) or re.search(r"上年|年初|滚存|累计", words) or rest.base:
            continue
        if rest.trigger or not _REST_OF_ALL.match(words):
            continue
        if any(_CARRIED.search(f.phrase) for f in (*above, *figures)):
            continue  # what was carried over belongs to it as well
        here = [f for f in figures[:place] if _is_amount(f)]
        for amounts, is_near in (
            (here, True),
            ([f for f in above if _is_amount(f)] + here, False),
        ):
            pairs = list(_sides(amounts))
            if not pairs:
                continue
            differences = tuple(more.quantity.value - less.quantity.value for more, less in pairs)
            more, less = pairs[-1]
            is_sure = is_near and len(pairs) == 1
            yield StatedTotal(
                rest.quantity,
                ((more.quantity, 1), (less.quantity, -1)),
                differences,
                is_sure,
                "balance-doubtful",
            )
            break


def _is_amount(figure: Figure) -> bool:
    return (
        figure.quantity.kind == Kind.AMOUNT
        and figure.aspect == Aspect.LEVEL
        and not figure.quantity.is_open
        and figure.depth == 0
    )


def _sides(amounts: Sequence[Figure]) -> Iterator[tuple[Figure, Figure]]:
    """Yield (income or budget, spending) in the order that they are said."""
    for place, less in enumerate(amounts):
        if less.quantity.role != AmountRole.SPENT and not _SPENDING.search(less.phrase):
            continue
        for more in amounts[:place]:
            is_income = bool(_INCOME.search(more.phrase)) and not _SPENDING.search(more.phrase)
            if is_income or more.quantity.role in BUDGETS:
                yield more, less
    tops = [f for f in amounts if re.search(r"收入总计", f.phrase)]
    if len(tops) == 1:
        for less in amounts:
            if re.search(r"支出总计", less.phrase):
                yield tops[0], less


def judge(total: StatedTotal) -> Hit | None:
    """Return what is wrong with a total, None when it holds or is not sure enough."""
    stated, value = total.stated, total.value
    if value == stated.value or stated.value in total.choices:
        return None
    difference = abs(value - stated.value)
    quantum = min(q.quantum for q in total.figures)
    if not total.is_sure and not is_typing_error(difference, quantum):
        return None
    expected = with_unit(value, stated)
    shown = " ".join(
        f"{'+' if sign > 0 else '-'} {q.written}" for q, sign in total.terms
    ).removeprefix("+ ")
    slack = max(q.quantum for q in total.figures) * (len(total.terms) + 1) / 2
    is_rounding = (
        difference <= slack and stated.kind == Kind.AMOUNT and any(q.digits for q in total.figures)
    )
    return Hit(
        "sum-rounding" if is_rounding else total.code,
        stated.start,
        stated.end,
        stated.written,
        expected,
        {
            "label": stated.label,
            "difference": with_unit(difference, stated),
            "arithmetic": f"{shown} = {expected}",
        },
    )
