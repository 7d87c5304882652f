"""The score sheet cut into pages: merged labels go on with （续）, a row longer than a page is continued."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from perfeval.documents.document import Align, ScoreRow, ScoreSheet
from perfeval.documents.tables import CONTINUED, GRID_PT, PrintedCell, PrintedRow, slices
from perfeval.text.ties import LANDSCAPE_WIDTH_PT, CellStyle, count_lines, row_height

SHEET_TABLE = CellStyle(size=9, pitch=11.3, padding=1.75, width=LANDSCAPE_WIDTH_PT)
_HEIGHT_PT = 442.2
#: Height of the mark and the title line(s) above the first page's table, in pt.
_MARK_PT, _TITLE_PT, _TITLE_GAP_PT = GRID_PT, 34.0, 12.0
_NAME_COLUMNS = 3
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class SheetPage:
    """One page of the score sheet: its leaves, and on the last page the closing lines.

    ``first_row`` counts the rows before.
    """

    first_row: int
    rows: tuple[PrintedRow, ...]
    closing: tuple[PrintedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A row, or the part of a long one, with its height in pt."""

    row: ScoreRow
    height: float


def sheet_cuts(sheet: ScoreSheet) -> list[int]:
    """Return the rows that begin a page, after the first, by an estimate of their heights; see ``sheet_pages``."""
    widths = [column.width for column in sheet.columns]
    first_room, room = _rooms(sheet)
    end = 2 * row_height([""] * len(widths), widths, SHEET_TABLE)
    pieces = _pieces(sheet)
    cuts: list[int] = []
    page: list[_Piece] = []
    for index, piece in enumerate(pieces):
        needed = _height([*page, piece], widths) + (end if index == len(pieces) - 1 else 0)
        if page and needed > (room if cuts else first_room):
            cuts.append(index)
            page = []
        page.append(piece)
    return cuts


def sheet_pages(sheet: ScoreSheet, cuts: Sequence[int]) -> list[SheetPage]:
    """Return the score sheet cut before each of the rows ``cuts``.

    A row that is longer than a page counts as several. The closing lines never stand alone: a page that would begin
    with them begins with the last row.
    """
    rows = printed_rows(sheet)
    starts = sorted({min(cut, len(rows) - 1) for cut in cuts})
    pages = []
    for start, end in pairwise([0, *starts, len(rows)]):
        before = rows[start - 1] if start else None
        closing = _closing_rows(sheet) if end == len(rows) else ()
        pages.append(SheetPage(start, tuple(_rows(rows[start:end], before, sheet)), closing))
    return pages


def printed_rows(sheet: ScoreSheet) -> list[ScoreRow]:
    """Return the rows as they are printed: one that is longer than a page is several."""
    return [piece.row for piece in _pieces(sheet)]


def _rooms(sheet: ScoreSheet) -> tuple[float, float]:
    """Return the height in pt for rows on the first page and on every other."""
    widths = [column.width for column in sheet.columns]
    head = row_height([one.heading for one in sheet.columns], widths, SHEET_TABLE)
    room = _HEIGHT_PT - head - 2
    return room - _MARK_PT - _TITLE_PT * len(sheet.title_lines) - _TITLE_GAP_PT, room


def _texts(row: ScoreRow) -> tuple[str, ...]:
    return (
        row.primary,
        row.secondary,
        row.tertiary,
        row.standard,
        row.weight,
        row.points,
        row.reason,
    )


def _own_height(row: ScoreRow, widths: Sequence[int]) -> float:
    """Return the height of a row without the labels that it may share with others."""
    return row_height(("", "", *_texts(row)[2:]), widths, SHEET_TABLE)


