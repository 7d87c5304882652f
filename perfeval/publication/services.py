"""Publishing a report: the last move, and the PDF that it makes for good."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from perfeval.accounts.models import User
from perfeval.publication.pdf import Pages, official_pages, official_pdf
from perfeval.reports.models import Report
from perfeval.review.models import Publication, ReportSnapshot
from perfeval.review.moves import MoveName
from perfeval.review.refusals import MoveRefused
from perfeval.review.steps import begin_move, finish_move, submitted_snapshot
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.snapshots.services import scoring_hash
from perfeval.snapshots.snapshot import Snapshot, read_snapshot, snapshot_hash


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What was submitted last: its row, that read, and the pages of its official PDF."""

    row: ReportSnapshot
    snapshot: Snapshot
    pages: Pages


def handed_in(report: Report) -> HandedIn:
    """Read what was submitted last and build its pages, once for preparing and publishing. Raises: MoveRefused."""
    return _read(report, submitted_snapshot(report))


@transaction.atomic
def publish(
    *, report: Report, by: User, at: datetime, prepared: HandedIn | None = None
) -> Publication:
    """Set the approved snapshot as the official PDF, keep its bytes for good, and lock the report.

    ``prepared``: what was read before; it is taken only while it still is what was submitted last.
    Raises: MoveRefused; AlreadyDone; fonts.RenderFailed (GlyphMissing and
    signing.SigningFailed among them), and then nothing is changed.
    """
    report, move = begin_move(report, MoveName.PUBLISH, by)
    row = submitted_snapshot(report)
    if snapshot_hash(row.content) != row.sha256:
        raise _not_what_was_approved()
    if prepared is None or prepared.row.content != row.content:
        prepared = _read(report, row)
    snapshot = prepared.snapshot
    # The tree that is printed has to be the one that was approved, the department's own part included.
    if snapshot.scoring_hash != scoring_hash(as_scoring_scheme(report.scheme), snapshot.figures):
        raise _not_what_was_approved()
    pdf = official_pdf(prepared.pages, signed_at=at)
    publication = Publication.objects.create(
        report=report,
        snapshot=row,
        pdf=pdf.data,
        sha256=pdf.sha256,
        page_count=pdf.page_count,
        made_with=pdf.made_with,
        created_at=at,
    )
    report.published_at, report.published_by = at, by
    finish_move(report, move, row, by=by, at=at, comment="")
    return publication


def _read(report: Report, row: ReportSnapshot) -> HandedIn:
    snapshot, scheme = read_snapshot(row.content), as_scoring_scheme(report.scheme)
    pages = official_pages(row.content, snapshot, scheme, taken_at=row.created_at)
    return HandedIn(row, snapshot, pages)


def _not_what_was_approved() -> MoveRefused:
    return MoveRefused(
        _("What was approved no longer matches its fingerprint. Call your administrator.")
    )
