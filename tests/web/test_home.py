"""The first page: what each person has to do."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from perfeval.accounts.models import Department, Membership, Role
from perfeval.reports.models import Report
from perfeval.reports.services import start_report
from perfeval.reports.states import ReportState
from perfeval.schemes.models import Scheme
from tests.conftest import AT

HOME = "/"


@pytest.fixture(autouse=True)
def english(settings):
    """Read the pages as they are written in the source."""
    settings.LANGUAGE_CODE = "en"


def texts(response) -> str:
    """Return the page as text."""
    return response.content.decode()


def test_home_sends_a_stranger_to_sign_in(client, db):
    response = client.get(HOME)

    assert response.status_code == 302
    assert response.url.startswith(reverse("web:login"))


def test_home_shows_a_preparer_the_report_with_its_score(client_of, preparer, zengcheng_report):
    page = client_of(preparer).get(HOME).context

    assert [(item.report, item.total, item.grade, item.blocking) for item in page["own"]] == [
        (zengcheng_report, Decimal("96.45"), "优", 0)
    ]
    assert page["to_review"] == page["to_publish"] == []


def test_home_counts_what_is_missing(client_of, preparer, empty_report):
    (item,) = client_of(preparer).get(HOME).context["own"]

    assert item.blocking > 20
    assert not item.is_ready


def offered(page, name):
    """Return the codes of the schemes that the page offers under ``name``."""
    return [option.scheme.code for option in page.context[name]]


def test_home_offers_the_scheme_of_the_own_authority_and_folds_the_others(client_of, preparer):
    page = client_of(preparer).get(HOME)

    assert offered(page, "startable") == ["zengcheng_2022"]
    assert offered(page, "others") == ["guangzhou_2021"]
    assert '<details class="start-others">' in texts(page)


def test_home_offers_only_reports_that_are_not_started(client_of, preparer, empty_report):
    page = client_of(preparer).get(HOME)

    assert offered(page, "startable") == []
    assert offered(page, "others") == ["guangzhou_2021"]


def test_home_folds_another_scheme_of_a_year_that_has_a_report(client_of, preparer, empty_report):
    Scheme.objects.filter(code="guangzhou_2021").update(
        year=empty_report.scheme.year, authority=empty_report.scheme.authority
    )

    assert offered(client_of(preparer).get(HOME), "others") == ["guangzhou_2021"]


def test_home_offers_every_scheme_where_no_authority_is_known(client_of, outsider):
    page = client_of(outsider).get(HOME)

    assert set(offered(page, "startable")) == {"zengcheng_2022", "guangzhou_2021"}
    assert offered(page, "others") == []


def test_start_creates_the_report_and_opens_its_task_list(client_of, preparer, zengcheng_scheme):
    department = Department.objects.get(code="zengcheng-kexie")

    response = client_of(preparer).post(
        reverse("web:start_report"),
        {"department": department.pk, "scheme": zengcheng_scheme.pk},
    )

    report = Report.objects.get(department=department, scheme=zengcheng_scheme)
    assert response.url == reverse("web:report", kwargs={"report_id": report.pk})
    assert report.created_by == preparer


def test_start_twice_opens_the_first_one(client_of, preparer, empty_report):
    response = client_of(preparer).post(
        reverse("web:start_report"),
        {"department": empty_report.department_id, "scheme": empty_report.scheme_id},
    )

    assert response.url == reverse("web:report", kwargs={"report_id": empty_report.pk})
    assert Report.objects.count() == 1


def test_start_for_another_department_is_forbidden(client_of, outsider, zengcheng_scheme):
    department = Department.objects.get(code="zengcheng-kexie")

    response = client_of(outsider).post(
        reverse("web:start_report"),
        {"department": department.pk, "scheme": zengcheng_scheme.pk},
    )

    assert response.status_code == 403


@pytest.mark.parametrize("posted", [{}, {"department": "x", "scheme": "1"}, {"scheme": "9" * 30}])
def test_start_with_nonsense_says_so(client_of, preparer, posted):
    response = client_of(preparer).post(reverse("web:start_report"), posted, follow=True)

    assert response.status_code == 200
    assert "cannot be started" in texts(response)


def test_home_shows_a_reviewer_what_waits(client_of, reviewer, in_state):
    report = in_state(ReportState.SUBMITTED)

    page = client_of(reviewer).get(HOME).context

    assert [item.report for item in page["to_review"]] == [report]


def test_home_shows_an_approver_what_waits(client_of, approver, in_state):
    report = in_state(ReportState.APPROVED)

    page = client_of(approver).get(HOME).context

    assert [item.report for item in page["to_publish"]] == [report]


def test_home_lists_what_a_reviewer_has_dealt_with(client_of, reviewer, in_state):
    report = in_state(ReportState.PUBLISHED)

    page = client_of(reviewer).get("/")

    assert [item.report for item in page.context["to_review"]] == []
    assert [item.report for item in page.context["elsewhere"]] == [report]
    assert f'href="/reports/{report.pk}/review/"' in page.content.decode()


def test_home_shows_the_reviewers_word_on_a_returned_report(client_of, preparer, in_state):
    in_state(ReportState.RETURNED)

    assert "请补充扣分原因。" in texts(client_of(preparer).get(HOME))


def test_home_tells_somebody_without_a_role_whom_to_ask(client_of, world, django_user_model):
    stranger = django_user_model.objects.create(username="stranger")

    assert "Ask your administrator" in texts(client_of(stranger).get(HOME))


def test_home_asks_the_database_as_often_for_three_reports_as_for_one(
    client_of, preparer, empty_report
):
    client = client_of(preparer)
    client.get(HOME)
    with CaptureQueriesContext(connection) as one:
        client.get(HOME)
    for number in range(2):
        _another_report(empty_report, preparer, number)
    client.get(HOME)
    with CaptureQueriesContext(connection) as three:
        response = client.get(HOME)

    assert len(response.context["own"]) == 3
    assert len(three) == len(one)


def _another_report(report, preparer, number):
    department = Department.objects.create(code=f"other-{number}", name=f"Other {number}")
    Membership.objects.create(user=preparer, department=department, role=Role.PREPARER)
    scheme = Scheme.objects.get(pk=report.scheme_id)
    return start_report(department=department, scheme=scheme, by=preparer, at=AT)
