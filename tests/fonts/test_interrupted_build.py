"""A build of the pack ends at one signal, with all its processes, and leaves nothing beside the pack."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from perfeval.fonts.pack.building import remove_leftovers
from tests.signals import HEARS_SIGNALS

ROOT = Path(__file__).parents[2]
ENOUGH_SECONDS = 120
"""Only so that a test that fails comes to an end."""

BUILDER = """
import os, sys, time
from pathlib import Path
from perfeval.fonts.pack.building import _workers

FOLDER = Path(sys.argv[1])

def work(number):
    FOLDER.joinpath(f"{number}-{os.getpid()}").touch()
    time.sleep(3600)

try:
    with _workers(2) as pool:
        for task in [pool.submit(work, number) for number in range(9)]:
            task.result()
except KeyboardInterrupt:
    sys.exit(130)
"""


def wait_until(condition) -> None:
    """Wait for what other processes do."""
    until = time.monotonic() + ENOUGH_SECONDS
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def lives(pid: int) -> bool:
    """Tell whether a process runs; a dead one that nobody has asked about does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def builder(tmp_path):
    """A build with nine fonts to make, of which the first two are being made for ever."""
    process = subprocess.Popen(
        [*HEARS_SIGNALS, sys.executable, "-c", BUILDER, tmp_path],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
    yield process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def workers(folder: Path) -> list[int]:
    """Return the numbers of the processes that began with a font."""
    return [int(path.name.partition("-")[2]) for path in folder.iterdir()]


@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to itself alone", "as Ctrl-C does"])
def test_one_signal_ends_the_build_and_its_processes(builder, tmp_path, send):
    send(builder.pid, signal.SIGINT)
    builder.communicate(timeout=ENOUGH_SECONDS)
    assert builder.returncode != 0
    assert len(workers(tmp_path)) == 2, "no further font was begun"
    assert [pid for pid in workers(tmp_path) if lives(pid)] == []


def test_processes_end_with_a_build_that_is_killed(builder, tmp_path):
    builder.kill()
    builder.communicate(timeout=ENOUGH_SECONDS)
    wait_until(lambda: not any(map(lives, workers(tmp_path))))


def test_what_killed_builds_left_goes_and_nothing_else(tmp_path):
    for name in (".fonts-abc/sources", ".fonts-old-77", "fonts", ".fontsets", "fonts-mine"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / ".fonts.lock").touch()
    (tmp_path / ".fonts-notes").touch()
    remove_leftovers(tmp_path / "fonts")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".fonts-notes",
        ".fonts.lock",
        ".fontsets",
        "fonts",
        "fonts-mine",
    ]
