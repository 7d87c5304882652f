"""The limited process: does one task after another as it is told, and ends when nobody tells it anything more.

``python -m perfeval.processes.child CHANNEL MEMORY_BYTES CPU_SECONDS``, CHANNEL being the number of an open socket.
"""

import math
import os
import pickle
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from typing import Any

from perfeval.processes.messages import receive, send
from perfeval.processes.plain import packed

_NO_MEMORY = 3
#: A process that keeps more than this share of its memory is replaced: the next file is to have room.
_WORN_SHARE = 2
_PAGE = os.sysconf("SC_PAGE_SIZE")


class ProcessKind(StrEnum):
    """What a task came to."""

    VALUE = "value"
    REFUSAL = "refusal"  # an exception of our own, which the caller expects
    FAILURE = "failure"  # any other exception, as text


def main() -> None:
    """Do what is told until nobody listens any more."""
    number, memory_bytes, cpu_seconds = (int(argument) for argument in sys.argv[1:4])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Ctrl-C is for the server; this process ends with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    memory = os.open("/proc/self/statm", os.O_RDONLY)
    try:
        with socket.socket(fileno=number) as channel:
            while True:
                order = receive(channel)
                _allow(cpu_seconds)
                answer = _answer(order)
                used_bytes = int(os.pread(memory, 64, 0).split()[0]) * _PAGE
                is_worn = used_bytes * _WORN_SHARE > memory_bytes
                send(channel, bytes([is_worn]) + answer)
    except MemoryError:
        os._exit(_NO_MEMORY)
    except (EOFError, OSError):
        return


def _allow(cpu_seconds: int) -> None:
    """Let the process run for so long from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime) + cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _answer(order: bytearray) -> bytes:
    """Return what a task came to, its kind first. Raises: MemoryError."""
    try:
        name, arguments = pickle.loads(order)  # noqa: S301  the server's own order
        kind, value = _done(_function(name), arguments)
        return packed((kind.value, value))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  whatever it is, the server's log tells it
        return packed((ProcessKind.FAILURE.value, traceback.format_exc()))


def _function(name: str) -> Callable[..., Any]:
    """Return the function that ``module:function`` names."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(module), function)
    return found


def _done(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[ProcessKind, Any]:
    try:
        return ProcessKind.VALUE, function(*arguments)
    except Exception as error:
        if type(error).__module__.startswith("perfeval."):
            return ProcessKind.REFUSAL, error
        raise


if __name__ == "__main__":
    main()
