"""How work grows with what is put in: counted, or compared within one run, so that no machine is too slow.

Steps are lines of Python, the same on every machine. What C does (a regular expression, a library) has no
steps; there two times are compared, each the least of several, and eight times the input is put in so
that neither a busy machine nor a cold cache comes near the limit.
"""

import gc
import sys
import time
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any

#: Twice the input may take so many times the work.
MOST = 2.5
_MOST_FOR_EIGHT = MOST**3
_TRIES = 6


def steps(run: Callable[[], object]) -> int:
    """Return how many lines of Python ``run`` goes through."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def memory(run: Callable[[], object]) -> int:
    """Return how many bytes ``run`` holds at most at one time."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def assert_linear(run: Callable[[int], object], size: int) -> None:
    """Assert that ``run(2 * size)`` takes at most 2.5 times the steps of ``run(size)``."""
    run(size)  # what is read or compiled once
    small, large = steps(lambda: run(size)), steps(lambda: run(2 * size))
    assert large <= MOST * small, f"{large:,} steps for {2 * size}, {small:,} for {size}"


def assert_linear_in_c(run: Callable[[int], object], size: int) -> None:
    """Assert that ``run(8 * size)`` takes at most 2.5³ times as long as ``run(size)``."""
    small = large = float("inf")
    for _ in range(_TRIES):
        small = min(small, *(_seconds(run, size) for _ in range(3)))
        large = min(large, _seconds(run, 8 * size))
        if large <= _MOST_FOR_EIGHT * small:
            return
    raise AssertionError(f"{large / small:.1f} times as long for eight times the input")


def _seconds(run: Callable[[int], object], size: int) -> float:
    gc.collect()
    began = time.process_time()
    run(size)
    return time.process_time() - began
