"""Schemes and figures from TOML: what is read, what is refused and how it is told."""

from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfeval.scoring.figures import Answer, Figures, Goal, KeyTask
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.scheme.reading import (
    FiguresProblems,
    SchemeProblems,
    read_figures,
    read_scheme,
)
from perfeval.scoring.scheme.tree import Indicator, Rule

SMALL = (Path(__file__).parent / "small.toml").read_text(encoding="utf-8")


def _refused(old: str, new: str) -> list[str]:
    """Return the problems of the small scheme with one place of it changed."""
    assert SMALL.count(old) >= 1
    with pytest.raises(SchemeProblems) as refused:
        read_scheme(SMALL.replace(old, new, 1))
    return [str(problem) for problem in refused.value.problems]


def test_flat_indicators_become_the_tree_in_their_order() -> None:
    scheme = read_scheme(SMALL)

    assert [(node.level, node.code, node.weight) for node in scheme.walk()] == [
        (1, "duty", Decimal(60)),
        (2, "goals", Decimal(60)),
        (1, "management", Decimal(40)),
        (2, "spending", Decimal(10)),
        (2, "rules", Decimal(30)),
        (1, "extra", Decimal(5)),
    ]
    assert scheme.indicator("spending") == Indicator(
        code="spending",
        name="支出率",
        level=2,
        weight=Decimal(10),
        rule=Rule(
            "rate",
            {"numerator": "total.executed_amount", "denominator": "total.adjusted_budget"},
            loss_phrase="支出率为{rate}",
        ),
        standard="得分＝支出率×分值。",
    )


