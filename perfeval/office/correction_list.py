"""The table of a correction as Excel: reports, changed indicators, and what is not carried over."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from perfeval.words.corrections import describe_loss

_CELL_LIMIT = 32_000


@dataclass(frozen=True, slots=True)
class CorrectedRow:
    """One report of a correction: its figures before and after, in points, and what is planned and done, in words."""

    department: str
    state: str
    old_total: Decimal
    new_total: Decimal
    old_grade: str
    new_grade: str
    plan: str
    outcome: str
    changes: Sequence[Mapping[str, str | None]]
    losses: Sequence[Mapping[str, Any]]


def excel_of(title: str, reason: str, rows: Iterable[CorrectedRow]) -> bytes:
    """Return the Excel file; rows are taken and written one by one."""
    book = Workbook(write_only=True)
    reports = _sheet(book, _("Reports"), (36, 12, 12, 12, 12, 12, 12, 40, 30))
    leaves = _sheet(book, _("Changed indicators"), (36, 40, 12, 12, 12, 12))
    losses = _sheet(book, _("Not carried over"), (36, 100))
    _append(reports, [title, reason])
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
    for row in rows:
        _append(
            reports,
            [
                row.department, row.state, row.old_total, row.new_total, row.new_total - row.old_total,
                row.old_grade, row.new_grade, row.plan, row.outcome,
            ],
        )  # fmt: skip
        for leaf in row.changes:
            numbers = (
                leaf[key] for key in ("old_points", "new_points", "old_weight", "new_weight")
            )
            _append(
                leaves, [row.department, leaf["name"], *(_number(number) for number in numbers)]
            )
        for loss in row.losses:
            _append(losses, [row.department, describe_loss(loss)])
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
