"""…得…分: points by condition, in bands, all or nothing, one by one, by state."""

import re
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from typing import Any

from perfeval.scoring.quantity import plain
from perfeval.sheets.clauses import Clause
from perfeval.sheets.intervals import Banded, Bands, BandsFault, Interval, is_rest, settled
from perfeval.sheets.numbers import COUNTED
from perfeval.sheets.standard import (
    Contradiction,
    Found,
    Standard,
    an_input,
    condition_label,
    is_with_average,
    is_with_last_year,
    measured_value,
    quoted,
    several,
)
from perfeval.sheets.wording import MarkKind

_POINTED = (MarkKind.EARN, MarkKind.LOSE, MarkKind.KEEP)

# ── bands ──


def bands(read: Standard) -> Found | None:
    """Read ≥95%得满分，90%—95%得8分，其余不得分."""
    if any(one.kind not in _POINTED or one.each for one in read.clauses):
        return None
    named = [one for one in read.clauses if one.interval]
    others = [one for one in read.clauses if not one.interval]
    if not named or len(others) > 1 or (len(named) == 1 and not others):
        return None
    rest: Decimal | None = None
    if others:
        if not others[0].is_rest or others[0] is not read.clauses[-1]:
            return None
        rest = read.points(others[0])
    pairs = [(one.interval, read.points(one)) for one in named if one.interval]
    intervals = [one for one, _ in pairs]
    measure = _one_measure(intervals)
    if measure is None or len({one.tail for one in intervals}) > 1 or intervals[0].tail:
        return None
    unit = _one_unit(read, pairs, measure)
    try:
        made = settled(pairs, rest, read.weight)
    except BandsFault as fault:
        if all(one.is_point for one in intervals) and not _is_share(unit):
            return None
        raise Contradiction("bands_do_not_meet") from fault
    return _banded(read, measure, unit, made, pairs)


def _one_unit(read: Standard, pairs: list[Banded], measure: str) -> str:
    """Return the unit of all bands. Raises: Contradiction, where they are no bands of one value."""
    if sum(one.is_point for one, _ in pairs) > 1 and any(one.unit == "%" for one, _ in pairs):
        raise several()  # points between which a line may be meant
    if is_with_average(measure) or read.reading.setting(MarkKind.PARTIAL):
        raise several()
    if max(points for _, points in pairs) != read.weight:
        raise Contradiction("points_below_weight")
    units = {one.unit for one, _ in pairs if one.unit}
    if len(units) > 1 or min(points for _, points in pairs) < 0:
        raise several()
    return units.pop() if units else ""


def _banded(read: Standard, measure: str, unit: str, made: Bands, pairs: list[Banded]) -> Found:
    """Return the rule of settled bands, and what it must give at every limit that was named."""
    assumed = made.assumptions
    is_ratio = not unit and any(one.high == 1 or one.low == 1 for one, _ in pairs)
    is_percent = _is_share(unit) or (not unit and not is_ratio)
    measured, of_what = measured_value(read, measure, "%" if is_percent else unit)
    if is_ratio and "input" in measured:
        measured["input"][0]["label"] += "（比值，1即100%）"
    if re.search("排名|名次|位次", measure) or unit in ("名", "位") or is_with_last_year(measure):
        assumed = (*assumed, "comparison_assumed")
    if any(one.is_absolute for one, _ in pairs):
        assumed = (*assumed, "absolute_assumed")
        measured["input"][0]["label"] += "（绝对值）"
    tables = [_band(interval, points) for interval, points in made.bands]
    rule = {"kind": "bands", **measured, "bands": tables}
    trials = [
        (end, points)
        for one, points in pairs
        for end, is_closed, is_soft in (
            (one.low, one.is_low_closed, one.is_low_soft),
            (one.high, one.is_high_closed, one.is_high_soft),
        )
        if end is not None and is_closed and not is_soft
    ]
    highest = {value: max(p for v, p in trials if v == value) for value, _ in trials}
    return Found(rule, quoted(read.clauses), (*assumed, *of_what), tuple(highest.items()))


def _is_share(unit: str) -> bool:
    return unit in ("%", "百分点", "个百分点")


