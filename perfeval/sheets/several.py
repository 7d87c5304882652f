"""Several sheets of one workbook: parts of one scheme, or each a scheme of its own."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from perfeval.sheets.columns import ColumnRole
from perfeval.sheets.numbers import name_and_weight
from perfeval.sheets.understood import Remark, Remarks, SheetNode, Understood

#: What reaches this many points is a scheme of its own; parts of one stay below it.
WHOLE = Decimal(100)


def parts_of(sheets: Sequence[Understood], remarks: Remarks) -> list[Understood]:
    """Return the sheets that make one scheme, in their order: the first whole one, or all together."""
    whole = [one for one in sheets if points_of(one) >= WHOLE]
    if whole:
        return whole[:1]
    parts = [one for one in sheets if one.nodes]
    for one in parts[1:]:
        remarks.tell("sheet_joined", one.sheet, name=one.sheet)
    return [_under_its_name(one) for one in parts] or list(sheets[:1])


def points_of(understood: Understood) -> Decimal:
    """Return the weights of a sheet's leaves together, without bonus and penalty."""
    nodes = understood.nodes
    top = [node for node in nodes if node.parent is None and not node.is_adjustment]
    return sum((node.weight or Decimal(0) for node in top), Decimal(0))


def together(parts: Sequence[Understood]) -> Understood:
    """Return several parts as one, each cell with the name of its sheet; a single one as it is."""
    if len(parts) == 1:
        return parts[0]
    nodes: list[SheetNode] = []
    remarks: list[Remark] = []
    notes: list[str] = []
    for part in parts:
        start = len(nodes)
        nodes += [
            replace(
                node,
                place=f"{part.sheet}!{node.place}",
                parent=None if node.parent is None else node.parent + start,
            )
            for node in part.nodes
        ]
        remarks += [replace(one, place=f"{part.sheet}!{one.place}") for one in part.remarks]
        notes += part.notes
    totals = [part.stated_total for part in parts]
    known = [total for total in totals if total is not None]
    return replace(
        parts[0],
        nodes=tuple(nodes),
        remarks=tuple(remarks),
        notes=tuple(notes),
        year=next((part.year for part in parts if part.year), None),
        stated_total=sum(known, Decimal(0)) if len(known) == len(totals) else None,
    )


def _under_its_name(part: Understood) -> Understood:
    """Return a sheet that begins at the second level below an indicator of the sheet's name."""
    roles = set(part.header.roles.values())
    if ColumnRole.LEVEL_1 in roles or ColumnRole.LEVEL_2 not in roles:
        return part
    name, weight = name_and_weight(part.sheet)
    first = SheetNode(
        name=name,
        level=1,
        parent=None,
        row=part.header.first_row,
        place=f"A{part.header.first_row}",
        weight=weight if weight is not None else points_of(part),
        is_leaf=False,
    )
    below = [
        replace(node, level=node.level + 1, parent=0 if node.parent is None else node.parent + 1)
        for node in part.nodes
    ]
    return replace(part, nodes=(first, *below))
