"""The finished file: text, lines, safety, sameness. Its geometry: test_geometry."""

import gc
import os
import subprocess
import sys
import weakref
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pdfplumber
import pypdf
import pypdfium2
import pytest

from perfeval.documents.document import BodyTable, Heading, Paragraph, ScoreRow, TableColumn
from perfeval.documents.printed import printed
from perfeval.text import prose
from perfeval.typesetting import layout as typesetting
from perfeval.typesetting import patches, pdf, watermark, worker
from perfeval.typesetting.pages import next_cuts
from perfeval.typesetting.patches import justifying, replacing, squeezing
from tests.growth import assert_linear, assert_linear_in_c
from tests.typesetting.documents import AT, HANZI, make, order, small_document
from tests.typesetting.measuring import PT_PER_MM, body_text, lines, number_of, squeezed

MM = 0.5 * PT_PER_MM
LEFT, RIGHT = 28 * PT_PER_MM, (210 - 26) * PT_PER_MM


def test_text_reads_back_as_written(zengcheng, guangzhou):
    for made in (zengcheng, guangzhou):
        text = "".join(body_text(page) for page in made.pages)
        document = made.document
        assert (
            squeezed(document.annex_mark + document.title)
            == text[: len(squeezed(document.annex_mark + document.title))]
        )
        for block in document.blocks:
            if isinstance(block, Heading):
                assert squeezed(block.number + block.text) in text
            elif isinstance(block, Paragraph):
                assert squeezed(block.text) in text
            else:
                assert squeezed(block.caption) in text
                for row in block.rows:
                    for cell in row:
                        assert squeezed(cell) in text
        for row in document.score_sheet.rows:
            for cell in (
                row.primary,
                row.secondary,
                row.tertiary,
                row.standard,
                row.weight,
                row.points,
                row.reason,
            ):
                assert squeezed(cell) in text


def test_text_has_no_characters_that_nobody_wrote(zengcheng, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(zengcheng.file.data)
    read = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True).stdout.decode()
    document = zengcheng.document
    written = set(
        document.annex_mark + document.title + document.score_sheet.title + "—\f 0123456789（续）附"
    )
    for block in document.blocks:
        match block:
            case Heading():
                written |= set(block.number + block.text)
            case Paragraph():
                written |= set(block.text)
            case BodyTable():
                written |= set(block.caption + block.unit)
                written |= {char for column in block.columns for char in column.heading}
                written |= {char for row in block.rows for cell in row for char in cell}
    sheet = document.score_sheet
    written |= {char for column in sheet.columns for char in column.heading}
    written |= set(sheet.total_label + sheet.grade_label + sheet.grade + sheet.total_points)
    for row in sheet.rows:
        written |= set(
            row.primary + row.secondary + row.tertiary + row.standard + row.points + row.reason
        )
    assert set(read) - written - {"\n", "　"} == set()


def test_sentences_are_found_by_search(zengcheng):
    pages = pypdfium2.PdfDocument(zengcheng.file.data)
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    for words in ("自评得分96.45分", "预算资金支出率", "639.15万元", "得分率83.33%"):
        assert words in text.replace("\r\n", "")


def test_figures_and_units_stay_on_one_line(zengcheng, guangzhou):
    for made in (zengcheng, guangzhou):
        for page in made.pages:
            if page.width > page.height:
                continue
            found = lines(page, font="Fangsong")
            for above, below in pairwise(found):
                if below.middle - above.middle > 30 or above.right < RIGHT - 60:
                    continue
                assert not (
                    above.text[-1].isdigit()
                    and (below.text[0].isdigit() or below.text[0] in "万元分%场个年月日")
                )


def test_no_line_begins_with_a_closing_mark(zengcheng, guangzhou, plain):
    for made in (zengcheng, guangzhou, plain):
        for page in made.pages:
            for line in lines(page, font="Fangsong"):
                assert line.text[0] not in "，。、；：？！）》”’%"
                assert line.text[-1] not in "（《“‘"


def test_heading_never_ends_a_page(zengcheng, guangzhou):
    for made in (zengcheng, guangzhou):
        headings = {
            squeezed(b.number + b.text) for b in made.document.blocks if isinstance(b, Heading)
        }
        for page in made.pages:
            if page.width < page.height:
                found = [line.text for line in lines(page) if not line.text.startswith("—")]
                assert found[-1] not in headings


