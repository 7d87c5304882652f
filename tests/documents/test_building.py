"""The document of the demonstration reports: sections, sentences, tables, score sheet."""

from dataclasses import replace

import pytest

from perfeval.documents.building import build
from perfeval.documents.document import BodyTable, Heading, Paragraph, ScoreRow
from tests.typesetting.documents import demo_snapshot


@pytest.fixture(scope="module")
def document():
    return build(*demo_snapshot("zengcheng_2022"))


@pytest.fixture(scope="module")
def draft():
    return build(*demo_snapshot("zengcheng_2022", is_empty=True), watermark="草稿")


def below(document, title):
    """Return the blocks between a heading and the next."""
    blocks = list(document.blocks)
    start = next(
        n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.text == title
    )
    end = next(
        (n for n in range(start + 1, len(blocks)) if isinstance(blocks[n], Heading)), len(blocks)
    )
    return blocks[start + 1 : end]


def test_headings_are_numbered_from_the_outline(document):
    headings = [
        (block.level, block.number + block.text)
        for block in document.blocks
        if isinstance(block, Heading)
    ]
    assert headings == [
        (1, "一、基本情况"),
        (2, "（一）部门概况"),
        (3, "1.部门主要职责"),
        (3, "2.部门机构设置情况"),
        (2, "（二）年度总体工作和重点工作任务"),
        (2, "（三）部门整体收支情况"),
        (2, "（四）部门整体绩效管理情况"),
        (3, "1.部门整体绩效目标和指标设定情况"),
        (3, "2.绩效运行监控情况"),
        (1, "二、综合评价分析"),
        (2, "（一）自评结论综述"),
        (2, "（二）各项工作任务绩效目标完成情况分析"),
        (2, "（三）各重点任务项目支出完成情况分析"),
        (2, "（四）主要工作成效"),
        (1, "三、存在的主要问题"),
        (1, "四、下一步改进措施"),
    ]


def test_title_and_mark(document):
    assert document.title == "2022年度广州市增城区科学技术协会部门整体支出绩效自评报告"
    assert document.title_lines == ("2022年度广州市增城区科学技术协会", "部门整体支出绩效自评报告")
    assert document.annex_mark == "附件2"


def test_budget_table_has_the_amounts_and_rates(document):
    table = next(
        block for block in below(document, "部门整体收支情况") if isinstance(block, BodyTable)
    )
    assert (table.caption, table.unit, table.total_rows) == (
        "表1\u30002022年度部门整体收支情况表",
        "单位：万元",
        1,
    )
    assert [column.heading for column in table.columns][-1] == "完成率"
    assert sum(column.width for column in table.columns) == 100
    assert table.rows == (
        ("基本支出", "—", "552.69", "549.92", "99.50%"),
        ("项目支出", "—", "89.71", "89.23", "99.46%"),
        ("部门整体支出", "797.28", "642.40", "639.15", "99.49%"),
    )


def test_budget_table_groups_lines_by_breakdown():
    table = next(
        block
        for block in build(*demo_snapshot("guangzhou_2021")).blocks
        if isinstance(block, BodyTable)
    )
    assert table.merged_columns == 1
    assert table.rows == (
        ("按资金来源", "财政拨款", "31,570.33", "31,133.57", "98.62%"),
        ("按资金来源", "事业收入", "9,389.60", "—", "—"),
        ("按支出性质", "基本支出", "—", "22,578.78", "—"),
        ("按支出性质", "项目支出", "—", "16,819.55", "—"),
        ("部门整体收支", "部门整体收支", "40,959.93", "39,398.33", "—"),
    )


def test_group_paragraphs_state_weight_points_and_rate(document):
    texts = [
        block.text
        for block in below(document, "各项工作任务绩效目标完成情况分析")
        if isinstance(block, Paragraph)
    ]
    assert len(texts) == 8
    assert texts[0].startswith("1.整体效能分值50分，评价得分48.95分，得分率97.90%。")
    assert texts[1].startswith("2.预算编制分值3分，评价得分3分，得分率100%")
    assert texts[4].startswith("5.绩效管理分值15分，评价得分12.5分，得分率83.33%，主要原因是：")


def test_goal_table_has_every_goal(document):
    table = next(
        block
        for block in below(document, "各项工作任务绩效目标完成情况分析")
        if isinstance(block, BodyTable)
    )
    assert table.merged_columns == 2
    assert len(table.rows) == 9
    assert table.rows[0] == (
        "产出指标",
        "数量指标",
        "全国科普日活动场次",
        "≥35场",
        "35场",
        "100%",
        "",
    )
    assert table.rows[-1][3:6] == ("≥90%", "95%", "105.56%")


