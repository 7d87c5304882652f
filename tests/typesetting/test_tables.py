"""Tables of the body where a page ends: what moves, what is cut and where, and that text goes on on the page's lines."""

from dataclasses import replace

import pytest

from perfeval.documents.building import build
from perfeval.documents.document import BodyTable, Paragraph, TableColumn
from perfeval.documents.score_sheet import sheet_pages
from tests.typesetting.conformance import violations
from tests.typesetting.documents import demo_snapshot, make, small_document
from tests.typesetting.measuring import body_text, lines
from tests.typesetting.test_geometry import BODY_PT, PT, row_of

COLUMNS = tuple(
    TableColumn(name, width) for name, width in (("类别", 20), ("项目", 40), ("金额", 40))
)


def table(rows: int, *, merged: int = 0, group: int = 2) -> BodyTable:
    cells = tuple(
        (f"第{number // group + 1}类", f"第{number + 1}项", f"{number + 1}.00")
        for number in range(rows)
    )
    return BodyTable("表1　收支情况表", "单位：万元", COLUMNS, cells, merged_columns=merged)


def made_with(left: int, one: BodyTable):
    """Return a document with a table below text that leaves so many lines of the first page."""
    texts = [Paragraph(f"第{number}行。") for number in range(22 - 3 - left)]
    blocks = (*texts, one, *[Paragraph("下文。")] * 3)
    document = small_document(blocks=blocks)
    return make(replace(document, annex_mark="", title_lines=("自评报告",)))


def rows_on(page) -> list[int]:
    return [number for number in range(40) if f"第{number + 1}项" in body_text(page)]


def used_rows(page) -> int:
    """Return how many lines of the page are taken, rules of tables among them."""
    ends = [row_of(line) + 0.5 for line in lines(page) if row_of(line) < 22]
    return max(ends)


@pytest.mark.parametrize(
    ("left", "rows", "merged", "on_first"),
    [
        (4, 6, 0, []),  # moved: four rows need more
        (5, 6, 0, [0, 1, 2, 3]),
        (6, 6, 0, [0, 1, 2, 3]),
        (7, 6, 0, [0, 1, 2, 3, 4, 5]),
        (3, 5, 1, []),
        (4, 5, 1, [0, 1]),  # between two labels
        (5, 5, 1, [0, 1]),
        (5, 20, 1, [0, 1, 2, 3]),
        (9, 20, 0, [0, 1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_table_is_cut_rather_than_leave_more_than_four_lines_empty(left, rows, merged, on_first):
    made = made_with(left, table(rows, merged=merged))
    first, second, *_ = made.pages
    assert rows_on(first) == on_first
    assert rows_on(second) == [number for number in range(rows) if number not in on_first]
    if on_first:
        assert ("类别项目金额" in body_text(second)) == (len(on_first) < rows)
        assert used_rows(first) > 22 - 3.2
    assert "（续）" not in body_text(second)
    for line in lines(second):
        if line.size == pytest.approx(BODY_PT, abs=PT):
            assert row_of(line) == pytest.approx(round(row_of(line)), abs=PT / 28.99)


def test_label_is_never_parted_from_a_single_row():
    made = made_with(8, table(24, merged=1, group=12))
    assert [rows_on(page) for page in made.pages[:2]] == [list(range(8)), list(range(8, 24))]
    assert body_text(made.pages[1]).count("（续）") == 1
    assert violations(made.file.data) == []


def test_table_that_goes_over_a_page_by_itself_breaks_no_clause():
    assert violations(made_with(6, table(6)).file.data) == []


def test_scheme_without_grades_has_no_line_for_one(guangzhou, zengcheng):
    labels = [
        "自评等级" in "".join(body_text(page) for page in made.pages if page.width > page.height)
        for made in (guangzhou, zengcheng)
    ]
    assert labels == [False, True]


def test_closing_lines_never_stand_alone():
    sheet = build(*demo_snapshot("zengcheng_2022")).score_sheet
    last = len(sheet.rows) - 1
    pages = sheet_pages(sheet, [10, last + 1])
    assert [(page.first_row, len(page.rows), len(page.closing)) for page in pages] == [
        (0, 10, 0),
        (10, last - 10, 0),
        (last, 1, 2),
    ]
