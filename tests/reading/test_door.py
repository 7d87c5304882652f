"""The door: many threads get the same texts as one, and a hostile file ends its own process only."""

import io
import os
import signal
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from openpyxl import Workbook
from weasyprint import HTML

from perfeval.checking.services import check_text
from perfeval.processes.pool import Pool
from perfeval.reading import services
from perfeval.reading.limited import embedded, report_files
from perfeval.reading.refusals import (
    ArchiveUnreadable,
    ReadingBusy,
    ReportUnreadable,
    WorkbookRefused,
)
from perfeval.scoring.codec import FormatError
from tests.reading import hostile
from tests.typesetting.documents import make_official

CELL = "<style>td { border: 1px solid }</style>"


@pytest.fixture(scope="module")
def files() -> list[bytes]:
    """Some files that are easily mixed up: a published report, and small ones with tables."""
    small = [
        HTML(
            string=f"{CELL}<p>绩效自评报告第{number}号</p><table>"
            + f"<tr><td>得分</td><td>{number}.{number}</td><td>合计</td></tr>" * (3 + number)
            + "</table>"
        ).write_pdf()
        for number in range(7)
    ]
    return [make_official("zengcheng_2022"), *small]


@pytest.fixture
def tight(monkeypatch):
    """Give the door a pool with other limits."""

    def take(*, places=1, wait_seconds=60.0, **limits):
        pool = Pool(
            replace(services.LIMITS, **limits),
            places=places,
            most_tasks=100,
            wait_seconds=wait_seconds,
        )
        monkeypatch.setattr(services, "POOL", pool)
        pools.append(pool)
        return pool

    pools: list[Pool] = []
    yield take
    for pool in pools:
        pool.close()


def test_many_threads_get_the_texts_that_one_gets(files):
    alone = [report_files.read_report("报告.pdf", data) for data in files]
    with ThreadPoolExecutor(8) as threads:
        found = list(
            threads.map(
                lambda data: services.read_report("报告.pdf", data), files * 40, chunksize=1
            )
        )
    assert found == alone * 40


def test_report_and_findings_come_through_the_door_as_they_are():
    text = "绩效自评：全年预算数420万元，实际支出399万元，执行率96%。"
    found = check_text(text)
    assert [finding.code for finding in found.findings] == ["rate-wrong"]
    assert services.check_report("报告.txt", text.encode()) == (text, found)
    assert services.check_pasted(text) == found


def test_data_of_a_published_report_come_through_the_door(files):
    assert services.embedded_report(files[0]) == embedded.report_text(files[0])
    with pytest.raises(FormatError) as refused:
        services.embedded_report(files[1])
    assert [problem.code for problem in refused.value.problems] == ["pdf_without_report"]


@pytest.mark.parametrize(
    "make", [hostile.unpacking_pdf, hostile.endless_pdf, hostile.expanding_word, hostile.nested_pdf]
)
def test_hostile_file_is_refused_and_the_others_go_on(files, make):
    bad = make()
    assert len(bad) < 2_100_000
    good = report_files.read_report("报告.pdf", files[1])
    told = []

    def read_bad():
        with pytest.raises(ReportUnreadable) as refused:
            services.read_report("报告.pdf", bad)
        told.append(refused.value.reason)

    reading = threading.Thread(target=read_bad)
    reading.start()
    count = 0
    while reading.is_alive() or not count:
        assert services.read_report("报告.pdf", files[1]) == good
        count += 1
    assert told[0] in ("too-much-work", "broken", "scan")


def test_process_killed_in_the_middle_of_a_file_costs_nobody_anything(files, tight):
    pool = tight()
    alone = report_files.read_report("报告.pdf", files[0])
    for after in (0.0, 0.01, 0.05, 0.2):
        services.read_report("报告.pdf", files[1])
        (pid,) = pool.pids()
        killing = threading.Timer(after, os.kill, (pid, signal.SIGKILL))
        killing.start()
        assert services.read_report("报告.pdf", files[0]) == alone
        killing.join()


def book() -> bytes:
    made = Workbook()
    made.active.append(["指标", 1])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def packed(**names: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in names.items():
            archive.writestr(f"{name}.txt", data)
    return out.getvalue()


def test_what_takes_too_much_is_told_by_each_service(files, tight):
    tight(wall_seconds=0.001)
    with pytest.raises(ReportUnreadable) as unread:
        services.read_report("报告.pdf", files[0])
    assert unread.value.reason == "too-much-work"
    with pytest.raises(ReportUnreadable):
        services.check_pasted("绩效")
    with pytest.raises(WorkbookRefused) as refused:
        services.read_workbook(book())
    assert refused.value.code == "too-much-work"
    with pytest.raises(ArchiveUnreadable) as closed:
        services.archive_entries(packed(a=b"1"))
    assert closed.value.reason == "too-much-work"
    assert services.evidence_kind("表.xlsx", book()) == ""


def test_who_comes_while_all_are_busy_is_told_by_each_service(tight):
    pool = tight(wait_seconds=0.01)
    with pool._place():
        with pytest.raises(ReportUnreadable) as unread:
            services.check_report("报告.txt", "绩效".encode())
        with pytest.raises(WorkbookRefused) as refused:
            services.read_workbook(book())
        with pytest.raises(ArchiveUnreadable) as closed:
            services.archive_entries(b"")
        with pytest.raises(ReadingBusy):
            services.evidence_kind("表.xlsx", book())
    assert (unread.value.reason, refused.value.code, closed.value.reason) == ("busy",) * 3
    assert services.evidence_kind("表.xlsx", book()) == "xlsx"


def test_workbook_comes_through_the_door_or_is_refused_with_its_parameters():
    (grid,) = services.read_workbook(book())
    assert grid.cells == {(1, 1): "指标", (1, 2): 1}
    with pytest.raises(WorkbookRefused) as refused:
        services.read_workbook(b"PK" + bytes(11 * 1024**2))
    assert (refused.value.code, refused.value.parameters) == ("too-large", {"megabytes": "10"})


def test_archive_gives_its_files_wherever_it_begins():
    data = b"something in front" + packed(甲="一".encode(), 乙=b"")
    entries = services.archive_entries(data)
    assert [(entry.name, entry.size) for entry in entries] == [("甲.txt", 3), ("乙.txt", 0)]
    assert [services.unpacked(data, entry) for entry in entries] == ["一".encode(), b""]


@pytest.mark.parametrize(
    "damage",
    [
        {"checksum": 1},
        {"size": 2},
        {"size": 4},
        {"method": 99},
        {"start": 0},
        {"end": 10**18, "start": 10**17},
    ],
)
def test_damaged_file_of_an_archive_is_broken(damage):
    data = packed(a=b"123")
    (entry,) = services.archive_entries(data)
    with pytest.raises(ReportUnreadable) as refused:
        services.unpacked(data, replace(entry, **damage))
    assert refused.value.reason == "broken"


def test_what_is_no_archive_is_broken():
    with pytest.raises(ArchiveUnreadable) as refused:
        services.archive_entries(b"PK\x03\x04nothing")
    assert refused.value.reason == "broken"
