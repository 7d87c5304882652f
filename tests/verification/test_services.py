"""What is said of a file: issued here or not, unchanged or not, signed or not."""

import json
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.utils import translation

from perfeval.publication.pdf import draft_pages
from perfeval.publication.releasing import release
from perfeval.reading.contents import Unreadable
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.reports.states import ReportState
from perfeval.review.models import Publication, PublicRelease
from perfeval.verification import examining, services
from perfeval.verification.examination import Mismatch
from perfeval.verification.examining import examine
from perfeval.verification.services import FileOutcome, verify
from perfeval.words import verification as words
from tests.conftest import AT
from tests.typesetting.documents import make_certificate
from tests.verification import tampering

PUBLISHED = ReportState.PUBLISHED
LATER = AT + timedelta(hours=1)


@pytest.fixture
def here(monkeypatch):
    """Examine in this process: the sandbox has its own tests and takes half a second."""
    monkeypatch.setattr(services, "examine_safely", examine)


@pytest.fixture
def published(in_state, here) -> bytes:
    in_state(PUBLISHED)
    return bytes(Publication.objects.get().pdf)


@pytest.fixture
def signed(in_state, here, settings, tmp_path) -> bytes:
    file = make_certificate(tmp_path)
    settings.SIGNING_FILE, settings.SIGNING_PASSPHRASE = str(file), "demo"
    in_state(PUBLISHED)
    return SimpleNamespace(data=bytes(Publication.objects.get().pdf), pem=file.with_suffix(".pem"))


def told(data: bytes, **options) -> tuple[FileOutcome, list[str]]:
    verdict = verify(data, **options)
    return verdict.outcome, [one.code for one in verdict.findings]


def test_published_file_is_genuine(published):
    verdict = verify(published)
    kept = Publication.objects.get()
    assert (verdict.outcome, verdict.is_genuine, verdict.findings) == (
        FileOutcome.GENUINE,
        True,
        (),
    )
    assert (verdict.sha256, verdict.published_at) == (kept.sha256, kept.created_at)
    assert verdict.examination.identity.department_code == "zengcheng-kexie"
    assert verdict.examination.identity.total == "96.45"


def test_public_file_is_genuine_and_told_when_it_was_taken_back(published, approver):
    released = release(report=Report.objects.get(), by=approver, at=LATER)
    data = bytes(released.pdf)
    # With nothing to leave out it is the published file; here it shall be known as the public one only.
    Publication.objects.all().delete()
    assert told(data) == (FileOutcome.GENUINE, [])
    assert verify(data).published_at == LATER
    assert told(tampering.saved(tampering.opened(data)))[0] is FileOutcome.RESAVED
    PublicRelease.objects.update(withdrawn_at=LATER, withdrawn_by=approver)
    assert told(data) == (FileOutcome.GENUINE, ["withdrawn"])


def test_file_saved_anew_is_not_the_published_one(published):
    again = tampering.saved(tampering.opened(published))
    assert told(again) == (FileOutcome.RESAVED, [])
    assert told(published + b"\n") == (FileOutcome.RESAVED, [])


def test_digit_that_is_seen_but_not_copied_is_found_by_the_picture(published):
    one = tampering.digits(published)[200]
    seen = verify(tampering.seen_otherwise(published, one))
    assert (seen.outcome, seen.examination.findings) == (FileOutcome.CHANGED, ())
    (finding,) = seen.findings
    assert (finding.code, finding.parameters["page"]) == ("looks_different", str(one.page + 1))
    assert finding.parameters["around"]


def test_update_that_paints_over_a_figure_is_told(published):
    changed = tampering.painted_over(published, 8, (100, 200, 300, 8), update=True)
    assert changed.startswith(published)
    assert told(changed) == (FileOutcome.CHANGED, ["hidden_text"])


def test_file_without_its_signature_is_told(signed):
    bare = signed.data[: signed.data.index(b"%%EOF") + 6]
    assert told(bare) == (FileOutcome.CHANGED, ["signature_missing"])


def test_changed_digit_makes_it_changed(published):
    one = tampering.digits(published)[200]
    assert told(tampering.with_digit(published, one)) == (FileOutcome.CHANGED, ["text_changed"])


def test_data_that_were_not_issued_are_told_and_named_to_whom_may_know(published):
    text = tampering.attached(published, "report.json")
    revision = json.loads(text)["revision"]
    changed = tampering.with_attached(
        published, "report.json", text.replace(f'"revision":{revision}', '"revision":9', 1)
    )
    assert told(changed) == (FileOutcome.CHANGED, ["data_not_issued"])
    verdict = verify(changed, names_issued=True)
    assert verdict.findings[-1] == Mismatch(
        "data_differs",
        {"path": "revision", "name": "", "expected": str(revision), "found": "9"},
    )


