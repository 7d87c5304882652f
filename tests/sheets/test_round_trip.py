"""A scheme goes through Excel without a difference, and prints as a bureau's sheet."""

import io
from dataclasses import fields, replace
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval.office.scheme_book import TextTooLong, scheme_as_excel
from perfeval.reading.limited.workbook import read_workbook
from perfeval.scoring.canonical import content_hash
from perfeval.scoring.scheme.reading import read_draft, read_scheme
from perfeval.scoring.scheme.tree import FigureLine, Indicator, OutlineSection
from perfeval.scoring.scheme.writing import write_scheme
from perfeval.sheets.tables import INDICATORS, PLAIN_TABLES, is_ours, read_tables, text_of
from perfeval.sheets.usual import candidates, understand
from tests.scoring.test_writing import EVERY_KIND, EVERY_SCHEME

TEXT = st.lists(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cn"))
    | st.sampled_from(["\n", "\t", "=", "+", "-", "@", "'", '"', "_x000D_", "_", "x005F_"]),
    max_size=20,
).map("".join)
POINTS = st.decimals(Decimal(0), Decimal(999999), places=9)


@pytest.mark.parametrize("path", EVERY_SCHEME, ids=lambda path: path.stem)
def test_scheme_comes_back_from_excel_with_its_hash_and_its_toml(path):
    scheme = read_scheme(path.read_text(encoding="utf-8"))

    grids = read_workbook(scheme_as_excel(scheme))
    back = read_scheme(text_of(read_tables(grids)[0]))

    assert is_ours(grids)
    assert back == scheme
    assert content_hash(back) == content_hash(scheme)
    assert write_scheme(back) == write_scheme(scheme)
    # The sheet that people read, alone, gives the same tree.
    found = understand(*candidates(grids[:1])[0])
    assert [remark for remark in found.remarks if remark.is_fault] == []
    assert (found.title, found.sheet) == (scheme.name, "指标体系")
    assert [(one.name, one.level, one.weight) for one in found.nodes] == [
        (one.name, one.level, one.weight) for one in scheme.walk()
    ]
    assert [(one.code, one.standard, one.evidence) for one in found.nodes if one.is_leaf] == [
        (one.code, one.standard, one.evidence) for one in scheme.leaves()
    ]


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_any_text_and_number_survives_excel(data):
    def changed(node: Indicator) -> Indicator:
        return replace(
            node,
            name=data.draw(TEXT),
            standard=data.draw(TEXT),
            weight=data.draw(POINTS),
            children=tuple(changed(child) for child in node.children),
        )

    scheme = replace(
        EVERY_KIND,
        indicators=tuple(changed(node) for node in EVERY_KIND.indicators[1:]),
        phrases={"one": data.draw(TEXT)},
    )

    assert read_draft(text_of(read_tables(read_workbook(scheme_as_excel(scheme)))[0])) == scheme


def test_every_field_has_a_column_that_people_can_read():
    columns = {table.key: {column.key for column in table.columns} for table in PLAIN_TABLES}

    assert columns["indicator"] >= {one.name for one in fields(Indicator)} - {
        *("children", "rule", "level")
    }
    assert columns["figure_line"] >= {one.name for one in fields(FigureLine)}
    assert columns["outline"] >= {one.name for one in fields(OutlineSection)}


def test_workbook_prints_a4_landscape_with_its_head_repeated_and_no_codes():
    sheet = openpyxl.load_workbook(io.BytesIO(scheme_as_excel(EVERY_KIND)))["指标体系"]

    assert sheet.page_setup.orientation == "landscape"
    assert int(sheet.page_setup.paperSize) == 9
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.print_area == f"'指标体系'!$A$1:$F${sheet.max_row}"
    assert sheet["D5"].value == 5
    assert [cell.value for cell in sheet[3]] == [
        *("一级指标", "二级指标", "三级指标", "分值", "评分标准", "佐证材料", "编码")
    ]


def test_text_that_looks_like_a_formula_stays_text():
    node = replace(EVERY_KIND.indicators[-1], standard='=HYPERLINK("http://example.org","x")')
    book = openpyxl.load_workbook(
        io.BytesIO(scheme_as_excel(replace(EVERY_KIND, indicators=(node,))))
    )

    assert book["指标体系"]["E4"].data_type == "s"
    assert book[INDICATORS.sheet]["E2"].value == node.standard


def test_text_that_no_cell_holds_is_refused_with_its_cell():
    node = replace(EVERY_KIND.indicators[-1], standard="长" * 32_768)

    with pytest.raises(TextTooLong) as refused:
        scheme_as_excel(replace(EVERY_KIND, indicators=(node,)))

    assert refused.value.place == "指标体系!E4"
