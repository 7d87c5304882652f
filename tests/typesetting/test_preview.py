"""The preview shows the page that will print."""

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO

import pypdfium2
from PIL import Image, ImageChops

from perfeval.documents.document import Block, Heading, Paragraph
from perfeval.typesetting.preview import PICTURE_DPI, Spot, preview, spot_of_row, spot_of_text
from tests.typesetting.documents import make


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
    spot = spot_of_row(changed, len(rows) - 1)
    page = spot.page
    assert page == zengcheng.file.page_count
    assert 0.5 < spot.top < 1
    shown = Image.open(BytesIO(preview(changed, page=page).png))
    assert (
        ImageChops.difference(shown, printed_page(make(changed).file.data, page)).getbbox() is None
    )
    assert ImageChops.difference(shown, printed_page(zengcheng.file.data, page)).getbbox()


def test_text_is_found_below_its_heading(zengcheng):
    heading = spot_of_text(zengcheng.document, "下一步改进措施")
    assert "下一步改进措施" in zengcheng.pages[heading.page - 1].extract_text()
    assert spot_of_text(zengcheng.document, "没有的标题") == Spot(1, 0.0)

    # The last words of the section, broken over lines as they happen to be.
    blocks = zengcheng.document.blocks
    after = [block.text for block in blocks if isinstance(block, Heading)].index("下一步改进措施")
    texts = _texts_below(blocks, after)
    last = spot_of_text(zengcheng.document, "下一步改进措施", texts[-1][-20:])
    assert (last.page, last.top) > (heading.page, heading.top)
    assert spot_of_text(zengcheng.document, "下一步改进措施", "没有的话") == heading


def _texts_below(blocks: Sequence[Block], heading: int) -> list[str]:
    places = [n for n, block in enumerate(blocks) if isinstance(block, Heading)]
    end = places[heading + 1] if heading + 1 < len(places) else len(blocks)
    below = blocks[places[heading] + 1 : end]
    return [block.text for block in below if isinstance(block, Paragraph)]
