"""The actors and reports that tests share: the demonstration's own departments and accounts.

``zengcheng_report`` is a complete draft (96.45, 优), ``empty_report`` one just started, and
``in_state`` moves the former to any state through the services.
"""

import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from perfeval.accounts.models import Department, User
from perfeval.demo.services import load_accounts, load_schemes
from perfeval.evidence.queries import evidence_by_indicator
from perfeval.publication.services import publish
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.reports.services import start_report
from perfeval.reports.states import ReportState
from perfeval.review.queries import latest_snapshot, readiness
from perfeval.review.services import approve, return_, submit
from perfeval.schemes.models import Scheme
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.result import Problem
from perfeval.scoring.scheme.reading import read_figures
from perfeval.snapshots.services import fill_report, take_snapshot
from perfeval.snapshots.snapshot import Snapshot

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
AT = datetime(2023, 4, 6, 9, 30, tzinfo=UTC)


#: The other sessions that PostgreSQL has on this database, each with what it did last.
OTHER_SESSIONS = """
    SELECT state, query FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep SQLite's test database in a file, as in production.

    In memory all threads of a test's server share one connection: two requests at a time, a form that saves itself
    and the next page for instance, then fail with “database table is locked”.
    """
    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(file)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> Iterator[None]:
    """Let the last request of a test's server end before the database is dropped below it.

    A connection that stays open is a leak, and is named with its last query. How long a request may take
    until it is one is no measure: only a leak waits so long.
    """
    yield
    if connection.vendor != "postgresql":
        return
    until = time.monotonic() + 120
    with django_db_blocker.unblock():
        while True:
            with connection.cursor() as cursor:
                cursor.execute(OTHER_SESSIONS)
                sessions = cursor.fetchall()
            if not sessions or time.monotonic() > until:
                break
            time.sleep(0.1)
        connection.close()
    assert sessions == []


@pytest.fixture(autouse=True)
def fast_and_private(settings, tmp_path):
    """Hash passwords cheaply, keep uploads in a folder of the test, need no collected static."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def world(db) -> None:
    """Load both schemes, issued, and the demonstration's departments and accounts."""
    for name in ("guangzhou_2021", "zengcheng_2022"):  # the library's others would cost time
        load_schemes(folder=FIXTURES / "schemes", at=AT, names=name)
    load_accounts(file=FIXTURES / "demo" / "accounts.toml")


@pytest.fixture
def preparer(world) -> User:
    """Return the person who fills in the Zengcheng report."""
    return User.objects.get(username="preparer")


@pytest.fixture
def reviewer(world) -> User:
    """Return the finance bureau's reviewer."""
    return User.objects.get(username="reviewer")


@pytest.fixture
def approver(world) -> User:
    """Return the person who publishes."""
    return User.objects.get(username="approver")


@pytest.fixture
def scheme_owner(world) -> User:
    """Return the owner of the schemes, who has no role in any report."""
    return User.objects.get(username="owner")


@pytest.fixture
def outsider(world) -> User:
    """Return a preparer of another department."""
    return User.objects.get(username="outsider")


@pytest.fixture
def zengcheng_scheme(world) -> Scheme:
    """Return the issued Zengcheng 2022 scheme."""
    return Scheme.objects.get(code="zengcheng_2022")


@pytest.fixture
def guangzhou_scheme(world) -> Scheme:
    """Return the issued Guangzhou 2021 scheme."""
    return Scheme.objects.get(code="guangzhou_2021")


@pytest.fixture
def empty_report(zengcheng_scheme, preparer) -> Report:
    """Return a Zengcheng report that was just started."""
    department = Department.objects.get(code="zengcheng-kexie")
    return start_report(department=department, scheme=zengcheng_scheme, by=preparer, at=AT)


@pytest.fixture
def zengcheng_report(empty_report, preparer) -> Report:
    """Return the complete Zengcheng report, a draft that can be submitted."""
    return filled(empty_report, "zengcheng_2022", preparer)


@pytest.fixture
def guangzhou_report(guangzhou_scheme) -> Report:
    """Return the complete Guangzhou report, a draft that can be submitted."""
    author = User.objects.get(username="gz-preparer")
    department = Department.objects.get(code="guangzhou-kexie")
    report = start_report(department=department, scheme=guangzhou_scheme, by=author, at=AT)
    return filled(report, "guangzhou_2021", author)


@pytest.fixture
def in_state(zengcheng_report, preparer, reviewer, approver) -> Callable[[ReportState], Report]:
    """Return a function that moves the Zengcheng report to a state and returns it."""

    def move(state: ReportState) -> Report:
        report = zengcheng_report
        if state != ReportState.DRAFT:
            submit(report=report, by=preparer, at=AT)
        if state == ReportState.RETURNED:
            return_(report=report, comment="请补充扣分原因。", by=reviewer, at=AT)
        if state in (ReportState.APPROVED, ReportState.PUBLISHED):
            sha256 = latest_snapshot(report).sha256
            approve(report=report, snapshot_sha256=sha256, by=reviewer, at=AT)
        if state == ReportState.PUBLISHED:
            publish(report=report, by=approver, at=AT)
        report.refresh_from_db()
        return report

    return move


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Return a function that gives a browserless client with somebody signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def filled(report: Report, files: str, by: User) -> Report:
    """Fill a report with the demonstration's figures and prose, and return it."""
    folder = FIXTURES / "demo"
    scheme = as_scoring_scheme(report.scheme)
    figures = (folder / f"{files}.figures.toml").read_text(encoding="utf-8")
    narratives = (folder / f"{files}.narratives.toml").read_text(encoding="utf-8")
    fill_report(
        report=report,
        figures=read_figures(figures, scheme),
        narratives=tomllib.loads(narratives),
        by=by,
        at=AT,
    )
    return report


def snapshot_of(report: Report) -> Snapshot:
    """Return the snapshot of a report as it stands."""
    return take_snapshot(read_filled(report), evidence_by_indicator(report))


def problems_of(report: Report) -> tuple[Problem, ...]:
    """Return what ``readiness`` says of a report as it stands."""
    return readiness(read_filled(report), evidence_by_indicator(report))
