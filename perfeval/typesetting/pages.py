"""A ReportDocument as the plain data that ``markup`` turns into HTML. Nothing is computed from figures."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from perfeval.documents.charts.drawing import as_svg
from perfeval.documents.document import (
    BodyTable,
    Chart,
    Heading,
    Paragraph,
    ReportDocument,
    ScoreSheet,
)
from perfeval.documents.score_sheet import SHEET_TABLE, sheet_cuts, sheet_pages
from perfeval.documents.tables import (
    BODY_TABLE,
    GRID_PT,
    PrintedCell,
    PrintedRow,
    head_cells,
    printed_rows,
    table_parts,
)
from perfeval.text.ties import CellStyle, row_height, tie

Data = dict[str, object]
#: For a table, by its position in the body (``SHEET`` for the score sheet), the rows that begin a page.
Cuts = dict[int, list[int]]
SHEET = -1
_CHART_GAP_PT = 8
#: Stands in a chart where its fonts go.
CHART_FAMILY = "\ue000song\ue000"
#: A row with a cell of more characters than this may go over a page; any other stays whole.
_LONG_CELL = 600
#: Pitch of a title line in pt.
TITLE_PITCH_PT = 34.0


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a document is laid out, to be looked at alone; all of it when left out.

    ``sheet_page``: the position of one page of the score sheet. ``number``: of the first page.
    """

    has_body: bool = True
    has_sheet: bool = True
    sheet_page: int | None = None
    number: int = 1


def first_cuts(document: ReportDocument, part: Part | None = None) -> Cuts:
    """Return the cuts that are known before anything is laid out: those of the score sheet, nearly."""
    if part and not part.has_sheet:
        return {}
    return {SHEET: cuts} if (cuts := sheet_cuts(document.score_sheet)) else {}


def next_cuts(cuts: Cuts, found: Cuts) -> Cuts:
    """Return the cuts to try after ``cuts``, with which the rows ``found`` were seen to begin a page.

    Where a page took less than was thought, what comes after it flows anew: kept, the old cut behind the new one would
    leave a page of a row or two.
    """
    tried = {}
    for table, rows in found.items():
        known = cuts.get(table, [])
        new = next((place for place, row in enumerate(rows) if row not in known), len(rows))
        is_before_known = new < len(rows) and any(row > rows[new] for row in known)
        tried[table] = rows[: new + 1] if is_before_known else rows
    return cuts | tried


def as_data(
    document: ReportDocument,
    *,
    created_at: datetime,
    images: dict[str, str],
    cuts: Cuts,
    part: Part | None = None,
) -> Data:
    """Return the document as data, but for its fonts.

    ``created_at``: in UTC, written into the file. ``images``: SVG by name, behind the pages. ``cuts``: known
    once the document was laid out with ``first_cuts``.
    """
    part = part or Part()
    sheet = document.score_sheet
    return {
        "title": document.title,
        "author": document.author,
        "subject": document.subject,
        "language": document.language,
        "created_at": {
            name: getattr(created_at, name)
            for name in ("year", "month", "day", "hour", "minute", "second")
        },
        "images": images,
        "has_body": part.has_body,
        "has_sheet": part.has_sheet,
        "number": part.number,
        "cover": document.cover,
        "contents": document.contents_title,
        "mark": document.annex_mark,
        "title_lines": document.title_lines,
        "title_height": _title_height(len(document.title_lines)),
        "blocks": list(_blocks(document, cuts)) if part.has_body else [],
        "sheet": {
            "mark": sheet.mark,
            "title_lines": sheet.title_lines,
            "pages": list(_sheet_tables(sheet, cuts.get(SHEET, []), part)),
        },
    }


def _blocks(document: ReportDocument, cuts: Cuts) -> Iterator[Data]:
    tables = depth = 0
    for block in document.blocks:
        match block:
            case Heading():
                # A reader's outline must not skip a level, whatever the scheme's does.
                depth = min(block.level, depth + 1)
                text = f"{block.number}{block.text}"
                yield {"kind": "heading", "level": block.level, "tag": depth, "text": text}
            case Paragraph():
                yield {"kind": "paragraph", "text": tie(block.text)}
            case BodyTable():
                for part in table_parts(printed_rows(block), tables, cuts.get(tables, ())):
                    yield {
                        "kind": "table",
                        "position": part.position,
                        "caption": part.caption,
                        "unit": part.unit,
                        "first_row": part.first_row,
                        "is_watched": part.is_watched,
                        **_grid(part.head, part.rows, part.widths, BODY_TABLE),
                    }
                tables += 1
            case Chart():
                # The typesetter puts the fonts that it found in place of the role.
                svg = as_svg(block.drawing, family=CHART_FAMILY)
                told = block.drawing.description
                # The lines below stand on the lines of the page again.
                lines = math.ceil((block.drawing.height + _CHART_GAP_PT) / Fraction(GRID_PT))
                yield {
                    "kind": "chart",
                    "caption": block.caption,
                    "svg": svg,
                    "told": told,
                    "height": round(lines * GRID_PT, 3),
                }


def _title_height(lines: int) -> float:
    """Return the height in pt of the title and the blank line after it: whole lines of the page."""
    return math.ceil((lines * TITLE_PITCH_PT + 0.9 * GRID_PT) / GRID_PT) * GRID_PT


def _sheet_tables(sheet: ScoreSheet, cuts: Sequence[int], part: Part) -> Iterator[Data]:
    if not part.has_sheet:
        return
    widths = [column.width for column in sheet.columns]
    for place, page in enumerate(sheet_pages(sheet, cuts)):
        if part.sheet_page not in (None, place):
            continue
        yield {
            "position": SHEET,
            "first_row": page.first_row,
            "is_watched": True,
            **_grid(head_cells(sheet.columns), page.rows + page.closing, widths, SHEET_TABLE),
        }


def _grid(
    head: Sequence[PrintedCell], rows: Sequence[PrintedRow], widths: Sequence[int], style: CellStyle
) -> Data:
    """Return a table's cells; figures are tied where the cell has room for them."""

    def cells(row: Sequence[PrintedCell]) -> list[Data]:
        is_long = any(len(cell.text) > _LONG_CELL for cell in row)
        return [
            {
                "text": tie(cell.text, style.room(sum(widths[cell.column :][: cell.column_span]))),
                "is_long": is_long,
                "align": cell.align,
                "column": cell.column,
                "row_span": cell.row_span,
                "column_span": cell.column_span,
            }
            for cell in row
        ]

    def height(row: Sequence[PrintedCell]) -> float:
        # A merged label has the room of all its rows, so it says nothing about one of them.
        texts = [""] * len(widths)
        for cell in row:
            if cell.row_span == cell.column_span == 1:
                texts[cell.column] = cell.text
        return round(row_height(texts, widths, style), 3)

    label_ends = {
        place + cell.row_span - 1
        for place, row in enumerate(rows)
        for cell in row.cells
        if cell.row_span > 1
    }
    return {
        "widths": list(widths),
        "head": {"height": height(head), "cells": cells(head)},
        "rows": [
            {
                "is_total": row.is_total,
                "is_kept": row.is_kept,
                "ends_label": place in label_ends,
                "height": height(row.cells),
                "cells": cells(row.cells),
            }
            for place, row in enumerate(rows)
        ],
    }
