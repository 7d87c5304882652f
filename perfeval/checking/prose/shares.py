"""Shares: of a whole that they name, of the whole of their list, or of each other's sum."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
from perfeval.checking.figures import bare_name
from perfeval.checking.findings import Hit
from perfeval.checking.numbers import Kind, Quantity, with_unit
from perfeval.checking.prose.clauses import Aspect, Figure
from perfeval.checking.prose.lists import Model
from perfeval.checking.prose.statements import Statement
from perfeval.scoring.quantity import exact

#: So many statements before a share its whole is looked for by name.
_REACH = 400
_LEAST_NAME = 2
#: So many levels before shares that name no whole one of them is looked for that most shares follow from.
_FEW = 8
_TOTAL_NAME = re.compile(
    r"(?:本年|全年|当年|年度|部门|单位)*总?(?P<side>支出|收入)(?:合计|总额|总计|总数)?$"
)
_NEARLY_WHOLE = 2
_NO_NAME = re.compile(
    r"^(?:比|总数|总额|总量|总|全部|其|全年|同期|合计|的|比例|比重|约|本级|上述|以上|本部门|全局)*$"
)


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its part and its whole; ``alternatives``: other wholes that may be meant.

    ``is_sure``: the whole is named, or opens the list that the share stands in.
    """

    rate: Quantity
    part: Quantity
    whole: Quantity | None
    alternatives: tuple[Quantity, ...]
    is_sure: bool

    @property
    def figures(self) -> tuple[Quantity, ...]:
        """Return the figures that it binds."""
        return (self.rate, self.part, *((self.whole,) if self.whole else ()))


@dataclass(frozen=True, slots=True)
class ShareGroup:
    """Shares that stand side by side: of one list, or of one sentence."""

    shares: tuple[Share, ...]


def share_groups(model: Model) -> Iterator[ShareGroup]:
    """Yield the shares of the text, those of one whole together."""
    whole_of: dict[int, list[Quantity]] = {}
    order: dict[int, int] = {}
    for number, each in enumerate(model.lists):
        for item in each.items:
            if id(item) in whole_of:
                continue
            whole_of[id(item)] = [f.quantity for s in each.wholes for f in s.of(Aspect.LEVEL)]
            order[id(item)] = number
    sentence_groups: list[list[tuple[Statement, Figure, Figure]]] = []
    last_key: tuple[object, ...] = ()
    for statement in model.statements:
        for share in statement.of(Aspect.SHARE):
            part = _part(statement, share)
            if part is None or share.quantity.is_open or part.quantity.is_open:
                continue
            key = (
                order.get(id(statement), -1),
                statement.sentence if id(statement) not in order else -1,
                statement.depth,
            )
            if key == last_key and sentence_groups and not _is_named(share, sentence_groups[-1]):
                sentence_groups[-1].append((statement, share, part))
            else:
                sentence_groups.append([(statement, share, part)])
            last_key = key
    names = _Names(model)
    for group in sentence_groups:
        yield _group(group, names, whole_of)


def _is_named(share: Figure, group: Sequence[tuple[Statement, Figure, Figure]]) -> bool:
    """Return whether a share names another whole than the group before it."""
    return bool(share.of) and not _NO_NAME.match(share.of) and share.of != group[0][1].of


def _part(statement: Statement, share: Figure) -> Figure | None:
    """Return the level that a share speaks of: the last one before it."""
    before = [
        f
        for f in statement.levels
        if f.start < share.start and f.quantity.kind in (Kind.AMOUNT, Kind.COUNT)
    ]
    return before[-1] if before else None


