"""An Excel file as a report's text: each sheet's rows as lines, their cells apart by tabs."""

from collections.abc import Iterator, Mapping

import xlrd

from perfeval.reading.limited.workbook import MOST_CELLS, MOST_SHEETS, read_workbook
from perfeval.reading.refusals import ReportUnreadable, WorkbookRefused
from perfeval.sheets.grid import MOST_COLUMNS, Grid, Place

_REASONS = {"too-large": "too-large", "too-many-cells": "too-large", "empty": "empty"}


def workbook_text(data: bytes) -> str:
    """Return the visible sheets of an .xlsx. Raises: ReportUnreadable."""
    try:
        grids = read_workbook(data)
    except WorkbookRefused as refused:
        raise ReportUnreadable(_REASONS.get(refused.code, "broken")) from refused
    return "\n".join(line for grid in grids if not grid.is_hidden for line in _lines_of(grid))


def _lines_of(grid: Grid) -> Iterator[str]:
    cells = {
        place: grid.text(*place)
        for place in grid.cells
        if place[0] not in grid.hidden_rows and place[1] not in grid.hidden_columns
    }
    yield from _lines(grid.name, cells)


def old_workbook_text(data: bytes) -> str:
    """Return the visible sheets of an .xls. Raises: ReportUnreadable."""
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True)
        sheets = [sheet for sheet in book.sheets()[:MOST_SHEETS] if sheet.visibility == 0]
    except Exception as error:  # a broken file fails anywhere in the library, in any way
        is_locked = "ncrypted" in str(error)
        raise ReportUnreadable("encrypted" if is_locked else "broken") from error
    if sum(sheet.row_len(row) for sheet in sheets for row in range(sheet.nrows)) > MOST_CELLS:
        raise ReportUnreadable("too-large")
    return "\n".join(
        line for sheet in sheets for line in _lines(sheet.name, _cells_of(book, sheet))
    )


def _cells_of(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> Mapping[Place, str]:
    """Return what the cells show, rows and columns from 1."""
    found: dict[Place, str] = {}
    for row in range(sheet.nrows):
        for column, cell in enumerate(sheet.row(row)):
            text = _shown(book, cell).strip()
            if text:
                found[row + 1, column + 1] = text
    return found


def _shown(book: xlrd.Book, cell: xlrd.sheet.Cell) -> str:
    """Return a cell as a reader sees it: 15 digits of a number, a day without its time."""
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return str(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            moment = xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (xlrd.XLDateError, OverflowError, ValueError):
            return f"{cell.value:.15g}"
        return f"{moment:%Y-%m-%d}"
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        look = book.format_map.get(book.xf_list[cell.xf_index].format_key)
        is_percent = look is not None and "%" in look.format_str
        return f"{cell.value * 100:.12g}%" if is_percent else f"{cell.value:.15g}"
    return ""


def _lines(name: str, cells: Mapping[Place, str]) -> Iterator[str]:
    """Yield a sheet: its name, titles above the table as plain lines, rows with all their columns."""
    yield name
    width = min(max((column for _, column in cells), default=0), MOST_COLUMNS)
    rows: dict[int, list[str]] = {}
    for (row, column), text in cells.items():
        if column <= width:
            line = rows.setdefault(row, [""] * width)
            line[column - 1] = " ".join(text.split())
    is_table = False
    for row in sorted(rows):
        filled = [text for text in rows[row] if text]
        is_table = is_table or len(filled) > 1
        yield "\t".join(rows[row]) if is_table else filled[0]
    yield ""
