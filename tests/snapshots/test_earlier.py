"""What a report says of the year before: kept in its snapshot, where its scheme asks for it, and nowhere else."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from perfeval.accounts.models import Department
from perfeval.publication.releasing import public_version, release
from perfeval.reports.models import Report
from perfeval.reports.services import start_report
from perfeval.reports.states import ReportState
from perfeval.review.models import Publication, PublicRelease
from perfeval.review.services import submit
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.schemes.services import issue_scheme, load_scheme
from perfeval.snapshots.earlier import as_earlier
from perfeval.snapshots.services import import_report
from perfeval.snapshots.snapshot import read_snapshot, snapshot_text
from tests.conftest import AT, filled, snapshot_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def report_of(zengcheng_scheme, preparer) -> Callable[..., Report]:
    """Return a function that fills in a report of the department for a year, under a scheme of its own."""

    def make(year: int, *blocks: str) -> Report:
        scheme = as_scoring_scheme(zengcheng_scheme)
        first, *others = scheme.outline
        asking = replace(first, content=(*first.content, *blocks))
        changed = replace(scheme, code=f"other_{year}", year=year, outline=(asking, *others))
        row = issue_scheme(scheme=load_scheme(scheme=changed, at=AT), by=None, at=AT)
        department = Department.objects.get(code="zengcheng-kexie")
        report = start_report(department=department, scheme=row, by=preparer, at=AT)
        return filled(report, "zengcheng_2022", preparer)

    return make


@pytest.fixture
def last_year(report_of, preparer, reviewer, approver) -> Report:
    """Return the report of 2021, published without pages."""
    report = report_of(2021)
    submit(report=report, by=preparer, at=AT)
    report.refresh_from_db()
    report.state = ReportState.PUBLISHED
    report.approved_at = report.published_at = AT
    report.approved_by, report.published_by = reviewer, approver
    report.save()
    return report


def test_published_year_before_is_in_the_snapshot_where_the_scheme_asks(last_year, report_of):
    report = report_of(2022, "chart.year_on_year")

    snapshot = snapshot_of(report)

    assert snapshot.before == as_earlier(last_year)
    assert (snapshot.before.year, snapshot.before.scheme_code) == (2021, "other_2021")
    assert (str(snapshot.before.total), snapshot.before.grade) == ("96.45", "优")
    assert [(one.name, str(one.score_rate)) for one in snapshot.before.groups][:2] == [
        ("履职效能", "0.979"),
        ("整体效能", "0.979"),
    ]
    assert read_snapshot(snapshot_text(snapshot)) == snapshot


def test_only_what_was_published_counts_as_the_year_before(last_year, report_of):
    report = report_of(2022, "chart.year_on_year")
    Report.objects.filter(pk=last_year.pk).update(state=ReportState.APPROVED)

    assert snapshot_of(report).before is None


def test_report_whose_scheme_does_not_ask_keeps_the_bytes_it_had(last_year, zengcheng_report):
    assert snapshot_of(zengcheng_report).before is None
    assert "before" not in json.loads(snapshot_text(snapshot_of(zengcheng_report)))


def test_year_before_in_a_file_is_not_taken_over(last_year, report_of):
    data = json.loads(snapshot_text(snapshot_of(report_of(2022, "chart.year_on_year"))))
    data["department_code"] = "guangzhou-kexie"

    found = import_report(text=json.dumps(data), by=None, at=AT)

    assert snapshot_of(found).before is None


def test_public_has_the_year_before_only_where_that_report_is_public(
    last_year, report_of, preparer, reviewer, approver
):
    report = report_of(2022, "chart.year_on_year")
    submit(report=report, by=preparer, at=AT)
    kept = report.snapshots.get()
    Publication.objects.create(
        report=report, snapshot=kept, pdf=b"%PDF-", sha256="0", page_count=1, created_at=AT
    )
    report.refresh_from_db()
    report.state, report.approved_at, report.published_at = ReportState.PUBLISHED, AT, AT
    report.approved_by, report.published_by = reviewer, approver
    report.save()

    assert public_version(report).prepare(at=AT) is None  # short: its pages are made at once
    assert read_snapshot(kept.content).before == as_earlier(last_year)
    first = release(report=report, by=approver, at=AT)
    assert read_snapshot(first.content).before is None

    first.delete()
    PublicRelease.objects.create(
        report=last_year,
        content="{}",
        content_sha256="1",
        pdf=b"%PDF-",
        sha256="2",
        released_by=approver,
        released_at=AT,
    )
    again = release(report=report, by=approver, at=AT)
    assert read_snapshot(again.content).before == as_earlier(last_year)
    assert bytes(again.pdf) == b"%PDF-"  # nothing had to be left out: the official file
