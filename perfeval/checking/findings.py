"""What the checker finds: a code with its severity, a place, and the figures as the report writes them.

The sentence of each code stands in ``words.checking``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How sure the checker is that something must be changed."""

    ERROR = "error"  # cannot be true
    WARNING = "warning"  # probably wrong, or true only in a reading that the text does not give
    NOTE = "note"  # worth a look


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check found, in offsets of the prose."""

    code: str
    start: int
    end: int
    stated: str
    computed: str
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """A hit with its place in the raw text: offsets, the line from 1, the words around it.

    ``words``: what the sentence names besides ``stated`` and ``computed``; ``line`` and ``section``
    are the other place that it speaks of.
    """

    code: str
    severity: Severity
    start: int
    end: int
    line: int
    excerpt: str
    stated: str
    computed: str
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found in one report, in its order, and how many claims were read in it."""

    findings: tuple[Finding, ...]
    claims: int

    def count(self, severity: Severity) -> int:
        """Return how many findings have this severity."""
        return sum(finding.severity == severity for finding in self.findings)


#: Every code that a check may give, and how sure it is.
SEVERITIES: Mapping[str, Severity] = {
    "rate-wrong": Severity.ERROR,
    "rate-doubtful": Severity.WARNING,
    "rate-rounding": Severity.NOTE,
    "rate-cut-off": Severity.NOTE,
    "rate-denominator": Severity.WARNING,
    "rate-restated": Severity.WARNING,
    "share-wrong": Severity.WARNING,
    "shares-not-whole": Severity.WARNING,
    "growth-wrong": Severity.WARNING,
    "equation-wrong": Severity.ERROR,
    "sum-wrong": Severity.ERROR,
    "sum-doubtful": Severity.WARNING,
    "sum-rounding": Severity.NOTE,
    "total-doubtful": Severity.WARNING,
    "balance-doubtful": Severity.WARNING,
    "score-above-weight": Severity.ERROR,
    "score-rate-wrong": Severity.ERROR,
    "score-rate-cut-off": Severity.NOTE,
    "lost-points-doubtful": Severity.WARNING,
    "loss-without-reason": Severity.WARNING,
    "score-rule-doubtful": Severity.WARNING,
    "score-restated": Severity.WARNING,
    "group-score-wrong": Severity.ERROR,
    "group-score-doubtful": Severity.WARNING,
    "group-weight-doubtful": Severity.WARNING,
    "total-score-wrong": Severity.ERROR,
    "total-score-doubtful": Severity.WARNING,
    "total-weight-wrong": Severity.WARNING,
    "total-above-full": Severity.WARNING,
    "total-restated": Severity.WARNING,
    "grade-wrong": Severity.ERROR,
    "grade-doubtful": Severity.WARNING,
    "count-doubtful": Severity.WARNING,
    "numbering-gap": Severity.NOTE,
    "figure-restated": Severity.WARNING,
    "name-variant": Severity.NOTE,
    "date-impossible": Severity.ERROR,
    "dates-reversed": Severity.WARNING,
    "year-stale": Severity.WARNING,
    "hint-left": Severity.WARNING,
    "wrong-word": Severity.WARNING,
    "word-usage": Severity.NOTE,
    "doubled-mark": Severity.NOTE,
    "table-total-wrong": Severity.ERROR,
    "table-total-doubtful": Severity.WARNING,
    "target-copied": Severity.NOTE,
    "known-rate-differs": Severity.WARNING,
    "known-figure-differs": Severity.WARNING,
    "known-total-differs": Severity.ERROR,
    "known-grade-differs": Severity.ERROR,
    "known-score-differs": Severity.ERROR,
    "known-weight-differs": Severity.WARNING,
}