@pytest.mark.parametrize(
    ("ending", "on_last"),
    [
        # Lines of the last paragraphs, of which one would stand alone overleaf.
        ([4], 3),
        ([3], 3),
        ([2, 1], 3),
        ([4, 1], 3),
        ([4, 2], 4),
        ([1, 1, 1], 2),
    ],
)
def test_last_page_of_the_body_never_holds_a_single_line(ending, on_last):
    lengths = {1: 20, 2: 40, 3: 70, 4: 100}
    # The title takes three.
    before = 22 + 1 - 3 - sum(ending)
    texts = ["一行。"] * before
    texts += [(HANZI * 3)[: lengths[count]] + "。" for count in ending]
    made = make(small_document(blocks=tuple(map(Paragraph, texts)), annex_mark=""))
    upright = [page for page in made.pages if page.width < page.height]
    found = [[one for one in lines(page) if one.size > 15] for page in upright]
    assert len(found) == 2
    assert len(found[-1]) == on_last


def test_heads_of_tables_are_repeated(zengcheng):
    for page in zengcheng.pages:
        if page.width > page.height:
            assert "评分标准" in body_text(page)


def test_long_table_keeps_rows_and_labels_whole():
    rows = tuple(
        ("产出指标" if n < 40 else "效益指标", "数量指标", f"第{n}项活动场次", "35场")
        for n in range(60)
    )
    headings = ("一级", "二级", "三级", "目标")
    columns = tuple(
        TableColumn(heading, width)
        for heading, width in zip(headings, (12, 12, 51, 25), strict=True)
    )
    table = BodyTable("表1　目标表", "", columns, rows, merged_columns=2)
    made = make(
        small_document(
            "前文。" * 40, blocks=(Heading(1, "一、", "目标"), Paragraph("前文。" * 100), table)
        )
    )
    upright = [page for page in made.pages if page.width < page.height]
    texts = [body_text(page) for page in upright]
    assert "".join(texts).count("一级二级三级目标") == sum("场次" in text for text in texts)
    assert [n for text in texts for n in range(60) if f"第{n}项活动场次" in text] == list(range(60))
    continued = [text for text in texts if "产出指标（续）" in text]
    assert continued
    assert all(text.index("数量指标（续）") > 0 for text in continued)
    # A label of two lines has the room of all its rows; the last of them is as high as the others.
    heights = set()
    for page in upright:
        rows = [char["top"] for char in page.chars if char["text"] == "项"]
        heights |= {round(below - above) for above, below in pairwise(rows)}
    assert heights == {22}


def test_cut_before_a_known_one_lets_the_rest_flow_anew():
    assert next_cuts({}, {0: [6, 33]}) == {0: [6, 33]}
    assert next_cuts({0: [6]}, {0: [6, 33, 50]}) == {0: [6, 33, 50]}
    assert next_cuts({0: [6, 33, 60], 1: [5]}, {0: [6, 32, 33, 60]}) == {0: [6, 32], 1: [5]}


def test_missing_glyph_is_named_with_its_place():
    document = small_document("前面的文字𠀀𪚥后面的文字")
    with pytest.raises(pdf.GlyphMissing) as caught:
        pdf.render(document, created_at=AT)
    assert [(one.character, one.section) for one in caught.value.missing] == [
        ("𠀀", "一、基本情况"),
        ("𪚥", "一、基本情况"),
    ]
    assert "U+2A6A5" in str(caught.value)


def test_rare_name_characters_are_set():
    made = make(small_document("㙍堃喆镕瑢䶮𬭎𫖯"))
    assert "㙍堃喆镕瑢䶮𬭎𫖯" in body_text(made.pages[0])
    assert all(char["text"] != "\ufffd" for char in made.pages[0].chars)


def test_same_document_gives_same_bytes(zengcheng):
    again = pdf.render(zengcheng.document, created_at=AT)
    assert again.data == zengcheng.file.data
    assert again.sha256 == zengcheng.file.sha256


def test_other_process_gives_same_bytes(zengcheng):
    program = (
        "import sys, django; django.setup(); sys.path.insert(0, '.')\n"
        "from tests.typesetting.documents import AT, demo_snapshot, pdf\n"
        "from perfeval.documents.building import build\n"
        "print(pdf.render(build(*demo_snapshot('zengcheng_2022')), created_at=AT).sha256)"
    )
    made = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "perfeval.settings",
            "TZ": "America/New_York",
            "PYTHONPATH": ".",
        },
    )
    assert made.stdout.decode().strip() == zengcheng.file.sha256


def test_fonts_in_another_folder_give_the_same_bytes(zengcheng, tmp_path):
    ordered = order(zengcheng.document)
    elsewhere = tmp_path / "fonts.conf"
    elsewhere.write_bytes(ordered.fonts.config_file.read_bytes())
    moved = replace(ordered, fonts=replace(ordered.fonts, config_file=elsewhere))
    assert worker.lay_out(moved).data == zengcheng.file.data


