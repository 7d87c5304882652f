"""Publishing and the PDF."""

from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.urls import reverse

from perfeval.jobs import pdf as jobs
from perfeval.jobs.models import PdfJob
from perfeval.reports.states import ReportState
from perfeval.review.models import Publication
from perfeval.typesetting.pdf import GlyphMissing, MissingGlyph, RenderFailed
from perfeval.web.publishing import official as publishing
from tests.background import let_it_end

pytestmark = pytest.mark.django_db

TITLE = "2022年度广州市增城区科学技术协会部门整体支出绩效自评报告"


def url(name: str, report) -> str:
    return reverse(f"web:{name}", args=[report.pk])


def raising(failure: Exception):
    """Return a function that fails with ``failure`` whatever it is given."""

    def fail(**_anything: object) -> None:
        raise failure

    return fail


def test_publish_keeps_the_pdf_and_shows_its_facts(client_of, approver, in_state):
    report = in_state(ReportState.APPROVED)
    client = client_of(approver)

    answer = client.post(url("publish_report", report), follow=True)

    kept = Publication.objects.get(report=report)
    assert answer.redirect_chain == [(url("publication", report), 302)]
    assert kept.sha256 in answer.text
    assert f"<dd>{kept.page_count}</dd>" in answer.text


def test_published_pdf_is_served_byte_for_byte_under_its_chinese_title(
    client_of, preparer, in_state
):
    report = in_state(ReportState.PUBLISHED)

    answer = client_of(preparer).get(url("report_pdf", report))

    kept = Publication.objects.get(report=report)
    assert answer.content == bytes(kept.pdf)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f"inline; filename*=utf-8''{quote(TITLE)}.pdf"
    assert answer["ETag"] == f'"{kept.sha256}"'


def test_draft_pdf_is_marked_in_its_name_and_kept_by_nobody(
    client_of, preparer, zengcheng_report, monkeypatch
):
    made = SimpleNamespace(data=b"%PDF-")
    pages = SimpleNamespace(progress=lambda at: None, rendered=lambda: made)
    monkeypatch.setattr(publishing, "draft_pages", lambda filled: pages)

    answer = client_of(preparer).get(url("report_pdf", zengcheng_report))

    assert quote("（草稿）.pdf") in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "private, no-store"


def test_draft_pdf_that_cannot_be_set_leads_to_an_explanation(
    client_of, preparer, zengcheng_report, monkeypatch
):
    def fail(**_when: object) -> None:
        raise RenderFailed("too long")

    pages = SimpleNamespace(progress=lambda at: None, prepare=fail, rendered=fail)
    monkeypatch.setattr(publishing, "draft_pages", lambda filled: pages)

    answer = client_of(preparer).get(url("report_pdf", zengcheng_report), follow=True)

    assert answer.redirect_chain == [(url("publication", zengcheng_report), 302)]
    assert "too long" in answer.text

    # A job that failed is told to the waiting page's script when it asks anew, which leads there.
    script = client_of(preparer).post(
        url("report_pdf", zengcheng_report), headers={"hx-request": "true"}
    )
    assert script["HX-Redirect"] == url("publication", zengcheng_report)


def test_publish_sent_twice_is_done_once_and_explained(client_of, approver, in_state):
    report = in_state(ReportState.PUBLISHED)

    again = client_of(approver).post(url("publish_report", report), follow=True)

    assert again.redirect_chain == [(url("review", report), 302)]
    assert Publication.objects.count() == 1


def test_publish_names_the_characters_that_no_font_has(client_of, approver, in_state, monkeypatch):
    report = in_state(ReportState.APPROVED)
    missing = MissingGlyph("㐂", "（一）部门概况", "欢㐂")
    monkeypatch.setattr(publishing.services, "publish", raising(GlyphMissing((missing,))))

    answer = client_of(approver).post(url("publish_report", report))

    assert answer.status_code == 409
    assert "㐂" in answer.text
    assert "（一）部门概况" in answer.text


def test_missing_fonts_are_told_and_nothing_is_published(
    client_of, approver, in_state, monkeypatch, tmp_path
):
    report = in_state(ReportState.APPROVED)
    monkeypatch.setenv("PERFEVAL_FONT_DIR", str(tmp_path))
    client = client_of(approver)

    answers = [
        client.post(url("publish_report", report)),
        client.get(url("report_pdf", report), follow=True),
    ]

    assert [answer.status_code for answer in answers] == [409, 200]
    assert all("python -m perfeval.fonts.pack" in answer.text for answer in answers)
    assert not Publication.objects.exists()


def test_publish_before_approval_is_explained(client_of, approver, in_state):
    report = in_state(ReportState.SUBMITTED)

    answer = client_of(approver).post(url("publish_report", report))

    assert answer.status_code == 409
    assert not Publication.objects.exists()


def test_publication_page_before_publishing_offers_the_draft(client_of, preparer, in_state):
    report = in_state(ReportState.SUBMITTED)

    answer = client_of(preparer).get(url("publication", report))

    assert url("report_pdf", report) in answer.text
    assert answer.context["publication"] is None


@pytest.mark.django_db(transaction=True)
def test_long_report_is_laid_out_beside_the_request(client_of, approver, in_state, monkeypatch):
    monkeypatch.setattr(jobs, "_SHORT_CHARACTERS", 0)
    report = in_state(ReportState.APPROVED)
    client = client_of(approver)

    asked = client.get(url("publish_report", report))
    unbegun = client.get(url("report_pdf", report))
    assert not PdfJob.objects.exists()
    assert 'hx-trigger="load, submit"' in unbegun.text
    assert "refresh" not in unbegun.text
    assert "laying-out" not in asked.text

    first = client.post(url("publish_report", report))
    draft = client.post(url("report_pdf", report))

    assert first.status_code == 202
    assert "0%" in first.text
    assert not Publication.objects.exists()
    # Asked again by a script, without one by the browser.
    assert f'hx-get="{url("report_pdf", report)}" hx-trigger="every 2s"' in draft.text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in draft.text
    let_it_end()
    script = client.get(url("report_pdf", report), headers={"hx-request": "true"})
    assert (script["HX-Redirect"], script.content) == (url("report_pdf", report), b"")
    assert client.get(url("report_pdf", report))["Content-Type"] == "application/pdf"
    assert client.post(url("publish_report", report)).status_code == 302
    kept = Publication.objects.get(report=report)
    assert bytes(kept.pdf) in {bytes(job.pdf) for job in PdfJob.objects.all()}


def test_publish_that_cannot_sign_is_explained(client_of, approver, in_state, settings):
    report = in_state(ReportState.APPROVED)
    settings.SIGNING_FILE = "/nowhere/office.p12"
    answer = client_of(approver).post(
        url("publish_report", report), headers={"accept-language": "en"}
    )
    assert answer.status_code == 409
    assert "The signing certificate office.p12 is not there. Nothing was published." in answer.text
    report.refresh_from_db()
    assert report.state == ReportState.APPROVED
