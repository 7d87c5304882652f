"""What was found in checked reports as Excel: one sheet of files, one of findings."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from perfeval.checking.findings import FindingSeverity

_CELL_LIMIT = 32_000


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding as the table and the Excel file show it."""

    number: int
    file: str
    line: int
    severity: str
    severity_name: str
    code: str
    message: str
    excerpt: str
    stated: str
    computed: str


@dataclass(frozen=True, slots=True)
class FileFindings:
    """What was found in one file. ``fault``: why it could not be read, else empty."""

    name: str
    claims: int
    fault: str
    rows: tuple[FindingRow, ...]

    def count(self, severity: FindingSeverity) -> int:
        """Return how many findings have this severity."""
        return sum(row.severity == severity for row in self.rows)

    @property
    def errors(self) -> int:
        """Return how many findings are errors."""
        return self.count(FindingSeverity.ERROR)

    @property
    def warnings(self) -> int:
        """Return how many findings are warnings."""
        return self.count(FindingSeverity.WARNING)

    @property
    def notes(self) -> int:
        """Return how many findings are notes."""
        return self.count(FindingSeverity.NOTE)


def excel_of(files: Sequence[FileFindings]) -> bytes:
    """Return the Excel file: one sheet of files, one of findings."""
    book = Workbook()
    overview = book.active
    overview.title = str(_("Files"))
    findings = book.create_sheet(str(_("Findings")))
    _write(overview, 1, [_("File"), _("Claims read"), _("Findings"), _("Not read because")])
    heads = [
        _("File"),
        _("Line"),
        _("Severity"),
        _("Code"),
        _("What is wrong"),
        _("Stated"),
        _("Follows"),
        _("Text"),
    ]
    _write(findings, 1, heads)
    line = 2
    for number, file in enumerate(files, 2):
        _write(overview, number, [file.name, file.claims, len(file.rows), file.fault])
        for row in file.rows:
            cells = [row.line, row.severity_name, row.code, row.message]
            _write(findings, line, [file.name, *cells, row.stated, row.computed, row.excerpt])
            line += 1
    for sheet, widths in (
        (overview, (50, 12, 12, 60)),
        (findings, (36, 8, 10, 22, 70, 18, 18, 60)),
    ):
        for place, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.freeze_panes = "A2"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: object, line: int, values: Sequence[object]) -> None:
    """Write a row as text and whole numbers; a text that begins like a formula stays a text."""
    for place, value in enumerate(values, 1):
        cell = sheet.cell(line, place)  # type: ignore[attr-defined]
        if isinstance(value, int):
            cell.value = value
        else:
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))[:_CELL_LIMIT]
            cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=True)
