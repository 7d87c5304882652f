"""What was read out of a file, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

#: The name under which a published PDF carries the report's canonical JSON.
REPORT_FILE = "report.json"


class Unreadable(StrEnum):
    """Why nothing could be read."""

    NOT_PDF = "not_pdf"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MUCH_WORK = "too_much_work"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature.

    ``is_intact``: what it covers is unchanged. ``is_valid``: the key fits. ``is_trusted``: an authority that we
    were told of vouches for the signer. ``covers_file``: nothing was added behind it.
    """

    signer: str
    certificate_sha256: str
    signed_at: str
    is_intact: bool
    is_valid: bool
    is_trusted: bool
    covers_file: bool
    problem: str = ""

    @property
    def holds(self) -> bool:
        """Return whether the whole file is as it was signed; not whether the signer is known."""
        return self.is_intact and self.is_valid and self.covers_file


@dataclass(frozen=True, slots=True)
class Contents:
    """The texts of the pages in order, the attached texts by name, and what else is in the file.

    ``foreign_objects``: for each page that has any, how many pictures and notes, which a report never has.
    ``hidden_texts``: likewise, how many pieces of text are painted over or do not show.
    ``title`` and ``author`` as viewers show them.
    """

    unreadable: Unreadable | None = None
    pages: tuple[str, ...] = ()
    attached: Mapping[str, str] = field(default_factory=dict)
    signatures: tuple[Signature, ...] = ()
    foreign_objects: Mapping[int, int] = field(default_factory=dict)
    hidden_texts: Mapping[int, int] = field(default_factory=dict)
    is_protected: bool = False
    title: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A page that looks otherwise than it should, and the text near the first place."""

    page: int
    around: str


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """A file in a ZIP: its name, its size unpacked, and where in the ZIP it lies packed, in bytes."""

    name: str
    size: int
    start: int
    end: int
    method: int
    checksum: int
    is_encrypted: bool
