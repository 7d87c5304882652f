"""The Word file: the same words as the document, in real styles, with merged cells and two kinds of pages."""

import zipfile
from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn

from perfeval.documents.building import build
from perfeval.documents.document import BodyTable, Heading, Paragraph, ScoreRow, TableColumn
from perfeval.office.word import numbers
from perfeval.office.word.styles import title_after
from perfeval.office.word.writing import as_word
from tests.growth import assert_linear, assert_linear_in_c
from tests.typesetting.documents import AT, demo_snapshot, small_document

MM = 36_000


def opened(document):
    return docx.Document(BytesIO(as_word(document, created_at=AT)))


@pytest.fixture(scope="module")
def zengcheng_document():
    return build(*demo_snapshot("zengcheng_2022"))


@pytest.fixture(scope="module")
def word(zengcheng_document):
    return opened(zengcheng_document)


def rows_of(table) -> list[list[str]]:
    """Return each row's own cells; one that goes on from above is empty, as the file has it."""
    return [
        ["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row.tc_lst]
        for row in table._tbl.tr_lst
    ]


@pytest.mark.parametrize("code", ["zengcheng_2022", "guangzhou_2021"])
def test_every_heading_and_paragraph_stands_there_in_its_style(code):
    document = build(*demo_snapshot(code))
    wanted = [("附件", document.annex_mark)] if document.annex_mark else []
    wanted.append(("Title", "\n".join(document.title_lines)))
    for block in document.blocks:
        match block:
            case Heading():
                wanted.append((f"Heading {block.level}", block.number + block.text))
            case Paragraph():
                wanted.append(("Normal", block.text))
            case BodyTable():
                wanted.append(
                    ("Caption", "\t".join(filter(None, ("\t" + block.caption, block.unit))))
                )
    sheet = document.score_sheet
    wanted += [("附件", sheet.mark), ("附件标题", "\n".join(sheet.title_lines))]

    found = [
        (paragraph.style.name, paragraph.text)
        for paragraph in opened(document).paragraphs
        if paragraph.style.name != "结尾"
    ]

    assert found == wanted


def test_body_table_has_the_cells_and_merges_equal_ones():
    document = build(*demo_snapshot("guangzhou_2021"))
    table = next(block for block in document.blocks if isinstance(block, BodyTable))

    word = opened(document).tables[0]

    assert rows_of(word)[0] == [column.heading for column in table.columns]
    assert rows_of(word)[1:] == [
        ["按资金来源", "财政拨款", "31,570.33", "31,133.57", "98.62%"],
        ["", "事业收入", "9,389.60", "—", "—"],
        ["按支出性质", "基本支出", "—", "22,578.78", "—"],
        ["", "项目支出", "—", "16,819.55", "—"],
        ["部门整体收支", "40,959.93", "39,398.33", "—"],
    ]
    assert word.rows[2].cells[0].text == "按资金来源"
    assert word.rows[5].cells[0]._tc.grid_span == 2


def test_score_sheet_has_every_leaf_and_the_closing_lines(zengcheng_document, word):
    sheet = zengcheng_document.score_sheet
    rows = rows_of(word.tables[-1])

    assert rows[0] == [column.heading for column in sheet.columns]
    assert [row[-4:] for row in rows[1:-2]] == [
        [row.standard, row.weight, row.points, row.reason] for row in sheet.rows
    ]
    assert rows[-2:] == [["合计", "", "100", "96.45", ""], ["自评等级", "优"]]
    primary = [row.cells[0].text for row in word.tables[-1].rows[1:-2]]
    assert primary == [row.primary for row in sheet.rows]


def test_heads_are_repeated_and_rows_not_torn(word):
    for table in word.tables:
        first, *others = table._tbl.tr_lst
        assert first.trPr.find(qn("w:tblHeader")) is not None
        assert all(row.trPr.find(qn("w:tblHeader")) is None for row in others)
        assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in (first, *others))


