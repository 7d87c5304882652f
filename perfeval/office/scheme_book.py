"""A scheme as an Excel workbook: the usual sheet in front, everything else as rows behind it."""

import io
import re
from copy import copy
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from perfeval.scoring.scheme.tree import Scheme
from perfeval.sheets.exporting import pages_of_scheme
from perfeval.sheets.grid import Page, Value, as_text, cell_name
from perfeval.words.rules import meaning_on_sheet

#: The longest text of one cell in Excel.
LONGEST_TEXT = 32_767
_LIKE_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_XML = re.compile("[\ufffe\uffff]")


class TextTooLong(Exception):
    """A text that no cell can hold; ``place`` is the sheet and the cell."""

    def __init__(self, place: str) -> None:
        """Name the place."""
        super().__init__(place)
        self.place = place


def scheme_as_excel(scheme: Scheme) -> bytes:
    """Return the workbook; ``ours.read_ours`` of it gives an equal scheme.

    Raises: TextTooLong for a text that no cell can hold.
    """
    return write_workbook(pages_of_scheme(scheme, meaning_on_sheet))


_SONG, _HEI = "宋体", "黑体"
_LINE = Side(style="thin", color="FF000000")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_QUIET = PatternFill("solid", fgColor="FFF2F2F2")
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
#: Name of a style: font, where the text stands, borders, ground.
_STYLES: dict[str, tuple[Font, Alignment, Border | None, PatternFill | None]] = {
    "title": (Font(name=_HEI, size=18), _CENTRE, None, None),
    "line": (Font(name=_SONG, size=11), _LEFT, None, None),
    "head": (Font(name=_HEI, size=11), _CENTRE, _BOX, _QUIET),
    "group": (Font(name=_SONG, size=11, bold=True), _CENTRE, _BOX, None),
    "name": (Font(name=_SONG, size=11), _CENTRE, _BOX, None),
    "number": (Font(name=_SONG, size=11), _CENTRE, _BOX, None),
    "text": (Font(name=_SONG, size=10), _LEFT, _BOX, None),
    "sum": (Font(name=_SONG, size=11, bold=True), _CENTRE, _BOX, _QUIET),
    "code": (Font(name="Consolas", size=9, color="FF808080"), _LEFT, None, None),
}


def write_workbook(pages: tuple[Page, ...]) -> bytes:
    """Return an Excel file of the pages, A4 landscape, ready to be printed.

    Raises: TextTooLong.
    """
    book = Workbook()
    book.remove(book.active)
    for page in pages:
        _write_page(book.create_sheet(page.name), page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_page(sheet: Worksheet, page: Page) -> None:
    for (row, column), value in page.cells.items():
        _write_cell(sheet.cell(row, column), value, page.name)
    for (row, column), style in page.styles.items():
        font, alignment, border, fill = _STYLES[style]
        cell = sheet.cell(row, column)
        cell.font, cell.alignment = copy(font), copy(alignment)
        if border:
            cell.border = copy(border)
        if fill:
            cell.fill = copy(fill)
    for block in page.merged:
        sheet.merge_cells(
            start_row=block.top,
            start_column=block.left,
            end_row=block.bottom,
            end_column=block.right,
        )
    for column, width in enumerate(page.widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row, height in page.heights.items():
        sheet.row_dimensions[row].height = height
    sheet.freeze_panes = f"A{page.head_row + 1}"
    _set_up_print(sheet, page)


def _write_cell(cell: Any, value: Value, sheet: str) -> None:
    """Write one value; what looks like a formula stays the text that it is."""
    if isinstance(value, Decimal) and len(value.as_tuple().digits) <= 15:
        cell.value = value
        return
    if isinstance(value, bool):
        cell.value = as_text(value)
        return
    text = _NOT_XML.sub("", ILLEGAL_CHARACTERS_RE.sub("", as_text(value)))
    if len(text) > LONGEST_TEXT:
        raise TextTooLong(f"{sheet}!{cell_name(cell.row, cell.column)}")
    cell.value = _LIKE_ESCAPED.sub("_x005F_", text)
    cell.data_type = "s"
    cell.number_format = "@"


def _set_up_print(sheet: Worksheet, page: Page) -> None:
    """Set A4 landscape, one page wide, the head repeated, pages numbered."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{page.head_row}:{page.head_row}"
    sheet.print_options.horizontalCentered = True
    for side, inches in (("left", 0.6), ("right", 0.6), ("top", 0.8), ("bottom", 0.8)):
        setattr(sheet.page_margins, side, inches)
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    if page.printed_columns and page.cells:
        last = max(row for row, _ in page.cells)
        sheet.print_area = f"A1:{get_column_letter(page.printed_columns)}{last}"
