"""The text that a ReportDocument prints, piece by piece in the order of the pages, each with its place.

What is read out of a PDF is held against this. Whoever changes what is printed changes it too: a test holds
the two against each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from perfeval.documents import tables
from perfeval.documents.document import (
    BodyTable,
    Chart,
    Heading,
    Paragraph,
    ReportDocument,
    ScoreSheet,
)
from perfeval.documents.score_sheet import printed_rows
from perfeval.documents.tables import CONTINUED
from perfeval.fonts.choice import INVISIBLE

_NAME_COLUMNS = 3
#: So many levels of headings are in the table of contents.
_CONTENTS_DEPTH = 2
#: Marks that have no glyph: they tie and part characters.
_NO_GLYPH = {ord(mark): None for mark in INVISIBLE}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: below which heading or in which table; the paragraph, or the row and the column."""

    section: str
    paragraph: int = 0
    row: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """One piece of text without white space.

    ``is_label``: a name that several rows share stands anywhere among them. Where a page begins with this
    piece, the table goes on: ``head`` is printed before it again, and ``labels`` among its rows.
    ``is_entry``: a heading that the table of contents lists, where there is one.
    """

    text: str
    place: Place
    is_label: bool = False
    head: str = ""
    labels: tuple[str, ...] = ()
    is_entry: bool = False


def printed(document: ReportDocument) -> Iterator[Printed]:
    """Yield every text of the numbered pages; page numbers and watermark are left out."""
    place = Place(document.title)
    yield Printed(squeezed(document.annex_mark), place)
    yield Printed(squeezed(document.title), place)
    section, paragraph, depth = document.title, 0, 0
    for block in document.blocks:
        match block:
            case Heading():
                section, paragraph = f"{block.number}{block.text}", 0
                depth = min(block.level, depth + 1)
                is_entry = depth <= _CONTENTS_DEPTH
                yield Printed(squeezed(section), Place(section), is_entry=is_entry)
            case Paragraph():
                paragraph += 1
                yield Printed(squeezed(block.text), Place(section, paragraph))
            case BodyTable():
                yield from _table(block)
            case Chart():
                # Drawings come after the words of their page.
                for text in block.drawing.labels():
                    yield Printed(squeezed(text), Place(block.caption), is_label=True)
                yield Printed(squeezed(block.caption), Place(block.caption))
    yield from _sheet(document.score_sheet)


def front(document: ReportDocument) -> tuple[Printed, ...]:
    """Return the texts of the cover and the contents' title, which stand on pages without a number."""
    place = Place(document.title)
    texts = [document.annex_mark, document.title, *document.cover] if document.cover else []
    pieces = [Printed(squeezed(text), place) for text in texts if text]
    if document.contents_title:
        title = document.contents_title
        pieces.append(Printed(squeezed(title), Place(title)))
    return tuple(pieces)


def squeezed(text: str) -> str:
    """Return ``text`` as it is compared: no white space, no marks without a glyph."""
    return "".join(text.translate(_NO_GLYPH).split())


def _table(whole: BodyTable) -> Iterator[Printed]:
    table = tables.printed_rows(whole)
    headings = [column.heading for column in table.columns]
    yield Printed(squeezed(table.caption + table.unit), Place(table.caption))
    for heading in headings:
        yield Printed(squeezed(heading), Place(table.caption, column=heading))
    head = squeezed("".join(headings))
    totals = len(table.rows) - table.total_rows
    for number, row in enumerate(table.rows):
        name = " ".join(row[: max(1, table.merged_columns + 1)])
        merged = _merged_columns(table, number, is_total=number >= totals)
        labels = tuple(
            squeezed(row[column]) + CONTINUED
            for column in range(table.merged_columns)
            if column in merged and number < totals
        )
        is_first = number > 0
        for column, text in enumerate(row):
            if column in merged:
                continue
            place = Place(table.caption, row=name, column=headings[column])
            if column < table.merged_columns and number < totals:
                yield Printed(squeezed(text), place, is_label=True)
            elif is_first:
                yield Printed(squeezed(text), place, head=head, labels=labels)
                is_first = False
            else:
                yield Printed(squeezed(text), place)


def _merged_columns(table: BodyTable, number: int, *, is_total: bool) -> set[int]:
    """Return the columns of a row whose label stands in a cell above, or beside in a row of totals."""
    row = table.rows[number]
    if is_total:
        return {
            column + 1 for column in range(table.merged_columns) if row[column + 1] == row[column]
        }
    if not number:
        return set()
    above = table.rows[number - 1]
    return {
        column for column in range(table.merged_columns) if above[: column + 1] == row[: column + 1]
    }


def _sheet(sheet: ScoreSheet) -> Iterator[Printed]:
    headings = [column.heading for column in sheet.columns]
    yield Printed(squeezed(sheet.mark), Place(sheet.title))
    yield Printed(squeezed(sheet.title), Place(sheet.title), is_entry=True)
    for heading in headings:
        yield Printed(squeezed(heading), Place(sheet.title, column=heading))
    head = squeezed("".join(headings))
    above: tuple[str, ...] = ()
    for row in printed_rows(sheet):
        path = tuple(name for name in (row.primary, row.secondary, row.tertiary) if name)
        shared = _same_start(path[:-1], above[:-1]) if above else 0
        for level in range(shared, len(path) - 1):
            place = Place(sheet.title, row=path[level], column=headings[level])
            yield Printed(squeezed(path[level]), place, is_label=True)
        labels = tuple(squeezed(name) + CONTINUED for name in path[:shared])
        place = Place(sheet.title, row=path[-1], column=headings[len(path) - 1])
        yield Printed(squeezed(path[-1]), place, head=head if above else "", labels=labels)
        values = (row.standard, row.weight, row.points, row.reason)
        for text, column in zip(values, headings[_NAME_COLUMNS:], strict=True):
            yield Printed(squeezed(text), Place(sheet.title, row=path[-1], column=column))
        above = path
    total = (sheet.total_label, sheet.total_weight, sheet.total_points)
    for text, column in zip(total, ("", *headings[4:6]), strict=True):
        place = Place(sheet.title, row=sheet.total_label, column=column)
        yield Printed(squeezed(text), place, head="" if column else head)
    for text in (sheet.grade_label, sheet.grade) if sheet.grade else ():
        yield Printed(squeezed(text), Place(sheet.title, row=sheet.grade_label))


def _same_start(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return how many names the two paths begin with alike."""
    count = 0
    for name, above in zip(one, other, strict=False):
        if name != above:
            break
        count += 1
    return count
