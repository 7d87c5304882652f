"""The preview shows the page that will print."""

from dataclasses import replace
from io import BytesIO

import pypdfium2
from PIL import Image, ImageChops

from perfeval.rendering.preview import PICTURE_DPI, page_of_heading, page_of_row, preview
from tests.rendering.documents import make


def printed_page(data: bytes, number: int) -> Image.Image:
    page = pypdfium2.PdfDocument(data)[number - 1]
    return page.render(scale=PICTURE_DPI / 72, grayscale=True).to_pil()


def test_preview_is_the_printed_page(zengcheng):
    for number in (1, 5, zengcheng.file.page_count):
        shown = preview(zengcheng.document, page=number)
        assert (shown.number, shown.page_count) == (number, zengcheng.file.page_count)
        picture = Image.open(BytesIO(shown.png))
        difference = ImageChops.difference(picture, printed_page(zengcheng.file.data, number))
        assert difference.getbbox() is None


def test_changed_cell_shows_on_its_page(zengcheng):
    document = zengcheng.document
    sheet = document.score_sheet
    rows = (*sheet.rows[:-1], replace(sheet.rows[-1], reason="新写的原因"))
    changed = replace(document, score_sheet=replace(sheet, rows=rows))
    page = page_of_row(changed, {rows[-1].tertiary})
    assert page == zengcheng.file.page_count
    shown = Image.open(BytesIO(preview(changed, page=page).png))
    assert (
        ImageChops.difference(shown, printed_page(make(changed).file.data, page)).getbbox() is None
    )
    assert ImageChops.difference(shown, printed_page(zengcheng.file.data, page)).getbbox()


def test_heading_is_found_on_its_page(zengcheng):
    number = page_of_heading(zengcheng.document, "下一步改进措施")
    assert "下一步改进措施" in zengcheng.pages[number - 1].extract_text()
    assert page_of_heading(zengcheng.document, "没有的标题") == 1
