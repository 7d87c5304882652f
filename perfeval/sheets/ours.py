"""A workbook of ours whose main sheet a person may have changed: what it shows, what is new."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from perfeval.scoring.scheme.tree import Indicator, Scheme
from perfeval.sheets.columns import Header
from perfeval.sheets.grid import Grid, as_text
from perfeval.sheets.main_page import SHEET, main_page
from perfeval.sheets.understood import Remarks, SheetNode, Understood, short


def shows(grid: Grid) -> dict[tuple[int, int], str]:
    return {place: as_text(value).strip() for place, value in grid.cells.items() if value != ""}


def shows_of(scheme: Scheme) -> dict[tuple[int, int], str]:
    shown = ((place, as_text(value)) for place, value in main_page(scheme).cells.items())
    return {place: text.strip() for place, text in shown if text.strip()}


def as_understood(scheme: Scheme, main: Understood | None = None) -> Understood:
    """Return the scheme's own indicators as nodes; ``main`` gives the cells they stand in."""
    cells = {node.code: (node.row, node.place) for node in main.nodes if node.code} if main else {}
    nodes: list[SheetNode] = []

    def add(indicator: Indicator, parent: int | None) -> None:
        row, place = cells.get(indicator.code, (0, ""))
        nodes.append(
            SheetNode(
                name=indicator.name,
                level=indicator.level,
                parent=parent,
                row=row,
                place=place,
                weight=indicator.weight,
                standard=indicator.standard,
                evidence=indicator.evidence,
                code=indicator.code,
                is_adjustment=indicator.is_adjustment,
                is_leaf=indicator.is_leaf,
            )
        )
        here = len(nodes) - 1
        for child in indicator.children:
            add(child, here)

    for root in scheme.indicators:
        add(root, None)
    header = main.header if main else Header(1, 1, {}, {}, 0)
    return Understood(SHEET, header, scheme.name, scheme.year, tuple(nodes), ())


def tell_changes(
    lines: Sequence[tuple[SheetNode, str, Mapping[str, Any] | None]],
    kept: Mapping[str, Mapping[str, Any]],
    remarks: Remarks,
) -> None:
    """Tell what the main sheet says otherwise than the rows behind it, row by row."""
    for node, code, was in lines:
        if was is None:
            remarks.tell("main_row_added", node.place, name=node.name)
            continue
        if node.name != was.get("name", ""):
            values = {"code": code, "was": short(was.get("name", "")), "now": short(node.name)}
            remarks.tell("main_name_changed", node.place, **values)
        if (node.weight or Decimal(0)) != was.get("weight"):
            values = {"was": as_text(was.get("weight", Decimal(0)))}
            values["now"] = as_text(node.weight or Decimal(0))
            remarks.tell("main_weight_changed", node.place, name=node.name, **values)
        if node.is_leaf and node.standard != str(was.get("standard", "")).strip():
            remarks.tell("main_standard_changed", node.place, name=node.name)
        if node.is_leaf and node.evidence != str(was.get("evidence", "")).strip():
            remarks.tell("main_evidence_changed", node.place, name=node.name)
    present = {code for _, code, _ in lines}
    for code, was in kept.items():
        if code not in present:
            remarks.tell("main_row_removed", SHEET, name=was.get("name", code))


def place_of(path: str, places: Mapping[str, str]) -> str:
    """Return the cell behind the longest part of ``path`` that is known."""
    while path:
        if path in places:
            return places[path]
        cut = max(path.rfind("."), path.rfind("["))
        path = path[: max(cut, 0)]
    return ""
