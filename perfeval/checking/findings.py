"""What the checker finds: a code with its severity, a place, and the figures as the report writes them.

The sentence of each code stands in ``words.checking``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FindingSeverity(StrEnum):
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
    severity: FindingSeverity
    start: int
    end: int
    line: int
    excerpt: str
    stated: str
    computed: str
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which figures of a report were held against anything, as offsets of the raw text.

    ``held`` and ``loose`` in the order of the text: a loose figure was read, yet nothing else fixes it.
    """

    held: tuple[tuple[int, int], ...] = ()
    loose: tuple[tuple[int, int], ...] = ()

    @property
    def figures(self) -> int:
        """Return how many figures were read."""
        return len(self.held) + len(self.loose)


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found in one report, in its order, how many claims were read and which were held."""

    findings: tuple[Finding, ...]
    claims: int
    coverage: Coverage = Coverage()

    def count(self, severity: FindingSeverity) -> int:
        """Return how many findings have this severity."""
        return sum(finding.severity == severity for finding in self.findings)


#: Every code that a check may give, and how sure it is.
SEVERITIES: Mapping[str, FindingSeverity] = {
    "rate-wrong": FindingSeverity.ERROR,
    "rate-doubtful": FindingSeverity.WARNING,
    "rate-rounding": FindingSeverity.NOTE,
    "rate-cut-off": FindingSeverity.NOTE,
    "rate-denominator": FindingSeverity.WARNING,
    "rate-restated": FindingSeverity.WARNING,
    "share-wrong": FindingSeverity.WARNING,
    "shares-not-whole": FindingSeverity.WARNING,
    "growth-wrong": FindingSeverity.WARNING,
    "equation-wrong": FindingSeverity.ERROR,
    "sum-wrong": FindingSeverity.ERROR,
    "sum-doubtful": FindingSeverity.WARNING,
    "sum-rounding": FindingSeverity.NOTE,
    "total-doubtful": FindingSeverity.WARNING,
    "balance-doubtful": FindingSeverity.WARNING,
    "score-above-weight": FindingSeverity.ERROR,
    "score-rate-wrong": FindingSeverity.ERROR,
    "score-rate-cut-off": FindingSeverity.NOTE,
    "lost-points-doubtful": FindingSeverity.WARNING,
    "loss-without-reason": FindingSeverity.WARNING,
    "score-rule-doubtful": FindingSeverity.WARNING,
    "score-restated": FindingSeverity.WARNING,
    "group-score-wrong": FindingSeverity.ERROR,
    "group-score-doubtful": FindingSeverity.WARNING,
    "group-weight-doubtful": FindingSeverity.WARNING,
    "total-score-wrong": FindingSeverity.ERROR,
    "total-score-doubtful": FindingSeverity.WARNING,
    "total-weight-wrong": FindingSeverity.WARNING,
    "total-above-full": FindingSeverity.WARNING,
    "total-restated": FindingSeverity.WARNING,
    "grade-wrong": FindingSeverity.ERROR,
    "grade-doubtful": FindingSeverity.WARNING,
    "count-doubtful": FindingSeverity.WARNING,
    "numbering-gap": FindingSeverity.NOTE,
    "figure-restated": FindingSeverity.WARNING,
    "name-variant": FindingSeverity.NOTE,
    "date-impossible": FindingSeverity.ERROR,
    "dates-reversed": FindingSeverity.WARNING,
    "year-stale": FindingSeverity.WARNING,
    "hint-left": FindingSeverity.WARNING,
    "wrong-word": FindingSeverity.WARNING,
    "word-usage": FindingSeverity.NOTE,
    "doubled-mark": FindingSeverity.NOTE,
    "bracket-unpaired": FindingSeverity.NOTE,
    "table-total-wrong": FindingSeverity.ERROR,
    "table-total-doubtful": FindingSeverity.WARNING,
    "target-copied": FindingSeverity.NOTE,
    "target-missed-full-score": FindingSeverity.WARNING,
    "known-rate-differs": FindingSeverity.WARNING,
    "known-figure-differs": FindingSeverity.WARNING,
    "known-total-differs": FindingSeverity.ERROR,
    "known-grade-differs": FindingSeverity.ERROR,
    "known-score-differs": FindingSeverity.ERROR,
    "known-weight-differs": FindingSeverity.WARNING,
}
