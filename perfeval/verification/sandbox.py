"""Examine a PDF in a process of its own with limits of time and memory."""

import json
import resource
import subprocess
import sys
import threading
from pathlib import Path

from perfeval.verification.contents import Unreadable
from perfeval.verification.examination import Examination, from_json

LARGEST_BYTES = 30 * 1024 * 1024
_HEADER_WITHIN = 1024
_CPU_SECONDS, _WALL_SECONDS = 40, 60
_MEMORY_BYTES = 1024 * 1024 * 1024
_LONGEST_OUTPUT = 64 * 1024 * 1024
#: So many files at once in one process of the server: together they take at most this times the memory.
_places = threading.BoundedSemaphore(2)
_PROJECT = Path(__file__).resolve().parents[2]


def examine_safely(data: bytes, trust_file: str = "") -> Examination:
    """Return what ``examining.examine`` finds, or why it could not; bounded in time and memory.

    ``trust_file``: a PEM file with the authorities that vouch for signers.
    """
    if len(data) > LARGEST_BYTES:
        return Examination(Unreadable.TOO_LARGE)
    if b"%PDF-" not in data[:_HEADER_WITHIN]:
        return Examination(Unreadable.NOT_PDF)
    if not _places.acquire(timeout=_WALL_SECONDS / 2):
        return Examination(Unreadable.BUSY)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "perfeval.verification.sandbox", trust_file],
            input=data,
            capture_output=True,
            timeout=_WALL_SECONDS,
            check=False,
            cwd=_PROJECT,
        )
    except subprocess.TimeoutExpired:
        return Examination(Unreadable.TOO_MUCH_WORK)
    finally:
        _places.release()
    if done.returncode or len(done.stdout) > _LONGEST_OUTPUT:
        # Ended by a signal: the limits, or a crash. Anything else is a file that no reader understands.
        is_ended = done.returncode < 0 or b"MemoryError" in done.stderr
        return Examination(Unreadable.TOO_MUCH_WORK if is_ended else Unreadable.BROKEN)
    return from_json(json.loads(done.stdout))


def main() -> None:
    """Read a PDF from standard input and write its examination as JSON."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from perfeval.verification.examining import examine  # noqa: PLC0415  within the limits

    json.dump(examine(sys.stdin.buffer.read(), sys.argv[1]).as_json(), sys.stdout)


if __name__ == "__main__":
    main()