def test_metadata_outline_and_language(zengcheng):
    read = pypdf.PdfReader(BytesIO(zengcheng.file.data))
    assert read.metadata.title == "2022年度广州市增城区科学技术协会部门整体支出绩效自评报告"
    assert read.metadata.author == "广州市增城区科学技术协会"
    assert read.metadata.creation_date == AT
    assert read.trailer["/Root"]["/Lang"] == "zh-CN"

    def flat(items, level=0):
        for item in items:
            if isinstance(item, list):
                yield from flat(item, level + 1)
            else:
                yield level, item.title

    assert list(flat(read.outline))[:4] == [
        (0, "一、基本情况"),
        (1, "（一）部门概况"),
        (2, "1.部门主要职责"),
        (2, "2.部门机构设置情况"),
    ]
    assert (0, "2022年度部门整体支出绩效自评评分表") in flat(read.outline)


def test_record_says_what_it_was_made_with(zengcheng):
    assert zengcheng.file.weasyprint_version == "70.0"
    assert zengcheng.file.fonts["fonts"]["fangsong"]["family"] == "Perfeval Fangsong"
    assert zengcheng.file.page_count == len(zengcheng.pages)


def grey_share(data: bytes) -> list[float]:
    """Return for each page how much of it has exactly the watermark's grey."""
    images = [page.render(scale=1).to_pil().convert("L") for page in pypdfium2.PdfDocument(data)]
    return [
        image.histogram()[int(watermark.COLOUR[1:3], 16)] / (image.width * image.height)
        for image in images
    ]


def test_watermark_is_on_every_page_and_not_in_the_text(empty):
    assert "草" not in "".join(char["text"] for page in empty.pages for char in page.chars)
    assert min(grey_share(empty.file.data)) > 0.04


def test_watermark_is_absent_from_a_final_document(zengcheng):
    assert max(grey_share(zengcheng.file.data)) < 0.01


def test_page_is_right_without_any_patch(zengcheng):
    ordered = order(zengcheng.document)
    with_them = worker.lay_out(ordered)
    patches.restore()
    typesetting.forget()
    try:
        without = worker.lay_out(ordered)
    finally:
        patches.apply()
        typesetting.forget()
    assert with_them.data != without.data
    # A line may end elsewhere, and so may a page: a table goes over it, and its head is repeated.
    with pdfplumber.open(BytesIO(without.data)) as opened:
        text = "".join(map(body_text, opened.pages))
        assert [one for one in printed(zengcheng.document) if one.text not in text] == []
        assert len(opened.pages) == len(zengcheng.pages)


#: What Pango and WeasyPrint break, space and shape in their own ways.
AWKWARD = (
    "全年预算数640.40万元，执行率98.92%；其中“三公”经费（含公务接待费）1,234,567.89元……按期完成——",
    "English words stand in 中文, and a hyphen-ated-word, an endless "
    + "w" * 80
    + " and（brackets）。",
    "全角　空格　和 半角 空格，末尾有空格　 ",
    "㙍堃喆镕瑢䶮𬭎𫖯等生僻字与①②③、㎡、℃、‰、→、α、é混排，" * 3,
    HANZI * 9,
    "《部门预算管理办法》（财预〔2020〕10号）、《关于……的通知》、“‘引号’中的引号”，" * 6,
    "a" * 200 + "，" + "1" * 60 + "元",
    "\u200b\u2060隐形\u00ad标记\u00a0不换行שלום右行",
    "，" * 70,
    "第1项",
)


def test_patches_that_save_time_move_no_character(guangzhou):
    """All of them but those that justify."""
    rows = tuple(
        ScoreRow(
            primary="一级",
            secondary=f"二级{number // 2}",
            tertiary=text[:40],
            weight="2",
            standard=text[:300],
            points="1.5",
            reason=text[-60:],
        )
        for number, text in enumerate(AWKWARD)
    )
    awkward = small_document(*AWKWARD, contents_title="目　录")
    awkward = replace(awkward, score_sheet=replace(awkward.score_sheet, rows=rows))
    for document in (guangzhou.document, awkward):
        ordered = order(document)
        with_them = worker.lay_out(ordered)
        patches.restore()
        typesetting.forget()
        replacing.replace(justified := justifying.replacements() + squeezing.replacements())
        try:
            without = worker.lay_out(ordered)
        finally:
            replacing.replace([(new, old) for old, new in justified])
            patches.apply()
            typesetting.forget()
        assert pages_of(with_them) == pages_of(without)


