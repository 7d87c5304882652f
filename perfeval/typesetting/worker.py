"""The process that lays documents out: kept warm, held to limits of time and memory, ended when it breaks one.

Whatever a text does to the typesetter stays here. ``run_in_worker`` is called in the server; ``main`` is the process.
"""

import gc
import json
import os
import pickle
import resource
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from perfeval.documents.attachments import Attachment
from perfeval.documents.document import ReportDocument
from perfeval.fonts.choice import FontSetup
from perfeval.fonts.failures import RenderFailed
from perfeval.typesetting import layout as typesetting
from perfeval.typesetting import pages

WALL_SECONDS, CPU_SECONDS = 60, 50
MEMORY_BYTES = 1536 * 1024 * 1024
#: So many at a time in one process of the server.
_MOST_WORKERS = 2
#: A worker is replaced after so many documents, so that no leak of a library grows.
_MOST_DOCUMENTS = 500
#: A page leaves 0.1 MB of garbage; to look through all that is kept takes a third of a second.
_COLLECTED_AFTER_PAGES = 1_000
_PROJECT = Path(__file__).resolve().parents[2]
_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be laid out, and how."""

    document: ReportDocument
    fonts: FontSetup
    created_at: datetime
    images: dict[str, str]
    part: pages.Part
    attached: Sequence[Attachment]
    is_archival: bool


class _WorkerLost(Exception):
    """The worker ended in the middle of a document."""


def lay_out(order: Order) -> typesetting.Laid:
    """Lay out in this process. Raises: typesetting.LayoutFailed."""

    def data_with(cuts: pages.Cuts) -> pages.Data:
        return pages.as_data(
            order.document,
            created_at=order.created_at,
            images=order.images,
            cuts=cuts,
            part=order.part,
        )

    return typesetting.as_pdf(
        data_with,
        pages.first_cuts(order.document, order.part),
        fonts=order.fonts,
        attached=order.attached,
        is_archival=order.is_archival,
    )


def run_in_worker(
    order: Order, *, wall_seconds: float = WALL_SECONDS, memory_bytes: int = MEMORY_BYTES
) -> typesetting.Laid:
    """Lay out in a worker; one that is lost is replaced, and the document is laid out once more.

    Raises: RenderFailed when it can't be laid out within the limits.
    """
    if not _places.acquire(timeout=wall_seconds):
        raise RenderFailed("other documents are being laid out. Try again in a minute.")
    try:
        for attempt in (1, 2):
            worker = _take(memory_bytes)
            try:
                laid = worker.lay_out(order, wall_seconds)
            except _WorkerLost as lost:
                worker.end()
                # Killed from outside it is run again; at its own limits it would only break them again.
                if worker.is_over_limit:
                    raise RenderFailed(
                        f"it takes more than {wall_seconds:g} seconds or {memory_bytes // 1024**2:,} MB of "
                        "memory, which no report needs. Shorten its longest texts and tables."
                    ) from lost
                if attempt == 2:
                    raise RenderFailed(
                        "the process that lays documents out ended twice; the server's log says why."
                    ) from lost
            else:
                _give_back(worker)
                return laid
    finally:
        _places.release()
    raise AssertionError


class _Worker:
    """A running process and the pipes to it."""

    def __init__(self, memory_bytes: int) -> None:
        """Start it."""
        self.owner = os.getpid()
        self.memory_bytes = memory_bytes
        self.documents = 0
        self.is_over_limit = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "perfeval.typesetting.worker", str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_PROJECT,
        )

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    def lay_out(self, order: Order, wall_seconds: float) -> typesetting.Laid:
        """Return what the process makes of the order. Raises: _WorkerLost, RenderFailed."""
        self.documents += 1
        alarm = threading.Timer(wall_seconds, self._time_is_up)
        alarm.start()
        try:
            _write(self._process.stdin, pickle.dumps(order))
            answer = json.loads(_read(self._process.stdout))
            data = _read(self._process.stdout)
        except (OSError, EOFError, ValueError) as error:
            code = self._process.wait()
            # At the limit of time the system ends it; without memory it ends itself, or a C library falls over.
            self.is_over_limit = self.is_over_limit or code in (-24, -11, -6, _NO_MEMORY)
            raise _WorkerLost from error
        finally:
            alarm.cancel()
        if "error" in answer:
            raise RenderFailed(answer["error"])
        return typesetting.Laid(data, answer["page_count"], answer["last_number"])

    def _time_is_up(self) -> None:
        self.is_over_limit = True
        self._process.kill()

    def is_alive(self) -> bool:
        """Return whether the process can be given another document."""
        return self.owner == os.getpid() and self._process.poll() is None

    def end(self) -> None:
        """End the process."""
        if self.owner == os.getpid():
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()


_places = threading.BoundedSemaphore(_MOST_WORKERS)
_idle: list[_Worker] = []
_idle_lock = threading.Lock()
_NO_MEMORY = 3


def _take(memory_bytes: int) -> _Worker:
    with _idle_lock:
        while _idle:
            worker = _idle.pop()
            if worker.is_alive() and worker.memory_bytes == memory_bytes:
                return worker
            worker.end()
    return _Worker(memory_bytes)


def _give_back(worker: _Worker) -> None:
    if worker.documents >= _MOST_DOCUMENTS:
        worker.end()
        return
    with _idle_lock:
        _idle.append(worker)


def _write(pipe: Any, data: bytes) -> None:
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _read(pipe: Any) -> bytes:
    """Return one message. Raises: EOFError."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return _exactly(pipe, length)


def _exactly(pipe: BinaryIO, length: int) -> bytes:
    data = pipe.read(length)
    if len(data) != length:
        raise EOFError
    return data


def main() -> None:
    """Lay out what comes on standard input until it ends."""
    memory_bytes = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    orders, answers = sys.stdin.buffer, sys.stdout.buffer
    # What is kept of other documents would be looked through each time.
    gc.disable()
    pages_since, is_ready = 0, False
    while True:
        try:
            message = _read(orders)
        except EOFError:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        try:
            order = pickle.loads(message)  # noqa: S301  the server's own order
            if not is_ready:
                # What is there now stays: the collector need not look at it.
                typesetting.prepare(order.fonts)
                gc.collect()
                gc.freeze()
                is_ready = True
            laid = lay_out(order)
        except typesetting.LayoutFailed as error:
            _write(answers, json.dumps({"error": str(error)}).encode())
            _write(answers, b"")
        except MemoryError:
            os._exit(_NO_MEMORY)
        else:
            told = {"page_count": laid.page_count, "last_number": laid.last_number}
            _write(answers, json.dumps(told).encode())
            _write(answers, laid.data)
            pages_since += laid.page_count
        if pages_since >= _COLLECTED_AFTER_PAGES:
            gc.collect()
            pages_since = 0


if __name__ == "__main__":
    main()
