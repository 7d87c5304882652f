"""What the public sees, who decides it, and what never gets out."""

import json
import re
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from perfeval.accounts.models import User
from perfeval.evidence.services import attach_evidence
from perfeval.publication.releasing import (
    PersonalDataFound,
    ReleaseRefused,
    public_snapshot,
    release,
)
from perfeval.reports.models import Narrative, Report, Score
from perfeval.reports.services import save_narrative
from perfeval.reports.states import ReportState
from perfeval.review.models import Publication, PublicRelease
from perfeval.review.services import add_comment, approve
from perfeval.snapshots.snapshot import read_snapshot, snapshot_text
from perfeval.verification.services import FileOutcome, verify
from tests.conftest import AT

pytestmark = pytest.mark.django_db

TITLE = "2022年度广州市增城区科学技术协会部门整体支出绩效自评报告"
PUBLIC = ("public_report", "public_pdf", "public_data")


def address(name: str, report: Report) -> str:
    scheme = report.scheme
    return reverse(f"web:{name}", args=[report.department.code, scheme.code, scheme.version])


def url(name: str, report: Report) -> str:
    return reverse(f"web:{name}", args=[report.pk])


@pytest.fixture
def published(in_state, approver) -> Report:
    """Return the published report; its PDF is not set, for that takes seconds and no test here reads it."""
    return publish_quickly(in_state(ReportState.APPROVED), approver)


def publish_quickly(report: Report, by: User) -> Report:
    report.refresh_from_db()
    snapshot = report.snapshots.get()
    Publication.objects.create(
        report=report, snapshot=snapshot, pdf=b"%PDF-", sha256="0", page_count=1, created_at=AT
    )
    report.state, report.published_at, report.published_by = ReportState.PUBLISHED, AT, by
    report.save()
    return report


@pytest.fixture
def released(published, approver) -> Report:
    """Return a report that is public, its PDF not set."""
    snapshot = public_snapshot(read_snapshot(published.snapshots.get().content))
    PublicRelease.objects.create(
        report=published,
        content=snapshot_text(snapshot),
        content_sha256="3",
        pdf=b"%PDF-public",
        sha256="1",
        released_by=approver,
        released_at=AT,
    )
    return published


def test_whoever_has_the_address_reads_page_pdf_and_data(released):
    client = Client()

    page, pdf, data = (client.get(address(name, released)) for name in PUBLIC)

    kept = PublicRelease.objects.get(report=released)
    assert (page.status_code, pdf.status_code, data.status_code) == (200, 200, 200)
    assert "整体效能分值50分，评价得分48.95分" in page.text
    assert pdf.content == bytes(kept.pdf)
    assert data.content.decode() == kept.content
    assert data["Access-Control-Allow-Origin"] == "*"


def test_list_names_only_what_is_public(released, guangzhou_report):
    answer = Client().get(reverse("web:public_reports"))

    assert re.findall(r'<a href="(/public/[^"]+)"', answer.text) == [
        address("public_report", released)
    ]
    assert TITLE in answer.text


def test_list_is_one_query(released, django_assert_num_queries):
    with django_assert_num_queries(1):
        Client().get(reverse("web:public_reports"))


def test_report_that_is_not_public_is_as_unknown_as_one_that_does_not_exist(published):
    """Of reports in every other state the permission matrix says the same."""
    report = published
    client = Client()
    unknown = reverse("web:public_report", args=["no-department", "no_scheme", 1])

    answers = [client.get(address(name, report)) for name in PUBLIC]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|name="next" value="[^"]+"')
    assert token.sub("", answers[0].text) == token.sub("", client.get(unknown).text)
    assert report.department.name not in client.get(reverse("web:public_reports")).text


def test_remarks_and_evidence_names_stay_inside(
    zengcheng_report, preparer, reviewer, approver, in_state
):
    leaf = "ex_ante_assessment"
    picture = BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    upload = SimpleUploadedFile("内部台账王某某.png", picture.getvalue())
    attach_evidence(report=zengcheng_report, indicator_code=leaf, upload=upload, by=preparer, at=AT)
    report = in_state(ReportState.SUBMITTED)
    add_comment(report=report, indicator_code=leaf, text="内部意见勿外传", by=reviewer, at=AT)
    approve(report=report, snapshot_sha256=report.snapshots.get().sha256, by=reviewer, at=AT)
    report = publish_quickly(report, approver)
    release(report=report, by=approver, at=AT)
    client = Client()

    page, pdf, data = (client.get(address(name, report)) for name in PUBLIC)

    inside = [
        content
        for file in pypdf.PdfReader(BytesIO(pdf.content)).attachments.values()
        for content in file
    ]
    everything = page.text + data.content.decode() + b"".join(inside).decode()
    assert "内部台账" in report.snapshots.get().content
    assert "内部台账" not in everything
    assert "勿外传" not in everything
    for person in (preparer, reviewer, approver):
        assert person.full_name not in page.text
    # The public file is another one than the official; it proves as much.
    assert pdf.content != bytes(report.publication.pdf)
    assert verify(pdf.content).outcome is FileOutcome.GENUINE


@pytest.fixture
def with_phone(zengcheng_report, preparer) -> Report:
    save_narrative(
        report=zengcheng_report,
        section=Narrative.objects.filter(report=zengcheng_report).first().section,
        text="如有疑问请致电张三13800138000。",
        version=None,
        by=preparer,
        at=AT,
    )
    return zengcheng_report


