"""What earlier versions stored is still there, row for row, after migrating; what they published still verifies."""

import hashlib
import json
import lzma
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent
PROJECT = FOLDER.parent.parent
#: Tables that have another name now, by the one they had.
RENAMED: dict[str, str] = {}
#: Tables in which a migration adds rows by itself.
GROWING = {"django_migrations", "django_content_type", "auth_permission"}

#: Of one table: its columns and its rows.
Table = tuple[list[str], list[tuple[object, ...]]]


@pytest.fixture(params=sorted(FOLDER.glob("*.sql.xz")), ids=lambda file: file.name.split(".")[0])
def kept(request, tmp_path) -> Path:
    """Return a database as an earlier version left it; the date is its name."""
    file = tmp_path / f"{request.param.name.split('.')[0]}.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(lzma.decompress(request.param.read_bytes()).decode())
    return file


def manage(database: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a management command on a database of its own, apart from the one of the tests."""
    foreign = ("PERFEVAL_", "DATABASE_URL", "DJANGO_")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(foreign)
    }
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=PROJECT,
        env=environment | {"DATABASE_URL": f"sqlite:///{database}", "PERFEVAL_SECRET_KEY": "test"},
        capture_output=True,
        text=True,
        check=False,
    )


def tables(database: Path) -> dict[str, Table]:
    """Return everything that is stored, by table."""
    found: dict[str, Table] = {}
    with closing(sqlite3.connect(database)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        for (name,) in names:
            cursor = connection.execute(f'SELECT * FROM "{name}"')
            found[name] = [column[0] for column in cursor.description], cursor.fetchall()
    return found


def in_columns(table: Table, columns: list[str]) -> Counter[tuple[object, ...]]:
    """Return the rows in the columns that are asked for, bytes as their hash."""
    names, rows = table
    places = [names.index(column) for column in columns]
    return Counter(tuple(_short(row[place]) for place in places) for row in rows)


def _short(value: object) -> object:
    return hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value


def test_rows_and_verdict_of_an_earlier_version_stay_as_they_are(kept, tmp_path):
    before = tables(kept)

    migrated = manage(kept, "migrate", "--no-input")

    assert migrated.returncode == 0, migrated.stderr
    after = tables(kept)
    assert [name for name in before if RENAMED.get(name, name) not in after] == []
    lost, added = {}, {}
    for name, (columns, _rows) in before.items():
        then = in_columns(before[name], columns)
        now = in_columns(after[RENAMED.get(name, name)], columns)
        lost |= {name: then - now} if then - now else {}
        added |= {name: now - then} if now - then and name not in GROWING else {}
    assert (lost, added) == ({}, {})
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        (pdf,) = connection.execute("SELECT pdf FROM review_publication ORDER BY id").fetchone()
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf)

    verified = manage(kept, "verify_pdf", str(file), "--json")

    told = json.loads(verified.stdout)
    expected = json.loads((FOLDER / f"{kept.stem}.verdict.json").read_text(encoding="utf-8"))
    assert {name: told.get(name) for name in expected} == expected
    assert verified.returncode == 0
