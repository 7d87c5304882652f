"""One scoring standard, prepared to be read, and what every reading of it needs."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from perfeval.sheets.clauses import Clause, ClauseReading, sentences
from perfeval.sheets.wording import MarkKind


@dataclass(frozen=True, slots=True)
class SchemeAround:
    """What the scheme around the indicator offers: amounts of its budget table, goal categories."""

    amounts: frozenset[str] = frozenset()
    categories: Mapping[str, str] = field(default_factory=dict)  # code -> name


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard, prepared: its name, its text in half-width signs, its weight, its clauses."""

    name: str
    text: str
    weight: Decimal
    known: SchemeAround
    reading: ClauseReading

    @property
    def both(self) -> str:
        """Return name and text together."""
        return f"{self.name}:{self.text}"

    @property
    def clauses(self) -> list[Clause]:
        return self.reading.clauses

    def points(self, clause: Clause) -> Decimal:
        """Return what is left of the weight where a clause holds."""
        if clause.kind is MarkKind.KEEP:
            return self.weight
        held = clause.points if clause.points is not None else self.weight
        return self.weight - held if clause.kind is MarkKind.LOSE else held

    def is_full(self, clause: Clause) -> bool:
        return clause.kind in (MarkKind.EARN, MarkKind.KEEP) and self.points(clause) == self.weight

    def is_none(self, clause: Clause) -> bool:
        return clause.kind in (MarkKind.EARN, MarkKind.LOSE) and self.points(clause) <= 0

    @property
    def loss_cap(self) -> Decimal | None:
        """Return the most that may be taken off, None where that is the weight.

        Raises: Contradiction.
        """
        caps = [one.points for one in self.reading.setting(MarkKind.LOSS_CAP)]
        floors = [one.points for one in self.reading.setting(MarkKind.FLOOR)]
        told = {one for one in (*caps, *floors) if one}
        if len(told) > 1 or len(caps) > 1:
            raise Contradiction("several_rules")
        cap = told.pop() if told else None
        if cap is not None and cap > self.weight:
            raise Contradiction("points_above_weight")
        return None if cap == self.weight else cap


@dataclass(frozen=True, slots=True)
class Found:
    """A rule, the words that it was taken from, what was assumed.

    ``trials``: values that the text names and the points that they must give.
    """

    rule: dict[str, Any]
    quote: str
    assumptions: tuple[str, ...] = ()
    trials: tuple[tuple[Decimal, Decimal], ...] = ()


class Contradiction(Exception):
    """The standard says something that no rule can hold; ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def several() -> Contradiction:
    return Contradiction("several_rules")


def an_input(name: str, label: str, kind: str, unit: str = "", **more: Any) -> dict[str, Any]:
    spec = {"name": name, "label": _asked(label), "kind": kind}
    if unit:
        spec["unit"] = unit
    return spec | more


def _asked(label: str) -> str:
    return re.sub(r"[〓¶]", "", label)[:60] or "实际值"


def quoted(clauses: Iterable[Clause]) -> str:
    return "；".join(one.said for one in clauses if one.said)[:120]


def label_of(text: str) -> str:
    return re.sub(r"^(?:其中|即|指|按|年度|本年度|当年)(?=.{3})", "", text.strip("()[]:,、"))


def condition_label(text: str) -> str:
    """Return a condition as the label of an answer."""
    plain = re.sub(r"^(?:如|若|凡|对)", "", text.strip("的,;:。、"))
    return re.sub(r"[〓¶]", "", plain).removesuffix("的").removesuffix("者")[-60:]


_COMPARED = re.compile(r"上一?年|去年|同期|上1年|上期|基期|往年|前[三3两2]年")
_AVERAGE = re.compile(
    r"平均(?:值|水平|数|线|进度|(?=的|$))|同类(?:部门|单位|地区)|(?:全[省市国区县]|本级)[^,;。]{0,6}(?:平均|水平)"
)
_PLANNED = re.compile(r"预算|计划|目标|编制|定额|限额|标准|进度|规定|控制数|指标值")


def is_with_average(text: str) -> bool:
    return bool(_AVERAGE.search(text))


def is_with_last_year(text: str) -> bool:
    return bool(_COMPARED.search(text))


def is_with_plan(text: str) -> bool:
    return bool(_PLANNED.search(text))


def rate_name(read: Standard, measure: str = "") -> str:
    """Return the rate that a standard is about: what its limits measure, else the indicator's name."""
    measure = re.sub(r"^(?:全年|年度)?(?:完成|达到|实现|组织|开展)+(?=.{3})", "", measure)
    if 3 <= len(measure) <= 24 and not re.search(r"[扣得]|^\d", measure):
        return label_of(measure)
    found = re.search(
        r"([\u4e00-\u9fff“”]{2,14}?(?:率|比例|占比|满意度|天数|次数))",
        ";".join(sentences(read.reading)),
    )
    return (
        label_of(found[1])
        if found and not re.search("按|达|得|每|不|超|低", found[1])
        else read.name
    )


def budget_amounts(read: Standard, words: str) -> tuple[str, str, tuple[str, ...]] | None:
    """Return numerator, denominator and assumptions where the rate is that of the whole budget."""
    named = re.sub(r"\([^()]*\)", "", f"{read.name}{words}")
    if not re.search(
        r"(部门|整体)?(预算|资金)?(整体)?(支出率|执行率|预算完成率|支出进度)", f"{read.name}{words}"
    ):
        return None
    if re.search(
        r"采购|合同|基本支出|项目支出|“?三公|公用经费|专项|非税|政府性基金|国有资|任务|培训|计划",
        named,
    ):
        return None
    if is_with_last_year(read.text) or is_with_average(read.text):
        return None
    numerator = "total.executed_amount"
    is_initial = "年初预算" in read.both and not re.search(r"调整|全年预算", read.both)
    denominator = "total.initial_budget" if is_initial else "total.adjusted_budget"
    if not {numerator, denominator} <= read.known.amounts:
        return None
    is_told = is_initial or re.search(r"调整|全年预算", read.both)
    return numerator, denominator, () if is_told else ("denominator_assumed",)


def measured_value(
    read: Standard, measure: str = "", unit: str = "%"
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the value held against a threshold or bands, an amount's share or an input."""
    is_share = unit in ("%", "个百分点", "百分点")
    amounts = budget_amounts(read, "") if is_share else None
    if amounts:
        return {"value": amounts[0], "out_of": amounts[1]}, amounts[2]
    kind = "percent" if is_share else "number"
    label = rate_name(read, measure)
    more = {"unit": unit} if unit and not is_share else {}
    return {"value": "answer.value", "input": [an_input("value", label, kind, **more)]}, ()
