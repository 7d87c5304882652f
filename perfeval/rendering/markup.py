"""Turn a ReportDocument into the HTML that is laid out for print.

Here tables get their merged cells and their heights, the score sheet is cut into pages, and characters that must stay
together are tied. Nothing is computed from figures. Every string is escaped by the template.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from django.template.loader import render_to_string

from perfeval.rendering.document import (
    Align,
    Heading,
    Paragraph,
    ReportDocument,
    ScoreRow,
    ScoreSheet,
    Table,
)

#: Line pitch of the body in pt: 225 mm in 22 lines, a hair less so that 22 always fit.
GRID_PT = 28.99
#: Width of the type area in pt, upright (156 mm) and landscape (225 mm).
PORTRAIT_WIDTH_PT, LANDSCAPE_WIDTH_PT = 442.2, 637.79
LANDSCAPE_HEIGHT_PT = 442.2
#: Pitch of a title line, and the blank grid lines that follow the title.
TITLE_PITCH_PT = 34.0

_CONTINUED = "（续）"
_WORD_JOINER, _BREAK_ALLOWED = "\u2060", "\u200b"
_INVISIBLE = frozenset((_WORD_JOINER, _BREAK_ALLOWED))
_UNITS = (
    "万平方米|平方公里|平方米|个百分点|百分点|万人次|万余元|亿元|万元|人次|名次|场次|分钟|小时|公里|余万|余人|余场|"
    "万余|万人|万个|年度|周年|万|亿|余|多|[\u4e00-\u9fff]"
)
_MEASURE = re.compile(rf"(第|表|图|附件)?(\d[\d,.]*(?:%|％|‰)?)({_UNITS})?")
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
SHEET_TABLE = CellStyle(size=9, pitch=11.3, padding=1.8, width=LANDSCAPE_WIDTH_PT)

_THIN = frozenset(".,:;'|!()[]ijlft ")
_FAT = frozenset("mwMW%@&")
#: What may not start or end a line goes down or up with its neighbour.
_NO_START = frozenset("，。、；：？！）》〉」』】〕”’％·…—,.;:?!)]}%")
_NO_END = frozenset("（《〈「『【〔“‘([{")


def measure_em(text: str) -> float:
    """Return about how wide ``text`` runs, in characters; rather too wide than too narrow."""
    total = 0.0
    for character in text:
        if character in _INVISIBLE:
            continue
        if not character.isascii():
            total += 1.0
        elif character.isdigit():
            total += 0.5
        elif character in _THIN:
            total += 0.4
        elif character in _FAT:
            total += 1.0
        elif character.isupper():
            total += 0.78
        else:
            total += 0.56
    return total


def _unbreakable(text: str) -> Iterator[str]:
    """Yield the pieces of a tied text between which a line may break."""
    piece = ""
    for character in text:
        if character == _BREAK_ALLOWED:
            if piece:
                yield piece
            piece = ""
            continue
        last = piece[-1:]
        joined = (
            not piece
            or _WORD_JOINER in (character, last)
            or (character.isascii() and last.isascii() and " " not in (character, last))
            or character in _NO_START
            or last in _NO_END
        )
        if joined:
            piece += character
        else:
            yield piece
            piece = character
    if piece:
        yield piece


def count_lines(text: str, width: float, style: CellStyle) -> int:
    """Return how many lines ``text`` takes in a cell ``width`` percent wide."""
    room = max(1.0, (style.width * width / 100 - 2 * style.side - 0.5) / style.size)
    lines, used = 1, 0.0
    for piece in _unbreakable(tie(text)):
        ems = measure_em(piece)
        if used and used + ems > room:
            lines, used = lines + 1, 0.0
        if ems > room:
            extra = math.ceil(ems / max(1.0, room - 1)) - 1
            lines, used = lines + extra, room
        else:
            used += ems
    return lines


def row_height(texts: Sequence[str], widths: Sequence[float], style: CellStyle) -> float:
    """Return the height of a row in pt, its lower rule included."""
    lines = max(
        (count_lines(text, width, style) for text, width in zip(texts, widths, strict=True)),
        default=1,
    )
    return lines * style.pitch + 2 * style.padding


# --- Body tables --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TableView:
    """A body table, or the part of one that stands on one page, ready for the template.

    ``position`` counts the document's tables, ``first_row`` the rows before this part.
    """

    position: int
    caption: str
    unit: str
    widths: tuple[int, ...]
    head: Row
    rows: tuple[Row, ...]
    first_row: int
    gap: float
    is_short: bool
    kind: str = "table"

    @property
    def is_continued(self) -> bool:
        """Return whether the table began on an earlier page."""
        return self.first_row > 0


#: A table up to this height moves to the next page rather than being cut.
_UNCUT_PT = 9 * GRID_PT


def table_views(table: Table, position: int, cuts: Sequence[int] = ()) -> Iterator[TableView]:
    """Yield the table, cut before each of the rows ``cuts``, with merged cells and repeated labels.

    The gap after it brings the text back to the grid.
    """
    widths = tuple(column.width for column in table.columns)
    headings = [column.heading for column in table.columns]
    head = Row(
        tuple(Cell(heading, _edge(index, "center")) for index, heading in enumerate(headings)),
        row_height(headings, widths, BODY_TABLE),
    )
    edges = [0, *cuts, len(table.rows)]
    for start, end in pairwise(edges):
        rows = tuple(_body_rows(table, start, end, widths))
        height = head.height + sum(row.height for row in rows)
        yield TableView(
            position=position,
            caption=table.caption,
            unit=table.unit,
            widths=widths,
            head=head,
            rows=rows,
            first_row=start,
            gap=round(math.ceil(round(height / GRID_PT, 3)) * GRID_PT - height, 3),
            is_short=not cuts and height <= _UNCUT_PT,
        )


def _body_rows(table: Table, start: int, end: int, widths: Sequence[int]) -> Iterator[Row]:
    """Yield the rows from ``start`` to ``end``; a merged label that began earlier is repeated with （续）."""
    first_total = len(table.rows) - table.total_rows
    for index in range(start, end):
        texts = table.rows[index]
        cells: list[Cell] = []
        measured = list(texts)
        is_total = index >= first_total
        column = 0
        while column < len(texts):
            text, row_span, column_span = texts[column], 1, 1
            css = table.columns[column].align.value
            if column < table.merged_columns:
                css = Align.CENTER.value
                if is_total and texts[column + 1] == text:
                    column_span = 2
                elif not is_total:
                    prefix = texts[: column + 1]
                    if index > start and table.rows[index - 1][: column + 1] == prefix:
                        measured[column] = ""
                        column += 1
                        continue
                    if index and table.rows[index - 1][: column + 1] == prefix:
                        text += _CONTINUED
                    last = min(end, first_total)
                    while (
                        index + row_span < last
                        and table.rows[index + row_span][: column + 1] == prefix
                    ):
                        row_span += 1
                if row_span > 1 or column_span > 1:
                    # A merged label has the room of all its rows.
                    measured[column] = ""
            cells.append(Cell(tie(text), _edge(column, css), row_span, column_span))
            column += column_span
        yield Row(
            tuple(cells), row_height(measured, widths, BODY_TABLE), "total" if is_total else ""
        )


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
    first_room = (
        room - _SHEET_MARK_PT - _SHEET_TITLE_PT * len(sheet.title_lines) - _SHEET_TITLE_GAP_PT
    )
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
    return (
        row.primary,
        row.secondary,
        row.tertiary,
        row.standard,
        row.weight,
        row.points,
        row.reason,
    )


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


def _sheet_rows(
    chunk: list[tuple[ScoreRow, float]], before: ScoreRow | None, sheet: ScoreSheet
) -> list[Row]:
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
                while (
                    index + span < len(chunk) and _paths(chunk[index + span][0], column) == prefix
                ):
                    span += 1
            goes_on = index == 0 and before is not None and not is_leaf
            label = path[column]
            if goes_on and before is not None and _paths(before, column) == path[: column + 1]:
                label += _CONTINUED
            css = _edge(column, aligns[column].value if is_leaf else Align.CENTER.value)
            cells.append(
                Cell(
                    label, css, row_span=span, column_span=_NAME_COLUMNS - column if is_leaf else 1
                )
            )
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


BlockView = HeadingView | ParagraphView | TableView


def _views(document: ReportDocument, cuts: Mapping[int, Sequence[int]]) -> Iterator[BlockView]:
    tables = 0
    for block in document.blocks:
        match block:
            case Heading():
                yield HeadingView(block.level, f"{block.number}{block.text}")
            case Paragraph():
                yield ParagraphView(tie(block.text), block.is_pending)
            case Table():
                yield from table_views(block, tables, cuts.get(tables, ()))
                tables += 1


def _title_block(lines: int) -> dict[str, float]:
    """Return the padding that makes the title and the blank line after it a whole number of grid lines."""
    height = lines * TITLE_PITCH_PT
    total = math.ceil((height + 0.9 * GRID_PT) / GRID_PT) * GRID_PT
    return {"above": 4.0, "below": round(total - height - 4.0, 3)}


def as_html(
    document: ReportDocument, *, created_at: str, cuts: Mapping[int, Sequence[int]] | None = None
) -> str:
    """Return the document as one HTML page.

    ``created_at``: the instant written into the file, ISO 8601. ``cuts``: for a body table, by its
    position, the rows that begin a page; known once the document was laid out without them.
    """
    sheet = document.score_sheet
    return render_to_string(
        "report/document.html",
        {
            "document": document,
            "created_at": created_at,
            "blocks": list(_views(document, cuts or {})),
            "title_block": _title_block(len(document.title_lines)),
            "sheet": sheet,
            "sheet_pages": sheet_pages(sheet),
            "sheet_widths": [column.width for column in sheet.columns],
        },
    )
