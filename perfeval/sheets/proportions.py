"""得分＝…×分值: rates, ratios, averages of goals and converted scores, and judged levels."""

import re
from decimal import Decimal
from itertools import pairwise
from typing import Any

from perfeval.sheets.deductions import defect_clauses, step_clauses
from perfeval.sheets.intervals import Earned, earned_points, own_interval
from perfeval.sheets.numbers import half_width
from perfeval.sheets.standard import (
    Contradiction,
    Found,
    N,
    Standard,
    an_input,
    budget_amounts,
    clause_with,
    label_of,
    rate_name,
)


def level(read: Standard) -> Found | None:
    """Read 100%-80%(含80%)、80%-60%(含60%)、60%-0%: levels with a percentage typed by hand."""
    found = re.findall(rf"{N}%?(\(含\))?(?:-|~|—|至){N}%?(?:\(不?含[^)]{{0,8}}\))?", read.text)
    ends = [tuple(sorted((Decimal(one[0]), Decimal(one[2])), reverse=True)) for one in found]
    if len(ends) < 2 or ends[0][0] != 100 or ends[-1][1] != 0 or list(step_clauses(read.text)):
        return None
    if any(upper[1] != lower[0] for upper, lower in pairwise(ends)):
        return None
    if not re.search(r"定性|达成|档|等次|等级|效果", read.both) or _earns_points(read):
        return None
    labels = _labels_of_levels(read.text, len(ends))
    codes = [f"level_{n}" for n in range(1, len(ends) + 1)]
    levels = {}
    for n, (code, (high, low)) in enumerate(zip(codes, ends, strict=True)):
        top = {"at_most": high} if n == 0 else {"below": high}
        levels[code] = {"at_least": low, **top}
    choices = [{"code": code, "label": label} for code, label in zip(codes, labels, strict=True)]
    rule = {
        "kind": "level",
        "level": "answer.level",
        "percent": "answer.percent",
        "levels": levels,
        "input": [
            an_input("level", "达成程度", "choice", choices=choices),
            an_input("percent", "得分比例", "percent"),
        ],
    }
    return Found(rule, read.text[:80])


def _earns_points(read: Standard) -> bool:
    return any(one.points for one in read.earned)


def _labels_of_levels(text: str, count: int) -> list[str]:
    named = re.search(r"分为(.{4,60}?)(?:[一二三四五]?个?档|[一二三四五]档|等次|,分别)", text)
    if named:
        labels = [part for part in re.split(r"、|,|;|和", named[1]) if part]
        if len(labels) == count:
            return [label[:40] for label in labels]
    return [f"第{'一二三四五六七八九'[n]}档" for n in range(count)]


def goals(read: Standard) -> Found | None:
    """Read 各产出指标完成率的加权平均值×分值."""
    if not re.search(r"加权平均|平均完成率|平均值|按(各)?指标.{0,6}完成率", read.text):
        return None
    if not re.search(r"绩效目标|产出指标|效益指标|满意度指标", read.both):
        return None
    codes = [
        code
        for code, name in read.known.categories.items()
        if half_width(name).removesuffix("指标")[:3] in read.both
    ]
    if not codes:
        return None
    return Found({"kind": "list_avg", "categories": codes}, clause_with(read.text, "平均|完成率"))


def imported(read: Standard) -> Found | None:
    """Read 考核得分折算: a score given elsewhere."""
    found = re.search(r"[^,;。]{0,30}(折算|换算|折合)[^,;。]{0,20}", read.text)
    if not found:
        return None
    full = re.search(rf"(?:满分|总分|÷|/)(?:为)?{N}分?(?=[^\d%]|$)", read.text)
    label = re.search(
        r"([\u4e00-\u9fff“”]{2,16}?(?:得分|成绩|评分|考核结果))", found[0] + read.text
    )
    rule: dict[str, Any] = {"kind": "imported", "score": "answer.score"}
    assumed: tuple[str, ...] = ("hundred_assumed",)
    if full and Decimal(full[1]):
        assumed = ()
        if Decimal(full[1]) != 100:
            rule["out_of"] = Decimal(full[1])
    elif "百分制" in read.text:
        assumed = ()
    rule["input"] = [an_input("score", label[1] if label else "考核得分", "number", "分")]
    return Found(rule, found[0], assumed)


