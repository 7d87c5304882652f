"""The import contracts hold, and each of them notices the violation that it is there for."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]

#: For each contract a file and the line that breaks it.
VIOLATIONS = {
    "rooms": ("perfeval/scoring/quantity.py", "from perfeval.schemes import apps"),
    "pure-scoring": ("perfeval/scoring/quantity.py", "import openpyxl"),
    "pure-rooms": ("perfeval/checking/findings.py", "import django"),
    "no-files-in-pure-rooms": ("perfeval/sheets/grid.py", "import zipfile"),
    "weasyprint": ("perfeval/reports/services.py", "import weasyprint"),
    "verification-typesetting": (
        "perfeval/verification/pages.py",
        "from perfeval.typesetting import pages",
    ),
    "pyhanko": ("perfeval/review/services.py", "import pyhanko"),
    "strangers-files": ("perfeval/checking/findings.py", "import pypdfium2"),
    "limited": (
        "perfeval/web/home.py",
        "from perfeval.reading.limited import pdf_text",
    ),
    "excel": ("perfeval/web/home.py", "import openpyxl"),
    "threads-and-processes": ("perfeval/web/home.py", "import subprocess"),
    "page-libraries": ("perfeval/review/services.py", "import crispy_forms"),
    "one-engine": ("perfeval/review/services.py", "from perfeval.scoring.engine import score"),
    "inside-a-room": ("perfeval/reports/models.py", "from perfeval.reports import services"),
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the application; its graph of imports is cached between the runs."""
    copy = tmp_path_factory.mktemp("tree")
    shutil.copytree(
        ROOT / "perfeval",
        copy / "perfeval",
        ignore=shutil.ignore_patterns("__pycache__", "data", "static", "templates"),
    )
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def lint(tree: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a copy of the tree."""
    only = [part for contract in contracts for part in ("--contract", contract)]
    return subprocess.run(
        [
            sys.executable,
            "-c",
            (
                "import sys; sys.path.insert(0, ''); "
                "from importlinter.cli import lint_imports_command; lint_imports_command()"
            ),
            *only,
        ],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_has_its_violation():
    assert set(VIOLATIONS) == {contract["id"] for contract in CONTRACTS}


def test_tree_keeps_every_contract(tree):
    done = lint(tree)
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in done.stdout, done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_contract_notices_its_violation(tree, contract):
    file, line = VIOLATIONS[contract]
    path = tree / file
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        done = lint(tree, contract)
    finally:
        path.write_text(before, encoding="utf-8")
    assert "0 kept, 1 broken" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 1


def test_new_room_must_be_given_its_place(tree):
    room = tree / "perfeval" / "newcomer"
    room.mkdir()
    (room / "__init__.py").touch()
    try:
        done = lint(tree, "rooms")
    finally:
        shutil.rmtree(room)
    assert "newcomer" in done.stdout
    assert done.returncode == 1