def test_file_of_another_house_is_unproven(published):
    Publication.objects.all().delete()
    assert told(published) == (FileOutcome.UNPROVEN, [])


def test_signature_of_a_known_signer_vouches_for_a_file_of_another_house(signed, settings):
    settings.SIGNING_TRUST_FILE = str(signed.pem)
    Publication.objects.all().delete()
    verdict = verify(signed.data)
    assert (verdict.outcome, verdict.is_genuine) == (FileOutcome.SIGNED, True)
    assert (verdict.signers_known, verdict.examination.signatures[0].signer) == (
        (True,),
        "试验签名",
    )
    settings.SIGNING_TRUST_FILE = ""
    assert told(signed.data) == (FileOutcome.UNPROVEN, ["signer_unknown"])


def test_signed_file_is_genuine_and_its_signer_known_here(signed):
    verdict = verify(signed.data)
    (signature,) = verdict.examination.signatures
    assert (verdict.outcome, verdict.signers_known) == (FileOutcome.GENUINE, (True,))
    assert (signature.is_intact, signature.is_valid, signature.covers_file) == (True, True, True)


def test_signature_does_not_outlive_a_change(signed):
    middle = len(signed.data) // 2
    flipped = bytes([signed.data[middle] ^ 1])
    assert (
        told(signed.data[:middle] + flipped + signed.data[middle + 1 :])[0] is FileOutcome.CHANGED
    )
    grown = signed.data + b"\n1 0 obj\n<<>>\nendobj\n"
    assert told(grown)[0] in (FileOutcome.CHANGED, FileOutcome.RESAVED)
    again = tampering.saved(tampering.opened(signed.data))
    assert told(again) == (FileOutcome.CHANGED, ["signature_broken"])


def test_draft_and_foreign_pdf_carry_nothing_to_verify(zengcheng_report, here):
    assert told(draft_pages(read_filled(zengcheng_report)).rendered().data) == (
        FileOutcome.FOREIGN,
        ["no_data"],
    )


@pytest.mark.django_db
def test_unreadable_file_is_told_as_that():
    assert verify(b"GIF89a").examination.unreadable is Unreadable.NOT_PDF
    assert verify(b"GIF89a").outcome is FileOutcome.UNREADABLE


def test_every_code_has_its_sentence():
    assert set(words.OUTCOMES) == set(FileOutcome)
    assert set(words.UNREADABLE) == set(Unreadable)
    written = "".join(
        module.__loader__.get_source(module.__name__) for module in (examining, services)
    )
    kinds = {"text_changed", "text_missing", "text_added"} | {
        f"page_{kind}" for kind in ("number", "missing", "moved", "added")
    }
    for code in set(words.FINDINGS) - kinds:
        assert f'"{code}"' in written
    for code in words.FINDINGS:
        told = {"file": "report.json", "path": "x", "problem": "not_json", "detail": "d"}
        names = (
            "reason",
            "department",
            "signer",
            "count",
            "page",
            "section",
            "row",
            "paragraph",
            "around",
        )
        assert "%(" not in words.describe_verification(code, told | dict.fromkeys(names, "1"))


def test_command_tells_the_verdict_and_ends_with_its_code(published, tmp_path):
    file = tmp_path / "report.pdf"
    for data, code, sentence in (
        (published, 0, "Genuine: issued here"),
        (
            tampering.with_digit(published, tampering.digits(published)[200]),
            1,
            "is printed, the data say",
        ),
        (b"GIF89a", 2, "The PDF is damaged."),
    ):
        file.write_bytes(data)
        output = StringIO()
        with pytest.raises(SystemExit) as ended, translation.override("en"):
            call_command("verify_pdf", str(file), stdout=output)
        assert (ended.value.code, sentence in output.getvalue()) == (code, True)


def test_command_writes_json(published, tmp_path):
    file, output = tmp_path / "report.pdf", StringIO()
    file.write_bytes(tampering.with_digit(published, tampering.digits(published)[200]))
    with pytest.raises(SystemExit), translation.override("en"):
        call_command("verify_pdf", str(file), "--json", stdout=output)
    data = json.loads(output.getvalue())
    assert (data["outcome"], data["is_genuine"], data["page_count"]) == ("changed", False, 10)
    assert data["identity"]["total"] == "96.45"
    assert data["findings"][0]["code"] == "text_changed"
    assert data["findings"][0]["sentence"].startswith(f"Page {data['findings'][0]['page']}, ")


def test_command_without_file_says_so(tmp_path):
    errors = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_pdf", str(tmp_path / "none.pdf"), stderr=errors)
    assert ended.value.code == 2
    assert "none.pdf: No such file" in errors.getvalue()
