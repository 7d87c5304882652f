"""What stands before the body in the Word file: a cover, a table of contents, neither with a page number.

The table of contents is Word's own field, filled with headings and page numbers, so that it is right before it is brought
up to date.
"""

from collections.abc import Iterator, Sequence
from itertools import repeat

from perfeval.documents.document import Heading, ReportDocument
from perfeval.office.word.markup import field, paragraph, run

#: How deep the table of contents goes, as in the PDF.
DEPTH = 2
SHEET_MARK = "_TocSheet"


def has_front(document: ReportDocument) -> bool:
    """Return whether anything stands before the body."""
    return bool(document.cover or document.contents_title)


def mark_of(number: int) -> str:
    """Return the name of the bookmark of a heading, by its position among the headings."""
    return f"_Toc{number:04}"


def front(document: ReportDocument, numbers: Sequence[int]) -> Iterator[str]:
    """Yield the paragraphs before the body. ``numbers``: the page of each entry of the contents, or none."""
    if document.cover:
        if document.annex_mark:
            yield paragraph(document.annex_mark, "AnnexMark")
        yield paragraph("\n".join(document.title_lines), "CoverTitle")
        yield paragraph("\n".join(document.cover), "CoverText")
    if document.contents_title:
        own_page = "<w:pageBreakBefore/>" if document.cover else ""
        yield paragraph(document.contents_title, "ContentsTitle", properties=own_page)
        yield from _contents(document, numbers)


def _contents(document: ReportDocument, numbers: Sequence[int]) -> Iterator[str]:
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    entries = [
        (heading.level, mark_of(number), f"{heading.number}{heading.text}")
        for number, heading in enumerate(headings, start=1)
        if heading.level <= DEPTH
    ]
    entries.append((1, SHEET_MARK, document.score_sheet.title))
    # Word brings a "dirty" field up to date when it opens the file, and may ask first.
    dirty = "" if numbers else ' w:dirty="true"'
    shown = map(str, numbers) if numbers else repeat("")
    begin = (
        f'<w:r><w:fldChar w:fldCharType="begin"{dirty}/></w:r><w:r><w:instrText xml:space="preserve"> '
        f'TOC \\o "1-{DEPTH}" \\h \\z \\u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    for position, ((level, mark, text), number) in enumerate(zip(entries, shown, strict=False)):
        page = field(f"PAGEREF {mark} \\h", shown=number)
        link = (
            f'<w:hyperlink w:anchor="{mark}" w:history="1">{run(text)}<w:r><w:tab/></w:r>{page}'
            "</w:hyperlink>"
        )
        before = begin if position == 0 else ""
        after = end if position == len(entries) - 1 else ""
        yield paragraph("", f"TOC{level}", more=f"{before}{link}{after}")
