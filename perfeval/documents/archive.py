"""The data that a published PDF carries: from it the report is checked, computed anew and imported again.

Three files of canonical JSON: what was filled in with its Result (the snapshot that was approved), the scheme, and the
explanation of every point. The pages were made from the first two and from nothing else.
"""

from datetime import datetime

from perfeval.documents.attachments import Attachment
from perfeval.documents.building import archive_wording
from perfeval.reading.contents import REPORT_FILE
from perfeval.scoring.canonical import canonical_text, result_as_json, scheme_as_json
from perfeval.scoring.scheme.tree import Scheme
from perfeval.snapshots.snapshot import Snapshot

SCHEME_FILE, TRACE_FILE = "scheme.json", "trace.json"
_JSON = "application/json"


def attachments(
    content: str, snapshot: Snapshot, scheme: Scheme, *, at: datetime
) -> tuple[Attachment, ...]:
    """Return the files of a report; ``content`` is the snapshot's text as it was approved, to the byte.

    ``at``: when the snapshot was taken.
    """
    words = archive_wording()
    return (
        Attachment(REPORT_FILE, content.encode(), _JSON, words["attached_report"], "Source", at),
        Attachment(
            SCHEME_FILE, scheme_text(scheme).encode(), _JSON, words["attached_scheme"], "Source", at
        ),
        Attachment(
            TRACE_FILE, trace_text(snapshot).encode(), _JSON, words["attached_trace"], "Data", at
        ),
    )


def scheme_text(scheme: Scheme) -> str:
    """Return the scheme's canonical JSON; its sha256 is the hash under which it was issued."""
    return canonical_text(scheme_as_json(scheme))


def trace_text(snapshot: Snapshot) -> str:
    """Return the canonical JSON of every indicator's points with the steps that led to them."""
    return canonical_text(result_as_json(snapshot.result))
