"""Examine a PDF in a process of its own with limits of time and memory."""

import json
import resource
import struct
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

from perfeval.reading.contents import Unreadable
from perfeval.reading.looks import Look
from perfeval.verification.examination import Examination, from_json

LARGEST_BYTES = 30 * 1024 * 1024
_HEADER_WITHIN = 1024
_CPU_SECONDS, _WALL_SECONDS = 40, 60
_MEMORY_BYTES = 1024 * 1024 * 1024
_LONGEST_OUTPUT = 64 * 1024 * 1024
#: So many files at once in one process of the server: together they take at most this times the memory.
_places = threading.BoundedSemaphore(2)
_LOOKS = "--looks"
_PROJECT = Path(__file__).resolve().parents[2]


def examine_safely(data: bytes, trust_file: str = "") -> Examination:
    """Return what ``examining.examine`` finds, or why it could not; bounded in time and memory.

    ``trust_file``: a PEM file with the authorities that vouch for signers.
    """
    if len(data) > LARGEST_BYTES:
        return Examination(Unreadable.TOO_LARGE)
    if b"%PDF-" not in data[:_HEADER_WITHIN]:
        return Examination(Unreadable.NOT_PDF)
    answer = _ask([trust_file], data)
    return Examination(answer) if isinstance(answer, Unreadable) else from_json(answer)


def different_looks_safely(data: bytes, issued: bytes) -> tuple[Look, ...]:
    """Return what ``looks.different_looks`` finds; nothing where it takes too much."""
    answer = _ask([_LOOKS], struct.pack(">Q", len(issued)) + issued + data)
    return () if isinstance(answer, Unreadable) else tuple(Look(**one) for one in answer)


def _ask(arguments: list[str], data: bytes) -> Any:
    """Return what the process answers, as plain data, or why it could not."""
    if not _places.acquire(timeout=_WALL_SECONDS / 2):
        return Unreadable.BUSY
    try:
        done = subprocess.run(
            [sys.executable, "-m", "perfeval.verification.sandbox", *arguments],
            input=data,
            capture_output=True,
            timeout=_WALL_SECONDS,
            check=False,
            cwd=_PROJECT,
        )
    except subprocess.TimeoutExpired:
        return Unreadable.TOO_MUCH_WORK
    finally:
        _places.release()
    if done.returncode or len(done.stdout) > _LONGEST_OUTPUT:
        # Ended by a signal: the limits, or a crash. Anything else is a file that no reader understands.
        is_ended = done.returncode < 0 or b"MemoryError" in done.stderr
        return Unreadable.TOO_MUCH_WORK if is_ended else Unreadable.BROKEN
    return json.loads(done.stdout)


def main() -> None:
    """Read a PDF from standard input and write its examination as JSON; or two, and write how they differ."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    if sys.argv[1] == _LOOKS:
        from perfeval.reading.looks import different_looks  # noqa: PLC0415  within the limits

        (length,) = struct.unpack(">Q", data[:8])
        found = different_looks(data[8 + length :], data[8 : 8 + length])
        json.dump([asdict(one) for one in found], sys.stdout)
        return
    from perfeval.verification.examining import examine  # noqa: PLC0415  within the limits

    json.dump(examine(data, sys.argv[1]).as_json(), sys.stdout)


if __name__ == "__main__":
    main()