def test_styles_name_official_fonts_for_every_script_and_no_theme(word):
    families = {
        "Normal": "仿宋_GB2312",
        "Heading 1": "黑体",
        "Heading 2": "楷体_GB2312",
        "Heading 3": "仿宋_GB2312",
        "Title": "方正小标宋简体",
        "附件": "黑体",
        "表格文字": "宋体",
        "Footer": "宋体",
    }
    for name, family in families.items():
        fonts = word.styles[name].element.rPr.rFonts
        scripts = ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs")
        assert {fonts.get(qn(script)) for script in scripts} == {family}, name
    with zipfile.ZipFile(BytesIO(word_bytes())) as archive:
        assert "theme" not in archive.read("word/styles.xml").decode().lower()
        assert not [name for name in archive.namelist() if "theme" in name]


def word_bytes(**changes) -> bytes:
    return as_word(small_document("正文。", **changes), created_at=AT)


def test_lines_indents_and_outline_levels(word):
    body = word.styles["Normal"].paragraph_format
    assert (body.line_spacing.pt, body.first_line_indent.pt) == (28.95, 31.5)
    for level in (1, 2, 3):
        properties = word.styles[f"Heading {level}"].element.pPr
        assert properties.find(qn("w:outlineLvl")).get(qn("w:val")) == str(level - 1)
        assert properties.find(qn("w:keepNext")) is not None


def test_pages_have_the_official_margins_and_the_sheet_lies_across(word):
    upright, across = word.sections
    lengths = [
        [round(length / MM) for length in (page.page_width, page.page_height, page.top_margin)]
        + [
            round(length / MM)
            for length in (page.right_margin, page.bottom_margin, page.left_margin)
        ]
        for page in (upright, across)
    ]
    assert lengths == [[210, 297, 37, 26, 35, 28], [297, 210, 28, 37, 26, 35]]
    assert word.settings.odd_and_even_pages_header_footer


def test_page_numbers_stand_on_the_outer_side(word):
    upright = word.sections[0]
    for footer, side in ((upright.footer, "RIGHT"), (upright.even_page_footer, "LEFT")):
        (paragraph,) = footer.paragraphs
        assert paragraph.alignment.name == side
        assert paragraph.text == "— 1 —"
        assert "PAGE" in paragraph._p.xml
    across = word.sections[1]
    assert 'vert="vert"' in across.footer._element.xml
    assert across.footer._element.xml != across.even_page_footer._element.xml


def test_properties_tell_title_author_and_language(word):
    properties = word.core_properties
    assert properties.title == "2022年度广州市增城区科学技术协会部门整体支出绩效自评报告"
    assert (properties.author, properties.language) == ("广州市增城区科学技术协会", "zh-CN")
    assert properties.created == AT


def test_draft_is_marked_on_every_page_and_a_final_document_on_none(word):
    draft = docx.Document(BytesIO(word_bytes(watermark="草稿")))
    for section in draft.sections:
        for header in (section.header, section.even_page_header):
            assert 'string="草稿"' in header._element.xml
    assert "textpath" not in word.sections[0].header._element.xml


def test_same_document_gives_the_same_bytes():
    assert word_bytes() == word_bytes()
    assert word_bytes() != word_bytes(author="另一部门")


def test_hostile_text_is_only_text():
    hostile = '</w:t></w:r><w:hyperlink r:id="x"/>&amp;<!ENTITY a>"\x00\x0b\ud800'
    word = opened(
        small_document(
            hostile,
            title=hostile,
            author=hostile,
            blocks=(Heading(1, "一、", hostile), Paragraph(hostile)),
        )
    )
    kept = '</w:t></w:r><w:hyperlink r:id="x"/>&amp;<!ENTITY a>"'
    assert [paragraph.text for paragraph in word.paragraphs[2:4]] == ["一、" + kept, kept]


def with_rows(count):
    """Return a document with a table and a score sheet of so many rows."""
    row = ScoreRow(
        "管理效率", "绩效管理", "绩效结果应用", "5", "评分标准。" * 20, "5", "扣分原因。" * 5
    )
    rows = tuple(replace(row, secondary=f"二级{n // 7}", tertiary=f"三级{n}") for n in range(count))
    document = small_document("正文。")
    table = BodyTable(
        "表1",
        "",
        (TableColumn("甲", 50), TableColumn("乙", 50)),
        (("一", "二"),) * count,
        merged_columns=1,
    )
    return replace(
        document,
        blocks=(*document.blocks, table),
        score_sheet=replace(document.score_sheet, rows=rows),
    )


def test_word_file_takes_work_as_its_rows():
    def write(count):
        return as_word(with_rows(count), created_at=AT)

    assert_linear(write, 60)
    assert_linear_in_c(write, 60)


