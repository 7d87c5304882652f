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
    complete = {}
    for node in old.walk():
        code = exceptions.get(node.code, node.code if node.code not in taken else "")
        if code in known:
            complete[node.code] = code
    return complete


def composed(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str]:
    """Return the full mapping over two steps from the full mapping of each."""
    return {old: second[middle] for old, middle in first.items() if middle in second}


def mapping_problems(
    old: Scheme, new: Scheme, exceptions: Mapping[str, str]
) -> tuple[FormatProblem, ...]:
    """Return what is wrong with a mapping: unknown codes, two for one, a leaf for a group."""
    before = {node.code: node for node in old.walk()}
    after = {node.code: node for node in new.walk()}
    problems = []
    for code, target in exceptions.items():
        path = shown(code)
        if code not in before:
            problems.append(FormatProblem(path, "mapping_unknown_old", {"code": shown(code)}))
        elif target and target not in after:
            problems.append(FormatProblem(path, "mapping_unknown_new", {"code": shown(target)}))
        elif target and before[code].is_leaf is not after[target].is_leaf:
            values = {"old": before[code].name, "new": after[target].name}
            problems.append(FormatProblem(path, "mapping_leaf_and_group", values))
    targets: dict[str, str] = {}
    for code, target in exceptions.items():
        if target and target in targets:
            values = {"code": shown(target), "first": targets[target], "second": shown(code)}
            problems.append(FormatProblem(shown(code), "mapping_target_twice", values))
        elif target:
            targets[target] = code
    return tuple(problems)


def proposals(old: Scheme, new: Scheme, exceptions: Mapping[str, str]) -> tuple[LikelyPair, ...]:
    """Return the pairs that a person should confirm: left over on both sides, and alike.

    First the ones of the same name, where it occurs once on each side; then those at the same place
    under the same parent with the same weight and kind of rule.
    """
    mapping = full_mapping(old, new, exceptions)
    gone = [node for node in old.walk() if node.code not in mapping and node.code not in exceptions]
    taken = set(mapping.values())
    came = [node for node in new.walk() if node.code not in taken]
    pairs = list(_same_name(gone, came))
    paired = {pair.old.code for pair in pairs}, {pair.new.code for pair in pairs}
    places, new_places = _places(old, mapping), _places(new, None)
    for earlier in gone:
        for later in came:
            is_free = earlier.code not in paired[0] and later.code not in paired[1]
            if (
                is_free
                and places[earlier.code] == new_places[later.code]
                and _alike(earlier, later)
            ):
                pairs.append(LikelyPair(earlier, later, "position"))
                paired[0].add(earlier.code)
                paired[1].add(later.code)
    return tuple(pairs)


def _same_name(gone: list[Indicator], came: list[Indicator]) -> Iterator[LikelyPair]:
    for earlier in gone:
        same_old = [node for node in gone if node.name == earlier.name]
        same_new = [node for node in came if node.name == earlier.name]
        if len(same_old) == len(same_new) == 1 and earlier.is_leaf is same_new[0].is_leaf:
            yield LikelyPair(earlier, same_new[0], "name")


def _places(scheme: Scheme, mapping: Mapping[str, str] | None) -> dict[str, tuple[str, int]]:
    """Return parent (by its code in the new version) and position of every indicator."""
    places = {}
    for parent, children in (
        ("", scheme.indicators),
        *((n.code, n.children) for n in scheme.walk()),
    ):
        name = mapping.get(parent, parent) if mapping is not None else parent
        for position, child in enumerate(children):
            places[child.code] = (name, position)
    return places


def _alike(earlier: Indicator, later: Indicator) -> bool:
    if earlier.is_leaf is not later.is_leaf or earlier.weight != later.weight:
        return False
    kinds = [node.rule.kind if node.rule else "" for node in (earlier, later)]
    return kinds[0] == kinds[1]
