"""A workbook becomes a draft; what a person changed in a sheet of ours is told and counts."""

import io
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest

from perfeval.office.scheme_book import scheme_as_excel
from perfeval.reading.limited.workbook import read_workbook
from perfeval.scoring.scheme.checks import check_scheme
from perfeval.scoring.scheme.reading import read_scheme
from perfeval.sheets.importing import Head, RowsRefused, RuleOrigin, draft_of, read_import, skeleton
from tests.scoring.building import SCHEMES
from tests.sheets.books import saved, usual

ZENGCHENG = read_scheme((SCHEMES / "zengcheng_2022.toml").read_text(encoding="utf-8"))
HEAD = Head("new_2023", 1, "2023年度指标体系", "某市财政局", 2023, "财绩〔2023〕1号")
BOOK = scheme_as_excel(ZENGCHENG)


def head_of(scheme):
    return Head(
        scheme.code, scheme.version, scheme.name, scheme.authority, scheme.year, scheme.source
    )


def edited(edit) -> bytes:
    """Return the Zengcheng workbook after ``edit`` changed it."""
    book = openpyxl.load_workbook(io.BytesIO(BOOK))
    edit(book)
    return saved(book)


def test_usual_sheet_becomes_a_draft_that_can_be_issued_once_it_is_confirmed():
    found = read_import(read_workbook(usual()), skeleton())

    draft = draft_of(found, HEAD, skeleton())

    assert check_scheme(draft) == ()
    assert [(one.code, one.name, one.rule.kind if one.rule else "") for one in draft.walk()] == [
        ("i1", "履职效能", ""),
        ("i1_1", "整体效能", ""),
        ("i1_1_1", "预算支出率", "rate"),
        ("i1_1_2", "目标完成率", "per_point"),
        ("i2", "管理效率", ""),
        ("i2_1", "采购管理", ""),
        ("i2_1_1", "采购合规性", "per_defect"),
        ("i2_2", "资产管理", ""),
        ("i2_2_1", "资产盘点", "yes_no"),
    ]
    assert [one.code for one in draft.scored_groups()] == ["i1_1", "i2_1", "i2_2"]
    assert (draft.code, draft.year, draft.authority) == ("new_2023", 2023, "某市财政局")
    assert draft.unverified == skeleton().unverified
    assert {line.origin for line in found.lines} == {RuleOrigin.GROUP, RuleOrigin.PROPOSED}


def test_proposal_that_was_not_taken_is_scored_by_hand():
    found = read_import(read_workbook(usual()), skeleton())

    rule = draft_of(found, HEAD, skeleton(), by_hand={"i1_1_1"}).indicator("i1_1_1").rule

    assert (rule.kind, rule.deduction_allowed, rule.inputs) == ("manual", True, ())


def test_weight_that_cannot_be_read_is_0_in_the_draft_and_found_by_its_check():
    found = read_import(read_workbook(usual(D4="十分")), skeleton())

    findings = [str(one) for one in check_scheme(draft_of(found, HEAD, skeleton()))]

    assert findings[0] == "full_score: weights_do_not_add_up (sum 90, expected 100)"
    assert "indicator[i1_1_1].weight: weight_not_positive (weight 0)" in findings


def test_next_year_on_the_base_of_this_one_keeps_codes_and_rules_of_what_stayed():
    """The main sheet alone, with last year's scheme as base, gives last year's indicators back."""
    grids = read_workbook(BOOK)[:1]

    found = read_import(grids, ZENGCHENG)
    draft = draft_of(found, head_of(ZENGCHENG), ZENGCHENG)

    assert {line.origin for line in found.lines} == {RuleOrigin.GROUP, RuleOrigin.BASE}
    assert replace(draft, unverified=ZENGCHENG.unverified) == ZENGCHENG


