"""Only ``processes`` starts a thread or a process; the import contract sees modules, this sees the calls."""

import ast
from pathlib import Path

ROOM = Path(__file__).parents[2] / "perfeval"
#: What starts something, by the module that has it; a lock, an event or a semaphore is none.
STARTING = {
    "_thread": ("start_new", "start_joinable"),
    "asyncio": ("to_thread", "create_subprocess"),
    "concurrent.futures": ("ThreadPool", "ProcessPool"),
    "multiprocessing": ("",),
    "os": ("fork", "spawn", "exec", "posix_spawn", "system", "popen"),
    "subprocess": ("",),
    "threading": ("Thread", "Timer"),
}


def starts(source: str) -> list[str]:
    """Return the names in a module that start a thread or a process."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            named = [(node.value.id, node.attr)]
        elif isinstance(node, ast.ImportFrom):
            named = [(node.module or "", alias.name) for alias in node.names]
        else:
            continue
        found += [name for module, name in named if name.startswith(STARTING.get(module, ()))]
    return found


def test_only_processes_starts_a_thread_or_a_process():
    found = {
        str(file.relative_to(ROOM)): starts(file.read_text(encoding="utf-8"))
        for file in ROOM.rglob("*.py")
    }
    starting = {file for file, names in found.items() if names}
    assert starting == {
        "fonts/pack/building.py",
        "fonts/pack/sources.py",
        "processes/pool.py",
        "processes/threads.py",
    }


def test_each_way_of_starting_is_seen_and_a_lock_is_none():
    assert starts("import threading\nthreading.Thread(target=print).start()") == ["Thread"]
    assert starts("from threading import Timer as Clock") == ["Timer"]
    assert starts("from concurrent.futures import ThreadPoolExecutor") == ["ThreadPoolExecutor"]
    assert starts("import os\nos.fork()\nos.spawnv(0, '', [])") == ["fork", "spawnv"]
    assert starts("import threading\nlock = threading.Lock()\nlock.acquire()") == []
