"""A report in the simplest form that a person would hand to a program that makes PDFs: texts, and tables cut into pages.

What naive WeasyPrint, Chromium and Typst are given is made of this, so that all print the same words and cells. The cuts of
the score sheet, with the labels that go on with （续）, are ours: no program repeats a merged label by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from perfeval.documents.document import BodyTable, Heading, Paragraph, ReportDocument
from perfeval.documents.score_sheet import sheet_pages
from perfeval.documents.tables import PrintedRow, table_parts
from perfeval.typesetting.pages import SHEET, first_cuts


def plain(document: ReportDocument) -> dict[str, Any]:
    """Return the document's texts, tables and score sheet as plain data."""
    sheet = document.score_sheet
    heads = [column.heading for column in sheet.columns]
    widths = [column.width for column in sheet.columns]
    return {
        "title": document.title,
        "author": document.author,
        "mark": document.annex_mark,
        "title_lines": document.title_lines,
        "blocks": list(_blocks(document)),
        "sheet": {
            "mark": sheet.mark,
            "title_lines": sheet.title_lines,
            "pages": [
                _grid(heads, page.rows + page.closing, widths)
                for page in sheet_pages(sheet, first_cuts(document).get(SHEET, []))
            ],
        },
    }


def _blocks(document: ReportDocument) -> Iterator[dict[str, Any]]:
    for block in document.blocks:
        match block:
            case Heading():
                yield {"kind": "heading", "level": block.level, "text": block.number + block.text}
            case Paragraph():
                yield {"kind": "paragraph", "text": block.text}
            case BodyTable():
                (part,) = table_parts(block, 0)
                heads = [cell.text for cell in part.head]
                yield {
                    "kind": "table",
                    "caption": block.caption,
                    "unit": block.unit,
                    **_grid(heads, part.rows, part.widths),
                }
            case _:
                raise TypeError(f"no way here prints a {type(block).__name__}")


def _grid(
    heads: Sequence[str], rows: Sequence[PrintedRow], widths: Sequence[int]
) -> dict[str, Any]:
    return {
        "head": list(heads),
        "widths": list(widths),
        "rows": [[asdict(cell) for cell in row.cells] for row in rows],
    }