def test_standard_that_was_changed_gets_a_new_proposal_and_the_rest_stays():
    def edit(book):
        sheet = book["指标体系"]
        for name in book.sheetnames[1:]:
            del book[name]
        sheet["E10"] = "每个问题扣1分，扣完为止。"

    found = read_import(read_workbook(edited(edit)), ZENGCHENG)

    changed = [line for line in found.lines if line.origin is RuleOrigin.PROPOSED]
    assert [(one.node.name, one.rule["points_each"]) for one in changed] == [("财务管理合规性", 1)]
    assert changed[0].code == "financial_compliance"


def test_workbook_of_ours_that_nobody_changed_is_the_scheme_itself():
    found = read_import(read_workbook(BOOK), skeleton())

    assert found.remarks == ()
    assert draft_of(found, head_of(ZENGCHENG), skeleton()) == ZENGCHENG
    assert found.lines[2].node.place == "C4"


def test_what_was_changed_in_the_main_sheet_of_ours_is_told_and_counts():
    def edit(book):
        sheet = book["指标体系"]
        sheet["C6"] = "预算执行率"
        sheet["D9"] = 1.5
        sheet["E10"] = "每个问题扣1分，扣完为止。"
        sheet["F11"] = "截图"

    found = read_import(read_workbook(edited(edit)), skeleton())
    draft = draft_of(found, head_of(ZENGCHENG), skeleton())

    assert [(one.code, one.place) for one in found.remarks] == [
        ("main_name_changed", "C6"),
        ("main_weight_changed", "C9"),
        ("main_standard_changed", "C10"),
        ("main_evidence_changed", "C11"),
        ("group_differs", "B9"),
        ("sum_differs", "D30"),
        ("sum_differs", "D31"),
    ]
    assert draft.indicator("budget_execution_rate").name == "预算执行率"
    assert draft.indicator("budget_constraint").weight == Decimal("1.5")
    assert draft.indicator("financial_compliance").standard == "每个问题扣1分，扣完为止。"
    assert draft.indicator("budget_disclosure").evidence == "截图"
    same = ZENGCHENG.indicator("financial_compliance")
    assert draft.indicator("financial_compliance").rule == same.rule


def test_row_added_to_and_row_removed_from_the_main_sheet_of_ours():
    def edit(book):
        sheet = book["指标体系"]
        # 采购政策效能 becomes another indicator: its code is taken away with its name.
        row = next(n for n in range(1, 60) if sheet.cell(n, 3).value == "采购政策效能")
        for column, value in (
            (3, "绿色采购"),
            (5, "按要求执行绿色采购的得1分，否则不得分。"),
            (7, None),
        ):
            sheet.cell(row, column).value = value

    found = read_import(read_workbook(edited(edit)), skeleton())
    draft = draft_of(found, head_of(ZENGCHENG), skeleton())

    assert [(one.code, one.parameters["name"]) for one in found.remarks] == [
        ("main_row_added", "绿色采购"),
        ("main_row_removed", "采购政策效能"),
    ]
    added = next(line for line in found.lines if line.node.name == "绿色采购")
    assert (added.origin, added.rule["kind"]) == (RuleOrigin.PROPOSED, "yes_no")
    assert [one.name for one in draft.indicator("procurement").children][-1] == "绿色采购"
    assert [str(one) for one in check_scheme(draft)] == []


def test_rule_sheet_of_ours_with_a_wrong_cell_is_refused_with_that_cell():
    def edit(book):
        sheet = book["评分规则"]
        row = next(n for n in range(1, 200) if sheet.cell(n, 3).value == "points_each")
        sheet.cell(row, 5).value = "半分"
        book["等级"]["B2"] = "九十"

    with pytest.raises(RowsRefused) as refused:
        read_import(read_workbook(edited(edit)), skeleton())

    places = {place: problem.code for place, problem in refused.value.problems}
    assert places["等级!B2"] == "wrong_type"
    assert [place for place, code in places.items() if place.startswith("评分规则!E")]
