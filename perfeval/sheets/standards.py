"""What kind of rule a scoring standard describes, where its wording is clear enough to say.

``propose`` reads one standard (评分标准) and returns the rule it takes it for, with the words it went
by and what it had to assume. It would rather propose nothing: then the indicator is scored by hand
with a compulsory reason until a person chooses. A proposal counts only once a person has confirmed it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from perfeval.sheets import conditions, deductions, proportions
from perfeval.sheets.deductions import defect_clauses, step_clauses
from perfeval.sheets.intervals import earned_points
from perfeval.sheets.numbers import half_width
from perfeval.sheets.standard import Contradiction, Found, N, SchemeAround, Standard, an_input


class Confidence(StrEnum):
    """How sure a proposal is."""

    CLEAR = "clear"  # the wording says all of it
    LIKELY = "likely"  # something was assumed; ``assumptions`` says what
    NONE = "none"  # no proposal: by hand


@dataclass(frozen=True, slots=True)
class Proposal:
    """A rule in the shape of ``[indicator.rule]``; ``quote``: the words it was taken from.

    ``reason``: why nothing is proposed. Assumptions and reasons are codes of sentences.
    """

    rule: Mapping[str, Any]
    confidence: Confidence
    quote: str = ""
    assumptions: tuple[str, ...] = ()
    reason: str = ""


#: Longer standards hold more than one rule.
LONGEST = 900
BY_HAND: Mapping[str, Any] = {"kind": "manual", "deduction_allowed": True}

_JUDGEMENT = re.compile(
    r"酌情|视情况|视情|视具体情况|根据情况|综合评定|综合判断|由评审组|由评价组|专家打分|酌减|相应扣分|适当扣分"
)
_CIRCLED = re.compile(r"[①-⑳⑴-⒇]|(?<![\d.])\(\d\)|(?:^|(?<=[。;\n]))\d[.、)](?!\d)")


def propose(name: str, standard: str, weight: Decimal | None, known: SchemeAround) -> Proposal:
    """Return the rule that ``standard`` describes for an indicator of ``weight`` points."""
    text = _prepared(standard)
    if not text:
        return _none("standard_empty")
    if len(text) > LONGEST:
        return _none("standard_long")
    read = Standard(_prepared(name), text, weight, known, tuple(earned_points(text)))
    try:
        found = _first(read)
    except Contradiction as contradiction:
        return _none(contradiction.reason)
    is_judged = bool(_JUDGEMENT.search(text))
    if found is None:
        return _none("judgement" if is_judged else "no_pattern")
    rule = dict(found.rule)
    if is_judged:
        rule["deduction_allowed"] = True
    sure = Confidence.LIKELY if found.assumptions else Confidence.CLEAR
    return Proposal(rule, sure, found.quote, found.assumptions)


def propose_adjustment(standard: str, weight: Decimal | None) -> Proposal:
    """Return bonus and penalty with the caps that the standard names; they are typed by hand."""
    text = _prepared(standard)
    bonus = re.search(
        rf"(?:最高|最多|累计|合计|不超过|至多)[^,;。]{{0,8}}?加?(?:不超过)?{N}分", text
    )
    penalty = re.search(
        rf"(?:最高|最多|累计|合计|至多)[^,;。]{{0,8}}?扣(?:减|除)?(?:不超过|至多)?{N}分", text
    )
    has_penalty = re.search("扣|减", text) is not None
    cap = Decimal(bonus[1]) if bonus else weight or Decimal(0)
    least = Decimal(penalty[1]) if penalty else cap if has_penalty else Decimal(0)
    cap = weight if weight is not None else cap
    rule: dict[str, Any] = {"kind": "adjustment", "bonus": "answer.bonus"}
    rule["penalty"] = "answer.penalty" if has_penalty else Decimal(0)
    rule |= {"bonus_cap": cap, "penalty_cap": least}
    rule["input"] = [an_input("bonus", "加分", "number", "分")]
    if has_penalty:
        rule["input"].append(an_input("penalty", "扣分", "number", "分"))
    return Proposal(rule, Confidence.LIKELY, "", ("caps_assumed",))


def _prepared(text: str) -> str:
    """Return a text in half-width signs without spaces; numbers of a list become breaks."""
    text = _CIRCLED.sub(";", text)
    text = half_width(text)
    text = re.sub(r"\s+", "", text)
    text = text.replace("×100%", "").replace("*100%", "").replace("✕", "×").replace("＊", "×")
    text = re.sub(r"\([A-Z][÷/][A-Z]\)", "", text)
    text = re.sub(r"(?<=[\d)\u4e00-\u9fff])[*xX](?=[\d(\u4e00-\u9fff])", "×", text)
    return text.strip(";。")


def _none(reason: str) -> Proposal:
    return Proposal(BY_HAND, Confidence.NONE, reason=reason)


def _first(read: Standard) -> Found | None:
    """Return the first reading that fits; several that exclude each other are a contradiction."""
    _refuse_what_no_rule_holds(read)
    for reader in _READERS:
        found = reader(read)
        if found:
            return found
    return None


def _refuse_what_no_rule_holds(read: Standard) -> None:
    weight = read.weight
    most = max((read.points(one) for one in read.earned), default=Decimal(0))
    if weight is not None and most > weight and not re.search("折算|换算|折合", read.text):
        raise Contradiction("points_above_weight")
    if re.search(r"二选一|二者择其一|择一|任选其一|选取其一", read.text):
        raise Contradiction("several_rules")
    if "定量" in read.text and "定性" in read.text:
        raise Contradiction("several_rules")
    if len(list(step_clauses(read.text))) > 1:
        raise Contradiction("several_rules")
    defects = list(defect_clauses(read.text))
    if len({clause.each for clause in defects}) > 1:
        raise Contradiction("several_rules")
    if defects and list(step_clauses(read.text)):
        raise Contradiction("several_rules")


#: The first that fits counts: whole formulas before deductions, deductions before single points.
_READERS: tuple[Callable[[Standard], Found | None], ...] = (
    proportions.goals,
    proportions.level,
    proportions.formula,
    proportions.imported,
    deductions.steps,
    conditions.late_states,
    conditions.bands,
    proportions.in_proportion,
    deductions.defects,
    conditions.each_met,
    conditions.checklist,
    conditions.yes_no,
    conditions.states,
)
