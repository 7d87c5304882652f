"""The pages of versions and corrections: what an owner, an approver and a reader see and can do."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from benchmarks import correction_data as data
from perfeval.accounts.models import Department, Membership, Role
from perfeval.corrections.models import Correction
from perfeval.corrections.services import apply, approve, compute, propose, revert
from perfeval.corrections.states import CorrectionState, Plan
from perfeval.reports.models import Report
from perfeval.schemes.models import Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(db):
    return data.load_people()


@pytest.fixture
def both(people):
    return data.load_versions(leaves=20, by=people["owner"])


@pytest.fixture
def reports(people, both):
    """Return a function that stores so many reports on the earlier version."""

    def load(count: int) -> None:
        data.load_reports(both[0], as_scoring_scheme(both[0]), count, people)

    return load


def text(answer) -> str:
    return answer.content.decode()


def test_owner_starts_a_version_and_a_reader_sees_no_draft(client_of, people, both):
    owner, reader = client_of(people["owner"]), client_of(people["author"])
    page = reverse("web:scheme_versions", args=["benchmark"])

    answer = owner.post(reverse("web:start_version", args=["benchmark"]))

    draft = Scheme.objects.get(code="benchmark", version=3)
    assert (draft.state, answer.status_code) == (SchemeState.DRAFT, 302)
    with translation.override("en"):
        owners, readers = text(owner.get(page)), text(reader.get(page))
    assert "tag-draft" in owners
    assert "tag-draft" not in readers
    changes = reverse("web:scheme_changes", args=["benchmark", 3])
    assert (owner.get(changes).status_code, reader.get(changes).status_code) == (200, 404)
    # A second press opens the same draft.
    assert owner.post(reverse("web:start_version", args=["benchmark"])).url == answer.url


def test_changes_are_told_by_place_with_their_effect(client_of, people, both):
    client = client_of(people["author"])
    client.post(reverse("web:set_language"), {"language": "zh-hans"})

    page = text(client.get(reverse("web:scheme_changes", args=["benchmark", 2])))

    assert "第1版到第2版的变化" in page
    assert "代码由leaf_9改为leaf_renamed。" in page
    assert "分值：由5改为5.5。" in page
    assert "分档5 &lt; x ≤ 8（原得2.5分）" in page or "取消分档5 &lt; x ≤ 8" in page
    assert (
        page.count("tag-effect-incompatible") >= 3
    )  # the head, the leaf that went, the one that came


def test_mapping_is_proposed_and_confirmed(client_of, people, both):
    client = client_of(people["owner"])
    url = reverse("web:scheme_mapping", args=["benchmark", 2])
    both[1].succession.mapping = {}
    both[1].succession.save()

    page = text(client.get(url))
    answer = client.post(url, {"leaf_5": "", "leaf_9": "leaf_renamed"})
    wrong = client.post(url, {"leaf_5": "leaf_renamed", "leaf_9": "leaf_renamed"})

    assert '<option value="leaf_renamed" selected>' in page  # by its name
    assert answer.status_code == 302
    both[1].succession.refresh_from_db()
    assert both[1].succession.mapping == {"leaf_5": "", "leaf_9": "leaf_renamed"}
    assert wrong.status_code == 422
    assert both[1].succession.mapping == {"leaf_5": "", "leaf_9": "leaf_renamed"}


def test_correction_goes_through_its_pages_and_back(client_of, people, both, reports):
    reports(20)
    owner, approver = client_of(people["owner"]), client_of(people["approver"])
    form = reverse("web:propose_correction", args=["benchmark", 1])

    nothing = owner.post(form, {"reason": " "})
    answer = owner.post(form, {"reason": "更正第5项。", "sends_back": "on"})

    assert nothing.status_code == 422
    made = Correction.objects.get()
    assert answer.url == reverse("web:correction", args=[made.pk])
    assert (made.state, made.sends_back, made.reports.count()) == ("proposed", True, 20)
    # A second proposal leads to the one that is under way.
    assert owner.post(form, {"reason": "再来"}).url == answer.url

    def press(client, step: str) -> str:
        client.post(reverse(f"web:{step}_correction", args=[made.pk]))
        made.refresh_from_db()
        return made.state

    # Not before it is approved, and by another person.
    assert press(owner, "apply") == CorrectionState.PROPOSED
    assert press(owner, "approve") == CorrectionState.PROPOSED
    assert press(approver, "approve") == CorrectionState.APPROVED
    assert press(owner, "apply") == CorrectionState.APPLIED
    assert Report.objects.filter(scheme=both[1]).count() == 19
    assert press(owner, "revert") == CorrectionState.REVERTED
    assert Report.objects.filter(scheme=both[0]).count() == 20


def test_table_says_what_changes_what_is_lost_and_what_stays(client_of, people, both, reports):
    reports(20)
    made = _computed(people, both)
    client = client_of(people["owner"])
    client.post(reverse("web:set_language"), {"language": "zh-hans"})
    url = reverse("web:correction", args=[made.pk])

    page = text(client.get(url))

    assert "已试算20份，共20份，其中14份将转到新版本" in page
    assert "指标“指标5”已取消；原填“是否达到”为是。" in page
    assert "章节“第3部分”已取消" in page
    assert page.count("不变：已发布") == 1
    assert page.count("不变：已按原版本提交") == 5
    staying = text(client.get(url, {"show": "staying"}))
    assert staying.count('<th scope="row" lang="zh">') == 6
    shown = {
        name: text(client.get(url, {"show": name})).count('<th scope="row" lang="zh">')
        for name in ("", "moving", "changed", "lost", "left", "unknown")
    }
    assert shown == {"": 20, "moving": 14, "changed": 20, "lost": 20, "left": 0, "unknown": 20}


def _computed(people, both) -> Correction:
    given = {"reason": "更正。", "sends_back": False, "by": people["owner"], "at": data.AT}
    return compute(correction=propose(old=both[0], new=both[1], **given))


def test_pages_ask_as_often_for_one_report_as_for_three(client_of, people, both, reports):
    client = client_of(people["owner"])
    counts = []
    for number in (1, 3):
        reports(number)
        made = _computed(people, both)
        urls = [
            reverse("web:correction", args=[made.pk]),
            reverse("web:correction_excel", args=[made.pk]),
            reverse("web:scheme_versions", args=["benchmark"]),
        ]
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            counts.append(len(captured))
        client.post(reverse("web:withdraw_correction", args=[made.pk]))
        Report.objects.update(scheme=both[1])
        for unit in Department.objects.filter(code__startswith="unit-"):
            unit.code = f"moved-{unit.pk}"
            unit.save()
    assert counts[:3] == counts[3:]


def test_excel_holds_every_report_leaf_and_loss(client_of, people, both, reports):
    reports(3)
    made = _computed(people, both)
    client = client_of(people["owner"])
    client.post(reverse("web:set_language"), {"language": "zh-hans"})

    answer = client.get(reverse("web:correction_excel", args=[made.pk]))

    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["报告", "变化的指标", "未能转入"]
    rows = list(book["报告"].iter_rows(min_row=3, values_only=True))
    items = list(made.reports.order_by("report__department__code"))
    assert [(row[0], row[2], row[3]) for row in rows] == [
        (f"单位{n}", float(item.old_total), float(item.new_total)) for n, item in enumerate(items)
    ]
    assert book["变化的指标"].max_row == 1 + sum(len(item.changes) for item in items)
    assert book["未能转入"].max_row == 1 + sum(len(item.losses) for item in items)
    assert {item.plan for item in items} == {Plan.MOVE}


def test_approver_of_other_departments_does_not_learn_of_a_correction(
    client_of, people, both, reports, approver
):
    reports(1)
    made = _computed(people, both)

    stranger = client_of(approver)

    assert stranger.get(reverse("web:correction", args=[made.pk])).status_code == 404
    assert f"/corrections/{made.pk}/" not in text(stranger.get(reverse("web:corrections")))
    assert stranger.post(reverse("web:approve_correction", args=[made.pk])).status_code == 404


def test_approver_finds_a_correction_among_the_own_work_and_the_owner_does_not(
    client_of, people, both, reports
):
    reports(1)
    made = _computed(people, both)
    link = f'href="{reverse("web:correction", args=[made.pk])}"'

    assert link in text(client_of(people["approver"]).get(reverse("web:home")))
    assert link not in text(client_of(people["owner"]).get(reverse("web:home")))


def test_department_reads_that_its_report_moved_and_what_was_left_behind(
    client_of, people, both, reports
):
    reports(1)
    made = _computed(people, both)
    approve(correction=made, by=people["approver"], at=data.AT)
    applied = apply(correction=made, by=people["owner"], at=data.AT)
    report = Report.objects.get()
    Membership.objects.create(
        user=people["author"], department=report.department, role=Role.PREPARER
    )
    client = client_of(people["author"])
    client.post(reverse("web:set_language"), {"language": "zh-hans"})
    page = reverse("web:report", args=[report.pk])

    moved = text(client.get(page))
    revert(correction=applied, by=people["owner"], at=data.AT)
    back = text(client.get(page))

    assert "指标体系已于2023-04-06更正：本报告由第1版转到第2版。" in moved
    assert "指标“指标5”已取消；原填“是否达到”为是。" in moved
    assert "更正：本报告" not in back
