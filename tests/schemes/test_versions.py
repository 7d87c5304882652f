"""A version follows the one before: it starts as its copy, supersedes it, and says what went where."""

from dataclasses import replace

import pytest

from perfeval.reports.services import SchemeNotIssued, start_report
from perfeval.schemes.models import Scheme, SchemeState, Succession
from perfeval.schemes.queries import as_scoring_scheme, issued_schemes
from perfeval.schemes.services import SchemeFrozen, SchemeOutdated, issue_scheme, load_scheme
from perfeval.schemes.versions import (
    MappingRefused,
    VersionRefused,
    discard_draft,
    mapping_between,
    save_mapping,
    start_version,
)
from perfeval.scoring.scheme.tree import EqualGoals
from perfeval.scoring.versions.mapping import full_mapping, proposals
from tests.conftest import AT
from tests.rows import a_department, a_user

pytestmark = pytest.mark.django_db


def renamed(scheme, code, new_code, **changes):
    """Return the frozen scheme with one indicator under another code."""

    def walk(node):
        if node.code == code:
            return replace(node, code=new_code, **changes)
        return replace(node, children=tuple(walk(child) for child in node.children))

    return replace(scheme, indicators=tuple(walk(node) for node in scheme.indicators))


def test_new_version_is_a_draft_that_says_the_same(zengcheng_scheme, scheme_owner):
    draft = start_version(scheme=zengcheng_scheme, by=scheme_owner, at=AT)

    assert (draft.state, draft.version, draft.issued_at) == (SchemeState.DRAFT, 2, None)
    assert as_scoring_scheme(draft) == replace(
        as_scoring_scheme(zengcheng_scheme), version=2, equal_goals=EqualGoals.PROPORTIONAL
    )
    follows = draft.succession
    assert (follows.previous, follows.started_by, follows.started_at, follows.mapping) == (
        zengcheng_scheme,
        scheme_owner,
        AT,
        {},
    )


def test_one_draft_of_a_scheme_at_a_time(zengcheng_scheme):
    draft = start_version(scheme=zengcheng_scheme, by=None, at=AT)

    with pytest.raises(VersionRefused) as refused:
        start_version(scheme=zengcheng_scheme, by=None, at=AT)

    assert refused.value.draft == draft


def test_issue_supersedes_the_version_before_and_closes_it_to_new_reports(
    zengcheng_scheme, scheme_owner
):
    draft = start_version(scheme=zengcheng_scheme, by=None, at=AT)

    issued = issue_scheme(scheme=draft, by=scheme_owner, at=AT)

    zengcheng_scheme.refresh_from_db()
    assert (zengcheng_scheme.state, issued.state) == (SchemeState.SUPERSEDED, SchemeState.ISSUED)
    assert issued.issued_by == scheme_owner
    assert list(issued_schemes().filter(code="zengcheng_2022")) == [issued]
    with pytest.raises(SchemeNotIssued):
        start_report(department=a_department(), scheme=zengcheng_scheme, by=None, at=AT)
    # Its own reports are scored by it as before.
    assert as_scoring_scheme(zengcheng_scheme).version == 1


def test_older_draft_is_not_issued_over_a_later_version(zengcheng_scheme):
    frozen = as_scoring_scheme(zengcheng_scheme)
    late = load_scheme(scheme=replace(frozen, code="other", version=2), at=AT)
    early = load_scheme(scheme=replace(frozen, code="other", version=1), at=AT)
    issue_scheme(scheme=late, by=None, at=AT)

    with pytest.raises(SchemeOutdated):
        issue_scheme(scheme=early, by=None, at=AT)

    early.refresh_from_db()
    assert early.state == SchemeState.DRAFT


def test_draft_is_discarded_whole_and_an_issued_one_is_not(zengcheng_scheme):
    draft = start_version(scheme=zengcheng_scheme, by=None, at=AT)

    discard_draft(scheme=draft)

    assert list(Scheme.objects.filter(code="zengcheng_2022")) == [zengcheng_scheme]
    assert not Succession.objects.exists()
    with pytest.raises(SchemeFrozen):
        discard_draft(scheme=zengcheng_scheme)


def test_mapping_over_two_versions_follows_each_renaming(zengcheng_scheme):
    one = zengcheng_scheme
    frozen = as_scoring_scheme(one)
    leaf = next(frozen.leaves()).code
    second = load_scheme(scheme=replace(renamed(frozen, leaf, "second_name"), version=2), at=AT)
    issue_scheme(scheme=second, by=None, at=AT)
    third = load_scheme(scheme=replace(renamed(frozen, leaf, "third_name"), version=3), at=AT)
    issue_scheme(scheme=third, by=None, at=AT)
    author = a_user("author")

    save_mapping(scheme=second, mapping={leaf: "second_name"}, by=author, at=AT)
    assert leaf not in mapping_between(one, third)
    stored = save_mapping(scheme=third, mapping={"second_name": "third_name"}, by=author, at=AT)

    assert (stored.mapping, stored.mapped_by) == ({"second_name": "third_name"}, author)
    found = mapping_between(one, third)
    assert found[leaf] == "third_name"
    assert set(found) == {node.code for node in frozen.walk()}


def test_mapping_that_cannot_be_is_refused_with_every_reason(zengcheng_scheme):
    draft = start_version(scheme=zengcheng_scheme, by=None, at=AT)
    frozen = as_scoring_scheme(draft)
    first, second = [leaf.code for leaf in frozen.leaves()][:2]
    group = next(node.code for node in frozen.walk() if node.children)

    with pytest.raises(MappingRefused) as refused:
        save_mapping(
            scheme=draft,
            mapping={"nowhere": first, first: group, second: "nothing", group: group},
            by=None,
            at=AT,
        )

    assert [(one.path, one.code) for one in refused.value.problems] == [
        ("nowhere", "mapping_unknown_old"),
        (first, "mapping_leaf_and_group"),
        (second, "mapping_unknown_new"),
    ]


def test_renamed_indicators_are_proposed_by_name_then_by_place(zengcheng_scheme):
    old = as_scoring_scheme(zengcheng_scheme)
    first, second = [leaf.code for leaf in old.leaves()][:2]
    new = renamed(renamed(old, first, "by_name"), second, "by_place", name="另一个名称")

    found = [(one.old.code, one.new.code, one.reason) for one in proposals(old, new, {})]

    assert found == [(first, "by_name", "name"), (second, "by_place", "position")]
    # Confirmed pairs are proposed no more, and refused ones neither.
    assert proposals(old, new, {first: "by_name", second: ""}) == ()
    assert full_mapping(old, new, {first: "by_name"})[first] == "by_name"
