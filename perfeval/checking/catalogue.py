"""Every check in one list: one function, one line, the codes it may give, an example."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from perfeval.checking.checks import (
    amount_tables,
    counts,
    equations,
    growth,
    known,
    prose,
    rates,
    repeated,
    score_tables,
    scores,
    shares,
    sums,
)
from perfeval.checking.findings import Hit
from perfeval.checking.known import Known, KnownAmount, KnownRate, KnownScore
from perfeval.checking.numbers import AmountRole
from perfeval.checking.reading import Reading


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its function, the codes of its findings, and a passage that gives the first.

    ``known``: what the example is held against, for the checks that need it.
    """

    run: Callable[[Reading], Iterator[Hit]]
    codes: tuple[str, ...]
    example: str
    known: Known | None = None


_AMOUNTS = (
    KnownAmount("", AmountRole.ADJUSTED, "部门整体支出全年预算数", Decimal(500)),
    KnownAmount("", AmountRole.SPENT, "部门整体支出实际支出数", Decimal(480)),
)
_EXAMPLE = Known(
    year=2022,
    amounts=_AMOUNTS,
    rates=(KnownRate("", "部门预算资金支出率", Decimal(480), Decimal(500)),),
    scores=(KnownScore("资产管理", Decimal(10), Decimal(9)),),
    total=Decimal("96.5"),
    grade="优",
)


