"""Evidence, read."""

from perfeval.evidence.models import EvidenceFile
from perfeval.reports.models import Report


def evidence_by_indicator(report: Report) -> dict[str, list[EvidenceFile]]:
    """Return the report's evidence files by indicator code, in the order they were uploaded."""
    found: dict[str, list[EvidenceFile]] = {}
    for item in report.evidence_files.select_related("indicator", "uploaded_by"):
        found.setdefault(item.code, []).append(item)
    return found
