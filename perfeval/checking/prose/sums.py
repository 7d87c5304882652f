"""Lists held against their wholes: which levels and which changes must add up, and how surely."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from perfeval.checking.checks.arithmetic import show_sum
from perfeval.checking.findings import Hit
from perfeval.checking.knowledge import knowledge
from perfeval.checking.numbers import AmountRole, Kind, Quantity, with_unit
from perfeval.checking.prose.clauses import Aspect, Figure, role_family
from perfeval.checking.prose.lists import Model, PartList
from perfeval.checking.prose.statements import Statement

_TOTAL_WORD = re.compile(
    r"合计|总计|共计|总额|总数|总收入|总支出|总投入|总投资|总预算|总规模|一共|共"
)
#: Kinds of people and things that overlap, so that parts need not be the whole.
_OVERLAP = re.compile(
    r"女|党员|民族|学历|本科|专科|硕士|博士|研究生|职称|高级|中级|双师|以上|重点|新增|骨干|签约|线上(?!.*线下)"
)
_SELECTION = re.compile(r"^(?:（[^（）]*）)?[^，。；\d]{0,3}(?:等|余|左右)")
#: What was carried over is a part of an income or a budget.
_CARRIED = re.compile(r"上年(?:财政)?(?:拨款)?(?:结转|结余)|年初结转|年末结转")
_SUMMED = (Kind.AMOUNT, Kind.COUNT, Kind.POINTS)
_COME = re.compile(r"录用|新增|调入|增加|招聘|引进|接收|购置|新购")
_GONE = re.compile(r"退休|调出|辞职|减少|离职|去世|报废|退出")
#: Whole numbers below this are no rounded amounts.
_ROUNDED_FROM = 1000
_MANY = 3
_UNCHANGED = re.compile(r"持平|一致|相同|无变化|无增减|没有变化|不变")


def is_typing_error(difference: Decimal, quantum: Decimal) -> bool:
    """Return whether one mistyped digit, or two neighbours exchanged, explain a difference.

    A digit gives d×10ⁿ, two neighbours 9d×10ⁿ; what is left out of a list hardly ever looks like that.
    """
    if quantum <= 0 or not difference:
        return False
    units = abs(difference) / quantum
    if units != units.to_integral_value():
        return False
    digits = str(int(units)).rstrip("0")
    return len(digits) == 1 or (len(digits) == 2 and int(digits) % 9 == 0)


@dataclass(frozen=True, slots=True)
class ProseSum:
    """A whole and the parts that are held against it; ``signs`` +1 or -1 for changes of either direction.

    ``others``: wholes that may be meant as well. ``is_unsigned``: 差额 says how far apart, not which way. ``is_closed``: the list is one of like things, so that its first parts
    alone can't be the whole.
    """

    whole: Quantity
    parts: tuple[Quantity, ...]
    signs: tuple[int, ...]
    is_strong: bool
    is_clean: bool
    others: tuple[Decimal, ...] = ()
    is_closed: bool = False
    is_unsigned: bool = False

    @property
    def figures(self) -> tuple[Quantity, ...]:
        """Return the figures that it binds."""
        return (self.whole, *self.parts)

    @property
    def added(self) -> Decimal:
        """Return the sum of the parts."""
        return sum(
            (q.value * sign for q, sign in zip(self.parts, self.signs, strict=True)), Decimal(0)
        )

    @property
    def quantum(self) -> Decimal:
        """Return the finest written step."""
        return min(q.quantum for q in self.figures)


def sums(model: Model) -> Iterator[ProseSum]:
    """Yield each list's levels, changes and points against those of its whole."""
    for each in model.lists:
        yield from _levels(model, each)
        yield from _changes(model, each)


def _levels(model: Model, each: PartList) -> Iterator[ProseSum]:
    """Yield the sums of a list's levels: one for each level of the whole that the items have too."""
    seen: set[tuple[Kind, str, str]] = set()
    units: set[tuple[Kind, str]] = set()
    for whole_statement in each.wholes:
        nearer = set(units)
        for whole in whole_statement.of(Aspect.LEVEL):
            quantity = whole.quantity
            key = (quantity.kind, quantity.unit, role_family(quantity.role))
            if (quantity.kind, quantity.unit) in nearer:
                continue  # a nearer statement is the whole
            if quantity.kind not in _SUMMED or key in seen or quantity.role == AmountRole.REST:
                continue
            parts = [_part_for(item, quantity) for item in each.items]
            found = [part for part in parts if part is not None]
            if not found or (len(found) != len(parts) and len(found) < 2):
                continue
            if any(
                level.quantity.kind == quantity.kind and level.quantity.unit == quantity.unit
                for level in found
            ):
                seen.add(key)
                units.add(key[:2])
            else:
                continue
            if quantity.is_open or any(part.quantity.is_open for part in found):
                continue
            if len(found) != len(parts):
                continue  # an item that tells nothing of it
            others = tuple(
                level.quantity.value
                for statement in each.wholes
                for level in statement.levels
                if level is not whole
                and level.quantity.kind == quantity.kind
                and level.quantity.unit == quantity.unit
            )
            if quantity.kind == Kind.POINTS and not _are_scores(model.text, whole, found):
                continue
            values = tuple(part.quantity for part in found)
            is_whole_list = len(found) == len(parts)
            yield ProseSum(
                quantity,
                values,
                (1,) * len(values),
                is_strong=is_whole_list and _is_strong(model, each, whole_statement, whole, found),
                is_clean=each.is_clean and is_whole_list,
                others=others,
                is_closed=_is_closed([item.first for item in each.items], found),
            )


