"""What the database refuses about schemes."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from perfeval.schemes.models import GradeBand, OutlineSection, SchemeState, Succession
from tests.rows import (
    AT,
    Breaks,
    a_scheme,
    an_indicator,
    broken_constraint,
    constraint_names,
)

pytestmark = pytest.mark.django_db


def _same_version_twice() -> None:
    a_scheme()
    a_scheme()


def _issued_without_hash() -> None:
    a_scheme(state=SchemeState.ISSUED, issued_at=AT)


def _two_issued_versions() -> None:
    for version in (1, 2):
        a_scheme(version=version, state=SchemeState.ISSUED, issued_at=AT, content_hash="0" * 64)


def _version_that_follows_itself() -> None:
    scheme = a_scheme()
    Succession.objects.create(scheme=scheme, previous=scheme, started_at=AT)


def _same_indicator_code_twice() -> None:
    first = an_indicator(code="leaf", position=0)
    an_indicator(scheme=first.scheme, code="leaf", position=1)


def _same_indicator_position_twice() -> None:
    first = an_indicator(code="one", position=0)
    an_indicator(scheme=first.scheme, code="two", position=0)


def _same_grade_word_twice() -> None:
    scheme = a_scheme()
    GradeBand.objects.create(scheme=scheme, word="优", minimum=90)
    GradeBand.objects.create(scheme=scheme, word="优", minimum=80)


def _same_grade_minimum_twice() -> None:
    scheme = a_scheme()
    GradeBand.objects.create(scheme=scheme, word="优", minimum=90)
    GradeBand.objects.create(scheme=scheme, word="良", minimum=90)


def _grade_below_zero() -> None:
    GradeBand.objects.create(scheme=a_scheme(), word="差", minimum=-1)


def _same_section_code_twice() -> None:
    scheme = a_scheme()
    OutlineSection.objects.create(scheme=scheme, code="a", level=1, position=0, title="A")
    OutlineSection.objects.create(scheme=scheme, code="a", level=1, position=1, title="B")


def _same_section_position_twice() -> None:
    scheme = a_scheme()
    OutlineSection.objects.create(scheme=scheme, code="a", level=1, position=0, title="A")
    OutlineSection.objects.create(scheme=scheme, code="b", level=1, position=0, title="B")


def _section_of_level_4() -> None:
    OutlineSection.objects.create(scheme=a_scheme(), code="a", level=4, position=0, title="A")


BREAKS: Breaks = {
    "scheme_version_unique": _same_version_twice,
    "scheme_state_known": lambda: a_scheme(state="open", issued_at=AT, content_hash="0" * 64),
    "scheme_rounding_known": lambda: a_scheme(rounding_mode="up"),
    "scheme_rounding_digits_range": lambda: a_scheme(rounding_digits=7),
    "scheme_full_score_positive": lambda: a_scheme(full_score=Decimal(0)),
    "scheme_year_range": lambda: a_scheme(year=1999),
    "scheme_issued_has_hash_and_time": _issued_without_hash,
    "scheme_one_issued_version": _two_issued_versions,
    "succession_not_of_itself": _version_that_follows_itself,
    "indicator_code_unique": _same_indicator_code_twice,
    "indicator_position_unique": _same_indicator_position_twice,
    "indicator_weight_not_negative": lambda: an_indicator(weight=Decimal(-1)),
    "indicator_level_and_parent": lambda: an_indicator(level=2),
    "grade_band_word_unique": _same_grade_word_twice,
    "grade_band_minimum_unique": _same_grade_minimum_twice,
    "grade_band_minimum_range": _grade_below_zero,
    "outline_code_unique": _same_section_code_twice,
    "outline_position_unique": _same_section_position_twice,
    "outline_level_range": _section_of_level_4,
}


@pytest.mark.parametrize("name", BREAKS)
def test_database_refuses_what_the_constraint_forbids(name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREAKS[name]()

    assert broken_constraint(caught.value) == name


def test_every_constraint_has_a_row_that_breaks_it():
    assert set(BREAKS) == constraint_names("schemes")
