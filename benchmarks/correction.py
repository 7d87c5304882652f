"""How fast a year is corrected: ``python -m benchmarks.correction [--reports 1000]``.

Makes a database of its own beside the one of ``DATABASE_URL``, fills it with reports of 60 indicators
in all states, then computes, approves, applies and takes back a correction, and compares the bytes of
every table before and after. Prints wall time, processor time of this process, queries, and memory.
"""

import argparse
import hashlib
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django

OWN_TABLES = ("corrections_",)


class Counter:
    """Counts the statements that reach the database."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Count one statement and let it pass."""
        self.count += 1
        return execute(*arguments)


def dump(*, skip: tuple[str, ...] = OWN_TABLES) -> dict[str, str]:
    """Return the sha256 of each table's rows as the database itself writes them, by name."""
    from django.db import connection  # noqa: PLC0415 # after django.setup

    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names()):
            if table.startswith(skip):
                continue
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608 # a table's name
            digest = hashlib.sha256()
            for row in cursor:
                digest.update(
                    repr([bytes(v) if isinstance(v, memoryview) else v for v in row]).encode()
                )
            found[table] = digest.hexdigest()
    return found


@contextmanager
def measured(name: str, reports: int) -> Iterator[None]:
    """Print what the steps within took."""
    from django.db import connection  # noqa: PLC0415

    counter = Counter()
    wall, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(counter):
        yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    sys.stdout.write(
        f"{name:10} {wall:7.1f} s wall  {cpu:7.1f} s cpu  {counter.count:5} queries  "
        f"{counter.count / max(reports, 1):5.2f} a report\n"
    )


def run(reports: int) -> int:
    """Load, compute, approve, apply, take back; return how many tables differ at the end."""
    from benchmarks import correction_data as data  # noqa: PLC0415
    from perfeval.corrections import queries, services  # noqa: PLC0415
    from perfeval.schemes.queries import as_scoring_scheme  # noqa: PLC0415

    people = data.load_people()
    old, new = data.load_versions(by=people["owner"])
    with measured("load", reports):
        data.load_reports(old, as_scoring_scheme(old), reports, people)
    before = dump()
    own = {"by": people["owner"], "at": data.AT}
    wall, cpu = time.perf_counter(), time.process_time()
    with measured("dry run", reports):
        made = services.propose(old=old, new=new, reason="更正评分标准。", sends_back=True, **own)
        made = services.compute(correction=made)
    untouched = dump() == before
    made = services.approve(correction=made, by=people["approver"], at=data.AT)
    with measured("apply", reports):
        made = services.apply(correction=made, **own)
    sys.stdout.write(f"           {queries.progress_of(made)}\n")
    moved = dump()
    with measured("revert", reports):
        made = services.revert(correction=made, **own)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    after = dump()
    differing = [table for table, digest in before.items() if after[table] != digest]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(
        f"in all     {wall:7.1f} s wall  {cpu:7.1f} s cpu (dumps included)  peak {peak} MB\n"
        f"dry run wrote nothing else: {untouched}; published PDFs the same after apply: "
        f"{moved['review_publication'] == before['review_publication']}; "
        f"tables that differ after revert: {differing}\n"
    )
    return len(differing) + (not untouched)


def main() -> None:
    """Measure in a database of its own and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1000)
    wanted = parser.parse_args().reports
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perfeval.settings")
    django.setup()
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import setup_databases, teardown_databases  # noqa: PLC0415

    databases = setup_databases(verbosity=0, interactive=False)
    try:
        sys.stdout.write(f"{wanted} reports on {connection.vendor}\n")
        failed = run(wanted)
    finally:
        teardown_databases(databases, verbosity=0)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
