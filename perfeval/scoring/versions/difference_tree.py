"""The part of a difference that the tree holds: which indicators came, went, moved or changed."""

from collections.abc import Iterator, Mapping

from perfeval.scoring.scheme.tree import Indicator, Scheme, WhenNotApplicable
from perfeval.scoring.versions.changes import (
    COMPATIBLE,
    INCOMPATIBLE,
    NONE,
    TEXT,
    Change,
    KnownField,
    as_text,
    field_changes,
    order_changes,
)
from perfeval.scoring.versions.difference_rule import rule_changes

_INDICATOR = {
    **dict.fromkeys(("name", "standard", "evidence", "source", "unverified"), TEXT),
    **dict.fromkeys(("is_own", "is_scored_group", "lists_all_items"), KnownField("flag", NONE)),
    "level": KnownField("number", NONE),
    "weight": KnownField("number", COMPATIBLE),
    "is_adjustment": KnownField("flag", INCOMPATIBLE),
}


def tree_changes(old: Scheme, new: Scheme, mapping: Mapping[str, str]) -> Iterator[Change]:
    """Yield the changes of all indicators, in the order of the new tree, then what was removed."""
    before = {node.code: node for node in old.walk()}
    origin = {target: code for code, target in mapping.items()}
    parents = _parents(old), _parents(new)
    for node in new.walk():
        if node.code not in origin:
            yield _came_or_gone(node, "added", parents[1])
            continue
        earlier = before[origin[node.code]]
        place = f"indicator:{node.code}"
        if earlier.code != node.code:
            yield Change("code", NONE, place, {"old": earlier.code, "new": node.code})
        yield from _moved(earlier, node, parents, mapping)
        skip = ("code", "children", "rule")
        yield from field_changes(place, earlier, node, _INDICATOR, skip=skip)
        yield from _leaf_changes(place, old, earlier, new, node)
    for node in old.walk():
        if node.code not in mapping:
            yield _came_or_gone(node, "removed", parents[0])
    effect = COMPATIBLE if _weights_can_move(old) or _weights_can_move(new) else NONE
    groups = [("scheme", old.indicators, new.indicators)]
    groups += [
        (f"indicator:{node.code}", before[origin[node.code]].children, node.children)
        for node in new.walk()
        if node.code in origin
    ]
    for place, olds, news in groups:
        codes = [mapping.get(child.code, "") for child in olds]
        yield from order_changes(place, codes, [child.code for child in news], effect)


def _parents(scheme: Scheme) -> dict[str, Indicator | None]:
    parents: dict[str, Indicator | None] = {node.code: None for node in scheme.indicators}
    parents.update((child.code, node) for node in scheme.walk() for child in node.children)
    return parents


def _came_or_gone(node: Indicator, what: str, parents: Mapping[str, Indicator | None]) -> Change:
    above = parents[node.code]
    values = {
        "name": node.name,
        "weight": as_text(node.weight),
        "parent": above.name if above else "",
    }
    kind = "indicator" if node.is_leaf else "group"
    effect = INCOMPATIBLE if node.is_leaf else COMPATIBLE
    return Change(f"{kind}_{what}", effect, f"indicator:{node.code}", values)


def _moved(
    earlier: Indicator,
    node: Indicator,
    parents: tuple[Mapping[str, Indicator | None], Mapping[str, Indicator | None]],
    mapping: Mapping[str, str],
) -> Iterator[Change]:
    before, after = parents[0][earlier.code], parents[1][node.code]
    was = mapping.get(before.code, "") if before else None
    if was != (after.code if after else None):
        names = {"old": before.name if before else "", "new": after.name if after else ""}
        yield Change("moved", COMPATIBLE, f"indicator:{node.code}", names)


def _leaf_changes(
    place: str, old: Scheme, earlier: Indicator, new: Scheme, node: Indicator
) -> Iterator[Change]:
    if earlier.is_leaf is not node.is_leaf:
        code = "became_group" if earlier.is_leaf else "became_leaf"
        yield Change(code, INCOMPATIBLE, place, {})
        return
    yield from rule_changes(place, (old, earlier.rule), (new, node.rule))


def _weights_can_move(scheme: Scheme) -> bool:
    """Return whether an indicator can drop out, so that the order decides who gets a remainder."""
    return any(
        leaf.rule is not None and leaf.rule.when_not_applicable is not WhenNotApplicable.FULL
        for leaf in scheme.leaves()
    )
