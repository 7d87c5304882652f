"""What a run takes: processor time and memory of this process and of all that it started."""

import os
import resource
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

_TICKS = os.sysconf("SC_CLK_TCK")
_SAMPLED_EVERY_SECONDS = 0.02


def processor_seconds() -> float:
    """Return the processor time of this process, of its ended children and of those that still run."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    return total + sum(_of_process(pid) for pid in descendants(os.getpid()))


def _of_process(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    # utime, stime and those of its ended children.
    return sum(int(value) for value in fields[11:15]) / _TICKS


def descendants(pid: int) -> Iterator[int]:
    """Yield the processes that a process started, and those that they started."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:  # it ended meanwhile
        return
    for task in tasks:
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from descendants(child)


class MostMemory:
    """The most memory in MB that the processes started meanwhile held at one time.

    Pages that several processes share are counted once. Looking takes processor time: not while that is measured.
    """

    def __init__(self) -> None:
        """Look at none yet."""
        self.megabytes = 0.0
        self._before = set(descendants(os.getpid()))
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(_SAMPLED_EVERY_SECONDS):
            started = set(descendants(os.getpid())) - self._before
            self.megabytes = max(self.megabytes, sum(map(_memory, started)))


def _memory(pid: int) -> float:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    share = next((line for line in rollup.splitlines() if line.startswith("Pss:")), "Pss: 0")
    return int(share.split()[1]) / 1024
