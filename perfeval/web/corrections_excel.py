"""The table of a correction as Excel: reports, changed indicators, and what is not carried over."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from perfeval.corrections.loss_words import describe_loss
from perfeval.corrections.models import CorrectedReport, Correction

_CELL_LIMIT = 32_000
_CHUNK = 200


def excel_of(correction: Correction, rows: QuerySet[CorrectedReport]) -> bytes:
    """Return the Excel file; rows are read and written piece by piece."""
    book = Workbook(write_only=True)
    reports = _sheet(book, _("Reports"), (36, 12, 12, 12, 12, 12, 12, 40, 30))
    leaves = _sheet(book, _("Changed indicators"), (36, 40, 12, 12, 12, 12))
    losses = _sheet(book, _("Not carried over"), (36, 100))
    _append(reports, [str(correction), correction.reason])
    _append(
        reports,
        [
            _("Department"), _("State"), _("Total before"), _("Total after"), _("Difference"),
            _("Grade before"), _("Grade after"), _("Plan"), _("Outcome"),
        ],
        is_heading=True,
    )  # fmt: skip
    _append(
        leaves,
        [
            _("Department"), _("Indicator"), _("Points before"), _("Points after"),
            _("Weight before"), _("Weight after"),
        ],
        is_heading=True,
    )  # fmt: skip
    _append(losses, [_("Department"), _("What has no place any more")], is_heading=True)
    for item in rows.iterator(chunk_size=_CHUNK):
        department = item.report.department.name
        _append(
            reports,
            [
                department, item.get_state_display(), item.old_total, item.new_total,
                item.new_total - item.old_total, item.old_grade, item.new_grade,
                item.get_plan_display(), item.get_outcome_display(),
            ],
        )  # fmt: skip
        for leaf in item.changes:
            numbers = (
                leaf[key] for key in ("old_points", "new_points", "old_weight", "new_weight")
            )
            _append(leaves, [department, leaf["name"], *(_number(one) for one in numbers)])
        for loss in item.losses:
            _append(losses, [department, describe_loss(loss)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book: Workbook, title: str, widths: Iterable[int]) -> object:
    sheet = book.create_sheet(title)
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    return sheet


def _number(text: str | None) -> Decimal | str:
    return "" if text is None else Decimal(text)


def _append(sheet: object, values: Sequence[object], *, is_heading: bool = False) -> None:
    """Write a row as numbers and text; a text that begins like a formula stays a text."""
    cells = []
    for value in values:
        is_number = isinstance(value, Decimal)
        text = value if is_number else ILLEGAL_CHARACTERS_RE.sub("", str(value))[:_CELL_LIMIT]
        cell = WriteOnlyCell(sheet, text)
        if not is_number:
            cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        cell.font = Font(bold=is_heading)
        cells.append(cell)
    sheet.append(cells)  # type: ignore[attr-defined]
