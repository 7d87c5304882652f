"""Evidence: what is taken, under which name, where the bytes lie, and when they go."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import translation

from perfeval.evidence.models import EvidenceFile
from perfeval.evidence.queries import evidence_by_indicator
from perfeval.evidence.services import EvidenceRefused, attach_evidence, remove_evidence
from perfeval.reading.limited.kinds import MOST_PIXELS, MOST_UNPACKED_BYTES
from perfeval.reports.models import Report
from perfeval.reports.services import ReportLocked
from perfeval.reports.states import ReportState
from perfeval.schemes.models import Indicator
from tests.conftest import AT
from tests.evidence import files
from tests.snapshots.database import rows

LEAF, OTHER = "financial_compliance", "result_use"
TAKEN = "docx, jpeg, jpg, pdf, png, xlsx, zip"


@pytest.fixture(autouse=True)
def english():
    """Read the sentences as they stand in the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def attach(empty_report, preparer):
    """Return a function that attaches a file to an indicator of the report."""

    def take(name: str, data: bytes, leaf: str = LEAF) -> EvidenceFile:
        return attach_evidence(
            report=empty_report,
            indicator_code=leaf,
            upload=files.upload(name, data),
            by=preparer,
            at=AT,
        )

    return take


@pytest.fixture
def remove(empty_report, preparer, django_capture_on_commit_callbacks):
    """Return a function that removes a file for good, as after the transaction."""

    def drop(item: EvidenceFile) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            remove_evidence(report=empty_report, evidence_id=item.pk, by=preparer, at=AT)

    return drop


def _stored(settings) -> dict[str, bytes]:
    """Return the bytes that lie in the media folder, by their path in it."""
    root = Path(settings.MEDIA_ROOT)
    return {
        str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()
    }


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


