"""Changes of a draft's tree, each from one frozen scheme to the next; what they mean is not judged.

``scheme_checks.check_scheme`` names what a change broke; only what no tree can hold is refused here.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from perfeval.scoring.scheme.checks import MAX_LEVEL
from perfeval.scoring.scheme.tree import Indicator, Scheme


class TreeMoveRefused(ValueError):
    """No tree of three levels can hold the indicator there, or it would lie below itself."""


def with_fields(scheme: Scheme, code: str, /, **fields: Any) -> Scheme:
    """Return the scheme with these fields of the indicator ``code`` replaced."""
    return _mapped(scheme, lambda node: replace(node, **fields) if node.code == code else node)


def with_weights_and_names(scheme: Scheme, typed: dict[str, tuple[str, Decimal]]) -> Scheme:
    """Return the scheme with the name and weight of each indicator that ``typed`` holds by code."""

    def change(node: Indicator) -> Indicator:
        name, weight = typed.get(node.code, (node.name, node.weight))
        return replace(node, name=name, weight=weight)

    return _mapped(scheme, change)


def added(scheme: Scheme, parent: str, name: str) -> tuple[Scheme, str]:
    """Return the scheme with a new indicator at the end below ``parent``, and its code.

    ``parent``: empty for the first level. The new one has weight 0 and no rule.
    Raises: TreeMoveRefused below the third level.
    """
    level = scheme.indicator(parent).level + 1 if parent else 1
    code = unused_code(scheme, f"{parent}_" if parent else "part_")
    node = Indicator(
        code=code, name=name, level=level, weight=Decimal(0), is_scored_group=level == 1
    )
    return _placed(scheme, node, parent, ""), code


def removed(scheme: Scheme, code: str) -> Scheme:
    """Return the scheme without the indicator ``code`` and all below it."""
    return replace(scheme, indicators=_without(scheme.indicators, code))


def moved(scheme: Scheme, code: str, parent: str, before: str) -> Scheme:
    """Return the scheme with ``code`` below ``parent``, in front of its child ``before``.

    ``parent``: empty for the first level; ``before``: empty for the end.
    Raises: TreeMoveRefused when it would lie below itself or too deep; KeyError for an unknown code.
    """
    node = scheme.indicator(code)
    if any(inner.code == parent for inner in node.walk()):
        raise TreeMoveRefused(code)
    if before == code:
        return scheme
    return _placed(removed(scheme, code), node, parent, before)


def shifted(scheme: Scheme, code: str, step: int) -> Scheme:
    """Return the scheme with ``code`` ``step`` places down (up when negative) among its siblings.

    At the end of its group it stays where it is.
    """
    parent, siblings = _place_of(scheme, code)
    here = siblings.index(code)
    there = min(max(here + step, 0), len(siblings) - 1)
    if there == here:
        return scheme
    rest = [sibling for sibling in siblings if sibling != code]
    return moved(scheme, code, parent, rest[there] if there < len(rest) else "")


def indented(scheme: Scheme, code: str) -> Scheme:
    """Return the scheme with ``code`` as the last below the sibling in front of it.

    Raises: TreeMoveRefused when there is none, or it would lie too deep.
    """
    _parent, siblings = _place_of(scheme, code)
    here = siblings.index(code)
    if here == 0:
        raise TreeMoveRefused(code)
    return moved(scheme, code, siblings[here - 1], "")


def outdented(scheme: Scheme, code: str) -> Scheme:
    """Return the scheme with ``code`` behind what it stood below.

    Raises: TreeMoveRefused on the first level.
    """
    parent, _siblings = _place_of(scheme, code)
    if not parent:
        raise TreeMoveRefused(code)
    above, around = _place_of(scheme, parent)
    behind = around.index(parent) + 1
    return moved(scheme, code, above, around[behind] if behind < len(around) else "")


def unused_code(scheme: Scheme, stem: str) -> str:
    """Return the first of ``stem``1, ``stem``2 … that no indicator has."""
    taken = {node.code for node in scheme.walk()}
    number, short = 1, stem[:56]
    while f"{short}{number}" in taken:
        number += 1
    return f"{short}{number}"


def _place_of(scheme: Scheme, code: str) -> tuple[str, list[str]]:
    """Return the code of what the indicator stands below and the codes there, in order."""
    for parent, children in _families(scheme):
        codes = [child.code for child in children]
        if code in codes:
            return parent, codes
    raise KeyError(code)


def _families(scheme: Scheme) -> Iterator[tuple[str, tuple[Indicator, ...]]]:
    yield "", scheme.indicators
    for node in scheme.walk():
        yield node.code, node.children


def _placed(scheme: Scheme, node: Indicator, parent: str, before: str) -> Scheme:
    if not parent:
        return replace(scheme, indicators=_inserted(scheme.indicators, _at_level(node, 1), before))
    above = scheme.indicator(parent)
    lowered = _at_level(node, above.level + 1)
    return with_fields(scheme, parent, children=_inserted(above.children, lowered, before))


def _inserted(nodes: tuple[Indicator, ...], node: Indicator, before: str) -> tuple[Indicator, ...]:
    codes = [sibling.code for sibling in nodes]
    position = codes.index(before) if before in codes else len(nodes)
    return (*nodes[:position], node, *nodes[position:])


def _at_level(node: Indicator, level: int) -> Indicator:
    """Return the node and all below it with their levels from ``level`` on."""
    if level > MAX_LEVEL:
        raise TreeMoveRefused(node.code)
    children = tuple(_at_level(child, level + 1) for child in node.children)
    return replace(node, level=level, children=children)


def _without(nodes: tuple[Indicator, ...], code: str) -> tuple[Indicator, ...]:
    return tuple(
        replace(node, children=_without(node.children, code)) for node in nodes if node.code != code
    )


def _mapped(scheme: Scheme, change: Callable[[Indicator], Indicator]) -> Scheme:
    def whole(node: Indicator) -> Indicator:
        return change(replace(node, children=tuple(whole(child) for child in node.children)))

    return replace(scheme, indicators=tuple(whole(node) for node in scheme.indicators))
