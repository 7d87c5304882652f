"""Parts against their whole: 其中, 含, 包括, 分别为, totals at the end, differences."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import accumulate, islice, pairwise

from perfeval.checking.checks.arithmetic import show_sum
from perfeval.checking.findings import Hit
from perfeval.checking.knowledge import knowledge
from perfeval.checking.numbers import BUDGETS, AmountRole, Kind, Quantity, with_unit
from perfeval.checking.reading import Reading, Sentence

_TRIGGER = re.compile(r"其中|(?<!主要)(?:包括|包含)|[（(]含|，含|分别为|分别是")
_ENTRY = r"(?!含|其中|包括)[\u4e00-\u9fff“”]{2,20}\d[\d,]*(?:\.\d+)? ?[\u4e00-\u9fff]{1,2}"
_BARE_LIST = re.compile(
    rf" ?(?:（(?P<list>{_ENTRY}(?:[，、；]{_ENTRY})+)）|：{_ENTRY}(?:[，、；]{_ENTRY})+(?=[。\n]|$))"
)
_TOTAL_BEFORE_COLON = re.compile(r"(?:共计|合计|总计|总额|总支出|总收入|总投入|总投资)$")
_CRITERION = re.compile(r"按[^，。：；\d]{2,12}(?:划分|分类|分)[：:，]")
_OPENING = re.compile(r"[（(](?:其中|含|包括)")
_FURTHER = re.compile(r"其中|主要包括|主要[是为有]|用于")
_NESTED = re.compile(r"[（(][^（）()]*[）)]")
_TOTAL_LABEL = re.compile(
    r"^(?:，|、)?(?:以上|上述|各项|全年|项目|资金|金额|费用|支出)?(?:合计|共计|总计|合共|累计)(?:共|为|金额|支出|收入|资金|达)*$"
)
#: 收入合计 stands before 支出合计: two totals, not a total of a total.
_OTHER_TOTAL = re.compile(r"(?:合计|总计)$")
_NEW_LINE_OF_THOUGHT = re.compile(r"比上年|较上年|同比|上年|去年")
#: More parts than this are only added whole, from the first, and without any one of them.
_MOST_FOR_SUBSETS = 12
_SUMMED = (Kind.AMOUNT, Kind.COUNT, Kind.POINTS)


def parts_of_a_whole(reading: Reading) -> Iterator[Hit]:
    """Add up what follows 其中, 包括, 含, 分别为 and hold it against the whole before it."""
    previous: Sentence | None = None
    for sentence in reading.sentences:
        for trigger in _TRIGGER.finditer(sentence.text):
            start = sentence.start + trigger.start()
            before = [q for q in sentence.quantities if q.end <= start]
            is_next_paragraph = previous is None or previous.paragraph != sentence.paragraph
            if not before and trigger.start() <= 1 and previous and not is_next_paragraph:
                before = list(previous.quantities)
            end = _end_of_parts(reading.text, sentence, trigger)
            if trigger.group() != "其中":
                before = before[-1:]
            after = _outside_brackets(
                reading.text,
                [
                    q
                    for q in sentence.quantities
                    if q.start >= start + len(trigger.group()) and q.end <= end
                ],
                start + len(trigger.group()),
                end,
            )
            if before and after:
                yield from _check_parts(reading, before, after)
        previous = sentence


def bare_lists(reading: Reading) -> Iterator[Hit]:
    """Add up a list that is nothing but a list: 编制35名（行政22名、事业13名）, 支出共计90万元：甲50万元，乙40万元。"""
    for sentence in reading.sentences:
        for place, whole in enumerate(sentence.quantities):
            listed = _BARE_LIST.match(reading.text, whole.end, sentence.end)
            if listed is None or whole.is_open or whole.kind not in (Kind.AMOUNT, Kind.COUNT):
                continue
            is_total = _TOTAL_BEFORE_COLON.search(whole.label)
            if listed["list"] is None and not is_total:
                continue
            parts = [q for q in sentence.quantities[place + 1 :] if q.end <= listed.end()]
            is_like = all(q.kind == whole.kind and q.unit == whole.unit for q in parts)
            added = sum((q.value for q in parts), Decimal(0))
            if len(parts) < 2 or not is_like or any(q.is_open for q in parts):
                continue
            if added != whole.value and max(q.value for q in parts) < whole.value:
                yield from _report(reading, whole, parts)


def parts_by_a_criterion(reading: Reading) -> Iterator[Hit]:
    """Add up what follows 按支出性质分：, a whole list by its words, and hold it against the whole before it."""
    previous: Sentence | None = None
    candidates: list[Quantity] = []
    for sentence in reading.sentences:
        is_next = previous is not None and previous.paragraph == sentence.paragraph
        triggers = list(_CRITERION.finditer(sentence.text))
        if triggers:
            first = sentence.start + triggers[0].start()
            before = [q for q in sentence.quantities if q.end <= first]
            if not is_next:
                candidates = []
            if before:
                candidates = before
            ends = [*(trigger.start() for trigger in triggers[1:]), len(sentence.text)]
            for trigger, end in zip(triggers, ends, strict=True):
                low, high = sentence.start + trigger.end(), sentence.start + end
                parts = _outside_brackets(
                    reading.text,
                    [q for q in sentence.quantities if low <= q.start < high],
                    low,
                    high,
                )
                parts = [q for q in parts if q.kind == Kind.AMOUNT]
                wholes = _nearest(candidates, sum((q.value for q in parts), Decimal(0)))
                if wholes and len(parts) > 1 and not _TRIGGER.search(reading.text, low, high):
                    yield from _check_parts(reading, wholes, parts)
        else:
            candidates = list(sentence.quantities)
        previous = sentence


def _nearest(quantities: Sequence[Quantity], added: Decimal) -> list[Quantity]:
    """Return the amount that is nearest to a sum, none when all are more than a fifth away."""
    near = [q for q in quantities if q.kind == Kind.AMOUNT and abs(q.value - added) * 5 <= q.value]
    return [min(near, key=lambda q: abs(q.value - added))] if near else []


def _end_of_parts(text: str, sentence: Sentence, trigger: re.Match[str]) -> int:
    """Return where the list of parts ends: the bracket it stands in, the next 其中, the stop."""
    start = sentence.start + trigger.end()
    depth = 0
    for position in range(start, sentence.end):
        if text[position] in "（(":
            depth += 1
        elif text[position] in "）)":
            if depth == 0:
                return position
            depth -= 1
    further = _FURTHER.search(text, start, sentence.end)
    end = further.start() if further else sentence.end
    return (
        text.find("；", start, end)
        if trigger.group() != "其中" and "；" in text[start:end]
        else end
    )


def _outside_brackets(
    text: str, quantities: Sequence[Quantity], start: int, end: int
) -> list[Quantity]:
    """Return the quantities that stand in no bracket of their own."""
    spans = [(match.start(), match.end()) for match in _NESTED.finditer(text, start, end)]
    return [q for q in quantities if not any(low <= q.start < high for low, high in spans)]


def _check_parts(
    reading: Reading, before: Sequence[Quantity], after: Sequence[Quantity]
) -> Iterator[Hit]:
    """Report each kind of quantity whose parts fit no whole."""
    seen: set[tuple[Kind, str, str]] = set()
    for whole in reversed(before):
        if whole.kind == Kind.POINTS and re.search(r"满分|分值|权重", whole.label):
            continue
        group = (whole.kind, whole.unit, _family(whole.role))
        if whole.kind not in _SUMMED or group in seen or whole.role == AmountRole.REST:
            continue
        seen.add(group)
        if whole.kind == Kind.POINTS and not _is_total_of_points(reading.text, whole, after):
            continue
        like = [q for q in after if q.kind == whole.kind and q.unit == whole.unit]
        choices = _choices(whole, like)
        if not choices or whole.is_open:
            continue
        if _first_ones_add_up(whole.value, like) or any(
            _adds_up(reading.text, value, choice)
            for choice in choices
            for value in _values(before, whole, choice)
        ):
            continue
        fullest = max(choices, key=len) if len(choices[0]) == 1 else choices[0]
        yield from _report(reading, whole, fullest)


def _is_total_of_points(text: str, whole: Quantity, after: Sequence[Quantity]) -> bool:
    """Return whether points are scores all along; weights beside scores are items, not parts."""
    between = text[whole.start - len(whole.label) : after[-1].end]
    between = re.sub(r"[（(]满分\d{3}分[）)]", "", between)
    is_of_items = re.search(r"分值|权重|满分|扣|\d分[，、（]?(?:(?:自评|实际?)?得|自评)", between)
    return "得分" in whole.label + between and not is_of_items


def _values(
    before: Sequence[Quantity], whole: Quantity, parts: Sequence[Quantity]
) -> Iterator[Decimal]:
    """Yield the wholes that the parts may add to: of their role only when all of them name it."""
    is_named = all(_family(part.role) == _family(whole.role) != AmountRole.OTHER for part in parts)
    for other in before:
        is_like = other.kind == whole.kind and other.unit == whole.unit and not other.is_open
        if is_like and (not is_named or _family(other.role) == _family(whole.role)):
            yield other.value


def _family(role: AmountRole) -> str:
    """Return the same word for roles that may be the parts of each other."""
    return "budget" if role in BUDGETS else str(role)


def _choices(whole: Quantity, like: Sequence[Quantity]) -> list[list[Quantity]]:
    """Return the lists of parts that may be meant: same role first, then unnamed ones, then all."""
    same = [q for q in like if _family(q.role) == _family(whole.role)]
    loose = [
        q for q in like if _family(q.role) == _family(whole.role) or q.role == AmountRole.OTHER
    ]
    found: list[list[Quantity]] = []
    for choice in (same, loose) if same else (loose, list(like)):
        if choice and choice not in found:
            found.append(choice)
    return found


def _first_ones_add_up(whole: Decimal, like: Sequence[Quantity]) -> bool:
    """Return whether two or more parts from the first on add to the whole, whatever they are called.

    Counts are left to ``_adds_up``, which asks how the list is written.
    """
    sums = accumulate(part.value for part in like if part.kind == Kind.AMOUNT)
    return any(added == whole for added in islice(sums, 1, None))


def _adds_up(text: str, whole: Decimal, parts: Sequence[Quantity]) -> bool:
    """Return whether the parts add to the whole.

    A list without commas has to add up whole. Otherwise the first parts may, as the sentence can
    go on to other things, or some of the amounts, as one can be part of another.
    """
    if any(part.is_open for part in parts):
        return True
    values = [part.value for part in parts]
    gaps = [text[first.end : second.start] for first, second in pairwise(parts)]
    is_in_brackets = _OPENING.search(text, max(0, parts[0].start - 24), parts[0].start)
    if gaps and (is_in_brackets or all("、" in gap and "，" not in gap for gap in gaps)):
        return sum(values) == whole
    running = Decimal(0)
    for value in values:
        running += value
        if running == whole:
            return True
    if len(values) < 3:
        return False
    if parts[0].kind != Kind.AMOUNT:
        return False
    if len(values) > _MOST_FOR_SUBSETS:
        return any(running - value == whole for value in values)
    sums = {Decimal(0)}
    for value in values:
        sums |= {known + value for known in sums}
        sums = {known for known in sums if known <= whole}
    return whole in sums


def _report(reading: Reading, whole: Quantity, parts: Sequence[Quantity]) -> Iterator[Hit]:
    """Report parts that do not add to their whole, as surely as the words allow."""
    added = sum((part.value for part in parts), Decimal(0))
    is_exact_kind = whole.kind == Kind.POINTS or all(
        part.factor == 1 and not part.digits for part in [whole, *parts]
    )
    slack = max(part.quantum for part in [whole, *parts]) * (len(parts) + 1) / 2
    difference = abs(added - whole.value)
    if len(parts) == 1 and (added <= whole.value or not _is_plain_part(reading, whole, parts[0])):
        return
    if len(parts) > 1 and added < whole.value and _is_a_selection(reading, whole, parts):
        return
    if whole.kind == Kind.COUNT and added * 10 < whole.value:
        return  # examples: 违法12.36万起，其中酒驾1,562起、醉驾236起
    if not is_exact_kind and difference <= slack:
        code = "sum-rounding"
    elif added > whole.value and _never_overlap(whole, parts):
        code = "sum-wrong"
    else:
        code = "sum-doubtful"
    yield Hit(
        code,
        whole.start,
        whole.end,
        whole.written,
        with_unit(added, whole),
        {
            "arithmetic": show_sum(parts, added, whole),
            "difference": with_unit(difference, whole),
        },
    )


def _is_plain_part(reading: Reading, whole: Quantity, part: Quantity) -> bool:
    """Return whether a single part directly follows its whole, so that it can't be greater."""
    between = reading.text[whole.end : part.start]
    return len(between) <= 25 and not re.search(r"[。；]", between) and whole.kind == Kind.AMOUNT


