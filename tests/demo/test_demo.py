"""The demonstration: loaded once, it keeps what a person did meanwhile when it is loaded again."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command

from perfeval.accounts.models import Department, Membership, User
from perfeval.demo.services import load_accounts, load_reports, load_schemes
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.reports.queries import current_score
from perfeval.reports.services import save_narrative
from perfeval.reports.states import ReportState
from perfeval.review.models import Publication
from perfeval.schemes.models import Scheme, SchemeState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.services import SchemeOutdated, issue_scheme, load_scheme
from perfeval.scoring.scheme.reading import read_scheme
from tests.conftest import AT, FIXTURES
from tests.snapshots.database import rows

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(days=1)
DEMO = FIXTURES / "demo"
ACCOUNTS = ["preparer", "reviewer", "approver", "owner", "gz-preparer", "outsider"]


@pytest.fixture
def demo() -> None:
    """Load the demonstration."""
    _load(AT)


def _load(at) -> None:
    for name in ("guangzhou_2021", "zengcheng_2022"):
        load_schemes(folder=FIXTURES / "schemes", at=at, names=name)
    load_accounts(file=DEMO / "accounts.toml")
    load_reports(folder=DEMO, at=at)


def _reports() -> list[tuple[object, ...]]:
    return [
        (
            report.department.code,
            report.state,
            current_score(report).total,
            current_score(report).grade,
        )
        for report in Report.objects.select_related("department")
    ]


def test_demo_has_a_draft_and_a_published_report(demo):
    assert _reports() == [
        ("zengcheng-kexie", ReportState.DRAFT, Decimal("96.45"), "优"),
        ("guangzhou-kexie", ReportState.PUBLISHED, Decimal("93.89"), ""),
    ]
    assert Publication.objects.get().report.department.code == "guangzhou-kexie"


def test_demo_accounts_can_sign_in(demo, client):
    assert [client.login(username=name, password="perfeval-demo") for name in ACCOUNTS] == (
        [True] * len(ACCOUNTS)
    )


def test_demo_loaded_again_changes_nothing(demo):
    before = rows()

    _load(LATER)

    assert rows() == before


def test_demo_loaded_again_keeps_what_a_person_changed(demo):
    report = Report.objects.get(department__code="zengcheng-kexie")
    save_narrative(report=report, section="problems", text="改写。", version=None, by=None, at=AT)
    user = User.objects.get(username="preparer")
    user.set_password("another one")
    user.full_name = "张三"
    user.save()
    Department.objects.filter(code="zengcheng-kexie").update(name="改名", supervisor=None)
    Membership.objects.filter(user__username="approver").delete()
    before = rows()

    _load(LATER)

    assert rows() == before
    assert read_filled(report).narratives["problems"] == "改写。"
    assert User.objects.get(username="preparer").check_password("another one")


def test_demo_loaded_again_makes_up_for_a_report_that_is_gone(demo):
    report = Report.objects.get(department__code="zengcheng-kexie")
    for related in ("figure_entries", "key_tasks", "goals", "answers", "narratives", "scores"):
        getattr(report, related).all().delete()
    report.delete()

    _load(LATER)

    assert _reports()[0] == ("zengcheng-kexie", ReportState.DRAFT, Decimal("96.45"), "优")


@pytest.mark.parametrize("is_issued", [False, True])
def test_demo_loaded_again_beside_a_later_version_of_a_scheme_adds_no_report(demo, is_issued):
    first = Scheme.objects.get(code="zengcheng_2022")
    second = load_scheme(scheme=replace(as_scoring_scheme(first), version=2), at=AT)
    if is_issued:
        issue_scheme(scheme=second, by=None, at=AT)
    before = rows()

    _load(LATER)

    assert rows() == before


def test_demo_starts_on_the_latest_issued_version(world):
    first = Scheme.objects.get(code="zengcheng_2022")
    load_scheme(scheme=replace(as_scoring_scheme(first), version=2), at=AT)

    load_reports(folder=DEMO, at=AT)

    assert Report.objects.get(department__code="zengcheng-kexie").scheme == first
    assert Scheme.objects.filter(state=SchemeState.DRAFT).count() == 1


def test_demo_leaves_no_draft_behind_when_it_stops_between_storing_and_issuing():
    """A draft of that version would be taken for a loaded scheme the next time, and no report could start on it."""
    file = FIXTURES / "schemes" / "guangzhou_2021.toml"
    first = read_scheme(file.read_text(encoding="utf-8"))
    later = load_scheme(scheme=replace(first, version=2), at=AT)
    issue_scheme(scheme=later, by=None, at=AT)

    with pytest.raises(SchemeOutdated):
        load_schemes(folder=FIXTURES / "schemes", at=AT, names="guangzhou_2021")

    assert list(Scheme.objects.values_list("version", "state")) == [(2, SchemeState.ISSUED)]


def test_load_demo_prints_what_is_new_and_all_accounts(capsys):
    call_command("load_demo")
    first = capsys.readouterr().out.splitlines()
    call_command("load_demo")
    second = capsys.readouterr().out.splitlines()

    accounts = [line for line in first if line.startswith("account")]
    assert [line.split()[1] for line in accounts] == ACCOUNTS
    assert accounts[0] == "account  preparer / perfeval-demo  区科协填报员"
    schemes = [line for line in first if line.startswith("scheme")]
    assert len(schemes) == 9
    assert (
        schemes[-1] == "scheme   zengcheng_2022 1  2022年度部门整体支出绩效自评指标体系（增城区）"
    )
    assert [line for line in first if line.startswith("report")] == [
        "report   广州市增城区科学技术协会 2022  96.45 优",
        "report   广州市科学技术协会 2021  93.89",
    ]
    assert second == accounts
