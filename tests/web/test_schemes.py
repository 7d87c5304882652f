"""Reading schemes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from perfeval.schemes.models import GradeBand, Indicator, Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.words.rules import describe_rule
from tests.conftest import AT

pytestmark = pytest.mark.django_db


def copies_of(scheme: Scheme, count: int) -> None:
    """Add ``count`` schemes that were issued beside ``scheme``."""
    for version in range(2, 2 + count):
        Scheme.objects.create(
            code=scheme.code,
            version=version,
            name=scheme.name,
            authority=scheme.authority,
            year=scheme.year,
            source=scheme.source,
            full_score=scheme.full_score,
            report_title=scheme.report_title,
            state=SchemeState.SUPERSEDED,
            content_hash="0" * 64,
            created_at=AT,
            issued_at=AT + timedelta(days=version),
        )


def test_list_names_every_issued_scheme_and_no_draft(client_of, outsider, zengcheng_scheme):
    draft = Scheme.objects.create(
        code="draft",
        name="草拟中的指标体系",
        authority="A",
        year=2024,
        source="-",
        full_score=100,
        report_title="-",
        created_at=AT,
    )

    page = client_of(outsider).get(reverse("web:schemes")).content.decode()

    assert zengcheng_scheme.name in page
    assert draft.name not in page


def test_draft_scheme_has_no_page(client_of, scheme_owner, zengcheng_scheme):
    Scheme.objects.filter(pk=zengcheng_scheme.pk).update(
        state=SchemeState.DRAFT, issued_at=None, content_hash=""
    )

    answer = client_of(scheme_owner).get(reverse("web:scheme", args=[zengcheng_scheme.code, 1]))

    assert answer.status_code == 404


def test_list_asks_as_often_for_one_scheme_as_for_more(
    client_of, outsider, zengcheng_scheme, django_assert_num_queries
):
    client = client_of(outsider)
    url = reverse("web:schemes")
    client.get(url)
    # The person, whether schemes are theirs, the list, the departments; the session is read, and
    # written anew in a savepoint.
    with django_assert_num_queries(8) as few:
        client.get(url)
    copies_of(zengcheng_scheme, 3)

    with django_assert_num_queries(len(few)):
        client.get(url)


def test_scheme_page_shows_every_indicator_band_and_open_question(
    client_of, outsider, zengcheng_scheme
):
    url = reverse("web:scheme", args=[zengcheng_scheme.code, zengcheng_scheme.version])

    page = client_of(outsider).get(url).content.decode()

    for indicator in Indicator.objects.filter(scheme=zengcheng_scheme):
        assert f'id="{indicator.code}"' in page
    for band in GradeBand.objects.filter(scheme=zengcheng_scheme):
        assert f'<dt lang="zh">{band.word}</dt>' in page
    unverified = Indicator.objects.filter(scheme=zengcheng_scheme).exclude(unverified="")
    assert page.count("tag-warning") == unverified.count()


def test_every_leaf_of_the_issued_schemes_is_told_in_words(world):
    for row in Scheme.objects.all():
        scheme = as_scoring_scheme(row)
        for leaf in scheme.leaves():
            sentences = describe_rule(leaf, scheme)
            assert sentences
            assert not any("answer." in sentence for sentence in sentences)
