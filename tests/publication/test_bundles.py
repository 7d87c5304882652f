"""A year's reports in one ZIP: what is in it, how it is made, broken off, taken up again, and cleaned away."""

import hashlib
import os
import zipfile
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.management import call_command

from perfeval.accounts.models import Department, Membership, Role, User
from perfeval.publication import bundle_files, bundle_jobs
from perfeval.publication.bundle_jobs import (
    NothingPublished,
    file_of,
    go_on,
    make,
    remove_old,
    start,
)
from perfeval.publication.bundles import BundleItem, as_manifest, bundle_of, from_manifest, years_of
from perfeval.reports.models import Report, Score
from perfeval.reports.states import ReportState
from perfeval.review.models import BundleFailure, BundleJob, BundleState, Publication
from tests.background import let_it_end
from tests.conftest import AT
from tests.growth import memory

YEAR = 2022
PDF = b"%PDF-1.7 report"
NAMES = [
    "reports/2022年度第1局部门整体支出绩效自评报告.pdf",
    "reports/2022年度广州市增城区科学技术协会部门整体支出绩效自评报告.pdf",
]
#: Of the functions below: the bureau of the reports.
Publish = Callable[..., Department]


@pytest.fixture
def publish(in_state, approver) -> Publish:
    """Return a function that publishes the Zengcheng report and copies of it in other departments."""

    def make_reports(copies: int = 0, *, pdf: bytes = PDF) -> Department:
        first = in_state(ReportState.APPROVED)
        bureau = first.department.supervisor
        for number in range(copies + 1):
            report = first if not number else _copy(first, bureau, number)
            report.state, report.published_at, report.published_by = "published", AT, approver
            report.save()
            Publication.objects.create(
                report=report,
                snapshot=first.snapshots.get(),
                pdf=pdf,
                sha256=hashlib.sha256(pdf).hexdigest(),
                page_count=1,
                created_at=AT,
            )
        return bureau

    return make_reports


def _copy(first: Report, bureau: Department, number: int) -> Report:
    department = Department.objects.create(
        code=f"department-{number:03}", name=f"第{number}局", supervisor=bureau
    )
    score = Score.objects.get(report=first, revision=first.revision)
    report = Report.objects.get(pk=first.pk)
    report.pk, report.department = None, department
    report.save()
    score.pk, score.report = None, report
    score.save()
    return report


def made(bureau: Department, by: User) -> BundleJob:
    """Return a job that was made in this thread: what begins another waits for the end of the transaction."""
    job = start(bureau=bureau, year=YEAR, by=by, at=AT)
    make(job.pk)
    job.refresh_from_db()
    return job


def part_of(job: BundleJob) -> Path:
    return Path(settings.MEDIA_ROOT) / "bundles" / str(job.pk) / "bundle.part"


# --- What is in it ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_zip_has_every_report_an_index_and_an_overview(publish, reviewer):
    job = made(publish(copies=1), reviewer)

    archive = zipfile.ZipFile(file_of(job))
    assert archive.testzip() is None
    assert archive.namelist() == [*NAMES, "index.html", "overview.xlsx"]
    assert archive.read(NAMES[0]) == PDF
    sha256 = hashlib.sha256(PDF).hexdigest()
    index = archive.read("index.html").decode()
    assert (
        '<th scope="row">第1局</th><td>2022年度第1局部门整体支出绩效自评报告</td><td class="word">已发布</td>'
        '<td class="number">96.45</td><td class="word">优</td>'
    ) in index
    assert f'<td class="hash">{sha256}</td>' in index
    rows = openpyxl.load_workbook(BytesIO(archive.read("overview.xlsx")), data_only=True)["汇总"]
    titles = [name.removeprefix("reports/").removesuffix(".pdf") for name in NAMES]
    assert [[cell.value for cell in row] for row in rows.iter_rows(min_row=2)] == [
        ["序号", "部门", "报告", "状态", "总分", "满分", "等级", "文件", "校验值（SHA-256）"],
        [1, "第1局", titles[0], "已发布", 96.45, 100, "优", NAMES[0], sha256],
        [2, "广州市增城区科学技术协会", titles[1], "已发布", 96.45, 100, "优", NAMES[1], sha256],
        [None, "平均分（已收入的报告）", None, None, 96.45, None, None, None, None],
    ]
    assert (job.state, job.done_count, job.size) == ("done", 2, file_of(job).stat().st_size)


