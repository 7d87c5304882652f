"""A year's reports in one file: what is in it, who may have it, how large it is, how much memory it takes."""

import tracemalloc
import zipfile
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from perfeval.accounts.models import Department
from perfeval.reports.models import Report, Score
from perfeval.reports.states import ReportState
from perfeval.review.bundles import bundles_of, packed_size, stream
from perfeval.review.models import Publication
from tests.conftest import AT

pytestmark = pytest.mark.django_db

BUREAU, YEAR = "zengcheng-caizhengju", 2022
ADDRESS = ("web:bundle", [BUREAU, YEAR])


@pytest.fixture
def published(in_state, approver):
    """Return a function that publishes the Zengcheng report and copies of it in other departments."""

    def publish(copies: int = 0, *, pdf: bytes = b"%PDF-1.7 report") -> Department:
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
                sha256=str(number),
                page_count=1,
                created_at=AT,
            )
        return bureau

    return publish


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


def opened(answer) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content)))


def test_zip_has_every_report_an_index_and_an_overview(published, client_of, reviewer):
    published(copies=1)

    answer = client_of(reviewer).get(reverse(ADDRESS[0], args=ADDRESS[1]))

    archive = opened(answer)
    names = [
        "reports/2022年度第1局部门整体支出绩效自评报告.pdf",
        "reports/2022年度广州市增城区科学技术协会部门整体支出绩效自评报告.pdf",
    ]
    assert archive.testzip() is None
    assert archive.namelist() == ["index.html", "overview.xlsx", *names]
    assert archive.read(names[0]) == b"%PDF-1.7 report"
    index = archive.read("index.html").decode()
    assert '<th scope="row">第1局</th><td class="number">96.45</td><td>优</td>' in index
    rows = openpyxl.load_workbook(BytesIO(archive.read("overview.xlsx")), data_only=True)["汇总"]
    assert [[cell.value for cell in row] for row in rows.iter_rows(min_row=2)] == [
        ["序号", "部门", "总分", "满分", "等级", "文件"],
        [1, "第1局", 96.45, 100, "优", names[0]],
        [2, "广州市增城区科学技术协会", 96.45, 100, "优", names[1]],
        [None, "平均分", 96.45, None, None, None],
    ]


def test_size_is_told_before_the_first_byte(published, client_of, reviewer):
    published(copies=2)

    answer = client_of(reviewer).get(reverse(ADDRESS[0], args=ADDRESS[1]))

    assert int(answer["Content-Length"]) == len(b"".join(answer.streaming_content))
    assert "2022%E5%B9%B4%E5%BA%A6" in answer["Content-Disposition"]


def test_two_hundred_reports_take_the_memory_of_a_few(published):
    bureau = published(copies=199, pdf=b"%PDF" + b"x" * 250_000)
    (bundle,) = bundles_of(bureau)
    entries = bundle.entries()

    tracemalloc.start()
    sent = sum(len(piece) for piece in stream(bundle, entries))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(bundle.items) == 200
    assert sent == packed_size(bundle, entries) > 50_000_000
    assert peak < 5_000_000


def test_list_takes_as_many_queries_for_three_reports_as_for_one(
    published, client_of, reviewer, django_assert_num_queries
):
    bureau = published(copies=2)
    with django_assert_num_queries(3):
        assert [len(one.items) for one in bundles_of(bureau)] == [3]


def test_only_its_own_bureau_has_it(published, client_of, preparer, reviewer):
    published()
    other = reverse("web:bundle", args=["guangzhou-kexie", YEAR])

    assert client_of(preparer).get(reverse(ADDRESS[0], args=ADDRESS[1])).status_code == 403
    assert client_of(reviewer).get(other).status_code == 404


def test_page_lists_years_and_says_when_there_are_none(client_of, reviewer, published):
    client = client_of(reviewer)
    before = client.get(reverse("web:bundles"))
    published()
    after = client.get(reverse("web:bundles"))

    assert reverse(ADDRESS[0], args=ADDRESS[1]) not in before.text
    assert reverse(ADDRESS[0], args=ADDRESS[1]) in after.text