KINDS = {
    "pdf": files.pdf,
    "png": lambda: files.picture("PNG"),
    "jpg": lambda: files.picture("JPEG"),
    "jpeg": lambda: files.picture("JPEG"),
    "docx": files.docx,
    "xlsx": files.xlsx,
    "zip": lambda: files.packed({"发票.txt": b"text"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_attach_takes_every_kind_and_keeps_it_under_its_hash(
    kind, attach, settings, empty_report, preparer
):
    data = KINDS[kind]()

    item = attach(f"材料.{kind.upper()}", data)

    assert (item.report, item.indicator.code, item.file_name, item.kind, item.size) == (
        empty_report,
        LEAF,
        f"材料.{kind.upper()}",
        kind,
        len(data),
    )
    assert (item.sha256, item.uploaded_at, item.uploaded_by) == (_sha(data), AT, preparer)
    assert _stored(settings) == {f"evidence/{empty_report.pk}/{_sha(data)}": data}


EXE = b"MZ\x90\x00" + bytes(60) + b"\x80\x00\x00\x00" + bytes(200)
REFUSED = {
    "setup.pdf": EXE,
    "page.pdf": b"<html><script>alert(1)</script></html>",
    "cut.pdf": b"%PDF-1.7\n",
    "cut.png": files.picture("PNG")[:40],
    "photo.png": files.picture("JPEG"),
    "photo.jpg": files.picture("PNG"),
    "words.docx": files.xlsx(),
    "table.xlsx": files.docx(),
    "words.zip": b"PK\x03\x04" + bytes(40),
    "plain.docx": files.packed({"a.txt": b"a"}),
    "nothing.zip": files.packed({}),
    "text.jpg": b"only text",
}


@pytest.mark.parametrize("name", REFUSED)
def test_attach_refuses_what_is_not_what_its_name_says(name, attach, settings):
    before = rows()

    with pytest.raises(EvidenceRefused) as refused:
        attach(name, REFUSED[name])

    assert str(refused.value) == (
        f"“{name}” is not what its name says, or it is damaged. "
        "Open it, save it again in its right format, and upload that."
    )
    assert (rows(), _stored(settings)) == (before, {})


@pytest.mark.parametrize("name", ["setup.exe", "report.pdf.exe", "macro.docm", "材料。pdf", "a."])
def test_attach_refuses_a_kind_that_is_not_taken_and_names_the_others(name, attach, settings):
    before = rows()

    with pytest.raises(EvidenceRefused) as refused:
        attach(name, files.pdf())

    assert str(refused.value) == (
        f"“{name}” is of a kind that is not taken. Save it as one of: {TAKEN}."
    )
    assert (rows(), _stored(settings)) == (before, {})


def test_attach_refuses_an_empty_file(attach, settings):
    with pytest.raises(EvidenceRefused) as refused:
        attach("empty.pdf", b"")

    assert str(refused.value) == "“empty.pdf” is empty. Choose another file."
    assert _stored(settings) == {}


@pytest.mark.parametrize(
    ("limit", "size", "told"),
    [
        (20 * 1024**2, 30 * 1024**2, "“scan.pdf” has 30 MB; at most 20 MB are taken."),
        (20 * 1024**2, 20 * 1024**2 + 1, "“scan.pdf” has 20.1 MB; at most 20 MB are taken."),
        (5 * 1024**2 // 2, 31 * 1024**2 // 10, "“scan.pdf” has 3.1 MB; at most 2.5 MB are taken."),
    ],
)
def test_attach_refuses_a_large_file_unread_with_both_sizes(
    empty_report, settings, limit, size, told
):
    settings.EVIDENCE_MAX_BYTES = limit
    unread = UploadedFile(file=None, name="scan.pdf", size=size)

    with pytest.raises(EvidenceRefused) as refused:
        attach_evidence(
            report=empty_report,
            indicator_code=LEAF,
            upload=unread,
            by=empty_report.created_by,
            at=AT,
        )

    assert str(refused.value) == f"{told} Scan it at a lower resolution or split it."
    assert EvidenceFile.objects.count() == 0


def test_attach_takes_a_file_of_exactly_the_limit(attach, settings):
    data = files.pdf()
    settings.EVIDENCE_MAX_BYTES = len(data)

    assert attach("scan.pdf", data).size == len(data)


#: Pillow warns from its own, lower limit on; in a running server that is a line in a log.
only_warned = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")


@only_warned
@pytest.mark.parametrize(
    ("width", "height"), [(MOST_PIXELS + 1, 1), (10_001, 10_000), (60_000, 60_000)]
)
def test_attach_refuses_a_small_file_that_unpacks_to_a_giant_picture(attach, width, height):
    with pytest.raises(EvidenceRefused):
        attach("bomb.png", files.wide_png(width, height))


@only_warned
def test_attach_takes_a_picture_of_exactly_the_limit(attach):
    assert attach("plan.png", files.wide_png(MOST_PIXELS // 10_000, 10_000)).kind == "png"


@pytest.mark.parametrize(
    ("name", "make", "member"),
    [
        ("bomb.docx", files.docx, "word/document.xml"),
        ("bomb.xlsx", files.xlsx, "xl/sharedStrings.xml"),
    ],
)
def test_attach_refuses_a_small_file_that_unpacks_to_a_giant_text(attach, name, make, member):
    data = files.repacked(make(), member, bytes(MOST_UNPACKED_BYTES + 1))
    assert len(data) < 1024**2

    with pytest.raises(EvidenceRefused):
        attach(name, data)


def test_attach_refuses_the_same_file_twice_at_one_indicator(attach, settings):
    data = files.pdf()
    attach("first.pdf", data)
    before = rows(), _stored(settings)

    with pytest.raises(EvidenceRefused) as refused:
        attach("again.pdf", data)

    assert str(refused.value) == (
        "“again.pdf” has the same content as “first.pdf”, which is attached here already."
    )
    assert (rows(), _stored(settings)) == before


def test_attach_keeps_the_same_file_at_two_indicators_once(attach, settings, empty_report):
    data = files.pdf()

    first, second = attach("one.pdf", data), attach("two.pdf", data, OTHER)

    assert (first.file.name, first.file.read()) == (second.file.name, second.file.read())
    assert _stored(settings) == {f"evidence/{empty_report.pk}/{_sha(data)}": data}
    first.file.close()
    second.file.close()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_remove_deletes_the_bytes_with_the_last_row_that_has_them(attach, remove, settings, order):
    data = files.pdf()
    items = attach("one.pdf", data), attach("two.pdf", data, OTHER)

    remove(items[order[0]])
    assert list(_stored(settings).values()) == [data]
    assert list(EvidenceFile.objects.all()) == [items[order[1]]]

    remove(items[order[1]])
    assert (_stored(settings), EvidenceFile.objects.count()) == ({}, 0)


def test_remove_keeps_the_bytes_of_the_same_file_of_another_report(
    attach, remove, settings, guangzhou_report
):
    data = files.pdf()
    mine = attach("mine.pdf", data)
    leaf = Indicator.objects.filter(scheme=guangzhou_report.scheme).exclude(rule=None).first()
    attach_evidence(
        report=guangzhou_report,
        indicator_code=leaf.code,
        upload=files.upload("theirs.pdf", data),
        by=guangzhou_report.created_by,
        at=AT,
    )

    remove(mine)

    assert _stored(settings) == {f"evidence/{guangzhou_report.pk}/{_sha(data)}": data}


def test_remove_keeps_the_bytes_when_the_transaction_fails(
    attach, empty_report, preparer, settings, django_capture_on_commit_callbacks
):
    item = attach("one.pdf", files.pdf())

    with django_capture_on_commit_callbacks(execute=False):
        remove_evidence(report=empty_report, evidence_id=item.pk, by=preparer, at=AT)

    assert len(_stored(settings)) == 1


def test_removed_file_can_be_attached_again_under_the_same_path(
    attach, remove, settings, empty_report
):
    data = files.pdf()
    remove(attach("one.pdf", data))

    attach("one.pdf", data)

    assert _stored(settings) == {f"evidence/{empty_report.pk}/{_sha(data)}": data}


def test_remove_knows_the_files_of_its_report_only(attach, guangzhou_report, preparer):
    item = attach("one.pdf", files.pdf())

    with pytest.raises(EvidenceFile.DoesNotExist):
        remove_evidence(report=guangzhou_report, evidence_id=item.pk, by=preparer, at=AT)

    assert list(EvidenceFile.objects.all()) == [item]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\我的文档\\财务 报表.pdf", "财务 报表.pdf"),
        ("a\x00b\x1fc\x7f\u202ed\u200be.pdf", "abcde.pdf"),
        ("  报表.pdf", "报表.pdf"),
        ("<script>.PDF", "<script>.PDF"),
        ("字" * 250 + ".pdf", "字" * 196 + ".pdf"),
        ("a" * 197 + ".pdf", "a" * 196 + ".pdf"),
        ("a" * 196 + ".pdf", "a" * 196 + ".pdf"),
        (".pdf", ".pdf"),
    ],
)
def test_attach_keeps_the_name_without_folders_and_control_characters(
    attach, settings, empty_report, sent, kept
):
    data = files.pdf()

    item = attach(sent, data)

    item.refresh_from_db()
    assert (item.file_name, len(item.file_name) <= 200) == (kept, True)
    assert list(_stored(settings)) == [f"evidence/{empty_report.pk}/{_sha(data)}"]


def test_attach_reads_the_name_as_the_browser_sent_it_not_as_django_cut_it(empty_report, preparer):
    upload = SimpleUploadedFile("x.pdf", files.pdf())
    upload._name = "/tmp/" + "长" * 300 + ".pdf"

    item = attach_evidence(
        report=empty_report, indicator_code=LEAF, upload=upload, by=preparer, at=AT
    )

    assert item.file_name == "长" * 196 + ".pdf"


@pytest.mark.parametrize(
    "state", [ReportState.SUBMITTED, ReportState.APPROVED, ReportState.PUBLISHED]
)
def test_locked_report_takes_and_loses_no_evidence(in_state, attach, preparer, settings, state):
    item = attach("one.pdf", files.pdf())
    stale = Report.objects.get()
    report = in_state(state)
    before = rows(), _stored(settings)

    for handle in (report, stale):
        with pytest.raises(ReportLocked):
            attach_evidence(
                report=handle,
                indicator_code=OTHER,
                upload=files.upload("two.zip", KINDS["zip"]()),
                by=preparer,
                at=AT,
            )
        with pytest.raises(ReportLocked):
            remove_evidence(report=handle, evidence_id=item.pk, by=preparer, at=AT)

    assert (rows(), _stored(settings)) == before


def test_returned_report_takes_evidence_again(in_state, attach):
    in_state(ReportState.RETURNED)

    assert attach("one.pdf", files.pdf()).pk


def test_evidence_does_not_make_a_revision(attach, empty_report):
    attach("one.pdf", files.pdf())

    assert Report.objects.get().revision == empty_report.revision


@pytest.mark.parametrize("count", [1, 3])
def test_evidence_is_listed_by_indicator_in_order_of_upload(
    attach, empty_report, count, django_assert_num_queries
):
    items = [
        attach(f"{number}.zip", files.packed({f"{number}": BytesIO(b"x").read()}))
        for number in range(count)
    ]
    other = attach("other.pdf", files.pdf(), OTHER)

    with django_assert_num_queries(1):
        found = evidence_by_indicator(empty_report)
        named = {code: [str(item.uploaded_by) for item in found[code]] for code in found}

    assert found == {LEAF: items, OTHER: [other]}
    assert named == {LEAF: ["区科协填报员"] * count, OTHER: ["区科协填报员"]}
