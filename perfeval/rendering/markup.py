"""Turn a ReportDocument into the HTML that is laid out for print.

Here tables get their merged cells and their heights, the score sheet is cut into pages, and characters that must stay
together are tied. Nothing is computed from figures. Every string is escaped by the template.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.template.loader import render_to_string

from perfeval.rendering.document import Align, Heading, Paragraph, ReportDocument, ScoreRow, ScoreSheet, Table

#: Line pitch of the body in pt: 225 mm in 22 lines, a hair less so that 22 always fit.
GRID_PT = 28.99
#: Width of the type area in pt, upright (156 mm) and landscape (225 mm).
PORTRAIT_WIDTH_PT, LANDSCAPE_WIDTH_PT = 442.2, 637.79
LANDSCAPE_HEIGHT_PT = 442.2
#: Pitch of a title line, and the blank grid lines that follow the title.
TITLE_PITCH_PT = 34.0

_CONTINUED = "（续）"
_WORD_JOINER, _BREAK_ALLOWED = "\u2060", "\u200b"
_UNITS = (
    "万平方米|平方公里|平方米|个百分点|百分点|万人次|万余元|亿元|万元|人次|名次|场次|分钟|小时|公里|余万|余人|余场|"
    "万余|万人|万个|年度|周年|万|亿|余|多|[\u4e00-\u9fff]"
)
_MEASURE = re.compile(rf"(第|约|表|图|附件)?(\d[\d,.]*(?:%|％|‰)?)({_UNITS})?")
_QUOTE_OPENS = re.compile(r"(?<=[\u4e00-\u9fff\d])(?=[“‘])")
_QUOTE_CLOSES = re.compile(r"(?<=[”’])(?=[\u4e00-\u9fff\d“‘《（])")


def tie(text: str) -> str:
    """Return ``text`` with invisible marks that keep a figure with its unit and free breaks at quotation marks.

    Neither mark has a glyph, so neither is in the text that is copied from the PDF.
    """

    def joined(match: re.Match[str]) -> str:
        before, number, unit = match.groups()
        parts = [before] if before else []
        parts.append(number)
        parts.extend(unit or "")
        return _WORD_JOINER.join(parts)

    text = _MEASURE.sub(joined, text)
    return _QUOTE_CLOSES.sub(_BREAK_ALLOWED, _QUOTE_OPENS.sub(_BREAK_ALLOWED, text))


# --- Table cells --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as HTML wants it."""

    text: str
    css: str
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One table row with its height in pt."""

    cells: tuple[Cell, ...]
    height: float
    css: str = ""


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How a table is set, all in pt."""

    size: float
    pitch: float
    padding: float
    width: float
    side: float = 3.5


BODY_TABLE = CellStyle(size=10.5, pitch=GRID_PT / 2, padding=GRID_PT / 8, width=PORTRAIT_WIDTH_PT)
SHEET_TABLE = CellStyle(size=9, pitch=11.7, padding=2.4, width=LANDSCAPE_WIDTH_PT)

_THIN = frozenset(".,:;'|!()[]ijlft ")
_FAT = frozenset("mwMW%@&")


def measure_em(text: str) -> float:
    """Return about how wide ``text`` runs, in characters; rather too wide than too narrow."""
    total = 0.0
    for character in text:
        if not character.isascii():
            total += 1.0
        elif character in _THIN:
            total += 0.4
        elif character in _FAT:
            total += 1.0
        elif character.isupper():
            total += 0.78
        else:
            total += 0.56
    return total


def count_lines(text: str, width: float, style: CellStyle) -> int:
    """Return how many lines ``text`` takes at most in a cell ``width`` percent wide."""
    room = max(1.0, (style.width * width / 100 - 2 * style.side - 0.5) / style.size)
    lines = 0
    for part in text.split("\n"):
        ems = measure_em(part)
        # Where a line breaks, up to a character and a half is lost to punctuation that may not start the next.
        lines += 1 if ems <= room else math.ceil(ems / max(1.0, room - (1.5 if room > 4 else 0.5)))
    return lines


def row_height(texts: Sequence[str], widths: Sequence[float], style: CellStyle) -> float:
    """Return the height of a row in pt, its lower rule included."""
    lines = max((count_lines(text, width, style) for text, width in zip(texts, widths, strict=True)), default=1)
    return lines * style.pitch + 2 * style.padding


