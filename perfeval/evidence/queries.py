"""Evidence, read."""

from django.db.models import Q

from perfeval.evidence.models import EvidenceFile
from perfeval.reports.models import Report


def evidence_by_indicator(report: Report) -> dict[str, list[EvidenceFile]]:
    """Return the report's evidence files by indicator code, in the order they were uploaded.

    A file whose indicator a correction took away stays stored, but stands nowhere in the report.
    """
    found: dict[str, list[EvidenceFile]] = {}
    here = Q(indicator__isnull=True) | Q(indicator__scheme=report.scheme_id)
    for item in report.evidence_files.filter(here).select_related("indicator", "uploaded_by"):
        found.setdefault(item.code, []).append(item)
    return found