@pytest.mark.django_db
def test_what_is_not_published_is_listed_with_its_state_and_no_file(publish, reviewer):
    bureau = publish(copies=4)
    one, two, three, four = Report.objects.filter(department__code__startswith="department-")
    Publication.objects.filter(report__in=[one, two, three, four]).delete()
    for report, state in ((one, "submitted"), (two, "returned"), (three, "approved")):
        told = {"returned_at": AT, "return_comment": "补充"} if state == "returned" else {}
        Report.objects.filter(pk=report.pk).update(state=state, **told)
    # A draft that was never handed in is as unknown to the bureau as none at all.
    Report.objects.filter(pk=four.pk).update(state="draft", submitted_at=None)
    preparer = User.objects.get(username="outsider")
    for code in ("department-004", "zengcheng-kexie"):
        department = Department.objects.get(code=code)
        Membership.objects.get_or_create(user=preparer, department=department, role=Role.PREPARER)

    bundle = bundle_of(bureau, YEAR)

    assert [(item.department, item.state, item.total, item.grade) for item in bundle.items] == [
        ("广州市增城区科学技术协会", "published", Decimal("96.45"), "优"),
        ("第1局", "submitted", Decimal("96.45"), "优"),
        ("第2局", "returned", None, ""),
        ("第3局", "approved", Decimal("96.45"), "优"),
        ("第4局", "", None, ""),
    ]
    assert [item.file_name for item in bundle.items] == [NAMES[1], "", "", "", ""]
    assert from_manifest(YEAR, as_manifest(bundle)) == bundle
    index = zipfile.ZipFile(file_of(made(bureau, reviewer))).read("index.html").decode()
    for name, word in (("第1局", "已提交"), ("第2局", "已退回"), ("第4局", "未提交")):
        row = next(line for line in index.splitlines() if name in line)
        assert f'<td class="word">{word}</td>' in row
        assert 'href="reports' not in row


@pytest.mark.django_db
def test_gathering_takes_as_many_queries_for_three_reports_as_for_one(
    publish, django_assert_num_queries
):
    bureau = publish(copies=2)
    with django_assert_num_queries(6):
        assert len(bundle_of(bureau, YEAR).included) == 3
    with django_assert_num_queries(2):
        assert [(one.year, one.count) for one in years_of(bureau)] == [(YEAR, 3)]


@pytest.mark.django_db
def test_departments_of_one_name_have_files_of_their_own(publish):
    bureau = publish(copies=2)
    Department.objects.filter(code__startswith="department-").update(name="甲/乙局")

    names = [item.file_name for item in bundle_of(bureau, YEAR).included]

    common = "reports/2022年度甲_乙局部门整体支出绩效自评报告"
    assert names == [f"{common}.pdf", f"{common}-department-002-1.pdf", NAMES[1]]


# --- How it is made --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_damaged_file_is_left_out_and_named(publish, reviewer):
    bureau = publish(copies=1)
    damaged = Publication.objects.get(report__department__name="第1局")
    Publication.objects.filter(pk=damaged.pk).update(pdf=b"%PDF-1.7 repor!")

    job = made(bureau, reviewer)

    archive = zipfile.ZipFile(file_of(job))
    assert archive.testzip() is None
    assert archive.namelist() == [NAMES[1], "index.html", "overview.xlsx"]
    assert (job.state, job.faults) == ("done", [damaged.pk])
    assert [item.department for item in bundle_jobs.contents_of(job).left_out] == ["第1局"]
    row = next(
        line
        for line in archive.read("index.html").decode().splitlines()
        if '<th scope="row">第1局' in line
    )
    assert '<td class="word">已发布，文件损坏</td>' in row