# --- Body tables --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TableView:
    """A body table ready for the template."""

    caption: str
    unit: str
    widths: tuple[int, ...]
    head: Row
    groups: tuple[tuple[Row, ...], ...]
    gap: float
    is_short: bool
    kind: str = "table"


#: A table up to this height moves to the next page rather than being cut.
_UNCUT_PT = 9 * GRID_PT


def table_view(table: Table) -> TableView:
    """Return the table with merged cells as row groups and the gap that brings the text back to the grid."""
    widths = tuple(column.width for column in table.columns)
    headings = [column.heading for column in table.columns]
    head = Row(
        tuple(Cell(heading, _edge(index, "center")) for index, heading in enumerate(headings)),
        row_height(headings, widths, BODY_TABLE),
    )
    aligns = [column.align for column in table.columns]
    heights = [row_height(row, widths, BODY_TABLE) for row in table.rows]
    groups = []
    first_total = len(table.rows) - table.total_rows
    for start, end in _runs(table.rows, 1 if table.merged_columns else 0):
        rows = []
        for index in range(start, end):
            cells = []
            for column, text in enumerate(table.rows[index]):
                span = 1
                if column < table.merged_columns and index < first_total:
                    prefix = table.rows[index][: column + 1]
                    if index > start and table.rows[index - 1][: column + 1] == prefix:
                        continue
                    while index + span < end and table.rows[index + span][: column + 1] == prefix:
                        span += 1
                css = _edge(column, "center" if column < table.merged_columns else aligns[column].value)
                cells.append(Cell(tie(text), css, row_span=span))
            rows.append(Row(tuple(cells), heights[index], "total" if index >= first_total else ""))
        groups.append(tuple(rows))
    height = head.height + sum(heights)
    return TableView(
        caption=table.caption,
        unit=table.unit,
        widths=widths,
        head=head,
        groups=tuple(groups),
        gap=round(math.ceil(round(height / GRID_PT, 3)) * GRID_PT - height, 3),
        is_short=height <= _UNCUT_PT,
    )


