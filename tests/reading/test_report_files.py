"""PDF, OFD, Word, Excel and text come in whole; what cannot be read is refused with its reason."""

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from pypdf import PdfReader, PdfWriter
from weasyprint import HTML

from perfeval.checking.services import check_text
from perfeval.reading.limited.report_files import ReportUnreadable, read_report

SHEET = (
    ("三级指标", "年度指标值", "实际完成值", "分值", "得分", "扣分原因"),
    ("培训场次", "12场", "12场", "40", "40", "无"),
    ("培训合格率达到上级主管部门要求的程度", "95%", "93%", "20", "19", "个别学员缺考未补"),
    ("群众知晓情况", "提升", "提升", "40", "40", "无"),
    ("总分", "", "", "100", "98", ""),
)


def pdf_of(body: str, *, style: str = "") -> bytes:
    html = f"<style>@page {{ size: A4 }} table {{ border-collapse: collapse }} {style}</style><body>{body}"
    return HTML(string=html).write_pdf()


def table_html(rows) -> str:
    cells = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def word_of(paragraphs, rows=()) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(rows=0, cols=len(rows[0]))
        for row in rows:
            cells = table.add_row().cells
            for cell, text in zip(cells, row, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def codes(text: str) -> list[str]:
    return [finding.code for finding in check_text(text).findings]


def test_pdf_with_a_ruled_table_gives_its_rows():
    data = pdf_of(
        "<p>绩效自评报告</p>" + table_html(SHEET), style="td { border: 1px solid; width: 20mm }"
    )

    text = read_report("报告.pdf", data)

    assert "培训合格率达到上级主管部门要求的程度\t95%\t93%\t20\t19\t个别学员缺考未补" in text
    assert codes(text) == ["total-score-wrong"]


def test_pdf_with_a_table_without_lines_gives_its_sum():
    data = pdf_of(
        "<p>绩效自评报告</p>" + table_html(SHEET), style="td { white-space: nowrap; padding: 2px }"
    )

    assert codes(read_report("报告.pdf", data)) == ["total-score-wrong"]


def test_pdf_with_merged_cells_keeps_the_columns():
    rows = (
        "<tr><td>一级指标</td><td>三级指标</td><td>分值</td><td>得分</td></tr>"
        "<tr><td rowspan=2>产出</td><td>场次</td><td>60</td><td>60</td></tr>"
        "<tr><td>质量</td><td>40</td><td>35</td></tr>"
        "<tr><td colspan=2>总分</td><td>100</td><td>96</td></tr>"
    )
    data = pdf_of(f"<p>绩效自评</p><table>{rows}</table>", style="td { border: 1px solid }")

    text = read_report("报告.pdf", data)

    assert "产出\t场次\t60\t60\n\t质量\t40\t35\n总分\t\t100\t96" in text
    assert codes(text) == ["total-score-wrong"]


def test_pdf_prose_over_lines_is_put_together():
    data = pdf_of(
        "<p>"
        + "该项目由局机关会同各镇街组织实施，年内按计划推进各项工作。" * 3
        + "全年预算数420.00万元，实际支出399.00万元，预算执行率为96.00%。</p>",
        style="p { width: 90mm; font-size: 12pt }",
    )

    assert codes(read_report("报告.pdf", data)) == ["rate-wrong"]


def test_word_paragraphs_and_tables_come_in_order():
    data = word_of(["部门绩效自评报告", "全年预算数420万元，实际支出399万元，执行率96%。"], SHEET)

    text = read_report("报告.docx", data)

    assert "培训场次\t12场\t12场\t40\t40\t无" in text
    assert codes(text) == ["rate-wrong", "total-score-wrong"]


def test_word_merged_cells_leave_empty_ones():
    document = docx.Document()
    document.add_paragraph("绩效自评")
    table = document.add_table(rows=3, cols=3)
    for place, text in enumerate(("产出", "场次", "60")):
        table.cell(0, place).text = text
    table.cell(1, 1).text = "质量"
    table.cell(1, 2).text = "40"
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(2, 2).text = "100"
    table.cell(2, 0).merge(table.cell(2, 1)).text = "合计"
    out = io.BytesIO()
    document.save(out)

    text = read_report("报告.docx", out.getvalue())

    assert "产出\t场次\t60\n\t质量\t40\n合计\t\t100" in text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_is_read_in_the_usual_encodings(encoding):
    assert (
        read_report("报告.txt", "绩效自评得分".encode(encoding)).lstrip("\ufeff") == "绩效自评得分"
    )


def encrypted_pdf() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_of("<p>绩效自评报告</p>"))))
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zip_of(name: str, size: int = 10) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, b"0" * size)
    return out.getvalue()


