"""Scores figures without storing anything: for what would be, not for what is."""

from collections.abc import Mapping
from dataclasses import replace

from perfeval.reports.filled import Filled
from perfeval.scoring.engine import ENGINE_VERSION, score
from perfeval.scoring.figures import Figures
from perfeval.scoring.result import Result
from perfeval.scoring.scheme.tree import Scheme


def engine_version() -> int:
    """Return the engine's version: another one could give another Result for the same figures."""
    return ENGINE_VERSION


def scored(scheme: Scheme, figures: Figures) -> Result:
    """Return the Result of figures under a scheme, stored nowhere."""
    return score(scheme, figures)


def as_if(filled: Filled, figures: Figures, narratives: Mapping[str, str]) -> Filled:
    """Return the report as it would stand with these figures and texts, stored nowhere."""
    computed = score(filled.issued, figures)
    return replace(filled, figures=figures, narratives=narratives, computed=computed)