def _one_measure(intervals: list[Interval]) -> str | None:
    """Return what all intervals measure; None where they measure different things."""
    words = [re.sub(r"^.*,|的$|^(?:年度|全年|当年|本年)", "", one.measure) for one in intervals]
    told = sorted({one for one in words if one}, key=len)
    if not told:
        return ""
    longest = told[-1]
    if all(one in longest for one in told):
        return longest
    return None


def _band(interval: Interval, points: Decimal) -> dict[str, Decimal]:
    table = {}
    if interval.low is not None:
        table["at_least" if interval.is_low_closed else "above"] = interval.low
    if interval.high is not None:
        table["at_most" if interval.is_high_closed else "below"] = interval.high
    return table | {"points": points}


# ── all or nothing ──

_NOT = re.compile(r"未|没有|没|无|不|否|缺|逾期|超期|违反|违规|存在|发生|出现|有(?=[任一1\d])")
_NEGATIVE = re.compile(
    r"^(?:否则|反之|未|没有|没|无|不|逾期|超期|超过|缺|达不到|违反|违规|存在|发生|出现|任何|任1|任一|有[任一1\d]|擅自|虚报|只要|如有)"
)
#: Words that do not say by themselves when they hold.
_VAGUE = re.compile(
    r"较多|较好|较高|较大|较强|良好|明显|显著|突出|积极|好的?$|高的?$|优的?$|强的?$|情况$|程度$|水平$|质量$"
)


def yes_no(read: Standard) -> Found | None:
    """Read 按时公开的得2分，否则不得分."""
    given = read.clauses
    if any(one.kind not in _POINTED or one.each for one in given) or not given:
        return None
    if read.reading.setting(MarkKind.PARTIAL):
        return None
    full = [one for one in given if read.is_full(one)]
    none = [one for one in given if read.is_none(one)]
    if len(full) + len(none) != len(given) or len(full) > 1:
        return None
    if any(
        one.interval and not one.interval.tail and _is_share(one.interval.unit) for one in given
    ):
        return None
    if any(not one.condition for one in given):
        return None
    if not full:
        return _not_met(read, none)
    if not none:
        return _met_only(read, full[0])
    if len(none) > 1 or not _opposite(full[0].condition, none[0]):
        return None
    return _asked(full[0].condition, read, ())


def _asked(condition: str, read: Standard, assumed: tuple[str, ...], label: str = "") -> Found:
    asked = an_input("met", label or condition_label(condition), "yes_no")
    return Found(
        {"kind": "yes_no", "met": "answer.met", "input": [asked]}, quoted(read.clauses), assumed
    )


def _not_met(read: Standard, none: list[Clause]) -> Found | None:
    """Read 未公示的扣0.5分, where that is all of the weight: the question is turned round."""
    if len(none) != 1 or none[0].is_rest or none[0].interval:
        return None
    last = none[0].last
    if read.reading.is_judged:
        return None
    return _asked(last, read, (), _turned(last))


def _turned(condition: str) -> str:
    """Return a condition that costs the points as a question whose yes earns them."""
    plain_text = condition_label(condition)
    for start, instead in (
        (r"^(?:未能|未|没有|没)(?=[\u4e00-\u9fff]{2})", ""),
        (r"^存在", "不存在"),
        (r"^(?:发生|出现)", "没有发生"),
        (r"^违反", "未违反"),
        (r"^不(?=[按及符])", ""),
        (r"^无(?=[\u4e00-\u9fff]{2})", "有"),
    ):
        if re.match(start, plain_text):
            return re.sub(start, instead, plain_text)
    return f"没有下列情形：{plain_text}"


def _met_only(read: Standard, full: Clause) -> Found | None:
    """Read 修订办法的得3分: what the rest earns is not said."""
    if read.reading.is_judged or _VAGUE.search(full.condition):
        return None
    if not full.mark.is_told and not re.search("已|完成|建立|制定|开展|实行|公开", full.condition):
        return None
    return _asked(full.condition, read, ("rest_is_zero",))


def _opposite(condition: str, other: Clause) -> bool:
    """Return whether a second condition is the contrary of the first."""
    if other.is_rest:
        return True
    last = other.last
    if re.match(r"^(?:不符|未达标|不达标|未达到|达不到|不满足|不合格)", last) and len(last) <= 8:
        return True
    beyond = re.match(r"(?:超出|超过|高于|大于|多于|低于|小于|少于|不足|突破)", last)
    if beyond:
        return _share_words(condition, last[beyond.end() :] or last)
    if not _NOT.search(last):
        return bool(_NOT.search(condition)) and _share_words(condition, last)
    core = re.sub(
        r"未能|未|没有|没|无|不|任何|任意|任一|任1|有|存在|发生|出现|一|\d|项|个|笔|次|情形|情况|的|者|按|任|能|其中",
        "",
        last,
    )
    if len(core) <= 1:
        return True
    return _share_words(condition, core)


