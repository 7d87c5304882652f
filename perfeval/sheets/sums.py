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
    known = {remark.place for remark in remarks.found if remark.is_fault}
    summed = list(nodes)
    children: dict[int, list[int]] = {}
    for index, node in enumerate(nodes):
        if node.parent is not None:
            children.setdefault(node.parent, []).append(index)
    for index in reversed(range(len(summed))):
        node = summed[index]
        if node.is_leaf:
            if node.weight is None and places[index] not in known:
                remarks.fault("weight_missing", places[index], name=node.name)
            continue
        below = _total(summed[child] for child in children.get(index, ()))
        if node.weight is None:
            summed[index] = replace(node, weight=below)
        elif node.weight != below:
            values = {"name": node.name, "stated": as_text(node.weight), "sum": as_text(below)}
            remarks.fault("group_differs", node.place, **values)
    _hold(summed, sums, remarks)
    return summed


def stated_total(nodes: Sequence[SheetNode], sums: Sequence[StatedSum]) -> Decimal | None:
    """Return the full score that a sheet states: its grand total, or the sum of those of its tables."""
    totals = [stated.points for stated in sums if "小计" not in stated.word]
    base = _total(node for n, node in enumerate(nodes) if node.is_leaf and not _is_extra(nodes, n))
    if not totals or base in totals:
        return base if totals else None
    return base if sum(totals) == base else totals[0]


def _hold(nodes: Sequence[SheetNode], sums: Sequence[StatedSum], remarks: Remarks) -> None:
    """Compare each 小计 with what stands since the one before, each 合计 with everything."""
    start = since_total = 0
    for stated in sums:
        is_total = "小计" not in stated.word
        own = [n for n in range(0 if is_total else start, stated.above) if nodes[n].is_leaf]
        table = [n for n in own if n >= since_total]
        extras = {n for n in own if _is_extra(nodes, n)}
        base = _total(nodes[n] for n in own if n not in extras)
        # Each table of a sheet may have its own total.
        sums_known = {base, _total(nodes[n] for n in own), _total(nodes[n] for n in table)}
        # A subtotal may be that of the last second-level indicator only.
        if stated.points not in sums_known | _groups(nodes, start, stated.above):
            values = {"stated": as_text(stated.points), "sum": as_text(base)}
            remarks.fault("sum_differs", stated.place, word=stated.word[:12], **values)
        if is_total:
            since_total = stated.above
        else:
            start = stated.above


def _groups(nodes: Sequence[SheetNode], start: int, end: int) -> set[Decimal]:
    """Return for each node from ``start`` to ``end`` the weights of the leaves below it there."""
    below = dict.fromkeys(range(start, end), Decimal(0))
    for n in range(start, end):
        if nodes[n].is_leaf:
            for parent in _above(nodes, n) & below.keys():
                below[parent] += nodes[n].weight or Decimal(0)
    return set(below.values())


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
