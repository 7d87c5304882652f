"""Long reports are laid out beside the requests: begun by the first who asks, kept for everybody who asks for the same.

A job is known by what its bytes depend on (document, files inside, date, fonts, layout), not by whom it is for. The
thread that runs it lives in the server; when the server is ended in the middle, the next one who asks begins it again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction

from perfeval.documents.attachments import Attachment
from perfeval.documents.document import BodyTable, ReportDocument
from perfeval.documents.glyphs import texts
from perfeval.fonts import choice as font_setup
from perfeval.fonts.failures import RenderFailed
from perfeval.jobs.models import PdfJob, PdfJobState
from perfeval.processes.threads import background
from perfeval.typesetting import worker
from perfeval.typesetting.layout import layout_version
from perfeval.typesetting.pdf import RenderedPdf, as_rendered, refuse_unfit, render

#: A report up to this size is laid out while its reader waits: 0.3 s or so.
_SHORT_CHARACTERS, _SHORT_ROWS = 15_000, 120
#: To tell how far a job is: what a character and a row take, in seconds, rather too much.
_SECONDS_PER_CHARACTER, _SECONDS_PER_ROW = 0.000_02, 0.004
#: After this a job was lost with its server. A worker is given up long before.
_LOST_AFTER = timedelta(seconds=2 * worker.LIMITS.wall_seconds + 30)
_KEPT_FOR = timedelta(days=7)
_MOST_PERCENT = 95


@dataclass(frozen=True, slots=True)
class Progress:
    """A document that is not ready yet. ``percent`` is an estimate, 0 to 95; ``is_running``: somebody is at it."""

    percent: int
    is_running: bool = True


def progress(
    document: ReportDocument,
    *,
    created_at: datetime,
    at: datetime,
    attached: Sequence[Attachment] = (),
) -> Progress | None:
    """Return None when ``rendered`` will be quick, else how far the document is; begins nothing.

    What nobody has begun, what was lost and what failed are not running: ``prepare`` begins it or tells why.
    """
    if _is_short(*_size(document)):
        return None
    job = PdfJob.objects.defer("pdf").filter(key=_key(document, created_at, attached)).first()
    if job and job.state == PdfJobState.DONE:
        return None
    if job is None or job.state == PdfJobState.FAILED or job.started_at <= at - _LOST_AFTER:
        return Progress(0, is_running=False)
    return _running(job.started_at, job.expected_seconds, at)


def prepare(
    document: ReportDocument,
    *,
    created_at: datetime,
    at: datetime,
    attached: Sequence[Attachment] = (),
) -> Progress | None:
    """Return None when ``rendered`` will be quick, else begin the job if nobody has, and tell how far it is.

    Not to be called within a transaction: the job must be seen by the thread that runs it.
    Raises: GlyphMissing, RenderFailed (also that of the job, which is begun anew the next time).
    """
    characters, rows = _size(document)
    if _is_short(characters, rows):
        return None
    refuse_unfit(document, font_setup.activate())
    key = _key(document, created_at, attached)
    PdfJob.objects.filter(started_at__lt=at - _KEPT_FOR).delete()
    job = PdfJob.objects.defer("pdf").filter(key=key).first()
    if job and job.state == PdfJobState.DONE:
        return None
    if job and job.state == PdfJobState.FAILED:
        job.delete()
        raise RenderFailed(job.error)
    expected = characters * _SECONDS_PER_CHARACTER + rows * _SECONDS_PER_ROW + 0.5
    attempt = _claim(key, job, at, expected)
    if not attempt:
        return _running(job.started_at if job else at, expected, at)
    background(f"pdf-{key[:8]}", _run, key, attempt, document, created_at, tuple(attached))
    return Progress(0)


def rendered(
    document: ReportDocument, *, created_at: datetime, attached: Sequence[Attachment] = ()
) -> RenderedPdf:
    """Return the PDF: the kept one of a job that is done, else made now.

    Raises: as ``pdf.render``.
    """
    job = PdfJob.objects.filter(
        key=_key(document, created_at, attached), state=PdfJobState.DONE
    ).first()
    if job and job.pdf is not None:
        return as_rendered(bytes(job.pdf), job.page_count, font_setup.activate())
    return render(document, created_at=created_at, attached=attached)


def _claim(key: str, job: PdfJob | None, at: datetime, expected: float) -> int:
    """Return the number of the attempt that this caller has to make; 0 when another one makes it."""
    if job is None:
        try:
            with transaction.atomic():
                PdfJob.objects.create(
                    key=key, state=PdfJobState.RUNNING, started_at=at, expected_seconds=expected
                )
        except IntegrityError:
            return 0
        return 1
    if job.started_at > at - _LOST_AFTER:
        return 0
    lost = PdfJob.objects.filter(key=key, attempt=job.attempt, state=PdfJobState.RUNNING)
    return job.attempt + 1 if lost.update(attempt=job.attempt + 1, started_at=at) else 0


def _run(
    key: str,
    attempt: int,
    document: ReportDocument,
    created_at: datetime,
    attached: tuple[Attachment, ...],
) -> None:
    """Lay out and keep what came of it; a job that was given to another one meanwhile is left alone."""
    try:
        try:
            made = render(document, created_at=created_at, attached=attached)
            found = {"state": PdfJobState.DONE, "pdf": made.data, "page_count": made.page_count}
        except RenderFailed as error:
            found = {"state": PdfJobState.FAILED, "error": str(error)}
        PdfJob.objects.filter(key=key, attempt=attempt).update(**found)
    finally:
        connection.close()


def _running(began: datetime, expected_seconds: float, at: datetime) -> Progress:
    return Progress(min(_MOST_PERCENT, int(100 * (at - began).total_seconds() / expected_seconds)))


def _is_short(characters: int, rows: int) -> bool:
    return characters <= _SHORT_CHARACTERS and rows <= _SHORT_ROWS


def _size(document: ReportDocument) -> tuple[int, int]:
    """Return the characters and the table rows of a document."""
    rows = sum(len(block.rows) for block in document.blocks if isinstance(block, BodyTable))
    characters = sum(len(text) for _, _, text in texts(document))
    return characters, rows + len(document.score_sheet.rows)


def _key(document: ReportDocument, created_at: datetime, attached: Sequence[Attachment]) -> str:
    found = hashlib.sha256()
    fonts = font_setup.activate()
    for part in (repr(document), created_at.isoformat(), repr(fonts.as_record()), layout_version()):
        found.update(part.encode() + b"\0")
    for one in attached:
        found.update(repr(one).encode() + b"\0")
    return found.hexdigest()