def _share_words(one: str, other: str) -> bool:
    """Return whether at least half of the signs of a text stand in another."""
    signs = [sign for sign in other if "\u4e00" <= sign <= "\u9fff"]
    return bool(signs) and 2 * sum(sign in one for sign in signs) >= len(signs)


# ── one by one ──

_NOUN = re.compile(r"(?:情况|程度|水平|质量|力度|效果|成效|状况|能力|方面|态度|作风|性)$")
_DONE = re.compile(
    r"已|有|无|不|未|没|得到|符合|按|完成|建立|制定|开展|形成|明确|实行|合法|合规|完整|规范|健全|齐全|及时|科学|准确"
    r"|到位|达标|合格|真实|合理|匹配|落实|组织|编制|公开|召开|出台|设立|配备|通过|达到|相符|一致|清晰|充分"
)
_DEGREE = re.compile(
    r"^(?:较|很|非常|比较|一般|基本|部分|大部分|少数|个别)|较(?:好|差|高|低|多|少|为|健|完)|一般$|滞后$|良好$|优秀$"
)
#: What says what an item not met earns: 不符合的不得分.
_ALL_MISSING = re.compile(
    r"^(?:其中)?(?:每?有?(?:任何|任意|任)?1?[项个]?)?(?:否则|反之|未|不|没|无|缺|达不到|其他|其余)[\u4e00-\u9fff]{0,12}$"
)


def checklist(read: Standard) -> Found | None:
    """Read conditions with points of their own that add up to the weight."""
    given: list[Clause] = []
    others: list[Clause] = []
    for one in read.clauses:
        is_item = (
            one.kind is MarkKind.EARN and one.points and not one.each and not read.is_full(one)
        )
        (given if is_item else others).append(one)
    points = [one.points for one in given if one.points]
    if len(given) < 2 or any(read.is_full(one) for one in others):
        return None
    if sum(points, Decimal(0)) != read.weight:
        return None
    has_rest = _each_without(read, given, others)
    measures = [one.interval.measure for one in given if one.interval and not one.interval.tail]
    shares = [
        one.interval
        for one in given
        if one.interval and not one.interval.tail and one.interval.unit == "%"
    ]
    if len(shares) == len(given) and len({one.measure for one in shares if one.measure}) < len(
        given
    ):
        raise Contradiction("points_below_weight")
    if len([one for one in measures if not one]) > 1:
        raise several()
    labels = [condition_label(one.condition) for one in given]
    if any(not label or _NOUN.search(label) for label in labels):
        raise Contradiction("no_pattern")
    if any(_DEGREE.search(label) for label in labels) or _are_grades(labels):
        raise Contradiction("points_below_weight")
    is_said = has_rest or all(one.mark.is_told or _DONE.search(one.condition) for one in given)
    if not is_said:
        raise Contradiction("no_pattern")
    return _checklist_of(labels, points, quoted(given))


def _each_without(read: Standard, given: list[Clause], others: list[Clause]) -> bool:
    """Return whether the standard says what an item that is not met earns.

    Raises: Contradiction, where something else stands beside the items.
    """
    has_rest = False
    places = {id(one): place for place, one in enumerate(read.clauses)}
    for one in others:
        before = read.clauses[places[id(one)] - 1] if places[id(one)] else None
        if read.is_none(one) and one.kind is MarkKind.EARN:
            is_pair = before in given and (
                one.is_rest or (before and _opposite(before.condition, one))
            )
            is_general = one is read.clauses[-1] and (one.is_rest or _ALL_MISSING.match(one.last))
            is_beyond = bool(before in given and before and before.interval and one.interval)
            if not (is_pair or is_general or is_beyond):
                raise several()
            has_rest = True
        elif one.kind is MarkKind.LOSE and one.each and one.each.step == 1:
            if any(item.points != one.points for item in given):
                raise several()
            has_rest = True
        else:
            raise several()
    if read.reading.setting(MarkKind.LOSS_CAP) or read.reading.setting(MarkKind.PARTIAL):
        raise several()
    return has_rest


