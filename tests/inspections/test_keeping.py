"""Kept checks: opened again as they were, seen by their owner alone, within limits, deleted whole."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from perfeval.checking.services import check_text
from perfeval.inspections import services
from perfeval.inspections.models import Inspection
from perfeval.inspections.queries import findings_of, inspections_of
from perfeval.inspections.services import KeepRefused, forget_inspection, keep_inspection
from tests.conftest import AT

pytestmark = pytest.mark.django_db

WRONG = "某局绩效自评报告\n全年预算数420万元，实际支出399万元，预算执行率为96%。\n"
RIGHT = "某局绩效自评报告\n全年预算数420万元，实际支出399万元，预算执行率为95%。\n"


def keep(by, text=WRONG, name="报告.txt", scheme=None):
    return keep_inspection(
        file_name=name,
        data=text.encode(),
        text=text,
        found=check_text(text),
        scheme=scheme,
        by=by,
        at=AT,
    )


def upload(name: str, text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def test_findings_come_back_as_they_were(preparer):
    kept = keep(preparer)

    again = Inspection.objects.get(pk=kept.pk)

    assert findings_of(again) == check_text(WRONG)
    assert (again.errors, again.warnings, again.notes, again.claims) == (1, 0, 0, 3)
    assert again.file.read() == WRONG.encode()


def test_same_file_again_replaces_its_findings(preparer, zengcheng_scheme):
    first = keep(preparer)
    second = keep(preparer, name="改名.txt", scheme=zengcheng_scheme)

    assert second.pk == first.pk
    assert [(one.file_name, one.scheme) for one in inspections_of(preparer)] == [
        ("改名.txt", zengcheng_scheme)
    ]


def test_name_is_cleaned_and_never_a_path(preparer):
    kept = keep(preparer, name="..\\..\\a/b/报告\x00\u202e.txt")

    assert kept.file_name == "报告.txt"
    assert kept.file.name == f"inspections/{preparer.pk}/{kept.sha256}"


def test_database_refuses_the_same_file_twice(preparer):
    kept = keep(preparer)
    kept.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        kept.save(force_insert=True)


def test_too_many_are_refused_but_the_same_one_is_not(preparer, monkeypatch):
    monkeypatch.setattr(services, "MOST_KEPT", 1)
    keep(preparer)

    keep(preparer)
    with pytest.raises(KeepRefused):
        keep(preparer, RIGHT)


def test_too_much_is_refused(preparer, settings):
    settings.EVIDENCE_MAX_BYTES = len(WRONG.encode()) // services.MOST_TIMES_LARGEST + 1
    keep(preparer)

    with pytest.raises(KeepRefused):
        keep(preparer, RIGHT)


def test_forgetting_deletes_the_bytes_and_only_ones_own(
    preparer, reviewer, django_capture_on_commit_callbacks
):
    mine, theirs = keep(preparer), keep(reviewer)
    storage = mine.file.storage

    with pytest.raises(Inspection.DoesNotExist):
        forget_inspection(inspection_id=theirs.pk, by=preparer)
    with django_capture_on_commit_callbacks(execute=True):
        forget_inspection(inspection_id=mine.pk, by=preparer)

    assert not storage.exists(mine.file.name)
    assert storage.exists(theirs.file.name)
    assert list(Inspection.objects.all()) == [theirs]


def test_report_is_kept_from_the_page_and_opened_again(client_of, reviewer, preparer):
    client = client_of(reviewer)

    sent = client.post("/check/", {"reports": upload("年报.txt", WRONG), "keep": "on"})
    page = client.get(sent.url)
    file = client.get(f"{sent.url}file/")

    [kept] = inspections_of(reviewer)
    assert sent.url == f"/check/kept/{kept.pk}/"
    assert [row.code for row in page.context["rows"]] == ["rate-wrong"]
    assert 'id="mark-1"' in page.content.decode()
    assert b"".join(file.streaming_content) == WRONG.encode()
    assert file["Content-Disposition"].startswith("attachment; ")
    assert file["Content-Type"] == "application/octet-stream"
    assert file["X-Content-Type-Options"] == "nosniff"
    assert client_of(preparer).get(sent.url).status_code == 404


def test_pasted_text_is_kept_as_a_text_file(client_of, reviewer):
    sent = client_of(reviewer).post("/check/", {"text": WRONG, "keep": "on"})

    [kept] = inspections_of(reviewer)
    assert sent.status_code == 302
    assert kept.file_name.endswith(".txt")
    assert kept.file.read().decode().split() == WRONG.split()


@pytest.mark.parametrize(
    "data",
    [
        {"reports": [upload("a.txt", WRONG), upload("b.txt", RIGHT)], "keep": "on"},
        {"reports": upload("scan.pdf", "%PDF-1.7\n"), "keep": "on"},
    ],
)
def test_what_cannot_be_kept_is_refused_at_the_field(client_of, reviewer, data):
    response = client_of(reviewer).post("/check/", data)

    assert response.status_code == 422
    assert Inspection.objects.count() == 0


def test_page_deletes_and_says_so(client_of, reviewer):
    kept = keep(reviewer)

    page = client_of(reviewer).post(f"/check/kept/{kept.pk}/delete/", follow=True)

    assert page.redirect_chain == [("/check/kept/", 302)]
    assert "报告.txt" in page.content.decode()
    assert Inspection.objects.count() == 0


def test_list_asks_the_database_no_more_for_more_rows(client_of, reviewer, zengcheng_scheme):
    client = client_of(reviewer)
    counts = []
    for texts in (["一"], ["二", "三"]):
        for text in texts:
            keep(reviewer, WRONG + text, scheme=zengcheng_scheme)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/check/kept/")
        counts.append(len(queries))

    assert len(page.context["kept"]) == 3
    assert counts[0] == counts[1]
