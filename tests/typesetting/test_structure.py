"""What the finishing step leaves in the file: one element for one thing, whatever pages it stands on."""

from dataclasses import replace
from io import BytesIO

import pypdf
import pytest

from perfeval.documents.document import BodyTable, Heading, Paragraph, TableColumn
from perfeval.typesetting import pdf
from tests.typesetting.documents import AT, small_document


class Element:
    """A structure element read back: its kind, its attributes, its elements, its pieces of content."""

    def __init__(self, source):
        self.kind = source["/S"].removeprefix("/")
        self.attributes = source.get("/A", {})
        kids = source.get("/K", [])
        kids = kids if isinstance(kids, list) else [kids]
        found = [kid.get_object() if hasattr(kid, "get_object") else kid for kid in kids]
        self.pieces = [kid for kid in found if isinstance(kid, int) or "/S" not in kid]
        self.kids = [Element(kid) for kid in found if not isinstance(kid, int) and "/S" in kid]

    def walk(self):
        yield self
        for kid in self.kids:
            yield from kid.walk()

    def all(self, *kinds):
        return [one for one in self.walk() if one.kind in kinds]


def structure(data: bytes) -> Element:
    root = pypdf.PdfReader(BytesIO(data)).trailer["/Root"]["/StructTreeRoot"]
    return Element(root["/K"][0].get_object())


@pytest.fixture(scope="module")
def long_table():
    """A document whose paragraph and whose table go over pages."""
    rows = tuple(("产出指标" if n < 40 else "效益指标", f"第{n}项", "35场") for n in range(60))
    columns = tuple(
        TableColumn(heading, width) for heading, width in (("一级", 30), ("二级", 40), ("三级", 30))
    )
    table = BodyTable("表1　目标表", "单位：场", columns, rows, merged_columns=1)
    document = small_document(
        blocks=(
            Heading(1, "一、", "目标"),
            Paragraph("前文。" * 300),
            Heading(3, "1.", "跳过一级的标题"),
            table,
            Paragraph("后文。"),
        )
    )
    made = pdf.render(document, created_at=AT)
    return structure(made.data), made


def test_paragraph_over_a_page_is_one_element(long_table):
    tree, made = long_table
    assert made.page_count > 3
    pages = [piece for one in tree.all("P") for piece in one.pieces if not isinstance(piece, int)]
    assert [one.kind for one in tree.kids][:6] == ["P", "H1", "H2", "P", "H3", "Table"]
    assert pages
    assert {piece["/Type"] for piece in pages} == {"/MCR"}


def test_table_over_pages_is_one_with_one_head(long_table):
    tree, _ = long_table
    (table, _sheet) = tree.all("Table")
    assert [one.kind for one in table.kids] == ["Caption", "THead", "TBody"]
    assert len(table.all("TR")) == 1 + 60
    heads = table.all("TH")
    assert [one.attributes for one in heads] == [{"/O": "/Table", "/Scope": "/Column"}] * 3
    grid = [0] * 60
    for place, row in enumerate(table.kids[2].kids):
        for cell in row.kids:
            for below in range(int(cell.attributes.get("/RowSpan", 1))):
                grid[place + below] += int(cell.attributes.get("/ColSpan", 1))
    assert grid == [3] * 60


def test_heading_levels_are_not_skipped(long_table):
    tree, _ = long_table
    assert [one.kind for one in tree.all("H1", "H2", "H3", "H4")] == ["H1", "H2", "H3", "H2"]


def test_score_sheet_over_pages_is_one_table(zengcheng):
    tree = structure(zengcheng.file.data)
    (sheet,) = tree.all("Sect")
    assert [one.kind for one in sheet.kids] == ["P", "H2", "Table"]
    assert len(sheet.all("TR")) == 1 + len(zengcheng.document.score_sheet.rows) + 2


def test_page_numbers_and_repeated_heads_are_no_content(long_table):
    _, made = long_table
    reader = pypdf.PdfReader(BytesIO(made.data))
    marks = [
        [
            operands[1]
            for operands, operator in page.get_contents().operations
            if operator == b"BDC" and operands[0] == "/Artifact"
        ]
        for page in reader.pages
    ]
    footer = {"/Type": "/Pagination", "/Subtype": "/Footer"}
    assert all(of_page.count(footer) == 1 for of_page in marks)
    # The table goes over two page breaks, and its head has three cells.
    assert sum(of_page.count({"/Type": "/Pagination"}) for of_page in marks) % 3 == 0
    assert [{"/Type": "/Pagination"} in of_page for of_page in marks].count(True) >= 1


def test_attachments_are_tied_to_the_document():
    note = pdf.Attachment("b.json", '{"数":1}'.encode(), "application/json", "数据", "Source", AT)
    other = replace(note, name="a.json", relationship="Data")
    made = pdf.render(small_document("文"), created_at=AT, attached=(note, other))
    reader = pypdf.PdfReader(BytesIO(made.data))
    assert {name: files[0] for name, files in reader.attachments.items()} == {
        "a.json": note.content,
        "b.json": note.content,
    }
    related = [one.get_object() for one in reader.trailer["/Root"]["/AF"]]
    assert [(one["/F"], one["/UF"], one["/AFRelationship"], one["/Desc"]) for one in related] == [
        ("a.json", "a.json", "/Data", "数据"),
        ("b.json", "b.json", "/Source", "数据"),
    ]
    file = related[0]["/EF"]["/F"]
    assert file["/Subtype"] == "/application/json"
    assert (file["/Params"]["/ModDate"], file["/Params"]["/Size"]) == ("D:20230406093000Z", 9)
    again = pdf.render(small_document("文"), created_at=AT, attached=(other, note))
    assert again.data == made.data


def test_no_object_is_null(zengcheng):
    """MuPDF would not save such a file anew."""
    read = pypdf.PdfReader(BytesIO(zengcheng.file.data))
    objects = [read.get_object(number) for number in range(1, read.trailer["/Size"])]
    assert not [found for found in objects if isinstance(found, pypdf.generic.NullObject)]
