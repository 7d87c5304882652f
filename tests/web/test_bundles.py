"""The pages of a year's ZIP: who may have it, how far it is, what is not in it and why, and the file."""

import hashlib
import re
import zipfile
from io import BytesIO

import pytest
from django.conf import settings
from django.urls import reverse

from perfeval.accounts.models import Department
from perfeval.publication.bundle_jobs import file_of, make
from perfeval.reports.models import Report, Score
from perfeval.reports.states import ReportState
from perfeval.review.models import BundleJob, BundleState, Publication
from tests.conftest import AT

pytestmark = pytest.mark.django_db

BUREAU, YEAR = "zengcheng-caizhengju", 2022
PDF = b"%PDF-1.7 report"
PAGE = reverse("web:bundle", args=[BUREAU, YEAR])
FILE = reverse("web:bundle_file", args=[BUREAU, YEAR])


@pytest.fixture
def published(in_state, approver) -> Report:
    """Return the Zengcheng report, published without its pages being set."""
    report = in_state(ReportState.APPROVED)
    report.state, report.published_at, report.published_by = "published", AT, approver
    report.save()
    Publication.objects.create(
        report=report,
        snapshot=report.snapshots.get(),
        pdf=PDF,
        sha256=hashlib.sha256(PDF).hexdigest(),
        page_count=1,
        created_at=AT,
    )
    return report


def other_report(first: Report, number: int, state: str) -> Report:
    """Return a copy of the report of another department of the bureau."""
    department = Department.objects.create(
        code=f"department-{number}", name=f"第{number}局", supervisor=first.department.supervisor
    )
    score = Score.objects.get(report=first, revision=first.revision)
    report = Report.objects.get(pk=first.pk)
    report.pk, report.department, report.state = None, department, state
    report.save()
    score.pk, score.report = None, report
    score.save()
    return report


def english(client):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_from_the_button_to_the_file(published, client_of, reviewer):
    client = english(client_of(reviewer))
    assert "Make the ZIP file" in client.get(PAGE).text

    begun = client.post(PAGE)
    assert (begun.status_code, begun.url) == (302, PAGE)
    running = client.get(PAGE).text
    assert "The ZIP file is being made" in running
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in running
    assert "0 of 1 reports" in running
    assert f'hx-get="{PAGE}" hx-trigger="every 2s"' in running

    make(BundleJob.objects.get().pk)
    assert f'href="{FILE}"' in client.get(PAGE).text
    answer = client.get(FILE)
    data = b"".join(answer.streaming_content)
    assert int(answer["Content-Length"]) == len(data)
    assert "2022%E5%B9%B4%E5%BA%A6" in answer["Content-Disposition"]
    assert (
        zipfile.ZipFile(BytesIO(data)).read(
            "reports/2022年度广州市增城区科学技术协会部门整体支出绩效自评报告.pdf"
        )
        == PDF
    )


def test_page_asks_for_the_progress_alone_and_is_loaded_anew_at_the_end(
    published, client_of, reviewer
):
    client = english(client_of(reviewer))
    client.post(PAGE)
    BundleJob.objects.update(report_count=200, done_count=50)

    asked = client.get(PAGE, headers={"HX-Request": "true"})
    assert '<progress max="100" value="24"' in asked.text
    assert "50 of 200 reports" in asked.text
    assert "<html" not in asked.text

    BundleJob.objects.update(state=BundleState.DONE)
    ended = client.get(PAGE, headers={"HX-Request": "true"})
    assert (ended["HX-Refresh"], ended.text) == ("true", "")


def test_what_is_not_in_it_is_named_with_what_to_do(published, client_of, reviewer):
    waiting = other_report(published, 1, ReportState.SUBMITTED)
    approved = other_report(published, 2, ReportState.APPROVED)

    page = english(client_of(reviewer)).get(PAGE).text

    rows = re.findall(r"<tr><th scope=\"row\".*?</tr>", page)
    assert [re.findall(r">([^<>]+)<", row) for row in rows] == [
        ["第1局", "submitted", "Review it; it can be taken along once it is published."],
        ["第2局", "approved", "Publish it, then make the ZIP anew."],
    ]
    assert reverse("web:review", args=[waiting.pk]) in rows[0]
    assert reverse("web:publication", args=[approved.pk]) in rows[1]
    assert "2 are not in it" in page


