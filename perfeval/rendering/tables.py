"""Tables of the body: merged cells, and labels that are repeated with （续） where a page ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from perfeval.rendering.document import Align, Column, Table
from perfeval.rendering.ties import PORTRAIT_WIDTH_PT, CellStyle, row_height

#: Line pitch of the body in pt: 225 mm in 22 lines, a hair less so that 22 always fit.
GRID_PT = 28.99
BODY_TABLE = CellStyle(size=10.5, pitch=GRID_PT / 2, padding=GRID_PT / 8, width=PORTRAIT_WIDTH_PT)
CONTINUED = "（续）"
#: A table up to this height moves to the next page rather than being cut.
_UNCUT_PT = 9 * GRID_PT
#: Height for the rows of a page that has the caption, the unit and a head above them.
_ROOM_PT = 18 * GRID_PT
#: A text up to this length is on a page in the narrowest column.
_NEVER_LONG = 60


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the page wants it; ``column`` is its first one."""

    text: str
    column: int
    align: str = Align.CENTER.value
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One table row. ``is_total``: set as the head is."""

    cells: tuple[Cell, ...]
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table of the body, or the part of one that stands on one page.

    ``position`` counts the document's tables, ``first_row`` the rows before this part. ``is_short``: it
    moves to the next page rather than being cut.
    """

    position: int
    caption: str
    unit: str
    widths: tuple[int, ...]
    head: tuple[Cell, ...]
    rows: tuple[Row, ...]
    first_row: int
    is_short: bool


def head_cells(columns: Sequence[Column]) -> tuple[Cell, ...]:
    """Return the cells of a table's head."""
    return tuple(Cell(column.heading, place) for place, column in enumerate(columns))


def table_parts(table: Table, position: int, cuts: Sequence[int] = ()) -> Iterator[TablePart]:
    """Yield the table, cut before each of the rows ``cuts``."""
    for start, end in pairwise([0, *cuts, len(table.rows)]):
        yield TablePart(
            position=position,
            caption=table.caption,
            unit=table.unit,
            widths=tuple(column.width for column in table.columns),
            head=head_cells(table.columns),
            rows=tuple(_rows(table, start, end)),
            first_row=start,
            is_short=not cuts and is_short(table),
        )


def printed_rows(table: Table) -> Table:
    """Return the table as it is printed: a row that is longer than a page is several, its name with （续）."""
    if not any(len(text) > _NEVER_LONG for row in table.rows for text in row):
        return table
    first_total = len(table.rows) - table.total_rows
    rows = [piece for row in table.rows[:first_total] for piece in _pieces(row, table)]
    return replace(table, rows=(*rows, *table.rows[first_total:]))


def _pieces(row: tuple[str, ...], table: Table) -> Iterator[tuple[str, ...]]:
    widths = [column.width for column in table.columns]
    if row_height(row, widths, BODY_TABLE) <= _ROOM_PT:
        yield row
        return
    lines = int((_ROOM_PT - 2 * BODY_TABLE.padding) / BODY_TABLE.pitch)
    merged = table.merged_columns
    # The first cell that is the row's own says which row goes on.
    labels = row[: merged + 1]
    parts = [
        slices(text, width, lines, BODY_TABLE)
        for text, width in zip(row[merged + 1 :], widths[merged + 1 :], strict=True)
    ]
    for index in range(max(len(texts) for texts in parts) if parts else 1):
        name = labels[merged][:_NEVER_LONG] + CONTINUED if index else labels[merged]
        values = (texts[index] if index < len(texts) else "" for texts in parts)
        yield (*labels[:merged], name, *values)


def slices(text: str, width: float, lines: int, style: CellStyle) -> list[str]:
    """Cut ``text`` into parts of at most ``lines`` lines in a cell ``width`` percent wide."""
    length = max(1, int((style.room(width) - 2) * lines * 0.95))
    return [text[start : start + length] for start in range(0, len(text), length)] or [""]


def is_short(table: Table) -> bool:
    """Return whether the table is rather moved than cut."""
    widths = [column.width for column in table.columns]
    height = 0.0
    for row in ([column.heading for column in table.columns], *table.rows):
        height += row_height(row, widths, BODY_TABLE)
        if height > _UNCUT_PT:
            return False
    return True


def _rows(table: Table, start: int, end: int) -> Iterator[Row]:
    """Yield the rows from ``start`` to ``end``; a merged label that began earlier is repeated with （续）."""
    first_total = len(table.rows) - table.total_rows
    for index in range(start, end):
        texts = table.rows[index]
        cells: list[Cell] = []
        is_total = index >= first_total
        column = 0
        while column < len(texts):
            text, row_span, column_span = texts[column], 1, 1
            align = table.columns[column].align
            if column < table.merged_columns:
                align = Align.CENTER
                if is_total and texts[column + 1] == text:
                    column_span = 2
                elif not is_total:
                    prefix = texts[: column + 1]
                    if index > start and table.rows[index - 1][: column + 1] == prefix:
                        column += 1
                        continue
                    if index and table.rows[index - 1][: column + 1] == prefix:
                        text += CONTINUED
                    last = min(end, first_total)
                    while (
                        index + row_span < last
                        and table.rows[index + row_span][: column + 1] == prefix
                    ):
                        row_span += 1
            cells.append(Cell(text, column, align.value, row_span, column_span))
            column += column_span
        yield Row(tuple(cells), is_total)
