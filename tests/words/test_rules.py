"""Every kind of rule is told in words, in both languages, without codes and without gaps."""

import re

import pytest
from django.utils import translation

from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.scheme.tree import Rule
from perfeval.words.rules import _SENTENCES, describe_rule
from perfeval.words.scoring import describe_problem, describe_step
from tests.scoring.building import cases, modifier_cases, rule_of, scheme_of, scored_case
from tests.scoring.test_modifiers import OF_A_LEAF

LANGUAGES = ("en", "zh-hans")


def test_every_rule_kind_has_its_words() -> None:
    assert sorted(_SENTENCES) == sorted(RULES)


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
