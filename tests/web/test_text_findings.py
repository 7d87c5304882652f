"""What the checker finds in the texts is shown in the section and before handing in, and blocks nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from perfeval.reports.filled import read_filled
from perfeval.reports.parts import narrative_part
from perfeval.reports.services import save_narrative
from perfeval.reports.states import ReportState

WRONG = "部门整体支出率为99.50%。"
SENTENCE = "“部门整体支出率” is 99.50% here; by the figures filled in (部门预算资金支出率) 639.15 ÷ 642.40 = 99.4941%."


@pytest.fixture(autouse=True)
def english(settings):
    settings.LANGUAGE_CODE = "en"


def address(name, report, **names):
    return reverse(f"web:{name}", kwargs={"report_id": report.pk, **names})


def write(report, text, by, section="achievements"):
    """Store a section's text."""
    save_narrative(
        report=report,
        section=section,
        text=text,
        version=read_filled(report).version(narrative_part(section)),
        by=by,
        at=timezone.now(),
    )
    report.refresh_from_db()


def test_section_shows_what_is_found_in_its_stored_text(client_of, preparer, zengcheng_report):
    write(zengcheng_report, WRONG, preparer)
    client = client_of(preparer)

    page = client.get(address("section", zengcheng_report, section="achievements"))
    other = client.get(address("section", zengcheng_report, section="problems"))

    assert SENTENCE in page.content.decode()
    assert [(one.severity, one.line) for one in page.context["findings"]] == [("warning", 1)]
    assert other.context["findings"] == []


def test_saving_by_script_brings_the_findings_along(client_of, preparer, zengcheng_report):
    version = read_filled(zengcheng_report).version(narrative_part("achievements"))

    answer = client_of(preparer).post(
        address("section", zengcheng_report, section="achievements"),
        {"text": WRONG, "version": version},
        headers={"HX-Request": "true"},
    )

    assert SENTENCE in answer.content.decode()
    assert 'id="text-findings" role="status" hx-swap-oob="true"' in answer.content.decode()


def test_hand_in_lists_them_with_a_link_and_still_submits(client_of, preparer, zengcheng_report):
    write(zengcheng_report, WRONG, preparer)
    client = client_of(preparer)
    hand_in = address("hand_in", zengcheng_report)

    page = client.get(hand_in)
    client.post(hand_in, {"confirmed": "yes"})
    zengcheng_report.refresh_from_db()

    link = address("section", zengcheng_report, section="achievements") + "#id_text"
    assert [(one.href, one.where) for one in page.context["findings"]] == [(link, "主要工作成效")]
    assert f'<a href="{link}">' in page.content.decode()
    assert page.context["is_ready"]
    assert zengcheng_report.state == ReportState.SUBMITTED


def test_more_findings_cost_no_more_queries(client_of, preparer, zengcheng_report):
    client = client_of(preparer)
    counts = []
    for times in (1, 3):
        write(zengcheng_report, "\n".join([WRONG] * times), preparer)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address("hand_in", zengcheng_report))
        assert len(page.context["findings"]) == times
        counts.append(len(queries))

    assert counts[0] == counts[1]
