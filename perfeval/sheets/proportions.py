"""得分＝…×分值: rates, ratios, averages of goals and converted scores, and judged levels."""

import re
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from perfeval.scoring.quantity import plain
from perfeval.sheets.clauses import Clause
from perfeval.sheets.deductions import none_needed
from perfeval.sheets.intervals import Interval, read_interval
from perfeval.sheets.numbers import UNIT, half_width
from perfeval.sheets.standard import (
    Contradiction,
    Found,
    Standard,
    an_input,
    budget_amounts,
    is_with_average,
    is_with_last_year,
    is_with_plan,
    label_of,
    quoted,
    rate_name,
    several,
)
from perfeval.sheets.wording import MarkKind, N

# ── levels, goals, converted scores ──

_BETWEEN = re.compile(rf"({N})%?(\(含\))?-({N})%?(?:\(不?含[^)]{{0,8}}\))?")
_BELOW = re.compile(rf"({N})%以下的?(?:分值|权重)")


def level(read: Standard) -> Found | None:
    """Read 100%-80%(含80%)、80%-60%(含60%)、60%-0%: levels with a percentage typed by hand."""
    found = list(_BETWEEN.finditer(read.text))
    ends = [tuple(sorted((Decimal(one[1]), Decimal(one[3])), reverse=True)) for one in found]
    last = _BELOW.search(read.text)
    if last:
        ends.append((Decimal(last[1]), Decimal(0)))
    if len(ends) < 2 or ends[0][0] != 100 or ends[-1][1] != 0:
        return None
    if any(upper[1] != lower[0] for upper, lower in pairwise(ends)):
        return None
    if not re.search(r"定性|达成|档|等次|等级|效果|成效|程度", read.both):
        return None
    kinds = {one.kind for one in read.clauses}
    if (
        kinds - {MarkKind.LEVEL, MarkKind.VAGUE, MarkKind.PROPORTION}
        or "正向" in read.text
        or "定量" in read.text
    ):
        return None
    labels = _labels_of_levels(read, len(ends))
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


def _labels_of_levels(read: Standard, count: int) -> list[str]:
    named = re.search(
        r"分为(.{1,60}?)(?:[一二三四五\d]?个?档|[一二三四五\d]档|等次|,分别)", read.text
    )
    if named:
        labels = [part for part in re.split(r"、|,|;|和", named[1]) if part]
        if len(labels) == count:
            return [label[:40] for label in labels]
    told = [one.condition for one in read.clauses if one.kind is MarkKind.LEVEL]
    if len(told) == count and all(2 <= len(one) <= 40 and not _BETWEEN.search(one) for one in told):
        return told
    return [f"第{'一二三四五六七八九'[n]}档" for n in range(count)]


def goals(read: Standard) -> Found | None:
    """Read 各产出指标完成率的加权平均值×分值."""
    if not re.search(r"加权平均|平均完成率|平均值|按(各)?指标.{0,6}完成率", read.text):
        return None
    if not re.search(r"绩效目标|产出指标|效益指标|满意度指标", read.both):
        return None
    kinds = [one.kind for one in read.clauses]
    if kinds.count(MarkKind.FORMULA) != 1 or set(kinds) - {
        MarkKind.FORMULA,
        MarkKind.PROPORTION,
        MarkKind.VAGUE,
    }:
        return None
    if re.search("扣(?!分并)", read.text.replace("酌情扣分", "")):
        return None
    codes = [
        code
        for code, name in read.known.categories.items()
        if half_width(name).removesuffix("指标")[:3] in read.both
    ]
    if not codes:
        return None
    quote = next(one.mark.said for one in read.clauses if one.kind is MarkKind.FORMULA)
    return Found({"kind": "list_avg", "categories": codes}, quote[:120])


_SCORE = r"[\u4e00-\u9fff“”]{2,24}?(?:得分|成绩|评分|分数|考核结果|评价结果)"


