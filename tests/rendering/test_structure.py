"""The tagged structure of the file: what a screen reader is told."""

from dataclasses import replace
from io import BytesIO

import pypdf
import pytest

from perfeval.rendering import pdf
from perfeval.rendering.document import Column, Heading, Paragraph, Table
from tests.rendering.documents import AT, small_document


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
        Column(heading, width) for heading, width in (("一级", 30), ("二级", 40), ("三级", 30))
    )
    table = Table("表1　目标表", "单位：场", columns, rows, merged_columns=1)
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
    kinds = [one.kind for one in tree.kids if one.kind != "Span"]
    assert kinds[:6] == ["P", "Title", "H1", "P", "H2", "Table"]
    (long,) = [one for one in tree.all("P") if len(one.pieces) > 25]
    assert {piece["/Type"] for piece in long.pieces if not isinstance(piece, int)} == {"/MCR"}


def attribute(element, name, missing=None):
    found = element.attributes
    for one in found if isinstance(found, list) else [found]:
        if name in one.get_object():
            return one.get_object()[name]
    return missing


def test_table_is_whole_on_each_page_and_has_a_head(long_table):
    tree, _ = long_table
    *tables, _sheet = tree.all("Table")
    assert [one.kind for one in tables[0].kids] == ["Caption", "THead", "TBody"]
    rows = 0
    for table in tables:
        heads = table.all("TH")
        assert [attribute(one, "/Scope") for one in heads] == ["/Column"] * 3
        body = table.kids[-1].kids
        grid = [0] * len(body)
        for place, row in enumerate(body):
            for cell in row.kids:
                for below in range(int(attribute(cell, "/RowSpan", 1))):
                    grid[place + below] += int(attribute(cell, "/ColSpan", 1))
        assert grid == [3] * len(body)
        rows += len(body)
    assert (len(tables) > 1, rows) == (True, 60)


def test_heading_levels_are_not_skipped(long_table):
    tree, _ = long_table
    assert [one.kind for one in tree.all("H1", "H2", "H3", "H4")] == ["H1", "H2", "H1"]


def test_claims_stand_in_the_metadata(zengcheng):
    claims = pypdf.PdfReader(BytesIO(zengcheng.file.data)).xmp_metadata.stream.get_data().decode()
    for claim in (
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
    ):
        assert claim in claims


def test_page_numbers_are_no_content(zengcheng):
    reader = pypdf.PdfReader(BytesIO(zengcheng.file.data))
    footers = [
        sum(
            operator == b"BDC" and operands[0] == "/Artifact" and "/Footer" in operands[1].values()
            for operands, operator in page.get_contents().operations
        )
        for page in reader.pages
    ]
    assert footers == [1] * zengcheng.file.page_count


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
