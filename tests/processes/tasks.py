"""What the tests of the pool have done in its processes."""

import os
import signal
import sys
import time
from pathlib import Path

from perfeval.reading.refusals import WorkbookRefused


def echo(*values):
    sys.stdout.write("what is printed is no answer")
    return values


def pid():
    return os.getpid()


def refuse(code, **parameters):
    raise WorkbookRefused(code, megabytes="10")


def fail():
    raise KeyError("nobody promised this")


def wait(seconds):
    time.sleep(seconds)


def spin():
    while True:
        pass


def grow():
    kept = []
    while True:
        kept.append(bytes(10_000_000))


def fall_over():
    os.kill(os.getpid(), signal.SIGSEGV)


def talk(size):
    return bytes(size)


KEPT = []


def keep(size):
    KEPT.append(bytes(size))
    return os.getpid()


def be_killed(log):
    with Path(log).open("a") as file:
        file.write(f"{os.getpid()}\n")
    os.kill(os.getpid(), signal.SIGKILL)


def wait_the_first_time(log):
    """Wait to be killed, but do it when another one was."""
    with Path(log).open("a") as file:
        file.write(f"{os.getpid()}\n")
    if len(Path(log).read_text().splitlines()) == 1:
        time.sleep(60)
    return os.getpid()


def work(seconds):
    """Take so much time of the processor."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return os.getpid()


def give_a_function():
    return work