def test_manual_rule_must_allow_its_deduction() -> None:
    assert _refused('kind = "list_avg"\ncategories = ["output"]', 'kind = "manual"') == [
        "indicator[goals].rule.deduction_allowed: deduction_needed (kind manual)"
    ]


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        (
            'name = "履职"\nweight = 60',
            'name = "履职"\nweight = 59',
            [
                "full_score: weights_do_not_add_up (sum 99, expected 100)",
                "indicator[duty].weight: weights_do_not_add_up (sum 60, expected 59)",
            ],
        ),
        (
            'name = "支出率"\nweight = 10',
            'name = "支出率"\nweight = 9.5',
            ["indicator[management].weight: weights_do_not_add_up (sum 39.5, expected 40)"],
        ),
        (
            'name = "支出率"\nweight = 10',
            'name = "支出率"\nweight = 0',
            [
                "indicator[management].weight: weights_do_not_add_up (sum 30, expected 40)",
                "indicator[spending].weight: weight_not_positive (weight 0)",
            ],
        ),
        (
            'code = "rules"',
            'code = "spending"',
            ["indicator[spending]: duplicate_code (count 2)"],
        ),
        (
            'parent = "duty"',
            'parent = "nowhere"',
            ["indicator[goals].parent: unknown_parent (parent nowhere)"],
        ),
        (
            'parent = "duty"\n',
            "",
            [
                "full_score: weights_do_not_add_up (sum 160, expected 100)",
                "indicator[duty].rule: leaf_without_rule",
                "indicator[goals].is_scored_group: leaf_without_page",
            ],
        ),
        (
            'kind = "rate"\n',
            'kind = "guess"\n',
            [
                (
                    "indicator[spending].rule.kind: unknown_rule_kind "
                    f"(found guess, allowed {', '.join(RULES)})"
                )
            ],
        ),
        (
            'loss_phrase = "支出率为{rate}"',
            'colour = "red"',
            [
                (
                    "indicator[spending].rule.colour: unknown_parameter "
                    "(allowed denominator, full_when_none, numerator)"
                )
            ],
        ),
        (
            'met = "answer.met"\n',
            "",
            ["indicator[rules].rule.met: missing_parameter"],
        ),
        (
            'met = "answer.met"\n',
            'met = "total.executed_amount"\n',
            [
                "indicator[rules].rule.input[met]: input_not_used",
                "indicator[rules].rule.met: unknown_reference (reference total.executed_amount)",
            ],
        ),
        (
            "points = { written = 10, followed = 20 }",
            "points = { written = 10, followed = 19 }",
            ["indicator[rules].rule: checklist_sum (sum 29, weight 30)"],
        ),
        (
            "points = { written = 10, followed = 20 }",
            "points = { written = 10, read = 20 }",
            [
                (
                    "indicator[rules].rule: choices_differ "
                    "(choices followed, written, points read, written)"
                )
            ],
        ),
        (
            "bonus_cap = 5",
            "bonus_cap = 4",
            ["indicator[extra].rule: adjustment_weight (weight 5, bonus_cap 4)"],
        ),
        (
            'loss_phrase = "支出率为{rate}"',
            'loss_phrase = "支出率为{ratio}，{rate"',
            [
                "indicator[spending].rule.loss_phrase: unknown_placeholder (name ratio)",
                "indicator[spending].rule.loss_phrase: unknown_placeholder (name {)",
            ],
        ),
        (
            "{rate.execution}",
            "{rate.spending}",
            ["phrases.money: unknown_placeholder (name rate.spending)"],
        ),
        (
            'content = ["phrase.money", "text"]',
            'content = ["phrase.gold", "picture"]',
            [
                "outline[basics].content: unknown_phrase (code gold)",
                (
                    "outline[basics].content: unknown_block (block picture, allowed "
                    "chart.budget_actual, chart.points_lost, chart.score_by_group, "
                    "chart.year_on_year, paragraphs.groups, paragraphs.key_tasks, table.figures, table.goals, "
                    "table.key_tasks, text)"
                ),
            ],
        ),
        (
            "minimum = 0",
            "minimum = 95",
            [
                "grade_band[1].minimum: bands_not_descending (upper 90, lower 95)",
                "grade_band[1].minimum: last_band_not_zero (minimum 95)",
            ],
        ),
        (
            'numerator = "total.executed_amount"\ndenominator = "total.adjusted_budget"\n[[goal',
            'numerator = "basic.adjusted_budget"\ndenominator = "total.adjusted_budget"\n[[goal',
            ["rate[execution].numerator: unknown_reference (reference basic.adjusted_budget)"],
        ),
        (
            'categories = ["output"]',
            'categories = ["output", "luck"]',
            ["indicator[goals].rule.categories: unknown_goal_category (code luck)"],
        ),
        (
            'breakdown = "kind"',
            'breakdown = "type"',
            ["figure_line[basic].breakdown: unknown_breakdown (code type)"],
        ),
        (
            'required = ["adjusted_budget"]',
            'required = ["initial"]',
            ["figure_line[total].required: unknown_column (code initial)"],
        ),
        (
            "level = 1\ntitle",
            "level = 2\ntitle",
            ["outline[basics].level: outline_level_wrong (level 2, most 1)"],
        ),
        ('code = "small"', 'code = "小"', ["code: bad_code (code 小)"]),
    ],
)
def test_scheme_that_cannot_be_meant_is_refused(old: str, new: str, problems: list[str]) -> None:
    assert _refused(old, new) == problems


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        ("version = 1", "version = 1.0", ["version: wrong_type (expected a whole number, found 1.0)"]),
        ("version = 1", "colour = 1", ["colour: unknown_key", "version: missing_key"]),
        ('name = "小体系"', "name = 5", ["name: wrong_type (expected text, found 5)"]),
        ('name = "小体系"', r'name = "a\u0000b"', ["name: control_character"]),
        ("minimum = 90", "minimum = nan", ["grade_band[0].minimum: number_out_of_range"]),
        ("minimum = 90", "minimum = -inf", ["grade_band[0].minimum: number_out_of_range"]),
        ("minimum = 90", "minimum = 1e99999999999999999999", ["grade_band[0].minimum: number_out_of_range"]),
        ("minimum = 90", "minimum = 1e-13", ["grade_band[0].minimum: number_too_precise (digits 12)"]),
        ("minimum = 90", f"minimum = 1{'0' * 400}", ["grade_band[0].minimum: number_out_of_range"]),
        ("minimum = 90", "minimum = 2022-01-01", ["grade_band[0].minimum: wrong_type (expected a number, found date)"]),
        ("minimum = 90", "minimum = true", ["grade_band[0].minimum: wrong_type (expected a number, found true)"]),
        ('name = "履职"\nweight = 60', 'name = "履职"', ["indicator[duty].weight: missing_key", "indicator[goals].parent: unknown_parent (parent duty)"]),
        ('name = "履职"\n', 'name = "履职"\nlevel = 1\n', ["indicator[duty].level: unknown_key"]),
        ('kind = "multiple"', 'kind = "many"', ["indicator[rules].rule.input[0].kind: unknown_word (found many, allowed count, number, amount, percent, yes_no, choice, multiple)"]),
        ("followed = 20 }", "followed = -1 }", ["indicator[rules].rule.points.followed: negative_points (found -1)"]),
        ('met = "answer.met"\n', 'met = "Answer Met"\n', ["indicator[rules].rule.met: not_a_reference (found Answer Met)"]),
        ('kind = "rate"\nnumerator = "total.executed_amount"', 'kind = "rate"\nnumerator = "12"', ["indicator[spending].rule.numerator: not_a_reference (found 12)"]),
    ],
)  # fmt: skip
def test_scheme_of_wrong_form_is_refused(old: str, new: str, problems: list[str]) -> None:
    assert _refused(old, new) == problems