@pytest.mark.django_db
def test_year_without_anything_published_is_refused(in_state, reviewer):
    bureau = in_state(ReportState.APPROVED).department.supervisor
    with pytest.raises(NothingPublished):
        start(bureau=bureau, year=YEAR, by=reviewer, at=AT)
    assert bundle_of(bureau, YEAR) is None


@pytest.mark.django_db
def test_broken_off_bundle_goes_on_behind_the_reports_it_has(publish, reviewer, monkeypatch):
    bureau = publish(copies=9)
    whole = file_of(made(bureau, reviewer)).read_bytes()
    BundleJob.objects.all().delete()
    read: list[int] = []
    kept = bundle_jobs._kept

    def until_the_power_fails(item: BundleItem) -> bytes | None:
        read.append(item.publication_id)
        if len(read) == 6:
            raise KeyboardInterrupt
        return kept(item)

    monkeypatch.setattr(bundle_jobs, "_kept", until_the_power_fails)
    job = start(bureau=bureau, year=YEAR, by=reviewer, at=AT)
    with pytest.raises(KeyboardInterrupt):
        make(job.pk)
    first = list(read)
    job.refresh_from_db()
    assert job.state == BundleState.RUNNING
    make(job.pk)

    job.refresh_from_db()
    assert file_of(job).read_bytes() == whole
    # The last one of the first attempt was not written; nothing before it is read again.
    assert first[:5] + read[6:] == [item.publication_id for item in bundle_of(bureau, YEAR).items]


@pytest.mark.django_db
@pytest.mark.parametrize("kept", ["half", "garbled", "longer", "header"])
def test_whatever_a_broken_server_left_on_the_disk_the_zip_is_right(kept, publish, reviewer):
    bureau = publish(copies=3, pdf=b"%PDF" + bytes(range(256)) * 40)
    whole = file_of(made(bureau, reviewer)).read_bytes()
    job = start(bureau=bureau, year=YEAR, by=reviewer, at=AT)
    BundleJob.objects.update(state=BundleState.RUNNING)
    first = bundle_of(bureau, YEAR).included[0]
    end = 30 + len(first.file_name.encode()) + first.size
    left = {
        # The sums in the header are written last.
        "header": whole[:14] + b"\0" * 12 + whole[26:end],
        "half": whole[:23_000],
        "garbled": whole[:15_000] + b"\0" * 5_000 + whole[20_000:],
        "longer": whole + b"rest of a larger one" * 500,
    }
    part_of(job).write_bytes(left[kept])

    make(job.pk)

    job.refresh_from_db()
    assert file_of(job).read_bytes() == whole


@pytest.mark.django_db
def test_disk_that_cannot_be_written_is_told_and_begun_again(publish, reviewer, monkeypatch):
    bureau = publish()

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(bundle_files, "add", full)
        job = made(bureau, reviewer)
    assert (job.state, job.failure) == (BundleState.FAILED, BundleFailure.NO_ROOM)
    assert file_of(job) is None
    assert made(bureau, reviewer).state == BundleState.DONE


@pytest.mark.django_db
def test_two_hundred_reports_take_the_memory_of_a_few(publish, reviewer):
    pdf = b"%PDF" + os.urandom(250_000)
    bureau = publish(copies=199, pdf=pdf)
    many = start(bureau=bureau, year=YEAR, by=reviewer, at=AT)
    memory_for_many = memory(lambda: make(many.pk))
    many.refresh_from_db()
    assert (many.done_count, many.size > 200 * len(pdf)) == (200, True)

    left_out = Report.objects.filter(department__code__range=("department-020", "department-199"))
    Publication.objects.filter(report__in=left_out).delete()
    left_out.update(state=ReportState.APPROVED)
    few = start(bureau=bureau, year=YEAR, by=reviewer, at=AT + timedelta(minutes=1))
    memory_for_few = memory(lambda: make(few.pk))
    few.refresh_from_db()
    assert few.done_count == 20

    # Ten times as many files; only the lists of their names grow.
    assert memory_for_many < 2 * memory_for_few


