"""What was sent to be checked: one report, several, or a ZIP of a whole district; nothing is kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from perfeval.checking.findings import Finding, Findings, FindingSeverity
from perfeval.reading.bounds import REPORT_SUFFIXES, UNREAD_SUFFIXES
from perfeval.reading.contents import ArchiveEntry
from perfeval.reading.refusals import ArchiveUnreadable, ReportUnreadable
from perfeval.reading.services import archive_entries, check_pasted, check_report, unpacked
from perfeval.scoring.scheme.tree import Scheme

#: A ZIP holds at most this many reports, and unpacks to at most this many times the limit of a file.
MOST_REPORTS = 2_000
UNPACKED_TIMES = 40


class BatchRefused(Exception):
    """A ZIP that cannot be taken; ``reason``: ``empty``, ``too-many``, ``too-large``, or of ``ArchiveUnreadable``."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Checked:
    """One file and what was found in it, or why it could not be read."""

    name: str
    text: str
    found: Findings | None
    fault: ReportUnreadable | None = None

    @property
    def errors(self) -> int:
        """Return how many findings are errors."""
        return self.found.count(FindingSeverity.ERROR) if self.found else 0

    @property
    def warnings(self) -> int:
        """Return how many findings are warnings."""
        return self.found.count(FindingSeverity.WARNING) if self.found else 0

    @property
    def notes(self) -> int:
        """Return how many findings are notes."""
        return self.found.count(FindingSeverity.NOTE) if self.found else 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return the findings, none for an unreadable file."""
        return self.found.findings if self.found else ()


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that waits to be checked: its name and how to get its bytes."""

    name: str
    file: UploadedFile | None = None
    archive: bytes = b""
    entry: ArchiveEntry | None = None

    def read(self) -> bytes:
        """Return the bytes.

        Raises: ReportUnreadable when the file is too large, locked or damaged inside its ZIP.
        """
        if self.file is not None:
            if (self.file.size or 0) > settings.EVIDENCE_MAX_BYTES:
                raise ReportUnreadable("too-large")
            self.file.seek(0)
            return self.file.read()
        assert self.entry is not None  # noqa: S101 - one of the two is always given
        if self.entry.size > settings.EVIDENCE_MAX_BYTES:
            raise ReportUnreadable("too-large")
        if self.entry.is_encrypted:
            raise ReportUnreadable("encrypted")
        return unpacked(self.archive, self.entry)


def sent_files(files: Sequence[UploadedFile]) -> list[Sent]:
    """Return what is to be checked: each file itself, each ZIP's reports.

    Raises: BatchRefused.
    """
    sent: list[Sent] = []
    for file in files:
        if _is_archive(file):
            sent += _entries(file)
        else:
            sent.append(Sent(file.name or "", file=file))
    if len(sent) > MOST_REPORTS:
        raise BatchRefused("too-many")
    return sent


def _is_archive(file: UploadedFile) -> bool:
    """Return whether the file is a plain ZIP; Word and Excel files are packed too but have a name."""
    head = file.read(4)
    file.seek(0)
    return head.startswith(b"PK") and not (file.name or "").lower().endswith(
        (".docx", ".xlsx", ".pptx", ".ofd")
    )


def _entries(file: UploadedFile) -> Iterator[Sent]:
    """Yield the reports of a ZIP in the order of their names."""
    if (file.size or 0) > settings.EVIDENCE_MAX_BYTES * 5:
        raise BatchRefused("too-large")
    archive = file.read()
    try:
        entries = archive_entries(archive)
    except ArchiveUnreadable as error:
        raise BatchRefused(error.reason) from error
    if sum(entry.size for entry in entries) > settings.EVIDENCE_MAX_BYTES * UNPACKED_TIMES:
        raise BatchRefused("too-large")
    wanted = sorted(
        (entry for entry in entries if _is_wanted(entry.name)), key=lambda entry: entry.name
    )
    if not wanted:
        raise BatchRefused("empty")
    for entry in wanted:
        yield Sent(entry.name, archive=archive, entry=entry)


def _is_wanted(name: str) -> bool:
    """Return whether an entry may be a report, readable or not; what systems hide in a ZIP is none."""
    path = PurePosixPath(name)
    is_hidden = any(part.startswith((".", "__MACOSX", "~$")) for part in path.parts)
    return path.suffix.lower() in REPORT_SUFFIXES + UNREAD_SUFFIXES and not is_hidden


def check(sent: Sent, scheme: Scheme | None) -> Checked:
    """Read and check one file."""
    try:
        return Checked(sent.name, *check_report(sent.name, sent.read(), scheme))
    except ReportUnreadable as fault:
        return Checked(sent.name, "", None, fault)


def check_typed(text: str, scheme: Scheme | None) -> Checked:
    """Check a pasted text."""
    try:
        return Checked("", text, check_pasted(text, scheme))
    except ReportUnreadable as fault:
        return Checked("", text, None, fault)
