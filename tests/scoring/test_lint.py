"""A scheme with one fault is refused with exactly that fault, named with its place."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfeval.scoring.canonical import draft_from_json, scheme_as_json
from perfeval.scoring.scheme.checks import check_scheme
from perfeval.scoring.scheme.reading import SchemeProblems, read_draft, read_scheme
from perfeval.scoring.scheme.tree import Rule
from tests.scoring.building import SCHEMES, load

HERE = Path(__file__).parent
SMALL = (HERE / "small.toml").read_text(encoding="utf-8")
RULE = """kind = "rate"
numerator = "total.executed_amount"
denominator = "total.adjusted_budget"
loss_phrase = "支出率为{rate}\""""
BROKEN = load(HERE / "broken.toml")["broken"]
#: What even a draft cannot hold.
FAULTS_OF_FORM = ("duplicate_code", "formula_syntax", "number_not_positive", "unknown_rule_kind")


def _broken(case: dict[str, Any]) -> str:
    """Return the small scheme with the one change of a case."""
    text = SMALL
    if "old" in case:
        assert text.count(case["old"]) == 1
        text = text.replace(case["old"], case["new"])
    if "rule" in case:
        assert text.count(RULE) == 1
        text = text.replace(RULE, case["rule"])
    return text


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["name"])
def test_broken_scheme_gives_its_one_finding_and_nothing_else(case: dict[str, Any]) -> None:
    with pytest.raises(SchemeProblems) as refused:
        read_scheme(_broken(case))

    found = [f"{problem.path}: {problem.code}" for problem in refused.value.problems]
    assert found == [case["finding"]]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["name"])
def test_broken_draft_is_read_and_its_check_names_the_fault(case: dict[str, Any]) -> None:
    try:
        draft = read_draft(_broken(case))
    except SchemeProblems as refused:  # a fault of form: nothing could be kept of it
        found = refused.problems
        assert found[0].code in FAULTS_OF_FORM
    else:
        found = check_scheme(draft)
        assert draft_from_json(scheme_as_json(draft)) == draft

    assert [f"{problem.path}: {problem.code}" for problem in found] == [case["finding"]]


def test_draft_may_lack_parameters_of_its_rules() -> None:
    text = SMALL.replace(RULE, 'kind = "per_step"\nvalue = "total.executed_amount"')
    text = text.replace("points = { written = 10, followed = 20 }\n", "")

    draft = read_draft(text)

    assert draft_from_json(scheme_as_json(draft)) == draft
    assert [f"{problem.path}: {problem.code}" for problem in check_scheme(draft)] == [
        "indicator[spending].rule.threshold: missing_parameter",
        "indicator[spending].rule.points_each: missing_parameter",
        "indicator[spending].rule.step: missing_parameter",
        "indicator[rules].rule.points: missing_parameter",
    ]


def test_there_are_at_least_twenty_kinds_of_finding() -> None:
    kinds = {case["finding"].rpartition(" ")[2] for case in BROKEN}

    assert len(kinds) >= 40


@pytest.mark.parametrize("path", sorted(SCHEMES.glob("*.toml")), ids=lambda path: path.stem)
def test_official_schemes_are_clean(path: Path) -> None:
    assert check_scheme(read_scheme(path.read_text(encoding="utf-8"))) == ()


def test_saving_may_reward_more_and_a_cost_may_say_that_it_does() -> None:
    up = 'kind = "ratio_up"\nactual = "total.executed_amount"\ntarget = "total.adjusted_budget"'
    text = SMALL.replace(RULE, up)
    name = 'name = "支出率"\nweight = 10'
    saving = text.replace(name, 'name = "成本节约率"\nweight = 10')
    said = text.replace(name, 'name = "单位成本"\nweight = 10').replace(
        up, f"{up}\nmore_is_better = true"
    )

    assert [check_scheme(read_scheme(one)) for one in (saving, said)] == [(), ()]


def test_scheme_built_without_reading_is_told_what_its_rule_lacks() -> None:
    scheme = read_scheme(SMALL)
    extra = scheme.indicators[2]
    assert extra.rule is not None
    bare = replace(extra, rule=Rule("adjustment", {"bonus": "answer.bonus"}, extra.rule.inputs))
    changed = replace(scheme, indicators=(*scheme.indicators[:2], bare))

    assert [f"{one.path}: {one.code}" for one in check_scheme(changed)] == [
        "indicator[extra].rule.penalty: missing_parameter",
        "indicator[extra].rule.bonus_cap: cap_missing",
        "indicator[extra].rule.penalty_cap: cap_missing",
    ]