def test_damaged_file_is_named_on_the_page(published, client_of, reviewer):
    Publication.objects.update(pdf=b"%PDF-1.7 r3port")
    client = english(client_of(reviewer))
    client.post(PAGE)
    make(BundleJob.objects.get().pk)

    page = client.get(PAGE).text

    assert "广州市增城区科学技术协会</a></th><td>published, file damaged</td>" in page
    assert "The stored file does not match its fingerprint any more." in page

    Publication.objects.update(pdf=PDF)  # out of a backup
    assert ">Make it anew</button>" in page
    client.post(PAGE)
    make(BundleJob.objects.get().pk)
    assert BundleJob.objects.get().faults == []
    assert "file damaged" not in client.get(PAGE).text


def test_change_after_it_was_made_is_told_and_it_can_be_made_anew(published, client_of, reviewer):
    client = english(client_of(reviewer))
    client.post(PAGE)
    make(BundleJob.objects.get().pk)
    assert "Make it anew" not in client.get(PAGE).text

    other_report(published, 1, ReportState.SUBMITTED)

    assert "Make it anew" in client.get(PAGE).text
    client.post(PAGE)
    assert BundleJob.objects.get().state == BundleState.RUNNING


@pytest.mark.parametrize(
    ("failure", "told"),
    [("no_room", "its disk is full"), ("given_up", "broke the work off several times")],
)
def test_failure_says_what_to_do_and_can_be_gone_on_with(
    failure, told, published, client_of, reviewer
):
    client = english(client_of(reviewer))
    client.post(PAGE)
    BundleJob.objects.update(state=BundleState.FAILED, failure=failure)

    page = client.get(PAGE).text
    assert told in page
    assert ">Go on</button>" in page
    client.post(PAGE)
    assert BundleJob.objects.get().state == BundleState.RUNNING


def test_file_that_is_not_there_leads_back_to_the_page(published, client_of, reviewer):
    client = english(client_of(reviewer))
    assert "There is no finished file of this year." in client.get(FILE, follow=True).text
    client.post(PAGE)
    job = BundleJob.objects.get()
    make(job.pk)
    job.refresh_from_db()
    file_of(job).unlink()

    answer = client.get(FILE, follow=True)

    assert answer.redirect_chain == [(PAGE, 302)]
    assert "Make the ZIP file" in answer.text


def test_only_its_own_bureau_has_it_and_only_while_the_departments_are_its_own(
    published, client_of, preparer, reviewer
):
    client = english(client_of(reviewer))
    client.post(PAGE)
    make(BundleJob.objects.get().pk)
    others = [
        reverse(name, args=["guangzhou-kexie", YEAR]) for name in ("web:bundle", "web:bundle_file")
    ]
    assert [client_of(preparer).get(one).status_code for one in (PAGE, FILE)] == [403, 403]
    assert [client.get(one).status_code for one in others] == [404, 404]
    assert client.get(FILE.replace("2022", "2021")).status_code == 404

    other_report(published, 1, ReportState.SUBMITTED)
    Department.objects.filter(pk=published.department_id).update(supervisor=None)

    answer = client.get(FILE)
    assert (answer.status_code, answer.url) == (302, PAGE)


@pytest.mark.parametrize("name", ["list", "page", "poll"])
def test_pages_take_as_many_queries_for_three_reports_as_for_one(
    name, published, client_of, reviewer, django_assert_max_num_queries
):
    client = client_of(reviewer)
    client.post(PAGE)
    address = reverse("web:bundles") if name == "list" else PAGE
    headers = {"HX-Request": "true"} if name == "poll" else {}
    client.get(address, headers=headers)
    with django_assert_max_num_queries(40) as one:
        client.get(address, headers=headers)
    for number in (1, 2):
        other_report(published, number, ReportState.SUBMITTED)
    with django_assert_max_num_queries(len(one)):
        client.get(address, headers=headers)


def test_list_shows_years_and_how_far_each_is(client_of, reviewer, published):
    client = english(client_of(reviewer))
    first = client.get(reverse("web:bundles")).text
    assert f'<a href="{PAGE}">2022</a>' in first
    assert "ZIP file" not in re.search(r"<section class=\"card.*?</section>", first, re.DOTALL)[0]

    client.post(PAGE)
    BundleJob.objects.update(report_count=2, done_count=1)
    assert "ZIP file: being made (49%)" in client.get(reverse("web:bundles")).text


def test_list_says_when_there_is_nothing(client_of, reviewer):
    page = english(client_of(reviewer)).get(reverse("web:bundles")).text
    assert "Nothing is published yet." in page
