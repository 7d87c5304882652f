"""Every type of page: on a narrow screen, in both languages, with a quiet console."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from perfeval.accounts.models import User
from perfeval.publication.releasing import release
from perfeval.publication.services import publish
from perfeval.reports.states import ReportState
from perfeval.review.queries import latest_snapshot
from perfeval.review.services import approve
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.snapshots.services import title_of
from tests.conftest import AT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
#: The filling pages of the Zengcheng report, one of each type and the longest of its type.
FILLING = (
    "",
    "figures/",
    "key-tasks/",
    "goals/",
    "goals/output/",
    "indicators/overall_effectiveness/",
    "indicators/performance_management/",
    "texts/duties/",
    "hand-in/",
)
#: A narrow phone, in CSS pixels.
NARROW = 360
HAN = re.compile(r"[\u4e00-\u9fff]+")
#: Chinese of the frame that stays Chinese: the seal and the name of the other language.
OF_THE_FRAME = {"绩", "简体中文"}


def wide(page: Page, address: str) -> list[str]:
    """Open the page with all that is folded in it, and return it with its width if it is too wide."""
    page.goto(address)
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true })")
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{address} {width}"] if width > NARROW else []


def test_no_page_of_a_preparer_is_wider_than_a_narrow_screen(
    sit_down, live_server, preparer, zengcheng_report
):
    site = live_server.url
    page = sit_down(preparer, width=NARROW)
    addresses = (
        *("/", "/password/", "/schemes/", "/schemes/zengcheng_2022/1/", "/no-such-page/"),
        *(f"/reports/{zengcheng_report.pk}/{below}" for below in FILLING),
    )

    assert [found for address in addresses for found in wide(page, site + address)] == []


def test_no_page_of_those_who_decide_is_wider_than_a_narrow_screen(sit_down, live_server, in_state):
    report = in_state(ReportState.SUBMITTED)
    here = f"{live_server.url}/reports/{report.pk}"
    reviewer, approver = (
        User.objects.get(username="reviewer"),
        User.objects.get(username="approver"),
    )
    judge, publisher = sit_down(reviewer, width=NARROW), sit_down(approver, width=NARROW)

    found = wide(judge, f"{live_server.url}/")
    for below in ("review/", "review/return/", "review/approve/", "figures/", "hand-in/"):
        found += wide(judge, f"{here}/{below}")
    approve(report=report, snapshot_sha256=latest_snapshot(report).sha256, by=reviewer, at=AT)
    found += wide(publisher, f"{live_server.url}/")
    found += wide(publisher, f"{here}/publication/publish/")
    publish(report=report, by=approver, at=AT)
    found += wide(publisher, f"{here}/publication/")
    found += wide(publisher, f"{here}/publication/release/")
    found += wide(judge, f"{here}/review/")
    release(report=report, by=approver, at=AT)
    for below in (
        "bundles/",
        "bundles/zengcheng-caizhengju/2022/",
        "public/",
        "public/zengcheng-kexie/zengcheng_2022/1/",
    ):
        found += wide(publisher, f"{live_server.url}/{below}")

    assert found == []


def test_english_frame_around_chinese_data_and_back(
    sit_down, live_server, preparer, zengcheng_report
):
    data = "".join(file.read_text(encoding="utf-8") for file in FIXTURES.rglob("*.toml"))
    scheme = as_scoring_scheme(zengcheng_report.scheme)
    data += title_of(scheme.report_title, zengcheng_report.department.name, scheme.year)
    data += "\n".join(scheme.amount_label(reference) for reference in scheme.amount_references())
    page = sit_down(preparer)
    here = f"{live_server.url}/reports/{zengcheng_report.pk}"
    page.goto(f"{here}/indicators/performance_management/")
    expect(page.locator(".save-bar")).to_contain_text("保存并继续")

    page.click(".language-switch button")
    page.wait_for_load_state()
    assert page.url == f"{here}/indicators/performance_management/"
    expect(page.locator(".save-bar")).to_contain_text("Save and continue")
    for address in (*FILLING, "review/"):
        page.goto(f"{here}/{address}")
        # The text of the report itself is official Chinese, whatever the reader's language.
        page.evaluate("document.querySelectorAll('.reading').forEach((one) => one.remove())")
        shown = page.locator("body").inner_text() + page.title()
        strange = {run for run in HAN.findall(shown) if run not in data} - OF_THE_FRAME
        assert strange == set(), address
    page.goto(f"{here}/figures/")
    page.click(".language-switch button")
    expect(page.locator(".save-bar")).to_contain_text("保存并继续")
    assert page.url == f"{here}/figures/"
