"""The text that a ReportDocument prints, piece by piece in the order of the pages, each with its place.

What is read out of a PDF is held against this. Whoever changes what is printed changes it too: a test holds
the two against each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from perfeval.rendering.document import Heading, Paragraph, ReportDocument, ScoreSheet, Table

#: Behind a label that goes on from the page before.
_CONTINUED = "（续）"
_NAME_COLUMNS = 3
#: Marks that have no glyph: they tie and part characters.
_NO_GLYPH = {ord(mark): None for mark in "\u200b\u2060\ufeff"}


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

    ``repeated``: what is printed before it again when a page begins with it (a table that goes on).
    """

    text: str
    place: Place
    repeated: str = ""


def printed(document: ReportDocument) -> Iterator[Printed]:
    """Yield every text of the document, page numbers and watermark left out."""
    place = Place(document.title)
    yield Printed(squeezed(document.annex_mark), place)
    yield Printed(squeezed(document.title), place)
    section, paragraph = document.title, 0
    for block in document.blocks:
        match block:
            case Heading():
                section, paragraph = f"{block.number}{block.text}", 0
                yield Printed(squeezed(section), Place(section))
            case Paragraph():
                paragraph += 1
                yield Printed(squeezed(block.text), Place(section, paragraph))
            case Table():
                yield from _table(block)
    yield from _sheet(document.score_sheet)


def squeezed(text: str) -> str:
    """Return ``text`` as it is compared: no white space, no marks without a glyph."""
    return "".join(text.translate(_NO_GLYPH).split())


def _table(table: Table) -> Iterator[Printed]:
    headings = [column.heading for column in table.columns]
    yield Printed(squeezed(table.caption + table.unit), Place(table.caption))
    for heading in headings:
        yield Printed(squeezed(heading), Place(table.caption, column=heading))
    head = squeezed("".join(headings))
    totals = len(table.rows) - table.total_rows
    for number, row in enumerate(table.rows):
        name = " ".join(row[: max(1, table.merged_columns + 1)])
        merged = _merged_columns(table, number, is_total=number >= totals)
        above = number and number < totals
        again = [
            squeezed(row[column]) + _CONTINUED
            for column in range(table.merged_columns)
            if above and column in merged
        ]
        is_first = True
        for column, text in enumerate(row):
            if column in merged:
                continue
            repeated = head + "".join(again) if is_first and number else ""
            place = Place(table.caption, row=name, column=headings[column])
            yield Printed(squeezed(text), place, repeated)
            is_first = False


def _merged_columns(table: Table, number: int, *, is_total: bool) -> set[int]:
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
    yield Printed(squeezed(sheet.title), Place(sheet.title))
    for heading in headings:
        yield Printed(squeezed(heading), Place(sheet.title, column=heading))
    head = squeezed("".join(headings))
    above: tuple[str, ...] = ()
    for row in sheet.rows:
        path = tuple(name for name in (row.primary, row.secondary, row.tertiary) if name)
        merged = _same_start(path[:-1], above[:-1]) if above else 0
        repeated = head + "".join(squeezed(name) + _CONTINUED for name in path[:merged])
        columns = headings[merged : len(path)] + headings[_NAME_COLUMNS:]
        values = (row.standard, row.weight, row.points, row.reason)
        for position, (text, column) in enumerate(
            zip((*path[merged:], *values), columns, strict=True)
        ):
            yield Printed(
                squeezed(text),
                Place(sheet.title, row=path[-1], column=column),
                repeated if above and not position else "",
            )
        above = path
    total = (sheet.total_label, sheet.total_weight, sheet.total_points)
    for text, column in zip(total, ("", *headings[4:6]), strict=True):
        place = Place(sheet.title, row=sheet.total_label, column=column)
        yield Printed(squeezed(text), place, "" if column else head)
    for text in (sheet.grade_label, sheet.grade):
        yield Printed(squeezed(text), Place(sheet.title, row=sheet.grade_label))


def _same_start(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Return how many names the two paths begin with alike."""
    count = 0
    for name, above in zip(one, other, strict=False):
        if name != above:
            break
        count += 1
    return count