def pages_of(laid):
    with pdfplumber.open(BytesIO(laid.data)) as opened:
        return [places(page) for page in opened.pages]


def places(page):
    return [
        (char["text"], char["fontname"], char["size"], round(char["x0"], 2), round(char["top"], 2))
        for char in page.chars
    ]


def test_pages_go_as_soon_as_nobody_holds_them(guangzhou):
    """Without the garbage collector, which would look through everything that a worker keeps."""
    # The first document of a process loads what the others find.
    worker.lay_out(order(small_document("一段。")))
    typesetting.forget()
    gc.collect()
    gc.disable()
    try:
        worker.lay_out(order(guangzhou.document))
        boxes = [
            weakref.ref(box)
            for laid_out in typesetting._kept.values()
            for page in laid_out.pages
            for box in page._page_box.descendants()
        ]
        assert len(boxes) > 100
        typesetting.forget()
        assert [box() for box in boxes if box() is not None] == []
    finally:
        gc.enable()


def test_kept_parts_give_the_same_bytes(zengcheng):
    first = order(zengcheng.document)
    sheet = zengcheng.document.score_sheet
    rows = (*sheet.rows[:-1], replace(sheet.rows[-1], reason="另有说明。"))
    changed = order(replace(zengcheng.document, score_sheet=replace(sheet, rows=rows)))
    listed = order(replace(zengcheng.document, contents_title="目　录"))
    typesetting.forget()
    kept = [worker.lay_out(one).data for one in (first, changed, first, listed, listed)]
    assert kept[0] == kept[2] == zengcheng.file.data
    assert kept[3] == kept[4]
    typesetting.forget()
    assert worker.lay_out(changed).data == kept[1] != kept[0]


def test_lines_end_at_the_right_edge(zengcheng):
    """Only a line that a long figure left very short may end early, and by little."""
    for page in zengcheng.pages[:4]:
        found = lines(page, font="Fangsong")
        for above, below in pairwise(found):
            is_inner = below.left < LEFT + 1 and below.middle - above.middle < 30
            if is_inner:
                # A closing mark fills the left half of its place only.
                assert above.right == pytest.approx(RIGHT, abs=1.4 * 16)
    ends = [
        line.right for line in lines(zengcheng.pages[1], font="Fangsong") if line.right > RIGHT - 20
    ]
    assert sum(abs(end - RIGHT) < MM for end in ends) >= 10


def test_no_line_is_pulled_apart_or_pressed_together(zengcheng, guangzhou):
    """Between two characters of a line: hardly any gap that is seen, no mark that touches what comes next."""
    for made in (zengcheng, guangzhou):
        for page in made.pages:
            for line in lines(page, font="Fangsong"):
                gaps = [(after["x0"] - before["x1"]) / 16 for before, after in pairwise(line.chars)]
                assert all(-0.36 < gap < 0.26 for gap in gaps), line.text
                hanzi = [
                    gap
                    for gap, (before, after) in zip(gaps, pairwise(line.text), strict=True)
                    if "一" <= before <= "龥" and "一" <= after <= "龥"
                ]
                assert all(-0.04 < gap < 0.12 for gap in hanzi), line.text


HOSTILE = (
    '<script>alert(1)</script><img src="http://127.0.0.1:9/x.png"><img src="file:///etc/passwd">'
    '<link rel="attachment" href="file:///etc/passwd"><style>@import url(http://127.0.0.1:9/a.css);</style>'
    "</p></main><h1>&lt;&amp;{{ 7|add:1 }}{% debug %}url(file:///etc/hostname)"
)


def test_hostile_text_is_only_text(caplog):
    sheet_row = ScoreRow(HOSTILE, HOSTILE, HOSTILE, "1", HOSTILE, "1", HOSTILE)
    document = small_document(HOSTILE)
    document = replace(
        document,
        title=HOSTILE,
        title_lines=(HOSTILE[:20],),
        author=HOSTILE,
        subject='"><meta name="x" content="y',
        blocks=(
            Heading(1, "一、", HOSTILE),
            Paragraph(HOSTILE),
            BodyTable(HOSTILE, HOSTILE, (TableColumn(HOSTILE, 100),), ((HOSTILE,),)),
        ),
        score_sheet=replace(document.score_sheet, rows=(sheet_row,)),
    )
    made = make(document)
    text = "".join(body_text(page) for page in made.pages)
    assert text.count(squeezed(HOSTILE)) >= 4
    read = pypdf.PdfReader(BytesIO(made.file.data))
    assert read.attachments == {}
    assert "root:" not in text
    assert not [record for record in caplog.records if "refused to load" in record.message]


