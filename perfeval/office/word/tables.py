"""Tables of the Word file: merged cells, repeated head rows, rows that are not torn.

Written as XML: python-docx walks the whole grid for each cell, which takes a minute for 300 rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from perfeval.documents.document import Align, BodyTable, ScoreRow, ScoreSheet, TableColumn
from perfeval.documents.tables import BODY_TABLE, GRID_PT
from perfeval.office.word.markup import TWIPS_PER_PT, paragraph, safe
from perfeval.office.word.pages import BODY, SHEET
from perfeval.text.ties import row_height

_NAME_COLUMNS = 3
#: A table of the body with at most so many rows moves to the next page rather than being cut.
_SHORT = 6


@dataclass(frozen=True, slots=True)
class TableLook:
    """How a table is set: its paragraph styles, its width and the space inside its cells, in twips."""

    text: str
    head: str
    width: int
    padding: int


# With the rule of half a point a row is as high as in the PDF, so that pages end with the same rows.
_BODY = TableLook("TableText", "TableHead", BODY.text_width, padding=67)
_SHEET = TableLook("SheetText", "SheetHead", SHEET.text_width, padding=30)


@dataclass(frozen=True, slots=True)
class WordCell:
    """One cell of the grid. ``merge``: "" alone, restart the first of several below each other, continue the others."""

    text: str
    align: Align
    span: int = 1
    merge: str = ""


@dataclass(frozen=True, slots=True)
class WordRow:
    """One row. ``is_strong``: set in the type of the head; ``keeps_next``: not parted from the row below."""

    cells: list[WordCell]
    is_strong: bool = False
    keeps_next: bool = False


def body_table(table: BodyTable) -> str:
    """Return a table of the body without its caption."""
    return _table(table.columns, _body_rows(table), _BODY, table.caption)


def space_below(table: BodyTable) -> int:
    """Return the twips below a table of the body after which the text stands on the lines of the page again, as in the PDF."""
    widths = [column.width for column in table.columns]
    # A label that rows share says nothing about the height of one of them.
    rows = [("",) * table.merged_columns + row[table.merged_columns :] for row in table.rows]
    heads = tuple(column.heading for column in table.columns)
    height = sum(row_height(row, widths, BODY_TABLE) for row in (heads, *rows))
    return round((-height % GRID_PT) * TWIPS_PER_PT)


def sheet_table(sheet: ScoreSheet) -> str:
    """Return the score sheet's table with its closing lines."""
    return _table(sheet.columns, _sheet_rows(sheet), _SHEET, sheet.title)


def _body_rows(table: BodyTable) -> Iterator[WordRow]:
    first_total = len(table.rows) - table.total_rows
    paths = [
        [row[: column + 1] for row in table.rows[:first_total]]
        for column in range(table.merged_columns)
    ]
    for index, texts in enumerate(table.rows):
        is_total = index >= first_total
        cells: list[WordCell] = []
        column = 0
        while column < len(texts):
            text, align, span, merge = texts[column], table.columns[column].align, 1, ""
            if column < table.merged_columns:
                align = Align.CENTER
                if is_total and texts[column + 1] == text:
                    span = 2
                elif not is_total:
                    merge = _merge(paths[column], index)
            cells.append(WordCell("" if merge == "continue" else text, align, span, merge))
            column += span
        is_held = len(table.rows) <= _SHORT or index >= first_total - 1
        yield WordRow(cells, keeps_next=is_held and index < len(table.rows) - 1)


def _sheet_rows(sheet: ScoreSheet) -> Iterator[WordRow]:
    aligns = [column.align for column in sheet.columns]
    names = [(row.primary, row.secondary, row.tertiary) for row in sheet.rows]
    paths = [[path[: column + 1] for path in names] for column in range(_NAME_COLUMNS)]
    for index, row in enumerate(sheet.rows):
        depth = sum(1 for name in names[index] if name) or 1
        cells = []
        for column in range(depth):
            if column == depth - 1:
                cells.append(WordCell(names[index][column], aligns[column], _NAME_COLUMNS - column))
            else:
                merge = _merge(paths[column], index)
                text = "" if merge == "continue" else names[index][column]
                cells.append(WordCell(text, Align.CENTER, merge=merge))
        cells += [
            WordCell(text, aligns[place]) for place, text in enumerate(_texts(row), _NAME_COLUMNS)
        ]
        # The closing lines do not begin a page on their own.
        yield WordRow(cells, keeps_next=index == len(sheet.rows) - 1)
    center = Align.CENTER
    closing = [
        WordCell(sheet.total_label, center, _NAME_COLUMNS),
        WordCell("", center),
        WordCell(sheet.total_weight, center),
        WordCell(sheet.total_points, center),
        WordCell("", center),
    ]
    yield WordRow(closing, is_strong=True, keeps_next=bool(sheet.grade))
    if not sheet.grade:
        return
    rest = len(sheet.columns) - _NAME_COLUMNS
    grade = [
        WordCell(sheet.grade_label, center, _NAME_COLUMNS),
        WordCell(sheet.grade, center, rest),
    ]
    yield WordRow(grade, is_strong=True)


def _texts(row: ScoreRow) -> tuple[str, ...]:
    return row.standard, row.weight, row.points, row.reason


def _merge(paths: Sequence[tuple[str, ...]], index: int) -> str:
    """Return how the label at ``index`` joins its equal neighbours above and below."""
    if index and paths[index - 1] == paths[index]:
        return "continue"
    if index + 1 < len(paths) and paths[index + 1] == paths[index]:
        return "restart"
    return ""


def _table(
    columns: Sequence[TableColumn], rows: Iterator[WordRow], look: TableLook, title: str
) -> str:
    widths = _widths([column.width for column in columns], look.width)
    edges = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (
            ("top", look.padding),
            ("left", 70),
            ("bottom", look.padding),
            ("right", 70),
        )
    )
    head = [WordCell(column.heading, Align.CENTER) for column in columns]
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="OfficialTable"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblCellMar>{edges}</w:tblCellMar><w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" '
        'w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
        # What a reading aid calls the table.
        f'<w:tblCaption w:val="{safe(title)}"/></w:tblPr><w:tblGrid>'
        + "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        + "</w:tblGrid>"
        + _row(WordRow(head, keeps_next=True), widths, look.head, is_head=True)
        + "".join(_row(row, widths, look.head if row.is_strong else look.text) for row in rows)
        + "</w:tbl>"
    )


def _row(row: WordRow, widths: Sequence[int], style: str, *, is_head: bool = False) -> str:
    column, inner = 0, []
    kept = "<w:keepNext/>" if row.keeps_next else ""
    for cell in row.cells:
        width = sum(widths[column : column + cell.span])
        column += cell.span
        span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
        merge = f'<w:vMerge w:val="{cell.merge}"/>' if cell.merge else ""
        aligned = f'{kept}<w:jc w:val="{cell.align.value}"/>'
        inner.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/></w:tcPr>'
            f"{paragraph(cell.text, style, properties=aligned)}</w:tc>"
        )
    repeated = "<w:tblHeader/>" if is_head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(inner)}</w:tr>"


def _widths(shares: Sequence[int], whole: int) -> list[int]:
    """Return the columns' widths in twips; together they are the whole."""
    total = sum(shares)
    edges, used = [0], 0
    for share in shares:
        used += share
        edges.append(whole * used // total)
    return [right - left for left, right in pairwise(edges)]