def _are_grades(labels: list[str]) -> bool:
    """Return whether labels are grades of one thing and not things beside each other: 正常, 滞后."""
    for place, one in enumerate(labels):
        for other in labels[place + 1 :]:
            head = 0
            while head < min(len(one), len(other)) and one[head] == other[head]:
                head += 1
            rest = (one[head:], other[head:])
            if head >= 2 and any(
                re.match(r"^(?:未|不|没|无|基本|部分|较|一般|滞后|逾期)", part) for part in rest
            ):
                return True
    return False


def _checklist_of(labels: list[str], points: list[Decimal], quote: str) -> Found:
    codes = [f"item_{n}" for n in range(1, len(labels) + 1)]
    choices = [
        {"code": code, "label": label[:80]} for code, label in zip(codes, labels, strict=True)
    ]
    rule = {
        "kind": "checklist",
        "met": "answer.met",
        "points": dict(zip(codes, points, strict=True)),
        "input": [an_input("met", "已做到的事项", "multiple", choices=choices)],
    }
    return Found(rule, quote)


# ── for each of several things ──

_COUNT = re.compile(
    r"(?P<count>\d{1,2})(?:个|项|类|种|条|大)?(?:方面|要素|要点|环节|内容|指标|条件|资料|任务|工作|评价要点|项内容|制度|措施|事项|情形|课题|提案)?"
)
_CLOSED = re.compile(
    r"(?:等)?\d{0,2}(?:个|项|类|种|条)?(?:方面|要素|要点|环节|内容|指标|条件|资料|任务|工作|评价要点|制度|措施|事项|目标)?(?:的|均|都)?$"
)


def each_met(read: Standard) -> Found | None:
    """Read 甲、乙、丙，每做到一项得1分, and items that hold equal points."""
    gains = [one for one in read.clauses if one.kind is MarkKind.EARN and one.each and one.points]
    holds = read.reading.of(MarkKind.EACH_HOLDS)
    if not gains and not holds:
        return None
    lead = (holds or gains)[0]
    each = lead.points
    if each is None or each <= 0 or len(gains) > 1 or len(holds) > 1:
        raise several()
    is_told = bool(gains)
    for one in read.clauses:
        if one is lead:
            continue
        if not _is_of_items(read, one, each):
            raise several()
        is_told = True
    if not is_told:
        raise Contradiction("no_pattern")
    if gains and gains[0].each and gains[0].each.step != 1:
        raise Contradiction("no_pattern")
    if read.reading.setting(MarkKind.PARTIAL) or read.reading.setting(MarkKind.LOSS_CAP):
        raise several()
    items, count = _items(read, lead)
    if items:
        return _of_items(read, items, count, each, lead)
    return _counted(read, count, each, lead)


def _is_of_items(read: Standard, one: Clause, each: Decimal) -> bool:
    """Return whether a clause says the same of the items again: 缺一项扣1分, 不符合不得分, 得相应分值."""
    if one.kind is MarkKind.EARN and one.mark.points is None and not one.mark.is_full:
        return True
    if one.kind is MarkKind.LOSE and one.each:
        return one.points == each and one.each.step == 1
    if one.kind is MarkKind.EARN and one.points == each:
        return bool(one.each or (one.interval and one.interval.low == 1))
    if read.is_none(one) and one.kind is MarkKind.EARN:
        return one.is_rest or bool(_ALL_MISSING.match(one.last))
    return read.is_full(one) and bool(re.search("全部|均|都|齐全|以上", one.condition))