def test_fourth_level_is_refused() -> None:
    below = '[[indicator]]\ncode = "{}"\nparent = "{}"\nname = "下"\nweight = 60\n'
    text = SMALL.replace(
        '[[indicator]]\ncode = "management"',
        below.format("third", "goals") + below.format("fourth", "third")
        + '[[indicator]]\ncode = "management"',
    )  # fmt: skip

    with pytest.raises(SchemeProblems) as refused:
        read_scheme(text)

    assert [str(problem) for problem in refused.value.problems] == [
        "indicator[fourth]: too_deep (most 3)"
    ]


def test_bands_with_gaps_and_overlaps_are_refused() -> None:
    bands = """kind = "bands"
value = "total.executed_amount"
bands = [
  { at_least = 90, points = 11 },
  { above = 80, at_most = 90, points = 4 },
  { below = 70, points = 0 },
]"""
    old = SMALL[SMALL.index('kind = "rate"') : SMALL.index('loss_phrase = "支出率')]

    assert _refused(old, bands + "\n") == [
        "indicator[spending].rule: band_above_weight (band 90 ≤ x, weight 10)",
        "indicator[spending].rule: bands_gap (lower x < 70, upper 80 < x ≤ 90)",
        "indicator[spending].rule: bands_overlap (lower 80 < x ≤ 90, upper 90 ≤ x)",
    ]


def test_indicator_repeated_below_itself_is_refused() -> None:
    again = '[[indicator]]\ncode = "duty"\nparent = "duty"\nname = "再"\nweight = 60\n[[outline]]'

    assert _refused("[[outline]]", again) == ["indicator[duty]: duplicate_code (count 2)"]


def test_lists_nested_beyond_reading_are_refused() -> None:
    with pytest.raises(SchemeProblems) as refused:
        read_scheme("code = " + "[" * 5000)

    assert [problem.code for problem in refused.value.problems] == ["not_toml"]


def test_text_that_is_no_toml_is_refused_with_the_place() -> None:
    with pytest.raises(SchemeProblems) as refused:
        read_scheme("code = ")

    assert str(refused.value) == "document: not_toml (detail Invalid value (at end of document))"


def test_all_problems_are_told_at_once() -> None:
    text = SMALL.replace("version = 1", "version = true").replace("minimum = 90", 'minimum = "90"')

    with pytest.raises(SchemeProblems) as refused:
        read_scheme(text)

    assert [problem.path for problem in refused.value.problems] == [
        "version",
        "grade_band[0].minimum",
    ]


