"""What happened to a report, what was said of it, and what stands in the way of submitting it."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from perfeval.documents.unprintable import unprintable
from perfeval.evidence.models import EvidenceFile
from perfeval.reports.filled import Filled
from perfeval.reports.models import Report
from perfeval.reports.parts import narrative_problems
from perfeval.review.models import Comment, Publication, ReportSnapshot, Transition
from perfeval.review.own_queries import own_part_doubts
from perfeval.scoring.result import Problem, Severity
from perfeval.snapshots.personal_data import personal_data


def readiness(
    filled: Filled, evidence: Mapping[str, Sequence[EvidenceFile]]
) -> tuple[Problem, ...]:
    """Return everything that blocks submitting, and the warnings, in the order of the form.

    Evidence that is asked for and not among ``evidence`` is one warning: the paper may be in a file.
    """
    found = (
        *filled.result.all_problems(),
        *narrative_problems(filled.scheme, filled.narratives),
        *unprintable(filled.figures, filled.narratives),
        *personal_data(filled.figures, filled.narratives),
        *own_part_doubts(filled),
    )
    bare = [leaf for leaf in filled.scheme.leaves() if leaf.evidence and leaf.code not in evidence]
    if not bare:
        return found
    told = {"count": str(len(bare)), "name": bare[0].name}
    place = f"indicator:{bare[0].code}"
    return (*found, Problem("evidence_missing", Severity.WARNING, place, told))


def transitions_of(report: Report) -> QuerySet[Transition]:
    """Return every move of the report, oldest first."""
    return report.transitions.select_related("by", "snapshot").defer("snapshot__content")


def comments_of(report: Report) -> QuerySet[Comment]:
    """Return the remarks on the report, oldest first."""
    return report.comments.select_related("by", "indicator")


def latest_snapshot(report: Report) -> ReportSnapshot | None:
    """Return what was submitted last, None when nothing was yet."""
    return report.snapshots.order_by("-id").first()


def publication_of(report: Report) -> Publication | None:
    """Return the published PDF's row without its bytes, None while it is not published."""
    return Publication.objects.filter(report=report).defer("pdf").first()