def _items(read: Standard, lead: Clause) -> tuple[list[str], int | None]:
    """Return the items that a standard lists, and how many it says there are."""
    text = lead.condition if lead.each is None else lead.each.before
    if not text.strip(",") and read.reading.facts:
        text = ""
    listed = [fact.text for fact in read.reading.facts if fact.is_item]
    sources = [text, *(fact.text for fact in read.reading.facts if not fact.is_item)]
    declared = [
        int(found["count"])
        for source in sources
        for found in re.finditer(
            r"(?<![\d.月年第])" + _COUNT.pattern + r"(?=[,:、]?$|均|都|各|有|,)", source
        )
        if found[0] != found["count"]
    ]
    count = declared[0] if len(set(declared)) == 1 else None
    if len(listed) >= 2:
        return listed, count
    for source in (text, *sources[1:]):
        last = re.split(r"[:]", source)[-1].strip(",")
        if "、" not in last:
            continue
        parts = [
            part
            for part in re.split(
                r"、|,(?=并|且|有)|;",
                last.rpartition(",")[2] if "、" in last.rpartition(",")[2] else last,
            )
            if part
        ]
        parts[-1] = _CLOSED.sub("", parts[-1].partition(",")[0]) or parts[-1]
        parts[0] = re.sub(r"^.*?(?:涵盖|包括|包含|分为|具有|建立了)", "", parts[0]) or parts[0]
        parts = [re.sub(r"^(?:并|且)", "", part) for part in parts if part]
        if len(parts) >= 2:
            return parts, count
    return [], count


def _of_items(
    read: Standard, items: list[str], count: int | None, each: Decimal, lead: Clause
) -> Found:
    """Return items of equal points as a list. Raises: Contradiction."""
    if len(items) * each != read.weight:
        last = re.split(r"和|以及|及", items[-1], maxsplit=1)
        split = [*items[:-1], *last]
        if len(last) != 2 or len(split) * each != read.weight or count not in (None, len(split)):
            raise Contradiction("items_do_not_fit")
        items = split
    if count not in (None, len(items)):
        raise Contradiction("items_do_not_fit")
    if any(Counter(items)[one] > 1 for one in items):
        raise Contradiction("items_do_not_fit")
    return _checklist_of(
        [condition_label(one) for one in items], [each] * len(items), quoted([lead])
    )


def _counted(read: Standard, count: int | None, each: Decimal, lead: Clause) -> Found:
    """Return points for each case up to the weight. Raises: Contradiction."""
    if lead.each is None:
        if any(one.kind is MarkKind.LOSE and one.each for one in read.clauses):
            return _lost_each(read, each)
        raise Contradiction("no_pattern")
    caps = [one.points for one in read.reading.setting(MarkKind.GAIN_CAP) if one.points]
    if any(cap != read.weight for cap in caps):
        raise Contradiction("no_pattern")
    if count is not None and count * each != read.weight:
        count = None
    assumed = () if caps or count else ("full_assumed",)
    unit = lead.each.unit.removeprefix("个") or "个"
    words = re.sub(r"[\d每]", "", f"{lead.each.verb}{lead.each.after}")
    named = re.sub(r"^(?:完成|出台|开展|举办)?", "", words) or lead.each.before.rpartition(",")[2]
    asked = an_input("count", f"{named or read.name}的{unit}数", "count", unit)
    text = f"min(weight, {plain(each)} × n)"
    rule = {
        "kind": "formula",
        "expression": text,
        "figures": {"n": "answer.count"},
        "input": [asked],
    }
    trials = ((Decimal(0), Decimal(0)), (Decimal(1), min(each, read.weight)))
    return Found(rule, quoted([lead]), assumed, trials)


def _lost_each(read: Standard, each: Decimal) -> Found:
    """Return what each missing one costs, where the items are not listed."""
    lost = next(one for one in read.clauses if one.kind is MarkKind.LOSE and one.each)
    unit = lost.each.unit.removeprefix("个") if lost.each else "项"
    asked = an_input("count", f"缺少的{unit}数", "count", unit)
    rule = {"kind": "per_defect", "count": "answer.count", "points_each": each, "input": [asked]}
    return Found(rule, quoted([lost]))


# ── states ──

_GRADE = re.compile(
    r"优秀?|良好?|中等?”?$|合格|差”?$|一般|等级|等次|[1-9]档|[A-E](?:级|档|类|等)|全部|部分|基本|未完成|不力"
)
_STATE_WORDS = re.compile(
    r"未能|未|没有|没|无|不|有|全部|部分|基本|较为|较|一般|大部|少数|逾期|按时|及时|按期|超期|已|但|且|后|整改"
)
_GRADED = re.compile(r"优|良|合格|等级|等次|[1-9]档|[A-E]级|全部|部分|按时|逾期|及时|未|基本")


