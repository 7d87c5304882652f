"""The sums that a sheet states, held against the weights of its indicators."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from perfeval.sheets.grid import as_text
from perfeval.sheets.understood import Remarks, SheetNode


@dataclass(frozen=True, slots=True)
class StatedSum:
    """A 小计 or 合计: how many indicators stand above it, its word, its points and its cell."""

    above: int
    word: str
    points: Decimal
    place: str


def sum_up(
    nodes: Sequence[SheetNode], sums: Sequence[StatedSum], places: Sequence[str], remarks: Remarks
) -> list[SheetNode]:
    """Return the nodes with the weights of groups; what does not add up becomes a remark.

    ``places``: the cell of each node's weight.
    """
    known = {remark.place for remark in remarks.found}
    summed = list(nodes)
    for index in reversed(range(len(summed))):
        node = summed[index]
        if node.is_leaf:
            if node.weight is None and places[index] not in known:
                remarks.fault("weight_missing", places[index], name=node.name)
            continue
        below = _total(child for child in summed if child.parent == index)
        if node.weight is None:
            summed[index] = replace(node, weight=below)
        elif node.weight != below:
            values = {"name": node.name, "stated": as_text(node.weight), "sum": as_text(below)}
            remarks.fault("group_differs", node.place, **values)
    _hold(summed, sums, remarks)
    return summed


def _hold(nodes: Sequence[SheetNode], sums: Sequence[StatedSum], remarks: Remarks) -> None:
    """Compare each 小计 with what stands since the one before, each 合计 with everything."""
    start = 0
    for stated in sums:
        is_total = "小计" not in stated.word
        first = 0 if is_total else start
        leaves = [n for n in range(first, stated.above) if nodes[n].is_leaf]
        base = _total(nodes[n] for n in leaves if not _is_extra(nodes, n))
        with_extra = _total(nodes[n] for n in leaves)
        # A subtotal may be that of the last second-level indicator only.
        groups = {_below(nodes, n, stated.above) for n in range(start, stated.above)}
        if stated.points not in {base, with_extra} | groups:
            values = {"stated": as_text(stated.points), "sum": as_text(base)}
            remarks.fault("sum_differs", stated.place, word=stated.word[:12], **values)
        if not is_total:
            start = stated.above


def _below(nodes: Sequence[SheetNode], group: int, end: int) -> Decimal:
    """Return the weights of the leaves below a node, up to ``end``."""
    return _total(
        nodes[n] for n in range(group + 1, end) if nodes[n].is_leaf and group in _above(nodes, n)
    )


def _above(nodes: Sequence[SheetNode], index: int) -> set[int]:
    """Return the places of all that stands above a node."""
    parents: set[int] = set()
    parent = nodes[index].parent
    while parent is not None:
        parents.add(parent)
        parent = nodes[parent].parent
    return parents


def _is_extra(nodes: Sequence[SheetNode], index: int) -> bool:
    """Return whether a node lies outside the full score."""
    return any(nodes[n].is_adjustment for n in (index, *_above(nodes, index)))


def _total(nodes: Iterable[SheetNode]) -> Decimal:
    return sum((node.weight or Decimal(0) for node in nodes), Decimal(0))
