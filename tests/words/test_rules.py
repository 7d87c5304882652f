"""Every kind of rule is told in words, in both languages, without codes and without gaps."""

import re
from dataclasses import fields

import pytest
from django.utils import translation

from perfeval.scoring.own_part import OWN_KINDS
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.scheme.tree import Rule
from perfeval.words.rule_kinds import KINDS, kind_groups, own_kind_name, parameter_words
from perfeval.words.rule_parameters import FIELDS_ON_SHEET, PARAMETERS, WORD_CHOICES
from perfeval.words.rules import describe_rule, meaning_on_sheet
from perfeval.words.scoring import describe_problem, describe_step
from tests.scoring.building import cases, modifier_cases, rule_of, scheme_of, scored_case
from tests.scoring.test_modifiers import OF_A_LEAF

LANGUAGES = ("en", "zh-hans")


DECLARED = [
    (kind, inner)
    for kind, declared in RULES.items()
    for parameter in declared.parameters
    for inner in (parameter, *(one for group in parameter.nested.values() for one in group))
]


def test_every_kind_has_its_entry_and_stands_in_one_group() -> None:
    grouped = [kind for _name, kinds in kind_groups() for kind in kinds]

    assert set(KINDS) == set(RULES)
    assert sorted(grouped) == sorted(RULES)


def test_every_parameter_has_its_entry_and_no_other_has() -> None:
    assert {parameter.name for _kind, parameter in DECLARED} == set(PARAMETERS)
    assert {word for _kind, parameter in DECLARED for word in parameter.words} == set(WORD_CHOICES)
    own = {(kind, name) for kind, words in KINDS.items() for name in words.parameters}
    assert own <= {(kind, parameter.name) for kind, parameter in DECLARED}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_and_parameter_is_named_wherever_it_is_shown(language) -> None:
    with translation.override(language):
        names = [
            str(text)
            for words in KINDS.values()
            for text in (words.label, words.example, words.name, words.on_sheet)
        ]
        names += [str(parameter_words(kind, inner.name).label) for kind, inner in DECLARED]
        names += [str(text) for one in PARAMETERS.values() for text in (one.name, one.on_sheet)]

    assert [name for name in names if not name.strip() or "%(" in name] == []


def test_no_two_kinds_are_called_the_same() -> None:
    for language in LANGUAGES:
        with translation.override(language):
            for of in ("label", "name", "on_sheet"):
                called = [str(getattr(words, of)) for words in KINDS.values()]
                assert len(set(called)) == len(called)


def test_every_kind_of_an_own_indicator_is_called_by_its_own_name() -> None:
    with translation.override("en"):
        assert [str(own_kind_name(kind)) for kind in OWN_KINDS if kind == own_kind_name(kind)] == []
        assert str(own_kind_name("ratio_up")) == "at least (≥)"


def test_kind_may_call_a_parameter_otherwise_than_the_others() -> None:
    with translation.override("en"):
        told = [
            str(parameter_words(kind, "points_each").label) for kind in ("per_defect", "per_step")
        ]

    assert told == ["Points off for each", "Points off for every step"]


def test_rule_sheet_means_every_field_of_a_rule_in_chinese() -> None:
    fields_of_a_rule = {spec.name for spec in fields(Rule)} - {"parameters", "inputs"}

    assert fields_of_a_rule <= set(FIELDS_ON_SHEET)
    with translation.override("en"):
        assert meaning_on_sheet("kind", "rate") == "规则类型：分值×比率"
        assert meaning_on_sheet("bands[2].at_least", 90) == "分档·不低于"
        assert meaning_on_sheet("points.goals", 1) == "得分"


def _rule(kind, case) -> Rule:
    own = case.get("rule", {})
    return rule_of(kind, case["parameters"], inputs=case.get("inputs", []), **own)


def _told(kind, case) -> list[str]:
    """Return everything that a person reads about one case: the rule, its steps, its problems."""
    scheme = scheme_of(_rule(kind, case), case["weight"])
    result = scored_case(kind, case)
    return [
        *describe_rule(scheme.indicators[0], scheme),
        *(describe_step(step) for step in result.steps),
        *(describe_problem(problem) for problem in result.problems),
    ]


CASES = [
    *cases(),
    *(
        pytest.param(one.values[0]["kind"], one.values[0], id=one.id)
        for name in OF_A_LEAF
        for one in modifier_cases(name)
    ),
]


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_case_is_told_in_both_languages_without_codes_or_gaps(kind, case):
    for language in LANGUAGES:
        with translation.override(language):
            told = _told(kind, case)
        assert told
        assert [one for one in told if "answer." in one or "…" in one or "%(" in one] == []
        assert [one for one in told if not one.strip()] == []


@pytest.mark.parametrize("kind", sorted(RULES))
def test_first_sentence_of_a_kind_is_chinese_in_chinese(kind):
    case = next(param.values[1] for param in cases() if param.values[0] == kind)
    with translation.override("en"):
        english = _told(kind, case)
    with translation.override("zh-hans"):
        chinese = _told(kind, case)

    assert english[0] != chinese[0]
    assert re.search("[一-鿿]", chinese[0])
