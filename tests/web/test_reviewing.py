"""The reviewer's page and the decisions on a report."""

import pytest
from django.urls import reverse

from perfeval.reports.states import ReportState
from perfeval.review.models import Comment, ReportSnapshot, Transition
from perfeval.review.queries import latest_snapshot
from perfeval.review.services import COMMENT_LIMIT, add_comment, return_, submit
from perfeval.schemes.models import Indicator
from perfeval.schemes.queries import as_scoring_scheme
from tests.conftest import AT

pytestmark = pytest.mark.django_db

COMMENT = "请补充“绩效管理”的扣分依据。"


@pytest.fixture
def submitted(in_state):
    """Return the Zengcheng report, submitted."""
    return in_state(ReportState.SUBMITTED)


def url(name: str, report) -> str:
    return reverse(f"web:{name}", args=[report.pk])


def test_review_page_shows_score_grade_and_every_indicator(client_of, reviewer, submitted):
    page = client_of(reviewer).get(url("review", submitted)).content.decode()

    assert '<span class="verdict-total">96.45</span>' in page
    assert '<span class="verdict-grade" lang="zh">优</span>' in page
    for leaf in as_scoring_scheme(submitted.scheme).leaves():
        assert f'id="leaf-{leaf.code}"' in page


def test_review_page_unfolds_what_lost_points_and_folds_the_rest(client_of, reviewer, submitted):
    answer = client_of(reviewer).get(url("review", submitted))

    leaves = [leaf for group in answer.context["groups"] for leaf in group.leaves]
    assert {leaf.is_open for leaf in leaves if leaf.result.lost_points} == {True}
    assert {leaf.is_open for leaf in leaves if not leaf.result.lost_points} == {False}


def test_review_page_explains_a_leaf_with_steps_inputs_and_reason(client_of, reviewer, submitted):
    answer = client_of(reviewer).get(url("review", submitted))

    leaf = next(
        leaf
        for group in answer.context["groups"]
        for leaf in group.leaves
        if leaf.result.rule_kind == "rate" and leaf.result.lost_points
    )
    assert [line.expression for line in leaf.steps] == [
        "10 × 639.15 ÷ 642.40",
        "9.949408468244 ≈ 9.95",
    ]
    assert [(line.used.value, line.used.unit) for line in leaf.inputs] == [
        ("639.15", "万元"),
        ("642.40", "万元"),
    ]
    assert leaf.result.reason in answer.content.decode()


def test_review_page_says_yes_and_no_in_the_readers_language(client_of, reviewer, submitted):
    client = client_of(reviewer)
    client.cookies["django_language"] = "zh-hans"

    page = client.get(url("review", submitted)).content.decode()

    assert '<td class="inputs-value">是 ' in page
    assert '<td class="inputs-value">yes ' not in page


def test_review_page_shows_the_text_as_it_will_be_printed(client_of, reviewer, submitted):
    answer = client_of(reviewer).get(url("review", submitted))

    page = answer.content.decode()
    assert "一、基本情况" in page
    assert len(answer.context["blocks"]) == len(answer.context["document"].blocks)


def test_review_page_asks_no_more_for_more_remarks(
    client_of, reviewer, submitted, django_assert_max_num_queries
):
    client = client_of(reviewer)
    client.get(url("review", submitted))
    with django_assert_max_num_queries(80) as few:
        client.get(url("review", submitted))
    for leaf in as_scoring_scheme(submitted.scheme).leaves():
        for _time in range(2):
            add_comment(
                report=submitted, indicator_code=leaf.code, text=COMMENT, by=reviewer, at=AT
            )

    with django_assert_max_num_queries(len(few)):
        client.get(url("review", submitted))


def test_review_page_asks_no_more_for_more_indicators(
    client_of, reviewer, submitted, guangzhou_report, django_assert_max_num_queries
):
    author = guangzhou_report.created_by
    submit(report=guangzhou_report, by=author, at=AT)
    client = client_of(reviewer)
    for report in (submitted, guangzhou_report):
        client.get(url("review", report))
    assert _leaf_count(submitted) < _leaf_count(guangzhou_report)
    with django_assert_max_num_queries(80) as few:
        client.get(url("review", submitted))

    with django_assert_max_num_queries(len(few)):
        client.get(url("review", guangzhou_report))


def _leaf_count(report) -> int:
    return len(list(as_scoring_scheme(report.scheme).leaves()))


# ---- remarks ---------------------------------------------------------------------------------------


def test_remark_on_an_indicator_is_kept_and_shown_there(client_of, reviewer, submitted):
    leaf = next(as_scoring_scheme(submitted.scheme).leaves()).code
    client = client_of(reviewer)

    answer = client.post(url("add_remark", submitted), {"indicator": leaf, "text": COMMENT})

    kept = Comment.objects.get()
    assert (kept.indicator.code, kept.text, kept.by) == (leaf, COMMENT, reviewer)
    assert answer.url == f"{url('review', submitted)}#leaf-{leaf}"
    assert COMMENT in client.get(url("review", submitted)).content.decode()


def test_remark_on_the_whole_report_has_no_indicator(client_of, reviewer, submitted):
    client_of(reviewer).post(url("add_remark", submitted), {"indicator": "", "text": COMMENT})

    assert Comment.objects.get().indicator is None


