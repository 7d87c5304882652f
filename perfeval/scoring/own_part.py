"""The department's own indicators: whether they fit the scheme's open slots, and both as one tree.

A scheme fixes the common part and leaves slots open (履职效能); ``with_own_part`` fills them, so
that scoring, pages and the report read one tree and need not know who set which indicator.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from perfeval.scoring.figures import OwnIndicator
from perfeval.scoring.quantity import decimals, plain
from perfeval.scoring.result import Problem, Severity
from perfeval.scoring.scheme.lint import lint_indicator
from perfeval.scoring.scheme.phrases import fill
from perfeval.scoring.scheme.tree import (
    Choice,
    Indicator,
    InputKind,
    InputSpec,
    Rule,
    Scheme,
    Slot,
)

#: Kinds whose rule is made from a target, and those that state what each case takes off.
TARGET_KINDS = ("ratio_up", "ratio_down")
CASE_KINDS = ("per_defect",)
#: The rule kinds that a department may use: each is scored from one or two inputs of its own.
OWN_KINDS = (*TARGET_KINDS, "yes_no", "level", *CASE_KINDS, "manual")
#: Names that a slot's ``standards`` may use.
STANDARD_NAMES = frozenset({"target", "unit", "points_each", "weight"})

#: How the code of an own indicator looks, which no indicator of a scheme with slots may have.
OWN_PREFIX = "own_"
OWN_CODE = re.compile(rf"{OWN_PREFIX}[1-9][0-9]{{0,3}}")
_GROUP = "_group"
#: Weights have at most so many decimals, as the score sheet can print them.
WEIGHT_DIGITS = 2

_PERCENT_UNITS = frozenset({"%", "％"})


def with_own_part(scheme: Scheme, own_part: Sequence[OwnIndicator]) -> Scheme:
    """Return ``scheme`` with its open slots filled; the scheme itself when there is nothing to fill.

    Never fails: what cannot be scored yet stands in the tree without a rule, and ``own_problems``
    says why.
    """
    if not scheme.slots or not own_part:
        return scheme
    by_slot: dict[str, list[OwnIndicator]] = {}
    for own in own_part:
        by_slot.setdefault(own.slot, []).append(own)
    slots = {slot.indicator: slot for slot in scheme.slots}

    def filled(node: Indicator) -> Indicator:
        slot, own = slots.get(node.code), by_slot.get(node.code)
        if slot and own:
            return _filled(node, slot, own)
        return replace(node, children=tuple(filled(child) for child in node.children))

    return replace(scheme, indicators=tuple(filled(node) for node in scheme.indicators))


def is_own_group(code: str) -> bool:
    """Return whether a code is that of a heading above own indicators, whether or not they are still there."""
    return code.endswith(_GROUP) and bool(OWN_CODE.fullmatch(code.removesuffix(_GROUP)))


def own_problems(scheme: Scheme, own_part: Sequence[OwnIndicator]) -> tuple[Problem, ...]:
    """Return what is missing or wrong in the own indicators, in their order, then slot by slot.

    Places are ``own:<position>`` and ``own:<code of the slot>``.
    """
    slots = {slot.indicator: slot for slot in scheme.slots}
    problems: list[Problem] = []
    for position, own in enumerate(own_part):
        place = f"own:{position}"
        slot = slots.get(own.slot)
        if slot is None:
            values = {"name": own.name, "slot": own.slot}
            problems.append(Problem("own_unknown_slot", Severity.ERROR, place, values))
        else:
            problems += _check_own(own, slot, place)
    for code, count in Counter(own.code for own in own_part).items():
        if count > 1 or not OWN_CODE.fullmatch(code):
            problems.append(Problem("own_code_wrong", Severity.ERROR, "report", {"code": code}))
    for slot in scheme.slots:
        problems += _check_slot(
            scheme, slot, [own for own in own_part if own.slot == slot.indicator]
        )
    return tuple(problems)


def own_levels(slot: Slot) -> dict[str, dict[str, Decimal]]:
    """Return the slot's levels as the parameter of rule ``level`` has them."""
    ends = ("at_least", "above", "at_most", "below")
    return {
        level.code: {end: getattr(level, end) for end in ends if getattr(level, end) is not None}
        for level in slot.levels
    }