def _is_closed(firsts: Sequence[Figure], parts: Sequence[Figure]) -> bool:
    """Return whether the items are of one kind: joined by 、 alone, a known family, or names that end alike."""
    if all(first.mark == "、" or first.is_joined for first in firsts[1:]) and len(firsts) > 1:
        return True
    names = [part.subject for part in parts]
    return names_a_family([part.phrase for part in parts]) or _end_alike(names)


def _end_alike(names: Sequence[str]) -> bool:
    """Return whether all names end with the same two characters, or with 镇, 乡, 县 and the like."""
    if len(names) < 2 or any(len(name) < 2 for name in names):
        return False
    return len({name[-2:] for name in names}) == 1 or all(
        name[-1] in "镇乡县区市村局院校" for name in names
    )


def _are_scores(text: str, whole: Figure, parts: Sequence[Figure]) -> bool:
    """Return whether points are scores all along; weights beside scores are items, not parts."""
    between = text[whole.start - len(whole.phrase) : parts[-1].quantity.end]
    between = re.sub(r"（满分\d{2,3}分）", "", between)
    is_of_items = re.search(r"分值|权重|满分|扣|\d分[，、（]?(?:(?:自评|实际?)?得|自评)", between)
    return bool(re.search(r"得分|总分|自评|评分", whole.phrase + between)) and not is_of_items


def _part_for(item: Statement, whole: Quantity) -> Figure | None:
    """Return the level of an item that is a part of a whole: of its role where the item has several."""
    like = [
        f for f in item.levels if f.quantity.kind == whole.kind and f.quantity.unit == whole.unit
    ]
    same = [f for f in like if role_family(f.quantity.role) == role_family(whole.role)]
    if whole.kind == Kind.POINTS:
        like = [f for f in like if not re.search(r"满分|分值|权重|扣", f.phrase)]
        return like[-1] if like else None
    if same:
        return same[0]
    is_rest = len(like) == 1 and like[0].quantity.role == AmountRole.REST
    if len(like) == 1 and (not is_rest or _CARRIED.search(like[0].phrase)):
        return like[0]
    return None


def _is_strong(
    model: Model, each: PartList, whole: Statement, level: Figure, parts: Sequence[Figure]
) -> bool:
    """Return whether the words or the shares say that the list is whole."""
    if len(parts) < 2:
        return False
    if _SELECTION.match(model.text[each.end : each.end + 12]):
        return False
    if whole.is_aside or (each.items[0].is_run and not each.items[0].of(Aspect.SHARE)):
        return False
    if names_a_family([f.phrase for f in parts]):
        return True
    if re.match(r"其[他它余]", parts[-1].subject) or re.match(
        r"[，；、]?其[他它余]", parts[-1].lead
    ):
        return True
    shares = [s.quantity.number for item in each.items for s in item.of(Aspect.SHARE)]
    if len(shares) == len(parts):
        return abs(sum(shares, Decimal(0)) - 100) <= Decimal("0.1") * len(shares)
    if level.quantity.kind != Kind.AMOUNT:
        return (each.is_strong or _end_alike([f.subject for f in parts])) and not any(
            _OVERLAP.search(f.phrase) for f in parts
        )
    added = sum((f.quantity.value for f in parts), Decimal(0))
    is_most = added * 2 >= level.quantity.value
    return each.is_strong or (is_most and bool(_TOTAL_WORD.search(level.phrase)))


def names_a_family(phrases: Sequence[str]) -> bool:
    """Return whether phrases name each another part of a whole that is known to have just these."""
    for family in knowledge().disjoint:
        named = {next((word for word in family if word in phrase), "") for phrase in phrases}
        if "" not in named and len(named) == len(phrases) > 1:
            return True
    return False


def _changes(model: Model, each: PartList) -> Iterator[ProseSum]:
    """Yield the sum of the items' changes against the whole's change or difference of the same base."""
    for whole in each.wholes[:1]:
        for change in whole.of(Aspect.CHANGE, Aspect.DIFFERENCE):
            if change.quantity.kind not in (Kind.AMOUNT, Kind.COUNT) or change.quantity.is_open:
                continue
            own = change.sign or _direction(whole, change) or 1
            terms = _terms(model, each, change, is_bare=not whole.levels)
            if terms is None or len(terms) < 2 or any(part.is_open for part, _ in terms):
                continue
            is_strong = names_a_family([item.first.phrase for item in each.items])
            yield ProseSum(
                change.quantity,
                tuple(part for part, _ in terms),
                tuple(sign * own for _, sign in terms),
                is_strong or not whole.levels,
                each.is_clean,
                is_unsigned=change.aspect == Aspect.DIFFERENCE,
            )


