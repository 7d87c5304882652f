"""Write a ReportDocument as .docx: the same words as the PDF, in styles that people can go on editing.

The file is put together here part by part, so that the same document gives the same bytes and a big table costs
nothing. Nothing is computed from figures.
"""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO

from perfeval.documents.document import BodyTable, Chart, Heading, Paragraph, ReportDocument
from perfeval.office.word import pages, pictures, styles, tables
from perfeval.office.word.front import SHEET_MARK, front, has_front, mark_of
from perfeval.office.word.markup import DECLARATION, NAMESPACES, marked, paragraph, run, safe

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_FIRST_PAGE_PART = 10
#: ZIP knows no year before this; a fixed instant makes the bytes the same every time.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def as_word(
    document: ReportDocument, *, created_at: datetime, entry_pages: Sequence[int] = ()
) -> bytes:
    """Return the document as the bytes of a .docx file; the same document gives the same bytes.

    ``created_at``, with a time zone, is written into the file's properties. ``entry_pages``: as ``numbers.entry_pages``
    gives them; without them Word numbers the table of contents when it opens the file.
    Raises: ValueError when ``created_at`` has no time zone.
    """
    if created_at.tzinfo is None:
        raise ValueError("created_at needs a time zone")
    stamp = created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in _parts(document, stamp, entry_pages):
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, text)
    return target.getvalue()


# --- The text -----------------------------------------------------------------------------------------------------


def _sections(document: ReportDocument) -> list[pages.Section]:
    """Return the sections that the document has, in order."""
    return [*([pages.FRONT] if has_front(document) else []), pages.BODY, pages.SHEET]


def _document_xml(document: ReportDocument, entry_pages: Sequence[int]) -> str:
    sections = _sections(document)

    def properties(section: pages.Section, *, begins_anew: bool = False) -> str:
        first = _FIRST_PAGE_PART + sections.index(section) * len(pages.PARTS)
        return pages.section_properties(section, first, begins_anew=begins_anew)

    body: list[str] = []
    if has_front(document):
        body += front(document, entry_pages)
        body.append(paragraph("", "Closing", properties=properties(pages.FRONT)))
    body += _body(document)
    end_of_body = properties(pages.BODY, begins_anew=has_front(document))
    body.append(paragraph("", "Closing", properties=end_of_body))
    sheet = document.score_sheet
    body.append(paragraph(sheet.mark, "AnnexMark"))
    title = marked(run("\n".join(sheet.title_lines)), SHEET_MARK, 0)
    body.append(paragraph("", "AnnexTitle", more=title))
    body.append(tables.sheet_table(sheet))
    body.append(paragraph("", "Closing"))
    body.append(properties(pages.SHEET))
    return f"{DECLARATION}<w:document {NAMESPACES}><w:body>{''.join(body)}</w:body></w:document>"


def _body(document: ReportDocument) -> Iterator[str]:
    charts = headings = 0
    if document.annex_mark:
        after = f'<w:spacing w:after="{styles.LINE}"/>'
        yield paragraph(document.annex_mark, "AnnexMark", properties=after)
    blank = f'<w:spacing w:after="{styles.title_after(len(document.title_lines))}"/>'
    yield paragraph("\n".join(document.title_lines), "Title", properties=blank)
    space = 0
    for block in document.blocks:
        if isinstance(block, Chart):
            charts += 1
            shown = pictures.picture(block.drawing, charts)
            above, below = pictures.space_around(block.drawing)
            around = f'<w:spacing w:before="{space + above}" w:after="{below}"/>'
            yield paragraph("", "Picture", properties=f"<w:keepNext/>{around}", more=shown)
            yield paragraph(f"\t{block.caption}", "ChartCaption")
        elif isinstance(block, Heading):
            headings += 1
            words = marked(run(f"{block.number}{block.text}"), mark_of(headings), headings)
            style = f"Heading{min(block.level, 4)}"
            yield paragraph("", style, properties=_space_above(space), more=words)
        else:
            yield from _block(block, space)
        space = tables.space_below(block) if isinstance(block, BodyTable) else 0


