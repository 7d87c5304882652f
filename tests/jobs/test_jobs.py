"""Long reports are laid out beside the requests, once, and again when the server was lost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError

from perfeval.jobs import pdf as jobs
from perfeval.jobs.models import PdfJob, PdfJobState
from perfeval.processes.threads import background
from perfeval.typesetting import pdf
from tests.background import let_it_end
from tests.typesetting.documents import AT, small_document

NOW = datetime(2023, 4, 7, 9, 0, tzinfo=UTC)
LONG = small_document(*["长篇报告的正文。" * 200] * 12)


@pytest.mark.django_db(transaction=True)
def test_long_report_is_laid_out_once_and_its_bytes_are_kept():
    first = jobs.prepare(LONG, created_at=AT, at=NOW)
    again = jobs.prepare(LONG, created_at=AT, at=NOW + timedelta(milliseconds=400))
    assert first == jobs.Progress(0)
    assert again is None or 0 < again.percent <= 95
    let_it_end()
    assert jobs.prepare(LONG, created_at=AT, at=NOW) is None
    (job,) = PdfJob.objects.all()
    made = jobs.rendered(LONG, created_at=AT)
    assert made == pdf.render(LONG, created_at=AT)
    assert (bytes(job.pdf), job.page_count, job.attempt) == (made.data, made.page_count, 1)


@pytest.mark.django_db
def test_short_report_needs_no_job():
    assert jobs.prepare(small_document("短。"), created_at=AT, at=NOW) is None
    assert not PdfJob.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_job_that_was_lost_with_its_server_is_run_again():
    key = jobs._key(LONG, AT, ())
    PdfJob.objects.create(key=key, state=PdfJobState.RUNNING, started_at=NOW, expected_seconds=1.0)
    still = jobs.prepare(LONG, created_at=AT, at=NOW + timedelta(seconds=100))
    assert still == jobs.Progress(95)
    assert jobs.prepare(LONG, created_at=AT, at=NOW + timedelta(seconds=200)) == jobs.Progress(0)
    let_it_end()
    (job,) = PdfJob.objects.all()
    assert (job.state, job.attempt) == (PdfJobState.DONE, 2)


@pytest.mark.django_db(transaction=True)
def test_attempt_that_was_given_up_for_lost_leaves_the_next_one_alone():
    key = jobs._key(LONG, AT, ())
    PdfJob.objects.create(
        key=key,
        state=PdfJobState.RUNNING,
        started_at=NOW,
        expected_seconds=1.0,
        attempt=2,
    )
    before = PdfJob.objects.values().get()
    for document in (small_document("先前的一次。"), small_document("𪚥")):  # made, and refused
        background("pdf-lost", jobs._run, key, 1, document, AT, ())
        let_it_end()
        assert PdfJob.objects.values().get() == before


@pytest.mark.django_db
def test_only_one_takes_over_a_job_that_was_lost():
    PdfJob.objects.create(key="k", state=PdfJobState.RUNNING, started_at=NOW, expected_seconds=1.0)
    seen_by_both = PdfJob.objects.get()
    later = NOW + timedelta(hours=1)
    assert jobs._claim("k", seen_by_both, later, 1.0) == 2
    assert jobs._claim("k", seen_by_both, later, 1.0) == 0


@pytest.mark.django_db
def test_job_that_failed_tells_why_and_may_be_begun_again():
    key = jobs._key(LONG, AT, ())
    PdfJob.objects.create(
        key=key,
        state=PdfJobState.FAILED,
        started_at=NOW,
        expected_seconds=1.0,
        error="it takes too long",
    )
    with pytest.raises(pdf.RenderFailed, match="it takes too long"):
        jobs.prepare(LONG, created_at=AT, at=NOW)
    assert not PdfJob.objects.exists()


@pytest.mark.django_db
def test_character_without_a_glyph_is_told_before_anything_is_begun():
    with pytest.raises(pdf.GlyphMissing):
        jobs.prepare(small_document("𪚥" + "长" * 20_000), created_at=AT, at=NOW)
    assert not PdfJob.objects.exists()


def test_key_changes_with_all_that_the_bytes_depend_on():
    note = pdf.Attachment("a.json", b"{}", "application/json", "数据", "Data", AT)
    other = pdf.Attachment("a.json", b"[]", "application/json", "数据", "Data", AT)
    keys = {
        jobs._key(LONG, AT, ()),
        jobs._key(LONG, NOW, ()),
        jobs._key(LONG, AT, (note,)),
        jobs._key(LONG, AT, (other,)),
        jobs._key(small_document("别的"), AT, ()),
    }
    assert len(keys) == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("pdf_job_state_known", {"state": "lost"}),
        ("pdf_job_done_has_pages", {"state": PdfJobState.DONE, "pdf": None}),
    ],
)
def test_every_constraint_has_a_row_that_breaks_it(name, changes):
    row = {"key": "k", "state": PdfJobState.RUNNING, "started_at": NOW, "expected_seconds": 1.0}
    with pytest.raises(IntegrityError, match=name):
        PdfJob.objects.create(**(row | changes))
