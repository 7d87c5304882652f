"""What the checker finds in the report's own prose, as the pages show it."""

from dataclasses import dataclass

from django.utils.functional import Promise

from perfeval.checking.findings import FindingSeverity
from perfeval.reports.parts import narrative_part
from perfeval.reports.prose import ProseFinding, check_prose
from perfeval.web.filling.page import ReportPage
from perfeval.words.checking import SEVERITY_NAMES, describe_finding

_ICONS = {
    FindingSeverity.ERROR: "error",
    FindingSeverity.WARNING: "warning",
    FindingSeverity.NOTE: "comment",
}


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """One finding: its sentence, the words around it, and the section's field where it is mended."""

    text: str
    excerpt: str
    line: int
    where: str
    href: str
    severity: str
    icon: str
    label: Promise


def findings_in(page: ReportPage, section: str = "") -> list[ShownFinding]:
    """Return what does not hold in the stored prose of ``section``, or of all sections."""
    found = check_prose(
        scheme=page.scheme,
        figures=page.filled.figures,
        result=page.result,
        narratives=page.filled.narratives,
        title=page.title,
    )
    return [_shown(one, page) for one in found if section in ("", one.section.code)]


def _shown(found: ProseFinding, page: ReportPage) -> ShownFinding:
    """Return a finding in the reader's language."""
    finding = found.finding
    return ShownFinding(
        text=describe_finding(finding),
        excerpt=finding.excerpt,
        line=finding.line,
        where=found.section.title,
        href=f"{page.places.part(narrative_part(found.section.code))}#id_text",
        severity=finding.severity.value,
        icon=_ICONS[finding.severity],
        label=SEVERITY_NAMES[finding.severity],
    )
