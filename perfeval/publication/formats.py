"""The report in the formats that people go on working with: Word, Excel, data.

Of a published report they are made from the snapshot that was published, of any other from the report as it stands, and
are then marked as a draft. Nothing is kept: the same snapshot gives the same bytes.
"""

from dataclasses import dataclass
from datetime import datetime

from perfeval.documents.building import build
from perfeval.documents.document import ReportDocument
from perfeval.evidence.queries import evidence_by_indicator
from perfeval.office.word import writing as word
from perfeval.office.word.numbers import entry_pages
from perfeval.office.workbook import writing as workbook
from perfeval.publication.pdf import DRAFT_WATERMARK
from perfeval.reports.filled import read_filled
from perfeval.reports.models import Report
from perfeval.review.queries import publication_of
from perfeval.schemes.queries import as_scoring_scheme
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.services import take_snapshot
from perfeval.snapshots.snapshot import Snapshot, read_snapshot, snapshot_text


@dataclass(frozen=True, slots=True)
class Shown:
    """The state of a report that is given out: its snapshot, that as canonical JSON, and when it was taken."""

    snapshot: Snapshot
    text: str
    taken_at: datetime
    is_draft: bool
    scheme: Scheme

    def document(self) -> ReportDocument:
        """Return the document, watermarked while it is a draft."""
        mark = DRAFT_WATERMARK if self.is_draft else ""
        return build(self.snapshot, self.scheme, watermark=mark)


@dataclass(frozen=True, slots=True)
class File:
    """A file to be given out: its bytes, what it is, and how its name ends."""

    data: bytes
    content_type: str
    suffix: str
    is_draft: bool


def shown(report: Report) -> Shown:
    """Return what was published, else the report as it stands."""
    scheme = as_scoring_scheme(report.scheme)
    publication = publication_of(report)
    if publication:
        kept = publication.snapshot
        return Shown(read_snapshot(kept.content), kept.content, kept.created_at, False, scheme)  # noqa: FBT003
    snapshot = take_snapshot(read_filled(report), evidence_by_indicator(report))
    return Shown(snapshot, snapshot_text(snapshot), report.changed_at, True, scheme)  # noqa: FBT003


def word_file(report: Report) -> File:
    """Return the report as .docx."""
    found = shown(report)
    document = found.document()
    data = word.as_word(document, created_at=found.taken_at, entry_pages=entry_pages(document))
    return File(data, word.CONTENT_TYPE, ".docx", found.is_draft)


def excel_file(report: Report) -> File:
    """Return the score sheet and the figures as .xlsx with live formulas."""
    found = shown(report)
    data = workbook.as_workbook(
        found.snapshot, found.scheme, found.document(), created_at=found.taken_at
    )
    return File(data, workbook.CONTENT_TYPE, ".xlsx", found.is_draft)


def data_file(report: Report) -> File:
    """Return the snapshot's canonical JSON, which can be imported again."""
    found = shown(report)
    return File(found.text.encode(), "application/json", ".json", found.is_draft)
