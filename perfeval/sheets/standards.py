"""What kind of rule a scoring standard describes, where its wording is clear enough to say.

``propose`` reads one standard (评分标准) and returns the rule it takes it for, with the words it went
by and what it had to assume. It reads to the end of the text: where anything that could carry points
was not understood, it proposes nothing, and the indicator is scored by hand with a compulsory reason
until a person chooses. A proposal counts only once a person has confirmed it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from perfeval.sheets import conditions, deductions, proportions
from perfeval.sheets.clauses import read_clauses
from perfeval.sheets.intervals import read_interval
from perfeval.sheets.standard import Contradiction, Found, SchemeAround, Standard, an_input
from perfeval.sheets.trying import Trial, fits
from perfeval.sheets.wording import MarkKind, N, prepared, scoring_part


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

_EXAMPLE = re.compile(
    rf"[(;。,]*(?:例如|比如|举例(?:说明|来说)?|示例)[:,]?[^;。)¶]*?({N})(?:%|[\u4e00-\u9fff]{{1,4}})?[^;。)\d¶]*?"
    rf"(得|计|扣)(?:分)?(?:为)?({N})分[^;。)¶]{{0,20}}\)?"
)
_ANOTHER = re.compile(r"例如|比如|举例|示例")
_JUDGED = re.compile(
    r"酌情|视情|综合评定|综合判断|评审组|评价组|专家|酌减|适当扣分|相应扣分|根据情况"
)


def propose(name: str, standard: str, weight: Decimal | None, known: SchemeAround) -> Proposal:
    """Return the rule that ``standard`` describes for an indicator of ``weight`` points."""
    if len(standard) > 4 * LONGEST:
        return _none("standard_long")
    text, asides = scoring_part(prepared(standard))
    if not text:
        return _none("standard_empty")
    if len(text) > LONGEST:
        return _none("standard_long")
    if weight is None or weight <= 0:
        return _none("weight_unknown")
    text, examples = _examples(text, weight)
    read = Standard(prepared(name), text, weight, known, read_clauses(text, weight))
    is_judged = bool(_JUDGED.search(text))
    if any(re.search(rf"[得扣计]{N}分|得满分|不得分", one) for one in asides):
        return _none("not_understood")
    try:
        found = _first(read)
    except Contradiction as contradiction:
        return _none(contradiction.reason)
    if found is None:
        return _none("judgement" if is_judged else "no_pattern")
    if not fits(found.rule, weight, (*found.trials, *(() if examples is None else examples))):
        return _none("trial_failed")
    rule = dict(found.rule)
    if read.reading.is_judged:
        rule["deduction_allowed"] = True
    assumed = tuple(dict.fromkeys((*found.assumptions, *_remarks(read, found))))
    sure = Confidence.LIKELY if assumed else Confidence.CLEAR
    return Proposal(rule, sure, found.quote, assumed)


def _remarks(read: Standard, found: Found) -> tuple[str, ...]:
    """Return the assumption that a sentence with a limit of its own is only a remark."""
    used = re.findall(N, str(found.rule))
    for fact in read.reading.facts:
        limit = read_interval(fact.text)
        ends = () if limit is None else (limit.low, limit.high)
        is_share = limit is not None and limit.unit in ("%", "个百分点", "百分点")
        if is_share and not any(str(end) in used for end in ends if end is not None):
            return ("remark_assumed",)
    return ()


def propose_adjustment(standard: str, weight: Decimal | None) -> Proposal:
    """Return bonus and penalty with the caps that the standard names; they are typed by hand."""
    text = prepared(standard)
    bonus = re.search(
        rf"(?:最高|最多|累计|合计|不超过|至多)[^,;。]{{0,8}}?加?(?:不超过)?({N})分", text
    )
    penalty = re.search(
        rf"(?:最高|最多|累计|合计|至多)[^,;。]{{0,8}}?扣(?:减|除)?(?:不超过|至多)?({N})分", text
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


def _none(reason: str) -> Proposal:
    return Proposal(BY_HAND, Confidence.NONE, reason=reason)


def _examples(text: str, weight: Decimal) -> tuple[str, tuple[Trial, ...]]:
    """Return a text without its worked examples, and their values with the points they earn."""
    trials = []
    for found in _EXAMPLE.finditer(text):
        points = Decimal(found[3])
        trials.append((Decimal(found[1]), weight - points if found[2] == "扣" else points))
    return _EXAMPLE.sub("", text), tuple(trials)


def _first(read: Standard) -> Found | None:
    """Return the first reading that fits; several that exclude each other are a contradiction."""
    found = proportions.level(read) or proportions.goals(read)
    if found:
        return found
    _refuse_what_no_rule_holds(read)
    for reader in _READERS:
        found = reader(read)
        if found:
            return found
    if len(read.clauses) > 1 and not {one.kind for one in read.clauses} <= {
        MarkKind.EARN,
        MarkKind.KEEP,
        MarkKind.LOSE,
    }:
        raise Contradiction("several_rules")
    return None


def _refuse_what_no_rule_holds(read: Standard) -> None:
    """Raise Contradiction for what was not understood, and for more or other points than the weight."""
    reading = read.reading
    kinds = {one.kind for one in read.clauses}
    if re.search(r"二选一|2选1|择其一|择一|任选|选取其一|选择其一", read.text):
        raise Contradiction("several_rules")
    if "定性" in read.text and ("定量" in read.text or "正向" in read.text):
        raise Contradiction("several_rules")
    is_converted = bool(re.search("折算|换算|折合", read.text))
    given = [one.points or Decimal(0) for one in reading.of(MarkKind.EARN, MarkKind.LOSE)]
    if max(given, default=Decimal(0)) > read.weight and not is_converted:
        raise Contradiction("points_above_weight")
    if MarkKind.RANGE in kinds or MarkKind.LEVEL in kinds:
        raise Contradiction("judgement")
    if MarkKind.VAGUE in kinds:
        raise Contradiction("judgement" if _JUDGED.search(read.text) else "no_pattern")
    if MarkKind.ADD in kinds or reading.setting(MarkKind.VETO):
        raise Contradiction("several_rules")
    if reading.unread or _ANOTHER.search(read.text):
        is_judged = bool(_JUDGED.search(read.text)) and not read.clauses
        raise Contradiction("judgement" if is_judged else "not_understood")
    _refuse_other_marks(read)


def _refuse_other_marks(read: Standard) -> None:
    """Raise Contradiction where full marks are named that are not the weight."""
    if {MarkKind.CONVERTED} & {one.kind for one in read.clauses} or re.search(
        "折算|换算", read.text
    ):
        return
    for kind in (MarkKind.FULL_MARKS, MarkKind.GAIN_CAP):
        for mark in read.reading.setting(kind):
            if mark.points is not None and mark.points != read.weight:
                gains = any(one.each for one in read.reading.of(MarkKind.EARN))
                raise Contradiction("no_pattern" if gains else "several_rules")


#: The first that fits counts: whole formulas before deductions, deductions before single points.
_READERS: tuple[Callable[[Standard], Found | None], ...] = (
    proportions.imported,
    proportions.formula,
    conditions.checklist,
    conditions.each_met,
    deductions.steps,
    conditions.bands,
    proportions.in_proportion,
    conditions.yes_no,
    conditions.states,
    deductions.defects,
)
