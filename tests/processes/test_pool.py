"""The runner of limited processes: what crosses, what each limit does, and what becomes of a process."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from perfeval.checking.findings import Finding, FindingSeverity
from perfeval.processes.plain import NotPlain, packed, unpacked
from perfeval.processes.pool import Busy, Failed, Limits, Lost, OverLimits, Pool
from perfeval.reading.refusals import WorkbookRefused

TASKS = "tests.processes.tasks:"
LIMITS = Limits(
    wall_seconds=60, cpu_seconds=50, memory_bytes=256 * 1024**2, output_bytes=4 * 1024**2
)


@pytest.fixture
def pool():
    made = Pool(LIMITS, places=1, most_tasks=100)
    yield made
    made.close()


def test_values_come_back_as_they_were(pool):
    finding = Finding(
        "rate-wrong", FindingSeverity.ERROR, 1, 2, 3, "…", "91%", "90%", {"line": "7"}
    )
    values = (
        finding,
        Decimal("1.10"),
        frozenset({1}),
        {"a": [None, b"b"]},
        "𬭎",
        (FindingSeverity.NOTE,),
    )
    assert pool.run(f"{TASKS}echo", *values) == values


def test_refusal_of_ours_is_raised_with_its_code_and_parameters(pool):
    with pytest.raises(WorkbookRefused) as refused:
        pool.run(f"{TASKS}refuse", "too-large")
    assert (refused.value.code, refused.value.parameters) == ("too-large", {"megabytes": "10"})


def test_other_exception_is_told_and_logged(pool, caplog):
    with pytest.raises(Failed, match="KeyError: 'nobody promised this'"):
        pool.run(f"{TASKS}fail")
    assert "in fail" in caplog.text


@pytest.mark.parametrize(
    ("task", "arguments", "limits"),
    [
        ("wait", (60,), {"wall_seconds": 0.5}),
        ("spin", (), {"cpu_seconds": 1}),
        ("grow", (), {}),
        ("fall_over", (), {}),
        ("talk", (5 * 1024**2,), {}),
    ],
)
def test_task_over_a_limit_ends_its_process_only(pool, task, arguments, limits):
    before = pool.run(f"{TASKS}pid")
    with pytest.raises(OverLimits):
        pool.run(f"{TASKS}{task}", *arguments, limits=replace(LIMITS, **limits))
    assert pool.pids() == ()
    with pytest.raises(ProcessLookupError):
        os.kill(before, 0)
    assert pool.run(f"{TASKS}echo", 1) == (1,)


def test_processor_time_counts_for_each_task_anew():
    pool = Pool(replace(LIMITS, cpu_seconds=1), places=1, most_tasks=100)
    assert len({pool.run(f"{TASKS}work", 0.4) for _ in range(6)}) == 1
    pool.close()


def test_process_killed_in_the_middle_is_replaced_and_the_task_done_again(pool, tmp_path):
    log = tmp_path / "log"
    found = []
    asking = threading.Thread(
        target=lambda: found.append(pool.run(f"{TASKS}wait_the_first_time", str(log)))
    )
    asking.start()
    while not (log.exists() and log.read_text().endswith("\n")):
        time.sleep(0.01)
    os.kill(int(log.read_text()), signal.SIGKILL)
    asking.join()
    killed, second = map(int, log.read_text().split())
    assert found == [second]
    assert pool.pids() == (second,)
    assert killed != second


def test_process_killed_twice_is_given_up(pool, tmp_path):
    log = tmp_path / "log"
    with pytest.raises(Lost):
        pool.run(f"{TASKS}be_killed", str(log))
    assert len(log.read_text().split()) == 2


def test_idle_process_that_was_killed_costs_nothing(pool):
    os.kill(pool.run(f"{TASKS}pid"), signal.SIGKILL)
    assert pool.run(f"{TASKS}echo", 1) == (1,)


def test_who_finds_no_place_in_time_is_told():
    pool = Pool(LIMITS, places=1, most_tasks=100, wait_seconds=0.05)
    with pool._place(), pytest.raises(Busy):
        pool.run(f"{TASKS}pid")
    assert pool.run(f"{TASKS}echo", 1) == (1,)
    pool.close()


def test_places_are_given_in_the_order_of_asking(pool):
    served = []

    def ask(number):
        with pool._place():
            served.append(number)

    askers = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    with pool._place():
        for number, asker in enumerate(askers):
            asker.start()
            while len(pool._waiting) <= number:
                time.sleep(0.001)
    for asker in askers:
        asker.join()
    assert served == list(range(8))


def test_process_is_kept_until_it_did_its_share():
    pool = Pool(LIMITS, places=1, most_tasks=3)
    pids = [pool.run(f"{TASKS}pid") for _ in range(5)]
    assert pids[0] == pids[1] == pids[2] != pids[3] == pids[4]
    pool.close()


def test_process_that_holds_half_of_its_memory_is_replaced(pool):
    first = pool.run(f"{TASKS}keep", 1)
    assert pool.run(f"{TASKS}keep", LIMITS.memory_bytes // 2) == first
    assert pool.run(f"{TASKS}pid") != first


def test_forked_server_starts_processes_of_its_own():
    script = (
        "import os\n"
        "from tests.processes.test_pool import LIMITS, TASKS, Pool\n"
        "pool = Pool(LIMITS, places=1, most_tasks=9)\n"
        "mine = pool.run(f'{TASKS}pid')\n"
        "if os.fork() == 0:\n"
        "    os._exit(pool.run(f'{TASKS}pid') == mine)\n"
        "_, status = os.wait()\n"
        "print(status, pool.run(f'{TASKS}pid') == mine)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "0 True\n"


def test_process_ends_with_its_server():
    script = (
        "from tests.processes.test_pool import LIMITS, TASKS, Pool\n"
        "print(Pool(LIMITS, places=1, most_tasks=9).run(f'{TASKS}pid'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    for _ in range(1000):
        if not Path(f"/proc/{int(done.stdout)}").exists():
            break
        time.sleep(0.01)
    else:
        pytest.fail("the process goes on alone")


def test_process_that_answers_with_a_function_has_failed(pool):
    with pytest.raises(Failed, match="function is no plain value"):
        pool.run(f"{TASKS}give_a_function")


@pytest.mark.parametrize("value", [print, object(), Limits, bytearray(1), Path(), 1j], ids=str)
def test_what_is_no_plain_value_is_no_answer(value):
    with pytest.raises(TypeError):
        packed(value)


@pytest.mark.parametrize(
    "message",
    [
        b'["values", "subprocess:Popen", "true"]',
        b'["values", "perfeval.processes.pool:Pool", 1]',
        b'["values", "perfeval.processes.pool:Limits.__init__", 1]',
        b'["values", "perfeval.processes.pool:subprocess", 1]',
        b'["refusal", "builtins:SystemExit", ["tuple"], ["dict"]]',
        b'["refusal", "perfeval.processes.pool:Limits", ["tuple"], ["dict"]]',
        b'["member", "perfeval.checking.findings:Finding", "code"]',
        b'["member", "perfeval.checking.findings:FindingSeverity", "__doc__"]',
        b'["member", "perfeval.nowhere:Severity", "ERROR"]',
        b'["eval", "1"]',
        b'[["tuple"], "1"]',
        b"[" * 100_000,
        b"9" * 100_000,
        b"",
        b"\xff",
    ],
)
def test_message_that_somebody_made_up_is_no_plain_value(message):
    with pytest.raises(NotPlain):
        unpacked(message)