CATALOGUE: tuple[Check, ...] = (
    Check(
        rates.stated_rates,
        ("rate-wrong", "rate-doubtful", "rate-rounding", "rate-cut-off", "rate-denominator"),
        "全年预算数400万元，实际支出380万元，预算执行率为96%。",
    ),
    Check(
        rates.rates_of_a_scope,
        ("rate-doubtful",),
        "年初预算中财政拨款收入500万元。\n财政拨款支出490万元。\n财政拨款预算完成率96%。",
    ),
    Check(
        rates.rates_apart,
        ("rate-doubtful",),
        "2022年调整预算数为2013.75万元。\n2022年决算支出1998.66万元，预算执行率98.25%。",
    ),
    Check(
        rates.rates_of_counts,
        ("rate-doubtful", "rate-cut-off"),
        "全年调解纠纷2315件，成功2289件，成功率96.88%。",
    ),
    Check(
        rates.rates_bound_elsewhere,
        ("rate-doubtful", "rate-cut-off", "rate-rounding"),
        "支出决算为7.35万元，完成预算的93.88%，预算为8.00万元。",
    ),
    Check(
        shares.shares,
        ("share-wrong", "shares-not-whole", "rate-cut-off", "rate-rounding"),
        "收入合计200万元，其中：财政拨款150万元，占73%；事业收入50万元，占25%。",
    ),
    Check(
        growth.growth,
        ("growth-wrong", "balance-doubtful", "sum-rounding"),
        "2021年支出200万元，2022年支出230万元，增长12%。",
    ),
    Check(equations.equations, ("equation-wrong",), "本项得分按10×98.5%=9.58计算。"),
    Check(
        equations.bracketed_rates,
        ("equation-wrong",),
        "变动率=（28-30）/30×100%=-7.67%。",
    ),
    Check(
        equations.rates_in_brackets,
        ("equation-wrong",),
        "预算执行率为97.97%（380/400）。",
    ),
    Check(
        sums.parts_of_a_whole,
        ("sum-wrong", "sum-doubtful", "sum-rounding"),
        "支出合计500万元，其中：基本支出320万元，项目支出190万元。",
    ),
    Check(
        sums.totals_and_rests,
        ("total-doubtful", "balance-doubtful", "sum-wrong", "sum-doubtful", "sum-rounding"),
        "设备购置30万元、系统维护20万元，合计60万元。",
    ),
    Check(
        scores.single_scores,
        (
            "score-above-weight",
            "score-rate-wrong",
            "score-rate-cut-off",
            "lost-points-doubtful",
            "score-restated",
        ),
        "资产管理分值10分，自评得分12分。",
    ),
    Check(scores.reasons, ("loss-without-reason",), "资产管理分值10分，自评得分8分，得分率80%。"),
    Check(
        scores.rate_rules,
        ("score-rule-doubtful",),
        "预算资金支出率分值10分，得9.9分，因支出率为95%。",
    ),
    Check(
        scores.groups,
        ("group-score-wrong", "group-score-doubtful", "group-weight-doubtful"),
        "过程分值20分，得18分。其中：预算管理分值10分，得9分，因有延误；资产管理分值10分，得8分，因盘点不及时。",
    ),
    Check(
        scores.total_score,
        (
            "total-score-wrong",
            "total-score-doubtful",
            "total-weight-wrong",
            "total-above-full",
            "total-restated",
        ),
        "本部门整体支出绩效自评总分为96分。\n1.投入分值20分，得20分。\n2.过程分值30分，得28分，因进度滞后。\n3.产出分值50分，得47分，因个别任务延期。",
    ),
    Check(
        scores.grade,
        ("grade-doubtful", "grade-wrong"),
        "部门整体支出绩效自评得分为86分，等级为优。",
    ),
    Check(
        score_tables.score_sheets,
        (
            "score-above-weight",
            "loss-without-reason",
            "target-copied",
            "target-missed-full-score",
            "score-rate-wrong",
            "score-rate-cut-off",
            "score-rule-doubtful",
            "group-weight-doubtful",
            "total-weight-wrong",
            "total-score-wrong",
            "total-score-doubtful",
        ),
        "指标\t分值\t得分\n投入\t40\t42\n产出\t60\t55\n总分\t100\t97",
    ),
    Check(
        score_tables.totals_of_the_text,
        ("total-restated", "total-weight-wrong"),
        "经自评，部门整体支出绩效自评总分为96分。\n指标\t分值\t得分\n投入\t40\t40\n产出\t60\t55\n总分\t100\t95",
    ),
    Check(
        score_tables.budget_rows,
        (
            "rate-wrong",
            "rate-doubtful",
            "rate-cut-off",
            "rate-rounding",
            "score-above-weight",
            "score-rule-doubtful",
        ),
        "项目\t全年预算数\t全年执行数\t执行率\n年度资金总额\t80\t72\t92%",
    ),
    Check(
        amount_tables.table_sums,
        ("table-total-wrong", "table-total-doubtful", "sum-rounding"),
        "项目\t预算数\t支出数\t人数\n培训\t10\t9\t30\n宣传\t20\t18\t40\n合计\t30\t29\t70",
    ),
    Check(
        amount_tables.sources,
        ("table-total-wrong", "table-total-doubtful"),
        "项目资金\n年度资金总额：\n80\n85\n72\n10\n84.71%\n8.47\n其中：财政拨款\n50\n50\n45\n-\n90%\n其他资金\n30\n30\n27\n-\n90%",
    ),
    Check(
        amount_tables.accounts,
        ("table-total-doubtful",),
        "一、事业收入\t20.00\t一、教育支出\t19.00\n二、其他收入\t5.00\t二、住房保障支出\t5.00\n"
        "本年收入合计\t26.00\t本年支出合计\t24.00",
    ),
    Check(
        amount_tables.table_ratios,
        ("rate-doubtful", "balance-doubtful"),
        "单位\t编制数\t在职人数\t控制率\n本级\t20\t18\t92%",
    ),
    Check(
        repeated.one_rate_two_values,
        ("rate-restated",),
        "部门整体预算执行率为97.5%。经自查，部门预算执行率为95.7%。",
    ),
    Check(
        repeated.one_figure_two_values,
        ("figure-restated",),
        "部门预算收入总计300万元。\n本部门整体支出260万元。\n本部门整体支出270万元。",
    ),
    Check(
        repeated.one_score_two_values,
        ("score-restated",),
        "资产管理分值40分，得38分，因盘点滞后。\n指标\t分值\t得分\n资产管理\t40\t36\n产出\t60\t60\n总分\t100\t96",
    ),
    Check(
        repeated.one_name_two_spellings,
        ("name-variant",),
        "预算绩效管理制度分值40分，得40分。\n指标\t分值\t得分\n预算绩效管理制定\t40\t40\n产出\t60\t60\n总分\t100\t100",
    ),
    Check(
        counts.counts_of_lists, ("count-doubtful",), "设置四个一级指标，分别为投入、过程、产出。"
    ),
    Check(
        counts.announced_points,
        ("count-doubtful",),
        "存在以下三个问题：一是进度偏慢；二是档案不全。",
    ),
    Check(counts.numbering, ("numbering-gap",), "一是进度偏慢；三是档案不全。"),
    Check(prose.dates, ("date-impossible", "dates-reversed"), "项目于2022年2月30日验收。"),
    Check(
        prose.years,
        ("year-stale",),
        "某局2022年度部门整体支出绩效自评报告\n2021年度部门整体支出绩效自评得分为90分。",
    ),
    Check(prose.hints, ("hint-left",), "本单位全年支出XX万元。"),
    Check(prose.wrong_words, ("wrong-word", "word-usage"), "资金及时拔付到位。"),
    Check(prose.doubled, ("doubled-mark",), "制度完善，，执行到位。"),
    Check(prose.brackets, ("bracket-unpaired",), "下达资金（石财〔2022〕14号，已全部支付。"),
    Check(
        known.known_rates,
        ("known-rate-differs",),
        "本部门预算资金支出率为97%。",
        known=_EXAMPLE,
    ),
    Check(
        known.known_amounts,
        ("known-figure-differs",),
        "本部门全年预算数510万元。",
        known=_EXAMPLE,
    ),
    Check(
        known.known_scores,
        (
            "known-total-differs",
            "known-grade-differs",
            "known-score-differs",
            "known-weight-differs",
        ),
        "部门整体支出绩效自评得分为95.6分。",
        known=_EXAMPLE,
    ),
)
