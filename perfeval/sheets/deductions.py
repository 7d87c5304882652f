"""每…扣…分: points taken off by point, by step, by case and by day."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from perfeval.scoring.quantity import plain
from perfeval.sheets.clauses import Clause, Each
from perfeval.sheets.intervals import Interval, read_interval
from perfeval.sheets.numbers import COUNTED
from perfeval.sheets.standard import (
    Contradiction,
    Found,
    Standard,
    an_input,
    is_with_average,
    is_with_last_year,
    is_with_plan,
    measured_value,
    quoted,
    rate_name,
    several,
)
from perfeval.sheets.wording import MarkKind, N

_BELOW = re.compile(r"低|降|下降|减少|少|不足|差(?![异错额率距])|滞后|落后|缩减|未达|不到")
_ABOVE = re.compile(r"超|高|增|上升|多|延长|提高|逾期|推迟|延迟|晚")
_LATE = re.compile(r"逾期|延迟|推迟|迟|晚|超期|延期|拖延|延后|滞后")
_CHANGING = re.compile(
    r"变动率|增长率|差异率|偏差|偏离|超支率|调整率|结转率|结余率|追加率|误差|差异|缺口|差错率|超概|损耗"
)
_FRACTION = re.compile(r"%|个百分点|百分点|‰|点")


def losses(read: Standard) -> list[Clause]:
    """Return the clauses that take points off for each of something."""
    return [one for one in read.reading.of(MarkKind.LOSE) if one.each]


def none_needed(clause: Clause) -> bool:
    """Return whether full marks are said for what there is none of: 没有采购的得满分."""
    return bool(
        re.match(r"(?:当年|年度内?|如|若|本年)*(?:没有|无|未发生|不涉及|未安排)", clause.condition)
    )


def _is_without(clause: Clause) -> bool:
    """Return whether full marks are for nothing lost: 未发现问题的得满分."""
    return none_needed(clause) or bool(
        re.match("未|没有|无|不存在|全部|按时|及时|按期", clause.last)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What a deduction by points is held against.

    ``cut``: where nothing is left. ``is_relative``: what is typed is the difference itself.
    """

    clause: Clause
    each: Each
    threshold: Decimal = Decimal(0)
    is_below: bool = False
    measure: str = ""
    unit: str = ""
    assumed: tuple[str, ...] = ()
    cut: Interval | None = None
    is_relative: bool = False


def steps(read: Standard) -> Found | None:
    """Read 每低1个百分点扣0.5分: by points beyond a threshold, or by steps."""
    found = losses(read)
    stepped = [one for one in found if one.each and _is_step(read, one, one.each)]
    if not stepped:
        return None
    if len(found) > 1:
        raise several()
    clause = found[0]
    if clause.each is None or clause.each.step == 0 or clause.points is None:
        raise Contradiction("threshold_unknown")
    full, cut = _beside(read, clause)
    _refuse_other_measures(clause.each, full, cut)
    step = _held(read, clause, clause.each, full, cut)
    return _stepped(read, step, clause.points)


def _is_step(read: Standard, clause: Clause, each: Each) -> bool:
    """Return whether a value is measured, and not cases counted."""
    if each.is_share or not each.unit:
        return True
    if re.fullmatch("名次|位次|个名次", each.unit):
        return True
    without = [one.interval for one in read.clauses if read.is_none(one)]
    limits = [
        one
        for one in _limits(read, clause)
        if one.unit and _is_unit(one.unit, each.unit) and one not in without
    ]
    return bool(limits) and bool(_BELOW.search(each.verb) or _ABOVE.search(each.verb))


def _is_unit(one: str, other: str) -> bool:
    return one.removeprefix("个") == other.removeprefix("个") or {one, other} == {"日", "天"}


def _limits(read: Standard, clause: Clause) -> list[Interval]:
    """Return every interval that a standard names beside its deduction."""
    named = [one.interval for one in read.clauses if one.interval and one is not clause]
    before = read_interval(clause.each.before) if clause.each else None
    if before is None and clause.each:
        before = read_interval(clause.each.before.rpartition(",")[2])
    facts = [read_interval(fact.text) for fact in read.reading.facts]
    beside = [one for one in (before, *facts) if one and not _is_number_of(one)]
    return [*named, *beside]