def imported(read: Standard) -> Found | None:
    """Read 考核得分折算: a score given elsewhere."""
    converted = read.reading.of(MarkKind.CONVERTED)
    in_share = [
        one
        for one in read.reading.of(MarkKind.PROPORTION)
        if re.search("折算|折合", one.mark.said) and re.search(_SCORE, one.condition)
    ]
    formulas = [
        one
        for one in read.reading.of(MarkKind.FORMULA)
        if re.search("折算|换算|折合", one.mark.said)
        or re.fullmatch(rf"\(?{_SCORE}(?:÷{N}\)?×.*|×{N}%)", one.mark.expression)
    ]
    found = [*converted, *in_share, *formulas]
    if not found:
        return None
    if (
        len(found) > 1
        or len(read.clauses) > 1
        or re.search("排名|名次|位次|平均水平|平均值", read.text)
    ):
        raise several()
    return _converted(read, found[0])


def _converted(read: Standard, clause: Clause) -> Found:
    words = ",".join(
        [*(fact.text for fact in read.reading.facts), clause.condition, clause.mark.said]
    )
    label = re.search(rf"(?:引用|按照?|以|根据)?(?:年度)?({_SCORE})", words)
    rule: dict[str, Any] = {"kind": "imported", "score": "answer.score"}
    assumed: tuple[str, ...] = ("hundred_assumed",)
    told = [one.points for one in read.reading.setting(MarkKind.FULL_MARKS) if one.points]
    stated = re.search(rf"[÷]({N})分?", clause.mark.said)
    by = re.search(rf"×({N})(%)?", clause.mark.said)
    if by and Decimal(by[1]) != read.weight:
        raise several()
    whole = [one for one in told if one != read.weight or one == 100]
    if stated:
        whole.append(Decimal(stated[1]))
    if len(set(whole)) > 1:
        raise several()
    if whole:
        assumed = ()
        if whole[0] != 100:
            rule["out_of"] = whole[0]
    elif by and by[2]:
        assumed = ()
    if label is None and not re.search("考核|考评|测评|评价|评估", words + read.name):
        raise Contradiction("no_pattern")
    rule["input"] = [an_input("score", label[1] if label else "考核得分", "number", "分")]
    return Found(rule, quoted([clause])[:120] or clause.mark.said, assumed)


# ── 得分＝… ──

_WEIGHT_WORD = r"(?:(?:该项|本项|该|本)?(?:指标)?(?:的)?(?:标准分值|标准分|权重分值|权重分|分值|权重|满分|分数)|(?P<number>\d+(?:\.\d+)?)分?)"
_PART = r"((?:[^()=,;。÷×]|\([^()÷]{1,20}\)){2,48})"
_FRACTION = rf"\(?{_PART}÷{_PART}\)?"
_TARGETS = re.compile(r"目标|预算|指标值|控制数|限额|定额|上年|标准|计划|核定")
_ACTUALS = re.compile(r"实际|支出|执行|完成|决算|本年")
_SHARE_OF = re.compile(r"([^占]{2,30})占([^占]{2,30})的?(?:比例|比重|百分比|比率)")


def formula(read: Standard) -> Found | None:
    """Read 得分=支出率×分值 and the like."""
    found = read.reading.of(MarkKind.FORMULA)
    if not found:
        return None
    if len(found) > 1:
        raise several()
    clause = found[0]
    base = _without_weight(read, clause.mark.expression)
    full, cut, is_none_full = _beside(read, clause, base)
    _refuse_other_condition(clause, base, full, cut)
    made = _share(read, base, quoted([clause]) or clause.mark.said)
    if made is None:
        return None
    if cut is not None:
        return _cut(made, cut)
    if is_none_full and made.rule["kind"] == "rate":
        return Found(made.rule | {"full_when_none": True}, made.quote, made.assumptions)
    return made


def _without_weight(read: Standard, body: str) -> str:
    """Return what the weight is multiplied by. Raises: Contradiction for another number of points."""
    plain_body = body.strip("[]")
    found = re.fullmatch(rf"\[?(?P<base>.+?)\]?×{_WEIGHT_WORD}", plain_body)
    if found is None or (found["number"] and Decimal(found["number"]) != read.weight):
        turned = re.fullmatch(rf"{_WEIGHT_WORD}×\[?(?P<base>.+?)\]?", plain_body)
        if turned is None or (turned["number"] and Decimal(turned["number"]) != read.weight):
            raise several()
        found = turned
    return found["base"].strip("[]")


