"""Examine a PDF in a limited process. Anybody may send one, so these processes are others than those of ``reading``."""

from perfeval.processes.pool import Busy, Failed, Lost, NotDone, OverLimits, Pool
from perfeval.reading.contents import Look, Unreadable
from perfeval.reading.services import LIMITS, is_pdf
from perfeval.verification.examination import Examination

LARGEST_BYTES = 30 * 1024 * 1024
#: Half of the time that a file may take: nobody waits longer for an answer than that it is busy here.
_POOL = Pool(LIMITS, places=2, most_tasks=100, wait_seconds=LIMITS.wall_seconds / 2)


def examine_safely(data: bytes, trust_file: str = "") -> Examination:
    """Return what ``examining.examine`` finds, or why it could not; bounded in time and memory.

    ``trust_file``: a PEM file with the authorities that vouch for signers.
    """
    if len(data) > LARGEST_BYTES:
        return Examination(Unreadable.TOO_LARGE)
    if not is_pdf(data):
        return Examination(Unreadable.NOT_PDF)
    try:
        found: Examination = _POOL.run("perfeval.verification.examining:examine", data, trust_file)
    except (Busy, Lost):
        return Examination(Unreadable.BUSY)
    except OverLimits:
        return Examination(Unreadable.TOO_MUCH_WORK)
    except Failed:
        # A file that no reader understands.
        return Examination(Unreadable.BROKEN)
    return found


def different_looks_safely(data: bytes, issued: bytes) -> tuple[Look, ...]:
    """Return what ``looks.different_looks`` finds; nothing where it takes too much."""
    try:
        found: tuple[Look, ...] = _POOL.run(
            "perfeval.reading.limited.looks:different_looks", data, issued
        )
    except NotDone:
        return ()
    return found