def _is_number_of(one: Interval) -> bool:
    """Return whether an interval only says how many there are: 四项, 三类资料."""
    return one.is_point and (bool(one.tail) or bool(re.fullmatch(COUNTED, one.unit)))


def _beside(read: Standard, clause: Clause) -> tuple[Clause | None, Interval | None]:
    """Return the clause of full marks and the interval without points beside a deduction.

    Raises: Contradiction, where anything else stands there.
    """
    full: Clause | None = None
    cut: Interval | None = None
    for one in read.clauses:
        if one is clause or (read.is_full(one) and none_needed(one) and full is not None):
            continue
        if (
            one.kind is MarkKind.PROPORTION
            and one.mark.unit == "loss"
            and "超" in one.mark.expression
        ):
            continue
        if read.is_full(one) and full is None:
            full = one
        elif read.is_none(one) and one.kind is MarkKind.EARN and one.interval and cut is None:
            cut = one.interval
        else:
            raise several()
    return full, cut


_RATE = re.compile(r"[\u4e00-\u9fff“”]{1,16}(?:率|度|比例|占比)")


def _refuse_other_measures(each: Each, full: Clause | None, cut: Interval | None) -> None:
    """Raise Contradiction where a deduction and its limits are about different values."""
    own = _RATE.findall(re.sub("^.*,", "", each.before))
    told = [full.interval.measure] if full and full.interval else []
    told += [cut.measure] if cut else []
    named = [*own[:1], *(found[0] for one in told if (found := _RATE.findall(one)))]
    longest = max(named, key=len, default="")
    if any(not longest.endswith(one[-2:]) for one in named):
        raise several()


def _held(
    read: Standard, clause: Clause, each: Each, full: Clause | None, cut: Interval | None
) -> _Step:
    """Return threshold and direction of a deduction. Raises: Contradiction."""
    words = f"{each.before}{each.verb}{each.text}{full.condition if full else ''}"
    if is_with_average(words + "".join(fact.text for fact in read.reading.facts)):
        raise several()
    before = re.sub(r"^.*,|[\u4e00-\u9fff“”]*率", "", each.before) if not each.verb else ""
    verb = f"{each.verb}{before}{each.after}"
    # 少下降: less of a fall is a shortfall.
    is_below = bool(_BELOW.search(each.verb or verb))
    is_above = bool(_ABOVE.search(each.verb or verb)) and not is_below
    if re.search("变动|偏离|相差|波动", each.verb) and full and full.interval and full.interval.low:
        raise several()  # a corridor
    limits = [one for one in _limits(read, clause) if one is not cut]
    if re.fullmatch("名次|位次|个名次|位", each.unit):
        return _placed(clause, each, limits)
    if each.than is not None:
        limits = [one for one in limits if each.than not in (one.low, one.high)]
        if limits:
            raise several()
        return _Step(
            clause=clause,
            each=each,
            threshold=each.than,
            is_below=is_below,
            measure=_measure(read, each, full),
            unit=each.unit,
            cut=cut,
        )
    if limits:
        return _limited(read, clause, limits, full, cut, is_below=is_below, is_above=is_above)
    if (
        is_with_last_year(words)
        or (full and is_with_plan(full.condition))
        or re.search("目标|定额|计划|预算", each.verb)
    ):
        label = _difference(read, words, is_below=is_below)
        return _Step(
            clause=clause,
            each=each,
            measure=label,
            unit="个百分点",
            assumed=("comparison_assumed",),
            cut=cut,
            is_relative=True,
        )
    if not is_below and (
        _CHANGING.search(read.both) or (full and re.search("不增|只减不增", full.condition))
    ):
        unit = each.unit or "%"
        return _Step(clause=clause, each=each, unit=unit, assumed=("threshold_assumed",), cut=cut)
    raise Contradiction("threshold_unknown")


def _placed(clause: Clause, each: Each, limits: list[Interval]) -> _Step:
    """Return a deduction by place: 第一名得满分，每下降一个名次扣0.5分."""
    if len(limits) != 1 or limits[0].high is None or not re.search("名|位", limits[0].unit):
        raise Contradiction("threshold_unknown")
    return _Step(
        clause=clause,
        each=each,
        threshold=limits[0].high,
        measure="名次",
        unit="名",
        assumed=("comparison_assumed",),
    )


