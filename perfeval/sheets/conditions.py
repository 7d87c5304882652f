"""…得…分: points by condition, in bands, all or nothing, one by one, by state."""

import re
from decimal import Decimal
from itertools import pairwise

from perfeval.sheets.deductions import defect_clauses, is_each_lost
from perfeval.sheets.intervals import Interval, completed, is_rest, read_interval
from perfeval.sheets.standard import (
    OFF,
    Contradiction,
    Found,
    N,
    Standard,
    an_input,
    measured_value,
)


def bands(read: Standard) -> Found | None:
    """Read ≥95%得满分，90%—95%得8分，其余不得分."""
    pairs: list[tuple[Interval, Decimal]] = []
    rest: Decimal | None = None
    for one in read.earned:
        interval = read_interval(one.condition)
        if interval:
            pairs.append((interval, read.points(one)))
        elif is_rest(one.condition) and one is read.earned[-1]:
            rest = read.points(one)
        elif one.condition:
            return None
    if not pairs or (len(pairs) == 1 and rest is None):
        return None
    if read.weight is not None and max(points for _, points in pairs) != read.weight:
        raise Contradiction("points_below_weight")
    if len(pairs) != len({(one.low, one.high) for one, _ in pairs}):
        return None
    assumed: tuple[str, ...] = ()
    bands = completed(pairs, rest)
    if rest is None and _has_open_side(bands):
        bands, assumed = completed(pairs, Decimal(0)), ("rest_is_zero",)
    if _gap_or_overlap(bands):
        raise Contradiction("bands_do_not_meet")
    tables = [_band(interval, points) for interval, points in bands]
    measured, of_what = measured_value(read)
    rule = {"kind": "bands", **measured, "bands": tables}
    quote = "；".join(one.text for one in read.earned)[:120]
    return Found(rule, quote, (*assumed, *of_what))


def _has_open_side(bands: list[tuple[Interval, Decimal]]) -> bool:
    return (bands[-1][0].low or Decimal(0)) > 0 or bands[0][0].high is not None


def _gap_or_overlap(bands: list[tuple[Interval, Decimal]]) -> bool:
    """Return whether neighbours leave a gap or share values."""
    return any(
        upper.low != lower.high or upper.is_low_closed == lower.is_high_closed
        for (upper, _), (lower, _) in pairwise(bands)
    )


def _band(interval: Interval, points: Decimal) -> dict[str, Decimal]:
    table = {}
    if interval.low is not None:
        table["at_least" if interval.is_low_closed else "above"] = interval.low
    if interval.high is not None:
        table["at_most" if interval.is_high_closed else "below"] = interval.high
    return table | {"points": points}


#: What begins like this is no condition but a count or a limit.
_NO_CONDITION = re.compile(r"^每|^最[多高低少]|^共|^合计|^总|^满分|^累计|^上限|^以内|^不超过$")
_NEGATIVE = re.compile(r"否则|反之|^未|^没有|^没|^无|^不|^逾期|^超过|^缺|以外|^达不到")


def yes_no(read: Standard) -> Found | None:
    """Read 按时公开的得2分，否则不得分."""
    given = list(read.earned)
    if not given or given[0].points == 0 or not given[0].condition:
        return None
    if read_interval(given[0].condition) or len(given) > 2:
        return None
    if any(_NO_CONDITION.search(one.condition) for one in given):
        return None
    if len(given) == 2 and (given[1].points != 0 or not _NEGATIVE.search(given[1].condition)):
        return None
    if len(given) == 1 and not re.search(r"否则扣(?:完|除?全部)", read.text):
        return None
    if read.weight is not None and read.points(given[0]) != read.weight:
        raise Contradiction("points_below_weight")
    rule = {
        "kind": "yes_no",
        "met": "answer.met",
        "input": [an_input("met", _condition(given[0].condition), "yes_no")],
    }
    return Found(rule, "，".join(one.text for one in given))


def _condition(text: str) -> str:
    """Return a condition as the label of an answer."""
    return re.sub(r"^(?:如|若|凡|对)", "", text.strip("的,;:。、")).removesuffix("的")[-60:]


