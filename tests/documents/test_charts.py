"""Charts: what they show, as SVG, in the PDF and in Word; a scheme asks for them, none has to."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import docx
import pytest

from perfeval.documents.building import build
from perfeval.documents.charts.bars import SCREEN
from perfeval.documents.charts.drawing import Anchor, Area, Drawing, Label, Stroke, Tone, as_svg
from perfeval.documents.charts.report_charts import (
    MOST_LOST,
    OFFICIAL,
    ChartStyle,
    Source,
    budget_actual,
    points_lost,
    score_by_group,
    year_on_year,
)
from perfeval.documents.document import Chart
from perfeval.documents.printed import printed
from perfeval.office.word.writing import as_word
from perfeval.reading.limited.pdf_report import contents_of
from perfeval.scoring.engine import score
from perfeval.scoring.scheme.checks import check_scheme
from perfeval.snapshots.earlier import earlier_year
from perfeval.snapshots.snapshot import EarlierYear, read_snapshot, snapshot_text
from perfeval.verification.pages import compare
from tests.typesetting.documents import AT, demo_snapshot, make

SVG = "{http://www.w3.org/2000/svg}"
BLOCKS = ("chart.score_by_group", "chart.points_lost", "chart.budget_actual", "chart.year_on_year")


@pytest.fixture(scope="module")
def zengcheng():
    return demo_snapshot("zengcheng_2022")


@pytest.fixture(scope="module")
def before(zengcheng) -> EarlierYear:
    """Return the year before, in which half as much was spent."""
    snapshot, scheme = zengcheng
    amounts = snapshot.figures.amounts | {"total.executed_amount": Decimal("321.20")}
    result = score(scheme, replace(snapshot.figures, amounts=amounts))
    return earlier_year(result, year=2021, revision=3)


@pytest.fixture(scope="module")
def asking(zengcheng, before):
    """Return the report under a scheme whose outline asks for every chart, with the year before."""
    snapshot, scheme = zengcheng
    first, *others = scheme.outline
    return replace(snapshot, before=before), replace(
        scheme, outline=(replace(first, content=(*first.content, *BLOCKS)), *others)
    )


def bars(drawing: Drawing, tone: Tone) -> list[Fraction]:
    return [
        shape.width
        for shape in drawing.shapes
        if isinstance(shape, Area) and shape.tone is tone and shape.width != 14  # the legend's
    ]


def test_score_by_group_is_as_long_as_the_rate(zengcheng):
    snapshot, scheme = zengcheng
    drawing = score_by_group(Source(scheme, snapshot.result))

    room = bars(drawing, Tone.LIGHT)[0]
    rates = [snapshot.result.indicator(group.code).score_rate for group in scheme.scored_groups()]
    assert bars(drawing, Tone.SOLID) == [Fraction(rate) * room for rate in rates]
    assert list(drawing.labels())[2:6] == ["整体效能", "48.95/50分", "预算编制", "3/3分"]
    assert drawing.description.startswith("整体效能48.95/50分，得分率97.90%；预算编制3/3分")


def test_points_lost_are_sorted_and_none_is_no_chart(zengcheng):
    snapshot, scheme = zengcheng
    drawing = points_lost(Source(scheme, snapshot.result))

    assert drawing.description == (
        "绩效管理制度建设扣1.5分（5分）；部门整体绩效目标效益指标完成情况扣1分（20分）；"
        "绩效结果应用扣1分（3分）；部门预算资金支出率扣0.05分（10分）。"
    )
    longest, *others = bars(drawing, Tone.SOLID)
    assert [Fraction(width) / longest for width in others] == [
        Fraction(2, 3),
        Fraction(2, 3),
        Fraction(1, 30),
    ]
    assert points_lost(Source(scheme, replace(snapshot.result, indicators=()))) is None


def test_budget_stands_beside_spending(zengcheng):
    snapshot, scheme = zengcheng
    drawing = budget_actual(Source(scheme, snapshot.result))

    assert drawing.description == (
        "部门整体支出：预算数642.40万元，支出数639.15万元，99.49%；"
        "基本支出：预算数552.69万元，支出数549.92万元，99.50%；"
        "项目支出：预算数89.71万元，支出数89.23万元，99.46%。"
    )
    (whole, *_), (spent, *_) = bars(drawing, Tone.HOLLOW), bars(drawing, Tone.SOLID)
    assert spent / whole == Fraction(Decimal("639.15")) / Fraction(Decimal("642.40"))


def test_unfinished_report_has_no_charts(before):
    snapshot, scheme = demo_snapshot("zengcheng_2022", is_empty=True)
    assert score_by_group(Source(scheme, snapshot.result)) is None
    assert budget_actual(Source(scheme, snapshot.result)) is None
    assert year_on_year(Source(scheme, snapshot.result, before)) is None


def test_two_years_stand_beside_each_other(zengcheng, before):
    snapshot, scheme = zengcheng

    drawing = year_on_year(Source(scheme, snapshot.result, before))

    assert drawing.description.startswith(
        "总分：2021年度91.5/100分，2022年度96.45/100分；履职效能：2021年度88%，2022年度97.90%"
    )
    assert drawing.headings == ("指标", "2021年度", "2022年度")
    assert drawing.rows[:2] == (
        ("总分", "91.5/100分", "96.45/100分"),
        ("履职效能", "88%", "97.90%"),
    )
    assert year_on_year(Source(scheme, snapshot.result)) is None


def test_years_are_to_one_scale_and_a_group_at_nought_stays(zengcheng, before):
    snapshot, scheme = zengcheng
    total, *groups = (replace(one) for one in before.groups)
    changed = replace(
        before,
        total=Decimal(120),
        groups=(replace(total, score_rate=Decimal(0)), groups[0], groups[0], *groups[1:]),
    )

    drawing = year_on_year(Source(scheme, snapshot.result, changed))

    # 120 of 100 points is the longest bar; the others are as much shorter.
    assert drawing.rows[1] == ("履职效能", "0%", "97.90%")
    now, then = bars(drawing, Tone.SOLID)[0], bars(drawing, Tone.HOLLOW)[0]
    assert now / then == Fraction(9645, 12000)
    # A name that stood twice tells not which group it was.
    assert groups[0].name not in [name for name, *_figures in drawing.rows]


def test_points_lost_beyond_the_first_are_counted_in_one_bar(zengcheng):
    snapshot, scheme = zengcheng
    leaves = [leaf for leaf in snapshot.result.walk() if not leaf.children]
    lost = tuple(
        replace(leaf, points=leaf.weight - 1, is_complete=True, is_adjustment=number == 0)
        for number, leaf in enumerate(leaves[: MOST_LOST + 2])
    )
    lost = (replace(lost[0], points=Decimal(-1)), *lost[1:])

    drawing = points_lost(Source(scheme, replace(snapshot.result, indicators=lost)))

    assert drawing.rows[-1] == ("其余2项", "2", "")
    # The weight of an adjustment is no part of the full score.
    assert drawing.rows[0] == (lost[0].name, "1", "")
    *single, others = bars(drawing, Tone.SOLID)
    assert [others / one for one in single] == [2] * MOST_LOST


def test_bars_begin_at_the_axis_and_end_at_the_figures_in_both_layouts(zengcheng, before):
    snapshot, scheme = zengcheng
    for layout in (OFFICIAL.layout, SCREEN):
        style = ChartStyle(OFFICIAL.words, layout)
        drawing = year_on_year(Source(scheme, snapshot.result, before), style)
        areas = [one for one in drawing.shapes if isinstance(one, Area) and one.width != 14]
        assert {one.x for one in areas} == {layout.left}
        assert {one.x1 for one in drawing.shapes if isinstance(one, Stroke)} == {layout.left}
        assert max(one.x + one.width for one in areas) <= layout.right
        names = [one for one in drawing.shapes if isinstance(one, Label) and one.text == "总分"]
        assert [one.anchor for one in names] == [Anchor.END if layout.name else Anchor.START]


def test_snapshot_keeps_the_year_before_and_only_where_there_is_one(zengcheng, before):
    snapshot, _ = zengcheng
    assert '"before"' not in snapshot_text(snapshot)
    kept = replace(snapshot, before=before)
    assert read_snapshot(snapshot_text(kept)) == kept


def test_svg_is_told_to_screen_readers_and_loads_nothing(zengcheng):
    snapshot, scheme = zengcheng
    drawing = score_by_group(Source(scheme, snapshot.result))
    text = as_svg(drawing, identifier="one")

    root = ET.fromstring(text)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "one-title one-desc"
    assert root.find(f"{SVG}title").text == "各项指标得分情况"
    assert root.find(f"{SVG}desc").text == drawing.description
    assert not re.search(r"href|style=|script|url\(", text)
    tones = {node.get("fill") for node in root.iter(f"{SVG}rect")}
    assert tones == {"#1f4e79", "#dfe5ec"}  # dark and light also on a grey printer


def test_hostile_names_are_only_text():
    name = '</text><script>alert(1)</script>&"\x00'
    drawing = Drawing(10, 10, name, name, (Label(0, 0, name, 9),))
    root = ET.fromstring(as_svg(drawing, identifier="a"))
    assert root.find(f"{SVG}text").text == name[:-1]


def test_outline_may_ask_for_charts_and_the_schemes_there_are_ask_for_none(zengcheng, asking):
    assert list(check_scheme(asking[1])) == list(check_scheme(zengcheng[1]))
    for code in ("zengcheng_2022", "guangzhou_2021"):
        blocks = build(*demo_snapshot(code)).blocks
        assert not [block for block in blocks if isinstance(block, Chart)]


def test_charts_of_the_outline_are_numbered(asking):
    captions = [block.caption for block in build(*asking).blocks if isinstance(block, Chart)]
    assert captions == [
        "图1\u30002022年度各项指标得分情况图",
        "图2\u30002022年度失分指标图",
        "图3\u30002022年度预算与支出对比图",
        "图4\u30002022年度与上年度得分对比图",
    ]


def test_pdf_has_the_charts_as_drawings_and_their_words_as_text(asking):
    made = make(build(*asking))

    # A verified PDF is held against the same words: a changed digit in a chart is found too.
    contents = contents_of(made.file.data)
    words = [piece.text for piece in printed(made.document)]
    assert "48.95/50分" in words
    assert compare(contents.pages, list(printed(made.document))) == ()
    assert contents.foreign_objects == {}
    changed = [page.replace("91.5/100分", "91.6/100分") for page in contents.pages]
    (found,) = compare(changed, list(printed(made.document)))
    assert (found.expected, found.found) == ("91.5/100分", "91.6/100分")
    assert found.place.section == "图4\u30002022年度与上年度得分对比图"
    small = {
        char["fontname"].partition("+")[2]
        for page in made.pages
        for char in page.chars
        if round(char["size"], 1) == 10.5
    }
    assert small == {"Perfeval-Song", "Perfeval-Hei"}  # labels and cells, heads of tables


def test_lines_below_a_chart_stand_on_the_lines_of_the_page(asking):
    made = make(build(*asking))
    for page in made.pages:
        body = [char for char in page.chars if round(char["size"]) == 16 and char["upright"]]
        tops = [char["top"] for char in body if "Fangsong" in char["fontname"]]
        for top in tops:
            lines = (top - min(tops)) / 28.99
            assert abs(lines - round(lines)) < 0.02


def test_word_has_the_charts_as_shapes_with_their_words(asking):
    word = docx.Document(BytesIO(as_word(build(*asking), created_at=AT)))
    body = word.element.xml

    assert body.count("<wpg:wgp>") == 4
    assert 'descr="整体效能48.95/50分' in body
    assert '<w:t xml:space="preserve">48.95/50分</w:t>' in body
    captions = [one.text for one in word.paragraphs if one.style.name == "图标题"]
    assert captions[0] == "\t图1\u30002022年度各项指标得分情况图"