def _runs(rows: Sequence[tuple[str, ...]], columns: int) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the rows that share their first ``columns`` cells; single rows when 0."""
    start = 0
    for index in range(1, len(rows) + 1):
        if index == len(rows) or not columns or rows[index][:columns] != rows[start][:columns]:
            yield start, index
            start = index


def _edge(column: int, css: str) -> str:
    return f"{css} first" if column == 0 else css


# --- Score sheet --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class SheetPage:
    """One page of the score sheet."""

    rows: list[Row] = field(default_factory=list)
    is_first: bool = False
    is_last: bool = False


#: Height of the mark and the title line(s) above the first page's table, in pt.
_SHEET_MARK_PT, _SHEET_TITLE_PT = GRID_PT, 34.0
_SHEET_TITLE_GAP_PT = 12.0
_NAME_COLUMNS = 3


def sheet_pages(sheet: ScoreSheet) -> list[SheetPage]:
    """Return the score sheet cut into pages; a merged label that goes on is repeated with （续）."""
    widths = [column.width for column in sheet.columns]
    head = row_height([column.heading for column in sheet.columns], widths, SHEET_TABLE)
    room = LANDSCAPE_HEIGHT_PT - head - 2
    first_room = room - _SHEET_MARK_PT - _SHEET_TITLE_PT * len(sheet.title_lines) - _SHEET_TITLE_GAP_PT
    closing = 2 * row_height([""] * len(widths), widths, SHEET_TABLE)
    pieces = [piece for row in sheet.rows for piece in _pieces(row, widths, first_room)]
    chunks: list[list[tuple[ScoreRow, float]]] = [[]]
    used, limit = 0.0, first_room
    for index, (row, height) in enumerate(pieces):
        needed = height + (closing if index == len(pieces) - 1 else 0)
        if chunks[-1] and used + needed > limit:
            chunks.append([])
            used, limit = 0.0, room
        chunks[-1].append((row, height))
        used += height
    pages = [
        SheetPage(_sheet_rows(chunk, chunks[number - 1][-1][0] if number else None, sheet))
        for number, chunk in enumerate(chunks)
    ]
    pages[0].is_first = pages[-1].is_last = True
    return pages


def _texts(row: ScoreRow) -> tuple[str, ...]:
    return (row.primary, row.secondary, row.tertiary, row.standard, row.weight, row.points, row.reason)


def _pieces(row: ScoreRow, widths: Sequence[int], room: float) -> Iterator[tuple[ScoreRow, float]]:
    """Yield the row, or several when its text is longer than a page."""
    # The merged labels have the height of all their rows; they count only for a row that stands alone.
    texts = ("", "", *_texts(row)[2:])
    height = row_height(texts, widths, SHEET_TABLE)
    if height <= room:
        yield row, height
        return
    lines = int((room - 2 * SHEET_TABLE.padding) / SHEET_TABLE.pitch)
    standards = _slices(row.standard, widths[3], lines)
    reasons = _slices(row.reason, widths[6], lines)
    for index in range(max(len(standards), len(reasons), 1)):
        piece = replace(
            row,
            tertiary=row.tertiary[:60] + (_CONTINUED if index else ""),
            weight="" if index else row.weight,
            points="" if index else row.points,
            standard=standards[index] if index < len(standards) else "",
            reason=reasons[index] if index < len(reasons) else "",
        )
        yield piece, min(room, row_height(("", "", *_texts(piece)[2:]), widths, SHEET_TABLE))


def _slices(text: str, width: int, lines: int) -> list[str]:
    """Cut ``text`` into parts of at most ``lines`` lines."""
    room = (SHEET_TABLE.width * width / 100 - 2 * SHEET_TABLE.side) / SHEET_TABLE.size - 2
    length = max(1, int(room * lines * 0.95))
    return [text[start : start + length] for start in range(0, len(text), length)] or [""]


def _sheet_rows(chunk: list[tuple[ScoreRow, float]], before: ScoreRow | None, sheet: ScoreSheet) -> list[Row]:
    rows = []
    aligns = [column.align for column in sheet.columns]
    for index, (row, height) in enumerate(chunk):
        cells: list[Cell] = []
        path = (row.primary, row.secondary, row.tertiary)
        depth = 3 if row.tertiary else 2 if row.secondary else 1
        for column in range(depth):
            is_leaf = column == depth - 1
            span = 1
            if not is_leaf:
                prefix = path[: column + 1]
                if index and _paths(chunk[index - 1][0], column) == prefix:
                    continue
                while index + span < len(chunk) and _paths(chunk[index + span][0], column) == prefix:
                    span += 1
            goes_on = index == 0 and before is not None and not is_leaf
            label = path[column]
            if goes_on and before is not None and _paths(before, column) == path[: column + 1]:
                label += _CONTINUED
            css = _edge(column, aligns[column].value if is_leaf else Align.CENTER.value)
            cells.append(Cell(label, css, row_span=span, column_span=_NAME_COLUMNS - column if is_leaf else 1))
        for column, text in enumerate(_texts(row)[_NAME_COLUMNS:], start=_NAME_COLUMNS):
            cells.append(Cell(tie(text), aligns[column].value))
        rows.append(Row(tuple(cells), round(height, 3)))
    return rows


def _paths(row: ScoreRow, column: int) -> tuple[str, ...]:
    return (row.primary, row.secondary, row.tertiary)[: column + 1]


# --- The whole document -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HeadingView:
    """A heading ready for the template."""

    level: int
    text: str
    kind: str = "heading"


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """A paragraph ready for the template."""

    text: str
    is_pending: bool
    kind: str = "paragraph"


def _view(block: Heading | Paragraph | Table) -> HeadingView | ParagraphView | TableView:
    match block:
        case Heading():
            return HeadingView(block.level, f"{block.number}{block.text}")
        case Paragraph():
            return ParagraphView(tie(block.text), block.is_pending)
        case Table():
            return table_view(block)


def _title_block(lines: int) -> dict[str, float]:
    """Return the padding that makes the title and the blank line after it a whole number of grid lines."""
    height = lines * TITLE_PITCH_PT
    total = math.ceil((height + 0.9 * GRID_PT) / GRID_PT) * GRID_PT
    return {"above": 4.0, "below": round(total - height - 4.0, 3)}


def as_html(document: ReportDocument, *, created_at: str) -> str:
    """Return the document as one HTML page. ``created_at``: the instant written into the file, ISO 8601."""
    sheet = document.score_sheet
    return render_to_string(
        "report/document.html",
        {
            "document": document,
            "created_at": created_at,
            "blocks": [_view(block) for block in document.blocks],
            "title_block": _title_block(len(document.title_lines)),
            "sheet": sheet,
            "sheet_pages": sheet_pages(sheet),
            "sheet_widths": [column.width for column in sheet.columns],
        },
    )