def _beside(
    read: Standard, clause: Clause, base: str
) -> tuple[Clause | None, Interval | None, bool]:
    """Return the clause of full marks, the interval without points, and whether none needs full marks.

    Raises: Contradiction, where anything else stands beside the formula.
    """
    full: Clause | None = None
    cut: Interval | None = None
    is_none_full = False
    for one in read.clauses:
        if one is clause:
            continue
        if (
            one.kind is MarkKind.PROPORTION
            and not one.condition
            and one.mark.expression in ("", base, "比例")
        ):
            continue
        if read.is_full(one) and none_needed(one):
            is_none_full = True
        elif read.is_full(one) and full is None and (one.interval or _MEETS.search(one.condition)):
            full = one
        elif read.is_none(one) and one.kind is MarkKind.EARN and one.interval and cut is None:
            cut = one.interval
            if not _is_of(cut.measure, base):
                raise several()
        else:
            raise several()
    return full, cut, is_none_full


#: Full marks for what a formula measures, and for nothing else.
_MEETS = re.compile(
    "完成|达到|达标|全部|目标|指标值|预算|定额|不低于|不高于|不超过|不大于|不少于|不小于|[≥≤<>=]|以内"
)


def _is_of(measure: str, base: str) -> bool:
    """Return whether a limit is about what a formula measures."""
    words = re.sub(r"^.*,|^(?:实际|年度|该|其)", "", measure)
    return not words or words[-2:] in base or words[-2:] in ("结果", "得分")


#: Words of a condition under which a formula counts, for it may count only beside full marks.
_BESIDE = re.compile(r"未|不|低于|高于|超|大于|小于|少于|否则|其他|其余|正向|反向|逆向|定量|[<>≥≤]")


def _refuse_other_condition(
    clause: Clause, base: str, full: Clause | None, cut: Interval | None
) -> None:
    """Raise Contradiction where the conditions of a formula do not fit each other."""
    divisor = re.search(rf"÷({N})%?\)?$", base)
    top = re.match(rf"\(?({N})(?:%|{UNIT})?÷", base)
    whole = Decimal(divisor[1]) if divisor else Decimal(top[1]) if top else Decimal(100)
    ends = [one.interval for one in (full, clause) if one and one.interval]
    for one in ends:
        if {end for end in (one.low, one.high) if end is not None} - {whole, *_ends(cut)}:
            raise several()
    if full and full.interval is None and is_with_average(full.condition):
        raise several()
    is_named = re.search("(?:率|比|度|数|指标)$", clause.condition)  # 办结率得分＝…
    is_beside = is_named or _BESIDE.search(clause.condition)
    if clause.condition and clause.interval is None and not is_beside:
        raise several()
    if cut is None:
        return
    if full is not None and clause.interval is None:
        raise several()
    if clause.interval is not None and (cut.high is None or clause.interval.low != cut.high):
        raise several()
    if cut.low is not None:
        raise several()


def _ends(cut: Interval | None) -> set[Decimal]:
    return set() if cut is None else {end for end in (cut.low, cut.high) if end is not None}


def _cut(made: Found, cut: Interval) -> Found:
    """Return a rate below which nothing is earned, as a formula. Raises: Contradiction."""
    rule = made.rule
    sign = "<=" if cut.is_high_closed else "<"
    limit = plain(cut.high or Decimal(0))
    if rule["kind"] == "rate" and rule["denominator"] == Decimal(100):
        figures, x, share = {"x": "answer.percent"}, "x", "x ÷ 100"
    elif rule["kind"] == "ratio_up" and isinstance(rule["target"], Decimal):
        figures, x, share = {"x": "answer.actual"}, "x", f"min(1, x ÷ {plain(rule['target'])})"
    elif rule["kind"] == "rate" and "input" not in rule:
        figures = {"spent": rule["numerator"], "budget": rule["denominator"]}
        x, share = "spent ÷ budget × 100", "spent ÷ budget"
    else:
        raise several()
    text = f"if({x} {sign} {limit}, 0, weight × {share})"
    made_rule = {"kind": "formula", "expression": text, "figures": figures}
    if "input" in rule:
        made_rule["input"] = rule["input"]
    return Found(made_rule, made.quote, made.assumptions)


