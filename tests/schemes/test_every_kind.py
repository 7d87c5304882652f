"""A scheme with every kind of rule and every modifier: lint clean, kept whole, told in words."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import translation

from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.services import issue_scheme, load_scheme
from perfeval.scoring.canonical import (
    canonical_text,
    content_hash,
    scheme_as_json,
    scheme_from_json,
)
from perfeval.scoring.engine import score
from perfeval.scoring.rules.kinds import RULES
from perfeval.scoring.scheme.reading import read_figures, read_scheme
from perfeval.words.rules import describe_rule, describe_total_caps
from perfeval.words.scoring import describe_step

HERE = Path(__file__).parents[1] / "scoring"
TEXT = (HERE / "every_kind.toml").read_text(encoding="utf-8")
FIGURES = (HERE / "every_kind.figures.toml").read_text(encoding="utf-8")
AT = datetime(2023, 3, 1, tzinfo=UTC)


def test_every_kind_is_read_and_comes_back_from_canonical_json():
    scheme = read_scheme(TEXT)

    assert {leaf.rule.kind for leaf in scheme.leaves()} == set(RULES)
    assert scheme_from_json(json.loads(canonical_text(scheme_as_json(scheme)))) == scheme


@pytest.mark.django_db
def test_every_kind_comes_back_from_the_database_with_its_hash():
    scheme = read_scheme(TEXT)

    row = load_scheme(scheme=scheme, at=AT)
    issued = issue_scheme(scheme=row, by=None, at=AT)

    assert as_scoring_scheme(issued) == scheme
    assert issued.content_hash == content_hash(scheme)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_kind_and_cap_is_told_without_codes_or_gaps(language):
    scheme = read_scheme(TEXT)

    with translation.override(language):
        told = [sentence for leaf in scheme.leaves() for sentence in describe_rule(leaf, scheme)]
        told += describe_total_caps(scheme)

    assert len(told) > len(RULES)
    wrong = ("answer.", "total.", "%(", "…", "executed_amount")
    assert [one for one in told if any(part in one for part in wrong) or not one.strip()] == []


def test_caps_are_told_in_chinese():
    with translation.override("zh-hans"):
        assert describe_total_caps(read_scheme(TEXT)) == (
            "支出率低于80%的，总分最高89.5分。",
            "支出率低于60%的，等级最高为“差”。",
        )


def test_every_kind_is_scored_and_each_step_is_told():
    scheme = read_scheme(TEXT)
    figures = read_figures(FIGURES, scheme)

    result = score(scheme, figures)

    assert (result.total, result.grade, result.is_complete) == (Decimal("93.33"), "优", True)
    assert result.answered_weight == scheme.full_score
    assert result.all_problems() == ()
    told = [describe_step(step) for node in result.walk() for step in node.steps]
    assert [one for one in told if "…" in one] == []
    codes = {step.code for node in result.walk() for step in node.steps}
    assert {"reweighted", "not_applicable_full", "not_applicable_dropped", "override"} <= codes
