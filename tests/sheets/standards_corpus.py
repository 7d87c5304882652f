"""The corpus of scoring standards, and what the reader's proposal for each of them is worth."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfeval.sheets.standards import Confidence, Proposal, SchemeAround, propose
from tests.sheets.meaning import same_points

FOLDER = Path(__file__).parent / "corpus" / "standards"
KNOWN = SchemeAround(
    frozenset({"total.initial_budget", "total.adjusted_budget", "total.executed_amount"}),
    {"output": "产出指标", "benefit": "效益指标", "satisfaction": "满意度指标"},
)
#: Words that belong to the reckoning or stand around a standard, and to no question.
NO_QUESTION = re.compile(r"扣|得满分|\d分(?!钟)|评价依据|评分标准|指标解释|数据来源")

Case = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A proposal held against its case.

    ``is_right``: it gives the points of the standard and asks for them in words that are questions;
    True also where nothing is proposed and nothing may be. ``fault``: in a word, what is wrong.
    """

    case: Case
    proposal: Proposal
    is_right: bool
    fault: str = ""

    @property
    def is_proposed(self) -> bool:
        return self.proposal.confidence is not Confidence.NONE

    @property
    def is_clear(self) -> bool:
        return self.proposal.confidence is Confidence.CLEAR


def cases() -> list[Case]:
    """Return every case, each with the file it stands in."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        found += [{**case, "file": path.stem} for case in table["case"]]
    return found


def weight_of(case: Case) -> Decimal:
    return Decimal(case.get("weight", 10))


def meanings(case: Case) -> list[Mapping[str, Any]]:
    """Return the rules of which any gives the points that the standard fixes."""
    first = case.get("rule") or case.get("meaning")
    return [first, *case.get("also", [])] if first else []


def judged(case: Case) -> Verdict:
    """Return what the reader's proposal for a case is worth."""
    found = propose(case["name"], case["standard"], weight_of(case), KNOWN)
    if found.confidence is Confidence.NONE:
        is_right = "rule" not in case
        return Verdict(case, found, is_right, "" if is_right else "not proposed")
    if not any(same_points(one, found.rule, weight_of(case)) for one in meanings(case)):
        return Verdict(case, found, is_right=False, fault="other points")
    if any(NO_QUESTION.search(one) for one in _labels(found.rule)):
        return Verdict(case, found, is_right=False, fault="no question")
    if "unmet" in case and any(
        one.removeprefix("是否").startswith(case["unmet"])
        for one in _labels(found.rule)
        if found.rule["kind"] == "yes_no"
    ):
        return Verdict(case, found, is_right=False, fault="asked the wrong way round")
    if case.get("assumes") and not found.assumptions:
        return Verdict(case, found, is_right=False, fault="assumed in silence")
    return Verdict(case, found, is_right=True)


def _labels(rule: Mapping[str, Any]) -> list[str]:
    """Return what a rule asks and offers to choose."""
    asked = rule.get("input", [])
    offered = [choice["label"] for one in asked for choice in one.get("choices", [])]
    return [*(one["label"] for one in asked), *offered]