@pytest.mark.parametrize("text", ["绩效", "x", "绩效1,234.56万元，"])
def test_long_text_takes_work_as_its_length(text):
    def lay_out(length):
        typesetting.forget()
        worker.lay_out(order(small_document(*prose.paragraphs(text * (length // len(text))))))

    assert_linear(lay_out, 4_000)
    assert_linear_in_c(lay_out, 4_000)


def test_very_long_text_is_set_whole():
    made = make(small_document(*prose.paragraphs("绩效" * 50_000), *prose.paragraphs("x" * 20_000)))
    assert sum(body_text(page).count("绩") for page in made.pages) == 50_000


def test_more_than_a_report_is_refused():
    with pytest.raises(pdf.RenderFailed, match="200,000 are the most"):
        pdf.render(small_document("一" * 200_001), created_at=AT)


def test_too_many_rows_are_refused():
    table = BodyTable("表1", "", (TableColumn("列", 100),), (("行",),) * 1501)
    with pytest.raises(pdf.RenderFailed, match="1,500 are the most"):
        pdf.render(small_document(blocks=(table,)), created_at=AT)


def test_long_reason_in_the_score_sheet_goes_over_pages():
    document = small_document("正文。")
    reason = "原因" * 1500
    row = ScoreRow("管理效率", "绩效管理", "绩效结果应用", "5", "标准", "1", reason)
    made = make(replace(document, score_sheet=replace(document.score_sheet, rows=(row,))))
    sheets = [page for page in made.pages if page.width > page.height]
    assert sum(body_text(page).count("原") for page in sheets) == 1500 + len(
        sheets
    )  # each head has one
    for page in sheets:
        assert (
            max(edge["bottom"] for edge in [*page.lines, *page.rects]) <= (210 - 26) * PT_PER_MM + 1
        )


def test_created_at_needs_a_time_zone():
    with pytest.raises(ValueError, match="time zone"):
        pdf.render(small_document("文"), created_at=AT.replace(tzinfo=None))


def test_fonts_are_truetype_and_embedded(zengcheng, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(zengcheng.file.data)
    listed = (
        subprocess.run(["pdffonts", path], capture_output=True, check=True)
        .stdout.decode()
        .splitlines()[2:]
    )
    assert len(listed) == 5
    assert all(
        "CID TrueType" in row and row.split()[-5:-2] == ["yes", "yes", "yes"] for row in listed
    )


def test_pdf_opens_in_plumber_after_render(zengcheng):
    assert (
        pdfplumber.open(BytesIO(zengcheng.file.data)).metadata["Title"] == zengcheng.document.title
    )


def test_cover_and_contents_come_before_page_one():
    blocks = tuple(
        block
        for number in range(1, 30)
        for block in (Heading(1, f"{number}、", f"第{number}部分"), Paragraph(HANZI * 6))
    )
    document = small_document(blocks=blocks, cover=("某区科协", "2023年4月"), contents_title="目录")
    made = make(document)
    cover, contents, more, blank, first = made.pages[:5]
    assert body_text(cover) == "附件1自评报告某区科协2023年4月"
    assert body_text(contents).startswith("目录1、第1部分")
    assert (body_text(more) != "", body_text(blank)) == (True, "")
    assert [number_of(page) for page in (cover, contents, more, blank)] == [[]] * 4
    # The body begins with number 1 on a right-hand page, and each entry tells its heading's number.
    starts = {}
    for number, page in enumerate(made.pages[4:], start=1):
        for line in lines(page, font="Hei"):
            starts[line.text] = number
    told = {}
    for page in (contents, more):
        for line in lines(page)[0:]:
            name, _, number = line.text.partition("...")
            told[name.strip(".")] = number.strip(".")
    assert "".join(char["text"] for char in number_of(first)).replace(" ", "") == "—1—"
    assert told["3、第3部分"] == str(starts["3、第3部分"])
    assert told["29、第29部分"] == str(starts["29、第29部分"])
    assert told["评分表"] == str(len(made.pages) - 4)


def test_nothing_but_named_assets_is_served():
    worker.lay_out(order(small_document("先排一页")))
    fetcher = typesetting._asset_fetcher({"report-asset:a.svg": b"<svg/>"})
    assert fetcher.fetch("report-asset:a.svg").read() == b"<svg/>"
    for address in (
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "report-asset:b.svg",
        "data:text/plain,x",
        "ftp://x/y",
    ):
        with pytest.raises(ValueError, match="only the report's own assets"):
            fetcher.fetch(address)