def _terms(
    model: Model, each: PartList, change: Figure, *, is_bare: bool
) -> list[tuple[Quantity, int]] | None:
    """Return the items' changes with their signs, None where an item tells none."""
    terms: list[tuple[Quantity, int]] = []
    for item in each.items:
        found = [
            f
            for f in item.of(Aspect.CHANGE, Aspect.DIFFERENCE)
            if f.quantity.unit == change.quantity.unit
            and (f.base == change.base or not f.base or not change.base)
        ]
        if found:
            sign = found[0].sign or _direction(item, found[0])
            if not sign and change.aspect == Aspect.DIFFERENCE:
                return None
            terms.append((found[0].quantity, sign or 1))
            continue
        like = [f for f in item.levels if f.quantity.unit == change.quantity.unit]
        if is_bare and like:
            come, gone = _COME.search(like[0].phrase), _GONE.search(like[0].phrase)
            if bool(come) == bool(gone):
                return None
            terms.append((like[0].quantity, 1 if come else -1))
            continue
        tail = model.text[item.end : item.end + 24].split("；")[0]
        if not _UNCHANGED.search(tail) and not all(
            level.quantity.value == 0 for level in item.levels
        ):
            return None
    return terms


def _direction(statement: Statement, difference: Figure) -> int:
    """Return the sign that a difference without one has: of first less second level."""
    levels = [
        f.quantity.value for f in statement.levels if f.quantity.unit == difference.quantity.unit
    ]
    if difference.quantity.value < 0:
        return 1
    if len(levels) != 2:
        return 0
    return 1 if levels[0] >= levels[1] else -1


def judge(sum_: ProseSum) -> Hit | None:
    """Return what is wrong with a sum, None when it holds, may hold, or is not sure enough."""
    whole, added = sum_.whole, sum_.added
    if added == whole.value or added in sum_.others or (sum_.is_unsigned and -added == whole.value):
        return None
    if not sum_.is_closed and _first_add_up(sum_):
        return None
    difference = abs(added - whole.value)
    finest = min(q.quantum for q in sum_.parts)
    if (
        whole.quantum > finest
        and (whole.digits or whole.factor > 10**4)
        and difference <= whole.quantum / 2
    ):
        return None  # the whole is written more coarsely: 8.2亿元 of 5.13亿元 and 3.09亿元
    slack = finest * (len(sum_.parts) + 1) / 2
    is_fine = any(q.digits for q in sum_.figures) or whole.number >= _ROUNDED_FROM
    if is_fine and difference <= slack and whole.kind == Kind.AMOUNT:
        return _hit("sum-rounding", sum_, difference)
    if len(sum_.parts) == 1:
        is_more = added > whole.value and sum_.is_clean and whole.kind == Kind.AMOUNT
        return _hit("sum-doubtful", sum_, difference) if is_more else None
    is_likely = is_typing_error(difference, sum_.quantum)
    if whole.kind == Kind.COUNT and not sum_.is_strong:
        is_most = added * 2 >= whole.value or (sum_.is_closed and len(sum_.parts) >= _MANY)
        is_likely = is_likely and sum_.is_clean and is_most
    near = abs(added - whole.value) * 10 <= whole.value
    if not (sum_.is_strong or is_likely or (near and sum_.is_clean and whole.kind == Kind.AMOUNT)):
        return None
    is_never = all(sign == 1 for sign in sum_.signs) and names_a_family(
        [q.label for q in sum_.parts]
    )
    roles = {role_family(q.role) for q in sum_.parts}
    is_never = is_never and roles <= {role_family(whole.role), AmountRole.OTHER}
    code = "sum-wrong" if added > whole.value and is_never and sum_.is_clean else "sum-doubtful"
    return _hit(code, sum_, difference)


def _first_add_up(sum_: ProseSum) -> bool:
    """Return whether two or more parts from the first on are the whole: the sentence went on to other things."""
    running = Decimal(0)
    for place, (part, sign) in enumerate(zip(sum_.parts, sum_.signs, strict=True)):
        running += part.value * sign
        if place and running in (sum_.whole.value, *sum_.others):
            return True
    return False


def _hit(code: str, sum_: ProseSum, difference: Decimal) -> Hit:
    whole = sum_.whole
    arithmetic = show_sum(sum_.parts, sum_.added, whole)
    if any(sign < 0 for sign in sum_.signs):
        shown = [
            f"{'-' if sign < 0 else '+'} {q.written}"
            for q, sign in zip(sum_.parts, sum_.signs, strict=True)
        ]
        arithmetic = f"{' '.join(shown).removeprefix('+ ')} = {with_unit(sum_.added, whole)}"
    return Hit(
        code,
        whole.start,
        whole.end,
        whole.written,
        with_unit(sum_.added, whole),
        {"arithmetic": arithmetic, "difference": with_unit(difference, whole)},
    )