def _share(read: Standard, base: str, quote: str) -> Found | None:
    """Return weight × ``base``: a fraction, or a rate that the standard may define."""
    base = base.replace("(%)", "")
    base = re.sub(r"^(?:部门整体绩效)?(?:实际)?(?=[\u4e00-\u9fff]{2,}率$)", "", base)
    share_of = _SHARE_OF.fullmatch(base)
    if share_of:
        return _quotient(read, label_of(share_of[1]), label_of(share_of[2]), base, quote)
    if re.search(r"[-+]\d|\d%?[-+]", base):
        raise several()  # a line between two ends
    of_limit = re.fullmatch(rf"\(?([^÷=×+\d]{{2,30}})÷({N})(%)?[^\d÷×]{{0,4}}\)?", base)
    if of_limit:
        if re.fullmatch(_SCORE, of_limit[1]):
            return _converted(read, read.reading.of(MarkKind.FORMULA)[0])
        return _towards(label_of(of_limit[1]), Decimal(of_limit[2]), of_limit[3] or "", quote)
    of_actual = re.fullmatch(rf"\(?({N})(%)?[^\d÷×]{{0,4}}÷([^÷=×\d]{{2,30}}?)\)?", base)
    if of_actual:
        rule = {"kind": "ratio_down", "actual": "answer.actual", "target": Decimal(of_actual[1])}
        asked = an_input("actual", label_of(of_actual[3]), "percent" if of_actual[2] else "number")
        return Found(rule | {"input": [asked]}, quote)
    fraction = re.fullmatch(_FRACTION, base.strip("[]"))
    rate = base.strip("()[]")
    if not fraction:
        fraction = _defined(read, rate)
    if (
        "×" in base
        or "+" in base
        or (not fraction and not re.fullmatch(r"[\u4e00-\u9fff“”\"()A-Za-z]{2,30}", rate))
    ):
        return None
    if fraction:
        return _quotient(read, label_of(fraction[1]), label_of(fraction[2]), rate, quote)
    if not rate.endswith(("率", "比例", "占比", "程度", "比", "度", "进度")):
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


def _defined(read: Standard, rate: str) -> re.Match[str] | None:
    """Return the fraction by which the standard defines a rate, or the only one that it defines."""
    for mark in read.reading.setting(MarkKind.DEFINITION):
        name, _, body = mark.expression.partition("=")
        if rate.endswith(name) or name.endswith(rate):
            found = re.fullmatch(_FRACTION, body.strip("[]"))
            if found:
                return found
    return None


def _towards(label: str, target: Decimal, share: str, quote: str) -> Found:
    """Return weight × actual ÷ a target that the standard states itself."""
    kind = "percent" if share or "率" in label or "占比" in label else "number"
    if target == 100 and kind == "percent":
        rule: dict[str, Any] = {
            "kind": "rate",
            "numerator": "answer.percent",
            "denominator": target,
        }
        return Found(rule | {"input": [an_input("percent", label, kind)]}, quote)
    rule = {"kind": "ratio_up", "actual": "answer.actual", "target": target}
    return Found(rule | {"input": [an_input("actual", label, kind)]}, quote)


def _quotient(read: Standard, top: str, bottom: str, rate: str, quote: str) -> Found:
    """Return weight × top ÷ bottom, turned round where the limit stands above the actual value."""
    is_reverse = (
        bool(_TARGETS.search(top)) and not _ACTUALS.search(top) and bool(_ACTUALS.search(bottom))
    )
    if is_reverse:
        rule: dict[str, Any] = {
            "kind": "ratio_down",
            "actual": "answer.actual",
            "target": "answer.target",
        }
        rule["input"] = [
            an_input("actual", bottom, _kind(bottom)),
            an_input("target", top, _kind(top)),
        ]
        return Found(rule, quote)
    amounts = budget_amounts(read, f"{rate}{top}{bottom}") if _is_money(top + bottom) else None
    if amounts:
        numerator, denominator, assumed = amounts
        return Found(
            {"kind": "rate", "numerator": numerator, "denominator": denominator}, quote, assumed
        )
    if re.search(r"目标|指标值|计划|规定|标准|要求", bottom) and "应" not in bottom:
        rule = {"kind": "ratio_up", "actual": "answer.actual", "target": "answer.target"}
        rule["input"] = [
            an_input("actual", top, _kind(top)),
            an_input("target", bottom, _kind(bottom)),
        ]
        return Found(rule, quote)
    rule = {"kind": "rate", "numerator": "answer.part", "denominator": "answer.whole"}
    rule["input"] = [an_input("part", top, _kind(top)), an_input("whole", bottom, _kind(bottom))]
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


# ── 按比例 ──

