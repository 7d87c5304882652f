"""The door: who has a file of a stranger gives its bytes here, and gets plain values or a refusal.

The file is opened in a limited process (``reading.limited``): what it does there ends that process and nothing else.
PDFium, which serves one thread of a process at a time, has one thread there.
"""

from collections.abc import Callable
from typing import Any

from perfeval.checking.findings import Findings
from perfeval.processes.pool import Busy, Failed, Limits, Lost, OverLimits, Pool
from perfeval.reading.contents import ArchiveEntry
from perfeval.reading.refusals import (
    ArchiveUnreadable,
    ReadingBusy,
    ReportUnreadable,
    WorkbookRefused,
)
from perfeval.scoring.codec import FormatError, FormatProblem
from perfeval.scoring.scheme.tree import Scheme
from perfeval.sheets.grid import Grid

LIMITS = Limits(wall_seconds=60, cpu_seconds=40, memory_bytes=1024**3, output_bytes=64 * 1024**2)
POOL = Pool(LIMITS, places=2, most_tasks=200)
_WITHIN = "perfeval.reading.limited."
_HEADER_WITHIN = 1024


def is_pdf(data: bytes) -> bool:
    """Return whether the bytes begin as a PDF does."""
    return b"%PDF-" in data[:_HEADER_WITHIN]


def read_report(name: str, data: bytes) -> str:
    """Return the text of a report: PDF, OFD, Word, Excel or plain text. Raises: ReportUnreadable."""
    return str(_told(ReportUnreadable, "report_files:read_report", name, data))


def check_report(name: str, data: bytes, scheme: Scheme | None = None) -> tuple[str, Findings]:
    """Return the text of a report, and what does not hold in it: ``checking.check_text``, within the same limits.

    Raises: ReportUnreadable.
    """
    text, found = _told(ReportUnreadable, "report_files:checked", name, data, scheme)
    return text, found


def check_pasted(text: str, scheme: Scheme | None = None) -> Findings:
    """Return what does not hold in a text. Raises: ReportUnreadable where it takes too much."""
    found: Findings = _told(ReportUnreadable, "report_files:check_text", text, scheme)
    return found


def read_workbook(data: bytes) -> tuple[Grid, ...]:
    """Return the sheets of an Excel file. Raises: WorkbookRefused."""
    grids: tuple[Grid, ...] = _told(WorkbookRefused, "workbook:read_workbook", data)
    return grids


def embedded_report(data: bytes) -> str:
    """Return the report's JSON text out of a published PDF. Raises: FormatError."""

    def refusal(_reason: str) -> FormatError:
        return FormatError((FormatProblem("", "pdf_unreadable"),))

    return str(_told(refusal, "embedded:report_text", data))


def evidence_kind(file_name: str, data: bytes) -> str:
    """Return the kind of a file that is what its name says, else an empty string. Raises: ReadingBusy."""
    try:
        return str(POOL.run(f"{_WITHIN}kinds:kind_of", file_name, data))
    except (OverLimits, Failed):
        return ""
    except (Busy, Lost) as error:
        raise ReadingBusy from error


def archive_entries(data: bytes) -> tuple[ArchiveEntry, ...]:
    """Return the files of a ZIP. Raises: ArchiveUnreadable."""
    entries: tuple[ArchiveEntry, ...] = _told(ArchiveUnreadable, "archives:entries", data)
    return entries


def unpacked(archive: bytes, entry: ArchiveEntry) -> bytes:
    """Return a file of a ZIP. Raises: ReportUnreadable where it is damaged."""
    packed = archive[entry.start : entry.end]
    return bytes(_told(ReportUnreadable, "archives:unpacked", entry, packed))


def _told(refusal: Callable[[str], Exception], task: str, *arguments: Any) -> Any:
    """Return what a function of ``reading.limited`` says.

    Raises: its refusals; ``refusal`` with the reason ``busy``, ``too-much-work`` or ``broken``.
    """
    try:
        return POOL.run(f"{_WITHIN}{task}", *arguments)
    except (Busy, Lost) as error:
        raise refusal("busy") from error
    except OverLimits as error:
        raise refusal("too-much-work") from error
    except Failed as error:
        # What no reader understands, in a way that nobody thought of.
        raise refusal("broken") from error
