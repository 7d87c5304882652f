"""Reports of known length for the benchmarks of rendering: generated, the same at every run."""

from dataclasses import replace

from perfeval.documents.document import (
    Align,
    BodyTable,
    Heading,
    Paragraph,
    ReportDocument,
    ScoreRow,
    ScoreSheet,
    TableColumn,
)
from perfeval.text.numbering import heading_number

#: Body pages and rows of the score sheet.
SIZES = {"d10": (5, 60), "d60": (24, 300)}
_PARAGRAPHS_PER_PAGE = 4


def report(pages: int, rows: int, turn: int = 0) -> ReportDocument:
    """Return a report whose body takes about so many pages, with a score sheet of so many rows.

    Every paragraph and every row has other figures in each ``turn``, so that nothing laid out before is met again.
    """
    return ReportDocument(
        title=f"2022年度某区科学技术协会部门整体支出绩效自评报告{turn:02}",
        title_lines=("2022年度某区科学技术协会", "部门整体支出绩效自评报告"),
        annex_mark="附件2",
        blocks=tuple(_blocks(pages, turn)),
        score_sheet=_sheet(rows, turn),
        subject="性能测试",
        author="某区科学技术协会",
    )


def with_one_cell_changed(document: ReportDocument, turn: int = 0) -> ReportDocument:
    """Return the report with another reason in the middle row of its score sheet, another one each turn."""
    sheet = document.score_sheet
    middle = len(sheet.rows) // 2
    row = replace(sheet.rows[middle], reason=f"第{turn}项资料归档不及时，扣0.3分。")
    rows = (*sheet.rows[:middle], row, *sheet.rows[middle + 1 :])
    return replace(document, score_sheet=replace(sheet, rows=rows))


def _blocks(pages: int, turn: int):  # noqa: ANN202
    for page in range(pages):
        if page % 5 == 0:
            yield Heading(1, heading_number(1, page // 5 + 1), f"第{page // 5 + 1}部分工作情况")
        yield Heading(2, heading_number(2, page % 5 + 1), "年度重点工作任务完成情况")
        for number in range(_PARAGRAPHS_PER_PAGE):
            task = page * _PARAGRAPHS_PER_PAGE + number + 1 + 97 * turn
            budget, spent = 640 + task, 619 + task
            yield Paragraph(
                f"（{number + 1}）第{task}项任务按年度计划推进，由业务科室会同镇街组织实施，全年预算数{budget}.40万元，"
                f"实际支出{spent}.15万元，预算执行率为{spent / budget:.2%}，其中第一季度完成培训{task % 40 + 3}场次，"
                "服务群众3.6万人次。参加人员反映良好，资料归档完整，资金使用符合《部门预算管理办法》的规定；"
                "对照“过紧日子”的要求，严格控制会议、培训和公务接待费用，各项指标均达到年度目标。"
            )
        if page % 3 == 2:
            yield _table(page, turn)


def _table(page: int, turn: int) -> BodyTable:
    columns = (
        TableColumn("项目", 28, Align.LEFT),
        *(
            TableColumn(name, 18, Align.RIGHT)
            for name in ("年初预算数", "调整预算数", "支出数", "完成率")
        ),
    )
    rows = tuple(
        (f"第{page + 1 + turn}类支出（{number + 1}）", "797.28", "642.40", "639.15", "99.49%")
        for number in range(6)
    )
    return BodyTable(f"表{page // 3 + 1}　收支情况表", "单位：万元", columns, rows)


def _sheet(count: int, turn: int) -> ScoreSheet:
    headings = (
        "一级指标",
        "二级指标",
        "三级指标",
        "评分标准",
        "分值",
        "得分",
        "扣分原因和其他说明",
    )
    widths = (7, 8, 14, 40, 5, 7, 19)
    aligns = ("center", "center", "left", "left", "center", "center", "left")
    rows = tuple(
        ScoreRow(
            primary=f"一级指标{number // 30 + 1}",
            secondary=f"二级指标{number // 6 + 1}",
            tertiary=f"第{number + 1 + turn}项指标完成情况",
            weight="2",
            standard=f"按规定时限完成且资料完整的得满分；逾期或者内容缺失的，每处扣0.{number % 9 + 1}分，扣完为止；"
            f"第{number + 1 + 7 * turn}项的满意度以第三方抽样调查结果为准，满意度≥{60 + turn % 40}%得满分，每降低1个百分点扣0.3分。",
            points="1.5" if number % 4 == 0 else "2",
            reason="个别资料归档不及时，扣0.5分。" if number % 4 == 0 else "",
        )
        for number in range(count)
    )
    return ScoreSheet(
        mark="附",
        title="2022年度部门整体支出绩效自评评分表",
        title_lines=("2022年度部门整体支出绩效自评评分表",),
        columns=tuple(
            TableColumn(heading, width, Align(align))
            for heading, width, align in zip(headings, widths, aligns, strict=True)
        ),
        rows=rows,
        total_label="合计",
        total_weight=str(2 * count),
        total_points=str(2 * count - count // 8),
        grade_label="自评等级",
        grade="优",
    )
