"""What a journey asks the database, session and person included: a report is read once, however much is in it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.reports.services import save_goals, save_key_tasks
from perfeval.reports.states import ReportState
from perfeval.review.models import Publication
from perfeval.review.queries import latest_snapshot
from perfeval.scoring.figures import KeyTask
from tests.conftest import AT

pytestmark = pytest.mark.django_db

MANY = 60
GROUP, SECTION, CATEGORY = "procurement", "problems", "output"
#: What begins and ends transactions is named differently by each database.
FRAMES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def url(name: str, report: Report, **names: str) -> str:
    return reverse(f"web:{name}", kwargs={"report_id": report.pk, **names})


def asked(request: Callable[[], Any], status: int) -> int:
    """Return how many statements a request sends."""
    with CaptureQueriesContext(connection) as captured:
        answer = request()
        assert answer.status_code == status, answer.text[-2000:]
    return sum(not one["sql"].upper().startswith(FRAMES) for one in captured)


@pytest.fixture
def grown(zengcheng_report) -> Callable[[], None]:
    """Return a function that fills many rows in beside those of the report."""

    def grow() -> None:
        figures = read_filled(zengcheng_report).figures
        saving = {"report": zengcheng_report, "version": None, "by": None, "at": AT}
        goals = [replace(figures.goals[0], name=f"目标{n}") for n in range(MANY)]
        save_goals(goals=[*figures.goals, *goals], **saving)
        tasks = [KeyTask(f"任务{n}", Decimal(1), Decimal(1)) for n in range(MANY)]
        save_key_tasks(key_tasks=[*figures.key_tasks, *tasks], **saving)
        zengcheng_report.refresh_from_db()

    return grow


@pytest.fixture(params=["few", "many"])
def report(request, zengcheng_report, grown) -> Report:
    """Return the complete draft, as it is and with many rows more."""
    if request.param == "many":
        grown()
    return zengcheng_report


@pytest.mark.parametrize(
    ("name", "names", "queries"),
    [
        ("report", {}, 14),
        ("figures", {}, 12),
        ("key_tasks", {}, 12),
        ("goals", {}, 12),
        ("goal_category", {"category": CATEGORY}, 12),
        ("group", {"group": GROUP}, 14),
        ("section", {"section": SECTION}, 12),
        ("hand_in", {}, 13),
    ],
)
def test_opening_a_part(client_of, preparer, report, *, name, names, queries):
    client, address = client_of(preparer), url(name, report, **names)

    assert asked(lambda: client.get(address), 200) == queries


def cells(report: Report, amount: int) -> dict[str, str]:
    """Return the form of the budget table with one cell changed."""
    filled = read_filled(report)
    typed = {key.replace(".", "--"): str(one) for key, one in filled.figures.amounts.items()}
    return typed | {
        "total--executed_amount": str(amount),
        "version": filled.version("figures"),
    }


def test_saving_one_cell(client_of, preparer, report):
    client, address = client_of(preparer), url("figures", report)
    data = cells(report, 600)

    assert asked(lambda: client.post(address, data, headers={"hx-request": "true"}), 200) == 15
    # What stands there already is not written.
    data = cells(report, 600)
    assert asked(lambda: client.post(address, data, headers={"hx-request": "true"}), 200) == 12


def test_handing_in(client_of, preparer, report):
    client, address = client_of(preparer), url("hand_in", report)

    assert asked(lambda: client.post(address, {"confirmed": "yes"}), 302) == 16


def test_publishing(client_of, approver, in_state, grown):
    grown()
    report = in_state(ReportState.APPROVED)
    client, address = client_of(approver), url("publish_report", report)

    assert asked(lambda: client.post(address), 302) == 12
    assert Publication.objects.get().snapshot == latest_snapshot(report)


def test_checking_a_file(client_of, preparer, report):
    client = client_of(preparer)

    def check() -> Any:
        file = SimpleUploadedFile(
            "报告.txt", "一、绩效自评得分90分。\n预算收入总计650万元，支出600万元。".encode()
        )
        return client.post(reverse("web:checking"), {"reports": file})

    assert asked(check, 200) == 5


def test_approving(client_of, reviewer, in_state, grown):
    grown()
    report = in_state(ReportState.SUBMITTED)
    client, address = client_of(reviewer), url("approve_report", report)
    data = {"snapshot": latest_snapshot(report).sha256, "comment": ""}

    assert asked(lambda: client.post(address, data), 302) == 10