def own_standard(slot: Slot, own: OwnIndicator) -> str:
    """Return the scoring standard of an own indicator: what was written, else the slot's."""
    if own.standard.strip():
        return own.standard
    values = {"unit": own.unit, "weight": plain(own.weight)}
    if own.target is not None:
        values["target"] = plain(own.target)
    if own.points_each is not None:
        values["points_each"] = plain(own.points_each)
    return fill(slot.standards.get(own.kind, ""), values)


def _filled(node: Indicator, slot: Slot, own_part: Iterable[OwnIndicator]) -> Indicator:
    """Return the slot's node with the own indicators below it, under their headings if any."""
    headings: dict[str, list[OwnIndicator]] = {}
    for own in own_part:
        headings.setdefault(own.heading.strip() if slot.has_headings else "", []).append(own)
    children: list[Indicator] = []
    for heading, members in headings.items():
        if heading:
            children.append(_group(node, slot, heading, members))
        else:
            children += [_leaf(slot, own, node.level + 1) for own in members]
    has_groups = any(child.children for child in children)
    return replace(
        node,
        children=tuple(children),
        is_scored_group=node.is_scored_group and not has_groups,
    )


def _group(node: Indicator, slot: Slot, heading: str, members: Sequence[OwnIndicator]) -> Indicator:
    """Return the node of one heading: its weight is what stands below it."""
    return Indicator(
        code=f"{members[0].code}{_GROUP}",
        name=heading,
        level=node.level + 1,
        weight=sum((own.weight for own in members), Decimal(0)),
        children=tuple(_leaf(slot, own, node.level + 2) for own in members),
        is_own=True,
        is_scored_group=True,
        lists_all_items=node.lists_all_items,
    )


def _leaf(slot: Slot, own: OwnIndicator, level: int) -> Indicator:
    make = _RULES.get(own.kind)
    is_ready = make is not None and not any(_check_rule(own, slot, ""))
    return Indicator(
        code=own.code,
        name=own.name,
        level=level,
        weight=own.weight,
        rule=make(slot, own) if make and is_ready else None,
        standard=own_standard(slot, own),
        evidence=own.evidence,
        is_own=True,
    )


def _ratio(slot: Slot, own: OwnIndicator) -> Rule:
    is_percent = own.unit.strip() in _PERCENT_UNITS
    kind = InputKind.PERCENT if is_percent else InputKind.NUMBER
    spec = InputSpec("actual", own.name, kind, "" if is_percent else own.unit)
    parameters = {"actual": "answer.actual", "target": own.target}
    return Rule(own.kind, parameters, (spec,), loss_phrase=slot.loss_phrase)


def _yes_no(_slot: Slot, own: OwnIndicator) -> Rule:
    spec = InputSpec("met", own.name, InputKind.YES_NO)
    return Rule(own.kind, {"met": "answer.met"}, (spec,))


def _level(slot: Slot, own: OwnIndicator) -> Rule:
    choices = tuple(Choice(level.code, level.label) for level in slot.levels)
    inputs = (
        InputSpec("level", slot.level_label, InputKind.CHOICE, choices=choices),
        InputSpec("percent", slot.percent_label, InputKind.PERCENT),
    )
    references: dict[str, Any] = {"level": "answer.level", "percent": "answer.percent"}
    return Rule(own.kind, references | {"levels": own_levels(slot)}, inputs)


def _per_defect(_slot: Slot, own: OwnIndicator) -> Rule:
    spec = InputSpec("count", own.name, InputKind.COUNT, own.unit)
    return Rule(own.kind, {"count": "answer.count", "points_each": own.points_each}, (spec,))


def _manual(_slot: Slot, own: OwnIndicator) -> Rule:
    return Rule(own.kind, deduction_allowed=True)