def each_met(read: Standard) -> Found | None:
    """Read 甲、乙、丙，每做到一项得1分."""
    found = re.search(
        rf"每(?:有|做到|符合|满足|完成|涵盖|具备|达到|公开)?(?:其中)?(?:一|1)?(?:个|项|条|环节|方面|类)[^,;。]{{0,8}}?(?:得|计)?{N}分",
        read.text,
    )
    if not found or list(defect_clauses(read.text)):
        return None
    each = Decimal(found[1])
    before = read.text[: found.start()].strip(",;。")
    items = [
        part
        for part in re.split(
            r"、|;|和(?=[\u4e00-\u9fff]{2})", re.split(r"[。:]", before)[-1].strip(",")
        )
        if part
    ]
    last = re.split(r",", items[-1])[0] if items else ""
    items = [
        *items[:-1],
        re.sub(r"(等?[一二三四五六七八九\d]+[个项]?(方面|环节|内容|条件)?|等)$", "", last),
    ]
    items[0:1] = [re.sub(r"^.*?(涵盖|包括|包含|有|为)", "", items[0])]
    items = [item for item in items if item]
    if read.weight is None or len(items) * each != read.weight or len(items) < 2:
        raise Contradiction("items_do_not_fit")
    return _checklist_of(items, [each] * len(items), found[0])


def checklist(read: Standard) -> Found | None:
    """Read conditions with points of their own that add up to the weight."""
    given = [one for one in read.earned if one.points is not None and one.points > 0]
    ends = [one for one in read.earned if one.points == 0 or one.points is None]
    if len(given) < 2 or read.weight is None:
        return None
    total = sum((one.points for one in given if one.points), Decimal(0))
    lost = list(defect_clauses(read.text))
    is_each_lost_only = bool(lost) and is_each_lost(read, given, lost)
    if total != read.weight or (re.search(OFF, read.text) and not is_each_lost_only):
        return None
    if any(
        one.condition and not _NEGATIVE.search(one.condition) and not is_rest(one.condition)
        for one in ends
    ):
        return None
    labels = [_condition(one.condition) for one in given]
    if any(not label or _NEGATIVE.search(label) or read_interval(label) for label in labels):
        return None
    if any(_NO_CONDITION.search(label) for label in labels):
        return None
    points = [one.points for one in given if one.points]
    return _checklist_of(labels, points, "；".join(one.text for one in given)[:120])


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


def states(read: Standard) -> Found | None:
    """Read 优秀得5分，良好得3分，其他不得分: conditions of which one holds."""
    given = list(read.earned)
    if len(given) < 2 or read.weight is None or any(not one.condition for one in given):
        return None
    points = [read.points(one) for one in given]
    if max(points) != read.weight or points.count(read.weight) != 1 or re.search(OFF, read.text):
        return None
    if points != sorted(points, reverse=True) or list(defect_clauses(read.text)):
        return None
    labels = [_condition(one.condition) for one in given]
    if any(
        len(re.findall(r"[\u4e00-\u9fff]", label)) > 40 or read_interval(label) for label in labels
    ):
        return None
    codes = [f"state_{n}" for n in range(1, len(labels) + 1)]
    choices = [{"code": code, "label": label} for code, label in zip(codes, labels, strict=True)]
    rule = {
        "kind": "states",
        "state": "answer.state",
        "points": dict(zip(codes, points, strict=True)),
        "input": [an_input("state", read.name or "情形", "choice", choices=choices)],
    }
    graded = re.search(r"优|良|合格|等级|等次|一档|二档|及时|逾期|按时|全部|部分", read.text)
    return Found(rule, "；".join(one.text for one in given)[:120], () if graded else ("one_holds",))


def late_states(read: Standard) -> Found | None:
    """Read 按时2分，逾期扣1分: two states."""
    found = re.search(
        rf"([^,;。]*(?:按时|及时|按期)[^,;。]*?)(?:的)?,?(?:得|计)?(?:{N}分|满分)[,;。]((?:逾期|超期|未按时|未按期|不及时)[^,;。]*?)(?:的)?,?扣{N}分",
        read.text,
    )
    if not found or read.weight is None or "每" in read.text:
        return None
    full = Decimal(found[2]) if found[2] else read.weight
    left = full - Decimal(found[4])
    if full != read.weight or left < 0:
        raise Contradiction("points_below_weight")
    choices = [
        {"code": "on_time", "label": _condition(found[1])},
        {"code": "late", "label": _condition(found[3])},
    ]
    rule = {
        "kind": "states",
        "state": "answer.state",
        "points": {"on_time": full, "late": left},
        "input": [an_input("state", read.name or "情形", "choice", choices=choices)],
    }
    return Found(rule, found[0])
