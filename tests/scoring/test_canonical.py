"""Canonical JSON: exact round trips, one hash for one meaning, strict reading."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfeval.scoring.canonical import (
    FormatError,
    canonical_text,
    content_hash,
    figures_as_json,
    figures_from_json,
    result_as_json,
    result_from_json,
    rule_as_json,
    rule_from_json,
    scheme_as_json,
    scheme_from_json,
)
from perfeval.scoring.engine import score
from perfeval.scoring.figures import Answer, Figures, Goal, GoalDirection, KeyTask
from perfeval.scoring.result import (
    IndicatorResult,
    Problem,
    RateResult,
    Result,
    Severity,
    Step,
    StepKind,
    UsedInput,
)
from perfeval.scoring.scheme.tree import Rule
from tests.scoring.building import fixture

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)
NUMBER = st.decimals(-1_000_000, 1_000_000, places=6)
OPTIONAL = st.none() | NUMBER
TOLD = st.dictionaries(TEXT, TEXT, max_size=2)

GOALS = st.builds(
    Goal, TEXT, TEXT, TEXT, st.sampled_from(GoalDirection), OPTIONAL, OPTIONAL, TEXT, NUMBER,
    OPTIONAL, TEXT, TEXT, TEXT,
)  # fmt: skip
INPUTS = NUMBER | st.booleans() | TEXT | st.lists(TEXT, max_size=2).map(tuple)
ANSWERS = st.builds(Answer, st.dictionaries(TEXT, INPUTS, max_size=2), OPTIONAL, TEXT)
FIGURES = st.builds(
    Figures,
    st.dictionaries(TEXT, NUMBER, max_size=2),
    st.lists(GOALS, max_size=2).map(tuple),
    st.lists(st.builds(KeyTask, TEXT, OPTIONAL, OPTIONAL, TEXT), max_size=2).map(tuple),
    st.dictionaries(TEXT, ANSWERS, max_size=2),
)

PROBLEMS = st.lists(
    st.builds(Problem, TEXT, st.sampled_from(Severity), TEXT, TOLD), max_size=2
).map(tuple)
STEPS = st.lists(
    st.builds(Step, st.sampled_from(StepKind), TEXT, TEXT, NUMBER, TOLD), max_size=2
).map(tuple)
USED = st.lists(st.builds(UsedInput, TEXT, TEXT, TEXT, TEXT), max_size=2).map(tuple)
RATES = st.lists(
    st.builds(RateResult, TEXT, TEXT, OPTIONAL, OPTIONAL, OPTIONAL, TEXT), max_size=2
).map(tuple)


def _nodes(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        IndicatorResult,
        code=TEXT,
        name=TEXT,
        level=st.integers(1, 3),
        weight=NUMBER,
        points=OPTIONAL,
        is_complete=st.booleans(),
        is_adjustment=st.booleans(),
        score_rate=OPTIONAL,
        inputs=USED,
        steps=STEPS,
        problems=PROBLEMS,
        children=children,
    )


TREES = st.lists(_nodes(st.lists(_nodes(st.just(())), max_size=1).map(tuple)), max_size=2)
RESULTS = st.builds(
    Result,
    scheme_code=TEXT,
    scheme_version=st.integers(1, 9),
    engine_version=st.integers(1, 9),
    full_score=NUMBER,
    base_total=NUMBER,
    adjustment_total=NUMBER,
    total=NUMBER,
    grade=TEXT,
    is_complete=st.booleans(),
    answered_weight=NUMBER,
    leaf_count=st.integers(0, 99),
    answered_leaf_count=st.integers(0, 99),
    indicators=TREES.map(tuple),
    rates=RATES,
    problems=PROBLEMS,
)


def _through_text(data: object) -> object:
    return json.loads(canonical_text(data))


@given(RESULTS)
def test_any_result_comes_back_equal(result: Result) -> None:
    assert result_from_json(_through_text(result_as_json(result))) == result


@given(FIGURES)
def test_any_figures_come_back_equal(figures: Figures) -> None:
    assert figures_from_json(_through_text(figures_as_json(figures))) == figures


@pytest.mark.parametrize("code", ["zengcheng_2022", "guangzhou_2021"])
def test_official_schemes_and_their_results_come_back_equal(code: str) -> None:
    scheme, figures = fixture(code)
    result = score(scheme, figures)

    assert scheme_from_json(_through_text(scheme_as_json(scheme))) == scheme
    assert result_from_json(_through_text(result_as_json(result))) == result
    for leaf in scheme.leaves():
        assert leaf.rule is not None
        assert rule_from_json(_through_text(rule_as_json(leaf.rule))) == leaf.rule


def test_hash_is_the_same_for_the_same_meaning_and_another_for_another() -> None:
    scheme, _ = fixture("zengcheng_2022")
    first, second = scheme.indicators
    longer = replace(first, weight=Decimal("50.00"))

    assert content_hash(replace(scheme, indicators=(longer, second))) == content_hash(scheme)
    assert content_hash(scheme_from_json(scheme_as_json(scheme))) == content_hash(scheme)
    assert content_hash(replace(scheme, indicators=(second, first))) != content_hash(scheme)
    assert len(content_hash(scheme)) == 64


def test_canonical_text_sorts_keys_and_keeps_chinese() -> None:
    assert canonical_text({"乙": 1, "a": ["优", None]}) == '{"a":["优",null],"乙":1}'


def _refused(change: dict[str, Any]) -> list[str]:
    scheme, figures = fixture("zengcheng_2022")
    data = result_as_json(score(scheme, figures)) | change
    with pytest.raises(FormatError) as refused:
        result_from_json(data)
    return [str(problem) for problem in refused.value.problems]


def test_wrong_types_are_refused_with_their_path() -> None:
    assert _refused({"total": 96.45, "is_complete": 1, "leaf_count": "25", "luck": True}) == [
        "luck: unknown_key",
        "total: wrong_type (expected a number as text, found float)",
        "is_complete: wrong_type (expected true or false, found 1)",
        "leaf_count: wrong_type (expected a whole number, found 25)",
    ]


def test_wrong_value_deep_in_a_scheme_is_refused_with_its_path() -> None:
    scheme, _ = fixture("zengcheng_2022")
    data = scheme_as_json(scheme)
    data["indicators"][0]["children"][0]["children"][2]["weight"] = "NaN"
    data["indicators"][1]["children"][1]["children"][0]["rule"]["parameters"]["bands"][1] = {
        "points": "1",
        "below": 5,
    }
    del data["indicators"][1]["children"][0]["name"]

    with pytest.raises(FormatError) as refused:
        scheme_from_json(data)

    assert [str(problem) for problem in refused.value.problems] == [
        (
            "indicators[0].children[0].children[2].weight: wrong_type "
            "(expected a number as text, found NaN)"
        ),
        "indicators[1].children[0].name: missing_key",
        (
            "indicators[1].children[1].children[0].rule.parameters.bands[1].below: wrong_type "
            "(expected a number as text, found 5)"
        ),
    ]


@pytest.mark.parametrize("data", [None, [], "scheme", 5, {"indicators": 5}])
def test_anything_that_is_no_scheme_is_refused(data: object) -> None:
    with pytest.raises(FormatError):
        scheme_from_json(data)


def test_float_is_not_written() -> None:
    with pytest.raises(TypeError, match=r"^no exact form for float: 0\.5$"):
        rule_as_json(Rule("per_defect", {"points_each": 0.5}))
