"""Tables of the body: merged cells, and labels that are repeated with （续） where a page ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from perfeval.documents.document import Align, BodyTable, TableColumn
from perfeval.text.ties import PORTRAIT_WIDTH_PT, CellStyle, row_height

#: Line pitch of the body in pt: 225 mm in 22 lines, a hair less so that 22 always fit.
GRID_PT = 28.99
BODY_TABLE = CellStyle(size=10.5, pitch=GRID_PT / 2, padding=GRID_PT / 8, width=PORTRAIT_WIDTH_PT)
CONTINUED = "（续）"
#: No page ends so near the top of a table, nor leaves fewer of its rows behind: all of it moves to the next page then, and
#: leaves no more than three lines empty.
_TOP_PT, _FEWEST_ROWS = 3 * GRID_PT, 2
#: Room for rows that a page may leave empty for the sake of the lines below the table.
_EMPTY_PT = 3.1 * GRID_PT
#: Height for the rows of a page that has the caption, the unit and a head above them.
_ROOM_PT = 18 * GRID_PT
#: A text up to this length is on a page in the narrowest column.
_NEVER_LONG = 60


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """One cell as the page wants it; ``column`` is its first one."""

    text: str
    column: int
    align: str = Align.CENTER.value
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """One table row. ``is_total``: set as the head is. ``is_kept``: no page ends below it."""

    cells: tuple[PrintedCell, ...]
    is_total: bool = False
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table of the body, or the part of one that stands on one page.

    ``position`` counts the document's tables, ``first_row`` the rows before this part. ``is_watched``: a page
    that ends in it makes it another one, with labels that go on.
    """

    position: int
    caption: str
    unit: str
    widths: tuple[int, ...]
    head: tuple[PrintedCell, ...]
    rows: tuple[PrintedRow, ...]
    first_row: int
    is_watched: bool


def head_cells(columns: Sequence[TableColumn]) -> tuple[PrintedCell, ...]:
    """Return the cells of a table's head."""
    return tuple(PrintedCell(column.heading, place) for place, column in enumerate(columns))


def table_parts(table: BodyTable, position: int, cuts: Sequence[int] = ()) -> Iterator[TablePart]:
    """Yield the table, cut before each of the rows ``cuts``."""
    widths = tuple(column.width for column in table.columns)
    heights = [row_height(row, widths, BODY_TABLE) for row in table.rows]
    head = row_height([column.heading for column in table.columns], widths, BODY_TABLE)
    for start, end in pairwise([0, *cuts, len(table.rows)]):
        ends = _page_ends(table, start, end, GRID_PT + head, heights)
        even = set() if table.merged_columns else _even(ends, start, heights)
        yield TablePart(
            position=position,
            caption=table.caption,
            unit=table.unit,
            widths=widths,
            head=head_cells(table.columns),
            rows=tuple(_rows(table, start, end, even or ends)),
            first_row=start,
            is_watched=not even,
        )


def printed_rows(table: BodyTable) -> BodyTable:
    """Return the table as it is printed: a row that is longer than a page is several, its name with （续）."""
    if not any(len(text) > _NEVER_LONG for row in table.rows for text in row):
        return table
    first_total = len(table.rows) - table.total_rows
    rows = [piece for row in table.rows[:first_total] for piece in _pieces(row, table)]
    return replace(table, rows=(*rows, *table.rows[first_total:]))


def _pieces(row: tuple[str, ...], table: BodyTable) -> Iterator[tuple[str, ...]]:
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


def _page_ends(
    table: BodyTable, start: int, end: int, above: float, heights: Sequence[float]
) -> set[int]:
    """Return the rows from ``start`` to ``end`` that may begin a page. ``above``: height over the first row, in pt."""
    found = set()
    done = above
    for index in range(start + 1, end - _FEWEST_ROWS + 1):
        done += heights[index - 1]
        is_high = start or done >= _TOP_PT
        if is_high and index - start >= _FEWEST_ROWS and not _parts_single_row(table, index):
            found.add(index)
    return found


def _parts_single_row(table: BodyTable, index: int) -> bool:
    """Return whether a page that begins with a row parts a single one from those that share its label."""

    def is_one(first: int, second: int, column: int) -> bool:
        return table.rows[first][: column + 1] == table.rows[second][: column + 1]

    return any(
        is_one(index - 1, index, column)
        and not (
            is_one(max(index - _FEWEST_ROWS, 0), index, column)
            and is_one(index - 1, index + _FEWEST_ROWS - 1, column)
        )
        for column in range(table.merged_columns)
    )


def _even(ends: set[int], start: int, heights: Sequence[float]) -> set[int]:
    """Return those of ``ends`` behind which the rest of the table, below a repeated head, ends on a line of the page.

    None unless enough of them do: the part of the table on the next page must be set anew then.
    """
    found, done, last = set(), 0.0, 0.0
    for index, height in enumerate(heights[start:], start=start):
        if index in ends:
            lines = done / GRID_PT
            if abs(lines - round(lines)) < 1e-3:
                found.add(index)
                last = done
        done += height
        if index + 1 in ends and done - last > _EMPTY_PT + (0 if found else 2 * GRID_PT):
            return set()
    return found


def _rows(table: BodyTable, start: int, end: int, ends: set[int]) -> Iterator[PrintedRow]:
    """Yield the rows from ``start`` to ``end``; a merged label that began earlier is repeated with （续）.

    ``ends``: the rows that may begin a page.
    """
    first_total = len(table.rows) - table.total_rows
    for index in range(start, end):
        texts = table.rows[index]
        cells: list[PrintedCell] = []
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
            cells.append(PrintedCell(text, column, align.value, row_span, column_span))
            column += column_span
        yield PrintedRow(tuple(cells), is_total, is_kept=index + 1 < end and index + 1 not in ends)
