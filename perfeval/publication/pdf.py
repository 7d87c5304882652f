"""The current report as a document and as a PDF, and the official PDF of what was approved.

A published report's PDF is kept bytes, served elsewhere. A draft carries no data and no signature: it proves nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from perfeval.documents.archive import attachments
from perfeval.documents.building import archive_wording, build, draft_watermark
from perfeval.documents.document import ReportDocument
from perfeval.jobs.pdf import Progress, prepare, rendered
from perfeval.reports.models import Report
from perfeval.reports.states import ReportState
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.figures import Figures
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.services import take_snapshot, unsaved_snapshot
from perfeval.snapshots.snapshot import read_snapshot
from perfeval.typesetting import signing
from perfeval.typesetting.pdf import RenderedPdf

#: What stands across the pages of a report that is not published.
DRAFT_WATERMARK = draft_watermark()


def current_document(report: Report) -> ReportDocument:
    """Return the document of the report as it stands, watermarked until it is published."""
    is_draft = report.state != ReportState.PUBLISHED
    return build(
        take_snapshot(report),
        as_scoring_scheme(report.scheme),
        watermark=DRAFT_WATERMARK if is_draft else "",
    )


def unsaved_document(
    report: Report, *, figures: Figures, narratives: Mapping[str, str]
) -> ReportDocument:
    """Return the document of the report with these figures and texts in place of the stored ones; nothing is stored."""
    return build(
        unsaved_snapshot(report, figures=figures, narratives=narratives),
        as_scoring_scheme(report.scheme),
        watermark=DRAFT_WATERMARK,
    )


def draft_pdf(report: Report) -> RenderedPdf:
    """Return the PDF of the report as it stands; the same revision gives the same bytes.

    Raises: pdf.GlyphMissing, pdf.RenderFailed; fonts.FontPackMissing.
    """
    return rendered(current_document(report), created_at=report.changed_at)


def prepare_draft(report: Report, *, at: datetime) -> Progress | None:
    """Return how far the draft of a long report is; None when ``draft_pdf`` will be quick. See ``jobs.prepare``."""
    return prepare(current_document(report), created_at=report.changed_at, at=at)


@dataclass(frozen=True, slots=True)
class OfficialPdf:
    """A PDF to be kept for good: its bytes, their sha256, its pages, and what it was made with."""

    data: bytes
    sha256: str
    page_count: int
    made_with: dict[str, object]


def official_pdf(
    content: str, scheme: Scheme, *, taken_at: datetime, signed_at: datetime
) -> OfficialPdf:
    """Set a snapshot's text as the official PDF, with the data inside and signed where signing is on.

    ``taken_at``: when the snapshot was taken; it is the file's date, so that the same snapshot gives
    the same bytes, before the signature. ``signed_at``: the instant for which the certificate must hold.

    Raises: pdf.GlyphMissing, pdf.RenderFailed, signing.SigningFailed; fonts.FontPackMissing.
    """
    # A certificate that cannot sign is told before a minute is spent on pages.
    signer = signing.signer(at=signed_at)
    snapshot = read_snapshot(content)
    attached = attachments(content, snapshot, scheme, at=taken_at)
    made = rendered(build(snapshot, scheme), created_at=taken_at, attached=attached)
    made_with: dict[str, object] = {
        "weasyprint": made.weasyprint_version,
        "fonts": made.fonts,
    }
    data = made.data
    if signer:
        data = signing.sign(data, signer, label=archive_wording()["signature"])
        made_with["signature"] = signer.as_record() | {"unsigned_sha256": made.sha256}
    return OfficialPdf(data, hashlib.sha256(data).hexdigest(), made.page_count, made_with)


def prepare_official(
    content: str, scheme: Scheme, *, taken_at: datetime, at: datetime
) -> Progress | None:
    """Return how far a long report is; None when ``official_pdf`` will be quick. See ``jobs.prepare``."""
    snapshot = read_snapshot(content)
    attached = attachments(content, snapshot, scheme, at=taken_at)
    return prepare(build(snapshot, scheme), created_at=taken_at, at=at, attached=attached)
