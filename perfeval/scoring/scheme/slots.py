"""What the open slots of a scheme may not say: where they stand, what they allow, their levels."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from perfeval.scoring.codec import FormatProblem
from perfeval.scoring.figures import OwnIndicator
from perfeval.scoring.own_part import (
    OWN_KINDS,
    OWN_PREFIX,
    STANDARD_NAMES,
    own_levels,
    with_own_part,
)
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.scheme.phrases import LOSS_NAMES, placeholders
from perfeval.scoring.scheme.tree import Indicator, Scheme, Slot

#: The kind that needs the slot's levels.
LEVEL = "level"


def check_slots(scheme: Scheme) -> Iterator[FormatProblem]:
    """Yield everything that the scheme's open slots cannot mean."""
    for code, count in Counter(slot.indicator for slot in scheme.slots).items():
        if count > 1:
            yield FormatProblem(f"slot[{code}]", "duplicate_code", {"count": str(count)})
    nodes = {node.code: node for node in scheme.walk()}
    grouped = {
        node.code: sum(inner.is_scored_group for inner in scheme.walk() if node in inner.walk())
        for node in nodes.values()
    }
    for slot in scheme.slots:
        path, node = f"slot[{slot.indicator}]", nodes.get(slot.indicator)
        if node is None:
            yield FormatProblem(path, "slot_without_indicator")
            continue
        if node.children or node.rule is not None or node.is_adjustment:
            yield FormatProblem(path, "slot_not_open")
        if not node.is_own:
            yield FormatProblem(f"indicator[{node.code}].is_own", "slot_not_own")
        if not node.is_scored_group or grouped[node.code] > 1:
            yield FormatProblem(f"indicator[{node.code}].is_scored_group", "slot_not_scored_group")
        if node.level + 1 + slot.has_headings > 3:
            yield FormatProblem(f"{path}.has_headings", "slot_too_deep", {"level": str(node.level)})
        yield from _check_slot(slot, node, path)
    if scheme.slots:
        for code in nodes:
            if code.startswith(OWN_PREFIX):
                values = {"prefix": OWN_PREFIX}
                yield FormatProblem(f"indicator[{code}].code", "code_of_own_part", values)


def _check_slot(slot: Slot, node: Indicator, path: str) -> Iterator[FormatProblem]:
    if not slot.kinds:
        yield FormatProblem(f"{path}.kinds", "empty_list")
    for kind in slot.kinds:
        if kind not in OWN_KINDS:
            values = {"found": kind, "allowed": ", ".join(OWN_KINDS)}
            yield FormatProblem(f"{path}.kinds", "unknown_rule_kind", values)
    if slot.most < 1:
        yield FormatProblem(f"{path}.most", "number_not_positive", {"found": str(slot.most)})
    for kind, text in slot.standards.items():
        if kind not in slot.kinds:
            yield FormatProblem(f"{path}.standards.{kind}", "unknown_key")
        for name in placeholders(text):
            if name not in STANDARD_NAMES:
                yield FormatProblem(
                    f"{path}.standards.{kind}", "unknown_placeholder", {"name": name}
                )
    for name in placeholders(slot.loss_phrase):
        if name not in LOSS_NAMES:
            yield FormatProblem(f"{path}.loss_phrase", "unknown_placeholder", {"name": name})
    if LEVEL in slot.kinds:
        yield from _check_levels(slot, node, path)


def _check_levels(slot: Slot, node: Indicator, path: str) -> Iterator[FormatProblem]:
    """Yield what rule ``level`` would say of the slot's levels."""
    for name in ("level_label", "percent_label"):
        if not getattr(slot, name).strip():
            yield FormatProblem(f"{path}.{name}", "missing_key")
    for level in slot.levels:
        ends = own_levels(replace(slot, levels=(level,)))[level.code]
        if {"at_least", "above"} <= set(ends) or {"at_most", "below"} <= set(ends):
            yield FormatProblem(f"{path}.levels[{level.code}]", "band_two_ends")
            return
    check = RULES[LEVEL].check
    if not slot.levels:
        yield FormatProblem(f"{path}.levels", "empty_list")
    elif check:
        tried = OwnIndicator(f"{OWN_PREFIX}1", slot.indicator, node.name, Decimal(1), LEVEL)
        leaf = with_own_part(_holding(slot, node), (tried,)).indicator(tried.code)
        if leaf.rule:
            yield from check(leaf, leaf.rule.parameters, f"{path}.levels")


def _holding(slot: Slot, node: Indicator) -> Scheme:
    """Return a scheme of nothing but the slot, to make a rule of its levels."""
    bare = replace(node, children=(), rule=None)
    return Scheme("", 1, "", "", 2000, "", indicators=(bare,), slots=(slot,))
