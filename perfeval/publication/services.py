"""Publishing a report: the last move, and the PDF that it makes for good."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.jobs.pdf import Progress
from perfeval.publication.pdf import official_pdf, prepare_official
from perfeval.reports.models import Report
from perfeval.review.models import Publication
from perfeval.review.moves import MoveName
from perfeval.review.refusals import MoveRefused
from perfeval.review.steps import begin_move, finish_move, submitted_snapshot
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.snapshots.services import scoring_hash
from perfeval.snapshots.snapshot import read_snapshot, snapshot_hash


def prepare_publication(*, report: Report, at: datetime) -> Progress | None:
    """Return how far the pages of a long report are; None when ``publish`` need not wait for them.

    The pages are those of the snapshot that was submitted last: ``publish`` takes them only while it still is.
    Raises: MoveRefused; rendering.pdf.RenderFailed.
    """
    snapshot = submitted_snapshot(report)
    scheme = as_scoring_scheme(report.scheme)
    return prepare_official(snapshot.content, scheme, taken_at=snapshot.created_at, at=at)


@transaction.atomic
def publish(*, report: Report, by: User, at: datetime) -> Publication:
    """Set the approved snapshot as the official PDF, keep its bytes for good, and lock the report.

    Raises: MoveRefused; AlreadyDone; rendering.pdf.RenderFailed (GlyphMissing and
    signing.SigningFailed among them), and then nothing is changed.
    """
    report, move = begin_move(report, MoveName.PUBLISH, by)
    snapshot = submitted_snapshot(report)
    if snapshot_hash(snapshot.content) != snapshot.sha256:
        raise MoveRefused(
            _("What was approved no longer matches its fingerprint. Call your administrator.")
        )
    scheme = as_scoring_scheme(report.scheme)
    read = read_snapshot(snapshot.content)
    if read.scoring_hash != scoring_hash(scheme, read.figures):
        raise MoveRefused(
            _("What was approved no longer matches its fingerprint. Call your administrator.")
        )
    pdf = official_pdf(snapshot.content, scheme, taken_at=snapshot.created_at, signed_at=at)
    publication = Publication.objects.create(
        report=report,
        snapshot=snapshot,
        pdf=pdf.data,
        sha256=pdf.sha256,
        page_count=pdf.page_count,
        made_with=pdf.made_with,
        created_at=at,
    )
    report.published_at, report.published_by = at, by
    finish_move(report, move, snapshot, by=by, at=at, comment="")
    return publication