def test_three_hundred_rows_are_all_written():
    data = as_word(with_rows(300), created_at=AT)
    assert len(docx.Document(BytesIO(data)).tables[1]._tbl.tr_lst) == 303


def test_created_at_needs_a_time_zone():
    with pytest.raises(ValueError, match="time zone"):
        as_word(small_document("文"), created_at=AT.replace(tzinfo=None))


def test_cover_and_contents_stand_before_page_one(zengcheng_document):
    document = replace(
        zengcheng_document, cover=("试验部门", "二〇二三年四月"), contents_title="目录"
    )
    word = opened(document)

    listed = [(one.style.name, one.text.strip()) for one in word.paragraphs]
    assert listed[:5] == [
        ("附件", "附件2"),
        ("封面标题", "\n".join(document.title_lines)),
        ("封面文字", "试验部门\n二〇二三年四月"),
        ("目录标题", "目录"),
        ("toc 1", "一、基本情况"),
    ]
    headings = [
        block.number + block.text
        for block in document.blocks
        if isinstance(block, Heading) and block.level <= 2
    ]
    entries = [text for style, text in listed if style.startswith("toc")]
    assert entries == [*headings, document.score_sheet.title]
    front, body, _sheet = word.sections
    assert "PAGE" not in front.footer._element.xml
    numbering = body._sectPr.find(qn("w:pgNumType"))
    assert numbering.get(qn("w:start")) == "1"
    assert body.start_type.name == "ODD_PAGE"


def test_every_entry_of_the_contents_leads_to_a_heading(zengcheng_document):
    word = opened(replace(zengcheng_document, contents_title="目录"))
    body = word.element.body
    marks = {one.get(qn("w:name")) for one in body.iter(qn("w:bookmarkStart"))}
    links = [one.get(qn("w:anchor")) for one in body.iter(qn("w:hyperlink"))]
    assert links
    assert set(links) <= marks


def shown_pages(document, **more) -> tuple[list[str], str]:
    """Return what stands as the page of each entry, and how the contents' field begins."""
    body = docx.Document(BytesIO(as_word(document, created_at=AT, **more))).element.body
    links = list(body.iter(qn("w:hyperlink")))
    begin = next(body.iter(qn("w:fldChar")))
    return [
        "".join(text.text or "" for text in link.iter(qn("w:t"))).lstrip(
            "".join(text.text or "" for text in next(link.iter(qn("w:r"))).iter(qn("w:t")))
        )
        for link in links
    ], begin.get(qn("w:dirty"))


def test_contents_have_the_pages_of_the_pdf_and_need_no_update(zengcheng_document):
    document = replace(zengcheng_document, cover=("试验部门",), contents_title="目录")

    pages = numbers.entry_pages(document)

    assert pages == (1, 1, 2, 3, 3, 4, 4, 4, 6, 6, 7, 7, 9)
    assert shown_pages(document, entry_pages=pages) == ([str(page) for page in pages], None)


def test_contents_without_known_pages_are_numbered_by_word():
    document = small_document("文" * (numbers.MOST_CHARACTERS + 1), contents_title="目录")

    assert numbers.entry_pages(document) == ()
    assert shown_pages(document) == (["", ""], "true")
    assert numbers.entry_pages(small_document("文")) == ()  # no contents, no pages


def test_title_table_and_chart_take_whole_lines_of_the_page(word):
    assert [title_after(lines) for lines in (1, 2, 3)] == [977, 876, 775]
    title = next(one for one in word.paragraphs if one.style.name == "Title")
    assert title._p.pPr.find(qn("w:spacing")).get(qn("w:after")) == "876"
    body = list(word.element.body)
    below = [body[at + 1] for at, one in enumerate(body[:-1]) if one.tag == qn("w:tbl")]
    spaces = [one.pPr.find(qn("w:spacing")) for one in below]
    assert [None if one is None else one.get(qn("w:before")) for one in spaces] == [
        "290",
        "290",
        None,
    ]


def test_tables_have_a_name_for_reading_aids(word):
    names = [one._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) for one in word.tables]
    assert names == [
        "表1　2022年度部门整体收支情况表",
        "表2　2022年度部门整体绩效目标完成情况表",
        "2022年度部门整体支出绩效自评评分表",
    ]
