"""The checked text with its findings marked, the table of findings, and both as Excel."""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.core import signing
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from perfeval.checking.findings import Finding, Severity
from perfeval.web.checking_files import Checked

#: More of a text than this is not shown; the findings are all listed.
MOST_SHOWN = 400_000
_SALT = "perfeval.web.checking"
_DAY = 24 * 3600
_SHEET_LIMIT = 32_000

SEVERITY_NAMES: dict[Severity, Promise] = {
    Severity.ERROR: gettext_lazy("Error"),
    Severity.WARNING: gettext_lazy("Warning"),
    Severity.NOTE: gettext_lazy("Note"),
}


@dataclass(frozen=True, slots=True)
class Row:
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
class Piece:
    """A stretch of the text; ``row`` where it is marked."""

    text: str
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of the checked text with its number."""

    number: int
    pieces: tuple[Piece, ...]


def rows_of(checked: Checked) -> list[Row]:
    """Return the findings of a file as rows, numbered from 1."""
    language = get_language() or "zh"
    return [
        _row(number, checked.name, finding, language)
        for number, finding in enumerate(checked.findings, 1)
    ]


def _row(number: int, file: str, finding: Finding, language: str) -> Row:
    """Return one finding in the active language."""
    return Row(
        number=number,
        file=file,
        line=finding.line,
        severity=str(finding.severity),
        severity_name=str(SEVERITY_NAMES[finding.severity]),
        code=finding.code,
        message=finding.message(language),
        excerpt=finding.excerpt,
        stated=finding.stated,
        computed=finding.computed,
    )


def text_lines(checked: Checked, rows: Sequence[Row]) -> Iterator[TextLine]:
    """Yield the lines of the text that hold anything, findings marked where they stand."""
    marks = _without_overlap(checked.findings, rows)
    offset = 0
    next_mark = 0
    for number, line in enumerate(checked.text[:MOST_SHOWN].split("\n"), 1):
        end = offset + len(line)
        pieces: list[Piece] = []
        position = offset
        while next_mark < len(marks) and marks[next_mark][0] < end:
            start, stop, row = marks[next_mark]
            start = max(start, position)
            pieces.append(Piece(checked.text[position:start]))
            pieces.append(Piece(checked.text[start : min(stop, end)], row))
            position = min(stop, end)
            if stop > end:
                break
            next_mark += 1
        pieces.append(Piece(checked.text[position:end]))
        if line.strip():
            yield TextLine(number, tuple(piece for piece in pieces if piece.text))
        offset = end + 1


def _without_overlap(
    findings: Sequence[Finding], rows: Sequence[Row]
) -> list[tuple[int, int, Row]]:
    """Return the places to mark; of two that overlap only the first, the table has both."""
    marks: list[tuple[int, int, Row]] = []
    for finding, row in zip(findings, rows, strict=True):
        if finding.end > finding.start and (not marks or finding.start >= marks[-1][1]):
            marks.append((finding.start, finding.end, row))
    return marks


def as_token(files: Iterable[tuple[Checked, Sequence[Row]]]) -> str:
    """Return what a download needs, signed, so that the server keeps nothing."""
    payload = [
        {
            "file": checked.name,
            "claims": checked.found.claims if checked.found else 0,
            "fault": checked.fault.message(get_language() or "zh") if checked.fault else "",
            "rows": [
                [
                    row.line,
                    row.severity_name,
                    row.code,
                    row.message,
                    row.stated,
                    row.computed,
                    row.excerpt,
                ]
                for row in rows
            ],
        }
        for checked, rows in files
    ]
    return signing.dumps(payload, salt=_SALT, compress=True)


def excel_of(token: str) -> bytes:
    """Return the Excel file for a token: one sheet of files, one of findings.

    Raises: signing.BadSignature when the token is not ours or older than a day.
    """
    payload = signing.loads(token, salt=_SALT, max_age=_DAY)
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
    for number, file in enumerate(payload, 2):
        _write(overview, number, [file["file"], file["claims"], len(file["rows"]), file["fault"]])
        for row in file["rows"]:
            _write(findings, line, [file["file"], *row])
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
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", str(value))[:_SHEET_LIMIT]
            cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=True)
