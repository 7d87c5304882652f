"""A report as one frozen value: everything that is approved, published, exported or printed.

The snapshot's canonical JSON is the export format, the thing a reviewer approves (by its sha256)
and the only input of the renderer besides the scheme.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from perfeval.scoring.canonical import canonical_text, figures_as_json
from perfeval.scoring.codec import Decoder, FormatError, FormatProblem, encode
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


def snapshot_text(snapshot: Snapshot) -> str:
    """Return the snapshot's canonical JSON."""
    data = encode(snapshot)
    data["figures"] = figures_as_json(snapshot.figures)
    return canonical_text(data)


def snapshot_hash(text: str) -> str:
    """Return the sha256 of a snapshot's canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_snapshot(text: str) -> Snapshot:
    """Return the snapshot that ``snapshot_text`` wrote.

    Raises: FormatError with every problem of the text's form, each with its path.
    """
    data = _parsed(text)
    decoder = Decoder(numbers_are_text=True)
    if data.get("format") != FORMAT:
        decoder.refuse("format", "not_a_report", expected=FORMAT)
    elif data.get("format_version") != FORMAT_VERSION:
        decoder.refuse("format_version", "unknown_format_version", expected=str(FORMAT_VERSION))
    decoder.finish()
    found = decoder.record(Snapshot, data, "")
    decoder.finish()
    return cast("Snapshot", found)


def _parsed(text: str) -> dict[str, Any]:
    """Return ``text`` as a JSON object without floats. Raises: FormatError."""
    try:
        # A number written as 1.5 becomes text here and is then refused with its path.
        data = json.loads(text, parse_float=lambda number: [number], parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise FormatError((FormatProblem("", "not_json", {"detail": str(error)}),)) from error
    if not isinstance(data, dict):
        raise FormatError((FormatProblem("", "not_a_report", {"expected": FORMAT}),))
    return data
