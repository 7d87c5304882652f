"""A scheme goes into the rows and comes back as the same value, and once issued it stays."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from perfeval.schemes.models import GradeBand, Indicator, OutlineSection, Scheme, SchemeState
from perfeval.schemes.queries import (
    SchemeTampered,
    _issued_scheme,
    as_scoring_scheme,
    issued_schemes,
)
from perfeval.schemes.rows import SchemeNotStorable
from perfeval.schemes.services import (
    SchemeExists,
    SchemeFrozen,
    SchemeNotClean,
    issue_scheme,
    load_scheme,
)
from perfeval.scoring.canonical import content_hash
from perfeval.scoring.scheme.reading import read_draft, read_scheme
from perfeval.scoring.scheme.tree import Scheme as FrozenScheme
from tests.conftest import AT, FIXTURES
from tests.rows import a_user

pytestmark = pytest.mark.django_db

NAMES = ["zengcheng_2022", "guangzhou_2021"]


@pytest.fixture(autouse=True)
def nothing_remembered():
    """Read issued schemes from the rows, not from what an earlier test left in the process."""
    _issued_scheme.cache_clear()
    yield
    _issued_scheme.cache_clear()


def _frozen(name: str = "zengcheng_2022") -> FrozenScheme:
    return read_scheme((FIXTURES / "schemes" / f"{name}.toml").read_text(encoding="utf-8"))


def _issued(name: str = "zengcheng_2022") -> Scheme:
    return issue_scheme(scheme=load_scheme(scheme=_frozen(name), at=AT), by=None, at=AT)


def _counts() -> list[int]:
    return [model.objects.count() for model in (Scheme, Indicator, GradeBand, OutlineSection)]


@pytest.mark.parametrize("name", NAMES)
def test_loaded_scheme_reads_back_equal(name):
    frozen = _frozen(name)

    row = load_scheme(scheme=frozen, at=AT)

    assert as_scoring_scheme(row) == frozen
    assert content_hash(as_scoring_scheme(row)) == content_hash(frozen)


@pytest.mark.parametrize("name", NAMES)
def test_issued_scheme_reads_back_equal_and_keeps_the_hash_of_the_file(name):
    frozen = _frozen(name)

    row = _issued(name)

    row.refresh_from_db()
    assert as_scoring_scheme(row) == frozen
    assert row.content_hash == content_hash(frozen)


def test_loaded_scheme_is_a_draft_on_which_no_report_can_start():
    row = load_scheme(scheme=_frozen(), at=AT)

    assert (row.state, row.is_frozen, row.issued_at, row.content_hash) == (
        SchemeState.DRAFT,
        False,
        None,
        "",
    )
    assert list(issued_schemes()) == []


def test_issue_scheme_stamps_who_and_when():
    owner = a_user("owner")

    row = issue_scheme(scheme=load_scheme(scheme=_frozen(), at=AT), by=owner, at=AT)

    row.refresh_from_db()
    assert (row.state, row.is_frozen, row.issued_at, row.issued_by) == (
        SchemeState.ISSUED,
        True,
        AT,
        owner,
    )
    assert list(issued_schemes()) == [row]


def test_issue_scheme_refuses_what_is_issued():
    row = _issued()

    with pytest.raises(SchemeFrozen):
        issue_scheme(scheme=row, by=None, at=AT)


def test_issue_scheme_refuses_by_what_is_stored_not_by_what_was_read_before():
    stale = load_scheme(scheme=_frozen(), at=AT)
    issue_scheme(scheme=Scheme.objects.get(pk=stale.pk), by=None, at=AT)

    with pytest.raises(SchemeFrozen):
        issue_scheme(scheme=stale, by=None, at=AT)


def test_draft_with_faults_is_stored_whole_and_not_issued():
    text = (Path(__file__).parents[1] / "scoring" / "small.toml").read_text(encoding="utf-8")
    for old, new in (
        ('name = "履职"\nweight = 60', 'name = "履职"\nweight = 0'),
        ('standard = "得分＝支出率×分值。"', 'standard = ""'),
        ('denominator = "total.adjusted_budget"\nloss', "loss"),
        ("followed = 20 }", "followed = 19 }"),
        ('word = "差"\nminimum = 0', 'word = "差"\nminimum = 60'),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    draft = read_draft(text)
    row = load_scheme(scheme=draft, at=AT)

    with pytest.raises(SchemeNotClean) as refused:
        issue_scheme(scheme=row, by=None, at=AT)

    row.refresh_from_db()
    assert (row.state, as_scoring_scheme(row)) == (SchemeState.DRAFT, draft)
    assert [str(finding) for finding in refused.value.findings] == [
        "grade_band[1].minimum: last_band_not_zero (minimum 60)",
        "full_score: weights_do_not_add_up (sum 40, expected 100)",
        "indicator[duty].weight: weights_do_not_add_up (sum 60, expected 0)",
        "indicator[duty].weight: weight_not_positive (weight 0)",
        "indicator[spending].rule.denominator: missing_parameter",
        "indicator[rules].rule: checklist_sum (sum 29, weight 30)",
        "indicator[spending].standard: standard_missing",
    ]


def test_load_scheme_refuses_a_version_that_is_stored_and_adds_nothing():
    load_scheme(scheme=_frozen(), at=AT)
    before = _counts()

    with pytest.raises(SchemeExists):
        load_scheme(scheme=_frozen(), at=AT)

    assert _counts() == before


def test_load_scheme_takes_the_next_version_beside_the_first():
    first = _issued()
    second = replace(_frozen(), version=2, name="修订")

    row = load_scheme(scheme=second, at=AT)

    assert as_scoring_scheme(row) == second
    assert as_scoring_scheme(first) == _frozen()


def test_load_scheme_takes_a_penalty_without_a_bonus():
    frozen = _frozen("guangzhou_2021")
    *base, extra = frozen.indicators
    rule = replace(extra.rule, parameters={**extra.rule.parameters, "bonus_cap": Decimal(0)})
    penalty = replace(extra, weight=Decimal(0), rule=rule)
    changed = replace(frozen, indicators=(*base, penalty))

    assert as_scoring_scheme(load_scheme(scheme=changed, at=AT)) == changed


@pytest.mark.parametrize(
    "changed",
    [
        {"full_score": Decimal("99.12345")},
        {"name": "长" * 201},
        {"code": "c" * 65},
    ],
    ids=["decimals", "name", "code"],
)
def test_load_scheme_refuses_what_the_rows_would_change_and_adds_nothing(changed):
    before = _counts()

    with pytest.raises(SchemeNotStorable):
        load_scheme(scheme=replace(_frozen(), **changed), at=AT)

    assert _counts() == before


def _change_weight(row: Scheme) -> None:
    leaf = row.indicators.exclude(rule=None).first()
    leaf.weight += 1
    leaf.save()


def _change_rule(row: Scheme) -> None:
    leaf = row.indicators.filter(rule__kind="rate").first()
    leaf.rule["loss_phrase"] = "改写"
    leaf.save()


def _swap_indicators(row: Scheme) -> None:
    first, second = row.indicators.filter(level=3, rule__isnull=False)[:2]
    here, there = first.position, second.position
    Indicator.objects.filter(pk=first.pk).update(position=999)
    Indicator.objects.filter(pk=second.pk).update(position=here)
    Indicator.objects.filter(pk=first.pk).update(position=there)


def _lower_grade(row: Scheme) -> None:
    row.grade_bands.filter(word="优").update(minimum=85)


def _lose_section(row: Scheme) -> None:
    row.outline_sections.last().delete()


def _change_phrase(row: Scheme) -> None:
    row.layout["phrases"]["conclusion"] = "满分。"
    row.save()


def _change_rounding(row: Scheme) -> None:
    row.rounding_digits = 1
    row.save()


def _change_hash(row: Scheme) -> None:
    row.content_hash = "0" * 64
    row.save()


@pytest.mark.parametrize(
    "tamper",
    [
        _change_weight,
        _change_rule,
        _swap_indicators,
        _lower_grade,
        _lose_section,
        _change_phrase,
        _change_rounding,
        _change_hash,
    ],
)
def test_issued_scheme_changed_behind_our_back_is_refused(tamper):
    row = _issued()

    tamper(row)

    row.refresh_from_db()
    with pytest.raises(SchemeTampered):
        as_scoring_scheme(row)


def test_draft_scheme_may_change():
    row = load_scheme(scheme=_frozen(), at=AT)

    _lower_grade(row)

    assert as_scoring_scheme(row).grade_bands[0].minimum == Decimal(85)


@pytest.mark.parametrize("name", NAMES)
def test_scheme_of_any_size_is_read_by_the_same_queries_once(name, django_assert_num_queries):
    row = _issued(name)

    with django_assert_num_queries(4):
        as_scoring_scheme(row)
    with django_assert_num_queries(0):
        as_scoring_scheme(row)


@pytest.mark.parametrize("name", NAMES)
def test_draft_of_any_size_is_read_by_the_same_queries_each_time(name, django_assert_num_queries):
    row = load_scheme(scheme=_frozen(name), at=AT)

    for _time in range(2):
        with django_assert_num_queries(3):
            as_scoring_scheme(row)


@pytest.mark.parametrize("character", ["✔", "\ue863", "𠮷"])
def test_scheme_with_a_character_that_no_font_has_is_not_issued(character):
    first, *others = _frozen().indicators
    text = f"{character}已公开的得满分"
    odd = replace(_frozen(), indicators=(_with_standard(first, text), *others))
    row = load_scheme(scheme=odd, at=AT)

    with pytest.raises(SchemeNotClean) as refused:
        issue_scheme(scheme=row, by=None, at=AT)

    told = {"found": character, "code": f"U+{ord(character):04X}", "around": text[:9]}
    path = f"indicator[{next(first.leaves()).code}].standard"
    assert [(found.path, found.code, found.parameters) for found in refused.value.findings] == [
        (path, "character_unprintable", told)
    ]


def _with_standard(node, standard):
    if node.is_leaf:
        return replace(node, standard=standard)
    first, *others = node.children
    return replace(node, children=(_with_standard(first, standard), *others))
