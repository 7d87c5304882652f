"""每…扣…分: points taken off by point, by step, by case and by day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from perfeval.sheets.intervals import Earned, Interval, earned_points, own_interval
from perfeval.sheets.standard import (
    OFF,
    Contradiction,
    Found,
    N,
    Standard,
    an_input,
    measured_value,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A 每…扣…分: what for each of which points go, and its words."""

    text: str
    each: Decimal
    step: Decimal = Decimal(1)
    word: str = ""


_STEP = re.compile(
    rf"每(?:再|相差|偏离)?(低于?|降低|下降|减少|少|不足|差|超过?|超出|高出?|高于|提高|增加|增长|上升|变动|偏离)?"
    rf"(?:目标值|目标|标准|规定|控制率|预算数)?(?:的)?({N}|一)?个?(?:百分点|%|点)(?:的)?,?(?:则)?{OFF}"
)
_DEFECT = re.compile(
    rf"(?:每|发现|存在|出现|发生|有|缺|少)(?:发现|有|出现|存在|发生|少|缺少|缺|漏|逾期|延迟|推迟|延期|迟报|迟|晚|超期|违反|查出|新增|涉及|未)*"
    rf"(?:一|1)?(项|次|例|个月|个|处|起|宗|笔|份|条|人|天|日|件|家|类|户|篇|期|张|环节)([^,;。每]{{0,24}}?)(?:的)?,?(?:则)?{OFF}"
    rf"|(?:一|1)(项|次|例|个|处|起|宗|笔|份|条|人|天|日|件|家)([^,;。每]{{0,16}}?)(?:的)?,?{OFF}"
)

#: 存在问题的扣1分/次.
_EACH = re.compile(rf"[^,;。]{{0,16}}{OFF}/(项|次|例|个|处|起|宗|笔|份|条|人|天|日|件|家)")


def step_clauses(text: str) -> Iterator[Clause]:
    for found in _STEP.finditer(text):
        step = Decimal(found[3]) if found[3] else Decimal(1)
        yield Clause(found[0], Decimal(found[4]), step, found[1] or "")


def defect_clauses(text: str) -> Iterator[Clause]:
    """Yield what points are taken off for case by case."""
    for found in _DEFECT.finditer(text):
        if re.search(r"百分点|%", found[0]):
            continue
        unit = found[1] or found[4]
        yield Clause(found[0], Decimal(found[3] or found[6]), Decimal(1), unit)
    for found in _EACH.finditer(text):
        yield Clause(found[0], Decimal(found[1]), Decimal(1), found[2])


def steps(read: Standard) -> Found | None:
    """Read 每低1个百分点扣0.5分: by points beyond a threshold, or by steps."""
    clause = next(step_clauses(read.text), None)
    if clause is None:
        return None
    if clause.step == 0:
        raise Contradiction("threshold_unknown")
    outside = read.text.replace(clause.text, ";")
    limits = [
        interval
        for one in earned_points(outside)
        if one.points != 0 and (interval := own_interval(one.condition))
    ]
    if len(limits) > 1 or any(
        one.points not in (None, read.weight, Decimal(0)) for one in earned_points(outside)
    ):
        raise Contradiction("several_rules")
    if any(one.points == 0 and own_interval(one.condition) for one in earned_points(outside)):
        raise Contradiction("several_rules")
    if re.search(OFF, outside) and not re.search(
        r"最[多高][^,;。]{0,4}扣|累计扣|扣分?上限", outside
    ):
        raise Contradiction("several_rules")
    direction, threshold, assumed = _threshold(read, clause, limits[0] if limits else None)
    measured, of_what = measured_value(read)
    assumed = (*assumed, *of_what)
    rule: dict[str, Any] = {"kind": "per_point", **measured, "threshold": threshold}
    tail = re.search(
        rf"不足(?:{N}|一)个?(?:百分点|%|点)(?:的)?,?(按比例|不扣|不计|按(?:{N}|一)个?(?:百分点|%|点)|的?忽略|舍去)",
        read.text,
    )
    told = (tail[2] or "") if tail else ""
    if clause.step != 1 or (told.startswith("按") and "比例" not in told):
        rule["kind"] = "per_step"
        rule["step"] = clause.step
        if told.startswith("按") and "比例" not in told:
            rule["started"] = True
        elif not told:
            assumed = (*assumed, "whole_steps_assumed")
    elif told.startswith(("不扣", "不计", "忽略", "舍去", "的忽略")):
        rule["whole"] = True
    elif not told and "按比例" not in read.text:
        assumed = (*assumed, "fractions_assumed")
    rule["points_each"] = clause.each
    if direction == "below":
        rule["direction"] = "below"
    return Found(rule, clause.text, assumed)


