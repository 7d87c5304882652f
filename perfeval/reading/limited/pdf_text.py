"""A PDF's text with its tables: characters in lines, cells by the ruled lines around them.

pdfium gives every character with its place and every drawn line; a page without drawn lines is
read as pdfium orders it, which is fast. Places are in PDF points.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pypdfium2 as pdfium
from pypdfium2 import raw

from perfeval.reading.refusals import ReportUnreadable

#: Two lines of a table's ruling nearer than this are one.
_SAME = 3.0
_THIN = 2.5
_MOST_LINES = 6000
_MOST_PAGES = 2000


@dataclass(frozen=True, slots=True)
class _Char:
    """A character and its box; ``order`` is its place in pdfium's reading order."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    order: int

    @property
    def x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        return (self.bottom + self.top) / 2


@dataclass(slots=True)
class _Ruling:
    """The drawn lines of a page: (x, low, high) upright, (y, left, right) level."""

    upright: list[tuple[float, float, float]] = field(default_factory=list)
    level: list[tuple[float, float, float]] = field(default_factory=list)


def pdf_text(data: bytes) -> str:
    """Return the text of all pages, a form feed after each.

    Raises: ReportUnreadable when the file is broken, encrypted or too long.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise ReportUnreadable(
            "encrypted" if "password" in str(error).lower() else "broken"
        ) from error
    try:
        if len(document) > _MOST_PAGES:
            raise ReportUnreadable("too-large")
        return "".join(f"{_page_text(document, number)}\f" for number in range(len(document)))
    except pdfium.PdfiumError as error:
        raise ReportUnreadable("broken") from error
    finally:
        document.close()


def _page_text(document: pdfium.PdfDocument, number: int) -> str:
    """Return the text of one page."""
    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            plain: str = text_page.get_text_range().replace("\r\n", "\n").replace("\ufffe", "")
            ruling = _ruling(page)
            if len(ruling.level) < 3 or len(ruling.upright) < 2:
                return plain
            return _with_tables(_chars(text_page), ruling)
        finally:
            text_page.close()
    finally:
        page.close()


def _ruling(page: pdfium.PdfPage) -> _Ruling:
    """Return the page's straight lines; a thin box counts as one, a wide one as its four edges."""
    found = _Ruling()
    for count, item in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3)):
        if count > _MOST_LINES:
            break
        left, bottom, right, top = item.get_bounds()
        width, height = right - left, top - bottom
        if not _is_drawn_on((left, bottom, right, top), page.get_size()):
            continue
        if height <= _THIN < width:
            found.level.append(((bottom + top) / 2, left, right))
        elif width <= _THIN < height:
            found.upright.append(((left + right) / 2, bottom, top))
        elif width > 8 and height > 8:
            found.level += [(bottom, left, right), (top, left, right)]
            found.upright += [(left, bottom, top), (right, bottom, top)]
    return found


def _is_drawn_on(box: tuple[float, float, float, float], size: tuple[float, float]) -> bool:
    """Return whether a shape is part of the page's content: not its background, not outside it."""
    left, bottom, right, top = box
    is_inside = left > -1 and bottom > -1 and right < size[0] + 1 and top < size[1] + 1
    return is_inside and right - left < size[0] * 0.97 and top - bottom < size[1] * 0.97


def _chars(text_page: pdfium.PdfTextPage) -> list[_Char]:
    """Return every visible character with the box of its font, the same height for comma and Hanzi."""
    found = []
    box = raw.FS_RECTF()
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if code <= 32 or code == 0xFFFE:
            continue
        raw.FPDFText_GetLooseCharBox(text_page, index, box)
        found.append(_Char(chr(code), box.left, box.bottom, box.right, box.top, index))
    return found


def _with_tables(chars: Sequence[_Char], ruling: _Ruling) -> str:
    """Return the page from top to bottom, ruled tables row by row with tabs between the cells."""
    regions = _regions(ruling)
    pieces: list[tuple[float, str]] = []
    rest = list(chars)
    for low, high, left, right in regions:
        inside = [c for c in rest if low <= c.y <= high and left <= c.x <= right]
        if not inside:
            continue
        chosen = {c.order for c in inside}
        rest = [c for c in rest if c.order not in chosen]
        pieces.append((high, "\n".join(_table_rows(inside, ruling, (low, high)))))
    pieces += [(line[0].y, _line_text(line)) for line in _lines(rest)]
    pieces.sort(key=lambda piece: -piece[0])
    return "\n".join(text for _, text in pieces)