class _Names:
    """Finds levels by the name that a share gives its whole."""

    def __init__(self, model: Model) -> None:
        self._all: list[tuple[int, str, Quantity]] = []
        for statement in model.statements:
            for level in statement.levels:
                self._all.append((level.start, level.phrase, level.quantity))
        self._all.sort(key=lambda each: each[0])
        self._starts = [start for start, _, _ in self._all]

    def find(self, name: str, before: int) -> list[Quantity]:
        """Return the levels before a place whose words contain a name, the nearest first."""
        plain = re.sub(
            r"^(?:我|本|全)?(?:部门|单位|局|省|市|县|区)?(?:20\d\d年)?(?:度|年)?(?:度)?", "", name
        ).strip("的 ")
        core = bare_name(plain) or plain
        if len(core) < _LEAST_NAME:
            return []
        found = []
        low = bisect_left(self._starts, before)
        total = _TOTAL_NAME.match(name.strip("的 "))
        for _, phrase, quantity in reversed(self._all[max(0, low - _REACH) : low]):
            if plain in phrase or (len(core) >= 4 and core in phrase):
                found.append(quantity)
        if total and not found:
            side = total["side"]
            for _, phrase, quantity in reversed(self._all[max(0, low - _REACH) : low]):
                if re.search(rf"(?:全年|本年|实际|当年|总){side}|{side}(?:合计|总计|总额)", phrase):
                    found.append(quantity)
        return found

    def before(self, start: int, part: Quantity) -> list[Quantity]:
        """Return the last few levels before a place that a part can be a share of, the nearest first."""
        low = bisect_left(self._starts, start)
        near = [quantity for _, _, quantity in reversed(self._all[max(0, low - _FEW) : low])]
        return [
            q for q in near if q.kind == part.kind and q.unit == part.unit and q.value >= part.value
        ]


def _group(
    group: Sequence[tuple[Statement, Figure, Figure]],
    names: _Names,
    whole_of: dict[int, list[Quantity]],
) -> ShareGroup:
    first = group[0]
    name = first[1].of
    shares = []
    inherited: list[Quantity] = []
    if name and not _NO_NAME.match(name):
        inherited = [q for q in names.find(name, first[2].start) if q is not first[2].quantity]
    for statement, share, part in group:
        own = part.quantity
        named = inherited
        listed = whole_of.get(id(statement), [])
        candidates = [
            q
            for q in [*named, *listed]
            if q.kind == own.kind and q.unit == own.unit and q.value >= own.value and q is not own
        ]
        is_sure = bool(candidates) and (bool(named) or bool(listed))
        whole = candidates[0] if candidates else None
        shares.append(Share(share.quantity, own, whole, tuple(candidates[1:]), is_sure))
    if len(shares) > 1 and not any(share.is_sure for share in shares):
        found = _fitting(shares, names.before(shares[0].part.start, shares[0].part))
        if found is not None:
            shares = [replace(share, whole=found, is_sure=True) for share in shares]
    return ShareGroup(tuple(shares))


def _fitting(shares: Sequence[Share], candidates: Sequence[Quantity]) -> Quantity | None:
    """Return the candidate that two shares or more, and two of three, follow from."""
    for candidate in candidates:
        fits = sum(_fit(share, candidate) == Fit.EXACT for share in shares)
        if fits >= 2 and fits * 3 >= len(shares) * 2:
            return candidate
    return None


def judge(group: ShareGroup) -> tuple[list[Hit], list[Quantity]]:
    """Return what is wrong with a group of shares, and the figures that were held against each other."""
    shares = group.shares
    whole = _common_whole(shares)
    held: list[Quantity] = []
    if whole is not None:
        is_rest = len(shares) > 2 and sum(share.rate.number for share in shares) == 100
        hits = [
            hit for share in shares if (hit := _against(share, whole, is_rest=is_rest)) is not None
        ]
        held = [whole, *(q for share in shares for q in (share.rate, share.part))]
        return hits, held
    if len(shares) >= 2:
        return _against_sum(shares)
    return [], []


def _common_whole(shares: Sequence[Share]) -> Quantity | None:
    """Return the whole that most of the shares follow from; of a single share, the one it names."""
    candidates: list[Quantity] = []
    for share in shares:
        for whole in [*((share.whole,) if share.whole else ()), *share.alternatives][:6]:
            if not any(whole is other for other in candidates):
                candidates.append(whole)
    if not candidates or not any(share.is_sure for share in shares):
        return None
    counts = [sum(_fit(share, whole) != Fit.WRONG for share in shares) for whole in candidates[:12]]
    best = max(counts)
    chosen = candidates[counts.index(best)]
    if best == 0 and len(shares) > 1:
        added = sum((share.part.value for share in shares), Decimal(0))
        rates = sum((share.rate.number for share in shares), Decimal(0))
        if added != chosen.value and abs(rates - 100) > _NEARLY_WHOLE:
            return None
    return chosen


def _fit(share: Share, whole: Quantity) -> Fit:
    pair = percent_of(share.part, whole)
    return Fit.WRONG if pair is None else fit_ratio(share.rate.number, share.rate.digits, *pair)


