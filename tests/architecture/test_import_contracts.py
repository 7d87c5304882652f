"""The import contracts hold, and each is seen to fail when somebody breaks it."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

#: By contract: the module that gets a forbidden import, and that import.
VIOLATIONS = {
    "rooms": ("scoring/engine.py", "import perfeval.reports.parts"),
    "pure-scoring": ("scoring/engine.py", "import django"),
    "pure-checking": ("checking/findings.py", "import django"),
    "checking-files": ("checking/findings.py", "import docx"),
    "pure-fonts": ("rendering/fonts.py", "import django"),
    "weasyprint": ("web/home.py", "import weasyprint"),
    "page-libraries": ("reports/services.py", "import crispy_forms"),
    "one-engine": ("web/home.py", "import perfeval.scoring.engine"),
    "inside-a-room": ("reports/models.py", "import perfeval.reports.services"),
}


def contracts() -> set[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"] for contract in settings["tool"]["importlinter"]["contracts"]}


@pytest.fixture
def tree(tmp_path):
    """Return a copy of the code in which a test may do wrong."""
    ignored = shutil.ignore_patterns("__pycache__", "migrations", "data")
    shutil.copytree(ROOT / "perfeval", tmp_path / "perfeval", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def verdict(tree: Path, contract: str | None = None) -> tuple[int, str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(
        [*command, *(["--contract", contract] if contract else [])],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_every_contract_is_broken_once_here():
    assert contracts() == set(VIOLATIONS)


def test_code_keeps_all_contracts(tree):
    status, told = verdict(tree)

    assert (status, f"{len(contracts())} kept, 0 broken." in told) == (0, True), told


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_contract_is_seen_to_fail(contract, tree):
    name, line = VIOLATIONS[contract]
    module = tree / "perfeval" / name
    module.write_text(f"{module.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")

    status, told = verdict(tree, contract)

    assert (status, "0 kept, 1 broken." in told) == (1, True), told