FIGURES = """
[amounts.total]
adjusted_budget = 642.40
executed_amount = 639

[[goal]]
name = "活动"
category = "output"
target_value = 35
actual_value = 36.5
unit = "场"

[[key_task]]
name = "统筹"
adjusted_budget_wan = 35.35

[answer.rules]
met = ["written"]
deduction_points = 1.5
deduction_reason = "缺漏"

[answer.extra]
bonus = 2
"""


def test_figures_are_read_exactly() -> None:
    assert read_figures(FIGURES, read_scheme(SMALL)) == Figures(
        amounts={
            "total.adjusted_budget": Decimal("642.40"),
            "total.executed_amount": Decimal(639),
        },
        goals=(
            Goal(
                "活动",
                "output",
                target_value=Decimal(35),
                actual_value=Decimal("36.5"),
                unit="场",
            ),
        ),
        key_tasks=(KeyTask("统筹", Decimal("35.35")),),
        answers={
            "rules": Answer({"met": ("written",)}, Decimal("1.5"), "缺漏"),
            "extra": Answer({"bonus": Decimal(2)}),
        },
    )


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        ("[amounts.total]", "[amounts.sum]", [
            "amounts.sum.adjusted_budget: unknown_reference (reference sum.adjusted_budget)",
            "amounts.sum.executed_amount: unknown_reference (reference sum.executed_amount)",
        ]),
        ("642.40", '"642.40"', ["amounts.total.adjusted_budget: wrong_type (expected a number, found 642.40)"]),
        ("[answer.rules]", "[answer.rulez]", ["answer.rulez: unknown_indicator"]),
        ('met = ["written"]', 'met = ["spoken"]', ["answer.rules.met: input_unknown_choice (label 做到)"]),
        ('met = ["written"]', "meet = true", ["answer.rules.meet: unknown_input"]),
        ("bonus = 2", "bonus = true", ["answer.extra.bonus: input_wrong_type (label 加分)"]),
        ("bonus = 2", "bonus = -2", ["answer.extra.bonus: input_negative (label 加分)"]),
        ("[[key_task]]", "[[task]]", ["task: unknown_key"]),
        ('unit = "场"', 'units = "场"', ["goal[0].units: unknown_key"]),
    ],
)  # fmt: skip
def test_figures_that_do_not_fit_are_refused(old: str, new: str, problems: list[str]) -> None:
    with pytest.raises(FiguresProblems) as refused:
        read_figures(FIGURES.replace(old, new, 1), read_scheme(SMALL))

    assert [str(problem) for problem in refused.value.problems] == problems


VALUES = st.sampled_from(
    [
        "nan", "-inf", "1e999999999999999999", "-1", "0", "0e999999999", "99", "1e-30", "true", '""', '"x"', "[]",
        "{}", "[[]]", "[{}]", "2022-01-01", "12:00:00", '"answer.met"', '["output"]', '"{"',
        "9" * 5000, "[" * 500 + "]" * 500, '"\\u0000"', "{ a = 1 }", '[{ points = 1 }]', "'",
    ]
)  # fmt: skip
LINES = SMALL.splitlines()
READ = read_scheme(SMALL)


def _read_both(text: str) -> None:
    """Read ``text`` as both documents; only their own refusals may come out."""
    with suppress(SchemeProblems):
        read_scheme(text)
    with suppress(FiguresProblems):
        read_figures(text, READ)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, len(LINES) - 1), VALUES)
def test_no_changed_value_brings_another_exception(position: int, value: str) -> None:
    key = LINES[position].partition("=")[0]
    _read_both("\n".join([*LINES[:position], f"{key}= {value}", *LINES[position + 1 :]]))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, len(LINES) - 1), min_size=1, max_size=12))
def test_no_lost_lines_bring_another_exception(positions: list[int]) -> None:
    _read_both("\n".join(line for n, line in enumerate(LINES) if n not in positions))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_no_text_at_all_brings_another_exception(text: str) -> None:
    _read_both(text)