def _space_above(space: int) -> str:
    return f'<w:spacing w:before="{space}"/>' if space else ""


def _block(block: Paragraph | BodyTable, space: int) -> Iterator[str]:
    match block:
        case Paragraph():
            yield paragraph(block.text, "Normal", properties=_space_above(space))
        case BodyTable():
            unit = run(f"\t{block.unit}", styles.UNIT) if block.unit else ""
            above = _space_above(space)
            yield paragraph(f"\t{block.caption}", "Caption", properties=above, more=unit)
            yield tables.body_table(block)


# --- The package --------------------------------------------------------------------------------------------------


def _parts(
    document: ReportDocument, stamp: str, entry_pages: Sequence[int]
) -> Iterator[tuple[str, str]]:
    """Yield every part of the file with its name, the table of their types first."""
    page_parts = list(_page_parts(document))
    yield "[Content_Types].xml", _content_types([name for name, _, _ in page_parts])
    yield (
        "_rels/.rels",
        _relations(
            [
                ("officeDocument", "word/document.xml"),
                ("extended-properties", "docProps/app.xml"),
                ("", "docProps/core.xml"),
            ]
        ),
    )
    yield "word/document.xml", _document_xml(document, entry_pages)
    yield "word/styles.xml", styles.styles_xml()
    yield "word/settings.xml", styles.settings_xml()
    yield "word/fontTable.xml", styles.font_table_xml()
    for name, _, text in page_parts:
        yield f"word/{name}", text
    fixed = [("styles", "styles.xml"), ("settings", "settings.xml"), ("fontTable", "fontTable.xml")]
    yield (
        "word/_rels/document.xml.rels",
        _relations(
            fixed,
            numbered=[(kind, name) for name, kind, _ in page_parts],
        ),
    )
    yield "docProps/core.xml", _core_xml(document, stamp)
    yield (
        "docProps/app.xml",
        (
            f'{DECLARATION}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
            "<Application>perfeval</Application></Properties>"
        ),
    )


def _page_parts(document: ReportDocument) -> Iterator[tuple[str, str, str]]:
    """Yield name, kind and text of each section's headers and footers, in the order of their relations."""
    number = 0
    for section in _sections(document):
        for kind, which in pages.PARTS:
            number += 1
            if kind == "header":
                text = pages.header_xml(document.watermark, section, number)
            else:
                text = pages.footer_xml(section, which, number)
            yield f"{kind}_{section.key}_{which}.xml", kind, text


def _content_types(page_parts: list[str]) -> str:
    overrides = [
        ("/word/document.xml", f"{_TYPE}document.main+xml"),
        ("/word/styles.xml", f"{_TYPE}styles+xml"),
        ("/word/settings.xml", f"{_TYPE}settings+xml"),
        ("/word/fontTable.xml", f"{_TYPE}fontTable+xml"),
        *((f"/word/{name}", f"{_TYPE}{name.partition('_')[0]}+xml") for name in page_parts),
        ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        (
            "/docProps/app.xml",
            "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        ),
    ]
    return (
        f'{DECLARATION}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides)
        + "</Types>"
    )


def _relations(
    targets: list[tuple[str, str]], *, numbered: list[tuple[str, str]] | None = None
) -> str:
    """Return a part's relations: ``targets`` from rId1 on, ``numbered`` from the sections' first on."""
    rows = [*enumerate(targets, 1), *enumerate(numbered or [], _FIRST_PAGE_PART)]
    core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
    return (
        f'{DECLARATION}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="rId{number}" Type="{_RELATION + kind if kind else core}" Target="{target}"/>'
            for number, (kind, target) in rows
        )
        + "</Relationships>"
    )


def _core_xml(document: ReportDocument, stamp: str) -> str:
    return (
        f"{DECLARATION}<cp:coreProperties "
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{safe(document.title)}</dc:title><dc:subject>{safe(document.subject)}</dc:subject>"
        f"<dc:creator>{safe(document.author)}</dc:creator><dc:language>{safe(document.language)}</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified></cp:coreProperties>'
    )
