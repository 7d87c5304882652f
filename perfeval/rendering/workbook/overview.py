"""An overview of many reports as .xlsx: department, total, grade, file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook

from perfeval.rendering.fonts import Role
from perfeval.rendering.workbook.packing import packed
from perfeval.rendering.workbook.pages import Page
from perfeval.rendering.workbook.wording import wording
from perfeval.scoring.quantity import Rounding, exact


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One report of the overview."""

    department: str
    total: Decimal
    full_score: Decimal
    grade: str
    file_name: str


def as_overview(
    rows: Sequence[OverviewRow], *, bureau: str, year: int, created_at: datetime
) -> bytes:
    """Return the overview of at least one report; the mean is a formula, the totals are the stored Results'."""
    words = wording()
    title = words["overview_title"].format(bureau=bureau, year=year)
    book = Workbook()
    book.remove(book.worksheets[0])
    page = Page(book.create_sheet(words["sheet_overview"]), (8, 36, 10, 10, 10, 70))
    page.title(title)
    page.head(words["overview_headings"].split("|"), is_repeated=True)
    first = page.row
    for number, row in enumerate(rows, start=1):
        page.put(1, number)
        page.put(2, row.department, align="left")
        page.put(3, row.total.normalize())
        page.put(4, row.full_score.normalize())
        page.put(5, row.grade)
        page.put(6, row.file_name, align="left")
        page.sheet.cell(page.row, 6).hyperlink = row.file_name
        page.row += 1
    for column in range(1, 7):
        page.put(column, "")
    page.put(2, words["overview_mean"], role=Role.HEI)
    mean = sum((exact(row.total) for row in rows), exact(0)) / len(rows)
    formula = f"ROUND(AVERAGE(C{first}:C{page.row - 1}),2)"
    page.put(3, Rounding(digits=2).apply(mean), formula=formula, role=Role.HEI)
    page.row += 1
    page.set_heights()
    page.set_up_print(is_landscape=True)
    properties = book.properties
    properties.title = title
    properties.created = properties.modified = created_at.replace(microsecond=0, tzinfo=None)
    return packed(book, {page.sheet.title: page.formulas}, created_at=created_at)
