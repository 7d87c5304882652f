"""What a PDF says of itself: whose report it is, what does not fit together in it. Plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from perfeval.reading.contents import Signature, Unreadable


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something that does not fit: a code, and the values that its sentence needs (``words.verification``)."""

    code: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose report the data in the file say it is. ``total`` and ``grade`` as printed."""

    title: str
    department_code: str
    department_name: str
    year: int
    scheme_code: str
    scheme_version: int
    revision: int
    total: str
    grade: str


@dataclass(frozen=True, slots=True)
class Examination:
    """The outcome of looking at one file, without asking who issued it.

    ``report_sha256`` is of the embedded report's text, ``scheme_sha256`` of the scheme's; both empty where there is
    none. ``figures`` counts the figures on the pages that were compared.
    """

    unreadable: Unreadable | None = None
    page_count: int = 0
    identity: Identity | None = None
    report_text: str = ""
    report_sha256: str = ""
    scheme_sha256: str = ""
    figures: int = 0
    signatures: tuple[Signature, ...] = ()
    findings: tuple[Mismatch, ...] = ()
