"""What goes from one version to the next: nothing is bent to fit, and what is left out is named."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from perfeval.scoring.figures import Answer, Figures, Goal, OwnIndicator
from perfeval.scoring.scheme.tree import (
    Choice,
    FigureColumn,
    FigureLine,
    GoalCategory,
    Indicator,
    InputKind,
    InputSpec,
    OutlineSection,
    Rule,
    Scheme,
    Slot,
)
from perfeval.scoring.versions.carrying import Carrier, Loss
from perfeval.scoring.versions.mapping import full_mapping

ABC = tuple(Choice(code, f"{code}档") for code in "abc")
TEXT = OutlineSection("summary", 1, "总结", ("text",))


def scheme(*inputs: InputSpec, kind: str = "per_defect", **fields: Any) -> Scheme:
    """Return a scheme of one leaf with these inputs."""
    rule = Rule(kind, inputs=inputs, deduction_allowed=fields.pop("deduction_allowed", True))
    leaf = Indicator("leaf", "指标", 1, Decimal(100), rule=rule)
    valid: dict[str, Any] = {
        "code": "one",
        "version": 1,
        "name": "体系",
        "authority": "财政局",
        "year": 2022,
        "source": "-",
        "indicators": (leaf,),
    }
    return Scheme(**(valid | fields))


def carried(old: Scheme, new: Scheme, figures: Figures, narratives=None, **mapping: str):
    carrier = Carrier(old, new, full_mapping(old, new, mapping))
    return carrier.carry(figures, narratives or {})


def answered(**inputs: object) -> Figures:
    return Figures(answers={"leaf": Answer(inputs)})


COUNT = InputSpec("given", "件数", InputKind.COUNT, "个")
CHOICE = InputSpec("given", "状态", InputKind.CHOICE, choices=ABC)
MULTIPLE = InputSpec("given", "做到的", InputKind.MULTIPLE, choices=ABC)


@pytest.mark.parametrize(
    ("old", "new", "value", "shown"),
    [
        (COUNT, replace(COUNT, kind=InputKind.NUMBER), Decimal(3), "3"),
        (COUNT, replace(COUNT, unit="百个"), Decimal(3), "3"),
        (COUNT, replace(COUNT, name="other"), Decimal(3), "3"),
        (CHOICE, replace(CHOICE, choices=ABC[1:]), "a", "a档"),
        (MULTIPLE, replace(MULTIPLE, choices=ABC[1:]), ("a", "b"), "a档、b档"),
    ],
)
def test_input_that_means_something_else_is_left_out_and_named(old, new, value, shown):
    found = carried(scheme(old), scheme(new), answered(given=value))

    told = {"name": "指标", "input": old.label, "value": shown}
    assert found.figures == Figures(answers={"leaf": Answer({})})
    assert found.losses == (Loss("input_gone", "indicator:leaf", told),)


@pytest.mark.parametrize(
    ("old", "new", "value"),
    [
        (COUNT, replace(COUNT, label="数量", hint="按台账填写"), Decimal(3)),
        (CHOICE, replace(CHOICE, choices=ABC[1:]), "b"),
        (CHOICE, replace(CHOICE, choices=(*ABC, Choice("d", "丁"))), "a"),
        (MULTIPLE, replace(MULTIPLE, choices=ABC[:2]), ("a", "b")),
    ],
)
def test_input_that_means_the_same_goes_on(old, new, value):
    found = carried(scheme(old), scheme(new), answered(given=value))

    assert (found.figures, found.losses) == (answered(given=value), ())


def test_answer_follows_the_confirmed_name_and_is_left_behind_without_one():
    old = scheme(COUNT)
    new = replace(old, indicators=(replace(old.indicators[0], code="renamed"),))
    figures = answered(given=Decimal(3))

    confirmed = carried(old, new, figures, leaf="renamed")
    unknown = carried(old, new, figures)

    assert confirmed.figures.answers == {"renamed": Answer({"given": Decimal(3)})}
    assert confirmed.losses == ()
    told = {"name": "指标", "input": "件数", "value": "3"}
    assert unknown.figures.answers == {}
    assert unknown.losses == (Loss("answer_gone", "indicator:leaf", told),)


def test_deduction_stays_only_where_points_may_be_taken_off():
    old, new = scheme(COUNT), scheme(COUNT, deduction_allowed=False)
    answer = Answer({"given": Decimal(1)}, Decimal("0.5"), "资料不全")

    found = carried(old, new, Figures(answers={"leaf": answer}))

    told = {"name": "指标", "points": "0.5", "reason": "资料不全"}
    assert found.figures.answers == {"leaf": replace(answer, deduction_points=None)}
    assert found.losses == (Loss("deduction_gone", "indicator:leaf", told),)


def test_amounts_goals_and_prose_without_a_place_are_left_out_and_named():
    columns = (FigureColumn("budget", "预算数"), FigureColumn("spent", "支出数"))
    line = FigureLine("total", "合计", columns=("budget", "spent"))
    kinds = (Choice("quantity", "数量"), Choice("quality", "质量"))
    goals = (GoalCategory("output", "产出", kinds), GoalCategory("benefit", "效益"))
    layout = {"figure_columns": columns, "figure_lines": (line,), "goal_categories": goals}
    old = scheme(outline=(TEXT,), **layout)
    new = scheme(
        figure_columns=columns,
        figure_lines=(replace(line, columns=("budget",)),),
        goal_categories=(replace(goals[0], kinds=kinds[:1]),),
    )
    figures = Figures(
        amounts={"total.budget": Decimal("1.00"), "total.spent": Decimal("0.90")},
        goals=(
            Goal("一", "output", "quantity"),
            Goal("二", "output", "quality"),
            Goal("三", "benefit"),
        ),
    )

    found = carried(old, new, figures, {"summary": "字" * 70})

    assert found.figures == Figures(
        amounts={"total.budget": Decimal("1.00")},
        goals=(Goal("一", "output", "quantity"), Goal("二", "output")),
    )
    assert found.narratives == {}
    assert found.losses == (
        Loss("amount_gone", "budget", {"name": "合计支出数", "amount": "0.90"}),
        Loss("goal_kind_gone", "goals", {"name": "二"}),
        Loss("goal_gone", "goals", {"name": "三"}),
        Loss("text_gone", "outline", {"name": "总结", "text": "字" * 70}),
    )


def test_own_indicators_go_with_their_slot():
    slot = Slot("leaf", ("yes_no",))
    old = scheme(slots=(slot,))
    renamed = replace(old.indicators[0], code="open")
    new = replace(old, indicators=(renamed,), slots=(replace(slot, indicator="open"),))
    own = OwnIndicator("own_1", "leaf", "自设", Decimal(100), "yes_no")
    figures = Figures(own_part=(own,), answers={"own_1": Answer({"met": True})})

    kept = carried(old, new, figures, leaf="open")
    closed = carried(old, scheme(), figures)

    assert kept.figures == replace(figures, own_part=(replace(own, slot="open"),))
    assert (closed.figures, closed.losses) == (
        Figures(),
        (Loss("own_gone", "indicator:leaf", {"name": "自设"}),),
    )