_WEIGHT_WORD = r"(?:(?:该项|本项|该|本)?(?:指标)?(?:的)?(?:标准分值|标准分|权重分值|权重分|分值|权重|满分|分数)|\d+(?:\.\d+)?分?)"
_PART = r"((?:[^()=,;。÷/×]|\([^()÷/]{1,20}\)){2,48})"
_FRACTION = rf"\(?{_PART}[÷/]{_PART}\)?"
_TARGETS = re.compile(r"目标|预算|指标值|控制数|限额|上年|标准|计划|核定")
_ACTUALS = re.compile(r"实际|支出|执行|完成|决算|本年")


def formula(read: Standard) -> Found | None:
    """Read 得分=支出率×分值 and the like."""
    found = re.search(
        rf"(?:得分|指标得分|评价得分|本项得分|计分)=\[?([^,;。]+?)\]?×{_WEIGHT_WORD}(?=[,;。)]|$)"
        rf"|(?:得分|指标得分|评价得分|本项得分)=\[?{_WEIGHT_WORD}×([^,;。]+?)\]?(?=[,;。]|$)"
        rf"|按([^,;。]{{2,24}}?率)×{_WEIGHT_WORD}(?:计算)?(?:得分|计分)",
        read.text,
    )
    if not found:
        return None
    if _bands_beside(read, found):
        raise Contradiction("several_rules")
    base = next(part for part in found.groups() if part)
    return _share(read, base, found[0])


def _bands_beside(read: Standard, found: re.Match[str]) -> bool:
    """Return whether the standard gives points by bands too, beyond a limit for full marks."""
    outside = read.text[: found.start()] + ";" + read.text[found.end() :]
    given = [one for one in earned_points(outside) if one.condition]
    partial = [one for one in given if one.points not in (None, read.weight, Decimal(0))]
    cut = [one for one in given if one.points == 0 and own_interval(one.condition)]
    limits = [one for one in given if one.points != 0 and own_interval(one.condition)]
    own = re.search(rf"[÷/]{N}%?", found[0])
    allowed = {Decimal(100), Decimal(own[1]) if own else None}
    whole = [one for one in limits if (_limit(one) or Decimal(100)) not in allowed]
    steps = list(step_clauses(outside)) or list(defect_clauses(outside))
    return bool(partial or cut or whole or steps)


def _limit(one: Earned) -> Decimal | None:
    interval = own_interval(one.condition)
    return None if interval is None else interval.low if interval.low is not None else interval.high


def _share(read: Standard, base: str, quote: str) -> Found | None:
    """Return weight × ``base``: a fraction, or a rate that the standard may define."""
    of_limit = re.fullmatch(rf"\(?([^÷/=]{{2,30}})[÷/]{N}%?\)?", base)
    if of_limit:
        return _towards(read, label_of(of_limit[1]), Decimal(of_limit[2]), quote)
    fraction = re.fullmatch(_FRACTION, base.strip("[]"))
    rate = base.strip("()[]")
    if not fraction:
        defined = re.search(rf"{re.escape(rate)}=\(?{_FRACTION}", read.text)
        fraction = re.match(_FRACTION, defined[0].partition("=")[2]) if defined else None
    if "×" in base or (
        not fraction and not re.fullmatch(r"[\u4e00-\u9fff“”\"()A-Za-z]{2,30}", rate)
    ):
        return None
    if fraction:
        return _quotient(read, label_of(fraction[1]), label_of(fraction[2]), rate, quote)
    if not rate.endswith(("率", "比例", "占比", "程度", "比", "度")):
        return None
    amounts = budget_amounts(read, rate)
    if amounts:
        numerator, denominator, assumed = amounts
        return Found(
            {"kind": "rate", "numerator": numerator, "denominator": denominator}, quote, assumed
        )
    rule = {
        "kind": "rate",
        "numerator": "answer.percent",
        "denominator": Decimal(100),
        "input": [an_input("percent", label_of(rate), "percent")],
    }
    return Found(rule, quote)


def _towards(read: Standard, label: str, target: Decimal, quote: str) -> Found:
    """Return weight × actual ÷ a target that the standard states itself."""
    kind = "percent" if "%" in read.text else "number"
    rule = {"kind": "ratio_up", "actual": "answer.actual", "target": target}
    return Found(rule | {"input": [an_input("actual", label, kind)]}, quote)