def states(read: Standard) -> Found | None:
    """Read 优秀得5分，良好得3分，其他不得分: conditions of which one holds."""
    given = read.clauses
    if any(one.kind not in _POINTED for one in given) or not given:
        return None
    if any(one.each or not one.condition for one in given) or read.reading.setting(
        MarkKind.PARTIAL
    ):
        return None
    if not _may_be_states(given):
        return None
    points = [read.points(one) for one in given]
    labels = [_state_label(one) for one in given]
    assumed: tuple[str, ...] = ()
    if read.weight not in points:
        if any(one.kind is MarkKind.EARN and one.points for one in given):
            raise Contradiction("points_below_weight")
        points, labels, assumed = [read.weight, *points], ["没有下列情形", *labels], ("one_holds",)
    if points.count(read.weight) != 1 or min(points) < 0 or len(points) < 2:
        return None
    if points not in (sorted(points, reverse=True), sorted(points)) and not _is_partly(labels):
        return None
    if len(points) == 2 and min(points) == 0 and not assumed:
        raise several()  # full marks for one thing, none for another: both may hold
    if len(set(labels)) != len(labels):
        return None
    if not _are_exclusive(labels):
        _refuse_losses_that_add_up(read, points)
        assumed = ("one_holds",)
    return _states_of(read, labels, points, assumed)


def _may_be_states(given: list[Clause]) -> bool:
    """Return whether conditions are states in words or counts. Raises: Contradiction for places."""
    measured = [one.interval for one in given if one.interval and not one.interval.tail]
    if any(not _is_count(one) for one in measured) and not _are_apart(measured, len(given)):
        return False
    if any(re.search("排名", one.condition) or is_with_average(one.condition) for one in given):
        raise several()
    return True


def _states_of(
    read: Standard, labels: list[str], points: list[Decimal], assumed: tuple[str, ...]
) -> Found:
    codes = [f"state_{n}" for n in range(1, len(labels) + 1)]
    if (
        len(labels) == 2
        and re.search("按时|及时|按期", labels[0])
        and re.search("逾期|未|超期|不", labels[1])
    ):
        codes = ["on_time", "late"]
    choices = [{"code": code, "label": label} for code, label in zip(codes, labels, strict=True)]
    rule: dict[str, Any] = {
        "kind": "states",
        "state": "answer.state",
        "points": dict(zip(codes, points, strict=True)),
        "input": [an_input("state", read.name or "情形", "choice", choices=choices)],
    }
    return Found(rule, quoted(read.clauses), assumed)


def _is_partly(labels: list[str]) -> bool:
    """Return whether the last state is one between the others, named after them: 部分应用."""
    return len(labels) == 3 and bool(re.search("部分|基本|不完全|不全", labels[-1]))


def _state_label(one: Clause) -> str:
    return condition_label(one.condition if one.kind is not MarkKind.LOSE else one.last)


def _are_apart(measured: list[Interval], count: int) -> bool:
    """Return whether intervals of one measure exclude each other, beside a state in words."""
    if len(measured) == count or _is_share(measured[0].unit) or not _one_measure(measured):
        return False
    ordered = sorted(measured, key=lambda one: one.low or Decimal(0))
    return all(
        lower.high is not None and upper.low is not None and lower.high <= upper.low
        for lower, upper in pairwise(ordered)
    )


def _is_count(interval: Interval) -> bool:
    return bool(re.fullmatch(COUNTED, interval.unit))


def _refuse_losses_that_add_up(read: Standard, points: list[Decimal]) -> None:
    """Raise Contradiction where two losses may come together and neither takes all."""
    partial = [one for one in read.clauses if one.kind is MarkKind.LOSE and read.points(one) > 0]
    if len(partial) > 1:
        raise several()
    takes_all = any(point == 0 for point in points)
    if partial and len(read.reading.of(MarkKind.LOSE)) > 1 and not takes_all:
        raise several()


def _are_exclusive(labels: list[str]) -> bool:
    """Return whether the words show that exactly one condition holds."""
    graded = all(_GRADE.search(label) and len(label) <= 16 for label in labels)
    first, *later = labels
    return graded or all(
        is_rest(label) or (_GRADED.search(label) and _is_state_of(first, label)) for label in later
    )


def _is_state_of(first: str, label: str) -> bool:
    """Return whether a label is another state of the same thing: 按时, 逾期; 已盘点, 未盘点."""
    core = _STATE_WORDS.sub("", label)
    return len(core) <= 1 or _share_words(first, core)
