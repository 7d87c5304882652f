"""A department's own indicators fill the scheme's open slots and are scored as one tree.

The real example: Guangzhou 2021 fixes 管理效能 and leaves 履职效能 50 to the department. With that
part taken out of the scheme and set by the department instead, the published 93.89 comes out again.
"""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval.scoring.canonical import (
    content_hash,
    figures_as_json,
    figures_from_json,
    result_as_json,
    result_from_json,
    scheme_as_json,
    scheme_from_json,
)
from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Figures, OwnIndicator
from perfeval.scoring.own_part import own_problems, own_standard, with_own_part
from perfeval.scoring.scheme.checks import check_scheme
from perfeval.scoring.scheme.reading import read_figures, read_scheme
from perfeval.scoring.scheme.tree import Indicator, Scheme, Slot, SlotLevel
from perfeval.scoring.scheme.writing import write_scheme
from tests.scoring.building import fixture

DUTY = "duty_effectiveness"
LEVELS = (
    SlotLevel("good", "达成预期指标", at_least=Decimal(80), at_most=Decimal(100)),
    SlotLevel("partly", "部分达成预期指标", at_least=Decimal(50), below=Decimal(80)),
    SlotLevel("poor", "未达成预期指标", at_least=Decimal(0), below=Decimal(50)),
)
SLOT = Slot(
    DUTY,
    kinds=("ratio_up", "ratio_down", "yes_no", "level", "per_defect", "manual"),
    has_headings=True,
    loss_phrase="实际完成年度指标值的{rate}",
    standards={
        "ratio_up": "年度指标值{target}{unit}。得分＝实际完成值÷年度指标值×分值，最高不超过分值。",
        "yes_no": "做到的得{weight}分，否则不得分。",
        "per_defect": "每{unit}扣{points_each}分，扣完为止。",
        "level": "按完成程度在相应区间内计分。",
    },
    level_label="完成程度",
    percent_label="计分比例",
    levels=LEVELS,
)


def opened(slot: Slot = SLOT) -> Scheme:
    """Return the Guangzhou scheme with 履职效能 left open."""
    scheme, _figures = fixture("guangzhou_2021")
    indicators = tuple(
        replace(node, children=(), is_scored_group=True) if node.code == DUTY else node
        for node in scheme.indicators
    )
    return replace(scheme, indicators=indicators, slots=(slot,))


def published() -> tuple[OwnIndicator, ...]:
    """Return the own part of the published report as the department would have set it."""
    scheme, _figures = fixture("guangzhou_2021")
    leaves = [
        (group.name, leaf) for group in scheme.indicator(DUTY).children for leaf in group.children
    ]
    return tuple(
        OwnIndicator(
            code=f"own_{number}",
            slot=DUTY,
            heading=heading,
            name=leaf.name,
            weight=leaf.weight,
            kind=leaf.rule.kind,
            target=Decimal(leaf.rule.parameters["target"]),
            unit=leaf.rule.inputs[0].unit,
            evidence=leaf.evidence,
        )
        for number, (heading, leaf) in enumerate(leaves, start=1)
    )


def published_figures() -> Figures:
    """Return the demonstration's figures with the own part's answers under its own codes."""
    scheme, figures = fixture("guangzhou_2021")
    codes = [leaf.code for leaf in scheme.indicator(DUTY).leaves()]
    answers = {code: answer for code, answer in figures.answers.items() if code not in codes} | {
        f"own_{number}": Answer({"actual": figures.answers[code].inputs["actual_value"]})
        for number, code in enumerate(codes, start=1)
    }
    return replace(figures, answers=answers, own_part=published())


def test_guangzhou_with_its_own_part_set_by_the_department_gives_the_published_result() -> None:
    scheme, figures = opened(), published_figures()
    result = score(scheme, figures)
    fixed = score(*fixture("guangzhou_2021"))

    assert check_scheme(scheme) == ()
    assert result.all_problems() == ()
    assert (result.total, result.grade, result.leaf_count) == (Decimal("93.89"), "", 36)
    assert [(node.name, node.level, node.weight, node.points) for node in result.walk()] == [
        (node.name, node.level, node.weight, node.points) for node in fixed.walk()
    ]
    whole = with_own_part(scheme, figures.own_part)
    assert [node.standard for node in whole.walk()] == [
        node.standard for node in fixture("guangzhou_2021")[0].walk()
    ]
    assert [node.name for node in whole.scored_groups()] == [
        node.name for node in fixture("guangzhou_2021")[0].scored_groups()
    ]


def test_a_slot_left_empty_is_the_one_thing_missing() -> None:
    scheme, figures = opened(), replace(published_figures(), own_part=())
    common = {code: one for code, one in figures.answers.items() if not code.startswith("own_")}
    result = score(scheme, replace(figures, answers=common))

    assert [(one.code, one.place) for one in result.all_problems()] == [
        ("own_part_missing", f"own:{DUTY}")
    ]
    assert (result.total, result.is_complete) == (Decimal("43.89"), False)