def _quotient(read: Standard, top: str, bottom: str, rate: str, quote: str) -> Found:
    """Return weight × top ÷ bottom, turned round where the limit stands above the actual value."""
    is_reverse = (
        bool(_TARGETS.search(top)) and not _ACTUALS.search(top) and bool(_ACTUALS.search(bottom))
    )
    if is_reverse:
        rule = {"kind": "ratio_down", "actual": "answer.actual", "target": "answer.target"}
        rule["input"] = [
            an_input("actual", bottom, _kind(bottom)),
            an_input("target", top, _kind(top)),
        ]  # type: ignore[assignment]
        return Found(rule, quote)
    amounts = budget_amounts(read, f"{rate}{top}{bottom}") if _is_money(top + bottom) else None
    if amounts:
        numerator, denominator, assumed = amounts
        return Found(
            {"kind": "rate", "numerator": numerator, "denominator": denominator}, quote, assumed
        )
    if re.search(r"目标|指标值|计划|规定|标准|要求", bottom) and "应" not in bottom:
        more = {"kind": "ratio_up", "actual": "answer.actual", "target": "answer.target"}
        more["input"] = [
            an_input("actual", top, _kind(top)),
            an_input("target", bottom, _kind(bottom)),
        ]  # type: ignore[assignment]
        return Found(more, quote)
    rule = {"kind": "rate", "numerator": "answer.part", "denominator": "answer.whole"}
    rule["input"] = [an_input("part", top, _kind(top)), an_input("whole", bottom, _kind(bottom))]  # type: ignore[assignment]
    if re.search(r"(没有|无)[^,;。]{0,16}(得|计)?满分", read.text):
        rule["full_when_none"] = True  # type: ignore[assignment]
    return Found(rule, quote)


def _is_money(text: str) -> bool:
    return bool(re.search(r"预算|支出|资金|执行数|决算", text))


def _kind(label: str) -> str:
    """Return what the value behind a label looks like to the person who types it."""
    if re.search(r"率|比例|占比|百分比", label):
        return "percent"
    if re.search(
        r"个数|项目数|份数|次数|人数|数量|件数|宗数|笔数|合同数|项数|家数|天数|户数|指标数", label
    ):
        return "count"
    if re.search(r"金额|资金|预算|支出|经费|收入|原值|决算|结转|结余", label):
        return "amount"
    return "number"


def in_proportion(read: Standard) -> Found | None:
    """Read 达到95%得满分，未达到的按比例计分."""
    words = re.search(
        r"[^,;。]{0,16}按(照)?(实际)?(相应)?(完成|达标|执行|支出)?(比例|比率|完成率|完成情况比例)[^,;。]{0,8}?(得|计|记|扣|给)分?",
        read.text,
    )
    if not words or list(defect_clauses(read.text)) or list(step_clauses(read.text)):
        return None
    limits = [own_interval(one.condition) for one in read.earned if one.points != 0]
    targets = [one for one in limits if one is not None]
    if len(targets) > 1 or any(
        one.points not in (None, read.weight, Decimal(0)) for one in read.earned
    ):
        return None
    if any(one.points == 0 and own_interval(one.condition) for one in read.earned):
        raise Contradiction("several_rules")
    name = rate_name(read)
    if targets and targets[0].low is not None:
        rule = {"kind": "ratio_up", "actual": "answer.actual", "target": targets[0].low}
        rule["input"] = [an_input("actual", name, "percent" if "%" in read.text else "number")]
        return Found(rule, words[0])
    if targets:
        rule = {"kind": "ratio_down", "actual": "answer.actual", "target": targets[0].high}
        rule["input"] = [an_input("actual", name, "percent" if "%" in read.text else "number")]
        return Found(rule, words[0], ("proportion_assumed",))
    if re.search(r"超过|超出|超支", words[0]):
        return None
    rule = {"kind": "ratio_up", "actual": "answer.actual", "target": "answer.target"}
    rule["input"] = [
        an_input("actual", "实际完成值", "number"),
        an_input("target", "目标值", "number"),
    ]
    return Found(rule, words[0], ("target_assumed",))
