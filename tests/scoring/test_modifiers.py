"""What a rule or a scheme changes in any kind: rounding, not applicable, moved weights, caps."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval.scoring.canonical import scheme_as_json, scheme_from_json
from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Figures
from perfeval.scoring.quantity import Rounding, RoundingMode
from perfeval.scoring.scheme.tree import (
    GradeBand,
    Indicator,
    RateDefinition,
    Scheme,
    TotalCap,
    WhenNotApplicable,
)
from tests.scoring.building import MODIFIERS, ROUNDINGS, WEIGHTS, modifier_cases, rule_of
from tests.scoring.building import scored_case as scored

#: Files whose cases describe one leaf, and files whose cases describe a tree.
OF_A_LEAF = ("rounding", "denominator", "cap_and_floor", "not_applicable", "override")
OF_A_TREE = ("reweight", "total_cap")
GRADES = tuple(
    GradeBand(word, Decimal(minimum))
    for word, minimum in (("优", 90), ("良", 80), ("中", 60), ("差", 0))
)


def test_every_modifier_has_a_test() -> None:
    assert sorted(path.stem for path in MODIFIERS.glob("*.toml")) == sorted(
        (*OF_A_LEAF, *OF_A_TREE)
    )


@pytest.mark.parametrize("case", [one for name in OF_A_LEAF for one in modifier_cases(name)])
def test_modifier_of_a_leaf_gives_its_points_and_problems(case: dict[str, Any]) -> None:
    result = scored(case["kind"], case)

    assert case["source"]
    assert (result.points, [problem.code for problem in result.problems]) == (
        case.get("points"),
        case.get("problems", []),
    )


def _leaf(table: dict[str, Any]) -> Indicator:
    inputs = [{"name": "score", "label": "score", "kind": "percent"}]
    own: dict[str, Any] = {}
    if "when" in table:
        inputs.append({"name": "applies", "label": "applies", "kind": "yes_no"})
        own = {"applies": "answer.applies", "when_not_applicable": table["when"]}
    rule = rule_of(
        "imported", {"score": "answer.score"}, inputs=inputs, loss_phrase="{rate}", **own
    )
    return Indicator(table["code"], table["code"], 2, Decimal(table["weight"]), rule=rule)


def _scheme(case: dict[str, Any]) -> Scheme:
    groups: dict[str, list[Indicator]] = {}
    for table in case["leaf"]:
        groups.setdefault(table["group"], []).append(_leaf(table))
    return Scheme(
        code="tree",
        version=1,
        name="tree",
        authority="财政局",
        year=2022,
        source="tests",
        indicators=tuple(
            Indicator(
                code, code, 1, sum((leaf.weight for leaf in leaves), Decimal(0)), tuple(leaves)
            )
            for code, leaves in groups.items()
        ),
        grade_bands=GRADES,
        full_score=Decimal(case["full_score"]),
        rates=(RateDefinition("execution", "支出率", "total.spent", "total.budget"),),
        total_caps=tuple(_cap(table) for table in case.get("cap", [])),
    )


def _cap(table: dict[str, Any]) -> TotalCap:
    total = Decimal(table["total"]) if "total" in table else None
    return TotalCap(table["rate"], Decimal(table["below"]), total, table.get("grade", ""))


def _figures(case: dict[str, Any]) -> Figures:
    answers = {}
    for table in case["leaf"]:
        inputs: dict[str, Any] = {}
        if "score" in table:
            inputs["score"] = Decimal(table["score"])
        if "when" in table:
            inputs["applies"] = table.get("applies", True)
        answers[table["code"]] = Answer(inputs)
    amounts = {"total.spent": Decimal(case.get("spent", 100)), "total.budget": Decimal(100)}
    return Figures(amounts=amounts, answers=answers)


@pytest.mark.parametrize("case", [one for name in OF_A_TREE for one in modifier_cases(name)])
def test_modifier_of_a_tree_gives_its_weights_points_and_total(case: dict[str, Any]) -> None:
    result = score(_scheme(case), _figures(case))

    assert {code: result.indicator(code).weight for code in case["weights"]} == case["weights"]
    assert {code: result.indicator(code).points for code in case["points"]} == case["points"]
    assert (result.total, result.is_complete) == (case["total"], True)
    assert result.grade == case.get("grade", result.grade)
    assert result.answered_weight == case["full_score"]
    found = [one.code for one in result.all_problems() if one.code != "unknown_amount"]
    assert found == case.get("problems", [])


def test_scaled_points_keep_the_formula_and_say_how_they_were_scaled() -> None:
    (case,) = [one.values[0] for one in modifier_cases("reweight")][:1]

    result = score(_scheme(case), _figures(case)).indicator("social")

    assert [f"{step.kind} {step.code} {step.expression}" for step in result.steps] == [
        "formula imported 90 × 15 ÷ 100",
        "weight reweighted 13.5 × 20 ÷ 15",
    ]
    assert result.computed_reason == "90%"


WHENS = st.sampled_from(("", "drop", "optional", "full"))
LEAVES = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.decimals("0.5", 20, places=1), WHENS, st.booleans(),
        st.integers(0, 100),
    ),
    min_size=1,
    max_size=9,
)  # fmt: skip


@given(LEAVES)
def test_moved_weights_add_up_and_no_leaf_earns_more_than_it_has(leaves: list[Any]) -> None:
    rows = [
        {"code": f"l{n}", "group": group, "weight": weight, "score": percent, "applies": is_one}
        | ({"when": when} if when else {})
        for n, (group, weight, when, is_one, percent) in enumerate(leaves)
    ]
    case = {"leaf": rows, "full_score": sum(row["weight"] for row in rows)}

    result = score(_scheme(case), _figures(case))

    found = [node for node in result.walk() if not node.children]
    left = [
        row for row in rows if not ("when" in row and not row["applies"] and row["when"] != "full")
    ]
    assert sum(node.weight for node in found) == (case["full_score"] if left else 0)
    for node in result.walk():
        assert node.points is not None
        assert 0 <= node.points <= node.weight
        if node.children:
            assert node.weight == sum(child.weight for child in node.children)


@given(st.decimals(0, 100, places=2), st.decimals(0, 100, places=2), st.integers(0, 100))
def test_cap_never_lifts_the_total_or_the_grade(
    spent: Decimal, most: Decimal, percent: int
) -> None:
    case = {"leaf": [{"code": "l", "group": "a", "weight": 100, "score": percent}]}
    case |= {"full_score": 100, "spent": spent, "cap": []}
    free = score(_scheme(case), _figures(case))
    capped_case = case | {"cap": [{"rate": "execution", "below": Decimal(80), "total": most}]}

    capped = score(_scheme(capped_case), _figures(capped_case))

    assert capped.total == (min(free.total, most) if spent < 80 else free.total)
    order = [band.word for band in GRADES]
    assert order.index(capped.grade) >= order.index(free.grade)


@given(WEIGHTS, ROUNDINGS, st.decimals(0, 100, places=2))
def test_typed_points_replace_the_computed_ones_only_within_the_weight(
    weight: Decimal, rounding: Rounding, typed: Decimal
) -> None:
    case = {
        "weight": weight,
        "rounding": {"mode": rounding.mode.value, "digits": rounding.digits},
        "rule": {"override": "answer.own"},
        "parameters": {"score": Decimal(50)},
        "inputs": [{"name": "own", "label": "own", "kind": "number"}],
        "answer": {"own": typed, "deduction_reason": "说明"},
    }
    computed = min(weight, rounding.apply(weight / 2))
    is_taken = typed <= weight and rounding.apply(typed) == typed

    assert scored("imported", case).points == (typed if is_taken else computed)


@given(WEIGHTS, st.sampled_from(RoundingMode), st.integers(0, 3), st.decimals(0, 100, places=2))
def test_rounding_of_a_rule_is_what_the_scheme_would_do_with_it(
    weight: Decimal, mode: RoundingMode, digits: int, percent: Decimal
) -> None:
    how = {"mode": mode.value, "digits": digits}
    case = {"weight": weight, "parameters": {"score": percent}}

    of_rule = scored("imported", case | {"rule": {"rounding": how}}).points
    of_scheme = scored("imported", case | {"rounding": how}).points

    assert of_rule == of_scheme
    assert of_rule is not None
    assert 0 <= of_rule <= weight


@given(WEIGHTS, st.booleans())
def test_what_does_not_apply_earns_full_marks_whatever_else_is_typed(
    weight: Decimal, is_met: bool
) -> None:
    flags = [{"name": name, "label": name, "kind": "yes_no"} for name in ("applies", "met")]
    case = {
        "weight": weight,
        "rule": {"applies": "answer.applies"},
        "parameters": {"met": "answer.met"},
        "inputs": flags,
        "answer": {"applies": False, "met": is_met},
    }

    assert scored("yes_no", case).points == weight


def test_modifiers_come_back_from_canonical_json() -> None:
    (case,) = [one.values[0] for one in modifier_cases("total_cap")][:1]
    scheme = _scheme(case)
    leaf = scheme.indicators[0].children[0]
    assert leaf.rule is not None
    rule = replace(
        leaf.rule,
        applies="answer.score",
        when_not_applicable=WhenNotApplicable.OPTIONAL,
        override="answer.score",
        rounding=Rounding(RoundingMode.TRUNCATE, 0),
        more_is_better=True,
    )
    group = replace(scheme.indicators[0], children=(replace(leaf, rule=rule),))
    changed = replace(scheme, indicators=(group,))

    assert scheme_from_json(scheme_as_json(changed)) == changed
    assert "override" not in str(scheme_as_json(scheme))