def _limited(
    read: Standard,
    clause: Clause,
    limits: list[Interval],
    full: Clause | None,
    cut: Interval | None,
    *,
    is_below: bool,
    is_above: bool,
) -> _Step:
    """Return a deduction beyond the one limit that is named. Raises: Contradiction."""
    each = clause.each
    if each is None:
        raise several()
    ends = {end for one in limits for end in (one.low, one.high) if end is not None}
    if len(ends) != 1 or (
        (full and not full.interval and not none_needed(full)) and len(limits) > 1
    ):
        raise several()
    limit = limits[0]
    if (
        each.unit
        and limit.unit
        and not (
            _is_unit(limit.unit, each.unit) or (each.is_share and _FRACTION.search(limit.unit))
        )
    ):
        raise several()
    if (
        is_with_last_year(limit.measure)
        and limit.is_point
        and re.search("下降|减少|压减", limit.measure)
    ):
        is_below, is_above = True, False
    own = full.interval if full and full.interval else None
    if own and not own.is_point:
        if own.low is not None and own.high is not None:
            raise several()
        told_below = own.low is not None
        if (told_below and is_above) or (not told_below and is_below):
            raise several()
        is_below = told_below
    elif not is_below and not is_above:
        is_below = limit.low is not None and limit.high is None
        if limit.is_point:
            is_below = limit.low != 0
    assumed = (
        ("ratio_of_one",) if not limit.unit and ends == {Decimal(1)} and "率" in read.both else ()
    )
    if any(one.is_absolute for one in limits):
        assumed = (*assumed, "absolute_assumed")
    measure = next((one.measure for one in limits if one.measure), "") or _measure(read, each, full)
    return _Step(
        clause=clause,
        each=each,
        threshold=ends.pop(),
        is_below=is_below,
        measure=measure.rpartition(",")[2],
        unit=each.unit or limit.unit,
        assumed=assumed,
        cut=cut,
    )


def _measure(read: Standard, each: Each, full: Clause | None) -> str:
    return rate_name(
        read, full.interval.measure if full and full.interval else each.before.rpartition(",")[2]
    )


def _difference(read: Standard, words: str, *, is_below: bool) -> str:
    """Return what is typed where a text compares: how many points above or below it."""
    than = "比上年" if is_with_last_year(words) else "与规定相比"
    way = "低于" if is_below else "高出"
    if than == "比上年":
        way = "下降" if is_below else "增长"
    return f"{read.name}{than}{way}的百分点"


def _stepped(read: Standard, step: _Step, points: Decimal) -> Found:
    """Return the rule of a deduction beyond a threshold."""
    parts, assumed = _parts(read, step)
    cap = read.loss_cap
    if step.is_relative:
        label = an_input("value", step.measure, "percent")
        measured: dict[str, Any] = {"value": "answer.value", "input": [label]}
        of_what: tuple[str, ...] = ()
    else:
        is_share = step.each.is_share and step.unit != "‰" and step.each.unit != "‰"
        unit = "%" if is_share or not step.unit else step.unit
        is_ratio = "ratio_of_one" in step.assumed
        measured, of_what = measured_value(
            read, step.measure, "" if is_ratio or not (step.unit) else unit
        )
        if "absolute_assumed" in step.assumed and "input" in measured:
            measured["input"][0]["label"] += "（绝对值）"
        if is_ratio:
            measured["input"][0]["label"] += "（比值，1即100%）"
    assumed = (*step.assumed, *of_what, *assumed)
    if cap is not None or step.cut is not None:
        rule = _as_formula(step, points, parts, cap, measured)
        return Found(rule, quoted([step.clause]), assumed, _trials(read, step))
    rule = {"kind": "per_point", **measured, "threshold": step.threshold}
    size = step.each.step
    if parts == "started" or (parts == "whole" and size != 1):
        rule |= {"kind": "per_step", "step": size}
        if parts == "started":
            rule["started"] = True
    elif parts == "whole":
        rule["whole"] = True
    rule["points_each"] = points
    if rule["kind"] == "per_point" and size != 1:
        rule["points_each"] = _exact(points / size)
    if step.is_below:
        rule["direction"] = "below"
    return Found(rule, quoted([step.clause]), assumed, _trials(read, step))


def _exact(points: Decimal) -> Decimal:
    """Return a quotient in as few digits as it needs. Raises: Contradiction where it has no end."""
    short = round(points, 6)
    if short != points:
        raise several()
    return short.normalize()