# --- Who makes it ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_second_click_begins_no_second_one_and_a_change_does(publish, reviewer, approver):
    bureau = publish(copies=1)
    first = start(bureau=bureau, year=YEAR, by=reviewer, at=AT)
    again = start(bureau=bureau, year=YEAR, by=approver, at=AT + timedelta(seconds=1))
    assert (again.pk, again.started_by, again.started_at) == (first.pk, reviewer, AT)

    make(first.pk)
    ready = start(bureau=bureau, year=YEAR, by=approver, at=AT + timedelta(minutes=1))
    assert (ready.state, ready.started_by) == (BundleState.DONE, reviewer)

    Publication.objects.filter(report__department__name="第1局").delete()
    Report.objects.filter(department__name="第1局").update(state=ReportState.APPROVED)
    changed = start(bureau=bureau, year=YEAR, by=approver, at=AT + timedelta(minutes=2))
    assert (changed.pk, changed.state) == (first.pk, BundleState.RUNNING)
    assert (changed.started_by, changed.report_count) == (approver, 1)
    make(changed.pk)
    changed.refresh_from_db()
    assert zipfile.ZipFile(file_of(changed)).namelist() == [NAMES[1], "index.html", "overview.xlsx"]


def wait_for(job: BundleJob) -> None:
    """Wait for the thread, and see that it did what it was to do."""
    let_it_end()
    job.refresh_from_db()
    assert job.state == BundleState.DONE


@pytest.mark.django_db(transaction=True)
def test_bundle_is_made_beside_the_request_and_after_a_restart(publish, reviewer):
    job = start(bureau=publish(), year=YEAR, by=reviewer, at=AT)
    wait_for(job)
    whole = file_of(job).read_bytes()

    # A server that was ended leaves the row as it was and no lock.
    BundleJob.objects.update(state=BundleState.RUNNING)
    file_of_before = part_of(job).with_name("bundle.zip")
    file_of_before.unlink()
    part_of(job).write_bytes(whole[:20])
    job.refresh_from_db()
    go_on(job)
    wait_for(job)
    assert (file_of(job).read_bytes(), job.attempt) == (whole, 2)


@pytest.mark.django_db(transaction=True)
def test_nobody_else_begins_what_somebody_is_at(publish, reviewer):
    job = start(bureau=publish(), year=YEAR, by=reviewer, at=AT)
    wait_for(job)
    BundleJob.objects.update(state=BundleState.RUNNING)
    job.refresh_from_db()
    lock = bundle_jobs._lock(job.pk)

    go_on(job)
    assert remove_old(at=AT + timedelta(days=365)) == 0
    job.refresh_from_db()
    assert (job.state, job.attempt) == (BundleState.RUNNING, 1)

    bundle_jobs._unlock(lock)
    go_on(job)
    wait_for(job)


@pytest.mark.django_db(transaction=True)
def test_bundle_that_breaks_its_server_off_each_time_is_given_up(publish, reviewer):
    job = start(bureau=publish(), year=YEAR, by=reviewer, at=AT)
    wait_for(job)
    BundleJob.objects.update(state=BundleState.RUNNING, attempt=5)
    job.refresh_from_db()

    go_on(job)

    job.refresh_from_db()
    assert (job.state, job.failure) == (BundleState.FAILED, BundleFailure.GIVEN_UP)


@pytest.mark.django_db
def test_bundles_are_cleaned_away_after_a_week(publish, reviewer):
    job = made(publish(), reviewer)
    folder = part_of(job).parent

    assert remove_old(at=AT + timedelta(days=7)) == 0
    assert remove_old(at=AT + timedelta(days=7, seconds=1)) == 1
    assert (folder.exists(), BundleJob.objects.exists()) == (False, False)


@pytest.mark.django_db
def test_command_cleans_up_what_is_old(publish, reviewer, capsys):
    made(publish(), reviewer)  # in 2023

    call_command("remove_old_bundles")

    assert capsys.readouterr().out == "1 removed\n"
    assert not BundleJob.objects.exists()