def test_common_part_and_hash_are_untouched_by_schemes_without_slots() -> None:
    for code in ("zengcheng_2022", "guangzhou_2021"):
        scheme, figures = fixture(code)
        assert with_own_part(scheme, ()) is scheme
        assert "slots" not in scheme_as_json(scheme)
        assert "own_part" not in figures_as_json(figures)


def test_slots_and_own_parts_survive_json_and_toml() -> None:
    scheme, figures = opened(), published_figures()

    assert scheme_from_json(scheme_as_json(scheme)) == scheme
    assert read_scheme(write_scheme(scheme)) == scheme
    assert figures_from_json(figures_as_json(figures)) == figures
    merged = with_own_part(scheme, figures.own_part)
    assert content_hash(merged) != content_hash(scheme)
    changed = (replace(figures.own_part[0], target=Decimal(99)), *figures.own_part[1:])
    assert content_hash(with_own_part(scheme, changed)) != content_hash(merged)


ONE = OwnIndicator(
    "own_1", DUTY, "活动场次", Decimal(10), "ratio_up", "服务", Decimal(20), unit="场"
)


@pytest.mark.parametrize(
    ("own", "inputs", "deduction", "points"),
    [
        (ONE, {"actual": Decimal(13)}, None, "6.5"),  # 10 × 13 ÷ 20
        (ONE, {"actual": Decimal(30)}, None, "10"),  # never above the weight
        (replace(ONE, kind="ratio_down"), {"actual": Decimal(25)}, None, "8"),  # 10 × 20 ÷ 25
        (replace(ONE, kind="yes_no"), {"met": False}, None, "0"),
        (replace(ONE, kind="level"), {"level": "partly", "percent": Decimal(65)}, None, "6.5"),
        (replace(ONE, kind="level"), {"level": "partly", "percent": Decimal(80)}, None, None),
        (
            replace(ONE, kind="per_defect", points_each=Decimal("0.5")),
            {"count": Decimal(3)},
            None,
            "8.5",
        ),
        (replace(ONE, kind="manual"), {}, Decimal("1.5"), "8.5"),
    ],
    ids=["ratio_up", "cap", "ratio_down", "yes_no", "level", "outside level", "cases", "manual"],
)
def test_each_kind_that_a_department_may_use_scores_as_the_scheme_s_own(
    own: OwnIndicator, inputs: dict[str, object], deduction: Decimal | None, points: str | None
) -> None:
    figures = Figures(answers={"own_1": Answer(inputs, deduction, "说明")}, own_part=(own,))

    found = score(opened(), figures).indicator("own_1").points

    assert found == (None if points is None else Decimal(points))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": " "}, "own_name_missing"),
        ({"heading": ""}, "own_heading_missing"),
        ({"weight": Decimal(0)}, "own_weight_not_positive"),
        ({"weight": Decimal("9.999")}, "own_weight_too_precise"),
        ({"kind": "rate"}, "own_kind_not_allowed"),
        ({"kind": "manual"}, "own_standard_missing"),
        ({"target": None}, "own_target_missing"),
        ({"target": Decimal(0)}, "own_target_not_positive"),
        ({"kind": "per_defect"}, "own_points_each_missing"),
        ({"kind": "per_defect", "points_each": Decimal(0)}, "own_points_each_not_positive"),
        ({"name": "会议成本"}, "own_cost_rewards_more"),
        ({"heading": "成本控制"}, "own_cost_rewards_more"),
        ({"slot": "assets"}, "own_unknown_slot"),
    ],
)
def test_each_fault_of_an_own_indicator_is_found_at_its_row(
    change: dict[str, object], code: str
) -> None:
    rest = OwnIndicator("own_2", DUTY, "其余", Decimal(40), "yes_no", "服务")
    found = own_problems(opened(), (rest, replace(ONE, **change)))

    assert [one.code for one in found if one.place == "own:1"] == [code]


def test_what_a_slot_holds_together_is_checked() -> None:
    slot = replace(SLOT, most=1, has_headings=False)
    part = (
        replace(ONE, heading=""),
        replace(ONE, code="own_2", heading="", weight=Decimal("30.5")),
    )
    found = own_problems(opened(slot), part)

    assert [(one.code, one.place, one.parameters) for one in found] == [
        (
            "own_too_many",
            f"own:{DUTY}",
            {"slot": "履职效能", "weight": "50", "count": "2", "most": "1"},
        ),
        (
            "own_weights_do_not_add_up",
            f"own:{DUTY}",
            {"slot": "履职效能", "weight": "50", "sum": "40.5", "difference": "9.5"},
        ),
        (
            "own_name_twice",
            f"own:{DUTY}",
            {"slot": "履职效能", "weight": "50", "name": "活动场次", "count": "2"},
        ),
    ]
    twice = own_problems(opened(), (ONE, ONE, replace(ONE, code="x", weight=Decimal(30))))
    assert [one.parameters["code"] for one in twice if one.code == "own_code_wrong"] == [
        "own_1",
        "x",
    ]