def _parts(read: Standard, step: _Step) -> tuple[str, tuple[str, ...]]:
    """Return what a part of a step costs: its share, nothing (whole), all (started). Raises: Contradiction."""
    told = read.reading.setting(MarkKind.PARTIAL)
    is_in_share = any("比例" in one.said for one in read.reading.setting(MarkKind.NEUTRAL))
    size = step.each.step
    if len(told) > 1:
        raise several()
    if told:
        mark = told[0]
        if mark.step not in (None, size) or (mark.expression == "up" and mark.points != size):
            raise several()
        return {"share": "share", "none": "whole", "up": "started"}[mark.expression], ()
    if is_in_share:
        return "share", ()
    is_counted = bool(re.fullmatch(COUNTED, step.unit))
    if is_counted and size == 1:
        return "share", ()
    if size != 1:
        return "whole", ("whole_steps_assumed",)
    return "share", ("fractions_assumed",)


def _as_formula(
    step: _Step, points: Decimal, parts: str, cap: Decimal | None, measured: dict[str, Any]
) -> dict[str, Any]:
    """Return a deduction with a cap of its own or an end below which nothing is left."""
    if "out_of" in measured:
        figures = {"spent": measured["value"], "budget": measured["out_of"]}
        x = "spent ÷ budget × 100"
    else:
        figures, x = {"x": "answer.value"}, "x"
    beyond = f"{plain(step.threshold)} - {x}" if step.is_below else f"{x} - {plain(step.threshold)}"
    count = f"max(0, {beyond})"
    if step.each.step != 1:
        count = f"{count} ÷ {plain(step.each.step)}"
    count = {"whole": f"floor({count})", "started": f"ceil({count})"}.get(parts, count)
    loss = f"{plain(points)} × {count}"
    if cap is not None:
        loss = f"min({plain(cap)}, {loss})"
    text = f"weight - {loss}"
    if step.cut is not None:
        text = f"if({_within(x, step.cut)}, 0, {text})"
    rule: dict[str, Any] = {"kind": "formula", "expression": text, "figures": figures}
    if "input" in measured:
        rule["input"] = measured["input"]
    return rule


def _within(x: str, cut: Interval) -> str:
    """Return the comparison of an interval that is open on one side. Raises: Contradiction."""
    if cut.low is not None and cut.high is not None:
        raise several()
    if cut.high is not None:
        return f"{x} {'<=' if cut.is_high_closed else '<'} {plain(cut.high)}"
    if cut.low is None:
        raise several()
    return f"{x} {'>=' if cut.is_low_closed else '>'} {plain(cut.low)}"


def _trials(read: Standard, step: _Step) -> tuple[tuple[Decimal, Decimal], ...]:
    """Return what the words say themselves: full marks at the threshold, the first step's loss."""
    if step.cut is not None:
        return ((step.threshold, read.weight),)
    points = step.clause.points or Decimal(0)
    beyond = -step.each.step if step.is_below else step.each.step
    return (
        (step.threshold, read.weight),
        (step.threshold + beyond, max(Decimal(0), read.weight - points)),
    )


# ── case by case ──


def defects(read: Standard) -> Found | None:
    """Read 每个问题扣0.5分，扣完为止, and 每逾期1天扣1分."""
    found = losses(read)
    if not found:
        return None
    if len(found) > 1:
        raise several()
    clause = found[0]
    each = clause.each
    if (
        each is None
        or clause.points is None
        or (read.reading.setting(MarkKind.PARTIAL) and each.step == 1)
    ):
        raise several()
    limit = _count_without_points(read, clause)
    most = limit.low if limit else None
    cap = read.loss_cap
    is_late = bool(_LATE.search(f"{each.verb}{each.after}{each.before.rpartition(',')[2]}"))
    unit = each.unit.removeprefix("个") if each.unit != "个" else "个"
    asked = an_input("count", _what_counts(each, unit, is_late=is_late), "count", unit)
    if most is not None:
        if cap is not None or each.step != 1:
            raise several()
        sign = ">=" if limit and limit.is_low_closed else ">"
        text = f"if(n {sign} {plain(most)}, 0, weight - {plain(clause.points)} × n)"
        rule: dict[str, Any] = {
            "kind": "formula",
            "expression": text,
            "figures": {"n": "answer.count"},
        }
        return Found(
            rule | {"input": [asked]},
            quoted(read.clauses),
            (),
            ((Decimal(0), read.weight), (most + 1, Decimal(0))),
        )
    if each.step != 1:
        if cap is not None:
            raise several()
        rule = {
            "kind": "per_step",
            "value": "answer.count",
            "threshold": Decimal(0),
            "step": each.step,
        }
        parts, assumed = _parts(read, _Step(clause=clause, each=each, unit=each.unit))
        if parts == "share":
            raise several()
        rule |= {"started": True} if parts == "started" else {}
        return Found(
            rule | {"points_each": clause.points, "input": [asked]}, quoted([clause]), assumed
        )
    rule = {"kind": "per_defect", "count": "answer.count"}
    if is_late or cap is not None:
        rule = {"kind": "deadline", "late": "answer.count"}
    rule["points_each"] = clause.points
    if cap is not None:
        rule["max_loss"] = cap
    one_less = max(read.weight - clause.points, read.weight - cap if cap else Decimal(0))
    trials = ((Decimal(0), read.weight), (Decimal(1), max(one_less, Decimal(0))))
    is_of_time = bool(re.search("天|日|月|年|周|季度|时|分钟|秒|星期", unit))
    assumed = ("whole_steps_assumed",) if each.is_measured and not is_of_time else ()
    return Found(rule | {"input": [asked]}, quoted([clause]), assumed, trials)


