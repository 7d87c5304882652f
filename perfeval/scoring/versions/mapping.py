"""Where the indicators of one version of a scheme went in the next: same code, new code, or nowhere.

A mapping is stored as the exceptions alone: ``{"old": "new"}`` for a code that was renamed,
``{"old": ""}`` for one whose code now means another thing. Every other code means itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from perfeval.scoring.codec import FormatProblem, shown
from perfeval.scoring.scheme.tree import Indicator, Scheme


@dataclass(frozen=True, slots=True)
class LikelyPair:
    """Two indicators that are probably the same under another code, and by what they look alike.

    ``reason``: ``name`` (the same name) or ``position`` (the same place, weight and kind of rule).
    """

    old: Indicator
    new: Indicator
    reason: str


def full_mapping(old: Scheme, new: Scheme, exceptions: Mapping[str, str]) -> dict[str, str]:
    """Return the new code of every indicator of ``old`` that goes on, leaf or not."""
    known = {node.code for node in new.walk()}
    taken = {code for code in exceptions.values() if code}
    found = {}
    for node in old.walk():
        code = exceptions.get(node.code, node.code if node.code not in taken else "")
        if code in known:
            found[node.code] = code
    return found


def composed(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """Return the full mapping over two steps from the full mapping of each."""
    return {old: second[middle] for old, middle in first.items() if middle in second}


def mapping_problems(
    old: Scheme, new: Scheme, exceptions: Mapping[str, str]
) -> tuple[FormatProblem, ...]:
    """Return what is wrong with a mapping: unknown codes, two for one, a leaf for a group."""
    before = {node.code: node for node in old.walk()}
    after = {node.code: node for node in new.walk()}
    found = []
    for code, target in exceptions.items():
        path = shown(code)
        if code not in before:
            found.append(FormatProblem(path, "mapping_unknown_old", {"code": shown(code)}))
        elif target and target not in after:
            found.append(FormatProblem(path, "mapping_unknown_new", {"code": shown(target)}))
        elif target and before[code].is_leaf is not after[target].is_leaf:
            told = {"old": before[code].name, "new": after[target].name}
            found.append(FormatProblem(path, "mapping_leaf_and_group", told))
    targets: dict[str, str] = {}
    for code, target in exceptions.items():
        if target and target in targets:
            told = {"code": shown(target), "first": targets[target], "second": shown(code)}
            found.append(FormatProblem(shown(code), "mapping_target_twice", told))
        elif target:
            targets[target] = code
    return tuple(found)


def proposals(old: Scheme, new: Scheme, exceptions: Mapping[str, str]) -> tuple[LikelyPair, ...]:
    """Return the pairs that a person should confirm: left over on both sides, and alike.

    First the ones of the same name, where it occurs once on each side; then those at the same place
    under the same parent with the same weight and kind of rule.
    """
    mapping = full_mapping(old, new, exceptions)
    gone = [node for node in old.walk() if node.code not in mapping and node.code not in exceptions]
    taken = set(mapping.values())
    came = [node for node in new.walk() if node.code not in taken]
    found = list(_same_name(gone, came))
    paired = {pair.old.code for pair in found}, {pair.new.code for pair in found}
    places, new_places = _places(old, mapping), _places(new, None)
    for one in gone:
        for other in came:
            is_free = one.code not in paired[0] and other.code not in paired[1]
            if is_free and places[one.code] == new_places[other.code] and _alike(one, other):
                found.append(LikelyPair(one, other, "position"))
                paired[0].add(one.code)
                paired[1].add(other.code)
    return tuple(found)


def _same_name(gone: list[Indicator], came: list[Indicator]) -> Iterator[LikelyPair]:
    for one in gone:
        same_old = [node for node in gone if node.name == one.name]
        same_new = [node for node in came if node.name == one.name]
        if len(same_old) == len(same_new) == 1 and one.is_leaf is same_new[0].is_leaf:
            yield LikelyPair(one, same_new[0], "name")


def _places(scheme: Scheme, mapping: Mapping[str, str] | None) -> dict[str, tuple[str, int]]:
    """Return parent (by its code in the new version) and position of every indicator."""
    found = {}
    for parent, children in (
        ("", scheme.indicators),
        *((n.code, n.children) for n in scheme.walk()),
    ):
        name = mapping.get(parent, parent) if mapping is not None else parent
        for position, child in enumerate(children):
            found[child.code] = (name, position)
    return found


def _alike(one: Indicator, other: Indicator) -> bool:
    if one.is_leaf is not other.is_leaf or one.weight != other.weight:
        return False
    kinds = [node.rule.kind if node.rule else "" for node in (one, other)]
    return kinds[0] == kinds[1]
