"""The page on which anybody verifies a PDF."""

import hashlib

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from perfeval.reports.states import ReportState
from perfeval.review.models import Publication
from perfeval.web.checking import verifying
from tests.verification import tampering

URL = reverse("web:verify_pdf")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counted_anew():
    cache.clear()


def send(data: bytes, client: Client | None = None):
    file = SimpleUploadedFile("报告.pdf", data, content_type="application/pdf")
    return (client or Client(headers={"accept-language": "en"})).post(URL, {"file": file})


def test_anybody_may_verify_and_nothing_is_kept(in_state):
    in_state(ReportState.PUBLISHED)
    kept = bytes(Publication.objects.get().pdf)
    answer = send(kept)
    assert answer.status_code == 200
    assert "Genuine: issued here, and unchanged to the last byte." in answer.text
    assert "报告.pdf" in answer.text
    assert "96.45" in answer.text
    assert "What does not fit" not in answer.text

    changed = send(tampering.with_digit(kept, tampering.digits(kept)[200]))
    assert changed.status_code == 200
    assert "Changed: this is not what was issued." in changed.text
    assert "is printed, the data say" in changed.text
    # Values that are not in the file are nobody's business here.
    assert "issued was" not in changed.text


def test_page_is_shown_without_signing_in():
    answer = Client(headers={"accept-language": "zh-hans"}).get(URL)
    assert answer.status_code == 200
    assert "验证已发布的PDF" in answer.text


def test_genuine_file_that_would_be_printed_otherwise_today_stays_genuine(in_state):
    in_state(ReportState.PUBLISHED)
    changed = tampering.with_digit(
        data := bytes(Publication.objects.get().pdf), tampering.digits(data)[200]
    )
    Publication.objects.update(pdf=changed, sha256=hashlib.sha256(changed).hexdigest())
    answer = send(changed)
    assert "Genuine: issued here" in answer.text
    assert "To be noted" in answer.text
    assert "is printed, the data say" in answer.text
    assert "What does not fit" not in answer.text


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        (b"", 422, "The file is empty."),
        (b"GIF89a", 200, "This is no PDF."),
        (b"%PDF-1.7 nothing", 200, "The PDF is damaged."),
    ],
)
def test_wrong_file_gets_a_message(data, status, sentence):
    answer = send(data)
    assert (answer.status_code, sentence in answer.text) == (status, True)


def test_form_without_a_file_says_what_to_do():
    answer = Client(headers={"accept-language": "en"}).post(URL)
    assert (answer.status_code, "Choose a PDF file." in answer.text) == (422, True)


def test_too_large_a_request_is_refused_before_it_is_read():
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    answer = client.post(
        URL, b"x", content_type="multipart/form-data; boundary=b", CONTENT_LENGTH=str(40_000_000)
    )
    assert answer.status_code == 413


def test_too_many_files_from_one_address_are_refused(monkeypatch):
    monkeypatch.setattr(verifying, "MOST_FILES", 2)
    client = Client(headers={"accept-language": "en"})
    assert [send(b"GIF89a", client).status_code for _ in range(3)] == [200, 200, 429]
    assert "Wait ten minutes" in send(b"GIF89a", client).text
    assert client.get(URL).status_code == 200