def _against(share: Share, whole: Quantity, *, is_rest: bool) -> Hit | None:
    fit = _fit(share, whole)
    if fit == Fit.EXACT or whole.value < share.part.value:
        return None
    percent = exact(share.part.value) / exact(whole.value) * 100
    if is_rest and abs(percent - exact(share.rate.number)) * 10**share.rate.digits <= 1:
        fit = Fit.NEAR  # the last share is often what remains to 100
    return Hit(
        {Fit.CUT_OFF: "rate-cut-off", Fit.NEAR: "rate-rounding"}.get(fit, "share-wrong"),
        share.rate.start,
        share.rate.end,
        share.rate.written,
        show_percent(percent, share.rate.digits),
        {"arithmetic": show_ratio(share.part, whole, percent, share.rate.digits)},
    )


def _against_sum(shares: Sequence[Share]) -> tuple[list[Hit], list[Quantity]]:
    """Hold shares whose whole is not stated against the sum of their parts, when all but one follow from it."""
    parts = [share.part for share in shares]
    if any(part.kind != parts[0].kind or part.unit != parts[0].unit for part in parts):
        return [], []
    total = sum((exact(part.value) for part in parts), Fraction(0))
    added = sum((share.rate.number for share in shares), Decimal(0))
    if total <= 0:
        return [], []
    wrong = [
        share
        for share in shares
        if fit_ratio(
            share.rate.number, share.rate.digits, exact(share.part.value) / total * 100, Fraction(0)
        )
        not in (Fit.EXACT, Fit.CUT_OFF)
    ]
    is_whole = abs(added - 100) <= Decimal(1).scaleb(-min(s.rate.digits for s in shares)) * len(
        shares
    )
    held = [q for share in shares for q in (share.rate, share.part)]
    if not wrong:
        return [], held
    if is_whole and len(wrong) > 1 and len(shares) > 1:
        return _one_part_is_wrong(shares), held
    if len(wrong) != 1 or len(shares) < 3:
        return [], []
    share = wrong[0]
    percent = exact(share.part.value) / total * 100
    if abs(percent - exact(share.rate.number)) * 10**share.rate.digits <= len(shares):
        return [], held  # the last share is often what remains to 100
    shown = show_percent(percent, share.rate.digits)
    whole = with_unit(as_decimal(total), share.part)
    return [
        Hit(
            "share-wrong",
            share.rate.start,
            share.rate.end,
            share.rate.written,
            shown,
            {"arithmetic": f"{share.part.written} ÷ {whole} = {shown}"},
        )
    ], held


def _one_part_is_wrong(shares: Sequence[Share]) -> list[Hit]:
    """Report the part that does not go with the others: their shares give another whole than its own."""
    usable = [s for s in shares if s.rate.number > 0 and s.part.value > 0]
    for share in usable:
        rest = [s for s in usable if s is not share]
        rate = sum((exact(s.rate.number) for s in rest), Fraction(0))
        value = sum((exact(s.part.value) for s in rest), Fraction(0))
        if len(rest) < 2 or not rate:
            continue
        total = value / rate * 100
        slack = max(Fraction(1, 10**s.rate.digits) for s in rest)
        fits = [
            abs(exact(s.part.value) / total * 100 - exact(s.rate.number)) <= slack for s in rest
        ]
        own = exact(share.part.value) / total * 100
        if all(fits) and abs(own - exact(share.rate.number)) > slack * 3:
            shown = show_percent(own, share.rate.digits)
            whole = with_unit(as_decimal(total), share.part)
            return [
                Hit(
                    "share-wrong",
                    share.rate.start,
                    share.rate.end,
                    share.rate.written,
                    shown,
                    {"arithmetic": f"{share.part.written} ÷ {whole} = {shown}"},
                )
            ]
    return []


def not_whole(group: ShareGroup) -> Hit | None:
    """Return that shares of parts which make up their whole do not add to 100."""
    shares = group.shares
    if len(shares) < 2:
        return None
    total = sum(share.part.value for share in shares)
    wholes = [q for share in shares for q in (share.whole, *share.alternatives) if q is not None]
    if not any(whole.value == total for whole in wholes):
        return None
    added = sum((share.rate.number for share in shares), Decimal(0))
    slack = Decimal(1).scaleb(-min(share.rate.digits for share in shares)) * len(shares)
    if abs(added - 100) <= slack:
        return None
    last = shares[-1].rate
    arithmetic = f"{' + '.join(share.rate.written for share in shares)} = {added}%"
    return Hit(
        "shares-not-whole", last.start, last.end, f"{added}%", "100%", {"arithmetic": arithmetic}
    )
