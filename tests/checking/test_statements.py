"""Prose becomes statements, lists and stated figures; what was held against anything is counted."""

from decimal import Decimal

import pytest

from perfeval.checking.figures import FigureTable, Origin, StatedFigure, bare_name
from perfeval.checking.numbers import AmountRole, Kind, quantities
from perfeval.checking.prose.clauses import Aspect, Base
from perfeval.checking.prose.lists import Model
from perfeval.checking.prose.sums import is_typing_error
from perfeval.checking.services import check_text
from perfeval.checking.text import read


def _model(text):
    prose = read(text)
    return Model(prose.text, quantities(prose.text))


def test_statement_takes_all_that_is_said_of_its_level():
    [statement] = _model(
        "公务接待费支出4.20万元，比上年5.00万元减少0.80万元，下降16%，占“三公”经费的30%。"
    ).statements

    assert statement.subject == "公务接待费"
    assert [(f.quantity.written, f.aspect, f.sign, f.base) for f in statement.figures] == [
        ("4.20万元", Aspect.LEVEL, 0, Base.NONE),
        ("5.00万元", Aspect.BEFORE, 0, Base.YEAR),
        ("0.80万元", Aspect.CHANGE, -1, Base.YEAR),
        ("16%", Aspect.GROWTH, -1, Base.YEAR),
        ("30%", Aspect.SHARE, 0, Base.NONE),
    ]


def test_places_of_a_run_become_statements_of_their_own():
    statements = _model("甲镇、乙镇预算分别为50万元、30万元，支出分别为49万元、27万元。").statements

    assert [[f.quantity.written for f in s.figures] for s in statements] == [
        ["50万元", "49万元"],
        ["30万元", "27万元"],
    ]


@pytest.mark.parametrize(
    ("text", "whole", "items"),
    [
        ("支出90万元，其中：甲50万元，用于维修；乙40万元。", "90万元", ["50万元", "40万元"]),
        ("支出90万元，其中甲50万元，乙40万元；年中追加10万元。", "90万元", ["50万元", "40万元"]),
        ("车费46万元（购置费20万元，运行费26万元），接待费3万元。", "46万元", ["20万元", "26万元"]),
        (
            "经费33万元。其中：\n1.甲\n支出21万元。\n2.乙\n支出12万元。",
            "33万元",
            ["21万元", "12万元"],
        ),
        ("下达90万元，其中：50万元用于修渠，40万元用于管护。", "90万元", ["50万元", "40万元"]),
        ("专任教师90人，工勤5人。专任教师中，高级30人，中级60人。", "90人", ["30人", "60人"]),
    ],
)
def test_list_ends_where_its_sentence_says_so(text, whole, items):
    [found] = _model(text).lists

    assert found.wholes[0].first.quantity.written == whole
    assert [item.first.quantity.written for item in found.items] == items


def test_list_that_the_text_breaks_off_is_none():
    assert _model("编制268名，其中：行政96名，参公41名，事业").lists == ()


@pytest.mark.parametrize(
    ("difference", "is_slip"),
    [("0.30", True), ("27", True), ("90", True), ("0.43", False), ("1.1", False), ("0", False)],
)
def test_typing_error_is_one_digit_or_two_neighbours(difference, is_slip):
    assert is_typing_error(Decimal(difference), Decimal("0.01")) is is_slip


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("2022年度“三公”经费支出决算数", "三公经费"),
        ("本年收入决算合计为", "收入合计"),
        ("收、支总计各", "收支总计"),
        ("一般公共服务支出", "一般公共服务"),
    ],
)
def test_bare_name_leaves_what_two_wordings_share(subject, name):
    assert bare_name(subject) == name


def test_table_of_figures_finds_prose_and_cells_by_one_name():
    def figure(subject, start, origin):
        return StatedFigure(
            Decimal(100),
            Kind.AMOUNT,
            "元",
            Decimal(1),
            subject,
            start,
            start + 3,
            "100元",
            origin=origin,
        )

    cell = figure("公务接待费", 90, Origin.TABLE)
    prose = figure("公务接待费支出", 5, Origin.PROSE)
    table = FigureTable.of([cell], [prose])

    assert table.named("公务接待费") == (prose, cell)
    assert list(table.names()) == ["公务接待费"]
    assert (cell.role, cell.scope) == (AmountRole.OTHER, frozenset())


def test_coverage_tells_held_figures_from_loose_ones():
    text = "全年支出90万元，其中：甲50万元，乙40万元。\n接待来访18次。"

    coverage = check_text(text).coverage

    assert [text[start:end] for start, end in coverage.held] == ["90万元", "50万元", "40万元"]
    assert [text[start:end] for start, end in coverage.loose] == ["18次"]
    assert coverage.figures == 4
