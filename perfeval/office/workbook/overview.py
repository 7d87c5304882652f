"""An overview of many reports as .xlsx: department, report, state, score, grade, file, checksum."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook

from perfeval.fonts.choice import TypefaceRole
from perfeval.office.workbook.packing import packed
from perfeval.office.workbook.pages import WorkbookPage
from perfeval.office.workbook.wording import wording
from perfeval.scoring.quantity import Rounding, exact

_COLUMNS = 9


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One report of the overview, all but its figures formatted. ``file_name``: empty for one without a file."""

    department: str
    title: str
    state: str
    total: Decimal | None
    full_score: Decimal | None
    grade: str
    file_name: str
    sha256: str


def as_overview(
    rows: Sequence[OverviewRow], *, bureau: str, year: int, created_at: datetime
) -> bytes:
    """Return the overview; reports with a file come first in ``rows``.

    Their mean is a formula; the totals are the stored Results'.
    """
    words = wording()
    title = words["overview_title"].format(bureau=bureau, year=year)
    book = Workbook()
    book.remove(book.worksheets[0])
    page = WorkbookPage(
        book.create_sheet(words["sheet_overview"]), (6, 24, 34, 11, 8, 8, 8, 62, 36)
    )
    page.title(title)
    page.head(words["overview_headings"].split("|"), is_repeated=True)
    first = page.row
    for number, row in enumerate(rows, start=1):
        page.put(1, number)
        page.put(2, row.department, align="left")
        page.put(3, row.title, align="left")
        page.put(4, row.state)
        page.put(5, "" if row.total is None else row.total.normalize())
        page.put(6, "" if row.full_score is None else row.full_score.normalize())
        page.put(7, row.grade)
        page.put(8, row.file_name, align="left")
        if row.file_name:
            page.sheet.cell(page.row, 8).hyperlink = row.file_name
        page.put(9, row.sha256, align="left")
        page.row += 1
    totals = [row.total for row in rows if row.file_name and row.total is not None]
    for column in range(1, _COLUMNS + 1):
        page.put(column, "")
    page.put(2, words["overview_mean"], role=TypefaceRole.HEI)
    if totals:
        mean = sum((exact(total) for total in totals), exact(0)) / len(totals)
        formula = f"ROUND(AVERAGE(E{first}:E{first + len(totals) - 1}),2)"
        page.put(5, Rounding(digits=2).apply(mean), formula=formula, role=TypefaceRole.HEI)
    page.row += 1
    page.set_heights()
    page.set_up_print(is_landscape=True)
    properties = book.properties
    properties.title = title
    properties.created = properties.modified = created_at.replace(microsecond=0, tzinfo=None)
    return packed(book, {page.sheet.title: page.formulas}, created_at=created_at)
