"""An Excel file as sheets of cells. Bounded, whatever the file claims to be."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from perfeval.reading.bounds import MOST_WORKBOOK_BYTES
from perfeval.reading.refusals import WorkbookRefused
from perfeval.sheets.grid import Grid, Place, Range, Value, as_text

#: What the parts but pictures unpack to, in bytes.
MOST_UNPACKED = 24 * 1024 * 1024
#: Cells of all sheets, formatted empty ones included; the longest text of one cell in Excel.
MOST_CELLS = 100_000
MOST_SHEETS = 60
MOST_PARTS = 2_000
LONGEST_TEXT = 32_767

_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_FORMULA = re.compile(rb'<(?:\w+:)?c\b[^>]*\br="([A-Z]{1,3}[0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f[\s>/]')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z0-9:]{2,21})"')
#: Excel's way to keep a character that XML cannot hold, such as a carriage return.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_LIKE_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_NOT_XML = re.compile("[\ufffe\uffff]")


def read_workbook(data: bytes) -> tuple[Grid, ...]:
    """Return the sheets of an Excel file, formulas as the values they last showed.

    Raises: WorkbookRefused with the code ``old-format``, ``not-excel``, ``too-large``,
    ``too-many-cells``, ``broken`` or ``empty``.
    """
    formulas_by_sheet = _examined(data)
    try:
        book = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        sheets = book.worksheets[:MOST_SHEETS]
        paths = _paths_of_sheets(data)
        grids = tuple(
            _grid(sheet, formulas_by_sheet.get(paths.get(sheet.title, ""), frozenset()))
            for sheet in sheets
        )
    except Exception as error:  # a broken file fails anywhere in the library, in any way
        raise WorkbookRefused("broken") from error
    if not any(grid.cells for grid in grids):
        raise WorkbookRefused("empty")
    return grids


def _examined(data: bytes) -> dict[str, frozenset[Place]]:
    """Return the formula cells by the sheet's part of the file, after measuring all of it.

    Raises: WorkbookRefused before anything large is unpacked.
    """
    if data.startswith(_OLD_FORMAT):
        raise WorkbookRefused("old-format")
    if len(data) > MOST_WORKBOOK_BYTES:
        raise WorkbookRefused("too-large", megabytes=str(MOST_WORKBOOK_BYTES // 1024 // 1024))
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise WorkbookRefused("not-excel")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _examined_parts(archive)
    except WorkbookRefused:
        raise
    except Exception as error:  # encrypted, cut off, an unknown compression …
        raise WorkbookRefused("broken") from error


def _examined_parts(archive: zipfile.ZipFile) -> dict[str, frozenset[Place]]:
    members = archive.infolist()
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= {one.filename for one in members}:
        raise WorkbookRefused("not-excel")
    parts = [one for one in members if one.filename.endswith((".xml", ".rels"))]
    if len(members) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
        raise WorkbookRefused("too-large", megabytes=str(MOST_WORKBOOK_BYTES // 1024 // 1024))
    formulas: dict[str, frozenset[Place]] = {}
    cells = 0
    for part in parts:
        text = archive.read(part)
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\x00" in text[:200]:
            raise WorkbookRefused("broken")
        if part.filename.startswith("xl/worksheets/"):
            found = islice(_CELL.finditer(text), MOST_CELLS + 1)
            cells += sum(1 for _ in found) + _merged_cells(text)
            if cells > MOST_CELLS:
                raise WorkbookRefused("too-many-cells", most=f"{MOST_CELLS:,}")
            formulas[part.filename] = frozenset(_formulas(text))
    return formulas


def _formulas(text: bytes) -> Iterator[Place]:
    for found in _FORMULA.finditer(text):
        left, top, _, _ = range_boundaries(found[1].decode())
        if left and top:
            yield top, left


def _merged_cells(text: bytes) -> int:
    """Return how many cells the merged blocks hold: the library makes one object for each."""
    count = 0
    for found in _MERGED.finditer(text):
        left, top, right, bottom = (one or 0 for one in range_boundaries(found[1].decode()))
        count += (right - left + 1) * (bottom - top + 1)
    return count


def _paths_of_sheets(data: bytes) -> dict[str, str]:
    """Return the part of the file that each sheet stands in, by the sheet's name."""
    from openpyxl.reader.excel import ExcelReader  # noqa: PLC0415 - its own way to the parts

    reader = ExcelReader(io.BytesIO(data), keep_links=False)
    reader.read_manifest()
    reader.read_workbook()
    return {
        sheet.name: relation.target.removeprefix("/")
        for sheet, relation in reader.parser.find_sheets()
    }


def _grid(sheet: Worksheet, formulas: frozenset[Place]) -> Grid:
    """Return the cells of one sheet that hold anything."""
    cells: dict[Place, Value] = {}
    # The rectangle of all rows may reach a million rows down; this holds only cells that exist.
    for place, cell in sheet._cells.items():  # noqa: SLF001
        value = None if isinstance(cell, MergedCell) else _value(cell)
        if value is not None and value != "":
            cells[place] = value
    merged = tuple(
        Range(block.min_row, block.min_col, block.max_row, block.max_col)
        for block in sheet.merged_cells.ranges
    )
    hidden_columns: set[int] = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden:
            hidden_columns |= set(range(dimension.min or 0, min(dimension.max or 0, 200) + 1))
    return Grid(
        name=sheet.title,
        cells=cells,
        merged=merged,
        formulas=formulas,
        hidden_rows=frozenset(
            number for number, dimension in sheet.row_dimensions.items() if dimension.hidden
        ),
        hidden_columns=frozenset(hidden_columns),
        is_hidden=sheet.sheet_state != "visible",
    )


def _shown_date(value: datetime | date | time, look: str) -> str:
    """Return a date as its cell shows it: in Chinese where its format says so, else by ISO 8601, without midnight."""
    if isinstance(value, time):
        return value.isoformat()
    day = "日" in look or not ("年" in look or "月" in look)
    parts = (f"{value.year}年" if "年" in look else "", f"{value.month}月", f"{value.day}日" * day)
    shown = "".join(parts) if "年" in look or "月" in look else f"{value:%Y-%m-%d}"
    if isinstance(value, datetime) and value.time() != time():
        return f"{shown} {value.time().isoformat()}"
    return shown


def _value(cell: Any) -> Value | None:
    """Return what a cell says; a number exactly as Excel shows it with 15 digits."""
    value: Any = cell.value
    if value is None:
        return None
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int | float):
        # Excel keeps binary numbers and shows 15 digits of them: 0.1 + 0.2 is 0.3 on the sheet.
        number = Decimal(f"{value:.15g}")
        if not number.is_finite() or number.copy_abs() > Decimal("1E+15"):
            return str(value)
        return f"{as_text(number * 100)}%" if "%" in (cell.number_format or "") else number
    if isinstance(value, datetime | date | time):
        return _shown_date(value, cell.number_format or "")
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text)
