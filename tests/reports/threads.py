"""Runs services at the same time, each in a thread and on a connection of its own."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

from django.db import connection, connections


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Return what each call gave, or the exception that it raised; all start together."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait()
            return call()
        except Exception as error:  # noqa: BLE001 a test looks at what it is
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """Let other threads see what is stored: a test's SQLite stands within a transaction, theirs is a copy.

    The copy has the locks, the journal and the timeouts of the real database. PostgreSQL is
    shared as it is. What the threads store in a file is seen by ``at_once`` only.
    """
    if connection.vendor != "sqlite":
        yield
        return
    settings = connections.databases["default"]
    name = settings["NAME"]
    copy = str(folder / "shared.sqlite3")
    connection.ensure_connection()
    with sqlite3.connect(copy) as target:
        connection.connection.backup(target)
        target.execute("PRAGMA journal_mode=WAL")  # as the real file has it since it was made
    target.close()
    settings["NAME"] = copy
    try:
        yield
    finally:
        settings["NAME"] = name