def _is_a_selection(reading: Reading, whole: Quantity, parts: Sequence[Quantity]) -> bool:
    """Return whether the parts are examples: of different things, with other words between."""
    if whole.kind == Kind.AMOUNT:
        tail = reading.text[parts[-1].end : parts[-1].end + 6]
        return bool(re.match(r"等|余|左右", tail)) or (
            any(part.role != parts[0].role for part in parts) and whole.role == AmountRole.OTHER
        )
    gaps = [reading.text[first.end : second.start] for first, second in pairwise(parts)]
    is_list = all(len(gap) <= 20 and not re.search(r"，[^，]*，", gap) for gap in gaps)
    tail = reading.text[parts[-1].end : parts[-1].end + 6]
    near = reading.text[whole.end : parts[0].start]
    return not is_list or len(near) > 30 or bool(re.match(r"等", tail))


def _never_overlap(whole: Quantity, parts: Sequence[Quantity]) -> bool:
    """Return whether all parts are known kinds of which none contains another."""
    if whole.is_open or any(part.is_open for part in parts):
        return False
    if any(_family(part.role) != _family(whole.role) for part in parts):
        return False
    for family in knowledge().disjoint:
        named = [next((word for word in family if word in part.label), "") for part in parts]
        if all(named) and len(set(named)) == len(named):
            return True
    return False


