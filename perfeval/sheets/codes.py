"""Codes for the indicators of a sheet: their own, those of last year's, or by their place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.sheets.understood import SheetNode, Understood


class Codes:
    """Gives every indicator a code: its own, that of the base's same one, or one by its place."""

    def __init__(
        self, understood: Understood, base: Scheme, kept: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self.nodes = understood.nodes
        self.kept = kept
        self.taken: set[str] = {node.code for node in self.nodes if node.code in kept}
        self.by_path = dict(_paths(base.indicators, ()))
        self.paths = [self.path(index) for index in range(len(self.nodes))]
        self.kept_groups = _kept_groups(self.nodes, kept)
        self.numbers: list[int] = []  # the place of each node among those beside it
        beside: Counter[int | None] = Counter()
        for node in self.nodes:
            beside[node.parent] += 1
            self.numbers.append(beside[node.parent])

    def path(self, index: int) -> tuple[str, ...]:
        """Return the names from the first level down to a node."""
        node = self.nodes[index]
        above = () if node.parent is None else self.path(node.parent)
        return (*above, node.name)

    def same_in_base(self, index: int) -> Indicator | None:
        """Return the base's indicator of the same names."""
        return self.by_path.get(self.paths[index])

    def code(self, index: int) -> str:
        """Return the code of a node, each once."""
        node = self.nodes[index]
        own = node.code if node.code in self.kept else self.kept_groups.get(index, "")
        if own and (own == node.code or own not in self.taken):
            self.taken.add(own)
            return own
        same = self.same_in_base(index)
        code = same.code if same else self.by_place(index)
        while code in self.taken or code in self.kept:
            code += "_x"
        self.taken.add(code)
        return code

    def by_place(self, index: int) -> str:
        """Return a code such as i2_1_3: the third below the first below the second."""
        node = self.nodes[index]
        number = self.numbers[index]
        return f"i{number}" if node.parent is None else f"{self.by_place(node.parent)}_{number}"


def _paths(
    nodes: Sequence[Indicator], above: tuple[str, ...]
) -> list[tuple[tuple[str, ...], Indicator]]:
    paths = []
    for node in nodes:
        path = (*above, node.name)
        paths += [(path, node), *_paths(node.children, path)]
    return paths


def _kept_groups(
    nodes: Sequence[SheetNode], kept: Mapping[str, Mapping[str, Any]]
) -> dict[int, str]:
    """Return for each group the code that its first known child had above it."""
    groups: dict[int, str] = {}
    for index in reversed(range(len(nodes))):
        node = nodes[index]
        own = node.code if node.code in kept else groups.get(index, "")
        parent = kept[own].get("parent", "") if own in kept else ""
        if parent and node.parent is not None and parent not in groups.values():
            groups[node.parent] = parent
    return groups