def _height(chunk: Sequence[_Piece], widths: Sequence[int]) -> float:
    """Return the height of rows that stand below each other, with labels that are taller than their rows."""
    total = sum(piece.height for piece in chunk)
    taller = 0.0
    for column in range(_NAME_COLUMNS - 1):
        extra, start = 0.0, 0
        while start < len(chunk):
            path = _path(chunk[start].row, column)
            end = start
            while end < len(chunk) and _path(chunk[end].row, column) == path:
                end += 1
            lines = count_lines(path[-1] + CONTINUED, widths[column], SHEET_TABLE)
            label = lines * SHEET_TABLE.pitch + 2 * SHEET_TABLE.padding
            extra += max(0.0, label - sum(piece.height for piece in chunk[start:end]))
            start = end
        taller = max(taller, extra)
    return total + taller


def _pieces(sheet: ScoreSheet) -> list[_Piece]:
    widths = [column.width for column in sheet.columns]
    first_room, _ = _rooms(sheet)
    return [piece for row in sheet.rows for piece in _pieces_of(row, widths, first_room)]


def _pieces_of(row: ScoreRow, widths: Sequence[int], room: float) -> Iterator[_Piece]:
    """Yield the row, or several when its text is longer than a page."""
    height = _own_height(row, widths)
    if height <= room:
        yield _Piece(row, height)
        return
    lines = int((room - 2 * SHEET_TABLE.padding) / SHEET_TABLE.pitch)
    standards = slices(row.standard, widths[3], lines, SHEET_TABLE)
    reasons = slices(row.reason, widths[6], lines, SHEET_TABLE)
    for index in range(max(len(standards), len(reasons), 1)):
        piece = replace(
            row,
            tertiary=row.tertiary[:_LONGEST_NAME] + (CONTINUED if index else ""),
            weight="" if index else row.weight,
            points="" if index else row.points,
            standard=standards[index] if index < len(standards) else "",
            reason=reasons[index] if index < len(reasons) else "",
        )
        yield _Piece(piece, min(room, _own_height(piece, widths)))


def _path(row: ScoreRow, column: int) -> tuple[str, ...]:
    return (row.primary, row.secondary, row.tertiary)[: column + 1]


def _rows(
    rows: Sequence[ScoreRow], before: ScoreRow | None, sheet: ScoreSheet
) -> Iterator[PrintedRow]:
    """Yield the rows of one page; ``before``: the last row of the page before."""
    aligns = [column.align.value for column in sheet.columns]
    for index, row in enumerate(rows):
        cells: list[PrintedCell] = []
        depth = 3 if row.tertiary else 2 if row.secondary else 1
        for column in range(depth):
            path = _path(row, column)
            span, label, align = 1, path[-1], aligns[column]
            column_span = _NAME_COLUMNS - column
            if column < depth - 1:
                if index and _path(rows[index - 1], column) == path:
                    continue
                while index + span < len(rows) and _path(rows[index + span], column) == path:
                    span += 1
                if not index and before is not None and _path(before, column) == path:
                    label += CONTINUED
                align, column_span = Align.CENTER.value, 1
            cells.append(PrintedCell(label, column, align, span, column_span))
        for column, text in enumerate(_texts(row)[_NAME_COLUMNS:], start=_NAME_COLUMNS):
            cells.append(PrintedCell(text, column, aligns[column]))
        yield PrintedRow(tuple(cells))


def _closing_rows(sheet: ScoreSheet) -> tuple[PrintedRow, ...]:
    values = ("", sheet.total_weight, sheet.total_points, "")
    total = [PrintedCell(sheet.total_label, 0, column_span=_NAME_COLUMNS)]
    total += [PrintedCell(text, column) for column, text in enumerate(values, start=_NAME_COLUMNS)]
    if not sheet.grade:
        return (PrintedRow(tuple(total), is_total=True),)
    rest = len(sheet.columns) - _NAME_COLUMNS
    grade = (
        PrintedCell(sheet.grade_label, 0, column_span=_NAME_COLUMNS),
        PrintedCell(sheet.grade, _NAME_COLUMNS, column_span=rest),
    )
    return PrintedRow(tuple(total), is_total=True), PrintedRow(grade, is_total=True)