def _count_without_points(read: Standard, clause: Clause) -> Interval | None:
    """Return the count of cases from which nothing is left; None where none is said.

    Raises: Contradiction, where anything else stands beside the deduction.
    """
    each = clause.each
    most: Interval | None = None
    places = {id(one): place for place, one in enumerate(read.clauses)}
    for one in read.clauses:
        if one is clause:
            continue
        if read.is_full(one) and (
            not one.interval or one.interval.tail or _is_named_again(one.interval, each)
        ):
            if places[id(one)] > places[id(clause)] and not _is_without(one):
                raise several()  # an exception from the deduction
            continue
        limit = one.interval
        is_count = (
            limit is not None
            and each is not None
            and limit.unit == each.unit
            and limit.high is None
        )
        if (
            read.is_none(one)
            and one.kind is MarkKind.EARN
            and is_count
            and most is None
            and limit
            and limit.low
        ):
            if not _is_same_case(limit, each):
                raise several()
            most = limit
            continue
        raise several()
    return most


def _is_named_again(limit: Interval, each: Each | None) -> bool:
    """Return whether a case is to miss the limit of full marks: 均达100%得5分，每有一项未达100%扣2分."""
    ends = {plain(end) for end in (limit.low, limit.high) if end is not None}
    return each is not None and set(re.findall(N, each.after)) == ends


def _is_same_case(limit: Interval, each: Each | None) -> bool:
    """Return whether a limit counts the same cases as a deduction: 两起及以上, 发生3次以上."""
    words = re.sub(r"^.*,", "", limit.measure) + limit.tail
    words = re.sub(
        r"存在?|逾期|延迟|超期|发生|出现|发现|达到|累计|被|有|查出|合计|问题|的", "", words
    )
    known = f"{each.text}{each.before}" if each else ""
    return all(sign in known for sign in words)


def _what_counts(each: Each, unit: str, *, is_late: bool) -> str:
    """Return what is counted, as the label of an answer."""
    if is_late:
        return {"天": "逾期天数", "日": "逾期天数", "工作日": "逾期工作日数", "月": "逾期月数"}.get(
            unit, f"逾期的{unit}数"
        )
    words = f"{each.before.rpartition(',')[2]}{each.verb}{each.after}"
    named = re.search(
        r"(违规问题|问题|违规|不符合|不达标|投诉|差错|错误|事故|未[\u4e00-\u9fff]{1,8}|缺失|缺漏|缺少|缺|漏报|退回|缺席)",
        words,
    )
    if named:
        return f"{'缺少' if named[1] == '缺' else named[1]}的{unit}数"
    if re.search("超|高|多", each.verb):
        return f"超出的{unit}数"
    if re.search("少|低|未", each.verb):
        return f"缺少的{unit}数"
    told = re.sub(
        r"^(?:检查|审计)?(?:发现|出现|存在|发生|有)",
        "",
        each.after or each.before.rpartition(",")[2],
    )
    told = re.sub(r"[^\u4e00-\u9fff“”、]", "", told)[:20]
    return f"{told or '不符合要求'}的{unit}数"
