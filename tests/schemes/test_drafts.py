"""A draft is changed part by part; a form that is stale is found, an issued scheme stays."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from perfeval.schemes.drafts import (
    GRADES,
    TREE,
    DraftChanged,
    draft_version,
    edit_draft,
    indicator_part,
    new_draft,
)
from perfeval.schemes.models import Scheme
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.rows import SchemeNotStorable
from perfeval.schemes.services import SchemeFrozen, issue_scheme, load_scheme
from perfeval.scoring.scheme import editing
from perfeval.scoring.scheme.reading import read_scheme
from tests.conftest import AT, FIXTURES

pytestmark = pytest.mark.django_db

SMALL = read_scheme(
    (Path(__file__).parents[1] / "scoring" / "small.toml").read_text(encoding="utf-8")
)


def _renamed(code: str, name: str):
    return lambda scheme: editing.with_fields(scheme, code, name=name)


@pytest.fixture
def draft(db) -> Scheme:
    return load_scheme(scheme=SMALL, at=AT)


def test_change_is_stored_and_read_back(draft):
    version = draft_version(SMALL, TREE)

    changed = edit_draft(
        scheme=draft,
        part=TREE,
        version=version,
        change=lambda scheme: editing.moved(scheme, "rules", "goals", ""),
    )

    assert as_scoring_scheme(Scheme.objects.get(pk=draft.pk)) == changed
    assert [(node.level, node.code) for node in changed.walk()][:3] == [
        (1, "duty"),
        (2, "goals"),
        (3, "rules"),
    ]


def test_stale_form_is_found_by_what_its_part_holds(draft):
    part = indicator_part("rules")
    version = draft_version(SMALL, part)
    edit_draft(scheme=draft, part=TREE, version=None, change=_renamed("spending", "别处"))
    edit_draft(scheme=draft, part=part, version=version, change=_renamed("rules", "改名"))

    with pytest.raises(DraftChanged) as changed:
        edit_draft(scheme=draft, part=part, version=version, change=_renamed("rules", "又改"))

    assert changed.value.stored.indicator("rules").name == "改名"
    assert as_scoring_scheme(Scheme.objects.get(pk=draft.pk)) == changed.value.stored


def test_form_of_a_deleted_indicator_is_stale(draft):
    part = indicator_part("rules")
    version = draft_version(SMALL, part)
    edit_draft(
        scheme=draft, part=TREE, version=None, change=lambda one: editing.removed(one, "rules")
    )

    with pytest.raises(DraftChanged):
        edit_draft(scheme=draft, part=part, version=version, change=_renamed("rules", "又改"))


def test_issued_scheme_stays(draft):
    issue_scheme(scheme=draft, by=None, at=AT)

    with pytest.raises(SchemeFrozen):
        edit_draft(scheme=draft, part=TREE, version=None, change=_renamed("rules", "改名"))


def test_what_the_rows_cannot_hold_changes_nothing(draft):
    band = replace(SMALL.grade_bands[0], minimum=Decimal("90.00001"))

    with pytest.raises(SchemeNotStorable):
        edit_draft(
            scheme=draft,
            part=GRADES,
            version=None,
            change=lambda scheme: replace(scheme, grade_bands=(band,)),
        )

    assert as_scoring_scheme(Scheme.objects.get(pk=draft.pk)) == SMALL


def test_empty_draft_is_a_draft():
    row = new_draft(code="a", name="甲", authority="局", year=2026, report_title="题", at=AT)

    assert (as_scoring_scheme(row).indicators, row.is_frozen) == ((), False)


def test_draft_of_any_size_is_changed_by_the_same_queries(django_assert_max_num_queries):
    text = (FIXTURES / "schemes" / "guangzhou_2021.toml").read_text(encoding="utf-8")
    scheme = read_scheme(text)
    leaf = next(scheme.leaves()).code
    counts = []
    for more in (0, 20):  # SQLite takes about 60 rows a statement
        for _n in range(more):
            scheme, _code = editing.added(scheme, "fund_management", "又一项")
        row = load_scheme(scheme=replace(scheme, version=more + 1), at=AT)
        with django_assert_max_num_queries(40) as counted:
            edit_draft(scheme=row, part=TREE, version=None, change=_renamed(leaf, "改名"))
        counts.append(len(counted))

    assert counts[0] == counts[1]
