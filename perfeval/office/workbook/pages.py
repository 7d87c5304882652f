"""A sheet of the Excel file: cells with their look, formulas with the value that they stand for, print set-up."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from perfeval.fonts.choice import LICENSED_FAMILIES, TypefaceRole
from perfeval.text.ties import measure_em

_THIN = Side(style="thin", color="FF000000")
GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_MM_PER_INCH = 25.4
#: A unit of column width: a digit of the default font.
_CHARACTER_PT = 5.25
#: What was filled in; what is computed is black.
_INPUT_COLOUR = "FF1F4E9E"

_LAST_COLUMN = 16_384
#: What may be done to a sheet whose formulas are locked.
_ALLOWED = (
    "formatCells",
    "formatColumns",
    "formatRows",
    "insertColumns",
    "insertRows",
    "insertHyperlinks",
    "deleteColumns",
    "deleteRows",
    "sort",
    "autoFilter",
)

WAN, RATE, PLAIN, TEXT = "#,##0.00", "0.00%", "General", "@"

Value = Decimal | int | str | None


def font(role: TypefaceRole, size: float, *, is_input: bool = False) -> Font:
    """Return the official font of a role; ``size`` in pt."""
    colour = _INPUT_COLOUR if is_input else "FF000000"
    return Font(name=LICENSED_FAMILIES[role][0], size=size, color=colour)


@dataclass
class WorkbookPage:
    """A sheet with the row that is written next. ``formulas``: what each formula comes to, by its cell."""

    sheet: Worksheet
    widths: Sequence[float]
    row: int = 1
    formulas: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Set the columns' widths, in characters of the default font."""
        for column, width in enumerate(self.widths, start=1):
            self.sheet.column_dimensions[get_column_letter(column)].width = width

    def address(self, column: int, row: int | None = None) -> str:
        """Return a cell's address as another sheet names it: '收支情况'!C5."""
        return f"'{self.sheet.title}'!${get_column_letter(column)}${row or self.row}"

    def title(self, text: str) -> None:
        """Write a title across all columns."""
        self.sheet.merge_cells(
            start_row=self.row, end_row=self.row, start_column=1, end_column=len(self.widths)
        )
        cell = self.sheet.cell(self.row, 1, text)
        cell.font = font(TypefaceRole.XIAOBIAOSONG, 18)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        self.sheet.row_dimensions[self.row].height = 36
        self.row += 1

    def line(
        self,
        text: str,
        *,
        align: str = "left",
        role: TypefaceRole = TypefaceRole.SONG,
        size: float = 10.5,
    ) -> None:
        """Write one line of text across all columns: a unit, a caption, a note."""
        self.sheet.merge_cells(
            start_row=self.row, end_row=self.row, start_column=1, end_column=len(self.widths)
        )
        cell = self.sheet.cell(self.row, 1, safe(text))
        cell.font = font(role, size)
        cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
        self.row += 1

    def head(self, headings: Sequence[str], *, is_repeated: bool = False) -> None:
        """Write the head row; ``is_repeated``: it stands again on each printed page and never scrolls away."""
        for column, heading in enumerate(headings, start=1):
            cell = self.sheet.cell(self.row, column, safe(heading))
            cell.font, cell.border = font(TypefaceRole.HEI, 10.5), GRID
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        if is_repeated:
            self.sheet.print_title_rows = f"{self.row}:{self.row}"
            self.sheet.freeze_panes = f"A{self.row + 1}"
        self.row += 1

    def put(
        self,
        column: int,
        value: Value,
        *,
        formula: str = "",
        number_format: str = PLAIN,
        align: str = "center",
        indent: int = 0,
        role: TypefaceRole = TypefaceRole.SONG,
        is_input: bool = False,
        row: int | None = None,
    ) -> str:
        """Write one cell of the current row and return its address.

        ``formula``, without its equals sign, comes to ``value``; without one the value itself is written. ``indent``:
        in steps of about a character.
        """
        at = row or self.row
        cell: Cell = self.sheet.cell(at, column)
        if formula:
            cell.value = f"={formula}"
            self.formulas[cell.coordinate] = value
        elif isinstance(value, str):
            # Set as text: what a person typed never becomes a formula.
            cell.value = safe(value)
            cell.data_type = "s"
        else:
            cell.value = value
        cell.number_format = number_format
        cell.font, cell.border = font(role, 10.5, is_input=is_input), GRID
        cell.alignment = Alignment(
            horizontal=align, vertical="center", wrap_text=True, indent=indent
        )
        return self.address(column, at)

    def merge(self, column: int, start: int, end: int, *, last_column: int | None = None) -> None:
        """Make one cell of several; each keeps its border."""
        if start == end and not last_column:
            return
        self.sheet.merge_cells(
            start_row=start, end_row=end, start_column=column, end_column=last_column or column
        )

    def set_heights(self) -> None:
        """Give each row the height of its text; what only shows a file does not find it out by itself."""
        merged = {area.coord.partition(":")[0]: area for area in self.sheet.merged_cells.ranges}
        for number, cells in enumerate(self.sheet.iter_rows(), start=1):
            if self.sheet.row_dimensions[number].height:
                continue
            height = 0.0
            for cell in cells:
                if not isinstance(cell.value, str) or cell.data_type == "f":
                    continue
                area = merged.get(cell.coordinate)
                if area and area.max_row > area.min_row:
                    continue
                last = area.max_col if area else cell.column
                room = sum(self.widths[cell.column - 1 : last]) * _CHARACTER_PT - 4
                size = float(cell.font.sz)
                lines = math.ceil(measure_em(cell.value) * size * 1.04 / room) or 1
                height = max(height, lines * size * 1.36)
            self.sheet.row_dimensions[number].height = round(max(18.0, height + 6), 1)

    def set_up_print(self, *, is_landscape: bool, mark: str = "") -> None:
        """Set A4, the official margins, one page wide, page numbers on the outer side, a draft's mark above."""
        sheet = self.sheet
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.orientation = "landscape" if is_landscape else "portrait"
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_options.horizontalCentered = True
        top, right, bottom, left = (28, 20, 26, 20) if is_landscape else (37, 26, 35, 28)
        margins = sheet.page_margins
        margins.top, margins.right = top / _MM_PER_INCH, right / _MM_PER_INCH
        margins.bottom, margins.left = bottom / _MM_PER_INCH, left / _MM_PER_INCH
        margins.header = margins.footer = 15 / _MM_PER_INCH
        sheet.HeaderFooter.differentOddEven = True
        # A sheet that is made smaller to fit keeps page numbers of 14 pt.
        sheet.HeaderFooter.scaleWithDoc = False
        number = '&"宋体,Regular"&14— &P —'
        if mark:
            sheet.oddHeader.center.text = sheet.evenHeader.center.text = f'&"黑体,Regular"&14{mark}'
        sheet.oddFooter.right.text = sheet.evenFooter.left.text = number
        sheet.print_area = f"A1:{get_column_letter(len(self.widths))}{max(1, self.row - 1)}"
        sheet.sheet_view.showGridLines = False

    def lock_formulas(self) -> None:
        """Let nobody type over a formula by mistake; everything else stays free, and no password is asked for."""
        free = Protection(locked=False)
        for cells in self.sheet.iter_rows():
            for cell in cells:
                if cell.data_type != "f":
                    cell.protection = free
        for letter in map(get_column_letter, range(1, len(self.widths) + 1)):
            self.sheet.column_dimensions[letter].protection = free
        beside = len(self.widths) + 1
        dimension = self.sheet.column_dimensions[get_column_letter(beside)]
        dimension.min, dimension.max, dimension.protection = beside, _LAST_COLUMN, free
        protection = self.sheet.protection
        protection.sheet = True
        for allowed in _ALLOWED:
            # Excel asks what is forbidden.
            setattr(protection, allowed, False)


def safe(text: str) -> str:
    """Return ``text`` without the control characters that a workbook cannot hold."""
    return "".join(character for character in text if character >= " " or character in "\t\n")


def quoted(text: str) -> str:
    """Return a text as it stands between the quotation marks of a formula."""
    return text.replace('"', '""')
