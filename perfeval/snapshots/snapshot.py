"""A report as one frozen value: everything that is approved, published, exported or printed.

The snapshot's canonical JSON is the export format, the thing a reviewer approves (by its sha256)
and the only input of the renderer besides the scheme.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from perfeval.scoring.canonical import canonical_text, figures_as_json
from perfeval.scoring.codec import Decoder, FormatError, FormatProblem, encode, shown
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
class EarlierScore:
    """What a group of indicators came to in the year before, as its stored Result says."""

    name: str
    weight: Decimal
    points: Decimal
    score_rate: Decimal


@dataclass(frozen=True, slots=True)
class EarlierYear:
    """The department's published report of the year before, as far as this one prints it.

    ``groups``: every node with children that has a rate, parents first.
    """

    year: int
    scheme_code: str
    scheme_version: int
    revision: int
    total: Decimal
    full_score: Decimal
    grade: str
    groups: tuple[EarlierScore, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A report at one revision. ``narratives`` maps section codes to the filler's prose.

    ``scoring_hash``: of the scheme and the department's own part as one tree; empty, and then not
    written, where the scheme leaves nothing open. ``before``: None, and then not written, where the
    scheme asks for no comparison of years or there is nothing to compare with.
    """

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
    scoring_hash: str = ""
    before: EarlierYear | None = None
    format: str = FORMAT
    format_version: int = FORMAT_VERSION


def snapshot_text(snapshot: Snapshot) -> str:
    """Return the snapshot's canonical JSON."""
    data = encode(snapshot)
    data["figures"] = figures_as_json(snapshot.figures)
    if not snapshot.scoring_hash:
        del data["scoring_hash"]
    if snapshot.before is None:
        del data["before"]
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
    try:
        found = decoder.record(Snapshot, data, "")
    except RecursionError as error:
        raise _not_json(str(error)) from error
    decoder.finish()
    return cast("Snapshot", found)


def _parsed(text: str) -> dict[str, Any]:
    """Return ``text`` as a JSON object. Raises: FormatError."""
    try:
        # A number written as 1.5 becomes a float, which the decoder refuses with its path.
        data = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_table)
    except FormatError:
        raise
    except (ValueError, RecursionError) as error:
        raise _not_json(str(error)) from error
    if not isinstance(data, dict):
        raise FormatError((FormatProblem("", "not_a_report", {"expected": FORMAT}),))
    return data


def _not_json(detail: str) -> FormatError:
    return FormatError((FormatProblem("", "not_json", {"detail": detail}),))


def _refuse_constant(word: str) -> object:
    """Refuse NaN and Infinity, which Python reads and JSON does not have."""
    raise ValueError(word)


def _table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object. Raises: FormatError for a key that stands in it twice."""
    table = dict(pairs)
    if len(table) < len(pairs):
        counts = Counter(key for key, _value in pairs)
        raise FormatError(
            tuple(
                FormatProblem(shown(key), "duplicate_code", {"count": str(count)})
                for key, count in counts.items()
                if count > 1
            )
        )
    return table