def test_score_sheet_lists_every_leaf(document):
    _, scheme = demo_snapshot("zengcheng_2022")
    sheet = document.score_sheet
    assert len(sheet.rows) == len(list(scheme.leaves()))
    assert (sheet.total_weight, sheet.total_points, sheet.grade) == ("100", "96.45", "优")
    rate = next(row for row in sheet.rows if row.tertiary == "部门预算资金支出率")
    assert (rate.primary, rate.secondary, rate.weight, rate.points) == (
        "履职效能",
        "整体效能",
        "10",
        "9.95",
    )
    assert rate.standard
    assert rate.reason


def test_score_sheet_names_a_leaf_of_the_first_level():
    sheet = build(*demo_snapshot("guangzhou_2021")).score_sheet
    assert [row for row in sheet.rows if not row.secondary] == [
        ScoreRow(
            primary="加减分项",
            secondary="",
            tertiary="",
            weight="—",
            standard=sheet.rows[-1].standard,
            points="0",
            reason="",
        )
    ]
    assert (sheet.total_points, sheet.grade) == ("93.89", "")


def test_missing_figures_are_visible_gaps(draft):
    texts = [block.text for block in draft.blocks if isinstance(block, Paragraph)]
    assert "（待填）" in texts
    assert all(
        block.is_pending
        for block in draft.blocks
        if isinstance(block, Paragraph) and "（待填）" in block.text
    )
    assert not any(
        "＿" in text or "{" in text or "：。" in text or "：；" in text for text in texts
    )
    conclusion = below(draft, "自评结论综述")[0].text
    assert conclusion.endswith("自评得分（待填）分，等级为（待填）。")
    assert (draft.score_sheet.total_points, draft.score_sheet.grade) == ("（待填）", "（待填）")
    assert {row.points for row in draft.score_sheet.rows} == {"（待填）"}


def test_complete_report_has_no_gap(document):
    assert not [
        block for block in document.blocks if isinstance(block, Paragraph) and block.is_pending
    ]


def test_section_without_content_is_left_out_and_numbers_close_up():
    snapshot, scheme = demo_snapshot("zengcheng_2022")
    outline = tuple(
        replace(section, is_required=False) if section.code == "structure" else section
        for section in scheme.outline
    )
    narratives = {code: text for code, text in snapshot.narratives.items() if code != "structure"}
    document = build(replace(snapshot, narratives=narratives), replace(scheme, outline=outline))
    titles = [block.text for block in document.blocks if isinstance(block, Heading)]
    assert "部门机构设置情况" not in titles


def test_text_of_the_filler_is_never_a_template():
    snapshot, scheme = demo_snapshot("zengcheng_2022")
    narratives = dict(snapshot.narratives) | {
        "structure": "得分{score.total}与{0.__class__}和%(year)s"
    }
    document = build(replace(snapshot, narratives=narratives), scheme)
    assert [block.text for block in below(document, "部门机构设置情况")] == [
        "得分{score.total}与{0.__class__}和%(year)s"
    ]


def test_scheme_may_word_the_tables():
    snapshot, scheme = demo_snapshot("zengcheng_2022")
    phrases = dict(scheme.phrases) | {
        "table_figures_caption": "{department}收支表",
        "sheet_total": "总分",
    }
    document = build(snapshot, replace(scheme, phrases=phrases))
    table = next(block for block in document.blocks if isinstance(block, BodyTable))
    assert table.caption == "表1\u3000广州市增城区科学技术协会收支表"
    assert document.score_sheet.total_label == "总分"


def test_snapshot_of_another_scheme_is_refused():
    snapshot, _ = demo_snapshot("zengcheng_2022")
    _, other = demo_snapshot("guangzhou_2021")
    with pytest.raises(ValueError, match="not of guangzhou_2021 version 1"):
        build(snapshot, other)


def test_cover_and_contents_stand_where_the_scheme_words_them():
    snapshot, scheme = demo_snapshot("zengcheng_2022")
    plain = build(snapshot, scheme)
    assert (plain.cover, plain.contents_title) == ((), "")
    phrases = {**scheme.phrases, "cover": "{department}|{year}年度", "contents": "目　录"}
    asked = build(snapshot, replace(scheme, phrases=phrases))
    assert (asked.cover, asked.contents_title) == (
        ("广州市增城区科学技术协会", "2022年度"),
        "目　录",
    )


def test_long_report_has_a_table_of_contents():
    snapshot, scheme = demo_snapshot("zengcheng_2022")
    code = next(section.code for section in scheme.outline if "text" in section.content)
    narratives = {**snapshot.narratives, code: "。".join(["工作" * 50] * 110)}
    assert build(replace(snapshot, narratives=narratives), scheme).contents_title == "目录"