def _regions(ruling: _Ruling) -> list[tuple[float, float, float, float]]:
    """Return the boxes (low, high, left, right) that upright lines span together."""
    spans = sorted((low, high, x) for x, low, high in ruling.upright)
    boxes: list[list[float]] = []
    for low, high, x in spans:
        if boxes and low <= boxes[-1][1] + _SAME:
            box = boxes[-1]
            box[1], box[2], box[3] = max(box[1], high), min(box[2], x), max(box[3], x)
        else:
            boxes.append([low, high, x, x])
    return [(b[0], b[1], b[2], b[3]) for b in boxes if b[3] - b[2] > 30 and b[1] - b[0] > 8]


def _table_rows(
    chars: Sequence[_Char], ruling: _Ruling, span: tuple[float, float]
) -> Iterator[str]:
    """Yield the rows of one table; what spans several columns or rows stands in the first."""
    low, high = span
    upright = [line for line in ruling.upright if line[2] > low and line[1] < high]
    level = [line for line in ruling.level if low - _SAME <= line[0] <= high + _SAME]
    xs = _distinct([line[0] for line in upright])
    ys = _distinct([line[0] for line in level])
    columns, rows = len(xs) + 1, len(ys) + 1
    cells: dict[tuple[int, int], list[_Char]] = {}
    places: dict[tuple[int, int], tuple[int, int]] = {}
    for char in chars:
        place = (bisect_right(ys, char.y), bisect_right(xs, char.x))
        if place not in places:
            places[place] = _first_of_span(place, xs, ys, upright, level)
        cells.setdefault(places[place], []).append(char)
    for row in range(rows - 1, -1, -1):
        texts = [
            "".join(_line_text(line, "") for line in _lines(cells.get((row, column), [])))
            for column in range(columns)
        ]
        if any(texts):
            inner = texts[1 if not texts[0] else 0 : -1 if not texts[-1] else None]
            yield "\t".join(inner)


def _first_of_span(
    place: tuple[int, int],
    xs: Sequence[float],
    ys: Sequence[float],
    upright: Sequence[tuple[float, float, float]],
    level: Sequence[tuple[float, float, float]],
) -> tuple[int, int]:
    """Return the upper left cell of the merged cell that a place belongs to."""
    row, column = place
    if not (0 < row < len(ys) and 0 < column < len(xs)):
        return place
    middle_y = (ys[row - 1] + ys[row]) / 2
    while column > 1 and not _crosses(upright, xs[column - 1], middle_y):
        column -= 1
    middle_x = (xs[column - 1] + xs[column]) / 2
    while row < len(ys) - 1 and not _crosses(level, ys[row], middle_x):
        row += 1
    return row, column


def _crosses(lines: Sequence[tuple[float, float, float]], at: float, along: float) -> bool:
    """Return whether a line stands at ``at`` and reaches over ``along``."""
    return any(
        abs(place - at) <= _SAME and low - 1 <= along <= high + 1 for place, low, high in lines
    )


def _distinct(values: Sequence[float]) -> list[float]:
    """Return the values in order, those nearly equal once."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _SAME:
            found.append(value)
    return found


def _lines(chars: Sequence[_Char]) -> list[list[_Char]]:
    """Return the characters in lines from top to bottom, each from left to right."""
    lines: list[list[_Char]] = []
    for char in sorted(chars, key=lambda c: -c.y):
        height = max(char.top - char.bottom, 4.0)
        if lines and abs(lines[-1][0].y - char.y) < height * 0.6:
            lines[-1].append(char)
        else:
            lines.append([char])
    for line in lines:
        line.sort(key=lambda c: c.left)
    return lines


def _line_text(line: Sequence[_Char], gap_mark: str = "\t") -> str:
    """Return a line's text; a gap wider than two characters is marked."""
    parts: list[str] = []
    for index, char in enumerate(line):
        if index:
            gap = char.left - line[index - 1].right
            height = max(char.top - char.bottom, 6.0)
            if gap > 2 * height and gap_mark:
                parts.append(gap_mark)
            elif gap > height * 0.5:
                parts.append(" ")
        parts.append(char.text)
    return "".join(parts)