OLD = b"\xd0\xcf\x11\xe0" + b"\x00" * 100
#: Made once by a library for old files: a 自评表 whose total is 97, and a hidden sheet.
OLD_WORKBOOK = Path(__file__).parent / "sheet.xls"


def ofd_of(objects: str, *, before: str = "") -> bytes:
    """Return an OFD file with one page."""
    name = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    parts = {
        "OFD.xml": f"<ofd:OFD {name}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {name}><ofd:Pages><ofd:Page ID='1' BaseLoc='Pages/Page_0/Content.xml'/>"
        "</ofd:Pages></ofd:Document>",
        "Doc_0/Pages/Page_0/Content.xml": f"{before}<ofd:Page {name}><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, text in parts.items():
            archive.writestr(path, text)
    return out.getvalue()


def ofd_text_at(text: str, left: float, top: float) -> str:
    return (
        f'<ofd:TextObject Boundary="{left} {top} {4 * len(text)} 4"><ofd:TextCode X="0" Y="3">{text}</ofd:TextCode>'
        "</ofd:TextObject>"
    )


def test_ofd_gives_its_lines_in_reading_order():
    objects = "".join(
        [
            ofd_text_at("合计", 20, 40),
            ofd_text_at("绩效自评报告", 60, 10),
            ofd_text_at("100", 80, 40.3),
            ofd_text_at("预算", 20, 30),
            ofd_text_at("执行率95%", 28, 30),
        ]
    )

    assert read_report("报告.ofd", ofd_of(objects)) == "绩效自评报告\n预算执行率95%\n合计\t100\f"


def test_workbook_gives_its_rows_with_tabs_and_titles_as_lines():
    book = openpyxl.Workbook()
    book.active.title = "自评表"
    book.active.append(["项目支出绩效自评表"])
    for row in SHEET:
        book.active.append([int(cell) if cell.isdigit() else cell for cell in row])
    book.create_sheet("草稿").append(["绩效", "得分"])
    book["草稿"].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)

    text = read_report("表.xlsx", out.getvalue())

    assert text.startswith("自评表\n项目支出绩效自评表\n三级指标\t年度指标值\t")
    assert "总分\t\t\t100\t98" in text
    assert "草稿" not in text
    assert codes(text) == ["total-score-wrong"]


def test_old_workbook_gives_its_rows():
    text = read_report("表.xls", OLD_WORKBOOK.read_bytes())

    assert text == (
        "自评表\n项目支出绩效自评表\n三级指标\t完成率\t分值\t得分\n培训场次\t100%\t60\t60\n满意度\t95.5%\t40\t38.5\n"
        "总分\t\t100\t97\n"
    )
    assert codes(text) == ["total-score-wrong"]


@pytest.mark.parametrize(
    ("reason", "name", "data"),
    [
        ("scan", "扫描.pdf", lambda: pdf_of("<svg width='90' height='90'><rect width='80' height='80'/></svg>")),
        ("encrypted", "密码.pdf", encrypted_pdf),
        ("broken", "坏.pdf", lambda: b"%PDF-1.7\nnothing"),
        ("broken", "坏.docx", lambda: b"nothing"),
        ("broken", "坏.docx", lambda: zip_of("word/document.xml")),
        ("broken", "表.xlsx", lambda: zip_of("xl/workbook.xml")),
        ("broken", "表.xls", lambda: OLD + "Workbook".encode("utf-16-le")),
        ("encrypted", "表.xlsx", lambda: OLD + "EncryptedPackage".encode("utf-16-le")),
        ("old-format", "旧.doc", lambda: OLD + "WordDocument".encode("utf-16-le")),
        ("old-format", "旧.wps", lambda: OLD),
        ("scan", "图.png", lambda: b"\x89PNG\r\n\x1a\n"),
        ("scan", "空.ofd", lambda: ofd_of("")),
        ("broken", "坏.ofd", lambda: zip_of("OFD.xml")),
        ("broken", "实体.ofd", lambda: ofd_of("", before='<!DOCTYPE a [<!ENTITY b "c">]>')),
        ("kind", "包.pptx", lambda: zip_of("ppt/presentation.xml")),
        ("too-large", "炸弹.docx", lambda: zip_of("word/document.xml", 210 * 1024 * 1024)),
        ("empty", "空.txt", lambda: b"  \n"),
        ("not-a-report", "信.txt", "你好，明天见。".encode),
    ],
)  # fmt: skip
def test_unreadable_file_is_refused_with_its_reason(reason, name, data):
    with pytest.raises(ReportUnreadable) as refused:
        read_report(name, data())

    assert refused.value.reason == reason