_RULES: Mapping[str, Callable[[Slot, OwnIndicator], Rule]] = {
    **dict.fromkeys(TARGET_KINDS, _ratio),
    "yes_no": _yes_no,
    "level": _level,
    **dict.fromkeys(CASE_KINDS, _per_defect),
    "manual": _manual,
}


def _check_own(own: OwnIndicator, slot: Slot, place: str) -> Iterator[Problem]:
    """Yield what is wrong in one own indicator."""
    values = {"name": own.name}
    if not own.name.strip():
        yield Problem("own_name_missing", Severity.MISSING, place)
    if slot.has_headings and not own.heading.strip():
        yield Problem("own_heading_missing", Severity.MISSING, place, values)
    if own.heading.strip() and not slot.has_headings:
        yield Problem("own_heading_unwanted", Severity.ERROR, place, values)
    if own.weight <= 0:
        detailed = values | {"weight": plain(own.weight)}
        yield Problem("own_weight_not_positive", Severity.ERROR, place, detailed)
    elif decimals(own.weight) > WEIGHT_DIGITS:
        detailed = values | {"weight": plain(own.weight), "digits": str(WEIGHT_DIGITS)}
        yield Problem("own_weight_too_precise", Severity.ERROR, place, detailed)
    if own.kind not in slot.kinds:
        detailed = values | {"kind": own.kind}
        yield Problem("own_kind_not_allowed", Severity.ERROR, place, detailed)
        return
    if not own_standard(slot, own).strip():
        yield Problem("own_standard_missing", Severity.MISSING, place, values)
    yield from _check_rule(own, slot, place)
    leaf = _leaf(slot, own, 1)
    above = replace(leaf, name=own.heading)
    codes = {problem.code for problem in lint_indicator(leaf, (above,))}
    if "cost_rewards_more" in codes:
        yield Problem("own_cost_rewards_more", Severity.ERROR, place, values)


def _check_rule(own: OwnIndicator, slot: Slot, place: str) -> Iterator[Problem]:
    """Yield what the rule of one own indicator still lacks."""
    values = {"name": own.name}
    if own.kind in TARGET_KINDS:
        if own.target is None:
            yield Problem("own_target_missing", Severity.MISSING, place, values)
        elif own.target < 0 or (own.kind == "ratio_up" and own.target == 0):
            detailed = values | {"target": plain(own.target)}
            yield Problem("own_target_not_positive", Severity.ERROR, place, detailed)
    if own.kind in CASE_KINDS:
        if own.points_each is None:
            yield Problem("own_points_each_missing", Severity.MISSING, place, values)
        elif own.points_each <= 0:
            detailed = values | {"points": plain(own.points_each)}
            yield Problem("own_points_each_not_positive", Severity.ERROR, place, detailed)
    if own.kind == "level" and not slot.levels:
        yield Problem("own_kind_not_allowed", Severity.ERROR, place, values | {"kind": own.kind})


def _check_slot(scheme: Scheme, slot: Slot, own_part: Sequence[OwnIndicator]) -> Iterator[Problem]:
    """Yield what is wrong with all that stands in one slot together."""
    node, place = scheme.indicator(slot.indicator), f"own:{slot.indicator}"
    values = {"slot": node.name, "weight": plain(node.weight)}
    if not own_part:
        yield Problem("own_part_missing", Severity.MISSING, place, values)
        return
    if len(own_part) > slot.most:
        detailed = values | {"count": str(len(own_part)), "most": str(slot.most)}
        yield Problem("own_too_many", Severity.ERROR, place, detailed)
    total = sum((own.weight for own in own_part), Decimal(0))
    if total != node.weight:
        detailed = values | {"sum": plain(total), "difference": plain(abs(node.weight - total))}
        yield Problem("own_weights_do_not_add_up", Severity.ERROR, place, detailed)
    names = Counter((own.heading.strip(), own.name.strip()) for own in own_part if own.name.strip())
    for (_heading, name), count in names.items():
        if count > 1:
            detailed = values | {"name": name, "count": str(count)}
            yield Problem("own_name_twice", Severity.WARNING, place, detailed)