def test_own_standard_is_the_department_s_or_the_slot_s() -> None:
    assert own_standard(SLOT, replace(ONE, standard="按场次计分。")) == "按场次计分。"
    assert own_standard(SLOT, ONE).startswith("年度指标值20场。")


LEAF = Indicator("a", "甲", 1, Decimal(100), is_own=True, is_scored_group=True)


@pytest.mark.parametrize(
    ("scheme", "finding"),
    [
        (opened(replace(SLOT, indicator="nothing")), "slot[nothing]: slot_without_indicator"),
        (opened(replace(SLOT, kinds=())), f"slot[{DUTY}].kinds: empty_list"),
        (opened(replace(SLOT, kinds=("rate",), standards={})), "unknown_rule_kind"),
        (opened(replace(SLOT, most=0)), f"slot[{DUTY}].most: number_not_positive"),
        (opened(replace(SLOT, standards={"yes_no": "{rate}"})), "unknown_placeholder"),
        (opened(replace(SLOT, loss_phrase="{target}")), "unknown_placeholder"),
        (opened(replace(SLOT, level_label="")), f"slot[{DUTY}].level_label: missing_key"),
        (opened(replace(SLOT, levels=())), f"slot[{DUTY}].levels: empty_list"),
        (opened(replace(SLOT, levels=LEVELS[:2])), f"slot[{DUTY}].levels: levels_do_not_cover"),
        (
            opened(replace(SLOT, levels=(replace(LEVELS[0], above=Decimal(1)), *LEVELS[1:]))),
            f"slot[{DUTY}].levels[good]: band_two_ends",
        ),
        (
            opened(replace(SLOT, indicator="management_effectiveness")),
            "slot[management_effectiveness]: slot_not_open",
        ),
    ],
)
def test_a_slot_that_cannot_be_meant_is_refused(scheme: Scheme, finding: str) -> None:
    found = [f"{problem.path}: {problem.code}" for problem in check_scheme(scheme)]

    assert any(finding in line for line in found), found


def test_where_a_slot_may_stand() -> None:
    base = opened()

    def findings(**change: object) -> list[str]:
        indicators = tuple(
            replace(node, **change) if node.code == DUTY else node for node in base.indicators
        )
        return [problem.code for problem in check_scheme(replace(base, indicators=indicators))]

    assert findings(is_own=False) == ["slot_not_own"]
    assert findings(is_scored_group=False) == ["slot_not_scored_group"]
    assert findings(code="own_9") == [
        "leaf_without_rule",
        "slot_without_indicator",
        "code_of_own_part",
        "unknown_placeholder",
    ]


def test_figures_file_states_the_own_part_before_its_answers() -> None:
    text = """
[[own]]
code = "own_1"
slot = "duty_effectiveness"
heading = "服务"
name = "活动场次"
weight = 50
kind = "ratio_up"
target = 20
unit = "场"
[answer.own_1]
actual = 13
"""
    figures = read_figures(text, opened())

    assert figures.own_part == (replace(ONE, weight=Decimal(50)),)
    assert score(opened(), figures).indicator(DUTY).points == Decimal("32.5")


WORDS = st.sampled_from(["", " ", "活动场次", "会议成本", "own_1", "{rate}"])
NUMBERS = st.none() | st.decimals(-5, 60, places=2)
ANY_OWN = st.builds(
    OwnIndicator,
    code=st.sampled_from(["own_1", "own_2", "own_3", "", "assets"]),
    slot=st.sampled_from([DUTY, "assets", ""]),
    name=WORDS,
    weight=st.decimals(-5, 60, places=3),
    kind=st.sampled_from([*SLOT.kinds, "rate", "", "adjustment"]),
    heading=WORDS,
    target=NUMBERS,
    points_each=NUMBERS,
    unit=st.sampled_from(["", "%", "场"]),
    standard=WORDS,
)
ANY_ANSWER = st.builds(
    Answer,
    inputs=st.dictionaries(
        st.sampled_from(["actual", "met", "level", "percent", "count"]),
        st.decimals(-5, 200, places=2) | st.booleans() | st.sampled_from(["good", "none"]),
    ),
    deduction_points=NUMBERS,
    deduction_reason=WORDS,
)
OPENED = opened()


@given(
    st.lists(ANY_OWN, max_size=5), st.dictionaries(st.sampled_from(["own_1", "own_2"]), ANY_ANSWER)
)
def test_any_own_part_is_scored_or_told_and_never_fails(
    own_part: list[OwnIndicator], answers: dict[str, Answer]
) -> None:
    figures = Figures(answers=answers, own_part=tuple(own_part))
    result = score(OPENED, figures)

    assert result_from_json(result_as_json(result)) == result
    assert figures_from_json(figures_as_json(figures)) == figures
    told = {problem.code for problem in result.problems if problem.code.startswith("own_")}
    own = [node for node in result.indicator(DUTY).walk() if node.code.startswith("own_")]
    for leaf in own:
        if not leaf.children and leaf.points is not None and leaf.weight > 0:
            assert 0 <= leaf.points <= leaf.weight
    if not told:
        assert sum(one.weight for one in own_part) == 50