def test_personal_data_stops_the_public_version_and_is_named(
    with_phone, client_of, approver, in_state
):
    report = publish_quickly(in_state(ReportState.APPROVED), approver)

    answer = client_of(approver).post(url("release_report", report))

    section = Narrative.objects.filter(report=report).first().section
    assert answer.status_code == 422
    assert "“13800138000”" in answer.text
    assert reverse("web:section", args=[report.pk, section]) + "#id_text" in answer.text
    assert not PublicRelease.objects.exists()
    with pytest.raises(PersonalDataFound) as caught:
        release(report=report, by=approver, at=AT)
    assert [one.code for one in caught.value.problems] == ["personal_phone"]


def test_personal_data_is_told_before_publishing_and_before_handing_in(
    with_phone, client_of, preparer, approver, in_state
):
    before = client_of(preparer).get(url("hand_in", with_phone))
    report = in_state(ReportState.APPROVED)
    publishing = client_of(approver).get(url("publish_report", report))

    assert "13800138000" in before.text
    assert "13800138000" in publishing.text


def test_only_its_approver_decides(published, preparer, reviewer, approver, client_of):
    for user in (preparer, reviewer):
        assert client_of(user).post(url("release_report", published)).status_code == 403
        with pytest.raises(ReleaseRefused):
            release(report=published, by=user, at=AT)
    answer = client_of(approver).post(url("release_report", published), follow=True)
    assert answer.redirect_chain == [(url("publication", published), 302)]
    assert address("public_report", published) in answer.text


def test_report_that_is_not_published_cannot_be_made_public(in_state, approver, client_of):
    report = in_state(ReportState.APPROVED)

    assert client_of(approver).post(url("release_report", report)).status_code == 409
    assert not PublicRelease.objects.exists()


def test_report_taken_back_is_gone_and_may_come_again(released, approver, client_of):
    client = client_of(approver)

    client.post(url("withdraw_report", released))

    assert [Client().get(address(name, released)).status_code for name in PUBLIC] == [404] * 3
    again = client.post(url("withdraw_report", released))
    assert again.status_code == 409
    client.post(url("release_report", released))
    assert Client().get(address("public_report", released)).status_code == 200
    assert PublicRelease.objects.filter(report=released).count() == 2


def test_public_pdf_is_the_official_one_where_nothing_is_left_out(published, approver):
    kept = release(report=published, by=approver, at=AT)

    assert (kept.pdf, kept.sha256) == (b"%PDF-", "0")
    assert kept.content == published.snapshots.get().content


def test_second_release_is_refused(released, approver):
    with pytest.raises(ReleaseRefused):
        release(report=released, by=approver, at=AT)


def test_public_data_is_read_again(released):
    text = Client().get(address("public_data", released)).content.decode()

    snapshot = read_snapshot(text)

    assert (snapshot.title, snapshot.evidence) == (TITLE, ())


def test_page_tells_machines_what_it_is(released):
    page = Client().get(address("public_report", released)).text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)

    data = json.loads(found[1])

    assert (data["@type"], data["name"], data["temporalCoverage"]) == ("Dataset", TITLE, "2022")
    assert data["creator"]["name"] == "广州市增城区科学技术协会"
    assert data["distribution"][0]["contentUrl"].endswith("/data.json")
    assert data["variableMeasured"][1] == {
        "@type": "PropertyValue",
        "name": "整体效能",
        "value": "48.95",
        "maxValue": "50",
        "unitText": "分",
    }


def test_page_tells_machines_the_day_of_its_own_time_zone(released):
    PublicRelease.objects.filter(report=released).update(
        released_at=datetime(2023, 4, 30, 16, 30, tzinfo=UTC)
    )

    page = Client().get(address("public_report", released)).text

    assert '"datePublished": "2023-05-01"' in page


def test_page_is_read_by_its_headings_and_table_heads(released):
    page = Client().get(address("public_report", released)).text

    levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", page)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert page.count('<th scope="col"') > 10
    assert '<th scope="rowgroup" class="align-center" rowspan="3">整体效能</th>' in page
    assert '<th scope="row" class="align-left">部门预算资金支出率</th>' in page
    assert page.count("<caption") == page.count("<table")
    assert 'class="skip-link" href="#main"' in page
    assert 'lang="zh-CN"' in page


def the_year_before(report: Report, scheme, by: User) -> Report:
    """Publish a report of the same department on a scheme of the year before."""
    snapshot = report.snapshots.get()
    earlier = Report.objects.get(pk=report.pk)
    earlier.pk, earlier.scheme = None, scheme
    earlier.save()
    score = Score.objects.get(report=report, revision=report.revision)
    score.pk, score.report = None, earlier
    score.save()
    Publication.objects.create(
        report=earlier, snapshot=snapshot, pdf=b"%PDF-", sha256="9", page_count=1, created_at=AT
    )
    return earlier


def test_year_before_is_compared_only_where_the_public_has_it(
    released, guangzhou_scheme, reviewer, approver, client_of
):
    def is_compared(client, url: str) -> bool:
        return "总分：2021年度" in client.get(url).text

    public, inside = address("public_report", released), url("review", released)
    assert not is_compared(client_of(reviewer), inside)

    earlier = the_year_before(released, guangzhou_scheme, approver)
    assert is_compared(client_of(reviewer), inside)
    assert not is_compared(Client(), public)

    kept = PublicRelease.objects.get(report=released)
    kept.pk, kept.report = None, earlier
    kept.save()
    assert is_compared(Client(), public)