_PLAIN_SHARE = re.compile(
    r"^(?:实际|相应|完成情况|完成|达标|执行|支出|落实|场次|数量|人数|对应|所?占|的|其|情况|到位|开工|进度)*(?:比例|占比|比率|完成率|率|完成比例)?$"
)
_RATIO = re.compile(
    r"^(?P<top>.{2,16}?)(?:与|和|占|比)(?P<bottom>.{2,16}?)(?:之比|的?比例|的?比率|的?占比|的?比)$"
)
_TARGET = re.compile(
    rf"(?:目标值?|任务数?|计划数?|指标值|年度计划|目标任务)(?:数|值)?(?:为|是|:)?({N})(%|{UNIT})?"
)
#: A condition of not reaching what earns full marks.
_NAMES_TARGET = re.compile("完成|达标|全部|达到|达成|全额|足额")
_FALLS_SHORT = re.compile(r"未|不足|低于|不到|达不到|小于|少于|没有|不达|否则|其他|其余|部分|<")


@dataclass(frozen=True, slots=True)
class _Shared:
    """Points in proportion: to what, when, and what earns full marks.

    ``is_loss``: what is missing goes (按比例扣分).
    """

    condition: str
    base: str
    is_loss: bool
    full: Clause | None

    @property
    def words(self) -> str:
        return f"{self.condition}{self.base}{self.full.condition if self.full else ''}"


def in_proportion(read: Standard) -> Found | None:
    """Read 达到95%得满分，未达到的按比例计分."""
    found = read.reading.of(MarkKind.PROPORTION)
    if not found:
        return _short_of(read)
    others = [one for one in read.clauses if one not in found]
    full = [one for one in others if read.is_full(one)]
    if len(found) > 1 or len(full) > 1 or len(full) != len(others):
        raise several()
    mark = found[0].mark
    given = _Shared(
        found[0].condition, mark.expression, mark.unit == "loss", full[0] if full else None
    )
    return _shared(read, given)


def _short_of(read: Standard) -> Found | None:
    """Read 10例以上得5分，不足10例的按比例得分, which looks like the part of a step."""
    told = read.reading.setting(MarkKind.PARTIAL)
    full = read.clauses
    if len(told) != 1 or told[0].expression != "share" or len(full) != 1 or full[0].each:
        return None
    if not read.is_full(full[0]) or full[0].interval is None:
        return None
    condition = told[0].said.partition("按")[0].strip("(的,")
    return _shared(read, _Shared(condition, "", is_loss=False, full=full[0]))


def _shared(read: Standard, given: _Shared) -> Found:
    """Return the rule of a share. Raises: Contradiction."""
    full, base = given.full, given.base
    if is_with_average(given.words) or is_with_last_year(given.words):
        raise several()
    if re.search("一定|超出|超支|差额|缺口|未", base):
        raise several()
    quote = quoted(read.clauses) or read.text[:120]
    limit = full.interval if full else read_interval(given.condition)
    if full and limit is None:
        limit = _named_target(read, full.condition)
    explicit = _RATIO.match(base)
    if explicit:
        return _explicit(read, explicit, limit, quote)
    if not _PLAIN_SHARE.match(base) and not base.endswith(("率", "比例", "占比")):
        raise Contradiction("no_pattern")
    if limit is not None:
        return _to_limit(read, given, limit, quote)
    if full:
        if not _NAMES_TARGET.search(full.condition) and not is_with_plan(full.condition):
            raise Contradiction("target_unknown")
        if given.condition and not _is_short_of(given):
            raise several()
        return _to_target(quote)
    if given.is_loss:
        raise Contradiction("target_unknown")
    if base.endswith("率") and len(base) > 2 and not given.condition:
        label = label_of(re.sub("^实际", "", base))
        rule: dict[str, Any] = {
            "kind": "rate",
            "numerator": "answer.percent",
            "denominator": Decimal(100),
        }
        asked = an_input("percent", label, "percent")
        return Found(rule | {"input": [asked]}, quote, ("target_assumed",))
    return _to_target(quote)


def _to_target(quote: str) -> Found:
    rule: dict[str, Any] = {
        "kind": "ratio_up",
        "actual": "answer.actual",
        "target": "answer.target",
    }
    rule["input"] = [
        an_input("actual", "实际完成值", "number"),
        an_input("target", "目标值", "number"),
    ]
    return Found(rule, quote, ("target_assumed",))


