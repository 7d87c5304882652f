"""One scoring standard, prepared to be read, and what every reading of it needs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from perfeval.sheets.intervals import Earned

#: A number, and what takes points off, as patterns.
N = r"(\d+(?:\.\d+)?)"
OFF = rf"(?:扣减|扣除|扣|减)(?:该?指标)?{N}分"


@dataclass(frozen=True, slots=True)
class SchemeAround:
    """What the scheme around the indicator offers: amounts of its budget table, goal categories."""

    amounts: frozenset[str] = frozenset()
    categories: Mapping[str, str] = field(default_factory=dict)  # code -> name


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard, prepared: its name, its text in half-width signs, its weight."""

    name: str
    text: str
    weight: Decimal | None
    known: SchemeAround
    earned: tuple[Earned, ...]

    @property
    def both(self) -> str:
        """Return name and text together."""
        return f"{self.name}:{self.text}"

    def points(self, earned: Earned) -> Decimal:
        """Return the points of a condition; the full weight where it says 满分."""
        return self.weight or Decimal(0) if earned.points is None else earned.points


@dataclass(frozen=True, slots=True)
class Found:
    rule: dict[str, Any]
    quote: str
    assumptions: tuple[str, ...] = ()


class Contradiction(Exception):
    """The standard says something that no rule can hold; ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def an_input(name: str, label: str, kind: str, unit: str = "", **more: Any) -> dict[str, Any]:
    spec = {"name": name, "label": label[:60], "kind": kind}
    if unit:
        spec["unit"] = unit
    return spec | more


def label_of(text: str) -> str:
    return re.sub(r"^(?:其中|即|指|按|年度|本年度|当年)(?=.{3})", "", text.strip("()[]:,、"))


def rate_name(read: Standard) -> str:
    """Return the rate that a standard is about: the first it names, else the indicator's name."""
    found = re.search(r"([\u4e00-\u9fff“”]{2,14}?(?:率|比例|占比|满意度|天数|次数))", read.text)
    return label_of(found[1]) if found and not re.search("按|达|得|每", found[1]) else read.name


def budget_amounts(read: Standard, words: str) -> tuple[str, str, tuple[str, ...]] | None:
    """Return numerator, denominator and assumptions where the rate is that of the whole budget."""
    if not re.search(
        r"(部门|整体)?(预算|资金)?(整体)?(支出率|执行率|预算完成率|支出进度)", f"{read.name}{words}"
    ):
        return None
    if re.search(
        r"采购|合同|基本支出|项目支出|“?三公|公用经费|专项|非税|政府性基金|国有资",
        f"{read.name}{words}",
    ):
        return None
    numerator = "total.executed_amount"
    is_initial = "年初预算" in read.both and not re.search(r"调整|全年预算", read.both)
    denominator = "total.initial_budget" if is_initial else "total.adjusted_budget"
    if not {numerator, denominator} <= read.known.amounts:
        return None
    is_told = is_initial or re.search(r"调整|全年预算", read.both)
    return numerator, denominator, () if is_told else ("denominator_assumed",)


def measured_value(read: Standard) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the value held against a threshold or bands, an amount's share or an input."""
    amounts = budget_amounts(read, "")
    if amounts:
        return {"value": amounts[0], "out_of": amounts[1]}, amounts[2]
    kind = "percent" if "%" in read.text or "百分点" in read.text else "number"
    return {"value": "answer.value", "input": [an_input("value", rate_name(read), kind)]}, ()


def clause_with(text: str, pattern: str) -> str:
    return next((part for part in re.split(r"[;。]", text) if re.search(pattern, part)), text)[:120]