def _threshold(
    read: Standard, clause: Clause, limit: Interval | None
) -> tuple[str, Decimal, tuple[str, ...]]:
    """Return the direction, the threshold, and what of it had to be assumed."""
    is_below = bool(re.search("低|降|少|不足|差", clause.word))
    is_above = bool(re.search("超|高|增|上升", clause.word))
    if limit and limit.low is not None and not is_above:
        return "below", limit.low, ()
    if limit and limit.high is not None and not is_below:
        return "above", limit.high, ()
    direction = "below" if is_below else "above"
    before = read.text[: read.text.find(clause.text)]
    numbers = re.findall(rf"(?:低于|不足|未达到|达不到|超过|超出|高于|大于|小于|与){N}%", before)
    if len(numbers) == 1:
        return direction, Decimal(numbers[0]), ()
    if not is_below and re.search(
        r"变动率|增长率|差异率|偏差率?|偏离|超支率|调整率|结转|结余", read.both
    ):
        return "above", Decimal(0), ("threshold_assumed",) if "0" not in before else ()
    if re.search(r"率|完成|比例", read.both):
        return direction, Decimal(100), ("threshold_assumed",)
    raise Contradiction("threshold_unknown")


def defects(read: Standard) -> Found | None:
    """Read 每个问题扣0.5分，扣完为止, and 每逾期1天扣1分."""
    clauses = list(defect_clauses(read.text))
    if not clauses:
        return None
    outside = read.text
    for clause in clauses:
        outside = outside.replace(clause.text, ";")
    given = [one for one in earned_points(outside) if one.condition]
    if is_each_lost(read, [one for one in given if one.points], clauses):
        return None  # each condition loses its own points: a list of conditions
    if any(one.points not in (None, read.weight, Decimal(0)) for one in given):
        raise Contradiction("several_rules")
    if re.search(OFF, outside) and not re.search(
        r"最[多高][^,;。]{0,4}扣|累计扣|扣分?上限", outside
    ):
        raise Contradiction("several_rules")
    clause = clauses[0]
    cap = re.search(
        rf"(?:最[多高]|累计|合计)[^,;。]{{0,6}}扣(?:减|除)?(?:不超过|至)?{N}分", outside
    )
    rule: dict[str, Any] = {"kind": "per_defect", "count": "answer.count"}
    is_late = bool(re.search(r"逾期|延迟|推迟|迟|晚|超期|延期", clause.text))
    if is_late or cap:
        rule = {"kind": "deadline", "late": "answer.count"}
    rule["points_each"] = clause.each
    if cap:
        rule["max_loss"] = Decimal(cap[1])
    label = _what_counts(clause, is_late=is_late)
    rule["input"] = [an_input("count", label, "count", clause.word)]
    return Found(rule, clause.text)


def is_each_lost(read: Standard, given: list[Earned], clauses: list[Clause]) -> bool:
    """Return whether each condition's points are what a missing one costs: 各1分，每少一项扣1分."""
    points = [one.points for one in given if one.points is not None]
    are_equal = len(points) > 1 and all(one == clauses[0].each for one in points)
    return are_equal and sum(points, Decimal(0)) == read.weight


def _what_counts(clause: Clause, *, is_late: bool) -> str:
    """Return what is counted, as the label of an answer."""
    unit = clause.word
    if is_late:
        return {"天": "逾期天数", "日": "逾期天数", "个月": "逾期月数"}.get(unit, f"逾期的{unit}数")
    named = re.search(
        r"(问题|违规|不符合|不达标|投诉|差错|未[\u4e00-\u9fff]{1,8}|缺失|缺)", clause.text
    ) or re.match(r"每([\u4e00-\u9fff]{2,6}?)(?:一|1)", clause.text)
    return f"{named[1] if named else '不符合要求'}的{unit}数"
