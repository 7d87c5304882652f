"""A report as one frozen value: everything that is approved, published, exported or printed.

The snapshot's canonical JSON is the export format, the thing a reviewer approves (by its sha256)
and the only input of the renderer besides the scheme.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from perfeval.scoring.figures import Figures
from perfeval.scoring.result import Result

FORMAT = "perfeval-report"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One evidence file behind an indicator: its name as uploaded, size in bytes and sha256."""

    indicator: str
    file_name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A report at one revision. ``narratives`` maps section codes to the filler's prose."""

    scheme_code: str
    scheme_version: int
    scheme_hash: str
    department_code: str
    department_name: str
    department_short_name: str
    year: int
    title: str
    revision: int
    figures: Figures
    narratives: Mapping[str, str]
    result: Result
    evidence: tuple[EvidenceItem, ...] = ()
    format: str = FORMAT
    format_version: int = FORMAT_VERSION