def totals_at_the_end(reading: Reading) -> Iterator[Hit]:
    """Hold a 合计 or 共计 against the like figures that stand before it in the sentence."""
    for sentence in reading.sentences:
        for index, total in enumerate(sentence.quantities):
            if total.kind not in _SUMMED or not _TOTAL_LABEL.match(total.label) or total.is_open:
                continue
            before = [
                q
                for q in sentence.quantities[:index]
                if q.kind == total.kind and q.unit == total.unit
            ]
            start, end = sentence.start, total.start
            outside = _outside_brackets(reading.text, sentence.quantities[:index], start, end)
            before = [q for q in outside if q.kind == total.kind and q.unit == total.unit]
            is_pure = len(before) == len(outside) and not any(q.is_open for q in before)
            is_pure = is_pure and not any(_OTHER_TOTAL.search(q.label) for q in before)
            if len(before) < 2 or not is_pure or _NEW_LINE_OF_THOUGHT.search(sentence.text):
                continue
            sums_of_the_last = accumulate(q.value for q in reversed(before))
            if any(added == total.value for added in islice(sums_of_the_last, 1, None)):
                continue
            added = sum((q.value for q in before), Decimal(0))
            slack = max(q.quantum for q in [total, *before]) * (len(before) + 1) / 2
            is_rounding = total.kind == Kind.AMOUNT and abs(added - total.value) <= slack
            yield Hit(
                "sum-rounding" if is_rounding else "total-doubtful",
                total.start,
                total.end,
                total.written,
                with_unit(added, total),
                {"arithmetic": show_sum(before, added, total)},
            )