def _named_target(read: Standard, condition: str) -> Interval | None:
    """Return the target that a standard names beside 达到目标值, None where it names none."""
    texts = [condition, *(fact.text for fact in read.reading.facts)]
    found = [one for text in texts for one in _TARGET.finditer(text)]
    if len(found) != 1:
        return None
    return Interval(low=Decimal(found[0][1]), is_low_closed=True, unit=found[0][2] or "")


def _to_limit(read: Standard, given: _Shared, limit: Interval, quote: str) -> Found:
    """Return weight × actual ÷ limit, or turned round. Raises: Contradiction."""
    if limit.low is not None and limit.high is not None and not limit.is_point:
        raise several()
    is_up, value = True, limit.high
    assumed: tuple[str, ...] = ("target_assumed",)
    if given.full is not None:
        is_up, assumed = limit.low is not None, ()
        value = limit.low if limit.low is not None else limit.high
        _refuse_other_side(given, value, is_up=is_up)
    elif limit.low is not None:
        raise several()
    if value is None or value <= 0 or (given.is_loss and not is_up):
        raise several()
    name = rate_name(read, limit.measure.rpartition(",")[2])
    kind = "percent" if limit.unit == "%" else "number"
    asked = an_input("actual", name, kind, "" if kind == "percent" else limit.unit)
    rule: dict[str, Any] = {"kind": "ratio_up", "actual": "answer.actual", "target": value}
    if not is_up:
        rule["kind"], assumed = "ratio_down", ("proportion_assumed",)
    return Found(rule | {"input": [asked]}, quote, assumed, ((value, read.weight),))


def _refuse_other_side(given: _Shared, value: Decimal | None, *, is_up: bool) -> None:
    """Raise Contradiction where the share does not begin where full marks end."""
    short = read_interval(given.condition)
    if short is not None:
        ends = {end for end in (short.low, short.high) if end is not None}
        if ends != {value} or (short.high is None) == is_up:
            raise several()
    elif is_up and given.condition and not _is_short_of(given):
        raise several()


def _is_short_of(given: _Shared) -> bool:
    """Return whether a condition is that full marks are not reached, and no other one."""
    words = re.sub(
        r"未能?|没有|不|低于|足|达到|达标|达|到|小于|少于|否则|其他|其余|部分|目标|计划|要求|任务|标准|指标|数|值|完成|实际|全部|的|者|率|,|<|[\d.%]",
        "",
        given.condition,
    )
    full = given.full.condition if given.full else ""
    return bool(_FALLS_SHORT.search(given.condition)) and all(sign in full for sign in words)


def _explicit(read: Standard, ratio: re.Match[str], limit: Interval | None, quote: str) -> Found:
    """Read 按30分钟与实际时间之比, 按完成值与指标值的比例. Raises: Contradiction."""
    top = re.fullmatch(rf"({N})({UNIT})?", ratio["top"])
    bottom = re.fullmatch(rf"({N})({UNIT})?", ratio["bottom"])
    named = top or bottom
    if named and limit is not None and Decimal(named[1]) not in (limit.low, limit.high):
        raise several()
    kind = "percent" if named and named[2] == "%" else "number"
    if top:
        rule: dict[str, Any] = {
            "kind": "ratio_down",
            "actual": "answer.actual",
            "target": Decimal(top[1]),
        }
        return Found(rule | {"input": [an_input("actual", ratio["bottom"], kind)]}, quote)
    if bottom:
        rule = {"kind": "ratio_up", "actual": "answer.actual", "target": Decimal(bottom[1])}
        return Found(rule | {"input": [an_input("actual", ratio["top"], kind)]}, quote)
    if limit is None:
        return _quotient(read, ratio["top"], ratio["bottom"], "", quote)
    is_up = bool(_TARGETS.search(ratio["bottom"])) and not _TARGETS.search(ratio["top"])
    value = limit.low if is_up else limit.high
    if value is None or value <= 0 or not (is_up or _TARGETS.search(ratio["top"])):
        raise several()
    label = ratio["top"] if is_up else ratio["bottom"]
    rule = {
        "kind": "ratio_up" if is_up else "ratio_down",
        "actual": "answer.actual",
        "target": value,
    }
    return Found(rule | {"input": [an_input("actual", label, _kind(label))]}, quote)
