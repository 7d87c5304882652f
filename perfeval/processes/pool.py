"""Run tasks in processes that are kept warm and held to limits; one that breaks a limit ends alone.

``Pool.run`` is called in the server, by any thread; ``child`` is the process.
"""

import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perfeval.processes.child import ProcessKind
from perfeval.processes.messages import TooLong, receive, send
from perfeval.processes.plain import NotPlain, unpacked

_PROJECT = Path(__file__).resolve().parents[2]
#: How a process ends that somebody ends. In any other way it broke a limit: the system ends it at that of time, without
#: memory it ends itself, or a library falls over.
_FROM_OUTSIDE = frozenset(
    {None, 0, -signal.SIGHUP, -signal.SIGINT, -signal.SIGKILL, -signal.SIGTERM}
)
#: A process that talks no more is given so long to be gone.
_ENDS_WITHIN_SECONDS = 5

logger = logging.getLogger(__name__)


class NotDone(Exception):
    """A task came to no end of its own: neither a value nor a refusal that its function knows."""


class Busy(NotDone):
    """Others have all places; nothing was begun."""


class OverLimits(NotDone):
    """The task took more time or memory than it may, or made its process fall over."""


class Lost(NotDone):
    """The process was ended from outside, twice."""


class Failed(NotDone):
    """The function raised what it does not promise; the log has it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one task may take. ``memory_bytes`` is of address space, for all that its process holds."""

    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int
    output_bytes: int


class Pool:
    """So many processes at a time, kept for the next task.

    ``places``: of one process of the server; who finds none free waits for its turn, at most ``wait_seconds``.
    ``most_tasks``: a process is replaced after so many, so that no leak of a library grows.
    """

    def __init__(
        self, limits: Limits, *, places: int, most_tasks: int, wait_seconds: float | None = None
    ) -> None:
        """Start nothing yet."""
        self.limits = limits
        self._most_tasks = most_tasks
        self._wait_seconds = limits.wall_seconds if wait_seconds is None else wait_seconds
        self._lock = threading.Lock()
        self._free = places
        self._waiting: deque[threading.Event] = deque()
        self._idle: list[_Child] = []

    def run(self, task: str, *arguments: Any, limits: Limits | None = None) -> Any:
        """Return what a function makes of plain values; ``task``: its ``module:function``.

        ``limits``: others than the pool's. A process that was ended from outside is replaced, and the task tried
        once more.

        Raises: the refusals of our own that the function raises; Busy, OverLimits, Lost, Failed.
        """
        order = pickle.dumps((task, arguments))
        with self._place():
            for _ in range(2):
                try:
                    with self._child(limits or self.limits) as child:
                        kind, value = child.ask(order)
                except _Ended as ended:
                    logger.warning("a process ended at %s: %s", task, ended)
                    continue
                if kind == ProcessKind.VALUE:
                    return value
                if kind == ProcessKind.REFUSAL:
                    raise value
                logger.error("%s failed:\n%s", task, value)
                raise Failed(str(value).strip().rpartition("\n")[2])
        raise Lost("the process ended twice; the server's log says why")

    def pids(self) -> tuple[int, ...]:
        """Return the numbers of the processes that wait for a task."""
        with self._lock:
            return tuple(child.pid for child in self._idle)

    def close(self) -> None:
        """End the processes that wait for a task; the next one starts another."""
        with self._lock:
            children, self._idle = self._idle, []
        for child in children:
            child.end()

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Hold a place; they are given in the order in which they were asked for. Raises: Busy."""
        with self._lock:
            turn = None if self._free else threading.Event()
            if turn is None:
                self._free -= 1
            else:
                self._waiting.append(turn)
        if turn is not None and not turn.wait(self._wait_seconds):
            with self._lock:
                # It may have been given meanwhile.
                if not turn.is_set():
                    self._waiting.remove(turn)
                    raise Busy("others have all places")
        try:
            yield
        finally:
            with self._lock:
                if self._waiting:
                    self._waiting.popleft().set()
                else:
                    self._free += 1

    @contextmanager
    def _child(self, limits: Limits) -> Iterator["_Child"]:
        """Lend a process for one task, a warm one where there is one."""
        child = self._warm(limits) or _Child(limits)
        try:
            yield child
        except BaseException:
            child.end()
            raise
        if child.is_worn or child.tasks >= self._most_tasks:
            child.end()
        else:
            with self._lock:
                self._idle.append(child)

    def _warm(self, limits: Limits) -> "_Child | None":
        while True:
            with self._lock:
                if not self._idle:
                    return None
                child = self._idle.pop()
            if child.is_alive() and child.limits == limits:
                return child
            child.end()


class _Ended(Exception):
    """A process ended in the middle of a task, through no fault of the task."""


class _Child:
    """A running process and the socket to it."""

    def __init__(self, limits: Limits) -> None:
        """Start it."""
        self.limits = limits
        self.tasks = 0
        self.is_worn = False
        self._owner = os.getpid()
        self._channel, theirs = socket.socketpair()
        with theirs:
            numbers = (theirs.fileno(), limits.memory_bytes, limits.cpu_seconds)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "perfeval.processes.child", *map(str, numbers)],
                stdin=subprocess.DEVNULL,
                # What a library prints is no answer, and no output of a command.
                stdout=subprocess.DEVNULL,
                cwd=_PROJECT,
                pass_fds=[theirs.fileno()],
            )

    @property
    def pid(self) -> int:
        """Return the number of the process."""
        return self._process.pid

    def ask(self, order: bytes) -> tuple[str, Any]:
        """Return what the process makes of an order, its kind first. After an exception it can be asked no more.

        Raises: OverLimits, Failed, _Ended.
        """
        self.tasks += 1
        until = time.monotonic() + self.limits.wall_seconds
        try:
            self._channel.settimeout(self.limits.wall_seconds)
            send(self._channel, order)
            answer = receive(self._channel, most=self.limits.output_bytes, until=until)
            self.is_worn = bool(answer.pop(0))
            kind, value = unpacked(answer)
        except TimeoutError as error:
            raise OverLimits("time") from error
        except TooLong as error:
            raise OverLimits("output") from error
        except (OSError, EOFError) as error:
            code = self._exit_code()
            raise (_Ended if code in _FROM_OUTSIDE else OverLimits)(f"exit code {code}") from error
        except (NotPlain, LookupError, TypeError, ValueError) as error:
            raise Failed("the answer is none") from error
        return str(kind), value

    def _exit_code(self) -> int | None:
        """Return with what code the process ended; None where it only stopped talking."""
        try:
            return self._process.wait(_ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            return None

    def is_alive(self) -> bool:
        """Return whether the process can be given another task: a server that was forked has none."""
        return self._owner == os.getpid() and self._process.poll() is None

    def end(self) -> None:
        """End the process."""
        self._channel.close()
        if self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
