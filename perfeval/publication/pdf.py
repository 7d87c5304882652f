"""The current report as a document and as a PDF, and the official PDF of what was approved.

A published report's PDF is kept bytes, served elsewhere. A draft carries no data and no signature: it proves nothing.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from perfeval.documents.archive import attachments
from perfeval.documents.attachments import Attachment
from perfeval.documents.building import archive_wording, build, draft_watermark
from perfeval.documents.document import ReportDocument
from perfeval.evidence.queries import evidence_by_indicator
from perfeval.jobs.pdf import Progress, prepare, progress, rendered
from perfeval.reports.filled import Filled
from perfeval.reports.states import ReportState
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.services import take_snapshot
from perfeval.snapshots.snapshot import Snapshot
from perfeval.typesetting import signing
from perfeval.typesetting.pdf import RenderedPdf

#: What stands across the pages of a report that is not published.
DRAFT_WATERMARK = draft_watermark()


def current_document(filled: Filled) -> ReportDocument:
    """Return the document of the report as it stands, watermarked until it is published."""
    is_draft = filled.report.state != ReportState.PUBLISHED
    return build(
        take_snapshot(filled, evidence_by_indicator(filled.report)),
        filled.issued,
        watermark=DRAFT_WATERMARK if is_draft else "",
    )


@dataclass(frozen=True, slots=True)
class Pages:
    """What a PDF is set from, built once: a document, the files inside, and the date that it bears."""

    document: ReportDocument
    created_at: datetime
    attached: tuple[Attachment, ...] = ()

    def progress(self, *, at: datetime) -> Progress | None:
        """Return how far the pages are where they are long and not ready; begins nothing. See ``jobs.progress``."""
        return progress(self.document, created_at=self.created_at, at=at, attached=self.attached)

    def prepare(self, *, at: datetime) -> Progress | None:
        """Have long pages begun; return how far they are, None where ``rendered`` will be quick. See ``jobs.prepare``."""
        return prepare(self.document, created_at=self.created_at, at=at, attached=self.attached)

    def rendered(self) -> RenderedPdf:
        """Return the PDF. Raises: pdf.GlyphMissing, pdf.RenderFailed; fonts.FontPackMissing."""
        return rendered(self.document, created_at=self.created_at, attached=self.attached)


def draft_pages(filled: Filled) -> Pages:
    """Return the pages of the report as it stands; the same revision gives the same bytes."""
    return Pages(current_document(filled), filled.report.changed_at)


def official_pages(
    content: str, snapshot: Snapshot, scheme: Scheme, *, taken_at: datetime
) -> Pages:
    """Return the pages of a snapshot, whose text is ``content``, with the data inside.

    ``taken_at``: when the snapshot was taken; it is the file's date, so that the same snapshot gives
    the same bytes, before the signature.
    """
    attached = attachments(content, snapshot, scheme, at=taken_at)
    return Pages(build(snapshot, scheme), taken_at, attached)


@dataclass(frozen=True, slots=True)
class OfficialPdf:
    """A PDF to be kept for good: its bytes, their sha256, its pages, and what it was made with."""

    data: bytes
    sha256: str
    page_count: int
    made_with: dict[str, object]


def official_pdf(pages: Pages, *, signed_at: datetime) -> OfficialPdf:
    """Set the official PDF, signed where signing is on; the certificate must hold at ``signed_at``.

    Raises: pdf.GlyphMissing, pdf.RenderFailed, signing.SigningFailed; fonts.FontPackMissing.
    """
    # A certificate that cannot sign is told before a minute is spent on pages.
    signer = signing.signer(at=signed_at)
    made = pages.rendered()
    made_with: dict[str, object] = {
        "weasyprint": made.weasyprint_version,
        "fonts": made.fonts,
    }
    data = made.data
    if signer:
        data = signing.sign(data, signer, label=archive_wording()["signature"])
        made_with["signature"] = signer.as_record() | {"unsigned_sha256": made.sha256}
    return OfficialPdf(data, hashlib.sha256(data).hexdigest(), made.page_count, made_with)
