"""Word, Excel and data of a report."""

import json
from io import BytesIO
from urllib.parse import quote

import docx
import openpyxl
import pytest
from django.urls import reverse
from docx.oxml.ns import qn

from perfeval.reports.models import KeyTask, Narrative
from perfeval.reports.states import ReportState
from perfeval.review.models import Publication
from perfeval.snapshots.snapshot import read_snapshot

pytestmark = pytest.mark.django_db

TITLE = "2022年度广州市增城区科学技术协会部门整体支出绩效自评报告"


def got(client, name: str, report):
    return client.get(reverse(f"web:{name}", args=[report.pk]))


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("report_word", ".docx"), ("report_excel", ".xlsx"), ("report_data", ".json")],
)
def test_draft_is_marked_in_its_name_and_kept_by_nobody(
    name, suffix, client_of, preparer, zengcheng_report
):
    answer = got(client_of(preparer), name, zengcheng_report)

    assert answer["Content-Disposition"] == (
        f"attachment; filename*=utf-8''{quote(TITLE)}{quote('（草稿）')}{suffix}"
    )
    assert answer["Cache-Control"] == "private, no-store"


def test_draft_is_marked_on_its_pages(client_of, preparer, zengcheng_report):
    client = client_of(preparer)
    word = docx.Document(BytesIO(got(client, "report_word", zengcheng_report).content))
    excel = openpyxl.load_workbook(BytesIO(got(client, "report_excel", zengcheng_report).content))

    assert 'string="草稿"' in word.sections[0].header._element.xml
    assert excel.worksheets[0].oddHeader.center.text == "草稿"


def test_contents_of_a_long_report_have_page_numbers_in_word(client_of, preparer, zengcheng_report):
    narrative = Narrative.objects.filter(report=zengcheng_report).first()
    Narrative.objects.filter(pk=narrative.pk).update(text="全区科普工作有序开展。" * 1_000)

    file = got(client_of(preparer), "report_word", zengcheng_report).content

    links = docx.Document(BytesIO(file)).element.body.iter(qn("w:hyperlink"))
    shown = ["".join(text.text or "" for text in link.iter(qn("w:t"))) for link in links]
    assert (shown[0], shown[-1]) == ("一、基本情况1", "2022年度部门整体支出绩效自评评分表26")


def test_published_report_is_given_out_as_it_was_published(client_of, preparer, in_state):
    report = in_state(ReportState.PUBLISHED)
    KeyTask.objects.filter(report=report).update(name="后来改动的任务")
    client = client_of(preparer)

    data = got(client, "report_data", report)
    word = docx.Document(BytesIO(got(client, "report_word", report).content))
    excel = openpyxl.load_workbook(BytesIO(got(client, "report_excel", report).content))

    assert data.content.decode() == Publication.objects.get(report=report).snapshot.content
    assert read_snapshot(data.content.decode()).title == TITLE
    assert json.loads(data.content)["figures"]["key_tasks"][0]["name"] != "后来改动的任务"
    assert "textpath" not in word.sections[0].header._element.xml
    assert word.core_properties.title == TITLE
    assert excel["评分表"]["A1"].value == "附"
    assert excel.worksheets[0].oddHeader.center.text is None
    assert data["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(TITLE)}.json"


def test_page_offers_every_format(client_of, preparer, zengcheng_report):
    answer = got(client_of(preparer), "publication", zengcheng_report)

    for name in ("report_pdf", "report_word", "report_excel", "report_data"):
        assert reverse(f"web:{name}", args=[zengcheng_report.pk]) in answer.text


def test_way_to_the_formats_is_on_the_task_list_and_the_review_page(
    client_of, preparer, reviewer, in_state
):
    report = in_state(ReportState.SUBMITTED)
    way = reverse("web:publication", args=[report.pk])

    assert f'href="{way}"' in got(client_of(preparer), "report", report).text
    assert f'href="{way}"' in got(client_of(reviewer), "review", report).text
