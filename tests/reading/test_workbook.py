"""Hostile and broken workbooks: a reason, no crash, and little time and memory."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from perfeval.reading.limited.workbook import MOST_UNPACKED, WorkbookRefused, read_workbook
from perfeval.sheets.grid import Grid, Range
from perfeval.sheets.importing import Head, NotUnderstood, draft_of, read_import, skeleton
from perfeval.sheets.usual import candidates, understand
from tests.growth import assert_linear, assert_linear_in_c, memory, steps
from tests.sheets.books import HEAD, saved, usual

GOOD = usual()


def changed(**parts: bytes) -> bytes:
    """Return the common workbook with parts replaced or added; ``__`` stands for a slash."""
    out = io.BytesIO()
    names = {name.replace("__", "/"): data for name, data in parts.items()}
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for member in old.namelist():
            if member not in names:
                new.writestr(member, old.read(member))
        for name, data in names.items():
            new.writestr(name, data)
    return out.getvalue()


def sheet(body: str) -> bytes:
    """Return the common workbook whose sheet is ``body``."""
    text = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{body}</worksheet>'
    return changed(**{"xl__worksheets__sheet1.xml": text.encode()})


def bomb(size: int = 200_000_000) -> bytes:
    return changed(**{"xl__sharedStrings.xml": b"<sst>" + b" " * size + b"</sst>"})


def many_rows(count: int = 150_000) -> bytes:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(count))
    return sheet(f"<sheetData>{rows}</sheetData>")


def far_cell() -> bytes:
    row = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return sheet(f"<sheetData>{row}</sheetData>")


def huge_merge(rows: int = 1_048_576) -> bytes:
    merge = f'<mergeCells count="1"><mergeCell ref="A1:XFD{rows}"/></mergeCells>'
    return sheet(f"<sheetData/>{merge}")


def entities() -> bytes:
    text = b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
    return changed(**{"xl__worksheets__sheet1.xml": text})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-excel"),
        (b"%PDF-1.7 not a workbook", "not-excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old-format"),
        (GOOD[:-400], "not-excel"),
        (GOOD[:2000] + b"\0" * 200 + GOOD[2200:], "broken"),
        (b"PK\x03\x04" + b"x" * (11 * 1024 * 1024), "too-large"),
        (changed(**{"xl__workbook.xml": b"<workbook"}), "broken"),
        (saved(Workbook()), "empty"),
        (bomb(), "too-large"),
        (many_rows(), "too-many-cells"),
        (huge_merge(), "too-many-cells"),
        (entities(), "broken"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_workbook_that_is_not_taken_has_its_reason_and_no_room(data, code):
    with pytest.raises(WorkbookRefused) as refused:
        read_workbook(data)
    assert refused.value.code == code
    # No more than what is unpacked of a file that is taken, as bytes, as text and as what is found in it.
    assert memory(lambda: _refused(data)) < 3 * MOST_UNPACKED


@pytest.mark.parametrize(
    ("make", "size"), [(bomb, 50_000_000), (many_rows, 125_000), (huge_merge, 500_000)]
)
def test_workbook_that_claims_twice_as_much_is_refused_with_no_more_work(make, size):
    some, more = make(size), make(2 * size)
    _refused(some)
    assert steps(lambda: _refused(more)) <= 1.1 * steps(lambda: _refused(some))


def _refused(data: bytes) -> None:
    with pytest.raises(WorkbookRefused):
        read_workbook(data)


def test_far_away_cell_costs_nothing():
    assert read_workbook(far_cell())[0].cells == {(1_048_576, 16_384): 1}


def test_no_zip_of_another_kind_is_a_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")

    with pytest.raises(WorkbookRefused, match="not-excel"):
        read_workbook(out.getvalue())


def test_formula_shows_its_last_value_and_no_link_is_followed():
    cell = '<row r="1"><c r="A1" t="str"><f>[1]Sheet1!A1</f><v>文字</v></c><c r="B1"><f>1+1</f></c></row>'

    grid = read_workbook(sheet(f"<sheetData>{cell}</sheetData>"))[0]

    assert grid.cells == {(1, 1): "文字"}
    assert grid.formulas == {(1, 1), (1, 2)}


def test_text_loses_what_cannot_be_printed():
    cell = '<c r="A1" t="inlineStr"><is><t xml:space="preserve">预算&#x7f;_x000D_支出&#9;率&#13;&#10;乙</t></is></c>'

    grid = read_workbook(sheet(f'<sheetData><row r="1">{cell}</row></sheetData>'))[0]

    assert grid.cells == {(1, 1): "预算\n支出\t率\n乙"}


def test_binary_numbers_are_read_as_they_are_shown():
    cells = '<row r="1"><c r="A1"><v>0.30000000000000004</v></c><c r="B1"><v>12.5</v></c></row>'

    grid = read_workbook(sheet(f"<sheetData>{cells}</sheetData>"))[0]

    assert {place: str(value) for place, value in grid.cells.items()} == {
        (1, 1): "0.3",
        (1, 2): "12.5",
    }


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_damaged_workbook_is_read_or_refused(place, noise):
    data = GOOD[:place] + noise + GOOD[place + len(noise) :]
    try:
        grids = read_workbook(data)
    except WorkbookRefused:
        return
    for grid, header in candidates(grids):
        understand(grid, header)


CELLS = st.one_of(
    st.sampled_from(
        [
            "一级指标",
            "二级指标",
            "三级指标",
            "分值",
            "评分标准",
            "小计",
            "合计",
            "注：甲",
            "产出（20分）",
            "10分",
            "每个问题扣1分",
            "得分＝支出率×分值",
        ]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=6),
    st.integers(-5, 50),
    st.none(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=7), max_size=10), st.data())
def test_any_sheet_is_understood_or_not_but_never_fails(rows, data):
    from decimal import Decimal  # noqa: PLC0415

    cells = {
        (r, c): Decimal(value) if isinstance(value, int) else value
        for r, row in enumerate(rows, start=1)
        for c, value in enumerate(row, start=1)
        if value not in (None, "")
    }
    corner = data.draw(st.tuples(*[st.integers(1, 8)] * 2))
    size = data.draw(st.tuples(*[st.integers(0, 3)] * 2))
    block = Range(*corner, corner[0] + size[0], corner[1] + size[1])
    cells = {
        place: value for place, value in cells.items() if place not in block or place == corner
    }
    try:
        found = read_import([Grid("表", cells, (block,))], skeleton())
    except NotUnderstood:
        return
    draft = draft_of(found, Head("any", 1, "表", "", 2023, ""), skeleton())
    assert [node.code for node in draft.walk()] == [line.code for line in found.lines]


def long_sheet(count: int) -> bytes:
    """Return a workbook whose sheet has so many rows, two cells of each merged."""
    rows = "".join(
        f'<row r="{n}">'
        + "".join(
            f'<c r="{column}{n}" t="str"><v>{text}</v></c>'
            for column, text in zip(
                "ABCDEFGH",
                ("", "", "" if n % 3 else f"指标{n}", "1", "每个问题扣1分。", "", "", ""),
                strict=True,
            )
        )
        + "</row>"
        for n in range(2, count)
    )
    merges = "".join(f'<mergeCell ref="G{n}:H{n}"/>' for n in range(2, count))
    head = "".join(
        f'<c r="{column}1" t="str"><v>{text}</v></c>'
        for column, text in zip("ABCDE", HEAD, strict=False)
    )
    return sheet(
        f'<sheetData><row r="1">{head}</row>{rows}</sheetData><mergeCells>{merges}</mergeCells>'
    )


def test_sheet_takes_work_as_its_rows():
    books = {count: long_sheet(count) for count in (400, 800, 1_600, 3_200)}

    def read(count):
        read_import(read_workbook(books[count]), skeleton())

    assert_linear(read, 800)
    assert_linear_in_c(read, 400)


def test_largest_sheet_that_is_taken_is_understood():
    found = read_import(read_workbook(long_sheet(9_000)), skeleton())
    assert ("too_many_rows", "4002") in {(one.code, one.place) for one in found.remarks}
    assert len(found.lines) == 1333