def test_remark_too_long_comes_back_whole_at_its_indicator(client_of, reviewer, submitted):
    leaf = next(as_scoring_scheme(submitted.scheme).leaves()).code
    text = "字" * (COMMENT_LIMIT + 1)

    answer = client_of(reviewer).post(
        url("add_remark", submitted), {"indicator": leaf, "text": text}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert text in page
    assert f'href="#id_{leaf}_text"' in page
    assert page.count("is-invalid") == 1
    assert not Comment.objects.exists()


def test_remark_on_an_indicator_of_another_scheme_is_refused(
    client_of, reviewer, submitted, guangzhou_scheme
):
    own = Indicator.objects.filter(scheme=submitted.scheme).values("code")
    foreign = Indicator.objects.filter(scheme=guangzhou_scheme).exclude(code__in=own).first()

    answer = client_of(reviewer).post(
        url("add_remark", submitted), {"indicator": foreign.code, "text": COMMENT}
    )

    assert answer.status_code == 422
    assert not Comment.objects.exists()


def test_remark_on_a_published_report_is_refused_and_not_lost(client_of, reviewer, in_state):
    report = in_state(ReportState.PUBLISHED)

    answer = client_of(reviewer).post(url("add_remark", report), {"indicator": "", "text": COMMENT})

    assert answer.status_code == 422
    assert COMMENT in answer.content.decode()
    assert not Comment.objects.exists()


# ---- return ----------------------------------------------------------------------------------------


def test_return_sends_the_report_back_with_the_comment(client_of, reviewer, submitted):
    answer = client_of(reviewer).post(url("return_report", submitted), {"comment": COMMENT})

    submitted.refresh_from_db()
    assert answer.url == url("review", submitted)
    assert (submitted.state, submitted.return_comment) == (ReportState.RETURNED, COMMENT)


@pytest.mark.parametrize("comment", ["", "  \n ", "字" * (COMMENT_LIMIT + 1)])
def test_return_without_a_fit_comment_changes_nothing(client_of, reviewer, submitted, comment):
    answer = client_of(reviewer).post(url("return_report", submitted), {"comment": comment})

    submitted.refresh_from_db()
    assert answer.status_code == 422
    assert answer.context["form"]["comment"].value() == comment
    assert 'href="#id_comment"' in answer.content.decode()
    assert submitted.state == ReportState.SUBMITTED


def test_browser_cuts_no_comment_off(client_of, reviewer, submitted):
    page = client_of(reviewer).get(url("return_report", submitted)).content.decode()

    assert "maxlength" not in page


def test_return_sent_twice_is_done_once_and_explained(client_of, reviewer, submitted):
    client = client_of(reviewer)
    client.post(url("return_report", submitted), {"comment": COMMENT}, follow=True)

    again = client.post(url("return_report", submitted), {"comment": COMMENT}, follow=True)

    assert again.redirect_chain == [(url("review", submitted), 302)]
    assert len(again.context["messages"]) == 1
    assert Transition.objects.filter(report=submitted, move="return").count() == 1


def test_return_after_somebody_else_acted_keeps_what_was_typed(
    client_of, reviewer, approver, submitted
):
    return_(report=submitted, comment="先退。", by=approver, at=AT)

    answer = client_of(reviewer).post(url("return_report", submitted), {"comment": COMMENT})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert COMMENT in page
    assert 'class="notice notice-error"' in page


# ---- approve ---------------------------------------------------------------------------------------


def test_approve_button_names_the_snapshot_that_is_shown(client_of, reviewer, submitted):
    page = client_of(reviewer).get(url("review", submitted)).content.decode()

    sha256 = latest_snapshot(submitted).sha256
    assert f'href="{url("approve_report", submitted)}?snapshot={sha256}"' in page


def test_approve_moves_the_report_on(client_of, reviewer, submitted):
    form = {"snapshot": latest_snapshot(submitted).sha256, "comment": ""}

    answer = client_of(reviewer).post(url("approve_report", submitted), form)

    submitted.refresh_from_db()
    assert answer.url == url("review", submitted)
    assert (submitted.state, submitted.approved_by) == (ReportState.APPROVED, reviewer)


def test_approve_of_a_version_that_was_replaced_is_refused(
    client_of, preparer, reviewer, submitted
):
    seen = latest_snapshot(submitted).sha256
    ReportSnapshot.objects.create(
        report=submitted, revision=99, content="{}", sha256="1" * 64, created_at=AT
    )

    answer = client_of(reviewer).post(
        url("approve_report", submitted), {"snapshot": seen, "comment": COMMENT}
    )

    submitted.refresh_from_db()
    assert answer.status_code == 409
    assert COMMENT in answer.content.decode()
    assert submitted.state == ReportState.SUBMITTED


def test_approve_sent_twice_is_done_once_and_explained(client_of, reviewer, submitted):
    client = client_of(reviewer)
    form = {"snapshot": latest_snapshot(submitted).sha256, "comment": ""}
    client.post(url("approve_report", submitted), form)

    again = client.post(url("approve_report", submitted), form, follow=True)

    assert again.redirect_chain == [(url("review", submitted), 302)]
    assert Transition.objects.filter(report=submitted, move="approve").count() == 1


def test_author_who_is_a_reviewer_too_cannot_approve(client_of, preparer, reviewer, submitted):
    bureau = reviewer.memberships.get(department__supervised=submitted.department)
    preparer.memberships.create(department=bureau.department, role=bureau.role)
    client = client_of(preparer)
    form = {"snapshot": latest_snapshot(submitted).sha256, "comment": ""}

    answer = client.post(url("approve_report", submitted), form)

    submitted.refresh_from_db()
    assert answer.status_code == 409
    assert submitted.state == ReportState.SUBMITTED
    assert url("approve_report", submitted) not in client.get(url("review", submitted)).text
