"""The corpus of workbooks, and how much of each the reader understands.

A book is a TOML file: ``shape`` in words; ``[[sheet]]`` with ``name``, ``rows`` (an empty text is an empty
cell) and ``merged``; or ``[generated]`` for a long one. ``roles`` is what a person said
of the columns. ``[expected]``: ``leaves`` in order, each its names from the first level down (``a|b``:
either), weight and standard; ``told_rows``: rows without an indicator that must be told of; ``faults``:
cells that must be named as faults; ``not_printed``: texts that may stand in no standard of the draft.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import column_index_from_string

from perfeval.reading.limited.workbook import read_workbook
from perfeval.scoring.scheme.reading import SchemeProblems
from perfeval.sheets.columns import ColumnRole
from perfeval.sheets.importing import (
    Head,
    Import,
    NotUnderstood,
    draft_of,
    read_import,
    skeleton,
)
from perfeval.sheets.understood import Remark
from tests.sheets.books import put, saved

FOLDER = Path(__file__).parent / "corpus" / "books"
HEAD = Head("corpus", 1, "体系", "财政局", 2023, "tests")

Book = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One leaf: its names from the first level down, its weight (None: not stated), its standard."""

    names: tuple[str, ...]
    weight: Decimal | None
    standard: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was understood of a book. ``printed``: the standards of its draft."""

    rows: tuple[Row, ...]
    remarks: tuple[Remark, ...] = ()
    printed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many of the expected rows were read right, and with the right weight.

    ``extra``: rows that are no indicators; ``silent``: what should have been told and was not.
    """

    expected: int
    rows: int
    weights: int
    extra: int
    silent: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return self.expected == self.rows == self.weights and not self.extra and not self.silent


def books() -> list[Book]:
    """Return every book with the name of its file."""
    return [
        {**tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal), "file": path.stem}
        for path in sorted(FOLDER.glob("*.toml"))
    ]


def as_workbook(book: Book) -> bytes:
    """Return the Excel file of a book."""
    made = Workbook()
    made.remove(made.active)
    for sheet in [_generated(book["generated"])] if "generated" in book else book["sheet"]:
        rows = [[None if cell == "" else cell for cell in row] for row in sheet["rows"]]
        put(made.create_sheet(sheet["name"]), rows, sheet.get("merged", ()))
    return saved(made)


def expected_rows(book: Book) -> list[Row]:
    """Return the leaves that stand in a book."""
    if "generated" in book:
        rows, above = [], ["", ""]
        for first, second, *rest in _generated(book["generated"])["rows"][1:]:
            above = [first or above[0], second or above[1]]
            rows.append(Row((*above, rest[0]), Decimal(rest[1]), rest[2]))
        return rows
    return [
        Row(tuple(names), None if weight == "" else Decimal(weight), standard)
        for *names, weight, standard in book["expected"]["leaves"]
    ]


def read_book(book: Book) -> Reading:
    """Return what a person gets who imports the book and chooses nothing but what the book says.

    This is the one place that knows how a whole book is read.
    """
    grids = read_workbook(as_workbook(book))
    roles = {
        column_index_from_string(letters): ColumnRole(role)
        for letters, role in book.get("roles", {}).items()
    }
    try:
        found = read_import(grids, skeleton(), roles=roles or None)
    except NotUnderstood:
        return Reading(())
    return Reading(tuple(_rows(found)), found.remarks, tuple(_printed(found)))


def compared(book: Book, reading: Reading) -> Comparison:
    """Return how a reading agrees with what stands in the book."""
    wanted, given = expected_rows(book), list(reading.rows)
    rows = weights = 0
    for row in wanted:
        same = next((one for one in given if _is_same(row, one)), None)
        if same is not None:
            given.remove(same)
            rows += 1
            weights += same.weight == row.weight
    expected = book.get("expected", {})
    places = [one.place for one in reading.remarks]
    silent = [
        f"row {row}"
        for row in expected.get("told_rows", ())
        if not any(row in _rows_named(place) for place in places)
    ]
    faults = {one.place for one in reading.remarks if one.is_fault}
    silent += [cell for cell in expected.get("faults", ()) if cell not in faults]
    silent += [
        f"printed: {text}"
        for text in expected.get("not_printed", ())
        if any(text in one for one in reading.printed)
    ]
    return Comparison(len(wanted), rows, weights, len(given), tuple(silent))


def _is_same(wanted: Row, found: Row) -> bool:
    return (
        len(wanted.names) == len(found.names)
        and all(own in one.split("|") for one, own in zip(wanted.names, found.names, strict=True))
        and wanted.standard == found.standard
    )


def _rows_named(place: str) -> set[int]:
    """Return the rows that a place names: C12, 5, 5–7."""
    numbers = [int(one) for one in re.findall(r"\d+", place)]
    return set(range(numbers[0], numbers[-1] + 1)) if "–" in place else set(numbers)


def _rows(found: Import) -> list[Row]:
    """Return the leaves of an import with the names above them."""
    nodes = [line.node for line in found.lines]
    rows = []
    for node in nodes:
        if node.is_leaf:
            names, parent = [node.name], node.parent
            while parent is not None:
                names.insert(0, nodes[parent].name)
                parent = nodes[parent].parent
            rows.append(Row(tuple(names), node.weight, node.standard))
    return rows


def _printed(found: Import) -> list[str]:
    """Return the standards of the draft, none where it cannot be made."""
    try:
        draft = draft_of(found, HEAD, skeleton())
    except SchemeProblems:
        return []
    return [leaf.standard for leaf in draft.leaves()]


def _generated(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return one long sheet: each name of a group stands in its first row only."""
    rows: list[Sequence[object]] = [("一级指标", "二级指标", "三级指标", "分值", "评分标准")]
    merged = []
    for first in range(1, told["first"] + 1):
        for second in range(1, told["second"] + 1):
            for third in range(1, told["third"] + 1):
                name = f"{first}-{second}-{third}"
                top = third == 1
                rows.append(
                    (
                        f"领域{first}" if top and second == 1 else "",
                        f"方面{first}-{second}" if top else "",
                        f"事项{name}",
                        told["weight"],
                        told["standard"].format(n=name),
                    )
                )
            merged.append(f"B{len(rows) - told['third'] + 1}:B{len(rows)}")
        merged.append(f"A{len(rows) - told['second'] * told['third'] + 1}:A{len(rows)}")
    return {"name": "全部", "rows": rows, "merged": merged}
